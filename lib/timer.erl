%% The timer module without its server: one message is a timer of the machine, everything else a
%% process that waits.
-module(timer).
-export([sleep/1, tc/1, tc/2, tc/3, tc/4, now_diff/2, seconds/1, minutes/1, hours/1, hms/3]).
-export([send_after/2, send_after/3, apply_after/2, apply_after/3, apply_after/4, exit_after/2, exit_after/3, kill_after/1, kill_after/2]).
-export([send_interval/2, send_interval/3, apply_interval/2, apply_interval/3, apply_interval/4]).
-export([apply_repeatedly/2, apply_repeatedly/3, apply_repeatedly/4, cancel/1, start/0]).

-define(is_time(T), is_integer(T), T >= 0).
-define(is_place(P), (is_pid(P) orelse is_atom(P) orelse is_tuple(P) andalso tuple_size(P) =:= 2)).

-opaque tref() :: {message, reference()} | {process, pid()}.
-export_type([tref/0]).

-spec sleep(timeout()) -> ok.
sleep(Time) ->
    receive
    after Time -> ok
    end.

%%% Measuring.

-spec tc(fun(() -> Value)) -> {integer(), Value}.
tc(F) -> tc(F, [], microsecond).

-spec tc(fun(), [term()]) -> {integer(), term()}; (fun(() -> Value), erlang:time_unit()) -> {integer(), Value}.
tc(F, Args) when is_list(Args) -> tc(F, Args, microsecond);
tc(F, Unit) -> tc(F, [], Unit).

-spec tc(module(), atom(), [term()]) -> {integer(), term()}; (fun(), [term()], erlang:time_unit()) -> {integer(), term()}.
tc(M, F, Args) when is_atom(M) -> tc(M, F, Args, microsecond);
tc(F, Args, Unit) ->
    Start = erlang:monotonic_time(),
    Value = apply(F, Args),
    {passed(Start, Unit), Value}.

-spec tc(module(), atom(), [term()], erlang:time_unit()) -> {integer(), term()}.
tc(M, F, Args, Unit) ->
    Start = erlang:monotonic_time(),
    Value = apply(M, F, Args),
    {passed(Start, Unit), Value}.

passed(Start, Unit) -> erlang:convert_time_unit(erlang:monotonic_time() - Start, native, Unit).

-spec now_diff(erlang:timestamp(), erlang:timestamp()) -> integer().
now_diff({A2, B2, C2}, {A1, B1, C1}) -> ((A2 - A1) * 1000000 + B2 - B1) * 1000000 + C2 - C1.

-spec seconds(non_neg_integer()) -> non_neg_integer().
seconds(N) -> N * 1000.

-spec minutes(non_neg_integer()) -> non_neg_integer().
minutes(N) -> N * 60000.

-spec hours(non_neg_integer()) -> non_neg_integer().
hours(N) -> N * 3600000.

-spec hms(non_neg_integer(), non_neg_integer(), non_neg_integer()) -> non_neg_integer().
hms(H, M, S) -> hours(H) + minutes(M) + seconds(S).

%%% Once.

-spec send_after(non_neg_integer(), term()) -> {ok, tref()} | {error, badarg}.
send_after(Time, Message) -> send_after(Time, self(), Message).

-spec send_after(non_neg_integer(), pid() | atom() | {atom(), node()}, term()) -> {ok, tref()} | {error, badarg}.
send_after(Time, To, Message) when ?is_time(Time), is_pid(To) ->
    {ok, {message, erlang:send_after(Time, To, Message)}};
send_after(Time, To, Message) when ?is_time(Time), ?is_place(To) ->
    apply_after(Time, fun() -> catch To ! Message end);
send_after(_, _, _) -> {error, badarg}.

-spec apply_after(non_neg_integer(), fun()) -> {ok, tref()} | {error, badarg}.
apply_after(Time, F) -> apply_after(Time, F, []).

-spec apply_after(non_neg_integer(), fun(), [term()]) -> {ok, tref()} | {error, badarg}.
apply_after(Time, F, Args) when ?is_time(Time), is_function(F, length(Args)) ->
    {ok, {process, spawn(fun() -> wait(Time, fun() -> apply(F, Args) end) end)}};
apply_after(_, _, _) -> {error, badarg}.

-spec apply_after(non_neg_integer(), module(), atom(), [term()]) -> {ok, tref()} | {error, badarg}.
apply_after(Time, M, F, Args) when ?is_time(Time), is_atom(M), is_atom(F), is_list(Args) ->
    {ok, {process, spawn(fun() -> wait(Time, fun() -> apply(M, F, Args) end) end)}};
apply_after(_, _, _, _) -> {error, badarg}.

-spec exit_after(non_neg_integer(), term()) -> {ok, tref()} | {error, badarg}.
exit_after(Time, Reason) -> exit_after(Time, self(), Reason).

-spec exit_after(non_neg_integer(), pid(), term()) -> {ok, tref()} | {error, badarg}.
exit_after(Time, Pid, Reason) when is_pid(Pid) -> apply_after(Time, fun() -> exit(Pid, Reason) end);
exit_after(_, _, _) -> {error, badarg}.

-spec kill_after(non_neg_integer()) -> {ok, tref()} | {error, badarg}.
kill_after(Time) -> kill_after(Time, self()).

-spec kill_after(non_neg_integer(), pid()) -> {ok, tref()} | {error, badarg}.
kill_after(Time, Pid) -> exit_after(Time, Pid, kill).

%%% Again and again, until it is cancelled; messages, until their receiver has ended.

-spec send_interval(non_neg_integer(), term()) -> {ok, tref()} | {error, badarg}.
send_interval(Time, Message) -> send_interval(Time, self(), Message).

-spec send_interval(non_neg_integer(), pid() | atom() | {atom(), node()}, term()) -> {ok, tref()} | {error, badarg}.
send_interval(Time, To, Message) when ?is_time(Time), ?is_place(To) ->
    Send = fun() -> catch To ! Message end,
    {ok, {process, spawn(fun() -> tick(Time, monitor(process, To), Send, due(Time)) end)}};
send_interval(_, _, _) -> {error, badarg}.

-spec apply_interval(non_neg_integer(), fun()) -> {ok, tref()} | {error, badarg}.
apply_interval(Time, F) -> apply_interval(Time, F, []).

-spec apply_interval(non_neg_integer(), fun(), [term()]) -> {ok, tref()} | {error, badarg}.
apply_interval(Time, F, Args) when ?is_time(Time), is_function(F, length(Args)) ->
    repeat(Time, fun() -> spawn(erlang, apply, [F, Args]) end);
apply_interval(_, _, _) -> {error, badarg}.

-spec apply_interval(non_neg_integer(), module(), atom(), [term()]) -> {ok, tref()} | {error, badarg}.
apply_interval(Time, M, F, Args) when ?is_time(Time), is_atom(M), is_atom(F), is_list(Args) ->
    repeat(Time, fun() -> spawn(M, F, Args) end);
apply_interval(_, _, _, _) -> {error, badarg}.

%% As apply_interval, but a call waits for the one before it.
-spec apply_repeatedly(non_neg_integer(), fun()) -> {ok, tref()} | {error, badarg}.
apply_repeatedly(Time, F) -> apply_repeatedly(Time, F, []).

-spec apply_repeatedly(non_neg_integer(), fun(), [term()]) -> {ok, tref()} | {error, badarg}.
apply_repeatedly(Time, F, Args) when ?is_time(Time), is_function(F, length(Args)) ->
    repeat(Time, fun() -> catch apply(F, Args) end);
apply_repeatedly(_, _, _) -> {error, badarg}.

-spec apply_repeatedly(non_neg_integer(), module(), atom(), [term()]) -> {ok, tref()} | {error, badarg}.
apply_repeatedly(Time, M, F, Args) when ?is_time(Time), is_atom(M), is_atom(F), is_list(Args) ->
    repeat(Time, fun() -> catch apply(M, F, Args) end);
apply_repeatedly(_, _, _, _) -> {error, badarg}.

repeat(Time, Act) -> {ok, {process, spawn(fun() -> tick(Time, none, Act, due(Time)) end)}}.

due(Time) -> erlang:monotonic_time(millisecond) + Time.

-spec cancel(tref()) -> {ok, cancel} | {error, badarg}.
cancel({message, Ref}) ->
    _ = erlang:cancel_timer(Ref),
    {ok, cancel};
cancel({process, Pid}) ->
    Pid ! cancel,
    {ok, cancel};
cancel(_) -> {error, badarg}.

%% There is nothing to start.
-spec start() -> ok.
start() -> ok.

%%% The processes that wait.

%% The action is called by a process of its own, which no cancellation can reach.
wait(Time, Act) ->
    receive
        cancel -> ok
    after Time -> Act()
    end.

%% The next time is counted from when this one was due, so that delays do not add up.
tick(Time, Ref, Act, Due) ->
    receive
        cancel -> ok;
        {'DOWN', Ref, process, _, _} -> ok
    after max(0, Due - erlang:monotonic_time(millisecond)) ->
        _ = Act(),
        tick(Time, Ref, Act, Due + Time)
    end.

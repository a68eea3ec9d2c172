%% Timers: send_after, start_timer, cancel_timer, read_timer, their order, timers to names and the dead.
-module(timers).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    erlang:send_after(10, self(), {after_ten, [payload]}),
    io:format("~w~n", [receive M -> M end]),
    Ref = erlang:start_timer(10, self(), tick),
    io:format("~w~n", [receive {timeout, Ref, What} -> What end]),
    order(),
    cancelled(),
    to_name(),
    to_the_dead(),
    zero(),
    interval(5),
    timer_module(),
    alarm(),
    [io:format("~w~n", [failure(F)])
     || F <- [fun() -> erlang:send_after(id(-1), self(), x) end,
              fun() -> erlang:send_after(id(a), self(), x) end,
              fun() -> erlang:send_after(1, id("name"), x) end,
              fun() -> erlang:cancel_timer(id(not_a_ref)) end]],
    io:format("~w~n", [receive Left -> Left after 30 -> nothing_left end]).

failure(F) -> try F() catch Class:Reason -> {Class, Reason} end.

%% Started in one order, due in another.
order() ->
    [erlang:send_after(Time, self(), {due, Time}) || Time <- [120, 60, 180, 0, 240]],
    io:format("~w~n", [[receive {due, T} -> T end || _ <- lists:seq(1, 5)]]).

cancelled() ->
    Ref = erlang:send_after(60000, self(), never),
    io:format("~w~n", [is_integer(erlang:read_timer(Ref))]),
    Left = erlang:cancel_timer(Ref),
    io:format("~w~n", [Left > 50000 andalso Left =< 60000]),
    io:format("~w ~w~n", [erlang:cancel_timer(Ref), erlang:read_timer(Ref)]),
    Fired = erlang:send_after(0, self(), fired),
    receive fired -> ok end,
    io:format("~w~n", [erlang:cancel_timer(Fired)]),
    io:format("~w~n", [erlang:cancel_timer(make_ref())]),
    io:format("~w~n", [erlang:cancel_timer(erlang:send_after(60000, self(), x), [{info, false}])]).

to_name() ->
    register(timed, self()),
    erlang:send_after(10, timed, by_name),
    io:format("~w~n", [receive by_name -> by_name end]),
    unregister(timed),
    erlang:send_after(1, timed, lost),
    io:format("~w~n", [receive lost -> found after 60 -> lost_indeed end]).

to_the_dead() ->
    {Pid, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, process, Pid, _} -> ok end,
    io:format("~w~n", [is_reference(erlang:send_after(1, Pid, hello))]).

zero() ->
    erlang:send_after(0, self(), at_once),
    io:format("~w~n", [receive at_once -> at_once end]).

%% A timer that is started again by whoever receives it.
interval(0) -> io:format("interval done~n");
interval(N) ->
    erlang:send_after(3, self(), {tick, N}),
    receive {tick, N} -> interval(N - 1) end.

timer_module() ->
    ok = timer:sleep(5),
    {Time, Value} = timer:tc(fun(X) -> X * 2 end, [21]),
    io:format("~w ~w~n", [is_integer(Time) andalso Time >= 0, Value]),
    io:format("~w~n", [[timer:seconds(2), timer:minutes(3), timer:hours(1), timer:hms(1, 2, 3)]]),
    {ok, _} = timer:send_after(5, hello_from_timer),
    io:format("~w~n", [receive hello_from_timer -> received end]),
    {ok, Cancelled} = timer:send_after(60000, never),
    io:format("~w~n", [timer:cancel(Cancelled)]),
    Self = self(),
    {ok, _} = timer:apply_after(5, erlang, send, [Self, applied]),
    io:format("~w~n", [receive applied -> applied end]).

%% A time-out over several receives, by one timer.
alarm() ->
    Ref = erlang:start_timer(100, self(), alarm),
    Self = self(),
    spawn(fun() -> [Self ! {item, N} || N <- [1, 2, 3]] end),
    io:format("~w~n", [until(Ref, [])]).

until(Ref, Items) ->
    receive
        {item, N} -> until(Ref, [N | Items]);
        {timeout, Ref, alarm} -> lists:reverse(Items)
    end.

%% Time-outs of receive: zero, short, infinity, deadlines kept, bad values, polling, heartbeats.
-module(timeouts).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    io:format("~w~n", [receive _ -> message after 0 -> timeout end]),
    self() ! hello,
    io:format("~w~n", [receive _ -> message after 0 -> timeout end]),
    io:format("~w~n", [receive _ -> message after 10 -> timeout end]),
    self() ! hello,
    io:format("~w~n", [receive M -> M after infinity -> never end]),
    io:format("~w~n", [receive after 5 -> slept end]),
    self() ! unwanted,
    io:format("~w~n", [receive wanted -> yes after 10 -> no end]),
    io:format("~w~n", [receive Left -> Left end]),
    [io:format("~w ~w~n", [T, bad(T)]) || T <- [-1, x, 1.5, 1 bsl 32, 1 bsl 64]],
    self() ! first,
    io:format("~w~n", [receive first -> matched after id(bad) -> never end]),
    late(),
    deadline(),
    io:format("~w~n", [with_retry(3)]),
    watchdog(),
    heartbeats(),
    computed().

bad(Time) ->
    try receive impossible -> ok after id(Time) -> timeout end
    catch Class:Reason -> {Class, Reason}
    end.

%% The message comes well after the time-out, then well before it.
late() ->
    Self = self(),
    spawn(fun() -> receive after 150 -> Self ! late end end),
    io:format("~w~n", [receive late -> early after 20 -> timed_out end]),
    io:format("~w~n", [receive late -> arrived after 5000 -> timed_out end]).

%% Messages that do not match do not start the time anew.
deadline() ->
    Self = self(),
    Noise = spawn(fun() -> noise(Self) end),
    Start = erlang:monotonic_time(millisecond),
    receive wanted -> ok after 100 -> ok end,
    Passed = erlang:monotonic_time(millisecond) - Start,
    exit(Noise, kill),
    io:format("~w~n", [Passed >= 100 andalso Passed < 5000]),
    flush().

noise(To) ->
    To ! noise,
    receive after 10 -> noise(To) end.

flush() -> receive _ -> flush() after 0 -> ok end.

with_retry(Attempts) ->
    Deaf = spawn(fun() -> receive stop -> ok end end),
    Result = attempt(Deaf, Attempts, []),
    Deaf ! stop,
    Result.

attempt(_, 0, Log) -> {gave_up, lists:reverse(Log)};
attempt(Pid, N, Log) ->
    Pid ! {self(), request, N},
    receive
        {Pid, Answer} -> {answer, Answer}
    after 10 * N -> attempt(Pid, N - 1, [{no_answer, N} | Log])
    end.

watchdog() ->
    Self = self(),
    Dog = spawn(fun() -> watch(Self, 300) end),
    [begin receive after 10 -> ok end, Dog ! alive end || _ <- lists:seq(1, 5)],
    io:format("~w~n", [receive bark -> bark end]).

watch(Owner, Time) ->
    receive alive -> watch(Owner, Time)
    after Time -> Owner ! bark
    end.

heartbeats() ->
    Self = self(),
    spawn(fun() -> beat(Self, 5) end),
    io:format("~w~n", [[receive {beat, N} -> N after 5000 -> missed end || _ <- lists:seq(1, 5)]]).

beat(_, 0) -> ok;
beat(To, N) ->
    To ! {beat, N},
    receive after 5 -> beat(To, N - 1) end.

computed() ->
    Times = [1, 2 * 3, length("abc"), 0],
    io:format("~w~n", [[receive never -> 0 after T -> T end || T <- Times]]).

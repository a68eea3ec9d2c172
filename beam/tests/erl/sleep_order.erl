%% Order made by time: sleep sort, staggered workers, time-outs that race with messages far apart.
-module(sleep_order).
-export([main/0]).

main() ->
    io:format("~w~n", [sleep_sort([5, 1, 4, 2, 3])]),
    io:format("~w~n", [staggered()]),
    io:format("~w~n", [first_of([{slow, 1500}, {fast, 20}, {medium, 1000}])]),
    io:format("~w~n", [debounce([10, 10, 10, 900, 10, 10])]),
    io:format("~w~n", [cron(4)]),
    traffic_light(),
    io:format("~w~n", [measured()]).

sleep_sort(Numbers) ->
    Self = self(),
    [spawn(fun() -> timer:sleep(N * 100), Self ! N end) || N <- Numbers],
    [receive N -> N end || _ <- Numbers].

staggered() ->
    Self = self(),
    Workers = [{a, 40}, {b, 120}, {c, 0}],
    [spawn(fun() -> timer:sleep(Delay), work(Name, Self) end) || {Name, Delay} <- Workers],
    [receive {done, Name, Result} -> {Name, Result} end || _ <- Workers].

work(Name, Owner) -> Owner ! {done, Name, length(atom_to_list(Name))}.

%% The first answer counts, the others are told to stop.
first_of(Racers) ->
    Self = self(),
    Ref = make_ref(),
    Pids = [spawn(fun() -> timer:sleep(Time), Self ! {Ref, Name} end) || {Name, Time} <- Racers],
    Winner = receive {Ref, Name} -> Name end,
    [exit(Pid, kill) || Pid <- Pids],
    Others = receive {Ref, Late} -> Late after 300 -> none end,
    {Winner, Others}.

%% Events that follow each other within 400 ms are one.
debounce(Gaps) ->
    Self = self(),
    spawn(fun() -> [begin timer:sleep(Gap), Self ! {event, N} end || {N, Gap} <- lists:zip(lists:seq(1, length(Gaps)), Gaps)] end),
    receive {event, First} -> groups(First, 1, []) end.

groups(Last, Size, Done) ->
    receive
        {event, N} -> groups(N, Size + 1, Done)
    after 400 ->
        All = [Size | Done],
        receive {event, N} -> groups(N, 1, All)
        after 1000 -> {last, Last, sizes, lists:reverse(All)}
        end
    end.

cron(Count) ->
    Self = self(),
    Clock = spawn(fun() -> tick(Self, 30) end),
    Ticks = [receive {Clock, tick} -> tick end || _ <- lists:seq(1, Count)],
    exit(Clock, kill),
    Ticks.

tick(To, Every) ->
    receive after Every -> To ! {self(), tick}, tick(To, Every) end.

traffic_light() ->
    lists:foldl(fun(_, Colour) ->
        {Time, Next} = phase(Colour),
        io:format("~w ", [Colour]),
        receive {interrupt, _} -> Colour after Time -> Next end
    end, red, lists:seq(1, 7)),
    io:nl().

phase(red) -> {15, green};
phase(green) -> {10, yellow};
phase(yellow) -> {5, red}.

measured() ->
    Start = erlang:monotonic_time(),
    timer:sleep(30),
    Passed = erlang:convert_time_unit(erlang:monotonic_time() - Start, native, millisecond),
    {Passed >= 30, Passed < 10000}.

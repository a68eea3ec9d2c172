%% Spawning in all variants, messages both ways, many processes, parents and children.
-module(processes).
-export([main/0, child/2, echo/0]).

main() ->
    process_flag(trap_exit, false),
    Self = self(),
    spawn(fun() -> Self ! {from_fun, 1} end),
    io:format("~w~n", [get_one()]),
    spawn(?MODULE, child, [Self, 2]),
    io:format("~w~n", [get_one()]),
    spawn_link(fun() -> Self ! {from_link, 3} end),
    io:format("~w~n", [get_one()]),
    {Pid, Ref} = spawn_monitor(?MODULE, child, [Self, 4]),
    io:format("~w~n", [get_one()]),
    receive {'DOWN', Ref, process, Pid, Reason} -> io:format("down ~w~n", [Reason]) end,
    {Pid2, Ref2} = spawn_opt(fun() -> exit(optional) end, [monitor]),
    receive {'DOWN', Ref2, process, Pid2, Reason2} -> io:format("down ~w~n", [Reason2]) end,
    spawn_opt(?MODULE, child, [Self, 5], [link, {priority, low}]),
    io:format("~w~n", [get_one()]),
    Echo = spawn(fun ?MODULE:echo/0),
    io:format("~w~n", [[call(Echo, T) || T <- [a, {b, 1}, "c", <<"d">>, #{e => 1.5}]]]),
    Echo ! stop,
    io:format("~w~n", [is_pid(Echo)]),
    io:format("~w~n", [gather(fan_out(100, fun(N) -> N * N end))]),
    io:format("~w~n", [tree(6)]),
    io:format("~w~n", [chain(200)]),
    Adder = accumulator(),
    [Adder ! {add, N} || N <- lists:seq(1, 100)],
    io:format("~w~n", [call(Adder, total)]),
    io:format("~w~n", [call(Adder, fun(Total) -> Total * 2 end)]),
    io:format("~w~n", [Self =:= self()]),
    Self ! (Self ! twice),
    io:format("~w~n", [[receive X -> X end || _ <- [1, 2]]]),
    io:format("~w~n", [receive _ -> something after 0 -> nothing end]).

get_one() -> receive Message -> Message end.

child(Parent, N) -> Parent ! {from_mfa, N}.

echo() ->
    receive
        {From, Ref, Message} -> From ! {Ref, Message}, echo();
        stop -> ok
    end.

call(Pid, Message) ->
    Ref = make_ref(),
    Pid ! {self(), Ref, Message},
    receive {Ref, Reply} -> Reply end.

fan_out(Count, F) ->
    Self = self(),
    [begin Ref = make_ref(), spawn(fun() -> Self ! {Ref, F(N)} end), Ref end || N <- lists:seq(1, Count)].

gather(Refs) -> lists:sum([receive {Ref, Value} -> Value end || Ref <- Refs]).

%% A tree of processes; each sends its parent the number of nodes below.
tree(Depth) ->
    Self = self(),
    Pid = spawn(fun() -> node_of_tree(Depth, Self) end),
    receive {Pid, Count} -> Count end.

node_of_tree(0, Parent) -> Parent ! {self(), 1};
node_of_tree(Depth, Parent) -> Parent ! {self(), 1 + tree(Depth - 1) + tree(Depth - 1)}.

chain(Length) ->
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> receive N -> Next ! N + 1 end end) end,
                       self(), lists:seq(1, Length)),
    Last ! 0,
    receive N -> N end.

accumulator() -> spawn(fun() -> accumulate(0) end).

accumulate(Total) ->
    receive
        {add, N} -> accumulate(Total + N);
        {From, Ref, total} -> From ! {Ref, Total}, accumulate(Total);
        {From, Ref, F} when is_function(F, 1) -> From ! {Ref, F(Total)}
    end.

%% Links: exit signals through them, trap_exit, unlink, links of the dead, chains and rings.
-module(links).
-export([main/0]).

main() ->
    process_flag(trap_exit, true),
    [io:format("~p~n", [linked(F)])
     || F <- [fun() -> ok end, fun() -> exit(normal) end, fun() -> exit(bang) end, fun() -> exit(kill) end,
              fun() -> throw(ball) end, fun() -> error(broken) end, fun() -> exit({shutdown, deep}) end]],
    io:format("~w~n", [link(self())]),
    io:format("~w~n", [unlink(self())]),
    dead(),
    twice(),
    unlinked(),
    chain(),
    normal_does_not_kill(),
    crowd(),
    info(),
    io:format("~w~n", [process_flag(trap_exit, false)]),
    io:format("~w~n", [noproc()]).

%% The exit reason with the stack trace left out.
linked(F) ->
    Pid = spawn_link(F),
    receive {'EXIT', Pid, Reason} -> strip(Reason) end.

strip({Reason, [{_, _, _, _} | _]}) -> {Reason, stack};
strip(Reason) -> Reason.

finished() ->
    {Pid, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, process, Pid, _} -> Pid end.

dead() ->
    Pid = finished(),
    io:format("~w~n", [link(Pid)]),
    io:format("~w~n", [receive {'EXIT', Pid, Reason} -> Reason end]).

noproc() ->
    Pid = finished(),
    try link(Pid) catch Class:Reason -> {Class, Reason} end.

%% Two links are one link.
twice() ->
    Pid = spawn_link(fun() -> receive stop -> exit(stopped) end end),
    link(Pid),
    Pid ! stop,
    io:format("~w~n", [receive {'EXIT', Pid, Reason} -> Reason end]),
    io:format("~w~n", [receive {'EXIT', Pid, Again} -> Again after 50 -> once end]).

unlinked() ->
    Pid = spawn_link(fun() -> receive stop -> exit(stopped) end end),
    true = unlink(Pid),
    Ref = monitor(process, Pid),
    Pid ! stop,
    io:format("~w~n", [receive {'DOWN', Ref, process, Pid, Reason} -> Reason end]),
    io:format("~w~n", [receive {'EXIT', Pid, _} -> told after 50 -> not_told end]).

%% Ten processes, each linked to the next: the death of the last goes through all of them.
chain() ->
    Pid = spawn_link(fun() -> chain(10) end),
    io:format("~w~n", [receive {'EXIT', Pid, Reason} -> Reason end]).

chain(0) -> exit(end_of_chain);
chain(N) ->
    spawn_link(fun() -> chain(N - 1) end),
    receive after infinity -> ok end.

normal_does_not_kill() ->
    Self = self(),
    Parent = spawn(fun() ->
        spawn_link(fun() -> ok end),
        receive after 50 -> Self ! {self(), survived} end
    end),
    io:format("~w~n", [receive {Parent, Word} -> Word end]).

%% One dies, all linked to it die; those that trap only hear of it.
crowd() ->
    Self = self(),
    Hub = spawn(fun() ->
        Self ! {members, [spawn_link(fun() -> member(N rem 2 =:= 0) end) || N <- lists:seq(1, 6)]},
        receive boom -> exit(boom) end
    end),
    Pids = receive {members, Members} -> Members end,
    Refs = [monitor(process, P) || P <- Pids],
    [begin P ! {ready, self()}, receive {ready, P} -> ok end end || P <- Pids],
    Hub ! boom,
    io:format("~w~n", [[receive {'DOWN', R, process, _, Why} -> Why end || R <- Refs]]).

member(Trap) ->
    process_flag(trap_exit, Trap),
    receive {ready, From} -> From ! {ready, self()} end,
    receive {'EXIT', _, Why} -> exit({heard, Why}) end.

info() ->
    Pid = spawn_link(fun() -> receive stop -> ok end end),
    {links, Links} = process_info(self(), links),
    io:format("~w ~w~n", [lists:member(Pid, Links), process_info(self(), trap_exit)]),
    Pid ! stop,
    io:format("~w~n", [receive {'EXIT', Pid, Reason} -> Reason end]).

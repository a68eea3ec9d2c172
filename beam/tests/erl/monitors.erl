%% Monitors: every way to end, names, demonitor with its options, several monitors of one process.
-module(monitors).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    [io:format("~w~n", [ending(F)])
     || F <- [fun() -> ok end, fun() -> exit(bye) end, fun() -> exit(self(), kill) end, fun() -> throw(x) end,
              fun() -> error(y) end, fun() -> exit(normal) end, fun() -> id(1) + id(b) end]],
    dead(),
    by_name(),
    several(),
    demonitoring(),
    tagged(),
    self_monitor(),
    safe_call(),
    [io:format("~w~n", [failure(F)])
     || F <- [fun() -> monitor(process, id(17)) end,
              fun() -> monitor(id(nonsense), self()) end,
              fun() -> demonitor(id(x)) end,
              fun() -> demonitor(make_ref(), [id(nonsense)]) end]],
    io:format("~w~n", [demonitor(make_ref())]),
    io:format("~w~n", [receive M -> M after 0 -> nothing end]).

failure(F) -> try F() catch Class:Reason -> {Class, Reason} end.

ending(F) ->
    {Pid, Ref} = spawn_monitor(F),
    receive
        {'DOWN', Ref, process, Pid, {Reason, [_ | _]}} -> {Reason, stack};
        {'DOWN', Ref, process, Pid, Reason} -> Reason
    end.

dead() ->
    {Pid, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, process, Pid, _} -> ok end,
    Again = monitor(process, Pid),
    io:format("~w~n", [receive {'DOWN', Again, process, Pid, Reason} -> Reason end]).

by_name() ->
    Ref = monitor(process, no_such_name),
    io:format("~w~n", [receive {'DOWN', Ref, process, {Name, Node}, R} -> {Name, Node =:= node(), R} end]),
    Pid = spawn(fun() -> receive stop -> exit(told) end end),
    register(known, Pid),
    Ref2 = monitor(process, known),
    known ! stop,
    io:format("~w~n", [receive {'DOWN', Ref2, process, {N2, _}, R2} -> {N2, R2} end]).

several() ->
    Pid = spawn(fun() -> receive stop -> exit(once) end end),
    Refs = [monitor(process, Pid) || _ <- [1, 2, 3]],
    io:format("~w~n", [length(lists:usort(Refs))]),
    demonitor(hd(Refs)),
    Pid ! stop,
    io:format("~w~n", [[receive {'DOWN', R, process, Pid, Why} -> Why end || R <- tl(Refs)]]),
    io:format("~w~n", [receive {'DOWN', _, _, _, _} -> more after 50 -> no_more end]).

demonitoring() ->
    Pid = spawn(fun() -> receive stop -> ok end end),
    Ref = monitor(process, Pid),
    io:format("~w~n", [demonitor(Ref, [info])]),
    io:format("~w~n", [demonitor(Ref, [info])]),
    Fired = monitor(process, Pid),
    Other = monitor(process, Pid),
    Pid ! stop,
    receive {'DOWN', Other, process, Pid, normal} -> ok end,
    io:format("~w~n", [demonitor(Fired, [flush])]),
    io:format("~w~n", [receive {'DOWN', Fired, _, _, _} -> left after 0 -> flushed end]).

tagged() ->
    Pid = spawn(fun() -> receive stop -> exit(tagged) end end),
    Ref = monitor(process, Pid, [{tag, {gone, worker}}]),
    Pid ! stop,
    io:format("~w~n", [receive {{gone, worker}, Ref, process, Pid, Why} -> Why end]).

self_monitor() ->
    Ref = monitor(process, self()),
    io:format("~w ~w~n", [is_reference(Ref), demonitor(Ref, [info])]).

%% A call that never hangs: the answer, or the reason why there is none.
safe_call() ->
    Server = fun() -> receive {From, Ref, N} -> From ! {Ref, 100 div N} end end,
    io:format("~w~n", [[call(spawn(Server), N) || N <- [5, 0, 20, x]]]).

call(Pid, Request) ->
    Ref = monitor(process, Pid),
    Pid ! {self(), Ref, Request},
    receive
        {Ref, Reply} -> demonitor(Ref, [flush]), {ok, Reply};
        {'DOWN', Ref, process, Pid, {Reason, _}} -> {down, Reason}
    end.

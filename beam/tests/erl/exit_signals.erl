%% exit/2 to others and to oneself, trapping or not; kill and killed; normal; a tiny supervisor.
-module(exit_signals).
-export([main/0]).

main() ->
    [io:format("~w ~w: ~w~n", [Trap, Reason, receiver(Trap, Reason)])
     || Trap <- [false, true], Reason <- [normal, kill, killed, bang, {shutdown, 1}]],
    [io:format("self ~w ~w: ~w~n", [Trap, Reason, to_itself(Trap, Reason)])
     || Trap <- [false, true], Reason <- [normal, kill, bang]],
    io:format("~w~n", [exit(gone(), whatever)]),
    io:format("~w~n", [try exit(not_a_pid, x) catch C:R -> {C, R} end]),
    io:format("~w~n", [caught_exit()]),
    linked_kill(),
    queue_order(),
    process_flag(trap_exit, true),
    io:format("~w~n", [supervise(3)]),
    io:format("~w~n", [stop_children(5)]).

%% What becomes of a process that is sent this signal.
receiver(Trap, Reason) ->
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() ->
        process_flag(trap_exit, Trap),
        Self ! ready,
        receive
            {'EXIT', Self, Signal} -> exit({trapped, Signal});
            finish -> exit(ignored)
        end
    end),
    receive ready -> ok end,
    exit(Pid, Reason),
    Pid ! finish,
    receive {'DOWN', Ref, process, Pid, Why} -> Why end.

to_itself(Trap, Reason) ->
    {Pid, Ref} = spawn_monitor(fun() ->
        process_flag(trap_exit, Trap),
        exit(self(), Reason),
        receive {'EXIT', From, Signal} when From =:= self() -> exit({trapped, Signal})
        after 100 -> exit(survived)
        end
    end),
    receive {'DOWN', Ref, process, Pid, Why} -> Why end.

gone() ->
    {Pid, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, process, Pid, _} -> Pid end.

%% An exit of one's own can be caught, a signal cannot.
caught_exit() ->
    {Pid, Ref} = spawn_monitor(fun() ->
        First = try exit(mine) catch exit:mine -> caught end,
        try exit(self(), signal), receive after 1000 -> ok end
        catch _:_ -> exit({First, wrongly_caught})
        end
    end),
    receive {'DOWN', Ref, process, Pid, Why} -> Why end.

%% The killed process passes `killed` on, which its link does not survive either.
linked_kill() ->
    Self = self(),
    {Outer, Ref} = spawn_monitor(fun() ->
        Inner = spawn_link(fun() -> receive after infinity -> ok end end),
        Self ! {inner, Inner},
        receive after infinity -> ok end
    end),
    Inner = receive {inner, P} -> P end,
    exit(Inner, kill),
    io:format("~w~n", [receive {'DOWN', Ref, process, Outer, Why} -> Why end]).

%% Signals of one sender to one receiver keep their order.
queue_order() ->
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() -> process_flag(trap_exit, true), Self ! ready, collect(6, []) end),
    receive ready -> ok end,
    [case N rem 2 of 0 -> Pid ! N; 1 -> exit(Pid, N) end || N <- lists:seq(1, 6)],
    io:format("~w~n", [receive {'DOWN', Ref, process, Pid, Why} -> Why end]).

collect(0, Acc) -> exit(lists:reverse(Acc));
collect(N, Acc) ->
    receive
        {'EXIT', _, Reason} -> collect(N - 1, [{signal, Reason} | Acc]);
        Message -> collect(N - 1, [Message | Acc])
    end.

%% Restarts a worker that crashes, until it has crashed so often.
supervise(0) -> gave_up;
supervise(Restarts) ->
    Pid = spawn_link(fun() -> exit({crash, Restarts}) end),
    receive {'EXIT', Pid, {crash, N}} -> io:format("restart after ~w~n", [N]), supervise(Restarts - 1) end.

stop_children(Count) ->
    Pids = [spawn_link(fun() -> receive after infinity -> ok end end) || _ <- lists:seq(1, Count)],
    [exit(Pid, shutdown) || Pid <- Pids],
    [receive {'EXIT', Pid, Reason} -> Reason end || Pid <- Pids].

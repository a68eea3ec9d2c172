%% Registered names: register, whereis, send by name, taking over, what is refused, freed on death.
-module(names).
-export([main/0]).

main() ->
    io:format("~w~n", [whereis(nobody)]),
    true = register(me, self()),
    io:format("~w~n", [whereis(me) =:= self()]),
    me ! {to, name},
    io:format("~w~n", [receive M -> M end]),
    {me, node()} ! with_node,
    io:format("~w~n", [receive M2 -> M2 end]),
    io:format("~w~n", [process_info(self(), registered_name)]),
    io:format("~w~n", [lists:member(me, registered())]),
    [io:format("~w~n", [failure(F)])
     || F <- [fun() -> register(me, self()) end,
              fun() -> register(other, self()) end,
              fun() -> register(undefined, self()) end,
              fun() -> register("text", self()) end,
              fun() -> register(dead, dead()) end,
              fun() -> unregister(nobody) end,
              fun() -> whereis(17) end,
              fun() -> nobody ! hello end,
              fun() -> {nobody, node()} ! hello end,
              fun() -> erlang:send(nobody, hello) end,
              fun() -> 17 ! hello end]],
    true = unregister(me),
    io:format("~w ~w~n", [whereis(me), process_info(self(), registered_name)]),
    server(),
    taken_over(),
    freed(),
    many().

failure(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

dead() ->
    {Pid, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, process, Pid, _} -> Pid end.

server() ->
    Pid = spawn(fun() -> store(#{}) end),
    register(store, Pid),
    store ! {put, a, 1},
    store ! {put, b, 2},
    io:format("~w ~w ~w~n", [ask(a), ask(b), ask(c)]),
    store ! stop,
    await_free(store),
    io:format("~w~n", [failure(fun() -> store ! {put, c, 3} end)]).

store(Map) ->
    receive
        {put, K, V} -> store(Map#{K => V});
        {get, From, K} -> From ! {value, maps:get(K, Map, none)}, store(Map);
        stop -> ok
    end.

ask(K) ->
    store ! {get, self(), K},
    receive {value, V} -> V end.

await_free(Name) ->
    case whereis(Name) of
        undefined -> ok;
        Pid ->
            Ref = monitor(process, Pid),
            receive {'DOWN', Ref, process, _, _} -> ok end
    end.

%% A name goes to the next process once its holder has given it back.
taken_over() ->
    Self = self(),
    First = spawn(fun() -> receive give_up -> unregister(shared), Self ! given end, receive stop -> ok end end),
    register(shared, First),
    shared ! give_up,
    receive given -> ok end,
    register(shared, self()),
    shared ! mine_now,
    io:format("~w~n", [receive M -> M end]),
    unregister(shared),
    First ! stop.

%% When the 'DOWN' message arrives the name is free.
freed() ->
    {Pid, Ref} = spawn_monitor(fun() -> register(brief, self()), exit(bye) end),
    receive {'DOWN', Ref, process, Pid, Reason} -> io:format("~w ~w~n", [Reason, whereis(brief)]) end.

many() ->
    Names = [list_to_atom("worker_" ++ integer_to_list(N)) || N <- lists:seq(1, 20)],
    Self = self(),
    [register(Name, spawn(fun() -> receive {ping, N} -> Self ! {Name, N + 1} end end)) || Name <- Names],
    [Name ! {ping, N} || {N, Name} <- lists:zip(lists:seq(1, 20), Names)],
    io:format("~w~n", [[receive {Name, N} -> N end || Name <- Names]]).

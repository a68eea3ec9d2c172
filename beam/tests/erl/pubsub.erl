%% Publish and subscribe: topics, wildcards, subscribers that die, history for those who come late.
-module(pubsub).
-export([main/0]).

main() ->
    process_flag(trap_exit, false),
    Broker = spawn(fun() -> broker(#{}, #{}) end),
    Readers = [{Name, reader(Name, self())} || Name <- [a, b, c]],
    [{_, A}, {_, B}, {_, C}] = Readers,
    [ok = subscribe(Broker, Pid, Topic) || {Pid, Topic} <- [{A, news}, {A, sport}, {B, news}, {C, '*'}]],
    io:format("~w~n", [[publish(Broker, T, M) || {T, M} <- [{news, hello}, {sport, goal}, {weather, rain}, {news, world}]]]),
    io:format("~w~n", [[{Name, read(Pid, N)} || {{Name, Pid}, N} <- lists:zip(Readers, [3, 2, 4])]]),
    ok = unsubscribe(Broker, A, news),
    io:format("~w~n", [publish(Broker, news, again)]),
    io:format("~w ~w~n", [read(B, 1), read(C, 1)]),
    io:format("~w~n", [ask(Broker, topics)]),
    kill(B, Broker),
    io:format("~w~n", [publish(Broker, news, after_death)]),
    io:format("~w~n", [ask(Broker, topics)]),
    io:format("~w~n", [read(C, 1)]),
    D = reader(d, self()),
    io:format("~w~n", [ask(Broker, {replay, D, news})]),
    io:format("~w~n", [read(D, 4)]),
    storm(Broker),
    Broker ! stop.

broker(Topics, History) ->
    receive
        {From, Ref, {subscribe, Pid, Topic}} ->
            monitor(process, Pid),
            From ! {Ref, ok},
            broker(maps:update_with(Topic, fun(Pids) -> Pids ++ [Pid] end, [Pid], Topics), History);
        {From, Ref, {unsubscribe, Pid, Topic}} ->
            From ! {Ref, ok},
            broker(drop_empty(Topics#{Topic := maps:get(Topic, Topics) -- [Pid]}), History);
        {From, Ref, {publish, Topic, Message}} ->
            Pids = maps:get(Topic, Topics, []) ++ maps:get('*', Topics, []),
            [Pid ! {Topic, Message} || Pid <- Pids],
            From ! {Ref, length(Pids)},
            broker(Topics, maps:update_with(Topic, fun(Old) -> [Message | Old] end, [Message], History));
        {From, Ref, topics} ->
            From ! {Ref, [{T, length(Pids)} || {T, Pids} <- lists:sort(maps:to_list(Topics))]},
            broker(Topics, History);
        {From, Ref, {replay, Pid, Topic}} ->
            Old = lists:reverse(maps:get(Topic, History, [])),
            [Pid ! {Topic, M} || M <- Old],
            From ! {Ref, length(Old)},
            broker(Topics, History);
        {'DOWN', _, process, Pid, _} ->
            broker(drop_empty(maps:map(fun(_, Pids) -> Pids -- [Pid] end, Topics)), History);
        stop -> ok
    end.

drop_empty(Topics) -> maps:filter(fun(_, Pids) -> Pids =/= [] end, Topics).

ask(Broker, Request) ->
    Ref = make_ref(),
    Broker ! {self(), Ref, Request},
    receive {Ref, Answer} -> Answer end.

subscribe(Broker, Pid, Topic) -> ask(Broker, {subscribe, Pid, Topic}).
unsubscribe(Broker, Pid, Topic) -> ask(Broker, {unsubscribe, Pid, Topic}).
publish(Broker, Topic, Message) -> ask(Broker, {publish, Topic, Message}).

%% A reader keeps what it hears until it is asked for so many.
reader(Name, Owner) -> spawn(fun() -> reading(Name, Owner, []) end).

reading(Name, Owner, Heard) ->
    receive
        {read, Ref, Count} -> wait_for(Name, Owner, Ref, Count, Heard);
        die -> exit(died);
        Message -> reading(Name, Owner, Heard ++ [Message])
    end.

wait_for(Name, Owner, Ref, Count, Heard) when length(Heard) >= Count ->
    {Now, Later} = lists:split(Count, Heard),
    Owner ! {Ref, Now},
    reading(Name, Owner, Later);
wait_for(Name, Owner, Ref, Count, Heard) ->
    receive {_, _} = Message -> wait_for(Name, Owner, Ref, Count, Heard ++ [Message]) end.

read(Pid, Count) ->
    Ref = make_ref(),
    Pid ! {read, Ref, Count},
    receive {Ref, Messages} -> Messages end.

%% The broker hears of a death when it comes, so ask until it has.
kill(Pid, Broker) ->
    Before = ask(Broker, topics),
    Pid ! die,
    await(fun() -> ask(Broker, topics) end, Before).

await(F, Before) ->
    case F() of
        Before -> receive after 1 -> await(F, Before) end;
        _ -> ok
    end.

storm(Broker) ->
    Readers = [reader(N, self()) || N <- lists:seq(1, 10)],
    [ok = subscribe(Broker, R, storm) || R <- Readers],
    [publish(Broker, storm, N) || N <- lists:seq(1, 50)],
    All = [read(R, 50) || R <- Readers],
    io:format("~w ~w~n", [length(lists:usort(All)), hd(All) =:= [{storm, N} || N <- lists:seq(1, 50)]]).

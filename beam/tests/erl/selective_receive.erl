%% Selective receive: order kept, guards, nested receives, priorities, flushing, long mailboxes.
-module(selective_receive).
-export([main/0]).

main() ->
    send_all([{low, 1}, {high, 2}, {low, 3}, {high, 4}, {middle, 5}]),
    io:format("~w~n", [by_priority([])]),
    send_all([1, 2, 3, 4, 5, 6]),
    io:format("~w~n", [[receive N when N rem 2 =:= 0 -> N end || _ <- [1, 2, 3]]]),
    io:format("~w~n", [flush()]),
    send_all([{b, 2}, {a, 1}, {c, 3}]),
    io:format("~w~n", [[receive {Key, V} -> V end || Key <- [a, b, c]]]),
    send_all([outer, inner, done]),
    io:format("~w~n", [receive done -> receive inner -> receive outer -> nested end end end]),
    io:format("~w~n", [receive nothing -> yes after 0 -> no end]),
    send_all([x, y]),
    io:format("~w~n", [receive y -> got_y after 0 -> no end]),
    io:format("~w~n", [flush()]),
    many(5000),
    guards(),
    reply_order(),
    buffer(),
    io:format("~w~n", [flush()]).

send_all(Messages) -> [self() ! M || M <- Messages].

by_priority(Acc) ->
    receive
        {high, N} -> by_priority([N | Acc])
    after 0 ->
        receive
            {middle, N} -> by_priority([N | Acc])
        after 0 ->
            receive {low, N} -> by_priority([N | Acc])
            after 0 -> lists:reverse(Acc)
            end
        end
    end.

flush() ->
    receive M -> [M | flush()] after 0 -> [] end.

%% The wanted message stands behind many others, which stay in order.
many(Count) ->
    send_all(lists:seq(1, Count)),
    self() ! wanted,
    io:format("~w~n", [receive wanted -> found end]),
    Rest = flush(),
    io:format("~w ~w~n", [length(Rest), Rest =:= lists:seq(1, Count)]).

guards() ->
    send_all([{n, 5}, {n, -5}, {s, "text"}, {n, 0}, other]),
    Limit = 0,
    io:format("~w~n", [receive {n, N} when N < Limit -> N end]),
    io:format("~w~n", [receive {n, Limit} -> zero end]),
    io:format("~w~n", [receive M when is_atom(M) -> M end]),
    io:format("~w~n", [receive {T, V} when T =:= s; V =:= none -> V end]),
    io:format("~w~n", [flush()]).

%% Answers arrive as they please, references tell them apart.
reply_order() ->
    Server = spawn(fun() -> collect(5, []) end),
    Refs = [begin R = make_ref(), Server ! {self(), R, N}, R end || N <- lists:seq(1, 5)],
    io:format("~w~n", [[receive {R, Answer} -> Answer end || R <- Refs]]).

collect(0, Requests) -> [From ! {Ref, N * 10} || {From, Ref, N} <- Requests];
collect(Count, Requests) -> receive Request -> collect(Count - 1, [Request | Requests]) end.

%% A bounded buffer takes a put only when there is room and a get only when there is something.
buffer() ->
    Self = self(),
    Buffer = spawn(fun() -> buffer_loop(queue:new(), 0, 3) end),
    spawn(fun() -> [begin Buffer ! {put, self(), N}, receive stored -> ok end end || N <- lists:seq(1, 10)] end),
    io:format("~w~n", [[begin Buffer ! {get, Self}, receive {item, I} -> I end end || _ <- lists:seq(1, 10)]]).

buffer_loop(Items, Count, Limit) ->
    receive
        {put, From, Item} when Count < Limit ->
            From ! stored,
            buffer_loop(queue:in(Item, Items), Count + 1, Limit);
        {get, From} when Count > 0 ->
            {{value, Item}, Rest} = queue:out(Items),
            From ! {item, Item},
            buffer_loop(Rest, Count - 1, Limit)
    end.

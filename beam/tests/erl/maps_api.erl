%% The maps module: nearly all of its functions, iterators, folds, and its failures.
-module(maps_api).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    M = #{a => 1, b => 2, c => 3},
    N = #{b => 20, d => 40},
    show([maps:get(a, M), maps:get(z, M, none), maps:find(b, M), maps:find(z, M), maps:is_key(c, M), maps:size(M)]),
    show([maps:put(d, 4, M), maps:update(a, 10, M), maps:remove(a, M), maps:remove(z, M), maps:take(b, M), maps:take(z, M)]),
    show([maps:keys(M), maps:values(M), maps:to_list(M), maps:from_list([{x, 1}, {y, 2}, {x, 3}]), maps:from_keys([p, q], 0)]),
    show([maps:merge(M, N), maps:merge(N, M), maps:merge_with(fun(_, X, Y) -> X + Y end, M, N)]),
    show([maps:intersect(M, N), maps:intersect_with(fun(K, X, Y) -> {K, X, Y} end, M, N), maps:with([a, z], M), maps:without([a, z], M)]),
    show([maps:map(fun(K, V) -> {K, V * 2} end, M), maps:filter(fun(_, V) -> V > 1 end, M), maps:filtermap(fun(_, V) -> V > 1 andalso {true, -V} end, M)]),
    show([maps:fold(fun(K, V, Acc) -> [{K, V} | Acc] end, [], M), maps:update_with(a, fun(V) -> V + 100 end, M), maps:update_with(z, fun(V) -> V end, 0, M)]),
    show([maps:groups_from_list(fun(X) -> X rem 3 end, lists:seq(1, 10)), maps:groups_from_list(fun length/1, fun hd/1, ["a", "bc", "d"])]),
    show([walk(maps:next(maps:iterator(M))), maps:next(maps:iterator(#{}))]),
    maps:foreach(fun(K, V) -> io:format("~w=~w ", [K, V]) end, M),
    io:nl(),
    show([maps:new(), maps:size(#{}), maps:merge(#{}, #{}), maps:from_list([])]),
    [show(failure(F)) || F <- [fun() -> maps:get(z, id(M)) end, fun() -> maps:update(z, 1, id(M)) end, fun() -> maps:keys(id([])) end,
                               fun() -> maps:merge(id(M), id(x)) end, fun() -> maps:from_list(id([a])) end, fun() -> maps:fold(id(f), 0, M) end,
                               fun() -> maps:take(a, id({})) end, fun() -> maps:update_with(z, fun(X) -> X end, id(M)) end,
                               fun() -> maps:put(a, 1, id(1)) end, fun() -> maps:map(fun(_) -> x end, id(M)) end]],
    large(),
    inverted(),
    words().

show(X) -> io:format("~p~n", [X]).

failure(F) -> try {value, F()} catch Class:Reason -> {Class, Reason} end.

walk(none) -> [];
walk({K, V, Next}) -> [{K, V} | walk(maps:next(Next))].

%% Beyond 32 keys order is nobody's business, so everything is sorted or summed before it is shown.
large() ->
    Big = maps:from_list([{{key, N}, N} || N <- lists:seq(1, 1000)]),
    show([maps:size(Big), lists:sum(maps:values(Big)), maps:get({key, 999}, Big), maps:find({key, 1001}, Big)]),
    Half = maps:filter(fun(_, V) -> V rem 2 =:= 0 end, Big),
    show([maps:size(Half), maps:fold(fun(_, V, S) -> V + S end, 0, Half)]),
    Emptied = lists:foldl(fun(N, Acc) -> maps:remove({key, N}, Acc) end, Big, lists:seq(4, 1000)),
    show([Emptied, maps:size(maps:merge(Half, Emptied)), Emptied =:= maps:from_list([{{key, N}, N} || N <- [3, 2, 1]])]),
    Walked = walk(maps:next(maps:iterator(Big))),
    show([length(Walked), lists:sort(Walked) =:= lists:sort(maps:to_list(Big))]),
    Mapped = maps:map(fun(_, V) -> V + 1 end, Big),
    show([maps:get({key, 500}, Mapped), lists:sum(maps:values(Mapped))]).

inverted() ->
    M = maps:from_list(lists:zip("abcdef", lists:seq(1, 6))),
    show(maps:fold(fun(K, V, Acc) -> Acc#{V => [K]} end, #{}, M)).

words() ->
    Text = "one fish two fish red fish blue fish one",
    Counts = lists:foldl(fun(W, Acc) -> maps:update_with(W, fun(C) -> C + 1 end, 1, Acc) end, #{}, string:lexemes(Text, " ")),
    show(Counts),
    show(lists:sort(fun({_, A}, {_, B}) -> A > B end, maps:to_list(Counts))).

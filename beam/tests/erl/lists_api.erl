%% The lists module: nearly all of its functions, with what they do to odd input.
-module(lists_api).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    L = [5, 3, 8, 1, 9, 2, 7],
    show([lists:sort(L), lists:reverse(L), lists:max(L), lists:min(L), lists:sum(L), lists:last(L), lists:nth(3, L)]),
    show([lists:usort([3, 1, 2, 3, 1]), lists:seq(2, 20, 3), lists:seq(5, 1, -2), lists:seq(1, 0), lists:duplicate(3, x)]),
    show([lists:append([[1], [2, 3], []]), lists:concat([a, 1, "b", 2.5]), lists:flatten([1, [2, [3, [4]]], []])]),
    show([lists:sublist(L, 3), lists:sublist(L, 2, 3), lists:nthtail(5, L), lists:split(2, L), lists:splitwith(fun(X) -> X > 2 end, L)]),
    show([lists:member(8, L), lists:member(8.0, L), lists:prefix("ab", "abc"), lists:suffix("bc", "abc")]),
    show([lists:delete(8, L), lists:subtract(L, [1, 2, 3]), L -- [5, 5, 7], [1, 2, 1, 2] -- [2, 1], "abc" ++ "def", [] ++ tail]),
    show([lists:zip([1, 2], [a, b]), lists:unzip([{1, a}, {2, b}]), lists:zip3([1], [2], [3]), lists:zipwith(fun(X, Y) -> X * Y end, [1, 2], [3, 4])]),
    show([lists:all(fun(X) -> X > 0 end, L), lists:any(fun(X) -> X > 8 end, L), lists:filter(fun(X) -> X rem 2 =:= 1 end, L), lists:partition(fun(X) -> X > 4 end, L)]),
    show([lists:foldl(fun(X, A) -> X - A end, 0, L), lists:foldr(fun(X, A) -> X - A end, 0, L), lists:mapfoldl(fun(X, A) -> {X * 2, A + X} end, 0, L)]),
    show([lists:flatmap(fun(X) -> [X, X] end, [1, 2]), lists:filtermap(fun(X) -> X > 5 andalso {true, -X} end, L), lists:takewhile(fun(X) -> X > 2 end, L), lists:dropwhile(fun(X) -> X > 2 end, L)]),
    show([lists:search(fun(X) -> X > 6 end, L), lists:search(fun(X) -> X > 60 end, L), lists:droplast(L), lists:join(sep, [a, b, c])]),
    keys(),
    stability(),
    show([lists:merge([1, 4, 7], [2, 4, 9]), lists:umerge([[1, 3], [2, 3], [0]]), lists:merge3([1], [0], [2]), lists:merge(fun(A, B) -> A >= B end, [5, 3], [4, 1])]),
    show([lists:sort(fun(A, B) -> A >= B end, L), lists:rmerge([3, 1], [2]), lists:reverse([1, 2], [x | y]), lists:enumerate([a, b])]),
    show([lists:sort([b, 1, "s", {t}, 2.0, <<"b">>, #{}, [], 1.0, a]), lists:usort([1, 1.0, 1, 2.0, 2])]),
    show([length(lists:sort([(N * 7919) rem 10007 || N <- lists:seq(1, 2000)])), lists:nth(500, lists:sort([(N * 7919) rem 10007 || N <- lists:seq(1, 2000)]))]),
    show([lists:uniq([a, b, a, c, b]), lists:foldl(fun lists:append/2, [], [[1], [2], [3]])]),
    [show(failure(F)) || F <- [fun() -> lists:nth(id(0), L) end, fun() -> lists:nth(9, L) end, fun() -> lists:last(id([])) end,
                               fun() -> lists:max(id([])) end, fun() -> lists:reverse(id([1 | 2])) end, fun() -> lists:member(1, id([2 | 3])) end,
                               fun() -> lists:seq(1, id(a)) end, fun() -> lists:sum(id([a])) end, fun() -> lists:zip([1], id([])) end,
                               fun() -> lists:keyfind(a, id(0), [{a}]) end, fun() -> lists:map(fun(X) -> X end, id(x)) end,
                               fun() -> lists:duplicate(id(-1), x) end, fun() -> id(a) ++ [b] end, fun() -> id(a) -- [b] end,
                               fun() -> length(id([a | b])) end]].

show(X) -> io:format("~w~n", [X]).

failure(F) -> try {value, F()} catch Class:Reason -> {Class, Reason} end.

keys() ->
    T = [{b, 2, x}, {a, 1, y}, {c, 3, z}, {a, 4, w}, not_a_tuple, {}],
    show([lists:keyfind(a, 1, T), lists:keyfind(3, 2, T), lists:keyfind(q, 1, T), lists:keymember(z, 3, T), lists:keysearch(c, 1, T)]),
    show([lists:keydelete(a, 1, T), lists:keyreplace(b, 1, T, {b}), lists:keystore(q, 1, T, {q}), lists:keytake(c, 1, T), lists:keytake(q, 1, T)]),
    Tuples = [{b, 2}, {a, 3}, {b, 1}, {a, 0}],
    show([lists:keysort(1, Tuples), lists:keysort(2, Tuples), lists:ukeysort(1, Tuples), lists:keymap(fun(X) -> X + 1 end, 2, Tuples)]),
    show([lists:keymerge(1, [{a, 1}], [{a, 2}, {b, 3}]), lists:ukeymerge(1, [{a, 1}], [{a, 2}, {b, 3}]), lists:keyfind(1.0, 1, [{1, one}])]).

%% Equal elements keep their order.
stability() ->
    Pairs = [{N rem 3, N} || N <- lists:seq(1, 30)],
    show(lists:keysort(1, Pairs)),
    show(lists:sort(fun({A, _}, {B, _}) -> A =< B end, Pairs)),
    show(lists:sort([1.0, 1, 2, 2.0, 0, 0.5, 1, 1.0])),
    show(lists:sort([N rem 5 || N <- lists:seq(1, 50)])).

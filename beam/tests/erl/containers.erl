%% OTP's data structures: sets, ordsets, gb_sets, gb_trees, dict, orddict, queue, array, proplists.
-module(containers).
-export([main/0]).

main() ->
    set_like(sets), set_like(ordsets), set_like(gb_sets),
    new_sets(),
    trees(), dicts(dict), dicts(orddict), queues(), arrays(), properties().

show(X) -> io:format("~p~n", [X]).

set_like(M) ->
    A = M:from_list([3, 1, 2, 3, foo, "s"]),
    B = M:from_list([2, 3, 4]),
    show({M, M:size(A), lists:sort(M:to_list(A)), M:is_element(2, A), M:is_element(9, A)}),
    show([lists:sort(M:to_list(S)) || S <- [M:union(A, B), M:intersection(A, B), M:subtract(A, B), M:add_element(9, B), M:del_element(2, B)]]),
    show([M:is_subset(M:from_list([1]), A), M:is_subset(B, A), M:is_disjoint(A, M:from_list([7])), M:is_set(A), M:is_set(foo)]),
    show([M:fold(fun(X, Sum) -> X + Sum end, 0, B), lists:sort(M:to_list(M:filter(fun(X) -> X > 2 end, B)))]).

new_sets() ->
    S = sets:from_list(lists:seq(1, 100), [{version, 2}]),
    T = sets:filter(fun(X) -> X rem 10 =:= 0 end, S),
    show([sets:size(S), lists:sort(sets:to_list(T)), sets:is_subset(T, S), sets:is_empty(sets:new([{version, 2}]))]).

trees() ->
    T = lists:foldl(fun(K, Acc) -> gb_trees:insert(K, K * K, Acc) end, gb_trees:empty(), [5, 2, 8, 1, 9, 3]),
    show([gb_trees:size(T), gb_trees:keys(T), gb_trees:values(T), gb_trees:get(8, T), gb_trees:lookup(7, T), gb_trees:is_defined(1, T)]),
    show([gb_trees:smallest(T), gb_trees:largest(T), gb_trees:to_list(gb_trees:delete(5, T)), gb_trees:to_list(gb_trees:update(5, x, T))]),
    show(gb_trees:to_list(gb_trees:balance(gb_trees:enter(4, new, T)))),
    {Key, Value, Rest} = gb_trees:take_smallest(T),
    show({Key, Value, gb_trees:keys(Rest)}),
    show(iterate(gb_trees:next(gb_trees:iterator_from(3, T)))),
    show(gb_trees:to_list(gb_trees:map(fun(K, V) -> {K, V} end, T))),
    show(try gb_trees:insert(5, dup, T) catch error:Reason -> Reason end).

iterate(none) -> [];
iterate({K, _, Next}) -> [K | iterate(gb_trees:next(Next))].

dicts(M) ->
    D = M:from_list([{a, 1}, {b, 2}]),
    E = M:store(c, 3, M:append(l, x, M:append(l, y, D))),
    show([lists:sort(M:to_list(E)), M:fetch(a, E), M:find(z, E), M:is_key(b, E), M:size(E), lists:sort(M:fetch_keys(E))]),
    show(lists:sort(M:to_list(M:update_counter(a, 5, M:erase(l, E))))),
    show(M:fold(fun(_, V, Sum) when is_integer(V) -> Sum + V; (_, _, Sum) -> Sum end, 0, E)),
    show(lists:sort(M:to_list(M:merge(fun(_, X, Y) -> X + Y end, D, M:from_list([{b, 10}, {q, 1}]))))),
    show(lists:sort(M:to_list(M:map(fun(K, V) -> {K, V} end, D)))),
    Big = lists:foldl(fun(N, Acc) -> M:store(N, N * 2, Acc) end, M:new(), lists:seq(1, 300)),
    show([M:size(Big), M:fetch(150, Big), M:size(M:filter(fun(K, _) -> K > 290 end, Big))]).

queues() ->
    Q = lists:foldl(fun queue:in/2, queue:new(), [1, 2, 3, 4]),
    {{value, First}, Rest} = queue:out(Q),
    {{value, Last}, Front} = queue:out_r(Q),
    show([First, queue:to_list(Rest), Last, queue:to_list(Front), queue:len(Q), queue:peek(Q), queue:is_empty(Q)]),
    show([queue:to_list(queue:reverse(Q)), queue:to_list(queue:join(Q, Rest)), queue:to_list(queue:in_r(0, Q)), queue:member(3, Q)]),
    show([queue:out(queue:new()), queue:to_list(queue:filter(fun(X) -> X > 2 end, Q)), queue:get(Q), queue:to_list(queue:drop(Q))]),
    {A, B} = queue:split(1, Q),
    show([queue:to_list(A), queue:to_list(B), queue:fold(fun(X, S) -> X + S end, 0, Q)]).

arrays() ->
    A = array:set(50, fifty, array:from_list([a, b, c], none)),
    show([array:size(A), array:get(1, A), array:get(20, A), array:get(50, A), array:sparse_size(A), length(array:to_list(A))]),
    show([array:sparse_to_orddict(A), array:to_list(array:resize(4, A)), array:default(A), array:is_array(A)]),
    show(array:foldl(fun(I, V, S) when is_integer(V) -> S + I * V; (_, _, S) -> S end, 0, array:from_list(lists:seq(1, 20)))),
    show(array:to_list(array:map(fun(I, V) -> {I, V} end, array:from_list([x, y])))),
    show(try array:get(5, array:fix(array:from_list([1]))) catch error:Reason -> Reason end).

properties() ->
    P = [{a, 1}, b, {c, [1, 2]}, {a, 2}, {d, false}],
    show([proplists:get_value(a, P), proplists:get_value(b, P), proplists:get_value(z, P, def), proplists:get_bool(b, P), proplists:get_bool(d, P)]),
    show([proplists:get_all_values(a, P), proplists:lookup(c, P), proplists:lookup_all(a, P), proplists:is_defined(d, P), proplists:get_keys([{k, 1}])]),
    show([proplists:delete(a, P), proplists:compact([{x, true}, {y, false}]), proplists:unfold([x, {y, 1}]), proplists:append_values(c, P ++ [{c, 3}])]),
    show([proplists:split([{a, 1}, {b, 2}, {c, 3}], [a, c]), proplists:to_map([{a, 1}, b, {a, 2}]), proplists:substitute_aliases([{colour, color}], [{colour, red}])]).

%% The total order of all terms: across kinds, inside each, exact against equal by value.
-module(term_order).
-export([main/0]).

main() ->
    Kinds = [{number, 1}, {atom, a}, {reference, make_ref()}, {function, fun main/0}, {pid, self()}, {tuple, {}},
             {map, #{}}, {nil, []}, {list, [0]}, {bitstring, <<>>}],
    Shuffled = [lists:nth((N * 7) rem 10 + 1, Kinds) || N <- lists:seq(0, 9)],
    io:format("~w~n", [[Name || {Name, _} <- lists:sort(fun({_, A}, {_, B}) -> A =< B end, Shuffled)]]),
    check(numbers, [-(1 bsl 70), -5.5, -5, 0, 1, 1.5, 2, 1.0e10, 10000000001, 1 bsl 62, 1 bsl 64, 1.0e30, 1 bsl 120]),
    check(atoms, ['', 'A', 'B', a, aa, ab, b, 'é', '日']),
    check(tuples, [{}, {1}, {2}, {a}, {0, 0}, {0, 1}, {1, 0}, {a, []}, {0, 0, 0}]),
    check(lists, [[], [0 | a], [0], [0, 0], [0, 1], [1], [1, 2, 3], [a], [[]], [[], []]]),
    check(bits, [<<>>, <<0>>, <<0, 0>>, <<0:1, 1:8>>, <<1:8>>, <<1, 0:1>>, <<127>>, <<1:1>>, <<128>>, <<255>>]),
    check(maps, [#{}, #{1 => z}, #{2 => a}, #{1.0 => a}, #{a => 0}, #{a => 1}, #{b => 0}, #{1 => x, 2 => y}, #{a => 0, b => 0}]),
    check(nested, [{a, 1}, {a, 2}, {a, [1]}, {b, #{}}, {b, #{a => 1}}, {{}, {}}, {{1}, 0}, {[], 0}, {<<>>, 0}]),
    check(strings, ["", "A", "AB", "a", "ab", "abc", "b"]),
    mixed(),
    exact(),
    extremes(),
    search().

%% The list is given in order: every pair must compare as its places do.
check(Name, Sorted) ->
    Numbered = lists:zip(lists:seq(1, length(Sorted)), Sorted),
    Bad = [{A, B} || {I, A} <- Numbered, {J, B} <- Numbered, compare(A, B) =/= compare(I, J)],
    io:format("~w ~w ~p~n", [Name, Bad, lists:sort(lists:reverse(Sorted)) =:= Sorted]).

compare(A, B) when A == B -> equal;
compare(A, B) when A < B, B > A, A =< B, B >= A -> less;
compare(A, B) when A > B, B < A, A >= B, B =< A -> greater.

mixed() ->
    Pairs = [{1, 1.0}, {1 bsl 53, 9007199254740992.0}, {(1 bsl 53) + 1, 9007199254740992.0}, {1 bsl 2000, 1.0e308},
             {-(1 bsl 2000), -1.0e308}, {{1, 2.0}, {1.0, 2}}, {[1], [1.0]}, {#{a => 1}, #{a => 1.0}}, {#{1 => a}, #{1.0 => a}},
             {0, a}, {a, {}}, {{}, []}, {[], <<>>}, {"a", <<"a">>}, {true, false}, {<<1:7>>, <<2:8>>}],
    [io:format("~w~n", [{A < B, A == B, A > B, A =:= B, A =< B, A >= B}]) || {A, B} <- Pairs].

exact() ->
    Values = [1, 1.0, a, "a", <<"a">>, {1}, {1.0}, [1], [1.0], #{1 => 1}, #{1 => 1.0}, #{1.0 => 1}],
    [io:format("~s~n", [[case {A =:= B, A == B} of {true, true} -> $=; {false, true} -> $~; {false, false} -> $. end || B <- Values]])
     || A <- Values].

extremes() ->
    Values = [3, b, "z", {x}, 2.5, #{}, <<"m">>, [], a],
    io:format("~w ~w~n", [lists:max(Values), lists:min(Values)]),
    io:format("~w~n", [lists:sort(Values)]),
    io:format("~w~n", [lists:usort(Values ++ Values)]),
    io:format("~w ~w~n", [max(a, 1), min("s", {})]).

%% A search tree on keys of all kinds.
search() ->
    Keys = [5, "five", five, {5}, [5], <<5>>, 5.5, #{5 => 5}, [], {}, 'Five'],
    Tree = lists:foldl(fun insert/2, leaf, Keys),
    io:format("~w~n", [in_order(Tree)]),
    io:format("~w~n", [[member(K, Tree) || K <- Keys ++ [5.0, six, "six", {6}]]]).

insert(K, leaf) -> {leaf, K, leaf};
insert(K, {L, X, R}) when K < X -> {insert(K, L), X, R};
insert(K, {L, X, R}) -> {L, X, insert(K, R)}.

in_order(leaf) -> [];
in_order({L, X, R}) -> in_order(L) ++ [X | in_order(R)].

member(_, leaf) -> false;
member(K, {L, X, _}) when K < X -> member(K, L);
member(K, {_, X, R}) when K > X -> member(K, R);
member(K, {_, X, _}) -> {true, K =:= X}.

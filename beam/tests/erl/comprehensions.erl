%% List and binary comprehensions: several generators, filters, patterns, nesting, bit strings.
-module(comprehensions).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    io:format("~w~n", [[X * X || X <- lists:seq(1, 10)]]),
    io:format("~w~n", [[X || X <- lists:seq(1, 30), X rem 3 =:= 0, X rem 2 =/= 0]]),
    io:format("~w~n", [[{X, Y} || X <- [a, b, c], Y <- [1, 2]]]),
    io:format("~w~n", [[{A, B, C} || C <- lists:seq(1, 25), B <- lists:seq(1, C), A <- lists:seq(1, B),
                                     A * A + B * B =:= C * C]]),
    io:format("~w~n", [[V || {ok, V} <- [{ok, 1}, error, {ok, 2}, {error, 3}, {ok, [4]}]]]),
    io:format("~w~n", [[H || [H | _] <- [[1, 2], [], [3], x, "text"]]]),
    io:format("~w~n", [[[Y || Y <- lists:seq(1, X)] || X <- [1, 2, 3]]]),
    io:format("~w~n", [[X || X <- [1, a, 2, b], is_integer(X)]]),
    io:format("~w~n", [[X || X <- [3, 0, 6], try 6 div X > 1 catch error:_ -> false end]]),
    io:format("~w~n", [<< <<(X * 2)>> || X <- [1, 2, 3] >>]),
    io:format("~w~n", [<< <<X:4>> || X <- [1, 2, 3] >>]),
    io:format("~w~n", [[X || <<X:3>> <= <<16#b6, 16#d5>>]]),
    io:format("~w~n", [[{K, V} || <<K, V:16/little>> <= <<1, 2, 3, 4, 5, 6, 7>>]]),
    io:format("~w~n", [<< <<Y, X>> || <<X, Y>> <= <<"abcdef">> >>]),
    io:format("~p~n", [<< <<(string:to_upper(C))>> || <<C>> <= <<"Shouting">>, C =/= $u >>]),
    io:format("~w~n", [<< <<B:1>> || <<B:1>> <= <<16#f0>>, B =:= 1 >>]),
    io:format("~w~n", [[N || <<Size, N:Size/unit:8, _/binary>> <- [<<1, 9>>, <<2, 1, 0>>, <<3, 1>>, nothing]]]),
    io:format("~w~n", [[X || X <- quick_sort([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5])]]),
    io:format("~w~n", [permutations([a, b, c])]),
    io:format("~w~n", [transpose([[1, 2, 3], [4, 5, 6]])]),
    io:format("~w~n", [[C || <<C/utf8>> <= <<"a\x{e9}\x{20ac}\x{1f600}"/utf8>>]]),
    io:format("~w~n", [lists:sum([1 || _ <- lists:seq(1, 1000)])]),
    io:format("~w~n", [[{X, Y} || X <- [1, 2, 3], Y <- [X, X * 10], X + Y > 4]]),
    io:format("~s~n", [[[C, $\s] || C <- "spaced", C =/= $a]]),
    io:format("~w~n", [[fun_value(F) || F <- [fun() -> X end || X <- [1, 2, 3]]]]),
    io:format("~w~n", [catch_reason(fun() -> [X || X <- id(not_a_list)] end)]),
    io:format("~w~n", [catch_reason(fun() -> [X || X <- [1, 2], id(maybe_true)] end)]),
    io:format("~w~n", [catch_reason(fun() -> [X || X <- id([1, 2 | 3])] end)]),
    io:format("~w~n", [catch_reason(fun() -> << <<X>> || <<X>> <= id(atom) >> end)]).

quick_sort([]) -> [];
quick_sort([P | Rest]) ->
    quick_sort([X || X <- Rest, X < P]) ++ [P] ++ quick_sort([X || X <- Rest, X >= P]).

permutations([]) -> [[]];
permutations(L) -> [[H | T] || H <- L, T <- permutations(L -- [H])].

transpose([[] | _]) -> [];
transpose(Rows) -> [[hd(R) || R <- Rows] | transpose([tl(R) || R <- Rows])].

fun_value(F) -> F().

catch_reason(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

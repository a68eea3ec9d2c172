%% Small integers: every operator, signs of div and rem, shifts, bitwise operations, badarith.
-module(arith_int).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    Pairs = [{A, B} || A <- [7, -7, 0, 1, 12345], B <- [3, -3, 1, -1, 1000]],
    [io:format("~w ~w: ~w ~w ~w ~w ~w~n", [A, B, A + B, A - B, A * B, A div B, A rem B])
     || {A, B} <- Pairs],
    [io:format("~w and ~w: ~w ~w ~w~n", [A, B, A band B, A bor B, A bxor B]) || {A, B} <- Pairs],
    [io:format("bnot ~w = ~w, -~w = ~w, abs ~w~n", [A, bnot A, A, -A, abs(A)])
     || A <- [0, 1, -1, 255, -256, 99999]],
    [io:format("~w bsl ~w = ~w, bsr = ~w~n", [A, S, A bsl S, A bsr S])
     || A <- [1, -1, 5, -5, 1023], S <- [0, 1, 4, 20, -1, -2]],
    comparisons(),
    [io:format("~p~n", [failure(F)]) || F <- failures()],
    io:format("~w ~w ~w~n", [min(3, 2), max(3, 2), +id(4)]),
    io:format("~w ~w ~w~n", [2#1011, 16#ff, 36#zz]),
    io:format("~w~n", [[sum(N) || N <- [0, 1, 10, 1000]]]),
    io:format("~w~n", [[gcd(A, B) || {A, B} <- [{12, 18}, {17, 5}, {0, 4}, {1071, 462}]]]),
    io:format("~w~n", [[power(2, N) || N <- lists:seq(0, 16)]]).

comparisons() ->
    [io:format("~w ~w: ~w~n", [A, B, [A < B, A > B, A =< B, A >= B, A == B, A /= B, A =:= B, A =/= B]])
     || A <- [-1, 0, 1], B <- [-1, 0, 1, 1.0]].

failures() ->
    [fun() -> id(1) div id(0) end,
     fun() -> id(1) rem id(0) end,
     fun() -> id(a) + 1 end,
     fun() -> 1 - id("x") end,
     fun() -> id([]) * 2 end,
     fun() -> id(1.5) div 2 end,
     fun() -> id(2.0) band 1 end,
     fun() -> bnot id(x) end,
     fun() -> -id({}) end,
     fun() -> id(1) bsl id(1.0) end,
     fun() -> abs(id(x)) end,
     fun() -> 1 / id(0) end].

failure(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

sum(0) -> 0;
sum(N) -> N + sum(N - 1).

gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).

power(_, 0) -> 1;
power(B, N) when N rem 2 =:= 0 -> power(B * B, N div 2);
power(B, N) -> B * power(B, N - 1).

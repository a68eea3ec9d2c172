%% Floats: operators, mixed arithmetic, overflow, rounding in all directions, comparisons.
-module(arith_float).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    Values = [1.5, -2.25, 0.1, 3, 1.0e10, 7.0e-3],
    [io:format("~w ~w: ~w ~w ~w ~w~n", [A, B, A + B, A - B, A * B, A / B]) || A <- Values, B <- Values],
    [io:format("~w: ~w ~w ~w ~w ~w ~w~n",
               [X, round(X), trunc(X), ceil(X), floor(X), abs(X), -X])
     || X <- [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4999999, 1.0e15, -1.0e18, 4.0e20, 0.49999999999999994]],
    [io:format("~w~n", [attempt(F)]) || F <- overflows()],
    io:format("~w~n", [[4 / 2, 1 / 3, 10 / 4, -1 / 8, 0 / 5]]),
    io:format("~w~n", [[1 == 1.0, 1 =:= 1.0, 1.0 =:= 1.0, 1 < 1.5, 2 > 1.5, 1.0 /= 1, 1.0 =/= 1]]),
    io:format("~w~n", [[max(1, 1.0), max(1.0, 1), min(2, 2.0), min(2.0, 2)]]),
    io:format("~w~n", [[float(3), float(-7), float(1 bsl 60), float(1.25)]]),
    io:format("~w~n", [[is_float(1.0), is_float(1), is_number(1.0), is_integer(1.0)]]),
    io:format("~w~n", [harmonic(50)]),
    io:format("~w~n", [newton(2.0, 1.0, 6)]),
    io:format("~w~n", [integrate(fun(X) -> X * X end, 0.0, 3.0, 100)]),
    io:format("~w~n", [mean([1, 2, 3.5, 4])]),
    io:format("~w~n", [0.1 + 0.2 == 0.3]),
    io:format("~w~n", [lists:foldl(fun(X, Sum) -> Sum + X end, 0.0, lists:duplicate(10, 0.1))]),
    io:format("~w ~w~n", [5.0e-324, 1.7976931348623157e308]),
    io:format("~w~n", [2.2250738585072014e-308 / id(4.0)]).

overflows() ->
    [fun() -> id(1.0e308) * 10 end,
     fun() -> id(1.0e308) + id(1.0e308) end,
     fun() -> -id(1.0e308) - id(1.0e308) end,
     fun() -> id(1.0) / id(0.0) end,
     fun() -> id(1) / id(0) end,
     fun() -> id(0.0) / id(0) end,
     fun() -> id(1.0e-300) * id(1.0e-300) end,
     fun() -> id(1.0) + id(a) end,
     fun() -> round(id(x)) end,
     fun() -> trunc(id([])) end,
     fun() -> math:sqrt(id(-1)) end,
     fun() -> math:log(id(0)) end,
     fun() -> math:exp(id(1000)) end].

attempt(F) ->
    try {value, F()} catch Class:Reason -> {Class, Reason} end.

harmonic(0) -> 0.0;
harmonic(N) -> 1 / N + harmonic(N - 1).

newton(_, X, 0) -> X;
newton(A, X, N) -> newton(A, (X + A / X) / 2, N - 1).

integrate(F, From, To, Steps) ->
    Width = (To - From) / Steps,
    Width * lists:sum([F(From + (I + 0.5) * Width) || I <- lists:seq(0, Steps - 1)]).

mean(L) -> lists:sum(L) / length(L).

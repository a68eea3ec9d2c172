%% The math module, to ten decimals, and number theory on top of it.
-module(math_functions).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    Points = [0.0, 0.5, 1, 2.0, 10],
    Functions = [sin, cos, tan, atan, sinh, cosh, tanh, asinh, exp, sqrt, erf, erfc],
    [io:format("~s ~s~n", [F, [io_lib:format("~.10f ", [math:F(X)]) || X <- Points]]) || F <- Functions, F =/= cosh, F =/= sinh],
    io:format("~.10f ~.10f ~.10f ~.10f~n", [math:cosh(1.0), math:sinh(1.0), math:acosh(2.0), math:atanh(0.5)]),
    io:format("~.10f ~.10f ~.10f~n", [math:asin(1.0), math:acos(0.0), math:atan2(1.0, -1.0)]),
    io:format("~.10f ~.10f ~.10f~n", [math:log(10), math:log2(8), math:log10(1000)]),
    io:format("~w ~w ~w ~w~n", [math:pow(2, 10), math:pow(2.0, 0.5), math:pow(10, -2), math:pow(-2, 3)]),
    io:format("~w ~w ~w ~w~n", [math:ceil(1.2), math:floor(-1.2), math:fmod(7.5, 2), math:pi()]),
    io:format("~w~n", [[failure(F)
                      || F <- [fun() -> math:sqrt(id(-1.0)) end, fun() -> math:log(id(0.0)) end, fun() -> math:acos(id(2)) end,
                                            fun() -> math:pow(id(-1), 0.5) end, fun() -> math:exp(id(1.0e6)) end, fun() -> math:sin(id(a)) end,
                                            fun() -> math:fmod(id(1), 0) end, fun() -> math:log10(id([])) end]]]),
    io:format("~w~n", [primes(100)]),
    io:format("~w~n", [[{N, factors(N)} || N <- [12, 97, 360, 1001, 65536, 600851475143]]]),
    io:format("~w~n", [[integer_root(N) || N <- [0, 1, 15, 16, 1000000, 1 bsl 100]]]),
    io:format("~w~n", [[perfect(N) || N <- [6, 12, 28, 496]]]),
    io:format("~w~n", [[collatz(N) || N <- [1, 7, 27, 97]]]),
    io:format("~w~n", [[binomial(10, K) || K <- lists:seq(0, 10)]]),
    io:format("~s~n", [pi_digits(30)]),
    io:format("~.8f~n", [math:sqrt(variance([2, 4, 4, 4, 5, 5, 7, 9]))]).

failure(F) -> try F() catch Class:Reason -> {Class, Reason} end.

primes(Limit) -> [N || N <- lists:seq(2, Limit), factors(N) =:= [N]].

factors(N) -> factors(N, 2).
factors(1, _) -> [];
factors(N, P) when P * P > N -> [N];
factors(N, P) when N rem P =:= 0 -> [P | factors(N div P, P)];
factors(N, 2) -> factors(N, 3);
factors(N, P) -> factors(N, P + 2).

integer_root(N) -> integer_root(N, N).
integer_root(_, 0) -> 0;
integer_root(N, X) ->
    case (X + N div X) div 2 of
        Y when Y < X -> integer_root(N, Y);
        _ -> X
    end.

perfect(N) -> lists:sum([D || D <- lists:seq(1, N - 1), N rem D =:= 0]) =:= N.

collatz(1) -> 0;
collatz(N) when N rem 2 =:= 0 -> 1 + collatz(N div 2);
collatz(N) -> 1 + collatz(3 * N + 1).

binomial(N, K) -> product(N - K + 1, N) div product(1, K).

product(From, To) -> lists:foldl(fun(X, P) -> X * P end, 1, lists:seq(From, To)).

%% Machin's formula in integers.
pi_digits(Count) ->
    Unit = power(10, Count + 10),
    Pi = 4 * (4 * arctan(5, Unit) - arctan(239, Unit)),
    integer_to_list(Pi div power(10, 10)).

arctan(X, Unit) -> arctan(Unit div X, X * X, 1, 1).
arctan(0, _, _, _) -> 0;
arctan(Term, Square, N, Sign) -> Sign * (Term div N) + arctan(Term div Square, Square, N + 2, -Sign).

power(_, 0) -> 1;
power(B, N) -> B * power(B, N - 1).

variance(L) ->
    Mean = lists:sum(L) / length(L),
    lists:sum([(X - Mean) * (X - Mean) || X <- L]) / length(L).

%% Integers of any size: growth past machine words, all operators, shifts, text, comparisons.
-module(arith_big).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    io:format("~w~n", [factorial(30)]),
    io:format("~w~n", [factorial(60)]),
    io:format("~w~n", [fibonacci(300)]),
    Edges = [1 bsl 59, 1 bsl 60, 1 bsl 63, 1 bsl 64, 1 bsl 127],
    [edge(E) || E <- Edges],
    A = id(123456789012345678901234567890),
    B = id(987654321098765432109876543210987654321),
    Operators = [fun erlang:'+'/2, fun erlang:'-'/2, fun erlang:'*'/2, fun erlang:'div'/2,
                 fun erlang:'rem'/2, fun erlang:'band'/2, fun erlang:'bor'/2, fun erlang:'bxor'/2],
    [io:format("~w~n", [F(X, Y)]) || F <- Operators, {X, Y} <- [{A, B}, {-A, B}, {B, -A}, {-B, -A}, {B, 7}, {7, B}]],
    [io:format("~w~n", [X]) || X <- [bnot A, -A, abs(-A), A bsl 70, A bsr 70, -A bsr 70, -A bsr 200, A bsl -3]],
    io:format("~w~n", [[A < B, A > B, A =:= A + 0, A == B, -A < A, A < 1.0e30, A > 1.0e29]]),
    io:format("~w~n", [A * 0]),
    io:format("~w ~w~n", [A - A, (B - B) =:= 0]),
    io:format("~w~n", [(A * B) div B =:= A]),
    io:format("~w~n", [[(X div Y) * Y + X rem Y =:= X || X <- [A, -A, B, -B], Y <- [A, -A, 13, -13, B]]]),
    io:format("~s ~s~n", [integer_to_list(B, 16), integer_to_list(-B, 36)]),
    io:format("~w ~w~n", [list_to_integer("123456789012345678901234567890") =:= A,
                          list_to_integer("-FFFFFFFFFFFFFFFFFFFFFFFF", 16)]),
    io:format("~w ~w~n", [power_mod(3, 1000, 1000000007), power_mod(2, 1 bsl 70, 1 bsl 61 - 1)]),
    io:format("~w~n", [digits(factorial(40))]),
    io:format("~w ~w ~w~n", [trunc(1.0e30), round(-1.5e20), float(1 bsl 80)]),
    io:format("~w~n", [try float(id(1 bsl 2000)) catch error:Why -> Why end]),
    io:format("~w~n", [try id(1 bsl 2000) * 1.0 catch C:R -> {C, R} end]),
    io:format("~w~n", [9007199254740993 > id(9007199254740992.0)]).

edge(E) ->
    io:format("~w ~w ~w ~w ~w~n", [E, E - 1, -E, -E - 1, E * E]),
    io:format("~w ~w ~w~n", [E div 2, -E div 3, -E rem 10]),
    io:format("~w ~w~n", [is_integer(E), E bsr 58]).

factorial(0) -> 1;
factorial(N) -> N * factorial(N - 1).

fibonacci(N) -> fibonacci(N, 0, 1).
fibonacci(0, A, _) -> A;
fibonacci(N, A, B) -> fibonacci(N - 1, B, A + B).

power_mod(_, 0, _) -> 1;
power_mod(B, N, M) when N band 1 =:= 0 -> power_mod(B * B rem M, N bsr 1, M);
power_mod(B, N, M) -> B * power_mod(B, N - 1, M) rem M.

digits(0) -> [];
digits(N) -> digits(N div 10) ++ [N rem 10].

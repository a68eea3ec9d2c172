%% Matrices as lists: product, transpose, determinant, inverse in fractions, powers, in parallel.
-module(matrix).
-export([main/0]).

main() ->
    process_flag(trap_exit, false),
    A = [[1, 2], [3, 4]],
    B = [[2, 0, 1], [1, 3, 2], [1, 1, 4]],
    print(A),
    print(multiply(A, A)),
    print(transpose(B)),
    print(multiply(B, identity(3))),
    io:format("~w ~w ~w~n", [determinant(A), determinant(B), determinant(identity(5))]),
    io:format("~s~n", [[[io_lib:format("~s ", [fraction(F)]) || F <- Row] || Row <- inverse(B)]]),
    io:format("~w~n", [multiply_fractions(B, inverse(B)) =:= [[{X, 1} || X <- Row] || Row <- identity(3)]]),
    io:format("~w~n", [power([[1, 1], [1, 0]], 90)]),
    io:format("~w~n", [parallel(B, B) =:= multiply(B, B)]),
    io:format("~w~n", [inverse([[1, 2], [2, 4]])]),
    io:format("~w~n", [solve([[2, 1], [1, 3]], [5, 10])]),
    Rotation = [[0.6, -0.8], [0.8, 0.6]],
    io:format("~s~n", [[io_lib:format("~.6f ", [X]) || X <- lists:append(power(Rotation, 7))]]),
    io:format("~w~n", [spiral([[1, 2, 3], [4, 5, 6], [7, 8, 9]])]),
    io:format("~w~n", [[lists:sum(D) || D <- [diagonal(B), diagonal([lists:reverse(R) || R <- B])]]]),
    io:format("~w~n", [magic(5)]).

print(M) -> [io:format("~s~n", [[io_lib:format("~5w", [X]) || X <- Row]]) || Row <- M].

identity(N) -> [[case I of J -> 1; _ -> 0 end || J <- lists:seq(1, N)] || I <- lists:seq(1, N)].

transpose([[] | _]) -> [];
transpose(M) -> [[hd(R) || R <- M] | transpose([tl(R) || R <- M])].

multiply(A, B) ->
    Columns = transpose(B),
    [[dot(Row, Column) || Column <- Columns] || Row <- A].

dot(A, B) -> lists:sum(lists:zipwith(fun(X, Y) -> X * Y end, A, B)).

power(M, 0) -> identity(length(M));
power(M, N) when N rem 2 =:= 0 -> power(multiply(M, M), N div 2);
power(M, N) -> multiply(M, power(M, N - 1)).

determinant([[X]]) -> X;
determinant([First | Rest]) ->
    lists:sum([sign(I) * X * determinant([without(I, R) || R <- Rest]) || {I, X} <- lists:zip(lists:seq(1, length(First)), First)]).

sign(I) when I rem 2 =:= 1 -> 1;
sign(_) -> -1.

without(I, L) -> lists:sublist(L, I - 1) ++ lists:nthtail(I, L).

%% Fractions are {Numerator, Denominator}, reduced.
reduce(_, 0) -> throw(singular);
reduce(N, D) when D < 0 -> reduce(-N, -D);
reduce(N, D) -> G = gcd(abs(N), D), {N div G, D div G}.

gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).

fraction({N, 1}) -> integer_to_list(N);
fraction({N, D}) -> io_lib:format("~w/~w", [N, D]).

inverse(M) ->
    Size = lists:seq(1, length(M)),
    Det = determinant(M),
    try [[reduce(sign(I + J + 1) * determinant([without(I, R) || R <- without(J, M)]), Det) || J <- Size] || I <- Size]
    catch throw:singular -> singular
    end.

multiply_fractions(A, B) ->
    [[lists:foldl(fun({X, {N, D}}, {SN, SD}) -> reduce(SN * D + X * N * SD, SD * D) end, {0, 1}, lists:zip(Row, Column))
      || Column <- transpose(B)] || Row <- A].

solve(M, V) ->
    Det = determinant(M),
    [fraction(reduce(determinant(transpose(replace(I, V, transpose(M)))), Det)) || I <- lists:seq(1, length(V))].

replace(I, X, L) -> lists:sublist(L, I - 1) ++ [X] ++ lists:nthtail(I, L).

parallel(A, B) ->
    Self = self(),
    Columns = transpose(B),
    Pids = [spawn_link(fun() -> Self ! {self(), [dot(Row, C) || C <- Columns]} end) || Row <- A],
    [receive {Pid, Row} -> Row end || Pid <- Pids].

spiral([]) -> [];
spiral([Top | Rest]) -> Top ++ spiral(lists:reverse(transpose_or_empty(Rest))).

transpose_or_empty([]) -> [];
transpose_or_empty(M) -> transpose(M).

diagonal(M) -> [lists:nth(I, R) || {I, R} <- lists:zip(lists:seq(1, length(M)), M)].

magic(N) -> [[N * ((I + J - 1 + N div 2) rem N) + ((I + 2 * J - 2) rem N) + 1 || J <- lists:seq(1, N)] || I <- lists:seq(1, N)].

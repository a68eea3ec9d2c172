%% Funs: closures, external funs, recursion, higher order, arity errors, comparison, fun_info.
-module(funs).
-export([main/0, double/1, twice/1, id/1]).

id(X) -> X.

main() ->
    Adders = [fun(X) -> X + N end || N <- [1, 10, 100]],
    io:format("~w~n", [[F(5) || F <- Adders]]),
    io:format("~w~n", [(twice(fun(X) -> X * 3 end))(7)]),
    io:format("~w~n", [lists:map(fun double/1, [1, 2, 3])]),
    io:format("~w~n", [lists:map(fun ?MODULE:double/1, [1, 2, 3])]),
    io:format("~w~n", [lists:map(fun erlang:abs/1, [-1, 2, -3])]),
    Factorial = fun Self(0) -> 1; Self(N) -> N * Self(N - 1) end,
    io:format("~w~n", [Factorial(20)]),
    io:format("~w~n", [fixed_point(fun(F) -> fun(0) -> 0; (N) -> N + F(N - 1) end end, 10)]),
    io:format("~w~n", [(compose([fun(X) -> X + 1 end, fun double/1, fun(X) -> X - 3 end]))(10)]),
    io:format("~w~n", [((curry(fun(A, B, C) -> {A, B, C} end))(1))(2)]),
    {Get, Set} = counter(5),
    io:format("~w ~w~n", [Get(), (Set(8))()]),
    io:format("~w~n", [apply(fun(A, B) -> A - B end, [10, 4])]),
    io:format("~w~n", [apply(lists, reverse, [[1, 2, 3]])]),
    {M, F, A} = {lists, sum, [[1, 2, 3]]},
    io:format("~w ~w~n", [apply(M, F, A), M:F(hd(A))]),
    io:format("~w~n", [[is_function(X) || X <- [fun double/1, fun lists:map/2, double, {lists, map}]]]),
    io:format("~w~n", [[is_function(fun double/1, N) || N <- [0, 1, 2]]]),
    io:format("~w~n", [fun lists:map/2 =:= fun lists:map/2]),
    io:format("~w~n", [[X =:= Y || X <- Adders, Y <- Adders]]),
    Same = fun() -> Adders end,
    io:format("~w ~w~n", [Same =:= Same, Same() == Adders]),
    io:format("~w ~w~n", [erlang:fun_info(fun lists:map/2, arity), erlang:fun_info(fun lists:map/2, type)]),
    io:format("~w ~w~n", [erlang:fun_info(hd(Adders), arity), erlang:fun_info(hd(Adders), env)]),
    io:format("~w~n", [erlang:fun_info(hd(Adders), module)]),
    [io:format("~w~n", [failure(G)])
     || G <- [fun() -> not_a_fun() end, fun() -> wrong_arity() end,
              fun() -> undefined_function() end, fun() -> clause_error() end]],
    io:format("~w~n", [lists:foldr(fun(X, Acc) -> [X * X | Acc] end, [], [1, 2, 3])]),
    io:format("~w~n", [lists:sort(fun(X, Y) -> X > Y end, [3, 1, 2])]),
    io:format("~w~n", [church(fun(X) -> X + 1 end, 5, 0)]),
    io:format("~w~n", [[G(V) || {G, V} <- [{fun hd/1, [1]}, {fun length/1, "abc"}, {fun tuple_size/1, {a, b}}]]]).

double(X) -> X * 2.

twice(F) -> fun(X) -> F(F(X)) end.

compose(Fs) -> lists:foldl(fun(F, Acc) -> fun(X) -> F(Acc(X)) end end, fun(X) -> X end, Fs).

curry(F) -> fun(A) -> fun(B) -> F(A, B, both) end end.

counter(N) -> {fun() -> N end, fun(New) -> fun() -> {was, N, now, New} end end}.

fixed_point(Generator, Argument) ->
    Loop = fun(Self, X) -> (Generator(fun(Y) -> Self(Self, Y) end))(X) end,
    Loop(Loop, Argument).

church(F, N, X) -> lists:foldl(fun(_, Acc) -> F(Acc) end, X, lists:seq(1, N)).

not_a_fun() ->
    NotAFun = id(not_a_fun),
    NotAFun(1).

wrong_arity() ->
    Apply = fun(F, Args) -> apply(F, Args) end,
    Apply(fun ?MODULE:double/1, [1, 2]).

undefined_function() -> apply(?MODULE, no_such_function, [1, 2]).

clause_error() -> (fun(a) -> 1; (b) -> 2 end)(id(c)).

failure(F) when is_function(F) ->
    try F() of
        Value -> {value, Value}
    catch
        error:{badarity, {Fun, Args}} -> {badarity, is_function(Fun), Args};
        Class:Reason -> {Class, Reason}
    end;
failure(Other) -> {other, Other}.

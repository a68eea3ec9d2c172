%% Deep body recursion, long tail loops, mutual recursion, continuations, Ackermann, Hanoi.
-module(deep_recursion).
-export([main/0]).

main() ->
    io:format("~w~n", [sum(100000)]),
    io:format("~w~n", [length(build(100000))]),
    io:format("~w~n", [count(1000000, 0)]),
    io:format("~w~n", [even(100001)]),
    io:format("~w~n", [collect(1000000, 0, 1)]),
    io:format("~w~n", [continue(20000, fun(X) -> X end)]),
    io:format("~w~n", [ackermann(2, 9)]),
    io:format("~w~n", [length(hanoi(12, a, b, c))]),
    io:format("~w~n", [lists:sublist(hanoi(3, a, b, c), 7)]),
    io:format("~w~n", [depth(nest(50000, []))]),
    io:format("~w~n", [flat(tree(14))]),
    io:format("~w~n", [takeuchi(12, 8, 4)]),
    io:format("~w~n", [fib(20)]),
    io:format("~w~n", [lists:foldr(fun(X, Acc) -> X + Acc end, 0, lists:seq(1, 100000))]),
    io:format("~w~n", [states(start, 30000)]),
    io:format("~w~n", [length(lists:map(fun(X) -> [X] end, lists:seq(1, 100000)))]),
    io:format("~w~n", [in_process(200000)]).

sum(0) -> 0;
sum(N) -> N + sum(N - 1).

build(0) -> [];
build(N) -> [{N, N} | build(N - 1)].

count(0, Acc) -> Acc;
count(N, Acc) -> count(N - 1, Acc + (N band 3)).

even(0) -> true;
even(N) -> odd(N - 1).

odd(0) -> false;
odd(N) -> even(N - 1).

%% Makes garbage all the time and keeps nothing of it.
collect(0, A, _) -> A;
collect(N, A, B) ->
    {C, [D]} = {B, [(A + B) rem 1000007]},
    collect(N - 1, C, D).

continue(0, K) -> K(0);
continue(N, K) -> continue(N - 1, fun(X) -> K(X + 1) end).

ackermann(0, N) -> N + 1;
ackermann(M, 0) -> ackermann(M - 1, 1);
ackermann(M, N) -> ackermann(M - 1, ackermann(M, N - 1)).

hanoi(0, _, _, _) -> [];
hanoi(N, From, To, Via) -> hanoi(N - 1, From, Via, To) ++ [{From, To}] ++ hanoi(N - 1, Via, To, From).

nest(0, T) -> T;
nest(N, T) -> nest(N - 1, {T}).

depth({T}) -> 1 + depth(T);
depth([]) -> 0.

tree(0) -> leaf;
tree(N) -> {tree(N - 1), N, tree(N - 1)}.

flat(leaf) -> 1;
flat({L, N, R}) -> flat(L) + N + flat(R).

takeuchi(X, Y, _) when X =< Y -> Y;
takeuchi(X, Y, Z) -> takeuchi(takeuchi(X - 1, Y, Z), takeuchi(Y - 1, Z, X), takeuchi(Z - 1, X, Y)).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

states(State, 0) -> State;
states(start, N) -> states(middle, N - 1);
states(middle, N) when N rem 7 =:= 0 -> states(start, N - 1);
states(middle, N) -> states(finish, N - 1);
states(finish, N) -> states(start, N - 1).

in_process(N) ->
    Self = self(),
    Pid = spawn(fun() -> Self ! {self(), sum(N)} end),
    receive {Pid, Sum} -> Sum end.

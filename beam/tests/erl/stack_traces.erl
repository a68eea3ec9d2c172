%% Stack traces: module, function and arity or arguments of each frame, down to main/0.
-module(stack_traces).
-export([main/0, id/1, called/2]).

id(X) -> X.

main() ->
    Cases = [fun() -> body(3) end,
             fun() -> tail(3) end,
             fun() -> [id(1) | operator(id(a))] end,
             fun() -> [id(1) | bif(id(not_a_list))] end,
             fun() -> [id(1) | clause(id(x), [1])] end,
             fun() -> [id(1) | undefined(id(1))] end,
             fun() -> [id(1) | match(id(1))] end,
             fun() -> [id(1) | in_case(id(7))] end,
             fun() -> [id(1) | arguments(id(1), b)] end,
             fun() -> [id(1) | in_fun(id(0))] end,
             fun() -> [id(1) | in_map([1, 2, id(z)])] end,
             fun() -> [id(1) | by_apply(id(called), [1, 0])] end,
             fun() -> [id(1) | thrown(id(1))] end,
             fun() -> [id(1) | exited(id(1))] end,
             fun() -> [id(1) | mutual_a(4)] end,
             fun() -> [id(1) | comprehension([1, 2, 0])] end],
    [show(F) || F <- Cases],
    raised(),
    reraised().

show(F) ->
    try F(), io:format("no exception~n")
    catch Class:Reason:Stack -> io:format("~w ~w~n~s", [Class, Reason, frames(Stack)])
    end.

%% Frames below show/1 belong to whoever called main/0.
frames([{?MODULE, show, 1, _} | _]) -> "";
frames([{M, F, A, _} | Rest]) -> [io_lib:format("  ~w:~w/~p~n", [M, F, A]) | frames(Rest)];
frames([]) -> "".

body(0) -> error(bottom);
body(N) -> 1 + body(N - 1).

tail(0) -> error(bottom);
tail(N) -> tail(N - 1).

operator(X) -> [X - X].

bif(X) -> [length(X) | id([])].

clause(a, _) -> 1;
clause(b, []) -> 2.

undefined(X) -> [X | ?MODULE:no_such(X, X)].

match(X) ->
    {ok, Y} = id(X),
    Y.

in_case(X) -> case id(X) of 1 -> a; 2 -> b end.

arguments(A, B) -> [error(badarg, [A, B]) | id([])].

in_fun(X) ->
    F = fun(Y) -> [1 div Y] end,
    [F(X) | id([])].

in_map(L) -> [lists:map(fun(X) -> X * 2 end, L) | id([])].

by_apply(F, Args) -> [apply(?MODULE, F, Args) | id([])].

called(A, B) -> [A div B].

thrown(X) -> [throw(X) | id([])].

exited(X) -> [exit({left, X}) | id([])].

mutual_a(0) -> [hd(id([]))];
mutual_a(N) -> [mutual_b(N - 1) | id([])].

mutual_b(0) -> [tl(id([]))];
mutual_b(N) -> [mutual_a(N - 1) | id([])].

comprehension(L) -> [10 div X || X <- L].

raised() ->
    Stack = [{some_module, some_function, 2, []}, {other, f, [1, 2], []}],
    try erlang:raise(error, made_up, Stack)
    catch error:made_up:S -> io:format("~w~n", [[{M, F, A} || {M, F, A, _} <- S]])
    end.

reraised() ->
    try
        try body(1) catch C:R:S -> erlang:raise(C, {wrapped, R}, S) end
    catch
        error:{wrapped, bottom}:Stack -> io:format("~s", [frames(lists:sublist(Stack, 2))])
    end.

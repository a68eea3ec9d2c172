%% Maps a function over a list, each element in a process of its own, and keeps the order.
%%
%% Shows references as addresses of answers, and monitors that turn a crash into a value. Run it:
%%     erlc -o examples examples/parallel_map.erl && lam run examples/parallel_map.beam
-module(parallel_map).
-export([main/0]).

main() ->
    io:format("~w~n", [pmap(fun fib/1, lists:seq(0, 20))]),
    io:format("~w~n", [pmap(fun(X) -> 100 div X end, [1, 5, 0, 20])]),
    Words = pmap(fun string:uppercase/1, ["each", "word", "in", "its", "own", "process"]),
    io:format("~s~n", [lists:join(" ", Words)]).

%% A list of the values; an element whose function crashed is {crashed, Reason}.
pmap(F, List) ->
    Running = [spawn_monitor(fun() -> exit({value, F(X)}) end) || X <- List],
    [receive
         {'DOWN', Ref, process, Pid, {value, Value}} -> Value;
         {'DOWN', Ref, process, Pid, {Reason, _Stack}} -> {crashed, Reason}
     end || {Pid, Ref} <- Running].

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

%% Parallel map with references: order kept, limits, errors, time-outs, a pool, map and reduce.
-module(pmap).
-export([main/0]).

main() ->
    process_flag(trap_exit, false),
    Square = fun(X) -> X * X end,
    io:format("~w~n", [pmap(Square, lists:seq(1, 20))]),
    io:format("~w~n", [pmap(Square, [])]),
    io:format("~w~n", [lists:sum(pmap(fun fib/1, lists:duplicate(8, 15)))]),
    io:format("~w~n", [limited(Square, lists:seq(1, 30), 4)]),
    io:format("~w~n", [safe(fun(X) -> 12 div X end, [1, 2, 0, 3, x])]),
    io:format("~w~n", [with_timeout(fun(X) -> timer:sleep(X), X end, [0, 5000, 10, 6000], 400)]),
    io:format("~w~n", [pool(fun(X) -> {X, X rem 3} end, lists:seq(1, 12), 3)]),
    io:format("~w~n", [map_reduce(["a b a", "c b", "a", "", "b c d"])]),
    io:format("~w~n", [first_failure([fun() -> timer:sleep(3000), slow end, fun() -> exit(oops) end])]),
    io:format("~w~n", [tree_sum(lists:seq(1, 1000))]),
    io:format("~w~n", [pmap(fun(L) -> pmap(Square, L) end, [[1, 2], [3], []])]),
    io:format("~w~n", [receive M -> M after 0 -> clean end]).

pmap(F, L) ->
    Self = self(),
    Refs = [begin Ref = make_ref(), spawn(fun() -> Self ! {Ref, F(X)} end), Ref end || X <- L],
    [receive {Ref, Y} -> Y end || Ref <- Refs].

%% At most so many at the same time.
limited(F, L, Limit) ->
    {Now, Later} = lists:split(min(Limit, length(L)), L),
    Started = [start(F, X) || X <- Now],
    limited(F, Later, Started, []).

limited(_, [], Running, Done) -> lists:reverse(Done) ++ [await(R) || R <- Running];
limited(F, [X | Rest], [Oldest | Running], Done) ->
    Y = await(Oldest),
    limited(F, Rest, Running ++ [start(F, X)], [Y | Done]).

start(F, X) -> spawn_monitor(fun() -> exit({result, F(X)}) end).

await({Pid, Ref}) -> receive {'DOWN', Ref, process, Pid, {result, Y}} -> Y end.

%% A failure is the result of its element only.
safe(F, L) ->
    Self = self(),
    Refs = [begin
                Ref = make_ref(),
                spawn(fun() -> Self ! {Ref, try {ok, F(X)} catch Class:Reason -> {Class, Reason} end} end),
                Ref
            end || X <- L],
    [receive {Ref, R} -> R end || Ref <- Refs].

%% One deadline for all; who is late is killed.
with_timeout(F, L, Time) ->
    Running = [start(F, X) || X <- L],
    Timer = erlang:start_timer(Time, self(), deadline),
    Results = [receive
                   {'DOWN', Ref, process, Pid, {result, Y}} -> {ok, Y};
                   {timeout, Timer, deadline} -> self() ! {timeout, Timer, deadline}, exit(Pid, kill), await_killed(Ref)
               end || {Pid, Ref} <- Running],
    erlang:cancel_timer(Timer),
    receive {timeout, Timer, deadline} -> ok after 0 -> ok end,
    Results.

await_killed(Ref) -> receive {'DOWN', Ref, process, _, Why} -> Why end.

%% Workers ask for work; results are put back in order.
pool(F, Jobs, Size) ->
    Self = self(),
    Workers = [spawn_link(fun() -> worker(F, Self) end) || _ <- lists:seq(1, Size)],
    Results = serve(lists:zip(lists:seq(1, length(Jobs)), Jobs), length(Jobs), []),
    [receive {ready, W} -> W ! stop end || W <- Workers],
    [R || {_, R} <- lists:sort(Results)].

serve(_, 0, Done) -> Done;
serve([{N, Job} | Jobs], Left, Done) ->
    receive
        {ready, Worker} -> Worker ! {job, N, Job}, serve(Jobs, Left, Done);
        {done, M, Result} -> serve([{N, Job} | Jobs], Left - 1, [{M, Result} | Done])
    end;
serve([], Left, Done) -> receive {done, M, Result} -> serve([], Left - 1, [{M, Result} | Done]) end.

worker(F, Owner) ->
    Owner ! {ready, self()},
    receive
        {job, N, Job} -> Owner ! {done, N, F(Job)}, worker(F, Owner);
        stop -> ok
    end.

map_reduce(Documents) ->
    Counted = pmap(fun(D) -> lists:foldl(fun(W, M) -> maps:update_with(W, fun(N) -> N + 1 end, 1, M) end, #{}, string:lexemes(D, " ")) end, Documents),
    lists:foldl(fun(A, B) -> maps:merge_with(fun(_, X, Y) -> X + Y end, A, B) end, #{}, Counted).

first_failure(Fs) ->
    Running = [spawn_monitor(fun() -> exit({result, F()}) end) || F <- Fs],
    Refs = maps:from_list([{Ref, N} || {N, {_, Ref}} <- lists:zip(lists:seq(1, length(Fs)), Running)]),
    receive
        {'DOWN', Ref, process, _, Reason} when is_map_key(Ref, Refs) ->
            [begin demonitor(R, [flush]), exit(P, kill) end || {P, R} <- Running],
            {map_get(Ref, Refs), Reason}
    end.

tree_sum([X]) -> X;
tree_sum(L) when length(L) < 50 -> lists:sum(L);
tree_sum(L) ->
    {A, B} = lists:split(length(L) div 2, L),
    lists:sum(pmap(fun tree_sum/1, [A, B])).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

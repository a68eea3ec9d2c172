%% Nested handlers: inner and outer, after in every position, exceptions out of handlers.
-module(exceptions_nested).
-export([main/0]).

main() ->
    [io:format("~w~n", [run(fun() -> layers(N) end)]) || N <- lists:seq(0, 7)],
    [io:format("~w~n", [run(fun() -> in_after(N) end)]) || N <- [none, inner, both]],
    [io:format("~w~n", [run(fun() -> in_handler(N) end)]) || N <- [none, handler, of_part]],
    [io:format("~w~n", [run(fun() -> unwinding(N) end)]) || N <- [0, 1, 5]],
    io:format("~w~n", [transaction([{put, a, 1}, {put, b, 2}])]),
    io:format("~w~n", [transaction([{put, a, 1}, fail, {put, b, 2}])]),
    io:format("~w~n", [transaction([{put, a, 1}, {put, b, zero}])]),
    io:format("~w~n", [deep(2000)]),
    io:format("~w~n", [loop(2000, 0)]).

run(F) ->
    put(trail, []),
    Result = try {value, F()} catch Class:Reason -> {Class, Reason} end,
    {Result, lists:reverse(erase(trail))}.

mark(X) -> put(trail, [X | get(trail)]), X.

layers(N) ->
    try
        try
            try
                act(N)
            catch
                throw:one -> mark(inner_throw);
                error:badarith -> mark(inner_badarith)
            after
                mark(after_inner)
            end
        catch
            throw:Other -> throw({rethrown, mark(Other)});
            exit:Why -> {left, mark(Why)}
        after
            mark(after_middle)
        end
    catch
        error:{badmatch, V} -> {bad, mark(V)};
        throw:{rethrown, R} -> {outer, R}
    after
        mark(after_outer)
    end.

act(0) -> mark(fine);
act(1) -> throw(one);
act(2) -> throw(two);
act(3) -> exit(three);
act(4) -> mark(zero) =:= zero andalso 1 / (length(get(trail)) - 1);
act(5) -> {a, X} = list_to_tuple(get(trail)), X;
act(6) -> error(six);
act(7) -> {ok, catch throw({caught, catch error_free(1)})}.

error_free(N) -> N * 2.

in_after(Where) ->
    try
        try
            mark(body), throw(original)
        after
            mark(first),
            Where =/= none andalso throw(replaced)
        end
    after
        mark(second),
        Where =:= both andalso throw(replaced_again)
    end.

in_handler(Where) ->
    try
        try mark(Where) of
            of_part -> throw(from_of);
            handler -> mark(reached)
        catch
            throw:_ -> mark(never)
        end
    catch
        throw:T -> {outer_caught, T};
        error:{try_clause, V} -> error({translated, V})
    end.

unwinding(0) -> throw(bottom);
unwinding(N) ->
    try unwinding(N - 1) after mark(N) end.

transaction(Steps) ->
    try {committed, lists:foldl(fun step/2, #{}, Steps)}
    catch
        throw:{abort, State} -> {aborted, State};
        error:Reason -> {failed, Reason}
    end.

step({put, Key, Value}, State) -> State#{Key => Value * 2};
step(fail, State) -> throw({abort, State}).

deep(0) -> 0;
deep(N) -> try 1 + deep(N - 1) catch error:never -> 0 end.

loop(0, Sum) -> Sum;
loop(N, Sum) ->
    Value = try throw(N) catch T when T rem 2 =:= 0 -> T; _ -> 1 end,
    loop(N - 1, Sum + Value).

%% Large messages: long lists, deep terms, big binaries, shared parts, funs with much in them.
-module(large_messages).
-export([main/0]).

main() ->
    Self = self(),
    Server = spawn(fun() -> server(0) end),
    Long = lists:seq(1, 20000),
    io:format("~w~n", [call(Server, {sum, Long}) =:= lists:sum(Long)]),
    io:format("~w~n", [call(Server, {reverse, Long}) =:= lists:reverse(Long)]),
    Map = maps:from_list([{N, {N, [N]}} || N <- Long]),
    io:format("~w~n", [call(Server, {echo, Map}) =:= Map]),
    Binary = << <<N:32>> || N <- Long >>,
    io:format("~w~n", [call(Server, {size, Binary})]),
    io:format("~w~n", [call(Server, {part, Binary, 1000, 8})]),
    Deep = deep(20000, leaf),
    io:format("~w~n", [call(Server, {depth, Deep})]),
    io:format("~w~n", [call(Server, {echo, Deep}) =:= Deep]),
    Environment = lists:seq(1, 1000),
    io:format("~w~n", [call(Server, {apply, fun(X) -> length(Environment) + X end, 5})]),
    Big = 1 bsl 20000,
    io:format("~w~n", [call(Server, {echo, Big}) - Big]),
    String = lists:flatten([io_lib:format("~w ", [N]) || N <- lists:seq(1, 500)]),
    io:format("~w~n", [length(call(Server, {echo, String}))]),
    io:format("~w~n", [call(Server, count)]),
    [spawn(fun() -> Self ! {piece, N, lists:seq(N, N + 99)} end) || N <- lists:seq(1, 5000, 100)],
    Pieces = [receive {piece, N, L} -> L end || N <- lists:seq(1, 5000, 100)],
    io:format("~w~n", [lists:append(Pieces) =:= lists:seq(1, 5000)]),
    io:format("~w~n", [pipeline(lists:seq(1, 300))]),
    io:format("~w~n", [merge_sort([(N * 7919) rem 4001 || N <- lists:seq(1, 4000)]) =:= lists:seq(1, 4000)]).

call(Server, Request) ->
    Ref = make_ref(),
    Server ! {self(), Ref, Request},
    receive {Ref, Reply} -> Reply end.

server(Served) ->
    receive
        {From, Ref, Request} -> From ! {Ref, answer(Request, Served)}, server(Served + 1)
    end.

answer({sum, L}, _) -> lists:sum(L);
answer({reverse, L}, _) -> lists:reverse(L);
answer({echo, T}, _) -> T;
answer({size, B}, _) -> {byte_size(B), erlang:crc32(B)};
answer({part, B, At, Size}, _) -> binary:part(B, At, Size);
answer({depth, T}, _) -> depth(T, 0);
answer({apply, F, X}, _) -> F(X);
answer(count, Served) -> Served.

deep(0, T) -> T;
deep(N, T) when N rem 2 =:= 0 -> deep(N - 1, [T]);
deep(N, T) -> deep(N - 1, {T, N}).

depth(leaf, N) -> N;
depth([T], N) -> depth(T, N + 1);
depth({T, _}, N) -> depth(T, N + 1).

%% Three stages that pass each item on.
pipeline(Items) ->
    Self = self(),
    Third = spawn(fun() -> stage(fun(X) -> X * 2 end, Self) end),
    Second = spawn(fun() -> stage(fun(X) -> X + 1 end, Third) end),
    First = spawn(fun() -> stage(fun(X) -> X * X end, Second) end),
    [First ! {item, I} || I <- Items],
    First ! done,
    collect(0, 0).

stage(F, Next) ->
    receive
        {item, X} -> Next ! {item, F(X)}, stage(F, Next);
        done -> Next ! done
    end.

collect(Count, Sum) ->
    receive
        {item, X} -> collect(Count + 1, Sum + X);
        done -> {Count, Sum}
    end.

%% Halves are sorted by processes of their own as long as they are long.
merge_sort([X]) -> [X];
merge_sort(L) ->
    {A, B} = lists:split(length(L) div 2, L),
    case length(L) > 500 of
        true ->
            Self = self(),
            [P, Q] = [spawn(fun() -> Self ! {self(), merge_sort(H)} end) || H <- [A, B]],
            lists:merge(receive {P, X} -> X end, receive {Q, Y} -> Y end);
        false -> lists:merge(merge_sort(A), merge_sort(B))
    end.

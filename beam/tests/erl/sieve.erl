%% Primes five ways: lists, bit strings, maps, arrays, a priority queue; and what follows from them.
-module(sieve).
-export([main/0]).

main() ->
    Primes = by_lists(200),
    io:format("~w~n", [Primes]),
    io:format("~w~n", [[F(200) =:= Primes || F <- [fun by_maps/1, fun by_bits/1, fun by_array/1, fun by_queue/1]]]),
    io:format("~w~n", [length(by_lists(5000))]),
    io:format("~w~n", [lists:last(by_bits(2000))]),
    io:format("~w~n", [[{P, Q} || {P, Q} <- lists:zip(lists:droplast(Primes), tl(Primes)), Q - P =:= 2]]),
    io:format("~w~n", [[goldbach(N, Primes) || N <- [4, 28, 100, 198]]]),
    io:format("~w~n", [lists:foldl(fun gaps/2, {0, 0, 2}, by_lists(1000))]),
    io:format("~w~n", [[mersenne(P) || P <- [2, 3, 5, 7, 11, 13, 17, 19, 23, 31, 61, 67, 89, 107, 127]]]),
    io:format("~w~n", [[miller_rabin(N) || N <- [561, 7919, 1 bsl 31 - 1, 1 bsl 61 - 1, (1 bsl 61) + 1, 1000000007 * 1000000009]]]),
    io:format("~w~n", [totients(20)]).

by_lists(Limit) -> strike(lists:seq(2, Limit)).

strike([P | Rest]) -> [P | strike([N || N <- Rest, N rem P =/= 0])];
strike([]) -> [].

by_maps(Limit) ->
    All = maps:from_list([{N, true} || N <- lists:seq(2, Limit)]),
    Left = lists:foldl(fun(N, Map) -> maps:without(lists:seq(N * N, Limit, N), Map) end, All,
                       [N || N <- lists:seq(2, Limit), N * N =< Limit]),
    lists:sort(maps:keys(Left)).

by_bits(Limit) -> by_bits(2, Limit, <<(bnot 0):(Limit + 1)>>).

by_bits(N, Limit, Bits) when N * N > Limit -> [I || {I, 1} <- lists:zip(lists:seq(0, Limit), [B || <<B:1>> <= Bits]), I > 1];
by_bits(N, Limit, Bits) ->
    case Bits of
        <<_:N, 1:1, _/bits>> -> by_bits(N + 1, Limit, clear(N * N, N, Limit, Bits));
        _ -> by_bits(N + 1, Limit, Bits)
    end.

clear(I, _, Limit, Bits) when I > Limit -> Bits;
clear(I, Step, Limit, Bits) ->
    <<Before:I/bits, _:1, After/bits>> = Bits,
    clear(I + Step, Step, Limit, <<Before/bits, 0:1, After/bits>>).

by_array(Limit) ->
    Array = lists:foldl(fun(N, A) ->
        case array:get(N, A) of
            true when N * N =< Limit -> lists:foldl(fun(M, B) -> array:set(M, false, B) end, A, lists:seq(N * N, Limit, N));
            _ -> A
        end
    end, array:new(Limit + 1, {default, true}), lists:seq(2, Limit)),
    [N || N <- lists:seq(2, Limit), array:get(N, Array)].

%% Every prime waits in the queue at its next multiple.
by_queue(Limit) -> by_queue(2, Limit, gb_trees:empty()).

by_queue(N, Limit, _) when N > Limit -> [];
by_queue(N, Limit, Queue) ->
    case gb_trees:lookup(N, Queue) of
        none -> [N | by_queue(N + 1, Limit, gb_trees:insert(N * N, [N], Queue))];
        {value, Primes} ->
            Later = lists:foldl(fun(P, Q) -> add(N + P, P, Q) end, gb_trees:delete(N, Queue), Primes),
            by_queue(N + 1, Limit, Later)
    end.

add(At, P, Queue) ->
    case gb_trees:lookup(At, Queue) of
        none -> gb_trees:insert(At, [P], Queue);
        {value, Primes} -> gb_trees:update(At, [P | Primes], Queue)
    end.

goldbach(N, Primes) -> hd([{N, P, N - P} || P <- Primes, lists:member(N - P, Primes)]).

gaps(P, {Longest, _, Last}) when P - Last > Longest -> {P - Last, P, P};
gaps(P, {Longest, At, _}) -> {Longest, At, P}.

%% Lucas and Lehmer.
mersenne(2) -> {2, true};
mersenne(P) ->
    M = (1 bsl P) - 1,
    {P, lists:foldl(fun(_, S) -> (S * S - 2) rem M end, 4, lists:seq(1, P - 2)) =:= 0}.

miller_rabin(N) -> lists:all(fun(A) -> witness(A, N) end, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]).

witness(A, N) when A rem N =:= 0 -> true;
witness(A, N) ->
    {R, D} = halve(N - 1, 0),
    X = power(A, D, N),
    X =:= 1 orelse squares(X, R, N).

squares(_, 0, _) -> false;
squares(X, _, N) when X =:= N - 1 -> true;
squares(X, R, N) -> squares(X * X rem N, R - 1, N).

halve(D, R) when D band 1 =:= 0 -> halve(D bsr 1, R + 1);
halve(D, R) -> {R, D}.

power(_, 0, _) -> 1;
power(B, E, M) when E band 1 =:= 1 -> B * power(B, E - 1, M) rem M;
power(B, E, M) -> power(B * B rem M, E bsr 1, M).

totients(Limit) -> [length([K || K <- lists:seq(1, N), gcd(N, K) =:= 1]) || N <- lists:seq(1, Limit)].

gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).

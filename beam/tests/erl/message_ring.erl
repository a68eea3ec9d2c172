%% Rings of processes: tokens, several at once, election of a leader, a sieve as a chain.
-module(message_ring).
-export([main/0]).

main() ->
    process_flag(trap_exit, false),
    io:format("~w~n", [ring(100, 100)]),
    io:format("~w~n", [ring(1, 10)]),
    io:format("~w~n", [tokens(20, 5, 40)]),
    io:format("~w~n", [elect([5, 3, 17, 2, 11, 8])]),
    io:format("~w~n", [prime_chain(30)]),
    io:format("~w~n", [daisy(500)]),
    io:format("~w~n", [ping_pong(1000)]).

%% A token goes round so often; every process adds one to it.
ring(Size, Rounds) ->
    First = self(),
    Next = lists:foldl(fun(_, To) -> spawn_link(fun() -> forward(To) end) end, First, lists:seq(2, Size)),
    Result = rounds(Next, Rounds, 0),
    Next ! stop,
    receive stop -> ok end,
    Result.

rounds(_, 0, Token) -> Token;
rounds(Next, N, Token) ->
    Next ! {token, Token + 1},
    receive {token, Back} -> rounds(Next, N - 1, Back) end.

forward(Next) ->
    receive
        {token, N} -> Next ! {token, N + 1}, forward(Next);
        stop -> Next ! stop
    end.

%% Several tokens at once, each with its own number of hops.
tokens(Size, Count, Hops) ->
    Collector = self(),
    Pids = [spawn_link(fun() -> receive {next, To} -> hop(To, Collector) end end) || _ <- lists:seq(1, Size)],
    [Pid ! {next, To} || {Pid, To} <- lists:zip(Pids, tl(Pids) ++ [hd(Pids)])],
    [hd(Pids) ! {token, Id, Hops + Id, 0} || Id <- lists:seq(1, Count)],
    Result = [receive {done, Id, Sum} -> {Id, Sum} end || Id <- lists:seq(1, Count)],
    [Pid ! stop || Pid <- Pids],
    Result.

hop(Next, Collector) ->
    receive
        {token, Id, 0, Sum} -> Collector ! {done, Id, Sum}, hop(Next, Collector);
        {token, Id, N, Sum} -> Next ! {token, Id, N - 1, Sum + N}, hop(Next, Collector);
        stop -> ok
    end.

%% Chang and Roberts: the highest number comes back to the one who sent it.
elect(Numbers) ->
    Self = self(),
    Pids = [spawn_link(fun() -> receive {next, To} -> To ! {candidate, N}, candidate(N, To, Self) end end) || N <- Numbers],
    [Pid ! {next, To} || {Pid, To} <- lists:zip(Pids, tl(Pids) ++ [hd(Pids)])],
    receive {leader, N} -> N end.

candidate(N, Next, Owner) ->
    receive
        {candidate, N} -> Owner ! {leader, N};
        {candidate, M} when M > N -> Next ! {candidate, M}, candidate(N, Next, Owner);
        {candidate, _} -> candidate(N, Next, Owner)
    end.

%% Each prime is a process that lets nothing pass which it divides.
prime_chain(Count) ->
    Self = self(),
    First = spawn_link(fun() -> prime(Self, Count) end),
    feed(First, 2, Count, []).

feed(_, _, 0, Primes) -> lists:reverse(Primes);
feed(First, N, Left, Primes) ->
    First ! {N, self()},
    receive
        {prime, P} -> feed(First, N + 1, Left - 1, [P | Primes]);
        composite -> feed(First, N + 1, Left, Primes)
    end.

prime(Owner, Count) ->
    receive {P, From} -> From ! {prime, P}, sift(P, none, Owner, Count) end.

sift(P, Next, Owner, Count) ->
    receive
        {N, From} when N rem P =:= 0 -> From ! composite, sift(P, Next, Owner, Count);
        Message when Next =:= none ->
            New = spawn_link(fun() -> prime(Owner, Count - 1) end),
            New ! Message,
            sift(P, New, Owner, Count);
        Message -> Next ! Message, sift(P, Next, Owner, Count)
    end.

daisy(Length) ->
    Last = lists:foldl(fun(_, Right) -> spawn(fun() -> receive L -> Right ! [x | L] end end) end, self(), lists:seq(1, Length)),
    Last ! [],
    receive L -> length(L) end.

ping_pong(Count) ->
    Pong = spawn_link(fun Loop() -> receive {ping, From, N} -> From ! {pong, N + 1}, Loop(); stop -> ok end end),
    Result = lists:foldl(fun(_, N) -> Pong ! {ping, self(), N}, receive {pong, M} -> M end end, 0, lists:seq(1, Count)),
    Pong ! stop,
    Result.

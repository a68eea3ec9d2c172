%% The yardstick: small programs that each stress one thing, run on BEAM and on LAM by
%% `cargo xtask bench`. A line of output is a run: the program, nanoseconds of processor time (of the
%% whole machine, the same question to both), nanoseconds of the clock, and the result.
-module(yardstick).
-compile([export_all, nowarn_export_all]).

main([Name]) -> main([Name, "1"]);
main([Name, Runs]) ->
    Program = list_to_atom(Name),
    Input = input(Program),
    lists:foreach(fun(_) -> measure(Program, Input) end, lists:seq(1, list_to_integer(Runs))),
    %% Whoever reads the line may look at the memory of the machine meanwhile.
    timer:sleep(100),
    halt().

%% Each run in a process of its own, as programs are.
measure(Program, Input) ->
    Self = self(),
    {Pid, Monitor} = spawn_opt(fun() ->
        {Cpu0, _} = erlang:statistics(runtime),
        Clock0 = erlang:monotonic_time(nanosecond),
        Result = run(Program, Input),
        Clock1 = erlang:monotonic_time(nanosecond),
        {Cpu1, _} = erlang:statistics(runtime),
        Self ! {done, (Cpu1 - Cpu0) * 1000000, Clock1 - Clock0, Result}
    end, [monitor]),
    receive {done, Cpu, Clock, Result} -> io:format("~s ~p ~p ~p~n", [Program, Cpu, Clock, Result]) end,
    receive {'DOWN', Monitor, _, Pid, _} -> ok end.

input(binparse) -> mkcsv();
input(binframe) -> mkframes();
input(nrev) -> lists:seq(1,30);
input(_) -> none.

run(fib, _) -> fib(35);
run(tak, _) -> rep(20, fun() -> tak(24,16,8) end);
run(loop, _) -> loop(100000000);
run(sumloop, _) -> sumloop(100000000, 0);
run(nrev, L) -> nrevloop(500000, L);
run(queens, _) -> rep(10, fun() -> queens(10) end);
run(bintrees, _) -> bintrees(16);
run(nbody, _) -> nbody(1000000);
run(mapsmall, _) -> mapsmall();
run(mapbig, _) -> mapbig();
run(binparse, B) -> rep(5, fun() -> binparse(B, 0, 0) end);
run(binframe, B) -> rep(10, fun() -> binframe(B, 0) end);
run(spawnsync, _) -> spawnsync(1000000);
run(spawnbatch, _) -> spawnbatch(1000000);
run(ring, _) -> ring(1000, 1000);
run(pingpong, _) -> pingpong(500000);
run(fanin, _) -> fanin(100, 10000);
run(selrecv, _) -> selrecv(1000, 20000);
run(selref, _) -> selref(1000, 500000);
run(none, _) -> ok;
run(idle, _) -> idle(100000);
run(live, _) -> live(100000);
run(pair, _) -> pair(34);
run(mapfold, _) -> mapfold(100);
run(apply_fun, _) -> funloop(fun(X) -> X + 1 end, 30000000, 0).

rep(1, F) -> F();
rep(N, F) -> F(), rep(N-1, F).

fib(N) when N < 2 -> N;
fib(N) -> fib(N-1) + fib(N-2).

tak(X,Y,Z) when Y >= X -> Z;
tak(X,Y,Z) -> tak(tak(X-1,Y,Z), tak(Y-1,Z,X), tak(Z-1,X,Y)).

loop(0) -> ok;
loop(N) -> loop(N-1).

sumloop(0, A) -> A;
sumloop(N, A) -> sumloop(N-1, A+N).

app([], L) -> L;
app([H|T], L) -> [H|app(T, L)].
nrev([]) -> [];
nrev([H|T]) -> app(nrev(T), [H]).
nrevloop(0, _) -> ok;
nrevloop(N, L) -> nrev(L), nrevloop(N-1, L).

%% n-queens: count all solutions, list based
queens(N) -> q(N, N, [], N).
q(0, _, _, _) -> 1;
q(_, 0, _, _) -> 0;
q(R, C, Qs, N) ->
    A = case safe(C, 1, Qs) of
            true -> q(R-1, N, [C|Qs], N);
            false -> 0
        end,
    A + q(R, C-1, Qs, N).
safe(_, _, []) -> true;
safe(C, D, [Q|Qs]) ->
    if Q =:= C -> false;
       Q =:= C + D -> false;
       Q =:= C - D -> false;
       true -> safe(C, D+1, Qs)
    end.

%% binary trees (benchmarks game), min depth 4
bintrees(Max) ->
    Stretch = check(make(Max+1)),
    Long = make(Max),
    R = btl(4, Max, 0),
    Stretch + R + check(Long).
btl(D, Max, Acc) when D > Max -> Acc;
btl(D, Max, Acc) ->
    Iter = 1 bsl (Max - D + 4),
    btl(D+2, Max, Acc + bti(Iter, D, 0)).
bti(0, _, A) -> A;
bti(N, D, A) -> bti(N-1, D, A + check(make(D))).
make(0) -> {nil, nil};
make(D) -> {make(D-1), make(D-1)}.
check({nil, nil}) -> 1;
check({L, R}) -> 1 + check(L) + check(R).

%% nbody: bodies as list of {X,Y,Z,VX,VY,VZ,M}
nbody(N) ->
    B = bodies(),
    B2 = nbl(N, B),
    trunc(energy(B2) * 1.0e9).
bodies() ->
    Pi = 3.141592653589793, Sm = 4*Pi*Pi, Dp = 365.24,
    Bs = [{0.0,0.0,0.0,0.0,0.0,0.0,Sm},
     {4.84143144246472090e+00,-1.16032004402742839e+00,-1.03622044471123109e-01,
      1.66007664274403694e-03*Dp,7.69901118419740425e-03*Dp,-6.90460016972063023e-05*Dp,9.54791938424326609e-04*Sm},
     {8.34336671824457987e+00,4.12479856412430479e+00,-4.03523417114321381e-01,
      -2.76742510726411021e-03*Dp,4.99852801234917238e-03*Dp,2.30417297573763929e-05*Dp,2.85885980666130812e-04*Sm},
     {1.28943695621391310e+01,-1.51111514016986312e+01,-2.23307578892655734e-01,
      2.96460137564761618e-03*Dp,2.37847173959480950e-03*Dp,-2.96589568540237556e-05*Dp,4.36624404335156298e-05*Sm},
     {1.53796971148509165e+01,-2.59193146099879641e+01,1.79258772950371181e-01,
      2.68067772490389322e-03*Dp,1.62824170038242295e-03*Dp,-9.51592254519715870e-05*Dp,5.15138902046611451e-05*Sm}],
    {PX,PY,PZ} = lists:foldl(fun({_,_,_,VX,VY,VZ,M},{A,B,C}) -> {A+VX*M,B+VY*M,C+VZ*M} end,{0.0,0.0,0.0},Bs),
    [{X,Y,Z,_,_,_,M}|T] = Bs,
    [{X,Y,Z,-PX/Sm,-PY/Sm,-PZ/Sm,M}|T].
nbl(0, B) -> B;
nbl(N, B) -> nbl(N-1, move(adv(B))).
adv([]) -> [];
adv([B|Bs]) ->
    {B1, Bs1} = adv1(B, Bs, []),
    [B1 | adv(Bs1)].
adv1(B, [], Acc) -> {B, lists:reverse(Acc)};
adv1({X,Y,Z,VX,VY,VZ,M}, [{X2,Y2,Z2,VX2,VY2,VZ2,M2}|T], Acc) ->
    DX = X-X2, DY = Y-Y2, DZ = Z-Z2,
    D2 = DX*DX+DY*DY+DZ*DZ,
    Mag = 0.01 / (D2*math:sqrt(D2)),
    M2m = M2*Mag, Mm = M*Mag,
    adv1({X,Y,Z,VX-DX*M2m,VY-DY*M2m,VZ-DZ*M2m,M}, T,
         [{X2,Y2,Z2,VX2+DX*Mm,VY2+DY*Mm,VZ2+DZ*Mm,M2}|Acc]).
move([]) -> [];
move([{X,Y,Z,VX,VY,VZ,M}|T]) -> [{X+0.01*VX,Y+0.01*VY,Z+0.01*VZ,VX,VY,VZ,M}|move(T)].
energy([]) -> 0.0;
energy([{X,Y,Z,VX,VY,VZ,M}|T]) ->
    E = 0.5*M*(VX*VX+VY*VY+VZ*VZ),
    E - epair(X,Y,Z,M,T,0.0) + energy(T).
epair(_,_,_,_,[],A) -> A;
epair(X,Y,Z,M,[{X2,Y2,Z2,_,_,_,M2}|T],A) ->
    DX=X-X2,DY=Y-Y2,DZ=Z-Z2,
    epair(X,Y,Z,M,T,A+M*M2/math:sqrt(DX*DX+DY*DY+DZ*DZ)).

%% map updates: small flat map (16 keys), 5M updates
mapsmall() ->
    M = maps:from_list([{I, 0} || I <- lists:seq(0,15)]),
    M2 = ms(5000000, M),
    maps:get(3, M2).
ms(0, M) -> M;
ms(N, M) -> K = N band 15, #{K := V} = M, ms(N-1, M#{K := V+1}).
%% A large map, 10000 keys, 1M updates
mapbig() ->
    M = maps:from_list([{I, 0} || I <- lists:seq(0,9999)]),
    M2 = mb(1000000, 1, M),
    maps:get(7, M2).
mb(0, _, M) -> M;
mb(N, S, M) -> S2 = (S * 1103515245 + 12345) band 16#7fffffff,
    K = (S2 bsr 8) rem 10000,
    #{K := V} = M, mb(N-1, S2, M#{K := V+1}).

mkcsv() ->
    L = iolist_to_binary([[integer_to_binary((I*7919) rem 100000), $,] || I <- lists:seq(1,1700000)]),
    binary:part(L, 0, 10000000-0).
binparse(<<C, R/binary>>, N, Sum) when C >= $0, C =< $9 -> binparse(R, N*10 + (C - $0), Sum);
binparse(<<$,, R/binary>>, N, Sum) -> binparse(R, 0, Sum + N);
binparse(<<>>, _, Sum) -> Sum.

mkframes() ->
    iolist_to_binary([begin L = I rem 37, [<<L:16, (I band 255):8>>, binary:copy(<<1>>, L)] end || I <- lists:seq(1,480000)]).
binframe(<<L:16, T:8, B:L/binary, R/binary>>, Acc) -> binframe(R, Acc + T + byte_size(B));
binframe(<<>>, Acc) -> Acc.

spawnsync(0) -> ok;
spawnsync(N) ->
    S = self(),
    spawn(fun() -> S ! done end),
    receive done -> ok end,
    spawnsync(N-1).

spawnbatch(N) -> sb(N div 1000).
sb(0) -> ok;
sb(K) ->
    S = self(),
    sb1(1000, S), sbw(1000), sb(K-1).
sb1(0,_) -> ok;
sb1(N,S) -> spawn(fun() -> S ! done end), sb1(N-1,S).
sbw(0) -> ok;
sbw(N) -> receive done -> sbw(N-1) end.

ring(P, R) ->
    S = self(),
    Last = mkring(P-1, S),
    Last ! R*P,
    rl(Last).
mkring(0, Next) -> Next;
mkring(N, Next) -> mkring(N-1, spawn_link(fun() -> rp(Next) end)).
rp(Next) -> receive N when N > 0 -> Next ! N-1, rp(Next); N -> Next ! N-1, ok end.
rl(Next) -> receive N when N > 0 -> Next ! N-1, rl(Next); N -> catch (Next ! N), N end.

pingpong(N) ->
    S = self(),
    P = spawn_link(fun() -> pong() end),
    pp(N, P, S).
pp(0, P, _) -> P ! stop, ok;
pp(N, P, S) -> P ! {ping, S}, receive pong -> pp(N-1, P, S) end.
pong() -> receive {ping, P} -> P ! pong, pong(); stop -> ok end.

fanin(S, M) ->
    Self = self(),
    [spawn_link(fun() -> fs(M, Self) end) || _ <- lists:seq(1,S)],
    fr(S*M, 0).
fs(0, _) -> ok;
fs(N, P) -> P ! {msg, N}, fs(N-1, P).
fr(0, A) -> A;
fr(N, A) -> receive {msg, X} -> fr(N-1, A+X) end.

%% selective receive w/o ref trick: K junk msgs, N pings
selrecv(K, N) ->
    [self() ! {junk, I} || I <- lists:seq(1,K)],
    P = spawn_link(fun() -> pong() end),
    S = self(),
    R = pp(N, P, S), flush(), R.
flush() -> receive {junk,_} -> flush() after 0 -> ok end.
%% with ref marker
selref(K, N) ->
    [self() ! {junk, I} || I <- lists:seq(1,K)],
    P = spawn_link(fun() -> rpong() end),
    R = rpp(N, P), P ! stop, flush(), R.
rpp(0, _) -> ok;
rpp(N, P) -> Ref = make_ref(), P ! {ping, self(), Ref}, receive {pong, Ref} -> rpp(N-1, P) end.
rpong() -> receive {ping, P, Ref} -> P ! {pong, Ref}, rpong(); stop -> ok end.

%% So many processes that wait, alive when the line of this run is written.
idle(N) -> [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, N)], N.

%% The same, but each is told to stop and says so.
live(N) ->
    Self = self(),
    Pids = [spawn(fun() -> receive stop -> Self ! stopped end end) || _ <- lists:seq(1, N)],
    [Pid ! stop || Pid <- Pids],
    lists:foreach(fun(_) -> receive stopped -> ok end end, Pids).

%% Two processes that compute and have nothing to do with each other.
pair(N) ->
    Self = self(),
    Pids = [spawn_link(fun() -> Self ! {self(), fib(N)} end) || _ <- [1, 2]],
    [receive {Pid, Result} -> Result end || Pid <- Pids].

mapfold(0) -> ok;
mapfold(N) ->
    L = lists:seq(1, 100000),
    L2 = [X*2 || X <- L, X band 1 =:= 0],
    _ = lists:foldl(fun(X,A) -> X+A end, 0, L2),
    mapfold(N-1).

funloop(_, 0, A) -> A;
funloop(F, N, A) -> funloop(F, N-1, F(A)).

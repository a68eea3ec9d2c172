%% The game of life: on a set of cells, on a torus of processes, gliders, blinkers, a methuselah.
-module(life).
-export([main/0]).

main() ->
    process_flag(trap_exit, false),
    Blinker = [{1, 0}, {1, 1}, {1, 2}],
    Glider = [{1, 0}, {2, 1}, {0, 2}, {1, 2}, {2, 2}],
    [draw(B, 3, 3) || B <- generations(Blinker, 2)],
    io:format("~w~n", [lists:nth(5, generations(Glider, 4)) =:= lists:sort([{X + 1, Y + 1} || {X, Y} <- Glider])]),
    draw(lists:last(generations(Glider, 8)), 6, 6),
    Pentomino = [{1, 0}, {2, 0}, {0, 1}, {1, 1}, {1, 2}],
    io:format("~w~n", [[length(G) || G <- generations(Pentomino, 30)]]),
    io:format("~w~n", [[period(P) || P <- [Blinker, [{0, 0}, {0, 1}, {1, 0}, {1, 1}], [{0, 0}]]]]),
    Torus = torus(4, 4, [{1, 0}, {1, 1}, {1, 2}]),
    io:format("~w~n", [run(Torus, 3)]),
    stop(Torus),
    io:format("~w~n", [[rule(N, 9) || N <- [30, 90]]]).

generations(Cells, 0) -> [lists:sort(Cells)];
generations(Cells, N) -> [lists:sort(Cells) | generations(next(Cells), N - 1)].

%% Counts how often each cell is somebody's neighbour.
next(Cells) ->
    Alive = sets:from_list(Cells, [{version, 2}]),
    Counts = lists:foldl(fun(C, M) -> maps:update_with(C, fun(N) -> N + 1 end, 1, M) end, #{}, lists:flatmap(fun around/1, Cells)),
    lists:sort([C || {C, N} <- maps:to_list(Counts), N =:= 3 orelse (N =:= 2 andalso sets:is_element(C, Alive))]).

around({X, Y}) -> [{X + I, Y + J} || I <- [-1, 0, 1], J <- [-1, 0, 1], {I, J} =/= {0, 0}].

draw(Cells, Width, Height) ->
    [io:format("~s~n", [[case lists:member({X, Y}, Cells) of true -> $#; false -> $. end || X <- lists:seq(0, Width - 1)]])
     || Y <- lists:seq(0, Height - 1)],
    io:nl().

period(Cells) -> period(next(Cells), lists:sort(Cells), 1).
period([], _, N) -> {dies_after, N};
period(First, First, N) -> {period, N};
period(Cells, First, N) when N < 10 -> period(next(Cells), First, N + 1);
period(_, _, _) -> long.

%% One process for each cell; they tell their neighbours and count what they hear, generation by generation.
torus(Width, Height, Alive) ->
    Places = [{X, Y} || X <- lists:seq(0, Width - 1), Y <- lists:seq(0, Height - 1)],
    Pids = maps:from_list([{P, spawn_link(fun() -> receive {start, Near} -> cell(Near, lists:member(P, Alive)) end end)} || P <- Places]),
    [maps:get({X, Y}, Pids) ! {start, [maps:get({(I + Width) rem Width, (J + Height) rem Height}, Pids) || {I, J} <- around({X, Y})]} || {X, Y} <- Places],
    Pids.

cell(Near, Alive) ->
    receive
        {step, From, Generation} ->
            [Pid ! {state, Generation, Alive} || Pid <- Near],
            Count = length([yes || _ <- Near, receive {state, Generation, Is} -> Is end]),
            New = Count =:= 3 orelse (Count =:= 2 andalso Alive),
            From ! {cell, self(), Generation, New},
            cell(Near, New);
        stop -> ok
    end.

run(Torus, Steps) -> [one_step(Torus, G) || G <- lists:seq(1, Steps)].

one_step(Torus, Generation) ->
    Cells = lists:sort(maps:to_list(Torus)),
    [Pid ! {step, self(), Generation} || {_, Pid} <- Cells],
    [Place || {Place, Pid} <- Cells, receive {cell, Pid, Generation, Alive} -> Alive end].

stop(Torus) -> [Pid ! stop || Pid <- maps:values(Torus)].

%% Wolfram's rules on a line.
rule(Number, Steps) -> evolve(Number, [1], Steps).

evolve(_, Row, 0) -> lists:sum(Row);
evolve(Number, Row, N) -> evolve(Number, triples(Number, [0, 0] ++ Row ++ [0, 0]), N - 1).

triples(Number, [A, B, C | Rest]) -> [(Number bsr (A * 4 + B * 2 + C)) band 1 | triples(Number, [B, C | Rest])];
triples(_, _) -> [].

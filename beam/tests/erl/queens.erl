%% Queens on boards of several sizes: all solutions, one drawn, bit masks, and a parallel count.
-module(queens).
-export([main/0]).

main() ->
    process_flag(trap_exit, false),
    io:format("~w~n", [[{N, length(solve(N))} || N <- lists:seq(1, 7)]]),
    io:format("~w~n", [hd(solve(8))]),
    draw(hd(solve(8))),
    io:format("~w~n", [[{N, masks(N)} || N <- lists:seq(1, 8)]]),
    io:format("~w~n", [parallel(7)]),
    io:format("~w~n", [solve(4)]),
    io:format("~w~n", [lists:all(fun valid/1, solve(6))]),
    io:format("~w~n", [length(unique(solve(6)))]),
    io:format("~w~n", [first(10)]).

solve(N) -> place(N, N).

place(0, _) -> [[]];
place(Row, N) -> [[Column | Rest] || Rest <- place(Row - 1, N), Column <- lists:seq(1, N), safe(Column, 1, Rest)].

safe(_, _, []) -> true;
safe(Column, Distance, [Other | Rest]) ->
    Column =/= Other andalso abs(Column - Other) =/= Distance andalso safe(Column, Distance + 1, Rest).

draw(Board) ->
    Size = length(Board),
    [io:format("~s~n", [[if C =:= Column -> $Q; true -> $. end || C <- lists:seq(1, Size)]]) || Column <- Board].

%% The same count with three bit masks.
masks(N) -> masks((1 bsl N) - 1, 0, 0, 0).

masks(All, All, _, _) -> 1;
masks(All, Columns, Left, Right) -> try_bits(All band bnot (Columns bor Left bor Right), All, Columns, Left, Right).

try_bits(0, _, _, _, _) -> 0;
try_bits(Free, All, Columns, Left, Right) ->
    Bit = Free band -Free,
    masks(All, Columns bor Bit, (Left bor Bit) bsl 1, (Right bor Bit) bsr 1)
        + try_bits(Free bxor Bit, All, Columns, Left, Right).

%% One process for every place of the first queen.
parallel(N) ->
    Self = self(),
    Pids = [spawn_link(fun() -> Self ! {self(), length([S || S <- solve(N), lists:last(S) =:= Column])} end) || Column <- lists:seq(1, N)],
    Counts = [receive {Pid, Count} -> Count end || Pid <- Pids],
    {lists:sum(Counts), Counts}.

valid([]) -> true;
valid([Q | Rest]) -> safe(Q, 1, Rest) andalso valid(Rest).

%% Boards that are no turn or mirror image of another.
unique(Boards) -> lists:usort([lists:min(symmetries(B)) || B <- Boards]).

symmetries(B) ->
    Turns = turns(4, B),
    Turns ++ [lists:reverse(T) || T <- Turns].

turns(0, _) -> [];
turns(K, B) -> [B | turns(K - 1, turn(B))].

turn(B) ->
    N = length(B),
    Inverse = lists:keysort(1, lists:zip(B, lists:seq(1, N))),
    [N + 1 - Row || {_, Row} <- Inverse].

%% Depth first, stopped by a throw.
first(N) ->
    try search(N, N, []) catch throw:{found, Board} -> Board end.

search(0, _, Board) -> throw({found, Board});
search(Row, N, Board) ->
    [search(Row - 1, N, [C | Board]) || C <- lists:seq(1, N), safe(C, 1, Board)],
    none.

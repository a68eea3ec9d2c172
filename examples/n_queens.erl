%% Places N queens on a board of N by N so that none attacks another.
%%
%% Shows list comprehensions and recursion, and parallel search. Run it:
%%     erlc -o examples examples/n_queens.erl && lam run examples/n_queens.beam 6
-module(n_queens).
-export([main/0, main/1]).

main() -> main([]).

main([]) -> main(["8"]);
main([Text]) ->
    N = list_to_integer(Text),
    case solutions(N) of
        [] -> io:format("no way to place ~b queens~n", [N]);
        [First | _] = All ->
            draw(First),
            io:format("~b ways to place ~b queens~n", [length(All), N])
    end.

%% One process for each place of the queen in the last row.
solutions(N) ->
    Self = self(),
    Columns = lists:seq(1, N),
    Pids = [spawn_link(fun() -> Self ! {self(), place(N - 1, N, [Column])} end) || Column <- Columns],
    lists:append([receive {Pid, Boards} -> Boards end || Pid <- Pids]).

%% All boards that continue this one, row by row upwards.
place(0, _, Board) -> [Board];
place(Rows, N, Board) ->
    lists:append([place(Rows - 1, N, [Column | Board]) || Column <- lists:seq(1, N), safe(Column, 1, Board)]).

safe(_, _, []) -> true;
safe(Column, Distance, [Other | Rest]) ->
    Column =/= Other andalso abs(Column - Other) =/= Distance andalso safe(Column, Distance + 1, Rest).

draw(Board) ->
    [io:format("~s~n", [lists:join($\s, [square(Column, Queen) || Column <- lists:seq(1, length(Board))])])
     || Queen <- Board].

square(Queen, Queen) -> $Q;
square(_, _) -> $. .

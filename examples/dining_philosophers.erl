%% Five philosophers, five forks. Each takes the fork of the lower number first, so that they never
%% wait for each other in a circle; with `greedy` as argument each takes the one on the left first.
%%
%% Shows resources as processes, and what a deadlock is. Run it:
%%     erlc -o examples examples/dining_philosophers.erl
%%     lam run examples/dining_philosophers.beam
%% and see how the greedy ones fare, with one seed and another; who starves in a circle is told:
%%     lam run --seed 1 examples/dining_philosophers.beam greedy
-module(dining_philosophers).
-export([main/0, main/1]).

-define(NAMES, ["Plato", "Kant", "Hume", "Hegel", "Arendt"]).
-define(MEALS, 3).

main() -> dine(fun(Left, Right) -> lists:sort([Left, Right]) end).

main(["greedy"]) -> dine(fun(Left, Right) -> [Left, Right] end);
main([]) -> main().

dine(Order) ->
    Count = length(?NAMES),
    Forks = [{N, spawn(fun fork/0)} || N <- lists:seq(1, Count)],
    Table = self(),
    [begin
         Left = lists:nth(N, Forks),
         Right = lists:nth(N rem Count + 1, Forks),
         spawn(fun() -> philosopher(Name, Order(Left, Right), ?MEALS, Table) end)
     end || {N, Name} <- lists:zip(lists:seq(1, Count), ?NAMES)],
    io:format("~s~n", [report(lists:sort([receive {full, Name, Meals} -> {Name, Meals} end || Name <- ?NAMES]))]).

philosopher(Name, _, 0, Table) -> Table ! {full, Name, ?MEALS};
philosopher(Name, [First, Second] = Forks, Meals, Table) ->
    take(First),
    take(Second),
    put_down(First),
    put_down(Second),
    philosopher(Name, Forks, Meals - 1, Table).

take({_, Fork}) ->
    Fork ! {take, self()},
    receive {taken, Fork} -> ok end.

put_down({_, Fork}) -> Fork ! {put_down, self()}.

%% A fork lies on the table, or one philosopher holds it.
fork() ->
    receive
        {take, Who} ->
            Who ! {taken, self()},
            receive {put_down, Who} -> fork() end
    end.

report(Meals) -> lists:join("\n", [io_lib:format("~s ate ~b times", [Name, N]) || {Name, N} <- Meals]).

%% A bank by hand: one server, many clients, transfers, failures, and money that never gets lost.
-module(bank).
-export([main/0]).

main() ->
    process_flag(trap_exit, false),
    Bank = start([{ann, 100}, {bob, 50}, {eve, 0}]),
    io:format("~p~n", [call(Bank, {balance, ann})]),
    io:format("~p~n", [call(Bank, {deposit, eve, 25})]),
    io:format("~p~n", [call(Bank, {withdraw, bob, 80})]),
    io:format("~p~n", [call(Bank, {withdraw, bob, 30})]),
    io:format("~p~n", [call(Bank, {transfer, ann, eve, 60})]),
    io:format("~p~n", [call(Bank, {transfer, ann, eve, 60})]),
    io:format("~p~n", [call(Bank, {transfer, ann, nobody, 1})]),
    io:format("~p~n", [call(Bank, {open, dan})]),
    io:format("~p~n", [call(Bank, {open, dan})]),
    io:format("~p~n", [call(Bank, {nonsense, 1})]),
    io:format("~p~n", [call(Bank, {deposit, ann, -5})]),
    io:format("~p~n", [call(Bank, all)]),
    crowd(Bank),
    io:format("~p~n", [call(Bank, total)]),
    io:format("~p~n", [lists:sublist(call(Bank, history), 6)]),
    io:format("~p~n", [call(Bank, crash)]),
    io:format("~p~n", [call(Bank, total)]),
    io:format("~p~n", [call(Bank, stop)]),
    {error, {bank_closed, _}} = call(Bank, total),
    io:format("closed~n").

start(Accounts) ->
    spawn(fun() -> loop(maps:from_list(Accounts), []) end).

call(Bank, Request) ->
    Ref = monitor(process, Bank),
    Bank ! {call, self(), Ref, Request},
    receive
        {Ref, Reply} -> demonitor(Ref, [flush]), Reply;
        {'DOWN', Ref, process, Bank, Reason} -> {error, {bank_closed, Reason}}
    end.

loop(Accounts, Log) ->
    receive
        {call, From, Ref, stop} ->
            From ! {Ref, {closed, map_size(Accounts)}};
        {call, From, Ref, history} ->
            From ! {Ref, lists:reverse(Log)},
            loop(Accounts, Log);
        {call, From, Ref, Request} ->
            {Reply, New} =
                try handle(Request, Accounts)
                catch
                    throw:Refusal -> {{refused, Refusal}, Accounts};
                    error:{badkey, Who} -> {{refused, {no_account, Who}}, Accounts};
                    error:Reason -> {{failed, Reason}, Accounts}
                end,
            From ! {Ref, Reply},
            loop(New, [{element(1, tuple(Request)), tag(Reply)} | Log])
    end.

tuple(T) when is_tuple(T) -> T;
tuple(T) -> {T}.

tag(Reply) when is_tuple(Reply) -> element(1, Reply);
tag(_) -> ok.

handle(all, Accounts) -> {Accounts, Accounts};
handle(total, Accounts) -> {lists:sum(maps:values(Accounts)), Accounts};
handle({open, Who}, Accounts) when is_map_key(Who, Accounts) -> throw({exists, Who});
handle({open, Who}, Accounts) -> {ok, Accounts#{Who => 0}};
handle({balance, Who}, Accounts) -> {{ok, maps:get(Who, Accounts)}, Accounts};
handle({deposit, _, Amount}, _) when Amount =< 0 -> throw({bad_amount, Amount});
handle({deposit, Who, Amount}, Accounts) ->
    New = maps:get(Who, Accounts) + Amount,
    {{ok, New}, Accounts#{Who := New}};
handle({withdraw, Who, Amount}, Accounts) ->
    case maps:get(Who, Accounts) - Amount of
        Left when Left >= 0 -> {{ok, Left}, Accounts#{Who := Left}};
        Left -> throw({short_by, -Left})
    end;
handle({transfer, From, To, Amount}, Accounts) ->
    {_, Less} = handle({withdraw, From, Amount}, Accounts),
    {_, More} = handle({deposit, To, Amount}, Less),
    {ok, More};
handle(crash, _) -> error(on_purpose);
handle(Other, _) -> throw({unknown, Other}).

%% Twenty clients shift money about; some are refused, the sum stays.
crowd(Bank) ->
    Before = call(Bank, total),
    Names = [ann, bob, eve, dan],
    Self = self(),
    Pids = [spawn_link(fun() -> client(Bank, N, Names), Self ! {self(), finished} end) || N <- lists:seq(1, 20)],
    [receive {Pid, finished} -> ok end || Pid <- Pids],
    Balances = call(Bank, all),
    io:format("~w ~w~n", [call(Bank, total) =:= Before, lists:all(fun(B) -> B >= 0 end, maps:values(Balances))]).

client(Bank, N, Names) ->
    [call(Bank, {transfer, lists:nth((N + I) rem 4 + 1, Names), lists:nth((N * I) rem 4 + 1, Names), I * 3}) || I <- lists:seq(1, 10)].

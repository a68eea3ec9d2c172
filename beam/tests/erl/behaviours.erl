%% OTP's behaviours: a gen_server, a gen_statem and a gen_event under a supervisor.
-module(behaviours).
-export([main/0, start_server/1, start_door/0, add/2, handle_event/4]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, handle_event/2, terminate/2, callback_mode/0]).

main() ->
    process_flag(trap_exit, true),
    {ok, Server} = start_server(10),
    io:format("~w~n", [gen_server:call(Server, get)]),
    ok = gen_server:cast(Server, {add, 5}),
    io:format("~w~n", [gen_server:call(Server, get)]),
    Server ! {add, 7},
    io:format("~w~n", [gen_server:call(Server, get)]),
    io:format("~w~n", [gen_server:call(Server, later)]),
    io:format("~w~n", [sys:get_state(Server)]),
    io:format("~w~n", [try gen_server:call(Server, deaf, 50) catch exit:{timeout, _} -> timeout end]),
    io:format("~w~n", [gen_server:stop(Server)]),
    io:format("~w~n", [receive {'EXIT', Server, Reason} -> Reason end]),
    io:format("~w~n", [try gen_server:call(no_such_server, get) catch exit:{noproc, _} -> noproc end]),
    io:format("~w~n", [gen_server:start(?MODULE, {stop, refused}, [])]),
    crash(),
    supervised(),
    door(),
    events().

start_server(N) -> gen_server:start_link(?MODULE, {server, N}, []).

crash() ->
    {ok, Server} = start_server(0),
    io:format("~w~n", [try gen_server:call(Server, crash) catch exit:{{Why, _}, _} -> Why end]),
    io:format("~w~n", [receive {'EXIT', Server, {Reason, _}} -> Reason end]).

supervised() ->
    {ok, Sup} = supervisor:start_link(?MODULE, {supervisor, [one, two]}),
    io:format("~w~n", [lists:sort([{Id, Type, is_pid(Pid)} || {Id, Pid, Type, _} <- supervisor:which_children(Sup)])]),
    One = child(Sup, one),
    Two = child(Sup, two),
    exit(One, kill),
    restarted(Sup, One),
    io:format("~w~n", [lists:sort(supervisor:count_children(Sup))]),
    io:format("~w ~w~n", [child(Sup, one) =/= One, child(Sup, two) =:= Two]),
    io:format("~w~n", [gen_server:call(child(Sup, one), get)]),
    io:format("~w ~w~n", [supervisor:terminate_child(Sup, two), child(Sup, two)]),
    {ok, _} = supervisor:restart_child(Sup, two),
    io:format("~w~n", [supervisor:delete_child(Sup, two)]),
    exit(Sup, shutdown),
    io:format("~w~n", [receive {'EXIT', Sup, Reason} -> Reason end]).

child(Sup, Id) ->
    {Id, Pid, _, _} = lists:keyfind(Id, 1, supervisor:which_children(Sup)),
    Pid.

%% The supervisor hears of the death when it comes.
restarted(Sup, Old) ->
    case child(Sup, one) of
        New when is_pid(New), New =/= Old -> ok;
        _ -> receive after 1 -> restarted(Sup, Old) end
    end.

start_door() -> gen_statem:start_link(?MODULE, door, []).

door() ->
    {ok, Door} = start_door(),
    io:format("~w~n", [[gen_statem:call(Door, E) || E <- [open, push, {lock, 7}, push, {unlock, 8}, {unlock, 7}, push]]]),
    io:format("~w~n", [gen_statem:call(Door, wait_closed)]),
    gen_statem:stop(Door),
    receive {'EXIT', Door, normal} -> ok end.

events() ->
    {ok, Manager} = gen_event:start_link(),
    ok = gen_event:add_handler(Manager, ?MODULE, {sum, 0}),
    [ok = gen_event:sync_notify(Manager, N) || N <- [1, 2, 3]],
    io:format("~w~n", [gen_event:delete_handler(Manager, ?MODULE, get)]),
    io:format("~w~n", [gen_event:which_handlers(Manager)]),
    gen_event:stop(Manager),
    receive {'EXIT', Manager, normal} -> ok end.

%% The callbacks of all four.
init({server, N}) -> {ok, N};
init({stop, Reason}) -> {stop, Reason};
init({supervisor, Ids}) ->
    {ok, {#{strategy => one_for_one, intensity => 3, period => 5},
          [#{id => Id, start => {?MODULE, start_server, [100]}, restart => permanent} || Id <- Ids]}};
init(door) -> {ok, closed, #{pushes => 0}};
init({sum, N}) -> {ok, N}.

handle_call(get, _, N) -> {reply, N, N};
handle_call(later, From, N) -> self() ! {answer, From}, {noreply, N};
handle_call(deaf, _, N) -> {noreply, N};
handle_call(crash, _, _) -> error(crashed).

handle_cast({add, M}, N) -> {noreply, add(N, M)}.

handle_info({add, M}, N) -> {noreply, N + M};
handle_info({answer, From}, N) -> gen_server:reply(From, {late, N}), {noreply, N};
handle_info(_, N) -> {noreply, N}.

add(N, M) -> N + M.

handle_event(N, Sum) -> {ok, Sum + N}.

terminate(get, Sum) -> {sum, Sum};
terminate(_, _) -> ok.

callback_mode() -> handle_event_function.

handle_event({call, From}, open, closed, Data) -> {next_state, open, Data, [{reply, From, opened}, {state_timeout, 300, close}]};
handle_event({call, From}, push, State, Data = #{pushes := N}) -> {keep_state, Data#{pushes := N + 1}, [{reply, From, {State, N}}]};
handle_event({call, From}, {lock, Code}, open, Data) -> {next_state, {locked, Code}, Data, [{reply, From, locked}]};
handle_event({call, From}, {unlock, Code}, {locked, Code}, Data) -> {next_state, open, Data, [{reply, From, ok}, {state_timeout, 300, close}]};
handle_event({call, From}, wait_closed, closed, _) -> {keep_state_and_data, [{reply, From, closed_at_last}]};
handle_event({call, _}, wait_closed, _, _) -> {keep_state_and_data, [postpone]};
handle_event(state_timeout, close, open, Data) -> {next_state, closed, Data};
handle_event({call, From}, _, State, _) -> {keep_state_and_data, [{reply, From, {no, State}}]}.

%% Calls of other nodes with their exceptions kept; this node is the only one.
-module(erpc).
-export([call/2, call/3, call/4, call/5, cast/2, cast/4, multicall/2, multicall/3, multicall/4, multicall/5, multicast/2, multicast/4]).

-spec call(node(), fun(() -> Value)) -> Value.
call(Node, F) -> call(Node, erlang, apply, [F, []], infinity).

-spec call(node(), fun(() -> Value), timeout()) -> Value.
call(Node, F, Timeout) -> call(Node, erlang, apply, [F, []], Timeout).

-spec call(node(), module(), atom(), [term()]) -> term().
call(Node, M, F, Args) -> call(Node, M, F, Args, infinity).

-spec call(node(), module(), atom(), [term()], timeout()) -> term().
call(Node, M, F, Args, Timeout) when is_atom(Node), is_atom(M), is_atom(F), is_list(Args) ->
    case answer(Node, M, F, Args, Timeout) of
        {ok, Value} -> Value;
        {throw, Thrown} -> throw(Thrown);
        {exit, Reason} -> exit({exception, Reason});
        {error, Reason, Stack} -> error({exception, Reason, Stack});
        {signal, Reason} -> exit({signal, Reason});
        {erpc, Reason} -> error({erpc, Reason})
    end;
call(_, _, _, _, _) -> error({erpc, badarg}).

answer(Node, M, F, Args, Timeout) when Node =:= node() ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({?MODULE, result(M, F, Args)}) end),
    receive
        {'DOWN', Ref, process, Pid, {?MODULE, Result}} -> Result;
        {'DOWN', Ref, process, Pid, Reason} -> {signal, Reason}
    after Timeout ->
        demonitor(Ref, [flush]),
        {erpc, timeout}
    end;
answer(_, _, _, _, _) -> {erpc, noconnection}.

result(M, F, Args) ->
    try {ok, apply(M, F, Args)}
    catch
        throw:Thrown -> {throw, Thrown};
        exit:Reason -> {exit, Reason};
        error:Reason:Stack -> {error, Reason, [Frame || Frame <- Stack, element(1, Frame) =/= ?MODULE]}
    end.

-spec cast(node(), fun(() -> term())) -> ok.
cast(Node, F) -> cast(Node, erlang, apply, [F, []]).

-spec cast(node(), module(), atom(), [term()]) -> ok.
cast(Node, M, F, Args) when Node =:= node() ->
    _ = spawn(M, F, Args),
    ok;
cast(Node, M, F, Args) when is_atom(Node), is_atom(M), is_atom(F), is_list(Args) -> ok;
cast(_, _, _, _) -> error({erpc, badarg}).

%%% Several nodes: the answers are values with their kinds, as those of call/5 would be exceptions.

-spec multicall([node()], fun(() -> term())) -> [tuple()].
multicall(Nodes, F) -> multicall(Nodes, erlang, apply, [F, []], infinity).

-spec multicall([node()], fun(() -> term()), timeout()) -> [tuple()].
multicall(Nodes, F, Timeout) -> multicall(Nodes, erlang, apply, [F, []], Timeout).

-spec multicall([node()], module(), atom(), [term()]) -> [tuple()].
multicall(Nodes, M, F, Args) -> multicall(Nodes, M, F, Args, infinity).

-spec multicall([node()], module(), atom(), [term()], timeout()) -> [tuple()].
multicall(Nodes, M, F, Args, Timeout) ->
    [case answer(Node, M, F, Args, Timeout) of
         {ok, Value} -> {ok, Value};
         {throw, Thrown} -> {throw, Thrown};
         {exit, Reason} -> {exit, {exception, Reason}};
         {error, Reason, Stack} -> {error, {exception, Reason, Stack}};
         {signal, Reason} -> {exit, {signal, Reason}};
         {erpc, Reason} -> {error, {erpc, Reason}}
     end || Node <- Nodes].

-spec multicast([node()], fun(() -> term())) -> ok.
multicast(Nodes, F) -> multicast(Nodes, erlang, apply, [F, []]).

-spec multicast([node()], module(), atom(), [term()]) -> ok.
multicast(Nodes, M, F, Args) ->
    _ = [cast(Node, M, F, Args) || Node <- Nodes],
    ok.

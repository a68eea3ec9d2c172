%% Calls of other nodes where there is only this one: they run here, or the node is down.
-module(rpc).
-export([call/4, call/5, block_call/4, block_call/5, cast/4, async_call/4, yield/1, nb_yield/1, nb_yield/2]).
-export([multicall/3, multicall/4, multicall/5, eval_everywhere/3, eval_everywhere/4, pmap/3, parallel_eval/1, pinfo/1, pinfo/2]).

-opaque key() :: {pid(), reference()}.
-export_type([key/0]).

-spec call(node(), module(), atom(), [term()]) -> term().
call(Node, M, F, Args) -> call(Node, M, F, Args, infinity).

-spec call(node(), module(), atom(), [term()], timeout()) -> term().
call(Node, M, F, Args, Timeout) ->
    try erpc:call(Node, M, F, Args, Timeout)
    catch
        throw:Thrown -> Thrown;
        exit:{exception, Reason} -> {badrpc, {'EXIT', Reason}};
        error:{exception, Reason, Stack} -> {badrpc, {'EXIT', {Reason, Stack}}};
        error:{erpc, noconnection} -> {badrpc, nodedown};
        error:{erpc, timeout} -> {badrpc, timeout}
    end.

-spec block_call(node(), module(), atom(), [term()]) -> term().
block_call(Node, M, F, Args) -> call(Node, M, F, Args).

-spec block_call(node(), module(), atom(), [term()], timeout()) -> term().
block_call(Node, M, F, Args, Timeout) -> call(Node, M, F, Args, Timeout).

-spec cast(node(), module(), atom(), [term()]) -> true.
cast(Node, M, F, Args) ->
    ok = erpc:cast(Node, M, F, Args),
    true.

%%% A call whose answer is asked for later, by the process that made it.

-spec async_call(node(), module(), atom(), [term()]) -> key().
async_call(Node, M, F, Args) ->
    spawn_monitor(fun() -> exit({answer, call(Node, M, F, Args)}) end).

-spec yield(key()) -> term().
yield(Key) ->
    {value, Value} = nb_yield(Key, infinity),
    Value.

-spec nb_yield(key()) -> {value, term()} | timeout.
nb_yield(Key) -> nb_yield(Key, 0).

-spec nb_yield(key(), timeout()) -> {value, term()} | timeout.
nb_yield({Pid, Ref}, Timeout) ->
    receive
        {'DOWN', Ref, process, Pid, {answer, Value}} -> {value, Value}
    after Timeout -> timeout
    end.

%%% Several calls.

-spec multicall(module(), atom(), [term()]) -> {[term()], [node()]}.
multicall(M, F, Args) -> multicall([node()], M, F, Args, infinity).

-spec multicall([node()], module(), atom(), [term()]) -> {[term()], [node()]};
               (module(), atom(), [term()], timeout()) -> {[term()], [node()]}.
multicall(Nodes, M, F, Args) when is_list(Nodes) -> multicall(Nodes, M, F, Args, infinity);
multicall(M, F, Args, Timeout) -> multicall([node()], M, F, Args, Timeout).

-spec multicall([node()], module(), atom(), [term()], timeout()) -> {[term()], [node()]}.
multicall(Nodes, M, F, Args, Timeout) ->
    Answers = [{Node, call(Node, M, F, Args, Timeout)} || Node <- Nodes],
    Down = [Node || {Node, {badrpc, Why}} <- Answers, Why =:= nodedown orelse Why =:= timeout],
    {[Answer || {Node, Answer} <- Answers, not lists:member(Node, Down)], Down}.

-spec eval_everywhere(module(), atom(), [term()]) -> abcast.
eval_everywhere(M, F, Args) -> eval_everywhere([node()], M, F, Args).

-spec eval_everywhere([node()], module(), atom(), [term()]) -> abcast.
eval_everywhere(Nodes, M, F, Args) ->
    _ = [cast(Node, M, F, Args) || Node <- Nodes],
    abcast.

-spec pmap({module(), atom()}, [term()], [term()]) -> [term()].
pmap({M, F}, Extra, List) -> parallel_eval([{M, F, [Element | Extra]} || Element <- List]).

-spec parallel_eval([{module(), atom(), [term()]}]) -> [term()].
parallel_eval(Calls) ->
    Keys = [async_call(node(), M, F, Args) || {M, F, Args} <- Calls],
    [yield(Key) || Key <- Keys].

-spec pinfo(pid()) -> [{atom(), term()}] | undefined.
pinfo(Pid) -> process_info(Pid).

-spec pinfo(pid(), atom() | [atom()]) -> term().
pinfo(Pid, Item) -> process_info(Pid, Item).

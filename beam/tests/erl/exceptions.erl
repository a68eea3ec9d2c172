%% The three classes, catch, try with of, after and re-raise, and every reason of the machine.
-module(exceptions).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    [io:format("~p~n", [try_all(F)]) || F <- raisers()],
    [io:format("~p~n", [old_catch(F)]) || F <- raisers()],
    io:format("~w~n", [catch 1 + 1]),
    io:format("~w~n", [catch throw(thrown)]),
    io:format("~w~n", [catch exit(left)]),
    {'EXIT', {Reason, Stack}} = (catch error(broken)),
    io:format("~w ~w~n", [Reason, is_list(Stack)]),
    io:format("~w~n", [[of_part(X) || X <- [1, 2, throw_it, error_it]]]),
    io:format("~w~n", [after_order(value)]),
    io:format("~w~n", [after_order(throw)]),
    io:format("~w~n", [try reraise(fun() -> throw(first) end) catch C1:R1 -> {outer, C1, R1} end]),
    io:format("~w~n", [try reraise(fun() -> error(second) end) catch C2:R2 -> {outer, C2, R2} end]),
    io:format("~w~n", [try unmatched(3) catch C3:R3 -> {C3, R3} end]),
    io:format("~w~n", [try erlang:raise(exit, by_raise, []) catch C4:R4:S4 -> {C4, R4, S4} end]),
    io:format("~w~n", [erlang:raise(id(bad_class), x, [])]),
    io:format("~w~n", [catch lists:foreach(fun(X) -> X > 2 andalso throw({found, X}) end, [1, 2, 3, 4])]).

raisers() ->
    [fun() -> throw({a, throw}) end,
     fun() -> exit({an, exit}) end,
     fun() -> error({an, error}) end,
     fun() -> error(with_args, [1, 2]) end,
     fun() -> {ok, X} = id({error, 1}), X end,
     fun() -> case id(3) of 1 -> one; 2 -> two end end,
     fun() -> if_clause(id(0)) end,
     fun() -> clause(id(9)) end,
     fun() -> (id(no_fun))(1) end,
     fun() -> (id(fun(X) -> X end))(1, 2) end,
     fun() -> (id(no_module)):f(1) end,
     fun() -> ?MODULE:missing(1, 2) end,
     fun() -> id(1) + id(a) end,
     fun() -> hd(id([])) end,
     fun() -> element(5, id({1})) end,
     fun() -> atom_to_list(id("x")) end,
     fun() -> list_to_integer(id("x1")) end,
     fun() -> id(1) andalso true end,
     fun() -> not id(x) end,
     fun() -> true and id(1) end,
     fun() -> try id(4) of 1 -> one catch _:_ -> caught end end,
     fun() -> (id(#{}))#{a := 1} end,
     fun() -> length(id([a | b])) end,
     fun() -> id(self()) ! hello, receive hello -> received end end,
     fun() -> id(no_such_name) ! hello end,
     fun() -> receive after id(-1) -> ok end end].

if_clause(X) -> if X > 0 -> positive; X < 0 -> negative end.

clause(1) -> one;
clause(2) -> two.

try_all(F) ->
    try F() of
        Value -> {value, Value}
    catch
        throw:T -> {caught_throw, T};
        exit:R -> {caught_exit, R};
        error:{badarity, {Fun, Args}} -> {badarity, is_function(Fun, 1), Args};
        error:E -> {caught_error, E}
    end.

old_catch(F) ->
    case catch F() of
        {'EXIT', {{badarity, {_, Args}}, [_ | _]}} -> {error, badarity, Args};
        {'EXIT', {Reason, Stack}} when is_list(Stack) -> {error, Reason};
        {'EXIT', Reason} -> {exit, Reason};
        Value -> {value, Value}
    end.

of_part(X) ->
    try case X of throw_it -> throw(t); error_it -> error(e); _ -> X end of
        1 -> one;
        N -> {number, N}
    catch
        T -> {thrown, T};
        error:E -> {error, E}
    end.

after_order(How) ->
    try
        put(order, [begin_]),
        case How of throw -> throw(oops); value -> ok end,
        note(body)
    catch
        oops -> note(caught)
    after
        note(cleanup)
    end,
    lists:reverse(erase(order)).

note(What) -> put(order, [What | get(order)]).

reraise(F) ->
    try F()
    catch
        throw:T -> throw({again, T});
        Class:Reason:Stack -> erlang:raise(Class, {again, Reason}, Stack)
    after
        io:format("cleaning~n")
    end.

unmatched(X) ->
    try throw({x, X}) catch {y, Y} -> Y end.

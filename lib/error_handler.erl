%% What a call of a function that is not there does, where this module is linked: the module's own
%% '$handle_undefined_function'/2, if it has one, else `undef`.
-module(error_handler).
-export([undefined_function/3, undefined_lambda/3, raise_undef_exception/3]).

-spec undefined_function(module(), atom(), [term()]) -> term().
undefined_function(Module, Function, Args) ->
    case Function =/= '$handle_undefined_function'
        andalso erlang:function_exported(Module, '$handle_undefined_function', 2) of
        true -> Module:'$handle_undefined_function'(Function, Args);
        false -> raise_undef_exception(Module, Function, Args)
    end.

-spec undefined_lambda(module(), fun(), [term()]) -> term().
undefined_lambda(Module, Fun, Args) ->
    case code:ensure_loaded(Module) of
        {module, Module} -> apply(Fun, Args);
        {error, _} -> raise(Fun, Args)
    end.

-spec raise_undef_exception(module(), atom(), [term()]) -> no_return().
raise_undef_exception(Module, Function, Args) ->
    raise({Module, Function, Args, []}).

raise(Fun, Args) -> raise({Fun, Args, []}).

%% The topmost frame is this function's own; the missing one takes its place.
raise(Frame) ->
    try erlang:error(undef)
    catch error:undef:Stack -> erlang:raise(error, undef, [Frame | tl(Stack)])
    end.

%% The first function of a machine that runs Erlang: starts the io servers, then the program.
%%
%% The process that runs it becomes the program's root. Host code may have started the io servers
%% as boot processes; then it gives the pid of `user`, and none are started here.
-module(lam_boot).
-export([start/3, start/4, main/2, main/3]).

%% Runs Module:Function(Args...) with standard input and output at hand.
-spec start(module(), atom(), [term()]) -> term().
start(Module, Function, Args) ->
    start(lam_user:start(), Module, Function, Args).

%% The same with an io server that runs already.
-spec start(pid(), module(), atom(), [term()]) -> term().
start(User, Module, Function, Args) ->
    true = erlang:group_leader(User, self()),
    apply(Module, Function, Args).

%% Runs main/1 of the module with the arguments as strings, or main/0 if there is no main/1.
-spec main(module(), [string()]) -> term().
main(Module, Arguments) ->
    main(lam_user:start(), Module, Arguments).

-spec main(pid(), module(), [string()]) -> term().
main(User, Module, Arguments) ->
    init:set_plain_arguments(Arguments),
    case code:ensure_loaded(Module) =:= {module, Module} andalso erlang:function_exported(Module, main, 1) of
        true -> start(User, Module, main, [Arguments]);
        false -> start(User, Module, main, [])
    end.

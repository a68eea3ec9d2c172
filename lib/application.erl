%% The environment of applications, in a table; of starting and stopping only as much as lets code
%% go on that makes sure of kernel and stdlib.
-module(application).
-export([get_env/1, get_env/2, get_env/3, set_env/1, set_env/2, set_env/3, set_env/4, unset_env/2, unset_env/3, get_all_env/0, get_all_env/1]).
-export([get_application/0, get_application/1, get_key/1, get_key/2, get_all_key/0, get_all_key/1, get_supervisor/1, start_type/0]).
-export([load/1, load/2, unload/1, start/1, start/2, stop/1, ensure_started/1, ensure_started/2, ensure_all_started/1, ensure_all_started/2]).
-export([loaded_applications/0, which_applications/0, which_applications/1, info/0, is_running/1]).

-define(KEY(Application, Name), {?MODULE, env, Application, Name}).
-define(NAMES(Application), {?MODULE, names, Application}).

%%% Environment. The names of an application's variables are kept beside their values.

-spec get_env(atom()) -> undefined.
get_env(_) -> undefined.

-spec get_env(atom(), atom()) -> {ok, term()} | undefined.
get_env(Application, Name) ->
    case persistent_term:get(?KEY(Application, Name), undefined) of
        {value, Value} -> {ok, Value};
        undefined -> undefined
    end.

-spec get_env(atom(), atom(), Default) -> term() | Default.
get_env(Application, Name, Default) ->
    case get_env(Application, Name) of
        {ok, Value} -> Value;
        undefined -> Default
    end.

-spec set_env([{atom(), [{atom(), term()}]}]) -> ok.
set_env(Config) -> set_env(Config, []).

-spec set_env([{atom(), [{atom(), term()}]}], list()) -> ok.
set_env(Config, _) ->
    _ = [set_env(Application, Name, Value) || {Application, Env} <- Config, {Name, Value} <- Env],
    ok.

-spec set_env(atom(), atom(), term()) -> ok.
set_env(Application, Name, Value) ->
    ok = persistent_term:put(?KEY(Application, Name), {value, Value}),
    persistent_term:put(?NAMES(Application), ordsets:add_element(Name, names(Application))).

-spec set_env(atom(), atom(), term(), list() | timeout()) -> ok.
set_env(Application, Name, Value, _) -> set_env(Application, Name, Value).

-spec unset_env(atom(), atom()) -> ok.
unset_env(Application, Name) ->
    _ = persistent_term:erase(?KEY(Application, Name)),
    persistent_term:put(?NAMES(Application), ordsets:del_element(Name, names(Application))).

-spec unset_env(atom(), atom(), list() | timeout()) -> ok.
unset_env(Application, Name, _) -> unset_env(Application, Name).

-spec get_all_env() -> [].
get_all_env() -> [].

-spec get_all_env(atom()) -> [{atom(), term()}].
get_all_env(Application) ->
    [{Name, Value} || Name <- names(Application), {ok, Value} <- [get_env(Application, Name)]].

names(Application) -> persistent_term:get(?NAMES(Application), []).

%%% What is there to know of applications.

-spec get_application() -> undefined.
get_application() -> undefined.

-spec get_application(pid() | module()) -> undefined.
get_application(_) -> undefined.

-spec get_key(atom()) -> undefined.
get_key(_) -> undefined.

-spec get_key(atom(), atom()) -> undefined | {ok, term()}.
get_key(_, _) -> undefined.

-spec get_all_key() -> [].
get_all_key() -> [].

-spec get_all_key(atom()) -> undefined.
get_all_key(_) -> undefined.

-spec get_supervisor(atom()) -> undefined.
get_supervisor(_) -> undefined.

-spec start_type() -> undefined.
start_type() -> undefined.

-spec loaded_applications() -> [{atom(), string(), string()}].
loaded_applications() -> which_applications().

-spec which_applications() -> [{atom(), string(), string()}].
which_applications() -> [{stdlib, "", ""}, {kernel, "", ""}].

-spec which_applications(timeout()) -> [{atom(), string(), string()}].
which_applications(_) -> which_applications().

-spec info() -> [].
info() -> [].

-spec is_running(atom()) -> boolean().
is_running(Application) -> lists:keymember(Application, 1, which_applications()).

%%% Starting and stopping.

-spec load(term()) -> ok | {error, term()}.
load(Application) when is_atom(Application) ->
    case is_running(Application) of
        true -> {error, {already_loaded, Application}};
        false -> missing(Application)
    end;
load({application, Application, Properties}) ->
    set_env([{Application, proplists:get_value(env, Properties, [])}]).

-spec load(term(), term()) -> ok | {error, term()}.
load(Application, _) -> load(Application).

-spec unload(atom()) -> {error, term()}.
unload(Application) -> {error, {not_loaded, Application}}.

-spec start(atom()) -> {error, term()}.
start(Application) ->
    case is_running(Application) of
        true -> {error, {already_started, Application}};
        false -> missing(Application)
    end.

-spec start(atom(), term()) -> {error, term()}.
start(Application, _) -> start(Application).

-spec stop(atom()) -> {error, term()}.
stop(Application) -> {error, {not_started, Application}}.

-spec ensure_started(atom()) -> ok | {error, term()}.
ensure_started(Application) ->
    case start(Application) of
        {error, {already_started, Application}} -> ok;
        Error -> Error
    end.

-spec ensure_started(atom(), term()) -> ok | {error, term()}.
ensure_started(Application, _) -> ensure_started(Application).

-spec ensure_all_started(atom() | [atom()]) -> {ok, []} | {error, {atom(), term()}}.
ensure_all_started(Applications) when is_list(Applications) ->
    case [{Application, Why} || Application <- Applications, {error, Why} <- [ensure_started(Application)]] of
        [] -> {ok, []};
        [First | _] -> {error, First}
    end;
ensure_all_started(Application) -> ensure_all_started([Application]).

-spec ensure_all_started(atom() | [atom()], term()) -> {ok, []} | {error, {atom(), term()}}.
ensure_all_started(Applications, _) -> ensure_all_started(Applications).

%% What OTP says of an application whose .app file is not to be found.
missing(Application) -> {error, {"no such file or directory", atom_to_list(Application) ++ ".app"}}.

%% The operating system, of which a machine sees nothing: an environment of its own, and constants.
%% The clocks are natives of the machine.
-module(os).
-export([getenv/0, getenv/1, getenv/2, putenv/2, unsetenv/1, env/0, type/0, version/0, getpid/0]).
-export([find_executable/1, find_executable/2, cmd/1, cmd/2, set_signal/2, perf_counter/1]).

-define(ENVIRONMENT, {?MODULE, environment}).

-spec env() -> [{string(), string()}].
env() -> maps:to_list(environment()).

environment() -> persistent_term:get(?ENVIRONMENT, #{}).

-spec getenv() -> [string()].
getenv() -> [Name ++ [$= | Value] || {Name, Value} <- env()].

-spec getenv(string()) -> string() | false.
getenv(Name) -> getenv(Name, false).

-spec getenv(string(), Default) -> string() | Default.
getenv(Name, Default) when is_list(Name) -> maps:get(Name, environment(), Default).

-spec putenv(string(), string()) -> true.
putenv([_ | _] = Name, Value) when is_list(Value) ->
    ok = persistent_term:put(?ENVIRONMENT, (environment())#{Name => Value}),
    true.

-spec unsetenv(string()) -> true.
unsetenv(Name) when is_list(Name) ->
    ok = persistent_term:put(?ENVIRONMENT, maps:remove(Name, environment())),
    true.

-spec type() -> {unix, lam}.
type() -> {unix, lam}.

-spec version() -> {non_neg_integer(), non_neg_integer(), non_neg_integer()}.
version() -> {1, 0, 0}.

-spec getpid() -> string().
getpid() -> "1".

-spec find_executable(string()) -> false.
find_executable(_) -> false.

-spec find_executable(string(), string()) -> false.
find_executable(_, _) -> false.

-spec cmd(term()) -> no_return().
cmd(Command) -> error(notsup, [Command]).

-spec cmd(term(), map()) -> no_return().
cmd(Command, Options) -> error(notsup, [Command, Options]).

-spec set_signal(atom(), default | handle | ignore) -> ok.
set_signal(_, _) -> ok.

-spec perf_counter(erlang:time_unit()) -> integer().
perf_counter(Unit) -> erlang:convert_time_unit(os:perf_counter(), perf_counter, Unit).

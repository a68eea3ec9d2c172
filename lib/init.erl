%% What programs ask of `init`: arguments, and the end of the machine. There is no boot script.
-module(init).
-export([get_argument/1, get_arguments/0, get_plain_arguments/0, set_plain_arguments/1]).
-export([stop/0, stop/1, restart/0, reboot/0, get_status/0, script_id/0, notify_when_started/1]).
-export([ensure_loaded/1, archive_extension/0, code_path_choice/0, wait_until_started/0]).

-define(ARGUMENTS, {?MODULE, plain_arguments}).

-spec get_argument(atom()) -> error.
get_argument(_) -> error.

-spec get_arguments() -> [].
get_arguments() -> [].

-spec get_plain_arguments() -> [string()].
get_plain_arguments() -> persistent_term:get(?ARGUMENTS, []).

%% For lam_boot only.
-spec set_plain_arguments([string()]) -> ok.
set_plain_arguments(Arguments) -> persistent_term:put(?ARGUMENTS, Arguments).

-spec stop() -> no_return().
stop() -> stop(0).

-spec stop(integer() | string()) -> no_return().
stop(Status) -> erlang:halt(Status).

-spec restart() -> no_return().
restart() -> stop(0).

-spec reboot() -> no_return().
reboot() -> stop(0).

-spec get_status() -> {started, started}.
get_status() -> {started, started}.

-spec script_id() -> {string(), string()}.
script_id() -> {"lam", "1"}.

-spec notify_when_started(pid()) -> started.
notify_when_started(_) -> started.

-spec wait_until_started() -> ok.
wait_until_started() -> ok.

-spec ensure_loaded(module()) -> {module, module()} | {error, nofile}.
ensure_loaded(Module) -> code:ensure_loaded(Module).

-spec archive_extension() -> string().
archive_extension() -> ".ez".

-spec code_path_choice() -> strict.
code_path_choice() -> strict.

%% The logger without its processes: the caller writes the event to standard error.
%%
%% Events below the primary level are dropped; handlers, filters and formatters can not be added.
%% A report is shown by its own report_cb, as OTP's logger does it.
-module(logger).
-export([emergency/1, emergency/2, emergency/3, alert/1, alert/2, alert/3, critical/1, critical/2, critical/3]).
-export([error/1, error/2, error/3, warning/1, warning/2, warning/3, notice/1, notice/2, notice/3]).
-export([info/1, info/2, info/3, debug/1, debug/2, debug/3, log/2, log/3, log/4]).
-export([allow/2, macro_log/3, macro_log/4, macro_log/5]).
-export([compare_levels/2, timestamp/0, format_report/1, format_otp_report/1]).
-export([get_primary_config/0, set_primary_config/1, set_primary_config/2, update_primary_config/1]).
-export([get_handler_config/0, get_handler_config/1, get_handler_ids/0, add_handler/3, remove_handler/1, set_handler_config/2, set_handler_config/3]).
-export([add_primary_filter/2, remove_primary_filter/1, add_handler_filter/3, remove_handler_filter/2]).
-export([set_module_level/2, get_module_level/0, get_module_level/1, unset_module_level/0, unset_module_level/1]).
-export([set_process_metadata/1, update_process_metadata/1, get_process_metadata/0, unset_process_metadata/0]).
-export([get_config/0, add_handlers/1]).
-compile({no_auto_import, [error/1, error/2, error/3]}).

-define(LEVEL, {?MODULE, primary_level}).
-define(METADATA, '$logger_metadata$').

-type level() :: emergency | alert | critical | error | warning | notice | info | debug.
-type message() :: string() | map() | [{term(), term()}].

emergency(Message) -> log(emergency, Message).
emergency(Format, Args) -> log(emergency, Format, Args).
emergency(Format, Args, Meta) -> log(emergency, Format, Args, Meta).
alert(Message) -> log(alert, Message).
alert(Format, Args) -> log(alert, Format, Args).
alert(Format, Args, Meta) -> log(alert, Format, Args, Meta).
critical(Message) -> log(critical, Message).
critical(Format, Args) -> log(critical, Format, Args).
critical(Format, Args, Meta) -> log(critical, Format, Args, Meta).
error(Message) -> log(error, Message).
error(Format, Args) -> log(error, Format, Args).
error(Format, Args, Meta) -> log(error, Format, Args, Meta).
warning(Message) -> log(warning, Message).
warning(Format, Args) -> log(warning, Format, Args).
warning(Format, Args, Meta) -> log(warning, Format, Args, Meta).
notice(Message) -> log(notice, Message).
notice(Format, Args) -> log(notice, Format, Args).
notice(Format, Args, Meta) -> log(notice, Format, Args, Meta).
info(Message) -> log(info, Message).
info(Format, Args) -> log(info, Format, Args).
info(Format, Args, Meta) -> log(info, Format, Args, Meta).
debug(Message) -> log(debug, Message).
debug(Format, Args) -> log(debug, Format, Args).
debug(Format, Args, Meta) -> log(debug, Format, Args, Meta).

-spec log(level(), message()) -> ok.
log(Level, Message) -> log(Level, Message, #{}).

%% The last argument is the arguments of a format, or metadata.
-spec log(level(), term(), term()) -> ok.
log(Level, Message, Meta) when is_map(Meta), not is_function(Message) -> event(Level, Message, Meta);
log(Level, Format, Args) -> log(Level, Format, Args, #{}).

-spec log(level(), term(), term(), map()) -> ok.
log(Level, Make, Argument, Meta) when is_function(Make, 1) ->
    case allow(Level, ?MODULE) of
        true -> made(Level, Make(Argument), Meta);
        false -> ok
    end;
log(Level, Format, Args, Meta) -> event(Level, {Format, Args}, Meta).

made(_, ignore, _) -> ok;
made(Level, {Message, Meta}, More) when is_map(Meta) -> made(Level, Message, maps:merge(Meta, More));
made(Level, Message, Meta) -> event(Level, Message, Meta).

%% The macros of logger.hrl call these two.
-spec allow(level(), module()) -> boolean().
allow(Level, _Module) -> rank(Level) =< rank(primary_level()).

-spec macro_log(map(), level(), term()) -> ok.
macro_log(Location, Level, Message) -> macro_log(Location, Level, Message, #{}).

-spec macro_log(map(), level(), term(), term()) -> ok.
macro_log(Location, Level, Message, Meta) when is_map(Meta), not is_function(Message) ->
    event(Level, Message, maps:merge(Location, Meta));
macro_log(Location, Level, Format, Args) -> macro_log(Location, Level, Format, Args, #{}).

-spec macro_log(map(), level(), term(), term(), map()) -> ok.
macro_log(Location, Level, Format, Args, Meta) -> log(Level, Format, Args, maps:merge(Location, Meta)).

event(Level, Message, Meta) ->
    case allow(Level, ?MODULE) of
        true -> write(Level, text(Message, Meta));
        false -> ok
    end.

write(Level, Text) ->
    Line = [$[, atom_to_list(Level), "] ", string:trim(Text, trailing, "\n"), $\n],
    case unicode:characters_to_binary(Line) of
        Binary when is_binary(Binary) -> lam:write(stderr, Binary);
        _ -> lam:write(stderr, io_lib:format("[~w] ~w~n", [Level, Text]))
    end,
    ok.

%% A message whose own text cannot be made is shown as a term.
text(Message, Meta) ->
    try chars(Message, Meta)
    catch _:_ -> io_lib:format("~tp", [Message])
    end.

chars({Format, Args}, _) when is_list(Args) -> io_lib:format(Format, Args);
chars(Report, #{report_cb := Show}) when is_function(Show, 1) -> chars(Show(Report), #{});
chars(Report, #{report_cb := Show}) when is_function(Show, 2) ->
    Show(Report, #{depth => unlimited, chars_limit => unlimited, single_line => false});
chars(Report, _) when is_map(Report) -> chars(format_report(Report), #{});
chars([{_, _} | _] = Report, _) -> chars(format_report(Report), #{});
chars(String, _) -> unicode:characters_to_list(String).

%% Format and arguments for a report without report_cb of its own.
-spec format_report(term()) -> {io:format(), [term()]}.
format_report(Report) when is_map(Report) -> format_report(maps:to_list(Report));
format_report([]) -> {"[]", []};
format_report(Report) when is_list(Report) ->
    {Formats, Args} = lists:unzip([format_entry(Entry) || Entry <- Report]),
    {lists:append(lists:join("~n", Formats)), lists:append(Args)};
format_report(Report) -> {"~tp", [Report]}.

format_entry({Key, Value}) ->
    case is_list(Value) andalso Value =/= [] andalso io_lib:printable_unicode_list(Value) of
        true -> {"    ~tp: ~ts", [Key, Value]};
        false -> {"    ~tp: ~tp", [Key, Value]}
    end;
format_entry(Term) -> {"    ~tp", [Term]}.

-spec format_otp_report(map()) -> {io:format(), [term()]}.
format_otp_report(#{label := _, report := Report}) -> format_report(Report);
format_otp_report(Report) -> format_report(Report).

rank(none) -> -1;
rank(emergency) -> 0;
rank(alert) -> 1;
rank(critical) -> 2;
rank(error) -> 3;
rank(warning) -> 4;
rank(notice) -> 5;
rank(info) -> 6;
rank(debug) -> 7;
rank(all) -> 8.

-spec compare_levels(level() | all | none, level() | all | none) -> eq | gt | lt.
compare_levels(Level, Level) -> eq;
compare_levels(A, B) ->
    case rank(A) < rank(B) of
        true -> gt;
        false -> lt
    end.

-spec timestamp() -> integer().
timestamp() -> erlang:system_time(microsecond).

%%% Configuration: only the primary level can be changed.

primary_level() -> persistent_term:get(?LEVEL, notice).

-spec get_primary_config() -> map().
get_primary_config() -> #{level => primary_level(), filter_default => log, filters => [], metadata => #{}}.

-spec set_primary_config(map()) -> ok.
set_primary_config(Config) -> update_primary_config(Config).

-spec set_primary_config(atom(), term()) -> ok.
set_primary_config(Key, Value) -> update_primary_config(#{Key => Value}).

-spec update_primary_config(map()) -> ok.
update_primary_config(#{level := Level}) ->
    _ = rank(Level),
    persistent_term:put(?LEVEL, Level);
update_primary_config(Config) when is_map(Config) -> ok.

-spec get_config() -> map().
get_config() -> #{primary => get_primary_config(), handlers => [], proxy => #{}, module_levels => []}.

-spec get_handler_config() -> [].
get_handler_config() -> [].

-spec get_handler_config(atom()) -> {error, term()}.
get_handler_config(Id) -> {error, {not_found, Id}}.

-spec get_handler_ids() -> [].
get_handler_ids() -> [].

-spec add_handler(atom(), module(), map()) -> {error, term()}.
add_handler(_, _, _) -> {error, enotsup}.

-spec add_handlers(term()) -> {error, term()}.
add_handlers(_) -> {error, enotsup}.

-spec remove_handler(atom()) -> ok | {error, term()}.
remove_handler(default) -> ok;
remove_handler(Id) -> {error, {not_found, Id}}.

-spec set_handler_config(atom(), map()) -> ok.
set_handler_config(_, _) -> ok.

-spec set_handler_config(atom(), atom(), term()) -> ok.
set_handler_config(_, _, _) -> ok.

-spec add_primary_filter(atom(), term()) -> {error, term()}.
add_primary_filter(_, _) -> {error, enotsup}.

-spec remove_primary_filter(atom()) -> {error, term()}.
remove_primary_filter(Id) -> {error, {not_found, Id}}.

-spec add_handler_filter(atom(), atom(), term()) -> {error, term()}.
add_handler_filter(_, _, _) -> {error, enotsup}.

-spec remove_handler_filter(atom(), atom()) -> {error, term()}.
remove_handler_filter(_, Id) -> {error, {not_found, Id}}.

-spec set_module_level(module() | [module()], level() | all | none) -> ok.
set_module_level(_, _) -> ok.

-spec get_module_level() -> [].
get_module_level() -> [].

-spec get_module_level(module() | [module()]) -> [].
get_module_level(_) -> [].

-spec unset_module_level() -> ok.
unset_module_level() -> ok.

-spec unset_module_level(module() | [module()]) -> ok.
unset_module_level(_) -> ok.

%%% Metadata of the process.

-spec set_process_metadata(map()) -> ok.
set_process_metadata(Meta) when is_map(Meta) ->
    _ = put(?METADATA, Meta),
    ok.

-spec update_process_metadata(map()) -> ok.
update_process_metadata(Meta) when is_map(Meta) ->
    case get_process_metadata() of
        undefined -> set_process_metadata(Meta);
        Old -> set_process_metadata(maps:merge(Old, Meta))
    end.

-spec get_process_metadata() -> map() | undefined.
get_process_metadata() -> get(?METADATA).

-spec unset_process_metadata() -> ok.
unset_process_metadata() ->
    _ = erase(?METADATA),
    ok.

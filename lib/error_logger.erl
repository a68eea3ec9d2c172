%% The old logging functions, handed on to `logger`.
-module(error_logger).
-export([error_msg/1, error_msg/2, format/2, error_report/1, error_report/2]).
-export([warning_msg/1, warning_msg/2, warning_report/1, warning_report/2, warning_map/0]).
-export([info_msg/1, info_msg/2, info_report/1, info_report/2]).
-export([get_format_depth/0, limit_term/1, logfile/1, tty/1]).
-export([add_report_handler/1, add_report_handler/2, delete_report_handler/1, which_report_handlers/0]).

error_msg(Format) -> error_msg(Format, []).
error_msg(Format, Args) -> logger:log(error, Format, Args).

format(Format, Args) -> error_msg(Format, Args).

error_report(Report) -> error_report(std_error, Report).
error_report(_Type, Report) -> report(error, Report).

warning_msg(Format) -> warning_msg(Format, []).
warning_msg(Format, Args) -> logger:log(warning, Format, Args).

warning_report(Report) -> warning_report(std_warning, Report).
warning_report(_Type, Report) -> report(warning, Report).

warning_map() -> warning.

info_msg(Format) -> info_msg(Format, []).
info_msg(Format, Args) -> logger:log(notice, Format, Args).

info_report(Report) -> info_report(std_info, Report).
info_report(_Type, Report) -> report(notice, Report).

report(Level, Report) ->
    {Format, Args} = logger:format_report(Report),
    logger:log(Level, Format, Args).

-spec get_format_depth() -> unlimited.
get_format_depth() -> unlimited.

-spec limit_term(Term) -> Term.
limit_term(Term) -> Term.

-spec logfile(term()) -> {error, term()}.
logfile(_) -> {error, no_log_file}.

-spec tty(boolean()) -> ok.
tty(_) -> ok.

-spec add_report_handler(module()) -> {error, enotsup}.
add_report_handler(_) -> {error, enotsup}.

-spec add_report_handler(module(), term()) -> {error, enotsup}.
add_report_handler(_, _) -> {error, enotsup}.

-spec delete_report_handler(module()) -> {error, module_not_found}.
delete_report_handler(_) -> {error, module_not_found}.

-spec which_report_handlers() -> [].
which_report_handlers() -> [].

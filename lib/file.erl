%% Files, of which there are none: every operation answers {error, enotsup}.
-module(file).
-export([native_name_encoding/0, format_error/1]).
-export([change_group/2, change_mode/2, change_owner/2, change_owner/3, change_time/2, change_time/3, consult/1]).
-export([copy/2, copy/3, del_dir_r/1, delete/2, eval/1, eval/2, path_consult/2, path_eval/2, path_open/3]).
-export([path_script/2, path_script/3, pid2name/1, raw_read_file_info/1, raw_write_file_info/2, script/1]).
-export([script/2, sendfile/2, sendfile/5, write_file/3]).
-include("no_files.hrl").

%% Names of files are UTF-8.
-spec native_name_encoding() -> utf8.
native_name_encoding() -> utf8.

-spec format_error(term()) -> string().
format_error(enotsup) -> "operation not supported";
format_error(badarg) -> "bad argument";
format_error(Reason) -> lists:flatten(io_lib:format("~tp", [Reason])).

%% Nothing else is supported.
change_group(_, _) -> {error, enotsup}.
change_mode(_, _) -> {error, enotsup}.
change_owner(_, _) -> {error, enotsup}.
change_owner(_, _, _) -> {error, enotsup}.
change_time(_, _) -> {error, enotsup}.
change_time(_, _, _) -> {error, enotsup}.
consult(_) -> {error, enotsup}.
copy(_, _) -> {error, enotsup}.
copy(_, _, _) -> {error, enotsup}.
del_dir_r(_) -> {error, enotsup}.
delete(_, _) -> {error, enotsup}.
eval(_) -> {error, enotsup}.
eval(_, _) -> {error, enotsup}.
path_consult(_, _) -> {error, enotsup}.
path_eval(_, _) -> {error, enotsup}.
path_open(_, _, _) -> {error, enotsup}.
path_script(_, _) -> {error, enotsup}.
path_script(_, _, _) -> {error, enotsup}.
pid2name(_) -> {error, enotsup}.
raw_read_file_info(_) -> {error, enotsup}.
raw_write_file_info(_, _) -> {error, enotsup}.
script(_) -> {error, enotsup}.
script(_, _) -> {error, enotsup}.
sendfile(_, _) -> {error, enotsup}.
sendfile(_, _, _, _, _) -> {error, enotsup}.
write_file(_, _, _) -> {error, enotsup}.

%% Files, of which there are none: every operation answers {error, enotsup}.
-module(file).
-export([native_name_encoding/0, format_error/1, advise/4, allocate/3, altname/1, change_group/2, change_mode/2]).
-export([change_owner/2, change_owner/3, change_time/2, change_time/3, close/1, consult/1, copy/2, copy/3]).
-export([datasync/1, del_dir/1, del_dir_r/1, delete/1, delete/2, eval/1, eval/2, get_cwd/0, get_cwd/1, list_dir/1]).
-export([list_dir_all/1, make_dir/1, make_link/2, make_symlink/2, open/2, path_consult/2, path_eval/2, path_open/3]).
-export([path_script/2, path_script/3, pid2name/1, position/2, pread/2, pread/3, pwrite/2, pwrite/3]).
-export([raw_read_file_info/1, raw_write_file_info/2, read/2, read_file/1, read_file_info/1, read_file_info/2]).
-export([read_line/1, read_link/1, read_link_all/1, read_link_info/1, read_link_info/2, rename/2, script/1]).
-export([script/2, sendfile/2, sendfile/5, set_cwd/1, sync/1, truncate/1, write/2, write_file/2, write_file/3]).
-export([write_file_info/2, write_file_info/3]).

%% Names of files are UTF-8.
-spec native_name_encoding() -> utf8.
native_name_encoding() -> utf8.

-spec format_error(term()) -> string().
format_error(enotsup) -> "operation not supported";
format_error(badarg) -> "bad argument";
format_error(Reason) -> lists:flatten(io_lib:format("~tp", [Reason])).

%% Nothing else is supported.
advise(_, _, _, _) -> {error, enotsup}.
allocate(_, _, _) -> {error, enotsup}.
altname(_) -> {error, enotsup}.
change_group(_, _) -> {error, enotsup}.
change_mode(_, _) -> {error, enotsup}.
change_owner(_, _) -> {error, enotsup}.
change_owner(_, _, _) -> {error, enotsup}.
change_time(_, _) -> {error, enotsup}.
change_time(_, _, _) -> {error, enotsup}.
close(_) -> {error, enotsup}.
consult(_) -> {error, enotsup}.
copy(_, _) -> {error, enotsup}.
copy(_, _, _) -> {error, enotsup}.
datasync(_) -> {error, enotsup}.
del_dir(_) -> {error, enotsup}.
del_dir_r(_) -> {error, enotsup}.
delete(_) -> {error, enotsup}.
delete(_, _) -> {error, enotsup}.
eval(_) -> {error, enotsup}.
eval(_, _) -> {error, enotsup}.
get_cwd() -> {error, enotsup}.
get_cwd(_) -> {error, enotsup}.
list_dir(_) -> {error, enotsup}.
list_dir_all(_) -> {error, enotsup}.
make_dir(_) -> {error, enotsup}.
make_link(_, _) -> {error, enotsup}.
make_symlink(_, _) -> {error, enotsup}.
open(_, _) -> {error, enotsup}.
path_consult(_, _) -> {error, enotsup}.
path_eval(_, _) -> {error, enotsup}.
path_open(_, _, _) -> {error, enotsup}.
path_script(_, _) -> {error, enotsup}.
path_script(_, _, _) -> {error, enotsup}.
pid2name(_) -> {error, enotsup}.
position(_, _) -> {error, enotsup}.
pread(_, _) -> {error, enotsup}.
pread(_, _, _) -> {error, enotsup}.
pwrite(_, _) -> {error, enotsup}.
pwrite(_, _, _) -> {error, enotsup}.
raw_read_file_info(_) -> {error, enotsup}.
raw_write_file_info(_, _) -> {error, enotsup}.
read(_, _) -> {error, enotsup}.
read_file(_) -> {error, enotsup}.
read_file_info(_) -> {error, enotsup}.
read_file_info(_, _) -> {error, enotsup}.
read_line(_) -> {error, enotsup}.
read_link(_) -> {error, enotsup}.
read_link_all(_) -> {error, enotsup}.
read_link_info(_) -> {error, enotsup}.
read_link_info(_, _) -> {error, enotsup}.
rename(_, _) -> {error, enotsup}.
script(_) -> {error, enotsup}.
script(_, _) -> {error, enotsup}.
sendfile(_, _) -> {error, enotsup}.
sendfile(_, _, _, _, _) -> {error, enotsup}.
set_cwd(_) -> {error, enotsup}.
sync(_) -> {error, enotsup}.
truncate(_) -> {error, enotsup}.
write(_, _) -> {error, enotsup}.
write_file(_, _) -> {error, enotsup}.
write_file(_, _, _) -> {error, enotsup}.
write_file_info(_, _) -> {error, enotsup}.
write_file_info(_, _, _) -> {error, enotsup}.

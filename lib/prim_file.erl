%% Files below the file module, of which there are none either.
-module(prim_file).
-export([internal_name2native/1, internal_native2name/1, internal_normalize_utf8/1, is_translatable/1, altname/1]).
-export([advise/4, allocate/3, close/1, datasync/1, del_dir/1, delete/1, get_cwd/0, get_cwd/1, list_dir/1]).
-export([list_dir_all/1, make_dir/1, make_link/2, make_symlink/2, open/2, position/2, pread/2, pread/3, pwrite/2]).
-export([pwrite/3, read/2, read_file/1, read_file_info/1, read_file_info/2, read_handle_info/1, read_line/1]).
-export([read_link/1, read_link_all/1, read_link_info/1, read_link_info/2, rename/2, sendfile/8, set_cwd/1, sync/1]).
-export([truncate/1, write/2, write_file/2, write_file_info/2, write_file_info/3]).

%% Names are UTF-8 binaries without, and lists of characters within the machine.
-spec internal_name2native(string() | binary()) -> binary().
internal_name2native(Name) -> unicode:characters_to_binary([Name, 0]).

-spec internal_native2name(binary()) -> string().
internal_native2name(Name) -> unicode:characters_to_list(Name).

-spec internal_normalize_utf8(binary()) -> string().
internal_normalize_utf8(Name) -> unicode:characters_to_nfc_list(Name).

-spec is_translatable(binary()) -> boolean().
is_translatable(Name) -> is_list(unicode:characters_to_list(Name)).

%% Nothing else is supported.
altname(_) -> {error, enotsup}.
advise(_, _, _, _) -> {error, enotsup}.
allocate(_, _, _) -> {error, enotsup}.
close(_) -> {error, enotsup}.
datasync(_) -> {error, enotsup}.
del_dir(_) -> {error, enotsup}.
delete(_) -> {error, enotsup}.
get_cwd() -> {error, enotsup}.
get_cwd(_) -> {error, enotsup}.
list_dir(_) -> {error, enotsup}.
list_dir_all(_) -> {error, enotsup}.
make_dir(_) -> {error, enotsup}.
make_link(_, _) -> {error, enotsup}.
make_symlink(_, _) -> {error, enotsup}.
open(_, _) -> {error, enotsup}.
position(_, _) -> {error, enotsup}.
pread(_, _) -> {error, enotsup}.
pread(_, _, _) -> {error, enotsup}.
pwrite(_, _) -> {error, enotsup}.
pwrite(_, _, _) -> {error, enotsup}.
read(_, _) -> {error, enotsup}.
read_file(_) -> {error, enotsup}.
read_file_info(_) -> {error, enotsup}.
read_file_info(_, _) -> {error, enotsup}.
read_handle_info(_) -> {error, enotsup}.
read_line(_) -> {error, enotsup}.
read_link(_) -> {error, enotsup}.
read_link_all(_) -> {error, enotsup}.
read_link_info(_) -> {error, enotsup}.
read_link_info(_, _) -> {error, enotsup}.
rename(_, _) -> {error, enotsup}.
sendfile(_, _, _, _, _, _, _, _) -> {error, enotsup}.
set_cwd(_) -> {error, enotsup}.
sync(_) -> {error, enotsup}.
truncate(_) -> {error, enotsup}.
write(_, _) -> {error, enotsup}.
write_file(_, _) -> {error, enotsup}.
write_file_info(_, _) -> {error, enotsup}.
write_file_info(_, _, _) -> {error, enotsup}.

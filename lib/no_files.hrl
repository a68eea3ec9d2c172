%% What file and prim_file have in common: operations on files, of which there are none.
-export([advise/4, allocate/3, altname/1, close/1, datasync/1, del_dir/1, delete/1, get_cwd/0, get_cwd/1]).
-export([list_dir/1, list_dir_all/1, make_dir/1, make_link/2, make_symlink/2, open/2, position/2, pread/2]).
-export([pread/3, pwrite/2, pwrite/3, read/2, read_file/1, read_file_info/1, read_file_info/2, read_line/1]).
-export([read_link/1, read_link_all/1, read_link_info/1, read_link_info/2, rename/2, set_cwd/1, sync/1]).
-export([truncate/1, write/2, write_file/2, write_file_info/2, write_file_info/3]).

advise(_, _, _, _) -> {error, enotsup}.
allocate(_, _, _) -> {error, enotsup}.
altname(_) -> {error, enotsup}.
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
read_line(_) -> {error, enotsup}.
read_link(_) -> {error, enotsup}.
read_link_all(_) -> {error, enotsup}.
read_link_info(_) -> {error, enotsup}.
read_link_info(_, _) -> {error, enotsup}.
rename(_, _) -> {error, enotsup}.
set_cwd(_) -> {error, enotsup}.
sync(_) -> {error, enotsup}.
truncate(_) -> {error, enotsup}.
write(_, _) -> {error, enotsup}.
write_file(_, _) -> {error, enotsup}.
write_file_info(_, _) -> {error, enotsup}.
write_file_info(_, _, _) -> {error, enotsup}.

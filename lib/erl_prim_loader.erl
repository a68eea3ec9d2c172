%% The loader of code before there are files: there is nothing to load from.
-module(erl_prim_loader).
-export([get_path/0, get_file/1, get_cwd/0, get_cwd/1, get_modules/2, get_modules/3, start/0, is_basename/1]).
-export([list_dir/1, read_file_info/1, read_link_info/1, set_path/1]).

-spec start() -> {error, enotsup}.
start() -> {error, enotsup}.

-spec get_path() -> {ok, []}.
get_path() -> {ok, []}.

-spec get_file(string()) -> error.
get_file(_) -> error.

-spec get_cwd() -> error.
get_cwd() -> error.

-spec get_cwd(string()) -> error.
get_cwd(_) -> error.

-spec get_modules([module()], fun()) -> {ok, {[], [{module(), nofile}]}}.
get_modules(Modules, _) -> {ok, {[], [{Module, nofile} || Module <- Modules]}}.

-spec get_modules([module()], fun(), [string()]) -> {ok, {[], [{module(), nofile}]}}.
get_modules(Modules, Process, _) -> get_modules(Modules, Process).

-spec is_basename(string()) -> boolean().
is_basename(Name) -> not lists:member($/, Name).

%% Nothing else is supported.
list_dir(_) -> {error, enotsup}.
read_file_info(_) -> {error, enotsup}.
read_link_info(_) -> {error, enotsup}.
set_path(_) -> {error, enotsup}.

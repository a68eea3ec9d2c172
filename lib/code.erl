%% The code server's functions where every module is in the image or is found at its first call.
%% There are no paths to change; loading a module by hand is for the host.
-module(code).
-export([ensure_loaded/1, ensure_modules_loaded/1, load_file/1, load_abs/1, load_binary/3, is_loaded/1, all_loaded/0]).
-export([which/1, is_sticky/1, is_module_native/1, get_object_code/1, get_doc/1, where_is_file/1, get_mode/0]).
-export([root_dir/0, lib_dir/0, lib_dir/1, lib_dir/2, priv_dir/1, compiler_dir/0, objfile_extension/0]).
-export([get_path/0, set_path/1, add_path/1, add_patha/1, add_pathz/1, add_paths/1, add_pathsa/1, add_pathsz/1, del_path/1, del_paths/1]).
-export([purge/1, soft_purge/1, delete/1, stick_mod/1, unstick_mod/1, stick_dir/1, unstick_dir/1]).
-export([all_available/0, module_status/0, module_status/1, modified_modules/0, clash/0]).

%% A module is loaded by the first call into it, so such a call is made.
-spec ensure_loaded(module()) -> {module, module()} | {error, nofile}.
ensure_loaded(Module) when is_atom(Module) ->
    case erlang:module_loaded(Module) of
        true -> {module, Module};
        false ->
            try Module:module_info(module) of
                _ -> {module, Module}
            catch
                error:undef -> {error, nofile}
            end
    end.

-spec ensure_modules_loaded([module()]) -> ok | {error, [{module(), nofile}]}.
ensure_modules_loaded(Modules) ->
    case [{Module, Why} || Module <- Modules, {error, Why} <- [ensure_loaded(Module)]] of
        [] -> ok;
        Missing -> {error, Missing}
    end.

-spec load_file(module()) -> {module, module()} | {error, nofile}.
load_file(Module) -> ensure_loaded(Module).

-spec load_abs(file:filename()) -> {error, nofile}.
load_abs(_) -> {error, nofile}.

-spec load_binary(module(), file:filename(), binary()) -> {error, badfile}.
load_binary(_, _, _) -> {error, badfile}.

-spec is_loaded(module()) -> {file, preloaded} | false.
is_loaded(Module) ->
    case erlang:module_loaded(Module) of
        true -> {file, preloaded};
        false -> false
    end.

-spec all_loaded() -> [].
all_loaded() -> [].

-spec which(module()) -> preloaded | non_existing.
which(Module) ->
    case ensure_loaded(Module) of
        {module, Module} -> preloaded;
        {error, nofile} -> non_existing
    end.

-spec is_sticky(module()) -> false.
is_sticky(_) -> false.

-spec is_module_native(module()) -> false | undefined.
is_module_native(Module) ->
    case erlang:module_loaded(Module) of
        true -> false;
        false -> undefined
    end.

-spec get_object_code(module()) -> error.
get_object_code(_) -> error.

-spec get_doc(module()) -> {error, missing}.
get_doc(_) -> {error, missing}.

-spec where_is_file(file:filename()) -> non_existing.
where_is_file(_) -> non_existing.

-spec get_mode() -> embedded.
get_mode() -> embedded.

-spec root_dir() -> file:filename().
root_dir() -> "/".

-spec lib_dir() -> file:filename().
lib_dir() -> "/lib".

-spec lib_dir(atom()) -> {error, bad_name}.
lib_dir(_) -> {error, bad_name}.

-spec lib_dir(atom(), atom()) -> {error, bad_name}.
lib_dir(_, _) -> {error, bad_name}.

-spec priv_dir(atom()) -> {error, bad_name}.
priv_dir(_) -> {error, bad_name}.

-spec compiler_dir() -> {error, bad_name}.
compiler_dir() -> {error, bad_name}.

-spec objfile_extension() -> string().
objfile_extension() -> ".beam".

-spec get_path() -> [].
get_path() -> [].

-spec set_path([file:filename()]) -> true.
set_path(_) -> true.

-spec add_path(file:filename()) -> {error, bad_directory}.
add_path(_) -> {error, bad_directory}.

-spec add_patha(file:filename()) -> {error, bad_directory}.
add_patha(_) -> {error, bad_directory}.

-spec add_pathz(file:filename()) -> {error, bad_directory}.
add_pathz(_) -> {error, bad_directory}.

-spec add_paths([file:filename()]) -> ok.
add_paths(_) -> ok.

-spec add_pathsa([file:filename()]) -> ok.
add_pathsa(_) -> ok.

-spec add_pathsz([file:filename()]) -> ok.
add_pathsz(_) -> ok.

-spec del_path(file:filename()) -> false.
del_path(_) -> false.

-spec del_paths([file:filename()]) -> ok.
del_paths(_) -> ok.

-spec purge(module()) -> false.
purge(_) -> false.

-spec soft_purge(module()) -> true.
soft_purge(_) -> true.

-spec delete(module()) -> false.
delete(_) -> false.

-spec stick_mod(module()) -> true.
stick_mod(_) -> true.

-spec unstick_mod(module()) -> true.
unstick_mod(_) -> true.

-spec stick_dir(file:filename()) -> error.
stick_dir(_) -> error.

-spec unstick_dir(file:filename()) -> error.
unstick_dir(_) -> error.

-spec all_available() -> [].
all_available() -> [].

-spec module_status() -> [].
module_status() -> [].

-spec module_status(module()) -> loaded | not_loaded.
module_status(Module) ->
    case erlang:module_loaded(Module) of
        true -> loaded;
        false -> not_loaded
    end.

-spec modified_modules() -> [].
modified_modules() -> [].

-spec clash() -> ok.
clash() -> ok.

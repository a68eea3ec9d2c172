%% Files below the file module, of which there are none either.
-module(prim_file).
-export([internal_name2native/1, internal_native2name/1, internal_normalize_utf8/1, is_translatable/1]).
-export([read_handle_info/1, sendfile/8]).
-include("no_files.hrl").

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
read_handle_info(_) -> {error, enotsup}.
sendfile(_, _, _, _, _, _, _, _) -> {error, enotsup}.

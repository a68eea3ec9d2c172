%% UTF-8, UTF-16 and UTF-32 segments: building, matching, what is refused, conversions.
-module(bin_utf).
-export([main/0]).

main() ->
    ok = io:setopts([{encoding, unicode}]),
    Points = [0, $a, 127, 128, 233, 2047, 2048, 8364, 16#d7ff, 16#e000, 16#ffff, 16#10000, 128512, 16#10ffff],
    [io:format("~w ~w ~w ~w ~w~n", [P, <<P/utf8>>, <<P/utf16>>, <<P/utf16-little>>, <<P/utf32>>]) || P <- Points],
    io:format("~w~n", [[read8(<<P/utf8>>) =:= [P] || P <- Points]]),
    io:format("~w~n", [[read16(<<P/utf16>>) =:= [P] || P <- Points]]),
    io:format("~w~n", [[read32(<<P/utf32-little>>) =:= [P] || P <- Points]]),
    Bad = [<<128>>, <<192, 128>>, <<224, 128, 128>>, <<237, 160, 128>>, <<244, 144, 128, 128>>, <<255>>,
           <<226, 130>>, <<240, 159, 152>>, <<$a, 195>>],
    [io:format("~w ~w~n", [B, read8(B)]) || B <- Bad],
    [io:format("~w ~w~n", [B, read16(B)]) || B <- [<<16#d800:16>>, <<16#dc00:16>>, <<16#d83d:16, $a:16>>, <<1>>]],
    [io:format("~w ~w~n", [B, read32(B)]) || B <- [<<16#d800:32/little>>, <<16#110000:32/little>>, <<1, 2>>]],
    Text = "na\x{ef}ve \x{4e16}\x{754c} \x{1f600}",
    Encoded = unicode:characters_to_binary(Text),
    io:format("~ts ~w ~w~n", [Encoded, byte_size(Encoded), length(unicode:characters_to_list(Encoded))]),
    io:format("~w~n", [unicode:characters_to_binary(Text, unicode, utf16)]),
    io:format("~w~n", [unicode:characters_to_binary(Text, unicode, {utf32, little})]),
    io:format("~w~n", [unicode:characters_to_list(<<16#feff:16, $h:16, $i:16>>, utf16)]),
    io:format("~w~n", [unicode:characters_to_binary(<<233, 234>>, latin1, utf8)]),
    io:format("~w~n", [unicode:characters_to_binary([233, 8364], unicode, latin1)]),
    io:format("~w~n", [unicode:characters_to_list([<<"a">>, 233, [<<195, 169>>]])]),
    io:format("~w~n", [unicode:characters_to_list(<<"ab", 195>>)]),
    io:format("~w~n", [unicode:characters_to_list(<<"ab", 255, "c">>)]),
    io:format("~w~n", [unicode:characters_to_binary(["x", 16#d800, "y"])]),
    io:format("~w~n", [unicode:bom_to_encoding(<<16#ef, 16#bb, 16#bf, "x">>)]),
    io:format("~w~n", [unicode:encoding_to_bom(utf8)]),
    io:format("~w~n", [case <<"\x{e9}t\x{e9}"/utf8>> of <<"\x{e9}"/utf8, Rest/binary>> -> Rest end]),
    io:format("~w~n", [reverse(<<"\x{3b1}\x{3b2}\x{3b3}"/utf8>>, <<>>)]),
    io:format("~w~n", [catch_reason(16#d900)]),
    io:format("~w~n", [catch_reason(-1)]),
    io:format("~w~n", [catch_reason(x)]).

read8(<<P/utf8, Rest/binary>>) -> [P | read8(Rest)];
read8(<<>>) -> [];
read8(B) -> {invalid, B}.

read16(<<P/utf16, Rest/binary>>) -> [P | read16(Rest)];
read16(<<>>) -> [];
read16(B) -> {invalid, B}.

read32(<<P/utf32-little, Rest/binary>>) -> [P | read32(Rest)];
read32(<<>>) -> [];
read32(B) -> {invalid, B}.

reverse(<<P/utf8, Rest/binary>>, Acc) -> reverse(Rest, <<P/utf8, Acc/binary>>);
reverse(<<>>, Acc) -> unicode:characters_to_list(Acc).

catch_reason(P) ->
    try {<<P/utf8>>, <<P/utf16>>} catch Class:Reason -> {P, Class, Reason} end.

%% Making bitstrings: every segment type, sizes, units, endianness, truncation, failures.
-module(bin_build).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    io:format("~w~n", [<<1, 2, 255, 256, -1>>]),
    io:format("~w~n", [<<(id(1000)):16, (id(1000)):16/little, (id(-2)):16/signed>>]),
    io:format("~w~n", [<<1:1, 0:2, 3:5>>]),
    io:format("~w~n", [<<5:3, 9:7>>]),
    io:format("~w~n", [<<(id(16#123456789abcdef)):60, 7:3>>]),
    io:format("~w~n", [<<(id(1 bsl 100)):104, (id(1 bsl 100)):104/little>>]),
    io:format("~w~n", [<<(id(-(1 bsl 70))):80>>]),
    io:format("~w~n", [<<1.5/float, (id(-0.1)):32/float, (id(2)):64/float>>]),
    io:format("~w~n", [<<(id(1.5)):64/float-little, (id(1.0)):16/float>>]),
    io:format("~w~n", [<<"string", 0, "more"/utf16, $x/utf32>>]),
    io:format("~w~n", [<<(id(8364))/utf8, (id(8364))/utf16, (id(8364))/utf16-little, (id(128512))/utf16, (id(233))/utf8>>]),
    B = id(<<"payload">>),
    io:format("~w~n", [<<(byte_size(B)):32, B/binary>>]),
    io:format("~w~n", [<<B:3/binary, B:2/binary>>]),
    io:format("~w~n", [<<3:3, B/binary>>]),
    Bits = id(<<2#10110:5>>),
    io:format("~w~n", [<<Bits/bitstring, Bits/bitstring, Bits:3/bitstring, 1:2>>]),
    [io:format("~w: ~w~n", [S, <<(id(-1)):S, 0:(8 - S)>>]) || S <- lists:seq(0, 8)],
    [io:format("~w: ~w~n", [U, <<(id(3)):2/unit:8, (id(5)):U/unit:4>>]) || U <- [0, 1, 2, 3]],
    io:format("~w~n", [append_all([<<"a">>, <<"bc">>, <<>>, <<"def">>], <<>>)]),
    io:format("~w~n", [byte_size(grow(1000, <<>>))]),
    Shared = id(<<"base">>),
    io:format("~w~n", [{<<Shared/binary, "1">>, <<Shared/binary, "2">>, Shared}]),
    io:format("~w ~w ~w~n", [byte_size(<<1:9>>), bit_size(<<1:9>>), is_binary(<<1:9>>)]),
    [io:format("~w~n", [failure(F)])
     || F <- [fun() -> <<(id(a))>> end,
              fun() -> <<(id(1.5)):8>> end,
              fun() -> <<1:(id(-1))>> end,
              fun() -> <<1:(id(x))>> end,
              fun() -> <<(id(1))/binary>> end,
              fun() -> <<(id(<<1:3>>))/binary>> end,
              fun() -> <<(id(<<1>>)):2/binary>> end,
              fun() -> <<(id(16#d800))/utf8>> end,
              fun() -> <<(id(16#110000))/utf8>> end,
              fun() -> <<(id(a))/float>> end,
              fun() -> <<(id(1.0)):(id(17))/float>> end]],
    io:format("~w~n", [<< <<(checksum(X)):8>> || X <- [<<1, 2, 3>>, <<255, 255>>, <<>>] >>]),
    io:format("~w~n", [header(1, 443, <<"data">>)]).

append_all([], Acc) -> Acc;
append_all([B | Rest], Acc) -> append_all(Rest, <<Acc/binary, B/binary, $,>>).

grow(0, Acc) -> Acc;
grow(N, Acc) -> grow(N - 1, <<Acc/binary, N:16>>).

checksum(B) -> lists:sum(binary_to_list(B)) band 255.

header(Version, Port, Data) ->
    Length = byte_size(Data),
    <<Version:4, 0:4, Port:16/big, Length:16/little, Data/binary, (erlang:crc32(Data)):32>>.

failure(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

%% Matching bitstrings: sizes from variables, unaligned, signed, little, float, tails, failures.
-module(bin_match).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    <<A, B:16, C:16/little, Rest/binary>> = id(<<1, 2, 3, 4, 5, 6, 7>>),
    io:format("~w ~w ~w ~w~n", [A, B, C, Rest]),
    <<X:3, Y:7, Z:6>> = id(<<16#abcd:16>>),
    io:format("~w ~w ~w~n", [X, Y, Z]),
    <<S:8/signed, T:12/signed, U:4/signed>> = id(<<255, 16#800:12, 7:4>>),
    io:format("~w ~w ~w~n", [S, T, U]),
    <<V:24/signed-little, W:8>> = id(<<1, 2, 200, 9>>),
    io:format("~w ~w~n", [V, W]),
    <<N, Data:N/binary, Tail/binary>> = id(<<3, "abcdef">>),
    io:format("~w ~s ~s~n", [N, Data, Tail]),
    <<F1/float, F2:32/float, F3:64/float-little>> = id(<<1.5/float, 0.25:32/float, -3.75:64/float-little>>),
    io:format("~w ~w ~w~n", [F1, F2, F3]),
    <<Big:100, R:4>> = id(<<16#123456789abcdef0123456789:100, 5:4>>),
    io:format("~w ~w~n", [Big, R]),
    <<_:5, Mid:11/bitstring, End/bitstring>> = id(<<"hello">>),
    io:format("~w ~w~n", [Mid, End]),
    io:format("~w~n", [[kind(M) || M <- [<<>>, <<0>>, <<1, 5, "hello">>, <<1, 5, "hi">>, <<2, 7:16>>, <<2, 7>>,
                                         <<3, 1:1>>, <<"GET /">>, <<"GET">>, <<4, 0, 1>>, atom, [1]]]]),
    io:format("~w~n", [[bits(M) || M <- [<<>>, <<5>>, <<1:3>>, <<200, 1:2>>]]]),
    io:format("~w~n", [varint(<<16#ac, 16#02, 5>>)]),
    io:format("~w~n", [sizes(<<2, 4, 16#ab, 16#cd, 16#ef>>)]),
    io:format("~w~n", [runs(<<0, 0, 0, 1, 1, 0, 2, 2, 2, 2>>)]),
    io:format("~w~n", [words(<<"the quick  brown fox">>)]),
    io:format("~w~n", [find(<<"needle">>, <<"hay needle hay">>, 0)]),
    io:format("~w~n", [find(<<"missing">>, <<"hay needle hay">>, 0)]),
    io:format("~w~n", [nan_does_not_match(<<16#7ff8000000000000:64>>)]),
    io:format("~w~n", [nan_does_not_match(<<2.0/float>>)]),
    [io:format("~w~n", [failure(G)])
     || G <- [fun() -> <<Q:16>> = id(<<1>>), Q end,
              fun() -> <<Q>> = id(not_binary), Q end,
              fun() -> Size = id(-1), <<Q:Size, _/binary>> = id(<<1, 2>>), Q end,
              fun() -> Size = id(1 bsl 70), <<Q:Size, _/binary>> = id(<<1, 2>>), Q end,
              fun() -> <<Q/binary>> = id(<<1:7>>), Q end]],
    <<Same:8, Same:8, Other/bits>> = id(<<7, 7, 8, 1:1>>),
    io:format("~w ~w~n", [Same, Other]),
    io:format("~w~n", [case id(<<7, 8>>) of <<P, P>> -> same; <<_, _>> -> different end]).

kind(<<>>) -> empty;
kind(<<0>>) -> zero;
kind(<<1, N, Text:N/binary>>) -> {text, Text};
kind(<<2, N:16>>) -> {number, N};
kind(<<3, Flag:1>>) -> {flag, Flag};
kind(<<"GET ", Path/binary>>) -> {get, Path};
kind(<<4, Rest/binary>>) when byte_size(Rest) > 1 -> {rest, byte_size(Rest)};
kind(B) when is_bitstring(B) -> {unknown, bit_size(B)};
kind(_) -> not_bits.

bits(<<B:1, Rest/bits>>) -> [B | bits(Rest)];
bits(<<>>) -> [].

varint(B) -> varint(B, 0, 0).
varint(<<1:1, N:7, Rest/binary>>, Shift, Acc) -> varint(Rest, Shift + 7, Acc bor (N bsl Shift));
varint(<<0:1, N:7, Rest/binary>>, Shift, Acc) -> {Acc bor (N bsl Shift), Rest}.

sizes(<<A, B, X:A/unit:4, Y:B/unit:2, Rest/bits>>) -> {X, Y, Rest}.

runs(<<>>) -> [];
runs(<<X, Rest/binary>>) -> runs(Rest, X, 1).
runs(<<X, Rest/binary>>, X, N) -> runs(Rest, X, N + 1);
runs(Rest, X, N) -> [{X, N} | runs(Rest)].

words(B) -> words(B, <<>>).
words(<<$\s, Rest/binary>>, <<>>) -> words(Rest, <<>>);
words(<<$\s, Rest/binary>>, Acc) -> [Acc | words(Rest, <<>>)];
words(<<C, Rest/binary>>, Acc) -> words(Rest, <<Acc/binary, C>>);
words(<<>>, Acc) -> [Acc].

find(What, Where, At) ->
    Size = byte_size(What),
    case Where of
        <<_:At/binary, What:Size/binary, _/binary>> -> {found, At};
        <<_:At/binary, _, _/binary>> -> find(What, Where, At + 1);
        _ -> not_found
    end.

nan_does_not_match(<<F/float>>) -> {float, F};
nan_does_not_match(<<I:64>>) -> {integer, I}.

failure(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

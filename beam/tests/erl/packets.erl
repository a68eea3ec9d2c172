%% A binary protocol: framing over a stream cut at random places, checksums, flags, an IPv4 header.
-module(packets).
-export([main/0]).

-define(MAGIC, 16#CA, 16#FE).

main() ->
    Messages = [{hello, 1, <<"client">>}, {data, 7, [1, -2, 300]}, {data, 8, []}, {flags, #{urgent => true, last => false, level => 5}},
                {text, "gr\x{fc}\x{df}e"}, {ratio, 0.125}, bye],
    Encoded = [encode(M) || M <- Messages],
    [io:format("~w~n", [E]) || E <- Encoded],
    Stream = iolist_to_binary(Encoded),
    io:format("~w~n", [decode_all(Stream)]),
    io:format("~w~n", [decode_all(Stream) =:= Messages]),
    io:format("~w~n", [[by_chunks(Stream, Size) =:= Messages || Size <- [1, 2, 3, 7, 64]]]),
    io:format("~w~n", [decode(<<?MAGIC, 0, 200, 1, 2>>)]),
    io:format("~w~n", [decode(<<1, 2, 3, 4>>)]),
    io:format("~w~n", [decode(damage(hd(Encoded)))]),
    io:format("~w~n", [ip(<<16#45000073:32, 16#00004000:32, 16#4011b861:32, 192, 168, 0, 1, 192, 168, 0, 199, "payload">>)]),
    io:format("~w~n", [ip(<<16#65:8, 0:200>>)]),
    io:format("~w~n", [internet_checksum(<<16#4500:16, 16#0073:16, 0:16, 16#4000:16, 16#4011:16, 0:16, 16#c0a80001:32, 16#c0a800c7:32>>)]),
    io:format("~w~n", [tlv(<<1, 2, "ab", 2, 0, 255, 3, 1, 2, 3>>)]),
    io:format("~s~n", [hex(<<"hex dump of some bytes", 0, 255>>)]),
    over_process(Stream, Messages).

encode(Message) ->
    Body = body(Message),
    <<?MAGIC, (byte_size(Body)):16, Body/binary, (sum(Body)):8>>.

body({hello, Version, Name}) -> <<1, Version:4, 0:4, Name/binary>>;
body({data, Id, Numbers}) -> <<2, Id:24/little, (length(Numbers)):16, << <<N:32/signed>> || N <- Numbers >>/binary>>;
body({flags, #{urgent := U, last := L, level := Level}}) -> <<3, (bit(U)):1, (bit(L)):1, Level:6>>;
body({text, Text}) -> <<4, (unicode:characters_to_binary(Text))/binary>>;
body({ratio, F}) -> <<5, F:64/float-little>>;
body(bye) -> <<6>>.

bit(true) -> 1;
bit(false) -> 0.

sum(Body) -> lists:foldl(fun(B, Acc) -> (Acc * 31 + B) band 255 end, 7, binary_to_list(Body)).

decode(<<?MAGIC, Size:16, Body:Size/binary, Sum, Rest/binary>>) ->
    case sum(Body) of
        Sum -> {ok, parse(Body), Rest};
        Other -> {error, {checksum, Sum, Other}}
    end;
decode(<<?MAGIC, Size:16, Partial/binary>>) -> {more, Size + 1 - byte_size(Partial)};
decode(<<?MAGIC, _/binary>>) -> {more, unknown};
decode(<<16#CA>>) -> {more, unknown};
decode(<<>>) -> {more, unknown};
decode(<<A, _/binary>>) -> {error, {no_magic, A}}.

parse(<<1, Version:4, _:4, Name/binary>>) -> {hello, Version, Name};
parse(<<2, Id:24/little, Count:16, Numbers:Count/binary-unit:32>>) -> {data, Id, [N || <<N:32/signed>> <= Numbers]};
parse(<<3, U:1, L:1, Level:6>>) -> {flags, #{urgent => U =:= 1, last => L =:= 1, level => Level}};
parse(<<4, Text/binary>>) -> {text, unicode:characters_to_list(Text)};
parse(<<5, F:64/float-little>>) -> {ratio, F};
parse(<<6>>) -> bye;
parse(<<Tag, _/binary>>) -> {unknown, Tag}.

decode_all(Stream) ->
    case decode(Stream) of
        {ok, Message, Rest} -> [Message | decode_all(Rest)];
        {more, _} -> [];
        Error -> [Error]
    end.

by_chunks(Stream, Size) -> by_chunks(Stream, Size, <<>>).
by_chunks(Stream, Size, Buffer) ->
    case decode(Buffer) of
        {ok, Message, Rest} -> [Message | by_chunks(Stream, Size, Rest)];
        {more, _} when Stream =:= <<>> -> [];
        {more, _} ->
            Taken = min(Size, byte_size(Stream)),
            <<Chunk:Taken/binary, Left/binary>> = Stream,
            by_chunks(Left, Size, <<Buffer/binary, Chunk/binary>>)
    end.

damage(<<Head:5/binary, Byte, Tail/binary>>) -> <<Head/binary, (Byte bxor 16#40), Tail/binary>>.

ip(<<4:4, Words:4, _:8, Length:16, _:16, _:1, DontFragment:1, _:14, Ttl, Protocol, _:16, Source:4/binary, Target:4/binary, Rest/binary>>) when Words >= 5 ->
    Options = (Words - 5) * 4,
    <<_:Options/binary, Payload/binary>> = Rest,
    {ipv4, Length, DontFragment, Ttl, Protocol, binary_to_list(Source), binary_to_list(Target), byte_size(Payload)};
ip(<<Version:4, _/bits>>) -> {version, Version}.

internet_checksum(B) -> fold(lists:sum([W || <<W:16>> <= B])).

fold(N) when N > 16#ffff -> fold((N band 16#ffff) + (N bsr 16));
fold(N) -> bnot N band 16#ffff.

tlv(<<Type, Size, Value:Size/binary, Rest/binary>>) -> [{Type, Value} | tlv(Rest)];
tlv(<<255, Size, _/binary>>) -> [{padding, Size}];
tlv(Rest) -> [{rest, Rest}].

hex(B) -> [[io_lib:format("~2.16.0b", [X]) || <<X:4>> <= <<Y>>, X =:= X] || <<Y>> <= B].

%% The stream through a process, some bytes at a time.
over_process(Stream, Messages) ->
    Self = self(),
    spawn(fun() -> [Self ! {bytes, B} || B <- cut(Stream, 1)], Self ! closed end),
    io:format("~w~n", [listen(<<>>) =:= Messages]).

cut(<<>>, _) -> [];
cut(B, N) when byte_size(B) =< N -> [B];
cut(B, N) -> <<A:N/binary, Rest/binary>> = B, [A | cut(Rest, N rem 9 + 1)].

listen(Buffer) ->
    case decode(Buffer) of
        {ok, Message, Rest} -> [Message | listen(Rest)];
        {more, _} -> receive {bytes, B} -> listen(<<Buffer/binary, B/binary>>); closed -> [] end
    end.

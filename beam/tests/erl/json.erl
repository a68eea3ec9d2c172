%% JSON by hand: a decoder with good errors, an encoder, pretty printing, queries, round trips.
-module(json).
-export([main/0]).

main() ->
    ok = io:setopts([{encoding, unicode}]),
    Texts = ["{}", "[]", "null", "[1, -2, 3.5, 1e3, 0.25E-2]", "{\"a\": {\"b\": [true, false, null]}}",
             "\"esc: \\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u0041\\u20ac\"", "  [ 1 ,\n 2 ]  ", "\"\\ud83d\\ude00\"",
             "{\"name\": \"Ann\", \"age\": 30, \"tags\": [\"x\", \"y\"], \"nested\": {\"deep\": [[[]]]}}"],
    [io:format("~tp~n~ts~n", [decode(T), round_trip(T)]) || T <- Texts],
    Bad = ["", "{", "[1,]", "{\"a\" 1}", "tru", "\"open", "[1 2]", "01", "\"\\x\"", "{1: 2}", "1 2", "-", "[1.]"],
    [io:format("~s: ~w~n", [B, decode(B)]) || B <- Bad],
    {ok, Doc} = decode(document()),
    io:format("~ts~n", [pretty(Doc, 0)]),
    io:format("~w~n", [[query(P, Doc) || P <- [["users", 0, "id"], ["users", 1, "langs", 2], ["count"], ["users", 9], ["none"]]]]),
    io:format("~w~n", [decode(encode(Doc)) =:= {ok, Doc}]),
    io:format("~w~n", [total(Doc)]).

document() ->
    "{\"users\": [{\"id\": 1, \"langs\": [\"erlang\"]}, {\"id\": 2, \"langs\": [\"c\", \"ml\", \"lisp\"]}], \"count\": 2, \"ratio\": 0.5}".

round_trip(Text) -> {ok, Value} = decode(Text), encode(Value).

decode(Text) when is_list(Text) -> decode(unicode:characters_to_binary(Text));
decode(Binary) ->
    try value(space(Binary)) of
        {Value, Rest} ->
            case space(Rest) of
                <<>> -> {ok, Value};
                Left -> {error, {trailing, byte_size(Binary) - byte_size(Left)}}
            end
    catch
        throw:{unexpected, At} -> {error, {at, byte_size(Binary) - byte_size(At)}}
    end.

space(<<C, Rest/binary>>) when C =:= $\s; C =:= $\n; C =:= $\t; C =:= $\r -> space(Rest);
space(Rest) -> Rest.

value(<<"null", Rest/binary>>) -> {null, Rest};
value(<<"true", Rest/binary>>) -> {true, Rest};
value(<<"false", Rest/binary>>) -> {false, Rest};
value(<<$", Rest/binary>>) -> string(Rest, <<>>);
value(<<$[, Rest/binary>>) -> case space(Rest) of <<$], R/binary>> -> {[], R}; R -> elements(R, []) end;
value(<<${, Rest/binary>>) -> case space(Rest) of <<$}, R/binary>> -> {#{}, R}; R -> members(R, #{}) end;
value(B) -> number(B).

elements(B, Acc) ->
    {V, R} = value(B),
    case space(R) of
        <<$,, More/binary>> -> elements(space(More), [V | Acc]);
        <<$], Rest/binary>> -> {lists:reverse(Acc, [V]), Rest};
        At -> throw({unexpected, At})
    end.

members(<<$", B/binary>>, Acc) ->
    {Key, R} = string(B, <<>>),
    case space(R) of
        <<$:, R2/binary>> ->
            {V, R3} = value(space(R2)),
            case space(R3) of
                <<$,, More/binary>> -> members(space(More), Acc#{Key => V});
                <<$}, Rest/binary>> -> {Acc#{Key => V}, Rest};
                At -> throw({unexpected, At})
            end;
        At -> throw({unexpected, At})
    end;
members(At, _) -> throw({unexpected, At}).

string(<<$", Rest/binary>>, Acc) -> {Acc, Rest};
string(<<"\\u", A:4/binary, "\\u", B:4/binary, Rest/binary>>, Acc) ->
    case {binary_to_integer(A, 16), binary_to_integer(B, 16)} of
        {High, Low} when High >= 16#d800, High < 16#dc00, Low >= 16#dc00 ->
            string(Rest, <<Acc/binary, (16#10000 + ((High - 16#d800) bsl 10) + Low - 16#dc00)/utf8>>);
        {C, _} -> string(<<"\\u", B/binary, Rest/binary>>, <<Acc/binary, C/utf8>>)
    end;
string(<<"\\u", Hex:4/binary, Rest/binary>>, Acc) -> string(Rest, <<Acc/binary, (binary_to_integer(Hex, 16))/utf8>>);
string(<<$\\, C, Rest/binary>> = At, Acc) ->
    case lists:keyfind(C, 1, escapes()) of
        {_, Char} -> string(Rest, <<Acc/binary, Char>>);
        false -> throw({unexpected, At})
    end;
string(<<C/utf8, Rest/binary>>, Acc) -> string(Rest, <<Acc/binary, C/utf8>>);
string(At, _) -> throw({unexpected, At}).

escapes() -> [{$", $"}, {$\\, $\\}, {$/, $/}, {$b, 8}, {$f, 12}, {$n, 10}, {$r, 13}, {$t, 9}].

number(B) ->
    case re_number(B) of
        {int, Text, Rest} -> {list_to_integer(Text), Rest};
        {float, Text, Rest} -> {list_to_float(Text), Rest}
    end.

re_number(B) ->
    {Sign, B1} = case B of <<$-, R/binary>> -> {"-", R}; _ -> {"", B} end,
    {Int, B2} = case B1 of <<$0, R1/binary>> -> {"0", R1}; _ -> digits(B1) end,
    {Fraction, B3} = case B2 of <<$., R2/binary>> -> digits(R2); _ -> {none, B2} end,
    {Exponent, B4} = case B3 of
                         <<E, S, R3/binary>> when (E =:= $e orelse E =:= $E), (S =:= $- orelse S =:= $+) -> {D, R4} = digits(R3), {[S | D], R4};
                         <<E, R3/binary>> when E =:= $e; E =:= $E -> digits(R3);
                         _ -> {none, B3}
                     end,
    case {Fraction, Exponent} of
        {none, none} -> {int, Sign ++ Int, B4};
        {none, _} -> {float, Sign ++ Int ++ ".0e" ++ Exponent, B4};
        {_, none} -> {float, Sign ++ Int ++ "." ++ Fraction, B4};
        _ -> {float, Sign ++ Int ++ "." ++ Fraction ++ "e" ++ Exponent, B4}
    end.

digits(<<C, Rest/binary>>) when C >= $0, C =< $9 ->
    case Rest of
        <<D, _/binary>> when D >= $0, D =< $9 -> {More, R} = digits(Rest), {[C | More], R};
        _ -> {[C], Rest}
    end;
digits(At) -> throw({unexpected, At}).

encode(M) when is_map(M) -> [${, lists:join($,, [[quoted(K), $:, encode(V)] || {K, V} <- lists:sort(maps:to_list(M))]), $}];
encode(L) when is_list(L) -> [$[, lists:join($,, [encode(V) || V <- L]), $]];
encode(B) when is_binary(B) -> quoted(B);
encode(N) when is_integer(N) -> integer_to_list(N);
encode(F) when is_float(F) -> float_to_list(F, [short]);
encode(A) -> atom_to_list(A).

quoted(B) -> [$", [case lists:keyfind(C, 2, escapes()) of {_, $/} -> $/; {E, _} -> [$\\, E]; false -> C end || <<C/utf8>> <= B], $"].

pretty(M, Indent) when map_size(M) > 0 ->
    ["{\n", lists:join(",\n", [[pad(Indent + 2), quoted(K), ": ", pretty(V, Indent + 2)] || {K, V} <- lists:sort(maps:to_list(M))]), $\n, pad(Indent), $}];
pretty([_ | _] = L, Indent) -> ["[\n", lists:join(",\n", [[pad(Indent + 2), pretty(V, Indent + 2)] || V <- L]), $\n, pad(Indent), $]];
pretty(V, _) -> encode(V).

pad(N) -> lists:duplicate(N, $\s).

query([], V) -> {found, V};
query([I | Path], L) when is_integer(I), is_list(L), I < length(L) -> query(Path, lists:nth(I + 1, L));
query([K | Path], M) when is_map(M) ->
    case M of #{} when is_map_key(K, M) -> query(Path, map_get(K, M)); _ -> query_binary(K, Path, M) end;
query(_, _) -> none.

query_binary(K, Path, M) when is_list(K) ->
    case maps:find(list_to_binary(K), M) of {ok, V} -> query(Path, V); error -> none end.

total(N) when is_number(N) -> N;
total(L) when is_list(L) -> lists:sum([total(V) || V <- L]);
total(M) when is_map(M) -> total(maps:values(M));
total(_) -> 0.

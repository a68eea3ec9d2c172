%% The control sequences of io:format: widths, padding, precision, bases, and its failures.
-module(format_controls).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    ok = io:setopts([{encoding, unicode}]),
    io:format("~c~c~c ~5c|~-5c|~3.2c|~n", [$a, $b, $c, $x, $y, $z]),
    io:format("~tc~tc~n", [1078, 8364]),
    io:format("~b ~B ~8b|~-8b|~8..0b~n", [10, -255, 42, 42, 42]),
    io:format("~.2b ~.8b ~.16b ~.16B ~.36b ~.36B~n", [10, 64, 48879, 48879, 123456789, 123456789]),
    io:format("~x ~X~n", [255, "0x", 255, "0x"]),
    io:format("~.16x ~.2x ~.16X~n", [-255, "16#", 5, "2#", 48879, "16#"]),
    io:format("~# ~.16# ~+ ~.2+~n", [10, 255, 10, 5]),
    io:format("~10s|~-10s|~10.3s|~-10.3s|~.2s|~n", ["right", "left", "cutting", "cutting", "short"]),
    io:format("~10..+s|~-10..-s|~5..0w|~n", ["stars", "dashes", 42]),
    io:format("~*s|~*.*s|~n", [8, "width", 6, 2, "both"]),
    io:format("~10w|~-10w|~10p|~3w|~n", [abc, abc, "abc", too_long]),
    io:format("~5.1f|~-8.2f|~8.2.0f|~12.3e|~n", [3.14159, 2.5, 1.005, 12345.678]),
    io:format("~i~w ~i~w~n", [skipped, shown, skipped, shown]),
    io:format("tilde ~~ and newlines~2n"),
    io:format("no arguments~n", []),
    io:format(<<"a binary format ~w~n">>, [x]),
    io:format('an atom format ~w~n', [x]),
    io:format("~w~n", [id([])]),
    io:format("~ts ~tp ~ts~n", ["\x{3bb}", "\x{3bb}", [955, <<"λ"/utf8>>]]),
    io:put_chars("put_chars\n"),
    io:put_chars(["nested ", ["iodata ", <<"works">>], $\n]),
    io:nl(),
    io:write({written, [1, 2], "text"}),
    io:nl(),
    io:fwrite("~s~n", [io_lib:format("~s-~s", ["inner", "outer"])]),
    io:format("~p~n", [io_lib:write({a, "b", <<"c">>})]),
    io:format("~s~n", [io_lib:print({a, "b", <<"c">>})]),
    io:format("~s ~s ~s~n", [io_lib:write_atom('a b'), io_lib:write_string("q\"q"), io_lib:write_char($x)]),
    io:format("~w~n", [[io_lib:printable_list(L) || L <- ["abc", [1, 2], [$a | b], [955], []]]]),
    io:format("~w~n", [[io_lib:char_list("abc"), io_lib:deep_char_list(["a", ["b"]]), io_lib:nl()]]),
    [io:format("~p~n", [attempt(Format, Args)])
     || {Format, Args} <- [{"~w", []}, {"~w", [1, 2]}, {"~q", [1]}, {"~s", [1]}, {"~b", [a]}, {"~f", [a]},
                           {"~c", [a]}, {"~", []}, {"ok", []}, {"~s", [[1000]]}]].

attempt(Format, Args) ->
    try lists:flatten(io_lib:format(id(Format), id(Args))) catch Class:Reason -> {Class, Reason} end.

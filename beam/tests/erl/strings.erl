%% The string module, old and new functions, on lists, binaries and graphemes.
-module(strings).
-export([main/0]).

main() ->
    ok = io:setopts([{encoding, unicode}]),
    S = "The quick brown fox",
    show([string:length(S), string:uppercase(S), string:lowercase(S), string:titlecase("word"), string:casefold("STRASSE")]),
    show([string:reverse("abc"), string:slice(S, 4, 5), string:slice(S, 10), string:slice(<<"binary">>, 1, 3), string:slice(S, 100)]),
    show([string:split("a,b,c", ","), string:split("a,b,c", ",", all), string:split("a,b,c", ",", trailing), string:split("abc", "x")]),
    show([string:lexemes("  many   spaces here ", " "), string:lexemes("a-b_c", "-_"), string:tokens("a b,c", " ,"), string:lexemes("", " ")]),
    show([string:trim("  both  "), string:trim("  lead", leading), string:trim("trail  ", trailing), string:trim("xxaxx", both, "x"), string:trim(<<" b ">>)]),
    show([string:find(S, "quick"), string:find(S, "nope"), string:find("abcabc", "b", trailing), string:prefix("prefix_rest", "prefix_"), string:prefix("x", "y")]),
    show([string:pad("a", 5), lists:flatten(string:pad("a", 5, leading)), lists:flatten(string:pad("a", 5, both, $*)), lists:flatten(string:pad("abcdef", 3))]),
    show([string:replace("a-b-c", "-", "+"), lists:flatten(string:replace("a-b-c", "-", "+", all)), string:equal("abc", <<"abc">>), string:equal("ABC", "abc", true)]),
    show([string:to_integer("42rest"), string:to_integer("x"), string:to_integer("-17"), string:to_float("3.5e2,"), string:take("aaabbb", "a"), string:take("123abc", lists:seq($0, $9), false, leading)]),
    show([string:is_empty(""), string:is_empty(<<>>), string:is_empty("x")]),
    show([string:to_upper("abc"), string:to_lower("ABC"), string:to_upper($a), string:chr("hello", $l), string:rchr("hello", $l), string:str("hello", "lo"), string:rstr("abab", "ab")]),
    show([string:substr("hello", 2, 3), string:sub_string("hello", 2, 4), string:sub_word("one two three", 2), string:words("one two three"), string:join(["a", "b", "c"], ", ")]),
    show([string:strip("  x "), string:strip("..x..", both, $.), string:left("ab", 4), string:right("ab", 4, $.), string:centre("ab", 6), string:copies("ab", 3), string:chars($x, 3)]),
    show([string:concat("ab", "cd"), string:span("aab", "a"), string:cspan("aab", "b"), string:next_codepoint("xy"), string:next_grapheme("xy"), string:nth_lexeme("a b c", 2, " ")]),
    unicode_strings(),
    io:format("~s~n", [wrap("the quick brown fox jumps over the lazy dog and runs away from the hunter", 20)]),
    io:format("~s~n", [caesar("Hello, World!", 3)]),
    io:format("~s~n", [caesar(caesar("Hello, World!", 3), -3)]),
    show([palindrome(W) || W <- ["racecar", "hello", "A man a plan a canal Panama", ""]]),
    show([lists:flatten(io_lib:format("~s", [W])) || W <- [hello, "hello", <<"hello">>, ["h", [$e], "llo"]]]).

show(X) -> io:format("~tp~n", [X]).

unicode_strings() ->
    Word = "\x{e9}t\x{e9} \x{3b1}\x{3b2}",
    show([string:uppercase(Word), string:length(Word), string:reverse(Word), string:uppercase("stra\x{df}e")]),
    Combined = [$e, 16#301, $x],
    show([string:length(Combined), string:to_graphemes(Combined), string:reverse(Combined), string:next_grapheme(Combined)]),
    show([string:length("\x{1f468}\x{200d}\x{1f469}"), string:length([$a, 13, 10]), string:slice(Combined, 0, 1)]),
    show([string:equal([$e, 16#301], [16#e9], false, nfc), string:uppercase(<<"\x{e9}t\x{e9}"/utf8>>)]),
    show([unicode:characters_to_nfc_list([$e, 16#301]), unicode:characters_to_nfd_list([16#e9])]).

wrap(Text, Width) -> wrap(string:lexemes(Text, " "), Width, [], []).

wrap([], _, Line, Lines) -> lists:join("\n", lists:reverse([Line | Lines]));
wrap([W | Rest], Width, [], Lines) -> wrap(Rest, Width, W, Lines);
wrap([W | Rest], Width, Line, Lines) when length(Line) + 1 + length(W) =< Width -> wrap(Rest, Width, Line ++ " " ++ W, Lines);
wrap(Words, Width, Line, Lines) -> wrap(Words, Width, [], [Line | Lines]).

caesar(Text, By) ->
    [if C >= $a, C =< $z -> (C - $a + By + 26) rem 26 + $a;
        C >= $A, C =< $Z -> (C - $A + By + 26) rem 26 + $A;
        true -> C
     end || C <- Text].

palindrome(Text) ->
    Letters = [C || C <- string:lowercase(Text), C >= $a, C =< $z],
    Letters =:= lists:reverse(Letters).

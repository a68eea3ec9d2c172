%% Every kind of term through ~p, ~w, ~s, ~ts and ~tp: lists that are text, nesting, line breaking.
-module(print_terms).
-export([main/0]).

-record(point, {x, y = 0}).

main() ->
    ok = io:setopts([{encoding, unicode}]),
    Terms = [0, -17, 1 bsl 70, 1.0, -2.5e-9, atom, 'odd atom', [], {}, {a}, [1, 2, 3], [a | b], "text", "",
             [104, 105], [7, 8, 9], [0, 1], "tab\tand\nline", "quote\"d", [$a, 400], <<>>, <<1, 2, 3>>, <<"text">>,
             <<5:3>>, <<1, 2:4>>, <<"text", 7:5>>, #{}, #{a => 1}, #{1 => one, "k" => <<"v">>},
             {nested, [{list, ['of', {tuples}]}, #{map => #{in => map}}]}, #point{x = 1}, [[], [[]], [[[]]]],
             {1, 2.0, three, "four", <<"five">>, [six | 7]}, true, undefined, [true, false], [{a, 1}, {b, 2}]],
    [io:format("~p~n~w~n", [T, T]) || T <- Terms],
    [io:format("~tp ~tw~n", [T, T]) || T <- [[1072, 1073], "caf\x{e9}", <<"caf\x{e9}"/utf8>>, 'caf\x{e9}', <<233>>]],
    [io:format("~s|~ts~n", [S, S]) || S <- ["plain", <<"binary">>, ["io", $l, <<"ist">>, [[["deep"]]]], atom, []]],
    io:format("~ts~n", [[1054, 1090, 1074, 1077, 1090]]),
    io:format("~ts~n", [<<"бин"/utf8>>]),
    Long = lists:seq(1000, 1060),
    io:format("~p~n", [Long]),
    io:format("~w~n", [Long]),
    io:format("~p~n", [[{item, N, lists:duplicate(N, x), "some words to fill the line"} || N <- lists:seq(1, 6)]]),
    io:format("~p~n", [#{alpha => lists:seq(1, 30), beta => {a_rather_long_atom_name, another_rather_long_atom_name},
                         gamma => <<"a binary that is long enough to be broken over several lines of output">>}]),
    io:format("~p~n", [lists:duplicate(5, "a string which repeats")]),
    io:format("~p~n", [{error, {badmatch, {function, [{arguments, [1, 2, 3]}, {reason, "the text is long"}]}, undefined}}]),
    io:format("~p~n", ["a long string that goes on and on and on beyond the eighty columns which one line of output has"]),
    io:format("~p~n", [list_to_binary(lists:seq(0, 60))]),
    io:format("prefix ~p suffix~n", [lists:seq(1, 40)]),
    io:format("~30p~n~P~n~W~n", [lists:seq(1, 20), lists:seq(1, 20), 8, {a, b, [c, d, [e, f, [g, h]]]}, 9]),
    io:format("~p ~p~n", [fun main/0 =:= fun main/0, is_function(fun lists:map/2, 2)]),
    io:format("~p ~w~n", [fun lists:map/2, fun erlang:'+'/2]),
    io:format("~s~n", [lists:flatten(io_lib:format("~p", [{deep, [list, "of", <<"things">>]}]))]).

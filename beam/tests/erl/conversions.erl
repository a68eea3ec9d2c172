%% Conversions between kinds of terms, with the text each accepts and refuses.
-module(conversions).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    show([integer_to_list(N) || N <- [0, -1, 123456789, 1 bsl 64, -(1 bsl 70)]]),
    show([integer_to_list(N, B) || {N, B} <- [{255, 2}, {255, 8}, {255, 16}, {-35, 36}, {1 bsl 80, 16}]]),
    show([integer_to_binary(42), integer_to_binary(-255, 16), binary_to_integer(<<"-77">>), binary_to_integer(<<"ff">>, 16)]),
    show([list_to_integer(S) || S <- ["0", "+12", "-0", "-12", "00012", "99999999999999999999"]]),
    show([list_to_integer(S, B) || {S, B} <- [{"1010", 2}, {"zz", 36}, {"-FF", 16}, {"777", 8}]]),
    show([atom_to_list(abc), list_to_atom("with space"), atom_to_binary(xyz), binary_to_atom(<<"made">>), list_to_existing_atom("main")]),
    show([atom_to_binary(latin, latin1), binary_to_atom(<<"utf">>, utf8), binary_to_existing_atom(<<"main">>), atom_to_list('')]),
    show([tuple_to_list({1, {2}, []}), list_to_tuple([a, b]), tuple_to_list({}), list_to_tuple([])]),
    show([binary_to_list(<<1, 2, 255>>), list_to_binary([1, [2, <<3, 4>>], []]), binary_to_list(<<"abcdef">>, 2, 4)]),
    show([iolist_to_binary(["a", [$b, <<"c">>], []]), iolist_size(["abc", <<1, 2>>, 3]), list_to_bitstring([<<1:1>>, <<2:2>>]), bitstring_to_list(<<1, 2, 3:3>>)]),
    show([float(3), trunc(3.99), round(2.5), trunc(-3.99), round(-2.5), ceil(2.1), floor(-2.1)]),
    show([float_to_list(2.5, [{decimals, 2}]), list_to_float("1.25"), float_to_binary(1.0e10, [short]), binary_to_float(<<"0.5">>)]),
    show([list_to_binary(io_lib:format("~w", [T])) || T <- [1, a, [], {x}, #{k => v}, <<"b">>]]),
    show([setelement(2, {a, b, c}, z), element(3, {a, b, c}), erlang:append_element({a}, b), erlang:make_tuple(3, x), erlang:delete_element(1, {a, b}), erlang:insert_element(2, {a, c}, b)]),
    show([erlang:make_tuple(4, 0, [{2, b}, {4, d}]), split_binary(<<"abcdef">>, 2), binary_part(<<"abcdef">>, 1, 3), binary_part(<<"abcdef">>, {6, -2})]),
    show([binary:split(<<"a,b,c">>, <<",">>), binary:split(<<"a,b,c">>, <<",">>, [global]), binary:replace(<<"a-b-c">>, <<"-">>, <<"+">>, [global]), binary:match(<<"hay needle">>, <<"needle">>)]),
    show([binary:matches(<<"abab">>, <<"ab">>), binary:copy(<<"ab">>, 3), binary:at(<<"abc">>, 1), binary:first(<<"abc">>), binary:last(<<"abc">>), binary:part(<<"abcde">>, 1, 2)]),
    show([binary:encode_unsigned(1000000), binary:decode_unsigned(<<1, 0, 0>>), binary:encode_unsigned(258, little), binary:decode_unsigned(<<1, 0, 0>>, little), binary:bin_to_list(<<"xyz">>), binary:list_to_bin([1, 2])]),
    show([binary:longest_common_prefix([<<"abcx">>, <<"abcy">>]), binary:longest_common_suffix([<<"xend">>, <<"bend">>]), byte_size(term_to_binary([])) > 0]),
    show([binary_to_term(term_to_binary(T)) =:= T || T <- [1, -1, 300, 1 bsl 100, 1.5, a, "str", [x | y], {t}, #{k => [v]}, <<1, 2:3>>, <<"b">>, fun lists:map/2]]),
    show([size({1, 2}), size(<<1, 2, 3>>), tuple_size({}), byte_size(<<1:9>>), bit_size(<<1:9>>), length([1, 2])]),
    show([failure(F) || F <- [fun() -> list_to_integer(id(" 1")) end, fun() -> list_to_integer(id("1_0")) end, fun() -> list_to_integer(id("")) end,
                              fun() -> list_to_integer(id("12"), 37) end, fun() -> binary_to_integer(id(<<"x">>)) end, fun() -> list_to_atom(id([a])) end,
                              fun() -> list_to_tuple(id([a | b])) end, fun() -> list_to_binary(id([256])) end, fun() -> list_to_binary(id(<<"bin">>)) end,
                              fun() -> atom_to_list(id(1)) end, fun() -> tuple_to_list(id([])) end, fun() -> element(id(0), {a}) end,
                              fun() -> setelement(id(3), {a}, b) end, fun() -> binary_part(id(<<"abc">>), 2, 5) end, fun() -> split_binary(id(<<"a">>), 2) end,
                              fun() -> list_to_existing_atom(id("surely_no_such_atom_" ++ "anywhere")) end, fun() -> binary_to_term(id(<<1, 2>>)) end,
                              fun() -> float(id(a)) end, fun() -> integer_to_list(id(1.0)) end, fun() -> iolist_size(id([a])) end,
                              fun() -> list_to_float(id("1")) end, fun() -> binary:at(id(<<"a">>), 1) end]]).

show(X) -> io:format("~p~n", [X]).

failure(F) -> try {value, F()} catch Class:Reason -> {Class, Reason} end.

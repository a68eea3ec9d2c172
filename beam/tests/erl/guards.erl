%% Guards of every sort: type tests, arithmetic, alternatives, failures that only mean "no".
-module(guards).
-export([main/0]).

main() ->
    Terms = [0, -5, 7, 1 bsl 80, 2.5, atom, true, false, [], [1], [1, 2 | 3], {}, {a}, {point, 1, 2}, #{}, #{k => 1},
             <<>>, <<1, 2>>, <<1:3>>, "text", self(), make_ref(), fun main/0, fun(X) -> X end],
    Numbered = lists:zip(lists:seq(1, length(Terms)), Terms),
    [io:format("~w: ~w ~w ~w ~w~n", [N, kind(T), size_class(T), shape(T), numeric(T)]) || {N, T} <- Numbered],
    [io:format("~w: ~w ~w ~w~n", [N, or_guard(T), orelse_guard(T), and_guard(T)]) || {N, T} <- Numbered],
    [io:format("~w ~w: ~w~n", [A, B, relation(A, B)]) || A <- [1, 1.0, a, "s", {}], B <- [1, 2.0, a, b, {1}]],
    [io:format("~w ~w~n", [N, arithmetic(N)]) || N <- [0, 1, 2, 3, 4, 10, 2.0, x, 1 bsl 65]],
    [io:format("~w~n", [in_if(N)]) || N <- [1, 5, 50, 500, none]],
    [io:format("~w~n", [in_case({A, B})]) || {A, B} <- [{1, 1}, {1, 2}, {2, 1}, {x, 1}, {[1], 2}]],
    [io:format("~w~n", [in_fun(T)]) || T <- [{add, 1}, {sub, 1}, {add, x}, other]],
    io:format("~w~n", [catch no_clause(0)]),
    io:format("~w~n", [try bad_if(1) catch error:Reason -> Reason end]).

kind(T) when is_boolean(T) -> boolean;
kind(T) when is_atom(T) -> atom;
kind(T) when is_integer(T) -> integer;
kind(T) when is_float(T) -> float;
kind(T) when is_tuple(T) -> tuple;
kind(T) when is_list(T) -> list;
kind(T) when is_map(T) -> map;
kind(T) when is_binary(T) -> binary;
kind(T) when is_bitstring(T) -> bitstring;
kind(T) when is_pid(T) -> pid;
kind(T) when is_reference(T) -> reference;
kind(T) when is_function(T, 0) -> fun_of_none;
kind(T) when is_function(T) -> function;
kind(_) -> unknown.

size_class(T) when length(T) > 1 -> long_list;
size_class(T) when tuple_size(T) >= 1 -> big_tuple;
size_class(T) when map_size(T) =:= 0 -> empty_map;
size_class(T) when byte_size(T) =:= 2 -> two_bytes;
size_class(T) when bit_size(T) =:= 3 -> three_bits;
size_class(_) -> other.

shape(T) when element(1, T) =:= point -> point;
shape(T) when hd(T) =:= 1, tl(T) =:= [] -> singleton;
shape(T) when is_map_key(k, T), map_get(k, T) =:= 1 -> keyed;
shape(T) when is_record(T, a, 1) -> record;
shape(_) -> none.

numeric(N) when abs(N) > 1000 -> huge;
numeric(N) when N > 0, N < 5 -> small;
numeric(N) when is_number(N), not (N >= 0) -> negative;
numeric(N) when trunc(N) =:= 7; round(N) =:= 0 -> special;
numeric(_) -> not_a_number.

%% A failing alternative does not end the guard, a failing operand of `or` does.
or_guard(T) when is_integer(T) or (length(T) > 0) -> yes;
or_guard(T) when length(T) > 0; is_tuple(T) -> second;
or_guard(_) -> no.

orelse_guard(T) when is_integer(T) orelse length(T) > 0 -> yes;
orelse_guard(T) when is_tuple(T) andalso tuple_size(T) > 0 -> tuple;
orelse_guard(_) -> no.

and_guard(T) when is_list(T) and (T =/= []) -> filled;
and_guard(T) when is_list(T) xor (T =:= {}) -> either;
and_guard(_) -> no.

relation(A, B) when A =:= B -> same;
relation(A, B) when A == B -> equal;
relation(A, B) when A < B -> less;
relation(_, _) -> greater.

arithmetic(N) when N rem 2 =:= 0, N div 2 > 1 -> even_above_two;
arithmetic(N) when N band 1 =:= 1 -> odd;
arithmetic(N) when N * 2 == 4 -> two;
arithmetic(N) when 10 / N > 1 -> tenths;
arithmetic(_) -> other.

in_if(N) ->
    if
        N < 3 -> {low, N};
        is_integer(N), N < 10; N =:= 500 -> {chosen, N};
        is_integer(N) -> {high, N};
        true -> default
    end.

in_case(Pair) ->
    case Pair of
        {A, A} -> same;
        {A, B} when A > B, is_integer(A) -> falling;
        {A, B} when A + 0 < B -> rising;
        {_, B} when B =:= 2 -> second_two;
        _ -> neither
    end.

in_fun(Term) ->
    F = fun({Op, N}) when Op =:= add, is_integer(N) -> N + 1;
           ({Op, N}) when Op =:= sub -> N - 1;
           (Other) -> {unmatched, Other}
        end,
    F(Term).

no_clause(N) when N > 0 -> throw(positive);
no_clause(N) when N < 0 -> negative;
no_clause(_) -> throw(zero).

bad_if(N) ->
    if N > 1 -> more; N < 1 -> less end.

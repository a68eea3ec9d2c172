%% Roman numerals both ways, edit distance in three ways, and other small text problems.
-module(roman).
-export([main/0]).

main() ->
    Numbers = [1, 4, 9, 14, 40, 90, 400, 444, 1994, 2026, 3999],
    [io:format("~w ~s~n", [N, roman(N)]) || N <- Numbers],
    io:format("~w~n", [[arabic(roman(N)) =:= N || N <- Numbers]]),
    io:format("~w~n", [lists:all(fun(N) -> arabic(roman(N)) =:= N end, lists:seq(1, 1000))]),
    Pairs = [{"kitten", "sitting"}, {"", "abc"}, {"flaw", "lawn"}, {"same", "same"}, {"intention", "execution"}],
    [io:format("~s ~s ~w ~w ~w~n", [A, B, distance(A, B), by_dictionary(A, B), script(A, B)]) || {A, B} <- Pairs],
    io:format("~s~n", [subsequence("AGGTABQX", "GXTXAYBX")]),
    io:format("~w~n", [[anagrams(["listen", "silent", "enlist", "google", "elgoog", "abc"])]]),
    io:format("~s ~s~n", [encode("WWWWBBBWWC"), decode("4W3B2W1C")]),
    [io:format("~s~n", [spell(N)]) || N <- [0, 7, 13, 21, 100, 342, 1000, 90210]],
    io:format("~s~n", [[fizz(N) || N <- lists:seq(1, 16)]]),
    io:format("~w~n", [[balanced(S) || S <- ["()", "([{}])", "(]", "((", "", ")("]]]),
    io:format("~w~n", [[luhn(S) || S <- ["4539578763621486", "4539578763621487", "0"]]]),
    io:format("~s~n", [lists:join(" ", [look_and_say(N) || N <- lists:seq(1, 8)])]).

table() ->
    [{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}].

roman(N) -> roman(N, table()).
roman(0, _) -> "";
roman(N, [{V, S} | _] = Table) when N >= V -> S ++ roman(N - V, Table);
roman(N, [_ | Table]) -> roman(N, Table).

arabic("") -> 0;
arabic(Text) ->
    {Value, Rest} = hd([{V, lists:nthtail(length(S), Text)} || {V, S} <- table(), lists:prefix(S, Text)]),
    Value + arabic(Rest).

%% Row by row.
distance(A, B) -> lists:last(lists:foldl(fun(C, Row) -> next_row(C, B, Row) end, lists:seq(0, length(B)), A)).

next_row(C, B, [First | _] = Row) ->
    {Next, _} = lists:foldl(fun({D, {Above, AboveLeft}}, {[Left | _] = Acc, _}) ->
        Cost = case C of D -> 0; _ -> 1 end,
        {[lists:min([Left + 1, Above + 1, AboveLeft + Cost]) | Acc], ok}
    end, {[First + 1], ok}, lists:zip(B, lists:zip(tl(Row), lists:droplast(Row)))),
    lists:reverse(Next).

by_dictionary(A, B) ->
    Result = memo(A, B),
    [erase(K) || {{memo, _, _} = K, _} <- get()],
    Result.

memo(A, []) -> length(A);
memo([], B) -> length(B);
memo([C | A], [C | B]) -> memo(A, B);
memo([_ | A] = X, [_ | B] = Y) ->
    case get({memo, length(X), length(Y)}) of
        undefined ->
            Value = 1 + lists:min([memo(A, Y), memo(X, B), memo(A, B)]),
            put({memo, length(X), length(Y)}, Value),
            Value;
        Value -> Value
    end.

script(A, B) -> length(lists:filter(fun({keep, _}) -> false; (_) -> true end, element(2, edits(A, B)))).

edits([], B) -> {length(B), [{insert, C} || C <- B]};
edits(A, []) -> {length(A), [{delete, C} || C <- A]};
edits([C | A], [C | B]) -> {N, Steps} = edits(A, B), {N, [{keep, C} | Steps]};
edits([X | A], [Y | B]) when length(A) < 6, length(B) < 7 ->
    {N, Steps} = lists:min([add(edits(A, [Y | B]), {delete, X}), add(edits([X | A], B), {insert, Y}), add(edits(A, B), {change, X, Y})]),
    {N, Steps};
edits([X | A], [Y | B]) -> add(edits(A, B), {change, X, Y}).

add({N, Steps}, Step) -> {N + 1, [Step | Steps]}.

subsequence([], _) -> [];
subsequence(_, []) -> [];
subsequence([C | A], [C | B]) -> [C | subsequence(A, B)];
subsequence([_ | A] = X, [_ | B] = Y) ->
    P = subsequence(A, Y),
    Q = subsequence(X, B),
    if length(P) >= length(Q) -> P; true -> Q end.

anagrams(Words) ->
    Groups = lists:foldl(fun(W, M) -> maps:update_with(lists:sort(W), fun(L) -> [W | L] end, [W], M) end, #{}, Words),
    [lists:sort(G) || G <- maps:values(Groups), length(G) > 1].

encode([]) -> "";
encode([C | _] = Text) ->
    {Run, Rest} = lists:splitwith(fun(D) -> D =:= C end, Text),
    integer_to_list(length(Run)) ++ [C] ++ encode(Rest).

decode([]) -> "";
decode(Text) -> {N, [C | Rest]} = string:to_integer(Text), lists:duplicate(N, C) ++ decode(Rest).

spell(N) when N < 20 -> element(N + 1, {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"});
spell(N) when N < 100 -> element(N div 10 - 1, {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}) ++ tail("-", N rem 10);
spell(N) when N < 1000 -> spell(N div 100) ++ " hundred" ++ tail(" and ", N rem 100);
spell(N) -> spell(N div 1000) ++ " thousand" ++ tail(" ", N rem 1000).

tail(_, 0) -> "";
tail(Link, N) -> Link ++ spell(N).

fizz(N) when N rem 15 =:= 0 -> "FizzBuzz ";
fizz(N) when N rem 3 =:= 0 -> "Fizz ";
fizz(N) when N rem 5 =:= 0 -> "Buzz ";
fizz(N) -> integer_to_list(N) ++ " ".

balanced(Text) -> balanced(Text, []).
balanced([], Stack) -> Stack =:= [];
balanced([C | Rest], Stack) when C =:= $(; C =:= $[; C =:= ${ -> balanced(Rest, [C | Stack]);
balanced([C | Rest], [Open | Stack]) ->
    lists:member([Open, C], ["()", "[]", "{}"]) andalso balanced(Rest, Stack);
balanced(_, []) -> false.

luhn(Digits) ->
    {Sum, _} = lists:foldr(fun(D, {S, false}) -> {S + D - $0, true};
                              (D, {S, true}) when D >= $5 -> {S + (D - $0) * 2 - 9, false};
                              (D, {S, true}) -> {S + (D - $0) * 2, false} end, {0, false}, Digits),
    Sum rem 10 =:= 0.

look_and_say(1) -> "1";
look_and_say(N) -> encode(look_and_say(N - 1)).

%% Records: defaults, nesting, updates, matching, guards, info, and what a wrong one raises.
-module(records).
-export([main/0, id/1]).

-record(address, {street = "", city, zip = 10000 :: integer()}).
-record(person, {name, age = 0, address = #address{city = none}, tags = []}).
-record(empty, {}).
-record('odd name', {'Field One' = 1, 'if'}).

id(X) -> X.

main() ->
    P = #person{name = "Ann", age = 30},
    io:format("~p~n", [P]),
    io:format("~p~n", [P#person{age = 31, tags = [new]}]),
    Q = P#person{address = (P#person.address)#address{city = "Bern", zip = 3000}},
    io:format("~p ~p~n", [Q#person.address#address.city, Q]),
    io:format("~w~n", [#empty{}]),
    io:format("~p~n", [#'odd name'{'if' = x}]),
    io:format("~w ~w~n", [record_info(fields, person), record_info(size, person)]),
    io:format("~w ~w ~w~n", [#person.name, #person.tags, #address.zip]),
    io:format("~w~n", [[describe(T) || T <- [P, Q, #empty{}, #address{}, {person, 1}, person, {}]]]),
    io:format("~w~n", [[is_record(T, person) || T <- [P, {person, a, b, c, d}, {person}, [], #empty{}]]]),
    io:format("~w~n", [[is_record(T, address, 4) || T <- [#address{}, {address, 1, 2}, P]]]),
    io:format("~w~n", [lists:keysort(#person.age, [P, P#person{age = 5}, P#person{age = 12}])]),
    #person{name = Name, address = #address{zip = Zip}} = Q,
    io:format("~s ~w~n", [Name, Zip]),
    io:format("~w~n", [[oldest([P, Q#person{age = 90, name = old}, P#person{age = 40}])]]),
    io:format("~p~n", [[birthday(X) || X <- [P, Q]]]),
    io:format("~w~n", [setelement(#person.age, P, 99)]),
    [io:format("~p~n", [failure(F)])
     || F <- [fun() -> (id(not_a_person))#person.name end,
              fun() -> (id({person, 1}))#person{age = 2} end,
              fun() -> (id(#empty{}))#person.age end,
              fun() -> #person{age = Age} = id(#address{}), Age end]],
    io:format("~w~n", [#person{_ = '_', name = bob}]),
    io:format("~w~n", [tree_sum(insert_all([5, 2, 8, 1, 9, 3], nil))]),
    io:format("~w~n", [insert_all([2, 1, 3], nil)]).

describe(#person{age = Age}) when Age > 18 -> adult;
describe(#person{}) -> child;
describe(#address{city = undefined}) -> nowhere;
describe(#address{}) -> somewhere;
describe(R) when is_record(R, empty) -> empty;
describe(_) -> none.

oldest([First | Rest]) ->
    lists:foldl(fun(#person{age = A} = P, #person{age = B}) when A > B -> P; (_, Best) -> Best end, First, Rest).

birthday(P = #person{age = Age}) -> P#person{age = Age + 1}.

-record(node, {key, left = nil, right = nil}).

insert_all(Keys, Tree) -> lists:foldl(fun insert/2, Tree, Keys).

insert(Key, nil) -> #node{key = Key};
insert(Key, N = #node{key = K, left = L}) when Key < K -> N#node{left = insert(Key, L)};
insert(Key, N = #node{right = R}) -> N#node{right = insert(Key, R)}.

tree_sum(nil) -> 0;
tree_sum(#node{key = K, left = L, right = R}) -> K + tree_sum(L) + tree_sum(R).

failure(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

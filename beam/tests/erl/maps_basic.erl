%% Map syntax: building, updating, matching, keys of every kind, and what fails how.
-module(maps_basic).
-export([main/0, id/1]).

id(X) -> X.

main() ->
    M = #{a => 1, "b" => 2, <<"c">> => 3, {d, e} => 4, 5 => 5, 6.0 => 6, [] => 7, #{} => 8},
    io:format("~p~n", [M]),
    io:format("~w~n", [map_size(M)]),
    io:format("~w~n", [M#{a := one, new => 9}]),
    io:format("~w~n", [[maps:get(K, M) || K <- [a, "b", <<"c">>, {d, e}, 5, 6.0, [], #{}]]]),
    #{a := A, 5 := Five} = M,
    io:format("~w ~w~n", [A, Five]),
    Key = {d, e},
    #{Key := Four} = M,
    io:format("~w~n", [Four]),
    io:format("~w~n", [[classify(X) || X <- [#{}, #{type => circle, r => 2}, #{type => square, side => 3},
                                             #{type => other}, #{type => circle}, [], {map}]]]),
    io:format("~w~n", [[#{1 => a} =:= #{1.0 => a}, #{1 => a} == #{1.0 => a}, #{a => 1} == #{a => 1.0},
                        #{a => 1} =:= #{a => 1.0}, #{a => 1, b => 2} =:= #{b => 2, a => 1}]]),
    io:format("~w~n", [#{1 => int, 1.0 => float}]),
    io:format("~w~n", [#{a => 1, id(a) => 2, id(a) => 3}]),
    io:format("~w~n", [[is_map(X) || X <- [#{}, M, [], {}]]]),
    io:format("~w~n", [[#{a => 1} < #{b => 1}, #{a => 2} < #{b => 1}, #{a => 1} < #{a => 2}, #{z => 9} < #{a => 1, b => 2}]]),
    io:format("~w~n", [lists:sort([#{b => 1}, #{}, #{a => 2}, #{a => 1, c => 0}, #{a => 1}, #{1 => x}, #{1.0 => x}])]),
    [io:format("~w~n", [failure(F)])
     || F <- [fun() -> (id(#{a => 1}))#{b := 2} end,
              fun() -> (id(not_a_map))#{b => 2} end,
              fun() -> (id([]))#{b := 2} end,
              fun() -> maps:get(zz, id(#{})) end,
              fun() -> maps:get(zz, id(not_a_map)) end,
              fun() -> #{q := Q} = id(#{r => 1}), Q end,
              fun() -> map_size(id({})) end,
              fun() -> map_get(k, id(#{j => 1})) end]],
    io:format("~w~n", [count("the quick brown fox jumps over the lazy dog")]),
    io:format("~w~n", [nested()]),
    Big = maps:from_list([{N, N * N} || N <- lists:seq(1, 500)]),
    io:format("~w ~w ~w~n", [map_size(Big), maps:get(250, Big), lists:sum(maps:values(Big))]),
    Bigger = lists:foldl(fun(N, Acc) -> Acc#{N => Acc, {k, N} => N} end, #{}, lists:seq(1, 40)),
    io:format("~w ~w~n", [map_size(Bigger), map_size(maps:get(40, Bigger))]),
    Smaller = maps:without(lists:seq(11, 500), Big),
    io:format("~w~n", [Smaller]),
    io:format("~w~n", [Smaller =:= maps:from_list([{N, N * N} || N <- lists:seq(1, 10)])]).

classify(#{type := circle, r := R}) -> {circle, R * R * 3};
classify(#{type := square, side := S}) -> {square, S * S};
classify(#{type := Type}) -> {unknown, Type};
classify(M) when M =:= #{} -> empty;
classify(_) -> not_a_shape.

count(Text) ->
    lists:foldl(fun(C, Counts) when is_map_key(C, Counts) -> #{C := N} = Counts, Counts#{C := N + 1};
                   (C, Counts) -> Counts#{C => 1}
                end, #{}, [C || C <- Text, C =/= $\s]).

nested() ->
    Config = #{server => #{port => 80, hosts => [a, b]}, level => 1},
    #{server := #{port := Port} = Server} = Config,
    Config#{server := Server#{port := Port + 8000, tls => true}}.

failure(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

%% Text of floats: shortest round trip, fixed decimals, scientific, and reading them back.
-module(float_text).
-export([main/0]).

main() ->
    Values = [0.0, 1.0, -1.0, 0.1, 0.2, 0.3, 1.5, 123.456, 1.0e10, 1.0e15, 1.0e16, 123456789012345680.0,
              1.0e21, 1.0e22, 1.0e23, 0.0001, 0.00001, 1.0e-5, 1.23e-7, 1.0e100, 1.0e-100, 5.0e-324,
              2.2250738585072014e-308, 1.7976931348623157e308, 3.141592653589793, 2.718281828459045,
              9007199254740992.0, 9007199254740994.0, 4.35, 0.3333333333333333, 100.0, 1000000.0, 1.0e7],
    [show(V) || V <- Values],
    [io:format("~s ~s ~s~n", [float_to_list(V, [{decimals, D}]), float_to_list(V, [{decimals, D}, compact]),
                              float_to_list(V, [{scientific, D}])])
     || V <- [0.125, 2.675, -0.4, 1234.5678, 1.0e10, 0.05], D <- [0, 1, 2, 5]],
    [io:format("~s ~s~n", [float_to_list(V), float_to_binary(V)]) || V <- [1.5, -0.1, 6.02214076e23]],
    [io:format("~f ~.1f ~.3f ~10.2f|~-10.2f|~n", [V, V, V, V, V]) || V <- [1.5, -0.126, 1234.56789, 99.995, 2.0]],
    [io:format("~e ~.3e ~12.4e|~n", [V, V, V]) || V <- [1.5, -0.126, 1234.56789, 1.0e-12, 3.0]],
    [io:format("~g ~.3g~n", [V, V]) || V <- [1.5, -0.126, 1234.56789, 99999.0, 0.1, 12345678.9, 1.0e-12]],
    [io:format("~w~n", [list_to_float(S)]) || S <- ["1.5", "-0.25", "+3.0", "1.0e10", "1.0E-3", "12345.678e2", "0.1e+1"]],
    [io:format("~s: ~w~n", [S, attempt(S)]) || S <- ["1", ".5", "1.", "1e5", "", " 1.0", "1.0 ", "abc", "1.0e400"]],
    io:format("~w ~w~n", [binary_to_float(<<"2.5">>), binary_to_float(<<"-1.0e-2">>)]),
    io:format("~w~n", [[string:to_float(S) || S <- ["3.14rest", "-1.5e3,", "x", "1", "2.0"]]]),
    io:format("~w~n", [[list_to_float(float_to_list(V, [short])) =:= V || V <- Values]]).

show(V) ->
    io:format("~p ~w ~s~n", [V, V, float_to_list(V, [short])]),
    io:format("~s~n", [io_lib:format("~p", [[V, {V}]])]).

attempt(S) ->
    try list_to_float(S) catch error:Reason -> Reason end.

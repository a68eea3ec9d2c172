%% Says hello, in several ways of formatting.
%%
%% Shows OTP's own io and io_lib at work on LAM. Run it:
%%     erlc -o examples examples/hello.erl && lam run examples/hello.beam World
-module(hello).
-export([main/0, main/1]).

main() -> main([]).

main([]) -> main(["world"]);
main(Names) ->
    [io:format("Hello, ~ts!~n", [Name]) || Name <- Names],
    io:format("~p~n", [{numbers, [1, 2.5, 1 bsl 100], binary, <<"bytes">>, map, #{key => "value"}}]),
    io:format("~-12s|~8.3f|~4..0b|~ts~n", ["left", 3.14159, 42, "\x{3bb}"]).

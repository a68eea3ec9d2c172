%% The smallest program, for how long a machine takes to start.
-module(hello).
-export([main/0]).

main() -> io:format("hello~n").

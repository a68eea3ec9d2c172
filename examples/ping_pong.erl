%% Two processes play ping-pong, and a third counts the strokes.
%%
%% Shows registered names, links and selective receive. Run it:
%%     erlc -o examples examples/ping_pong.erl && lam run examples/ping_pong.beam
%% It prints every stroke of a short match, then how a long one ended.
-module(ping_pong).
-export([main/0]).

main() ->
    play(3, fun(Stroke, N) -> io:format("~s ~b~n", [Stroke, N]) end),
    Strokes = play(10000, fun(_, _) -> ok end),
    io:format("~b strokes~n", [Strokes]).

%% Plays so many rallies and returns the number of strokes.
play(Rallies, Watch) ->
    register(counter, self()),
    Pong = spawn_link(fun() -> pong(Watch) end),
    spawn_link(fun() -> ping(Pong, Rallies, Watch) end),
    Strokes = count(0, 2),
    unregister(counter),
    Strokes.

ping(Pong, 0, _) ->
    Pong ! over,
    counter ! over;
ping(Pong, N, Watch) ->
    Watch(ping, N),
    counter ! stroke,
    Pong ! {ping, self(), N},
    receive
        {pong, N} -> ping(Pong, N - 1, Watch)
    end.

pong(Watch) ->
    receive
        {ping, From, N} ->
            Watch(pong, N),
            counter ! stroke,
            From ! {pong, N},
            pong(Watch);
        over -> counter ! over
    end.

%% Each player says when it has made its last stroke.
count(Strokes, 0) -> Strokes;
count(Strokes, Players) ->
    receive
        stroke -> count(Strokes + 1, Players);
        over -> count(Strokes, Players - 1)
    end.

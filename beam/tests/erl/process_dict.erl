%% The process dictionary: put, get, erase, keys of any kind, one per process, through exceptions.
-module(process_dict).
-export([main/0]).

main() ->
    erase(),
    io:format("~w~n", [get(missing)]),
    io:format("~w ~w ~w~n", [put(key, 1), put(key, 2), get(key)]),
    Keys = [atom, 1, 2.0, "string", <<"binary">>, {a, tuple}, [], #{m => ap}, fun lists:map/2],
    [put(K, {value, K}) || K <- Keys],
    io:format("~w~n", [[get(K) =:= {value, K} || K <- Keys]]),
    io:format("~w ~w~n", [get(1), get(2.0)]),
    io:format("~w~n", [lists:sort(get())]),
    io:format("~w~n", [lists:sort(get_keys())]),
    io:format("~w ~w~n", [erase(atom), erase(atom)]),
    put(twin, {value, 1}),
    io:format("~w~n", [lists:sort(get_keys({value, 1}))]),
    io:format("~w~n", [length(erase())]),
    io:format("~w ~w~n", [get(), get_keys()]),
    own_per_process(),
    survives_exceptions(),
    io:format("~w~n", [counted([a, b, a, c, a, b])]),
    io:format("~w~n", [fib(60)]),
    erase(),
    big(),
    io:format("~w~n", [process_info(self(), dictionary)]),
    io:format("~w~n", [lists:sort(seen_from_outside())]).

own_per_process() ->
    put(mine, main),
    Self = self(),
    spawn(fun() -> Self ! {child, get(mine), put(mine, child), get(mine)} end),
    io:format("~w~n", [receive {child, A, B, C} -> {A, B, C} end]),
    io:format("~w~n", [erase(mine)]).

survives_exceptions() ->
    try put(level, set), throw(out) catch out -> ok end,
    io:format("~w~n", [get(level)]),
    catch begin put(level, again), error(x) end,
    io:format("~w~n", [erase(level)]).

counted(Items) ->
    [case get({count, I}) of
         undefined -> put({count, I}, 1);
         N -> put({count, I}, N + 1)
     end || I <- Items],
    [{I, erase({count, I})} || I <- lists:usort(Items)].

%% Remembers what it has computed.
fib(N) when N < 2 -> N;
fib(N) ->
    case get({fib, N}) of
        undefined ->
            Value = fib(N - 1) + fib(N - 2),
            put({fib, N}, Value),
            Value;
        Value -> Value
    end.

big() ->
    [put({big, N}, N * N) || N <- lists:seq(1, 2000)],
    io:format("~w ~w~n", [length(get()), lists:sum([get({big, N}) || N <- lists:seq(1, 2000, 100)])]),
    [erase({big, N}) || N <- lists:seq(1, 2000), N rem 2 =:= 0],
    io:format("~w ~w~n", [length(get_keys()), get({big, 2})]),
    erase().

seen_from_outside() ->
    Self = self(),
    Pid = spawn(fun() -> put(x, 1), put(y, [2]), Self ! ready, receive stop -> ok end end),
    receive ready -> ok end,
    {dictionary, Dictionary} = process_info(Pid, dictionary),
    Pid ! stop,
    Dictionary.

%% A mixture of everything that processes do, for as long as one likes, with books that must balance:
%% each round counts what it starts and what it hears of, and fails at the first difference.
%% `main([Seconds])` ends with a line that begins with `soak:` and has the sums.
-module(soak).
-export([main/1]).

-define(STORM, 2000).     % processes that a storm starts
-define(CRASHES, 300).    % processes that crash, linked or monitored
-define(TIMERS, 1000).    % timers, of which every other is cancelled
-define(BLOB, 300000).    % bytes of a big binary
-define(LIST, 5000).      % elements of a big list
-define(PATIENCE, 60000). % milliseconds until what was awaited counts as lost

main([Seconds]) ->
    process_flag(trap_exit, true),
    End = erlang:monotonic_time(millisecond) + 1000 * list_to_integer(Seconds),
    Store = spawn_link(fun() -> store(#{}) end),
    Counts = rounds(1, End, Store, #{}),
    unlink(Store),
    exit(Store, kill),
    io:format("soak: ~p~n", [maps:to_list(Counts)]).

rounds(N, End, Store, Counts0) ->
    Parts = [fun storm/1, fun big/1, fun crashes/1, fun timers/1, fun names/1,
             fun(Round) -> stored(Store, Round) end, fun abandon/1],
    Counts = lists:foldl(fun(Part, Counts) -> add(Part(N), Counts) end, Counts0, Parts),
    none_left(N),
    case erlang:monotonic_time(millisecond) of
        Now when Now >= End -> add([{rounds, N}], Counts);
        _ -> rounds(N + 1, End, Store, Counts)
    end.

add(Found, Counts) ->
    lists:foldl(fun({What, N}, Sum) -> Sum#{What => maps:get(What, Sum, 0) + N} end, Counts, Found).

%% Everything of a round has come: the mailbox is empty.
none_left(Round) ->
    receive Message -> exit({left_over, Round, Message}) after 0 -> ok end.

await(What) ->
    receive {What, Answer} -> Answer after ?PATIENCE -> exit({lost, What}) end.

%% Many processes at once; each says its number.
storm(_) ->
    Me = self(),
    [spawn(fun() -> Me ! {stormed, N} end) || N <- lists:seq(1, ?STORM)],
    Sum = lists:sum([await(stormed) || _ <- lists:seq(1, ?STORM)]),
    Sum = ?STORM * (?STORM + 1) div 2,
    [{processes, ?STORM}, {messages, ?STORM}].

%% Big messages through a chain of three, which takes them apart and puts them together.
big(Round) ->
    Me = self(),
    Last = spawn(fun() -> relay(Me) end),
    Middle = spawn(fun() -> relay(Last) end),
    First = spawn(fun() -> relay(Middle) end),
    Blob = binary:copy(<<(Round rem 256)>>, ?BLOB),
    List = [{N, <<N:32>>, N * 1.5} || N <- lists:seq(1, ?LIST)],
    Map = maps:from_list([{N rem 700, {N, [N | Blob]}} || N <- lists:seq(1, 1000)]),
    First ! {big, {Blob, List, Map}},
    {Blob1, List1, Map1} = await(big),
    true = Blob =:= Blob1,
    true = List =:= List1,
    true = Map =:= Map1,
    [{processes, 3}, {messages, 4}, {bytes, 4 * ?BLOB}].

relay(To) ->
    receive
        {big, {Blob, List, Map}} ->
            Half = byte_size(Blob) div 2,
            <<A:Half/binary, B/binary>> = Blob,
            To ! {big, {<<A/binary, B/binary>>, [X || X <- List], maps:map(fun(_, V) -> V end, Map)}}
    end.

%% Processes that fail in every way: of each there is exactly one word, with its reason.
crashes(_) ->
    Kinds = lists:seq(0, ?CRASHES - 1),
    Linked = maps:from_list([{spawn_link(fun() -> crash(N rem 5, N) end), N} || N <- Kinds]),
    none = heard('EXIT', Linked),
    Monitored = maps:from_list(
        [begin {Pid, _} = spawn_monitor(fun() -> crash(N rem 5, N) end), {Pid, N} end || N <- Kinds]),
    none = heard('DOWN', Monitored),
    [{processes, 2 * ?CRASHES}, {crashes, 2 * ?CRASHES}].

crash(0, N) -> exit({exited, N});
crash(1, N) -> error({failed, N});
crash(2, N) -> throw({thrown, N});
crash(3, _) -> exit(self(), kill), receive after infinity -> ok end;
crash(4, _) -> normal.

heard(_, Left) when map_size(Left) =:= 0 -> none;
heard(Tag, Left) ->
    {Pid, Reason} =
        receive
            {'EXIT', From, Why} when Tag =:= 'EXIT' -> {From, Why};
            {'DOWN', _, process, From, Why} when Tag =:= 'DOWN' -> {From, Why}
        after ?PATIENCE -> exit({lost, Tag, map_size(Left)})
        end,
    {N, Rest} = maps:take(Pid, Left),
    true = fits(N rem 5, N, Reason),
    heard(Tag, Rest).

fits(0, N, {exited, N}) -> true;
fits(1, N, {{failed, N}, [_ | _]}) -> true;
fits(2, N, {{nocatch, {thrown, N}}, [_ | _]}) -> true;
fits(3, _, killed) -> true;
fits(4, _, normal) -> true;
fits(_, _, _) -> false.

%% Timers, every other one cancelled: it has fired or it is cancelled, never both and never neither.
timers(Round) ->
    Started = [{N, erlang:send_after(N rem 20, self(), {timer, {Round, N}})}
               || N <- lists:seq(1, ?TIMERS)],
    Cancelled = [N || {N, Ref} <- Started, N rem 2 =:= 0, is_integer(erlang:cancel_timer(Ref))],
    Fired = [await(timer) || _ <- lists:seq(1, ?TIMERS - length(Cancelled))],
    Expected = lists:seq(1, ?TIMERS) -- Cancelled,
    true = Expected =:= lists:sort([N || {R, N} <- Fired, R =:= Round]),
    [{timers, ?TIMERS}, {cancelled, length(Cancelled)}].

%% Names that are taken and given back, by their owners' ends, too.
names(_) ->
    Names = [list_to_atom("soak_" ++ integer_to_list(N)) || N <- lists:seq(1, 50)],
    Me = self(),
    Owners = [{Name, spawn_monitor(fun() -> named(Name, Me) end)} || Name <- Names],
    [await(named) || _ <- Owners],
    [Name ! {echo, Name, Me} || Name <- Names],
    Names = lists:sort(fun(A, B) -> before(A, B, Names) end, [await(echoed) || _ <- Names]),
    [receive {'DOWN', Ref, process, Pid, normal} -> ok after ?PATIENCE -> exit({lost, Name}) end
     || {Name, {Pid, Ref}} <- Owners],
    [undefined = whereis(Name) || Name <- Names],
    [{processes, length(Names)}, {messages, 3 * length(Names)}].

before(A, B, Names) ->
    lists:takewhile(fun(Name) -> Name =/= A end, Names)
        =< lists:takewhile(fun(Name) -> Name =/= B end, Names).

named(Name, Me) ->
    register(Name, self()),
    Me ! {named, Name},
    receive {echo, Name, To} -> To ! {echoed, Name} end.

%% A process that lives as long as the soak, and a map that grows and shrinks in it.
stored(Store, Round) ->
    [Store ! {put, Round * N rem 5003, {Round, lists:duplicate(N rem 10, N)}} || N <- lists:seq(1, 500)],
    Store ! {drop, Round rem 2},
    Store ! {size, self()},
    true = await(size) =< 5003,
    [{messages, 503}].

store(Map) ->
    receive
        {put, Key, Value} -> store(Map#{Key => Value});
        {drop, Parity} -> store(maps:filter(fun(Key, _) -> Key rem 2 =:= Parity end, Map));
        {size, To} -> To ! {size, map_size(Map)}, store(Map)
    end.

%% Processes that end with mail unread, armed timers, monitors and links to each other.
abandon(_) ->
    Pids = [spawn(fun() -> erlang:send_after(3600000, self(), late), receive stop -> ok end end)
            || _ <- lists:seq(1, 50)],
    [Pid ! {unread, binary:copy(<<N>>, 1000)} || Pid <- Pids, N <- lists:seq(1, 10)],
    Refs = [monitor(process, Pid) || Pid <- Pids],
    [Pid ! stop || Pid <- Pids],
    [receive {'DOWN', Ref, process, _, normal} -> ok after ?PATIENCE -> exit({lost, Ref}) end || Ref <- Refs],
    [{processes, 50}, {messages, 550}].

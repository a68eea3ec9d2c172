%% Process aliases: plain, reply, with monitors in every mode, and calls that cannot get late answers.
-module(aliases).
-export([main/0]).

main() ->
    A = alias(),
    A ! by_alias,
    io:format("~w~n", [receive M -> M end]),
    io:format("~w ~w~n", [unalias(A), unalias(A)]),
    A ! too_late,
    io:format("~w~n", [receive X -> X after 20 -> nothing end]),
    reply_alias(),
    io:format("~w~n", [unalias(make_ref())]),
    io:format("~w~n", [(make_ref() ! to_no_alias)]),
    monitored(demonitor),
    monitored(reply_demonitor),
    monitored(explicit_unalias),
    calls(),
    from_other().

%% Good for one message only.
reply_alias() ->
    R = alias([reply]),
    R ! first,
    R ! second,
    io:format("~w~n", [receive first -> first end]),
    io:format("~w~n", [receive second -> second after 20 -> nothing end]).

monitored(Mode) ->
    Server = spawn(fun() -> echo() end),
    Ref = monitor(process, Server, [{alias, Mode}]),
    Server ! {Ref, Ref, one},
    io:format("~w ~w~n", [Mode, receive {Ref, Reply} -> Reply end]),
    Server ! {Ref, Ref, two},
    Server ! {self(), Ref, marker},
    io:format("~w~n", [collect(Ref, [])]),
    Removed = demonitor(Ref, [info]),
    Server ! {Ref, Ref, three},
    Server ! {self(), Ref, marker},
    io:format("~w ~w~n", [Removed, collect(Ref, [])]),
    Server ! stop.

%% Answers by alias and by pid come from the same process, so they keep their order.
collect(Ref, Seen) ->
    receive
        {Ref, marker} -> lists:reverse(Seen);
        {Ref, Other} -> collect(Ref, [Other | Seen])
    end.

echo() ->
    receive
        {To, Ref, Message} -> To ! {Ref, Message}, echo();
        stop -> ok
    end.

%% A call that gives up leaves nothing behind: the late answer has no alias to go to.
calls() ->
    Slow = spawn(fun() -> slow() end),
    io:format("~w~n", [call(Slow, quick, 2000)]),
    io:format("~w~n", [call(Slow, tardy, 30)]),
    Slow ! {self(), done},
    io:format("~w~n", [receive Any -> Any end]),
    io:format("~w~n", [call(Slow, crash, 2000)]).

slow() ->
    receive
        {call, Ref, quick} -> Ref ! {Ref, answer}, slow();
        {call, Ref, tardy} -> receive after 100 -> Ref ! {Ref, late} end, slow();
        {call, _, crash} -> exit(crashed);
        {From, done} -> From ! only_this, slow()
    end.

call(Pid, Request, Timeout) ->
    Ref = monitor(process, Pid, [{alias, reply_demonitor}]),
    Pid ! {call, Ref, Request},
    receive
        {Ref, Answer} -> {ok, Answer};
        {'DOWN', Ref, process, Pid, Reason} -> {down, Reason}
    after Timeout ->
        demonitor(Ref, [flush]),
        receive {Ref, Answer} -> {just_in_time, Answer} after 0 -> timeout end
    end.

from_other() ->
    A = alias(),
    Self = self(),
    spawn(fun() -> A ! {hello, A}, Self ! sent end),
    receive sent -> ok end,
    io:format("~w~n", [receive {hello, A} -> hello end]),
    unalias(A).

%% A supervisor in thirty lines, without OTP's: it starts workers, restarts those that crash,
%% and gives up when one crashes too often.
%%
%% Shows links, trap_exit and exit reasons. Run it:
%%     erlc -o examples examples/supervisor_by_hand.erl && lam run examples/supervisor_by_hand.beam
-module(supervisor_by_hand).
-export([main/0]).

main() ->
    Self = self(),
    {Supervisor, Ref} = spawn_monitor(fun() -> supervisor([steady, shaky], 3, Self) end),
    [await_started(Name) || Name <- [steady, shaky]],
    [io:format("10 / ~w = ~w~n", [N, divide(N)]) || N <- [5, 2]],
    [begin
         io:format("10 / 0 = ~w~n", [divide(0)]),
         await_started(shaky)
     end || _ <- [1, 2, 3]],
    io:format("steady is still there: ~w~n", [ask(steady, {echo, yes})]),
    io:format("10 / 0 = ~w~n", [divide(0)]),
    receive
        {'DOWN', Ref, process, Supervisor, Reason} -> io:format("the supervisor gave up: ~w~n", [Reason])
    end.

%% Restarts is how many crashes it puts up with.
supervisor(Names, Restarts, Owner) ->
    process_flag(trap_exit, true),
    supervise(maps:from_list([{start(Name, Owner), Name} || Name <- Names]), Restarts, Owner).

supervise(Children, Restarts, Owner) ->
    receive
        {'EXIT', Pid, _} when Restarts > 0 ->
            {Name, Others} = maps:take(Pid, Children),
            supervise(Others#{start(Name, Owner) => Name}, Restarts - 1, Owner);
        {'EXIT', Pid, {Reason, _Stack}} ->
            {Name, Others} = maps:take(Pid, Children),
            [exit(Other, shutdown) || Other <- maps:keys(Others)],
            exit({too_many_crashes, Name, Reason})
    end.

start(Name, Owner) ->
    spawn_link(fun() ->
        register(Name, self()),
        Owner ! {started, Name},
        worker()
    end).

await_started(Name) -> receive {started, Name} -> ok end.

worker() ->
    receive
        {From, Ref, {divide, N}} -> From ! {Ref, 10 div N}, worker();
        {From, Ref, {echo, Term}} -> From ! {Ref, Term}, worker()
    end.

divide(N) -> ask(shaky, {divide, N}).

%% The answer, or why there will be none.
ask(Name, Request) ->
    Ref = monitor(process, Name),
    Name ! {self(), Ref, Request},
    receive
        {Ref, Answer} -> demonitor(Ref, [flush]), Answer;
        {'DOWN', Ref, process, _, {Reason, _Stack}} -> {crashed, Reason}
    end.

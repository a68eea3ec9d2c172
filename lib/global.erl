%% Global names where there is one node: a global name is a local one with another spelling.
%%
%% A process therefore has a global name or a local one, not both; the name goes when it ends.
-module(global).
-export([register_name/2, register_name/3, re_register_name/2, re_register_name/3, unregister_name/1, whereis_name/1, registered_names/0, send/2]).
-export([set_lock/1, set_lock/2, set_lock/3, del_lock/1, del_lock/2, trans/2, trans/3, trans/4, sync/0]).
-export([random_exit_name/3, random_notify_name/3, notify_all_name/3]).

-spec register_name(term(), pid()) -> yes | no.
register_name(Name, Pid) ->
    try register(spelling(Name), Pid) of
        true -> yes
    catch
        error:badarg -> no
    end.

-spec register_name(term(), pid(), fun()) -> yes | no.
register_name(Name, Pid, _Resolve) -> register_name(Name, Pid).

-spec re_register_name(term(), pid()) -> yes | no.
re_register_name(Name, Pid) ->
    _ = unregister_name(Name),
    register_name(Name, Pid).

-spec re_register_name(term(), pid(), fun()) -> yes | no.
re_register_name(Name, Pid, _Resolve) -> re_register_name(Name, Pid).

-spec unregister_name(term()) -> term().
unregister_name(Name) ->
    try unregister(spelling(Name)) of
        true -> ok
    catch
        error:badarg -> ok
    end.

-spec whereis_name(term()) -> pid() | undefined.
whereis_name(Name) -> whereis(spelling(Name)).

-spec registered_names() -> [].
registered_names() -> [].

-spec send(term(), term()) -> pid().
send(Name, Message) ->
    case whereis_name(Name) of
        undefined -> exit({badarg, {Name, Message}});
        Pid ->
            Pid ! Message,
            Pid
    end.

spelling(Name) -> list_to_atom(lists:flatten(io_lib:format("global ~tw", [Name]))).

%%% Locks: whoever holds one holds the name of the resource, so it is free again when its holder has
%%% ended. Its holder may lock it again; one unlocking undoes all.

-spec set_lock({term(), term()}) -> true.
set_lock(Id) -> set_lock(Id, [node()], infinity).

-spec set_lock({term(), term()}, [node()]) -> true.
set_lock(Id, Nodes) -> set_lock(Id, Nodes, infinity).

-spec set_lock({term(), term()}, [node()], infinity | non_neg_integer()) -> boolean().
set_lock({Resource, _} = Id, Nodes, Retries) ->
    case start_lock(Resource, self()) of
        true -> true;
        false when Retries =:= 0 -> false;
        false ->
            receive after 10 -> ok end,
            set_lock(Id, Nodes, less(Retries))
    end.

less(infinity) -> infinity;
less(N) -> N - 1.

%% A process stands for the lock, and ends with its owner.
start_lock(Resource, Owner) ->
    Ref = make_ref(),
    {Pid, Monitor} = spawn_monitor(fun() -> lock(lock_name(Resource), Owner, Ref) end),
    receive
        {Ref, locked} -> demonitor(Monitor, [flush]), true;
        {'DOWN', Monitor, process, Pid, taken} -> false;
        {'DOWN', Monitor, process, Pid, {own, _}} -> true
    end.

lock(Name, Owner, Ref) ->
    try register(Name, self()) of
        true ->
            Down = monitor(process, Owner),
            Owner ! {Ref, locked},
            locked(Owner, Down)
    catch
        error:badarg -> exit(ask_owner(Name, Owner))
    end.

%% Who has the lock may lock again.
ask_owner(Name, Owner) ->
    Ref = monitor(process, Name),
    catch Name ! {owner, self(), Ref},
    receive
        {Ref, Owner} -> {own, Owner};
        {Ref, _} -> taken;
        {'DOWN', Ref, process, _, _} -> taken
    end.

locked(Owner, Down) ->
    receive
        {owner, From, Ref} -> From ! {Ref, Owner}, locked(Owner, Down);
        {release, Owner} -> ok;
        {'DOWN', Down, process, _, _} -> ok
    end.

lock_name(Resource) -> spelling({lock, Resource}).

-spec del_lock({term(), term()}) -> true.
del_lock({Resource, _}) ->
    case whereis(lock_name(Resource)) of
        undefined -> true;
        Lock ->
            Lock ! {release, self()},
            true
    end.

-spec del_lock({term(), term()}, [node()]) -> true.
del_lock(Id, _) -> del_lock(Id).

-spec trans({term(), term()}, fun(() -> Value)) -> Value | aborted.
trans(Id, F) -> trans(Id, F, [node()], infinity).

-spec trans({term(), term()}, fun(() -> Value), [node()]) -> Value | aborted.
trans(Id, F, Nodes) -> trans(Id, F, Nodes, infinity).

-spec trans({term(), term()}, fun(() -> Value), [node()], infinity | non_neg_integer()) -> Value | aborted.
trans(Id, F, Nodes, Retries) ->
    case set_lock(Id, Nodes, Retries) of
        true -> try F() after del_lock(Id, Nodes) end;
        false -> aborted
    end.

-spec sync() -> ok.
sync() -> ok.

%%% What resolves two processes of one name, which can not happen here.

-spec random_exit_name(term(), pid(), pid()) -> pid().
random_exit_name(_, Pid, _) -> Pid.

-spec random_notify_name(term(), pid(), pid()) -> pid().
random_notify_name(_, Pid, _) -> Pid.

-spec notify_all_name(term(), pid(), pid()) -> none.
notify_all_name(_, _, _) -> none.

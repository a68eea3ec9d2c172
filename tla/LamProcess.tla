----------------------------- MODULE LamProcess -----------------------------
(***************************************************************************)
(* Process: spawn, links, monitors, exit signals, flags.  Each is done by  *)
(* process p of machine m and gives <<TRUE, machine, value>>, or <<FALSE,  *)
(* machine, reason>> of the error that it raises; natives of the same      *)
(* meaning use the same operators.                                         *)
(***************************************************************************)
EXTENDS LamSignals

Good(m, v) == <<TRUE, m, v>>
Bad(m, r)  == <<FALSE, m, r>>

(* Options of monitor: [ok, tag, alias], alias "" for none *)
RECURSIVE MonitorOptions(_, _), SpawnOptions(_, _)
AliasWord == [explicit_unalias |-> "explicit", demonitor |-> "demonitor",
              reply_demonitor |-> "reply_demonitor"]
IsPair(v, names_) == IsTuple(v) /\ Len(v[2]) = 2 /\ IsAny(v[2][1], names_)
MonitorOptions(s, acc) ==
  IF s = <<>> THEN acc
  ELSE LET o == Head(s) IN
       CASE IsPair(o, {"tag"}) -> MonitorOptions(Tail(s), [acc EXCEPT !.tag = o[2][2]])
         [] IsPair(o, {"alias"}) /\ IsAny(o[2][2], DOMAIN AliasWord) ->
              MonitorOptions(Tail(s), [acc EXCEPT !.alias = AliasWord[o[2][2][2]]])
         [] OTHER -> [acc EXCEPT !.ok = FALSE]
PlainMonitor == [ok |-> TRUE, tag |-> MkAtom("DOWN"), alias |-> ""]
MonitorOptionsOf(v) == IF IsProper(v) THEN MonitorOptions(Items(v), PlainMonitor)
                       ELSE [PlainMonitor EXCEPT !.ok = FALSE]
Tuning == {"priority", "fullsweep_after", "min_heap_size", "min_bin_vheap_size",
           "max_heap_size", "message_queue_data"}
SpawnOptions(s, acc) ==      \* [ok, link, mon]: mon is <<>> or <<monitor options>>
  IF s = <<>> THEN acc
  ELSE LET o == Head(s) IN
       CASE IsAny(o, {"link"})    -> SpawnOptions(Tail(s), [acc EXCEPT !.link = TRUE])
         [] IsAny(o, {"monitor"}) -> SpawnOptions(Tail(s), [acc EXCEPT !.mon = <<PlainMonitor>>])
         [] IsPair(o, {"monitor"}) /\ MonitorOptionsOf(o[2][2]).ok ->
              SpawnOptions(Tail(s), [acc EXCEPT !.mon = <<MonitorOptionsOf(o[2][2])>>])
         [] IsPair(o, Tuning)     -> SpawnOptions(Tail(s), acc)
         [] OTHER                 -> [acc EXCEPT !.ok = FALSE]
SpawnOptionsOf(v) ==
  IF IsProper(v) THEN SpawnOptions(Items(v), [ok |-> TRUE, link |-> FALSE, mon |-> <<>>])
  ELSE [ok |-> FALSE, link |-> FALSE, mon |-> <<>>]

(* The next reference of p; a process with one reference more, which is an *)
(* alias if a kind is given; the same with a watch of d.                   *)
NextRef(ps, p) == MkRef(p, ps.refs + 1)
WithRef(ps, p, kind) ==
  [ps EXCEPT !.refs = @ + 1,
     !.aliases = IF kind = "" THEN @ ELSE @ \cup {<<NextRef(ps, p), kind>>}]
WithWatch(ps, p, d, o) ==
  [WithRef(ps, p, o.alias) EXCEPT !.watching = @ \cup {<<NextRef(ps, p), d, o.tag>>}]
-----------------------------------------------------------------------------
ExecSpawnStart(m, p, call, o) == By("ExecSpawnStart",
  LET ps    == m.procs[p]
      c     == Append(p, ps.kids + 1)
      me    == [ps EXCEPT !.kids = @ + 1,
                          !.links = IF o.link THEN @ \cup {c} ELSE @]
      ref   == NextRef(ps, p)
      born  == [NewProc(call, ps.leader) EXCEPT
                  !.links = IF o.link THEN {p} ELSE {},
                  !.watchers = IF o.mon = <<>> THEN <<>> ELSE <<<<ref, p, MkPid(c)>>>>]
      me2   == IF o.mon = <<>> THEN me ELSE WithWatch(me, p, c, o.mon[1])
  IN  Good([m EXCEPT !.procs = (c :> born) @@ [@ EXCEPT ![p] = me2]],
           IF o.mon = <<>> THEN MkPid(c) ELSE Pair(MkPid(c), ref)))
ExecSpawnBadarg(m) == By("ExecSpawnBadarg", Bad(m, BadArg))
LimProcessCount(m) == By("LimProcessCount", Bad(m, SystemLimit))
ExecSpawnLimit(m)  == By("ExecSpawnLimit", LimProcessCount(m))
Spawn(m, p, call, options) ==
  LET o == SpawnOptionsOf(options) IN
  CASE ~(IsAtom(call[1]) /\ IsAtom(call[2]) /\ IsProper(call[3]) /\ o.ok) -> ExecSpawnBadarg(m)
    [] Cardinality({q \in DOMAIN m.procs : Alive(m, q)}) >= Limit.processes -> ExecSpawnLimit(m)
    [] OTHER -> ExecSpawnStart(m, p, call, o)

(* Links.  An unlink has an id and awaits its acknowledgement; a new link  *)
(* forgets the pending unlink, whose acknowledgement is then stale.        *)
Settled(s, d) == {u \in s : u[1] # d}
ExecLinkHeld(m) == By("ExecLinkHeld", Good(m, True))
ExecLinkRequest(m, p, d) == By("ExecLinkRequest",
  Good(Emit([m EXCEPT !.procs[p].links = @ \cup {d}, !.procs[p].unl = Settled(@, d)],
            p, d, <<"link">>), True))
ExecLinkDead(m, p, d) == By("ExecLinkDead",      \* behind what d sent before it ended
  Good(Emit([m EXCEPT !.procs[p].unl = Settled(@, d)], d, p,
            <<"message", ExitMessage(d, NoProc)>>), True))
ExecLinkNoproc(m) == By("ExecLinkNoproc", Bad(m, NoProc))
ExecLinkBadarg(m) == By("ExecLinkBadarg", Bad(m, BadArg))
Link(m, p, v) == LET d == v[2] IN
  CASE ~IsPid(v)                          -> ExecLinkBadarg(m)
    [] d = p \/ d \in m.procs[p].links    -> ExecLinkHeld(m)
    [] Alive(m, d)                        -> ExecLinkRequest(m, p, d)
    [] m.procs[p].trap                    -> ExecLinkDead(m, p, d)
    [] OTHER                              -> ExecLinkNoproc(m)

ExecUnlinkNone(m) == By("ExecUnlinkNone", Good(m, True))
ExecUnlinkDead(m, p, d) == By("ExecUnlinkDead",
  Good([m EXCEPT !.procs[p].links = @ \ {d}], True))
ExecUnlinkRequest(m, p, d) == By("ExecUnlinkRequest",
  LET n == m.procs[p].unlc + 1 IN
  Good(Emit([m EXCEPT !.procs[p].links = @ \ {d}, !.procs[p].unlc = n,
                      !.procs[p].unl = Settled(@, d) \cup {<<d, n>>}],
            p, d, <<"unlink", n>>), True))
ExecUnlinkBadarg(m) == By("ExecUnlinkBadarg", Bad(m, BadArg))
Unlink(m, p, v) == LET d == v[2] IN
  CASE ~IsPid(v)                   -> ExecUnlinkBadarg(m)
    [] d \notin m.procs[p].links   -> ExecUnlinkNone(m)
    [] Alive(m, d)                 -> ExecUnlinkRequest(m, p, d)
    [] OTHER                       -> ExecUnlinkDead(m, p, d)

ExecMonitorSelf(m, p, o) == By("ExecMonitorSelf",
  Good(With(m, p, WithRef(m.procs[p], p, o.alias)), NextRef(m.procs[p], p)))
ExecMonitorRequest(m, p, d, shown, o) == By("ExecMonitorRequest",
  LET ref == NextRef(m.procs[p], p) IN
  Good(Emit(With(m, p, WithWatch(m.procs[p], p, d, o)), p, d, <<"monitor", ref, shown>>), ref))
ExecMonitorNoname(m, p, shown, o) == By("ExecMonitorNoname",
  LET ps  == m.procs[p]
      ref == NextRef(ps, p)
      me  == WithRef(ps, p, IF o.alias = "explicit" THEN "explicit" ELSE "")
  IN  Good(With(m, p, EnqueueSelf(me, DownMessage(o.tag, ref, shown, NoProc))), ref))
ExecMonitorBadarg(m) == By("ExecMonitorBadarg", Bad(m, BadArg))
Named(m, n) == IF n \in DOMAIN m.names THEN <<m.names[n]>> ELSE <<>>
IsNameNode(v) == IsTuple(v) /\ Len(v[2]) = 2 /\ IsAtom(v[2][1]) /\ IsAtom(v[2][2])
Monitor(m, p, kind, item, options) ==
  LET o     == MonitorOptionsOf(options)
      d     == CASE IsPid(item)      -> <<item[2]>>
                 [] IsAtom(item)     -> Named(m, item[2])
                 [] IsNameNode(item) -> IF item[2][2] = Node THEN Named(m, item[2][1][2]) ELSE <<>>
                 [] OTHER            -> <<>>
      shown == IF IsAtom(item) THEN Pair(item, Node) ELSE item
  IN  CASE ~(kind = MkAtom("process") /\ o.ok
             /\ (IsPid(item) \/ IsAtom(item) \/ IsNameNode(item))) -> ExecMonitorBadarg(m)
        [] d = <<>> -> ExecMonitorNoname(m, p, shown, o)
        [] d[1] = p -> ExecMonitorSelf(m, p, o)
        [] OTHER    -> ExecMonitorRequest(m, p, d[1], shown, o)

(* flush takes the DOWN of a monitor that is gone out of the mailbox *)
IsDown(v, r) == IsTuple(v) /\ Len(v[2]) = 5 /\ v[2][2] = r /\ v[2][3] = MkAtom("process")
TakeOut(ps, k) == [ps EXCEPT !.mbox = Without(@, k)]      \* LamMark does more
Flushed(ps, r) ==
  LET s == {k \in DOMAIN ps.mbox : IsDown(ps.mbox[k], r)}
      k == CHOOSE n \in s : \A e \in s : n <= e
  IN  IF s = {} THEN ps
      ELSE [TakeOut(ps, k) EXCEPT !.cur = IF k <= @ THEN @ - 1 ELSE @]
ExecDemonitorHeld(m, p, r) == By("ExecDemonitorHeld",
  LET ps  == m.procs[p]
      d   == (CHOOSE w \in Watch(ps, r) : TRUE)[2]
      me  == Unwatch(ps, r)
      out == IF AliasKind(ps, r) \in {"demonitor", "reply_demonitor"} THEN Unalias(me, r) ELSE me
  IN  Good(EmitIf(With(m, p, out), p, d, <<"demonitor", r>>), True))
ExecDemonitorGone(m, p, r, flush, info) == By("ExecDemonitorGone",
  LET ps  == m.procs[p]
      out == IF AliasKind(ps, r) \in {"demonitor", "reply_demonitor"} THEN Unalias(ps, r) ELSE ps
  IN  Good(With(m, p, IF flush /\ r[2] = p THEN Flushed(out, r) ELSE out), Truth(~info)))
ExecDemonitorBadarg(m) == By("ExecDemonitorBadarg", Bad(m, BadArg))
Demonitor(m, p, r, options) ==
  LET s   == Items(options)
      has(w) == \E k \in DOMAIN s : s[k] = MkAtom(w)
  IN  CASE ~(IsRef(r) /\ IsProper(options)
             /\ \A k \in DOMAIN s : IsAny(s[k], {"flush", "info"})) -> ExecDemonitorBadarg(m)
        [] Watch(m.procs[p], r) # {} -> ExecDemonitorHeld(m, p, r)
        [] OTHER                     -> ExecDemonitorGone(m, p, r, has("flush"), has("info"))

ExecExitOther(m, p, d, r) == By("ExecExitOther", Good(Emit(m, p, d, <<"exit", r, FALSE>>), True))
ExecExitDead(m)           == By("ExecExitDead", Good(m, True))
ExecExitSelfKill(m, p)    == By("ExecExitSelfKill",
  Good(With(m, p, Exiting(m.procs[p], MkAtom("killed"))), True))
ExecExitSelfTrap(m, p, r) == By("ExecExitSelfTrap",
  Good(With(m, p, EnqueueSelf(m.procs[p], ExitMessage(p, r))), True))
ExecExitSelf(m, p, r)     == By("ExecExitSelf",
  Good(With(m, p, Exiting(m.procs[p], r)), True))
ExecExitBadarg(m)         == By("ExecExitBadarg", Bad(m, BadArg))
ExitSignal(m, p, v, r) == LET d == v[2] IN
  CASE ~IsPid(v)              -> ExecExitBadarg(m)
    [] d # p /\ Alive(m, d)   -> ExecExitOther(m, p, d, r)
    [] d # p                  -> ExecExitDead(m)
    [] r = MkAtom("kill")     -> ExecExitSelfKill(m, p)
    [] m.procs[p].trap        -> ExecExitSelfTrap(m, p, r)
    [] OTHER                  -> ExecExitSelf(m, p, r)

(* Flags that nothing reads, with their defaults *)
Defaults == [priority |-> MkAtom("normal"), min_heap_size |-> MkInt(233),
  min_bin_vheap_size |-> MkInt(46422), max_heap_size |-> MkInt(0),
  fullsweep_after |-> MkInt(65535), save_calls |-> MkInt(0), sensitive |-> False,
  error_handler |-> MkAtom("error_handler"), message_queue_data |-> MkAtom("on_heap")]
Suits(n, v) ==
  LET count == IsInt(v) /\ v[2] >= 0 IN
  CASE n = "priority"           -> IsAny(v, {"low", "normal", "high", "max"})
    [] n = "sensitive"          -> IsBoolean(v)
    [] n = "error_handler"      -> IsAtom(v)
    [] n = "message_queue_data" -> IsAny(v, {"on_heap", "off_heap"})
    [] n = "max_heap_size"      -> count \/ IsMap(v)
    [] OTHER                    -> count
ExecFlagSet(m, p, n, v) == By("ExecFlagSet",
  LET ps == m.procs[p] IN
  IF n = "trap_exit" THEN Good([m EXCEPT !.procs[p].trap = (v = True)], Truth(ps.trap))
  ELSE Good([m EXCEPT !.procs[p].flags = (n :> v) @@ @],
            IF n \in DOMAIN ps.flags THEN ps.flags[n] ELSE Defaults[n]))
(* budget: 0 for none, -1 for a process that runs to completion *)
ExecFlagGreedy(m, p, v) == By("ExecFlagGreedy",
  LET infinite == Cardinality({q \in DOMAIN m.procs \ {p} : m.procs[q].budget = -1})
      granted  == IF IsInt(v) THEN (IF v[2] < Limit.budget THEN v[2] ELSE Limit.budget)
                  ELSE IF infinite + 1 < Limit.schedulers THEN -1 ELSE Limit.budget
  IN  Good([m EXCEPT !.procs[p].budget = granted],
           IF granted = -1 THEN MkAtom("infinity") ELSE MkInt(granted)))
ExecFlagBadarg(m) == By("ExecFlagBadarg", Bad(m, BadArg))
Flag(m, p, name, v) ==
  CASE ~IsAtom(name) -> ExecFlagBadarg(m)
    [] name[2] = "trap_exit" /\ IsBoolean(v) -> ExecFlagSet(m, p, "trap_exit", v)
    [] name[2] = "greedy" /\ ((IsInt(v) /\ v[2] > 0) \/ v = MkAtom("infinity")) ->
         ExecFlagGreedy(m, p, v)
    [] name[2] \in DOMAIN Defaults /\ Suits(name[2], v) -> ExecFlagSet(m, p, name[2], v)
    [] OTHER -> ExecFlagBadarg(m)

ExecYieldGive(m, p) == By("ExecYieldGive", With(m, p, Next1(Forget(m.procs[p]))))
=============================================================================

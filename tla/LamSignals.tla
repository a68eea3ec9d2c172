----------------------------- MODULE LamSignals -----------------------------
(***************************************************************************)
(* Signals: what travels between processes, what each does when it         *)
(* arrives, and how processes end.  All are functions of a machine, a      *)
(* record with the variables of LamState as fields.                        *)
(*                                                                         *)
(* A signal is <<"message", term>>, <<"alias", ref, term>>, <<"link">>,    *)
(* <<"unlink", id>>, <<"unlinked", id>>, <<"exit", reason, bylink>>,       *)
(* <<"monitor", ref, item>>, <<"demonitor", ref>>, <<"down", ref, item,    *)
(* reason>>, <<"leader", pid>>, <<"info">> or <<"answer", term>>.          *)
(***************************************************************************)
EXTENDS LamBits

M == [procs |-> procs, wires |-> wires, names |-> names, timers |-> timers,
      now |-> now, ports |-> ports, ended |-> ended, fuel |-> fuel]

Alive(m, q)      == m.procs[q].st # "dead"
With(m, q, ps)   == [m EXCEPT !.procs[q] = ps]
Wire(w, a, b)    == IF <<a, b>> \in DOMAIN w THEN w[<<a, b>>] ELSE <<>>
(* What a process sends to itself acts at once and never comes here.       *)
Emit(m, a, b, s) == [m EXCEPT !.wires = (<<a, b>> :> Append(Wire(@, a, b), s)) @@ @]
EmitIf(m, a, b, s) == IF Alive(m, b) THEN Emit(m, a, b, s) ELSE m
Drop(w, e)       == [f \in DOMAIN w \ {e} |-> w[f]]
Popped(w, e)     == IF Len(w[e]) = 1 THEN Drop(w, e) ELSE [w EXCEPT ![e] = Tail(@)]

ExitMessage(q, r) == MkTuple(<<MkAtom("EXIT"), MkPid(q), r>>)
DownMessage(tag, ref, item, r) == MkTuple(<<tag, ref, MkAtom("process"), item, r>>)
-----------------------------------------------------------------------------
(* The end of q: its names are free, then the linked are told, then the    *)
(* watching, each by its own wire, in the order in which they asked.       *)
RECURSIVE TellLinked(_, _, _, _), TellWatching(_, _, _, _, _)
TellLinked(m, q, peers, r) ==
  IF peers = {} THEN m
  ELSE LET peer == CHOOSE d \in peers : TRUE IN
       TellLinked(EmitIf(m, q, peer, <<"exit", r, TRUE>>), q, peers \ {peer}, r)
TellWatching(m, q, watchers, k, r) ==
  IF k > Len(watchers) THEN m
  ELSE TellWatching(EmitIf(m, q, watchers[k][2], <<"down", watchers[k][1], watchers[k][3], r>>),
                    q, watchers, k + 1, r)
EndProcessTell(m, q, r) == By("EndProcessTell",
  LET gone == [m EXCEPT !.procs[q] = Corpse(r),
        !.names  = [n \in {k \in DOMAIN @ : @[k] # q} |-> @[n]],
        !.timers = [n \in {k \in DOMAIN @ : @[k].to # MkPid(q)} |-> @[n]]]
  IN  TellWatching(TellLinked(gone, q, m.procs[q].links, r), q, m.procs[q].watchers, 1, r))
Kill(m, q, r) == EndProcessTell(m, q, r)

(* A message enters the mailbox; a process that waits for one looks at it *)
Enter1(ps, v) ==
  LET i == Instr(ps.pc) IN
  [ps EXCEPT !.mbox = Append(@, v),
     !.st   = IF ps.st = "waiting" /\ i.to # -1 THEN "ready" ELSE @,
     !.pc.i = IF ps.st = "waiting" /\ i.to # -1 THEN i.to ELSE @]
MailboxFull == MkTuple(<<SystemLimit, MkAtom("mailbox")>>)
LimMailboxFull(m, q) == By("LimMailboxFull", Kill(m, q, MailboxFull))
Enqueue(m, q, v) ==
  IF Len(m.procs[q].mbox) >= Limit.mailbox THEN LimMailboxFull(m, q)
  ELSE With(m, q, Enter1(m.procs[q], v))
EnqueueSelf(ps, v) ==      \* the same, by oneself
  IF Len(ps.mbox) >= Limit.mailbox
  THEN By("LimMailboxFull", Exiting(ps, MailboxFull)) ELSE Enter1(ps, v)

(* The value of a native that the process stands at *)
Finish(ps, v) ==
  LET done == [ps EXCEPT !.x = (0 :> v), !.st = "ready"] IN
  IF Instr(ps.pc).op = "tail" THEN Return([done EXCEPT !.y = <<>>]) ELSE Next1(done)
-----------------------------------------------------------------------------
(* Arrivals: s from a has arrived at b, which lives and is ps *)
SigMessageArrive(m, b, s) == By("SigMessageArrive", Enqueue(m, b, s[2]))

AliasKind(ps, r) == IF \E e \in ps.aliases : e[1] = r
                    THEN (CHOOSE e \in ps.aliases : e[1] = r)[2] ELSE ""
Unalias(ps, r)   == [ps EXCEPT !.aliases = {e \in @ : e[1] # r}]
Watch(ps, r)     == {w \in ps.watching : w[1] = r}
Unwatch(ps, r)   == [ps EXCEPT !.watching = {w \in @ : w[1] # r}]
(* An alias that serves once ends, and its monitor with it *)
UseAlias(m, b, r) ==
  LET ps == m.procs[b]  w == Watch(ps, r) IN
  IF AliasKind(ps, r) \notin {"reply", "reply_demonitor"} THEN m
  ELSE LET out == With(m, b, Unwatch(Unalias(ps, r), r)) IN
       IF w = {} THEN out
       ELSE Emit(out, b, (CHOOSE e \in w : TRUE)[2], <<"demonitor", r>>)
SigMessageAlias(m, b, s)  == By("SigMessageAlias", Enqueue(UseAlias(m, b, s[2]), b, s[3]))
SigMessageUnaliased(m)    == By("SigMessageUnaliased", m)

(* What the other end says of a link is out of date while an unlink of     *)
(* ours is not acknowledged.                                               *)
Pending(ps, a)        == \E u \in ps.unl : u[1] = a
SigLinkPending(m)     == By("SigLinkPending", m)
SigLinkHeld(m, a, b)  == By("SigLinkHeld", [m EXCEPT !.procs[b].links = @ \cup {a}])
SigUnlinkDone(m, a, b, s) == By("SigUnlinkDone",
  EmitIf([m EXCEPT !.procs[b].links = @ \ {a}], b, a, <<"unlinked", s[2]>>))
SigUnlinkedMatch(m, a, b, s) == By("SigUnlinkedMatch",
  [m EXCEPT !.procs[b].unl = @ \ {<<a, s[2]>>}])
SigUnlinkedStale(m)   == By("SigUnlinkedStale", m)

SigMonitorSet(m, a, b, s) == By("SigMonitorSet",
  [m EXCEPT !.procs[b].watchers = Append(@, <<s[2], a, s[3]>>)])
SigDemonitorDone(m, b, s) == By("SigDemonitorDone",
  [m EXCEPT !.procs[b].watchers = SelectSeq(@, LAMBDA w : w[1] # s[2])])
SigDownGone(m) == By("SigDownGone", m)
SigDownArrive(m, b, s) == By("SigDownArrive",
  LET ps  == m.procs[b]
      w   == CHOOSE e \in Watch(ps, s[2]) : TRUE
      me  == Unwatch(ps, s[2])
      out == IF AliasKind(ps, s[2]) \in {"demonitor", "reply_demonitor"}
             THEN Unalias(me, s[2]) ELSE me
  IN  Enqueue(With(m, b, out), b, DownMessage(w[3], s[2], s[3], s[4])))

SigExitUnlinked(m)         == By("SigExitUnlinked", m)
SigExitKilled(m, b)        == By("SigExitKilled", Kill(m, b, MkAtom("killed")))
SigExitTrapped(m, a, b, r) == By("SigExitTrapped", Enqueue(m, b, ExitMessage(a, r)))
SigExitNormal(m)           == By("SigExitNormal", m)
SigExitEnds(m, b, r)       == By("SigExitEnds", Kill(m, b, r))
ExitArrives(m, a, b, s) ==
  LET r  == s[2]
      m1 == IF s[3] THEN [m EXCEPT !.procs[b].links = @ \ {a}] ELSE m
  IN  IF s[3] /\ a \notin m.procs[b].links   THEN SigExitUnlinked(m)
      ELSE IF ~s[3] /\ r = MkAtom("kill")    THEN SigExitKilled(m1, b)
      ELSE IF m.procs[b].trap                THEN SigExitTrapped(m1, a, b, r)
      ELSE IF r = Normal                     THEN SigExitNormal(m1)
      ELSE                                        SigExitEnds(m1, b, r)

SigLeaderSet(m, b, s) == By("SigLeaderSet", [m EXCEPT !.procs[b].leader = s[2]])
SigInfoReply(m, a, b) == By("SigInfoReply",
  Emit(m, b, a, <<"answer", Truth(m.procs[b].st # "exiting")>>))
SigInfoAnswer(m, b, s) == By("SigInfoAnswer", With(m, b, Finish(m.procs[b], s[2])))

AtLive(m, a, b, s) ==
  LET ps == m.procs[b] IN
  CASE s[1] = "message"   -> SigMessageArrive(m, b, s)
    [] s[1] = "alias"     -> IF AliasKind(ps, s[2]) = "" THEN SigMessageUnaliased(m)
                             ELSE SigMessageAlias(m, b, s)
    [] s[1] = "link"      -> IF Pending(ps, a) THEN SigLinkPending(m) ELSE SigLinkHeld(m, a, b)
    [] s[1] = "unlink"    -> SigUnlinkDone(m, a, b, s)
    [] s[1] = "unlinked"  -> IF <<a, s[2]>> \in ps.unl THEN SigUnlinkedMatch(m, a, b, s)
                             ELSE SigUnlinkedStale(m)
    [] s[1] = "exit"      -> ExitArrives(m, a, b, s)
    [] s[1] = "monitor"   -> SigMonitorSet(m, a, b, s)
    [] s[1] = "demonitor" -> SigDemonitorDone(m, b, s)
    [] s[1] = "down"      -> IF Watch(ps, s[2]) = {} THEN SigDownGone(m)
                             ELSE SigDownArrive(m, b, s)
    [] s[1] = "leader"    -> SigLeaderSet(m, b, s)
    [] s[1] = "info"      -> SigInfoReply(m, a, b)
    [] s[1] = "answer"    -> SigInfoAnswer(m, b, s)

(* The dead hear nothing, but what asks for an answer gets one *)
SigLinkDead(m, a, b)       == By("SigLinkDead", EmitIf(m, b, a, <<"exit", NoProc, TRUE>>))
SigMonitorDead(m, a, b, s) == By("SigMonitorDead",
  EmitIf(m, b, a, <<"down", s[2], s[3], NoProc>>))
SigInfoDead(m, a, b)       == By("SigInfoDead", EmitIf(m, b, a, <<"answer", False>>))
SigExitDead(m)             == By("SigExitDead", m)
SigUnlinkDead(m)           == By("SigUnlinkDead", m)
SigDemonitorDead(m)        == By("SigDemonitorDead", m)
SigLeaderDead(m)           == By("SigLeaderDead", m)
SigMessageDead(m)          == By("SigMessageDead", m)
AtDead(m, a, b, s) ==
  CASE s[1] = "link"      -> SigLinkDead(m, a, b)
    [] s[1] = "monitor"   -> SigMonitorDead(m, a, b, s)
    [] s[1] = "info"      -> SigInfoDead(m, a, b)
    [] s[1] = "exit"      -> SigExitDead(m)
    [] s[1] \in {"unlink", "unlinked"} -> SigUnlinkDead(m)
    [] s[1] = "demonitor" -> SigDemonitorDead(m)
    [] s[1] = "leader"    -> SigLeaderDead(m)
    [] OTHER              -> SigMessageDead(m)
SchedDeliverOldest(m, a, b) == By("SchedDeliverOldest",
  LET s   == Head(m.wires[<<a, b>>])
      out == [m EXCEPT !.wires = Popped(@, <<a, b>>)]
  IN  IF Alive(m, b) THEN AtLive(out, a, b, s) ELSE AtDead(out, a, b, s))
-----------------------------------------------------------------------------
(* Time.  f:P, the receive gives up waiting; f:P#n, a started timer sends. *)
Later(t)  == IF t > now THEN t ELSE now
ExecWaitTimeout(m, q) == By("ExecWaitTimeout",
  [m EXCEPT !.now = Later(m.procs[q].due), !.procs[q].st = "ready",
     !.procs[q].pc.i = @ + 1, !.procs[q].cur = 0, !.procs[q].due = -1])
Destination(m, v) ==      \* <<path>>, or <<>>
  CASE IsPid(v) -> <<v[2]>>
    [] IsAtom(v) /\ v[2] \in DOMAIN m.names -> <<m.names[v[2]]>>
    [] OTHER -> <<>>
SigTimerMessage(m, q, v) == By("SigTimerMessage", Enqueue(m, q, v))
SigTimerDead(m)          == By("SigTimerDead", m)
SchedTimerFire(m, k) == By("SchedTimerFire",
  LET t   == m.timers[k]
      out == [m EXCEPT !.timers = Drop(@, k), !.now = Later(t.due)]
      d   == Destination(m, t.to)
  IN  IF d # <<>> /\ Alive(m, d[1]) THEN SigTimerMessage(out, d[1], t.msg)
      ELSE SigTimerDead(out))
=============================================================================

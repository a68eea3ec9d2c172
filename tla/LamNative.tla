----------------------------- MODULE LamNative ------------------------------
(***************************************************************************)
(* Native: functions of the host.  Those that touch their caller alone are *)
(* functions of the process; the others, which begin a step, of the        *)
(* machine.  In the model are names, the dictionary, references, aliases,  *)
(* timers, clocks, group leaders, is_process_alive, output, halt, and      *)
(* those that stand for an instruction; not in it are input, process_info  *)
(* and what only computes.                                                 *)
(***************************************************************************)
EXTENDS LamMessage

ExecHostValue(ps, v)    == By("ExecHostValue", Finish(ps, v))
ExecHostRaise(ps, c, r) == By("ExecHostRaise", Unwind(ps, c, r, Nil))

ExecDictionaryPut(ps, k, v) == By("ExecDictionaryPut",
  ExecHostValue([ps EXCEPT !.dict = (k :> v) @@ @], DictGet(ps, k)))
ExecDictionaryRead(ps, k)   == By("ExecDictionaryRead", ExecHostValue(ps, DictGet(ps, k)))
ExecDictionaryErase(ps, k)  == By("ExecDictionaryErase",
  ExecHostValue([ps EXCEPT !.dict = [e \in DOMAIN @ \ {k} |-> @[e]]], DictGet(ps, k)))
ExecReferenceMake(ps, p)    == By("ExecReferenceMake",
  ExecHostValue(WithRef(ps, p, ""), NextRef(ps, p)))
ExecLeaderRead(ps)          == By("ExecLeaderRead", ExecHostValue(ps, MkPid(ps.leader)))

(* The call of a native becomes the call of another function *)
RECURSIVE OwnNative(_, _, _, _)
ExecHostTail(ps, found) == By("ExecHostTail",
  IF Instr(ps.pc).op = "tail" THEN [found EXCEPT !.y = <<>>] ELSE ExecCallEnter(ps, found))
GoOnAs(ps, p, i, callee, list) ==
  IF ~IsProper(list) THEN ExecHostRaise(ps, "error", BadArg)
  ELSE LET found == EnterCallee([ps EXCEPT !.x = Regs(Items(list))], callee, Len(Items(list))) IN
       CASE found.how = "entered" -> ExecHostTail(ps, found.ps)
         [] found.how = "fails"   -> CallFails(found)
         [] OTHER                 -> OwnNative(found.ps, p, i, found.nat)
OwnNative(ps, p, i, nat) ==
  LET a == Args(ps, nat[3])  n == nat[2] IN
  CASE n = "put"          -> ExecDictionaryPut(ps, a[1], a[2])
    [] n = "get"          -> ExecDictionaryRead(ps, a[1])
    [] n = "erase"        -> ExecDictionaryErase(ps, a[1])
    [] n = "make_ref"     -> ExecReferenceMake(ps, p)
    [] n = "group_leader" -> ExecLeaderRead(ps)
    [] n = "self"         -> ExecHostValue(ps, MkPid(p))
    [] n \in {"error", "exit", "throw"} -> ExecHostRaise(ps, n, a[1])
    [] n = "apply" /\ nat[3] = 2 -> GoOnAs(ps, p, i, <<a[1]>>, a[2])
    [] n = "apply" /\ nat[3] = 3 -> GoOnAs(ps, p, i, <<a[1], a[2]>>, a[3])
-----------------------------------------------------------------------------
(* Names *)
ExecNameRegister(m, n, d) == By("ExecNameRegister",
  Good([m EXCEPT !.names = (n :> d) @@ @], True))
ExecNameUnregister(m, n)  == By("ExecNameUnregister", Good([m EXCEPT !.names = Drop(@, n)], True))
ExecNameWhereis(m, n)     == By("ExecNameWhereis",
  Good(m, IF n \in DOMAIN m.names THEN MkPid(m.names[n]) ELSE Undefined))
ExecNameBadarg(m)         == By("ExecNameBadarg", Bad(m, BadArg))
Register(m, n, v) ==
  IF /\ IsAtom(n) /\ n # Undefined /\ IsPid(v)
     /\ n[2] \notin DOMAIN m.names /\ Alive(m, v[2])
     /\ \A k \in DOMAIN m.names : m.names[k] # v[2]
  THEN ExecNameRegister(m, n[2], v[2]) ELSE ExecNameBadarg(m)
Unregister(m, n) == IF IsAtom(n) /\ n[2] \in DOMAIN m.names THEN ExecNameUnregister(m, n[2])
                    ELSE ExecNameBadarg(m)
Whereis(m, n)    == IF IsAtom(n) THEN ExecNameWhereis(m, n[2]) ELSE ExecNameBadarg(m)

(* Aliases *)
ExecAliasMake(m, p, kind) == By("ExecAliasMake",
  Good(With(m, p, WithRef(m.procs[p], p, kind)), NextRef(m.procs[p], p)))
MakeAlias(m, p, options) ==
  LET s == Items(options)
      reply == \E k \in DOMAIN s : s[k] = MkAtom("reply")
  IN  IF IsProper(options) /\ \E k \in DOMAIN s : ~IsAny(s[k], {"explicit_unalias", "reply"})
      THEN Bad(m, BadArg)
      ELSE ExecAliasMake(m, p, IF IsProper(options) /\ reply THEN "reply" ELSE "explicit")
ExecAliasDrop(m, p, r) == By("ExecAliasDrop",
  Good(With(m, p, Unalias(m.procs[p], r)), Truth(AliasKind(m.procs[p], r) # "")))
DropAlias(m, p, r) == IF IsRef(r) THEN ExecAliasDrop(m, p, r) ELSE Bad(m, BadArg)

(* Timers *)
ExecTimerStart(m, p, ms, to, v, wrapped) == By("ExecTimerStart",
  LET ps  == m.procs[p]
      ref == NextRef(ps, p)
      msg == IF wrapped THEN MkTuple(<<MkAtom("timeout"), ref, v>>) ELSE v
      me  == [WithRef(ps, p, "") EXCEPT !.tmrs = @ + 1]
  IN  Good([With(m, p, me) EXCEPT !.timers =
              (<<p, me.tmrs>> :> [due |-> DueAfter(ms), ref |-> ref, to |-> to, msg |-> msg]) @@ @],
           ref))
StartTimer(m, p, t, to, v, wrapped) ==
  IF IsInt(t) /\ t[2] >= 0 /\ (IsPid(to) \/ IsAtom(to))
  THEN ExecTimerStart(m, p, t[2], to, v, wrapped) ELSE Bad(m, BadArg)
Running(m, r) == {k \in DOMAIN m.timers : m.timers[k].ref = r}
TimeLeft(m, k) == MkInt(IF m.timers[k].due > m.now THEN m.timers[k].due - m.now ELSE 0)
ExecTimerCancel(m, r) == By("ExecTimerCancel",
  IF Running(m, r) = {} THEN Good(m, False)
  ELSE LET k == CHOOSE e \in Running(m, r) : TRUE IN
       Good([m EXCEPT !.timers = Drop(@, k)], TimeLeft(m, k)))
ExecTimerRead(m, r) == By("ExecTimerRead",
  IF Running(m, r) = {} THEN Good(m, False)
  ELSE Good(m, TimeLeft(m, CHOOSE e \in Running(m, r) : TRUE)))

(* Clocks: now is in milliseconds, a unit is how many of it make a second, *)
(* and the clock began so many seconds after the epoch of Unix.            *)
Began == 1257894000
Units == [second |-> 1, millisecond |-> 1000, microsecond |-> 1000000,
          nanosecond |-> 1000000000, native |-> 1000000000]
InUnit(ms, unit) == IF unit < 1000 THEN (ms * unit) \div 1000 ELSE ms * (unit \div 1000)
ExecClockRead(m, since, unit) == By("ExecClockRead",
  Good(m, MkInt(since * unit + InUnit(m.now, unit))))
ReadClock(m, since, v) ==
  CASE IsAny(v, DOMAIN Units) -> ExecClockRead(m, since, Units[v[2]])
    [] IsInt(v) /\ v[2] > 0   -> ExecClockRead(m, since, v[2])
    [] OTHER                  -> Bad(m, BadArg)

(* Group leaders, and whether a process lives: asked by a signal *)
ExecLeaderRequest(m, p, leader, d) == By("ExecLeaderRequest",
  IF d = p THEN Good([m EXCEPT !.procs[p].leader = leader], True)
  ELSE Good(Emit(m, p, d, <<"leader", leader>>), True))
SetLeader(m, p, v, w) ==
  IF Destination(m, v) # <<>> /\ IsPid(w)
  THEN ExecLeaderRequest(m, p, Destination(m, v)[1], w[2]) ELSE Bad(m, BadArg)
ExecInfoOwn(m)           == By("ExecInfoOwn", Good(m, True))
ExecHostBlock(m, p)      == By("ExecHostBlock", [m EXCEPT !.procs[p].st = "blocked"])
ExecInfoRequest(m, p, d) == By("ExecInfoRequest", ExecHostBlock(Emit(m, p, d, <<"info">>), p))

(* Output and the end.  What a port has is its text as outcomes show it.   *)
Written(m, port, s) ==
  [m EXCEPT !.ports = (port :> ((IF port \in DOMAIN @ THEN @[port] ELSE "") \o s)) @@ @]
RECURSIVE Shown(_, _), Bytes(_)
Shown(s, k) ==
  IF k > Len(s) THEN ""
  ELSE (IF Char(s, k) \in {"\"", "\\"} THEN "\\" ELSE "") \o Char(s, k) \o Shown(s, k + 1)
Display(m, v) == Good(Written(m, "stdout", Shown(Show(v), 1) \o "\\n"), True)
Bytes(v) ==      \* the bytes of nested lists and binaries, -1 among them if it is none
  CASE v = Nil      -> <<>>
    [] IsCons(v)    -> (IF IsCons(v[2]) \/ v[2] = Nil \/ IsBits(v[2]) THEN Bytes(v[2])
                        ELSE IF IsInt(v[2]) /\ v[2][2] \in 0 .. 255 THEN <<v[2][2]>> ELSE <<-1>>)
                       \o Bytes(v[3])
    [] IsBinary(v)  -> [k \in 1 .. Len(v[2]) \div 8 |-> BitsValue(SubSeq(v[2], 8 * k - 7, 8 * k))]
    [] IsInt(v)     -> IF v[2] \in 0 .. 255 THEN <<v[2]>> ELSE <<-1>>
    [] OTHER        -> <<-1>>
RECURSIVE ShownBytes(_)
ShownBytes(s) ==
  IF s = <<>> THEN ""
  ELSE (CASE Head(s) = 10 -> "\\n" [] Head(s) = 9 -> "\\t" [] Head(s) = 13 -> "\\r"
          [] OTHER -> Shown(CharOf(Head(s)), 1)) \o ShownBytes(Tail(s))
Write(m, port, v) ==
  LET s == Bytes(v) IN
  IF ~IsAtom(port) \/ \E k \in DOMAIN s : s[k] = -1 THEN Bad(m, BadArg)
  ELSE Good(Written(m, port[2], ShownBytes(s)), Ok)
EndMachineHalt(m, status) == By("EndMachineHalt",
  Good([m EXCEPT !.ended = "halt " \o ToString(status)], True))
Halt(m, v) ==
  CASE IsInt(v) /\ v[2] >= 0   -> EndMachineHalt(m, v[2] % 256)
    [] v = MkAtom("abort")     -> EndMachineHalt(m, 134)
    [] OTHER                   -> Bad(m, BadArg)

CallOfFun(v) == <<MkAtom("erlang"), MkAtom("apply"), MkList(<<v, Nil>>)>>
SpawnFun(m, p, v, options) == IF IsFun(v) THEN Spawn(m, p, CallOfFun(v), options)
                              ELSE Bad(m, BadArg)
Option(s) == MkList(<<MkAtom(s)>>)
SharedValue(m, p, nat, a) ==
  LET n == nat[2] IN
  CASE n = "register"      -> Register(m, a[1], a[2])
    [] n = "unregister"    -> Unregister(m, a[1])
    [] n = "whereis"       -> Whereis(m, a[1])
    [] n = "alias"         -> MakeAlias(m, p, IF nat[3] = 0 THEN Nil ELSE a[1])
    [] n = "unalias"       -> DropAlias(m, p, a[1])
    [] n = "send_after"    -> StartTimer(m, p, a[1], a[2], a[3], FALSE)
    [] n = "start_timer"   -> StartTimer(m, p, a[1], a[2], a[3], TRUE)
    [] n = "cancel_timer"  -> IF IsRef(a[1]) THEN ExecTimerCancel(m, a[1]) ELSE Bad(m, BadArg)
    [] n = "read_timer"    -> IF IsRef(a[1]) THEN ExecTimerRead(m, a[1]) ELSE Bad(m, BadArg)
    [] n = "monotonic_time" -> ReadClock(m, 0, IF nat[3] = 0 THEN MkAtom("native") ELSE a[1])
    [] n = "system_time"   -> ReadClock(m, Began, a[1])
    [] n = "group_leader"  -> SetLeader(m, p, a[1], a[2])
    [] n = "is_process_alive" -> IF a[1] = MkPid(p) THEN ExecInfoOwn(m) ELSE Bad(m, BadArg)
    [] n = "halt"          -> Halt(m, IF nat[3] = 0 THEN MkInt(0) ELSE a[1])
    [] n = "display"       -> Display(m, a[1])
    [] n = "write"         -> Write(m, a[1], a[2])
    [] n = "spawn"         -> IF nat[3] = 1 THEN SpawnFun(m, p, a[1], Nil) ELSE Spawn(m, p, a, Nil)
    [] n = "spawn_link"    -> IF nat[3] = 1 THEN SpawnFun(m, p, a[1], Option("link"))
                              ELSE Spawn(m, p, a, Option("link"))
    [] n = "spawn_monitor" -> IF nat[3] = 1 THEN SpawnFun(m, p, a[1], Option("monitor"))
                              ELSE Spawn(m, p, a, Option("monitor"))
    [] n = "link"          -> Link(m, p, a[1])
    [] n = "unlink"        -> Unlink(m, p, a[1])
    [] n = "monitor"       -> Monitor(m, p, a[1], a[2], IF nat[3] = 2 THEN Nil ELSE a[3])
    [] n = "demonitor"     -> Demonitor(m, p, a[1], IF nat[3] = 1 THEN Nil ELSE a[2])
    [] n = "exit"          -> ExitSignal(m, p, a[1], a[2])
    [] n = "process_flag"  -> Flag(m, p, a[1], a[2])
    [] n \in {"send", "!"} -> Send(m, p, a[1], a[2])
SharedNative(m, p, nat) ==
  LET a == Args(m.procs[p], nat[3])
      r == SharedValue(m, p, nat, a)
      ps == r[2].procs[p]
  IN  IF nat[2] = "is_process_alive" /\ IsPid(a[1]) /\ a[1][2] # p
      THEN ExecInfoRequest(m, p, a[1][2])
      ELSE CASE ps.st = "exiting" -> r[2]
             [] r[1]              -> With(r[2], p, ExecHostValue(ps, r[3]))
             [] OTHER             -> With(r[2], p, ExecHostRaise(ps, "error", r[3]))

ExecHostUndef(ps) == By("ExecHostUndef", Raise(ps, MkAtom("undef")))
ExecCallNative(nat) == By("ExecCallNative", nat)
ExecTailNative(nat) == By("ExecTailNative", nat)
=============================================================================

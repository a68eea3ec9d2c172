----------------------------- MODULE LamMachine -----------------------------
(***************************************************************************)
(* The machine: what one instruction does, what a step is, which steps may *)
(* come next, and what can be observed at the end.  Only Step, Deliver and *)
(* Fire prime variables; all else is functions.  Any process that can take *)
(* a step may take it: LamPool and LamSched refine this.                   *)
(***************************************************************************)
EXTENDS LamNative

EffectOps == {"spawn", "link", "unlink", "monitor", "demonitor", "exit", "flag",
              "yield", "send"}
Calls     == {"call", "tail", "host"}
(* Whether the next instruction begins a step: others may see what it      *)
(* does, or it depends on what they do.                                    *)
EffectAhead(ps) ==
  LET i == Instr(ps.pc) IN
  \/ i.op = "beyond" /\ Assert(FALSE, "BEYOND " \o i.what)
  \/ i.op \in EffectOps
  \/ LooksAtEnd(ps, i)
  \/ i.op \in Calls /\ NativeAhead(ps, i) \in SharedNatives

(* A local instruction: a function of its process *)
CallInstr(ps, p, i) ==
  LET found == Resolve(ps, i) IN
  CASE found.how # "native" -> Call(ps, i, found)
    [] i.op = "call"        -> ExecCallNative(OwnNative(found.ps, p, i, found.nat))
    [] i.op = "tail"        -> ExecTailNative(OwnNative(found.ps, p, i, found.nat))
Host(ps, p, i) ==
  LET nat == NativeAhead(ps, i) IN
  IF nat \in OwnNatives THEN OwnNative(ps, p, i, nat) ELSE ExecHostUndef(ps)
Local(ps, p) ==
  LET i == Instr(ps.pc) IN
  CASE i.op = "move"   -> ExecMoveParallel(ps, i)
    [] i.op = "test"   -> TestInstr(ps, i)
    [] i.op = "op"     -> OpInstr(ps, p, i)
    [] i.op = "recv"   -> Recv(ps, i)
    [] i.op = "accept" -> ExecAcceptTake(ps)
    [] i.op = "wait"   -> Wait(ps, i)
    [] i.op \in {"call", "tail"} -> CallInstr(ps, p, i)
    [] i.op = "ret"    -> Return(ps)
    [] i.op = "jump"   -> ExecJumpGo(ps, i)
    [] i.op = "switch" -> Switch(ps, i)
    [] i.op = "frame"  -> Frame(ps, i)
    [] i.op = "need"   -> ExecNeedCredit(ps, i)
    [] i.op = "cons"   -> ExecConsBuild(ps, i)
    [] i.op = "uncons" -> Uncons(ps, i)
    [] i.op = "tuple"  -> ExecTupleBuild(ps, i)
    [] i.op = "get"    -> Get(ps, i)
    [] i.op = "update" -> Update(ps, i)
    [] i.op = "fun"    -> ExecFunClose(ps, i)
    [] i.op = "map"    -> MapInstr(ps, i)
    [] i.op = "pick"   -> Pick(ps, i)
    [] i.op = "try"    -> ExecTryInstall(ps, i)
    [] i.op = "raise"  -> RaiseInstr(ps, i)
    [] i.op = "bmake"  -> Bmake(ps, i)
    [] i.op = "bmatch" -> Bmatch(ps, i)
    [] i.op = "mark"   -> ExecMarkHint(ps, i)
    [] i.op = "host"   -> Host(ps, p, i)

(* An instruction with an effect: a function of the machine.  What it gave *)
(* goes to dst and all other X are dead, or it raises.                     *)
Done(r, p, dst) ==
  LET ps == r[2].procs[p] IN
  CASE ps.st = "exiting" -> r[2]
    [] r[1]              -> With(r[2], p, Next1(PutOnly(ps, dst, r[3])))
    [] OTHER             -> With(r[2], p, Raise(ps, r[3]))
Nowhere == <<"_">>
NativeCall(m, p, i) ==
  LET ps == m.procs[p]
      found == Resolve(ps, i)
      made(ps1, nat) == SharedNative(With(m, p, ps1), p, nat)
  IN  CASE i.op = "host" -> made(ps, NativeAhead(ps, i))
        [] i.op = "call" -> ExecCallNative(made(found.ps, found.nat))
        [] i.op = "tail" -> ExecTailNative(made(found.ps, found.nat))
Effect(m, p) ==
  LET ps == m.procs[p]
      i  == Instr(ps.pc)
      V(o) == Val(ps, o)
  IN  CASE i.op = "send"      -> Done(Send(m, p, V(i.to), V(i.message)), p, i.dst)
        [] i.op = "spawn"     -> Done(Spawn(m, p, <<V(i.module), V(i.function), V(i.args)>>,
                                            V(i.options)), p, i.dst)
        [] i.op = "link"      -> Done(Link(m, p, V(i.pid)), p, Nowhere)
        [] i.op = "unlink"    -> Done(Unlink(m, p, V(i.pid)), p, Nowhere)
        [] i.op = "monitor"   -> Done(Monitor(m, p, V(i.kind), V(i.item), V(i.options)), p, i.dst)
        [] i.op = "demonitor" -> Done(Demonitor(m, p, V(i.reference), V(i.options)), p, i.dst)
        [] i.op = "exit"      -> Done(ExitSignal(m, p, V(i.pid), V(i.reason)), p, Nowhere)
        [] i.op = "flag"      -> Done(Flag(m, p, V(i.name), V(i.value)), p, i.dst)
        [] i.op = "yield"     -> ExecYieldGive(m, p)
        [] i.op = "recv"      -> With(m, p, Recv(ps, i))
        [] OTHER              -> NativeCall(m, p, i)
-----------------------------------------------------------------------------
(* Steps.  In the schedule language a step is one effect and the local     *)
(* instructions after it, up to the first safepoint after Quantum          *)
(* reductions; an arrival, a timer and a spawn run no instruction of       *)
(* anyone.  An instruction is paid with fuel, if that is limited, before   *)
(* it is executed.                                                         *)
SchedCostTable(ps)  == Cost[Instr(ps.pc).op]
AtSafepoint(ps)     == Instr(ps.pc).op \in Safepoints
LimFuelSpent(m)     == By("LimFuelSpent", [m EXCEPT !.ended = "exhausted(fuel)"])
Pays(m, n)          == m.fuel = -1 \/ n <= m.fuel
Pay(m, n)           == IF m.fuel = -1 THEN m ELSE [m EXCEPT !.fuel = @ - n]
(* A run of local instructions: the process, what the step has spent, and  *)
(* why it is over, "" if it is not.  2^n instructions are twice 2^(n-1),   *)
(* which keeps TLC's recursion flat.                                       *)
SchedStepLong(run)  == By("SchedStepLong", [run EXCEPT !.over = "long"])
LocalInstr(m, run, p) ==
  LET ps    == run.ps
      total == run.spent + SchedCostTable(ps)
  IN  CASE ps.st # "ready" \/ EffectAhead(ps)          -> [run EXCEPT !.over = "effect"]
        [] run.spent >= Quantum /\ AtSafepoint(ps)     -> SchedStepLong(run)
        [] ~Pays(m, total)                             -> [run EXCEPT !.over = "fuel"]
        [] OTHER -> [ps |-> Local(ps, p), spent |-> total, over |-> ""]
RECURSIVE RunLocal(_, _, _, _)
RunLocal(m, run, p, n) ==
  IF run.over # "" THEN run
  ELSE IF n = 0 THEN LocalInstr(m, run, p)
  ELSE RunLocal(m, RunLocal(m, run, p, n - 1), p, n - 1)
Settle(m, p, spent) ==      \* p runs on, having spent so much of m's fuel in this step
  IF m.ended # "" THEN m
  ELSE LET run == RunLocal(m, [ps |-> m.procs[p], spent |-> spent, over |-> ""], p, 24)
           out == Pay(With(m, p, run.ps), run.spent)
       IN  IF run.over = "fuel" THEN LimFuelSpent(out) ELSE out
SchedStepLocal(m, p)  == By("SchedStepLocal",
  LET cost == SchedCostTable(m.procs[p]) IN
  CASE Grain # "instr" -> Settle(m, p, 0)
    [] Pays(m, cost)   -> Pay(With(m, p, Local(m.procs[p], p)), cost)
    [] OTHER           -> LimFuelSpent(m))
SchedStepEffect(m, p) == By("SchedStepEffect",
  LET cost == SchedCostTable(m.procs[p]) IN
  CASE ~Pays(m, cost)  -> LimFuelSpent(m)
    [] Grain = "instr" -> Pay(Effect(m, p), cost)
    [] OTHER           -> Settle(Effect(m, p), p, cost))
SchedStepEnd(m, p)    == By("SchedStepEnd", EndProcessTell(m, p, m.procs[p].reason))
StepOf(m, p) ==
  CASE m.procs[p].st = "exiting"   -> SchedStepEnd(m, p)
    [] EffectAhead(m.procs[p])     -> SchedStepEffect(m, p)
    [] OTHER                       -> SchedStepLocal(m, p)

(* In the fused grain those whom a step has woken or made run on at once,  *)
(* in a program that is calm: whether a process is alive, say, is seen     *)
(* between its wakening and its end.                                       *)
Calm     == [k \in DOMAIN Image |-> Image[k].calm]
Woken(m) == {q \in DOMAIN m.procs : m.procs[q].st = "ready"
               /\ (q \notin DOMAIN procs \/ procs[q].st \in {"waiting", "blocked"})}
RECURSIVE SettleAll(_, _)
SettleAll(m, s) == IF s = {} THEN m
                   ELSE LET q == CHOOSE e \in s : TRUE IN SettleAll(Settle(m, q, 0), s \ {q})
Become(m, label) ==
  LET out == IF Grain = "fused" /\ Calm[prog] THEN SettleAll(m, Woken(m)) ELSE m IN
  /\ procs' = out.procs
  /\ wires' = out.wires
  /\ names' = out.names
  /\ timers' = out.timers
  /\ now' = (IF Image[prog].clocked THEN out.now ELSE 0)
  /\ ports' = out.ports
  /\ ended' = out.ended
  /\ fuel' = out.fuel
  /\ last' = label
  /\ UNCHANGED prog

(* The choices and their labels *)
Runs(ps)   == ps.st \in {"ready", "exiting"}
CanStep(p) == ended = "" /\ Runs(procs[p])
CanFire(p) == ended = "" /\ procs[p].st = "waiting" /\ procs[p].due # -1
Step(p)       == CanStep(p) /\ Become(StepOf(M, p), "s:" \o Path(p))
Deliver(a, b) == /\ ended = "" /\ <<a, b>> \in DOMAIN wires
                 /\ Become(SchedDeliverOldest(M, a, b), "d:" \o Path(b) \o "<" \o Path(a))
Fire(p)       == CanFire(p) /\ Become(ExecWaitTimeout(M, p), "f:" \o Path(p))
FireTimer(k)  == /\ ended = "" /\ k \in DOMAIN timers
                 /\ Become(SchedTimerFire(M, k), "f:" \o Path(k[1]) \o "#" \o ToString(k[2]))
Choices == Cardinality({p \in DOMAIN procs : CanStep(p)}) + Cardinality(DOMAIN wires)
         + Cardinality({p \in DOMAIN procs : CanFire(p)}) + Cardinality(DOMAIN timers)
-----------------------------------------------------------------------------
(* Which choices a reduced search leaves out.  Nothing is left out in a    *)
(* program that is not calm: that uses names, aliases, timers, output or   *)
(* limits, where steps of different processes do not commute.              *)
Ops      == [k \in DOMAIN Image |-> UNION {{Image[k].funs[f].code[n].op :
               n \in DOMAIN Image[k].funs[f].code} : f \in DOMAIN Image[k].funs}]
Killing  == [k \in DOMAIN Image |-> "link" \in Image[k].uses \/ "exit" \in Ops[k]]
Prying   == [k \in DOMAIN Image |-> "monitor" \in Image[k].uses]
Trapping == [k \in DOMAIN Image |-> "flag" \in Ops[k]]

(* Signals whose effect is the same whenever they arrive before the next   *)
(* wait or look at the end of the mailbox.  Where a DOWN or an EXIT must   *)
(* not be late, because a demonitor, unlink or flag may follow, nor may a  *)
(* message be, because it may have to come before them.                    *)
Patient == IF Calm[prog] /\ Ops[prog] \cap {"demonitor", "flag"} = {}
           THEN {"message", "down"} ELSE {}
Worth(a, b) ==
  \/ Delivery = "eager"
  \/ procs[b].st \in {"waiting", "blocked", "dead"}
  \/ procs[b].st = "ready" /\ LooksAtEnd(procs[b], Instr(procs[b].pc))
  \/ \E n \in DOMAIN wires[<<a, b>>] : wires[<<a, b>>][n][1] \notin Patient

(* Instructions that change what an arriving signal does to the process *)
Own == {"link", "unlink", "demonitor", "flag"}
(* A process at a local instruction may go first, and so may one that no   *)
(* arrival can end, when its step does not change what an arrival does and *)
(* disables no other.  An ending is seen by a later link or monitor        *)
(* signal, so it is no such step in a program with these.                  *)
Alone(p) ==
  /\ Calm[prog]
  /\ \/ procs[p].st = "ready" /\ ~EffectAhead(procs[p])
     \/ /\ \/ /\ procs[p].st = "ready"
              /\ Instr(procs[p].pc).op \notin Own
              /\ ~LooksAtEnd(procs[p], Instr(procs[p].pc))
           \/ procs[p].st = "exiting" /\ ~Killing[prog] /\ ~Prying[prog]
        /\ ~Killing[prog] \/ (procs[p].trap /\ "exit" \notin Ops[prog])
-----------------------------------------------------------------------------
(* Nothing can happen any more: the machine has been halted, or everything *)
(* has ended or waits for ever.                                            *)
Terminal ==
  \/ ended # ""
  \/ /\ DOMAIN wires = {} /\ DOMAIN timers = {}
     /\ \A p \in DOMAIN procs : \/ procs[p].st \in {"dead", "blocked"}
                                \/ procs[p].st = "waiting" /\ procs[p].due = -1

(* The outcome as text: how each process ended, or the mailbox it waits    *)
(* with, by spawn path; then what each port was given, and how the machine *)
(* ended.  The outcome set of a program is the set of these lines.         *)
Fate(p) == Path(p) \o " " \o
  (CASE procs[p].st = "dead" -> "exit " \o Show(procs[p].reason)
     [] ended # ""           -> "running"
     [] OTHER                -> "waiting [" \o ShowAll(procs[p].mbox) \o "]")
RECURSIVE Fates(_, _), PortTexts(_)
Fates(p, k) ==      \* of p's children from the k-th on, each before its own children
  LET c == Append(p, k) IN
  IF c \in DOMAIN procs THEN "; " \o Fate(c) \o Fates(c, 1) \o Fates(p, k + 1) ELSE ""
PortTexts(s) ==
  IF s = {} THEN ""
  ELSE LET port == CHOOSE n \in s : \A e \in s : CmpText(n, e, 1) <= 0 IN
       "; " \o port \o ": \"" \o ports[port] \o "\"" \o PortTexts(s \ {port})
Outcome == Fate(<<0>>) \o Fates(<<0>>, 1) \o PortTexts(DOMAIN ports)
           \o (IF ended = "" THEN "" ELSE "; " \o ended)
Report  == Terminal => PrintT("OUTCOME " \o ToString(prog) \o " " \o Outcome)
-----------------------------------------------------------------------------
Root == <<0>>
Init ==
  \E k \in DOMAIN Image :
    /\ prog = k
    /\ procs = (Root :> NewProc(<<MkAtom(Image[k].name), MkAtom("main"), Image[k].args>>, Root))
    /\ wires = <<>>
    /\ names = <<>>
    /\ timers = <<>>
    /\ now = 0
    /\ ports = <<>>
    /\ ended = ""
    /\ fuel = Image[k].lim.fuel
    /\ last = ""
AnyStep ==
  \/ \E p \in DOMAIN procs : Step(p)
  \/ \E e \in DOMAIN wires : Worth(e[1], e[2]) /\ Deliver(e[1], e[2])
  \/ \E p \in DOMAIN procs : Fire(p)
  \/ \E k \in DOMAIN timers : FireTimer(k)
Still == UNCHANGED <<prog, procs, wires, names, timers, now, ports, ended, fuel, last>>
EndMachineQuiet == By("EndMachineQuiet", Still)
Next ==      \* the end repeats itself, so that TLC's deadlock check finds only real holes
  IF Terminal THEN IF ended = "" THEN EndMachineQuiet ELSE Still
  ELSE IF Ample /\ \E p \in DOMAIN procs : Alone(p)
  THEN Step(CHOOSE p \in DOMAIN procs : Alone(p))
  ELSE AnyStep
Spec == Init /\ [][Next]_core
=============================================================================

------------------------------ MODULE LamTime -------------------------------
(***************************************************************************)
(* Virtual time, a refinement of the free time of LamMachine, where what   *)
(* is armed may fire at any time.  Here a clock, in microseconds, advances *)
(* by one for each reduction that is spent; what is armed fires when it is *)
(* due and not before; and when nothing else can happen the clock jumps to *)
(* the earliest due time.  For programs that do not read the clock; check  *)
(* with Grain = "instr", Delivery = "eager".                               *)
(*                                                                         *)
(* An alarm is <<p, 0>>, the deadline of p's receive, or <<p, n>>, the     *)
(* n-th timer that p has started.                                          *)
(***************************************************************************)
EXTENDS LamProps
VARIABLES
  clock,     \* microseconds since the start
  dues       \* armed alarm -> when it is due
ASSUME Grain = "instr" /\ Delivery = "eager" /\ ~Ample
       /\ \A k \in DOMAIN Image : ~Image[k].clocked
timed == <<core, clock, dues>>

Armed(pr, ti)  == {<<p, 0>> : p \in {q \in DOMAIN pr : pr[q].due # -1}} \cup DOMAIN ti
(* Milliseconds of the alarm that the next instruction of p arms           *)
MillisOf(ps) ==
  LET i == Instr(ps.pc) IN
  IF i.op = "wait" THEN Val(ps, i.timeout)[2] ELSE Args(ps, 1)[1][2]
(* The due times after a step of p, in which the clock has come to t       *)
DuesAfter(p, t) ==
  [a \in Armed(procs', timers') |->
     IF a \in DOMAIN dues THEN dues[a] ELSE t + 1000 * MillisOf(procs[p])]
StillArmed == [a \in Armed(procs', timers') |-> dues[a]]

TimedStep(p) ==
  /\ Step(p)
  /\ clock' = clock + (IF procs[p].st = "ready" THEN SchedCostTable(procs[p]) ELSE 0)
  /\ dues' = DuesAfter(p, clock')
Silent(act)  == act /\ dues' = StillArmed /\ UNCHANGED clock
Expired(a)   == a \in DOMAIN dues /\ dues[a] <= clock
Quiet        == DOMAIN wires = {} /\ ~\E p \in DOMAIN procs : CanStep(p)
Jump         == /\ ended = "" /\ Quiet /\ dues # <<>>
                /\ \A a \in DOMAIN dues : dues[a] > clock
                /\ clock' \in {dues[a] : a \in DOMAIN dues}
                /\ \A a \in DOMAIN dues : clock' <= dues[a]
                /\ Still /\ UNCHANGED dues
TimeInit == Init /\ clock = 0 /\ dues = <<>>
TimeNext ==
  \/ \E p \in DOMAIN procs : TimedStep(p)
  \/ \E e \in DOMAIN wires : Silent(Deliver(e[1], e[2]))
  \/ \E p \in DOMAIN procs : Expired(<<p, 0>>) /\ Silent(Fire(p))
  \/ \E k \in DOMAIN timers : Expired(k) /\ Silent(FireTimer(k))
  \/ Jump
  \/ Terminal /\ Still /\ UNCHANGED <<clock, dues>>
TimeSpec == TimeInit /\ [][TimeNext]_timed
-----------------------------------------------------------------------------
RefinesMachine == Spec
(* Every armed alarm has its due time, and nothing else has                *)
DuesExact == DOMAIN dues = Armed(procs, timers)
(* Time does not go back, and passes no due time by a jump                 *)
TimeForward == [][clock' >= clock /\ (clock' > clock /\ UNCHANGED core =>
                    \A a \in DOMAIN dues : clock' <= dues[a])]_timed
(* Nothing fires early: an alarm goes before its due time only when its    *)
(* owner takes a message, cancels it or ends.                              *)
Fires(a) == /\ a \in DOMAIN dues /\ a \notin DOMAIN dues'
            /\ last' = "f:" \o Path(a[1]) \o (IF a[2] = 0 THEN "" ELSE "#" \o ToString(a[2]))
SchedTimeVirtual == [][\A a \in DOMAIN dues : Fires(a) => dues[a] <= clock]_timed
=============================================================================

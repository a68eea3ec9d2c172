------------------------------ MODULE LamRuns -------------------------------
(***************************************************************************)
(* Schedules: taken is the list of labels wherever there was a choice, as  *)
(* the schedule language has it, so what it leads to can be replayed on    *)
(* any machine.  Check with Grain = "step" and VIEW core: taken costs no   *)
(* states, and each outcome comes with the first schedule that was found.  *)
(* Choices are counted before the reductions leave any out.                *)
(*                                                                         *)
(* The last two operators are wishes about a program, not properties of    *)
(* the machine.                                                            *)
(***************************************************************************)
EXTENDS LamProps

CONSTANT StatesMax      \* the search is given up after about so many states
VARIABLE taken

RunsInit == Init /\ taken = <<>>
RunsNext ==
  /\ Next
  /\ taken' = IF Terminal \/ Choices = 1 THEN taken ELSE Append(taken, last')
RunsSpec == RunsInit /\ [][RunsNext]_<<core, taken>>

RECURSIVE Labels(_)
Labels(s) == IF s = <<>> THEN "" ELSE " " \o Head(s) \o Labels(Tail(s))
ReportRun == Terminal =>
  PrintT("SCHEDULE " \o ToString(prog) \o Labels(taken) \o " => " \o Outcome)
Bounded   == TLCGet("distinct") < StatesMax

(* No process waits for ever *)
NobodyStuck == Terminal /\ ended = "" => \A p \in Pids : ~Lives(p)

Orderly(r)  == \/ r \in {Normal, MkAtom("shutdown")}
               \/ IsTuple(r) /\ Len(r[2]) = 2 /\ r[2][1] = MkAtom("shutdown")
(* Every process that ends does so normally, or is shut down *)
NobodyFails == \A p \in Pids : Lives(p) \/ Orderly(procs[p].reason)
=============================================================================

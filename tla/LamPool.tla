------------------------------ MODULE LamPool -------------------------------
(***************************************************************************)
(* The abstract scheduler, a refinement of LamMachine: at most as many     *)
(* processes run at once as there are schedulers, each taken out of one    *)
(* pool of those that can run, in whatever order, and put back whenever    *)
(* the scheduler likes, unless it has a budget without end.  LamSched      *)
(* refines it.  Check with Grain = "instr" and Delivery = "eager".         *)
(***************************************************************************)
EXTENDS LamMachine
VARIABLE running      \* the processes that have a scheduler
ASSUME Grain = "instr" /\ Delivery = "eager" /\ ~Ample
pool == <<core, running>>

Able(set) == {p \in set : Runs(procs'[p])}
(* Whether p may lose its scheduler after this step *)
Interruptible(p) == procs'[p].budget # -1 \/ Instr(procs[p].pc).op = "yield"

PoolPick  == /\ ended = "" /\ Cardinality(running) < Limit.schedulers
             /\ \E p \in DOMAIN procs \ running :
                  Runs(procs[p]) /\ running' = running \cup {p}
             /\ Still
PoolStep  == \E p \in running :
               /\ Step(p)
               /\ \/ running' = Able(running)
                  \/ Interruptible(p) /\ running' = Able(running \ {p})
PoolOther == /\ \/ \E e \in DOMAIN wires : Deliver(e[1], e[2])
                \/ \E p \in DOMAIN procs : Fire(p)
                \/ \E k \in DOMAIN timers : FireTimer(k)
             /\ running' = Able(running)
PoolEnd   == Terminal /\ Still /\ UNCHANGED running
PoolInit  == Init /\ running = {}
PoolNext  == PoolPick \/ PoolStep \/ PoolOther \/ PoolEnd
PoolSpec  == PoolInit /\ [][PoolNext]_pool
-----------------------------------------------------------------------------
(* What runs can run, and no more run than there are schedulers            *)
PoolOK == /\ Cardinality(running) <= Limit.schedulers
          /\ \A p \in running : Runs(procs[p])
RefinesMachine == Spec
=============================================================================

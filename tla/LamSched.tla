------------------------------ MODULE LamSched ------------------------------
(***************************************************************************)
(* Schedulers, a refinement of LamPool: each has a queue of its own, runs  *)
(* the process at its head until that waits, blocks, ends, yields or has   *)
(* spent its budget, and puts it at the end again.  A scheduler without    *)
(* work steals a process and runs it at once: if it only moved it to its   *)
(* own queue, two idle schedulers could hand it to and fro for ever.       *)
(* A process that is woken may join any queue.                             *)
(*                                                                         *)
(* How many schedulers there are, the quantum and the largest budget are   *)
(* limits of a program, so that one run checks machines of several sizes.  *)
(***************************************************************************)
EXTENDS LamProps
VARIABLES
  queues,    \* scheduler -> the processes that wait for it, in order
  turn,      \* scheduler -> the process that it runs, or None
  burnt,     \* scheduler -> reductions spent in this turn; 0 if it is endless
  patience   \* queued process -> how many picks it must bear at most
None  == <<>>
sched == <<core, queues, turn, burnt, patience>>

(* sched.budget.quantum: a turn is a quantum, or what was granted          *)
BudgetOf(ps) == IF ps.budget = 0 THEN Limit.quantum ELSE ps.budget
Over(ps, n)  == /\ ps.st = "ready" /\ AtSafepoint(ps)
                /\ ps.budget # -1 /\ n >= BudgetOf(ps)

Members(q)     == {q[k] : k \in DOMAIN q}
(* Others of scheduler s, with these queues and turns: what sched.fair.bound *)
(* calls n - 1 for a process that joins it.                                *)
Others(qs, ts, s) == Len(qs[s]) + (IF ts[s] = None THEN 0 ELSE 1)
(* p joins the queue of s *)
Join(st, s, p) ==
  [st EXCEPT !.queues[s] = Append(@, p),
             !.patience = (p :> Others(st.queues, st.turn, s)) @@ @]
RECURSIVE JoinAll(_, _, _)
JoinAll(st, s, set) ==
  IF set = {} THEN st
  ELSE LET p == CHOOSE e \in set : TRUE IN JoinAll(Join(st, s, p), s, set \ {p})
Joining   == {p \in DOMAIN procs' : Runs(procs'[p]) /\ ~(p \in DOMAIN procs /\ Runs(procs[p]))}
(* The schedulers without those whom this step has ended *)
Purged ==
  [queues   |-> [s \in DOMAIN queues |-> SelectSeq(queues[s], LAMBDA p : Runs(procs'[p]))],
   turn     |-> [s \in DOMAIN turn |->
                   IF turn[s] # None /\ ~Runs(procs'[turn[s]]) THEN None ELSE turn[s]],
   patience |-> [p \in {q \in DOMAIN patience : Runs(procs'[q])} |-> patience[p]]]
Schedule(st) ==
  /\ queues' = st.queues
  /\ turn' = st.turn
  /\ patience' = st.patience
-----------------------------------------------------------------------------
(* Scheduler s takes p, which stands at k in the queue of v: those of this *)
(* queue have borne a pick of their scheduler, unless p is stolen.         *)
Begin(s, v, k) ==
  LET p == queues[v][k] IN
  /\ Schedule([queues   |-> [queues EXCEPT ![v] = Without(@, k)],
               turn     |-> [turn EXCEPT ![s] = p],
               patience |-> [q \in DOMAIN patience \ {p} |->
                               IF s = v /\ q \in Members(queues[v])
                               THEN patience[q] - 1 ELSE patience[q]]])
  /\ burnt' = [burnt EXCEPT ![s] = 0]
  /\ Still
Idle(s)  == s \in Schedulers /\ ended = "" /\ turn[s] = None
PickOldest(s) == Idle(s) /\ queues[s] # <<>> /\ Begin(s, s, 1)
Steal(s) == Idle(s) /\ queues[s] = <<>>
            /\ \E v \in Schedulers : \E k \in DOMAIN queues[v] : Begin(s, v, k)

(* The process of s executes one instruction *)
Run(s) ==
  /\ s \in Schedulers /\ turn[s] # None
  /\ LET p    == turn[s]
         ps   == procs[p]
         all  == burnt[s] + (IF ps.st = "ready" THEN SchedCostTable(ps) ELSE 0)
         gives == ps.st = "ready" /\ Instr(ps.pc).op = "yield"
     IN  /\ Step(p)
         /\ LET st    == JoinAll(Purged, s, Joining)
                after == procs'[p]
                back  == Runs(after) /\ (gives \/ Over(after, all))
                out   == [st EXCEPT !.turn[s] = None]
            IN  /\ Schedule(IF back THEN Join(out, s, p) ELSE st)
                /\ burnt' = [burnt EXCEPT ![s] =
                     IF back \/ ~Runs(after) \/ after.budget = -1 THEN 0 ELSE all]

(* A signal arrives or a time has come; whom it wakes joins some queue *)
Occur(act) ==
  /\ act
  /\ \E s \in (IF Joining = {} THEN {1} ELSE Schedulers) : Schedule(JoinAll(Purged, s, Joining))
  /\ burnt' = [s \in DOMAIN burnt |-> IF turn'[s] = None THEN 0 ELSE burnt[s]]
Arrive  == \E e \in DOMAIN wires : Occur(Deliver(e[1], e[2]))
Expire  == \/ \E p \in DOMAIN procs : Occur(Fire(p))
           \/ \E k \in DOMAIN timers : Occur(FireTimer(k))

SchedInit ==
  /\ Init
  /\ queues = [s \in Schedulers |-> IF s = 1 THEN <<Root>> ELSE <<>>]
  /\ turn = [s \in Schedulers |-> None]
  /\ burnt = [s \in Schedulers |-> 0]
  /\ patience = (Root :> 0)
SchedEnd  == Terminal /\ Still /\ UNCHANGED <<queues, turn, burnt, patience>>
SchedNext == (\E s \in Schedulers : PickOldest(s) \/ Steal(s) \/ Run(s)) \/ Arrive \/ Expire \/ SchedEnd
SchedSpec == SchedInit /\ [][SchedNext]_sched
-----------------------------------------------------------------------------
(* No ready process is lost or doubled: each is in one queue or has one    *)
(* scheduler, and nobody else is.                                          *)
Homes(p) ==
  Cardinality({e \in UNION {{<<s, k>> : k \in DOMAIN queues[s]} : s \in Schedulers} :
                 queues[e[1]][e[2]] = p})
  + Cardinality({s \in Schedulers : turn[s] = p})
QueueExact ==
  /\ \A p \in DOMAIN procs : Homes(p) = (IF Runs(procs[p]) THEN 1 ELSE 0)
  /\ DOMAIN patience = UNION {Members(queues[s]) : s \in Schedulers}

(* A ready process is picked after at most n - 1 other picks               *)
SchedFairBound == \A p \in DOMAIN patience : patience[p] >= 0

(* A turn spends no more than a quantum, or than the largest budget if it  *)
(* asked for one, and the largest cost between two safepoints, of which a  *)
(* function's other instructions are a bound.                              *)
Between == [k \in DOMAIN Image |-> LET fs == Image[k].funs IN
  LET costs == {Cardinality({n \in DOMAIN fs[f].code :
        fs[f].code[n].op \notin Safepoints /\ Cost[fs[f].code[n].op] > 0}) : f \in DOMAIN fs}
  IN  CHOOSE c \in costs : \A d \in costs : d <= c]
SchedBudgetQuantum == \A s \in Schedulers : turn[s] # None =>
  burnt[s] <= Between[prog] + (CASE procs[turn[s]].budget = 0  -> Limit.quantum
                                 [] procs[turn[s]].budget = -1 -> 0
                                 [] OTHER                      -> Limit.budget)
(* No budget granted is larger than the largest *)
SchedBudgetGreedy == \A p \in DOMAIN procs : procs[p].budget <= Limit.budget

(* Whoever loses its scheduler and can run on has yielded or spent its     *)
(* budget; whoever has one without end has yielded.                        *)
Lost(s)  == turn[s] # None /\ turn'[s] # turn[s] /\ Runs(procs'[turn[s]])
Yields(p) == procs[p].st = "ready" /\ Instr(procs[p].pc).op = "yield"
SchedBudgetInfinite == [][\A s \in Schedulers : Lost(s) =>
  \/ Yields(turn[s])
  \/ /\ procs'[turn[s]].budget # -1
     /\ burnt[s] + SchedCostTable(procs[turn[s]]) >= BudgetOf(procs'[turn[s]])]_sched

(* Whoever yields gives its scheduler away (exec.yield.give)               *)
YieldGives == [][\A s \in Schedulers :
  turn[s] # None /\ procs'[turn[s]].pc # procs[turn[s]].pc /\ Yields(turn[s]) => turn'[s] # turn[s]]_sched

Pool == INSTANCE LamPool WITH running <- {turn[s] : s \in Schedulers} \ {None}
RefinesPool    == Pool!PoolSpec
RefinesMachine == Spec

(* Fairness: each scheduler goes on, signals arrive and times come.        *)
(* Under it the first process ends although another never stops.           *)
AllSchedulers == UNION {1 .. Image[k].lim.schedulers : k \in DOMAIN Image}
SchedFair ==
  /\ SchedSpec
  /\ \A s \in AllSchedulers : WF_sched(PickOldest(s) \/ Steal(s) \/ Run(s))
  /\ WF_sched(Arrive)
  /\ WF_sched(Expire)
RootEnds == <>(ended # "" \/ procs[Root].st = "dead")
=============================================================================

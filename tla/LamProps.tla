------------------------------ MODULE LamProps ------------------------------
(***************************************************************************)
(* What must hold of the machine.  Check with Grain = "instr" and          *)
(* Delivery = "eager", where every state between two instructions is seen. *)
(***************************************************************************)
EXTENDS LamMachine

Pids  == DOMAIN procs
Lives(p) == procs[p].st # "dead"
SigTags == {"message", "alias", "link", "unlink", "unlinked", "exit", "monitor",
            "demonitor", "down", "leader", "info", "answer"}
Has(a, b, S(_)) == LET w == Wire(wires, a, b) IN Cardinality({k \in DOMAIN w : S(w[k])})

(* Every field holds what it may; nobody has a wire to itself              *)
(* (exec.state.process, exec.state.mailbox, sig.self.once).                *)
TypeOK ==
  /\ \A p \in Pids :
       LET ps == procs[p] IN
       /\ ps.st \in {"ready", "waiting", "blocked", "exiting", "dead"}
       /\ ps.st \in {"ready", "waiting", "blocked"} =>
            ps.pc.f = 0 \/ ps.pc.i \in DOMAIN Funs[ps.pc.f].code
       /\ ps.cur \in 0 .. Len(ps.mbox)
       /\ ps.links \subseteq Pids \ {p}
       /\ ps.trap \in BOOLEAN
       /\ \A n \in DOMAIN ps.x : ps.x[n][1] # "handler"
  /\ \A e \in DOMAIN wires :
       /\ e[1] \in Pids /\ e[2] \in Pids /\ e[1] # e[2]
       /\ wires[e] # <<>>
       /\ \A k \in DOMAIN wires[e] : wires[e][k][1] \in SigTags
  /\ \A n \in DOMAIN names : Lives(names[n])
  /\ \A n, k \in DOMAIN names : n # k => names[n] # names[k]

(* A process that waits for messages has looked at all of its mailbox      *)
(* (exec.wait.look, exec.wait.block).                                      *)
NoLostWakeup == \A p \in Pids :
  procs[p].st = "waiting" /\ Instr(procs[p].pc).to # -1 => procs[p].cur = Len(procs[p].mbox)

(* A time-out runs only in the receive that set it (exec.accept.take,      *)
(* exec.wait.timeout).                                                     *)
TimerOK == \A p \in Pids :
  /\ procs[p].st \in {"exiting", "dead"} => procs[p].due = -1
  /\ procs[p].st = "waiting" /\ procs[p].due # -1 =>
       Val(procs[p], Instr(procs[p].pc).timeout) # MkAtom("infinity")

(* A link is held by both ends, or a signal about it is on its way         *)
(* (exec.link.request, exec.unlink.request, end.process.tell).             *)
LinkOK == \A p \in Pids : \A q \in procs[p].links :
  \/ Lives(q) /\ p \in procs[q].links
  \/ Has(p, q, LAMBDA s : s[1] = "link") > 0
  \/ Has(q, p, LAMBDA s : s[1] \in {"exit", "unlink"}) > 0

(* An unlink that is not acknowledged is on its way, or its                *)
(* acknowledgement is, or the other end has ended; and until then the link *)
(* is not held (exec.unlink.request, sig.unlink.done, sig.unlinked.match). *)
UnlinkOK == \A p \in Pids : \A u \in procs[p].unl :
  /\ u[1] \notin procs[p].links
  /\ Lives(u[1]) => 1 = Has(p, u[1], LAMBDA s : s = <<"unlink", u[2]>>)
                      + Has(u[1], p, LAMBDA s : s = <<"unlinked", u[2]>>)

(* A monitor is in exactly one place: on its way, at its target, or coming *)
(* back as DOWN (exec.monitor.request, sig.monitor.set, sig.monitor.dead,  *)
(* end.process.tell).                                                      *)
MonitorOK == \A p \in Pids : Lives(p) => \A w \in procs[p].watching :
  1 = Has(p, w[2], LAMBDA s : s[1] = "monitor" /\ s[2] = w[1])
    + Cardinality({k \in DOMAIN procs[w[2]].watchers : procs[w[2]].watchers[k][1] = w[1]})
    + Has(w[2], p, LAMBDA s : s[1] = "down" /\ s[2] = w[1])

(* Of the living, fewer than the schedulers have a budget without end, so  *)
(* one scheduler is left for the others (sched.budget.infinite).           *)
GreedyOK == Cardinality({p \in Pids : procs[p].budget = -1}) < Limit.schedulers

(* At the end nothing is left undone: watches and links are between live   *)
(* processes, links are held by both ends, no unlink is pending            *)
(* (sig.link.dead, sig.unlinked.match, sig.monitor.dead,                   *)
(* end.process.tell).                                                      *)
EndOK == Terminal /\ ended = "" => \A p \in Pids : Lives(p) =>
  /\ \A w \in procs[p].watching : Lives(w[2])
  /\ \A q \in procs[p].links : Lives(q) /\ p \in procs[q].links
  /\ \A u \in procs[p].unl : ~Lives(u[1])
-----------------------------------------------------------------------------
(* Of every step *)
IsPrefix(s, t) == Len(s) <= Len(t) /\ SubSeq(t, 1, Len(s)) = s
Gone(e)  == LET o == Wire(wires, e[1], e[2])  n == Wire(wires', e[1], e[2]) IN
            o # <<>> /\ n = Tail(o)

(* The dead stay dead, and no process vanishes (exec.state.process).       *)
DeadForever == [][\A p \in Pids : p \in DOMAIN procs' /\ (~Lives(p) => procs'[p] = procs[p])]_core

(* Signals join a wire at its end and leave at its front, one at a time    *)
(* (sig.order.pair, sched.deliver.oldest).                                 *)
WireFIFO == [][\A e \in DOMAIN wires \cup DOMAIN wires' :
   IsPrefix(Wire(wires, e[1], e[2]), Wire(wires', e[1], e[2])) \/ Gone(e)]_core

(* Nothing is lost or doubled: the message that leaves a wire enters the   *)
(* mailbox, once (sig.message.arrive).                                     *)
MailExact == [][\A e \in DOMAIN wires :
   Gone(e) /\ Head(wires[e])[1] = "message" /\ procs'[e[2]].st # "dead"
   => procs'[e[2]].mbox = Append(procs[e[2]].mbox, Head(wires[e])[2])]_core

(* A linked process that ends normally does not end another                *)
(* (sig.exit.normal).                                                      *)
NormalSpares == [][\A e \in DOMAIN wires :
   Gone(e) /\ Head(wires[e]) = <<"exit", Normal, TRUE>> /\ Lives(e[2])
   => procs'[e[2]].st # "dead"]_core

(* An exit signal of a link acts once: it undoes the link at this end, and *)
(* where no link is held it changes nothing (sig.exit.unlinked).           *)
ExitOnce == [][\A e \in DOMAIN wires :
   Gone(e) /\ Head(wires[e])[1] = "exit" /\ Head(wires[e])[3] /\ Lives(e[2]) =>
   IF e[1] \in procs[e[2]].links THEN e[1] \notin procs'[e[2]].links
   ELSE procs'[e[2]] = procs[e[2]]]_core

(* So does a DOWN: with MonitorOK, exactly one for each monitor            *)
(* (sig.down.arrive, sig.down.gone).                                       *)
DownOnce == [][\A e \in DOMAIN wires :
   Gone(e) /\ Head(wires[e])[1] = "down" /\ Lives(e[2]) =>
   LET ref == Head(wires[e])[2] IN
   IF Watch(procs[e[2]], ref) # {} THEN Watch(procs'[e[2]], ref) = {}
   ELSE procs'[e[2]] = procs[e[2]]]_core

(* A started timer fires at most once, and its number is not used again    *)
(* (exec.timer.start, sched.timer.fire).                                   *)
TimerOnce == [][
  /\ \A k \in DOMAIN timers' \ DOMAIN timers : k[2] = procs[k[1]].tmrs + 1
  /\ \A k \in DOMAIN timers :
       last' = "f:" \o Path(k[1]) \o "#" \o ToString(k[2]) => k \notin DOMAIN timers']_core

(* The end of a process is told to each link and each monitor in the same  *)
(* step (end.process.tell).                                                *)
EndTold == [][\A p \in Pids : Lives(p) /\ procs'[p].st = "dead" =>
   LET r    == procs'[p].reason
       from == {e[1] : e \in {f \in DOMAIN wires : f[2] = p /\ Gone(f) /\ Head(wires[f])[1] = "exit"}}
       Told(q, s) == \E k \in DOMAIN Wire(wires', p, q) : Wire(wires', p, q)[k] = s
   IN  /\ \A q \in procs[p].links \ from : Lives(q) => Told(q, <<"exit", r, TRUE>>)
       /\ \A k \in DOMAIN procs[p].watchers : LET w == procs[p].watchers[k] IN
            Lives(w[2]) => Told(w[2], <<"down", w[1], w[3], r>>)]_core
-----------------------------------------------------------------------------
(* Of whole behaviours *)
Fair == Spec /\ WF_core(Next)

(* A program that ends does so if whatever can happen goes on happening    *)
(* (sched.fair.bound).                                                     *)
Ends == <>[]Terminal

ExitInFlight == \E e \in DOMAIN wires : \E k \in DOMAIN wires[e] : wires[e][k][1] = "exit"
(* Exit signals do not run in circles for ever (end.process.tell).         *)
ExitsEnd == ExitInFlight ~> ~ExitInFlight

(* The processes of a program that polls are at most these *)
Three    == {<<0>>, <<0, 1>>, <<0, 2>>}
FairStep == Spec /\ \A p \in Three : WF_core(p \in DOMAIN procs /\ Step(p))
FairEach == FairStep /\ \A p \in Three : WF_core(Deliver(p, Root))
(* Every signal to the root arrives, so that a program that polls ends if  *)
(* each of its processes goes on, too (sched.fair.bound).                  *)
Delivered == \A p \in Three : (<<p, Root>> \in DOMAIN wires) ~> (<<p, Root>> \notin DOMAIN wires)
=============================================================================

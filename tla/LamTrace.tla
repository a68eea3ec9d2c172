------------------------------ MODULE LamTrace ------------------------------
(***************************************************************************)
(* Is a recorded trace a behaviour of the machine?  Every event names its  *)
(* choice and what could be seen of the step: the signal that arrived, the *)
(* processes that were born and that ended, the signals that were sent.    *)
(* So there is one state for each event and nothing to choose.             *)
(*                                                                         *)
(* Prints ACCEPTED with the number of a trace, or REFUSED with that and    *)
(* the number of the first impossible event, and for each choice of the    *)
(* machine at that place a line INSTEAD.  Check with Grain = "step", the   *)
(* VIEW tracing and, for rules, By <- Noted; one worker only.              *)
(***************************************************************************)
EXTENDS LamMachine

CONSTANT Traces    \* each [prog, events, final]; final is <<>> or <<outcome>>
VARIABLES trace,   \* which trace this behaviour follows
          place    \* the number of the next event; 0 when all is said
tracing == <<core, trace, place>>

AllTraces == Traces
Events    == AllTraces[trace].events

(* The rules of a step, in register 7 of TLC *)
Noted(rule, result) == IF TLCSet(7, TLCGet(7) \cup {rule}) THEN result ELSE result
ASSUME TLCSet(7, {})

(* A choice is <<"s", p>>, <<"d", from, to>>, <<"f", p>> or <<"f", p, n>> *)
AllChoices ==
  IF ended # "" THEN {}
  ELSE {<<"s", p>> : p \in {q \in DOMAIN procs : CanStep(q)}}
       \cup {<<"d", e[1], e[2]>> : e \in DOMAIN wires}
       \cup {<<"f", p>> : p \in {q \in DOMAIN procs : CanFire(q)}}
       \cup {<<"f", k[1], k[2]>> : k \in DOMAIN timers}
LabelOf(c) ==
  CASE c[1] = "d"   -> "d:" \o Path(c[3]) \o "<" \o Path(c[2])
    [] Len(c) = 2   -> c[1] \o ":" \o Path(c[2])
    [] OTHER        -> "f:" \o Path(c[2]) \o "#" \o ToString(c[3])
After(c) ==
  CASE c[1] = "s"   -> StepOf(M, c[2])
    [] c[1] = "d"   -> SchedDeliverOldest(M, c[2], c[3])
    [] Len(c) = 2   -> By("SchedTimerFire", ExecWaitTimeout(M, c[2]))
    [] OTHER        -> SchedTimerFire(M, <<c[2], c[3]>>)
-----------------------------------------------------------------------------
(* What can be seen of a step, in canonical text *)
SignalText(s) ==
  CASE s[1] \in {"message", "answer"} -> s[1] \o " " \o Show(s[2])
    [] s[1] = "alias"     -> "alias " \o Show(s[2]) \o " " \o Show(s[3])
    [] s[1] = "exit"      -> (IF s[3] THEN "link_exit " ELSE "exit ") \o Show(s[2])
    [] s[1] \in {"monitor", "demonitor"} -> s[1] \o " " \o Show(s[2])
    [] s[1] = "down"      -> "down " \o Show(s[2]) \o " " \o Show(s[4])
    [] s[1] = "leader"    -> "leader " \o Show(MkPid(s[2]))
    [] OTHER              -> s[1]
Before(c, e) == IF c = <<"d", e[1], e[2]>> THEN Tail(wires[e]) ELSE Wire(wires, e[1], e[2])
NewOn(m, c, e) == SubSeq(m.wires[e], Len(Before(c, e)) + 1, Len(m.wires[e]))
Seen(m, c) ==
  [signal |-> IF c[1] = "d" THEN SignalText(Head(wires[<<c[2], c[3]>>])) ELSE "",
   born   |-> {Path(p) : p \in DOMAIN m.procs \ DOMAIN procs},
   ended  |-> {<<Path(p), Show(m.procs[p].reason)>> :
                p \in {q \in DOMAIN procs : Alive(M, q) /\ ~Alive(m, q)}},
   sent   |-> {<<Path(e[1]), Path(e[2]), [n \in DOMAIN NewOn(m, c, e) |->
                  SignalText(NewOn(m, c, e)[n])]>> :
                e \in {f \in DOMAIN m.wires : NewOn(m, c, f) # <<>>}}]
Agrees(m, e) ==
  /\ TLCSet(7, {})
  /\ Seen(m, e.choice) = e.seen
  /\ (e.rule = "" \/ e.rule \in TLCGet(7))
-----------------------------------------------------------------------------
(* Lines about a refused event, for people *)
RECURSIVE Births(_), Ends(_), Signals(_, _), Sendings(_), Rules(_)
One(s) == CHOOSE e \in s : TRUE
Births(s)   == IF s = {} THEN "" ELSE "; spawns " \o One(s) \o Births(s \ {One(s)})
Ends(s)     == IF s = {} THEN ""
               ELSE "; ends " \o One(s)[1] \o " with " \o One(s)[2] \o Ends(s \ {One(s)})
Signals(s, k) == IF k > Len(s[3]) THEN ""
               ELSE "; sends " \o s[3][k] \o " from " \o s[1] \o " to " \o s[2] \o Signals(s, k + 1)
Sendings(s) == IF s = {} THEN "" ELSE Signals(One(s), 1) \o Sendings(s \ {One(s)})
Rules(s)    == IF s = {} THEN "" ELSE " " \o One(s) \o Rules(s \ {One(s)})
SeenText(s) == (IF s.signal = "" THEN "" ELSE "; delivers " \o s.signal)
               \o Births(s.born) \o Ends(s.ended) \o Sendings(s.sent)
Instead(c) == LET m == After(c) IN
  /\ TLCSet(7, {})
  /\ PrintT("INSTEAD " \o ToString(trace) \o " " \o LabelOf(c) \o SeenText(Seen(m, c))
            \o " |" \o Rules(TLCGet(7)))
Refuse ==
  /\ PrintT("REFUSED " \o ToString(trace) \o " " \o ToString(place))
  /\ \A c \in AllChoices : Instead(c)
  /\ Terminal => PrintT("INSTEAD " \o ToString(trace) \o " the end: " \o Outcome \o " |")
  /\ place' = 0 /\ Still
Accept ==
  /\ PrintT("ACCEPTED " \o ToString(trace))
  /\ place' = 0 /\ Still

TraceInit == /\ Init
             /\ trace \in DOMAIN AllTraces
             /\ AllTraces[trace].prog = prog
             /\ place = 1
TraceNext ==
  /\ UNCHANGED trace
  /\ IF place = 0 THEN Still /\ UNCHANGED place
     ELSE IF place > Len(Events)
     THEN LET final == AllTraces[trace].final IN
          IF final = <<>> \/ (Terminal /\ final[1] = Outcome) THEN Accept ELSE Refuse
     ELSE LET e == Events[place]
              m == After(e.choice)
          IN  IF e.choice \in AllChoices /\ Agrees(m, e)
              THEN Become(m, LabelOf(e.choice)) /\ place' = place + 1
              ELSE Refuse
TraceSpec == TraceInit /\ [][TraceNext]_tracing
=============================================================================

------------------------------ MODULE LamState ------------------------------
(***************************************************************************)
(* The state of the machine, its programs, and how operands are read and   *)
(* written.                                                                *)
(*                                                                         *)
(* A program is a record [name, args, lim, funs]. A function is [mod,      *)
(* name, arity, exported, index, unique, code]; functions are numbered     *)
(* through all modules of the program. An instruction is a record whose    *)
(* field op is the mnemonic and whose other fields are the operands by the *)
(* names of the instruction table. A source is <<"x", n>>, <<"y", n>> or a *)
(* term; a destination is <<"x", n>>, <<"y", n>> or <<"_">>; a label is    *)
(* the number of an instruction, 0 for the clause label and -1 for none; a *)
(* function is <<"fun", n>> or <<"ext", module, name, arity>>. All of this *)
(* is what the exporter prints from a verified module. What the model does *)
(* not have is the instruction "beyond", at which TLC stops and tells why. *)
(***************************************************************************)
EXTENDS LamTerms, LamTable

CONSTANTS
  Progs,     \* the programs, a sequence; a behaviour runs one of them
  Grain,     \* "instr": a step is one instruction;
             \* "step":  a step is one effect and the local instructions after
             \*          it, as in the schedule language;
             \* "fused": and so is an arrival, for the process that it wakes
  Delivery,  \* "eager": a signal may be delivered at any time;
             \* "lazy":  a message only where it makes a difference
  Ample      \* TRUE: an undisturbable process goes first

VARIABLES
  prog,      \* which program this behaviour runs
  procs,     \* path -> process record
  wires,     \* <<from, to>> -> non-empty sequence of signals on their way
  names,     \* registered name -> path
  timers,    \* <<owner, number>> -> a started timer
  now,       \* the clock, in milliseconds; stays 0 unless the program asks
  ports,     \* port -> what was written to it
  ended,     \* "" or how the machine ended early
  fuel,      \* reductions left for the machine, -1 for no limit
  last       \* the label of the step that led here; not in core, the VIEW

core == <<prog, procs, wires, names, timers, now, ports, ended, fuel>>

(* TLC evaluates a constant that the configuration replaces anew at every  *)
(* use, but a definition made of constants only once.                      *)
Image == Progs
Funs  == Image[prog].funs
Limit == Image[prog].lim
Schedulers == 1 .. Limit.schedulers

(* A rule by its name, and what comes of it.  A model that counts rules    *)
(* replaces this operator (LamCover).                                      *)
By(rule, result) == result
-----------------------------------------------------------------------------
(* What a register or slot can hold beside a term *)
Dead           == <<"dead">>
Handler(l)     == <<"handler", l>>
Context(n)     == <<"context", n>>
Trace(c, list) == <<"trace", c, list>>   \* the class; the trace as a list

StartPlace == [f |-> 0, i |-> 1]
StartCall  == [op |-> "tail", target |-> <<"named", <<"x", 0>>, <<"x", 1>>>>,
               arity |-> <<"list", <<"x", 2>>>>, frame |-> 0]
Instr(pc)  == IF pc.f = 0 THEN StartCall ELSE Funs[pc.f].code[pc.i]

(* What is left of a process that has ended: its reason *)
Corpse(r) ==
  [st |-> "dead", pc |-> StartPlace, x |-> <<>>, y |-> <<>>, stk |-> <<>>,
   mbox |-> <<>>, cur |-> 0, due |-> -1, links |-> {}, unl |-> {}, unlc |-> 0,
   watchers |-> <<>>, watching |-> {}, aliases |-> {}, trap |-> FALSE,
   flags |-> <<>>, dict |-> <<>>, leader |-> <<>>, kids |-> 0, refs |-> 0,
   tmrs |-> 0, marks |-> <<>>, ctx |-> <<>>, budget |-> 0, reason |-> r]
(* st: "ready", "waiting", "blocked" (it has asked another process),       *)
(*   "exiting" (its next step ends it with reason) or "dead".              *)
(* x: register -> value, the dead ones left out.  y: the slots of the top  *)
(*   activation.  stk: the callers, each [ret, y], outermost first.        *)
(* cur: how many messages the receive has looked at.  due: -1, or when the *)
(*   time-out of the receive is due.                                       *)
(* unl: <<peer, id>> of each unlink not acknowledged.                      *)
(* watchers: <<ref, pid, item>>, oldest first.  watching: <<ref, pid, tag>>.*)
(* marks: what a machine that heeds marks keeps (LamMark), else nothing.   *)
(* aliases: <<ref, kind>>.  ctx: match contexts, each [bits, pos].         *)
NewProc(call, leader) ==
  [Corpse(Dead) EXCEPT !.st = "ready", !.leader = leader,
     !.x = (0 :> call[1]) @@ (1 :> call[2]) @@ (2 :> call[3])]
-----------------------------------------------------------------------------
Hold(ps, o) ==     \* what a source holds, be it a term or not
  CASE o[1] = "x" -> IF o[2] \in DOMAIN ps.x THEN ps.x[o[2]] ELSE Dead
    [] o[1] = "y" -> ps.y[o[2] + 1]
    [] OTHER      -> o
Val(ps, o)   == Hold(ps, o)
Vals(ps, s)  == [k \in DOMAIN s |-> Val(ps, s[k])]
Put(ps, o, v) ==
  CASE o[1] = "x" -> [ps EXCEPT !.x = (o[2] :> v) @@ @]
    [] o[1] = "y" -> [ps EXCEPT !.y[o[2] + 1] = v]
    [] OTHER      -> ps
RECURSIVE PutAll(_, _, _, _)
PutAll(ps, dsts, vals, k) ==
  IF k > Len(dsts) THEN ps ELSE PutAll(Put(ps, dsts[k], vals[k]), dsts, vals, k + 1)
Next1(ps)    == [ps EXCEPT !.pc.i = @ + 1]
PutNext(ps, o, v) == Next1(Put(ps, o, v))
Forget(ps)   == [ps EXCEPT !.x = <<>>]            \* all X are dead
PutOnly(ps, o, v) == Put(Forget(ps), o, v)
Keep(ps, n)  == [ps EXCEPT !.x = [k \in DOMAIN @ \cap 0 .. n - 1 |-> @[k]]]
Args(ps, n)  == [k \in 1 .. n |-> IF (k - 1) \in DOMAIN ps.x THEN ps.x[k - 1] ELSE Nil]
Regs(s)      == [k \in 0 .. Len(s) - 1 |-> s[k + 1]]
(* A process that will end: what it held no longer matters *)
Exiting(ps, r) ==
  [ps EXCEPT !.st = "exiting", !.reason = r, !.pc = StartPlace, !.x = <<>>,
             !.y = <<>>, !.stk = <<>>, !.ctx = <<>>, !.due = -1, !.cur = 0]

Without(s, k) == SubSeq(s, 1, k - 1) \o SubSeq(s, k + 1, Len(s))
=============================================================================

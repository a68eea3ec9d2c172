------------------------------ MODULE LamTable ------------------------------
(***************************************************************************)
(* The instruction table: written by `cargo xtask codegen`, not by hand.   *)
(* Cost: reductions of each instruction.  Safepoints: where a process may  *)
(* be preempted.  Quantum: reductions of a turn, and of a long step.       *)
(***************************************************************************)
Cost == [
  move |-> 0, cons |-> 0, uncons |-> 0, tuple |-> 0, get |-> 0,
  update |-> 0, fun |-> 0, map |-> 1, pick |-> 0, jump |-> 0,
  switch |-> 0, call |-> 1, tail |-> 1, ret |-> 1, frame |-> 0,
  need |-> 0, op |-> 0, test |-> 0, bmake |-> 1, bmatch |-> 1,
  try |-> 0, raise |-> 1, spawn |-> 1, link |-> 1, unlink |-> 1,
  monitor |-> 1, demonitor |-> 1, exit |-> 1, flag |-> 1, yield |-> 1,
  send |-> 1, recv |-> 1, accept |-> 0, wait |-> 1, mark |-> 0,
  host |-> 1]
Safepoints == {
  "call", "tail", "ret", "need", "spawn",
  "link", "unlink", "monitor", "demonitor", "exit",
  "flag", "yield", "send", "recv", "wait",
  "host"}
Quantum == 4000
=============================================================================

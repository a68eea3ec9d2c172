------------------------------ MODULE LamError ------------------------------
(***************************************************************************)
(* Error: try, raise, and what happens to an exception.  An instruction of *)
(* one process is a function from the process to the process after it.     *)
(* Traces have depth 0: a trace made by the machine is the empty list.     *)
(***************************************************************************)
EXTENDS LamState

HandlerAt(ps) ==      \* the lowest slot with a handler, or 0
  LET s == {k \in DOMAIN ps.y : ps.y[k][1] = "handler"} IN
  IF s = {} THEN 0 ELSE CHOOSE k \in s : \A n \in s : k <= n

ExecUnwindHandler(ps, k, c, r, list) == By("ExecUnwindHandler",
  [ps EXCEPT !.pc.i = ps.y[k][2], !.y[k] = Nil,
             !.x = Regs(<<MkAtom(c), r, Trace(c, list)>>)])
ExecUnwindFrame(ps) == By("ExecUnwindFrame",
  LET top == ps.stk[Len(ps.stk)] IN
  [ps EXCEPT !.pc = top.ret, !.y = top.y, !.stk = SubSeq(@, 1, Len(@) - 1)])
EndProcessError(ps, r, list) == By("EndProcessError", Exiting(ps, Pair(r, list)))
EndProcessExit(ps, r)        == By("EndProcessExit", Exiting(ps, r))
EndProcessThrow(ps, r, list) == By("EndProcessThrow",
  Exiting(ps, Pair(Pair(MkAtom("nocatch"), r), list)))
ExecUnwindEnd(ps, c, r, list) == By("ExecUnwindEnd",
  CASE c = "error" -> EndProcessError(ps, r, list)
    [] c = "exit"  -> EndProcessExit(ps, r)
    [] c = "throw" -> EndProcessThrow(ps, r, list))
RECURSIVE Seek(_, _, _, _)
Seek(ps, c, r, list) ==
  IF HandlerAt(ps) # 0  THEN ExecUnwindHandler(ps, HandlerAt(ps), c, r, list)
  ELSE IF ps.stk # <<>> THEN Seek(ExecUnwindFrame(ps), c, r, list)
  ELSE                       ExecUnwindEnd(ps, c, r, list)
(* An exception of class c and reason r: it ends the receive, if there is  *)
(* one, and goes to the innermost handler.                                 *)
Unwind(ps, c, r, list) == Seek([ps EXCEPT !.cur = 0, !.due = -1], c, r, list)
Raise(ps, r)           == Unwind(ps, "error", r, Nil)

(* Label 0: no clause of the function matches *)
ExecClauseRaise(ps) == By("ExecClauseRaise", Raise(ps, MkAtom("function_clause")))
Goto(ps, l) == IF l = 0 THEN ExecClauseRaise(ps) ELSE [ps EXCEPT !.pc.i = l]
-----------------------------------------------------------------------------
ExecTryInstall(ps, i) == By("ExecTryInstall",
  Next1([ps EXCEPT !.y[i.slot[2] + 1] = Handler(i.handler)]))

ExecRaiseClass(ps, i) == By("ExecRaiseClass", Unwind(ps, i.kind, Val(ps, i.args[1]), Nil))
ExecRaiseReason(ps, i) == By("ExecRaiseReason",
  Raise(ps, IF i.kind = "if_clause" THEN MkAtom(i.kind)
            ELSE Pair(MkAtom(i.kind), Val(ps, i.args[1]))))
(* A raw trace knows its class; a term is kept as the trace it is *)
Given(v) == CASE v[1] = "trace" -> v[3] [] v[1] = "dead" -> Nil [] OTHER -> v
ClassOf(v, c) == IF v[1] = "trace" THEN v[2] ELSE c
ExecRaiseSame(ps, i) == By("ExecRaiseSame",
  LET t == Hold(ps, i.args[2]) IN
  Unwind(ps, ClassOf(t, "error"), Val(ps, i.args[1]), Given(t)))
ExecRaiseDynamic(ps, i) == By("ExecRaiseDynamic",
  Unwind(ps, Val(ps, i.args[1])[2], Val(ps, i.args[2]), Given(Hold(ps, i.args[3]))))
ExecRaiseBadclass(ps) == By("ExecRaiseBadclass", PutNext(ps, <<"x", 0>>, BadArg))
RaiseInstr(ps, i) ==
  CASE i.kind \in {"error", "exit", "throw"} -> ExecRaiseClass(ps, i)
    [] i.kind = "same"                       -> ExecRaiseSame(ps, i)
    [] i.kind = "dynamic" ->
         IF IsAny(Val(ps, i.args[1]), {"error", "exit", "throw"})
         THEN ExecRaiseDynamic(ps, i) ELSE ExecRaiseBadclass(ps)
    [] OTHER                                 -> ExecRaiseReason(ps, i)
=============================================================================

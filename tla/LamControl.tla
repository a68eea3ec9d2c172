----------------------------- MODULE LamControl -----------------------------
(***************************************************************************)
(* Control: where a process goes on, and with which frame.  What a call    *)
(* enters is found first (Resolve); if it is a native, LamNative goes on.  *)
(***************************************************************************)
EXTENDS LamData

ExecJumpGo(ps, i)      == By("ExecJumpGo", Goto(ps, i.to))
ExecSwitchMatch(ps, l) == By("ExecSwitchMatch", Goto(ps, l))
ExecSwitchOther(ps, i) == By("ExecSwitchOther", Goto(ps, i.other))
Switch(ps, i) ==
  LET v     == Val(ps, i.value)
      key   == IF i.kind = "value" THEN v
               ELSE IF IsTuple(v) THEN MkInt(Len(v[2])) ELSE Dead
      equal == {k \in DOMAIN i.cases : i.cases[k][1] = key}
  IN  IF equal # {} THEN ExecSwitchMatch(ps, i.cases[CHOOSE k \in equal : TRUE][2])
      ELSE ExecSwitchOther(ps, i)

ExecFramePush(ps, i) == By("ExecFramePush",
  Next1([ps EXCEPT !.y = [k \in 1 .. i.change |-> Nil]]))
ExecFrameDrop(ps, i) == By("ExecFrameDrop",
  Next1([ps EXCEPT !.y = SubSeq(@, 1 - i.change, Len(@))]))
Frame(ps, i) == IF i.change >= 0 THEN ExecFramePush(ps, i) ELSE ExecFrameDrop(ps, i)
(* Heap is not modelled: a safepoint that ends the registers beyond live *)
ExecNeedCredit(ps, i) == By("ExecNeedCredit", Next1(Keep(ps, i.live)))

ExecRetCaller(ps) == By("ExecRetCaller",
  LET top == ps.stk[Len(ps.stk)] IN
  [ps EXCEPT !.pc = top.ret, !.y = top.y, !.stk = SubSeq(@, 1, Len(@) - 1)])
EndProcessReturn(ps) == By("EndProcessReturn", Exiting(ps, Normal))
ExecRetEnd(ps)    == By("ExecRetEnd", EndProcessReturn(ps))
Return(ps)        == IF ps.stk = <<>> THEN ExecRetEnd(ps) ELSE ExecRetCaller(ps)
-----------------------------------------------------------------------------
(* Natives of the model, by what they may touch *)
PureNatives == {<<"erlang", "self", 0>>, <<"erlang", "apply", 2>>, <<"erlang", "apply", 3>>,
  <<"erlang", "error", 1>>, <<"erlang", "exit", 1>>, <<"erlang", "throw", 1>>}
OwnNatives == PureNatives \cup {<<"erlang", "put", 2>>, <<"erlang", "get", 1>>,
  <<"erlang", "erase", 1>>, <<"erlang", "make_ref", 0>>, <<"erlang", "group_leader", 0>>}
SharedNatives == {<<"erlang", "register", 2>>, <<"erlang", "unregister", 1>>,
  <<"erlang", "whereis", 1>>, <<"erlang", "alias", 0>>, <<"erlang", "alias", 1>>,
  <<"erlang", "unalias", 1>>, <<"erlang", "send_after", 3>>, <<"erlang", "start_timer", 3>>,
  <<"erlang", "cancel_timer", 1>>, <<"erlang", "read_timer", 1>>,
  <<"erlang", "monotonic_time", 0>>, <<"erlang", "monotonic_time", 1>>,
  <<"erlang", "system_time", 1>>,
  <<"erlang", "is_process_alive", 1>>, <<"erlang", "group_leader", 2>>,
  <<"erlang", "halt", 0>>, <<"erlang", "halt", 1>>,
  <<"erlang", "display", 1>>, <<"lam", "write", 2>>,
  <<"erlang", "spawn", 1>>, <<"erlang", "spawn", 3>>,
  <<"erlang", "spawn_link", 1>>, <<"erlang", "spawn_link", 3>>,
  <<"erlang", "spawn_monitor", 1>>, <<"erlang", "spawn_monitor", 3>>,
  <<"erlang", "link", 1>>, <<"erlang", "unlink", 1>>,
  <<"erlang", "monitor", 2>>, <<"erlang", "monitor", 3>>,
  <<"erlang", "demonitor", 1>>, <<"erlang", "demonitor", 2>>,
  <<"erlang", "exit", 2>>, <<"erlang", "process_flag", 2>>,
  <<"erlang", "send", 2>>, <<"erlang", "!", 2>>}
Natives == OwnNatives \cup SharedNatives

(* What a call finds: [how, ps, nat, rule, reason].  how is "entered" (ps  *)
(* stands in the function), "native" (its name is nat) or "fails".         *)
Found(how, ps, nat, rule, reason) ==
  [how |-> how, ps |-> ps, nat |-> nat, rule |-> rule, reason |-> reason]
Entered(ps, f)         == Found("entered", [ps EXCEPT !.pc = [f |-> f, i |-> 1]], <<>>, "", Dead)
Native(ps, nat)        == Found("native", ps, nat, "", Dead)
Fails(ps, rule, reason) == Found("fails", ps, <<>>, rule, reason)

Exported(m, n, a) == {f \in DOMAIN Funs :
  Funs[f].exported /\ Funs[f].mod = m /\ Funs[f].name = n /\ Funs[f].arity = a}
Enter(ps, m, n, a) ==
  IF <<m, n, a>> \in Natives THEN Native(ps, <<m, n, a>>)
  ELSE IF Exported(m, n, a) # {} THEN Entered(ps, CHOOSE f \in Exported(m, n, a) : TRUE)
  ELSE IF Exported("error_handler", "undefined_function", 3) # {}
  THEN Entered([ps EXCEPT !.x = Regs(<<MkAtom(m), MkAtom(n), MkList(Args(ps, a))>>)],
               CHOOSE f \in Exported("error_handler", "undefined_function", 3) : TRUE)
  ELSE Fails(ps, "undef", MkAtom("undef"))
EnterFun(ps, v, a) ==
  IF FunArity(v) # a
  THEN Fails(ps, "badarity", Pair(MkAtom("badarity"), Pair(v, MkList(Args(ps, a)))))
  ELSE IF Tag(v) = "extern" THEN Enter(ps, v[2], v[3], a)
  ELSE Entered([ps EXCEPT !.x = [k \in 0 .. a + Len(v[7]) - 1 |->
                  IF k < a THEN (IF k \in DOMAIN @ THEN @[k] ELSE Dead) ELSE v[7][k - a + 1]]],
               v[5])
(* callee: <<fun>> or <<module, name>>; the arguments are in x0, x1, ... *)
EnterCallee(ps, callee, a) ==
  CASE Len(callee) = 1 /\ IsFun(callee[1]) -> EnterFun(ps, callee[1], a)
    [] Len(callee) = 1 -> Fails(ps, "badfun", Pair(MkAtom("badfun"), callee[1]))
    [] IsAtom(callee[1]) /\ IsAtom(callee[2]) -> Enter(ps, callee[1][2], callee[2][2], a)
    [] OTHER -> Fails(ps, "badarg", BadArg)
CalleeOf(ps, i) == IF i.target[1] = "value" THEN <<Val(ps, i.target[2])>>
                   ELSE <<Val(ps, i.target[2]), Val(ps, i.target[3])>>
Resolve(ps, i) ==
  CASE i.target[1] = "fun" -> Entered(Keep(ps, Funs[i.target[2]].arity), i.target[2])
    [] i.target[1] = "ext" ->
         Enter(Keep(ps, i.target[4]), i.target[2], i.target[3], i.target[4])
    [] i.arity[1] = "count" -> EnterCallee(Keep(ps, i.arity[2]), CalleeOf(ps, i), i.arity[2])
    [] OTHER ->
         LET list == Val(ps, i.arity[2]) IN
         IF ~IsProper(list) \/ Len(Items(list)) > 255 THEN Fails(ps, "badarg", BadArg)
         ELSE EnterCallee([ps EXCEPT !.x = Regs(Items(list))], CalleeOf(ps, i),
                          Len(Items(list)))
(* The native that a call or host would enter, or <<>> *)
NativeAhead(ps, i) ==
  IF i.op = "host" THEN <<i.function[2], i.function[3], i.function[4]>>
  ELSE Resolve(ps, i).nat

ExecCallEnter(ps, found) == By("ExecCallEnter",
  [found EXCEPT !.stk = Append(ps.stk, [ret |-> [ps.pc EXCEPT !.i = @ + 1], y |-> ps.y]),
                !.y = <<>>])
ExecTailEnter(found) == By("ExecTailEnter", [found EXCEPT !.y = <<>>])
ExecCallUndef(ps, r)    == By("ExecCallUndef", Raise(ps, r))
ExecCallBadfun(ps, r)   == By("ExecCallBadfun", Raise(ps, r))
ExecCallBadarity(ps, r) == By("ExecCallBadarity", Raise(ps, r))
ExecCallBadarg(ps, r)   == By("ExecCallBadarg", Raise(ps, r))
CallFails(found) ==
  CASE found.rule = "undef"    -> ExecCallUndef(found.ps, found.reason)
    [] found.rule = "badfun"   -> ExecCallBadfun(found.ps, found.reason)
    [] found.rule = "badarity" -> ExecCallBadarity(found.ps, found.reason)
    [] found.rule = "badarg"   -> ExecCallBadarg(found.ps, found.reason)
(* A call or tail of a function of the program *)
Call(ps, i, found) ==
  CASE found.how = "fails" -> CallFails(found)
    [] i.op = "call"       -> ExecCallEnter(ps, found.ps)
    [] OTHER               -> ExecTailEnter(found.ps)
=============================================================================

----------------------------- MODULE LamMessage -----------------------------
(***************************************************************************)
(* Message: sending, and the receive loop.  cur is how many messages the   *)
(* receive has looked at: recv looks at the next, or goes to its label     *)
(* when there is none; accept takes the one last looked at.                *)
(***************************************************************************)
EXTENDS LamProcess

ExecSendSelf(m, p, v)    == By("ExecSendSelf",
  Good(With(m, p, EnqueueSelf(m.procs[p], v)), v))
ExecSendLive(m, p, d, v) == By("ExecSendLive", Good(Emit(m, p, d, <<"message", v>>), v))
ExecSendDead(m, v)       == By("ExecSendDead", Good(m, v))
(* An alias is looked up where its owner is, when the message arrives *)
ExecSendAlias(m, p, r, v) == By("ExecSendAlias",
  LET ps == m.procs[p]  used == UseAlias(m, p, r) IN
  CASE r[2] # p               -> Good(EmitIf(m, p, r[2], <<"alias", r, v>>), v)
    [] AliasKind(ps, r) # ""  -> Good(With(used, p, EnqueueSelf(used.procs[p], v)), v)
    [] OTHER                  -> Good(m, v))
ExecSendNowhere(m, v)    == By("ExecSendNowhere", Good(m, v))
ExecSendBadarg(m)        == By("ExecSendBadarg", Bad(m, BadArg))
SendTo(m, p, d, v) ==
  CASE d = p        -> ExecSendSelf(m, p, v)
    [] Alive(m, d)  -> ExecSendLive(m, p, d, v)
    [] OTHER        -> ExecSendDead(m, v)
Send(m, p, to, v) ==
  CASE IsPid(to) -> SendTo(m, p, to[2], v)
    [] IsRef(to) -> ExecSendAlias(m, p, to, v)
    [] IsAtom(to) /\ Named(m, to[2]) # <<>> -> SendTo(m, p, Named(m, to[2])[1], v)
    [] IsNameNode(to) ->
         IF to[2][2] = Node /\ Named(m, to[2][1][2]) # <<>>
         THEN SendTo(m, p, Named(m, to[2][1][2])[1], v) ELSE ExecSendNowhere(m, v)
    [] OTHER -> ExecSendBadarg(m)
-----------------------------------------------------------------------------
ExecRecvFound(ps, i) == By("ExecRecvFound",
  Next1(PutOnly([ps EXCEPT !.cur = @ + 1], i.dst, ps.mbox[ps.cur + 1])))
ExecRecvEmpty(ps, i) == By("ExecRecvEmpty", Goto(Forget(ps), i.other))
Recv(ps, i) == IF ps.cur < Len(ps.mbox) THEN ExecRecvFound(ps, i) ELSE ExecRecvEmpty(ps, i)
ExecAcceptTake(ps) == By("ExecAcceptTake",
  Next1([TakeOut(ps, ps.cur) EXCEPT !.cur = 0, !.due = -1]))

(* To look at the end of the mailbox does not commute with arrivals, so it *)
(* begins a step, unless the process then waits to look there again.       *)
ReturnsTo(ps, i, l) ==      \* the instruction at l is a wait that comes back to i
  LET w == Instr([ps.pc EXCEPT !.i = l]) IN
  w.op = "wait" /\ w.to = ps.pc.i /\ Val(ps, w.timeout) # MkInt(0)
LooksAtEnd(ps, i) ==
  i.op = "recv" /\ ps.cur >= Len(ps.mbox) /\ (i.other = 0 \/ ~ReturnsTo(ps, i, i.other))

ExecWaitBadtime(ps) == By("ExecWaitBadtime", Raise(ps, MkAtom("timeout_value")))
ExecWaitPoll(ps)    == By("ExecWaitPoll", Next1([Forget(ps) EXCEPT !.cur = 0, !.due = -1]))
ExecWaitLook(ps, i) == By("ExecWaitLook", Goto(Forget(ps), i.to))
(* A time-out begins with the first wait of a receive.  Where no program   *)
(* asks for the time, only that it runs matters.                           *)
DueAfter(ms)        == IF Image[prog].clocked THEN now + ms ELSE 0
ExecWaitBlock(ps, t) == By("ExecWaitBlock",
  [Forget(ps) EXCEPT !.st = "waiting",
     !.due = IF IsInt(t) /\ ps.due = -1 THEN DueAfter(t[2]) ELSE @])
Wait(ps, i) == LET t == Val(ps, i.timeout) IN
  CASE ~(t = MkAtom("infinity") \/ (IsInt(t) /\ t[2] >= 0)) -> ExecWaitBadtime(ps)
    [] t = MkInt(0)                          -> ExecWaitPoll(ps)
    [] i.to # -1 /\ ps.cur < Len(ps.mbox)    -> ExecWaitLook(ps, i)
    [] OTHER                                 -> ExecWaitBlock(ps, t)

Heed(ps, i) == ps      \* a machine may do more, if nobody can tell: LamMark
ExecMarkHint(ps, i) == By("ExecMarkHint",
  Next1(IF i.kind = "reserve" THEN Put(Heed(ps, i), i.dst, Nil) ELSE Heed(ps, i)))
=============================================================================

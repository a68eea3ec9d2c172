------------------------------ MODULE LamMark -------------------------------
(***************************************************************************)
(* Receive markers: a machine that heeds `mark` (sched.mark.erased).  At   *)
(* `use R` it moves the cursor over all messages that were in the mailbox  *)
(* before the reference R was made, where the receive keeps its promise to *)
(* take only messages that hold R: a program that breaks it may not tell.  *)
(* A configuration replaces Heed of LamMessage and TakeOut of LamProcess   *)
(* with these; that the outcome sets stay those of the plain machine, in   *)
(* which `mark` does nothing, and MarkOK are checked.                      *)
(*                                                                         *)
(* marks: [place, bound]: how many messages there were at the last         *)
(* `reserve`; reference -> how many messages are before it.                *)
(***************************************************************************)
EXTENDS LamProps

MarksOf(ps) == IF ps.marks = <<>> THEN [place |-> 0, bound |-> <<>>] ELSE ps.marks
(* Whether the receive behind the mark compares with what the mark uses    *)
Promised(ps, i) ==
  LET code == Funs[ps.pc.f].code
      ends == {n \in DOMAIN code : n > ps.pc.i /\ code[n].op = "accept"}
  IN  \E n \in DOMAIN code :
        /\ n > ps.pc.i /\ \A e \in ends : n < e
        /\ code[n].op = "test" /\ code[n].kind = "eq_exact"
        /\ \E k \in DOMAIN code[n].args : code[n].args[k] = i.args[1]
HeedMark(ps, i) ==
  LET k == MarksOf(ps)  r == Val(ps, i.args[Len(i.args)]) IN
  CASE i.kind = "reserve" -> [ps EXCEPT !.marks = [k EXCEPT !.place = Len(ps.mbox)]]
    [] i.kind = "bind"    -> [ps EXCEPT !.marks = [k EXCEPT !.bound = (r :> k.place) @@ @]]
    [] i.kind = "use"     -> IF Promised(ps, i) /\ r \in DOMAIN k.bound /\ k.bound[r] > ps.cur
                             THEN [ps EXCEPT !.cur = k.bound[r]] ELSE ps
    [] i.kind = "clear"   -> [ps EXCEPT !.marks = [k EXCEPT !.bound = Drop(@, r)]]
(* What is taken out before a place moves it *)
Before(place, k) == IF k <= place THEN place - 1 ELSE place
TakeOutMarked(ps, k) ==
  LET m == MarksOf(ps) IN
  [ps EXCEPT !.mbox = Without(@, k),
     !.marks = IF @ = <<>> THEN @
               ELSE [place |-> Before(m.place, k),
                     bound |-> [r \in DOMAIN m.bound |-> Before(m.bound[r], k)]]]

(* No message before the place of a reference holds it *)
RECURSIVE Mentions(_, _)
Mentions(v, r) ==
  \/ v = r
  \/ IsCons(v) /\ (Mentions(v[2], r) \/ Mentions(v[3], r))
  \/ IsTuple(v) /\ \E k \in DOMAIN v[2] : Mentions(v[2][k], r)
MarkOK == \A p \in Pids : \A r \in DOMAIN MarksOf(procs[p]).bound :
  LET place == MarksOf(procs[p]).bound[r] IN
  /\ place <= Len(procs[p].mbox)
  /\ \A k \in 1 .. place : ~Mentions(procs[p].mbox[k], r)
=============================================================================

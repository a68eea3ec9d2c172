------------------------------ MODULE LamCover ------------------------------
(***************************************************************************)
(* Counts rules: prints RULE and the name of each rule the first time that *)
(* it is applied in a run.  A configuration replaces By with Counted; one  *)
(* worker only.                                                            *)
(***************************************************************************)
EXTENDS LamMachine

ASSUME TLCSet(1, {})
Counted(rule, result) ==
  IF \/ rule \in TLCGet(1)
     \/ TLCSet(1, TLCGet(1) \cup {rule}) /\ PrintT("RULE " \o rule)
  THEN result ELSE result
=============================================================================

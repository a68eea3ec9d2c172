------------------------------ MODULE LamData -------------------------------
(***************************************************************************)
(* Data: moving values, building and taking apart tuples, lists, maps and  *)
(* funs.                                                                   *)
(***************************************************************************)
EXTENDS LamError

ExecMoveParallel(ps, i) == By("ExecMoveParallel",
  Next1(PutAll(ps, Column(i.pairs, 2),
               [k \in DOMAIN i.pairs |-> Hold(ps, i.pairs[k][1])], 1)))
ExecConsBuild(ps, i) == By("ExecConsBuild",
  PutNext(ps, i.dst, MkCons(Val(ps, i.head), Val(ps, i.tail))))

ExecUnconsSplit(ps, i, v) == By("ExecUnconsSplit",
  Next1(Put(Put(ps, i.head, v[2]), i.tail, v[3])))
ExecUnconsBadarg(ps) == By("ExecUnconsBadarg", Raise(ps, BadArg))
Uncons(ps, i) == LET v == Val(ps, i.list) IN
  IF IsCons(v) THEN ExecUnconsSplit(ps, i, v) ELSE ExecUnconsBadarg(ps)

ExecTupleBuild(ps, i) == By("ExecTupleBuild",
  PutNext(ps, i.dst, MkTuple(Vals(ps, i.elements))))
ExecGetElement(ps, i, v) == By("ExecGetElement", PutNext(ps, i.dst, v[2][i.index + 1]))
ExecGetBadarg(ps) == By("ExecGetBadarg", Raise(ps, BadArg))
Get(ps, i) == LET v == Val(ps, i.tuple) IN
  IF IsTuple(v) /\ i.index < Len(v[2]) THEN ExecGetElement(ps, i, v) ELSE ExecGetBadarg(ps)

RECURSIVE Replaced(_, _, _, _)
Replaced(ps, s, es, k) ==
  IF k > Len(es) THEN s
  ELSE Replaced(ps, [s EXCEPT ![es[k][1] + 1] = Val(ps, es[k][2])], es, k + 1)
ExecUpdateCopy(ps, i, v) == By("ExecUpdateCopy",
  PutNext(ps, i.dst, MkTuple(Replaced(ps, v[2], i.elements, 1))))
ExecUpdateBadarg(ps) == By("ExecUpdateBadarg", Raise(ps, BadArg))
Update(ps, i) == LET v == Val(ps, i.tuple) IN
  IF IsTuple(v) /\ \A k \in DOMAIN i.elements : i.elements[k][1] < Len(v[2])
  THEN ExecUpdateCopy(ps, i, v) ELSE ExecUpdateBadarg(ps)

ExecFunClose(ps, i) == By("ExecFunClose",
  LET f == Funs[i.function[2]]
      c == Vals(ps, i.captured)
  IN  PutNext(ps, i.dst, MkLambda(f.mod, f.index, f.unique, i.function[2],
                                  f.arity - Len(c), c)))

RECURSIVE MapPutAll(_, _, _, _)
MapPutAll(ps, s, pairs, k) ==
  IF k > Len(pairs) THEN s
  ELSE MapPutAll(ps, MapPut(s, Val(ps, pairs[k][1]), Val(ps, pairs[k][2])), pairs, k + 1)
ExecMapAssoc(ps, i, v) == By("ExecMapAssoc",
  PutNext(ps, i.dst, MkMap(MapPutAll(ps, v[2], i.pairs, 1))))
ExecMapExact(ps, i, v) == By("ExecMapExact",
  PutNext(ps, i.dst, MkMap(MapPutAll(ps, v[2], i.pairs, 1))))
ExecMapBadmap(ps, v) == By("ExecMapBadmap", Raise(ps, Pair(MkAtom("badmap"), v)))
ExecMapBadkey(ps, ks) == By("ExecMapBadkey",
  Raise(ps, Pair(MkAtom("badkey"), CHOOSE k \in ks : \A n \in ks : Cmp(k, n) <= 0)))
MapInstr(ps, i) ==
  LET v       == Val(ps, i.map)
      keys    == {Val(ps, i.pairs[k][1]) : k \in DOMAIN i.pairs}
      missing == {k \in keys : ~MapHas(v, k)}
  IN  CASE ~IsMap(v)           -> ExecMapBadmap(ps, v)
        [] i.kind = "assoc"    -> ExecMapAssoc(ps, i, v)
        [] missing = {}        -> ExecMapExact(ps, i, v)
        [] OTHER               -> ExecMapBadkey(ps, missing)

ExecPickFound(ps, i, v) == By("ExecPickFound",
  Next1(PutAll(ps, Column(i.pairs, 2),
               [k \in DOMAIN i.pairs |-> MapAt(v, Val(ps, i.pairs[k][1]))], 1)))
ExecPickMissing(ps, i) == By("ExecPickMissing", Goto(ps, i.other))
ExecPickBadarg(ps)     == By("ExecPickBadarg", Raise(ps, BadArg))
Pick(ps, i) == LET v == Val(ps, i.map) IN
  CASE ~IsMap(v) -> ExecPickBadarg(ps)
    [] \A k \in DOMAIN i.pairs : MapHas(v, Val(ps, i.pairs[k][1])) -> ExecPickFound(ps, i, v)
    [] OTHER     -> ExecPickMissing(ps, i)
=============================================================================

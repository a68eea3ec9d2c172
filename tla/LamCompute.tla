----------------------------- MODULE LamCompute -----------------------------
(***************************************************************************)
(* Compute: the operations of op and the predicates of test, one operator  *)
(* for each.  An operation gives <<TRUE, value>> or <<FALSE, reason>>.     *)
(***************************************************************************)
EXTENDS LamControl

Yes(v)     == <<TRUE, v>>
No(r)      == <<FALSE, r>>
YesIf(b)   == Yes(Truth(b))
IntOr(a, r, v) == IF IsInt(a) THEN v ELSE No(r)
BothInt(a, b)  == IsInt(a) /\ IsInt(b)
Arith(a, b, n) == IF BothInt(a, b) THEN Yes(MkInt(n)) ELSE No(BadArith)
Abs(n)     == IF n < 0 THEN -n ELSE n
Quot(a, b) == IF (a < 0) = (b < 0) THEN Abs(a) \div Abs(b) ELSE -(Abs(a) \div Abs(b))

(* Bitwise operations in two's complement, bit by bit: f of two bits *)
RECURSIVE Bitwise(_, _, _)
Bit(n)       == n % 2
Bitwise(f, a, b) ==
  IF a \in {0, -1} /\ b \in {0, -1}
  THEN IF f[Bit(a)][Bit(b)] = 1 THEN -1 ELSE 0
  ELSE f[Bit(a)][Bit(b)] + 2 * Bitwise(f, a \div 2, b \div 2)
AndBits == [p \in {0, 1} |-> [q \in {0, 1} |-> IF p = 1 /\ q = 1 THEN 1 ELSE 0]]
OrBits  == [p \in {0, 1} |-> [q \in {0, 1} |-> IF p = 1 \/ q = 1 THEN 1 ELSE 0]]
XorBits == [p \in {0, 1} |-> [q \in {0, 1} |-> IF p # q THEN 1 ELSE 0]]
ShiftLeft(a, n)  == IF a = 0 THEN 0 ELSE a * 2 ^ n
ShiftRight(a, n) == IF n > 30 THEN (IF a < 0 THEN -1 ELSE 0) ELSE a \div 2 ^ n

ExecOpAdd(a, b)  == By("ExecOpAdd", Arith(a, b, a[2] + b[2]))
ExecOpSub(a, b)  == By("ExecOpSub", Arith(a, b, a[2] - b[2]))
ExecOpMul(a, b)  == By("ExecOpMul", Arith(a, b, a[2] * b[2]))
ExecOpDiv(a, b)  == By("ExecOpDiv",
  IF BothInt(a, b) /\ b[2] # 0 THEN Yes(MkInt(Quot(a[2], b[2]))) ELSE No(BadArith))
ExecOpRem(a, b)  == By("ExecOpRem",
  IF BothInt(a, b) /\ b[2] # 0 THEN Yes(MkInt(a[2] - b[2] * Quot(a[2], b[2]))) ELSE No(BadArith))
ExecOpNeg(a)     == By("ExecOpNeg", IntOr(a, BadArith, Yes(MkInt(-a[2]))))
ExecOpPlus(a)    == By("ExecOpPlus", IntOr(a, BadArith, Yes(a)))
ExecOpAbs(a)     == By("ExecOpAbs", IntOr(a, BadArg, Yes(MkInt(Abs(a[2])))))
ExecOpBand(a, b) == By("ExecOpBand", Arith(a, b, Bitwise(AndBits, a[2], b[2])))
ExecOpBor(a, b)  == By("ExecOpBor", Arith(a, b, Bitwise(OrBits, a[2], b[2])))
ExecOpBxor(a, b) == By("ExecOpBxor", Arith(a, b, Bitwise(XorBits, a[2], b[2])))
ExecOpBnot(a)    == By("ExecOpBnot", IntOr(a, BadArith, Yes(MkInt(-a[2] - 1))))
ExecOpBsl(a, b)  == By("ExecOpBsl", Arith(a, b,
  IF b[2] < 0 THEN ShiftRight(a[2], -b[2]) ELSE ShiftLeft(a[2], b[2])))
ExecOpBsr(a, b)  == By("ExecOpBsr", Arith(a, b,
  IF b[2] < 0 THEN ShiftLeft(a[2], -b[2]) ELSE ShiftRight(a[2], b[2])))
ExecOpRound(a)   == By("ExecOpRound", IntOr(a, BadArg, Yes(a)))
ExecOpTrunc(a)   == By("ExecOpTrunc", IntOr(a, BadArg, Yes(a)))
ExecOpCeil(a)    == By("ExecOpCeil", IntOr(a, BadArg, Yes(a)))
ExecOpFloor(a)   == By("ExecOpFloor", IntOr(a, BadArg, Yes(a)))
Logic(a, b, v)   == IF IsBoolean(a) /\ IsBoolean(b) THEN YesIf(v) ELSE No(BadArg)
ExecOpNot(a)     == By("ExecOpNot", Logic(a, a, a = False))
ExecOpAnd(a, b)  == By("ExecOpAnd", Logic(a, b, a = True /\ b = True))
ExecOpOr(a, b)   == By("ExecOpOr", Logic(a, b, a = True \/ b = True))
ExecOpXor(a, b)  == By("ExecOpXor", Logic(a, b, a # b))
ExecOpEq(a, b)   == By("ExecOpEq", YesIf(a = b))
ExecOpNe(a, b)   == By("ExecOpNe", YesIf(a # b))
ExecOpLt(a, b)   == By("ExecOpLt", YesIf(Cmp(a, b) < 0))
ExecOpLe(a, b)   == By("ExecOpLe", YesIf(Cmp(a, b) <= 0))
ExecOpGt(a, b)   == By("ExecOpGt", YesIf(Cmp(a, b) > 0))
ExecOpGe(a, b)   == By("ExecOpGe", YesIf(Cmp(a, b) >= 0))
ExecOpEqExact(a, b) == By("ExecOpEqExact", YesIf(a = b))
ExecOpNeExact(a, b) == By("ExecOpNeExact", YesIf(a # b))
ExecOpMax(a, b)  == By("ExecOpMax", Yes(IF Cmp(a, b) >= 0 THEN a ELSE b))
ExecOpMin(a, b)  == By("ExecOpMin", Yes(IF Cmp(a, b) <= 0 THEN a ELSE b))
IsBinary(a)      == IsBits(a) /\ Len(a[2]) % 8 = 0
ExecOpSize(a)    == By("ExecOpSize",
  CASE IsTuple(a) -> Yes(MkInt(Len(a[2])))
    [] IsBits(a)  -> Yes(MkInt(Len(a[2]) \div 8))
    [] OTHER      -> No(BadArg))
ExecOpByteSize(a) == By("ExecOpByteSize",
  IF IsBits(a) THEN Yes(MkInt((Len(a[2]) + 7) \div 8)) ELSE No(BadArg))
ExecOpBitSize(a)  == By("ExecOpBitSize",
  IF IsBits(a) THEN Yes(MkInt(Len(a[2]))) ELSE No(BadArg))
ExecOpTupleSize(a) == By("ExecOpTupleSize",
  IF IsTuple(a) THEN Yes(MkInt(Len(a[2]))) ELSE No(BadArg))
BadMap(a)        == No(Pair(MkAtom("badmap"), a))
ExecOpMapSize(a) == By("ExecOpMapSize", IF IsMap(a) THEN Yes(MkInt(Len(a[2]))) ELSE BadMap(a))
ExecOpLength(a)  == By("ExecOpLength",
  IF IsProper(a) THEN Yes(MkInt(Len(Items(a)))) ELSE No(BadArg))
ExecOpHd(a)      == By("ExecOpHd", IF IsCons(a) THEN Yes(a[2]) ELSE No(BadArg))
ExecOpTl(a)      == By("ExecOpTl", IF IsCons(a) THEN Yes(a[3]) ELSE No(BadArg))
ExecOpElement(a, b) == By("ExecOpElement",
  IF IsTuple(b) /\ IsInt(a) /\ a[2] \in 1 .. Len(b[2]) THEN Yes(b[2][a[2]]) ELSE No(BadArg))
ExecOpMapGet(a, b)  == By("ExecOpMapGet",
  CASE ~IsMap(b)    -> BadMap(b)
    [] MapHas(b, a) -> Yes(MapAt(b, a))
    [] OTHER        -> No(Pair(MkAtom("badkey"), a)))
ExecOpIsMapKey(a, b) == By("ExecOpIsMapKey", IF IsMap(b) THEN YesIf(MapHas(b, a)) ELSE BadMap(b))
(* A part of the whole bytes; a negative length ends at the start *)
BinaryPart(a, b, c) ==
  IF ~(IsBits(a) /\ BothInt(b, c)) THEN No(BadArg)
  ELSE LET x1 == IF c[2] < 0 THEN b[2] + c[2] ELSE b[2]
           x2 == IF c[2] < 0 THEN b[2] ELSE b[2] + c[2]
       IN  IF x1 < 0 \/ 8 * x2 > Len(a[2]) THEN No(BadArg)
           ELSE Yes(MkBits(SubSeq(a[2], 8 * x1 + 1, 8 * x2)))
ExecOpBinaryPart(a, b, c) == By("ExecOpBinaryPart", BinaryPart(a, b, c))
ExecOpBinarySlice(a, b)   == By("ExecOpBinarySlice",
  IF IsTuple(b) /\ Len(b[2]) = 2 THEN BinaryPart(a, b[2][1], b[2][2]) ELSE No(BadArg))
ExecOpSelf(p)    == By("ExecOpSelf", Yes(MkPid(p)))
ExecOpNode(p)    == By("ExecOpNode", Yes(Node))
ExecOpNodeOf(a)  == By("ExecOpNodeOf", IF Tag(a) \in {"pid", "ref"} THEN Yes(Node) ELSE No(BadArg))
DictGet(ps, k)   == IF k \in DOMAIN ps.dict THEN ps.dict[k] ELSE Undefined
ExecOpGet(ps, a) == By("ExecOpGet", Yes(DictGet(ps, a)))
RECURSIVE Text(_)
Text(s) == IF s = <<>> THEN "" ELSE CharOf(Head(s)[2]) \o Text(Tail(s))
ExecOpListToAtom(a) == By("ExecOpListToAtom",
  LET s == Items(a) IN
  CASE ~(IsProper(a) /\ \A k \in DOMAIN s : IsInt(s[k]) /\ IsCode(s[k][2])) -> No(BadArg)
    [] Len(s) > 255 -> No(SystemLimit)
    [] OTHER        -> Yes(MkAtom(Text(s))))
HasArity(a, b)   == IsFun(a) /\ FunArity(a) = b[2]
IsTagged(a, b)   == IsTuple(a) /\ Len(a[2]) > 0 /\ a[2][1] = b
ExecOpIsAtom(a)      == By("ExecOpIsAtom", YesIf(IsAtom(a)))
ExecOpIsBinary(a)    == By("ExecOpIsBinary", YesIf(IsBinary(a)))
ExecOpIsBitstring(a) == By("ExecOpIsBitstring", YesIf(IsBits(a)))
ExecOpIsBoolean(a)   == By("ExecOpIsBoolean", YesIf(IsBoolean(a)))
ExecOpIsFloat(a)     == By("ExecOpIsFloat", YesIf(FALSE))
ExecOpIsFunction(a)  == By("ExecOpIsFunction", YesIf(IsFun(a)))
ExecOpIsFunctionArity(a, b) == By("ExecOpIsFunctionArity",
  IF IsInt(b) /\ b[2] >= 0 THEN YesIf(HasArity(a, b)) ELSE No(BadArg))
ExecOpIsInteger(a)   == By("ExecOpIsInteger", YesIf(IsInt(a)))
ExecOpIsIntegerBetween(a, b, c) == By("ExecOpIsIntegerBetween",
  IF BothInt(b, c) THEN YesIf(IsInt(a) /\ b[2] <= a[2] /\ a[2] <= c[2]) ELSE No(BadArg))
ExecOpIsList(a)      == By("ExecOpIsList", YesIf(Tag(a) \in {"nil", "cons"}))
ExecOpIsMap(a)       == By("ExecOpIsMap", YesIf(IsMap(a)))
ExecOpIsNumber(a)    == By("ExecOpIsNumber", YesIf(IsInt(a)))
ExecOpIsPid(a)       == By("ExecOpIsPid", YesIf(IsPid(a)))
ExecOpIsPort(a)      == By("ExecOpIsPort", YesIf(FALSE))
ExecOpIsRecord(a, b) == By("ExecOpIsRecord",
  IF IsAtom(b) THEN YesIf(IsTagged(a, b)) ELSE No(BadArg))
ExecOpIsRecordSize(a, b, c) == By("ExecOpIsRecordSize",
  IF IsAtom(b) /\ IsInt(c) THEN YesIf(IsTagged(a, b) /\ Len(a[2]) = c[2]) ELSE No(BadArg))
ExecOpIsReference(a) == By("ExecOpIsReference", YesIf(IsRef(a)))
ExecOpIsTuple(a)     == By("ExecOpIsTuple", YesIf(IsTuple(a)))
ExecOpStacktrace(v)  == By("ExecOpStacktrace", Yes(Given(v)))

OpOfNone(kind, p) == IF kind = "self" THEN ExecOpSelf(p) ELSE ExecOpNode(p)
OpOfOne(kind, a, ps) ==
  CASE kind = "neg" -> ExecOpNeg(a)             [] kind = "plus" -> ExecOpPlus(a)
    [] kind = "abs" -> ExecOpAbs(a)             [] kind = "bnot" -> ExecOpBnot(a)
    [] kind = "round" -> ExecOpRound(a)         [] kind = "trunc" -> ExecOpTrunc(a)
    [] kind = "ceil" -> ExecOpCeil(a)           [] kind = "floor" -> ExecOpFloor(a)
    [] kind = "not" -> ExecOpNot(a)             [] kind = "size" -> ExecOpSize(a)
    [] kind = "byte_size" -> ExecOpByteSize(a)  [] kind = "bit_size" -> ExecOpBitSize(a)
    [] kind = "tuple_size" -> ExecOpTupleSize(a) [] kind = "map_size" -> ExecOpMapSize(a)
    [] kind = "length" -> ExecOpLength(a)       [] kind = "hd" -> ExecOpHd(a)
    [] kind = "tl" -> ExecOpTl(a)               [] kind = "node_of" -> ExecOpNodeOf(a)
    [] kind = "get" -> ExecOpGet(ps, a)         [] kind = "list_to_atom" -> ExecOpListToAtom(a)
    [] kind = "is_atom" -> ExecOpIsAtom(a)      [] kind = "is_binary" -> ExecOpIsBinary(a)
    [] kind = "is_bitstring" -> ExecOpIsBitstring(a)
    [] kind = "is_boolean" -> ExecOpIsBoolean(a)
    [] kind = "is_float" -> ExecOpIsFloat(a)    [] kind = "is_function" -> ExecOpIsFunction(a)
    [] kind = "is_integer" -> ExecOpIsInteger(a) [] kind = "is_list" -> ExecOpIsList(a)
    [] kind = "is_map" -> ExecOpIsMap(a)        [] kind = "is_number" -> ExecOpIsNumber(a)
    [] kind = "is_pid" -> ExecOpIsPid(a)        [] kind = "is_port" -> ExecOpIsPort(a)
    [] kind = "is_reference" -> ExecOpIsReference(a)
    [] kind = "is_tuple" -> ExecOpIsTuple(a)    [] kind = "stacktrace" -> ExecOpStacktrace(a)
OpOfTwo(kind, a, b) ==
  CASE kind = "add" -> ExecOpAdd(a, b)          [] kind = "sub" -> ExecOpSub(a, b)
    [] kind = "mul" -> ExecOpMul(a, b)          [] kind = "div" -> ExecOpDiv(a, b)
    [] kind = "rem" -> ExecOpRem(a, b)          [] kind = "band" -> ExecOpBand(a, b)
    [] kind = "bor" -> ExecOpBor(a, b)          [] kind = "bxor" -> ExecOpBxor(a, b)
    [] kind = "bsl" -> ExecOpBsl(a, b)          [] kind = "bsr" -> ExecOpBsr(a, b)
    [] kind = "and" -> ExecOpAnd(a, b)          [] kind = "or" -> ExecOpOr(a, b)
    [] kind = "xor" -> ExecOpXor(a, b)          [] kind = "eq" -> ExecOpEq(a, b)
    [] kind = "ne" -> ExecOpNe(a, b)            [] kind = "lt" -> ExecOpLt(a, b)
    [] kind = "le" -> ExecOpLe(a, b)            [] kind = "gt" -> ExecOpGt(a, b)
    [] kind = "ge" -> ExecOpGe(a, b)            [] kind = "eq_exact" -> ExecOpEqExact(a, b)
    [] kind = "ne_exact" -> ExecOpNeExact(a, b) [] kind = "max" -> ExecOpMax(a, b)
    [] kind = "min" -> ExecOpMin(a, b)          [] kind = "element" -> ExecOpElement(a, b)
    [] kind = "map_get" -> ExecOpMapGet(a, b)   [] kind = "is_map_key" -> ExecOpIsMapKey(a, b)
    [] kind = "binary_slice" -> ExecOpBinarySlice(a, b)
    [] kind = "is_function_arity" -> ExecOpIsFunctionArity(a, b)
    [] kind = "is_record" -> ExecOpIsRecord(a, b)
OpOfThree(kind, a, b, c) ==
  CASE kind = "binary_part" -> ExecOpBinaryPart(a, b, c)
    [] kind = "is_integer_between" -> ExecOpIsIntegerBetween(a, b, c)
    [] kind = "is_record_size" -> ExecOpIsRecordSize(a, b, c)
Answer(ps, p, i) ==
  LET v == Vals(ps, i.args) IN
  CASE Len(v) = 0 -> OpOfNone(i.kind, p)
    [] Len(v) = 1 -> OpOfOne(i.kind, v[1], ps)
    [] Len(v) = 2 -> OpOfTwo(i.kind, v[1], v[2])
    [] Len(v) = 3 -> OpOfThree(i.kind, v[1], v[2], v[3])

ExecOpValue(ps, i, v) == By("ExecOpValue", PutNext(ps, i.dst, v))
ExecOpElse(ps, i)     == By("ExecOpElse", Goto(ps, i.other))
ExecOpRaise(ps, r)    == By("ExecOpRaise", Raise(ps, r))
OpInstr(ps, p, i) == LET a == Answer(ps, p, i) IN
  CASE a[1]         -> ExecOpValue(ps, i, a[2])
    [] i.other # -1 -> ExecOpElse(ps, i)
    [] OTHER        -> ExecOpRaise(ps, a[2])
-----------------------------------------------------------------------------
ExecTestIsInteger(a)   == By("ExecTestIsInteger", IsInt(a))
ExecTestIsFloat(a)     == By("ExecTestIsFloat", FALSE)
ExecTestIsNumber(a)    == By("ExecTestIsNumber", IsInt(a))
ExecTestIsAtom(a)      == By("ExecTestIsAtom", IsAtom(a))
ExecTestIsBoolean(a)   == By("ExecTestIsBoolean", IsBoolean(a))
ExecTestIsPid(a)       == By("ExecTestIsPid", IsPid(a))
ExecTestIsReference(a) == By("ExecTestIsReference", IsRef(a))
ExecTestIsPort(a)      == By("ExecTestIsPort", FALSE)
ExecTestIsNil(a)       == By("ExecTestIsNil", a = Nil)
ExecTestIsBinary(a)    == By("ExecTestIsBinary", IsBinary(a))
ExecTestIsBitstring(a) == By("ExecTestIsBitstring", IsBits(a))
ExecTestIsList(a)      == By("ExecTestIsList", Tag(a) \in {"nil", "cons"})
ExecTestIsCons(a)      == By("ExecTestIsCons", IsCons(a))
ExecTestIsTuple(a)     == By("ExecTestIsTuple", IsTuple(a))
ExecTestIsMap(a)       == By("ExecTestIsMap", IsMap(a))
ExecTestIsFunction(a)  == By("ExecTestIsFunction", IsFun(a))
ExecTestIsFunctionArity(a, b) == By("ExecTestIsFunctionArity",
  IsInt(b) /\ b[2] >= 0 /\ HasArity(a, b))
ExecTestArity(a, b)    == By("ExecTestArity", IsTuple(a) /\ Len(a[2]) = b[2])
ExecTestTagged(a, b, c) == By("ExecTestTagged", IsTagged(a, c) /\ Len(a[2]) = b[2])
ExecTestLt(a, b)       == By("ExecTestLt", Cmp(a, b) < 0)
ExecTestGe(a, b)       == By("ExecTestGe", Cmp(a, b) >= 0)
ExecTestEq(a, b)       == By("ExecTestEq", a = b)
ExecTestNe(a, b)       == By("ExecTestNe", a # b)
ExecTestEqExact(a, b)  == By("ExecTestEqExact", a = b)
ExecTestNeExact(a, b)  == By("ExecTestNeExact", a # b)
TestOfOne(kind, a) ==
  CASE kind = "is_integer" -> ExecTestIsInteger(a) [] kind = "is_float" -> ExecTestIsFloat(a)
    [] kind = "is_number" -> ExecTestIsNumber(a)   [] kind = "is_atom" -> ExecTestIsAtom(a)
    [] kind = "is_boolean" -> ExecTestIsBoolean(a) [] kind = "is_pid" -> ExecTestIsPid(a)
    [] kind = "is_reference" -> ExecTestIsReference(a) [] kind = "is_port" -> ExecTestIsPort(a)
    [] kind = "is_nil" -> ExecTestIsNil(a)         [] kind = "is_binary" -> ExecTestIsBinary(a)
    [] kind = "is_bitstring" -> ExecTestIsBitstring(a) [] kind = "is_list" -> ExecTestIsList(a)
    [] kind = "is_cons" -> ExecTestIsCons(a)       [] kind = "is_tuple" -> ExecTestIsTuple(a)
    [] kind = "is_map" -> ExecTestIsMap(a)         [] kind = "is_function" -> ExecTestIsFunction(a)
TestOfTwo(kind, a, b) ==
  CASE kind = "is_function_arity" -> ExecTestIsFunctionArity(a, b)
    [] kind = "arity" -> ExecTestArity(a, b)       [] kind = "lt" -> ExecTestLt(a, b)
    [] kind = "ge" -> ExecTestGe(a, b)             [] kind = "eq" -> ExecTestEq(a, b)
    [] kind = "ne" -> ExecTestNe(a, b)             [] kind = "eq_exact" -> ExecTestEqExact(a, b)
    [] kind = "ne_exact" -> ExecTestNeExact(a, b)
Holds(ps, i) ==
  LET v == Vals(ps, i.args) IN
  CASE Len(v) = 1 -> TestOfOne(i.kind, v[1])
    [] Len(v) = 2 -> TestOfTwo(i.kind, v[1], v[2])
    [] Len(v) = 3 -> ExecTestTagged(v[1], v[2], v[3])
ExecTestHolds(ps)   == By("ExecTestHolds", Next1(ps))
ExecTestElse(ps, i) == By("ExecTestElse", Goto(ps, i.other))
TestInstr(ps, i)    == IF Holds(ps, i) THEN ExecTestHolds(ps) ELSE ExecTestElse(ps, i)
=============================================================================

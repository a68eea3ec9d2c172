------------------------------ MODULE LamTerms ------------------------------
(***************************************************************************)
(* Terms: what they are made of, their order and their canonical text.     *)
(*                                                                         *)
(* Every term is a tuple whose first element is a tag.  TLC refuses to     *)
(* compare an integer with a string; two tagged tuples differ in length or *)
(* at the tag, where TLC stops looking, so any two terms can be compared   *)
(* and put in one set.                                                     *)
(*                                                                         *)
(* What is abstracted: integers are those of TLC, of 32 bits with sign; a  *)
(* result beyond them ends TLC with an error and is never wrapped.  There  *)
(* are no floats.  The characters of atoms are those of ASCII without the  *)
(* backquote.  A bitstring is a sequence of bits.                          *)
(*                                                                         *)
(* A process identifier is the PATH of the process in the spawn tree: the  *)
(* root is <<0>>, its second child <<0, 2>>, printed 0 and 0.2.  A         *)
(* reference is its creator's path and a number.  So identifiers do not    *)
(* depend on who ran first, and states that differ in them alone do not    *)
(* arise.                                                                  *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets, TLC

MkInt(n)     == <<"int", n>>
MkAtom(s)    == <<"atom", s>>
MkPid(p)     == <<"pid", p>>
MkRef(p, n)  == <<"ref", p, n>>
Nil          == <<"nil">>
MkCons(h, t) == <<"cons", h, t>>
MkTuple(s)   == <<"tuple", s>>
MkMap(s)     == <<"map", s>>        \* pairs <<key, value>>, by key
MkBits(s)    == <<"bits", s>>       \* zeros and ones
(* A fun of a function of the program: its module, index and hash (a text), *)
(* the function's index, the arity, and the captured values.               *)
MkLambda(m, k, u, f, a, c) == <<"lambda", m, k, u, f, a, c>>
MkExtern(m, n, a)          == <<"extern", m, n, a>>

Tag(v)     == v[1]
IsInt(v)   == Tag(v) = "int"
IsAtom(v)  == Tag(v) = "atom"
IsPid(v)   == Tag(v) = "pid"
IsRef(v)   == Tag(v) = "ref"
IsCons(v)  == Tag(v) = "cons"
IsTuple(v) == Tag(v) = "tuple"
IsMap(v)   == Tag(v) = "map"
IsBits(v)  == Tag(v) = "bits"
IsFun(v)   == Tag(v) \in {"lambda", "extern"}
FunArity(v) == IF Tag(v) = "lambda" THEN v[6] ELSE v[4]
IsAny(v, names_) == IsAtom(v) /\ v[2] \in names_    \* one of these atoms

True        == MkAtom("true")
False       == MkAtom("false")
Truth(b)    == IF b THEN True ELSE False
IsBoolean(v) == v \in {True, False}
Ok          == MkAtom("ok")
Undefined   == MkAtom("undefined")
Normal      == MkAtom("normal")
NoProc      == MkAtom("noproc")
BadArg      == MkAtom("badarg")
BadArith    == MkAtom("badarith")
SystemLimit == MkAtom("system_limit")
Node        == MkAtom("nonode@nohost")
Pair(a, b)  == MkTuple(<<a, b>>)

(* Lists *)
RECURSIVE Items(_), LastTail(_)
Items(v)    == IF IsCons(v) THEN <<v[2]>> \o Items(v[3]) ELSE <<>>
LastTail(v) == IF IsCons(v) THEN LastTail(v[3]) ELSE v
IsProper(v) == LastTail(v) = Nil
RECURSIVE MkListOnto(_, _)
MkListOnto(s, t) == IF s = <<>> THEN t ELSE MkCons(Head(s), MkListOnto(Tail(s), t))
MkList(s)   == MkListOnto(s, Nil)

(* Maps *)
MapPlace(s, k) == IF \E n \in DOMAIN s : s[n][1] = k
                  THEN CHOOSE n \in DOMAIN s : s[n][1] = k ELSE 0
MapHas(v, k)   == MapPlace(v[2], k) # 0
MapAt(v, k)    == v[2][MapPlace(v[2], k)][2]
-----------------------------------------------------------------------------
(* Characters, by their code *)
Ascii  == " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_abcdefghijklmnopqrstuvwxyz{|}~"
Char(s, k) == SubSeq(s, k, k)
Places == [c \in {Char(Ascii, k) : k \in 1 .. Len(Ascii)} |->
             CHOOSE k \in 1 .. Len(Ascii) : Char(Ascii, k) = c]
Code(c)  == IF Places[c] <= 64 THEN Places[c] + 31 ELSE Places[c] + 32
IsCode(n) == n \in 32 .. 126 \ {96}
CharOf(n) == Char(Ascii, IF n < 96 THEN n - 31 ELSE n - 32)
Lower  == {Char("abcdefghijklmnopqrstuvwxyz", k) : k \in 1 .. 26}
Upper  == {Char("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k) : k \in 1 .. 26}
Word   == Lower \cup Upper \cup {Char("0123456789_@", k) : k \in 1 .. 12}
Reserved == {"after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl",
  "bsr", "bxor", "case", "catch", "cond", "div", "else", "end", "fun", "if",
  "let", "maybe", "not", "of", "or", "orelse", "receive", "rem", "try", "when",
  "xor"}
RECURSIVE Escaped(_, _)
Escaped(s, k) ==
  IF k > Len(s) THEN ""
  ELSE (IF Char(s, k) \in {"'", "\\"} THEN "\\" ELSE "") \o Char(s, k) \o Escaped(s, k + 1)
Quoted(s) ==
  IF /\ Len(s) > 0 /\ Char(s, 1) \in Lower
     /\ \A k \in 1 .. Len(s) : Char(s, k) \in Word
     /\ s \notin Reserved
  THEN s ELSE "'" \o Escaped(s, 1) \o "'"
-----------------------------------------------------------------------------
(* The canonical text of a term: what outcomes show *)
RECURSIVE BitsValue(_)
BitsValue(s) == IF s = <<>> THEN 0 ELSE 2 * BitsValue(SubSeq(s, 1, Len(s) - 1)) + s[Len(s)]

RECURSIVE Path(_), Show(_), ShowAll(_), ShowTail(_), ShowPairs(_), ShowBits(_)
Path(p)     == IF Len(p) = 1 THEN ToString(p[1])
               ELSE Path(SubSeq(p, 1, Len(p) - 1)) \o "." \o ToString(p[Len(p)])
ShowAll(s)  == IF s = <<>> THEN ""
               ELSE Show(Head(s)) \o (IF Len(s) = 1 THEN "" ELSE ", ") \o ShowAll(Tail(s))
ShowTail(v) == Show(v[2]) \o (CASE v[3] = Nil   -> ""
                                [] IsCons(v[3]) -> ", " \o ShowTail(v[3])
                                [] OTHER        -> " | " \o Show(v[3]))
ShowPairs(s) == IF s = <<>> THEN ""
                ELSE Show(s[1][1]) \o " => " \o Show(s[1][2])
                     \o (IF Len(s) = 1 THEN "" ELSE ", ") \o ShowPairs(Tail(s))
ShowBits(s) ==
  IF s = <<>> THEN ""
  ELSE IF Len(s) < 8 THEN ToString(BitsValue(s)) \o ":" \o ToString(Len(s))
  ELSE ToString(BitsValue(SubSeq(s, 1, 8)))
       \o (IF Len(s) = 8 THEN "" ELSE ", ") \o ShowBits(SubSeq(s, 9, Len(s)))
Show(v) ==
  CASE IsInt(v)   -> ToString(v[2])
    [] IsAtom(v)  -> Quoted(v[2])
    [] v = Nil    -> "[]"
    [] IsPid(v)   -> "<" \o Path(v[2]) \o ">"
    [] IsRef(v)   -> "#Ref<" \o Path(v[2]) \o "." \o ToString(v[3]) \o ">"
    [] IsTuple(v) -> "{" \o ShowAll(v[2]) \o "}"
    [] IsCons(v)  -> "[" \o ShowTail(v) \o "]"
    [] IsMap(v)   -> "#{" \o ShowPairs(v[2]) \o "}"
    [] IsBits(v)  -> "<<" \o ShowBits(v[2]) \o ">>"
    [] Tag(v) = "lambda" ->
         "#Fun<" \o Quoted(v[2]) \o "." \o ToString(v[3]) \o "." \o v[4] \o ">"
    [] Tag(v) = "extern" ->
         "fun " \o Quoted(v[2]) \o ":" \o Quoted(v[3]) \o "/" \o ToString(v[4])
-----------------------------------------------------------------------------
(* The order of terms: -1, 0 or 1.  Without floats, equality by value and  *)
(* equality of keys are one.  Between two pids, or two references, the     *)
(* order is an implementation's own: here it is that of the paths.         *)
Rank == [int |-> 0, atom |-> 1, ref |-> 2, lambda |-> 3, extern |-> 3, pid |-> 5,
         tuple |-> 6, map |-> 7, nil |-> 8, cons |-> 9, bits |-> 10]
CmpInt(a, b) == IF a < b THEN -1 ELSE IF a > b THEN 1 ELSE 0
Then(c, d)   == IF c # 0 THEN c ELSE d
RECURSIVE CmpInts(_, _, _), CmpText(_, _, _)
CmpInts(a, b, k) ==       \* sequences of integers from the k-th on, the shorter first
  IF k > Len(a) \/ k > Len(b) THEN CmpInt(Len(a), Len(b))
  ELSE Then(CmpInt(a[k], b[k]), CmpInts(a, b, k + 1))
CmpText(a, b, k) ==
  IF k > Len(a) \/ k > Len(b) THEN CmpInt(Len(a), Len(b))
  ELSE Then(CmpInt(Code(Char(a, k)), Code(Char(b, k))), CmpText(a, b, k + 1))
RECURSIVE Cmp(_, _), CmpAll(_, _, _)
CmpAll(a, b, k) ==        \* sequences of terms of one length
  IF k > Len(a) THEN 0 ELSE Then(Cmp(a[k], b[k]), CmpAll(a, b, k + 1))
Column(s, n) == [k \in DOMAIN s |-> s[k][n]]
CmpFun(a, b) ==
  CASE Tag(a) # Tag(b)   -> IF Tag(a) = "lambda" THEN -1 ELSE 1
    [] Tag(a) = "lambda" ->
         Then(CmpText(a[2], b[2], 1), Then(CmpInt(a[3], b[3]), Then(CmpInt(a[5], b[5]),
         Then(CmpInt(Len(a[7]), Len(b[7])), CmpAll(a[7], b[7], 1)))))
    [] OTHER -> Then(CmpText(a[2], b[2], 1), Then(CmpText(a[3], b[3], 1), CmpInt(a[4], b[4])))
Cmp(a, b) ==
  CASE a = b                       -> 0
    [] Rank[Tag(a)] # Rank[Tag(b)] -> CmpInt(Rank[Tag(a)], Rank[Tag(b)])
    [] IsInt(a)   -> CmpInt(a[2], b[2])
    [] IsAtom(a)  -> CmpText(a[2], b[2], 1)
    [] IsPid(a)   -> CmpInts(a[2], b[2], 1)
    [] IsRef(a)   -> Then(CmpInts(a[2], b[2], 1), CmpInt(a[3], b[3]))
    [] IsBits(a)  -> CmpInts(a[2], b[2], 1)
    [] IsCons(a)  -> Then(Cmp(a[2], b[2]), Cmp(a[3], b[3]))
    [] IsTuple(a) -> Then(CmpInt(Len(a[2]), Len(b[2])), CmpAll(a[2], b[2], 1))
    [] IsMap(a)   -> Then(CmpInt(Len(a[2]), Len(b[2])),
                     Then(CmpAll(Column(a[2], 1), Column(b[2], 1), 1),
                          CmpAll(Column(a[2], 2), Column(b[2], 2), 1)))
    [] OTHER      -> CmpFun(a, b)

(* A map with one pair more, or replaced *)
MapPut(s, k, v) ==
  IF MapPlace(s, k) # 0 THEN [s EXCEPT ![MapPlace(s, k)] = <<k, v>>]
  ELSE LET before == SelectSeq(s, LAMBDA e : Cmp(e[1], k) < 0)
       IN  before \o <<<<k, v>>>> \o SubSeq(s, Len(before) + 1, Len(s))
=============================================================================

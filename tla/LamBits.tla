------------------------------ MODULE LamBits -------------------------------
(***************************************************************************)
(* Bits: bitstrings made and matched, bit by bit.  A match context is a    *)
(* number of the process's table ctx, so that two registers can share one. *)
(* Segments of floats are not modelled.                                    *)
(***************************************************************************)
EXTENDS LamCompute

ToBits(n, size) == [k \in 1 .. size |->
  IF size - k > 30 THEN (IF n < 0 THEN 1 ELSE 0) ELSE (n \div 2 ^ (size - k)) % 2]
SignedValue(s) ==
  IF s = <<>> \/ s[1] = 0 THEN BitsValue(s)
  ELSE -BitsValue([k \in DOMAIN s |-> 1 - s[k]]) - 1
(* The lowest byte first; bits left over are the highest and come last *)
RECURSIVE Little(_), FromLittle(_)
Little(s)     == IF Len(s) <= 8 THEN s
                 ELSE SubSeq(s, Len(s) - 7, Len(s)) \o Little(SubSeq(s, 1, Len(s) - 8))
FromLittle(s) == IF Len(s) <= 8 THEN s
                 ELSE FromLittle(SubSeq(s, 9, Len(s))) \o SubSeq(s, 1, 8)
Order(s, little) == IF little THEN Little(s) ELSE s

IsCodePoint(n) == n \in 0 .. 1114111 /\ n \notin 55296 .. 57343
Low6(n, k) == ToBits(128 + ((n \div 64 ^ k) % 64), 8)
Utf8(n) ==
  CASE n < 128   -> ToBits(n, 8)
    [] n < 2048  -> ToBits(192 + n \div 64, 8) \o Low6(n, 0)
    [] n < 65536 -> ToBits(224 + n \div 4096, 8) \o Low6(n, 1) \o Low6(n, 0)
    [] OTHER     -> ToBits(240 + n \div 262144, 8) \o Low6(n, 2) \o Low6(n, 1) \o Low6(n, 0)
Utf16(n, little) ==
  IF n < 65536 THEN Order(ToBits(n, 16), little)
  ELSE Order(ToBits(55296 + (n - 65536) \div 1024, 16), little)
       \o Order(ToBits(56320 + ((n - 65536) % 1024), 16), little)
Utf(kind, n, little) ==
  CASE kind = "utf8"  -> Utf8(n)
    [] kind = "utf16" -> Utf16(n, little)
    [] kind = "utf32" -> Order(ToBits(n, 32), little)
-----------------------------------------------------------------------------
(* A segment gives <<TRUE, bits>> or <<FALSE, reason>> *)
SizeOf(ps, s)   == IF s.size[1] = "none" THEN Dead ELSE Val(ps, s.size)
SizeOk(ps, s)   == s.size[1] = "none" \/ (IsInt(SizeOf(ps, s)) /\ SizeOf(ps, s)[2] >= 0)
Bits(ps, s)     == SizeOf(ps, s)[2] * s.unit
ExecBmakeInteger(ps, s, v) == By("ExecBmakeInteger",
  IF IsInt(v) THEN Yes(Order(ToBits(v[2], Bits(ps, s)), s.little)) ELSE No(BadArg))
Part(ps, s, v) ==
  CASE ~IsBits(v)         -> No(BadArg)
    [] s.size[1] = "none" -> IF Len(v[2]) % s.unit = 0 THEN Yes(v[2]) ELSE No(BadArg)
    [] OTHER              -> IF Bits(ps, s) <= Len(v[2]) THEN Yes(SubSeq(v[2], 1, Bits(ps, s)))
                             ELSE No(BadArg)
ExecBmakeBinary(ps, s, v) == By("ExecBmakeBinary", Part(ps, s, v))
ExecBmakeAppend(ps, s, v) == By("ExecBmakeAppend", Part(ps, s, v))
PutUtf(s, v) == IF IsInt(v) /\ IsCodePoint(v[2]) THEN Yes(Utf(s.kind, v[2], s.little))
                ELSE No(BadArg)
ExecBmakeUtf8(s, v)  == By("ExecBmakeUtf8", PutUtf(s, v))
ExecBmakeUtf16(s, v) == By("ExecBmakeUtf16", PutUtf(s, v))
ExecBmakeUtf32(s, v) == By("ExecBmakeUtf32", PutUtf(s, v))
Segment(ps, s) == LET v == Val(ps, s.value) IN
  CASE ~SizeOk(ps, s)       -> No(BadArg)
    [] s.kind = "integer"   -> ExecBmakeInteger(ps, s, v)
    [] s.kind = "binary"    -> ExecBmakeBinary(ps, s, v)
    [] s.kind = "append"    -> ExecBmakeAppend(ps, s, v)
    [] s.kind = "utf8"      -> ExecBmakeUtf8(s, v)
    [] s.kind = "utf16"     -> ExecBmakeUtf16(s, v)
    [] s.kind = "utf32"     -> ExecBmakeUtf32(s, v)
RECURSIVE Made(_, _, _, _)
Made(ps, segments, k, bits) ==
  IF k > Len(segments) THEN Yes(bits)
  ELSE LET s == Segment(ps, segments[k]) IN
       IF s[1] THEN Made(ps, segments, k + 1, bits \o s[2]) ELSE s
ExecBmakeBuild(ps, i, bits) == By("ExecBmakeBuild", PutNext(ps, i.dst, MkBits(bits)))
ExecBmakeElse(ps, i)        == By("ExecBmakeElse", Goto(ps, i.other))
ExecBmakeRaise(ps, r)       == By("ExecBmakeRaise", Raise(ps, r))
Bmake(ps, i) == LET made == Made(ps, i.segments, 1, <<>>) IN
  CASE made[1]      -> ExecBmakeBuild(ps, i, made[2])
    [] i.other # -1 -> ExecBmakeElse(ps, i)
    [] OTHER        -> ExecBmakeRaise(ps, made[2])
-----------------------------------------------------------------------------
(* A command gives <<matched, process>>; n is the context's number *)
Matched(ps)   == <<TRUE, ps>>
Missed(ps)    == <<FALSE, ps>>
Left(t)       == Len(t.bits) - t.pos
Ahead(t, n)   == SubSeq(t.bits, t.pos + 1, t.pos + n)
Rest(t)       == Ahead(t, Left(t))
(* size bits are taken and give the term v; a size below 0 is not there *)
Take(ps, n, size, dst, v) ==
  Matched(Put([ps EXCEPT !.ctx[n].pos = @ + size], dst, v))
UnitsOf(ps, c) == LET v == Val(ps, c.size) IN IF IsInt(v) /\ v[2] >= 0 THEN v[2] * c.unit ELSE -1
Fits(t, size)  == size >= 0 /\ size <= Left(t)
RestSize(ps, c, t) ==
  IF c.size[1] # "none" THEN UnitsOf(ps, c) ELSE IF Left(t) % c.unit = 0 THEN Left(t) ELSE -1

ExecBmatchStart(ps, i, c) == By("ExecBmatchStart",
  LET v == Hold(ps, c.src) IN
  CASE v[1] = "bits"    -> Matched(Put([ps EXCEPT !.ctx = Append(@, [bits |-> v[2], pos |-> 0])],
                                       i.context, Context(Len(ps.ctx) + 1)))
    [] v[1] = "context" -> Matched(Put(ps, i.context, v))
    [] OTHER            -> Missed(ps))
ExecBmatchAtLeast(ps, c, t) == By("ExecBmatchAtLeast",
  <<Left(t) >= c.bits /\ (Left(t) - c.bits) % c.unit = 0, ps>>)
ExecBmatchExactly(ps, c, t) == By("ExecBmatchExactly", <<Left(t) = c.bits, ps>>)
ExecBmatchInteger(ps, c, t, n) == By("ExecBmatchInteger",
  LET size == UnitsOf(ps, c)
      raw  == Ahead(t, size)
      s    == IF c.little THEN FromLittle(raw) ELSE raw
  IN  IF ~Fits(t, size) THEN Missed(ps)
      ELSE Take(ps, n, size, c.dst, MkInt(IF c.signed THEN SignedValue(s) ELSE BitsValue(s))))
ExecBmatchBinary(ps, c, t, n) == By("ExecBmatchBinary",
  LET size == RestSize(ps, c, t) IN
  IF Fits(t, size) THEN Take(ps, n, size, c.dst, MkBits(Ahead(t, size))) ELSE Missed(ps))
(* The code point that these bits could be, by their first unit *)
Byte(t, k) == BitsValue(SubSeq(t.bits, t.pos + 8 * k + 1, t.pos + 8 * k + 8))
Low(t, k)  == Byte(t, k) % 64
Unit(t, k, little) == LET s == SubSeq(t.bits, t.pos + 16 * k + 1, t.pos + 16 * k + 16) IN
  BitsValue(IF little THEN FromLittle(s) ELSE s)
Guess8(t) ==
  IF Left(t) < 8 THEN -1
  ELSE CASE Byte(t, 0) < 128 -> Byte(t, 0)
         [] Byte(t, 0) \in 194 .. 223 /\ Left(t) >= 16 ->
              (Byte(t, 0) - 192) * 64 + Low(t, 1)
         [] Byte(t, 0) \in 224 .. 239 /\ Left(t) >= 24 ->
              (Byte(t, 0) - 224) * 4096 + Low(t, 1) * 64 + Low(t, 2)
         [] Byte(t, 0) \in 240 .. 244 /\ Left(t) >= 32 ->
              (Byte(t, 0) - 240) * 262144 + Low(t, 1) * 4096 + Low(t, 2) * 64
              + Low(t, 3)
         [] OTHER -> -1
Guess16(t, little) ==
  IF Left(t) < 16 THEN -1
  ELSE IF Unit(t, 0, little) \in 55296 .. 56319 /\ Left(t) >= 32
  THEN 65536 + (Unit(t, 0, little) - 55296) * 1024 + (Unit(t, 1, little) - 56320)
  ELSE Unit(t, 0, little)
Guess32(t, little) ==
  IF Left(t) < 32 THEN -1
  ELSE LET s == IF little THEN FromLittle(Ahead(t, 32)) ELSE Ahead(t, 32) IN
       IF \E k \in 1 .. 8 : s[k] = 1 THEN -1 ELSE BitsValue(s)
ExecBmatchUtf(ps, c, t, n) == By("ExecBmatchUtf",
  LET code == CASE c.kind = "utf8"  -> Guess8(t)
                [] c.kind = "utf16" -> Guess16(t, c.little)
                [] c.kind = "utf32" -> Guess32(t, c.little)
      bits == Utf(c.kind, code, c.little)
  IN  IF IsCodePoint(code) /\ Len(bits) <= Left(t) /\ Ahead(t, Len(bits)) = bits
      THEN Take(ps, n, Len(bits), c.dst, MkInt(code)) ELSE Missed(ps))
ExecBmatchSkip(ps, c, t, n) == By("ExecBmatchSkip",
  LET size == RestSize(ps, c, t) IN
  IF Fits(t, size) THEN Take(ps, n, size, <<"_">>, Nil) ELSE Missed(ps))
ExecBmatchBits(ps, c, t, n) == By("ExecBmatchBits",
  IF Fits(t, Len(c.bits)) /\ Ahead(t, Len(c.bits)) = c.bits
  THEN Take(ps, n, Len(c.bits), <<"_">>, Nil) ELSE Missed(ps))
ExecBmatchTail(ps, c, t)   == By("ExecBmatchTail", Matched(Put(ps, c.dst, MkBits(Rest(t)))))
ExecBmatchPos(ps, c, t)    == By("ExecBmatchPos", Matched(Put(ps, c.dst, MkInt(t.pos))))
ExecBmatchSetpos(ps, c, t, n) == By("ExecBmatchSetpos",
  LET v == Val(ps, c.src) IN
  IF IsInt(v) /\ v[2] \in 0 .. Len(t.bits)
  THEN Matched([ps EXCEPT !.ctx[n].pos = v[2]]) ELSE Missed(ps))

Command(ps, i, c) ==
  LET n == Hold(ps, i.context)[2]
      t == ps.ctx[n]
  IN  CASE c.cmd = "start"    -> ExecBmatchStart(ps, i, c)
        [] c.cmd = "at_least" -> ExecBmatchAtLeast(ps, c, t)
        [] c.cmd = "exactly"  -> ExecBmatchExactly(ps, c, t)
        [] c.cmd = "integer"  -> ExecBmatchInteger(ps, c, t, n)
        [] c.cmd = "binary"   -> ExecBmatchBinary(ps, c, t, n)
        [] c.cmd = "utf"      -> ExecBmatchUtf(ps, c, t, n)
        [] c.cmd = "skip"     -> ExecBmatchSkip(ps, c, t, n)
        [] c.cmd = "bits"     -> ExecBmatchBits(ps, c, t, n)
        [] c.cmd = "tail"     -> ExecBmatchTail(ps, c, t)
        [] c.cmd = "pos"      -> ExecBmatchPos(ps, c, t)
        [] c.cmd = "setpos"   -> ExecBmatchSetpos(ps, c, t, n)
ExecBmatchDone(ps)    == By("ExecBmatchDone", Next1(ps))
ExecBmatchElse(ps, i) == By("ExecBmatchElse", Goto(ps, i.other))
ExecBmatchRaise(ps)   == By("ExecBmatchRaise", Raise(ps, BadArg))
RECURSIVE BmatchFrom(_, _, _)
BmatchFrom(ps, i, k) ==
  IF k > Len(i.commands) THEN ExecBmatchDone(ps)
  ELSE LET c == i.commands[k] IN
       IF c.cmd # "start" /\ Hold(ps, i.context)[1] # "context" THEN ExecBmatchRaise(ps)
       ELSE LET r == Command(ps, i, c) IN
            CASE r[1]         -> BmatchFrom(r[2], i, k + 1)
              [] i.other # -1 -> ExecBmatchElse(r[2], i)
              [] OTHER        -> ExecBmatchRaise(r[2])
Bmatch(ps, i) == BmatchFrom(ps, i, 1)
=============================================================================

//! The kinds: instructions whose first operand chooses among small variants.
//!
//! Owns the names, argument counts and summaries of the operations of `op`, the predicates of
//! `test`, and the kinds of `raise`, `map`, `switch` and `mark`; also the segments of `bmake` and
//! the commands of `bmatch`. Their meaning is in the book, a section each.

use crate::operand::{Dst, LitId, Src};

/// What the table says of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// How text and rule ids spell it.
    pub name: &'static str,
    /// How many sources it takes.
    pub arity: u8,
    /// The Erlang function of the same meaning, or an empty text.
    pub erlang: &'static str,
    /// One sentence.
    pub doc: &'static str,
}

macro_rules! kinds {
    ($(#[doc = $doc:literal])* $Kind:ident { $($(#[doc = $vdoc:literal])* $Variant:ident $name:literal $arity:literal $erlang:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $Kind { $($(#[doc = $vdoc])* $Variant,)* }

        impl $Kind {
            /// Every kind, in opcode order.
            pub const ALL: &'static [$Kind] = &[$($Kind::$Variant,)*];

            /// What the table says of it.
            pub const fn info(self) -> &'static KindInfo {
                match self { $($Kind::$Variant => &KindInfo {
                    name: $name, arity: $arity, erlang: $erlang, doc: concat!($($vdoc),*),
                },)* }
            }

            /// How text and rule ids spell it.
            pub const fn name(self) -> &'static str { self.info().name }

            /// How many sources it takes.
            pub const fn arity(self) -> usize { self.info().arity as usize }

            /// The kind of that name.
            pub fn named(name: &str) -> Option<$Kind> {
                match name { $($name => Some($Kind::$Variant),)* _ => None }
            }
        }
    };
}

kinds! {
    /// The operations of `op`: pure functions of their sources and of the process that runs them.
    Op {
        /// The sum of two numbers.
        Add "add" 2 "+",
        /// The difference of two numbers.
        Sub "sub" 2 "-",
        /// The product of two numbers.
        Mul "mul" 2 "*",
        /// The quotient of two numbers, as a float.
        Fdiv "fdiv" 2 "/",
        /// The integer quotient, truncated towards zero.
        Div "div" 2 "div",
        /// The remainder of `div`; it has the sign of the dividend.
        Rem "rem" 2 "rem",
        /// The negated number.
        Neg "neg" 1 "-",
        /// The number itself.
        Plus "plus" 1 "+",
        /// The absolute value.
        Abs "abs" 1 "abs",
        /// Bitwise and of two integers in two's complement.
        Band "band" 2 "band",
        /// Bitwise or.
        Bor "bor" 2 "bor",
        /// Bitwise exclusive or.
        Bxor "bxor" 2 "bxor",
        /// Arithmetic shift to the left.
        Bsl "bsl" 2 "bsl",
        /// Arithmetic shift to the right.
        Bsr "bsr" 2 "bsr",
        /// Bitwise complement.
        Bnot "bnot" 1 "bnot",
        /// The number as a float; raises `badarg`.
        Float "float" 1 "float",
        /// The number as a float; raises `badarith`, as float arithmetic does.
        Fconv "fconv" 1 "",
        /// The nearest integer, halves away from zero.
        Round "round" 1 "round",
        /// The integer part.
        Trunc "trunc" 1 "trunc",
        /// The smallest integer not below the number.
        Ceil "ceil" 1 "ceil",
        /// The largest integer not above the number.
        Floor "floor" 1 "floor",
        /// Boolean negation.
        Not "not" 1 "not",
        /// Boolean and; both sources are evaluated.
        And "and" 2 "and",
        /// Boolean or; both sources are evaluated.
        Or "or" 2 "or",
        /// Boolean exclusive or.
        Xor "xor" 2 "xor",
        /// Whether the two terms are equal by value.
        Eq "eq" 2 "==",
        /// Whether they are not equal by value.
        Ne "ne" 2 "/=",
        /// Whether the first is before the second in the term order.
        Lt "lt" 2 "<",
        /// Whether the first is before or equal to the second.
        Le "le" 2 "=<",
        /// Whether the first is after the second.
        Gt "gt" 2 ">",
        /// Whether the first is after or equal to the second.
        Ge "ge" 2 ">=",
        /// Whether the two terms are the same term.
        EqExact "eq_exact" 2 "=:=",
        /// Whether they are different terms.
        NeExact "ne_exact" 2 "=/=",
        /// The later of two terms; the first of equal ones.
        Max "max" 2 "max",
        /// The earlier of two terms; the first of equal ones.
        Min "min" 2 "min",
        /// The size of a tuple in elements, or of a binary in whole bytes.
        Size "size" 1 "size",
        /// The size of a bitstring in bytes, rounded up.
        ByteSize "byte_size" 1 "byte_size",
        /// The size of a bitstring in bits.
        BitSize "bit_size" 1 "bit_size",
        /// The number of elements of a tuple.
        TupleSize "tuple_size" 1 "tuple_size",
        /// The number of pairs of a map.
        MapSize "map_size" 1 "map_size",
        /// The length of a proper list.
        Length "length" 1 "length",
        /// The head of a non-empty list.
        Hd "hd" 1 "hd",
        /// The tail of a non-empty list.
        Tl "tl" 1 "tl",
        /// The element of a tuple at a position counted from 1; sources: position, tuple.
        Element "element" 2 "element",
        /// The value of a key; sources: key, map.
        MapGet "map_get" 2 "map_get",
        /// Whether the map has the key; sources: key, map.
        IsMapKey "is_map_key" 2 "is_map_key",
        /// A part of a binary; sources: binary, start, length (which may be negative).
        BinaryPart "binary_part" 3 "binary_part",
        /// A part of a binary; sources: binary, `{Start, Length}`.
        BinarySlice "binary_slice" 2 "binary_part",
        /// The process itself.
        SelfPid "self" 0 "self",
        /// The name of this node.
        Node "node" 0 "node",
        /// The node of a pid, port or reference.
        NodeOf "node_of" 1 "node",
        /// The value of a key in the process dictionary, or `undefined`.
        Get "get" 1 "get",
        /// The atom with the characters of a list.
        ListToAtom "list_to_atom" 1 "list_to_atom",
        /// Whether the term is an atom.
        IsAtom "is_atom" 1 "is_atom",
        /// Whether it is a binary: a bitstring of whole bytes.
        IsBinary "is_binary" 1 "is_binary",
        /// Whether it is a bitstring.
        IsBitstring "is_bitstring" 1 "is_bitstring",
        /// Whether it is `true` or `false`.
        IsBoolean "is_boolean" 1 "is_boolean",
        /// Whether it is a float.
        IsFloat "is_float" 1 "is_float",
        /// Whether it is a fun.
        IsFunction "is_function" 1 "is_function",
        /// Whether it is a fun of that arity; sources: term, arity.
        IsFunctionArity "is_function_arity" 2 "is_function",
        /// Whether it is an integer.
        IsInteger "is_integer" 1 "is_integer",
        /// Whether it is an integer in a range; sources: term, lowest, highest.
        IsIntegerBetween "is_integer_between" 3 "is_integer",
        /// Whether it is a list, proper or not, or `[]`.
        IsList "is_list" 1 "is_list",
        /// Whether it is a map.
        IsMap "is_map" 1 "is_map",
        /// Whether it is a number.
        IsNumber "is_number" 1 "is_number",
        /// Whether it is a process identifier.
        IsPid "is_pid" 1 "is_pid",
        /// Whether it is a port identifier.
        IsPort "is_port" 1 "is_port",
        /// Whether it is a tuple whose first element is that atom; sources: term, atom.
        IsRecord "is_record" 2 "is_record",
        /// The same, and of that size; sources: term, atom, size.
        IsRecordSize "is_record_size" 3 "is_record",
        /// Whether it is a reference.
        IsReference "is_reference" 1 "is_reference",
        /// Whether it is a tuple.
        IsTuple "is_tuple" 1 "is_tuple",
        /// The raw trace that a handler received, as a list.
        Stacktrace "stacktrace" 1 "",
    }
}

kinds! {
    /// The predicates of `test`.
    Test {
        /// An integer.
        IsInteger "is_integer" 1 "is_integer",
        /// A float.
        IsFloat "is_float" 1 "is_float",
        /// An integer or a float.
        IsNumber "is_number" 1 "is_number",
        /// An atom.
        IsAtom "is_atom" 1 "is_atom",
        /// `true` or `false`.
        IsBoolean "is_boolean" 1 "is_boolean",
        /// A process identifier.
        IsPid "is_pid" 1 "is_pid",
        /// A reference.
        IsReference "is_reference" 1 "is_reference",
        /// A port identifier.
        IsPort "is_port" 1 "is_port",
        /// The empty list.
        IsNil "is_nil" 1 "",
        /// A bitstring of whole bytes.
        IsBinary "is_binary" 1 "is_binary",
        /// A bitstring.
        IsBitstring "is_bitstring" 1 "is_bitstring",
        /// A cons or `[]`.
        IsList "is_list" 1 "is_list",
        /// A cons.
        IsCons "is_cons" 1 "",
        /// A tuple.
        IsTuple "is_tuple" 1 "is_tuple",
        /// A map.
        IsMap "is_map" 1 "is_map",
        /// A fun.
        IsFunction "is_function" 1 "is_function",
        /// A fun of that arity; sources: term, arity.
        IsFunctionArity "is_function_arity" 2 "is_function",
        /// A tuple of that size; sources: term, size (a constant).
        Arity "arity" 2 "",
        /// A tuple of that size whose first element is that atom; the last two are constants.
        Tagged "tagged" 3 "",
        /// The first is before the second in the term order.
        Lt "lt" 2 "<",
        /// The first is after or equal to the second.
        Ge "ge" 2 ">=",
        /// Equal by value.
        Eq "eq" 2 "==",
        /// Not equal by value.
        Ne "ne" 2 "/=",
        /// The same term.
        EqExact "eq_exact" 2 "=:=",
        /// Different terms.
        NeExact "ne_exact" 2 "=/=",
    }
}

kinds! {
    /// The kinds of `raise`.
    Raise {
        /// Class `error`; source: reason.
        Error "error" 1 "error",
        /// Class `exit`; source: reason.
        Exit "exit" 1 "exit",
        /// Class `throw`; source: the thrown term.
        Throw "throw" 1 "throw",
        /// Class `error`, reason `{badmatch, V}`.
        Badmatch "badmatch" 1 "",
        /// Class `error`, reason `{case_clause, V}`.
        CaseClause "case_clause" 1 "",
        /// Class `error`, reason `{try_clause, V}`.
        TryClause "try_clause" 1 "",
        /// Class `error`, reason `{badrecord, V}`.
        Badrecord "badrecord" 1 "",
        /// Class `error`, reason `if_clause`.
        IfClause "if_clause" 0 "",
        /// Raise again: sources are the reason and the raw trace, which knows the class.
        Same "same" 2 "",
        /// Raise a class known at run time; sources: class, reason, trace.
        Dynamic "dynamic" 3 "raise",
    }
}

kinds! {
    /// The kinds of `map`.
    MapKind {
        /// Insert or replace: `#{K => V}`.
        Assoc "assoc" 0 "",
        /// Replace only: `#{K := V}`.
        Exact "exact" 0 "",
    }
}

kinds! {
    /// The kinds of `switch`.
    SwitchKind {
        /// Compare the term itself.
        Value "value" 0 "",
        /// Compare the size of a tuple.
        Arity "arity" 0 "",
    }
}

kinds! {
    /// The kinds of `mark`.
    Mark {
        /// Remember this place of the mailbox; it receives `[]`.
        Reserve "reserve" 0 "",
        /// Bind the remembered place to a reference; sources: place, reference.
        Bind "bind" 2 "",
        /// The next receive wants only messages with this reference.
        Use "use" 1 "",
        /// Forget the place of this reference.
        Clear "clear" 1 "",
    }
}

/// What a segment of `bmake` is made of, or a command of `bmatch` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SegmentKind {
    /// An integer, modulo two to the size.
    Integer,
    /// A float of 16, 32 or 64 bits.
    Float,
    /// A bitstring, or its first `size` × `unit` bits.
    Binary,
    /// As `Binary` with the whole bitstring; a hint that the result grows it.
    Append,
    /// A code point in UTF-8.
    Utf8,
    /// A code point in UTF-16.
    Utf16,
    /// A code point in UTF-32.
    Utf32,
}

impl SegmentKind {
    /// Every kind, in encoding order.
    pub const ALL: &'static [SegmentKind] = &[
        SegmentKind::Integer,
        SegmentKind::Float,
        SegmentKind::Binary,
        SegmentKind::Append,
        SegmentKind::Utf8,
        SegmentKind::Utf16,
        SegmentKind::Utf32,
    ];

    /// How text and rule ids spell it.
    pub const fn name(self) -> &'static str {
        match self {
            SegmentKind::Integer => "integer",
            SegmentKind::Float => "float",
            SegmentKind::Binary => "binary",
            SegmentKind::Append => "append",
            SegmentKind::Utf8 => "utf8",
            SegmentKind::Utf16 => "utf16",
            SegmentKind::Utf32 => "utf32",
        }
    }

    /// Whether it may be little-endian (`val.operand.little`).
    pub const fn has_byte_order(self) -> bool {
        use SegmentKind::{Float, Integer, Utf16, Utf32};
        matches!(self, Integer | Float | Utf16 | Utf32)
    }
}

/// One segment of a bitstring to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    /// What it is.
    pub kind: SegmentKind,
    /// Bits per unit of size, 1 to 256; 1 for the three utf kinds.
    pub unit: u16,
    /// Least significant byte first.
    pub little: bool,
    /// The value to be put.
    pub value: Src,
    /// Its size in units. `None`: all of a bitstring; required for integers and floats, absent
    /// for the utf kinds and `append`.
    pub size: Option<Src>,
}

/// One command that matches the bitstring of a context at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// Make the context: from a bitstring at position 0, or the same context again.
    Start(Src),
    /// At least `bits` are left, and the rest is a multiple of `unit`.
    AtLeast {
        /// Bits that must be left.
        bits: u32,
        /// What the bits beyond must be a multiple of.
        unit: u16,
    },
    /// Exactly so many bits are left.
    Exactly(u32),
    /// Read an integer.
    Integer {
        /// Its size in units.
        size: Src,
        /// Bits per unit.
        unit: u16,
        /// Two's complement.
        signed: bool,
        /// Least significant byte first.
        little: bool,
        /// Receives it.
        dst: Dst,
    },
    /// Read a float of 16, 32 or 64 bits; infinities and NaN do not match.
    Float {
        /// Its size in units.
        size: Src,
        /// Bits per unit.
        unit: u16,
        /// Least significant byte first.
        little: bool,
        /// Receives it.
        dst: Dst,
    },
    /// Take a bitstring.
    Binary {
        /// Its size in units; `None`: the rest, which must be whole units.
        size: Option<Src>,
        /// Bits per unit.
        unit: u16,
        /// Receives it.
        dst: Dst,
    },
    /// Read one code point.
    Utf {
        /// `Utf8`, `Utf16` or `Utf32`.
        kind: SegmentKind,
        /// Least significant byte first.
        little: bool,
        /// Receives it.
        dst: Dst,
    },
    /// Move the position.
    Skip {
        /// By so many units; `None`: to the end, if whole units are left.
        size: Option<Src>,
        /// Bits per unit.
        unit: u16,
    },
    /// The next bits are those of this literal bitstring; move past them.
    Bits(LitId),
    /// The rest as a bitstring; the position stays.
    Tail(Dst),
    /// The position, as an integer of no other use than `setpos`.
    Pos(Dst),
    /// Set the position to one that `pos` gave.
    SetPos(Src),
}

//! Operands: what stands behind a mnemonic.
//!
//! Owns the operand types and their ranges. Knows nothing of encodings (`binary`), of spelling
//! (`text`) or of what an instruction does with them. Book: *The text form*, *The binary form*.

use crate::kind::{Command, Segment};
use crate::limits;
use alloc::vec::Vec;

/// An X register, `x0` to `x1023`: arguments, results and scratch values of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct XReg(pub u16);

/// A Y slot of the top activation: `y0` is the lowest. Slots survive calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YSlot(pub u16);

/// A place in the code of one function. [`Label::CLAUSE`] is its `function_clause` exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(pub u32);

impl Label {
    /// Label 0: no clause of this function matches.
    pub const CLAUSE: Label = Label(0);
}

/// Index into the atom table of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AtomId(pub u32);

/// Index into the literal table of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LitId(pub u32);

/// Index into the function references of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefId(pub u32);

/// A source: a register, a slot, or a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Src {
    /// The value of an X register.
    X(XReg),
    /// The value of a Y slot.
    Y(YSlot),
    /// A small integer, at most [`limits::SMALL_BITS`] bits with sign.
    Int(i64),
    /// An atom of the module's table.
    Atom(AtomId),
    /// The empty list.
    Nil,
    /// A term of the module's literal table.
    Lit(LitId),
}

/// A destination. Destinations of one instruction are distinct; `_` discards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dst {
    /// An X register.
    X(XReg),
    /// A Y slot; writing one that holds a handler removes the handler.
    Y(YSlot),
    /// Nowhere.
    Discard,
}

/// A register or slot that an instruction both reads and writes: the match context of `bmatch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reg {
    /// An X register.
    X(XReg),
    /// A Y slot.
    Y(YSlot),
}

impl From<Reg> for Src {
    fn from(reg: Reg) -> Src {
        match reg {
            Reg::X(x) => Src::X(x),
            Reg::Y(y) => Src::Y(y),
        }
    }
}

impl From<Reg> for Dst {
    fn from(reg: Reg) -> Dst {
        match reg {
            Reg::X(x) => Dst::X(x),
            Reg::Y(y) => Dst::Y(y),
        }
    }
}

/// Where to go on failure; `None` (written `_` or left out) raises instead.
pub type Else = Option<Label>;

/// What `call` and `tail` enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A function reference of the module: local, or module, name and arity, bound late.
    Fun(RefId),
    /// A fun value.
    Value(Src),
    /// A module and a function name, both atoms at run time.
    Named(Src, Src),
}

/// How many arguments a call passes in `x0`, `x1`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arity {
    /// That many.
    Count(u8),
    /// The elements of a list, spread over `x0`, `x1`, … by the call.
    List(Src),
}

/// A change of the frame's size in slots: push so many, or drop the lowest so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrameChange {
    /// `frame +N`: push N slots, each `[]`, onto an empty frame.
    Push(u16),
    /// `frame -N`: drop the N lowest slots; `y(i)` becomes `y(i-N)`.
    Drop(u16),
}

/// A constant that `switch` compares with: an integer, an atom or, for `switch arity`, a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Case {
    /// A small integer, or the size of a tuple.
    Int(i64),
    /// An atom.
    Atom(AtomId),
    /// The empty list.
    Nil,
}

/// Any operand of any instruction, by reference: what tools see that treat all of them alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OperandRef<'i> {
    /// A number of words, slots or registers, or an element's index.
    Number(u32),
    /// A change of the frame.
    Frame(FrameChange),
    /// A source.
    Src(Src),
    /// A destination.
    Dst(Dst),
    /// A register both read and written.
    Reg(Reg),
    /// A Y slot.
    Slot(YSlot),
    /// A label.
    Label(Label),
    /// A label or `_`.
    Else(Else),
    /// A function reference.
    Ref(RefId),
    /// A call target.
    Target(Target),
    /// The arguments of a call.
    Arity(Arity),
    /// The kind of `map`, `switch`, `op`, `test`, `raise` or `mark`, by name.
    Kind(&'static str),
    /// Sources.
    Srcs(&'i [Src]),
    /// Pairs of a source and a destination.
    Moves(&'i [(Src, Dst)]),
    /// Pairs of an element's index and a source.
    Elements(&'i [(u32, Src)]),
    /// Pairs of a key and a value.
    Pairs(&'i [(Src, Src)]),
    /// Pairs of a constant and a label.
    Cases(&'i [(Case, Label)]),
    /// Segments of a bitstring to be made.
    Segments(&'i [Segment]),
    /// Commands that match a bitstring.
    Commands(&'i [Command]),
}

/// The name of an operand type, and how to see a value of it as an [`OperandRef`].
pub trait Operand {
    /// What the book's operand tables call this type.
    const KIND: &'static str;
    /// The operand, seen generically.
    fn view(&self) -> OperandRef<'_>;
}

macro_rules! operands {
    ($($ty:ty, $kind:literal, |$it:ident| $view:expr;)*) => {$(
        impl Operand for $ty {
            const KIND: &'static str = $kind;
            fn view(&self) -> OperandRef<'_> {
                let $it = self;
                $view
            }
        }
    )*};
}

operands! {
    u32, "number", |n| OperandRef::Number(*n);
    FrameChange, "change", |n| OperandRef::Frame(*n);
    Src, "source", |s| OperandRef::Src(*s);
    Dst, "destination", |d| OperandRef::Dst(*d);
    Reg, "register", |r| OperandRef::Reg(*r);
    YSlot, "slot", |y| OperandRef::Slot(*y);
    Label, "label", |l| OperandRef::Label(*l);
    Else, "label or _", |l| OperandRef::Else(*l);
    RefId, "function", |f| OperandRef::Ref(*f);
    Target, "target", |t| OperandRef::Target(*t);
    Arity, "arity", |a| OperandRef::Arity(*a);
    Vec<Src>, "sources", |l| OperandRef::Srcs(l);
    Vec<(Src, Dst)>, "source -> destination pairs", |l| OperandRef::Moves(l);
    Vec<(u32, Src)>, "index = source pairs", |l| OperandRef::Elements(l);
    Vec<(Src, Src)>, "key => value pairs", |l| OperandRef::Pairs(l);
    Vec<(Case, Label)>, "constant -> label pairs", |l| OperandRef::Cases(l);
    Vec<Segment>, "segments", |l| OperandRef::Segments(l);
    Vec<Command>, "commands", |l| OperandRef::Commands(l);
}

/// Whether `n` fits a small integer operand.
pub fn is_small(n: i64) -> bool {
    (limits::SMALL_MIN..=limits::SMALL_MAX).contains(&n)
}

//! Instructions: an opcode byte with kind and target folded in, then the operands in order.
//!
//! Sources, destinations, registers and cases share one first byte:
//!
//! ```text
//! 00-1f x0 to x31      20-3f y0 to y31      40-5f 0 to 31      60-9f atoms 0 to 63
//! a0-bf literals 0 to 31                    c0 []              c1 _
//! c2 x  c3 y  c4 integer  c5 atom  c6 literal, each with a number after it
//! c8-cf integers 32 to 2079, d0-df atoms 64 to 4159, e0-ff literals 32 to 8223: low bits follow
//! ```
//! Each value is written in the first of these forms that fits.
//!
//! The most frequent instructions have short forms: opcodes e0 to ef are `ret 0` to `ret 15`, f0 is
//! a `move` of one pair, f1 to f8 are `get` of elements 0 to 7, and a `need` of up to 15 words and
//! 14 registers packs both in a byte.

use super::DecodeError;
use super::input::Input;
use super::output::Output;
use crate::for_each_instruction;
use crate::kind::{Command, MapKind, Mark, Op, Raise, Segment, SegmentKind, SwitchKind, Test};
use crate::operand::*;
use crate::rule::Rule;
use crate::table::Instr;
use alloc::vec::Vec;

type Read<T> = Result<T, DecodeError>;

/// How an operand is written.
trait Wire: Sized {
    /// How many opcodes it folds into the first byte.
    const OPCODES: u8 = 1;
    fn write(&self, out: &mut Output);
    /// `ordinal` is what was folded into the opcode.
    fn read(input: &mut Input<'_>, ordinal: u8) -> Read<Self>;
}

macro_rules! codec {
    ($(
        $(#[doc = $fdoc:literal])*
        family $fname:ident: $Family:ident {
            $(
                $(#[doc = $doc:literal])*
                $opcode:literal $name:literal $method:ident = $Variant:ident {
                    $($(#[doc = $odoc:literal])* $field:ident: $ty:ty,)*
                } cost $cost:literal $class:ident fires [$($rule:ident),*];
            )*
        }
    )*) => {
        fn write_long(out: &mut Output, instr: &Instr) {
            out.bytes.push(instr.opcode());
            match instr {
                $($( Instr::$Variant { $($field),* } => { $( Wire::write($field, out); )* } )*)*
            }
        }

        #[allow(unused_variables)]
        fn read_long(input: &mut Input<'_>, opcode: u8) -> Read<Instr> {
            $($(
                if let Some(ordinal) = opcode.checked_sub($opcode)
                    && ordinal < 1 $( * <$ty as Wire>::OPCODES )*
                {
                    return Ok(Instr::$Variant { $( $field: <$ty as Wire>::read(input, ordinal)?, )* });
                }
            )*)*
            let found = format_args!("opcode {opcode:#04x}");
            Err(input.error(Rule::BinOpcodeUnknown, found, "one of the instruction table"))
        }
    };
}

for_each_instruction!(codec);

/// `ret 0`; the others follow.
const RET: u8 = 0xe0;
/// A `move` of one pair.
const MOVE: u8 = 0xf0;
/// `get` of element 0; those of 1 to 7 follow.
const GET: u8 = 0xf1;
const GET_LAST: u8 = GET + 7;
const NEED: u8 = 0x1b;
/// In place of words and registers in one byte: both follow.
const NEED_LONG: u8 = 0x0f;

/// Writes an instruction.
pub(super) fn write(out: &mut Output, instr: &Instr) {
    match instr {
        Instr::Ret { frame: frame @ 0..16 } => out.bytes.push(RET + *frame as u8),
        Instr::Move { pairs } if pairs.len() == 1 => {
            out.bytes.push(MOVE);
            pairs[0].write(out);
        }
        Instr::Get { index: index @ 0..8, tuple, dst } => {
            out.bytes.push(GET + *index as u8);
            tuple.write(out);
            dst.write(out);
        }
        Instr::Need { words: words @ 0..16, live: live @ 0..15 } => {
            out.bytes.extend([NEED, (words << 4 | live) as u8]);
        }
        Instr::Need { words, live } => {
            out.bytes.extend([NEED, NEED_LONG]);
            words.write(out);
            live.write(out);
        }
        _ => write_long(out, instr),
    }
}

/// Reads an instruction.
pub(super) fn read(input: &mut Input<'_>) -> Read<Instr> {
    let opcode = input.byte()?;
    match opcode {
        RET..MOVE => return Ok(Instr::Ret { frame: (opcode - RET).into() }),
        MOVE => return Ok(Instr::Move { pairs: Vec::from([Wire::read(input, 0)?]) }),
        GET..=GET_LAST => {
            let index = (opcode - GET).into();
            let (tuple, dst) = Wire::read(input, 0)?;
            return Ok(Instr::Get { index, tuple, dst });
        }
        NEED => {
            let both = input.byte()?;
            let (words, live) = (u32::from(both >> 4), u32::from(both & 15));
            if live < 15 {
                return Ok(Instr::Need { words, live });
            }
            if both != NEED_LONG {
                return Err(tag(input, "words and registers", both));
            }
        }
        _ => {}
    }
    let instr = read_long(input, opcode)?;
    match &instr {
        Instr::Ret { frame: 0..16 }
        | Instr::Get { index: 0..8, .. }
        | Instr::Need { words: 0..16, live: 0..15 } => Err(spelled_long(input)),
        Instr::Move { pairs } if pairs.len() == 1 => Err(spelled_long(input)),
        _ => Ok(instr),
    }
}

macro_rules! kinds {
    ($($Kind:ident)*) => {$(
        impl Wire for $Kind {
            const OPCODES: u8 = $Kind::ALL.len() as u8;
            fn write(&self, _out: &mut Output) {}
            fn read(_input: &mut Input<'_>, ordinal: u8) -> Read<$Kind> {
                Ok($Kind::ALL[usize::from(ordinal)])
            }
        }
    )*};
}
kinds! { MapKind SwitchKind }

/// Kinds that say how many sources follow, so that the list does not.
macro_rules! kinds_with_sources {
    ($($Kind:ident)*) => {$(
        impl Wire for $Kind {
            const OPCODES: u8 = $Kind::ALL.len() as u8;
            fn write(&self, out: &mut Output) {
                out.sources = Some(self.arity());
            }
            fn read(input: &mut Input<'_>, ordinal: u8) -> Read<$Kind> {
                let kind = $Kind::ALL[usize::from(ordinal)];
                input.sources = Some(kind.arity());
                Ok(kind)
            }
        }
    )*};
}
kinds_with_sources! { Op Test Raise Mark }

/// What the shared first byte and what follows it say.
#[derive(Clone, Copy)]
enum Place {
    Src(Src),
    Discard,
}

impl Place {
    fn write(self, out: &mut Output) {
        let short = |out: &mut Output, first: u8, n: u64| out.bytes.push(first + n as u8);
        let two = |out: &mut Output, first: u8, n: u64| {
            out.bytes.extend([first + (n >> 8) as u8, n as u8]);
        };
        let long = |out: &mut Output, first: u8, n: u64| {
            out.bytes.push(first);
            out.number(n);
        };
        match self {
            Place::Discard => out.bytes.push(0xc1),
            Place::Src(Src::Nil) => out.bytes.push(0xc0),
            Place::Src(Src::X(XReg(n))) => match n.into() {
                n @ 0..32 => short(out, 0, n),
                n => long(out, 0xc2, n),
            },
            Place::Src(Src::Y(YSlot(n))) => match n.into() {
                n @ 0..32 => short(out, 0x20, n),
                n => long(out, 0xc3, n),
            },
            Place::Src(Src::Int(n)) => match n {
                0..32 => short(out, 0x40, n as u64),
                32..2080 => two(out, 0xc8, n as u64 - 32),
                _ => {
                    out.bytes.push(0xc4);
                    out.signed(n);
                }
            },
            Place::Src(Src::Atom(AtomId(n))) => match n.into() {
                n @ 0..64 => short(out, 0x60, n),
                n @ 64..4160 => two(out, 0xd0, n - 64),
                n => long(out, 0xc5, n),
            },
            Place::Src(Src::Lit(LitId(n))) => match n.into() {
                n @ 0..32 => short(out, 0xa0, n),
                n @ 32..8224 => two(out, 0xe0, n - 32),
                n => long(out, 0xc6, n),
            },
        }
    }

    fn read(input: &mut Input<'_>) -> Read<Place> {
        let first = input.byte()?;
        let two = |input: &mut Input<'_>, base: u8, least: u32| -> Read<u32> {
            Ok(u32::from(first - base) * 256 + u32::from(input.byte()?) + least)
        };
        Ok(Place::Src(match first {
            0..0x20 => Src::X(XReg(first.into())),
            0x20..0x40 => Src::Y(YSlot((first - 0x20).into())),
            0x40..0x60 => Src::Int((first - 0x40).into()),
            0x60..0xa0 => Src::Atom(AtomId((first - 0x60).into())),
            0xa0..0xc0 => Src::Lit(LitId((first - 0xa0).into())),
            0xc0 => Src::Nil,
            0xc1 => return Ok(Place::Discard),
            0xc2 => match input.u16()? {
                0..32 => return Err(spelled_long(input)),
                n => Src::X(XReg(n)),
            },
            0xc3 => match input.u16()? {
                0..32 => return Err(spelled_long(input)),
                n => Src::Y(YSlot(n)),
            },
            0xc4 => match input.signed()? {
                0..2080 => return Err(spelled_long(input)),
                n => Src::Int(n),
            },
            0xc5 => match input.u32()? {
                0..4160 => return Err(spelled_long(input)),
                n => Src::Atom(AtomId(n)),
            },
            0xc6 => match input.u32()? {
                0..8224 => return Err(spelled_long(input)),
                n => Src::Lit(LitId(n)),
            },
            0xc7 => return Err(tag(input, "an operand", first)),
            0xc8..0xd0 => Src::Int(two(input, 0xc8, 32)?.into()),
            0xd0..0xe0 => Src::Atom(AtomId(two(input, 0xd0, 64)?)),
            0xe0.. => Src::Lit(LitId(two(input, 0xe0, 32)?)),
        }))
    }
}

fn spelled_long(input: &Input<'_>) -> DecodeError {
    input.error(Rule::BinNumberRange, "an operand spelled long", "its shortest form")
}

fn tag(input: &Input<'_>, what: &str, byte: u8) -> DecodeError {
    let found = format_args!("{what} that begins with {byte:#04x}");
    input.error(Rule::BinOperandTag, found, "a form of the book")
}

fn misplaced(input: &Input<'_>, expected: &str) -> DecodeError {
    input.error(Rule::BinOperandTag, "an operand of another kind", expected)
}

impl Wire for Src {
    fn write(&self, out: &mut Output) {
        Place::Src(*self).write(out);
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Src> {
        match Place::read(input)? {
            Place::Src(src) => Ok(src),
            Place::Discard => Err(misplaced(input, "a source")),
        }
    }
}

impl Wire for Dst {
    fn write(&self, out: &mut Output) {
        match *self {
            Dst::X(x) => Place::Src(Src::X(x)),
            Dst::Y(y) => Place::Src(Src::Y(y)),
            Dst::Discard => Place::Discard,
        }
        .write(out);
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Dst> {
        match Place::read(input)? {
            Place::Src(Src::X(x)) => Ok(Dst::X(x)),
            Place::Src(Src::Y(y)) => Ok(Dst::Y(y)),
            Place::Discard => Ok(Dst::Discard),
            Place::Src(_) => Err(misplaced(input, "a destination")),
        }
    }
}

impl Wire for Reg {
    fn write(&self, out: &mut Output) {
        Place::Src((*self).into()).write(out);
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Reg> {
        match Place::read(input)? {
            Place::Src(Src::X(x)) => Ok(Reg::X(x)),
            Place::Src(Src::Y(y)) => Ok(Reg::Y(y)),
            _ => Err(misplaced(input, "a register or slot")),
        }
    }
}

impl Wire for Case {
    fn write(&self, out: &mut Output) {
        Place::Src(match *self {
            Case::Int(n) => Src::Int(n),
            Case::Atom(atom) => Src::Atom(atom),
            Case::Nil => Src::Nil,
        })
        .write(out);
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Case> {
        match Place::read(input)? {
            Place::Src(Src::Int(n)) => Ok(Case::Int(n)),
            Place::Src(Src::Atom(atom)) => Ok(Case::Atom(atom)),
            Place::Src(Src::Nil) => Ok(Case::Nil),
            _ => Err(misplaced(input, "a constant")),
        }
    }
}

impl Wire for u32 {
    fn write(&self, out: &mut Output) {
        out.number((*self).into());
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<u32> {
        input.u32()
    }
}

impl Wire for YSlot {
    fn write(&self, out: &mut Output) {
        out.number(self.0.into());
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<YSlot> {
        input.u16().map(YSlot)
    }
}

impl Wire for Label {
    fn write(&self, out: &mut Output) {
        out.number(self.0.into());
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Label> {
        input.u32().map(Label)
    }
}

impl Wire for RefId {
    fn write(&self, out: &mut Output) {
        out.number(self.0.into());
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<RefId> {
        input.u32().map(RefId)
    }
}

impl Wire for Else {
    fn write(&self, out: &mut Output) {
        out.optional(self.map(|label| label.0));
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Else> {
        Ok(input.optional()?.map(Label))
    }
}

/// Pushes are even, drops odd.
impl Wire for FrameChange {
    fn write(&self, out: &mut Output) {
        match *self {
            FrameChange::Push(slots) => out.number(u64::from(slots) * 2),
            FrameChange::Drop(slots) => out.number(u64::from(slots) * 2 + 1),
        }
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<FrameChange> {
        let n = input.u32()?;
        let Ok(slots) = u16::try_from(n / 2) else {
            return Err(input.error(Rule::BinNumberRange, n / 2, "at most 65,535 slots"));
        };
        Ok(if n % 2 == 0 { FrameChange::Push(slots) } else { FrameChange::Drop(slots) })
    }
}

impl Wire for Target {
    const OPCODES: u8 = 3;
    fn write(&self, out: &mut Output) {
        match self {
            Target::Fun(reference) => {
                reference.write(out);
                out.arguments = Some(out.arities.get(reference.0 as usize).copied().unwrap_or(0));
            }
            Target::Value(fun) => fun.write(out),
            Target::Named(module, name) => {
                module.write(out);
                name.write(out);
            }
        }
    }
    fn read(input: &mut Input<'_>, ordinal: u8) -> Read<Target> {
        Ok(match ordinal {
            0 => {
                let reference = RefId::read(input, 0)?;
                let arity = input.arities.get(reference.0 as usize).copied();
                input.arguments = Some(arity.unwrap_or(0));
                Target::Fun(reference)
            }
            1 => Target::Value(Src::read(input, 0)?),
            _ => Target::Named(Src::read(input, 0)?, Src::read(input, 0)?),
        })
    }
}

/// Nothing after a reference; else 0 and a list, or one more than the count.
impl Wire for Arity {
    fn write(&self, out: &mut Output) {
        if out.arguments.take().is_some() {
            return;
        }
        match self {
            Arity::Count(n) => out.number(u64::from(*n) + 1),
            Arity::List(list) => {
                out.number(0);
                list.write(out);
            }
        }
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Arity> {
        if let Some(count) = input.arguments.take() {
            return Ok(Arity::Count(count));
        }
        match input.optional()? {
            None => Src::read(input, 0).map(Arity::List),
            Some(n) => match u8::try_from(n) {
                Ok(n) => Ok(Arity::Count(n)),
                Err(_) => Err(input.error(Rule::BinNumberRange, n, "at most 255 arguments")),
            },
        }
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn write(&self, out: &mut Output) {
        self.0.write(out);
        self.1.write(out);
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<(A, B)> {
        Ok((A::read(input, 0)?, B::read(input, 0)?))
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write(&self, out: &mut Output) {
        match out.sources.take() {
            Some(count) => {
                self.iter().take(count).for_each(|item| item.write(out));
                (self.len()..count).for_each(|_| Src::Nil.write(out));
            }
            None => out.list_even_empty(self, |out, item| item.write(out)),
        }
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Vec<T>> {
        match input.sources.take() {
            Some(count) => (0..count).map(|_| T::read(input, 0)).collect(),
            None => {
                let mut items = Vec::new();
                input.list(&mut items, |input| T::read(input, 0))?;
                Ok(items)
            }
        }
    }
}

/// Units 1 and 8 are in the flags of the first byte, others follow it.
fn unit_flags(unit: u16) -> u8 {
    match unit {
        1 => 0,
        8 => 1,
        _ => 2,
    }
}

fn write_unit(out: &mut Output, unit: u16) {
    if unit_flags(unit) == 2 {
        out.number(unit.into());
    }
}

fn read_unit(input: &mut Input<'_>, flags: u8, first: u8) -> Read<u16> {
    match flags {
        0 => Ok(1),
        1 => Ok(8),
        2 => match input.u16()? {
            1 | 8 => Err(spelled_long(input)),
            unit => Ok(unit),
        },
        _ => Err(tag(input, "an operand", first)),
    }
}

/// First byte: kind in bits 0 to 2, whether there is a size, whether it is little, the unit.
impl Wire for Segment {
    fn write(&self, out: &mut Output) {
        let flags = u8::from(self.size.is_some()) << 3 | u8::from(self.little) << 4;
        out.bytes.push(self.kind as u8 | flags | unit_flags(self.unit) << 5);
        write_unit(out, self.unit);
        self.value.write(out);
        if let Some(size) = self.size {
            size.write(out);
        }
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Segment> {
        let first = input.byte()?;
        let Some(kind) = SegmentKind::ALL.get(usize::from(first & 7)) else {
            return Err(tag(input, "a segment", first));
        };
        let unit = read_unit(input, first >> 5, first)?;
        let value = Src::read(input, 0)?;
        let size = match first & 8 {
            0 => None,
            _ => Some(Src::read(input, 0)?),
        };
        Ok(Segment { kind: *kind, unit, little: first & 16 != 0, value, size })
    }
}

/// First byte: the command in bits 0 to 4, whether it is little, the unit.
impl Wire for Command {
    fn write(&self, out: &mut Output) {
        let first = |out: &mut Output, command: u8, little: bool, unit: u16| {
            out.bytes.push(command | u8::from(little) << 5 | unit_flags(unit) << 6);
            write_unit(out, unit);
        };
        match self {
            Command::Start(src) => {
                first(out, 0, false, 1);
                src.write(out);
            }
            Command::AtLeast { bits, unit } => {
                first(out, 1, false, *unit);
                bits.write(out);
            }
            Command::Exactly(bits) => {
                first(out, 2, false, 1);
                bits.write(out);
            }
            Command::Integer { size, unit, signed, little, dst } => {
                first(out, 3 + u8::from(*signed), *little, *unit);
                size.write(out);
                dst.write(out);
            }
            Command::Float { size, unit, little, dst } => {
                first(out, 5, *little, *unit);
                size.write(out);
                dst.write(out);
            }
            Command::Binary { size, unit, dst } => {
                first(out, 6 + u8::from(size.is_some()), false, *unit);
                size.iter().for_each(|size| size.write(out));
                dst.write(out);
            }
            Command::Skip { size, unit } => {
                first(out, 8 + u8::from(size.is_some()), false, *unit);
                size.iter().for_each(|size| size.write(out));
            }
            Command::Bits(literal) => {
                first(out, 10, false, 1);
                out.number(literal.0.into());
            }
            Command::Tail(dst) => {
                first(out, 11, false, 1);
                dst.write(out);
            }
            Command::Pos(dst) => {
                first(out, 12, false, 1);
                dst.write(out);
            }
            Command::SetPos(src) => {
                first(out, 13, false, 1);
                src.write(out);
            }
            Command::Utf { kind, little, dst } => {
                first(out, 14 + *kind as u8, *little, 1);
                dst.write(out);
            }
        }
    }
    fn read(input: &mut Input<'_>, _: u8) -> Read<Command> {
        let first = input.byte()?;
        let (command, little, unit) = (first & 31, first & 32 != 0, first >> 6);
        let no_unit = matches!(command, 0 | 2 | 10..) && unit != 0;
        let no_little = !matches!(command, 3..=5 | 14..) && little;
        if no_unit || no_little {
            return Err(tag(input, "a command", first));
        }
        let unit = read_unit(input, unit, first)?;
        let size = match command {
            3..=5 | 7 | 9 => Some(Src::read(input, 0)?),
            _ => None,
        };
        // Commands 3 to 5 have a size.
        let given = size.unwrap_or(Src::Nil);
        Ok(match command {
            0 => Command::Start(Src::read(input, 0)?),
            1 => Command::AtLeast { bits: input.u32()?, unit },
            2 => Command::Exactly(input.u32()?),
            3 | 4 => {
                let (signed, dst) = (command == 4, Dst::read(input, 0)?);
                Command::Integer { size: given, unit, signed, little, dst }
            }
            5 => Command::Float { size: given, unit, little, dst: Dst::read(input, 0)? },
            6 | 7 => Command::Binary { size, unit, dst: Dst::read(input, 0)? },
            8 | 9 => Command::Skip { size, unit },
            10 => Command::Bits(LitId(input.u32()?)),
            11 => Command::Tail(Dst::read(input, 0)?),
            12 => Command::Pos(Dst::read(input, 0)?),
            13 => Command::SetPos(Src::read(input, 0)?),
            _ => match SegmentKind::ALL.get(usize::from(command - 14)) {
                Some(kind) => Command::Utf { kind: *kind, little, dst: Dst::read(input, 0)? },
                None => return Err(tag(input, "a command", first)),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::INSTRUCTIONS;
    use crate::table::InstrInfo;

    #[test]
    fn short_forms_take_no_opcode_of_the_table() {
        for info in INSTRUCTIONS {
            assert!(info.opcode + (info.opcodes - 1) < RET, "{}", info.name);
        }
        assert_eq!(InstrInfo::named("need").map(|info| info.opcode), Some(NEED));
    }
}

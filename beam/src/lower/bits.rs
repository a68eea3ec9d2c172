//! Making bitstrings and matching them.

use super::Lowering;
use crate::error::{Code, Result};
use crate::etf::CELLS_MAX;
use crate::opcode as op;
use crate::operand::{Arg, Generic};
use lam_isa::kind::{Command, Segment, SegmentKind};
use lam_isa::limits::UNIT_MAX;
use lam_isa::operand::{Dst, Else, Reg, Src, XReg};
use lam_isa::{BitString, Instr, Literal};

/// Bits of the flags operand of instructions that have one.
const LITTLE: u32 = 2;
const SIGNED: u32 = 4;
/// The machine's own order, which is little-endian on LAM.
const NATIVE: u32 = 16;

/// The flags of a segment.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    little: bool,
    signed: bool,
}

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, generic: &Generic) -> Result<()> {
    match (generic.op(), &generic.args[..]) {
        (op::BS_CREATE_BIN, [other, words, live, _unit, dst, list]) => {
            let (words, live) = (l.words(words)?, l.number(live)?);
            let (other, dst) = (l.other(other)?, l.dst(dst)?);
            let list = l.list(list)?;
            let mut segments = Vec::with_capacity(list.len() / 6);
            for parts in list.chunks(6) {
                segments.push(new_segment(l, parts)?);
            }
            make(l, segments, dst, other, words, live);
        }
        (op::BS_INIT2 | op::BS_INIT_BITS, [other, _size, words, live, _flags, dst]) => {
            let (words, live) = (l.words(words)?, l.number(live)?);
            let (other, dst) = (l.other(other)?, l.dst(dst)?);
            let segments = puts(l, Vec::new())?;
            make(l, segments, dst, other, words, live);
        }
        (op::BS_APPEND, [other, _size, words, live, unit, source, _flags, dst]) => {
            let (words, live) = (l.words(words)?, l.number(live)?);
            let (other, dst) = (l.other(other)?, l.dst(dst)?);
            let first = appended(l, source, unit)?;
            let segments = puts(l, vec![first])?;
            make(l, segments, dst, other, words, live);
        }
        (op::BS_PRIVATE_APPEND, [other, _size, unit, source, _flags, dst]) => {
            let (other, dst) = (l.other(other)?, l.dst(dst)?);
            let first = appended(l, source, unit)?;
            let segments = puts(l, vec![first])?;
            make(l, segments, dst, other, 0, 0);
        }
        (op::BS_INIT_WRITABLE, []) => make(l, Vec::new(), Dst::X(XReg(0)), None, 0, 0),
        // Sizes follow from the segments.
        (op::BS_ADD, [.., dst]) | (op::BS_UTF8_SIZE | op::BS_UTF16_SIZE, [.., dst]) => {
            if let Dst::X(register) = l.dst(dst)? {
                l.unwritten.insert(register.0);
            }
        }
        (op::BS_PUT_INTEGER..=op::BS_PUT_STRING | op::BS_PUT_UTF8..=op::BS_PUT_UTF32, _) => {
            let detail = format!("{} does not follow what it adds to", generic.opcode.name);
            return l.fail(Code::FunctionShape, detail);
        }
        _ => return matching(l, generic),
    }
    Ok(())
}

/// Makes a bitstring. The words that the instruction asks for are used after it, and what it
/// makes takes none of them.
fn make(
    l: &mut Lowering<'_, '_, '_>,
    segments: Vec<Segment>,
    dst: Dst,
    other: Else,
    words: u32,
    live: u32,
) {
    // The count covers what is live behind the instruction, and this test stands before it.
    l.live_above |= words > 0;
    l.need(words, live);
    l.emit(Instr::Bmake { segments, dst, other });
}

/// A segment of `bs_create_bin`: type, number, unit, flags, value, size.
fn new_segment(l: &mut Lowering<'_, '_, '_>, parts: &[Arg]) -> Result<Segment> {
    let [kind, _number, unit, flags, value, size] = parts else { return l.shape() };
    let name: Box<str> = l.atom_text(kind).unwrap_or_default().into();
    let little = flags_of(l, flags)?.little;
    let kind = match &*name {
        "string" => return string(l, value, size),
        "append" | "private_append" => return appended(l, value, unit),
        "integer" => SegmentKind::Integer,
        "float" => SegmentKind::Float,
        "binary" => SegmentKind::Binary,
        "utf8" => SegmentKind::Utf8,
        "utf16" => SegmentKind::Utf16,
        "utf32" => SegmentKind::Utf32,
        _ => {
            let detail = format!("bs_create_bin has no segment of type '{name}'");
            return l.fail(Code::OperandKind, detail);
        }
    };
    if matches!(kind, SegmentKind::Utf8 | SegmentKind::Utf16 | SegmentKind::Utf32) {
        return utf(l, kind, little, value);
    }
    let (value, unit) = (l.src(value)?, unit_of(l, unit)?);
    let size = size_of(l, size)?;
    Ok(Segment { kind, unit, little: little && kind.has_byte_order(), value, size })
}

fn utf(
    l: &mut Lowering<'_, '_, '_>,
    kind: SegmentKind,
    little: bool,
    value: &Arg,
) -> Result<Segment> {
    let little = little && kind.has_byte_order();
    Ok(Segment { kind, unit: 1, little, value: l.src(value)?, size: None })
}

fn appended(l: &mut Lowering<'_, '_, '_>, value: &Arg, unit: &Arg) -> Result<Segment> {
    let (value, unit) = (l.src(value)?, unit_of(l, unit)?);
    Ok(Segment { kind: SegmentKind::Append, unit, little: false, value, size: None })
}

/// Bytes of the string table.
fn string(l: &mut Lowering<'_, '_, '_>, offset: &Arg, size: &Arg) -> Result<Segment> {
    let size = u64::from(l.number(size)?) * 8;
    let value = Src::Lit(bits_of_table(l, offset, size)?);
    Ok(Segment { kind: SegmentKind::Binary, unit: 8, little: false, value, size: None })
}

fn bits_of_table(
    l: &mut Lowering<'_, '_, '_>,
    offset: &Arg,
    bits: u64,
) -> Result<lam_isa::operand::LitId> {
    let strings = l.pool.tables.strings;
    let start = usize::try_from(l.number(offset)?).unwrap_or(usize::MAX);
    let size = usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX);
    let end = start.saturating_add(size);
    let Some(bytes) = strings.get(start..end) else {
        let detail = format!("a string ends at byte {end}, the table has {}", strings.len());
        return l.fail(Code::StringRange, detail);
    };
    // Each may be as long as the table, so that a small file could ask for a lot.
    if !l.pool.spend(size) {
        let detail =
            format!("the literals and strings of the file have more than {CELLS_MAX} cells");
        return l.fail(Code::CountLimit, detail);
    }
    let mut bytes = bytes.to_vec();
    if let (Some(last), 1..=7) = (bytes.last_mut(), bits % 8) {
        *last &= 0xff_u8 << (8 - bits % 8);
    }
    Ok(l.pool.literal_id(Literal::Bits(BitString { bytes, bits })))
}

/// The segments that `bs_put` instructions behind the current one add.
fn puts(l: &mut Lowering<'_, '_, '_>, mut segments: Vec<Segment>) -> Result<Vec<Segment>> {
    loop {
        // Places between them say where a segment stands, which is where the whole does.
        let mut distance = 1;
        while l.ahead(distance).is_some_and(|next| next.op() == op::LINE) {
            distance += 1;
        }
        let body = l.body;
        let Some(next) = body.get(l.at + distance) else { return Ok(segments) };
        let segment = match (next.op(), &next.args[..]) {
            (op::BS_PUT_INTEGER, [_, size, unit, flags, value]) => {
                sized(l, SegmentKind::Integer, [size, unit, flags, value])?
            }
            (op::BS_PUT_FLOAT, [_, size, unit, flags, value]) => {
                sized(l, SegmentKind::Float, [size, unit, flags, value])?
            }
            (op::BS_PUT_BINARY, [_, size, unit, flags, value]) => {
                sized(l, SegmentKind::Binary, [size, unit, flags, value])?
            }
            (op::BS_PUT_STRING, [size, offset]) => string(l, offset, size)?,
            (op::BS_PUT_UTF8, [_, _, value]) => utf(l, SegmentKind::Utf8, false, value)?,
            (op::BS_PUT_UTF16, [_, flags, value]) => {
                let little = flags_of(l, flags)?.little;
                utf(l, SegmentKind::Utf16, little, value)?
            }
            (op::BS_PUT_UTF32, [_, flags, value]) => {
                let little = flags_of(l, flags)?.little;
                utf(l, SegmentKind::Utf32, little, value)?
            }
            _ => return Ok(segments),
        };
        segments.push(segment);
        l.at += distance;
    }
}

fn sized(
    l: &mut Lowering<'_, '_, '_>,
    kind: SegmentKind,
    [size, unit, flags, value]: [&Arg; 4],
) -> Result<Segment> {
    let little = flags_of(l, flags)?.little;
    let (unit, value, size) = (unit_of(l, unit)?, l.src(value)?, size_of(l, size)?);
    Ok(Segment { kind, unit, little: little && kind.has_byte_order(), value, size })
}

/// The size of a segment; `None` for all of it.
fn size_of(l: &mut Lowering<'_, '_, '_>, size: &Arg) -> Result<Option<Src>> {
    match l.atom_text(size) {
        Some("all" | "undefined") => Ok(None),
        _ => l.src(size).map(Some),
    }
}

/// The unit of a segment; 0 stands where it does not matter.
fn unit_of(l: &Lowering<'_, '_, '_>, unit: &Arg) -> Result<u16> {
    match l.number_u16(unit)? {
        unit @ 0..=UNIT_MAX => Ok(unit.max(1)),
        unit => l.fail(Code::OperandRange, format!("{unit} is no unit of a segment")),
    }
}

/// The most flags of a segment: there are five, and a place in the source; they are looked through
/// each time.
const FLAGS_MAX: usize = 8;

/// Flags are a set of bits in the older instructions, a list of atoms in the newer.
fn flags_of(l: &Lowering<'_, '_, '_>, flags: &Arg) -> Result<Flags> {
    match flags {
        Arg::Number(_) => {
            let flags = l.number(flags)?;
            Ok(Flags { little: flags & (LITTLE | NATIVE) != 0, signed: flags & SIGNED != 0 })
        }
        Arg::Nil => Ok(Flags::default()),
        Arg::Literal(index) => {
            let flags = match l.literal(*index)? {
                Literal::List(flags, _) if flags.len() <= FLAGS_MAX => flags,
                _ => {
                    let detail = format!("flags are a list of at most {FLAGS_MAX} elements");
                    return l.fail(Code::OperandKind, detail);
                }
            };
            let has = |wanted: &str| {
                flags.iter().any(|flag| matches!(flag, Literal::Atom(flag) if &**flag == wanted))
            };
            Ok(Flags { little: has("little") || has("native"), signed: has("signed") })
        }
        other => l.expected("flags", other),
    }
}

fn matching(l: &mut Lowering<'_, '_, '_>, generic: &Generic) -> Result<()> {
    let (context, other, command) = match (generic.op(), &generic.args[..]) {
        (op::BS_START_MATCH3, [other, source, _live, dst]) => {
            (dst, l.other(other)?, Command::Start(l.src(source)?))
        }
        (op::BS_START_MATCH4, [other, _live, source, dst]) => {
            let other = match l.atom_text(other) {
                Some("resume") => {
                    let pairs = vec![(l.src(source)?, l.dst(dst)?)];
                    l.emit(Instr::Move { pairs });
                    return Ok(());
                }
                Some("no_fail") => None,
                _ => l.other(other)?,
            };
            (dst, other, Command::Start(l.src(source)?))
        }
        (op::BS_GET_INTEGER2, [other, context, _live, size, unit, flags, dst]) => {
            let command = integer(l, [size, unit, flags, dst])?;
            (context, l.other(other)?, command)
        }
        (op::BS_GET_FLOAT2, [other, context, _live, size, unit, flags, dst]) => {
            let command = Command::Float {
                size: l.src(size)?,
                unit: unit_of(l, unit)?,
                little: flags_of(l, flags)?.little,
                dst: l.dst(dst)?,
            };
            (context, l.other(other)?, command)
        }
        (op::BS_GET_BINARY2, [other, context, _live, size, unit, _flags, dst]) => {
            let (size, unit) = (size_of(l, size)?, unit_of(l, unit)?);
            (context, l.other(other)?, Command::Binary { size, unit, dst: l.dst(dst)? })
        }
        (op::BS_SKIP_BITS2, [other, context, size, unit, _flags]) => {
            let (size, unit) = (size_of(l, size)?, unit_of(l, unit)?);
            (context, l.other(other)?, Command::Skip { size, unit })
        }
        (op::BS_TEST_TAIL2, [other, context, bits]) => {
            (context, l.other(other)?, Command::Exactly(l.number(bits)?))
        }
        (op::BS_TEST_UNIT, [other, context, unit]) => {
            (context, l.other(other)?, Command::AtLeast { bits: 0, unit: unit_of(l, unit)? })
        }
        (op::BS_MATCH_STRING, [other, context, bits, offset]) => {
            let bits = u64::from(l.number(bits)?);
            let literal = bits_of_table(l, offset, bits)?;
            (context, l.other(other)?, Command::Bits(literal))
        }
        (op::BS_GET_TAIL, [context, dst, _live]) => (context, None, Command::Tail(l.dst(dst)?)),
        (op::BS_GET_POSITION, [context, dst, _live]) => (context, None, Command::Pos(l.dst(dst)?)),
        (op::BS_SET_POSITION, [context, position]) => {
            (context, None, Command::SetPos(l.src(position)?))
        }
        (
            op::BS_GET_UTF8 | op::BS_GET_UTF16 | op::BS_GET_UTF32,
            [other, context, _live, flags, dst],
        ) => {
            let dst = l.dst(dst)?;
            (context, l.other(other)?, code_point(l, generic.op(), flags, dst)?)
        }
        (
            op::BS_SKIP_UTF8 | op::BS_SKIP_UTF16 | op::BS_SKIP_UTF32,
            [other, context, _live, flags],
        ) => (context, l.other(other)?, code_point(l, generic.op(), flags, Dst::Discard)?),
        (op::BS_MATCH, [other, context, list]) => {
            let (other, context) = (l.other(other)?, l.reg(context)?);
            let list = l.list(list)?;
            return commands(l, other, context, list);
        }
        _ => return l.shape(),
    };
    let instr = Instr::Bmatch { context: l.reg(context)?, other, commands: vec![command] };
    l.emit(instr);
    Ok(())
}

fn integer(l: &mut Lowering<'_, '_, '_>, [size, unit, flags, dst]: [&Arg; 4]) -> Result<Command> {
    let Flags { little, signed } = flags_of(l, flags)?;
    let (size, unit, dst) = (l.src(size)?, unit_of(l, unit)?, l.dst(dst)?);
    Ok(Command::Integer { size, unit, signed, little, dst })
}

fn code_point(l: &Lowering<'_, '_, '_>, number: u8, flags: &Arg, dst: Dst) -> Result<Command> {
    let kind = match number {
        op::BS_GET_UTF8 | op::BS_SKIP_UTF8 => SegmentKind::Utf8,
        op::BS_GET_UTF16 | op::BS_SKIP_UTF16 => SegmentKind::Utf16,
        _ => SegmentKind::Utf32,
    };
    let little = flags_of(l, flags)?.little && kind.has_byte_order();
    Ok(Command::Utf { kind, little, dst })
}

/// The commands of `bs_match`, a flat list in which each begins with its name.
fn commands(l: &mut Lowering<'_, '_, '_>, other: Else, context: Reg, list: &[Arg]) -> Result<()> {
    let mut commands = Vec::new();
    let mut rest = list;
    while let Some((name, args)) = rest.split_first() {
        let name: Box<str> = l.atom_text(name).unwrap_or_default().into();
        let (command, taken) = match (&*name, args) {
            ("ensure_at_least", [bits, unit, ..]) => {
                let (bits, unit) = (l.number(bits)?, unit_of(l, unit)?);
                (Command::AtLeast { bits, unit }, 2)
            }
            ("ensure_exactly", [bits, ..]) => (Command::Exactly(l.number(bits)?), 1),
            ("integer", [_live, flags, size, unit, dst, ..]) => {
                (integer(l, [size, unit, flags, dst])?, 5)
            }
            ("binary", [_live, _flags, size, unit, dst, ..]) => {
                let (size, unit) = (size_of(l, size)?, unit_of(l, unit)?);
                (Command::Binary { size, unit, dst: l.dst(dst)? }, 5)
            }
            ("skip", [bits, ..]) => (Command::Skip { size: Some(l.src(bits)?), unit: 1 }, 1),
            ("get_tail", [_live, _unit, dst, ..]) => (Command::Tail(l.dst(dst)?), 3),
            ("=:=", [_live, bits, value, ..]) => {
                let (bits, value) = (l.number(bits)?, l.src(value)?);
                (Command::Bits(constant(l, bits, value)?), 3)
            }
            _ => {
                let detail = format!("bs_match has no command '{name}' of this shape");
                return l.fail(Code::OperandKind, detail);
            }
        };
        commands.push(command);
        rest = &args[taken..];
    }
    l.emit(Instr::Bmatch { context, other, commands });
    Ok(())
}

/// The bits of an integer, most significant first.
fn constant(
    l: &mut Lowering<'_, '_, '_>,
    bits: u32,
    value: Src,
) -> Result<lam_isa::operand::LitId> {
    let value: u64 = match value {
        Src::Int(value) => value.cast_unsigned(),
        Src::Lit(literal) => {
            let index = usize::try_from(literal.0).unwrap_or(usize::MAX);
            match l.pool.module.literals.get(index) {
                Some(Literal::Int(value)) => value.cast_unsigned(),
                Some(Literal::Big { negative: false, magnitude }) if magnitude.len() <= 8 => {
                    magnitude.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
                }
                _ => return l.fail(Code::OperandRange, "bs_match compares at most 64 bits"),
            }
        }
        _ => return l.fail(Code::OperandKind, "bs_match compares with integers only"),
    };
    if !(1..=64).contains(&bits) {
        return l.fail(Code::OperandRange, format!("bs_match compares 1 to 64 bits, not {bits}"));
    }
    let shifted = value << (64 - bits);
    let bytes = shifted.to_be_bytes()[..bits.div_ceil(8) as usize].to_vec();
    Ok(l.pool.literal_id(Literal::Bits(BitString { bytes, bits: bits.into() })))
}

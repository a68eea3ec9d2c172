//! Compact terms: how operands are encoded in the `Code` chunk, and single ones elsewhere.
//!
//! Owns the decoding of one instruction with its operands. Type hints of registers (OTP 25 on)
//! are dropped here: the verifier proves what it needs by itself.

use crate::bytes::Cursor;
use crate::error::{Code, Result};
use crate::etf;
use crate::opcode::{self, Opcode};
use lam_isa::Literal;

/// An operand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arg {
    /// A number: a count, an index, a size.
    Number(u64),
    /// An integer that is a term.
    Int(i64),
    /// An integer of more than 64 bits.
    Big(Box<Literal>),
    /// `[]`.
    Nil,
    /// An atom, an index from 0.
    Atom(u32),
    /// An X register.
    X(u16),
    /// A Y slot.
    Y(u16),
    /// A label; 0 is none.
    Label(u32),
    /// A float register.
    Float(u16),
    /// An index into the literal table.
    Literal(u32),
    /// A list of operands, none of them a list.
    List(Vec<Arg>),
    /// What a heap test asks for.
    Alloc {
        /// Words, captured values of funs included, floats and the heads of funs not.
        words: u32,
        /// Floats.
        floats: u32,
        /// Funs.
        funs: u32,
    },
}

impl Arg {
    /// What kind of operand it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Arg::Number(_) => "a number",
            Arg::Int(_) | Arg::Big(_) => "an integer",
            Arg::Nil => "[]",
            Arg::Atom(_) => "an atom",
            Arg::X(_) => "an X register",
            Arg::Y(_) => "a Y register",
            Arg::Label(_) => "a label",
            Arg::Float(_) => "a float register",
            Arg::Literal(_) => "a literal",
            Arg::List(_) => "a list",
            Arg::Alloc { .. } => "an allocation",
        }
    }
}

/// An instruction as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Generic {
    pub(crate) opcode: &'static Opcode,
    /// Where it stands in the bytes of the code.
    pub(crate) at: usize,
    pub(crate) args: Vec<Arg>,
}

impl Generic {
    /// Its number.
    pub(crate) fn op(&self) -> u8 {
        self.opcode.number
    }
}

/// Reads one instruction.
pub(crate) fn instruction(cursor: &mut Cursor<'_>) -> Result<Generic> {
    let before = cursor.clone();
    let number = cursor.u8()?;
    let Some(opcode) = opcode::by_number(number) else {
        return before.fail(Code::OpcodeUnknown, format!("no release has an opcode {number}"));
    };
    let mut args = Vec::with_capacity(opcode.arity.into());
    for _ in 0..opcode.arity {
        args.push(arg(cursor, true)?);
    }
    Ok(Generic { opcode, at: before.at(), args })
}

/// The kinds of a first byte, its three lowest bits.
const NUMBER: u8 = 0;
const INTEGER: u8 = 1;
const ATOM: u8 = 2;
const X: u8 = 3;
const Y: u8 = 4;
const LABEL: u8 = 5;
const CHARACTER: u8 = 6;

fn arg(cursor: &mut Cursor<'_>, lists: bool) -> Result<Arg> {
    let before = cursor.clone();
    let first = cursor.u8()?;
    match first & 7 {
        NUMBER => number(cursor, &before, first).map(Arg::Number),
        INTEGER => match value(cursor, first)? {
            Literal::Int(small) => Ok(Arg::Int(small)),
            big => Ok(Arg::Big(Box::new(big))),
        },
        ATOM => Ok(match index(cursor, &before, first)? {
            0 => Arg::Nil,
            index => Arg::Atom(index - 1),
        }),
        X => register(cursor, &before, first).map(Arg::X),
        Y => register(cursor, &before, first).map(Arg::Y),
        LABEL => index(cursor, &before, first).map(Arg::Label),
        CHARACTER => before.fail(Code::OperandEncoding, "an operand of the unused kind 6"),
        _ => extended(cursor, &before, first >> 4, lists),
    }
}

fn extended(cursor: &mut Cursor<'_>, before: &Cursor<'_>, kind: u8, lists: bool) -> Result<Arg> {
    match kind {
        1 if lists => {
            let count = plain(cursor)?;
            let count = cursor.promised(count, 1)?;
            let mut args = Vec::with_capacity(count);
            for _ in 0..count {
                args.push(arg(cursor, false)?);
            }
            Ok(Arg::List(args))
        }
        2 => match u16::try_from(plain(cursor)?) {
            Ok(register) => Ok(Arg::Float(register)),
            Err(_) => before.fail(Code::OperandRange, "a float register above 65535"),
        },
        3 => alloc(cursor, before),
        4 => match u32::try_from(plain(cursor)?) {
            Ok(literal) => Ok(Arg::Literal(literal)),
            Err(_) => before.fail(Code::LiteralIndex, "an index of a literal above 32 bits"),
        },
        5 => match arg(cursor, false)? {
            register @ (Arg::X(_) | Arg::Y(_)) => {
                plain(cursor)?;
                Ok(register)
            }
            other => before.fail(
                Code::OperandEncoding,
                format!("a typed register is expected, found {}", other.kind()),
            ),
        },
        _ => before
            .fail(Code::OperandEncoding, format!("an operand of the unknown extended kind {kind}")),
    }
}

fn alloc(cursor: &mut Cursor<'_>, before: &Cursor<'_>) -> Result<Arg> {
    let count = plain(cursor)?;
    let count = cursor.promised(count, 2)?;
    let mut sums = [0_u32; 3];
    for _ in 0..count {
        let kind = plain(cursor)?;
        let amount = plain(cursor)?;
        let sum = usize::try_from(kind).ok().and_then(|kind| sums.get_mut(kind));
        let amount = u32::try_from(amount).ok();
        match sum.and_then(|sum| Some((sum.checked_add(amount?)?, sum))) {
            Some((total, sum)) => *sum = total,
            None => return before.fail(Code::OperandRange, "an allocation is out of range"),
        }
    }
    Ok(Arg::Alloc { words: sums[0], floats: sums[1], funs: sums[2] })
}

/// The value that a first byte begins.
fn value(cursor: &mut Cursor<'_>, first: u8) -> Result<Literal> {
    if first & 8 == 0 {
        return Ok(Literal::Int(i64::from(first >> 4)));
    }
    if first & 16 == 0 {
        let low = cursor.u8()?;
        return Ok(Literal::Int(i64::from(first >> 5) << 8 | i64::from(low)));
    }
    let size = match first >> 5 {
        7 => {
            let more = plain(cursor)?;
            cursor.promised(more, 1)?.saturating_add(9)
        }
        size => usize::from(size) + 2,
    };
    let bytes = cursor.take(size)?;
    let negative = bytes[0] & 0x80 != 0;
    let mut magnitude: Vec<u8> = bytes.iter().rev().copied().collect();
    if negative {
        // Two's complement: invert and add one.
        let mut carry = true;
        for byte in &mut magnitude {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
    }
    Ok(etf::integer(negative, &magnitude))
}

fn number(cursor: &mut Cursor<'_>, before: &Cursor<'_>, first: u8) -> Result<u64> {
    match value(cursor, first)? {
        Literal::Int(value) if value >= 0 => Ok(value.cast_unsigned()),
        _ => before.fail(Code::OperandRange, "a number is negative or has more than 63 bits"),
    }
}

fn index(cursor: &mut Cursor<'_>, before: &Cursor<'_>, first: u8) -> Result<u32> {
    match u32::try_from(number(cursor, before, first)?) {
        Ok(index) if index <= u32::MAX / 2 => Ok(index),
        _ => before.fail(Code::OperandRange, "an index has more than 31 bits"),
    }
}

fn register(cursor: &mut Cursor<'_>, before: &Cursor<'_>, first: u8) -> Result<u16> {
    match number(cursor, before, first)? {
        register @ 0..=1023 => Ok(register as u16),
        register => before.fail(Code::OperandRange, format!("there is no register {register}")),
    }
}

/// A number with its first byte.
fn plain(cursor: &mut Cursor<'_>) -> Result<u64> {
    let before = cursor.clone();
    let first = cursor.u8()?;
    if first & 7 != NUMBER {
        return before.fail(Code::OperandEncoding, "a number is expected here");
    }
    // A number of numbers would nest; three levels are more than any integer needs.
    if first & 0x18 == 0x18 && first >> 5 == 7 {
        return before.fail(Code::OperandRange, "a number has more than 64 bits");
    }
    number(cursor, &before, first)
}

/// A length written as a number: that of an atom from OTP 28 on.
pub(crate) fn length(cursor: &mut Cursor<'_>) -> Result<usize> {
    let length = plain(cursor)?;
    cursor.promised(length, 1)
}

/// An item of the line table.
pub(crate) enum LineItem {
    /// The places that follow are in that file.
    File(u32),
    /// A place on that line.
    Line(u32),
}

/// Reads an item of the line table.
pub(crate) fn line_item(cursor: &mut Cursor<'_>) -> Result<LineItem> {
    let before = cursor.clone();
    let first = cursor.u8()?;
    match first & 7 {
        ATOM => index(cursor, &before, first).map(LineItem::File),
        INTEGER => index(cursor, &before, first).map(LineItem::Line),
        _ => before.fail(Code::OperandEncoding, "a line or a file is expected here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Arg> {
        let mut cursor = Cursor::new(bytes, "Code");
        let arg = arg(&mut cursor, true)?;
        assert!(cursor.is_empty(), "{bytes:?} is read to its end");
        Ok(arg)
    }

    #[test]
    fn every_encoding_reads() {
        let big = Literal::Big { negative: false, magnitude: vec![0, 0, 0, 0, 0, 0, 0, 0, 1] };
        for (bytes, wanted) in [
            (&[0x50][..], Arg::Number(5)),
            (&[0x51], Arg::Int(5)),
            (&[0x09 | 0x20, 0x34], Arg::Int(0x134)),
            (&[0x19, 0xff, 0xfe], Arg::Int(-2)),
            (&[0x39, 0x7f, 0xff, 0xff], Arg::Int(0x7f_ffff)),
            (&[0xf9, 0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0], Arg::Big(Box::new(big))),
            (&[0x02], Arg::Nil),
            (&[0x12], Arg::Atom(0)),
            (&[0x33], Arg::X(3)),
            (&[0x44], Arg::Y(4)),
            (&[0x75], Arg::Label(7)),
            (&[0x27, 0x30], Arg::Float(3)),
            (&[0x47, 0x20], Arg::Literal(2)),
            (&[0x57, 0x13, 0x60], Arg::X(1)),
            (&[0x17, 0x20, 0x13, 0x02], Arg::List(vec![Arg::X(1), Arg::Nil])),
            (
                &[0x37, 0x30, 0x00, 0x40, 0x10, 0x20, 0x20, 0x10],
                Arg::Alloc { words: 4, floats: 2, funs: 1 },
            ),
        ] {
            assert_eq!(read(bytes).unwrap(), wanted, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_malformed_has_its_code() {
        for (bytes, wanted) in [
            (&[][..], Code::ChunkEnd),
            (&[0x56], Code::OperandEncoding),
            (&[0x77], Code::OperandEncoding),
            (&[0x57, 0x51, 0x60], Code::OperandEncoding),
            (&[0x17, 0x10, 0x17, 0x10, 0x13], Code::OperandEncoding),
            (&[0x17, 0x18, 0x7f, 0xff], Code::CountExcess),
            (&[0xf9, 0x18, 0x7f, 0xff, 1], Code::CountExcess),
            (&[0xf9, 0xf8, 0xf8, 0xf8], Code::OperandRange),
            (&[0x18, 0xff, 0xff], Code::OperandRange),
            (&[0x0b | 0x80, 0x00], Code::OperandRange),
            (&[0x37, 0x10, 0x30, 0x10], Code::OperandRange),
        ] {
            assert_eq!(read(bytes).unwrap_err().code, wanted, "{bytes:?}");
        }
    }
}

//! Constant terms.

use super::DecodeError;
use super::input::Input;
use super::output::Output;
use crate::limits;
use crate::module::{BitString, Literal};
use crate::rule::Rule;
use alloc::boxed::Box;
use alloc::vec::Vec;

const NIL: u8 = 0;
const INT: u8 = 1;
const BIG: u8 = 2;
const BIG_NEGATIVE: u8 = 3;
const FLOAT: u8 = 4;
const ATOM: u8 = 5;
const LIST: u8 = 6;
const LIST_IMPROPER: u8 = 7;
/// A proper list of integers 0 to 255, as bytes.
const STRING: u8 = 8;
const TUPLE: u8 = 9;
const MAP: u8 = 10;
const BITS: u8 = 11;
const FUN: u8 = 12;
/// Integers 0 to 127 are their tag.
const SMALL: u8 = 0x80;

pub(super) fn write(out: &mut Output, literal: &Literal) {
    match literal {
        Literal::Nil => out.bytes.push(NIL),
        Literal::Int(n @ 0..0x80) => out.bytes.push(SMALL | *n as u8),
        Literal::Int(n) => {
            out.bytes.push(INT);
            out.signed(*n);
        }
        Literal::Big { negative, magnitude } => {
            out.bytes.push(if *negative { BIG_NEGATIVE } else { BIG });
            out.count(magnitude.len());
            out.bytes.extend(magnitude);
        }
        Literal::Float(bits) => {
            out.bytes.push(FLOAT);
            out.bytes.extend(bits.to_le_bytes());
        }
        Literal::Atom(text) => {
            out.bytes.push(ATOM);
            out.text(text);
        }
        Literal::List(elements, tail) => match (string(elements, tail), &**tail) {
            (Some(bytes), _) => {
                out.bytes.push(STRING);
                out.count(bytes.len());
                out.bytes.extend(bytes);
            }
            (None, Literal::Nil) => {
                out.bytes.push(LIST);
                out.list_even_empty(elements, write);
            }
            (None, tail) => {
                out.bytes.push(LIST_IMPROPER);
                out.list_even_empty(elements, write);
                write(out, tail);
            }
        },
        Literal::Tuple(elements) => {
            out.bytes.push(TUPLE);
            out.list_even_empty(elements, write);
        }
        Literal::Map(pairs) => {
            out.bytes.push(MAP);
            out.list_even_empty(pairs, |out, (key, value)| {
                write(out, key);
                write(out, value);
            });
        }
        Literal::Bits(bits) => {
            out.bytes.push(BITS);
            out.number(bits.bits);
            out.bytes.extend(&bits.bytes);
        }
        Literal::Fun { module, name, arity } => {
            out.bytes.push(FUN);
            out.text(module);
            out.text(name);
            out.bytes.push(*arity);
        }
    }
}

/// The bytes of a non-empty proper list of bytes.
fn string(elements: &[Literal], tail: &Literal) -> Option<Vec<u8>> {
    let byte = |element: &Literal| match element {
        Literal::Int(n) => u8::try_from(*n).ok(),
        _ => None,
    };
    if elements.is_empty() || *tail != Literal::Nil {
        return None;
    }
    elements.iter().map(byte).collect()
}

pub(super) fn read(input: &mut Input<'_>) -> Result<Literal, DecodeError> {
    nested(input, limits::LITERAL_DEPTH)
}

fn nested(input: &mut Input<'_>, depth: u32) -> Result<Literal, DecodeError> {
    let tag = input.byte()?;
    let Some(depth) = depth.checked_sub(1) else {
        let found = "a literal nested more deeply";
        return Err(input.error(Rule::BinLiteralDepth, found, "at most 256 levels"));
    };
    let shape = |input: &Input<'_>, found: &str, expected: &str| {
        Err(input.error(Rule::BinLiteralShape, found, expected))
    };
    Ok(match tag {
        NIL => Literal::Nil,
        INT => match input.signed()? {
            0..0x80 => return shape(input, "a small integer spelled long", "its tag"),
            n => Literal::Int(n),
        },
        BIG | BIG_NEGATIVE => {
            let length = input.count()?;
            let magnitude = input.take(length)?.to_vec();
            if magnitude.last().is_none_or(|last| *last == 0) {
                return shape(input, "an integer without highest byte", "one that is not 0");
            }
            Literal::Big { negative: tag == BIG_NEGATIVE, magnitude }
        }
        FLOAT => {
            let bits = u64::from_le_bytes(input.array()?);
            if !f64::from_bits(bits).is_finite() {
                return shape(input, "an infinity or NaN", "a finite float");
            }
            Literal::Float(bits)
        }
        ATOM => Literal::Atom(input.text()?.into()),
        LIST | LIST_IMPROPER => {
            let mut elements = Vec::new();
            let some = input.list(&mut elements, |input| nested(input, depth))?;
            let tail = match tag {
                LIST => Literal::Nil,
                _ => nested(input, depth)?,
            };
            if !some || matches!(tail, Literal::List(..)) {
                return shape(input, "a list without elements, or with a list as tail", "one list");
            }
            if tag == LIST_IMPROPER && tail == Literal::Nil {
                return shape(input, "a proper list spelled improper", "its own tag");
            }
            if string(&elements, &tail).is_some() {
                return shape(input, "a list of bytes spelled long", "a string");
            }
            Literal::List(elements, Box::new(tail))
        }
        STRING => {
            let length = input.count()?;
            if length == 0 {
                return shape(input, "a string without elements", "`[]`");
            }
            let bytes = input.take(length)?;
            let elements = bytes.iter().map(|byte| Literal::Int((*byte).into())).collect();
            Literal::List(elements, Box::new(Literal::Nil))
        }
        TUPLE => {
            let mut elements = Vec::new();
            input.list(&mut elements, |input| nested(input, depth))?;
            Literal::Tuple(elements)
        }
        MAP => {
            let mut pairs = Vec::new();
            input.list(&mut pairs, |input| Ok((nested(input, depth)?, nested(input, depth)?)))?;
            Literal::Map(pairs)
        }
        BITS => {
            let bits = input.number()?;
            let length = usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX);
            let bytes = input.take(length)?.to_vec();
            let spare = length as u64 * 8 - bits;
            if bytes.last().is_some_and(|last| u16::from(*last) & ((1 << spare) - 1) != 0) {
                return shape(input, "a bitstring with spare bits set", "spare bits 0");
            }
            Literal::Bits(BitString { bytes, bits })
        }
        FUN => Literal::Fun {
            module: input.text()?.into(),
            name: input.text()?.into(),
            arity: input.byte()?,
        },
        SMALL.. => Literal::Int((tag - SMALL).into()),
        _ => {
            let found = format_args!("literal tag {tag}");
            return Err(input.error(Rule::BinLiteralTag, found, "0 to 12, or 128 to 255"));
        }
    })
}

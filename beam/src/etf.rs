//! The external term format, as far as literals of a module use it.
//!
//! Owns reading a term into a [`Literal`]: nesting is bounded by `limits::LITERAL_DEPTH`, the
//! number of cells by a budget that a whole file shares.

use crate::bytes::Cursor;
use crate::error::{Code, Result};
use lam_isa::limits::LITERAL_DEPTH;
use lam_isa::{BitString, Literal};

/// How many cells (elements, characters, pairs) the literals of one file may have, together with
/// the bytes of the strings that its code makes literals of.
pub(crate) const CELLS_MAX: usize = 4 << 20;

/// Reads a term with its version byte; nothing may follow it.
pub(crate) fn literal(cursor: &mut Cursor<'_>, cells: &mut usize) -> Result<Literal> {
    let version = cursor.u8()?;
    if version != 131 {
        return cursor.fail(Code::TermTag, format!("a term begins with 131, found {version}"));
    }
    let term = term(cursor, cells, LITERAL_DEPTH)?;
    if !cursor.is_empty() {
        let left = cursor.left();
        return cursor.fail(Code::TermShape, format!("{left} bytes follow the term"));
    }
    Ok(term)
}

fn term(cursor: &mut Cursor<'_>, cells: &mut usize, depth: u32) -> Result<Literal> {
    let Some(depth) = depth.checked_sub(1) else {
        return cursor.fail(
            Code::TermDepth,
            format!("a literal is nested more than {LITERAL_DEPTH} levels deep"),
        );
    };
    spend(cursor, cells, 1)?;
    let tag = cursor.u8()?;
    match tag {
        97 => Ok(Literal::Int(cursor.u8()?.into())),
        98 => Ok(Literal::Int(cursor.u32()?.cast_signed().into())),
        110 => {
            let size = cursor.u8()?;
            big(cursor, size.into())
        }
        111 => {
            let size = cursor.count(1)?;
            big(cursor, size)
        }
        70 => {
            let high = u64::from(cursor.u32()?);
            let low = u64::from(cursor.u32()?);
            float(cursor, f64::from_bits(high << 32 | low))
        }
        99 => old_float(cursor),
        100 => {
            let size = cursor.u16()?;
            latin1(cursor, size.into()).map(Literal::Atom)
        }
        115 => {
            let size = cursor.u8()?;
            latin1(cursor, size.into()).map(Literal::Atom)
        }
        118 => {
            let size = cursor.u16()?;
            utf8(cursor, size.into()).map(Literal::Atom)
        }
        119 => {
            let size = cursor.u8()?;
            utf8(cursor, size.into()).map(Literal::Atom)
        }
        104 => {
            let size = cursor.u8()?;
            terms(cursor, cells, depth, size.into()).map(Literal::Tuple)
        }
        105 => {
            let size = cursor.count(1)?;
            terms(cursor, cells, depth, size).map(Literal::Tuple)
        }
        106 => Ok(Literal::Nil),
        107 | 108 => list(cursor, cells, depth, tag),
        109 => {
            let size = cursor.count(1)?;
            Ok(Literal::Bits(BitString::from(cursor.take(size)?)))
        }
        77 => bit_binary(cursor),
        116 => map(cursor, cells, depth),
        113 => export(cursor, cells, depth),
        _ => cursor.fail(Code::TermTag, format!("no literal has the tag {tag}")),
    }
}

fn spend(cursor: &Cursor<'_>, cells: &mut usize, count: usize) -> Result<()> {
    match cells.checked_sub(count) {
        Some(left) => {
            *cells = left;
            Ok(())
        }
        None => cursor.fail(
            Code::CountLimit,
            format!("the literals of the file have more than {CELLS_MAX} cells"),
        ),
    }
}

fn terms(
    cursor: &mut Cursor<'_>,
    cells: &mut usize,
    depth: u32,
    count: usize,
) -> Result<Vec<Literal>> {
    let count = cursor.promised(count as u64, 1)?;
    (0..count).map(|_| term(cursor, cells, depth)).collect()
}

/// A list; tails that are lists again belong to it and nest no deeper.
fn list(cursor: &mut Cursor<'_>, cells: &mut usize, depth: u32, tag: u8) -> Result<Literal> {
    let mut elements = Vec::new();
    let mut tag = tag;
    loop {
        if tag == 107 {
            let size = usize::from(cursor.u16()?);
            spend(cursor, cells, size)?;
            elements.extend(cursor.take(size)?.iter().map(|c| Literal::Int(i64::from(*c))));
            break Ok(listed(elements, Literal::Nil));
        }
        let count = cursor.count(1)?;
        elements.append(&mut terms(cursor, cells, depth, count)?);
        let mut ahead = cursor.clone();
        match ahead.u8()? {
            next @ (107 | 108) => {
                *cursor = ahead;
                spend(cursor, cells, 1)?;
                tag = next;
            }
            _ => {
                let tail = term(cursor, cells, depth)?;
                break Ok(listed(elements, tail));
            }
        }
    }
}

fn listed(elements: Vec<Literal>, tail: Literal) -> Literal {
    if elements.is_empty() { tail } else { Literal::List(elements, Box::new(tail)) }
}

fn map(cursor: &mut Cursor<'_>, cells: &mut usize, depth: u32) -> Result<Literal> {
    let count = cursor.count(2)?;
    let mut pairs = Vec::new();
    for _ in 0..count {
        let key = term(cursor, cells, depth)?;
        pairs.push((key, term(cursor, cells, depth)?));
    }
    let mut keys: Vec<&Literal> = pairs.iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|two| two[0] == two[1]) {
        return cursor.fail(Code::TermShape, "a map literal has the same key twice");
    }
    Ok(Literal::Map(pairs))
}

fn export(cursor: &mut Cursor<'_>, cells: &mut usize, depth: u32) -> Result<Literal> {
    let parts = terms(cursor, cells, depth, 3)?;
    let mut parts = parts.into_iter();
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Literal::Atom(module)), Some(Literal::Atom(name)), Some(Literal::Int(arity))) => {
            match u8::try_from(arity) {
                Ok(arity) => Ok(Literal::Fun { module, name, arity }),
                Err(_) => cursor.fail(Code::ArityRange, format!("arity {arity} is above 255")),
            }
        }
        _ => cursor.fail(Code::TermShape, "an external fun is two atoms and an arity"),
    }
}

fn big(cursor: &mut Cursor<'_>, size: usize) -> Result<Literal> {
    let negative = match cursor.u8()? {
        0 => false,
        1 => true,
        sign => return cursor.fail(Code::TermShape, format!("{sign} is no sign of an integer")),
    };
    Ok(integer(negative, cursor.take(size)?))
}

/// An integer of a sign and an absolute value, least significant byte first.
pub(crate) fn integer(negative: bool, magnitude: &[u8]) -> Literal {
    let size = magnitude.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let magnitude = &magnitude[..size];
    if size <= 8 {
        let value = magnitude.iter().rev().fold(0_i128, |value, b| value << 8 | i128::from(*b));
        if let Ok(small) = i64::try_from(if negative { -value } else { value }) {
            return Literal::Int(small);
        }
    }
    Literal::Big { negative, magnitude: magnitude.to_vec() }
}

fn float(cursor: &Cursor<'_>, value: f64) -> Result<Literal> {
    if value.is_finite() {
        Ok(Literal::Float(value.to_bits()))
    } else {
        cursor.fail(Code::TermShape, "a float that is not finite")
    }
}

/// A float as 31 bytes of text, as releases before R15 wrote them.
fn old_float(cursor: &mut Cursor<'_>) -> Result<Literal> {
    let text = cursor.take(31)?;
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    match std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()) {
        Some(value) => float(cursor, value),
        None => cursor.fail(Code::TermShape, "the text of a float is malformed"),
    }
}

fn bit_binary(cursor: &mut Cursor<'_>) -> Result<Literal> {
    let before = cursor.clone();
    let size = cursor.u32()?;
    let last = cursor.u8()?;
    let size = cursor.promised(size.into(), 1)?;
    if size == 0 || !(1..=8).contains(&last) {
        return before.fail(Code::TermShape, "a bitstring ends with 1 to 8 bits of its last byte");
    }
    let mut bytes = cursor.take(size)?.to_vec();
    if let Some(byte) = bytes.last_mut() {
        *byte &= 0xff_u8.wrapping_shl(8 - u32::from(last));
    }
    let bits = (size as u64 - 1) * 8 + u64::from(last);
    Ok(Literal::Bits(BitString { bytes, bits }))
}

fn utf8(cursor: &mut Cursor<'_>, size: usize) -> Result<Box<str>> {
    let before = cursor.clone();
    match std::str::from_utf8(cursor.take(size)?) {
        Ok(text) => Ok(text.into()),
        Err(_) => before.fail(Code::AtomText, "the text of an atom is not UTF-8"),
    }
}

fn latin1(cursor: &mut Cursor<'_>, size: usize) -> Result<Box<str>> {
    Ok(cursor.take(size)?.iter().map(|byte| char::from(*byte)).collect::<String>().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Literal> {
        let mut all = vec![131];
        all.extend_from_slice(bytes);
        literal(&mut Cursor::new(&all, "LitT"), &mut CELLS_MAX.clone())
    }

    #[test]
    fn every_tag_reads() {
        let atom = |text: &str| Literal::Atom(text.into());
        for (bytes, wanted) in [
            (&[97, 200][..], Literal::Int(200)),
            (&[98, 255, 255, 255, 254], Literal::Int(-2)),
            (&[110, 2, 1, 0, 1], Literal::Int(-256)),
            (&[110, 8, 1, 0, 0, 0, 0, 0, 0, 0, 0x80], Literal::Int(i64::MIN)),
            (
                &[110, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0x80],
                Literal::Big { negative: false, magnitude: vec![0, 0, 0, 0, 0, 0, 0, 0x80] },
            ),
            (&[111, 0, 0, 0, 1, 0, 7], Literal::Int(7)),
            (&[70, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0], Literal::Float(1.0_f64.to_bits())),
            (&[100, 0, 2, 0xe9, b'a'], atom("éa")),
            (&[115, 1, 0xe9], atom("é")),
            (&[118, 0, 2, 0xc3, 0xa9], atom("é")),
            (&[119, 2, b'o', b'k'], atom("ok")),
            (&[104, 2, 97, 1, 106], Literal::Tuple(vec![Literal::Int(1), Literal::Nil])),
            (&[105, 0, 0, 0, 1, 106], Literal::Tuple(vec![Literal::Nil])),
            (
                &[107, 0, 2, b'h', b'i'],
                Literal::List(vec![Literal::Int(104), Literal::Int(105)], Box::new(Literal::Nil)),
            ),
            (
                &[108, 0, 0, 0, 1, 97, 1, 108, 0, 0, 0, 1, 97, 2, 97, 3],
                Literal::List(vec![Literal::Int(1), Literal::Int(2)], Box::new(Literal::Int(3))),
            ),
            (&[109, 0, 0, 0, 1, 9], Literal::Bits(BitString { bytes: vec![9], bits: 8 })),
            (
                &[77, 0, 0, 0, 2, 3, 9, 0xff],
                Literal::Bits(BitString { bytes: vec![9, 0xe0], bits: 11 }),
            ),
            (
                &[116, 0, 0, 0, 1, 119, 1, b'a', 97, 1],
                Literal::Map(vec![(atom("a"), Literal::Int(1))]),
            ),
            (
                &[113, 119, 1, b'm', 119, 1, b'f', 97, 3],
                Literal::Fun { module: "m".into(), name: "f".into(), arity: 3 },
            ),
        ] {
            assert_eq!(read(bytes).unwrap(), wanted, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_malformed_has_its_code() {
        for (bytes, wanted) in [
            (&[103, 0][..], Code::TermTag),
            (&[70, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], Code::TermShape),
            (&[97, 1, 2], Code::TermShape),
            (&[110, 1, 2, 7], Code::TermShape),
            (&[116, 0, 0, 0, 2, 97, 1, 106, 97, 1, 106], Code::TermShape),
            (&[105, 0xff, 0xff, 0xff, 0xff], Code::CountExcess),
            (&[109, 0, 0, 1, 0, 1], Code::CountExcess),
            (&[77, 0, 0, 0, 0, 8], Code::TermShape),
            (&[119, 1, 0xff], Code::AtomText),
            (&[113, 119, 1, b'm', 119, 1, b'f', 98, 0, 0, 1, 0], Code::ArityRange),
        ] {
            assert_eq!(read(bytes).unwrap_err().code, wanted, "{bytes:?}");
        }
    }

    #[test]
    fn depth_and_cells_are_bounded() {
        let deep = [104, 1].repeat(300_000);
        assert_eq!(read(&deep).unwrap_err().code, Code::TermDepth);
        let long = [108, 0, 0, 0, 1, 106].repeat(100_000);
        assert_eq!(read(&long).unwrap_err().code, Code::ChunkEnd);
        let mut many = vec![108];
        let count = u32::try_from(CELLS_MAX + 1).unwrap();
        many.extend_from_slice(&count.to_be_bytes());
        many.resize(many.len() + CELLS_MAX + 2, 106);
        assert_eq!(read(&many).unwrap_err().code, Code::CountLimit);
    }
}

//! Literals: constant terms, read from and written to text.
//!
//! Book: *Terms*, *The text form*.

use super::cursor::Cursor;
use super::error::{Result, SyntaxError};
use super::lexeme::{self, Integer, Number};
use super::order;
use super::syntax::Shape;
use crate::limits;
use crate::module::{BitString, Literal};
use crate::rule::Rule;
use core::cmp::Ordering;
use core::ops::Range;
use num_bigint::{BigInt, BigUint, Sign};

/// The largest size of an integer in a bitstring literal, in bits: a short text must not ask for
/// much memory.
const SEGMENT_BITS: u64 = 256;

/// Integers of more bits than this are written in hexadecimal in modules, which takes linear time.
const DECIMAL_BITS: u64 = 4096;

/// Reads a term whose outermost level is the `depth`th, from 1.
pub(super) fn read(cursor: &mut Cursor<'_, '_>, depth: u32) -> Result<Literal> {
    let Some(node) = cursor.peek() else {
        return Err(cursor.unexpected(Rule::TextOperandMissing, "a term"));
    };
    let span = &node.span;
    if depth > limits::LITERAL_DEPTH {
        let message = format!("a literal is nested more than {} deep", limits::LITERAL_DEPTH);
        return Err(SyntaxError::new(Rule::TextLiteralDepth, span.clone(), message));
    }
    let literal = match &node.shape {
        Shape::Word("fun") => {
            cursor.next();
            return fun(cursor);
        }
        Shape::Word(word) => {
            word_atom(word, span)?;
            Literal::Atom((*word).into())
        }
        Shape::Quoted(text) => Literal::Atom(quoted_atom(text, span)?.into()),
        Shape::Number(text) => match lexeme::number(text, span)? {
            Number::Integer(integer) => from_integer(&integer),
            Number::Float(float) => Literal::Float(float.to_bits()),
        },
        Shape::Character(text) => {
            let code = lexeme::characters(text, span)?.chars().next().map_or(0, u32::from);
            Literal::Int(code.into())
        }
        Shape::Text(text) => {
            let codes = lexeme::characters(text, span)?;
            list(codes.chars().map(|c| Literal::Int(u32::from(c).into())).collect(), Literal::Nil)
        }
        Shape::List(nodes) => read_list(&mut Cursor::inside(nodes, span), depth + 1)?,
        Shape::Tuple(nodes) => {
            Literal::Tuple(elements(&mut Cursor::inside(nodes, span), depth + 1)?)
        }
        Shape::Map(nodes) => read_map(&mut Cursor::inside(nodes, span), depth + 1)?,
        Shape::Bits(nodes) => Literal::Bits(read_bits(&mut Cursor::inside(nodes, span))?),
        _ => return Err(cursor.unexpected(Rule::TextOperandKind, "a term")),
    };
    cursor.next();
    Ok(literal)
}

/// Reads `module:name/arity` of an external fun.
fn fun(cursor: &mut Cursor<'_, '_>) -> Result<Literal> {
    let module = atom(cursor)?.into();
    if !cursor.take(|shape| matches!(shape, Shape::Colon)) {
        let error = cursor.unexpected(Rule::TextOperandKind, "`:` and a function name");
        return Err(error.help("a fun literal is external: fun module:name/arity"));
    }
    let name = atom(cursor)?.into();
    Ok(Literal::Fun { module, name, arity: arity(cursor)? })
}

/// Reads an atom.
pub(super) fn atom(cursor: &mut Cursor<'_, '_>) -> Result<String> {
    let wrong = cursor.unexpected(Rule::TextOperandKind, "an atom");
    let node = cursor
        .next()
        .ok_or_else(|| SyntaxError { rule: Rule::TextOperandMissing, ..wrong.clone() })?;
    match &node.shape {
        Shape::Word(word) => word_atom(word, &node.span).map(|()| (*word).to_owned()),
        Shape::Quoted(text) => quoted_atom(text, &node.span),
        _ => Err(wrong),
    }
}

/// Reads `/ARITY`.
pub(super) fn arity(cursor: &mut Cursor<'_, '_>) -> Result<u8> {
    if !cursor.take(|shape| matches!(shape, Shape::Slash)) {
        return Err(cursor.unexpected(Rule::TextOperandKind, "`/` and an arity"));
    }
    unsigned(cursor, "an arity", u64::from(limits::ARITY_MAX))
        .map(|arity| u8::try_from(arity).unwrap_or(limits::ARITY_MAX))
}

/// Reads an integer from 0 to `max`.
pub(super) fn unsigned(cursor: &mut Cursor<'_, '_>, what: &str, max: u64) -> Result<u64> {
    let wrong = cursor.unexpected(Rule::TextOperandKind, what);
    let Some(node) = cursor.next() else {
        return Err(SyntaxError { rule: Rule::TextOperandMissing, ..wrong });
    };
    let Shape::Number(text) = &node.shape else { return Err(wrong) };
    let Number::Integer(integer) = lexeme::number(text, &node.span)? else { return Err(wrong) };
    u64::try_from(&integer.magnitude).ok().filter(|n| !integer.negative && *n <= max).ok_or_else(
        || {
            let found = lexeme::short(text);
            let message = format!("{found} is out of range for {what}: it is 0 to {max}");
            SyntaxError::new(Rule::TextIntegerRange, node.span.clone(), message)
        },
    )
}

/// Checks that a bare word is an atom, and of the right length.
pub(super) fn word_atom(word: &str, span: &Range<usize>) -> Result<()> {
    if lexeme::register(word).is_some() {
        let message = format!("a literal holds no registers, but here is `{word}`");
        return Err(SyntaxError::new(Rule::TextLiteralRegister, span.clone(), message).help(
            format!("build the term with cons, tuple or map; the atom is written '{word}'"),
        ));
    }
    if !lexeme::is_atom_word(word) {
        let message = format!("`{}` is no term", lexeme::short(word));
        let help = format!("atoms that do not begin with a to z are quoted: '{word}'");
        return Err(SyntaxError::new(Rule::TextOperandKind, span.clone(), message).help(help));
    }
    lexeme::atom(word, span)
}

/// The text of a quoted atom.
pub(super) fn quoted_atom(text: &str, span: &Range<usize>) -> Result<String> {
    let text = lexeme::characters(text, span)?;
    lexeme::atom(&text, span)?;
    Ok(text)
}

/// The literal of an integer, in the form that its size asks for.
pub(super) fn from_integer(integer: &Integer) -> Literal {
    match integer.small() {
        Some(small) => Literal::Int(small),
        None => {
            Literal::Big { negative: integer.negative, magnitude: integer.magnitude.to_bytes_le() }
        }
    }
}

/// A list of elements and a tail, which may be a list itself.
fn list(mut elements: Vec<Literal>, tail: Literal) -> Literal {
    if elements.is_empty() {
        return tail;
    }
    match tail {
        Literal::List(more, tail) => {
            elements.extend(more);
            Literal::List(elements, tail)
        }
        tail => Literal::List(elements, Box::new(tail)),
    }
}

fn elements(cursor: &mut Cursor<'_, '_>, depth: u32) -> Result<Vec<Literal>> {
    let mut elements = Vec::new();
    let mut more = !cursor.is_empty();
    while more {
        elements.push(read(cursor, depth)?);
        more = cursor.comma_or_end()?;
    }
    Ok(elements)
}

fn read_list(cursor: &mut Cursor<'_, '_>, depth: u32) -> Result<Literal> {
    let mut elements = Vec::new();
    let mut tail = Literal::Nil;
    let mut more = !cursor.is_empty();
    while more {
        elements.push(read(cursor, depth)?);
        if cursor.take(|shape| matches!(shape, Shape::Bar)) {
            tail = read(cursor, depth)?;
        }
        more = cursor.comma_or_end()?;
    }
    Ok(list(elements, tail))
}

fn read_map(cursor: &mut Cursor<'_, '_>, depth: u32) -> Result<Literal> {
    let mut pairs: Vec<(Literal, Literal, Range<usize>)> = Vec::new();
    let mut more = !cursor.is_empty();
    while more {
        let span = cursor.here();
        let key = read(cursor, depth)?;
        if !cursor.take(|shape| matches!(shape, Shape::FatArrow)) {
            let rule =
                if cursor.is_empty() { Rule::TextOperandMissing } else { Rule::TextLineSyntax };
            return Err(cursor.unexpected(rule, "`=>` and a value"));
        }
        pairs.push((key, read(cursor, depth)?, span));
        more = cursor.comma_or_end()?;
    }
    pairs.sort_by(|(a, ..), (b, ..)| order::compare(a, b));
    for two in pairs.windows(2) {
        if order::compare(&two[0].0, &two[1].0) == Ordering::Equal {
            let message = "a map literal has this key twice";
            return Err(SyntaxError::new(Rule::TextLiteralKey, two[1].2.clone(), message));
        }
    }
    Ok(Literal::Map(pairs.into_iter().map(|(key, value, _)| (key, value)).collect()))
}

fn read_bits(cursor: &mut Cursor<'_, '_>) -> Result<BitString> {
    let mut bits = BitString::default();
    let mut more = !cursor.is_empty();
    while more {
        segment(cursor, &mut bits)?;
        more = cursor.comma_or_end()?;
    }
    Ok(bits)
}

/// Reads an integer with an optional size in bits, or a string of bytes or of UTF-8.
fn segment(cursor: &mut Cursor<'_, '_>, bits: &mut BitString) -> Result<()> {
    let wrong = |span: Range<usize>, message: &str| {
        SyntaxError::new(Rule::TextLiteralSegment, span, message)
            .help(r#"segments are written 1, 2:3, "abc" or "abc"/utf8"#)
    };
    let span = cursor.here();
    let node = cursor.next().ok_or_else(|| wrong(span.clone(), "a segment is missing"))?;
    if let Shape::Text(text) = &node.shape {
        let text = lexeme::characters(text, &span)?;
        let utf8 = cursor.take(|shape| matches!(shape, Shape::Slash));
        if utf8 && !cursor.take_word("utf8") {
            return Err(wrong(cursor.here(), "a string of a bitstring is plain or utf8"));
        }
        for c in text.chars() {
            let byte = u8::try_from(u32::from(c));
            match byte {
                _ if utf8 => c.encode_utf8(&mut [0; 4]).bytes().for_each(|b| put(bits, b, 8)),
                Ok(byte) => put(bits, byte, 8),
                Err(_) => return Err(wrong(span, "a character beyond 255 needs /utf8")),
            }
        }
        return Ok(());
    }
    let value = match &node.shape {
        Shape::Number(_) | Shape::Character(_) => {
            read(&mut Cursor::new(core::slice::from_ref(node), span.end), 1)?
        }
        _ => return Err(wrong(span, "a segment of a bitstring is an integer or a string")),
    };
    let value = match value {
        Literal::Int(value) => BigInt::from(value),
        Literal::Big { negative, magnitude } => {
            let sign = if negative { Sign::Minus } else { Sign::Plus };
            BigInt::from_bytes_le(sign, &magnitude)
        }
        _ => return Err(wrong(span, "a segment of a bitstring is an integer or a string")),
    };
    let mut size = 8;
    if cursor.take(|shape| matches!(shape, Shape::Colon)) {
        let at = cursor.here();
        size = unsigned(cursor, "a size in bits", u64::MAX)
            .ok()
            .filter(|size| *size <= SEGMENT_BITS)
            .ok_or_else(|| wrong(at, "the size of a segment is 0 to 256 bits"))?;
    }
    // Two's complement, extended by its sign to as many bytes as the size may need.
    let mut bytes = value.to_signed_bytes_le();
    let fill = if value.sign() == Sign::Minus { 0xff } else { 0 };
    bytes.resize(bytes.len().max(SEGMENT_BITS as usize / 8), fill);
    let whole = usize::try_from(size / 8).unwrap_or(0);
    let rest = u32::try_from(size % 8).unwrap_or(0);
    if rest > 0 {
        put(bits, bytes[whole], rest);
    }
    bytes[..whole].iter().rev().for_each(|byte| put(bits, *byte, 8));
    Ok(())
}

/// Appends the lowest `count` bits of a byte, 1 to 8.
fn put(bits: &mut BitString, byte: u8, count: u32) {
    let used = u32::try_from(bits.bits % 8).unwrap_or(0);
    // The bits to put, at the high end of 16 and shifted behind those used of the last byte.
    let placed = ((u16::from(byte) << (16 - count)) >> used).to_be_bytes();
    match bits.bytes.last_mut().filter(|_| used > 0) {
        Some(last) => *last |= placed[0],
        None => bits.bytes.push(placed[0]),
    }
    if used + count > 8 {
        bits.bytes.push(placed[1]);
    }
    bits.bits += u64::from(count);
}

/// How literals are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As outcomes show terms: no strings, every integer decimal.
    Canonical,
    /// As modules hold them: printable lists and binaries as strings.
    Readable,
}

/// Writes a literal. What is nested deeper than a literal may be is written as `...`.
pub(super) fn write(out: &mut String, literal: &Literal, style: Style) {
    write_at(out, &order::sorted(literal), style, 1);
}

fn write_at(out: &mut String, literal: &Literal, style: Style, depth: u32) {
    if depth > limits::LITERAL_DEPTH {
        out.push_str("...");
        return;
    }
    match literal {
        Literal::Int(value) => out.push_str(&value.to_string()),
        Literal::Big { negative, magnitude } => {
            write_big(out, *negative, &BigUint::from_bytes_le(magnitude), style);
        }
        Literal::Float(bits) => lexeme::write_float(out, f64::from_bits(*bits)),
        Literal::Atom(text) => lexeme::write_atom(out, text),
        Literal::Nil => out.push_str("[]"),
        Literal::List(elements, tail) => {
            if let Some(text) = printable(elements, tail).filter(|_| style == Style::Readable) {
                return lexeme::write_quoted(out, &text, '"');
            }
            out.push('[');
            separated(out, elements, |out, element| write_at(out, element, style, depth + 1));
            if **tail != Literal::Nil {
                out.push_str(" | ");
                write_at(out, tail, style, depth + 1);
            }
            out.push(']');
        }
        Literal::Tuple(elements) => {
            out.push('{');
            separated(out, elements, |out, element| write_at(out, element, style, depth + 1));
            out.push('}');
        }
        Literal::Map(pairs) => {
            out.push_str("#{");
            separated(out, pairs, |out, (key, value)| {
                write_at(out, key, style, depth + 1);
                out.push_str(" => ");
                write_at(out, value, style, depth + 1);
            });
            out.push('}');
        }
        Literal::Bits(bits) => write_bits(out, bits, style),
        Literal::Fun { module, name, arity } => {
            out.push_str("fun ");
            lexeme::write_atom(out, module);
            out.push(':');
            lexeme::write_atom(out, name);
            out.push_str(&format!("/{arity}"));
        }
    }
}

/// Writes items with commas between them.
pub(super) fn separated<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(out, item);
    }
}

fn write_big(out: &mut String, negative: bool, magnitude: &BigUint, style: Style) {
    if negative {
        out.push('-');
    }
    if style == Style::Readable && magnitude.bits() > DECIMAL_BITS {
        out.push_str("16#");
        out.push_str(&magnitude.to_str_radix(16));
    } else {
        out.push_str(&magnitude.to_str_radix(10));
    }
}

fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\n' | '\r' | '\t')
}

/// The text of a list that is one: at least two printable characters and nothing else.
fn printable(elements: &[Literal], tail: &Literal) -> Option<String> {
    if elements.len() < 2 || *tail != Literal::Nil {
        return None;
    }
    let character = |element: &Literal| match element {
        Literal::Int(code) => u8::try_from(*code).ok().map(char::from).filter(|c| is_printable(*c)),
        _ => None,
    };
    elements.iter().map(character).collect()
}

fn write_bits(out: &mut String, bits: &BitString, style: Style) {
    let whole = usize::try_from(bits.bits / 8).unwrap_or(usize::MAX).min(bits.bytes.len());
    let (bytes, rest) = (&bits.bytes[..whole], bits.bits % 8);
    out.push_str("<<");
    let text = bytes.iter().all(|byte| is_printable(char::from(*byte)));
    if style == Style::Readable && text && bytes.len() > 1 {
        let text: String = bytes.iter().copied().map(char::from).collect();
        lexeme::write_quoted(out, &text, '"');
    } else {
        separated(out, bytes, |out, byte| out.push_str(&byte.to_string()));
    }
    if let Some(last) = bits.bytes.get(whole).filter(|_| rest > 0) {
        if whole > 0 {
            out.push_str(", ");
        }
        out.push_str(&format!("{}:{rest}", last >> (8 - rest)));
    }
    out.push_str(">>");
}

//! The spelling of the smallest things: words, atoms, strings, numbers.
//!
//! Owns escapes, quoting, radixes and the text of floats, in both directions.
//! Book: *The text form*.

use super::error::{Result, SyntaxError};
use crate::limits;
use crate::rule::Rule;
use core::ops::Range;
use num_bigint::BigUint;

/// An integer as it was read: its sign and its absolute value.
pub(super) struct Integer {
    pub(super) negative: bool,
    pub(super) magnitude: BigUint,
}

impl Integer {
    /// Its value, if 64 bits hold it.
    pub(super) fn small(&self) -> Option<i64> {
        let magnitude = i128::from(u64::try_from(&self.magnitude).ok()?);
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }
}

/// A number of the text.
pub(super) enum Number {
    Integer(Integer),
    Float(f64),
}

/// The first letter and number of a word that names a register: `x0`, `y17`.
pub(super) fn register(word: &str) -> Option<(u8, &str)> {
    let (letter, number) = word.split_at_checked(1)?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (digits && matches!(letter, "x" | "y")).then(|| (letter.as_bytes()[0], number))
}

/// Whether a word is an atom as it stands.
pub(super) fn is_atom_word(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'@')
        && register(word).is_none()
        && !matches!(word, "else" | "fun")
}

/// Checks the length of an atom.
pub(super) fn atom(text: &str, span: &Range<usize>) -> Result<()> {
    let length = text.chars().count();
    if length <= limits::ATOM_CHARS {
        return Ok(());
    }
    let message = format!(
        "an atom of {length} characters is longer than the {} that are allowed",
        limits::ATOM_CHARS
    );
    Err(SyntaxError::new(Rule::TextAtomLength, span.clone(), message))
}

/// The characters of a quoted atom, a string or a `$c`, its quotes taken off.
pub(super) fn characters(text: &str, span: &Range<usize>) -> Result<String> {
    let quotes = if text.starts_with('$') { (1, 0) } else { (1, 1) };
    let inside = &text[quotes.0..text.len() - quotes.1];
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (character, length) = unescape(escape).ok_or_else(|| {
            let start = span.start + quotes.0 + (inside.len() - rest.len()) + at;
            let shown: String = escape.chars().take(1).collect();
            let message = format!("`\\{shown}…` is no escape, or stands for no character");
            SyntaxError::new(Rule::TextStringEscape, start..start + 1 + shown.len(), message).help(
                r#"escapes are \b \d \e \f \n \r \s \t \v \0 \12 \x41 \x{1F600} \^A \\ \" \'"#,
            )
        })?;
        out.push(character);
        rest = &escape[length..];
    }
    out.push_str(rest);
    Ok(out)
}

/// The character that an escape stands for, and how many bytes follow the backslash.
fn unescape(escape: &str) -> Option<(char, usize)> {
    let first = escape.chars().next()?;
    let simple = |c| Some((c, 1));
    match first {
        'b' => simple('\x08'),
        'd' => simple('\x7f'),
        'e' => simple('\x1b'),
        'f' => simple('\x0c'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        's' => simple(' '),
        't' => simple('\t'),
        'v' => simple('\x0b'),
        'x' => {
            let (digits, length) = match escape[1..].strip_prefix('{') {
                Some(braced) => {
                    let end = braced.find('}')?;
                    (&braced[..end], end + 3)
                }
                None => (escape.get(1..3)?, 3),
            };
            // `from_str_radix` would take a sign.
            let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let code = u32::from_str_radix(digits, 16).ok().filter(|_| hex)?;
            Some((char::from_u32(code)?, length))
        }
        '0'..='7' => {
            let digits = escape.bytes().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
            let code = u32::from_str_radix(&escape[..digits], 8).ok()?;
            Some((char::from_u32(code)?, digits))
        }
        '^' => match escape.as_bytes().get(1)? {
            letter @ b'@'..=b'_' => Some((char::from(letter - b'@'), 2)),
            letter @ b'a'..=b'z' => Some((char::from(letter - b'`'), 2)),
            b'?' => Some(('\x7f', 2)),
            _ => None,
        },
        // Erlang would take an unknown letter for itself; here it is an error, so that a
        // misspelled escape does not pass.
        letter if letter.is_alphanumeric() => None,
        itself => Some((itself, itself.len_utf8())),
    }
}

/// Reads an integer or a float.
pub(super) fn number(text: &str, span: &Range<usize>) -> Result<Number> {
    let negative = text.starts_with('-');
    let digits = text.trim_start_matches(['+', '-']);
    let wrong = || {
        SyntaxError::new(
            Rule::TextLineSyntax,
            span.clone(),
            format!("`{}` is no number", short(text)),
        )
        .help("numbers are written 42, -7, 1_000, 16#ff or 1.5e-3")
    };
    if digits.contains('.') {
        return float(text, span).ok_or_else(wrong)?.map(Number::Float);
    }
    let (radix, digits) = match digits.split_once('#') {
        Some((radix, digits)) => (radix.parse().ok().filter(|r| (2..=36).contains(r)), digits),
        None => (Some(10), digits),
    };
    let radix: u32 = radix.ok_or_else(wrong)?;
    let separated = digits.contains('_');
    let well_separated =
        !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__");
    if digits.is_empty() || (separated && !well_separated) {
        return Err(wrong());
    }
    let digits: Vec<u8> = digits.bytes().filter(|byte| *byte != b'_').collect();
    if !digits.iter().all(|digit| char::from(*digit).is_digit(radix)) {
        return Err(wrong());
    }
    let too_large = || {
        let message = format!("this integer has more than {} bits", limits::INTEGER_BITS);
        SyntaxError::new(Rule::TextIntegerRange, span.clone(), message)
    };
    // Each digit is worth at least one bit, but for leading zeros, of which nobody needs so many.
    if digits.len() as u64 > limits::INTEGER_BITS {
        return Err(too_large());
    }
    let magnitude = magnitude(&digits, radix);
    if magnitude.bits() > limits::INTEGER_BITS {
        return Err(too_large());
    }
    let negative = negative && magnitude != BigUint::ZERO;
    Ok(Number::Integer(Integer { negative, magnitude }))
}

/// The value of digits that are known to be digits. Halving keeps large decimal numbers well
/// below quadratic time, which reading digit by digit would take.
fn magnitude(digits: &[u8], radix: u32) -> BigUint {
    if digits.len() <= 256 || radix.is_power_of_two() {
        return BigUint::parse_bytes(digits, radix).unwrap_or_default();
    }
    let (high, low) = digits.split_at(digits.len() / 2);
    let shift = BigUint::from(radix).pow(u32::try_from(low.len()).unwrap_or(u32::MAX));
    magnitude(high, radix) * shift + magnitude(low, radix)
}

/// Reads a float in Erlang's syntax; `None` if it is none.
fn float(text: &str, span: &Range<usize>) -> Option<Result<f64>> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if !(digits(whole) && digits(fraction) && digits(exponent)) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    Some(if value.is_finite() {
        Ok(value)
    } else {
        let message = format!("`{}` is too large for a float", short(text));
        Err(SyntaxError::new(Rule::TextFloatRange, span.clone(), message)
            .help("floats are finite: below 1.8e308"))
    })
}

/// A text, cut if it is too long for a message.
pub(super) fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(40).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// Writes an atom, quoted if it must be.
pub(super) fn write_atom(out: &mut String, text: &str) {
    if is_atom_word(text) {
        out.push_str(text);
    } else {
        write_quoted(out, text, '\'');
    }
}

/// Writes characters between quotes, escaped.
pub(super) fn write_quoted(out: &mut String, text: &str, quote: char) {
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_control() || is_confusing(c) => {
                out.push_str(&format!("\\x{{{:X}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}

/// Characters that an editor shows as a line end, not at all, or in another place.
fn is_confusing(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Writes a float as Erlang does: the shortest digits that give it back, decimal or scientific,
/// whichever is shorter, and scientific where integers are no longer exact.
pub(super) fn write_float(out: &mut String, value: f64) {
    if value.is_sign_negative() {
        out.push('-');
    }
    let (digits, place) = shortest(value.abs());
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let exponent = (place - 1).to_string();
    let scientific = count.max(2) + 2 + i32::try_from(exponent.len()).unwrap_or(0);
    let decimal = match place {
        ..=0 => 2 - place + count,
        place if place >= count => place + 2,
        _ => count + 1,
    };
    let exact = value.abs() < 9_007_199_254_740_992.0;
    let inside = usize::try_from(place).ok().filter(|place| (1..digits.len()).contains(place));
    match inside {
        Some(point) if exact => {
            out.extend([&digits[..point], ".", &digits[point..]]);
        }
        _ if !exact || scientific < decimal => {
            let fraction = if count == 1 { "0" } else { &digits[1..] };
            out.extend([&digits[..1], ".", fraction, "e", &exponent]);
        }
        _ if place <= 0 => {
            out.push_str("0.");
            out.extend((place..0).map(|_| '0'));
            out.push_str(&digits);
        }
        _ => {
            out.push_str(&digits);
            out.extend((count..place).map(|_| '0'));
            out.push_str(".0");
        }
    }
}

/// The shortest digits `d` and the place `p` with `value = 0.d * 10^p`.
fn shortest(value: f64) -> (String, i32) {
    let mut buffer = zmij::Buffer::new();
    let text = if value.is_finite() { buffer.format_finite(value) } else { "0.0" };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return ("0".to_owned(), 1);
    }
    let length = |s: &str| i32::try_from(s.len()).unwrap_or(0);
    let zeros = length(&all) - length(significant);
    let place = length(whole) + exponent.parse::<i32>().unwrap_or(0) - zeros;
    (significant.trim_end_matches('0').to_owned(), place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float_text(value: f64) -> String {
        let mut out = String::new();
        write_float(&mut out, value);
        out
    }

    #[test]
    fn floats_read_as_erlang_prints_them() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (100.0, "100.0"),
            (123_000.0, "1.23e5"),
            (1e5, "1.0e5"),
            (0.001, "0.001"),
            (1e-5, "1.0e-5"),
            (1.5e-5, "1.5e-5"),
            (1e22, "1.0e22"),
            (1.25, "1.25"),
            (9_007_199_254_740_992.0, "9.007199254740992e15"),
            (1_658_206_780_088_562.2, "1658206780088562.2"),
            (f64::MAX, "1.7976931348623157e308"),
            (5e-324, "5.0e-324"),
        ] {
            assert_eq!(float_text(value), text);
            assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(value.to_bits()));
        }
    }

    #[test]
    fn large_decimals_are_read_by_halves() {
        let digits = "1234567890".repeat(100);
        let expected = BigUint::parse_bytes(digits.as_bytes(), 10).unwrap();
        assert_eq!(magnitude(digits.as_bytes(), 10), expected);
    }

    #[test]
    fn words_that_read_as_something_else_are_quoted() {
        for (atom, text) in [
            ("ok", "ok"),
            ("x", "x"),
            ("x0", "'x0'"),
            ("x0y", "x0y"),
            ("else", "'else'"),
            ("fun", "'fun'"),
            ("Ok", "'Ok'"),
            ("", "''"),
            ("a-b", "'a-b'"),
            ("it's", r"'it\'s'"),
            ("a@b_C", "a@b_C"),
            ("é\u{7f}", "'é\\x{7F}'"),
        ] {
            let mut out = String::new();
            write_atom(&mut out, atom);
            assert_eq!(out, text);
        }
    }
}

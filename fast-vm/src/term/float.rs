//! Floats: finite numbers of 64 bits (`term.float.finite`), and their texts (`term.print.float`).
//!
//! Owns conversions between floats and integers, both exact or rounded to nearest, their
//! comparison, and the forms of text. Book: *Terms*.

use super::{Boxed, Term, View, integer};
use crate::heap::Heap;
use dashu_int::{IBig, UBig};
use std::cmp::Ordering;
use std::fmt::Write;

/// 2^53: from here on every float is an integer and prints with an exponent.
const EXACT_INTEGERS_END: f64 = 9_007_199_254_740_992.0;
/// 2^63, and no small integer is as large.
const WORD_END: f64 = 9_223_372_036_854_775_808.0;

/// The float, unless it is infinite or not a number.
pub fn finite(float: f64) -> Option<f64> {
    float.is_finite().then_some(float)
}

/// The float nearest to a number, halves to even; `None` for no number or one beyond all floats.
#[inline]
pub fn nearest(number: Term) -> Option<f64> {
    match number.view() {
        View::Float(float) => Some(float),
        // The conversion rounds to nearest.
        View::Small(small) => Some(small as f64),
        View::Big(big) => finite(integer::value(big).to_f64().value()),
        _ => None,
    }
}

/// A finite float as mantissa and exponent: its absolute value is `mantissa * 2^exponent`.
fn parts(float: f64) -> (u64, i32) {
    let bits = float.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

/// The whole part of a finite float.
fn whole(float: f64) -> IBig {
    let (mantissa, exponent) = parts(float);
    let distance = exponent.unsigned_abs() as usize;
    let mantissa = UBig::from(mantissa);
    let magnitude = if exponent < 0 { mantissa >> distance } else { mantissa << distance };
    let magnitude = IBig::from(magnitude);
    if float.is_sign_negative() { -magnitude } else { magnitude }
}

/// The integer that a finite float without a fraction is.
pub fn integral(heap: &mut Heap, float: f64) -> Term {
    // The cast is exact below 2^63.
    if float.abs() < WORD_END {
        heap.integer(float as i64)
    } else {
        integer::make(heap, &whole(float))
    }
}

/// The order of an integer and a float, exactly: no digit of the integer is lost
/// (`term.order.numbers`).
#[inline]
pub fn compare_integer(number: Term, float: f64) -> Ordering {
    match number.view() {
        View::Small(small) => compare_small(small, float),
        View::Big(big) => compare_big(big, float),
        _ => Ordering::Equal,
    }
}

fn compare_small(small: i64, float: f64) -> Ordering {
    if float >= WORD_END {
        return Ordering::Less;
    }
    if float < -WORD_END {
        return Ordering::Greater;
    }
    // Within these bounds the whole part fits, and a fraction decides between equals.
    let floor = float.floor();
    small.cmp(&(floor as i64)).then(if float > floor { Ordering::Less } else { Ordering::Equal })
}

fn compare_big(big: Boxed<'_>, float: f64) -> Ordering {
    // Above 2^60 no float has a fraction, and below the sign of the boxed integer decides.
    integer::value(big).cmp(&whole(float))
}

/// The order of two floats in which -0.0 is before 0.0, for keys.
#[inline]
pub fn compare_exact(a: f64, b: f64) -> Ordering {
    a.total_cmp(&b)
}

/// The order of two finite floats by value.
#[inline]
pub fn compare_value(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

/// The shortest text that reads back as the same float, with at least one digit on either side of
/// the point (`term.print.float`).
pub fn to_text(float: f64) -> String {
    let (digits, point) = shortest_digits(float);
    let mut text = String::from(if float.is_sign_negative() { "-" } else { "" });
    let count = digits.len() as i32;
    let zeros = |count: i32| (0..count).map(|_| '0');
    if 0 < point && point < count {
        let (before, behind) = digits.split_at(point as usize);
        text.extend([before, ".", behind]);
        return text;
    }
    let behind = if count == 1 { "0" } else { &digits[1..] };
    let mut scientific = format!("{}.{behind}e", &digits[..1]);
    // Writing to a string cannot fail.
    let _ = write!(scientific, "{}", point - 1);
    let decimal_length = if point <= 0 { 2 - point + count } else { point + 2 };
    if float.abs() >= EXACT_INTEGERS_END || (scientific.len() as i32) < decimal_length {
        text += &scientific;
    } else if point <= 0 {
        text += "0.";
        text.extend(zeros(-point));
        text += &digits;
    } else {
        text += &digits;
        text.extend(zeros(point - count));
        text += ".0";
    }
    text
}

/// The shortest digits of a float, without zeros at either end, and the power of ten: its absolute
/// value is `0.DIGITS * 10^power`. Zero has the digit 0 and the power 1.
fn shortest_digits(float: f64) -> (String, i32) {
    if float == 0.0 {
        return ("0".into(), 1);
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(float.abs());
    let (mut digits, mut power, mut exponent) = (String::new(), 0, "");
    let mut behind_point = false;
    for (at, c) in text.char_indices() {
        match c {
            '.' => behind_point = true,
            'e' | 'E' => {
                exponent = &text[at + 1..];
                break;
            }
            // A zero before all digits is none; behind the point it lowers the power.
            '0' if digits.is_empty() => power -= i32::from(behind_point),
            digit => {
                power += i32::from(!behind_point);
                digits.push(digit);
            }
        }
    }
    digits.truncate(digits.trim_end_matches('0').len());
    (digits, power + exponent.parse::<i32>().unwrap_or(0))
}

/// Its text with so many digits after the point, the last one rounded, halves away from zero.
pub fn to_text_decimals(float: f64, decimals: usize) -> String {
    // The absolute value times 10^decimals, exactly, and half added before the rest is cut off.
    let (mantissa, exponent) = parts(float);
    let scaled = UBig::from(mantissa) * UBig::from(10u8).pow(decimals);
    let distance = exponent.unsigned_abs() as usize;
    let rounded = if exponent < 0 {
        (scaled + (UBig::ONE << (distance - 1))) >> distance
    } else {
        scaled << distance
    };
    let sign = if float.is_sign_negative() { "-" } else { "" };
    let digits = format!("{rounded:0>width$}", rounded = rounded.to_string(), width = decimals + 1);
    let (before, behind) = digits.split_at(digits.len() - decimals);
    if decimals == 0 { format!("{sign}{before}") } else { format!("{sign}{before}.{behind}") }
}

/// The same without the zeros at its end, but one after the point.
pub fn compact(text: &str) -> String {
    if !text.contains('.') {
        return text.into();
    }
    let text = text.trim_end_matches('0');
    if text.ends_with('.') { format!("{text}0") } else { text.into() }
}

/// Its text with one digit before the point, so many after it, and an exponent of at least two
/// digits.
pub fn to_text_scientific(float: f64, decimals: usize) -> String {
    let text = format!("{float:.decimals$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// The float of a text: an optional sign, digits, a point, digits, and optionally `e` with an
/// optional sign and digits. `None` for any other text and for what is beyond all floats.
pub fn from_text(text: &[u8]) -> Option<f64> {
    fn digits(text: &[u8]) -> Option<&[u8]> {
        let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then(|| &text[count..])
    }
    fn unsigned(text: &[u8]) -> &[u8] {
        match text {
            [b'+' | b'-', rest @ ..] => rest,
            _ => text,
        }
    }
    let rest = digits(unsigned(text))?.strip_prefix(b".")?;
    match digits(rest)? {
        [] => {}
        [b'e' | b'E', exponent @ ..] if digits(unsigned(exponent))?.is_empty() => {}
        _ => return None,
    }
    std::str::from_utf8(text).ok()?.parse().ok().and_then(finite)
}

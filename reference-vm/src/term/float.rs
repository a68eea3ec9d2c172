//! Floats: finite numbers of 64 bits (`term.float.finite`), and their texts (`term.print.float`).
//!
//! Owns conversions between floats and integers, both exact or rounded to nearest, their
//! comparison, and the forms of text. Book: *Terms*.

use super::{Term, integer};
use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive};
use std::cmp::Ordering;

/// From here on every float is an integer and prints with an exponent.
const EXACT_INTEGERS_END: f64 = 9_007_199_254_740_992.0;

/// The float, unless it is infinite or not a number.
pub fn finite(float: f64) -> Option<f64> {
    float.is_finite().then_some(float)
}

/// The float nearest to a number, halves to even; `None` for no number or one beyond all floats.
pub fn nearest(number: &Term) -> Option<f64> {
    match number {
        Term::Float(float) => Some(*float),
        // The conversion rounds to nearest.
        #[expect(clippy::cast_precision_loss, reason = "rounding to nearest is what is meant")]
        Term::Int(small) => Some(*small as f64),
        Term::Big(big) => big.to_f64().and_then(finite),
        _ => None,
    }
}

/// The integer that a float without a fraction is.
pub fn integral(float: f64) -> Option<Term> {
    BigInt::from_f64(float).map(Term::integer)
}

/// The order of an integer and a float, exactly: no digit of the integer is lost
/// (`term.order.numbers`).
pub fn compare_integer(number: &Term, float: f64) -> Ordering {
    let floor = float.floor();
    let whole = integral(floor).unwrap_or(Term::Int(0));
    match integer::compare(number, &whole) {
        // The same whole part: a fraction decides.
        Some(Ordering::Equal) if float > floor => Ordering::Less,
        Some(order) => order,
        None => Ordering::Equal,
    }
}

/// The order of two floats in which -0.0 is before 0.0, for keys; finite floats are never
/// unordered.
pub fn compare_exact(a: f64, b: f64) -> Ordering {
    a.total_cmp(&b)
}

/// The order of two floats by value.
pub fn compare_value(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

/// The shortest text that reads back as the same float, with at least one digit on either side of
/// the point: decimal where that is no longer than with an exponent and the float is below 2^53.
pub fn to_text(float: f64) -> String {
    let (digits, point) = shortest_digits(float);
    let sign = if float.is_sign_negative() { "-" } else { "" };
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    if point > 0 && point < count {
        let (whole, fraction) = digits.split_at(point.unsigned_abs() as usize);
        return format!("{sign}{whole}.{fraction}");
    }
    let exponent = (point - 1).to_string();
    let (first, rest) = digits.split_at(1);
    let scientific = format!("{first}.{}e{exponent}", if rest.is_empty() { "0" } else { rest });
    let zeros = |count: i32| "0".repeat(count.unsigned_abs() as usize);
    let decimal_length = if point <= 0 { 2 - point + count } else { point + 2 };
    let is_shorter = i32::try_from(scientific.len()).is_ok_and(|length| length < decimal_length);
    if float.abs() >= EXACT_INTEGERS_END || is_shorter {
        format!("{sign}{scientific}")
    } else if point <= 0 {
        format!("{sign}0.{}{digits}", zeros(point))
    } else {
        format!("{sign}{digits}{}.0", zeros(point - count))
    }
}

/// The shortest digits of a float, without leading or trailing zeros, and where its decimal point
/// is: the value is `0.DIGITS` times ten to that power. Zero has the digit 0 before the point.
fn shortest_digits(float: f64) -> (String, i32) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(float.abs());
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return ("0".into(), 1);
    }
    let leading_zeros = all.len() - significant.len();
    let place = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let point = place(whole.len()) - place(leading_zeros) + exponent.parse().unwrap_or(0);
    (significant.trim_end_matches('0').into(), point)
}

/// Its text with so many digits after the point, the last one rounded, halves away from zero.
pub fn to_text_decimals(float: f64, decimals: usize) -> String {
    // A float has at most 1074 binary digits after the point and thus as many decimal ones: this
    // is its exact value.
    let exact = format!("{:.1074}", float.abs());
    let point = exact.len() - 1074;
    let sign = if float.is_sign_negative() { "-" } else { "" };
    if decimals >= 1074 {
        return format!("{sign}{exact}{}", "0".repeat(decimals - 1074));
    }
    let end = point + decimals;
    let rounds_up = exact.as_bytes()[end] >= b'5';
    let mut kept: Vec<u8> = exact.as_bytes()[..end].to_vec();
    if rounds_up {
        increment(&mut kept);
    }
    let kept: String = kept.into_iter().map(char::from).collect();
    format!("{sign}{}", kept.trim_end_matches('.'))
}

/// Adds one to the last digit of a decimal text.
fn increment(text: &mut Vec<u8>) {
    for byte in text.iter_mut().rev() {
        match *byte {
            b'.' => {}
            b'9' => *byte = b'0',
            _ => {
                *byte += 1;
                return;
            }
        }
    }
    text.insert(0, b'1');
}

/// The same without the zeros at its end, but one after the point.
pub fn compact(text: &str) -> String {
    match text.split_once('.') {
        Some((whole, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            format!("{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
        }
        None => text.into(),
    }
}

/// Its text with one digit before the point, so many after it, and an exponent of at least two
/// digits.
pub fn to_text_scientific(float: f64, decimals: usize) -> String {
    let text = format!("{float:.decimals$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// The float of a text: an optional sign, digits, a point, digits, and optionally `e` with an
/// optional sign and digits. `None` for any other text and for what is beyond all floats.
pub fn from_text(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
        }
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.')?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(is_number(whole) && is_number(fraction) && is_number(exponent)) {
        return None;
    }
    text.parse().ok().and_then(finite)
}

/// The 16 bits of the nearest half-precision float, halves to even; infinity beyond all of them.
pub fn to_half(float: f64) -> u16 {
    let sign = if float.is_sign_negative() { 0x8000 } else { 0 };
    let magnitude = float.abs();
    if magnitude >= 65520.0 {
        return sign | 0x7c00;
    }
    // Halves are the multiples of `unit` of their binade; below 2^-14 the unit is that of 2^-14.
    let exponent = if magnitude < power_of_two(-14) { -14 } else { exponent_of(magnitude) };
    let unit = power_of_two(exponent - 10);
    // Exact: dividing by a power of two. The count is at most 2048 and carries into the exponent.
    let count = (magnitude / unit).round_ties_even();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 2048")]
    let count = count as u16;
    let binade = u16::try_from(exponent + 14).unwrap_or(0);
    sign | (binade * 1024 + count)
}

/// The power of two of a normal float's first binary digit.
fn exponent_of(magnitude: f64) -> i32 {
    i32::try_from((magnitude.to_bits() >> 52) & 0x7ff).unwrap_or(0) - 1023
}

/// Two to a power, for which `f64::powi` does not promise the exact float.
fn power_of_two(exponent: i32) -> f64 {
    let biased = u64::try_from(exponent + 1023).expect("no power below 2^-1022 is asked for");
    f64::from_bits(biased << 52)
}

/// The float of a half-precision pattern; `None` for infinity and what is not a number.
pub fn from_half(bits: u16) -> Option<f64> {
    let exponent = i32::from((bits >> 10) & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    let magnitude = match exponent {
        0x1f => return None,
        0 => fraction * power_of_two(-24),
        _ => (1024.0 + fraction) * power_of_two(exponent - 25),
    };
    Some(if bits & 0x8000 == 0 { magnitude } else { -magnitude })
}

//! Integers: exact, of any size up to the limit of the machine (`term.integer.exact`).
//!
//! Owns the arithmetic of integers, their conversion to and from text and bytes. Functions take
//! terms; one that is not an integer is [`Wrong::Argument`]. Small integers take the short way,
//! all others the long one. Book: *Terms*, *op*.

use super::Term;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;

/// Why an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// An argument is not of the kind or value that the operation takes.
    Argument,
    /// The result would have more bits than the machine allows (`lim.integer.bits`).
    Limit,
}

/// What an operation of integers gives.
pub type Answer = Result<Term, Wrong>;

/// The integer that a term is.
pub fn value(term: &Term) -> Option<Cow<'_, BigInt>> {
    match term {
        Term::Int(small) => Some(Cow::Owned(BigInt::from(*small))),
        Term::Big(big) => Some(Cow::Borrowed(big)),
        _ => None,
    }
}

/// How many bits an integer has besides its sign; 0 for what is none.
pub fn bits(term: &Term) -> u64 {
    match term {
        Term::Int(small) => u64::from(64 - small.unsigned_abs().leading_zeros()),
        Term::Big(big) => big.bits(),
        _ => 0,
    }
}

/// Both integers, if both are.
fn values<'a>(a: &'a Term, b: &'a Term) -> Result<(Cow<'a, BigInt>, Cow<'a, BigInt>), Wrong> {
    value(a).zip(value(b)).ok_or(Wrong::Argument)
}

/// The integer as a term, if it has at most `limit` bits besides its sign.
pub fn within(value: BigInt, limit: u64) -> Answer {
    if value.bits() > limit { Err(Wrong::Limit) } else { Ok(Term::integer(value)) }
}

/// The sum (`exec.op.add`).
pub fn add(a: &Term, b: &Term, limit: u64) -> Answer {
    if let (Term::Int(x), Term::Int(y)) = (a, b)
        && let Some(sum) = x.checked_add(*y)
    {
        return Ok(Term::Int(sum));
    }
    let (x, y) = values(a, b)?;
    within(&*x + &*y, limit)
}

/// The difference (`exec.op.sub`).
pub fn sub(a: &Term, b: &Term, limit: u64) -> Answer {
    if let (Term::Int(x), Term::Int(y)) = (a, b)
        && let Some(difference) = x.checked_sub(*y)
    {
        return Ok(Term::Int(difference));
    }
    let (x, y) = values(a, b)?;
    within(&*x - &*y, limit)
}

/// The product (`exec.op.mul`).
pub fn mul(a: &Term, b: &Term, limit: u64) -> Answer {
    if let (Term::Int(x), Term::Int(y)) = (a, b)
        && let Some(product) = x.checked_mul(*y)
    {
        return Ok(Term::Int(product));
    }
    let (x, y) = values(a, b)?;
    // A product of m and n bits has m + n or m + n - 1: refuse before allocating what is surely
    // too much.
    if x.bits() + y.bits() > limit.saturating_add(1) && !x.is_zero() && !y.is_zero() {
        return Err(Wrong::Limit);
    }
    within(&*x * &*y, limit)
}

/// The quotient, truncated towards zero (`exec.op.div`). A zero divisor is a wrong argument.
pub fn div(a: &Term, b: &Term) -> Answer {
    if let (Term::Int(x), Term::Int(y)) = (a, b)
        && let Some(quotient) = x.checked_div(*y)
    {
        return Ok(Term::Int(quotient));
    }
    let (x, y) = values(a, b)?;
    if y.is_zero() { Err(Wrong::Argument) } else { Ok(Term::integer(&*x / &*y)) }
}

/// What [`div`] leaves; it has the sign of the dividend (`exec.op.rem`).
pub fn rem(a: &Term, b: &Term) -> Answer {
    if let (Term::Int(x), Term::Int(y)) = (a, b)
        && let Some(rest) = x.checked_rem(*y)
    {
        return Ok(Term::Int(rest));
    }
    let (x, y) = values(a, b)?;
    if y.is_zero() { Err(Wrong::Argument) } else { Ok(Term::integer(&*x % &*y)) }
}

/// The negated integer (`exec.op.neg`).
pub fn neg(a: &Term) -> Answer {
    match a {
        Term::Int(small) if *small != i64::MIN => Ok(Term::Int(-small)),
        _ => value(a).map(|x| Term::integer(-&*x)).ok_or(Wrong::Argument),
    }
}

/// The absolute value (`exec.op.abs`).
pub fn abs(a: &Term) -> Answer {
    if is_negative(a) { neg(a) } else { value(a).map(|_| a.clone()).ok_or(Wrong::Argument) }
}

/// Whether it is an integer below zero.
pub fn is_negative(a: &Term) -> bool {
    match a {
        Term::Int(small) => *small < 0,
        Term::Big(big) => big.is_negative(),
        _ => false,
    }
}

/// Bitwise and, in two's complement (`exec.op.band`).
pub fn and(a: &Term, b: &Term) -> Answer {
    match (a, b) {
        (Term::Int(x), Term::Int(y)) => Ok(Term::Int(x & y)),
        _ => values(a, b).map(|(x, y)| Term::integer(&*x & &*y)),
    }
}

/// Bitwise or, in two's complement (`exec.op.bor`).
pub fn or(a: &Term, b: &Term) -> Answer {
    match (a, b) {
        (Term::Int(x), Term::Int(y)) => Ok(Term::Int(x | y)),
        _ => values(a, b).map(|(x, y)| Term::integer(&*x | &*y)),
    }
}

/// Bitwise exclusive or, in two's complement (`exec.op.bxor`).
pub fn xor(a: &Term, b: &Term) -> Answer {
    match (a, b) {
        (Term::Int(x), Term::Int(y)) => Ok(Term::Int(x ^ y)),
        _ => values(a, b).map(|(x, y)| Term::integer(&*x ^ &*y)),
    }
}

/// Bitwise complement: `-a - 1` (`exec.op.bnot`).
pub fn not(a: &Term) -> Answer {
    match a {
        Term::Int(x) => Ok(Term::Int(!x)),
        _ => value(a).map(|x| Term::integer(!&*x)).ok_or(Wrong::Argument),
    }
}

/// Arithmetic shift to the left; by a negative count, to the right (`exec.op.bsl`).
pub fn shift_left(a: &Term, count: &Term, limit: u64) -> Answer {
    let (x, count) = values(a, count)?;
    if count.is_negative() { Ok(right(&x, &-&*count)) } else { left(&x, &count, limit) }
}

/// Arithmetic shift to the right, rounding down; by a negative count, to the left
/// (`exec.op.bsr`).
pub fn shift_right(a: &Term, count: &Term, limit: u64) -> Answer {
    let (x, count) = values(a, count)?;
    if count.is_negative() { left(&x, &-&*count, limit) } else { Ok(right(&x, &count)) }
}

fn left(x: &BigInt, count: &BigInt, limit: u64) -> Answer {
    if x.is_zero() {
        return Ok(Term::Int(0));
    }
    match count.to_u64() {
        Some(count) if x.bits().saturating_add(count) <= limit => Ok(Term::integer(x << count)),
        _ => Err(Wrong::Limit),
    }
}

fn right(x: &BigInt, count: &BigInt) -> Term {
    match count.to_u64() {
        Some(count) if count < x.bits() => Term::integer(x >> count),
        _ => Term::Int(if x.is_negative() { -1 } else { 0 }),
    }
}

/// The order of two integers.
pub fn compare(a: &Term, b: &Term) -> Option<Ordering> {
    match (a, b) {
        (Term::Int(x), Term::Int(y)) => Some(x.cmp(y)),
        (Term::Big(x), Term::Big(y)) => Some(x.cmp(y)),
        // A big integer is outside the range of the small ones: its sign tells.
        (Term::Int(_), Term::Big(y)) => {
            Some(if y.is_negative() { Ordering::Greater } else { Ordering::Less })
        }
        (Term::Big(x), Term::Int(_)) => {
            Some(if x.is_negative() { Ordering::Less } else { Ordering::Greater })
        }
        _ => None,
    }
}

/// Its text in a base from 2 to 36, with capital letters.
pub fn to_text(term: &Term, base: u32) -> Option<String> {
    match term {
        Term::Int(small) if base == 10 => Some(small.to_string()),
        _ => value(term).map(|value| value.to_str_radix(base).to_uppercase()),
    }
}

/// The integer of a text in a base from 2 to 36: an optional sign and at least one digit, nothing
/// else. `Wrong::Limit` for one with more bits than allowed.
pub fn from_text(text: &[u8], base: u32, limit: u64) -> Answer {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let is_digit = |byte: &u8| char::from(*byte).is_digit(base);
    if digits.is_empty() || !digits.iter().all(is_digit) {
        return Err(Wrong::Argument);
    }
    // Each digit is worth at least this many bits, so a text that long is over the limit; leading
    // zeros are worth none.
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    let significant = u64::try_from(digits.len() - zeros).unwrap_or(u64::MAX);
    if significant.saturating_sub(1).saturating_mul(u64::from(base.ilog2())) > limit {
        return Err(Wrong::Limit);
    }
    let magnitude = BigInt::parse_bytes(digits, base).ok_or(Wrong::Argument)?;
    within(if text.first() == Some(&b'-') { -magnitude } else { magnitude }, limit)
}

/// The integer of these bytes, most significant first, in two's complement if `signed`.
pub fn from_bytes(bytes: &[u8], signed: bool) -> Term {
    let value = if signed {
        BigInt::from_signed_bytes_be(bytes)
    } else {
        BigInt::from_bytes_be(num_bigint::Sign::Plus, bytes)
    };
    Term::integer(value)
}

/// The last `count` bytes of the integer in two's complement, most significant first.
pub fn to_bytes(term: &Term, count: usize) -> Option<Vec<u8>> {
    let bytes = value(term)?.to_signed_bytes_be();
    let filler = if is_negative(term) { 0xff } else { 0 };
    let missing = count.saturating_sub(bytes.len());
    let surplus = bytes.len().saturating_sub(count);
    let mut all = vec![filler; missing];
    all.extend_from_slice(&bytes[surplus..]);
    Some(all)
}

/// How many bytes an integer's two's complement needs.
pub fn byte_count(term: &Term) -> Option<usize> {
    Some(value(term)?.to_signed_bytes_be().len())
}

/// The integer, if it is one that fits.
pub fn to_usize(term: &Term) -> Option<usize> {
    usize::try_from(term.as_int()?).ok()
}

/// The integer of a size or count.
pub fn from_usize(count: usize) -> Term {
    match i64::try_from(count) {
        Ok(small) => Term::Int(small),
        Err(_) => Term::Big(Rc::new(BigInt::from(count))),
    }
}

//! Integers: exact, of any size up to the limit of the machine (`term.integer.exact`).
//!
//! Owns their representation above 61 bits, the arithmetic of integers, and their conversion to and
//! from text and bytes. Two small integers take a short way, all others the long one. A result that
//! would be too large is refused before memory is spent on it. Book: *Terms*, *op*.

use super::{Boxed, Kind, Term, View};
use crate::heap::Heap;
use dashu_int::{IBig, Sign, UBig, Word};
use std::cmp::Ordering;

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

/// The integer, in its one representation.
pub fn make(heap: &mut Heap, value: &IBig) -> Term {
    if let Ok(n) = i64::try_from(value)
        && let Some(small) = Term::try_small(n)
    {
        return small;
    }
    let (sign, magnitude) = (value.sign(), value.as_sign_words().1);
    let mut words = Vec::with_capacity(1 + magnitude.len());
    words.push(u64::from(sign == Sign::Negative));
    add_magnitude(&mut words, magnitude);
    heap.raw(Kind::Big, &words)
}

/// The value of an integer term.
pub fn get(term: Term) -> Option<IBig> {
    match term.view() {
        View::Small(n) => Some(IBig::from(n)),
        View::Big(boxed) => Some(value(boxed)),
        _ => None,
    }
}

/// The value of a `Big` box.
pub fn value(boxed: Boxed<'_>) -> IBig {
    let [negative, magnitude @ ..] = boxed.words() else { return IBig::ZERO };
    let sign = if *negative == 1 { Sign::Negative } else { Sign::Positive };
    IBig::from_parts(sign, magnitude_of(magnitude))
}

#[cfg(target_pointer_width = "64")]
fn magnitude_of(words: &[u64]) -> UBig {
    UBig::from_words(words)
}

#[cfg(target_pointer_width = "64")]
fn add_magnitude(words: &mut Vec<u64>, magnitude: &[Word]) {
    words.extend_from_slice(magnitude);
}

/// A word of the library has 32 bits here.
#[cfg(not(target_pointer_width = "64"))]
fn add_magnitude(words: &mut Vec<u64>, magnitude: &[Word]) {
    let word = |part: &[Word]| part.iter().rev().fold(0, |word, low| word << 32 | u64::from(*low));
    words.extend(magnitude.chunks(2).map(word));
}

#[cfg(not(target_pointer_width = "64"))]
fn magnitude_of(words: &[u64]) -> UBig {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    UBig::from_le_bytes(&bytes)
}

/// The integer of a sign and bytes, least significant first.
pub fn from_bytes(heap: &mut Heap, negative: bool, magnitude: &[u8]) -> Term {
    let sign = if negative { Sign::Negative } else { Sign::Positive };
    make(heap, &IBig::from_parts(sign, UBig::from_le_bytes(magnitude)))
}

/// Bits of the absolute value; 0 for what is no integer.
pub fn bits(term: Term) -> u64 {
    match term.view() {
        View::Small(n) => bits_of_word(n.unsigned_abs()),
        View::Big(boxed) => {
            let magnitude = &boxed.words()[1..];
            let last = magnitude.last().map_or(0, |word| bits_of_word(*word));
            (magnitude.len() as u64).saturating_sub(1) * 64 + last
        }
        _ => 0,
    }
}

fn bits_of_word(word: u64) -> u64 {
    u64::from(64 - word.leading_zeros())
}

fn bits_of(value: &IBig) -> u64 {
    let words = value.as_sign_words().1;
    let last = words.last().map_or(0, |word| Word::BITS - word.leading_zeros());
    (words.len() as u64).saturating_sub(1) * u64::from(Word::BITS) + u64::from(last)
}

/// The integer, if it fits 64 bits.
#[inline]
pub fn to_i64(term: Term) -> Option<i64> {
    match term.as_small() {
        Some(small) => Some(small),
        None => i64::try_from(&get(term)?).ok(),
    }
}

/// The integer, if it is a size or count that fits.
#[inline]
pub fn to_usize(term: Term) -> Option<usize> {
    usize::try_from(to_i64(term)?).ok()
}

/// The integer of a size or count.
pub fn from_usize(heap: &mut Heap, count: usize) -> Term {
    match i64::try_from(count) {
        Ok(small) => heap.integer(small),
        Err(_) => make(heap, &IBig::from(count)),
    }
}

/// The integer, if it has at most `limit` bits besides its sign.
fn within(heap: &mut Heap, value: &IBig, limit: u64) -> Answer {
    if bits_of(value) > limit { Err(Wrong::Limit) } else { Ok(make(heap, value)) }
}

fn values(a: Term, b: Term) -> Result<(IBig, IBig), Wrong> {
    get(a).zip(get(b)).ok_or(Wrong::Argument)
}

/// Both, if both are small: sums and differences of these fit 64 bits.
#[inline(always)]
fn smalls(a: Term, b: Term) -> Option<(i64, i64)> {
    a.as_small().zip(b.as_small())
}

/// The sum (`exec.op.add`).
pub fn add(heap: &mut Heap, a: Term, b: Term, limit: u64) -> Answer {
    if let Some((x, y)) = smalls(a, b) {
        return Ok(heap.integer(x + y));
    }
    let (x, y) = values(a, b)?;
    within(heap, &(x + y), limit)
}

/// The difference (`exec.op.sub`).
pub fn sub(heap: &mut Heap, a: Term, b: Term, limit: u64) -> Answer {
    if let Some((x, y)) = smalls(a, b) {
        return Ok(heap.integer(x - y));
    }
    let (x, y) = values(a, b)?;
    within(heap, &(x - y), limit)
}

/// The product (`exec.op.mul`).
pub fn mul(heap: &mut Heap, a: Term, b: Term, limit: u64) -> Answer {
    if let Some((x, y)) = smalls(a, b)
        && let Some(product) = x.checked_mul(y)
    {
        return Ok(heap.integer(product));
    }
    if !(a.is_integer() && b.is_integer()) {
        return Err(Wrong::Argument);
    }
    // A product of m and n bits has m + n or m + n - 1.
    let (m, n) = (bits(a), bits(b));
    if m > 0 && n > 0 && m + n - 1 > limit {
        return Err(Wrong::Limit);
    }
    let (x, y) = values(a, b)?;
    within(heap, &(x * y), limit)
}

/// Both, and the divisor is not zero.
fn divisible(a: Term, b: Term) -> Result<(IBig, IBig), Wrong> {
    if b == Term::small(0) { Err(Wrong::Argument) } else { values(a, b) }
}

/// The quotient, truncated towards zero (`exec.op.div`). A zero divisor is a wrong argument.
pub fn div(heap: &mut Heap, a: Term, b: Term) -> Answer {
    if let Some((x, y)) = smalls(a, b)
        && let Some(quotient) = x.checked_div(y)
    {
        return Ok(heap.integer(quotient));
    }
    let (x, y) = divisible(a, b)?;
    Ok(make(heap, &(x / y)))
}

/// What [`div`] leaves; it has the sign of the dividend (`exec.op.rem`).
pub fn rem(heap: &mut Heap, a: Term, b: Term) -> Answer {
    if let Some((x, y)) = smalls(a, b)
        && let Some(rest) = x.checked_rem(y)
    {
        return Ok(heap.integer(rest));
    }
    let (x, y) = divisible(a, b)?;
    Ok(make(heap, &(x % y)))
}

/// The negated integer (`exec.op.neg`).
pub fn neg(heap: &mut Heap, a: Term) -> Answer {
    match a.as_small() {
        Some(small) => Ok(heap.integer(-small)),
        None => get(a).map(|x| make(heap, &-x)).ok_or(Wrong::Argument),
    }
}

/// The absolute value (`exec.op.abs`).
pub fn abs(heap: &mut Heap, a: Term) -> Answer {
    match a.is_integer() {
        false => Err(Wrong::Argument),
        true if is_negative(a) => neg(heap, a),
        true => Ok(a),
    }
}

/// Whether it is an integer below zero.
pub fn is_negative(a: Term) -> bool {
    match a.view() {
        View::Small(small) => small < 0,
        View::Big(boxed) => boxed.words()[0] == 1,
        _ => false,
    }
}

/// Bitwise and, in two's complement (`exec.op.band`).
pub fn and(heap: &mut Heap, a: Term, b: Term) -> Answer {
    match smalls(a, b) {
        Some((x, y)) => Ok(Term::small(x & y)),
        None => values(a, b).map(|(x, y)| make(heap, &(x & y))),
    }
}

/// Bitwise or, in two's complement (`exec.op.bor`).
pub fn or(heap: &mut Heap, a: Term, b: Term) -> Answer {
    match smalls(a, b) {
        Some((x, y)) => Ok(Term::small(x | y)),
        None => values(a, b).map(|(x, y)| make(heap, &(x | y))),
    }
}

/// Bitwise exclusive or, in two's complement (`exec.op.bxor`).
pub fn xor(heap: &mut Heap, a: Term, b: Term) -> Answer {
    match smalls(a, b) {
        Some((x, y)) => Ok(Term::small(x ^ y)),
        None => values(a, b).map(|(x, y)| make(heap, &(x ^ y))),
    }
}

/// Bitwise complement: `-a - 1` (`exec.op.bnot`).
pub fn not(heap: &mut Heap, a: Term) -> Answer {
    match a.as_small() {
        Some(small) => Ok(Term::small(!small)),
        None => get(a).map(|x| make(heap, &!x)).ok_or(Wrong::Argument),
    }
}

/// Arithmetic shift to the left; by a negative count, to the right (`exec.op.bsl`).
pub fn shift_left(heap: &mut Heap, a: Term, count: Term, limit: u64) -> Answer {
    if !(a.is_integer() && count.is_integer()) {
        return Err(Wrong::Argument);
    }
    shift(heap, a, is_negative(count), distance(count), limit)
}

/// Arithmetic shift to the right, rounding down; by a negative count, to the left
/// (`exec.op.bsr`).
pub fn shift_right(heap: &mut Heap, a: Term, count: Term, limit: u64) -> Answer {
    if !(a.is_integer() && count.is_integer()) {
        return Err(Wrong::Argument);
    }
    shift(heap, a, !is_negative(count), distance(count), limit)
}

/// The absolute value of a count; `u64::MAX`, which is beyond every limit, if it does not fit.
fn distance(count: Term) -> u64 {
    count.as_small().map_or(u64::MAX, i64::unsigned_abs)
}

fn shift(heap: &mut Heap, a: Term, to_right: bool, count: u64, limit: u64) -> Answer {
    let bits = bits(a);
    if bits == 0 {
        return Ok(a);
    }
    if to_right {
        if count >= bits {
            return Ok(Term::small(if is_negative(a) { -1 } else { 0 }));
        }
    } else if bits.saturating_add(count) > limit {
        return Err(Wrong::Limit);
    }
    match a.as_small() {
        Some(small) if to_right => Ok(Term::small(small >> count)),
        Some(small) if bits + count < 64 => Ok(heap.integer(small << count)),
        _ => {
            let x = get(a).ok_or(Wrong::Argument)?;
            let count = usize::try_from(count).map_err(|_| Wrong::Limit)?;
            Ok(make(heap, &if to_right { x >> count } else { x << count }))
        }
    }
}

/// The order of two integers.
#[inline]
pub fn compare(a: Term, b: Term) -> Option<Ordering> {
    match (a.view(), b.view()) {
        (View::Small(x), View::Small(y)) => Some(x.cmp(&y)),
        // A boxed integer is outside the range of the small ones: its sign tells.
        (View::Small(_), View::Big(y)) => Some(sign(y).reverse()),
        (View::Big(x), View::Small(_)) => Some(sign(x)),
        (View::Big(x), View::Big(y)) => {
            let by_sign = sign(x).cmp(&sign(y));
            Some(by_sign.then_with(|| {
                let by_magnitude = compare_magnitudes(&x.words()[1..], &y.words()[1..]);
                if sign(x).is_lt() { by_magnitude.reverse() } else { by_magnitude }
            }))
        }
        _ => None,
    }
}

/// How a `Big` box compares with zero.
fn sign(boxed: Boxed<'_>) -> Ordering {
    if boxed.words()[0] == 1 { Ordering::Less } else { Ordering::Greater }
}

fn compare_magnitudes(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Its text in a base from 2 to 36, with capital letters.
pub fn to_text(term: Term, base: u32) -> Option<String> {
    match term.as_small() {
        Some(small) if base == 10 => Some(small.to_string()),
        _ => {
            let base = u8::try_from(base).ok().filter(|base| (2..=36).contains(base))?;
            Some(get(term)?.in_radix(base).to_string().to_uppercase())
        }
    }
}

/// The integer of a text in a base from 2 to 36: an optional sign and at least one digit, nothing
/// else. `Wrong::Limit` for one with more bits than allowed.
pub fn from_text(heap: &mut Heap, text: &[u8], base: u32, limit: u64) -> Answer {
    let negative = text.first() == Some(&b'-');
    let digits = match text {
        [b'+' | b'-', digits @ ..] => digits,
        _ => text,
    };
    if digits.is_empty() || !digits.iter().all(|byte| char::from(*byte).is_digit(base)) {
        return Err(Wrong::Argument);
    }
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    let digits = std::str::from_utf8(&digits[zeros..]).map_err(|_| Wrong::Argument)?;
    if digits.is_empty() {
        return Ok(Term::small(0));
    }
    // Each digit behind the first is worth this many bits at least.
    let behind = (digits.len() - 1) as u64;
    if behind.saturating_mul(u64::from(base.ilog2())) > limit {
        return Err(Wrong::Limit);
    }
    let magnitude = UBig::from_str_radix(digits, base).map_err(|_| Wrong::Argument)?;
    let sign = if negative { Sign::Negative } else { Sign::Positive };
    within(heap, &IBig::from_parts(sign, magnitude), limit)
}

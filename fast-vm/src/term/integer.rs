//! Integers above 61 bits.

use super::{Boxed, Kind, Term, View};
use crate::heap::Heap;
use dashu_int::{IBig, Sign, UBig};

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
    words.extend(magnitude.iter().map(|word| u64::from(*word)));
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
    let magnitude = UBig::from_words(magnitude);
    let sign = if *negative == 1 { Sign::Negative } else { Sign::Positive };
    IBig::from_parts(sign, magnitude)
}

/// The integer of a sign and bytes, least significant first.
pub fn from_bytes(heap: &mut Heap, negative: bool, magnitude: &[u8]) -> Term {
    let sign = if negative { Sign::Negative } else { Sign::Positive };
    make(heap, &IBig::from_parts(sign, UBig::from_le_bytes(magnitude)))
}

//! The order of map keys, for literals: the term order, but with every integer before every float.
//!
//! Book: *Terms*, rules `term.order.*`.

use crate::limits;
use crate::module::{BitString, Literal};
use core::cmp::Ordering;

/// The literal with the pairs of every map in key order. What is nested deeper than a literal may
/// be becomes `[]`.
pub(super) fn sorted(literal: &Literal) -> Literal {
    sorted_at(literal, 1)
}

fn sorted_at(literal: &Literal, depth: u32) -> Literal {
    if depth > limits::LITERAL_DEPTH {
        return Literal::Nil;
    }
    let below = |literal: &Literal| sorted_at(literal, depth + 1);
    match literal {
        Literal::List(elements, tail) => {
            Literal::List(elements.iter().map(below).collect(), Box::new(below(tail)))
        }
        Literal::Tuple(elements) => Literal::Tuple(elements.iter().map(below).collect()),
        Literal::Map(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().map(|(k, v)| (below(k), below(v))).collect();
            pairs.sort_by(|(a, _), (b, _)| compare(a, b));
            Literal::Map(pairs)
        }
        other => other.clone(),
    }
}

/// Compares two literals as keys; the pairs of maps in them must be in key order.
pub(super) fn compare(a: &Literal, b: &Literal) -> Ordering {
    compare_at(a, b, 0)
}

/// Compares at a depth; beyond what the verifier lets pass all terms count as equal.
fn compare_at(a: &Literal, b: &Literal, depth: u32) -> Ordering {
    if depth > limits::LITERAL_DEPTH {
        return Ordering::Equal;
    }
    let all = |a: &[Literal], b: &[Literal]| {
        let mut pairs = a.iter().zip(b).map(|(a, b)| compare_at(a, b, depth + 1));
        pairs.find(|found| found.is_ne()).unwrap_or(Ordering::Equal)
    };
    match (a, b) {
        (Literal::Int(a), Literal::Int(b)) => a.cmp(b),
        (Literal::Int(_), Literal::Big { negative, .. }) => larger(!negative).reverse(),
        (Literal::Big { negative, .. }, Literal::Int(_)) => larger(!negative),
        (
            Literal::Big { negative: a_negative, magnitude: a },
            Literal::Big { negative: b_negative, magnitude: b },
        ) => match (a_negative, b_negative) {
            (false, false) => compare_magnitudes(a, b),
            (true, true) => compare_magnitudes(b, a),
            (a_negative, _) => larger(!a_negative),
        },
        (Literal::Float(a), Literal::Float(b)) => f64::from_bits(*a).total_cmp(&f64::from_bits(*b)),
        (Literal::Atom(a), Literal::Atom(b)) => a.cmp(b),
        (
            Literal::Fun { module: a_module, name: a_name, arity: a },
            Literal::Fun { module: b_module, name: b_name, arity: b },
        ) => (a_module, a_name, a).cmp(&(b_module, b_name, b)),
        (Literal::Tuple(a), Literal::Tuple(b)) => a.len().cmp(&b.len()).then_with(|| all(a, b)),
        (Literal::Map(a), Literal::Map(b)) => {
            let by = |part: fn(&(Literal, Literal)) -> &Literal| {
                let mut pairs = a.iter().map(part).zip(b.iter().map(part));
                let found = pairs.find_map(|(a, b)| {
                    Some(compare_at(a, b, depth + 1)).filter(|found| found.is_ne())
                });
                found.unwrap_or(Ordering::Equal)
            };
            let sizes = a.len().cmp(&b.len());
            sizes.then_with(|| by(|pair| &pair.0)).then_with(|| by(|pair| &pair.1))
        }
        (Literal::List(a, a_tail), Literal::List(b, b_tail)) => {
            all(a, b).then_with(|| match a.len().cmp(&b.len()) {
                Ordering::Equal => compare_at(a_tail, b_tail, depth + 1),
                // The rest of the longer one is a cons, which compares with the other's tail.
                Ordering::Less => rank(a_tail).cmp(&LIST),
                Ordering::Greater => LIST.cmp(&rank(b_tail)),
            })
        }
        (Literal::Bits(a), Literal::Bits(b)) => compare_bits(a, b),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

/// The rank of lists among the types.
const LIST: u8 = 7;

/// The order of the types.
fn rank(literal: &Literal) -> u8 {
    match literal {
        Literal::Int(_) | Literal::Big { .. } => 0,
        Literal::Float(_) => 1,
        Literal::Atom(_) => 2,
        Literal::Fun { .. } => 3,
        Literal::Tuple(_) => 4,
        Literal::Map(_) => 5,
        Literal::Nil => 6,
        Literal::List(..) => LIST,
        Literal::Bits(_) => 8,
    }
}

fn larger(is: bool) -> Ordering {
    if is { Ordering::Greater } else { Ordering::Less }
}

fn compare_magnitudes(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Bit by bit; unused bits are zero, so that bytes compare as their bits do, up to the length.
fn compare_bits(a: &BitString, b: &BitString) -> Ordering {
    a.bytes.cmp(&b.bytes).then_with(|| a.bits.cmp(&b.bits))
}

#[cfg(test)]
mod tests {
    use super::super::parse_literal;
    use super::*;

    #[test]
    fn keys_are_ordered() {
        let ascending = [
            "-99999999999999999999",
            "-18446744073709551616",
            "-2",
            "1",
            "18446744073709551616",
            "99999999999999999999",
            "-1.0",
            "-0.0",
            "0.0",
            "0.5",
            "a",
            "ab",
            "b",
            "fun a:a/1",
            "fun a:a/2",
            "fun a:b/0",
            "{}",
            "{2}",
            "{1, 1}",
            "#{}",
            "#{2 => 1}",
            "#{1 => 5, 2 => 1}",
            "#{1 => 5, 2 => 2}",
            "[]",
            "[1 | a]",
            "[1]",
            "[1, 2 | a]",
            "[1, 2]",
            "[2]",
            "<<>>",
            "<<0:1>>",
            "<<0>>",
            "<<1:1>>",
            "<<255>>",
        ];
        let terms: Vec<Literal> = ascending.iter().map(|t| parse_literal(t).unwrap()).collect();
        for (i, a) in terms.iter().enumerate() {
            for (j, b) in terms.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{} {}", ascending[i], ascending[j]);
            }
        }
    }
}

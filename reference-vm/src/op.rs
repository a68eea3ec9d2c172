//! The operations of `op`: pure functions of their sources (`exec.op.*`).
//!
//! Owns what each kind computes and which reason it raises. Three kinds ask the process that runs
//! them (`self`, `get`, `stacktrace`): the machine answers these and never passes them here.
//! Natives of the same meaning call these functions too. Book: *op*.

use crate::native::{Env, Exception};
use crate::term::integer::{self, Wrong};
use crate::term::{Bits, Map, Term, compare, compare_exact, float};
use lam_isa::kind::Op;
use std::rc::Rc;

/// What an operation gives.
type Answer = Result<Term, Exception>;

/// The value of an operation, or the exception that it raises. The number of sources is the arity
/// of the kind, which verification has seen to; any other raises `badarg`.
pub fn evaluate(op: Op, sources: &[Term], env: &mut dyn Env) -> Answer {
    match *sources {
        [] => nullary(op, env),
        [ref a] => unary(op, a, env),
        [ref a, ref b] => binary(op, a, b, env),
        [ref a, ref b, ref c] => ternary(op, a, b, c),
        _ => Err(Exception::badarg()),
    }
}

fn nullary(op: Op, env: &mut dyn Env) -> Answer {
    match op {
        Op::Node => Ok(Term::Atom(env.node())),
        _ => Err(Exception::badarg()),
    }
}

fn unary(op: Op, a: &Term, env: &mut dyn Env) -> Answer {
    let truth = |value: bool| Ok(Term::boolean(value));
    match op {
        Op::Neg => negate(a),
        Op::Plus => number(a).ok_or_else(Exception::badarith),
        Op::Bnot => arithmetic(integer::not(a)),
        Op::Abs => absolute(a),
        Op::Float => float::nearest(a).map(Term::Float).ok_or_else(Exception::badarg),
        Op::Fconv => float::nearest(a).map(Term::Float).ok_or_else(Exception::badarith),
        Op::Round => to_integer(a, f64::round),
        Op::Trunc => to_integer(a, f64::trunc),
        Op::Ceil => to_integer(a, f64::ceil),
        Op::Floor => to_integer(a, f64::floor),
        Op::Not => truth(!boolean(a)?),
        Op::Size => size(a).ok_or_else(Exception::badarg),
        Op::ByteSize => Ok(integer::from_usize(bits(a)?.byte_length())),
        Op::BitSize => Ok(integer::from_usize(bits(a)?.bit_length())),
        Op::TupleSize => Ok(integer::from_usize(tuple(a)?.len())),
        Op::MapSize => Ok(integer::from_usize(map(a)?.len())),
        Op::Length => length(a).map(integer::from_usize).ok_or_else(Exception::badarg),
        Op::Hd => head_and_tail(a).map(|(head, _)| head),
        Op::Tl => head_and_tail(a).map(|(_, tail)| tail),
        Op::NodeOf => match a {
            Term::Pid(_) | Term::Ref(_) => Ok(Term::Atom(env.node())),
            _ => Err(Exception::badarg()),
        },
        Op::ListToAtom => list_to_atom(a, env),
        Op::IsAtom => truth(a.as_atom().is_some()),
        Op::IsBinary => truth(is_binary(a)),
        Op::IsBitstring => truth(matches!(a, Term::Bits(_))),
        Op::IsBoolean => truth(a.as_boolean().is_some()),
        Op::IsFloat => truth(matches!(a, Term::Float(_))),
        Op::IsFunction => truth(matches!(a, Term::Fun(_))),
        Op::IsInteger => truth(is_integer(a)),
        Op::IsList => truth(matches!(a, Term::Nil | Term::Cons(_))),
        Op::IsMap => truth(matches!(a, Term::Map(_))),
        Op::IsNumber => truth(a.is_number()),
        Op::IsPid => truth(matches!(a, Term::Pid(_))),
        // There are no port identifiers among the terms.
        Op::IsPort => truth(false),
        Op::IsReference => truth(matches!(a, Term::Ref(_))),
        Op::IsTuple => truth(matches!(a, Term::Tuple(_))),
        _ => Err(Exception::badarg()),
    }
}

fn binary(op: Op, a: &Term, b: &Term, env: &mut dyn Env) -> Answer {
    let limit = env.integer_bits();
    let truth = |value: bool| Ok(Term::boolean(value));
    match op {
        Op::Add => calculate(a, b, |a, b| integer::add(a, b, limit), |a, b| a + b),
        Op::Sub => calculate(a, b, |a, b| integer::sub(a, b, limit), |a, b| a - b),
        Op::Mul => calculate(a, b, |a, b| integer::mul(a, b, limit), |a, b| a * b),
        Op::Fdiv => calculate_float(a, b, |a, b| a / b),
        Op::Div => arithmetic(integer::div(a, b)),
        Op::Rem => arithmetic(integer::rem(a, b)),
        Op::Band => arithmetic(integer::and(a, b)),
        Op::Bor => arithmetic(integer::or(a, b)),
        Op::Bxor => arithmetic(integer::xor(a, b)),
        Op::Bsl => arithmetic(integer::shift_left(a, b, limit)),
        Op::Bsr => arithmetic(integer::shift_right(a, b, limit)),
        Op::And => truth(boolean(a)? & boolean(b)?),
        Op::Or => truth(boolean(a)? | boolean(b)?),
        Op::Xor => truth(boolean(a)? ^ boolean(b)?),
        Op::Eq => truth(compare(a, b).is_eq()),
        Op::Ne => truth(compare(a, b).is_ne()),
        Op::Lt => truth(compare(a, b).is_lt()),
        Op::Le => truth(compare(a, b).is_le()),
        Op::Gt => truth(compare(a, b).is_gt()),
        Op::Ge => truth(compare(a, b).is_ge()),
        Op::EqExact => truth(compare_exact(a, b).is_eq()),
        Op::NeExact => truth(compare_exact(a, b).is_ne()),
        Op::Max => Ok(if compare(a, b).is_ge() { a } else { b }.clone()),
        Op::Min => Ok(if compare(a, b).is_le() { a } else { b }.clone()),
        Op::Element => element(a, b),
        Op::MapGet => {
            let missing = || Exception::error_with("badkey", a.clone());
            map(b)?.get(a).cloned().ok_or_else(missing)
        }
        Op::IsMapKey => truth(map(b)?.contains(a)),
        Op::BinarySlice => match tuple(b)? {
            [start, length] => binary_part(a, start, length),
            _ => Err(Exception::badarg()),
        },
        Op::IsFunctionArity => truth(has_arity(a, b).ok_or_else(Exception::badarg)?),
        Op::IsRecord => {
            let tag = b.as_atom().ok_or_else(Exception::badarg)?;
            truth(tuple(a).is_ok_and(|elements| is_tagged(elements, &Term::Atom(tag))))
        }
        _ => Err(Exception::badarg()),
    }
}

fn ternary(op: Op, a: &Term, b: &Term, c: &Term) -> Answer {
    let truth = |value: bool| Ok(Term::boolean(value));
    match op {
        Op::BinaryPart => binary_part(a, b, c),
        Op::IsIntegerBetween => {
            if !is_integer(b) || !is_integer(c) {
                return Err(Exception::badarg());
            }
            truth(is_integer(a) && compare(b, a).is_le() && compare(a, c).is_le())
        }
        Op::IsRecordSize => {
            if b.as_atom().is_none() || !is_integer(c) {
                return Err(Exception::badarg());
            }
            let size = integer::to_usize(c);
            truth(
                tuple(a)
                    .is_ok_and(|elements| Some(elements.len()) == size && is_tagged(elements, b)),
            )
        }
        _ => Err(Exception::badarg()),
    }
}

/// What integer arithmetic raises.
fn arithmetic(answer: integer::Answer) -> Answer {
    answer.map_err(|wrong| match wrong {
        Wrong::Argument => Exception::badarith(),
        Wrong::Limit => Exception::system_limit(),
    })
}

/// Integers are calculated as integers; as soon as one is a float, both are.
fn calculate(
    a: &Term,
    b: &Term,
    integers: impl Fn(&Term, &Term) -> integer::Answer,
    floats: impl Fn(f64, f64) -> f64,
) -> Answer {
    match (a, b) {
        (Term::Float(_), _) | (_, Term::Float(_)) => calculate_float(a, b, floats),
        _ => arithmetic(integers(a, b)),
    }
}

/// A result that is no finite float raises `badarith`, and so does a number beyond all floats
/// (`term.float.finite`).
fn calculate_float(a: &Term, b: &Term, floats: impl Fn(f64, f64) -> f64) -> Answer {
    let result = float::nearest(a).zip(float::nearest(b)).map(|(a, b)| floats(a, b));
    result.and_then(float::finite).map(Term::Float).ok_or_else(Exception::badarith)
}

fn number(a: &Term) -> Option<Term> {
    a.is_number().then(|| a.clone())
}

fn negate(a: &Term) -> Answer {
    match a {
        Term::Float(float) => Ok(Term::Float(-float)),
        _ => arithmetic(integer::neg(a)),
    }
}

fn absolute(a: &Term) -> Answer {
    match a {
        Term::Float(float) => Ok(Term::Float(float.abs())),
        _ => integer::abs(a).map_err(|_| Exception::badarg()),
    }
}

fn to_integer(a: &Term, rounded: impl Fn(f64) -> f64) -> Answer {
    match a {
        Term::Int(_) | Term::Big(_) => Ok(a.clone()),
        Term::Float(float) => float::integral(rounded(*float)).ok_or_else(Exception::badarg),
        _ => Err(Exception::badarg()),
    }
}

/// Whether the term is an integer.
pub(crate) fn is_integer(a: &Term) -> bool {
    matches!(a, Term::Int(_) | Term::Big(_))
}

/// Whether the term is a bitstring of whole bytes.
pub(crate) fn is_binary(a: &Term) -> bool {
    matches!(a, Term::Bits(bits) if bits.is_binary())
}

/// Whether the first element is this atom.
pub(crate) fn is_tagged(elements: &[Term], tag: &Term) -> bool {
    elements.first().is_some_and(|first| compare_exact(first, tag).is_eq())
}

/// Whether the term is a fun of that arity; `None` if the arity is no count.
pub(crate) fn has_arity(a: &Term, arity: &Term) -> Option<bool> {
    if !is_integer(arity) || integer::is_negative(arity) {
        return None;
    }
    let arity = integer::to_usize(arity);
    Some(matches!(a, Term::Fun(fun) if Some(usize::from(fun.arity())) == arity))
}

/// The boolean, or `badarg`.
pub(crate) fn boolean(a: &Term) -> Result<bool, Exception> {
    a.as_boolean().ok_or_else(Exception::badarg)
}

/// The elements of the tuple, or `badarg`.
pub(crate) fn tuple(a: &Term) -> Result<&[Term], Exception> {
    a.as_tuple().ok_or_else(Exception::badarg)
}

/// The bitstring, or `badarg`.
pub(crate) fn bits(a: &Term) -> Result<&Bits, Exception> {
    match a {
        Term::Bits(bits) => Ok(bits),
        _ => Err(Exception::badarg()),
    }
}

/// The map, or `{badmap, T}`.
pub(crate) fn map(a: &Term) -> Result<&Map, Exception> {
    match a {
        Term::Map(map) => Ok(map),
        _ => Err(Exception::error_with("badmap", a.clone())),
    }
}

/// The number of elements of a proper list.
pub(crate) fn length(list: &Term) -> Option<usize> {
    let mut count = 0;
    let mut rest = list;
    while let Term::Cons(cons) = rest {
        count += 1;
        rest = &cons.tail;
    }
    matches!(rest, Term::Nil).then_some(count)
}

fn size(a: &Term) -> Option<Term> {
    match a {
        Term::Tuple(elements) => Some(integer::from_usize(elements.len())),
        Term::Bits(bits) => Some(integer::from_usize(bits.bit_length() / 8)),
        _ => None,
    }
}

fn head_and_tail(a: &Term) -> Result<(Term, Term), Exception> {
    match a {
        Term::Cons(cons) => Ok((cons.head.clone(), cons.tail.clone())),
        _ => Err(Exception::badarg()),
    }
}

fn element(position: &Term, a: &Term) -> Answer {
    let elements = tuple(a)?;
    let index = integer::to_usize(position).and_then(|position| position.checked_sub(1));
    index.and_then(|index| elements.get(index)).cloned().ok_or_else(Exception::badarg)
}

/// A part of the whole bytes of a bitstring; a negative length ends at the start.
pub(crate) fn binary_part(a: &Term, start: &Term, length: &Term) -> Answer {
    let bits = bits(a)?;
    let part = || {
        let (start, length) = (start.as_int()?, length.as_int()?);
        let end = start.checked_add(length)?;
        let (start, end) =
            (usize::try_from(start.min(end)).ok()?, usize::try_from(start.max(end)).ok()?);
        bits.part(start.checked_mul(8)?, (end - start).checked_mul(8)?)
    };
    part().map(|part| Term::Bits(Rc::new(part))).ok_or_else(Exception::badarg)
}

/// The atom with the characters of a list; a list of more than the allowed number raises
/// `system_limit`.
pub(crate) fn list_to_atom(list: &Term, env: &mut dyn Env) -> Answer {
    let text = characters(list).ok_or_else(Exception::badarg)?;
    env.new_atom(&text).map(Term::Atom)
}

/// The text of a list of characters.
pub(crate) fn characters(list: &Term) -> Option<String> {
    let mut text = String::new();
    let mut rest = list;
    while let Term::Cons(cons) = rest {
        text.push(crate::term::code_point(&cons.head)?);
        rest = &cons.tail;
    }
    matches!(rest, Term::Nil).then_some(text)
}

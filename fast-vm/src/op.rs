//! The operations of `op`: pure functions of their sources (`exec.op.*`).
//!
//! Owns what each kind computes and which reason it raises. Three kinds ask the process that runs
//! them (`self`, `get`, `stacktrace`) and are answered where instructions are executed. Natives of
//! the same meaning call these functions too. Book: *op*.

use crate::atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::heap::Heap;
use crate::term::bits::{Bits, code_point};
use crate::term::integer::{self, Wrong};
use crate::term::map::Map;
use crate::term::order::{compare, equal, equal_value};
use crate::term::{Term, View, float};
use lam_isa::kind::Op;

/// What an operation gives.
type Answer = Result<Term, Exception>;

/// The value of an operation, or the exception that it raises. The number of sources is the arity
/// of the kind, which verification has seen to; any other raises `badarg`.
pub(crate) fn evaluate(op: Op, args: &[Term], core: &mut Core) -> Answer {
    match *args {
        [] if op == Op::Node => Ok(Term::atom(core.node())),
        [a] => unary(op, a, core),
        [a, b] => binary(op, a, b, core),
        [a, b, c] => ternary(op, a, b, c, core.heap()),
        _ => Err(Exception::badarg()),
    }
}

fn unary(op: Op, a: Term, core: &mut Core) -> Answer {
    let truth = |value: bool| Ok(Term::boolean(value));
    match op {
        Op::Neg => negate(core.heap(), a),
        Op::Plus if a.is_number() => Ok(a),
        Op::Plus => Err(Exception::badarith()),
        Op::Bnot => arithmetic(integer::not(core.heap(), a)),
        Op::Abs => absolute(core.heap(), a),
        Op::Float => to_float(core.heap(), a, Exception::badarg()),
        Op::Fconv => to_float(core.heap(), a, Exception::badarith()),
        Op::Round => to_integer(core.heap(), a, f64::round),
        Op::Trunc => to_integer(core.heap(), a, f64::trunc),
        Op::Ceil => to_integer(core.heap(), a, f64::ceil),
        Op::Floor => to_integer(core.heap(), a, f64::floor),
        Op::Not => truth(!boolean(a)?),
        Op::Size => match a.view() {
            View::Tuple(elements) => sized(elements.len()),
            View::Bits(bits) => sized(bits.length / 8),
            _ => Err(Exception::badarg()),
        },
        Op::ByteSize => sized(bits(a)?.byte_length()),
        Op::BitSize => sized(bits(a)?.length),
        Op::TupleSize => sized(tuple(a)?.len()),
        Op::MapSize => sized(map(core.heap(), a)?.len()),
        Op::Length => sized(a.length().ok_or_else(Exception::badarg)?),
        Op::Hd => a.as_cons().map(|(head, _)| head).ok_or_else(Exception::badarg),
        Op::Tl => a.as_cons().map(|(_, tail)| tail).ok_or_else(Exception::badarg),
        Op::NodeOf => match a.view() {
            View::Pid(_) | View::Ref(_) => Ok(Term::atom(core.node())),
            _ => Err(Exception::badarg()),
        },
        Op::ListToAtom => list_to_atom(core, a),
        Op::IsAtom => truth(a.as_atom().is_some()),
        Op::IsBinary => truth(is_binary(a)),
        Op::IsBitstring => truth(matches!(a.view(), View::Bits(_))),
        Op::IsBoolean => truth(a.as_boolean().is_some()),
        Op::IsFloat => truth(a.as_float().is_some()),
        Op::IsFunction => truth(a.is_fun()),
        Op::IsInteger => truth(a.is_integer()),
        Op::IsList => truth(a == Term::NIL || a.is_cons()),
        Op::IsMap => truth(a.as_map().is_some()),
        Op::IsNumber => truth(a.is_number()),
        Op::IsPid => truth(a.as_pid().is_some()),
        // There are no port identifiers among the terms.
        Op::IsPort => truth(false),
        Op::IsReference => truth(a.as_ref().is_some()),
        Op::IsTuple => truth(a.as_tuple().is_some()),
        _ => Err(Exception::badarg()),
    }
}

fn binary(op: Op, a: Term, b: Term, core: &mut Core) -> Answer {
    let limit = core.integer_bits();
    let heap = core.heap();
    let truth = |value: bool| Ok(Term::boolean(value));
    match op {
        Op::Add => calculate(heap, a, b, |heap| integer::add(heap, a, b, limit), |x, y| x + y),
        Op::Sub => calculate(heap, a, b, |heap| integer::sub(heap, a, b, limit), |x, y| x - y),
        Op::Mul => calculate(heap, a, b, |heap| integer::mul(heap, a, b, limit), |x, y| x * y),
        Op::Fdiv => calculate_float(heap, a, b, |x, y| x / y),
        Op::Div => arithmetic(integer::div(heap, a, b)),
        Op::Rem => arithmetic(integer::rem(heap, a, b)),
        Op::Band => arithmetic(integer::and(heap, a, b)),
        Op::Bor => arithmetic(integer::or(heap, a, b)),
        Op::Bxor => arithmetic(integer::xor(heap, a, b)),
        Op::Bsl => arithmetic(integer::shift_left(heap, a, b, limit)),
        Op::Bsr => arithmetic(integer::shift_right(heap, a, b, limit)),
        Op::And => truth(boolean(a)? & boolean(b)?),
        Op::Or => truth(boolean(a)? | boolean(b)?),
        Op::Xor => truth(boolean(a)? ^ boolean(b)?),
        Op::Eq => truth(equal_value(a, b)),
        Op::Ne => truth(!equal_value(a, b)),
        Op::Lt => truth(compare(a, b).is_lt()),
        Op::Le => truth(compare(a, b).is_le()),
        Op::Gt => truth(compare(a, b).is_gt()),
        Op::Ge => truth(compare(a, b).is_ge()),
        Op::EqExact => truth(equal(a, b)),
        Op::NeExact => truth(!equal(a, b)),
        Op::Max => Ok(if compare(a, b).is_ge() { a } else { b }),
        Op::Min => Ok(if compare(a, b).is_le() { a } else { b }),
        Op::Element => element(a, b),
        Op::MapGet => {
            let value = map(heap, b)?.get(a);
            value.ok_or_else(|| Exception::error_with(heap, atom::BADKEY, a))
        }
        Op::IsMapKey => truth(map(heap, b)?.contains(a)),
        Op::BinarySlice => match tuple(b)? {
            [start, length] => binary_part(heap, a, *start, *length),
            _ => Err(Exception::badarg()),
        },
        Op::IsFunctionArity => truth(has_arity(a, b).ok_or_else(Exception::badarg)?),
        Op::IsRecord => {
            b.as_atom().ok_or_else(Exception::badarg)?;
            truth(is_tagged(a, b))
        }
        _ => Err(Exception::badarg()),
    }
}

fn ternary(op: Op, a: Term, b: Term, c: Term, heap: &mut Heap) -> Answer {
    let truth = |value: bool| Ok(Term::boolean(value));
    match op {
        Op::BinaryPart => binary_part(heap, a, b, c),
        Op::IsIntegerBetween if b.is_integer() && c.is_integer() => {
            truth(a.is_integer() && compare(b, a).is_le() && compare(a, c).is_le())
        }
        Op::IsRecordSize if b.as_atom().is_some() && c.is_integer() => {
            let has_size = |elements: &[Term]| size(elements.len()) == Some(c);
            truth(a.as_tuple().is_some_and(has_size) && is_tagged(a, b))
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
#[inline(always)]
fn calculate(
    heap: &mut Heap,
    a: Term,
    b: Term,
    integers: impl FnOnce(&mut Heap) -> integer::Answer,
    floats: impl FnOnce(f64, f64) -> f64,
) -> Answer {
    if a.as_float().is_some() || b.as_float().is_some() {
        calculate_float(heap, a, b, floats)
    } else {
        arithmetic(integers(heap))
    }
}

/// A result that is no finite float raises `badarith`, and so does a number beyond all floats
/// (`term.float.finite`).
fn calculate_float(
    heap: &mut Heap,
    a: Term,
    b: Term,
    floats: impl FnOnce(f64, f64) -> f64,
) -> Answer {
    let result = float::nearest(a).zip(float::nearest(b)).map(|(a, b)| floats(a, b));
    let result = result.and_then(float::finite).ok_or_else(Exception::badarith)?;
    Ok(heap.float(result))
}

fn negate(heap: &mut Heap, a: Term) -> Answer {
    match a.as_float() {
        Some(float) => Ok(heap.float(-float)),
        None => arithmetic(integer::neg(heap, a)),
    }
}

fn absolute(heap: &mut Heap, a: Term) -> Answer {
    match a.as_float() {
        Some(float) => Ok(heap.float(float.abs())),
        None => integer::abs(heap, a).map_err(|_| Exception::badarg()),
    }
}

fn to_float(heap: &mut Heap, a: Term, exception: Exception) -> Answer {
    Ok(heap.float(float::nearest(a).ok_or(exception)?))
}

fn to_integer(heap: &mut Heap, a: Term, rounded: impl FnOnce(f64) -> f64) -> Answer {
    match a.as_float() {
        Some(float) => Ok(float::integral(heap, rounded(float))),
        None if a.is_integer() => Ok(a),
        None => Err(Exception::badarg()),
    }
}

/// A size as an integer, which is small: nothing with so many parts fits an address space.
pub(crate) fn size(count: usize) -> Option<Term> {
    i64::try_from(count).ok().and_then(Term::try_small)
}

fn sized(count: usize) -> Answer {
    size(count).ok_or_else(Exception::badarg)
}

/// Whether the term is a bitstring of whole bytes.
pub(crate) fn is_binary(a: Term) -> bool {
    a.as_bits().is_some_and(|bits| bits.is_binary())
}

/// Whether the term is a tuple whose first element is this atom.
pub(crate) fn is_tagged(a: Term, tag: Term) -> bool {
    a.as_tuple().and_then(<[Term]>::first).is_some_and(|first| equal(*first, tag))
}

/// Whether the term is a fun of that arity; `None` if the arity is no count.
pub(crate) fn has_arity(a: Term, arity: Term) -> Option<bool> {
    if !arity.is_integer() || integer::is_negative(arity) {
        return None;
    }
    let own = match a.view() {
        View::External(_, _, arity) => Some(arity),
        _ => a.as_fun().map(|(entry, _)| entry.arity),
    };
    Some(own.is_some_and(|own| Term::small(i64::from(own)) == arity))
}

/// The boolean, or `badarg`.
pub(crate) fn boolean(a: Term) -> Result<bool, Exception> {
    a.as_boolean().ok_or_else(Exception::badarg)
}

/// The elements of the tuple, or `badarg`.
pub(crate) fn tuple<'h>(a: Term) -> Result<&'h [Term], Exception> {
    a.as_tuple().ok_or_else(Exception::badarg)
}

/// The bitstring, or `badarg`.
pub(crate) fn bits<'h>(a: Term) -> Result<Bits<'h>, Exception> {
    a.as_bits().ok_or_else(Exception::badarg)
}

/// The map, or `{badmap, T}`.
pub(crate) fn map<'h>(heap: &mut Heap, a: Term) -> Result<Map<'h>, Exception> {
    a.as_map().ok_or_else(|| Exception::error_with(heap, atom::BADMAP, a))
}

fn element(position: Term, a: Term) -> Answer {
    let elements = tuple(a)?;
    let index = integer::to_usize(position).and_then(|position| position.checked_sub(1));
    index.and_then(|index| elements.get(index)).copied().ok_or_else(Exception::badarg)
}

/// A part of the whole bytes of a bitstring; a negative length ends at the start.
pub(crate) fn binary_part(heap: &mut Heap, a: Term, start: Term, length: Term) -> Answer {
    bits(a)?;
    let mut part = || {
        let (start, length) = (integer::to_i64(start)?, integer::to_i64(length)?);
        let end = start.checked_add(length)?;
        let (start, end) =
            (usize::try_from(start.min(end)).ok()?, usize::try_from(start.max(end)).ok()?);
        heap.part(a, start.checked_mul(8)?, (end - start).checked_mul(8)?)
    };
    part().ok_or_else(Exception::badarg)
}

/// The atom with the characters of a list; a list of more than the allowed number raises
/// `system_limit`.
pub(crate) fn list_to_atom(core: &mut Core, list: Term) -> Answer {
    let text = characters(list).ok_or_else(Exception::badarg)?;
    core.new_atom(&text).map(Term::atom)
}

/// The text of a list of characters.
pub(crate) fn characters(list: Term) -> Option<String> {
    let mut rest = list.iter();
    let text = rest.by_ref().map(code_point).collect::<Option<String>>()?;
    (rest.rest() == Term::NIL).then_some(text)
}

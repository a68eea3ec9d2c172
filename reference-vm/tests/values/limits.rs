//! Every limit on values is reached: the largest passes, one more is refused.

use crate::{Bare, call, read};
use lam_isa::kind::Op;
use lam_isa::limits::{ATOM_CHARS, INTEGER_BITS, TUPLE_SIZE};
use lam_reference::op::evaluate;
use lam_reference::term::{Term, integer};

fn reason(answer: Result<Term, (String, Term)>) -> String {
    answer.map_or_else(|(_, reason)| lam_reference::term::display(&reason), |_| "none".into())
}

fn op(op: Op, sources: &[&Term]) -> Option<Term> {
    let sources: Vec<Term> = sources.iter().map(|term| (*term).clone()).collect();
    match evaluate(op, &sources, &mut Bare::default()) {
        Ok(value) => Some(value),
        Err(exception) => {
            assert!(exception.reason.is_atom("system_limit"));
            None
        }
    }
}

/// 2 to the power of the limit less one: the largest power of two.
fn largest_power() -> Term {
    let places = i64::try_from(INTEGER_BITS).expect("a limit") - 1;
    op(Op::Bsl, &[&Term::Int(1), &Term::Int(places)]).expect("inside the limit")
}

#[test]
fn bits_of_integers() {
    let (one, two, power) = (Term::Int(1), Term::Int(2), largest_power());
    assert_eq!(op(Op::Bsl, &[&power, &one]), None);
    assert_eq!(op(Op::Bsr, &[&power, &Term::Int(-1)]), None);
    assert_eq!(op(Op::Mul, &[&power, &two]), None);
    assert_eq!(op(Op::Add, &[&power, &power]), None);
    let below = op(Op::Sub, &[&power, &one]).expect("less");
    let largest = op(Op::Add, &[&power, &below]).expect("all bits set");
    assert_eq!(op(Op::Add, &[&largest, &one]), None);
    let smallest = op(Op::Neg, &[&largest]).expect("as many bits");
    assert_eq!(op(Op::Sub, &[&smallest, &one]), None);
    assert_eq!(op(Op::Mul, &[&largest, &Term::Int(0)]), Some(Term::Int(0)));
    assert_eq!(op(Op::Mul, &[&power, &Term::Int(-1)]), op(Op::Neg, &[&power]));
}

#[test]
fn shifts_that_no_machine_could_make_are_refused_at_once() {
    let huge = read::term("1180591620717411303424");
    let less = read::term("-1180591620717411303424");
    assert_eq!(op(Op::Bsl, &[&Term::Int(1), &huge]), None);
    assert_eq!(op(Op::Bsr, &[&Term::Int(1), &less]), None);
    assert_eq!(op(Op::Bsl, &[&Term::Int(1), &Term::Int(i64::MAX)]), None);
    assert_eq!(op(Op::Bsl, &[&Term::Int(0), &huge]), Some(Term::Int(0)));
    assert_eq!(op(Op::Bsr, &[&Term::Int(1), &huge]), Some(Term::Int(0)));
    assert_eq!(op(Op::Bsl, &[&Term::Int(-1), &less]), Some(Term::Int(-1)));
}

#[test]
fn integers_of_texts_and_bytes() {
    let ones = |count: usize| Term::binary("1".repeat(count));
    let bits = usize::try_from(INTEGER_BITS).expect("a limit");
    let parse = |text| call("erlang", "binary_to_integer", &[text, Term::Int(2)]);
    assert!(parse(ones(bits)).is_ok());
    assert_eq!(reason(parse(ones(bits + 1))), "system_limit");
    let decode = |bytes: Vec<u8>| call("binary", "decode_unsigned", &[Term::binary(bytes)]);
    assert!(decode(vec![0xff; bits / 8]).is_ok());
    assert_eq!(reason(decode([vec![1], vec![0; bits / 8]].concat())), "system_limit");
}

#[test]
fn characters_of_atoms() {
    let atom = |count| call("erlang", "list_to_atom", &[Term::string(&"é".repeat(count))]);
    assert!(atom(ATOM_CHARS).is_ok());
    assert_eq!(reason(atom(ATOM_CHARS + 1)), "system_limit");
}

#[test]
fn elements_of_tuples() {
    let size = i64::from(TUPLE_SIZE);
    let make = |size| call("erlang", "make_tuple", &[Term::Int(size), Term::Nil]);
    let largest = make(size).expect("the largest tuple");
    assert_eq!(reason(make(size + 1)), "badarg");
    assert_eq!(reason(call("erlang", "append_element", &[largest, Term::Nil])), "badarg");
}

#[test]
fn bytes_made_at_once() {
    let copies = |count| call("binary", "copy", &[Term::binary("ab"), Term::Int(count)]);
    assert_eq!(reason(copies(1 << 40)), "system_limit");
    assert_eq!(reason(copies(i64::MAX)), "system_limit");
    let shared = Term::binary(vec![0; 1 << 20]);
    let doubled = (0..12).fold(shared, |inner, _| Term::list([inner.clone(), inner]));
    assert_eq!(
        reason(call("erlang", "iolist_size", std::slice::from_ref(&doubled))),
        "system_limit"
    );
    assert_eq!(integer::to_usize(&Term::Int(-1)), None);
}

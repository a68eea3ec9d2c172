//! The kinds of `op` and `test`: all of them, on random terms.

use crate::Bare;
use crate::any::Any;
use lam_isa::kind::{Op, Test};
use lam_reference::op::evaluate;
use lam_reference::term::Term;
use lam_reference::test::holds;
use quickcheck::quickcheck;

/// Kinds that ask the process, and are not evaluated from their sources alone.
const OF_THE_PROCESS: [Op; 3] = [Op::SelfPid, Op::Get, Op::Stacktrace];

/// The reasons that operations raise, but for maps and keys, which name the culprit.
const REASONS: [&str; 3] = ["badarg", "badarith", "system_limit"];

fn value(op: Op, sources: &[Term]) -> Option<Term> {
    evaluate(op, sources, &mut Bare::default()).ok()
}

quickcheck! {
    fn operations_give_a_value_or_a_known_reason(a: Any, b: Any, c: Any) -> bool {
        let all = [a.0, b.0, c.0];
        Op::ALL.iter().all(|op| {
            let answer = evaluate(*op, &all[..op.arity()], &mut Bare::default());
            match answer {
                Ok(_) => !OF_THE_PROCESS.contains(op),
                Err(exception) => {
                    let named = exception.reason.as_tuple().map(|reason| reason[0].clone());
                    let reason = named.unwrap_or(exception.reason);
                    let known = REASONS.iter().any(|known| reason.is_atom(known));
                    known || reason.is_atom("badmap") || reason.is_atom("badkey")
                }
            }
        })
    }

    /// A predicate holds where the operation of its name is true; where that raises, it does not.
    fn predicates_agree_with_operations(a: Any, b: Any) -> bool {
        let all = [a.0, b.0];
        Test::ALL.iter().filter_map(|test| Some((test, Op::named(test.name())?))).all(|(test, op)| {
            let sources = &all[..test.arity()];
            let is_true = value(op, sources).is_some_and(|value| value.is_atom("true"));
            holds(*test, sources) == is_true
        })
    }
}

#[test]
fn predicates_without_an_operation() {
    let (one, pair) = (Term::Int(1), Term::tuple([Term::atom("ok"), Term::Int(1)]));
    let list = Term::list([one.clone()]);
    let size = Term::Int(2);
    let tagged = |tuple: &Term, size: &Term, tag| {
        holds(Test::Tagged, &[tuple.clone(), size.clone(), Term::atom(tag)])
    };
    assert!(holds(Test::IsNil, &[Term::Nil]) && !holds(Test::IsNil, std::slice::from_ref(&list)));
    assert!(holds(Test::IsCons, &[list]) && !holds(Test::IsCons, &[Term::Nil]));
    assert!(holds(Test::Arity, &[pair.clone(), size.clone()]));
    assert!(!holds(Test::Arity, &[pair.clone(), one.clone()]));
    assert!(!holds(Test::Arity, &[one.clone(), size.clone()]));
    assert!(tagged(&pair, &size, "ok"));
    assert!(
        !tagged(&pair, &size, "error") && !tagged(&pair, &one, "ok") && !tagged(&one, &size, "ok")
    );
}

#[test]
fn conversions_to_floats_differ_in_their_reason() {
    let reason = |op, source: &str| {
        let source = crate::read::term(source);
        evaluate(op, &[source], &mut Bare::default()).map_err(|exception| exception.reason)
    };
    let beyond = format!("1{}", "0".repeat(400));
    for source in ["a", beyond.as_str()] {
        assert_eq!(reason(Op::Float, source), Err(Term::atom("badarg")));
        assert_eq!(reason(Op::Fconv, source), Err(Term::atom("badarith")));
    }
    assert_eq!(reason(Op::Fconv, "3"), Ok(Term::Float(3.0)));
}

#[test]
fn the_first_of_equal_terms_is_chosen() {
    let chosen = |op, a: Term, b: Term| value(op, &[a, b]);
    let (integer, float) = (Term::Int(1), Term::Float(1.0));
    for op in [Op::Max, Op::Min] {
        assert_eq!(chosen(op, integer.clone(), float.clone()), Some(integer.clone()));
        assert_eq!(chosen(op, float.clone(), integer.clone()), Some(float.clone()));
    }
    assert_eq!(chosen(Op::Max, Term::Int(2), Term::atom("a")), Some(Term::atom("a")));
    assert_eq!(chosen(Op::Min, Term::Int(2), Term::atom("a")), Some(Term::Int(2)));
}

#[test]
fn integers_lie_between_bounds() {
    let between = |sources: [&str; 3]| {
        value(Op::IsIntegerBetween, &sources.map(crate::read::term)).and_then(|v| v.as_boolean())
    };
    assert_eq!(between(["3", "1", "3"]), Some(true));
    assert_eq!(between(["4", "1", "3"]), Some(false));
    assert_eq!(between(["2.0", "1", "3"]), Some(false));
    assert_eq!(between(["a", "1", "3"]), Some(false));
    assert_eq!(between(["1180591620717411303424", "1", "1180591620717411303425"]), Some(true));
    assert_eq!(between(["2", "a", "3"]), None);
    assert_eq!(between(["2", "1", "3.0"]), None);
}

//! The predicates of `test`: they hold or not, and never raise (`exec.test.*`).
//!
//! Owns what each kind asks. Book: *test*.

use crate::op;
use crate::term::{Term, compare, compare_exact, integer};
use lam_isa::kind::Test;

/// Whether the predicate holds of its sources, whose number is the arity of the kind.
pub fn holds(test: Test, sources: &[Term]) -> bool {
    match *sources {
        [ref a] => holds_of_one(test, a),
        [ref a, ref b] => holds_of_two(test, a, b),
        [ref a, ref b, ref c] => {
            test == Test::Tagged && has_size(a, b) && {
                a.as_tuple().is_some_and(|elements| op::is_tagged(elements, c))
            }
        }
        _ => false,
    }
}

fn holds_of_one(test: Test, a: &Term) -> bool {
    match test {
        Test::IsInteger => op::is_integer(a),
        Test::IsFloat => matches!(a, Term::Float(_)),
        Test::IsNumber => a.is_number(),
        Test::IsAtom => matches!(a, Term::Atom(_)),
        Test::IsBoolean => a.as_boolean().is_some(),
        Test::IsPid => matches!(a, Term::Pid(_)),
        Test::IsReference => matches!(a, Term::Ref(_)),
        Test::IsNil => matches!(a, Term::Nil),
        Test::IsBinary => op::is_binary(a),
        Test::IsBitstring => matches!(a, Term::Bits(_)),
        Test::IsList => matches!(a, Term::Nil | Term::Cons(_)),
        Test::IsCons => matches!(a, Term::Cons(_)),
        Test::IsTuple => matches!(a, Term::Tuple(_)),
        Test::IsMap => matches!(a, Term::Map(_)),
        Test::IsFunction => matches!(a, Term::Fun(_)),
        // There are no port identifiers among the terms: `is_port` never holds. The other kinds
        // have more sources.
        _ => false,
    }
}

fn holds_of_two(test: Test, a: &Term, b: &Term) -> bool {
    match test {
        Test::IsFunctionArity => op::has_arity(a, b) == Some(true),
        Test::Arity => has_size(a, b),
        Test::Lt => compare(a, b).is_lt(),
        Test::Ge => compare(a, b).is_ge(),
        Test::Eq => compare(a, b).is_eq(),
        Test::Ne => compare(a, b).is_ne(),
        Test::EqExact => compare_exact(a, b).is_eq(),
        Test::NeExact => compare_exact(a, b).is_ne(),
        _ => false,
    }
}

/// Whether the term is a tuple of that size.
fn has_size(a: &Term, size: &Term) -> bool {
    a.as_tuple().is_some_and(|elements| integer::to_usize(size) == Some(elements.len()))
}

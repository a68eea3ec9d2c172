//! The predicates of `test`: they hold or not, and never raise (`exec.test.*`).
//!
//! Owns what each kind asks. Book: *test*.

use crate::op;
use crate::term::order::{compare, equal, equal_value};
use crate::term::{Term, View};
use lam_isa::kind::Test;

/// Whether the predicate holds of its sources, whose number is the arity of the kind.
pub(crate) fn holds(test: Test, args: &[Term]) -> bool {
    match *args {
        [a] => holds_of_one(test, a),
        [a, b] => holds_of_two(test, a, b),
        [a, size, tag] => test == Test::Tagged && has_size(a, size) && op::is_tagged(a, tag),
        _ => false,
    }
}

fn holds_of_one(test: Test, a: Term) -> bool {
    match test {
        Test::IsInteger => a.is_integer(),
        Test::IsFloat => a.as_float().is_some(),
        Test::IsNumber => a.is_number(),
        Test::IsAtom => a.as_atom().is_some(),
        Test::IsBoolean => a.as_boolean().is_some(),
        Test::IsPid => a.as_pid().is_some(),
        Test::IsReference => a.as_ref().is_some(),
        Test::IsNil => a == Term::NIL,
        Test::IsBinary => op::is_binary(a),
        Test::IsBitstring => matches!(a.view(), View::Bits(_)),
        Test::IsList => a == Term::NIL || a.is_cons(),
        Test::IsCons => a.is_cons(),
        Test::IsTuple => a.as_tuple().is_some(),
        Test::IsMap => a.as_map().is_some(),
        Test::IsFunction => a.is_fun(),
        // There are no port identifiers among the terms: `is_port` never holds. The other kinds
        // have more sources.
        _ => false,
    }
}

fn holds_of_two(test: Test, a: Term, b: Term) -> bool {
    match test {
        Test::IsFunctionArity => op::has_arity(a, b) == Some(true),
        Test::Arity => has_size(a, b),
        Test::Lt => compare(a, b).is_lt(),
        Test::Ge => compare(a, b).is_ge(),
        Test::Eq => equal_value(a, b),
        Test::Ne => !equal_value(a, b),
        Test::EqExact => equal(a, b),
        Test::NeExact => !equal(a, b),
        _ => false,
    }
}

/// Whether the term is a tuple of that size.
fn has_size(a: Term, size: Term) -> bool {
    a.as_tuple().is_some_and(|elements| op::size(elements.len()) == Some(size))
}

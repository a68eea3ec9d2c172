//! The operations of `op`.

use crate::core::Core;
use crate::exception::Exception;
use crate::term::Term;
use lam_isa::kind::Op;

/// The value of an operation.
pub(crate) fn evaluate(_: Op, _: &[Term], _: &mut Core) -> Result<Term, Exception> {
    Err(Exception::badarg())
}

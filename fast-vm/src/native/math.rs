//! Natives of the module `math`: functions of floats.
//!
//! The last digit of a transcendental function is that of the mathematical library of the system,
//! as it is on every other machine that runs Erlang.

use super::PureTable;
use crate::core::Core;
use crate::exception::Exception;
use crate::term::{Term, float};

/// The natives of this theme.
pub(crate) const TABLE: PureTable = &[
    ("math", "acos", 1, |core, args| of_one(core, args, f64::acos)),
    ("math", "acosh", 1, |core, args| of_one(core, args, libm::acosh)),
    ("math", "asin", 1, |core, args| of_one(core, args, f64::asin)),
    ("math", "asinh", 1, |core, args| of_one(core, args, libm::asinh)),
    ("math", "atan", 1, |core, args| of_one(core, args, f64::atan)),
    ("math", "atan2", 2, |core, args| of_two(core, args, f64::atan2)),
    ("math", "atanh", 1, |core, args| of_one(core, args, f64::atanh)),
    ("math", "ceil", 1, |core, args| of_one(core, args, f64::ceil)),
    ("math", "cos", 1, |core, args| of_one(core, args, f64::cos)),
    ("math", "cosh", 1, |core, args| of_one(core, args, f64::cosh)),
    ("math", "erf", 1, |core, args| of_one(core, args, libm::erf)),
    ("math", "erfc", 1, |core, args| of_one(core, args, libm::erfc)),
    ("math", "exp", 1, |core, args| of_one(core, args, f64::exp)),
    ("math", "floor", 1, |core, args| of_one(core, args, f64::floor)),
    ("math", "fmod", 2, |core, args| of_two(core, args, |x, y| x % y)),
    ("math", "log", 1, |core, args| of_one(core, args, f64::ln)),
    ("math", "log10", 1, |core, args| of_one(core, args, f64::log10)),
    ("math", "log2", 1, |core, args| of_one(core, args, f64::log2)),
    ("math", "pi", 0, |core, _| value(core, std::f64::consts::PI)),
    ("math", "pow", 2, |core, args| of_two(core, args, f64::powf)),
    ("math", "sin", 1, |core, args| of_one(core, args, f64::sin)),
    ("math", "sinh", 1, |core, args| of_one(core, args, f64::sinh)),
    ("math", "sqrt", 1, |core, args| of_one(core, args, f64::sqrt)),
    ("math", "tan", 1, |core, args| of_one(core, args, f64::tan)),
    ("math", "tanh", 1, |core, args| of_one(core, args, f64::tanh)),
];

/// The number as a float: `badarg` for no number, `badarith` for one beyond all floats.
fn argument(term: Term) -> Result<f64, Exception> {
    if !term.is_number() {
        return Err(Exception::badarg());
    }
    float::nearest(term).ok_or_else(Exception::badarith)
}

/// Outside the domain of the function, or beyond all floats, there is no value (`badarith`).
fn value(core: &mut Core, value: f64) -> Result<Term, Exception> {
    let value = float::finite(value).ok_or_else(Exception::badarith)?;
    Ok(core.heap().float(value))
}

fn of_one(core: &mut Core, args: &[Term], function: fn(f64) -> f64) -> Result<Term, Exception> {
    value(core, function(argument(args[0])?))
}

fn of_two(
    core: &mut Core,
    args: &[Term],
    function: fn(f64, f64) -> f64,
) -> Result<Term, Exception> {
    value(core, function(argument(args[0])?, argument(args[1])?))
}

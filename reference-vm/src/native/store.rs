//! Natives of what all processes share: persistent terms.

use super::{BoundTable, Effect, Exception, Reply};
use crate::exec::Exec;
use crate::term::Term;

use Effect::Shared;

/// The natives of this theme.
pub const TABLE: BoundTable = &[
    ("persistent_term", "put", 2, Shared, put),
    ("persistent_term", "get", 0, Shared, all),
    ("persistent_term", "get", 1, Shared, get),
    ("persistent_term", "get", 2, Shared, get),
    ("persistent_term", "erase", 1, Shared, erase),
];

fn put(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.machine.persistent.insert(args[0].clone(), args[1].clone());
    Reply::Value(Term::atom("ok"))
}

fn get(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    match exec.machine.persistent.get(&args[0]).or(args.get(1)) {
        Some(value) => Reply::Value(value.clone()),
        None => Reply::Raise(Exception::badarg()),
    }
}

fn all(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    let pairs = exec.machine.persistent.iter();
    Reply::Value(Term::list(
        pairs.map(|(k, v)| Term::tuple([k.clone(), v.clone()])).collect::<Vec<_>>(),
    ))
}

fn erase(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    Reply::Value(Term::boolean(exec.machine.persistent.remove(&args[0]).is_some()))
}

//! Natives of what all processes share: persistent terms.

use super::{BoundTable, Effect, Reply};
use crate::atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::term::Term;

use Effect::Shared;

/// The natives of this theme.
pub(crate) const TABLE: BoundTable = &[
    ("persistent_term", "put", 2, Shared, put),
    ("persistent_term", "get", 0, Shared, all),
    ("persistent_term", "get", 1, Shared, get),
    ("persistent_term", "get", 2, Shared, get),
    ("persistent_term", "erase", 1, Shared, erase),
];

fn put(core: &mut Core, args: &[Term]) -> Reply {
    let most = core.parcel_max();
    let (packer, heap) = (&mut core.packer, &core.me.heap);
    let done = core.machine.store.write().put(packer, heap, args[0], args[1], most);
    if done.is_none() {
        core.exceed();
        return Reply::Done;
    }
    Reply::Value(Term::atom(atom::OK))
}

fn get(core: &mut Core, args: &[Term]) -> Reply {
    let found = core.machine.store.read().get(args[0]).or(args.get(1).copied());
    found.map_or_else(|| Reply::Raise(Exception::badarg()), Reply::Value)
}

fn all(core: &mut Core, _: &[Term]) -> Reply {
    let store = core.machine.store.read();
    let heap = &mut core.me.heap;
    let pairs: Vec<Term> = store.iter().map(|(key, term)| heap.tuple(&[key, term])).collect();
    Reply::Value(heap.list_of(pairs.len(), pairs.into_iter(), Term::NIL))
}

fn erase(core: &mut Core, args: &[Term]) -> Reply {
    Reply::Value(Term::boolean(core.machine.store.write().erase(args[0])))
}

//! Natives that touch only the process that calls them: dictionary, references, aliases.

use super::{BoundTable, Effect, Reply};
use crate::atom::{self, Atom};
use crate::core::Core;
use crate::exception::Exception;
use crate::process::Alias;
use crate::term::integer::{self, to_i64};
use crate::term::map::{self, Map};
use crate::term::order::equal;
use crate::term::{Ref, Term};
use std::sync::atomic::Ordering;

use Effect::{Own, Shared};

/// The natives of this theme.
pub(crate) const TABLE: BoundTable = &[
    ("erlang", "self", 0, Own, self_pid),
    ("erlang", "put", 2, Own, put),
    ("erlang", "get", 0, Own, dictionary),
    ("erlang", "get", 1, Own, get),
    ("erlang", "get_keys", 0, Own, keys),
    ("erlang", "get_keys", 1, Own, keys_of),
    ("erlang", "erase", 0, Own, erase_all),
    ("erlang", "erase", 1, Own, erase),
    ("erlang", "make_ref", 0, Own, make_ref),
    ("erlang", "unique_integer", 0, Own, unique_integer),
    ("erlang", "unique_integer", 1, Own, unique_integer),
    ("erlang", "alias", 0, Shared, alias),
    ("erlang", "alias", 1, Shared, alias),
    ("erlang", "unalias", 1, Shared, unalias),
    ("erlang", "garbage_collect", 0, Own, garbage_collect),
    ("erlang", "garbage_collect", 1, Own, garbage_collect_of),
    ("erlang", "bump_reductions", 1, Own, bump_reductions),
];

const UNDEFINED: Term = Term::atom(atom::UNDEFINED);

fn self_pid(core: &mut Core, _: &[Term]) -> Reply {
    Reply::Value(Term::pid(core.pid()))
}

/// The dictionary, if anything is in it.
fn entries<'h>(core: &Core) -> Option<Map<'h>> {
    core.me.dictionary.as_map()
}

fn lookup(core: &Core, key: Term) -> Option<Term> {
    entries(core)?.get(key)
}

fn put(core: &mut Core, args: &[Term]) -> Reply {
    let old = lookup(core, args[0]);
    let me = &mut *core.me;
    me.dictionary = if me.dictionary == Term::NIL {
        map::from_pairs(&mut me.heap, &mut [(args[0], args[1])])
    } else {
        map::put(&mut me.heap, me.dictionary, args[0], args[1])
    };
    Reply::Value(old.unwrap_or(UNDEFINED))
}

fn get(core: &mut Core, args: &[Term]) -> Reply {
    Reply::Value(lookup(core, args[0]).unwrap_or(UNDEFINED))
}

/// A list of something for each entry of the dictionary, or for some, in key order.
fn listed(core: &mut Core, item: impl Fn(&mut Core, Term, Term) -> Option<Term>) -> Reply {
    let entries = entries(core).into_iter().flat_map(|entries| entries.iter());
    let items: Vec<Term> = entries.filter_map(|(key, value)| item(core, key, value)).collect();
    Reply::Value(core.heap().list_of(items.len(), items.into_iter(), Term::NIL))
}

fn dictionary(core: &mut Core, _: &[Term]) -> Reply {
    listed(core, |core, key, value| Some(core.heap().tuple(&[key, value])))
}

fn keys(core: &mut Core, _: &[Term]) -> Reply {
    listed(core, |_, key, _| Some(key))
}

fn keys_of(core: &mut Core, args: &[Term]) -> Reply {
    listed(core, |_, key, value| equal(value, args[0]).then_some(key))
}

fn erase(core: &mut Core, args: &[Term]) -> Reply {
    let Some(old) = lookup(core, args[0]) else { return Reply::Value(UNDEFINED) };
    let me = &mut *core.me;
    me.dictionary = map::remove(&mut me.heap, me.dictionary, args[0]);
    if me.dictionary.as_map().is_none_or(|left| left.is_empty()) {
        me.dictionary = Term::NIL;
    }
    Reply::Value(old)
}

fn erase_all(core: &mut Core, _: &[Term]) -> Reply {
    let old = dictionary(core, &[]);
    core.me.dictionary = Term::NIL;
    old
}

fn make_ref(core: &mut Core, _: &[Term]) -> Reply {
    let reference = core.new_reference();
    Reply::Value(core.heap().reference(reference))
}

/// A positive integer that no other call on this machine gives. Where slots are used again it is a
/// count of the machine; else the maker and its count, which no other process can influence.
fn unique_integer(core: &mut Core, args: &[Term]) -> Reply {
    if let Some(options) = args.first() {
        let known = [Atom::new("positive"), Atom::new("monotonic")].map(Term::atom);
        if !options.to_vec().is_some_and(|options| options.iter().all(|o| known.contains(o))) {
            return Reply::Raise(Exception::badarg());
        }
    }
    let unique = if core.machine.config.paths {
        let Ref { creator, number } = core.new_reference();
        integer::make(core.heap(), &((u128::from(number) << 32) | u128::from(creator.slot)).into())
    } else {
        let count = core.machine.unique.fetch_add(1, Ordering::Relaxed) + 1;
        core.heap().integer(i64::try_from(count).unwrap_or(i64::MAX))
    };
    Reply::Value(unique)
}

fn alias(core: &mut Core, args: &[Term]) -> Reply {
    let mut kind = Alias::Explicit;
    for option in args.first().and_then(|options| options.to_vec()).unwrap_or_default() {
        if option.is_atom(Atom::new("reply")) {
            kind = Alias::Reply;
        } else if !option.is_atom(atom::EXPLICIT_UNALIAS) {
            return Reply::Raise(Exception::badarg());
        }
    }
    let reference = core.new_reference();
    core.me.ties().aliases.insert(reference.number, kind);
    Reply::Value(core.heap().reference(reference))
}

fn unalias(core: &mut Core, args: &[Term]) -> Reply {
    let Some(alias) = args[0].as_ref() else { return Reply::Raise(Exception::badarg()) };
    let mine = alias.creator == core.pid();
    let ties = core.me.ties.as_mut().filter(|_| mine);
    let dropped = ties.and_then(|ties| ties.aliases.remove(&alias.number));
    Reply::Value(Term::boolean(dropped.is_some()))
}

/// Collects all of the heap on the way back from the call.
fn garbage_collect(core: &mut Core, _: &[Term]) -> Reply {
    core.heap().request_full();
    Reply::Value(Term::boolean(true))
}

/// Another process collects when it has to.
fn garbage_collect_of(core: &mut Core, args: &[Term]) -> Reply {
    if args[0].as_pid() == Some(core.pid()) {
        core.heap().request_full();
    }
    Reply::Value(Term::boolean(true))
}

fn bump_reductions(core: &mut Core, args: &[Term]) -> Reply {
    match to_i64(args[0]) {
        Some(n) if n > 0 => {
            core.reds -= n.min(i64::from(u32::MAX));
            Reply::Value(Term::boolean(true))
        }
        _ => Reply::Raise(Exception::badarg()),
    }
}

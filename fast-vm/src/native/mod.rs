//! Natives: functions of the host, called as any function is (`exec.host.link`).
//!
//! Owns the table of natives, by theme, and the form of a native. A native never collects: what
//! does not fit the heap goes to a fragment, so the terms it holds stay where they are. Book: *The
//! host*.

mod alone;
mod atoms;
mod binaries;
mod calendar;
mod call;
mod checksum;
mod code;
mod etf;
mod hash;
mod ids;
pub(crate) mod info;
mod lists;
mod maps;
mod math;
mod numbers;
mod ops;
mod own;
pub(crate) mod port;
mod process;
mod search;
mod store;
#[cfg(test)]
mod tests;
mod time;
mod tuples;
mod unicode;
mod zlib;

use crate::atom::Atom;
use crate::core::Core;
use crate::exception::{Class, Exception};
use crate::term::Term;
use crate::value::Value;
use lam_isa::Capability;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

/// A native that only computes: the value of a call, or the exception that it raises.
pub(crate) type Pure = fn(&mut Core, &[Term]) -> Result<Term, Exception>;

/// The pure natives of a theme: module, name and arity of each.
pub(crate) type PureTable = &'static [(&'static str, &'static str, u8, Pure)];

/// What a native may touch, which decides whether a step begins before it (`exec.host.class`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// At most its caller.
    Own,
    /// What several processes share: names, clocks, timers, other processes.
    Shared,
    /// The world; it is answered later.
    External,
}

/// What a native of the machine did.
pub(crate) enum Reply {
    /// It has a value.
    Value(Term),
    /// It raises.
    Raise(Exception),
    /// It has raised or ended the process already.
    Done,
    /// It goes on as the call of a function (`exec.host.tail`): of a fun, or of a module and
    /// a name. Then come the arguments.
    Tail(Vec<Term>, Vec<Term>),
    /// It waits for an answer (`exec.host.block`).
    Block,
}

/// A native that needs the machine or the process that calls it.
pub(crate) type Bound = fn(&mut Core, &[Term]) -> Reply;

/// A native.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Native {
    /// It only computes.
    Pure(Pure),
    /// It needs the machine.
    Bound(Effect, Bound),
    /// It is the host's.
    Host,
    /// It is not there, or needs what the host has not granted: a call of it is `undef`
    /// (`exec.host.capability`).
    Ungranted,
}

impl Native {
    /// What it may touch.
    pub fn effect(self) -> Effect {
        match self {
            Native::Pure(_) | Native::Ungranted => Effect::Own,
            Native::Bound(effect, _) => effect,
            Native::Host => Effect::Shared,
        }
    }
}

/// Module, name, arity, effect and body of natives of one theme.
pub(crate) type BoundTable = &'static [(&'static str, &'static str, u8, Effect, Bound)];

/// The tables of natives that need the machine, by theme, and what each needs from the host.
const BOUND: &[(Option<Capability>, BoundTable)] = &[
    (Some(Capability::Clock), calendar::CLOCK),
    (None, call::TABLE),
    (None, code::TABLE),
    (None, info::TABLE),
    (None, own::TABLE),
    (None, port::END),
    (Some(Capability::Output), port::TABLE),
    (None, process::TABLE),
    (None, store::TABLE),
    (None, time::TABLE),
    (Some(Capability::Clock), time::OF_DAY),
    (None, unicode::WIDE),
];

/// The tables of pure natives, by theme.
const PURE: &[PureTable] = &[
    alone::TABLE,
    atoms::TABLE,
    binaries::TABLE,
    calendar::TABLE,
    checksum::TABLE,
    etf::TABLE,
    hash::TABLE,
    ids::TABLE,
    lists::TABLE,
    maps::TABLE,
    math::TABLE,
    numbers::TABLE,
    ops::TABLE,
    search::TABLE,
    tuples::TABLE,
    unicode::TABLE,
    zlib::TABLE,
];

/// The native of that name, granted or not, and what it needs from the host.
pub(crate) fn find(module: Atom, name: Atom, arity: u8) -> Option<(Option<Capability>, Native)> {
    type Named = HashMap<(&'static str, &'static str, u8), (Option<Capability>, Native)>;
    static ALL: OnceLock<Named> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let pure = PURE.iter().copied().flatten();
        let pure = pure.map(|(m, f, a, run)| ((*m, *f, *a), (None, Native::Pure(*run))));
        let bound =
            BOUND.iter().flat_map(|(needs, theme)| theme.iter().map(move |one| (needs, one)));
        let bound = bound.map(|(needs, (m, f, a, effect, run))| {
            ((*m, *f, *a), (*needs, Native::Bound(*effect, *run)))
        });
        pure.chain(bound).collect()
    });
    all.get(&(module.text(), name.text(), arity)).copied()
}

/// What a call of that name enters where these capabilities are granted, if it is a native.
pub(crate) fn link(
    module: Atom,
    name: Atom,
    arity: u8,
    granted: &BTreeSet<Capability>,
) -> Option<Native> {
    let (needs, native) = find(module, name, arity)?;
    let granted = needs.is_none_or(|capability| granted.contains(&capability));
    Some(if granted { native } else { Native::Ungranted })
}

/// Calls a native of the host. What values cannot say is `badarg`.
pub(crate) fn call_host(core: &mut Core, module: Atom, name: Atom, args: &[Term]) -> Reply {
    let values: Option<Vec<Value>> = args.iter().map(|term| Value::of(*term)).collect();
    let Some(values) = values else { return Reply::Raise(Exception::badarg()) };
    let host = core.machine.host.clone();
    match host.call(module.text(), name.text(), &values) {
        Ok(value) => Reply::Value(value.build(core.heap())),
        Err(reason) => {
            let reason = reason.build(core.heap());
            Reply::Raise(Exception { class: Class::Error, reason })
        }
    }
}

/// Every native: module, name, arity and what it may touch.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str, u8, Effect)> {
    let pure = PURE.iter().copied().flatten().map(|(m, f, a, _)| (*m, *f, *a, Effect::Own));
    let bound = BOUND.iter().flat_map(|(_, theme)| theme.iter());
    pure.chain(bound.map(|(m, f, a, e, _)| (*m, *f, *a, *e)))
}

/// The elements of a proper list, or `badarg`.
pub(crate) fn proper(list: Term) -> Result<Vec<Term>, Exception> {
    list.to_vec().ok_or_else(Exception::badarg)
}

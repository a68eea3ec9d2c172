//! Natives: functions of the host, called as any function is (`exec.host.link`).
//!
//! Owns the table of natives this machine has, by theme, and the form of a native. Natives that
//! only compute are [`Native::Pure`] and see nothing of the machine but an [`Env`]; the others are
//! with the part of the machine they belong to. Book: *The host*.

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
pub mod info;
mod lists;
mod maps;
mod math;
mod numbers;
mod ops;
mod own;
mod port;
mod process;
mod search;
mod store;
mod time;
mod tuples;
mod unicode;
mod zlib;

use crate::exec::Exec;
use crate::machine::Machine;
use crate::term::{Atom, Pid, Term};
use lam_isa::{Capability, Rule};
use std::collections::HashMap;
use std::sync::OnceLock;

/// The class of an exception (`exec.raise.class`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something is wrong.
    Error,
    /// The process wants to end.
    Exit,
    /// A non-local return.
    Throw,
}

impl Class {
    /// The atom of the class.
    pub fn text(self) -> &'static str {
        match self {
            Class::Error => "error",
            Class::Exit => "exit",
            Class::Throw => "throw",
        }
    }
}

/// An exception before it has a trace.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Its class.
    pub class: Class,
    /// Its reason.
    pub reason: Term,
}

impl Exception {
    /// Class `error` with this atom as the reason.
    pub fn error(reason: &str) -> Exception {
        Exception { class: Class::Error, reason: Term::atom(reason) }
    }

    /// `error:badarg`.
    pub fn badarg() -> Exception {
        Exception::error("badarg")
    }

    /// `error:badarith`.
    pub fn badarith() -> Exception {
        Exception::error("badarith")
    }

    /// `error:system_limit`.
    pub fn system_limit() -> Exception {
        Exception::error("system_limit")
    }

    /// `error:{Kind, Value}`.
    pub fn error_with(kind: &str, value: Term) -> Exception {
        Exception { class: Class::Error, reason: Term::tuple([Term::atom(kind), value]) }
    }
}

/// What a pure native may know of the machine.
pub trait Env {
    /// The atom of that text, unless there would be too many (`lim.atom.count`) or it is too long:
    /// `system_limit`.
    fn new_atom(&mut self, text: &str) -> Result<Atom, Exception>;

    /// The atom of that text if the machine has it.
    fn existing_atom(&self, text: &str) -> Option<Atom>;

    /// The largest number of bits of an integer (`lim.integer.bits`).
    fn integer_bits(&self) -> u64;

    /// The most bytes of a bitstring (`lim.heap.bitstring`).
    fn bytes_max(&self) -> usize;

    /// A rule has fired.
    fn note(&mut self, rule: Rule);

    /// Whether a bitstring of so many bytes may be made: if not, `system_limit`.
    fn fits(&mut self, bytes: usize) -> Result<(), Exception> {
        if bytes <= self.bytes_max() {
            return Ok(());
        }
        Err(self.too_long())
    }

    /// What making a longer bitstring raises.
    fn too_long(&mut self) -> Exception {
        self.note(Rule::LimHeapBitstring);
        Exception::system_limit()
    }

    /// The spawn path of a process, for printing.
    fn path(&self, pid: Pid) -> String;

    /// The name of this node.
    fn node(&self) -> Atom;

    /// The process of that spawn path, dead or alive, for reading what was printed.
    fn pid_at(&self, path: &str) -> Option<Pid>;

    /// Whether there is or was such a process.
    fn knows(&self, pid: Pid) -> bool;
}

/// A native that only computes.
pub type Pure = fn(&mut dyn Env, &[Term]) -> Result<Term, Exception>;

/// The pure natives of a theme: module, name and arity of each.
pub type PureTable = &'static [(&'static str, &'static str, u8, Pure)];

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
pub enum Reply {
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
pub type Bound = fn(&mut Exec<'_>, &[Term]) -> Reply;

/// A native.
#[derive(Clone, Copy)]
pub enum Native {
    /// It only computes.
    Pure(Pure),
    /// It needs the machine, and what the host must have granted.
    Bound(Option<Capability>, Effect, Bound),
}

impl Native {
    /// What it may touch.
    pub fn effect(self) -> Effect {
        match self {
            Native::Pure(_) => Effect::Own,
            Native::Bound(_, effect, _) => effect,
        }
    }

    /// What the host must have granted, or it is not linked (`exec.host.capability`).
    pub fn capability(self) -> Option<Capability> {
        match self {
            Native::Pure(_) => None,
            Native::Bound(capability, ..) => capability,
        }
    }
}

/// Module, name, arity, effect and body of natives of one theme.
pub type BoundTable = &'static [(&'static str, &'static str, u8, Effect, Bound)];

/// Natives by module, name and arity; hashed, since every external call asks.
type Named<T> = HashMap<(&'static str, &'static str, u8), T>;

/// The native of that name.
pub fn find(module: Atom, name: Atom, arity: u8) -> Option<Native> {
    static ALL: OnceLock<Named<(Option<Capability>, Effect, Bound)>> = OnceLock::new();
    let bound = ALL.get_or_init(|| {
        let all = BOUND.iter().flat_map(|(capability, theme)| {
            theme.iter().map(|(module, name, arity, effect, run)| {
                ((*module, *name, *arity), (*capability, *effect, *run))
            })
        });
        all.collect()
    });
    let key = (module.text(), name.text(), arity);
    match bound.get(&key) {
        Some((capability, effect, run)) => Some(Native::Bound(*capability, *effect, *run)),
        None => pure(key.0, key.1, arity).map(Native::Pure),
    }
}

/// Whether the machine has a native of that name, granted or not; a module's function of the same
/// name is then never entered (`exec.host.link`).
pub fn exists(module: Atom, name: Atom, arity: u8) -> bool {
    find(module, name, arity).is_some()
}

/// What the native of that name needs to be granted, if there is one and it needs anything
/// (`exec.host.capability`).
pub fn capability(module: Atom, name: Atom, arity: u8) -> Option<Capability> {
    find(module, name, arity).and_then(Native::capability)
}

impl Machine {
    /// The native of that name that is linked: one that the machine has and the host grants.
    pub(crate) fn native(&self, module: Atom, name: Atom, arity: u8) -> Option<Native> {
        let granted = |needed| self.config.granted.contains(&needed);
        find(module, name, arity).filter(|native| native.capability().is_none_or(granted))
    }

    /// What the native of that name may touch; what is no native touches nothing.
    pub(crate) fn native_effect(&self, module: Atom, name: Atom, arity: u8) -> Effect {
        self.native(module, name, arity).map_or(Effect::Own, Native::effect)
    }
}

/// The host's answer to a call that blocked (`sched.host.complete`).
pub fn answer(machine: &mut Machine, request: &Term) -> Term {
    port::line(machine, request)
}

impl Env for Machine {
    fn new_atom(&mut self, text: &str) -> Result<Atom, Exception> {
        if text.chars().count() > lam_isa::limits::ATOM_CHARS {
            return Err(Exception::system_limit());
        }
        if let Some(known) = self.existing_atom(text) {
            return Ok(known);
        }
        if self.atoms.len() >= self.config.atoms_max {
            self.fire(Rule::LimAtomCount);
            return Err(Exception::system_limit());
        }
        let atom = Atom::new(text);
        std::rc::Rc::make_mut(&mut self.atoms).insert(atom);
        Ok(atom)
    }

    fn existing_atom(&self, text: &str) -> Option<Atom> {
        let atom = Atom::known(text)?;
        (self.atoms.contains(&atom) || self.code.has_atom(atom)).then_some(atom)
    }

    fn integer_bits(&self) -> u64 {
        self.config.integer_bits
    }

    fn bytes_max(&self) -> usize {
        let words = self.config.heap_words.saturating_sub(crate::heap::BITS_HEAD_WORDS);
        usize::try_from(words.saturating_mul(8)).unwrap_or(usize::MAX)
    }

    fn note(&mut self, rule: Rule) {
        self.fire(rule);
    }

    fn path(&self, pid: Pid) -> String {
        Machine::path(self, pid).to_string()
    }

    fn node(&self) -> Atom {
        Atom::new(self.config.node)
    }

    fn pid_at(&self, path: &str) -> Option<Pid> {
        let pids = (0..).map(Pid).take_while(|pid| self.knows(*pid));
        pids.into_iter().find(|pid| Machine::path(self, *pid).to_string() == path)
    }

    fn knows(&self, pid: Pid) -> bool {
        (pid.0 as usize) < self.procs.len()
    }
}

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

/// Every pure native: module, name and arity.
pub fn pure_names() -> impl Iterator<Item = (&'static str, &'static str, u8)> {
    PURE.iter().copied().flatten().map(|(module, name, arity, _)| (*module, *name, *arity))
}

/// Every native: module, name, arity and what it may touch.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str, u8, Effect)> {
    let pure = pure_names().map(|(module, name, arity)| (module, name, arity, Effect::Own));
    let bound = BOUND.iter().flat_map(|(_, theme)| theme.iter());
    pure.chain(bound.map(|(module, name, arity, effect, _)| (*module, *name, *arity, *effect)))
}

/// The pure native of that name.
pub fn pure(module: &str, name: &str, arity: u8) -> Option<Pure> {
    static ALL: OnceLock<Named<Pure>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let entries = PURE.iter().copied().flatten();
        entries.map(|(module, name, arity, native)| ((*module, *name, *arity), *native)).collect()
    });
    all.get(&(module, name, arity)).copied()
}

/// The elements of a proper list, or `badarg`.
fn proper(list: &Term) -> Result<Vec<Term>, Exception> {
    list.to_vec().ok_or_else(Exception::badarg)
}

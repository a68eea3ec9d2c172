//! Natives that tell about processes, funs and the machine.

use super::{BoundTable, Effect, Reply};
use crate::atom::{self, Atom};
use crate::code::Site;
use crate::config::Mode;
use crate::core::Core;
use crate::exception::Exception;
use crate::exec::control::entry_of;
use crate::exec::error::{location_info, site_before};
use crate::heap::Heap;
use crate::process::Status;
use crate::term::{Term, View};
use lam_isa::Instr;
use std::sync::atomic::Ordering;

use Effect::{Own, Shared};

/// The natives of this theme.
pub(crate) const TABLE: BoundTable = &[
    ("erlang", "fun_info", 1, Own, fun_info),
    ("erlang", "fun_info", 2, Own, fun_info_item),
    ("erlang", "fun_info_mfa", 1, Own, fun_info_mfa),
    ("erlang", "system_info", 1, Own, system_info),
    ("erlang", "memory", 0, Shared, memory),
    ("erlang", "memory", 1, Shared, memory),
    ("erlang", "statistics", 1, Shared, statistics),
];

/// What `process_info/1` tells.
pub(crate) const DEFAULT_ITEMS: [&str; 15] = [
    "current_function",
    "initial_call",
    "status",
    "message_queue_len",
    "links",
    "dictionary",
    "trap_exit",
    "error_handler",
    "priority",
    "group_leader",
    "total_heap_size",
    "heap_size",
    "stack_size",
    "reductions",
    "suspending",
];

const OTHER_ITEMS: [&str; 10] = [
    "registered_name",
    "messages",
    "monitors",
    "monitored_by",
    "memory",
    "current_stacktrace",
    "current_location",
    "min_heap_size",
    "message_queue_data",
    "label",
];

fn named(text: &str) -> Term {
    Term::atom(Atom::new(text))
}

fn count(n: usize) -> Term {
    Term::small(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Whether a term is an item of `process_info/2`, or a list of them.
pub(crate) fn are_items(items: Term) -> bool {
    let known = |item: Term| {
        let is = |name: Atom| DEFAULT_ITEMS.iter().chain(&OTHER_ITEMS).any(|n| *n == name.text());
        item.as_atom().is_some_and(is)
    };
    known(items) || items.to_vec().is_some_and(|items| items.into_iter().all(known))
}

/// What the process on the core answers to a question about it (`sig.info.reply`).
pub(crate) fn items(core: &mut Core, items: Term) -> Term {
    let waits = matches!(core.me.status, Status::Waiting | Status::Blocked);
    let place = if core.me.at.is_null() || !(waits || core.me.status == Status::Ready) {
        core.machine.code.site_at(core.pc)
    } else {
        // SAFETY: `signal` has made sure that the process stands there; sites live as long as the
        // machine.
        Some(unsafe { &*core.me.at })
    };
    items_at(core, place, items)
}

/// The same for the process that asks itself.
pub(crate) fn own_items(core: &mut Core, items: Term) -> Term {
    // SAFETY: it is set before a native of this kind is called, and sites live as long as the
    // machine.
    let place = unsafe { core.site.as_ref() };
    items_at(core, place, items)
}

/// One item, or a list of them, as `process_info/2` gives it.
fn items_at(core: &mut Core, place: Option<&Site>, items: Term) -> Term {
    match items.to_vec() {
        Some(list) => {
            let values: Vec<Term> = list
                .into_iter()
                .map(|name| {
                    let value = item(core, place, name);
                    core.heap().tuple(&[name, value])
                })
                .collect();
            core.heap().list(values)
        }
        None => {
            let value = item(core, place, items);
            // A process without a name has no such item at all.
            if value == Term::NIL && items == named("registered_name") {
                Term::NIL
            } else {
                core.heap().tuple(&[items, value])
            }
        }
    }
}

/// `{Module, Name, Arity}` of the function of an instruction.
fn function_of(heap: &mut Heap, place: Option<&Site>) -> Term {
    let empty = Term::atom(atom::EMPTY);
    let mfa = match place {
        Some(site) => {
            let function = site.function();
            let module = Term::atom(function.module().name);
            [module, Term::atom(function.name), Term::small(i64::from(function.arity))]
        }
        // The function in which every process begins.
        None => [empty, empty, Term::small(3)],
    };
    heap.tuple(&mfa)
}

/// The places where the process stands and where its callers go on, innermost first, as
/// instructions: each with its index.
fn places(core: &Core, place: Option<&Site>) -> Vec<(&'static Site, u32)> {
    let depth = core.machine.config.trace_depth;
    let mut places = Vec::new();
    let Some(site) = place else { return places };
    // SAFETY: sites live as long as the machine.
    let mut at: &'static Site = unsafe { &*std::ptr::from_ref(site) };
    places.push((at, at.index));
    if matches!(core.me.status, Status::Exiting | Status::Ended) {
        return places;
    }
    let mut sp = core.sp;
    // A tail call that blocks has dropped its frame: the process goes on in its caller.
    let blocked = matches!(core.me.status, Status::Blocked);
    let mut ret = (blocked && matches!(at.instr(), Instr::Tail { .. })).then_some(core.pc);
    while places.len() < depth {
        // SAFETY: `frame` slots and a return address lie above `sp`; before the code it leads to
        // is the site of the call, unless the process ends there.
        let caller = unsafe {
            let to = ret.take().unwrap_or_else(|| {
                sp = sp.add(usize::from(at.frame));
                let ret = std::ptr::with_exposed_provenance(*sp as usize);
                sp = sp.add(1);
                ret
            });
            site_before(to)
        };
        let Some(caller) = caller else { break };
        at = caller;
        places.push((at, at.index + 1));
    }
    places.truncate(depth);
    places
}

/// `{Module, Name, Arity, Location}` of each place.
fn frames(core: &mut Core, place: Option<&Site>) -> Vec<Term> {
    let places = places(core, place);
    let heap = core.heap();
    let frame = |(site, index): (&'static Site, u32)| {
        let function = site.function();
        let info = location_info(heap, function.module(), function.index, index);
        let module = Term::atom(function.module().name);
        let arity = Term::small(i64::from(function.arity));
        heap.tuple(&[module, Term::atom(function.name), arity, info])
    };
    places.into_iter().map(frame).collect()
}

/// Words of heap and stack in use, garbage included.
fn words(core: &Core) -> usize {
    core.me.heap.used_words() + stack_words(core)
}

/// Words of the stack, but for the place where every process ends.
fn stack_words(core: &Core) -> usize {
    (core.me.stack.end() as usize - core.sp as usize) / 8 - 1
}

fn item(core: &mut Core, place: Option<&Site>, name: Term) -> Term {
    let Some(name) = name.as_atom() else { return Term::atom(atom::UNDEFINED) };
    let flag = |core: &Core, name: &str, default: Term| {
        let set = core.me.ties.as_ref().and_then(|ties| ties.flags.get(name));
        set.copied().unwrap_or(default)
    };
    match name.text() {
        "registered_name" => {
            let name = core.machine.names.lock().of(core.me.pid);
            name.map_or(Term::NIL, Term::atom)
        }
        "current_function" => function_of(core.heap(), place),
        "current_stacktrace" => {
            let frames = frames(core, place);
            core.heap().list(frames)
        }
        "current_location" => frames(core, place).first().copied().unwrap_or(Term::NIL),
        "initial_call" => {
            let (module, function) = core.me.started_with;
            let arity = Term::small(i64::from(core.me.started_arity));
            core.heap().tuple(&[Term::atom(module), Term::atom(function), arity])
        }
        "status" => named(match core.me.status {
            Status::Ready => "runnable",
            Status::Exiting | Status::Ended => "exiting",
            Status::Waiting | Status::Blocked => "waiting",
        }),
        "message_queue_len" => count(core.me.mailbox.len()),
        "messages" => {
            let me = &mut *core.me;
            let messages = me.mailbox.copies(&mut me.heap);
            me.heap.list(messages)
        }
        "links" => {
            let me = &mut *core.me;
            let links = me.ties.iter().flat_map(|ties| &ties.links);
            let links: Vec<Term> = links.map(|pid| Term::pid(*pid)).collect();
            me.heap.list(links)
        }
        "monitors" => {
            let me = &mut *core.me;
            let watched = me.ties.iter().flat_map(|ties| ties.watching.values());
            let watched: Vec<Term> = watched
                .map(|watch| me.heap.tuple(&[Term::atom(atom::PROCESS), Term::pid(watch.pid)]))
                .collect();
            me.heap.list(watched)
        }
        "monitored_by" => {
            let me = &mut *core.me;
            let watchers = me.ties.iter().flat_map(|ties| ties.watchers.values());
            let watchers: Vec<Term> = watchers.map(|watcher| Term::pid(watcher.pid)).collect();
            me.heap.list(watchers)
        }
        "dictionary" => {
            let pairs: Vec<(Term, Term)> =
                core.me.dictionary.as_map().map_or_else(Vec::new, |map| map.iter().collect());
            let heap = core.heap();
            let pairs: Vec<Term> = pairs.into_iter().map(|(k, v)| heap.tuple(&[k, v])).collect();
            heap.list(pairs)
        }
        "trap_exit" => Term::boolean(core.me.trap_exit),
        "error_handler" => flag(core, "error_handler", Term::atom(atom::ERROR_HANDLER)),
        "priority" => flag(core, "priority", Term::atom(atom::NORMAL)),
        "min_heap_size" => flag(core, "min_heap_size", Term::small(233)),
        "message_queue_data" => flag(core, "message_queue_data", named("on_heap")),
        "group_leader" => Term::pid(core.me.group_leader),
        "total_heap_size" | "heap_size" => count(words(core)),
        "memory" => count(words(core) * 8),
        "stack_size" => count(stack_words(core)),
        "reductions" => {
            let spent = core.me.reductions + u64::try_from(core.spent()).unwrap_or(0);
            core.heap().integer(i64::try_from(spent).unwrap_or(i64::MAX))
        }
        "suspending" => Term::NIL,
        _ => Term::atom(atom::UNDEFINED),
    }
}

/// The items of a fun.
fn items_of_fun(core: &mut Core, fun: Term) -> Option<Vec<(&'static str, Term)>> {
    let heap = core.heap();
    let items = match fun.view() {
        View::Fun(boxed) => {
            let entry = entry_of(fun)?;
            // SAFETY: functions live as long as the machine.
            let function = unsafe { &*entry.function };
            let index = Term::small(i64::from(entry.index));
            vec![
                ("module", Term::atom(entry.module)),
                ("name", Term::atom(function.name)),
                ("arity", Term::small(i64::from(entry.arity))),
                ("env", heap.list(boxed.terms()[1..].iter().copied())),
                ("type", named("local")),
                ("index", index),
                ("new_index", index),
                ("uniq", Term::small(i64::from(entry.unique))),
                ("new_uniq", heap.bitstring(&entry.unique.to_be_bytes(), 32)),
            ]
        }
        View::External(module, name, arity) => vec![
            ("module", Term::atom(module)),
            ("name", Term::atom(name)),
            ("arity", Term::small(i64::from(arity))),
            ("env", Term::NIL),
            ("type", named("external")),
        ],
        _ => return None,
    };
    Some(items)
}

fn badarg() -> Reply {
    Reply::Raise(Exception::badarg())
}

fn fun_info(core: &mut Core, args: &[Term]) -> Reply {
    let Some(items) = items_of_fun(core, args[0]) else { return badarg() };
    let heap = core.heap();
    let pairs: Vec<Term> =
        items.into_iter().map(|(key, value)| heap.tuple(&[named(key), value])).collect();
    Reply::Value(heap.list(pairs))
}

fn fun_info_item(core: &mut Core, args: &[Term]) -> Reply {
    let Some(items) = items_of_fun(core, args[0]) else { return badarg() };
    let Some(wanted) = args[1].as_atom() else { return badarg() };
    let found = items.into_iter().find(|(key, _)| wanted.text() == *key);
    // External funs have no index and no hash, which is said with `undefined`.
    let value = found.map_or(Term::atom(atom::UNDEFINED), |(_, value)| value);
    Reply::Value(core.heap().tuple(&[args[1], value]))
}

fn fun_info_mfa(core: &mut Core, args: &[Term]) -> Reply {
    let Some(items) = items_of_fun(core, args[0]) else { return badarg() };
    let wanted = ["module", "name", "arity"].map(|name| {
        let item = items.iter().find(|(key, _)| *key == name);
        item.map_or(Term::NIL, |(_, value)| *value)
    });
    Reply::Value(core.heap().tuple(&wanted))
}

fn system_info(core: &mut Core, args: &[Term]) -> Reply {
    let Some(item) = args[0].as_atom() else { return badarg() };
    let machine = core.machine.clone();
    let config = &machine.config;
    Reply::Value(match item.text() {
        "otp_release" => core.heap().string("25"),
        "version" => core.heap().string(env!("CARGO_PKG_VERSION")),
        "machine" => core.heap().string("LAM"),
        "schedulers" | "schedulers_online" | "logical_processors" => {
            Term::small(i64::from(config.schedulers))
        }
        "wordsize" => Term::small(8),
        "process_limit" => count(config.processes_max),
        "atom_limit" => count(config.atoms_max),
        "process_count" => count(machine.live.load(Ordering::Relaxed)),
        "atom_count" => count(machine.atoms.lock().len()),
        "emu_flavor" => named("fast"),
        "emu_type" => named("opt"),
        "endian" => named("little"),
        "system_architecture" => core.heap().string("lam"),
        "backtrace_depth" => count(config.trace_depth),
        "build_type" => named("opt"),
        "threads" | "smp_support" => Term::boolean(config.schedulers > 1),
        _ => return badarg(),
    })
}

fn memory(core: &mut Core, args: &[Term]) -> Reply {
    let (_, words) = core.machine.totals();
    let total = core.heap().integer(i64::try_from(words.saturating_mul(8)).unwrap_or(i64::MAX));
    Reply::Value(match args {
        [] => {
            let pair = core.heap().tuple(&[named("total"), total]);
            core.heap().list([pair])
        }
        _ => total,
    })
}

fn statistics(core: &mut Core, args: &[Term]) -> Reply {
    let (first, second) = match args[0].as_atom().map(Atom::text) {
        Some("runtime") if core.machine.config.mode == Mode::Free => {
            let now = || core.machine.now();
            let ms = core.machine.host.cpu_ns().unwrap_or_else(now) / 1_000_000;
            (ms, ms)
        }
        Some("runtime" | "wall_clock") => {
            let ms = core.machine.now() / 1_000_000;
            (ms, ms)
        }
        Some("reductions" | "exact_reductions") => {
            let spent = u64::try_from(core.spent()).unwrap_or(0);
            let total = core.machine.totals().0 + spent;
            (total, total)
        }
        Some("run_queue") => return Reply::Value(Term::small(0)),
        _ => return badarg(),
    };
    let numbers = [first, second].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    let numbers = numbers.map(|n| core.heap().integer(n));
    Reply::Value(core.heap().tuple(&numbers))
}

//! Natives that tell about processes, funs and the machine.

use super::{BoundTable, Effect, Exception, Reply};
use crate::exec::{Exec, location_info};
use crate::machine::Machine;
use crate::process::{Process, Status, Value};
use crate::signal::Question;
use crate::term::{Fun, Pid, Term};
use lam_isa::Rule;

use Effect::{Own, Shared};

/// The natives of this theme.
pub const TABLE: BoundTable = &[
    ("erlang", "fun_info", 1, Own, fun_info),
    ("erlang", "fun_info", 2, Own, fun_info_item),
    ("erlang", "fun_info_mfa", 1, Own, fun_info_mfa),
    ("erlang", "system_info", 1, Own, system_info),
    ("erlang", "memory", 0, Shared, memory),
    ("erlang", "memory", 1, Shared, memory),
    ("erlang", "statistics", 1, Shared, statistics),
];

/// What `process_info/1` tells.
pub const DEFAULT_ITEMS: [&str; 15] = [
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

/// Whether a term is an item of `process_info/2`, or a list of them.
pub fn are_items(items: &Term) -> bool {
    let known = |item: &Term| {
        let mut all = DEFAULT_ITEMS.iter().chain(&OTHER_ITEMS);
        all.any(|name| item.is_atom(name))
    };
    known(items) || items.to_vec().is_some_and(|items| items.iter().all(known))
}

/// The answer of process `of` to a question about it (`sig.info.reply`).
pub fn answer(machine: &Machine, of: Pid, question: &Question) -> Term {
    match (question, machine.process(of)) {
        (Question::IsAlive, Some(process)) => {
            Term::boolean(!matches!(process.status, Status::Exiting(_)))
        }
        (Question::IsAlive, None) => Term::boolean(false),
        (Question::Items(items), Some(process)) => self::items(machine, of, process, items),
        (Question::Items(_), None) => Term::atom("undefined"),
    }
}

/// One item, or a list of them, as `process_info/2` gives it.
pub fn items(machine: &Machine, pid: Pid, process: &Process, items: &Term) -> Term {
    match items.to_vec() {
        Some(list) => {
            let of = |name: &Term| pair(name, item(machine, pid, process, name));
            Term::list(list.iter().map(of))
        }
        None => {
            let value = item(machine, pid, process, items);
            // A process without a name has no such item at all.
            if items.is_atom("registered_name") && matches!(value, Term::Nil) {
                Term::Nil
            } else {
                pair(items, value)
            }
        }
    }
}

fn pair(name: &Term, value: Term) -> Term {
    Term::tuple([name.clone(), value])
}

fn count(n: usize) -> Term {
    Term::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

fn item(machine: &Machine, pid: Pid, process: &Process, name: &Term) -> Term {
    let flag =
        |name: &'static str, default: Term| process.flags.get(name).cloned().unwrap_or(default);
    let frames = |process: &Process| {
        let callers = process.stack.iter().rev().map(|activation| &activation.ret);
        let places = std::iter::once(&process.place).chain(callers);
        let known = places.filter(|place| !place.module.name.text().is_empty());
        known
            .take(machine.config.trace_depth)
            .map(|place| {
                let (name, arity) = place.module.name_of(place.function);
                let info = location_info(&place.module, place.function, place.pc);
                let arity = Term::Int(i64::from(arity));
                Term::tuple([Term::Atom(place.module.name), Term::Atom(name), arity, info])
            })
            .collect::<Vec<_>>()
    };
    let words = || count(usize::try_from(crate::heap::live_words(process)).unwrap_or(usize::MAX));
    let Some(name) = name.as_atom() else { return Term::atom("undefined") };
    match name.text() {
        "registered_name" => {
            let named = machine.names.iter().find(|(_, named)| **named == pid);
            named.map_or(Term::Nil, |(name, _)| Term::Atom(*name))
        }
        "current_function" => {
            let (name, arity) = process.place.module.name_of(process.place.function);
            let module = Term::Atom(process.place.module.name);
            Term::tuple([module, Term::Atom(name), Term::Int(i64::from(arity))])
        }
        "current_stacktrace" => Term::list(frames(process)),
        "current_location" => frames(process).into_iter().next().unwrap_or(Term::Nil),
        "initial_call" => {
            let (module, function, arity) = process.initial_call;
            Term::tuple([Term::Atom(module), Term::Atom(function), Term::Int(arity.into())])
        }
        "status" => Term::atom(match process.status {
            Status::Ready => "runnable",
            Status::Exiting(_) => "exiting",
            Status::Waiting | Status::Blocked(_) => "waiting",
        }),
        "message_queue_len" => count(process.mailbox.len()),
        "messages" => Term::list(process.mailbox.iter().cloned()),
        "links" => Term::list(process.links.iter().map(|pid| Term::Pid(*pid))),
        "monitors" => Term::list(
            process
                .watching
                .values()
                .map(|watch| Term::tuple([Term::atom("process"), Term::Pid(watch.pid)]))
                .collect::<Vec<_>>(),
        ),
        "monitored_by" => Term::list(process.watchers.iter().map(|watcher| Term::Pid(watcher.pid))),
        "dictionary" => {
            Term::list(process.dictionary.iter().map(|(k, v)| Term::tuple([k.clone(), v.clone()])))
        }
        "trap_exit" => Term::boolean(process.trap_exit),
        "error_handler" => flag("error_handler", Term::atom("error_handler")),
        "priority" => flag("priority", Term::atom("normal")),
        "min_heap_size" => flag("min_heap_size", Term::Int(233)),
        "message_queue_data" => flag("message_queue_data", Term::atom("on_heap")),
        "group_leader" => Term::Pid(process.group_leader),
        "total_heap_size" | "heap_size" => words(),
        "memory" => {
            count(usize::try_from(crate::heap::live_words(process) * 8).unwrap_or(usize::MAX))
        }
        "stack_size" => {
            let slots = |y: &Vec<Value>| y.len() + 1;
            count(process.y.len() + process.stack.iter().map(|a| slots(&a.y)).sum::<usize>())
        }
        "reductions" => Term::integer(process.reductions),
        "suspending" => Term::Nil,
        _ => Term::atom("undefined"),
    }
}

fn fun_items(fun: &Fun) -> Vec<(&'static str, Term)> {
    match fun {
        Fun::Local { module, arity, index, unique, captured, .. } => vec![
            ("module", Term::Atom(*module)),
            ("name", Term::atom(&format!("-lambda-{index}-"))),
            ("arity", Term::Int(i64::from(*arity))),
            ("env", Term::list(captured.iter().cloned())),
            ("type", Term::atom("local")),
            ("index", Term::Int(i64::from(*index))),
            ("new_index", Term::Int(i64::from(*index))),
            ("uniq", Term::Int(i64::from(*unique))),
            ("new_uniq", Term::binary(unique.to_be_bytes())),
        ],
        Fun::External { module, name, arity } => vec![
            ("module", Term::Atom(*module)),
            ("name", Term::Atom(*name)),
            ("arity", Term::Int(i64::from(*arity))),
            ("env", Term::Nil),
            ("type", Term::atom("external")),
        ],
    }
}

/// The items of a fun, with the name of its function.
fn items_of_fun(exec: &Exec<'_>, fun: &Fun) -> Vec<(&'static str, Term)> {
    let mut items = fun_items(fun);
    if let Fun::Local { version, function, .. } = fun {
        let (name, _) = exec.machine.code.version(*version).name_of(*function);
        for (key, value) in &mut items {
            if *key == "name" {
                *value = Term::Atom(name);
            }
        }
    }
    items
}

fn fun_info(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let Term::Fun(fun) = &args[0] else { return Reply::Raise(Exception::badarg()) };
    let items = items_of_fun(exec, fun);
    Reply::Value(Term::list(
        items.into_iter().map(|(key, value)| Term::tuple([Term::atom(key), value])),
    ))
}

fn fun_info_item(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let Term::Fun(fun) = &args[0] else { return Reply::Raise(Exception::badarg()) };
    let items = items_of_fun(exec, fun);
    match items.into_iter().find(|(key, _)| args[1].is_atom(key)) {
        Some((key, value)) => Reply::Value(Term::tuple([Term::atom(key), value])),
        // External funs have no index and no hash, which is said with `undefined`.
        None if args[1].as_atom().is_some() => {
            Reply::Value(Term::tuple([args[1].clone(), Term::atom("undefined")]))
        }
        None => Reply::Raise(Exception::badarg()),
    }
}

fn fun_info_mfa(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let Term::Fun(fun) = &args[0] else { return Reply::Raise(Exception::badarg()) };
    let items = items_of_fun(exec, fun);
    let wanted = ["module", "name", "arity"];
    let found = wanted.map(|name| {
        let item = items.iter().find(|(key, _)| *key == name);
        item.map_or(Term::Nil, |(_, value)| value.clone())
    });
    Reply::Value(Term::tuple(found))
}

fn system_info(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let Some(item) = args[0].as_atom() else { return Reply::Raise(Exception::badarg()) };
    let config = &exec.machine.config;
    Reply::Value(match item.text() {
        "otp_release" => Term::string("25"),
        "version" => Term::string(env!("CARGO_PKG_VERSION")),
        "machine" => Term::string("LAM"),
        "schedulers" | "schedulers_online" | "logical_processors" => {
            Term::Int(i64::from(config.schedulers))
        }
        "wordsize" => Term::Int(8),
        "process_limit" => count(config.processes_max),
        "atom_limit" => count(config.atoms_max),
        "process_count" => count(exec.machine.live),
        "atom_count" => count(exec.machine.atoms.len()),
        "emu_flavor" => Term::atom("reference"),
        "emu_type" => Term::atom("opt"),
        "endian" => Term::atom("little"),
        "system_architecture" => Term::string("lam"),
        "backtrace_depth" => count(config.trace_depth),
        "build_type" => Term::atom("opt"),
        "threads" | "smp_support" => Term::boolean(false),
        _ => return Reply::Raise(Exception::badarg()),
    })
}

fn memory(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecInfoOwn);
    let live = exec.machine.procs.iter().filter_map(|slot| slot.live.as_deref());
    let words: u64 =
        live.map(crate::heap::live_words).sum::<u64>() + crate::heap::live_words(&exec.me);
    let total = Term::integer(words * 8);
    Reply::Value(match args {
        [] => Term::list([Term::tuple([Term::atom("total"), total])]),
        _ => total,
    })
}

fn statistics(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let reductions: u64 = (exec.machine.procs.iter())
        .filter_map(|slot| slot.live.as_ref())
        .map(|process| process.reductions)
        .sum();
    let ms = Term::integer(exec.machine.now / 1_000_000);
    match args[0].as_atom().map(|item| item.text()) {
        Some("runtime" | "wall_clock") => Reply::Value(Term::tuple([ms.clone(), ms])),
        Some("reductions" | "exact_reductions") => {
            let total = Term::integer(reductions + exec.me.reductions);
            Reply::Value(Term::tuple([total.clone(), total]))
        }
        Some("run_queue") => Reply::Value(Term::Int(0)),
        _ => Reply::Raise(Exception::badarg()),
    }
}

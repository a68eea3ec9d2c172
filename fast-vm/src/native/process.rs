//! Natives about names, group leaders and other processes.

use super::{BoundTable, Effect, Reply, info};
use crate::atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::mailbox::Signal;
use crate::term::{Pid, Term, View};

use Effect::{Own, Shared};

/// The natives of this theme.
pub(crate) const TABLE: BoundTable = &[
    ("erlang", "register", 2, Shared, register),
    ("erlang", "unregister", 1, Shared, unregister),
    ("erlang", "whereis", 1, Shared, whereis),
    ("erlang", "registered", 0, Shared, registered),
    ("erlang", "group_leader", 0, Own, group_leader),
    ("erlang", "group_leader", 2, Shared, set_group_leader),
    ("erlang", "is_process_alive", 1, Shared, is_process_alive),
    ("erlang", "process_info", 1, Shared, process_info),
    ("erlang", "process_info", 2, Shared, process_info_item),
    ("erlang", "processes", 0, Shared, processes),
];

fn badarg() -> Reply {
    Reply::Raise(Exception::badarg())
}

fn register(core: &mut Core, args: &[Term]) -> Reply {
    let name = args[0].as_atom().filter(|name| *name != atom::UNDEFINED);
    let (Some(name), Some(pid)) = (name, args[1].as_pid()) else { return badarg() };
    let mut names = core.machine.names.lock();
    if !core.machine.slots.is_alive(pid) || !names.insert(name, pid) {
        return badarg();
    }
    if !core.machine.slots.set_named(pid, true) {
        // It has ended meanwhile.
        names.forget(pid);
        return badarg();
    }
    Reply::Value(Term::boolean(true))
}

fn unregister(core: &mut Core, args: &[Term]) -> Reply {
    let Some(name) = args[0].as_atom() else { return badarg() };
    let mut names = core.machine.names.lock();
    let Some(pid) = names.remove(name) else { return badarg() };
    core.machine.slots.set_named(pid, false);
    Reply::Value(Term::boolean(true))
}

fn whereis(core: &mut Core, args: &[Term]) -> Reply {
    let Some(name) = args[0].as_atom() else { return badarg() };
    let pid = core.machine.named(name);
    Reply::Value(pid.map_or(Term::atom(atom::UNDEFINED), Term::pid))
}

fn registered(core: &mut Core, _: &[Term]) -> Reply {
    let names = core.machine.names.lock().all();
    Reply::Value(core.heap().list(names.into_iter().map(Term::atom)))
}

fn group_leader(core: &mut Core, _: &[Term]) -> Reply {
    Reply::Value(Term::pid(core.me.group_leader))
}

/// `group_leader(Leader, Pid)`: of another process by a signal.
fn set_group_leader(core: &mut Core, args: &[Term]) -> Reply {
    let leader = match args[0].view() {
        View::Pid(leader) => Some(leader),
        View::Atom(name) => core.machine.named(name),
        _ => None,
    };
    let (Some(leader), Some(pid)) = (leader, args[1].as_pid()) else { return badarg() };
    if pid == core.pid() {
        core.me.group_leader = leader;
    } else {
        let post = core.post(Signal::Leader, 0, Term::pid(leader));
        core.emit(core.pid(), pid, post);
    }
    Reply::Value(Term::boolean(true))
}

/// Asks another process, or what is left of it, and waits for the answer (`exec.host.block`).
fn ask(core: &mut Core, pid: Pid, question: Signal, items: Term) -> Reply {
    let post = core.post(question, 0, items);
    core.emit(core.pid(), pid, post);
    core.block();
    Reply::Block
}

fn is_process_alive(core: &mut Core, args: &[Term]) -> Reply {
    match args[0].as_pid() {
        Some(pid) if pid == core.pid() => Reply::Value(Term::boolean(true)),
        Some(pid) => ask(core, pid, Signal::IsAlive, Term::NIL),
        None => badarg(),
    }
}

fn process_info(core: &mut Core, args: &[Term]) -> Reply {
    let items = core.heap().list(info::DEFAULT_ITEMS.map(|name| Term::atom(atom::Atom::new(name))));
    items_of(core, args[0], items)
}

fn process_info_item(core: &mut Core, args: &[Term]) -> Reply {
    items_of(core, args[0], args[1])
}

fn items_of(core: &mut Core, pid: Term, items: Term) -> Reply {
    let Some(pid) = pid.as_pid() else { return badarg() };
    if !info::are_items(items) {
        return badarg();
    }
    if pid == core.pid() {
        Reply::Value(info::own_items(core, items))
    } else {
        ask(core, pid, Signal::Items, items)
    }
}

/// All that have not ended, by slot.
fn processes(core: &mut Core, _: &[Term]) -> Reply {
    let live: Vec<Term> = core.machine.slots.all().map(Term::pid).collect();
    Reply::Value(core.heap().list(live))
}

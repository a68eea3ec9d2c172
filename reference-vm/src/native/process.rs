//! Natives about names, group leaders and other processes.

use super::{BoundTable, Effect, Exception, Reply};
use crate::exec::Exec;
use crate::signal::{Question, Signal};
use crate::term::{Pid, Term};
use lam_isa::Rule;

use Effect::{Own, Shared};

/// The natives of this theme.
pub const TABLE: BoundTable = &[
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

fn register(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let name = args[0].as_atom().filter(|name| name.text() != "undefined");
    let (Some(name), Term::Pid(pid)) = (name, &args[1]) else { return bad_name(exec) };
    let named = exec.machine.names.values().any(|named| named == pid);
    if named || exec.machine.names.contains_key(&name) || !exec.machine.is_alive(*pid) {
        return bad_name(exec);
    }
    exec.machine.fire(Rule::ExecNameRegister);
    exec.machine.names.insert(name, *pid);
    Reply::Value(Term::boolean(true))
}

fn bad_name(exec: &mut Exec<'_>) -> Reply {
    exec.machine.fire(Rule::ExecNameBadarg);
    Reply::Raise(Exception::badarg())
}

fn unregister(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let known = args[0].as_atom().and_then(|name| exec.machine.names.remove(&name));
    if known.is_none() {
        return bad_name(exec);
    }
    exec.machine.fire(Rule::ExecNameUnregister);
    Reply::Value(Term::boolean(true))
}

fn whereis(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let Some(name) = args[0].as_atom() else { return bad_name(exec) };
    exec.machine.fire(Rule::ExecNameWhereis);
    let pid = exec.machine.names.get(&name);
    Reply::Value(pid.map_or(Term::atom("undefined"), |pid| Term::Pid(*pid)))
}

fn registered(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecNameWhereis);
    Reply::Value(Term::list(
        exec.machine.names.keys().map(|name| Term::Atom(*name)).collect::<Vec<_>>(),
    ))
}

fn group_leader(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecLeaderRead);
    Reply::Value(Term::Pid(exec.me.group_leader))
}

/// `group_leader(Leader, Pid)`: of another process by a signal.
fn set_group_leader(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let leader = match &args[0] {
        Term::Pid(leader) => Some(*leader),
        Term::Atom(name) => exec.machine.names.get(name).copied(),
        _ => None,
    };
    let (Some(leader), Term::Pid(pid)) = (leader, &args[1]) else {
        return Reply::Raise(Exception::badarg());
    };
    exec.machine.fire(Rule::ExecLeaderRequest);
    if *pid == exec.pid {
        exec.me.group_leader = leader;
    } else {
        exec.machine.emit(exec.pid, *pid, Signal::Leader(leader));
    }
    Reply::Value(Term::boolean(true))
}

/// Asks another process, or what is left of it, and waits for the answer.
fn ask(exec: &mut Exec<'_>, pid: Pid, question: Question) -> Reply {
    exec.machine.fire(Rule::ExecInfoRequest);
    exec.machine.emit(exec.pid, pid, Signal::Info(question));
    exec.block()
}

fn is_process_alive(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    match args[0] {
        Term::Pid(pid) if pid == exec.pid => {
            exec.machine.fire(Rule::ExecInfoOwn);
            Reply::Value(Term::boolean(true))
        }
        Term::Pid(pid) => ask(exec, pid, Question::IsAlive),
        _ => Reply::Raise(Exception::badarg()),
    }
}

fn process_info(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let items = Term::list(super::info::DEFAULT_ITEMS.map(Term::atom));
    items_of(exec, &args[0], items)
}

fn process_info_item(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    items_of(exec, &args[0], args[1].clone())
}

fn items_of(exec: &mut Exec<'_>, pid: &Term, items: Term) -> Reply {
    let Term::Pid(pid) = *pid else { return Reply::Raise(Exception::badarg()) };
    if !super::info::are_items(&items) {
        return Reply::Raise(Exception::badarg());
    }
    if pid == exec.pid {
        exec.machine.fire(Rule::ExecInfoOwn);
        Reply::Value(super::info::items(exec.machine, pid, &exec.me, &items))
    } else {
        ask(exec, pid, Question::Items(items))
    }
}

fn processes(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    let slots = exec.machine.procs.iter().zip(0..);
    let live = slots.filter(|(slot, _)| slot.reason.is_none());
    Reply::Value(Term::list(live.map(|(_, n)| Term::Pid(Pid(n))).collect::<Vec<_>>()))
}

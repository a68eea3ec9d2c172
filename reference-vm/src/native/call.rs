//! Natives that call, raise, or stand for an instruction.

use super::{BoundTable, Class, Effect, Exception, Reply};
use crate::exec::Exec;
use crate::process::{Frames, Status};
use crate::term::Term;

use Effect::{Own, Shared};

/// The natives of this theme.
pub const TABLE: BoundTable = &[
    ("erlang", "apply", 2, Own, apply_fun),
    ("erlang", "apply", 3, Own, apply_named),
    ("erlang", "hibernate", 3, Own, hibernate),
    ("erlang", "error", 1, Own, error),
    ("erlang", "error", 2, Own, error_with_args),
    ("erlang", "error", 3, Own, error_with_args),
    ("erlang", "exit", 1, Own, exit),
    ("erlang", "throw", 1, Own, throw),
    ("erlang", "raise", 3, Own, raise),
    ("erlang", "nif_error", 1, Own, error),
    ("erlang", "nif_error", 2, Own, error_with_args),
    ("erlang", "spawn", 1, Shared, spawn_fun),
    ("erlang", "spawn", 3, Shared, spawn),
    ("erlang", "spawn_link", 1, Shared, spawn_link_fun),
    ("erlang", "spawn_link", 3, Shared, spawn_link),
    ("erlang", "spawn_monitor", 1, Shared, spawn_monitor_fun),
    ("erlang", "spawn_monitor", 3, Shared, spawn_monitor),
    ("erlang", "spawn_opt", 2, Shared, spawn_opt_fun),
    ("erlang", "spawn_opt", 4, Shared, spawn_opt),
    ("erlang", "link", 1, Shared, link),
    ("erlang", "unlink", 1, Shared, unlink),
    ("erlang", "monitor", 2, Shared, monitor),
    ("erlang", "monitor", 3, Shared, monitor),
    ("erlang", "demonitor", 1, Shared, demonitor),
    ("erlang", "demonitor", 2, Shared, demonitor),
    ("erlang", "exit", 2, Shared, exit_signal),
    ("erlang", "process_flag", 2, Shared, process_flag),
    ("erlang", "send", 2, Shared, send),
    ("erlang", "send", 3, Shared, send_options),
    ("erlang", "!", 2, Shared, send),
    ("erlang", "yield", 0, Own, yield_now),
];

fn badarg() -> Reply {
    Reply::Raise(Exception::badarg())
}

fn apply_fun(_: &mut Exec<'_>, args: &[Term]) -> Reply {
    match args[1].to_vec() {
        Some(list) => Reply::Tail(vec![args[0].clone()], list),
        None => badarg(),
    }
}

fn apply_named(_: &mut Exec<'_>, args: &[Term]) -> Reply {
    match args[2].to_vec() {
        Some(list) => Reply::Tail(args[..2].to_vec(), list),
        None => badarg(),
    }
}

/// Forgets the callers and waits for a message before the call: here only the first is done, as
/// waiting changes nothing that can be seen.
fn hibernate(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    match (args[0].as_atom(), args[1].as_atom(), args[2].to_vec()) {
        (Some(_), Some(_), Some(list)) => {
            exec.restart();
            Reply::Tail(args[..2].to_vec(), list)
        }
        _ => badarg(),
    }
}

fn error(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.raise_here(Class::Error, args[0].clone())
}

fn exit(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.raise_here(Class::Exit, args[0].clone())
}

fn throw(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.raise_here(Class::Throw, args[0].clone())
}

/// `error(Reason, Args, Options)`: the caller's frame has the arguments.
fn error_with_args(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let given = match &args[1] {
        list @ (Term::Nil | Term::Cons(_)) => Some(list.clone()),
        _ => None,
    };
    exec.raise_as_caller(args[0].clone(), given, args.get(2));
    Reply::Done
}

fn raise(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let class = crate::exec::class_of(&args[0]);
    match class.filter(|_| is_trace(&args[2])) {
        Some(class) => {
            exec.unwind(class, args[1].clone(), Frames::Given(args[2].clone()));
            Reply::Done
        }
        None => Reply::Value(Term::atom("badarg")),
    }
}

/// Whether a term has the shape of a stack trace.
fn is_trace(term: &Term) -> bool {
    let frame = |frame: &Term| match frame.as_tuple() {
        Some([module, name, _, info]) => {
            module.as_atom().is_some() && name.as_atom().is_some() && info.to_vec().is_some()
        }
        Some([module, name, _]) => module.as_atom().is_some() && name.as_atom().is_some(),
        Some([Term::Fun(_), args]) => args.to_vec().is_some(),
        _ => false,
    };
    term.to_vec().is_some_and(|frames| frames.iter().all(frame))
}

/// `erlang:apply(Fun, [])`, as a new process calls it.
fn call_of_fun(fun: &Term) -> Option<[Term; 3]> {
    match fun {
        Term::Fun(_) => {
            let args = Term::list([fun.clone(), Term::Nil]);
            Some([Term::atom("erlang"), Term::atom("apply"), args])
        }
        _ => None,
    }
}

fn start(exec: &mut Exec<'_>, call: Option<[Term; 3]>, options: &Term) -> Reply {
    match call {
        Some(call) => reply(exec.spawn_process(&call, options)),
        None => badarg(),
    }
}

fn named(args: &[Term]) -> Option<[Term; 3]> {
    Some([args[0].clone(), args[1].clone(), args[2].clone()])
}

fn option(name: &str) -> Term {
    Term::list([Term::atom(name)])
}

fn spawn_fun(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, call_of_fun(&args[0]), &Term::Nil)
}

fn spawn(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, named(args), &Term::Nil)
}

fn spawn_link_fun(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, call_of_fun(&args[0]), &option("link"))
}

fn spawn_link(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, named(args), &option("link"))
}

fn spawn_monitor_fun(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, call_of_fun(&args[0]), &option("monitor"))
}

fn spawn_monitor(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, named(args), &option("monitor"))
}

fn spawn_opt_fun(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, call_of_fun(&args[0]), &args[1])
}

fn spawn_opt(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, named(args), &args[3])
}

/// What an instruction of the process family did, as the value of a function.
fn reply(done: crate::exec::Done<Term>) -> Reply {
    match done {
        Ok((_, value)) => Reply::Value(value),
        Err((_, exception)) => Reply::Raise(exception),
    }
}

fn link(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let done = exec.link_with(&args[0]);
    reply(done)
}

fn unlink(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let done = exec.unlink_from(&args[0]);
    reply(done)
}

fn monitor(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let done = exec.watch(&args[0], &args[1], args.get(2).unwrap_or(&Term::Nil));
    reply(done)
}

fn demonitor(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let done = exec.unwatch(&args[0], args.get(1).unwrap_or(&Term::Nil));
    reply(done)
}

fn exit_signal(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let done = exec.send_exit(&args[0], &args[1]);
    // A process that has ended itself goes no further.
    match exec.me.status {
        Status::Exiting(_) => Reply::Done,
        _ => reply(done),
    }
}

fn process_flag(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let done = exec.set_flag(&args[0], &args[1]);
    reply(done)
}

fn send(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    match exec.send_to(&args[0], args[1].clone()) {
        Ok(_) => Reply::Value(args[1].clone()),
        Err(exception) => Reply::Raise(exception),
    }
}

/// `send(To, Message, Options)`: sending never blocks, so the options change nothing.
fn send_options(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    match exec.send_to(&args[0], args[1].clone()) {
        Ok(_) => Reply::Value(Term::atom("ok")),
        Err(exception) => Reply::Raise(exception),
    }
}

fn yield_now(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    exec.machine.yielded = true;
    Reply::Value(Term::boolean(true))
}

//! Natives that call, raise, or stand for an instruction.

use super::{BoundTable, Effect, Reply};
use crate::atom;
use crate::core::Core;
use crate::exception::{Class, Exception};
use crate::exec::Done;
use crate::process::{Saved, Status};
use crate::term::Term;

use Effect::{Own, Shared};

/// The natives of this theme.
pub(crate) const TABLE: BoundTable = &[
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

fn apply_fun(_: &mut Core, args: &[Term]) -> Reply {
    match args[1].to_vec() {
        Some(list) => Reply::Tail(vec![args[0]], list),
        None => badarg(),
    }
}

fn apply_named(_: &mut Core, args: &[Term]) -> Reply {
    match args[2].to_vec() {
        Some(list) => Reply::Tail(args[..2].to_vec(), list),
        None => badarg(),
    }
}

/// Forgets the callers and waits for a message before the call: here only the first is done, as
/// waiting changes nothing that can be seen.
fn hibernate(core: &mut Core, args: &[Term]) -> Reply {
    match (args[0].as_atom(), args[1].as_atom(), args[2].to_vec()) {
        (Some(_), Some(_), Some(list)) => {
            core.restart();
            Reply::Tail(args[..2].to_vec(), list)
        }
        _ => badarg(),
    }
}

fn error(core: &mut Core, args: &[Term]) -> Reply {
    core.raise_here(Class::Error, args[0])
}

fn exit(core: &mut Core, args: &[Term]) -> Reply {
    core.raise_here(Class::Exit, args[0])
}

fn throw(core: &mut Core, args: &[Term]) -> Reply {
    core.raise_here(Class::Throw, args[0])
}

/// `error(Reason, Args, Options)`: the caller's frame has the arguments.
fn error_with_args(core: &mut Core, args: &[Term]) -> Reply {
    let given = (args[1] == Term::NIL || args[1].is_cons()).then_some(args[1]);
    core.raise_as_caller(args[0], given, args.get(2).copied())
}

fn raise(core: &mut Core, args: &[Term]) -> Reply {
    match Class::named(args[0]).filter(|_| is_trace(args[2])) {
        Some(class) => core.raise_given(class, args[1], args[2]),
        None => Reply::Value(Term::atom(atom::BADARG)),
    }
}

/// Whether a term has the shape of a stack trace.
fn is_trace(term: Term) -> bool {
    let frame = |frame: Term| match frame.as_tuple() {
        Some([module, name, _, info]) => {
            module.as_atom().is_some() && name.as_atom().is_some() && info.length().is_some()
        }
        Some([module, name, _]) => module.as_atom().is_some() && name.as_atom().is_some(),
        Some([fun, args]) => fun.is_fun() && args.length().is_some(),
        _ => false,
    };
    let mut frames = term.iter();
    frames.by_ref().all(frame) && frames.rest() == Term::NIL
}

/// `erlang:apply(Fun, [])`, as a new process calls it.
fn call_of_fun(core: &mut Core, fun: Term) -> Option<[Term; 3]> {
    if !fun.is_fun() {
        return None;
    }
    let args = core.heap().list([fun, Term::NIL]);
    Some([Term::atom(atom::ERLANG), Term::atom(atom::APPLY), args])
}

fn start_fun(core: &mut Core, fun: Term, options: Term) -> Reply {
    if let Some(done) = core.spawn_fun(fun, options) {
        return reply(core, done);
    }
    match call_of_fun(core, fun) {
        Some(call) => start(core, call, options),
        None => badarg(),
    }
}

fn start(core: &mut Core, call: [Term; 3], options: Term) -> Reply {
    let done = core.spawn_process(call, options);
    reply(core, done)
}

fn option(core: &mut Core, name: atom::Atom) -> Term {
    core.heap().list([Term::atom(name)])
}

fn spawn_fun(core: &mut Core, args: &[Term]) -> Reply {
    start_fun(core, args[0], Term::NIL)
}

fn spawn(core: &mut Core, args: &[Term]) -> Reply {
    start(core, [args[0], args[1], args[2]], Term::NIL)
}

fn spawn_link_fun(core: &mut Core, args: &[Term]) -> Reply {
    let options = option(core, atom::LINK);
    start_fun(core, args[0], options)
}

fn spawn_link(core: &mut Core, args: &[Term]) -> Reply {
    let options = option(core, atom::LINK);
    start(core, [args[0], args[1], args[2]], options)
}

fn spawn_monitor_fun(core: &mut Core, args: &[Term]) -> Reply {
    let options = option(core, atom::MONITOR);
    start_fun(core, args[0], options)
}

fn spawn_monitor(core: &mut Core, args: &[Term]) -> Reply {
    let options = option(core, atom::MONITOR);
    start(core, [args[0], args[1], args[2]], options)
}

fn spawn_opt_fun(core: &mut Core, args: &[Term]) -> Reply {
    start_fun(core, args[0], args[1])
}

fn spawn_opt(core: &mut Core, args: &[Term]) -> Reply {
    start(core, [args[0], args[1], args[2]], args[3])
}

/// What an instruction of the process family did, as the value of a function. A process that has
/// ended itself, or has no room for its own message, goes no further.
fn reply(core: &mut Core, done: Done) -> Reply {
    if core.me.status != Status::Ready {
        core.me.saved = Saved::default();
        return Reply::Done;
    }
    match done {
        Ok((_, value)) => Reply::Value(value),
        Err((_, exception)) => Reply::Raise(exception),
    }
}

fn link(core: &mut Core, args: &[Term]) -> Reply {
    let done = core.link_with(args[0]);
    reply(core, done)
}

fn unlink(core: &mut Core, args: &[Term]) -> Reply {
    let done = core.unlink_from(args[0]);
    reply(core, done)
}

fn monitor(core: &mut Core, args: &[Term]) -> Reply {
    let done = core.watch(args[0], args[1], *args.get(2).unwrap_or(&Term::NIL));
    reply(core, done)
}

fn demonitor(core: &mut Core, args: &[Term]) -> Reply {
    let done = core.unwatch(args[0], *args.get(1).unwrap_or(&Term::NIL));
    reply(core, done)
}

fn exit_signal(core: &mut Core, args: &[Term]) -> Reply {
    let done = core.send_exit(args[0], args[1]);
    reply(core, done)
}

fn process_flag(core: &mut Core, args: &[Term]) -> Reply {
    let done = core.set_flag(args[0], args[1]);
    reply(core, done)
}

fn send(core: &mut Core, args: &[Term]) -> Reply {
    send_and_give(core, args, args[1])
}

/// `send(To, Message, Options)`: sending never blocks, so the options change nothing.
fn send_options(core: &mut Core, args: &[Term]) -> Reply {
    send_and_give(core, args, Term::atom(atom::OK))
}

fn send_and_give(core: &mut Core, args: &[Term], value: Term) -> Reply {
    let done = core.send_to(args[0], args[1]);
    let done = done.map(|rule| (rule, value));
    reply(core, done.map_err(|exception| (lam_isa::Rule::ExecSendBadarg, exception)))
}

fn yield_now(core: &mut Core, _: &[Term]) -> Reply {
    core.give_way();
    Reply::Value(Term::boolean(true))
}

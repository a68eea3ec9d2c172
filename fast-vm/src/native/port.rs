//! Natives of output, input and the end of the machine.

use super::{BoundTable, Effect, Reply};
use crate::atom::Atom;
use crate::config::Mode;
use crate::core::Core;
use crate::exception::Exception;
use crate::heap::Heap;
use crate::machine::Machine;
use crate::readers;
use crate::term::bits::code_point;
use crate::term::integer::to_i64;
use crate::term::print::display as text_of;
use crate::term::{Term, View};
use lam_isa::Capability;
use lam_isa::outcome::End;

use Effect::{External, Shared};

/// The natives of this theme.
pub(crate) const TABLE: BoundTable = &[
    ("lam", "write", 2, Shared, write),
    ("lam", "read", 1, External, read),
    ("erlang", "display", 1, Shared, display),
    ("erlang", "display_string", 1, Shared, display_string),
];

/// The natives that end the machine.
pub(crate) const END: BoundTable = &[
    ("erlang", "halt", 0, Shared, halt),
    ("erlang", "halt", 1, Shared, halt),
    ("erlang", "halt", 2, Shared, halt),
];

fn badarg() -> Reply {
    Reply::Raise(Exception::badarg())
}

/// `lam:write(Port, IoData)` appends bytes to what the port has been given.
fn write(core: &mut Core, args: &[Term]) -> Reply {
    match (args[0].as_atom(), bytes_of(args[1])) {
        (Some(port), Some(bytes)) => {
            give(&core.machine, port.text(), &bytes);
            Reply::Value(Term::atom(crate::atom::OK))
        }
        _ => badarg(),
    }
}

/// Gives bytes to a port of the host; a scheduled machine keeps them for its outcome, too.
fn give(machine: &Machine, port: &str, bytes: &[u8]) {
    machine.host.write(port, bytes);
    if machine.config.mode == Mode::Scheduled {
        machine.ports.lock().entry(port.into()).or_default().extend_from_slice(bytes);
    }
}

/// The bytes of binaries and bytes, nested in lists.
fn bytes_of(data: Term) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut todo = vec![data];
    while let Some(term) = todo.pop() {
        match term.view() {
            View::Nil => {}
            View::Small(byte) => bytes.push(u8::try_from(byte).ok()?),
            View::Bits(bits) => bytes.extend_from_slice(&bits.as_binary()?),
            View::Cons(head, tail) => todo.extend([tail, head]),
            _ => return None,
        }
    }
    Some(bytes)
}

/// `lam:read(Port)` gives a line, with its end, or `eof`. The host answers when it likes: the process
/// blocks, and in a free machine a thread waits in its place, if there may be one.
fn read(core: &mut Core, args: &[Term]) -> Reply {
    let Some(port) = args[0].as_atom() else { return badarg() };
    if core.machine.config.mode == Mode::Free {
        let line = match given_line(&core.machine, port) {
            None if readers::request(&core.machine, port, core.pid(), core.me.calls + 1) => {
                core.block();
                return Reply::Block;
            }
            None => core.machine.host.read_line(port.text()),
            given => given,
        };
        core.me.calls += 1;
        return Reply::Value(answer(core.heap(), line));
    }
    let call = core.block();
    core.machine.requests.lock().insert((core.pid(), call), port);
    Reply::Block
}

/// The next line of a port, with its end, or none at the end of its input. May wait for the world.
pub(crate) fn next_line(machine: &Machine, port: Atom) -> Option<Vec<u8>> {
    given_line(machine, port).or_else(|| machine.host.read_line(port.text()))
}

/// The next line of what is there already.
fn given_line(machine: &Machine, port: Atom) -> Option<Vec<u8>> {
    let mut inputs = machine.inputs.lock();
    let input = inputs.get_mut(port.text())?;
    let end = input.iter().position(|byte| *byte == b'\n').map_or(input.len(), |at| at + 1);
    let line: Vec<u8> = input.drain(..end).collect();
    (!line.is_empty()).then_some(line)
}

/// The answer to `lam:read`.
pub(crate) fn answer(heap: &mut Heap, line: Option<Vec<u8>>) -> Term {
    line.map_or_else(|| Term::atom(Atom::new("eof")), |line| heap.binary(&line))
}

/// `erlang:display(Term)` writes the canonical text of a term and a line end to `stdout`.
fn display(core: &mut Core, args: &[Term]) -> Reply {
    let mut text = text_of(args[0], &|pid| core.path(pid));
    text.push('\n');
    give(&core.machine, "stdout", text.as_bytes());
    Reply::Value(Term::boolean(true))
}

fn display_string(core: &mut Core, args: &[Term]) -> Reply {
    let bytes = match args[0].to_vec() {
        Some(characters) => {
            let text: Option<String> = characters.into_iter().map(code_point).collect();
            text.map(String::into_bytes)
        }
        None => bytes_of(args[0]),
    };
    let Some(bytes) = bytes else { return badarg() };
    give(&core.machine, "stdout", &bytes);
    Reply::Value(Term::boolean(true))
}

fn halt(core: &mut Core, args: &[Term]) -> Reply {
    let status = match args.first() {
        None => 0,
        Some(status) if to_i64(*status).is_some_and(|status| status >= 0) => {
            to_i64(*status).unwrap_or(0) & 0xff
        }
        Some(abort) if abort.is_atom(Atom::new("abort")) => 134,
        // A slogan: the machine says it, if it may, and fails.
        Some(slogan) if slogan.is_cons() || *slogan == Term::NIL => {
            let granted = core.machine.config.granted.contains(&Capability::Output);
            if let Some(mut bytes) = bytes_of(*slogan).filter(|_| granted) {
                bytes.push(b'\n');
                give(&core.machine, "stderr", &bytes);
            }
            1
        }
        Some(_) => return badarg(),
    };
    core.machine.end(End::Halt(u8::try_from(status).unwrap_or(u8::MAX)));
    // No instruction behind the call is executed.
    core.yielded = true;
    core.request();
    Reply::Value(Term::boolean(true))
}

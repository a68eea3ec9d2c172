//! Natives of output, input and the end of the machine.

use super::{BoundTable, Effect, Exception, Reply};
use crate::exec::Exec;
use crate::machine::Machine;
use crate::term::{Term, display_with};
use lam_isa::outcome::End;
use lam_isa::{Capability, Rule};

use Effect::{External, Shared};

/// The natives that write and read.
pub const TABLE: BoundTable = &[
    ("lam", "write", 2, Shared, write),
    ("lam", "read", 1, External, read),
    ("erlang", "display", 1, Shared, display),
    ("erlang", "display_string", 1, Shared, display_string),
];

/// The natives that end the machine.
pub const END: BoundTable = &[
    ("erlang", "halt", 0, Shared, halt),
    ("erlang", "halt", 1, Shared, halt),
    ("erlang", "halt", 2, Shared, halt),
];

/// `lam:write(Port, IoData)` appends bytes to what the port has been given.
fn write(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let bytes = bytes_of(&args[1]);
    match (args[0].as_atom(), bytes) {
        (Some(port), Some(bytes)) => {
            exec.machine.ports.entry(port.text().into()).or_default().extend(bytes);
            Reply::Value(Term::atom("ok"))
        }
        _ => Reply::Raise(Exception::badarg()),
    }
}

/// The bytes of binaries and bytes, nested in lists.
fn bytes_of(data: &Term) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut todo = vec![data];
    while let Some(term) = todo.pop() {
        match term {
            Term::Nil => {}
            Term::Int(byte) => bytes.push(u8::try_from(*byte).ok()?),
            Term::Bits(bits) => bytes.extend_from_slice(&bits.as_binary()?),
            Term::Cons(cons) => todo.extend([&cons.tail, &cons.head]),
            _ => return None,
        }
    }
    Some(bytes)
}

/// `lam:read(Port)` gives a line, with its end, or `eof`; the host answers when it likes.
fn read(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    if args[0].as_atom().is_none() {
        return Reply::Raise(Exception::badarg());
    }
    let reply = exec.block();
    exec.machine.calls.insert((exec.pid, exec.me.calls), args[0].clone());
    reply
}

/// The host's answer to `lam:read` of this port.
pub fn line(machine: &mut Machine, port: &Term) -> Term {
    let Some(port) = port.as_atom() else { return Term::atom("eof") };
    let input = machine.inputs.entry(port.text().into()).or_default();
    let end = input.iter().position(|byte| *byte == b'\n').map_or(input.len(), |at| at + 1);
    let line: Vec<u8> = input.drain(..end).collect();
    if !line.is_empty() {
        return Term::binary(line);
    }
    let host = machine.config.host.as_ref();
    host.and_then(|host| host.read_line(port.text())).map_or(Term::atom("eof"), Term::binary)
}

/// `erlang:display(Term)` writes the canonical text of a term and a line end to `stdout`.
fn display(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let mut text = display_with(&args[0], &|pid| exec.machine.path(pid).to_string());
    text.push('\n');
    exec.machine.ports.entry("stdout".into()).or_default().extend(text.into_bytes());
    Reply::Value(Term::boolean(true))
}

fn display_string(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let bytes = match args[0].to_vec() {
        Some(characters) => {
            let char = |c: &Term| char::from_u32(u32::try_from(c.as_int()?).ok()?);
            characters.iter().map(char).collect::<Option<String>>().map(String::into_bytes)
        }
        None => bytes_of(&args[0]),
    };
    match bytes {
        Some(bytes) => {
            exec.machine.ports.entry("stdout".into()).or_default().extend(bytes);
            Reply::Value(Term::boolean(true))
        }
        None => Reply::Raise(Exception::badarg()),
    }
}

fn halt(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let status = match args.first() {
        None => 0,
        Some(Term::Int(status)) if *status >= 0 => (status & 0xff).unsigned_abs(),
        Some(Term::Atom(atom)) if atom.text() == "abort" => 134,
        // A slogan: the machine says it, if it may, and fails.
        Some(slogan @ (Term::Cons(_) | Term::Nil)) => {
            let granted = exec.machine.config.granted.contains(&Capability::Output);
            if let Some(bytes) = bytes_of(slogan).filter(|_| granted) {
                let port = exec.machine.ports.entry("stderr".into()).or_default();
                port.extend(bytes);
                port.push(b'\n');
            }
            1
        }
        Some(_) => return Reply::Raise(Exception::badarg()),
    };
    exec.machine.fire(Rule::EndMachineHalt);
    exec.machine.ended = Some(End::Halt(u8::try_from(status).unwrap_or(u8::MAX)));
    Reply::Value(Term::boolean(true))
}

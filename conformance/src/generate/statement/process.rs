//! Processes, messages and natives.

use super::super::VARIABLES;
use super::super::builder::{Builder, Code, to_x, value_of, variable, x};
use super::{arguments, guard, list, source, target};
use arbitrary::{Result, Unstructured};
use lam_isa::kind::{Mark, Op, Test};
use lam_isa::operand::{Dst, Src};
use lam_isa::table::Instr;

/// A statement that has to do with processes.
pub fn statement(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    match u.int_in_range(0..=11)? {
        0 | 1 => spawn(u, b, code),
        9 | 10 => dealings(u, b, code),
        11 => own(u, b, code),
        2 | 3 => send(u, b, code),
        4 | 5 => receive(u, b, code),
        6 => signal(u, b, code),
        7 => native(u, b, code),
        _ => small(u, b, code),
    }
}

/// Starts a later function, linked, watched or neither.
pub fn spawn(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let Some(child) = b.later(u, code.function)? else { return Ok(()) };
    list(u, b, code, b.arities[child])?;
    let options = match u.int_in_range(0..=3)? {
        0 => Some("link"),
        1 => Some("monitor"),
        _ => None,
    };
    if let Some(option) = options {
        let head = b.atom(option);
        code.push(Instr::Need { words: 2, live: 1 });
        code.push(Instr::Cons { head, tail: Src::Nil, dst: to_x(1) });
    }
    let options = if options.is_some() { Src::X(x(1)) } else { Src::Nil };
    let (module, function) = (b.atom("g"), b.name_of(child));
    code.push(Instr::Spawn { module, function, args: Src::X(x(0)), options, dst: target(u)? });
    Ok(())
}

/// Sends to a variable, if that is a pid, or to itself.
fn send(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let after = code.label();
    let to = if u.ratio(1, 3)? {
        me(code);
        Src::X(x(0))
    } else {
        let to = source(u, b)?;
        guard(u, code, Test::IsPid, to, after)?;
        to
    };
    let dst = if u.arbitrary()? { target(u)? } else { Dst::Discard };
    code.push(Instr::Send { to, message: source(u, b)?, dst });
    code.place(after);
    Ok(())
}

/// Some dealings with a child that has just been started: links, monitors, signals, in any order.
fn dealings(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let Some(child) = b.later(u, code.function)? else { return Ok(()) };
    let first = u.int_in_range(0..=VARIABLES - 1)?;
    let (pid, reference) = (value_of(first), value_of(first + 1));
    list(u, b, code, b.arities[child])?;
    let (module, function) = (b.atom("g"), b.name_of(child));
    let (args, options, dst) = (Src::X(x(0)), Src::Nil, variable(first));
    code.push(Instr::Spawn { module, function, args, options, dst });
    let (kind, item, dst) = (b.atom("process"), pid, variable(first + 1));
    code.push(Instr::Monitor { kind, item, options: Src::Nil, dst });
    for _ in 0..u.int_in_range(1..=5)? {
        // What has ended cannot be linked with, except by a process that traps exits.
        code.push(match u.int_in_range(0..=6)? {
            0 | 1 => Instr::Link { pid },
            2 => Instr::Unlink { pid },
            3 => Instr::Demonitor { reference, options: Src::Nil, dst: Dst::Discard },
            4 => Instr::Send { to: pid, message: source(u, b)?, dst: Dst::Discard },
            5 => Instr::Exit { pid, reason: source(u, b)? },
            _ => Instr::Yield {},
        });
    }
    Ok(())
}

/// Dealings with oneself: monitors, aliases, exit signals.
fn own(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let dst = target(u)?;
    match u.int_in_range(0..=3)? {
        0 => {
            me(code);
            let kind = b.atom("process");
            code.push(Instr::Monitor { kind, item: Src::X(x(0)), options: Src::Nil, dst });
        }
        1 => {
            let alias = b.native("erlang", "alias", 0);
            code.push(Instr::Host { function: alias });
            code.push(Instr::Send { to: Src::X(x(0)), message: source(u, b)?, dst });
        }
        2 => {
            let (name, value) = (b.atom("trap_exit"), b.atom("true"));
            code.push(Instr::Flag { name, value, dst });
            me(code);
            code.push(Instr::Exit { pid: Src::X(x(0)), reason: source(u, b)? });
        }
        _ => {
            let name = b.atom("greedy");
            code.push(Instr::Flag { name, value: Src::Int(u.int_in_range(1..=100)?), dst });
        }
    }
    Ok(())
}

/// The own pid in `x0`.
fn me(code: &mut Code) {
    code.push(Instr::Op { kind: Op::SelfPid, args: vec![], dst: to_x(0), other: None });
}

/// A receive, selective or not, that polls, waits for some time or for ever.
fn receive(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let (take, idle, after) = (code.label(), code.label(), code.label());
    code.place(take);
    code.push(Instr::Recv { dst: to_x(0), other: idle });
    if u.ratio(1, 3)? {
        super::test(u, b, code, Src::X(x(0)), take)?;
    }
    code.push(Instr::Accept {});
    code.set(Src::X(x(0)), target(u)?);
    code.push(Instr::Jump { to: after });
    code.place(idle);
    match u.int_in_range(0..=5)? {
        0 => {
            let timeout = b.atom("infinity");
            code.push(Instr::Wait { timeout, to: Some(take) });
        }
        1 => code.push(Instr::Wait { timeout: Src::Int(0), to: None }),
        _ => {
            let timeout = Src::Int(u.int_in_range(1..=50)?);
            code.push(Instr::Wait { timeout, to: Some(take) });
        }
    }
    code.place(after);
    Ok(())
}

/// An instruction on another process.
fn signal(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let after = code.label();
    let pid = source(u, b)?;
    let dst = target(u)?;
    match u.int_in_range(0..=6)? {
        0 => {
            guard(u, code, Test::IsPid, pid, after)?;
            code.push(Instr::Link { pid });
        }
        1 => {
            guard(u, code, Test::IsPid, pid, after)?;
            code.push(Instr::Unlink { pid });
        }
        2 | 3 => {
            guard(u, code, Test::IsPid, pid, after)?;
            let kind = b.atom("process");
            code.push(Instr::Monitor { kind, item: pid, options: Src::Nil, dst });
        }
        4 => {
            guard(u, code, Test::IsReference, pid, after)?;
            code.push(Instr::Demonitor { reference: pid, options: Src::Nil, dst });
        }
        5 => {
            guard(u, code, Test::IsPid, pid, after)?;
            code.push(Instr::Exit { pid, reason: source(u, b)? });
        }
        _ => {
            let (name, value) = (b.atom("trap_exit"), b.atom(u.choose(&["true", "false"])?));
            code.push(Instr::Flag { name, value, dst });
        }
    }
    code.place(after);
    Ok(())
}

/// Natives by module, name and arity.
type Natives = &'static [(&'static str, &'static str, u8)];

/// Natives that are called.
const NATIVES: Natives = &[
    ("erlang", "make_ref", 0),
    ("erlang", "group_leader", 0),
    ("erlang", "get", 0),
    ("erlang", "erase", 1),
    ("erlang", "put", 2),
    ("erlang", "alias", 0),
    ("erlang", "send_after", 3),
    ("erlang", "is_process_alive", 1),
    ("erlang", "whereis", 1),
    ("erlang", "phash2", 1),
    ("lists", "reverse", 2),
    ("maps", "keys", 1),
];

/// Those of them that the model has.
const MODEST: Natives = &[
    ("erlang", "make_ref", 0),
    ("erlang", "group_leader", 0),
    ("erlang", "erase", 1),
    ("erlang", "put", 2),
    ("erlang", "alias", 0),
    ("erlang", "send_after", 3),
    ("erlang", "is_process_alive", 1),
    ("erlang", "whereis", 1),
];

/// A call of a native, as a function or by `host`.
fn native(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    use lam_isa::operand::{Arity, Target};
    let natives = if b.modest { MODEST } else { NATIVES };
    let (module, name, arity) = *u.choose(natives)?;
    let after = code.label();
    match name {
        "send_after" => {
            me(code);
            code.set(Src::X(x(0)), to_x(1));
            code.set(Src::Int(u.int_in_range(0..=50)?), to_x(0));
            code.set(source(u, b)?, to_x(2));
        }
        "is_process_alive" => {
            let pid = source(u, b)?;
            guard(u, code, Test::IsPid, pid, after)?;
            code.set(pid, to_x(0));
        }
        "whereis" => {
            let name = b.atom("nobody");
            code.set(name, to_x(0));
        }
        "reverse" => {
            let list = source(u, b)?;
            guard(u, code, Test::IsNil, list, after)?;
            code.set(list, to_x(0));
            code.set(source(u, b)?, to_x(1));
        }
        "keys" => {
            let map = source(u, b)?;
            guard(u, code, Test::IsMap, map, after)?;
            code.set(map, to_x(0));
        }
        _ => arguments(u, b, code, arity)?,
    }
    let function = b.native(module, name, arity);
    if u.arbitrary()? {
        code.push(Instr::Host { function });
    } else {
        let target = Target::Fun(function);
        code.push(Instr::Call { target, arity: Arity::Count(arity) });
    }
    code.set(Src::X(x(0)), target(u)?);
    code.place(after);
    Ok(())
}

fn small(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    match u.int_in_range(0..=3)? {
        0 => code.push(Instr::Yield {}),
        1 => code.push(Instr::Mark { kind: Mark::Reserve, args: vec![], dst: target(u)? }),
        2 => {
            let args = vec![source(u, b)?];
            code.push(Instr::Mark { kind: Mark::Use, args, dst: Dst::Discard });
        }
        _ => {
            let args = vec![source(u, b)?, source(u, b)?];
            code.push(Instr::Mark { kind: Mark::Bind, args, dst: Dst::Discard });
        }
    }
    Ok(())
}

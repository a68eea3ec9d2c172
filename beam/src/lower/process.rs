//! Calls of functions elsewhere, of which those that are instructions become instructions.

use super::Lowering;
use crate::chunk::Mfa;
use lam_isa::Instr;
use lam_isa::Literal;
use lam_isa::kind::Raise;
use lam_isa::operand::{Arity, AtomId, Dst, Src, Target, XReg};

const X0: Src = Src::X(XReg(0));
const X1: Src = Src::X(XReg(1));
const X2: Src = Src::X(XReg(2));
const X3: Src = Src::X(XReg(3));
const D0: Dst = Dst::X(XReg(0));

/// Calls a function of any module; `frame` is the size of the frame of a call in tail position.
pub(super) fn call(l: &mut Lowering<'_, '_, '_>, mfa: Mfa, frame: Option<u32>) {
    let tables = l.pool.tables;
    let (module, name) = (tables.atom(mfa.module), tables.atom(mfa.name));
    if module == "erlang" {
        match (name, mfa.arity) {
            ("apply", 3) => return enter(l, Target::Named(X0, X1), Arity::List(X2), frame),
            ("apply", 2) => return enter(l, Target::Value(X0), Arity::List(X1), frame),
            ("error", 1) => return raise(l, Raise::Error),
            ("exit", 1) => return raise(l, Raise::Exit),
            ("throw", 1) => return raise(l, Raise::Throw),
            _ => {}
        }
        if let Some((instr, answers)) = effect(l, name, mfa.arity) {
            l.emit(instr);
            if let Answer::True(atom) = answers {
                l.emit(Instr::Move { pairs: vec![(Src::Atom(atom), D0)] });
            }
            if let Some(frame) = frame {
                l.emit(Instr::Ret { frame });
            }
            return;
        }
    }
    let target = Target::Fun(l.pool.imported(mfa));
    enter(l, target, Arity::Count(mfa.arity), frame);
    // The compiler knows that this does not return, and what stands behind it counts on that.
    if module == "erlang" && name == "error" && frame.is_none() {
        raise(l, Raise::Error);
    }
}

fn enter(l: &mut Lowering<'_, '_, '_>, target: Target, arity: Arity, frame: Option<u32>) {
    l.emit(match frame {
        Some(frame) => Instr::Tail { target, arity, frame },
        None => Instr::Call { target, arity },
    });
}

/// Raising keeps the frame: it is part of the trace.
fn raise(l: &mut Lowering<'_, '_, '_>, kind: Raise) {
    l.emit(Instr::Raise { kind, args: vec![X0] });
}

/// What is in `x0` after an instruction that stands for a call.
enum Answer {
    /// Its own result.
    Own,
    /// The atom `true`, which is moved there.
    True(AtomId),
}

/// The instruction that a function of `erlang` is.
fn effect(l: &mut Lowering<'_, '_, '_>, name: &str, arity: u8) -> Option<(Instr, Answer)> {
    let own = |instr| Some((instr, Answer::Own));
    let (module, function, args) = (X0, X1, X2);
    match (name, arity) {
        ("!" | "send", 2) => own(Instr::Send { to: X0, message: X1, dst: D0 }),
        ("spawn", 3) => own(Instr::Spawn { module, function, args, options: Src::Nil, dst: D0 }),
        ("spawn_link", 3) => {
            own(Instr::Spawn { module, function, args, options: options(l, "link"), dst: D0 })
        }
        ("spawn_monitor", 3) => {
            own(Instr::Spawn { module, function, args, options: options(l, "monitor"), dst: D0 })
        }
        ("spawn_opt", 4) => own(Instr::Spawn { module, function, args, options: X3, dst: D0 }),
        ("monitor", 2) => own(Instr::Monitor { kind: X0, item: X1, options: Src::Nil, dst: D0 }),
        ("monitor", 3) => own(Instr::Monitor { kind: X0, item: X1, options: X2, dst: D0 }),
        ("demonitor", 1) => own(Instr::Demonitor { reference: X0, options: Src::Nil, dst: D0 }),
        ("demonitor", 2) => own(Instr::Demonitor { reference: X0, options: X1, dst: D0 }),
        ("process_flag", 2) => own(Instr::Flag { name: X0, value: X1, dst: D0 }),
        _ => {
            let instr = match (name, arity) {
                ("link", 1) => Instr::Link { pid: X0 },
                ("unlink", 1) => Instr::Unlink { pid: X0 },
                ("exit", 2) => Instr::Exit { pid: X0, reason: X1 },
                ("yield", 0) => Instr::Yield {},
                _ => return None,
            };
            Some((instr, Answer::True(l.pool.atom("true"))))
        }
    }
}

/// A list of one option.
fn options(l: &mut Lowering<'_, '_, '_>, option: &str) -> Src {
    let list = Literal::List(vec![Literal::Atom(option.into())], Box::new(Literal::Nil));
    l.pool.source(list)
}

//! Calls, returns, jumps, frames and heap tests.

use super::{Item, Lowering, process};
use crate::error::{Code, Result};
use crate::opcode as op;
use crate::operand::{Arg, Generic};
use lam_isa::kind::{SwitchKind, Test};
use lam_isa::operand::{Arity, Case, FrameChange, Label, Src, Target, XReg};
use lam_isa::{FunRef, Instr};

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, generic: &Generic) -> Result<()> {
    match (generic.op(), &generic.args[..]) {
        (op::CALL, [arity, label]) => {
            let instr = Instr::Call { target: local(l, label)?, arity: count(l, arity)? };
            l.emit(instr);
        }
        (op::CALL_ONLY, [arity, label]) => {
            let instr = Instr::Tail { target: local(l, label)?, arity: count(l, arity)?, frame: 0 };
            l.emit(instr);
        }
        (op::CALL_LAST, [arity, label, frame]) => {
            let (target, arity, frame) = (local(l, label)?, count(l, arity)?, l.number(frame)?);
            l.emit(Instr::Tail { target, arity, frame });
        }
        (op::CALL_EXT, [_, import]) => {
            let mfa = l.import(import)?;
            process::call(l, mfa, None);
        }
        (op::CALL_EXT_ONLY, [_, import]) => {
            let mfa = l.import(import)?;
            process::call(l, mfa, Some(0));
        }
        (op::CALL_EXT_LAST, [_, import, frame]) => {
            let (mfa, frame) = (l.import(import)?, l.number(frame)?);
            process::call(l, mfa, Some(frame));
        }
        (op::CALL_FUN, [arity]) => {
            let arity = l.arity(arity)?;
            call_value(l, Src::X(XReg(arity.into())), arity)?;
        }
        (op::CALL_FUN2, [_tag, arity, fun]) => {
            let (arity, fun) = (l.arity(arity)?, l.src(fun)?);
            call_value(l, fun, arity)?;
        }
        (op::APPLY, [arity]) => {
            let (target, arity) = named(l, arity)?;
            l.emit(Instr::Call { target, arity });
        }
        (op::APPLY_LAST, [arity, frame]) => {
            let (target, arity) = named(l, arity)?;
            let frame = l.number(frame)?;
            l.emit(Instr::Tail { target, arity, frame });
        }
        (op::ALLOCATE | op::ALLOCATE_ZERO, [slots, _live]) => push(l, slots)?,
        (op::ALLOCATE_HEAP | op::ALLOCATE_HEAP_ZERO, [slots, words, live]) => {
            let (words, live) = (l.words(words)?, l.number(live)?);
            push(l, slots)?;
            l.need(words, live);
        }
        (op::TEST_HEAP, [words, live]) => {
            let (words, live) = (l.words(words)?, l.number(live)?);
            l.need(words, live);
        }
        (op::TRIM, [slots, _left]) => drop_slots(l, slots)?,
        (op::DEALLOCATE, [slots]) => match l.ahead(1).map(Generic::op) {
            Some(op::RETURN) => {
                let frame = l.number(slots)?;
                l.at += 1;
                l.emit(Instr::Ret { frame });
            }
            _ => drop_slots(l, slots)?,
        },
        (op::RETURN, []) => l.emit(Instr::Ret { frame: 0 }),
        (op::JUMP, [to]) => {
            let to = l.label(to)?;
            l.emit(Instr::Jump { to });
        }
        (op::SELECT_VAL, [value, other, list]) => select(l, value, other, list)?,
        (op::SELECT_TUPLE_ARITY, [value, other, list]) => {
            let mut cases = Vec::new();
            for pair in l.list(list)?.chunks(2) {
                let [size, label] = pair else { return l.shape() };
                cases.push((Case::Int(l.number(size)?.into()), l.label(label)?));
            }
            let (value, other) = (l.src(value)?, l.label(other)?);
            l.emit(Instr::Switch { kind: SwitchKind::Arity, value, other, cases });
        }
        _ => return l.shape(),
    }
    Ok(())
}

fn count(l: &Lowering<'_, '_, '_>, arity: &Arg) -> Result<Arity> {
    l.arity(arity).map(Arity::Count)
}

/// The function whose entry is that label.
fn local(l: &mut Lowering<'_, '_, '_>, label: &Arg) -> Result<Target> {
    let Arg::Label(label) = label else { return l.expected("a label", label) };
    match l.pool.entries.get(label).copied() {
        Some(function) => Ok(Target::Fun(l.pool.reference(FunRef::Local(function)))),
        None => l.fail(Code::LabelUnknown, format!("no function begins at label {label}")),
    }
}

/// Module and function stand behind the arguments.
fn named(l: &Lowering<'_, '_, '_>, arity: &Arg) -> Result<(Target, Arity)> {
    let arity = l.arity(arity)?;
    let module = u16::from(arity);
    Ok((Target::Named(Src::X(XReg(module)), Src::X(XReg(module + 1))), Arity::Count(arity)))
}

/// Calls a fun; where the function returns at once, in its place, as loops through funs need.
fn call_value(l: &mut Lowering<'_, '_, '_>, fun: Src, arity: u8) -> Result<()> {
    let (target, arity) = (Target::Value(fun), Arity::Count(arity));
    if let (Some(drop), Some(op::RETURN)) = (l.ahead(1), l.ahead(2).map(Generic::op))
        && let (op::DEALLOCATE, [slots]) = (drop.op(), &drop.args[..])
    {
        let frame = l.number(slots)?;
        l.at += 2;
        l.emit(Instr::Tail { target, arity, frame });
    } else {
        l.emit(Instr::Call { target, arity });
    }
    Ok(())
}

fn push(l: &mut Lowering<'_, '_, '_>, slots: &Arg) -> Result<()> {
    let slots = l.number_u16(slots)?;
    if slots > 0 {
        l.emit(Instr::Frame { change: FrameChange::Push(slots) });
    }
    Ok(())
}

fn drop_slots(l: &mut Lowering<'_, '_, '_>, slots: &Arg) -> Result<()> {
    let slots = l.number_u16(slots)?;
    if slots > 0 {
        l.emit(Instr::Frame { change: FrameChange::Drop(slots) });
    }
    Ok(())
}

/// A choice among constants; those that no `switch` can hold are tested one by one before it.
fn select(l: &mut Lowering<'_, '_, '_>, value: &Arg, other: &Arg, list: &Arg) -> Result<()> {
    let (value, other) = (l.src(value)?, l.label(other)?);
    let mut cases: Vec<(Case, Label)> = Vec::new();
    for pair in l.list(list)?.chunks(2) {
        let [constant, label] = pair else { return l.shape() };
        let (constant, label) = (l.src(constant)?, l.label(label)?);
        let case = match constant {
            Src::Int(value) => Case::Int(value),
            Src::Atom(atom) => Case::Atom(atom),
            Src::Nil => Case::Nil,
            constant => {
                let args = vec![value, constant];
                l.emit(Instr::Test { kind: Test::NeExact, args, other: label });
                continue;
            }
        };
        cases.push((case, label));
    }
    l.emit(match cases.is_empty() {
        true => Instr::Jump { to: other },
        false => Instr::Switch { kind: SwitchKind::Value, value, other, cases },
    });
    Ok(())
}

impl Lowering<'_, '_, '_> {
    /// Whether the last instruction pushed the frame.
    pub(super) fn frame_is_new(&self) -> bool {
        let last = self.items.iter().rev().find(|item| !matches!(item, Item::Place(_)));
        match last {
            Some(Item::Instr(Instr::Frame { change: FrameChange::Push(_) })) => true,
            // A heap test after the push writes no slot.
            Some(Item::Instr(Instr::Need { .. })) => {
                let mut items = self.items.iter().rev();
                items.next();
                matches!(
                    items.next(),
                    Some(Item::Instr(Instr::Frame { change: FrameChange::Push(_) }))
                )
            }
            _ => false,
        }
    }
}

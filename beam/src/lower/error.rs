//! Raising exceptions and handling them.

use super::{Catch, Item, Lowering};
use crate::error::{Code, Result};
use crate::opcode as op;
use crate::operand::Generic;
use lam_isa::Instr;
use lam_isa::kind::{Op, Raise};
use lam_isa::operand::{Arity, Dst, Label, Src, Target, XReg};

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, generic: &Generic) -> Result<()> {
    match (generic.op(), &generic.args[..]) {
        (op::TRY, [slot, handler]) => {
            let (slot, handler) = (l.slot(slot)?, l.label(handler)?);
            l.emit(Instr::Try { slot, handler });
        }
        (op::TRY_END, [slot]) => {
            let slot = l.slot(slot)?;
            l.emit(Instr::Move { pairs: vec![(Src::Nil, Dst::Y(slot))] });
        }
        (op::TRY_CASE, [slot]) => {
            let slot = l.slot(slot)?;
            // Raising clears the slot; code that jumps here, out of an inner handler, does not.
            if is_jumped_to(l) {
                l.emit(Instr::Move { pairs: vec![(Src::Nil, Dst::Y(slot))] });
            }
        }
        (op::CATCH, [slot, end]) => {
            let slot = l.slot(slot)?;
            let end = l.label(end)?;
            let handler = catch_label(l, end);
            l.emit(Instr::Try { slot, handler });
        }
        (op::CATCH_END, [slot]) => {
            let slot = l.slot(slot)?;
            catch_end(l, Dst::Y(slot));
        }
        (op::RAISE, [trace, reason]) => {
            let args = vec![l.src(reason)?, l.src(trace)?];
            l.emit(Instr::Raise { kind: Raise::Same, args });
        }
        (op::RAW_RAISE, []) => {
            let args = (0..3).map(|x| Src::X(XReg(x))).collect();
            l.emit(Instr::Raise { kind: Raise::Dynamic, args });
        }
        (op::BUILD_STACKTRACE, []) => trace_to_list(l, XReg(0)),
        (op::IF_END, []) => l.emit(Instr::Raise { kind: Raise::IfClause, args: Vec::new() }),
        (op::BADMATCH, [value]) => {
            let args = vec![l.src(value)?];
            l.emit(Instr::Raise { kind: Raise::Badmatch, args });
        }
        (op::CASE_END, [value]) => {
            let args = vec![l.src(value)?];
            l.emit(Instr::Raise { kind: Raise::CaseClause, args });
        }
        (op::TRY_CASE_END, [value]) => {
            let args = vec![l.src(value)?];
            l.emit(Instr::Raise { kind: Raise::TryClause, args });
        }
        (op::BADRECORD, [value]) => {
            let args = vec![l.src(value)?];
            l.emit(Instr::Raise { kind: Raise::Badrecord, args });
        }
        _ => return l.shape(),
    }
    Ok(())
}

fn trace_to_list(l: &mut Lowering<'_, '_, '_>, trace: XReg) {
    let (args, dst) = (vec![Src::X(trace)], Dst::X(trace));
    l.emit(Instr::Op { kind: Op::Stacktrace, args, dst, other: None });
}

/// Whether anything but a raise comes to the labels just before.
fn is_jumped_to(l: &Lowering<'_, '_, '_>) -> bool {
    // A long run of labels is no compiler's; clearing once too often does no harm.
    for item in l.items.iter().rev().take(64) {
        match item {
            Item::Label(label) if l.targets.contains(&label.0) => return true,
            Item::Label(_) | Item::Place(_) => {}
            Item::Instr(instr) => return !crate::tidy::ends_block(instr),
        }
    }
    true
}

/// The handler of a `catch` that ends at a label: entered by raising only, where the label itself
/// is also reached without.
fn catch_label(l: &mut Lowering<'_, '_, '_>, end: Label) -> Label {
    if let Some(catch) = l.catches.get(&end) {
        return catch.handler;
    }
    let handler = l.fresh_label();
    l.catches.insert(end, Catch { handler, ended: false });
    handler
}

/// The end of a `catch`: without an exception the slot is cleared, with one its value is made.
fn catch_end(l: &mut Lowering<'_, '_, '_>, slot: Dst) {
    let ends: Vec<Label> = l
        .items
        .iter()
        .rev()
        .take_while(|item| !matches!(item, Item::Instr(_)))
        .filter_map(|item| match item {
            Item::Label(label) => Some(*label),
            _ => None,
        })
        .collect();
    let behind = l.fresh_label();
    l.emit(Instr::Move { pairs: vec![(Src::Nil, slot)] });
    l.emit(Instr::Jump { to: behind });
    for end in ends {
        let handler = catch_label(l, end);
        l.catches.insert(end, Catch { handler, ended: true });
        l.emit_label(handler);
    }
    trace_to_list(l, XReg(2));
    let target = Target::Fun(l.pool.external("lam", "catch_value", 3));
    l.emit(Instr::Call { target, arity: Arity::Count(3) });
    l.emit_label(behind);
}

/// A catch without an end behind its label is malformed.
pub(super) fn check_catches(l: &Lowering<'_, '_, '_>) -> Result<()> {
    if l.catches.values().any(|catch| !catch.ended) {
        return l.fail(Code::FunctionShape, "a catch whose label has no catch_end");
    }
    Ok(())
}

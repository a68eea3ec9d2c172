//! Local functions that never return, and the calls of them.
//!
//! The compiler knows which functions always raise and leaves nothing behind a call of one: there
//! the next block begins, which may have nothing to do with it. LAM says so in the code, by a
//! `raise` that is never reached.

use crate::tidy::{each_label, ends_block};

use lam_isa::kind::Raise;
use lam_isa::operand::{Src, Target, XReg};
use lam_isa::{FunRef, Function, Instr, Module};
use std::collections::BTreeSet;

/// How many instructions are looked at for one module, again and again ones included; OTP's
/// largest takes a hundredth.
const BUDGET: usize = 1 << 26;

/// Puts a `raise` behind each call that does not return and stands before a label or a jump.
///
/// Nothing but an exception leads to a handler, so a call that stands right before one does not
/// return either, whatever it calls.
pub(crate) fn close(module: &mut Module) {
    let Some(returning) = find(module) else { return };
    for index in 0..module.functions.len() {
        let function = &module.functions[index];
        let (mut ends, mut jumps) = (Vec::new(), Vec::new());
        let handlers = handlers(function);
        for (at, instr) in function.code.iter().enumerate() {
            let calls = matches!(instr, Instr::Call { .. });
            if calls && u32::try_from(at + 1).is_ok_and(|next| handlers.contains(&next)) {
                ends.push(at);
                continue;
            }
            if called(module, instr).is_none_or(|callee| returning[callee]) {
                continue;
            }
            let labelled = u32::try_from(at + 1)
                .is_ok_and(|next| function.labels.binary_search(&next).is_ok());
            match function.code.get(at + 1) {
                Some(Instr::Jump { .. }) if !labelled => jumps.push(at + 1),
                Some(_) if !labelled => {}
                _ => ends.push(at),
            }
        }
        let function = &mut module.functions[index];
        for jump in jumps {
            function.code[jump] = unreachable();
        }
        insert(function, &ends);
    }
}

/// Where the handlers of a function begin.
fn handlers(function: &Function) -> BTreeSet<u32> {
    let labels = function.code.iter().filter_map(|instr| match instr {
        Instr::Try { handler, .. } => Some(*handler),
        _ => None,
    });
    labels.filter_map(|label| function.target(label)).collect()
}

/// The instruction that is never reached.
fn unreachable() -> Instr {
    Instr::Raise { kind: Raise::Error, args: vec![Src::X(XReg(0))] }
}

/// The local function that an instruction calls and comes back from.
fn called(module: &Module, instr: &Instr) -> Option<usize> {
    match instr {
        Instr::Call { target, .. } => local(module, target),
        _ => None,
    }
}

fn local(module: &Module, target: &Target) -> Option<usize> {
    let Target::Fun(function) = target else { return None };
    match module.reference(*function)? {
        FunRef::Local(index) => usize::try_from(index).ok().filter(|i| *i < module.functions.len()),
        FunRef::External { .. } => None,
    }
}

/// Whether that is `erlang:error`, whose shorter form is an instruction.
pub(crate) fn is_error(module: &Module, target: &Target) -> bool {
    let Target::Fun(function) = target else { return false };
    match module.reference(*function) {
        Some(FunRef::External { module: home, name, .. }) => {
            module.atom(home) == "erlang" && module.atom(name) == "error"
        }
        _ => false,
    }
}

/// Which functions return; `None` if that takes too long to find out.
///
/// Nothing returns at first. A function that is found to return makes those that wait for it be
/// looked at again.
fn find(module: &Module) -> Option<Vec<bool>> {
    let mut returning = vec![false; module.functions.len()];
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); module.functions.len()];
    let mut open: Vec<usize> = (0..module.functions.len()).rev().collect();
    let mut budget = BUDGET;
    while let Some(index) = open.pop() {
        if returning[index] {
            continue;
        }
        match look(module, &module.functions[index], &returning, &mut budget)? {
            Found::Returns => {
                returning[index] = true;
                open.append(&mut waiting[index]);
            }
            Found::Waits(callees) => {
                for callee in callees {
                    waiting[callee].push(index);
                }
            }
        }
    }
    Some(returning)
}

/// What a look at a function shows.
enum Found {
    /// It has a way to return.
    Returns,
    /// It has none unless one of these returns.
    Waits(Vec<usize>),
}

fn look(
    module: &Module,
    function: &Function,
    returning: &[bool],
    budget: &mut usize,
) -> Option<Found> {
    let mut seen = vec![false; function.code.len()];
    let mut waits = Vec::new();
    let mut open = vec![0];
    while let Some(start) = open.pop() {
        for (instr, seen) in function.code.iter().zip(&mut seen).skip(start) {
            if std::mem::replace(seen, true) {
                break;
            }
            *budget = budget.checked_sub(1)?;
            each_label(instr, |label| {
                let target = function.target(label).and_then(|to| usize::try_from(to).ok());
                open.extend(target.filter(|to| *to < function.code.len()));
            });
            let callee = match instr {
                Instr::Ret { .. } => return Some(Found::Returns),
                Instr::Tail { target, .. } => match local(module, target) {
                    Some(callee) if !returning[callee] => Some(callee),
                    None if is_error(module, target) => None,
                    _ => return Some(Found::Returns),
                },
                _ => called(module, instr).filter(|callee| !returning[*callee]),
            };
            waits.extend(callee);
            if callee.is_some() || ends_block(instr) {
                break;
            }
        }
    }
    Some(Found::Waits(waits))
}

/// Puts a `raise` behind each of these instructions.
fn insert(function: &mut Function, ends: &[usize]) {
    if ends.is_empty() {
        return;
    }
    // How many come before the instruction that was at an index.
    let before = |at: u32| {
        let count = ends.partition_point(|end| u32::try_from(*end).is_ok_and(|end| end < at));
        at + u32::try_from(count).unwrap_or(0)
    };
    function.labels.iter_mut().for_each(|label| *label = before(*label));
    function.lines.iter_mut().for_each(|(at, _)| *at = before(*at));
    let code = std::mem::take(&mut function.code);
    for (at, instr) in code.into_iter().enumerate() {
        function.code.push(instr);
        if ends.binary_search(&at).is_ok() {
            function.code.push(unreachable());
        }
    }
}

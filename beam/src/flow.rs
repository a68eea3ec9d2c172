//! What instructions read and write, and the liveness that heap tests need.
//!
//! Owns the one place where translation departs from the compiler's own counts: float registers
//! are X registers above all others, so a heap test in the middle of float arithmetic must take
//! the live ones along.

use crate::lower::Item;
use crate::tidy::{each_label, ends_block};
use lam_isa::kind::{Command, Raise};
use lam_isa::limits::X_REGISTERS;
use lam_isa::operand::{Arity, Dst, Label, OperandRef, Src, Target, XReg};
use lam_isa::table::Class;
use lam_isa::{FunRef, Instr, Module};
use std::collections::{BTreeSet, HashMap};

/// Calls `with` for every source, those that are implied by an arity included.
pub(crate) fn reads(instr: &Instr, mut with: impl FnMut(Src)) {
    for operand in instr.operands() {
        match operand {
            OperandRef::Src(src) => with(src),
            OperandRef::Reg(reg) if !starts(instr) => with(reg.into()),
            OperandRef::Srcs(all) => all.iter().for_each(|src| with(*src)),
            OperandRef::Moves(all) => all.iter().for_each(|(src, _)| with(*src)),
            OperandRef::Elements(all) => all.iter().for_each(|(_, src)| with(*src)),
            OperandRef::Pairs(all) => all.iter().for_each(|(key, value)| {
                with(*key);
                with(*value);
            }),
            OperandRef::Segments(all) => all.iter().for_each(|segment| {
                with(segment.value);
                segment.size.into_iter().for_each(&mut with);
            }),
            OperandRef::Commands(all) => all.iter().for_each(|command| match command {
                Command::Start(src) | Command::SetPos(src) => with(*src),
                Command::Integer { size, .. } | Command::Float { size, .. } => with(*size),
                Command::Binary { size, .. } | Command::Skip { size, .. } => {
                    size.iter().for_each(|size| with(*size));
                }
                _ => {}
            }),
            OperandRef::Target(Target::Value(fun)) => with(fun),
            OperandRef::Target(Target::Named(module, name)) => {
                with(module);
                with(name);
            }
            OperandRef::Arity(Arity::List(list)) => with(list),
            OperandRef::Arity(Arity::Count(count)) => {
                (0..u16::from(count)).for_each(|register| with(Src::X(XReg(register))));
            }
            _ => {}
        }
    }
    if matches!(instr, Instr::Ret { .. }) {
        with(Src::X(XReg(0)));
    }
}

/// Calls `with` for every destination, the context that `start` makes included.
pub(crate) fn writes(instr: &Instr, mut with: impl FnMut(Dst)) {
    for operand in instr.operands() {
        match operand {
            OperandRef::Dst(dst) => with(dst),
            OperandRef::Moves(all) => all.iter().for_each(|(_, dst)| with(*dst)),
            OperandRef::Commands(all) => all.iter().for_each(|command| match command {
                Command::Integer { dst, .. }
                | Command::Float { dst, .. }
                | Command::Binary { dst, .. }
                | Command::Utf { dst, .. }
                | Command::Tail(dst)
                | Command::Pos(dst) => with(*dst),
                _ => {}
            }),
            _ => {}
        }
    }
    if let Instr::Bmatch { context, .. } = instr
        && starts(instr)
    {
        with((*context).into());
    }
}

/// Whether the instruction makes its match context, and so does not read it.
fn starts(instr: &Instr) -> bool {
    matches!(instr, Instr::Bmatch { commands, .. }
        if matches!(commands.first(), Some(Command::Start(_))))
}

/// Whether all X registers but the destination are dead behind the instruction.
pub(crate) fn clears_registers(instr: &Instr) -> bool {
    matches!(instr, Instr::Call { .. }) || instr.info().class == Class::Effect
}

/// A set of X registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Registers([u64; X_REGISTERS as usize / 64]);

impl Registers {
    fn insert(&mut self, register: u16) {
        if let Some(word) = self.0.get_mut(usize::from(register / 64)) {
            *word |= 1 << (register % 64);
        }
    }

    fn remove(&mut self, register: u16) {
        if let Some(word) = self.0.get_mut(usize::from(register / 64)) {
            *word &= !(1 << (register % 64));
        }
    }

    fn join(&mut self, other: &Registers) {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
    }

    fn from(&self, first: u32) -> Vec<u16> {
        (0..X_REGISTERS)
            .filter(|register| u32::from(*register) >= first && self.contains(*register))
            .collect()
    }

    fn contains(&self, register: u16) -> bool {
        self.0.get(usize::from(register / 64)).is_some_and(|word| word >> (register % 64) & 1 == 1)
    }
}

/// Puts a `raise` behind each call of a built-in function that cannot return.
///
/// The compiler knows from types when `erlang:raise/3` does not, and leaves nothing behind such a
/// call: the next block begins, or a jump left over from before. A call that does return leaves
/// `x0` and no other X register, so where another one is read next, it does not.
pub(crate) fn end_calls(items: Vec<Item>, arity: u8, module: &Module) -> Vec<Item> {
    let next = |at: usize| {
        let behind = items.iter().enumerate().skip(at + 1);
        behind.into_iter().find(|(_, item)| !matches!(item, Item::Place(_)))
    };
    let mut ends: Vec<(usize, usize, Label)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if let Item::Instr(Instr::Call { target, .. }) = item
            && is_builtin(module, target)
        {
            match next(at) {
                Some((_, Item::Label(label))) => ends.push((at, at, *label)),
                Some((jump, Item::Instr(Instr::Jump { to }))) => ends.push((at, jump, *to)),
                _ => {}
            }
        }
    }
    if ends.is_empty() {
        return items;
    }
    let labels = live_at_labels(&items, arity, true);
    let only_result = |label: &Label| labels.get(label).is_none_or(|live| live.from(1).is_empty());
    ends.retain(|(_, _, label)| !only_result(label));
    let mut ends = ends.into_iter().peekable();
    let mut closed = Vec::with_capacity(items.len() + ends.len());
    for (at, item) in items.into_iter().enumerate() {
        let raise = || {
            let args = vec![Src::X(XReg(0))];
            Item::Instr(Instr::Raise { kind: Raise::Error, args })
        };
        match ends.peek() {
            Some((call, last, _)) if call == last && *call == at => {
                ends.next();
                closed.extend([item, raise()]);
            }
            Some((_, jump, _)) if *jump == at => {
                ends.next();
                closed.push(raise());
            }
            _ => closed.push(item),
        }
    }
    closed
}

/// Whether the function is one of `erlang`.
fn is_builtin(module: &Module, target: &Target) -> bool {
    let Target::Fun(function) = target else { return false };
    match module.reference(*function) {
        Some(FunRef::External { module: home, .. }) => module.atom(home) == "erlang",
        _ => false,
    }
}

/// How often the backward pass is repeated; code without backward jumps needs two.
const PASSES_MAX: usize = 32;

/// What is live at each label. `counted` says that a heap test reads all that it counts.
fn live_at_labels(items: &[Item], arity: u8, counted: bool) -> HashMap<Label, Registers> {
    let mut clause = Registers::default();
    (0..arity.into()).for_each(|register| clause.insert(register));
    let mut labels = HashMap::from([(Label::CLAUSE, clause)]);
    for _ in 0..PASSES_MAX {
        if !pass(items, &mut labels, counted, |_, _| {}) {
            break;
        }
    }
    labels
}

/// Makes every heap test keep what is live behind it, although its count says less, and no register
/// of `unwritten` that is not live.
pub(crate) fn keep_live(items: Vec<Item>, arity: u8, unwritten: &BTreeSet<u16>) -> Vec<Item> {
    let mut labels = live_at_labels(&items, arity, false);
    let mut high: HashMap<usize, (u32, Vec<u16>)> = HashMap::new();
    pass(&items, &mut labels, false, |at, live| {
        if let Item::Instr(Instr::Need { live: count, .. }) = &items[at] {
            let hole = unwritten.iter().find(|register| !live.contains(**register));
            let low = hole.map_or(*count, |register| u32::from(*register).min(*count));
            let above = live.from(low);
            if low < *count || !above.is_empty() {
                high.insert(at, (low, above));
            }
        }
    });
    let mut kept = Vec::with_capacity(items.len());
    for (at, item) in items.into_iter().enumerate() {
        match (item, high.get(&at)) {
            (Item::Instr(Instr::Need { words, .. }), Some((live, above))) => {
                carry(&mut kept, words, *live, above);
            }
            (item, _) => kept.push(item),
        }
    }
    kept
}

/// A heap test with the registers above its count moved down before it and back after it.
fn carry(items: &mut Vec<Item>, words: u32, live: u32, above: &[u16]) {
    let low = |at: usize| u16::try_from(live).map_or(X_REGISTERS, |live| live + at as u16);
    let moves: Vec<(u16, u16)> = above
        .iter()
        .enumerate()
        .map(|(at, high)| (*high, low(at)))
        .filter(|(high, low)| high != low)
        .collect();
    let down = moves.iter().map(|(high, low)| (Src::X(XReg(*high)), Dst::X(XReg(*low)))).collect();
    let up = moves.iter().map(|(high, low)| (Src::X(XReg(*low)), Dst::X(XReg(*high)))).collect();
    let need = Instr::Need { words, live: live + above.len() as u32 };
    if moves.is_empty() {
        items.push(Item::Instr(need));
        return;
    }
    items.extend([Instr::Move { pairs: down }, need, Instr::Move { pairs: up }].map(Item::Instr));
}

/// One backward pass; tells `seen` what is live behind each item and the caller whether a label
/// has gained anything.
fn pass(
    items: &[Item],
    labels: &mut HashMap<Label, Registers>,
    counted: bool,
    mut seen: impl FnMut(usize, &Registers),
) -> bool {
    let mut changed = false;
    let mut live = Registers::default();
    for (at, item) in items.iter().enumerate().rev() {
        match item {
            Item::Place(_) => {}
            Item::Label(label) => {
                let known = labels.entry(*label).or_default();
                let before = *known;
                known.join(&live);
                changed |= *known != before;
                live = *known;
            }
            Item::Instr(instr) => {
                if ends_block(instr) || clears_registers(instr) {
                    live = Registers::default();
                }
                seen(at, &live);
                writes(instr, |dst| {
                    if let Dst::X(register) = dst {
                        live.remove(register.0);
                    }
                });
                if !clears_registers(instr) && !matches!(instr, Instr::Try { .. }) {
                    each_label(instr, |label| {
                        if let Some(more) = labels.get(&label) {
                            live.join(more);
                        }
                    });
                }
                reads(instr, |src| {
                    if let Src::X(register) = src {
                        live.insert(register.0);
                    }
                });
                if let (Instr::Need { live: count, .. }, true) = (instr, counted) {
                    let count = u16::try_from(*count).unwrap_or(X_REGISTERS).min(X_REGISTERS);
                    (0..count).for_each(|register| live.insert(register));
                }
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use lam_isa::kind::Op;

    #[test]
    fn a_heap_test_carries_live_floats() {
        let x = |n| Src::X(XReg(n));
        let d = |n| Dst::X(XReg(n));
        let need = |live| Item::Instr(Instr::Need { words: 3, live });
        let add = Instr::Op { kind: Op::Add, args: vec![x(9), x(0)], dst: d(0), other: None };
        let items =
            vec![need(1), Item::Instr(add.clone()), need(1), Item::Instr(Instr::Ret { frame: 0 })];
        let wanted = vec![
            Item::Instr(Instr::Move { pairs: vec![(x(9), d(1))] }),
            need(2),
            Item::Instr(Instr::Move { pairs: vec![(x(1), d(9))] }),
            Item::Instr(add),
            need(1),
            Item::Instr(Instr::Ret { frame: 0 }),
        ];
        assert_eq!(keep_live(items, 1, &BTreeSet::new()), wanted);
    }

    #[test]
    fn liveness_goes_through_backward_jumps() {
        let x = |n| Src::X(XReg(n));
        let items = vec![
            Item::Label(Label(5)),
            Item::Instr(Instr::Need { words: 1, live: 0 }),
            Item::Instr(Instr::Jump { to: Label(6) }),
            Item::Label(Label(6)),
            Item::Instr(Instr::Raise { kind: lam_isa::kind::Raise::Error, args: vec![x(3)] }),
        ];
        let kept = keep_live(items, 0, &BTreeSet::new());
        assert!(kept.contains(&Item::Instr(Instr::Need { words: 1, live: 1 })), "{kept:?}");
    }
}

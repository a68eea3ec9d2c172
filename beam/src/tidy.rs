//! Passes over a whole function: what is unreachable goes, runs are fused, labels are numbered.
//!
//! Owns the final shape of a function's code. Each pass keeps the meaning of the code exactly.

use crate::flow::{reads, writes};
use crate::lower::Item;
use lam_isa::kind::{Command, Raise};
use lam_isa::operand::{Dst, Label, Reg, Src};
use lam_isa::{Function, Instr};
use std::collections::{HashMap, HashSet};

/// How many pairs or commands one fused instruction may have.
const FUSED_MAX: usize = 128;

/// Whether execution never goes on behind the instruction.
pub(crate) fn ends_block(instr: &Instr) -> bool {
    match instr {
        Instr::Jump { .. } | Instr::Switch { .. } | Instr::Tail { .. } | Instr::Ret { .. } => true,
        // A class that is none makes `raise dynamic` answer `badarg`.
        Instr::Raise { kind, .. } => *kind != Raise::Dynamic,
        _ => false,
    }
}

/// Every label that the instruction names, to be read or renamed.
pub(crate) fn labels_mut(instr: &mut Instr) -> Vec<&mut Label> {
    match instr {
        Instr::Pick { other, .. }
        | Instr::Test { other, .. }
        | Instr::Recv { other, .. }
        | Instr::Jump { to: other }
        | Instr::Try { handler: other, .. } => vec![other],
        Instr::Op { other, .. }
        | Instr::Bmake { other, .. }
        | Instr::Bmatch { other, .. }
        | Instr::Wait { to: other, .. } => other.iter_mut().collect(),
        Instr::Switch { other, cases, .. } => {
            std::iter::once(other).chain(cases.iter_mut().map(|(_, label)| label)).collect()
        }
        _ => Vec::new(),
    }
}

/// Calls `with` for every label that the instruction names.
pub(crate) fn each_label(instr: &Instr, mut with: impl FnMut(Label)) {
    match instr {
        Instr::Pick { other, .. }
        | Instr::Test { other, .. }
        | Instr::Recv { other, .. }
        | Instr::Jump { to: other }
        | Instr::Try { handler: other, .. } => with(*other),
        Instr::Op { other, .. }
        | Instr::Bmake { other, .. }
        | Instr::Bmatch { other, .. }
        | Instr::Wait { to: other, .. } => {
            if let Some(label) = other {
                with(*label);
            }
        }
        Instr::Switch { other, cases, .. } => {
            with(*other);
            cases.iter().for_each(|(_, label)| with(*label));
        }
        _ => {}
    }
}

/// Drops what cannot be reached, labels that nobody names, and jumps to jumps or to the next
/// instruction.
pub(crate) fn prune(mut items: Vec<Item>) -> Vec<Item> {
    let mut positions = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        if let Item::Label(label) = item {
            positions.entry(*label).or_insert(at);
        }
    }
    thread(&mut items);
    let mut reached = vec![false; items.len()];
    let mut named = HashSet::new();
    let mut open = vec![0];
    while let Some(start) = open.pop() {
        for at in start..items.len() {
            if std::mem::replace(&mut reached[at], true) {
                break;
            }
            let Item::Instr(instr) = &items[at] else { continue };
            each_label(instr, |label| {
                if named.insert(label)
                    && let Some(to) = positions.get(&label)
                {
                    open.push(*to);
                }
            });
            if ends_block(instr) {
                break;
            }
        }
    }
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    for (item, reached) in items.into_iter().zip(reached) {
        match &item {
            Item::Label(label) => {
                if named.contains(label) {
                    let jump = Item::Instr(Instr::Jump { to: *label });
                    if let Some(at) = kept.iter().rposition(|item| !matches!(item, Item::Place(_)))
                        && kept[at] == jump
                    {
                        kept.remove(at);
                    }
                    kept.push(item);
                }
            }
            Item::Place(_) => match kept.last_mut() {
                Some(last @ Item::Place(_)) => *last = item,
                _ => kept.push(item),
            },
            Item::Instr(_) if reached => kept.push(item),
            Item::Instr(_) => {}
        }
    }
    kept
}

/// Lets labels before which nothing but a jump stands be where that jump leads. A wait that would
/// come back to itself, as `receive after T -> … end` is written, then looks at no message.
fn thread(items: &mut [Item]) {
    let mut leads: HashMap<Label, Label> = HashMap::new();
    let mut run: Vec<Label> = Vec::new();
    for item in &*items {
        match item {
            Item::Label(label) => run.push(*label),
            Item::Place(_) => {}
            Item::Instr(Instr::Jump { to }) => {
                leads.extend(run.drain(..).map(|label| (label, *to)));
            }
            Item::Instr(_) => run.clear(),
        }
    }
    run.clear();
    for item in items {
        let instr = match item {
            Item::Label(label) => {
                run.push(*label);
                continue;
            }
            Item::Place(_) => continue,
            Item::Instr(instr) => instr,
        };
        for label in labels_mut(instr) {
            // Jumps in a circle lead nowhere, and stay as they are after a few steps.
            for _ in 0..8 {
                match leads.get(label) {
                    Some(to) => *label = *to,
                    None => break,
                }
            }
        }
        if let Instr::Wait { to, .. } = instr
            && to.is_some_and(|label| run.contains(&label))
        {
            *to = None;
        }
        run.clear();
    }
}

/// Fuses runs of moves into one parallel move, and runs of commands on a context into one `bmatch`.
pub(crate) fn fuse(items: Vec<Item>) -> Vec<Item> {
    let mut fused: Vec<Item> = Vec::with_capacity(items.len());
    // The last instruction if nothing but places came after it, and whether places did.
    let mut last: Option<(usize, bool)> = None;
    for item in items {
        match item {
            Item::Label(_) => {
                last = None;
                fused.push(item);
            }
            Item::Place(_) => {
                last = last.map(|(at, _)| (at, true));
                fused.push(item);
            }
            Item::Instr(instr) => {
                if let Some((at, moved)) = last
                    && let Item::Instr(before) = &fused[at]
                    && let Some(both) = fuse_two(before, &instr, moved)
                {
                    fused[at] = Item::Instr(both);
                    continue;
                }
                last = Some((fused.len(), false));
                fused.push(Item::Instr(instr));
            }
        }
    }
    fused.retain(|item| !matches!(item, Item::Instr(Instr::Move { pairs }) if pairs.is_empty()));
    fused
}

/// One instruction of the meaning of two, if there is one. `moved` says that the second has a
/// place of its own.
fn fuse_two(first: &Instr, second: &Instr, moved: bool) -> Option<Instr> {
    match (first, second) {
        (Instr::Move { pairs: a }, Instr::Move { pairs: b }) if a.len() + b.len() <= FUSED_MAX => {
            Some(Instr::Move { pairs: compose(a, b) })
        }
        (
            Instr::Bmatch { context, other, commands: a },
            Instr::Bmatch { context: same, other: equal, commands: b },
        ) if context == same
            && other == equal
            && (other.is_some() || !moved)
            && a.len() + b.len() <= FUSED_MAX
            && !matches!(b.first(), Some(Command::Start(_)))
            && independent(*context, a, second) =>
        {
            let commands = a.iter().chain(b).copied().collect();
            Some(Instr::Bmatch { context: *context, other: *other, commands })
        }
        _ => None,
    }
}

/// The parallel move that does what two do one after the other.
fn compose(first: &[(Src, Dst)], second: &[(Src, Dst)]) -> Vec<(Src, Dst)> {
    let written = |dst: Dst| match dst {
        Dst::X(x) => Some(Src::X(x)),
        Dst::Y(y) => Some(Src::Y(y)),
        Dst::Discard => None,
    };
    let before = |source: Src| {
        let pair = first.iter().find(|(_, dst)| written(*dst) == Some(source));
        pair.map_or(source, |(source, _)| *source)
    };
    let overwritten = |dst: Dst| second.iter().any(|(_, other)| *other == dst);
    let kept = first.iter().copied().filter(|(_, dst)| !overwritten(*dst));
    let added = second.iter().map(|(source, dst)| (before(*source), *dst));
    kept.chain(added).filter(|(source, dst)| written(*dst) != Some(*source)).collect()
}

/// Whether the second `bmatch` neither reads nor writes what the first one wrote.
fn independent(context: Reg, first: &[Command], second: &Instr) -> bool {
    let mut written: Vec<Src> = Vec::new();
    let commands = first.iter().filter(|command| !matches!(command, Command::Start(_)));
    let probe = Instr::Bmatch { context, other: None, commands: commands.copied().collect() };
    let source = |dst: Dst| match dst {
        Dst::X(x) => Some(Src::X(x)),
        Dst::Y(y) => Some(Src::Y(y)),
        Dst::Discard => None,
    };
    writes(&probe, |dst| written.extend(source(dst)));
    // The commands write at least once what they read, the context itself.
    let mut clash = written.contains(&context.into());
    reads(second, |src| clash |= written.contains(&src));
    writes(second, |dst| clash |= source(dst).is_some_and(|src| written.contains(&src)));
    !clash
}

/// Whether a place tells something about the instruction: it can raise, or call.
fn has_place(instr: &Instr) -> bool {
    !matches!(
        instr,
        Instr::Move { .. }
            | Instr::Cons { .. }
            | Instr::Tuple { .. }
            | Instr::Fun { .. }
            | Instr::Jump { .. }
            | Instr::Switch { .. }
            | Instr::Test { .. }
            | Instr::Frame { .. }
            | Instr::Need { .. }
            | Instr::Ret { .. }
            | Instr::Try { .. }
            | Instr::Mark { .. }
            | Instr::Accept {}
    )
}

/// Numbers the labels in the order of their places and makes the line table; a label that is named
/// and is nowhere is the error.
///
/// The entry of instruction 0 is where the function's head stands, unless that instruction has a
/// place of its own: it is the place of `function_clause`.
pub(crate) fn finish(items: Vec<Item>) -> Result<Function, Label> {
    let mut function = Function::default();
    let mut numbers: HashMap<Label, Label> = HashMap::from([(Label::CLAUSE, Label::CLAUSE)]);
    let mut at = 0_u32;
    let mut place = None;
    let mut listed = None;
    for item in items {
        match item {
            Item::Label(label) => {
                if function.labels.last() != Some(&at) {
                    function.labels.push(at);
                }
                let number = u32::try_from(function.labels.len()).unwrap_or(u32::MAX);
                if numbers.insert(label, Label(number)).is_some() {
                    return Err(label);
                }
            }
            Item::Place(location) => place = location,
            Item::Instr(instr) => {
                if place != listed && (at == 0 || has_place(&instr)) {
                    listed = place.or(listed);
                    function.lines.extend(place.map(|place| (at, place)));
                }
                function.code.push(instr);
                at += 1;
            }
        }
    }
    for instr in &mut function.code {
        for label in labels_mut(instr) {
            *label = *numbers.get(label).ok_or(*label)?;
        }
    }
    Ok(function)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lam_isa::operand::{XReg, YSlot};

    const fn x(n: u16) -> Src {
        Src::X(XReg(n))
    }
    const fn dx(n: u16) -> Dst {
        Dst::X(XReg(n))
    }
    fn tidy(items: Vec<Item>) -> Vec<Item> {
        fuse(prune(items))
    }
    fn moves(pairs: &[(Src, Dst)]) -> Item {
        Item::Instr(Instr::Move { pairs: pairs.to_vec() })
    }

    #[test]
    fn runs_of_moves_become_one() {
        let swapped = tidy(vec![
            moves(&[(x(0), dx(2))]),
            moves(&[(x(1), dx(0))]),
            Item::Place(Some(3)),
            moves(&[(x(2), dx(1))]),
            Item::Instr(Instr::Ret { frame: 0 }),
        ]);
        let wanted = vec![
            moves(&[(x(0), dx(2)), (x(1), dx(0)), (x(0), dx(1))]),
            Item::Place(Some(3)),
            Item::Instr(Instr::Ret { frame: 0 }),
        ];
        assert_eq!(swapped, wanted);
    }

    #[test]
    fn moves_that_cancel_vanish() {
        let y0 = Dst::Y(YSlot(0));
        let items = tidy(vec![
            moves(&[(x(0), dx(1))]),
            moves(&[(x(1), dx(0))]),
            moves(&[(Src::Nil, dx(1))]),
            moves(&[(Src::Int(1), y0)]),
            moves(&[(Src::Y(YSlot(0)), dx(1))]),
        ]);
        assert_eq!(items, vec![moves(&[(Src::Int(1), y0), (Src::Int(1), dx(1))])]);
    }

    #[test]
    fn a_label_stops_fusion_only_if_it_is_named() {
        let run = |label| {
            vec![
                Item::Instr(Instr::Recv { dst: dx(0), other: Label(7) }),
                moves(&[(x(0), dx(1))]),
                Item::Label(label),
                moves(&[(x(1), dx(2))]),
                Item::Instr(Instr::Ret { frame: 0 }),
            ]
        };
        assert_eq!(tidy(run(Label(7))).len(), 5);
        assert_eq!(tidy(run(Label(8))).len(), 3);
    }

    #[test]
    fn unreachable_code_and_idle_jumps_go() {
        let items = tidy(vec![
            Item::Instr(Instr::Jump { to: Label(3) }),
            Item::Instr(Instr::Accept {}),
            Item::Label(Label(3)),
            Item::Instr(Instr::Ret { frame: 0 }),
        ]);
        let ret = Item::Instr(Instr::Ret { frame: 0 });
        assert_eq!(items, vec![Item::Label(Label(3)), ret]);
    }

    #[test]
    fn a_label_that_is_nowhere_is_found() {
        let items = vec![Item::Instr(Instr::Jump { to: Label(9) })];
        assert_eq!(finish(items).unwrap_err(), Label(9));
    }
}

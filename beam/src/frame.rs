//! Frames where paths meet.
//!
//! The compiler shares blocks that end by raising among paths with frames of different sizes: on
//! BEAM nobody looks at the frame there. LAM wants one size at each label, so such blocks are
//! copied, once for each size. A tail call of `erlang:error/2,3` in a shared block may also name
//! the size of another path's frame; it becomes a call.

use crate::lower::Item;
use crate::returning::is_error;
use crate::tidy::{each_label, ends_block, labels_mut};
use lam_isa::kind::Raise;
use lam_isa::operand::{FrameChange, Label, Src, XReg};
use lam_isa::{Instr, Module};
use std::collections::HashMap;

/// How many items may be copied into one function; compilers need a few dozen.
const COPIES_MAX: usize = 10_000;

/// Gives every label one size of frame. `fresh` is a label that the items do not have, as are all
/// above it.
pub(crate) fn agree(items: Vec<Item>, fresh: u32, module: &Module) -> Vec<Item> {
    let mut positions = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        if let Item::Label(label) = item {
            positions.insert(*label, at);
        }
    }
    if is_agreed(&items, &positions, module) {
        return items;
    }
    // Code that wants more copies is no compiler's; the verifier says what is wrong with it.
    Splitter::new(&items, &positions, fresh, module).split().unwrap_or(items)
}

/// The size of the frame behind an instruction.
fn after(frame: u32, instr: &Instr) -> u32 {
    match instr {
        Instr::Frame { change: FrameChange::Push(slots) } => u32::from(*slots),
        Instr::Frame { change: FrameChange::Drop(slots) } => {
            frame.saturating_sub(u32::from(*slots))
        }
        _ => frame,
    }
}

/// Whether the instruction is a tail call of `erlang:error/2,3` that names another frame.
fn is_stray(frame: u32, instr: &Instr, module: &Module) -> bool {
    match instr {
        Instr::Tail { target, frame: named, .. } => *named != frame && is_error(module, target),
        _ => false,
    }
}

/// Whether all paths to each label have frames of one size, as almost always.
fn is_agreed(items: &[Item], positions: &HashMap<Label, usize>, module: &Module) -> bool {
    let mut sizes: HashMap<Label, u32> = HashMap::new();
    let mut open = vec![(0, 0)];
    let mut agreed = true;
    while let Some((start, mut frame)) = open.pop() {
        for (at, item) in items.iter().enumerate().skip(start) {
            match item {
                Item::Label(label) if at > start => match sizes.insert(*label, frame) {
                    None => {}
                    Some(size) => {
                        agreed &= size == frame;
                        break;
                    }
                },
                Item::Label(_) | Item::Place(_) => {}
                Item::Instr(instr) => {
                    frame = after(frame, instr);
                    agreed &= !is_stray(frame, instr, module);
                    each_label(instr, |label| {
                        if let Some(to) = positions.get(&label) {
                            match sizes.insert(label, frame) {
                                None => open.push((*to, frame)),
                                Some(size) => agreed &= size == frame,
                            }
                        }
                    });
                    if ends_block(instr) {
                        break;
                    }
                }
            }
        }
        if !agreed {
            return false;
        }
    }
    true
}

/// Copies blocks, from a label to the next, one copy for each further size of the frame.
struct Splitter<'i> {
    items: &'i [Item],
    positions: &'i HashMap<Label, usize>,
    module: &'i Module,
    /// The size that the block itself has.
    sizes: HashMap<Label, u32>,
    /// The labels of copies.
    copies: HashMap<(Label, u32), Label>,
    fresh: u32,
    open: Vec<(Label, u32, Label)>,
}

impl<'i> Splitter<'i> {
    fn new(
        items: &'i [Item],
        positions: &'i HashMap<Label, usize>,
        fresh: u32,
        module: &'i Module,
    ) -> Splitter<'i> {
        let (sizes, copies, open) = (HashMap::new(), HashMap::new(), Vec::new());
        Splitter { items, positions, module, sizes, copies, fresh, open }
    }

    fn split(mut self) -> Option<Vec<Item>> {
        let mut blocks: HashMap<usize, Vec<Item>> = HashMap::from([(0, self.block(0, 0))]);
        let mut copies = Vec::new();
        while let Some((label, frame, name)) = self.open.pop() {
            let at = *self.positions.get(&label)?;
            let mut block = self.block(at, frame);
            if name == label {
                blocks.insert(at, block);
                continue;
            }
            block[0] = Item::Label(name);
            if let Some(next) = self.falls_to(at, &block) {
                // Behind a copy stands another copy, not what stood behind the block.
                block.push(Item::Instr(Instr::Jump { to: next }));
            }
            copies.append(&mut block);
            if copies.len() > COPIES_MAX {
                return None;
            }
        }
        let mut all = Vec::with_capacity(self.items.len() + copies.len());
        let mut starts: Vec<usize> = self.positions.values().copied().chain([0]).collect();
        starts.sort_unstable();
        starts.dedup();
        for start in starts {
            all.extend(blocks.remove(&start).unwrap_or_default());
        }
        all.extend(copies);
        Some(all)
    }

    /// The label that a path with that frame goes to.
    fn label(&mut self, label: Label, frame: u32) -> Label {
        if !self.positions.contains_key(&label) {
            return label;
        }
        match self.sizes.get(&label) {
            Some(size) if *size == frame => label,
            Some(_) => {
                let fresh = &mut self.fresh;
                let open = &mut self.open;
                *self.copies.entry((label, frame)).or_insert_with(|| {
                    *fresh += 1;
                    open.push((label, frame, Label(*fresh - 1)));
                    Label(*fresh - 1)
                })
            }
            None => {
                self.sizes.insert(label, frame);
                self.open.push((label, frame, label));
                label
            }
        }
    }

    /// The block that begins at an item, for a frame of that size.
    fn block(&mut self, start: usize, mut frame: u32) -> Vec<Item> {
        let mut block = Vec::new();
        for (at, item) in self.items.iter().enumerate().skip(start) {
            match item {
                Item::Label(label) if at > start => {
                    let to = self.label(*label, frame);
                    if to != *label {
                        block.push(Item::Instr(Instr::Jump { to }));
                    }
                    break;
                }
                Item::Label(_) | Item::Place(_) => block.push(item.clone()),
                Item::Instr(instr) => {
                    frame = after(frame, instr);
                    let mut instr = instr.clone();
                    for label in labels_mut(&mut instr) {
                        *label = self.label(*label, frame);
                    }
                    let ends = ends_block(&instr);
                    match instr {
                        Instr::Tail { target, arity, .. }
                            if is_stray(frame, &instr, self.module) =>
                        {
                            let args = vec![Src::X(XReg(0))];
                            let raise = Instr::Raise { kind: Raise::Error, args };
                            let call = Instr::Call { target, arity };
                            block.extend([call, raise].map(Item::Instr));
                        }
                        instr => block.push(Item::Instr(instr)),
                    }
                    if ends {
                        break;
                    }
                }
            }
        }
        block
    }

    /// The label that the block at an item runs into, if it does not end before.
    fn falls_to(&self, start: usize, block: &[Item]) -> Option<Label> {
        if let Some(Item::Instr(last)) = block.last()
            && ends_block(last)
        {
            return None;
        }
        self.items.iter().skip(start + 1).find_map(|item| match item {
            Item::Label(label) => Some(*label),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_block_is_copied_for_each_frame() {
        let push = |slots| Item::Instr(Instr::Frame { change: FrameChange::Push(slots) });
        let raise = Item::Instr(Instr::Raise { kind: Raise::IfClause, args: Vec::new() });
        let timeout = Src::Int(0);
        let branch = Item::Instr(Instr::Wait { timeout, to: Some(Label(7)) });
        let ret = Item::Instr(Instr::Ret { frame: 2 });
        let items = vec![
            branch.clone(),
            push(2),
            branch.clone(),
            ret.clone(),
            Item::Label(Label(7)),
            raise.clone(),
        ];
        let elsewhere = Item::Instr(Instr::Wait { timeout: Src::Int(0), to: Some(Label(50)) });
        let wanted = vec![
            branch,
            push(2),
            elsewhere,
            ret,
            Item::Label(Label(7)),
            raise.clone(),
            Item::Label(Label(50)),
            raise,
        ];
        assert_eq!(agree(items, 50, &Module::default()), wanted);
    }
}

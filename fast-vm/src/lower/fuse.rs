//! Fusing: several instructions as one operation.
//!
//! A superinstruction saves the jump from handler to handler and the operands that both have. What
//! all of them bring shows in `cargo xtask bench`; there is no figure for a single one. With probes
//! nothing is fused. What a fused operation cannot do it leaves to the whole meaning of its first
//! instruction that fails, after which the rest goes on by itself.

use super::Writer;
use super::data::Step;
use crate::fast::choice::At;
use crate::fast::table;
use crate::heap::OWED;
use lam_isa::kind::{Op, Test};
use lam_isa::operand::{Arity, Dst, FrameChange, Label, RefId, Src, Target, XReg};
use lam_isa::{FunRef, Instr};

/// The first X register.
const X0: Dst = Dst::X(XReg(0));

/// Whether a test need not be made, as the next one makes it, too.
pub(super) fn is_implied(instr: &Instr, next: Option<&Instr>) -> bool {
    match (instr, next) {
        (
            Instr::Test { kind: Test::IsTuple, args, other },
            Some(Instr::Test { kind: Test::Arity | Test::Tagged, args: more, other: same }),
        ) => other == same && args[0] == more[0],
        _ => false,
    }
}

/// Whether a source is what a destination is.
fn is_at(src: Src, dst: Dst) -> bool {
    matches!((src, dst), (Src::X(a), Dst::X(b)) if a == b)
}

impl Writer<'_> {
    /// Writes one operation for the first few instructions, and says for how many; 0 if none fits.
    pub fn fuse(&mut self, rest: &[Instr]) -> usize {
        match rest {
            [Instr::Test { kind: Test::IsCons, args, other }, more @ ..]
                if *other != Label::CLAUSE =>
            {
                self.fuse_is_cons(&args[0], *other, more)
            }
            [Instr::Need { words, .. }, more @ ..] if *words as usize <= OWED => {
                self.fuse_need(*words, more)
            }
            [Instr::Op { kind: kind @ (Op::Add | Op::Sub), args, dst, .. }, next, ..] => {
                match self.fuse_op_moves(*kind, args, *dst, &rest[1..]) {
                    0 => self.fuse_op(*kind, args, dst, next),
                    fused => 1 + fused,
                }
            }
            [
                Instr::Frame { change: FrameChange::Push(slots) },
                Instr::Move { pairs },
                more @ ..,
            ] => self.fuse_frame(*slots, pairs, more),
            [Instr::Move { pairs }, more @ ..] => {
                let steps = self.sequence(pairs, more);
                let fused = self.moves_and(&steps, more);
                if fused == 0 { 0 } else { 1 + fused }
            }
            [
                Instr::Get { index: a, tuple, dst: first },
                Instr::Get { index: b, tuple: same, dst: second },
                ..,
            ] if tuple == same && self.site().proved && self.site_after(1).proved => {
                let places = [self.source(tuple), self.target(first), self.target(second)];
                // The first must leave the tuple where it is.
                if places[0] == places[1] {
                    return 0;
                }
                let at = places.map(|(at, _)| at);
                let Some((code, any)) = table::GET2.pick(&at) else { return 0 };
                self.operation(code);
                self.place(places[0], any);
                for (index, place) in [(a, places[1]), (b, places[2])] {
                    self.words.push(Self::distance(*index));
                    self.place(place, any);
                }
                2
            }
            _ => 0,
        }
    }

    fn fuse_is_cons(&mut self, list: &Src, other: Label, more: &[Instr]) -> usize {
        let from = self.source(list);
        match more {
            [Instr::Uncons { list: same, head, tail }, ..] if same == list && from.0 != At::C => {
                let places = [from, self.target(head), self.target(tail)];
                self.emit(&table::UNCONS_ELSE, &places, &[]);
                self.jump_to(other);
                2
            }
            [
                Instr::Frame { change: FrameChange::Push(slots) },
                Instr::Uncons { list: same, head, tail },
                ..,
            ] if same == list && matches!(from.0, At::A | At::X) => {
                let places = [from, self.target(head), self.target(tail)];
                if !self.try_emit(&table::UNCONS_FRAME, &places, &[]) {
                    return 0;
                }
                self.jump_to(other);
                self.words.push(u64::from(*slots));
                3
            }
            _ => 0,
        }
    }

    fn fuse_need(&mut self, words: u32, more: &[Instr]) -> usize {
        let bytes = u64::from(words) * 8;
        let site = self.site_word();
        match more {
            [Instr::Cons { head, tail, dst }, next, ..] => {
                let places = [self.source(head), self.source(tail), self.target(dst)];
                if let (Instr::Ret { frame }, X0) = (next, *dst)
                    && self.try_emit(
                        &table::NEED_CONS_RET,
                        &places[..2],
                        &[bytes, site, u64::from(*frame)],
                    )
                {
                    return 3;
                }
                if self.try_emit(&table::NEED_CONS, &places, &[bytes, site]) { 2 } else { 0 }
            }
            [Instr::Tuple { elements, dst: X0 }, Instr::Ret { frame }, ..] => {
                let [first, second] = elements.as_slice() else { return 0 };
                let places = [self.source(first), self.source(second)];
                let behind = [bytes, site, u64::from(*frame)];
                if self.try_emit(&table::NEED_PAIR_RET, &places, &behind) { 3 } else { 0 }
            }
            _ => 0,
        }
    }

    fn fuse_op(&mut self, kind: Op, args: &[Src], dst: &Dst, next: &Instr) -> usize {
        let add = kind == Op::Add;
        let places = [self.source(&args[0]), self.source(&args[1]), self.target(dst)];
        let site = self.site_word();
        let fused = match next {
            Instr::Ret { frame } if *dst == X0 => {
                let choice = if add { &table::ADD_RET } else { &table::SUB_RET };
                self.try_emit(choice, &places[..2], &[site, u64::from(*frame)])
            }
            Instr::Call { target: Target::Fun(reference), .. } => {
                let choice = if add { &table::ADD_CALL } else { &table::SUB_CALL };
                let Some(function) = self.local(*reference) else { return 0 };
                let fused = self.try_emit(choice, &places, &[site]);
                if fused {
                    self.entry_of(function);
                    self.words.push(self.site_word_after(1));
                }
                fused
            }
            Instr::Tail { target: Target::Fun(reference), frame, .. } => {
                let choice = if add { &table::ADD_TAIL } else { &table::SUB_TAIL };
                let Some(function) = self.local(*reference) else { return 0 };
                let fused = self.try_emit(choice, &places, &[site]);
                if fused {
                    self.entry_of(function);
                    self.words.push(u64::from(*frame));
                }
                fused
            }
            _ => false,
        };
        if fused { 2 } else { 0 }
    }

    /// A sum or difference that becomes the only argument of a call, behind a move that keeps another
    /// value; says how many instructions behind the operation are in it.
    fn fuse_op_moves(&mut self, kind: Op, args: &[Src], dst: Dst, more: &[Instr]) -> usize {
        let (frame, pairs, call) = match more {
            [
                Instr::Frame { change: FrameChange::Push(1) },
                Instr::Move { pairs },
                call @ Instr::Call { .. },
                ..,
            ] => (true, pairs, call),
            [Instr::Move { pairs }, call @ Instr::Call { .. }, ..] => (false, pairs, call),
            _ => return 0,
        };
        let Instr::Call { target: Target::Fun(reference), arity: Arity::Count(1) } = call else {
            return 0;
        };
        let Some(function) = self.local(*reference) else { return 0 };
        let (kept, slot) = match pairs.as_slice() {
            [(kept, Dst::Y(slot)), (result, X0)] | [(result, X0), (kept, Dst::Y(slot))]
                if is_at(*result, dst) && dst != X0 && kept != result =>
            {
                (kept, slot)
            }
            _ => return 0,
        };
        let add = kind == Op::Add;
        let places = [self.source(&args[0]), self.source(&args[1]), self.source(kept)];
        let site = self.site_word();
        // The site of the call is the last of those that are fused.
        let (choice, behind, fused) = match frame {
            true if add => (&table::ADD_FRAME_CALL, vec![site], 3),
            true => (&table::SUB_FRAME_CALL, vec![site], 3),
            false if add => (&table::ADD_MOVE_CALL, vec![u64::from(slot.0) * 8, site], 2),
            false => (&table::SUB_MOVE_CALL, vec![u64::from(slot.0) * 8, site], 2),
        };
        if !self.try_emit(choice, &places, &behind) {
            return 0;
        }
        self.entry_of(function);
        self.words.push(self.site_word_after(fused));
        fused
    }

    /// A frame, and the moves that fill it.
    fn fuse_frame(&mut self, slots: u16, pairs: &[(Src, Dst)], more: &[Instr]) -> usize {
        // In the new frame a source of the old one would be another slot.
        if pairs.iter().any(|(src, _)| matches!(src, Src::Y(_))) {
            return 0;
        }
        let mut steps = self.sequence(pairs, more);
        let stores = |(from, to): &Step| matches!(from.0, At::A | At::X) && to.0 == At::Y;
        let Some(first) = steps.first().copied().filter(stores) else { return 0 };
        let raw =
            (0..slots).all(|slot| steps.iter().any(|(_, to)| *to == (At::Y, u64::from(slot) * 8)));
        let choice = if raw { &table::FRAME_MOVE_RAW } else { &table::FRAME_MOVE };
        let Some((code, _)) = choice.pick(&[first.0.0]) else { return 0 };
        self.operation(code);
        self.words.extend([u64::from(slots), first.0.1, first.1.1]);
        steps.remove(0);
        let at = self.site;
        self.site = self.site_at(1);
        let fused = self.moves_and(&steps, more);
        if fused == 0 {
            self.steps(&steps);
        }
        self.site = at;
        2 + fused
    }

    /// Moves, and the call or return behind them; says how many instructions behind the move are
    /// in it. Nothing is written if none is.
    fn moves_and(&mut self, steps: &[Step], more: &[Instr]) -> usize {
        let Some(next) = more.first() else { return 0 };
        match next {
            Instr::Call { target: Target::Fun(reference), .. } => {
                let Some(function) = self.local(*reference) else { return 0 };
                let Some(last) = self.all_but_last(steps) else { return 0 };
                let choice = if last.len() == 2 { &table::MOVE_CALL } else { &table::MOVE2_CALL };
                self.emit(choice, &last, &[]);
                self.entry_of(function);
                self.words.push(self.site_word_after(1));
                1
            }
            Instr::Tail { target: Target::Fun(reference), frame, .. } => {
                let Some(function) = self.local(*reference) else { return 0 };
                let Some(last) = self.all_but_last(steps) else { return 0 };
                let choice = if last.len() == 2 { &table::MOVE_TAIL } else { &table::MOVE2_TAIL };
                self.emit(choice, &last, &[]);
                self.entry_of(function);
                self.words.push(u64::from(*frame));
                1
            }
            Instr::Ret { frame } => match steps {
                [(from, (At::A, _))] => {
                    usize::from(self.try_emit(&table::MOVE_RET, &[*from], &[u64::from(*frame)]))
                }
                _ => 0,
            },
            _ => 0,
        }
    }

    /// Writes all moves but the last one or two, which it gives as places.
    fn all_but_last(&mut self, steps: &[Step]) -> Option<Vec<(At, u64)>> {
        if steps.is_empty() {
            return None;
        }
        let last = if steps.len().is_multiple_of(2) { 2 } else { 1 };
        let (before, last) = steps.split_at(steps.len() - last);
        self.steps(before);
        Some(last.iter().flat_map(|(from, to)| [*from, *to]).collect())
    }

    /// The function of the module that a reference stands for, if it is one.
    fn local(&self, reference: RefId) -> Option<u32> {
        match self.module.reference(reference) {
            FunRef::Local(index) => Some(index),
            FunRef::External { .. } => None,
        }
    }

    /// The site of the instruction so many behind the one at hand.
    fn site_at(&self, behind: usize) -> *const super::Site {
        // SAFETY: the sites of a function lie one behind the other, and it has this instruction.
        unsafe { self.site.add(behind) }
    }

    fn site_after(&self, behind: usize) -> &super::Site {
        // SAFETY: as above; sites do not move.
        unsafe { &*self.site_at(behind) }
    }

    fn site_word_after(&self, behind: usize) -> u64 {
        self.site_at(behind).expose_provenance() as u64
    }

    /// How far an element of a tuple is from the tagged word.
    pub fn distance(index: u32) -> u64 {
        8 * (1 + u64::from(index)) - crate::term::tag::BOXED
    }
}

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
use lam_isa::kind::{Command, Op, Test};
use lam_isa::operand::{Dst, Else, FrameChange, Label, RefId, Reg, Src, Target, XReg};
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

impl Writer<'_> {
    /// Writes one operation for the first few instructions, and says for how many; 0 if none fits.
    pub fn fuse(&mut self, rest: &[Instr]) -> usize {
        match rest {
            [Instr::Test { kind: Test::IsCons, args, other }, more @ ..]
                if *other != Label::CLAUSE =>
            {
                self.fuse_is_cons(&args[0], *other, more)
            }
            [Instr::Test { kind: kind @ (Test::Lt | Test::Ge), args, other }, more @ ..]
                if *other != Label::CLAUSE =>
            {
                self.fuse_compare(*kind == Test::Lt, args, *other, more)
            }
            [Instr::Bmatch { context, other: Some(_), commands }, more @ ..] => match &commands[..]
            {
                [Command::Start(bitstring)] => self.fuse_start(context, bitstring, more),
                _ => 0,
            },
            [Instr::Need { words, .. }, more @ ..] if *words as usize <= OWED => {
                self.fuse_need(*words, more)
            }
            [Instr::Op { kind: kind @ (Op::Add | Op::Sub), args, dst, .. }, more @ ..] => {
                match self.fuse_op_moves(*kind == Op::Add, args, dst, more) {
                    0 => more.first().map_or(0, |next| self.fuse_op(*kind, args, dst, next)),
                    fused => fused,
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
                let slot = |slot: u16| (At::Y, u64::from(slot) * 8);
                let raw = (0..*slots).all(|n| places[1..].contains(&slot(n)));
                let call =
                    if raw { &table::UNCONS_FRAME_RAW_CALL } else { &table::UNCONS_FRAME_CALL };
                let called = matches!(more.get(2), Some(Instr::Call { target: Target::Fun(callee), .. })
                    if self.local(*callee).is_some() && self.site_after(3).reached);
                let emitted = (called && self.try_emit(call, &places, &[]))
                    || self.try_emit(&table::UNCONS_FRAME, &places, &[]);
                if !emitted {
                    return 0;
                }
                self.jump_to(other);
                self.words.push(u64::from(*slots));
                3
            }
            _ => 0,
        }
    }

    /// The first byte of a bitstring, or of a context.
    fn fuse_start(&mut self, context: &Reg, bitstring: &Src, more: &[Instr]) -> usize {
        let label = |other: &Else| other.filter(|label| *label != Label::CLAUSE);
        let [
            Instr::Bmatch { context: same, commands: keep, .. },
            Instr::Bmatch { context: again, other, commands: read },
            more @ ..,
        ] = more
        else {
            return 0;
        };
        let ([Command::Pos(position)], [Command::Integer { size: Src::Int(8), unit: 1, dst, .. }]) =
            (&keep[..], &read[..])
        else {
            return 0;
        };
        let Some(shorter) = label(other).filter(|_| Self::has_operation(1, &read[0])) else {
            return 0;
        };
        let places = [
            self.source(bitstring),
            self.source(&Src::from(*context)),
            self.target(position),
            self.target(dst),
        ];
        if same != context || again != context || places[1] == places[2] {
            return 0;
        }
        let rest = match more {
            [Instr::Bmatch { context: last, other, commands }, ..] if last == context => {
                let whole = matches!(commands[..], [Command::AtLeast { bits: 0, unit: 8 }]);
                label(other).filter(|_| whole && places[1] != places[3])
            }
            _ => None,
        };
        let choice = if rest.is_some() { &table::START_READ_REST } else { &table::START_READ };
        if !self.try_emit(choice, &places, &[]) {
            return 0;
        }
        self.jump_to(shorter);
        if let Some(rest) = rest {
            self.jump_to(rest);
        }
        self.here();
        3 + usize::from(rest.is_some())
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

    /// A comparison that knows the comparison or the return behind it, which is written by itself.
    fn fuse_compare(&mut self, lt: bool, args: &[Src], other: Label, more: &[Instr]) -> usize {
        if !self.site_after(1).reached {
            return 0;
        }
        let [a, b] = [self.source(&args[0]), self.source(&args[1])];
        let fused = match more {
            [Instr::Test { kind: Test::Ge, args: second, other }, ..]
                if !lt
                    && *other != Label::CLAUSE
                    && matches!((&args[1], &second[0]), (Src::Int(_), Src::Int(_)))
                    && second[1] == args[0] =>
            {
                let Some((code, _)) = table::WITHIN.pick(&[a.0]) else { return 0 };
                self.operation(code);
                self.words.extend([a.1, b.1]);
                true
            }
            [Instr::Ret { .. }, ..] => {
                let choice = if lt { &table::LT_RET } else { &table::GE_RET };
                self.try_emit(choice, &[a, b], &[])
            }
            [Instr::Move { pairs }, Instr::Ret { .. }, ..] => match pairs.as_slice() {
                [(from, X0)] => {
                    let from = self.source(from);
                    let choice = if lt { &table::LT_MOVE_RET } else { &table::GE_MOVE_RET };
                    let Some((code, _)) = choice.pick(&[a.0, b.0, from.0]) else { return 0 };
                    self.operation(code);
                    self.words.extend([a.1, b.1]);
                    true
                }
                _ => false,
            },
            _ => false,
        };
        if fused {
            self.jump_to(other);
        }
        usize::from(fused)
    }

    /// An operation whose value becomes an argument of the call behind the moves behind it. Moves to
    /// registers that are no arguments are left out: nobody reads them after the call.
    fn fuse_op_moves(&mut self, add: bool, args: &[Src], dst: &Dst, more: &[Instr]) -> usize {
        let Dst::X(value) = *dst else { return 0 };
        let (pushed, rest) = match more {
            [Instr::Frame { change: FrameChange::Push(slots) }, rest @ ..] => (Some(*slots), rest),
            rest => (None, rest),
        };
        let [Instr::Move { pairs }, rest @ ..] = rest else { return 0 };
        let (dropped, rest) = match rest {
            [Instr::Frame { change: FrameChange::Drop(slots) }, rest @ ..] => (Some(*slots), rest),
            rest => (None, rest),
        };
        let (reference, tail) = match rest {
            [Instr::Call { target: Target::Fun(reference), .. }, ..] => (*reference, None),
            [Instr::Tail { target: Target::Fun(reference), frame, .. }, ..] => {
                (*reference, Some(*frame))
            }
            _ => return 0,
        };
        let Some(function) = self.local(reference) else { return 0 };
        let arity = u16::from(self.module.functions[function as usize].arity);
        let argument = |dst: &Dst| matches!(dst, Dst::X(x) if x.0 < arity);
        let written = |x: XReg| pairs.iter().any(|(_, dst)| *dst == Dst::X(x));
        let moves: Vec<(Src, Dst)> = pairs
            .iter()
            .filter(|(_, dst)| argument(dst) || matches!(dst, Dst::Y(_)))
            .copied()
            .collect();
        let stays = value.0 < arity && !written(value);
        let (takers, moves): (Vec<_>, Vec<_>) =
            moves.into_iter().partition(|(src, _)| *src == Src::X(value));
        let to = match takers.as_slice() {
            [] if stays => Dst::X(value),
            [(_, to @ Dst::X(_))] if !stays => *to,
            _ => return 0,
        };
        // In a new frame a source of the old one would be another slot.
        if pushed.is_some()
            && (dropped.is_some()
                || tail.is_some()
                || moves.iter().any(|(src, _)| matches!(src, Src::Y(_))))
        {
            return 0;
        }
        if tail.is_some() && dropped.is_some() {
            return 0;
        }
        let steps = self.sequence(&moves, &[]);
        let filled = pushed.is_some_and(|slots| {
            (0..slots).all(|n| steps.iter().any(|(_, to)| *to == (At::Y, u64::from(n) * 8)))
        });
        let mut places = vec![self.source(&args[0]), self.source(&args[1]), self.target(&to)];
        places.extend(steps.iter().flat_map(|(from, to)| [*from, *to]));
        let choice = match (pushed, tail, add) {
            (Some(_), _, true) if filled => &table::ADD_FRAME_RAW_CALL,
            (Some(_), _, false) if filled => &table::SUB_FRAME_RAW_CALL,
            (Some(_), _, true) => &table::ADD_FRAME_CALL,
            (Some(_), _, false) => &table::SUB_FRAME_CALL,
            (None, Some(_), true) => &table::ADD_MOVES_TAIL,
            (None, Some(_), false) => &table::SUB_MOVES_TAIL,
            (None, None, true) => &table::ADD_MOVES_CALL,
            (None, None, false) => &table::SUB_MOVES_CALL,
        };
        let site = self.site_word();
        if !self.try_emit(choice, &places, &[site]) {
            return 0;
        }
        let between = usize::from(pushed.is_some()) + 1 + usize::from(dropped.is_some());
        if let Some(frame) = tail {
            self.entry_of(function);
            self.words.push(u64::from(frame));
        } else {
            self.words.push(u64::from(pushed.or(dropped).unwrap_or(0)));
            self.entry_of(function);
            self.words.push(self.site_word_after(between + 1));
        }
        between + 2
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
                let all: Vec<_> = steps.iter().flat_map(|(from, to)| [*from, *to]).collect();
                if self.try_emit(&table::MOVES_TAIL, &all, &[]) {
                    self.entry_of(function);
                    self.words.push(u64::from(*frame));
                    return 1;
                }
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

//! Data: `move` `cons` `uncons` `tuple` `get`.

use super::Writer;
use super::any_pick;
use crate::fast::choice::At;
use crate::fast::dispatch::Code;
use crate::fast::table;
use crate::term::{Header, Kind};
use lam_isa::kind::MapKind;
use lam_isa::operand::{Arity, Dst, FrameChange, Label, RefId, Src, Target};
use lam_isa::{FunRef, Instr};

/// One move of a sequence: from and to, as places.
pub(super) type Step = ((At, u64), (At, u64));

/// Where a move stands among those that could go first.
fn rank((from, to): &Step) -> u8 {
    match (from.0, to.0) {
        (At::Y, At::X) => 0,
        (At::X, At::Y) => 1,
        (At::A, At::Y) => 2,
        (At::A, At::X) => 3,
        (At::X, At::A) => 4,
        (At::Y, At::A) => 5,
        (At::Y, At::Y) => 6,
        _ => 7,
    }
}

/// How many moves at the beginning have the places of the first.
fn same_kind(steps: &[Step]) -> usize {
    let kind = |step: &Step| (step.0.0, step.1.0);
    steps.iter().take_while(|step| kind(step) == kind(&steps[0])).count()
}

impl Writer<'_> {
    /// A parallel move, as a sequence of moves.
    pub fn mov(&mut self, pairs: &[(Src, Dst)], more: &[Instr]) -> bool {
        let steps = self.sequence(pairs, more);
        self.steps(&steps);
        true
    }

    /// The moves of a parallel move, in an order in which they can go one after the other, without
    /// those to registers that are dead since `more`, the instructions behind, begins with a call.
    /// Compilers leave such moves behind where they swapped registers; in `tak` every fifth is one.
    pub fn sequence(&self, pairs: &[(Src, Dst)], more: &[Instr]) -> Vec<Step> {
        let more = match more {
            [Instr::Frame { change: FrameChange::Drop(_) }, more @ ..] => more,
            more => more,
        };
        let alive = match more.first() {
            Some(
                Instr::Call { target: Target::Fun(_), arity: Arity::Count(count) }
                | Instr::Tail { target: Target::Fun(_), arity: Arity::Count(count), .. },
            ) => u16::from(*count),
            _ => u16::MAX,
        };
        let dead = |dst: &Dst| match dst {
            Dst::X(x) => x.0 >= alive,
            Dst::Y(_) => false,
            Dst::Discard => true,
        };
        let wanted = pairs.iter().filter(|(_, dst)| !dead(dst));
        let mut left: Vec<Step> =
            wanted.map(|(src, dst)| (self.source(src), self.target(dst))).collect();
        left.retain(|(from, to)| from != to);
        let mut steps: Vec<Step> = Vec::with_capacity(left.len() + 1);
        while !left.is_empty() {
            // A move whose target nobody reads any more can go first; of several that of the first
            // kind, so that there are fewer sequences to have operations for.
            let free = (0..left.len())
                .filter(|at| !left.iter().any(|(from, _)| *from == left[*at].1))
                .min_by_key(|at| rank(&left[*at]));
            match free {
                Some(at) => steps.push(left.remove(at)),
                None => {
                    // All that is left goes round in circles: one value steps aside.
                    let aside = left[0].0;
                    steps.push((aside, super::SCRATCH));
                    for (from, _) in &mut left {
                        if *from == aside {
                            *from = super::SCRATCH;
                        }
                    }
                }
            }
        }
        steps
    }

    /// Moves, one after the other.
    pub fn steps(&mut self, steps: &[Step]) {
        match steps {
            [] => {}
            // Several of a kind need no look at each operand's.
            [(a, b), ..] if same_kind(steps) >= 3 && table::MOVES.pick(&[a.0, b.0]).is_some() => {
                let (same, rest) = steps.split_at(same_kind(steps));
                if let Some((code, _)) = table::MOVES.pick(&[a.0, b.0]) {
                    self.operation(code);
                    self.words.push(2 + 2 * same.len() as u64);
                    self.words.extend(same.iter().flat_map(|(from, to)| [from.1, to.1]));
                }
                self.steps(rest);
            }
            [(from, to)] => self.emit(&table::MOVE, &[*from, *to], &[]),
            [(a, b), (c, d)] => self.emit(&table::MOVE2, &[*a, *b, *c, *d], &[]),
            [first, second, rest @ ..] if rest.len() <= 4 => {
                self.steps(&[*first, *second]);
                self.steps(rest);
            }
            _ => {
                self.operation(Code::MovesAny);
                self.words.push(2 + 2 * steps.len() as u64);
                for (from, to) in steps {
                    self.any(*from);
                    self.any(*to);
                }
            }
        }
    }

    pub fn cons(&mut self, head: &Src, tail: &Src, dst: &Dst) -> bool {
        let places = [self.source(head), self.source(tail), self.target(dst)];
        self.emit(&table::CONS, &places, &[]);
        true
    }

    pub fn uncons(&mut self, list: &Src, head: &Dst, tail: &Dst) -> bool {
        let places = [self.source(list), self.target(head), self.target(tail)];
        if places[0].0 == At::C {
            return false;
        }
        let site = self.site_word();
        self.emit(&table::UNCONS, &places, &[site]);
        true
    }

    pub fn tuple(&mut self, elements: &[Src], dst: &Dst) -> bool {
        let to = self.target(dst);
        if let [first, second] = elements {
            let (first, second) = (self.source(first), self.source(second));
            // The operands stand in another order than the choice is made.
            let (code, any) = any_pick(&table::PAIR, &[first.0, second.0, to.0]);
            self.operation(code);
            for place in [to, first, second] {
                self.place(place, any);
            }
            return true;
        }
        if elements.is_empty() {
            return false;
        }
        self.operation(Code::TupleAny);
        self.any(to);
        self.words.push(3 + elements.len() as u64);
        for element in elements {
            let place = self.source(element);
            self.any(place);
        }
        true
    }

    pub fn get(&mut self, index: u32, tuple: &Src, dst: &Dst) -> bool {
        let (from, to) = (self.source(tuple), self.target(dst));
        if from.0 == At::C {
            return false;
        }
        if self.site().proved {
            let (code, any) = any_pick(&table::GET_PROVED, &[from.0, to.0]);
            self.operation(code);
            self.place(from, any);
            self.words.push(Self::distance(index));
            self.place(to, any);
            return true;
        }
        let (code, any) = any_pick(&table::GET, &[from.0, to.0]);
        self.operation(code);
        self.place(from, any);
        self.words.push(u64::from(index));
        self.place(to, any);
        self.here();
        true
    }

    pub fn fun(&mut self, function: RefId, captured: &[Src], dst: &Dst) -> bool {
        let FunRef::Local(index) = self.module.reference(function) else { return false };
        self.operation(Code::FunAny);
        let to = self.target(dst);
        self.any(to);
        self.words.push(4 + captured.len() as u64);
        self.funs.push((self.words.len(), captured.len()));
        self.words.push(u64::from(index));
        for src in captured {
            let place = self.source(src);
            self.any(place);
        }
        true
    }

    pub fn map(&mut self, kind: MapKind, map: &Src, pairs: &[(Src, Src)], dst: &Dst) -> bool {
        let [(key, value)] = pairs else { return false };
        let choice = match kind {
            MapKind::Exact => &table::PUT_EXACT,
            MapKind::Assoc => &table::PUT_ASSOC,
        };
        let places = [self.source(map), self.source(key), self.source(value), self.target(dst)];
        let site = self.site_word();
        self.emit(choice, &places, &[site]);
        true
    }

    pub fn pick(&mut self, map: &Src, other: Label, pairs: &[(Src, Dst)]) -> bool {
        let [(key, dst)] = pairs else { return false };
        let places = [self.source(map), self.source(key), self.target(dst)];
        self.emit(&table::PICK, &places, &[]);
        self.jump_or_clause(other);
        self.here();
        true
    }

    /// The header of a tuple of that size.
    pub fn tuple_header(size: usize) -> u64 {
        Header::new(Kind::Tuple, size).word()
    }
}

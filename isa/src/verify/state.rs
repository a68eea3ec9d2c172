//! What is known of a process before an instruction: the lattice of the data-flow.
//!
//! Owns the sorts and shapes of values and how two states meet. States are kept for every label,
//! so registers live in shared chunks: a state costs what differs from its neighbours, and two
//! states that share a chunk meet there at no cost.

use crate::operand::{Label, Src};
use alloc::rc::Rc;
use alloc::vec::Vec;

/// What is known of the outermost constructor of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    Nil,
    Cons,
    /// `Nil` or `Cons`.
    List,
    /// A tuple of at least so many elements.
    Tuple(u32),
    Map,
}

impl Shape {
    fn meet(self, other: Shape, widen: bool) -> Shape {
        use Shape::*;
        match (self, other) {
            (a, b) if a == b => a,
            (Nil | Cons | List, Nil | Cons | List) => List,
            (Tuple(a), Tuple(b)) if !widen => Tuple(a.min(b)),
            _ => Any,
        }
    }
}

/// What a register or slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing that may be read: never written, dead, or of different sorts on different paths.
    Undefined,
    Term(Shape),
    Context,
    /// A match context, or a term: what a parameter declared `context` receives.
    MaybeContext,
    /// A raw trace, or a term.
    Trace,
    /// The handler at this label. Only in slots.
    Handler(Label),
    /// A handler on one path and something else on another. Only in slots.
    Conflict,
}

impl Value {
    pub(super) const ANY: Value = Value::Term(Shape::Any);

    /// How messages call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Value::Undefined => "nothing that may be read",
            Value::Term(_) => "a term",
            Value::Context => "a match context",
            Value::MaybeContext => "what may be a match context",
            Value::Trace => "a raw trace",
            Value::Handler(_) => "a handler",
            Value::Conflict => "a handler on some paths only",
        }
    }

    fn guards(self) -> bool {
        matches!(self, Value::Handler(_) | Value::Conflict)
    }

    fn meet(self, other: Value, widen: bool) -> Value {
        use Value::*;
        match (self, other) {
            (a, b) if a == b => a,
            (a, b) if a.guards() || b.guards() => Conflict,
            (Term(a), Term(b)) => Term(a.meet(b, widen)),
            (Term(_) | Context | MaybeContext, Term(_) | Context | MaybeContext) => MaybeContext,
            (Term(_) | Trace, Term(_) | Trace) => Trace,
            _ => Undefined,
        }
    }
}

const CHUNK: usize = 16;
type Chunk = [Value; CHUNK];

/// The X registers, or the slots of the frame; what is beyond its chunks is undefined.
#[derive(Clone, Debug, Default)]
pub(super) struct Bank {
    chunks: Vec<Rc<Chunk>>,
}

impl Bank {
    pub(super) fn get(&self, at: u16) -> Value {
        let at = usize::from(at);
        self.chunks.get(at / CHUNK).map_or(Value::Undefined, |chunk| chunk[at % CHUNK])
    }

    pub(super) fn set(&mut self, at: u16, value: Value) {
        let at = usize::from(at);
        while self.chunks.len() <= at / CHUNK {
            self.chunks.push(Rc::new([Value::Undefined; CHUNK]));
        }
        let chunk = &mut self.chunks[at / CHUNK];
        if chunk[at % CHUNK] != value {
            Rc::make_mut(chunk)[at % CHUNK] = value;
        }
    }

    /// Leaves nothing at `len` and beyond.
    pub(super) fn truncate(&mut self, len: u16) {
        let len = usize::from(len);
        self.chunks.truncate(len.div_ceil(CHUNK));
        if let (Some(last), rest @ 1..) = (self.chunks.get_mut(len / CHUNK), len % CHUNK) {
            Rc::make_mut(last)[rest..].fill(Value::Undefined);
        }
    }

    /// Moves everything down by `by`, and what was there away.
    fn drop_front(&mut self, by: u16, len: u16) {
        let mut moved = Bank::default();
        for at in by..len {
            moved.set(at - by, self.get(at));
        }
        *self = moved;
    }

    fn meet(&mut self, other: &Bank, widen: bool) -> bool {
        let mut changed = false;
        if self.chunks.len() > other.chunks.len() {
            changed = true;
            self.chunks.truncate(other.chunks.len());
        }
        for (mine, theirs) in self.chunks.iter_mut().zip(&other.chunks) {
            if Rc::ptr_eq(mine, theirs) {
                continue;
            }
            let mut met = **mine;
            for (a, b) in met.iter_mut().zip(theirs.iter()) {
                *a = a.meet(*b, widen);
            }
            if met == **mine {
                continue;
            }
            changed = true;
            *mine = if met == **theirs { theirs.clone() } else { Rc::new(met) };
        }
        changed
    }
}

/// What is known before an instruction.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) x: Bank,
    y: Bank,
    /// Slots of the frame.
    pub(super) frame: u16,
    /// Words that `need` made sure of and nobody has used.
    pub(super) credit: u32,
    /// Whether `recv` has found a message that nobody has taken.
    pub(super) held: bool,
    /// Slots that hold a handler or a conflict; most often none, which saves looking.
    guards: u16,
}

/// What an exception finds in the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// No handler: the frame is popped.
    None,
    /// This slot holds the innermost handler, at this label.
    Handler(u16, Label),
    /// This slot holds a handler on some paths only.
    Conflict(u16),
}

impl State {
    pub(super) fn set_slot(&mut self, at: u16, value: Value) {
        self.guards -= u16::from(self.y.get(at).guards());
        self.guards += u16::from(value.guards());
        self.y.set(at, value);
    }

    pub(super) fn push_frame(&mut self, slots: u16) {
        for at in 0..slots {
            self.y.set(at, Value::Term(Shape::Nil));
        }
        self.frame = slots;
    }

    pub(super) fn drop_slots(&mut self, slots: u16) {
        self.y.drop_front(slots, self.frame);
        self.frame -= slots;
        let guarded = (0..self.frame).filter(|at| self.y.get(*at).guards()).count();
        self.guards = u16::try_from(guarded).expect("a frame has at most 1,024 slots");
    }

    /// The innermost handler: that of the lowest slot.
    pub(super) fn guard(&self) -> Guard {
        if self.guards == 0 {
            return Guard::None;
        }
        for at in 0..self.frame {
            match self.y.get(at) {
                Value::Handler(label) => return Guard::Handler(at, label),
                Value::Conflict => return Guard::Conflict(at),
                _ => {}
            }
        }
        Guard::None
    }

    /// The state at the innermost handler when an exception reaches it.
    pub(super) fn handled(&self, slot: u16) -> State {
        let mut state = State { y: self.y.clone(), frame: self.frame, ..State::default() };
        state.guards = self.guards;
        state.set_slot(slot, Value::Term(Shape::Nil));
        state.x.set(0, Value::ANY);
        state.x.set(1, Value::ANY);
        state.x.set(2, Value::Trace);
        state
    }

    /// What is known on both of two paths. The frames are of one size. Says whether it changed.
    pub(super) fn meet(&mut self, other: &State, widen: bool) -> bool {
        debug_assert_eq!(self.frame, other.frame);
        let mut changed = self.x.meet(&other.x, widen);
        let before = self.guards;
        if self.y.meet(&other.y, widen) {
            changed = true;
            if before != 0 || other.guards != 0 {
                let guarded = (0..self.frame).filter(|at| self.y.get(*at).guards()).count();
                self.guards = u16::try_from(guarded).expect("a frame has at most 1,024 slots");
            }
        }
        if other.credit < self.credit {
            (self.credit, changed) = (other.credit, true);
        }
        if self.held && !other.held {
            (self.held, changed) = (false, true);
        }
        changed
    }

    /// What a register or slot holds; constants are not kept here.
    pub(super) fn place(&self, src: Src) -> Option<Value> {
        match src {
            Src::X(x) => Some(self.x.get(x.0)),
            Src::Y(y) => Some(self.y.get(y.0)),
            _ => None,
        }
    }

    /// Learns the shape of what a register or slot holds, if that is a term.
    pub(super) fn learn(&mut self, src: Src, shape: Shape) {
        let better = |old: Value| match (old, shape) {
            (Value::Term(Shape::Tuple(n)), Shape::Tuple(m)) => Value::Term(Shape::Tuple(n.max(m))),
            (Value::Term(Shape::Nil | Shape::Cons), Shape::List) => old,
            (Value::Term(_), _) => Value::Term(shape),
            _ => old,
        };
        match src {
            Src::X(x) => self.x.set(x.0, better(self.x.get(x.0))),
            Src::Y(y) if y.0 < self.frame => self.y.set(y.0, better(self.y.get(y.0))),
            _ => {}
        }
    }
}

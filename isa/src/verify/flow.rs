//! The data-flow over one function: states at labels, followed to their fix point.
//!
//! Blocks begin at the entry and at labels. Each block has the state that holds on every path to
//! it found so far; a block whose state becomes weaker is followed again, in reverse post-order, so
//! that most blocks are followed once or twice. A state can only become weaker so many times,
//! whatever the code: shapes of tuples, whose sizes could shrink step by step, are forgotten at a
//! block that keeps changing.

use super::operands::stops;
use super::state::{Shape, State, Value};
use super::step::{Next, Step};
use super::{Broken, Facts, Site};
use crate::module::{Function, Literal, Module, Param};
use crate::operand::{Label, LitId};
use crate::rule::Rule;
use crate::table::{Class, Instr};
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

/// The shape of each literal.
pub(super) fn literal_shapes(module: &Module) -> Vec<Shape> {
    let shape = |literal: &Literal| match literal {
        Literal::Nil => Shape::Nil,
        Literal::List(..) => Shape::Cons,
        Literal::Tuple(elements) => Shape::Tuple(u32::try_from(elements.len()).unwrap_or(u32::MAX)),
        Literal::Map(_) => Shape::Map,
        _ => Shape::Any,
    };
    module.literals.iter().map(shape).collect()
}

/// Follows a function. The error says at which instruction.
pub(super) fn check(
    module: &Module,
    shapes: &[Shape],
    function: &Function,
) -> Result<Facts, (Option<usize>, Broken)> {
    let mut flow = Flow::new(module, shapes, function);
    while let Some(block) = flow.dirty.pop_first() {
        flow.follow(block).map_err(|(at, broken)| (Some(at), broken))?;
    }
    flow.loops().map_err(|(at, broken)| (Some(at), broken))?;
    Ok(Facts { sites: flow.sites })
}

/// Visits of a block after which sizes of tuples are forgotten there.
const PATIENCE: u32 = 16;

struct Block {
    start: u32,
    state: Option<State>,
    visits: u32,
}

pub(super) struct Flow<'m> {
    pub(super) module: &'m Module,
    pub(super) function: &'m Function,
    shapes: &'m [Shape],
    /// In reverse post-order.
    blocks: Vec<Block>,
    /// The block that begins at each instruction, `u32::MAX` for none.
    block_at: Vec<u32>,
    /// Blocks to be followed.
    dirty: BTreeSet<u32>,
    sites: Vec<Site>,
}

impl<'m> Flow<'m> {
    fn new(module: &'m Module, shapes: &'m [Shape], function: &'m Function) -> Flow<'m> {
        let mut flow = Flow {
            module,
            function,
            shapes,
            blocks: Vec::new(),
            block_at: vec![u32::MAX; function.code.len()],
            dirty: BTreeSet::new(),
            sites: vec![Site::default(); function.code.len()],
        };
        flow.order();
        let mut entry = State::default();
        for at in 0..function.arity {
            let param = function.params.get(usize::from(at)).copied().unwrap_or_default();
            entry.x.set(
                at.into(),
                match param {
                    Param::Term => Value::ANY,
                    Param::Context => Value::MaybeContext,
                    Param::Trace => Value::Trace,
                },
            );
        }
        flow.blocks[0].state = Some(entry);
        flow.dirty.insert(0);
        flow
    }

    /// Finds the blocks that labels lead to, in reverse post-order.
    fn order(&mut self) {
        let function = self.function;
        let leaders: BTreeSet<u32> = function.labels.iter().copied().chain([0]).collect();
        let starts: Vec<u32> = leaders.into_iter().collect();
        let mut number = vec![u32::MAX; function.code.len()];
        for (index, start) in starts.iter().enumerate() {
            number[at(*start)] = index as u32;
        }
        // Depth first; `next` of a block are the blocks it leads to.
        let next = |block: u32| -> Vec<u32> {
            let mut found = Vec::new();
            let mut here = at(starts[at(block)]);
            loop {
                let instr = &function.code[here];
                each_label(instr, |label| {
                    if let Some(target) = function.target(label) {
                        found.push(number[at(target)]);
                    }
                });
                here += 1;
                if stops(self.module, instr) || here >= function.code.len() {
                    return found;
                }
                if number[here] != u32::MAX {
                    found.push(number[here]);
                    return found;
                }
            }
        };
        let mut seen = vec![false; starts.len()];
        let mut post = Vec::new();
        let mut stack = vec![(0, next(0))];
        seen[0] = true;
        while let Some((block, rest)) = stack.last_mut() {
            match rest.pop() {
                Some(child) if !seen[at(child)] => {
                    seen[at(child)] = true;
                    let children = next(child);
                    stack.push((child, children));
                }
                Some(_) => {}
                None => {
                    post.push(*block);
                    stack.pop();
                }
            }
        }
        for block in post.into_iter().rev() {
            let start = starts[at(block)];
            self.block_at[at(start)] = self.blocks.len() as u32;
            self.blocks.push(Block { start, state: None, visits: 0 });
        }
    }

    pub(super) fn literal(&self, id: LitId) -> Shape {
        self.shapes.get(at(id.0)).copied().unwrap_or(Shape::Any)
    }

    /// Follows one block from its state to its end.
    fn follow(&mut self, block: u32) -> Result<(), (usize, Broken)> {
        let block = &mut self.blocks[at(block)];
        block.visits += 1;
        let mut here = at(block.start);
        let mut state = block.state.clone().expect("only blocks with a state are dirty");
        loop {
            let function = self.function;
            let site = Site {
                reached: true,
                frame: state.frame,
                proved: false,
                held: state.held,
                handler: None,
            };
            let mut step = Step { flow: self, state, proved: false, handler: None };
            let next = function.code[here].visit(&mut step).map_err(|broken| (here, broken))?;
            let Step { state: after, proved, handler, .. } = step;
            self.sites[here] = Site { proved, handler, ..site };
            if next == Next::Stop {
                return Ok(());
            }
            state = after;
            here += 1;
            match self.block_at.get(here) {
                // `val.function.end` keeps execution from going on here.
                None => return Ok(()),
                Some(&u32::MAX) => {}
                Some(_) => return self.enter(here, &state).map_err(|broken| (here, broken)),
            }
        }
    }

    /// A path leads to a label in this state.
    pub(super) fn branch(&mut self, label: Label, state: &State) -> Result<(), Broken> {
        match self.function.target(label) {
            Some(target) => self.enter(at(target), state),
            None => self.clause(state),
        }
    }

    /// Label 0 raises `function_clause` with the arguments, in place of this activation.
    fn clause(&self, state: &State) -> Result<(), Broken> {
        if state.frame != 0 {
            return Err(Broken::new(
                Rule::ValClauseFrame,
                format_args!("label 0 with a frame of {} slots", state.frame),
                "no frame",
            ));
        }
        for arg in 0..self.function.arity {
            let param = self.function.params.get(usize::from(arg)).copied().unwrap_or_default();
            let value = state.x.get(arg.into());
            let fits = match value {
                Value::Term(_) => true,
                Value::Context | Value::MaybeContext => param == Param::Context,
                Value::Trace => param == Param::Trace,
                _ => false,
            };
            if !fits {
                return Err(Broken::new(
                    Rule::ValClauseArguments,
                    format_args!("{} in x{arg} at label 0", value.name()),
                    "the arguments in x0 and so on",
                ));
            }
        }
        Ok(())
    }

    /// A path leads to an instruction that begins a block.
    fn enter(&mut self, target: usize, state: &State) -> Result<(), Broken> {
        let number = self.block_at[target];
        let block = &mut self.blocks[at(number)];
        let changed = match &mut block.state {
            None => {
                block.state = Some(state.clone());
                true
            }
            Some(known) if known.frame != state.frame => {
                return Err(Broken::new(
                    Rule::ValFrameJoin,
                    format_args!(
                        "a path to instruction {target} with a frame of {} slots",
                        state.frame
                    ),
                    format_args!("{}, as on another path", known.frame),
                ));
            }
            Some(known) => known.meet(state, block.visits > PATIENCE),
        };
        if changed {
            self.dirty.insert(number);
        }
        Ok(())
    }

    /// Every cycle must contain a safepoint that costs a reduction: without those instructions the
    /// graph has no cycle.
    fn loops(&self) -> Result<(), (usize, Broken)> {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        let mut marks = vec![Mark::New; self.sites.len()];
        for root in 0..marks.len() {
            if marks[root] != Mark::New {
                continue;
            }
            let mut stack = vec![(root, self.next(root))];
            marks[root] = Mark::Open;
            while let Some((here, rest)) = stack.last_mut() {
                let here = *here;
                match rest.pop() {
                    Some(child) => match marks[child] {
                        Mark::New => {
                            marks[child] = Mark::Open;
                            stack.push((child, self.next(child)));
                        }
                        Mark::Open => {
                            return Err((
                                here,
                                Broken::new(
                                    Rule::ValLoopSafepoint,
                                    format_args!("a cycle through instruction {child} without one"),
                                    "a safepoint that costs a reduction in every cycle",
                                ),
                            ));
                        }
                        Mark::Done => {}
                    },
                    None => {
                        marks[here] = Mark::Done;
                        stack.pop();
                    }
                }
            }
        }
        Ok(())
    }

    /// The instructions that may follow one; none if it is a safepoint that costs a reduction.
    fn next(&self, here: usize) -> Vec<usize> {
        let (instr, site) = (&self.function.code[here], self.sites[here]);
        let mut found = Vec::new();
        let info = instr.info();
        if !site.reached || (info.class != Class::Local && info.cost > 0) {
            return found;
        }
        let mut add = |label| found.extend(self.function.target(label).map(at));
        if !matches!(instr, Instr::Try { .. }) {
            each_label(instr, &mut add);
        }
        if let Some((_, label)) = site.handler {
            add(label);
        }
        if !stops(self.module, instr) {
            found.push(here + 1);
        }
        found
    }
}

/// Every label of an instruction, that of a handler included.
fn each_label(instr: &Instr, mut found: impl FnMut(Label)) {
    match instr {
        Instr::Jump { to: label }
        | Instr::Pick { other: label, .. }
        | Instr::Test { other: label, .. }
        | Instr::Recv { other: label, .. }
        | Instr::Try { handler: label, .. } => found(*label),
        Instr::Op { other: Some(label), .. }
        | Instr::Bmake { other: Some(label), .. }
        | Instr::Bmatch { other: Some(label), .. }
        | Instr::Wait { to: Some(label), .. } => found(*label),
        Instr::Switch { other, cases, .. } => {
            found(*other);
            cases.iter().for_each(|(_, label)| found(*label));
        }
        _ => {}
    }
}

/// An index of code, whose length `u32` holds.
fn at(index: u32) -> usize {
    index as usize
}

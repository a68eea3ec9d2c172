//! Which parameters may receive match contexts or raw traces.
//!
//! Owns the `params` of functions. A value of these two kinds comes from `bmatch` with `start` and
//! from a handler's `x2`, travels through moves, and enters another function only by a local call;
//! so following it from where it is made finds every parameter that has to be declared.

use crate::flow::{clears_registers, writes};
use crate::tidy::{each_label, ends_block};
use lam_isa::kind::Command;
use lam_isa::operand::{Arity, Dst, FrameChange, Label, Reg, Src, Target, XReg};
use lam_isa::{FunRef, Function, Instr, Module, Param};
use std::collections::{BTreeMap, BTreeSet};

/// What a register may hold besides a term.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Held {
    context: bool,
    trace: bool,
    handlers: BTreeSet<Label>,
}

impl Held {
    fn is_term(&self) -> bool {
        !self.context && !self.trace && self.handlers.is_empty()
    }

    fn join(&mut self, other: &Held) {
        self.context |= other.context;
        self.trace |= other.trace;
        self.handlers.extend(&other.handlers);
    }
}

/// The registers and slots that may hold something else than a term.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    x: BTreeMap<u16, Held>,
    y: BTreeMap<u16, Held>,
}

impl State {
    fn get(&self, src: Src) -> Held {
        match src {
            Src::X(x) => self.x.get(&x.0).cloned(),
            Src::Y(y) => self.y.get(&y.0).cloned(),
            _ => None,
        }
        .unwrap_or_default()
    }

    fn set(&mut self, dst: Dst, held: Held) {
        let (map, key) = match dst {
            Dst::X(x) => (&mut self.x, x.0),
            Dst::Y(y) => (&mut self.y, y.0),
            Dst::Discard => return,
        };
        if held.is_term() {
            map.remove(&key);
        } else {
            map.insert(key, held);
        }
    }

    /// What a step with this state costs, about.
    fn size(&self) -> usize {
        let handlers: usize = self.y.values().map(|held| held.handlers.len()).sum();
        (1 + self.x.len() + self.y.len()) * (1 + handlers)
    }

    fn join(&mut self, other: &State) {
        for (mine, theirs) in [(&mut self.x, &other.x), (&mut self.y, &other.y)] {
            for (key, held) in theirs {
                mine.entry(*key).or_default().join(held);
            }
        }
    }
}

/// How much work is spent on one module; OTP's largest takes a hundredth. Code that wants more is
/// no compiler's, and the verifier rejects what is then left undeclared.
const BUDGET: usize = 1 << 26;

/// Declares the parameters of every function of the module.
pub(crate) fn declare(module: &mut Module) {
    let starts = |function: &Function| {
        function.code.iter().any(|instr| {
            matches!(instr, Instr::Try { .. })
                || matches!(instr, Instr::Bmatch { commands, .. }
                    if commands.iter().any(|command| matches!(command, Command::Start(_))))
        })
    };
    let mut open: Vec<usize> =
        (0..module.functions.len()).filter(|index| starts(&module.functions[*index])).collect();
    let mut budget = BUDGET;
    while let Some(index) = open.pop() {
        for (callee, position, param) in passed(module, &module.functions[index], &mut budget) {
            let Some(function) = module.functions.get_mut(callee) else { continue };
            if usize::from(function.arity) <= position {
                continue;
            }
            if function.params.is_empty() {
                function.params = vec![Param::Term; function.arity.into()];
            }
            // Of two kinds in one place the first stays, and the verifier has the last word.
            if function.params[position] == Param::Term {
                function.params[position] = param;
                open.push(callee);
            }
        }
    }
}

/// The functions that `function` passes contexts and traces to, and in which position.
fn passed(
    module: &Module,
    function: &Function,
    budget: &mut usize,
) -> BTreeSet<(usize, usize, Param)> {
    let mut found = BTreeSet::new();
    let mut start = State::default();
    for (at, param) in (0..).zip(&function.params) {
        let held = Held {
            context: *param == Param::Context,
            trace: *param == Param::Trace,
            ..Held::default()
        };
        start.set(Dst::X(XReg(at)), held);
    }
    let mut states: BTreeMap<u32, State> = BTreeMap::from([(0, start)]);
    let mut open = vec![0];
    while let Some(first) = open.pop() {
        let Some(mut state) = states.get(&first).cloned() else { continue };
        for at in first.. {
            let Some(instr) = usize::try_from(at).ok().and_then(|at| function.code.get(at)) else {
                break;
            };
            // Where paths meet, the joined state goes on.
            if at != first && function.labels.binary_search(&at).is_ok() {
                enter(&mut states, &mut open, at, &state);
                break;
            }
            *budget = budget.saturating_sub(state.size());
            if *budget == 0 {
                return found;
            }
            note_call(module, instr, &state, &mut found);
            let raised = raised(&state);
            let mut gone = state.clone();
            match instr {
                Instr::Bmatch { context, commands, .. } => {
                    gone = matched(*context, commands, &mut state);
                }
                _ => {
                    step(instr, &mut state);
                    gone.join(&state);
                }
            }
            if clears_registers(instr) {
                gone.x.clear();
            }
            if !matches!(instr, Instr::Try { .. }) {
                each_label(instr, |label| {
                    if let Some(to) = function.target(label) {
                        enter(&mut states, &mut open, to, &gone);
                    }
                });
            }
            for (label, state) in raised {
                if let Some(to) = function.target(label) {
                    enter(&mut states, &mut open, to, &state);
                }
            }
            if ends_block(instr) {
                break;
            }
        }
    }
    found
}

/// Follows the commands of a `bmatch`; the result is what may hold where one of them fails.
fn matched(context: Reg, commands: &[Command], state: &mut State) -> State {
    let mut failed: Option<State> = None;
    for command in commands {
        let mut before = state.clone();
        if let Command::Start(source) = command {
            // A context starts again, so what fails to start is a term.
            match *source {
                Src::X(x) => before.set(Dst::X(x), Held::default()),
                Src::Y(y) => before.set(Dst::Y(y), Held::default()),
                _ => {}
            }
            state.set(context.into(), Held { context: true, ..Held::default() });
        } else {
            let one = Instr::Bmatch { context, other: None, commands: vec![*command] };
            writes(&one, |dst| state.set(dst, Held::default()));
        }
        match &mut failed {
            Some(failed) => failed.join(&before),
            None => failed = Some(before),
        }
    }
    failed.unwrap_or_default()
}

/// Joins a state into that of an instruction, which is looked at again if it gains something.
fn enter(states: &mut BTreeMap<u32, State>, open: &mut Vec<u32>, at: u32, state: &State) {
    let new = !states.contains_key(&at);
    let known = states.entry(at).or_default();
    let before = known.clone();
    known.join(state);
    if new || *known != before {
        open.push(at);
    }
}

/// The handlers that may be entered from a state, and the state there.
fn raised(state: &State) -> Vec<(Label, State)> {
    let mut all = Vec::new();
    for (slot, held) in &state.y {
        for handler in &held.handlers {
            let mut entered = State { x: BTreeMap::new(), y: state.y.clone() };
            entered.y.remove(slot);
            entered.set(Dst::X(XReg(2)), Held { trace: true, ..Held::default() });
            all.push((*handler, entered));
        }
    }
    all
}

fn step(instr: &Instr, state: &mut State) {
    match instr {
        Instr::Move { pairs } => {
            let held: Vec<Held> = pairs.iter().map(|(src, _)| state.get(*src)).collect();
            for ((_, dst), held) in pairs.iter().zip(held) {
                state.set(*dst, held);
            }
            return;
        }
        Instr::Try { slot, handler } => {
            let held = Held { handlers: BTreeSet::from([*handler]), ..Held::default() };
            state.set(Dst::Y(*slot), held);
            return;
        }
        Instr::Frame { change: FrameChange::Push(_) } => state.y.clear(),
        Instr::Frame { change: FrameChange::Drop(slots) } => {
            let kept = std::mem::take(&mut state.y).into_iter();
            state.y =
                kept.filter_map(|(slot, held)| Some((slot.checked_sub(*slots)?, held))).collect();
        }
        Instr::Need { live, .. } => state.x.retain(|register, _| u32::from(*register) < *live),
        _ => {}
    }
    if clears_registers(instr) {
        state.x.clear();
    }
    writes(instr, |dst| state.set(dst, Held::default()));
}

/// Notes what a local call passes.
fn note_call(
    module: &Module,
    instr: &Instr,
    state: &State,
    found: &mut BTreeSet<(usize, usize, Param)>,
) {
    let (Instr::Call { target: Target::Fun(reference), arity: Arity::Count(arity) }
    | Instr::Tail { target: Target::Fun(reference), arity: Arity::Count(arity), .. }) = instr
    else {
        return;
    };
    let Some(FunRef::Local(callee)) = module.reference(*reference) else { return };
    let Ok(callee) = usize::try_from(callee) else { return };
    for (register, held) in state.x.range(..u16::from(*arity)) {
        let position = usize::from(*register);
        if held.context {
            found.insert((callee, position, Param::Context));
        } else if held.trace {
            found.insert((callee, position, Param::Trace));
        }
    }
}

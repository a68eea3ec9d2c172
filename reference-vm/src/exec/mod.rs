//! Executing instructions: the parts that every family needs.
//!
//! A handler has the paragraphs operands, cases, effect, and returns the rule that fired. Handlers
//! are in one file per family, in the order of the book. Book: *All instructions*,
//! *Steps, schedules and fairness*.

mod bits;
mod compute;
mod control;
mod data;
mod error;
mod message;
mod native;
mod process;

pub(crate) use error::{class_of, location_info, trace_term};
pub(crate) use process::Done;

use crate::code::{Loaded, Place, at};
use crate::machine::{Machine, looks_at_end};
use crate::native::{Effect, Exception};
use crate::process::{Activation, Process, Status, Value};
use crate::term::{Atom, Pid, Term};
use lam_isa::operand::{Arity, Dst, FrameChange, Label, Src, Target};
use lam_isa::outcome::{End, Limit};
use lam_isa::table::Class;
use lam_isa::{FunRef, Function, Instr, Module, Rule};
use std::rc::Rc;

/// A process that executes, taken out of its machine.
pub struct Exec<'m> {
    /// The machine, without the process.
    pub machine: &'m mut Machine,
    /// Its pid.
    pub pid: Pid,
    /// The process.
    pub me: Box<Process>,
}

/// The longest run of local instructions in one step, in reductions (`sched.step.long`).
const STEP_REDUCTIONS: u64 = 4_000;

/// How many match contexts a process may have before the dead ones are looked for.
const CONTEXTS_BEFORE_SWEEP: usize = 64;

impl Exec<'_> {
    /// One step: an effect, if the process stands before one, and local instructions. `turn` is
    /// what a turn that the step belongs to has cost so far; the end of the turn ends the step.
    pub fn run_step(&mut self, turn: Option<u64>) -> Rule {
        let begun = self.me.reductions;
        let mut effect = Rule::SchedStepLocal;
        if self.effect_ahead() {
            effect = self.execute();
            self.machine.fire(Rule::SchedStepEffect);
        }
        while self.me.status == Status::Ready && self.machine.ended.is_none() {
            if self.effect_ahead() {
                break;
            }
            if self.me.place.instr().info().class != Class::Local {
                let cost = self.me.reductions - begun;
                if cost >= STEP_REDUCTIONS {
                    self.machine.fire(Rule::SchedStepLong);
                    break;
                }
                let quantum = self.machine.config.quantum;
                if turn.is_some_and(|spent| spent + cost >= self.me.turn_reductions(quantum)) {
                    break;
                }
            }
            self.execute();
        }
        effect
    }

    /// One instruction, with its cost.
    fn execute(&mut self) -> Rule {
        let module = self.me.place.module.clone();
        let instr = &module.function(self.me.place.function).code[at(self.me.place.pc)];
        let info = instr.info();
        if let Some(fuel) = &mut self.machine.fuel {
            match fuel.checked_sub(u64::from(info.cost)) {
                Some(left) => *fuel = left,
                None => {
                    self.machine.ended = Some(End::Exhausted(Limit::Fuel));
                    return self.machine.fire(Rule::LimFuelSpent);
                }
            }
        }
        self.me.reductions += u64::from(info.cost);
        if info.class != Class::Local {
            self.safepoint();
        }
        let rule = instr.visit(self);
        self.machine.fire(rule)
    }

    /// Whether the next instruction has an effect that others may see, or that depends on what
    /// they do, so that a step begins before it (`sched.step.effect`).
    fn effect_ahead(&self) -> bool {
        match self.me.place.instr() {
            Instr::Spawn { .. }
            | Instr::Link { .. }
            | Instr::Unlink { .. }
            | Instr::Monitor { .. }
            | Instr::Demonitor { .. }
            | Instr::Exit { .. }
            | Instr::Flag { .. }
            | Instr::Yield {}
            | Instr::Send { .. } => true,
            Instr::Recv { .. } => looks_at_end(&self.me),
            Instr::Wait { .. } => false,
            Instr::Call { target, arity } | Instr::Tail { target, arity, .. } => {
                self.callee_effect(target, arity) != Effect::Own
            }
            Instr::Host { function } => {
                let FunRef::External { module, name, arity } =
                    self.me.place.module.reference(*function)
                else {
                    return false;
                };
                let loaded = &self.me.place.module;
                let (module, name) = (loaded.atom(module), loaded.atom(name));
                self.machine.native_effect(module, name, arity) != Effect::Own
            }
            _ => false,
        }
    }

    /// The effect of what a call would enter: that of a native, or none.
    fn callee_effect(&self, target: &Target, arity: &Arity) -> Effect {
        let count = || match arity {
            Arity::Count(count) => Some(*count),
            Arity::List(list) => self.read(list).to_vec()?.len().try_into().ok(),
        };
        let callee = match target {
            Target::Fun(reference) => match self.me.place.module.reference(*reference) {
                FunRef::Local(_) => None,
                FunRef::External { module, name, arity } => {
                    let loaded = &self.me.place.module;
                    Some((loaded.atom(module), loaded.atom(name), arity))
                }
            },
            Target::Value(value) => match self.read(value) {
                Term::Fun(fun) => match &*fun {
                    crate::term::Fun::External { module, name, arity } => {
                        Some((*module, *name, *arity))
                    }
                    crate::term::Fun::Local { .. } => None,
                },
                _ => None,
            },
            Target::Named(module, name) => {
                let (module, name) = (self.read(module).as_atom(), self.read(name).as_atom());
                module.zip(name).zip(count()).map(|((module, name), arity)| (module, name, arity))
            }
        };
        callee.map_or(Effect::Own, |(module, name, arity)| {
            self.machine.native_effect(module, name, arity)
        })
    }

    /// The heap may be collected here: its live words are within the limit, or the process ends.
    fn safepoint(&mut self) {
        if self.me.contexts.len() > CONTEXTS_BEFORE_SWEEP {
            self.me.sweep_contexts();
        }
        if self.me.allocated > self.machine.config.heap_words {
            self.me.allocated = 0;
            if crate::heap::live_words(&self.me) > self.machine.config.heap_words {
                self.machine.fire(Rule::LimHeapExceeded);
                let reason = Term::tuple([Term::atom("system_limit"), Term::atom("heap")]);
                self.me.status = Status::Exiting(reason);
            }
        }
    }

    /// Goes on with the next instruction.
    fn next(&mut self) {
        self.me.place.pc += 1;
    }

    /// Goes to a label; label 0 raises `function_clause` (`exec.clause.raise`).
    fn goto(&mut self, label: Label) {
        if label == Label::CLAUSE {
            self.raise_clause();
        } else {
            self.me.place.goto(label);
        }
    }

    /// The term of a source.
    ///
    /// # Panics
    /// If a register holds none, which verification rules out.
    fn read(&self, src: &Src) -> Term {
        match peek(&self.me, src) {
            Some(Value::Term(term)) => term.clone(),
            Some(other) => panic!("val.slot.kind: {src:?} holds {other:?}, not a term"),
            None => self.constant(src),
        }
    }

    fn constant(&self, src: &Src) -> Term {
        match src {
            Src::Int(n) => Term::Int(*n),
            Src::Atom(atom) => Term::Atom(self.me.place.module.atom(*atom)),
            Src::Lit(literal) => self.me.place.module.literal(*literal).clone(),
            Src::Nil | Src::X(_) | Src::Y(_) => Term::Nil,
        }
    }

    fn read_all(&self, sources: &[Src]) -> Vec<Term> {
        sources.iter().map(|src| self.read(src)).collect()
    }

    /// What a source holds, be it a term or not.
    fn read_value(&self, src: &Src) -> Value {
        match peek(&self.me, src) {
            Some(value) => value.clone(),
            None => Value::Term(self.constant(src)),
        }
    }

    /// Writes a term to a destination.
    fn write(&mut self, dst: &Dst, term: Term) {
        self.write_value(dst, Value::Term(term));
    }

    fn write_value(&mut self, dst: &Dst, value: Value) {
        match dst {
            Dst::Discard => {}
            Dst::X(x) => {
                let index = usize::from(x.0);
                if self.me.x.len() <= index {
                    self.me.x.resize(index + 1, Value::Dead);
                }
                self.me.x[index] = value;
            }
            Dst::Y(y) => self.me.y[usize::from(y.0)] = value,
        }
    }

    /// Every X register is dead, but for a value in `dst` if it is one.
    fn write_only(&mut self, dst: &Dst, term: Term) {
        self.me.x.clear();
        self.write(dst, term);
    }

    /// Counts words of heap.
    fn allocate(&mut self, words: u64) {
        self.me.allocated += words;
    }

    /// The first `count` X registers as terms.
    fn arguments(&self, count: u8) -> Vec<Term> {
        (self.me.x.iter().take(usize::from(count)))
            .map(|value| match value {
                Value::Term(term) => term.clone(),
                _ => Term::Nil,
            })
            .collect()
    }
}

/// What a register or slot holds; `None` for constants.
pub(crate) fn peek<'p>(me: &'p Process, src: &Src) -> Option<&'p Value> {
    const DEAD: &Value = &Value::Dead;
    match src {
        Src::X(x) => Some(me.x.get(usize::from(x.0)).unwrap_or(DEAD)),
        Src::Y(y) => me.y.get(usize::from(y.0)),
        _ => None,
    }
}

/// Where a new process stands: `x0`, `x1` and `x2` are a module, a function and a list of
/// arguments, and the next instruction calls it. Its frame is in no trace.
pub(crate) fn start_place() -> Place {
    thread_local! {
        static START: Rc<Loaded> = {
            let mut module = Module::default();
            module.name = module.intern("");
            let call = Instr::Tail {
                target: Target::Named(x(0), x(1)),
                arity: Arity::List(x(2)),
                frame: 0,
            };
            module.functions.push(Function { arity: 3, code: vec![call], ..Function::default() });
            let verified = lam_isa::verify(module).expect("the start of a process verifies");
            Rc::new(Loaded::new(std::sync::Arc::new(verified), START_VERSION))
        };
    }
    Place { module: START.with(Rc::clone), function: 0, pc: 0 }
}

/// The version number of the module that new processes stand in.
pub(crate) const START_VERSION: u32 = u32::MAX;

fn x(number: u16) -> Src {
    Src::X(lam_isa::operand::XReg(number))
}

/// What a call found.
enum Callee {
    /// A function, entered.
    Entered,
    /// A native, whose module, name and arity these are.
    Native(Atom, Atom, u8),
    /// The call raises.
    Fails(Rule, Exception, Option<crate::process::TraceFrame>),
}

/// Where a native's value goes.
enum Return {
    /// To `x0` of the caller, which goes on behind the call.
    Here,
    /// To the caller's caller: it was a tail call that drops so many slots.
    Caller,
}

impl Exec<'_> {
    /// The value of a native becomes that of the call at which the process stands.
    pub(crate) fn finish_native(&mut self, value: Term) {
        let place = match self.me.place.instr() {
            Instr::Tail { .. } => Return::Caller,
            _ => Return::Here,
        };
        self.me.credit = 0;
        self.me.x.clear();
        self.me.x.push(Value::Term(value));
        match place {
            Return::Here => self.next(),
            Return::Caller => {
                self.return_to_caller();
            }
        }
    }

    /// Drops the frame and goes on in the caller, or ends.
    fn return_to_caller(&mut self) -> Rule {
        self.me.y.clear();
        match self.me.stack.pop() {
            Some(Activation { ret, y }) => {
                self.me.place = ret;
                self.me.y = y;
                Rule::ExecRetCaller
            }
            None => {
                self.machine.fire(Rule::EndProcessReturn);
                self.me.status = Status::Exiting(Term::atom("normal"));
                Rule::ExecRetEnd
            }
        }
    }

    /// Drops all frames: the process stands as a new one does.
    pub(crate) fn restart(&mut self) {
        self.me.stack.clear();
        self.me.y.clear();
        self.me.place = start_place();
    }

    fn change_frame(&mut self, change: FrameChange) -> Rule {
        match change {
            FrameChange::Push(slots) => {
                self.me.y.resize(usize::from(slots), Value::Term(Term::Nil));
                Rule::ExecFramePush
            }
            FrameChange::Drop(slots) => {
                self.me.y.drain(..usize::from(slots));
                Rule::ExecFrameDrop
            }
        }
    }
}

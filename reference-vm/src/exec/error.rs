//! Error: `try` `raise`, and what happens to an exception.

use super::{Exec, START_VERSION};
use crate::code::{Loaded, Place};
use crate::native::{Class, Exception, Reply};
use crate::process::{Deadline, Frames, RawTrace, Status, TraceFrame, Value};
use crate::term::{Atom, Map, Term};
use lam_isa::Rule;
use lam_isa::kind::Raise;
use lam_isa::operand::{Label, Src, YSlot};
use lam_isa::table::Error;
use std::rc::Rc;

impl Error for Exec<'_> {
    type Out = Rule;

    fn try_(&mut self, slot: &YSlot, handler: &Label) -> Rule {
        self.me.y[usize::from(slot.0)] = Value::Handler(*handler);
        self.next();
        Rule::ExecTryInstall
    }

    fn raise(&mut self, kind: &Raise, args: &Vec<Src>) -> Rule {
        let class = match kind {
            Raise::Exit => Class::Exit,
            Raise::Throw => Class::Throw,
            _ => Class::Error,
        };
        match kind {
            Raise::Error | Raise::Exit | Raise::Throw => {
                let reason = self.read(&args[0]);
                self.raise(Rule::ExecRaiseClass, Exception { class, reason })
            }
            Raise::IfClause => self.raise(Rule::ExecRaiseReason, Exception::error("if_clause")),
            Raise::Badmatch | Raise::CaseClause | Raise::TryClause | Raise::Badrecord => {
                let exception = Exception::error_with(kind.name(), self.read(&args[0]));
                self.raise(Rule::ExecRaiseReason, exception)
            }
            Raise::Same => {
                let (reason, trace) = (self.read(&args[0]), self.read_value(&args[1]));
                let (class, frames) = given(Class::Error, trace);
                self.unwind(class, reason, frames);
                Rule::ExecRaiseSame
            }
            Raise::Dynamic => {
                let (class, reason) = (self.read(&args[0]), self.read(&args[1]));
                match class_of(&class) {
                    Some(class) => {
                        let (_, frames) = given(class, self.read_value(&args[2]));
                        self.unwind(class, reason, frames);
                        Rule::ExecRaiseDynamic
                    }
                    None => {
                        self.write(
                            &lam_isa::operand::Dst::X(lam_isa::operand::XReg(0)),
                            Term::atom("badarg"),
                        );
                        self.next();
                        Rule::ExecRaiseBadclass
                    }
                }
            }
        }
    }
}

/// The class of that name.
pub(crate) fn class_of(class: &Term) -> Option<Class> {
    match class.as_atom()?.text() {
        "error" => Some(Class::Error),
        "exit" => Some(Class::Exit),
        "throw" => Some(Class::Throw),
        _ => None,
    }
}

/// A raw trace that is raised again, with its class; a term is kept as the trace it is.
fn given(class: Class, trace: Value) -> (Class, Frames) {
    match trace {
        Value::Trace(trace) => (trace.class, trace.frames.clone()),
        Value::Term(term) => (class, Frames::Given(term)),
        _ => (class, Frames::Recorded(Vec::new())),
    }
}

impl Exec<'_> {
    /// Raises at this instruction; gives back `rule`, so that a handler can end with it.
    pub(super) fn raise(&mut self, rule: Rule, exception: Exception) -> Rule {
        self.raise_with(rule, exception, None)
    }

    /// The same, below the frame of what this instruction called.
    pub(super) fn raise_with(
        &mut self,
        rule: Rule,
        exception: Exception,
        top: Option<TraceFrame>,
    ) -> Rule {
        let here = self.frame_at(&self.me.place.clone());
        let frames = top.into_iter().chain(here);
        let frames = self.record(frames.collect());
        self.unwind(exception.class, exception.reason, frames);
        rule
    }

    /// Label 0: no clause matches; the frame has the arguments (`exec.clause.raise`).
    pub(super) fn raise_clause(&mut self) {
        self.machine.fire(Rule::ExecClauseRaise);
        let place = self.me.place.clone();
        let (name, arity) = place.module.name_of(place.function);
        let frame = TraceFrame {
            module: place.module.name,
            name,
            arity: Term::list(self.arguments(arity)),
            info: self.place_info(&place),
        };
        let frames = self.record(vec![frame]);
        self.unwind(Class::Error, Term::atom("function_clause"), frames);
    }

    /// These frames, then those of the callers, as many as are kept (`exec.trace.depth`).
    pub(super) fn record(&self, mut frames: Vec<TraceFrame>) -> Frames {
        let depth = self.machine.config.trace_depth;
        let mut last: Option<&Place> = None;
        for activation in self.me.stack.iter().rev() {
            if frames.len() >= depth {
                break;
            }
            // A recursion that comes back to one place again and again is one frame.
            if last.replace(&activation.ret) == Some(&activation.ret) {
                continue;
            }
            let call = Place { pc: activation.ret.pc - 1, ..activation.ret.clone() };
            frames.extend(self.frame_at(&call));
        }
        frames.truncate(depth);
        Frames::Recorded(frames)
    }

    /// The frame of a function at an instruction.
    pub(super) fn frame_at(&self, place: &Place) -> Option<TraceFrame> {
        if place.module.version == START_VERSION {
            return None;
        }
        let (name, arity) = place.module.name_of(place.function);
        Some(TraceFrame {
            module: place.module.name,
            name,
            arity: Term::Int(i64::from(arity)),
            info: self.place_info(place),
        })
    }

    fn place_info(&self, place: &Place) -> Term {
        if !self.machine.config.trace_lines {
            return Term::Nil;
        }
        location_info(&place.module, place.function, place.pc)
    }

    /// The frame of a native or operation that fails: with its arguments, and a hint for those who
    /// explain errors.
    pub(super) fn native_frame(&self, module: Atom, name: Atom, args: Vec<Term>) -> TraceFrame {
        let explainer = [(Term::atom("module"), Term::atom("erl_erts_errors"))];
        let hint: Map = explainer.into_iter().collect();
        let info = Term::tuple([Term::atom("error_info"), Term::Map(Rc::new(hint))]);
        let info = if module.text() == "erlang" { Term::list([info]) } else { Term::Nil };
        TraceFrame { module, name, arity: Term::list(args), info }
    }

    /// A native raises in the name of its caller, as the instruction would.
    pub(crate) fn raise_here(&mut self, class: Class, reason: Term) -> Reply {
        self.raise(Rule::ExecHostRaise, Exception { class, reason });
        Reply::Done
    }

    /// The same, with the caller's arguments and more information in its frame.
    pub(crate) fn raise_as_caller(
        &mut self,
        reason: Term,
        args: Option<Term>,
        info: Option<&Term>,
    ) {
        let mut frames: Vec<TraceFrame> =
            self.frame_at(&self.me.place.clone()).into_iter().collect();
        if let (Some(frame), Some(args)) = (frames.first_mut(), args) {
            frame.arity = args;
        }
        let info = info.and_then(Term::to_vec).unwrap_or_default();
        if let (Some(frame), Some(more)) = (frames.first_mut(), frame_info(&info)) {
            let place = frame.info.to_vec().unwrap_or_default();
            frame.info = Term::list(place.into_iter().chain([more]).collect::<Vec<_>>());
        }
        let frames = self.record(frames);
        self.unwind(Class::Error, reason, frames);
    }

    /// Looks for a handler, frame by frame; the process ends if there is none.
    pub(crate) fn unwind(&mut self, class: Class, reason: Term, frames: Frames) {
        self.me.cursor = 0;
        self.me.deadline = Deadline::None;
        self.me.credit = 0;
        loop {
            let handler = self.me.y.iter().position(|slot| matches!(slot, Value::Handler(_)));
            if let Some(slot) = handler
                && let Value::Handler(label) = self.me.y[slot]
            {
                self.machine.fire(Rule::ExecUnwindHandler);
                self.me.y[slot] = Value::Term(Term::Nil);
                let trace = Value::Trace(Rc::new(RawTrace { class, frames }));
                self.me.x = vec![Value::Term(Term::atom(class.text())), Value::Term(reason), trace];
                self.me.place.goto(label);
                return;
            }
            match self.me.stack.pop() {
                Some(activation) => {
                    self.machine.fire(Rule::ExecUnwindFrame);
                    self.me.place = activation.ret;
                    self.me.y = activation.y;
                }
                None => {
                    self.machine.fire(Rule::ExecUnwindEnd);
                    let (rule, reason) = uncaught(class, reason, &frames);
                    self.machine.fire(rule);
                    if rule != Rule::EndProcessExit {
                        self.machine.crashes.push((self.pid, reason.clone()));
                    }
                    self.me.status = Status::Exiting(reason);
                    return;
                }
            }
        }
    }
}

/// `{error_info, Map}` of the options of `error/3`.
fn frame_info(options: &[Term]) -> Option<Term> {
    let is_info = |option: &&Term| {
        option.as_tuple().and_then(<[Term]>::first).is_some_and(|name| name.is_atom("error_info"))
    };
    options.iter().find(is_info).cloned()
}

/// The exit reason of a process that does not catch an exception.
fn uncaught(class: Class, reason: Term, frames: &Frames) -> (Rule, Term) {
    let with_trace = |reason| Term::tuple([reason, frames_term(frames)]);
    match class {
        Class::Error => (Rule::EndProcessError, with_trace(reason)),
        Class::Exit => (Rule::EndProcessExit, reason),
        Class::Throw => {
            let nocatch = Term::tuple([Term::atom("nocatch"), reason]);
            (Rule::EndProcessThrow, with_trace(nocatch))
        }
    }
}

/// A raw trace as the list that programs see.
pub(crate) fn trace_term(trace: &RawTrace) -> Term {
    frames_term(&trace.frames)
}

fn frames_term(frames: &Frames) -> Term {
    match frames {
        Frames::Given(term) => term.clone(),
        Frames::Recorded(frames) => Term::list(frames.iter().map(|frame| {
            Term::tuple([
                Term::Atom(frame.module),
                Term::Atom(frame.name),
                frame.arity.clone(),
                frame.info.clone(),
            ])
        })),
    }
}

/// `[{file, File}, {line, Line}]`, or nothing if the place is not known.
pub(crate) fn location_info(module: &Loaded, function: u32, pc: u32) -> Term {
    match module.location(function, pc) {
        None => Term::Nil,
        Some((file, location)) => Term::list([
            Term::tuple([Term::atom("file"), Term::string(file)]),
            Term::tuple([Term::atom("line"), Term::Int(i64::from(location.line))]),
        ]),
    }
}

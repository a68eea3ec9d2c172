//! Control: `jump` `switch` `call` `tail` `ret` `frame` `need`.

use super::{Callee, Exec};
use crate::code::{Place, at};
use crate::native::Exception;
use crate::process::{Activation, TraceFrame, Value};
use crate::term::{Atom, Fun, Term};
use lam_isa::kind::SwitchKind;
use lam_isa::operand::{Arity, Case, FrameChange, Label, Src, Target};
use lam_isa::table::Control;
use lam_isa::{FunRef, Rule};

impl Control for Exec<'_> {
    type Out = Rule;

    fn jump(&mut self, to: &Label) -> Rule {
        self.goto(*to);
        Rule::ExecJumpGo
    }

    fn switch(
        &mut self,
        kind: &SwitchKind,
        value: &Src,
        other: &Label,
        cases: &Vec<(Case, Label)>,
    ) -> Rule {
        let value = self.read(value);
        let value = match kind {
            SwitchKind::Value => Some(value),
            SwitchKind::Arity => value.as_tuple().map(|elements| Term::Int(elements.len() as i64)),
        };

        let equal = |case: &Case| match (case, &value) {
            (Case::Int(n), Some(Term::Int(m))) => n == m,
            (Case::Atom(id), Some(Term::Atom(atom))) => self.me.place.module.atom(*id) == *atom,
            (Case::Nil, Some(Term::Nil)) => true,
            _ => false,
        };
        match cases.iter().find(|(case, _)| equal(case)) {
            Some((_, label)) => {
                self.goto(*label);
                Rule::ExecSwitchMatch
            }
            None => {
                self.goto(*other);
                Rule::ExecSwitchOther
            }
        }
    }

    fn call(&mut self, target: &Target, arity: &Arity) -> Rule {
        self.me.credit = 0;
        let mut ret = self.me.place.clone();
        ret.pc += 1;

        match self.resolve(target, arity) {
            Callee::Entered => {
                let y = std::mem::take(&mut self.me.y);
                self.allocate(crate::heap::activation_words(y.len()));
                self.me.stack.push(Activation { ret, y });
                Rule::ExecCallEnter
            }
            Callee::Native(module, name, arity) => {
                self.machine.fire(Rule::ExecCallNative);
                self.call_native(module, name, arity)
            }
            Callee::Fails(rule, exception, frame) => self.raise_with(rule, exception, frame),
        }
    }

    fn tail(&mut self, target: &Target, arity: &Arity, _frame: &u32) -> Rule {
        self.me.credit = 0;

        match self.resolve(target, arity) {
            Callee::Entered => {
                self.me.y.clear();
                Rule::ExecTailEnter
            }
            Callee::Native(module, name, arity) => {
                self.machine.fire(Rule::ExecTailNative);
                self.call_native(module, name, arity)
            }
            Callee::Fails(rule, exception, frame) => self.raise_with(rule, exception, frame),
        }
    }

    fn ret(&mut self, _frame: &u32) -> Rule {
        self.me.credit = 0;
        self.me.x.truncate(1);
        self.return_to_caller()
    }

    fn frame(&mut self, change: &FrameChange) -> Rule {
        let rule = self.change_frame(*change);
        self.next();
        rule
    }

    fn need(&mut self, words: &u32, live: &u32) -> Rule {
        self.me.x.truncate(at(*live));
        self.me.credit = *words;
        self.next();
        Rule::ExecNeedCredit
    }
}

impl Exec<'_> {
    /// Finds what a call enters and puts its arguments into place. A function is entered: the
    /// process stands at its first instruction, and the old frame is still there.
    fn resolve(&mut self, target: &Target, arity: &Arity) -> Callee {
        if let Target::Fun(reference) = target {
            let module = &self.me.place.module;
            return match module.reference(*reference) {
                FunRef::Local(function) => {
                    let arity = module.function(function).arity;
                    self.me.x.truncate(usize::from(arity));
                    self.me.place.function = function;
                    self.me.place.pc = 0;
                    Callee::Entered
                }
                FunRef::External { module: m, name, arity } => {
                    let (m, name) = (module.atom(m), module.atom(name));
                    self.me.x.truncate(usize::from(arity));
                    self.enter(m, name, arity)
                }
            };
        }
        let callee: Vec<Term> = match target {
            Target::Value(fun) => vec![self.read(fun)],
            Target::Named(module, name) => vec![self.read(module), self.read(name)],
            Target::Fun(_) => Vec::new(),
        };
        let args = match arity {
            Arity::Count(count) => self.me.x[..usize::from(*count)].to_vec(),
            Arity::List(list) => {
                let list = self.read(list);
                match list.to_vec().filter(|args| args.len() <= usize::from(u8::MAX)) {
                    Some(args) => args.into_iter().map(Value::Term).collect(),
                    None => return self.bad_apply(callee, list),
                }
            }
        };
        let arity = u8::try_from(args.len()).expect("limits::ARITY_MAX");
        self.me.x = args;
        self.enter_callee(callee, arity)
    }

    /// A fun, or a module and a name; the arguments are in place.
    pub(super) fn enter_callee(&mut self, callee: Vec<Term>, arity: u8) -> Callee {
        match callee.as_slice() {
            [Term::Fun(fun)] => {
                let fun = fun.clone();
                self.enter_fun(&fun, arity)
            }
            [Term::Atom(module), Term::Atom(name)] => self.enter(*module, *name, arity),
            [fun] => {
                let exception = Exception::error_with("badfun", fun.clone());
                Callee::Fails(Rule::ExecCallBadfun, exception, None)
            }
            _ => {
                let args = Term::list(self.arguments(arity));
                self.bad_apply(callee, args)
            }
        }
    }

    fn bad_apply(&self, mut callee: Vec<Term>, args: Term) -> Callee {
        callee.push(args);
        let frame = self.native_frame(Atom::new("erlang"), Atom::new("apply"), callee);
        Callee::Fails(Rule::ExecCallBadarg, Exception::badarg(), Some(frame))
    }

    /// An exported function or a native, by name.
    pub(super) fn enter_named(&mut self, module: Atom, name: Atom, arity: u8) -> Option<()> {
        self.me.place = self.machine.exported(module, name, arity)?;
        Some(())
    }

    fn enter(&mut self, module: Atom, name: Atom, arity: u8) -> Callee {
        // One that is not granted is undefined, even if a module has a stub of its name.
        if crate::native::exists(module, name, arity) {
            return Callee::Native(module, name, arity);
        }
        if self.enter_named(module, name, arity).is_some() {
            return Callee::Entered;
        }
        let args = Term::list(self.arguments(arity));
        // An `error_handler` in the program decides what to do about it.
        let handler = (Atom::new("error_handler"), Atom::new("undefined_function"));
        if let Some(place) = self.machine.exported(handler.0, handler.1, 3) {
            self.me.place = place;
            let call = [Term::Atom(module), Term::Atom(name), args];
            self.me.x = call.into_iter().map(Value::Term).collect();
            return Callee::Entered;
        }
        let frame = TraceFrame { module, name, arity: args, info: Term::Nil };
        Callee::Fails(Rule::ExecCallUndef, Exception::error("undef"), Some(frame))
    }

    /// A fun: its captured values follow the arguments.
    fn enter_fun(&mut self, fun: &std::rc::Rc<Fun>, arity: u8) -> Callee {
        if fun.arity() != arity {
            let args = Term::list(self.arguments(arity));
            let pair = Term::tuple([Term::Fun(fun.clone()), args]);
            let exception = Exception::error_with("badarity", pair);
            return Callee::Fails(Rule::ExecCallBadarity, exception, None);
        }
        match &**fun {
            Fun::External { module, name, arity } => self.enter(*module, *name, *arity),
            Fun::Local { version, function, captured, .. } => {
                let module = self.machine.code.version(*version).clone();
                self.me.place = Place { module, function: *function, pc: 0 };
                self.me.x.extend(captured.iter().cloned().map(Value::Term));
                Callee::Entered
            }
        }
    }
}

//! Control: `jump` `switch` `call` `tail` `ret` `frame` `need`.

use super::error::Frame;
use super::{Exec, Next};
use crate::atom::{self, Atom};
use crate::code::{Cell, FunEntry, Function};
use crate::exception::Exception;
use crate::native::Native;
use crate::process::Saved;
use crate::term::{Kind, Term, View};
use lam_isa::kind::SwitchKind;
use lam_isa::operand::{Arity, Case, FrameChange, Label, Src, Target};
use lam_isa::table::Control;
use lam_isa::{FunRef, Instr};

/// What a call found.
pub(crate) enum Callee {
    /// A function; its arguments and captured values are in the X registers.
    Function(*const u64),
    /// A native of that name.
    Native(Native, Atom, Atom, u8),
    /// The call raises, below a frame if there is one.
    Fails(Exception, Option<Frame>),
}

impl Control for Exec<'_> {
    type Out = Next;

    fn jump(&mut self, to: &Label) -> Next {
        self.goto(*to)
    }

    fn switch(
        &mut self,
        kind: &SwitchKind,
        value: &Src,
        other: &Label,
        cases: &Vec<(Case, Label)>,
    ) -> Next {
        let value = self.read(value);
        let value = match kind {
            SwitchKind::Value => Some(value),
            SwitchKind::Arity => {
                value.as_tuple().map(|elements| Term::small(elements.len() as i64))
            }
        };
        let module = self.site.module();
        let equal = |case: &Case| match case {
            Case::Int(n) => Term::try_small(*n) == value,
            Case::Atom(id) => Some(Term::atom(module.atom(*id))) == value,
            Case::Nil => Some(Term::NIL) == value,
        };
        let label = cases.iter().find(|(case, _)| equal(case)).map_or(*other, |(_, label)| *label);
        self.goto(label)
    }

    fn call(&mut self, target: &Target, arity: &Arity) -> Next {
        match self.resolve(target, arity) {
            Callee::Function(entry) => {
                self.core.push(self.site.next.expose_provenance() as u64);
                self.enter(entry)
            }
            Callee::Native(native, module, name, arity) => {
                self.call_native(native, module, name, arity)
            }
            Callee::Fails(exception, frame) => self.fail(exception, frame),
        }
    }

    fn tail(&mut self, target: &Target, arity: &Arity, frame: &u32) -> Next {
        match self.resolve(target, arity) {
            Callee::Function(entry) => {
                self.core.drop_slots(*frame as usize);
                self.enter(entry)
            }
            Callee::Native(native, module, name, arity) => {
                self.call_native(native, module, name, arity)
            }
            Callee::Fails(exception, frame) => self.fail(exception, frame),
        }
    }

    fn ret(&mut self, frame: &u32) -> Next {
        self.core.drop_slots(*frame as usize);
        self.core.pc = std::ptr::with_exposed_provenance(self.core.pop() as usize);
        self.core.safepoint(Saved { first: 0, count: 1 })
    }

    fn frame(&mut self, change: &FrameChange) -> Next {
        match *change {
            FrameChange::Push(slots) => {
                self.core.reserve(usize::from(slots) + 1);
                for _ in 0..slots {
                    self.core.push(Term::NIL.0);
                }
            }
            FrameChange::Drop(slots) => self.core.drop_slots(usize::from(slots)),
        }
        self.next()
    }

    fn need(&mut self, words: &u32, live: &u32) -> Next {
        self.core.pc = self.site.next;
        self.core.need(*words as usize, *live as u16)
    }
}

impl Exec<'_> {
    /// Goes on at the entry of a function, whose parameters are in the X registers.
    fn enter(&mut self, entry: *const u64) -> Next {
        self.core.pc = entry;
        // SAFETY: the word before an entry is the address of its function.
        let arity = unsafe { function_at(entry) }.arity;
        self.core.safepoint(Saved { first: 0, count: u16::from(arity) })
    }

    fn fail(&mut self, exception: Exception, frame: Option<Frame>) -> Next {
        match frame {
            Some(frame) => self.raise_below(frame, exception),
            None => self.raise(exception),
        }
    }

    /// Finds what a call enters and puts its arguments into place; the frame is still there.
    fn resolve(&mut self, target: &Target, arity: &Arity) -> Callee {
        if let Target::Fun(reference) = target {
            let module = self.site.module();
            return match module.reference(*reference) {
                FunRef::Local(index) => Callee::Function(module.functions[index as usize].entry),
                FunRef::External { module: m, name, arity } => {
                    self.named(module.atom(m), module.atom(name), arity)
                }
            };
        }
        let callee: Vec<Term> = match target {
            Target::Value(fun) => vec![self.read(fun)],
            Target::Named(module, name) => vec![self.read(module), self.read(name)],
            Target::Fun(_) => Vec::new(),
        };
        let count = match arity {
            Arity::Count(count) => *count,
            Arity::List(list) => {
                let list = self.read(list);
                let args = list.to_vec().filter(|args| args.len() <= usize::from(u8::MAX));
                let Some(args) = args else { return self.bad_apply(callee, list) };
                self.core.x[..args.len()].copy_from_slice(&args);
                args.len() as u8
            }
        };
        self.callee(&callee, count)
    }

    /// A fun, or a module and a name; the arguments are in the X registers.
    pub fn callee(&mut self, callee: &[Term], arity: u8) -> Callee {
        match *callee {
            [fun] => match fun.view() {
                View::Fun(fun) => {
                    // SAFETY: the first word of a fun is the address of its entry.
                    let entry = unsafe { fun_entry(fun.terms()[0]) };
                    if entry.arity != arity {
                        return self.bad_arity(fun.term(), arity);
                    }
                    let captured = &fun.terms()[1..];
                    let first = usize::from(arity);
                    self.core.x[first..first + captured.len()].copy_from_slice(captured);
                    // SAFETY: a function lives as long as its machine.
                    Callee::Function(unsafe { (*entry.function).entry })
                }
                View::External(module, name, wanted) if wanted == arity => {
                    self.named(module, name, arity)
                }
                View::External(..) => self.bad_arity(fun, arity),
                _ => {
                    let exception = Exception::error_with(self.core.heap(), atom::BADFUN, fun);
                    Callee::Fails(exception, None)
                }
            },
            [module, name] => match (module.as_atom(), name.as_atom()) {
                (Some(module), Some(name)) => self.named(module, name, arity),
                _ => {
                    let args = self.args(arity);
                    self.bad_apply(callee.to_vec(), args)
                }
            },
            _ => panic!("exec.call: a fun, or a module and a name"),
        }
    }

    fn args(&mut self, arity: u8) -> Term {
        let args = self.core.x[..usize::from(arity)].to_vec();
        self.core.heap().list(args)
    }

    fn bad_arity(&mut self, fun: Term, arity: u8) -> Callee {
        let args = self.args(arity);
        let pair = self.core.heap().tuple(&[fun, args]);
        let exception = Exception::error_with(self.core.heap(), atom::BADARITY, pair);
        Callee::Fails(exception, None)
    }

    fn bad_apply(&mut self, mut callee: Vec<Term>, args: Term) -> Callee {
        callee.push(args);
        let heap = self.core.heap();
        let frame = super::error::native_frame(heap, atom::ERLANG, atom::APPLY, &callee);
        Callee::Fails(Exception::badarg(), Some(frame))
    }

    /// An exported function or a native, by name.
    fn named(&mut self, module: Atom, name: Atom, arity: u8) -> Callee {
        let cell = self.core.machine.code.cell(module, name, arity);
        self.cell(cell)
    }

    /// What a cell stands for; its module is loaded if it can be.
    pub fn cell(&mut self, cell: &Cell) -> Callee {
        if let Some(native) = cell.native {
            return Callee::Native(native, cell.module, cell.name, cell.arity);
        }
        if cell.entry().is_null() {
            self.core.load(cell.module);
        }
        if !cell.entry().is_null() {
            return Callee::Function(cell.entry());
        }
        let args = self.args(cell.arity);
        // An `error_handler` in the program decides what to do about it.
        let handler = self.core.machine.code.cell(atom::ERROR_HANDLER, atom::UNDEFINED_FUNCTION, 3);
        if handler.entry().is_null() {
            self.core.load(atom::ERROR_HANDLER);
        }
        if !handler.entry().is_null() {
            let call = [Term::atom(cell.module), Term::atom(cell.name), args];
            self.core.x[..3].copy_from_slice(&call);
            return Callee::Function(handler.entry());
        }
        let frame = [Term::atom(cell.module), Term::atom(cell.name), args, Term::NIL];
        Callee::Fails(Exception::error(atom::UNDEF), Some(frame))
    }

    /// Whether the instruction calls instead of returning, and the slots that it drops then.
    pub fn tail_frame(&self) -> Option<usize> {
        match self.site.instr() {
            Instr::Tail { frame, .. } => Some(*frame as usize),
            _ => None,
        }
    }
}

/// What all funs made of a function have in common.
///
/// # Safety
/// `word` must be the first word of a `Fun` box.
pub(crate) unsafe fn fun_entry<'m>(word: Term) -> &'m FunEntry {
    // SAFETY: the caller's promise; entries live as long as the machine.
    unsafe { &*std::ptr::with_exposed_provenance(word.0 as usize) }
}

/// What the fun `term` is made of, if it is one made by `fun`.
pub(crate) fn entry_of<'m>(term: Term) -> Option<&'m FunEntry> {
    let boxed = term.as_kind(Kind::Fun)?;
    // SAFETY: the first word of a fun.
    Some(unsafe { fun_entry(boxed.terms()[0]) })
}

/// The function whose code begins here.
///
/// # Safety
/// `entry` must be the entry of a function.
pub(crate) unsafe fn function_at<'m>(entry: *const u64) -> &'m Function {
    // SAFETY: the word before an entry is the address of its function.
    unsafe { &*std::ptr::with_exposed_provenance(*entry.sub(1) as usize) }
}

//! Error: `try` `raise`, and what happens to an exception.
//!
//! A handler is known from the code: verification has found the innermost one of every instruction
//! that may raise, and each return address has the [`Site`] of its call before it. So `try` only
//! has to clear its slot, and unwinding looks at no slot at all.

use super::{Exec, Next};
use crate::atom::{self, Atom};
use crate::code::{Loaded, Site};
use crate::core::Core;
use crate::exception::{Class, Exception};
use crate::heap::Heap;
use crate::machine::CRASHES_MAX;
use crate::native::Reply;
use crate::process::Status;
use crate::term::{Kind, Term};
use lam_isa::kind::Raise;
use lam_isa::operand::{Label, Src, YSlot};
use lam_isa::table::Error;

/// One frame of a stack trace: module, name, arity or arguments, and what else is known: a term, or
/// the address of a [`Site`], which looks like a small integer and becomes file and line when the
/// trace is made a list.
pub(crate) type Frame = [Term; 4];

/// Where the frames of a raw trace begin; before them stand the class, and the trace that the
/// program gave or a dead word.
const FRAMES: usize = 2;

/// What a trace has in place of a given one.
const NONE: Term = Term::DEAD;

impl Error for Exec<'_> {
    type Out = Next;

    fn try_(&mut self, slot: &YSlot, _handler: &Label) -> Next {
        self.write(&lam_isa::operand::Dst::Y(*slot), Term::NIL);
        self.next()
    }

    fn raise(&mut self, kind: &Raise, args: &Vec<Src>) -> Next {
        let class = match kind {
            Raise::Exit => Class::Exit,
            Raise::Throw => Class::Throw,
            _ => Class::Error,
        };
        match kind {
            Raise::Error | Raise::Exit | Raise::Throw => {
                let reason = self.read(&args[0]);
                self.raise(Exception { class, reason })
            }
            Raise::IfClause => self.raise(Exception::error(atom::IF_CLAUSE)),
            Raise::Badmatch | Raise::CaseClause | Raise::TryClause | Raise::Badrecord => {
                let value = self.read(&args[0]);
                let name = match kind {
                    Raise::Badmatch => atom::BADMATCH,
                    Raise::CaseClause => atom::CASE_CLAUSE,
                    Raise::TryClause => atom::TRY_CLAUSE,
                    _ => atom::BADRECORD,
                };
                let exception = Exception::error_with(self.core.heap(), name, value);
                self.raise(exception)
            }
            Raise::Same => {
                let (reason, trace) = (self.read(&args[0]), self.read(&args[1]));
                match trace.as_kind(Kind::Trace) {
                    Some(raw) => {
                        let class = Class::named(raw.terms()[0]).unwrap_or(Class::Error);
                        self.core.unwind(self.site, class, reason, trace)
                    }
                    None => {
                        let trace = given(self.core.heap(), Class::Error, trace);
                        self.core.unwind(self.site, Class::Error, reason, trace)
                    }
                }
            }
            Raise::Dynamic => {
                let (class, reason) = (self.read(&args[0]), self.read(&args[1]));
                let trace = self.read(&args[2]);
                match Class::named(class) {
                    Some(class) => {
                        let trace = match trace.as_kind(Kind::Trace) {
                            Some(raw) => {
                                let mut words = raw.terms().to_vec();
                                words[0] = Term::atom(class.atom());
                                self.core.heap().boxed(Kind::Trace, &words)
                            }
                            None => given(self.core.heap(), class, trace),
                        };
                        self.core.unwind(self.site, class, reason, trace)
                    }
                    None => {
                        self.core.x[0] = Term::atom(atom::BADARG);
                        self.next()
                    }
                }
            }
        }
    }
}

/// A raw trace of a list that the program gave.
pub(crate) fn given(heap: &mut Heap, class: Class, list: Term) -> Term {
    heap.boxed(Kind::Trace, &[Term::atom(class.atom()), list])
}

impl Exec<'_> {
    /// Raises at this instruction.
    pub fn raise(&mut self, exception: Exception) -> Next {
        let frame = frame_at(self.site);
        self.core.raise(self.site, &frame.into_iter().collect::<Vec<_>>(), exception)
    }

    /// The same, below the frame of what this instruction called.
    pub fn raise_below(&mut self, top: Frame, exception: Exception) -> Next {
        let frames: Vec<Frame> = [Some(top), frame_at(self.site)].into_iter().flatten().collect();
        self.core.raise(self.site, &frames, exception)
    }

    /// The same, as the function or native of that name would with these arguments.
    pub fn raise_as(
        &mut self,
        module: Atom,
        name: Atom,
        args: &[Term],
        exception: Exception,
    ) -> Next {
        let top = native_frame(self.core.heap(), module, name, args);
        self.raise_below(top, exception)
    }

    /// Label 0: no clause matches; the frame has the arguments (`exec.clause.raise`).
    pub fn raise_clause(&mut self) -> Next {
        let function = self.site.function();
        let args = self.core.x[..usize::from(function.arity)].to_vec();
        let args = self.core.heap().list(args);
        let name = Term::atom(function.name);
        let module = Term::atom(function.module().name);
        let frame = [module, name, args, site_term(self.site)];
        self.core.raise(self.site, &[frame], Exception::error(atom::FUNCTION_CLAUSE))
    }
}

/// The address of a site as a word that the collector leaves alone.
fn site_term(site: &Site) -> Term {
    Term(std::ptr::from_ref(site).expose_provenance() as u64)
}

/// The frame of a function at an instruction; that in which every process begins has none.
fn frame_at(site: &Site) -> Option<Frame> {
    let function = site.function();
    let module = function.module();
    (module.version != crate::code::START_VERSION).then(|| {
        let arity = Term::small(i64::from(function.arity));
        [Term::atom(module.name), Term::atom(function.name), arity, site_term(site)]
    })
}

/// The frame of a native or operation that fails: with its arguments, and a hint for those who
/// explain errors.
pub(crate) fn native_frame(heap: &mut Heap, module: Atom, name: Atom, args: &[Term]) -> Frame {
    let args = heap.list(args.iter().copied());
    let mut info = Term::NIL;
    if module == atom::ERLANG {
        let explainer = (Term::atom(atom::MODULE), Term::atom(atom::ERL_ERTS_ERRORS));
        let hint = crate::term::map::from_pairs(heap, &mut [explainer]);
        let hint = heap.tuple(&[Term::atom(atom::ERROR_INFO), hint]);
        info = heap.list([hint]);
    }
    [Term::atom(module), Term::atom(name), args, info]
}

/// `[{file, File}, {line, Line}]`, or nothing if the place is not known.
pub(crate) fn location_info(heap: &mut Heap, module: &Loaded, function: u32, pc: u32) -> Term {
    match module.location(function, pc) {
        None => Term::NIL,
        Some((file, location)) => {
            let file = heap.string(file);
            let file = heap.tuple(&[Term::atom(atom::FILE), file]);
            let line = Term::small(i64::from(location.line));
            let line = heap.tuple(&[Term::atom(atom::LINE), line]);
            heap.list([file, line])
        }
    }
}

impl Core {
    /// A native raises in the name of its caller, as an instruction there would.
    pub fn raise_here(&mut self, class: Class, reason: Term) -> Reply {
        let site = self.site();
        let frames: Vec<Frame> = frame_at(site).into_iter().collect();
        self.raise(site, &frames, Exception { class, reason });
        Reply::Done
    }

    /// The same, with the caller's arguments and more information in its frame.
    pub fn raise_as_caller(
        &mut self,
        reason: Term,
        args: Option<Term>,
        info: Option<Term>,
    ) -> Reply {
        let site = self.site();
        let mut frames: Vec<Frame> = frame_at(site).into_iter().collect();
        if let (Some(frame), Some(args)) = (frames.first_mut(), args) {
            frame[2] = args;
        }
        let options = info.and_then(Term::to_vec).unwrap_or_default();
        let more = options.into_iter().find(|option| {
            option
                .as_tuple()
                .is_some_and(|t| t.first().is_some_and(|n| n.is_atom(atom::ERROR_INFO)))
        });
        if let (Some(frame), Some(more)) = (frames.first_mut(), more) {
            let module = site.module();
            let place = if self.machine.config.trace_lines {
                location_info(self.heap(), module, site.function().index, site.index)
            } else {
                Term::NIL
            };
            let parts: Vec<Term> = place.iter().chain([more]).collect();
            frame[3] = self.heap().list(parts);
        }
        self.raise(site, &frames, Exception { class: Class::Error, reason });
        Reply::Done
    }

    /// Raises with a trace that the program gives.
    pub fn raise_given(&mut self, class: Class, reason: Term, list: Term) -> Reply {
        let trace = given(self.heap(), class, list);
        let site = self.site();
        self.unwind(site, class, reason, trace);
        Reply::Done
    }

    /// The site at which a native is called.
    fn site<'s>(&self) -> &'s Site {
        // SAFETY: set before a native of the machine is called; sites live as long as it.
        unsafe { &*self.site }
    }

    /// Raises with these frames on top of those of the callers.
    pub fn raise(&mut self, site: &Site, top: &[Frame], exception: Exception) -> Next {
        let trace = self.record(site, top, exception.class);
        self.unwind(site, exception.class, exception.reason, trace)
    }

    /// A raw trace of these frames and the callers', as many as are kept (`exec.trace.depth`).
    fn record(&mut self, site: &Site, top: &[Frame], class: Class) -> Term {
        let depth = self.machine.config.trace_depth;
        let mut words = vec![Term::atom(class.atom()), NONE];
        let frames_max = FRAMES + 4 * depth;
        words.extend(top.iter().take(depth).flatten());
        let mut at = Some(site);
        let mut sp = self.sp;
        let mut last = std::ptr::null();
        while words.len() < frames_max {
            // SAFETY: `frame` slots and a return address lie above `sp`.
            let (caller, ret) = unsafe {
                let Some(site) = at else { break };
                sp = sp.add(usize::from(site.frame));
                let ret = std::ptr::with_exposed_provenance::<u64>(*sp as usize);
                sp = sp.add(1);
                (site_before(ret), ret)
            };
            at = caller;
            // A recursion that comes back to one place again and again is one frame.
            if std::mem::replace(&mut last, ret) == ret {
                continue;
            }
            words.extend(caller.and_then(frame_at).into_iter().flatten());
        }
        self.heap().boxed(Kind::Trace, &words)
    }

    /// Looks for a handler, frame by frame; the process ends if there is none.
    pub fn unwind(&mut self, site: &Site, class: Class, reason: Term, trace: Term) -> Next {
        self.me.mailbox.rewind();
        self.clear_deadline();
        let mut at = Some(site);
        while let Some(site) = at {
            if !site.handler.is_null() {
                // SAFETY: val.slot.range: the frame has the handler's slot.
                unsafe { *self.sp.add(usize::from(site.slot)) = Term::NIL.0 }
                self.x[..3].copy_from_slice(&[Term::atom(class.atom()), reason, trace]);
                self.pc = site.handler;
                return Next::Go;
            }
            // SAFETY: `frame` slots and a return address lie above `sp`.
            unsafe {
                self.sp = self.sp.add(usize::from(site.frame));
                at = site_before(std::ptr::with_exposed_provenance(*self.sp as usize));
                self.sp = self.sp.add(1);
            }
        }
        // All frames are gone; what a `ret` would look for must be there still.
        // SAFETY: the word above the last frame is the return address just passed.
        unsafe { self.sp = self.sp.sub(1) }
        let with_trace = |core: &mut Core, reason| {
            let list = core.trace_list(trace);
            core.heap().tuple(&[reason, list])
        };
        let reason = match class {
            Class::Error => with_trace(self, reason),
            Class::Exit => reason,
            Class::Throw => {
                let nocatch = self.heap().tuple(&[Term::atom(atom::NOCATCH), reason]);
                with_trace(self, nocatch)
            }
        };
        if class != Class::Exit {
            let text = self.show(reason);
            let mut crashes = self.machine.crashes.lock();
            if crashes.len() == CRASHES_MAX {
                crashes.pop_front();
            }
            crashes.push_back((self.me.pid, text));
        }
        self.me.reason = reason;
        self.me.status = Status::Exiting;
        self.me.saved = crate::process::Saved::default();
        Next::Stop
    }

    /// A raw trace as the list that programs see.
    pub fn trace_list(&mut self, trace: Term) -> Term {
        let Some(raw) = trace.as_kind(Kind::Trace) else { return trace };
        let words = raw.terms();
        if words[1] != NONE {
            return words[1];
        }
        let lines = self.machine.config.trace_lines;
        let mut list = Vec::new();
        for frame in words[FRAMES..].chunks_exact(4) {
            let mut info = frame[3];
            if info.is_small() && lines {
                // SAFETY: a small word here is the address of a site, which lives as long as the
                // machine.
                let site: &Site = unsafe { &*std::ptr::with_exposed_provenance(info.0 as usize) };
                let module = site.module();
                info = location_info(self.heap(), module, site.function().index, site.index);
            } else if info.is_small() {
                info = Term::NIL;
            }
            list.push(self.heap().tuple(&[frame[0], frame[1], frame[2], info]));
        }
        self.heap().list(list)
    }
}

/// The site of the call that returns to `ret`; none for the end of a process.
///
/// # Safety
/// `ret` must be a return address.
pub(crate) unsafe fn site_before<'s>(ret: *const u64) -> Option<&'s Site> {
    // SAFETY: the word before a return address is the address of the call's site, or 0.
    unsafe { std::ptr::with_exposed_provenance::<Site>(*ret.sub(1) as usize).as_ref() }
}

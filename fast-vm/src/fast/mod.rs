//! The interpreter: short paths for what programs are made of.
//!
//! Code is a sequence of words. The first word of an operation says which it is (for the threaded
//! dispatcher it is the address of its handler), the words behind are its operands. An operation is
//! a type with one function from registers to registers ([`Operation`]); the two dispatchers in
//! [`dispatch`] are made from these. Whatever is unusual goes to the whole meaning in `exec`, by way
//! of [`slow`]: registers are written back to the core, the instruction at the operation's
//! [`Site`] is executed, and the registers are read again.
//!
//! Nothing here takes the address of a register: one address-taken local would turn the jump from
//! handler to handler into a call.

pub(crate) mod bits;
pub(crate) mod choice;
pub(crate) mod compute;
pub(crate) mod control;
pub(crate) mod data;
pub(crate) mod dispatch;
pub(crate) mod message;
pub(crate) mod operand;
pub(crate) mod step;
#[rustfmt::skip]
pub(crate) mod table;

use crate::code::Site;
use crate::core::Core;
use crate::exec::control::function_at;
use crate::exec::{Exec, Next};
use crate::process::{Saved, Status};
use dispatch::Code;
use std::ptr::with_exposed_provenance;

/// The registers of the interpreter.
#[derive(Clone, Copy)]
pub(crate) struct M {
    /// The operation that is executed, then the one to go on with.
    pub pc: *const u64,
    /// The lowest word of the stack.
    pub sp: *mut u64,
    /// The next free word of the heap.
    pub hp: *mut u64,
    /// Reductions left.
    pub reds: i64,
    /// The core, and its X registers; the first of them is stale.
    pub core: *mut Core,
    /// The first X register.
    pub x0: u64,
}

/// An operation: what it does to the registers.
pub(crate) trait Operation {
    /// Executes the operation at `pc` and gives the registers for the next one.
    ///
    /// # Safety
    /// The registers must be those of a running process, at an operation of this type that
    /// `lower` has written for a verified instruction.
    unsafe fn run(m: M) -> M;
}

impl M {
    /// Writes the registers back to the core.
    ///
    /// # Safety
    /// As for [`Operation::run`].
    #[inline(always)]
    pub unsafe fn flush(self) {
        // SAFETY: the core is alive, and no reference to it is held while operations run.
        unsafe {
            let core = &mut *self.core;
            core.pc = self.pc;
            core.sp = self.sp;
            core.me.heap.top = self.hp;
            core.reds = self.reds;
            core.x[0].0 = self.x0;
        }
    }

    /// Reads the registers from the core, to go on at `pc`.
    ///
    /// # Safety
    /// As for [`Operation::run`].
    #[inline(always)]
    pub unsafe fn load(core: *mut Core, pc: *const u64) -> M {
        // SAFETY: as above.
        unsafe {
            let this = &*core;
            M { pc, sp: this.sp, hp: this.me.heap.top, reds: this.reds, core, x0: this.x[0].0 }
        }
    }

    /// The operand at this place behind the operation.
    ///
    /// # Safety
    /// The operation must have so many.
    #[inline(always)]
    pub unsafe fn operand(&self, at: usize) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { *self.pc.add(at) }
    }

    /// Whether the heap has less room than this operand says, in bytes.
    ///
    /// # Safety
    /// As for `operand`.
    #[inline(always)]
    pub unsafe fn lacks(&self, at: usize) -> bool {
        // SAFETY: the caller's promise; the core is alive.
        unsafe { self.hp as usize + self.operand(at) as usize > (*self.core).limit as usize }
    }

    /// The address that is this operand.
    ///
    /// # Safety
    /// As for `operand`.
    #[inline(always)]
    pub unsafe fn address(&self, at: usize) -> *const u64 {
        // SAFETY: the caller's promise.
        with_exposed_provenance(unsafe { self.operand(at) } as usize)
    }
}

/// Executes an instruction in full. Layout: `[slow, site]`.
pub(crate) struct Slow;

impl Operation for Slow {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`; the word behind the operation is the address of its site.
        unsafe {
            m.flush();
            let pc = slow(m.core, m.operand(1));
            M::load(m.core, pc)
        }
    }
}

/// Executes the instruction of a site in full, and says where to go on.
///
/// # Safety
/// The registers of the core must be up to date; `site` must be the address of the site of the
/// instruction at `Core::pc`.
#[inline(never)]
pub(crate) unsafe extern "C" fn slow(core: *mut Core, site: u64) -> *const u64 {
    // SAFETY: the caller's promise; sites live as long as the machine.
    let (core, site) = unsafe { (&mut *core, &*with_exposed_provenance::<Site>(site as usize)) };
    core.reds -= i64::from(site.cost);
    let next = Exec { core, site }.run();
    go_on(core, next)
}

/// Hands over to the whole meaning of the instruction whose site is this operand: by way of an
/// operation of its own, since a call here would make the handler save registers.
///
/// # Safety
/// As for [`Operation::run`]; the operand must be the address of the operation's site.
#[inline(always)]
pub(crate) unsafe fn go_slow(mut m: M, site: usize) -> M {
    // SAFETY: the caller's promise.
    unsafe { (*m.core).pending[0] = m.operand(site) }
    m.pc = dispatch::alone(Code::SlowPending);
    m
}

/// See [`go_slow`].
pub(crate) struct SlowPending;

impl Operation for SlowPending {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`; `go_slow` has left the site.
        unsafe {
            m.flush();
            let pc = slow(m.core, (*m.core).pending[0]);
            M::load(m.core, pc)
        }
    }
}

/// Looks after heap and turn before the function at `pc` is entered.
pub(crate) struct PauseCall;

impl Operation for PauseCall {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; `pause` has left the entry.
        unsafe {
            m.pc = with_exposed_provenance((*m.core).pending[0] as usize);
            m.flush();
            let pc = checkpoint(m.core, u64::from(function_at(m.pc).arity));
            M::load(m.core, pc)
        }
    }
}

/// Looks after heap and turn before a caller goes on at `pc`.
pub(crate) struct PauseRet;

impl Operation for PauseRet {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; `pause` has left the return address.
        unsafe {
            m.pc = with_exposed_provenance((*m.core).pending[0] as usize);
            m.flush();
            let pc = checkpoint(m.core, 1);
            M::load(m.core, pc)
        }
    }
}

/// Hands over to `PauseCall` or `PauseRet`.
///
/// # Safety
/// As for [`Operation::run`].
#[inline(always)]
pub(crate) unsafe fn pause(mut m: M, code: Code) -> M {
    // SAFETY: the caller's promise.
    unsafe { (*m.core).pending[0] = m.pc.expose_provenance() as u64 }
    m.pc = dispatch::alone(code);
    m
}

/// Makes room on the stack for the operation at `pc`, which is then executed again.
pub(crate) struct Grow;

impl Operation for Grow {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`; `go_grow` has left the operation and what it wants.
        unsafe {
            m.flush();
            let core = &mut *m.core;
            let [pc, words, ..] = core.pending;
            grow(core, words);
            M::load(m.core, with_exposed_provenance(pc as usize))
        }
    }
}

/// Hands over to [`Grow`].
///
/// # Safety
/// As for [`Operation::run`].
#[inline(always)]
pub(crate) unsafe fn go_grow(mut m: M, words: u64) -> M {
    // SAFETY: the caller's promise.
    unsafe {
        (*m.core).pending[0] = m.pc.expose_provenance() as u64;
        (*m.core).pending[1] = words;
    }
    m.pc = dispatch::alone(Code::Grow);
    m
}

#[cold]
#[inline(never)]
unsafe extern "C" fn grow(core: *mut Core, words: u64) {
    // SAFETY: called by `Grow` only, with its core.
    unsafe { (*core).reserve(words as usize) }
}

/// Where to go on after `next`.
#[inline]
pub(crate) fn go_on(core: &mut Core, next: Next) -> *const u64 {
    if next == Next::Stop || core.me.status != Status::Ready {
        return dispatch::exit();
    }
    core.attend();
    core.pc
}

/// A safepoint at `Core::pc` at which only the first `count` X registers are alive.
///
/// # Safety
/// As for [`slow`].
#[cold]
#[inline(never)]
pub(crate) unsafe extern "C" fn checkpoint(core: *mut Core, count: u64) -> *const u64 {
    // SAFETY: the caller's promise.
    let core = unsafe { &mut *core };
    let next = core.safepoint(Saved { first: 0, count: count as u16 });
    go_on(core, next)
}

/// The process returns from its first function and ends. Layout: `[end]`, behind a word 0.
pub(crate) struct End;

impl Operation for End {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            m.flush();
            let pc = end(m.core);
            M::load(m.core, pc)
        }
    }
}

#[inline(never)]
unsafe extern "C" fn end(core: *mut Core) -> *const u64 {
    // SAFETY: called by `End` only, with its core.
    let core = unsafe { &mut *core };
    // The word that was popped is still there for whoever looks for it.
    // SAFETY: it lay right below.
    core.sp = unsafe { core.sp.sub(1) };
    core.me.reason = crate::term::Term::atom(crate::atom::NORMAL);
    core.me.status = Status::Exiting;
    core.me.saved = Saved::default();
    dispatch::exit()
}

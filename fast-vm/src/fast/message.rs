//! Message: `send` `recv` `accept` `wait`.
//!
//! What concerns two processes is no business of registers: these operations call functions, which
//! do the usual case and know the rest as the instruction's whole meaning. Measured on `pingpong` of
//! `bench/`, see [`crate::slots`].

use super::operand::Target;
use super::{M, Operation, dispatch, go_on, slow};
use crate::code::Site;
use crate::core::Core;
use crate::exec::Exec;
use crate::fast::dispatch::Code;
use crate::process::{Saved, Status};
use lam_isa::Instr;
use std::marker::PhantomData;
use std::ptr::with_exposed_provenance;

/// Looks at a message that is no object, or that was looked at before. Layout: `[recv, target, site]`.
///
/// Measured on `selrecv` of `bench/`, where each of 20,000 receives looks at 1,000 messages that
/// nobody wants: 248 ms of processor time by way of `exec`, 79 ms with this, on the same busy computer.
pub(crate) struct Look<D>(PhantomData<D>);

impl<D: Target> Operation for Look<D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; no reference to the core is held.
        unsafe {
            if m.reds <= 1 {
                return go_look(m, 2);
            }
            let Some(message) = (*m.core).me.mailbox.look_again() else { return go_look(m, 2) };
            m.reds -= 1;
            D::set(&mut m, 1, message.0);
            m.pc = m.pc.add(3);
        }
        m
    }
}

/// Hands over to [`LookPending`].
///
/// # Safety
/// As for [`Operation::run`]; the operand must be the address of the operation's site.
#[inline(always)]
unsafe fn go_look(mut m: M, site: usize) -> M {
    // SAFETY: the caller's promise.
    unsafe { (*m.core).pending[0] = m.operand(site) }
    m.pc = dispatch::alone(Code::LookPending);
    m
}

/// Looks at a message that must be moved into the heap, or at none.
pub(crate) struct LookPending;

impl Operation for LookPending {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`; `go_look` has left the site.
        unsafe {
            m.flush();
            let pc = look(m.core, (*m.core).pending[0]);
            M::load(m.core, pc)
        }
    }
}

/// # Safety
/// As for [`slow`], at a `recv`.
#[inline(never)]
unsafe extern "C" fn look(core: *mut Core, site: u64) -> *const u64 {
    // SAFETY: the caller's promise; sites live as long as the machine.
    let (core, site) = unsafe { (&mut *core, &*with_exposed_provenance::<Site>(site as usize)) };
    core.reds -= i64::from(site.cost);
    let Instr::Recv { dst, other } = site.instr() else { unreachable!("lower: a `recv`") };
    let next = Exec { core, site }.receive(dst, *other);
    go_on(core, next)
}

/// Takes the message last looked at. Layout: `[accept]`.
pub(crate) struct Accept;

impl Operation for Accept {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; the registers are no business of a mailbox.
        unsafe {
            accept(m.core);
            m.pc = m.pc.add(1);
        }
        m
    }
}

#[inline(never)]
unsafe extern "C" fn accept(core: *mut Core) {
    // SAFETY: called by `Accept` only, with its core.
    let core = unsafe { &mut *core };
    core.me.mailbox.accept(&mut core.pool);
    core.clear_deadline();
}

/// Sends a message in a machine without steps. Layout: `[send, site]`.
pub(crate) struct Send;

impl Operation for Send {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            m.flush();
            let pc = send(m.core, m.operand(1));
            M::load(m.core, pc)
        }
    }
}

/// # Safety
/// As for [`slow`], at a `send`.
#[inline(never)]
unsafe extern "C" fn send(core: *mut Core, at: u64) -> *const u64 {
    // SAFETY: the caller's promise; sites live as long as the machine.
    let (this, site) = unsafe { (&mut *core, &*with_exposed_provenance::<Site>(at as usize)) };
    let Instr::Send { to, message, dst } = site.instr() else { unreachable!("lower: a `send`") };
    let exec = &mut Exec { core: this, site };
    match exec.read(to).as_pid() {
        Some(to) if to != exec.core.me.pid => {
            let message = exec.read(message);
            let Some(post) = exec.core.message(message) else {
                // SAFETY: the caller's promise.
                return unsafe { slow(core, at) };
            };
            exec.core.reds -= i64::from(site.cost);
            let me = exec.core.me.pid;
            exec.core.emit(me, to, post);
            let next = exec.finish(dst, message);
            go_on(exec.core, next)
        }
        // SAFETY: the caller's promise.
        _ => unsafe { slow(core, at) },
    }
}

/// Waits for a message, for ever, in a machine without steps. Layout: `[wait, site]`.
pub(crate) struct Wait;

impl Operation for Wait {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            m.flush();
            let pc = wait(m.core, m.operand(1));
            M::load(m.core, pc)
        }
    }
}

/// # Safety
/// As for [`slow`], at a `wait` with a label.
#[inline(never)]
unsafe extern "C" fn wait(core: *mut Core, at: u64) -> *const u64 {
    // SAFETY: the caller's promise; sites live as long as the machine.
    let (this, site) = unsafe { (&mut *core, &*with_exposed_provenance::<Site>(at as usize)) };
    let Instr::Wait { to: Some(to), .. } = site.instr() else { unreachable!("lower: a `wait`") };
    if this.me.mailbox.has_unseen() {
        // SAFETY: the caller's promise.
        return unsafe { slow(core, at) };
    }
    this.reds -= i64::from(site.cost);
    this.me.at = site;
    this.me.on_message = site.function().target(*to);
    this.pc = site.next;
    this.me.status = Status::Waiting;
    this.me.saved = Saved::default();
    dispatch::exit()
}

//! Message: `recv` `accept`.

use super::operand::Target;
use super::{M, Operation, go_slow};
use crate::core::Core;
use std::marker::PhantomData;

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
                return go_slow(m, 2);
            }
            let Some(message) = (*m.core).me.mailbox.look_again() else { return go_slow(m, 2) };
            m.reds -= 1;
            D::set(&mut m, 1, message.0);
            m.pc = m.pc.add(3);
        }
        m
    }
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
    core.me.mailbox.accept();
    core.clear_deadline();
}

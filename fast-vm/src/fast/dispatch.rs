//! The two dispatchers: one handler jumps to the next, or a loop looks up which comes.
//!
//! Threaded dispatch relies on the compiler turning the last call of a handler into a jump, which it
//! does when it optimises. The loop is for targets where that is not so, WebAssembly among them.

use super::table::for_each_operation;
use super::{M, Operation};
use crate::core::Core;
use std::sync::OnceLock;

/// What the first word of an operation is: the address of its handler.
#[cfg(not(any(target_family = "wasm", feature = "loop")))]
type Handler = unsafe extern "C" fn(
    pc: *const u64,
    sp: *mut u64,
    hp: *mut u64,
    reds: i64,
    core: *mut Core,
    x0: u64,
);

macro_rules! operations {
    ($($Name:ident = $Operation:ty,)*) => {
        /// An operation, by number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub(crate) enum Code { Exit, $($Name,)* }

        #[cfg(not(any(target_family = "wasm", feature = "loop")))]
        mod threaded {
            use super::super::{bits::*, compute::*, control::*, data::*, message::*, operand::*, step::Probe, End, Grow, PauseCall, PauseRet, Slow, SlowPending};
            use super::*;

            /// The handler of each operation, in order.
            static WORDS: &[Handler] = &[exit_handler, $(handler::<$Operation>,)*];

            #[inline(always)]
            pub(super) fn alone(code: Code) -> *const u64 {
                (&raw const WORDS[code as usize]).cast()
            }

            pub(super) fn word(code: Code) -> u64 {
                WORDS[code as usize] as *const () as usize as u64
            }

            unsafe extern "C" fn exit_handler(
                _: *const u64, sp: *mut u64, hp: *mut u64, reds: i64, core: *mut Core, x0: u64,
            ) {
                // The process stands where `Core::pc` says; the registers are the core's.
                let _ = (sp, hp, reds, core, x0);
            }

            unsafe extern "C" fn handler<O: Operation>(
                pc: *const u64, sp: *mut u64, hp: *mut u64, reds: i64, core: *mut Core, x0: u64,
            ) {
                // SAFETY: only reached by a word of code for this operation; the first word of
                // every operation is the address of a handler.
                unsafe {
                    let m = O::run(M { pc, sp, hp, reds, core, x0 });
                    let next: Handler =
                        std::mem::transmute(std::ptr::with_exposed_provenance::<()>(*m.pc as usize));
                    next(m.pc, m.sp, m.hp, m.reds, m.core, m.x0)
                }
            }

            pub(super) unsafe fn run(m: M) {
                // SAFETY: as above.
                unsafe {
                    let first: Handler =
                        std::mem::transmute(std::ptr::with_exposed_provenance::<()>(*m.pc as usize));
                    first(m.pc, m.sp, m.hp, m.reds, m.core, m.x0)
                }
            }
        }
        #[cfg(not(any(target_family = "wasm", feature = "loop")))]
        use threaded as chosen;

        #[cfg(any(target_family = "wasm", feature = "loop"))]
        mod looping {
            use super::super::{bits::*, compute::*, control::*, data::*, message::*, operand::*, step::Probe, End, Grow, PauseCall, PauseRet, Slow, SlowPending};
            use super::*;

            static WORDS: &[u64] = &[Code::Exit as u64, $(Code::$Name as u64,)*];

            #[inline(always)]
            pub(super) fn alone(code: Code) -> *const u64 {
                &raw const WORDS[code as usize]
            }

            pub(super) fn word(code: Code) -> u64 {
                WORDS[code as usize]
            }

            pub(super) unsafe fn run(m: M) {
                // Each register is a variable of its own: a structure would stay in memory.
                let M { mut pc, mut sp, mut hp, mut reds, core, mut x0 } = m;
                loop {
                    // SAFETY: the first word of every operation is its number.
                    unsafe {
                        let m = M { pc, sp, hp, reds, core, x0 };
                        match *pc.cast::<Code>() {
                            Code::Exit => return,
                            $(Code::$Name => {
                                M { pc, sp, hp, reds, x0, .. } = <$Operation>::run(m);
                            })*
                        }
                    }
                }
            }
        }
        #[cfg(any(target_family = "wasm", feature = "loop"))]
        use looping as chosen;
    };
}

for_each_operation!(operations);

/// The first word of an operation.
pub(crate) fn word(code: Code) -> u64 {
    chosen::word(code)
}

/// Code of this one operation, which has no operands.
#[inline(always)]
pub(crate) fn alone(code: Code) -> *const u64 {
    chosen::alone(code)
}

/// Code that leaves the interpreter.
pub(crate) fn exit() -> *const u64 {
    alone(Code::Exit)
}

/// Where the first function of every process returns.
pub(crate) fn end() -> *const u64 {
    static END: OnceLock<[u64; 2]> = OnceLock::new();
    // SAFETY: the second of two words.
    unsafe { END.get_or_init(|| [0, word(Code::End)]).as_ptr().add(1) }
}

/// Runs the process of a core until it stops.
pub(crate) fn run(core: &mut Core) {
    let pc = core.pc;
    // SAFETY: the process stands at an operation, and all its registers are in the core.
    unsafe { chosen::run(M::load(core, pc)) }
}

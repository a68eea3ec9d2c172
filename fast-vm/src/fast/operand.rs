//! Operands: where an operation reads and writes.
//!
//! An operand is one word: the distance in bytes of an X register from the core, or of a Y slot from
//! the top of the stack, or a constant itself. The first X register is in a machine register, so it
//! is a kind of its own. Operations that programs use less often take operands of [`Any`] kind,
//! which the upper bits of the word tell; these read the first X register from the core, so
//! [`Spilled`] puts it there before and takes it back after.

use super::{M, Operation};
use std::hint::select_unpredictable;
use std::marker::PhantomData;

/// Where an operation reads.
pub(crate) trait Source {
    /// The word of the operand at this place behind the operation.
    ///
    /// # Safety
    /// There must be such an operand, written by `lower` for this kind.
    unsafe fn get(m: &M, at: usize) -> u64;
}

/// Where an operation writes.
pub(crate) trait Target {
    /// Writes a word.
    ///
    /// # Safety
    /// As for [`Source::get`].
    unsafe fn set(m: &mut M, at: usize, word: u64);
}

/// The first X register.
pub(crate) struct X0;
/// Another X register.
pub(crate) struct X;
/// A Y slot.
pub(crate) struct Y;
/// A constant.
pub(crate) struct C;
/// Any of these; for the first X register see [`Spilled`].
pub(crate) struct Any;

/// What the upper bits of an [`Any`] operand say: the rest is a distance from the core, from the
/// stack, or the address of a constant.
pub(crate) const ANY_Y: u64 = 1 << 62;
/// See [`ANY_Y`].
pub(crate) const ANY_C: u64 = 2 << 62;

impl Source for X0 {
    #[inline(always)]
    unsafe fn get(m: &M, _: usize) -> u64 {
        m.x0
    }
}

impl Source for X {
    #[inline(always)]
    unsafe fn get(m: &M, at: usize) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { *m.core.cast::<u8>().add(m.operand(at) as usize).cast() }
    }
}

impl Source for Y {
    #[inline(always)]
    unsafe fn get(m: &M, at: usize) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { *m.sp.cast::<u8>().add(m.operand(at) as usize).cast() }
    }
}

impl Source for C {
    #[inline(always)]
    unsafe fn get(m: &M, at: usize) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { m.operand(at) }
    }
}

/// Where an operand of any kind is. Found without a jump, which no processor would foresee: with that
/// and without dead moves `tak` of `bench/` takes 0.31 s of processor time in place of 0.45 s.
///
/// # Safety
/// As for [`Source::get`].
#[inline(always)]
unsafe fn place(m: &M, at: usize) -> *mut u64 {
    // SAFETY: the caller's promise.
    unsafe {
        let operand = m.operand(at);
        let base = select_unpredictable(operand & ANY_Y == 0, m.core as usize, m.sp as usize);
        let base = select_unpredictable(operand & ANY_C == 0, base, 0);
        std::ptr::with_exposed_provenance_mut(base + (operand << 2 >> 2) as usize)
    }
}

impl Source for Any {
    #[inline(always)]
    unsafe fn get(m: &M, at: usize) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { *place(m, at) }
    }
}

impl Target for X0 {
    #[inline(always)]
    unsafe fn set(m: &mut M, _: usize, word: u64) {
        m.x0 = word;
    }
}

impl Target for X {
    #[inline(always)]
    unsafe fn set(m: &mut M, at: usize, word: u64) {
        // SAFETY: the caller's promise.
        unsafe { *m.core.cast::<u8>().add(m.operand(at) as usize).cast() = word }
    }
}

impl Target for Y {
    #[inline(always)]
    unsafe fn set(m: &mut M, at: usize, word: u64) {
        // SAFETY: the caller's promise.
        unsafe { *m.sp.cast::<u8>().add(m.operand(at) as usize).cast() = word }
    }
}

impl Target for Any {
    #[inline(always)]
    unsafe fn set(m: &mut M, at: usize, word: u64) {
        // SAFETY: the caller's promise.
        unsafe { *place(m, at) = word }
    }
}

/// An operation with operands of any kind: the first X register is in the core meanwhile.
pub(crate) struct Spilled<O>(PhantomData<O>);

impl<O: Operation> Operation for Spilled<O> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            (*m.core).x[0].0 = m.x0;
            m = O::run(m);
            m.x0 = (*m.core).x[0].0;
        }
        m
    }
}

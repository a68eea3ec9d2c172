//! Bits: the commands of `bmatch` that byte-wise parsers are made of.
//!
//! An instruction becomes an operation per command. The first charges its cost and makes sure that
//! there is a context; what a command has done stays done when a later one fails, as the book has it.

use super::operand::{Source, Target};
use super::{M, Operation, go_slow};
use crate::core::Core;
use crate::term::Term;
use crate::term::bits::Context;
use std::marker::PhantomData;

/// Makes the context. Layout: `[start, bitstring, context, else, site]`.
pub(crate) struct Start<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for Start<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let bitstring = Term(S::get(&m, 1));
            if Context::of(bitstring).is_none() {
                return go_slow(m, 4);
            }
            D::set(&mut m, 2, bitstring.0);
            m.reds -= 1;
            m.pc = m.pc.add(5);
        }
        m
    }
}

/// What a parser of bytes begins with: makes the context, keeps the position and reads a byte; with
/// `REST` whole bytes must be left behind it. Layout: `[start_read, bitstring, context, position, target,
/// else of the byte, else of the rest, site]`, the last but one with `REST` only.
///
/// Measured with the fusions of comparisons and of sums with moves that the same loop needs on
/// `binparse` of `bench/`: 0.91 s of processor time before, 0.41 s with them.
pub(crate) struct StartRead<S, D, P, T, const REST: bool>(PhantomData<(S, D, P, T)>);

impl<S: Source, D: Target, P: Target, T: Target, const REST: bool> Operation
    for StartRead<S, D, P, T, REST>
{
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let bitstring = Term(S::get(&m, 1));
            let Some(context) = Context::of(bitstring).filter(|context| context.is_aligned())
            else {
                return go_slow(m, if REST { 7 } else { 6 });
            };
            D::set(&mut m, 2, bitstring.0);
            P::set(&mut m, 3, (context.position() as u64) << 3);
            m.reds -= 3;
            let Some(byte) = context.read_aligned() else {
                m.pc = m.address(5);
                return m;
            };
            T::set(&mut m, 4, u64::from(byte) << 3);
            if !REST {
                m.pc = m.pc.add(7);
                return m;
            }
            m.reds -= 1;
            m.pc = if context.left() % 8 == 0 { m.pc.add(8) } else { m.address(6) };
        }
        m
    }
}

/// Reads an unsigned integer of so many bytes, most significant first. Layout: `[integer, context,
/// target, else, charge, site]`.
pub(crate) struct Read<S, D, const BYTES: usize>(PhantomData<(S, D)>);

impl<S: Source, D: Target, const BYTES: usize> Operation for Read<S, D, BYTES> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let Some(context) = Context::of(Term(S::get(&m, 1))) else { return go_slow(m, 5) };
            m.reds -= m.operand(4) as i64;
            match context.read::<BYTES>() {
                Some(number) => {
                    D::set(&mut m, 2, number << 3);
                    m.pc = m.pc.add(6);
                }
                None => m.pc = m.address(3),
            }
        }
        m
    }
}

/// At least so many bits are left, and the rest is a multiple of the unit. Layout: `[at_least,
/// context, bits, unit, else, charge, site]`.
pub(crate) struct AtLeast<S>(PhantomData<S>);

impl<S: Source> Operation for AtLeast<S> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let Some(context) = Context::of(Term(S::get(&m, 1))) else { return go_slow(m, 6) };
            m.reds -= m.operand(5) as i64;
            let (bits, unit) = (m.operand(2) as usize, m.operand(3) as usize);
            let left = context.left();
            // A unit of a power of two is by far the most frequent, and needs no division.
            let whole = left.wrapping_sub(bits);
            let fits = left >= bits
                && if unit.is_power_of_two() {
                    whole & (unit - 1) == 0
                } else {
                    whole.is_multiple_of(unit)
                };
            m.pc = if fits { m.pc.add(7) } else { m.address(4) };
        }
        m
    }
}

/// Exactly so many bits are left. Layout: `[exactly, context, bits, else, charge, site]`.
pub(crate) struct Exactly<S>(PhantomData<S>);

impl<S: Source> Operation for Exactly<S> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let Some(context) = Context::of(Term(S::get(&m, 1))) else { return go_slow(m, 5) };
            m.reds -= m.operand(4) as i64;
            let fits = context.exactly(m.operand(2) as usize);
            m.pc = if fits { m.pc.add(6) } else { m.address(3) };
        }
        m
    }
}

/// The position. Layout: `[pos, context, target, charge, site]`.
pub(crate) struct Pos<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for Pos<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let Some(context) = Context::of(Term(S::get(&m, 1))) else { return go_slow(m, 4) };
            m.reds -= m.operand(3) as i64;
            D::set(&mut m, 2, (context.position() as u64) << 3);
            m.pc = m.pc.add(5);
        }
        m
    }
}

/// Takes a bitstring of so many units. Layout: `[binary, context, size, target, unit, else, charge,
/// site]`.
pub(crate) struct Take<S, N, D>(PhantomData<(S, N, D)>);

impl<S: Source, N: Source, D: Target> Operation for Take<S, N, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let context = Term(S::get(&m, 1));
            let size = Term(N::get(&m, 2)).as_small();
            let (Some(_), Some(size)) = (Context::of(context), size) else { return go_slow(m, 7) };
            m.reds -= m.operand(6) as i64;
            m.flush();
            let part = take(m.core, context.0, size as u64, m.operand(4));
            m = M::load(m.core, m.pc);
            if part == 0 {
                m.pc = m.address(5);
            } else {
                D::set(&mut m, 3, part);
                m.pc = m.pc.add(8);
            }
        }
        m
    }
}

/// # Safety
/// The registers of the core must be up to date; `context` must be the word of a context.
#[inline(never)]
unsafe extern "C" fn take(core: *mut Core, context: u64, units: u64, unit: u64) -> u64 {
    // SAFETY: the caller's promise.
    let core = unsafe { &mut *core };
    let bits = usize::try_from(units as i64).ok().and_then(|n| n.checked_mul(unit as usize));
    let part = bits.and_then(|bits| Context::of(Term(context))?.take(core.heap(), bits));
    core.attend();
    part.map_or(0, |part| part.0)
}

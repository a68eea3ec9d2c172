//! Control: `jump` `switch` `call` `tail` `ret` `frame` `need`.

use super::compute::Arithmetic;
use super::data::Steps;
use super::dispatch::Code;
use super::operand::{Source, Target};
use super::{M, Operation, go_grow, go_slow, pause};
use crate::code::{Cell, Site};
use crate::core::Core;
use crate::exec::Exec;
use crate::term::{Kind, Term};
use std::marker::PhantomData;
use std::ptr::with_exposed_provenance;

/// Enters a function: charges a reduction, and looks after heap and turn if none is left.
///
/// # Safety
/// `entry` must be the entry of a function whose parameters are in the X registers; otherwise as
/// for [`Operation::run`].
#[inline(always)]
unsafe fn enter(mut m: M, entry: *const u64) -> M {
    m.pc = entry;
    m.reds -= 1;
    if m.reds <= 0 {
        // SAFETY: the caller's promise.
        return unsafe { pause(m, Code::PauseCall) };
    }
    m
}

/// Calls a function of the module. Layout: `[call, entry, site]`; returns behind it.
pub(crate) struct CallLocal;

impl Operation for CallLocal {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; `frame` has left room for a return address.
        unsafe {
            m.sp = m.sp.sub(1);
            *m.sp = m.pc.add(3).expose_provenance() as u64;
            enter(m, with_exposed_provenance(m.operand(1) as usize))
        }
    }
}

/// Calls a function of the module instead of returning. Layout: `[tail, entry, slots]`.
pub(crate) struct TailLocal;

impl Operation for TailLocal {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; the frame has so many slots.
        unsafe {
            m.sp = m.sp.add(m.operand(2) as usize);
            enter(m, with_exposed_provenance(m.operand(1) as usize))
        }
    }
}

/// Calls a function of a module by name. Layout: `[call, cell, site]`; returns behind it.
pub(crate) struct CallCell;

impl Operation for CallCell {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; cells live as long as the machine.
        unsafe {
            let cell = &*with_exposed_provenance::<Cell>(m.operand(1) as usize);
            let entry = cell.entry();
            if entry.is_null() {
                return go_slow(m, 2);
            }
            m.sp = m.sp.sub(1);
            *m.sp = m.pc.add(3).expose_provenance() as u64;
            enter(m, entry)
        }
    }
}

/// The same instead of returning. Layout: `[tail, cell, slots, site]`.
pub(crate) struct TailCell;

impl Operation for TailCell {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: as for `CallCell`.
        unsafe {
            let cell = &*with_exposed_provenance::<Cell>(m.operand(1) as usize);
            let entry = cell.entry();
            if entry.is_null() {
                return go_slow(m, 3);
            }
            m.sp = m.sp.add(m.operand(2) as usize);
            enter(m, entry)
        }
    }
}

/// Returns. Layout: `[ret, slots]`.
pub(crate) struct Ret;

impl Operation for Ret {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`: above the slots lies a return address.
        unsafe {
            m.sp = m.sp.add(m.operand(1) as usize);
            leave(m)
        }
    }
}

/// Goes on at the return address on the stack, with the value in `x0`.
///
/// # Safety
/// As for [`Operation::run`], with an empty frame.
#[inline(always)]
pub(super) unsafe fn leave(mut m: M) -> M {
    // SAFETY: the caller's promise.
    unsafe {
        m.pc = with_exposed_provenance(*m.sp as usize);
        m.sp = m.sp.add(1);
        m.reds -= 1;
        if m.reds <= 0 {
            return pause(m, Code::PauseRet);
        }
    }
    m
}

/// Makes sure of room for a return address. Layout: `[reserve]`.
pub(crate) struct Reserve;

impl Operation for Reserve {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            if lacks_room(&m, 0) {
                return go_grow(m, 1);
            }
            m.pc = m.pc.add(1);
        }
        m
    }
}

/// Whether the stack lacks room for so many slots and a return address.
///
/// # Safety
/// As for [`Operation::run`].
#[inline(always)]
pub(super) unsafe fn lacks_room(m: &M, slots: u64) -> bool {
    // SAFETY: the core is alive.
    let limit = unsafe { (*m.core).stack_limit };
    (m.sp as usize).wrapping_sub(limit as usize) <= slots as usize * 8
}

/// Pushes slots that hold `[]`; or, if they are `RAW`, nothing yet.
///
/// # Safety
/// As for [`Operation::run`]; there must be room, and raw slots must be filled before a safepoint.
#[inline(always)]
pub(super) unsafe fn push_frame<const RAW: bool>(m: &mut M, slots: u64) {
    if RAW {
        // SAFETY: the caller's promise.
        m.sp = unsafe { m.sp.sub(slots as usize) };
        return;
    }
    let mut left = slots;
    while left > 0 {
        // SAFETY: the caller's promise.
        // Volatile, so that the loop stays as it is: unrolled, it wants three registers that every
        // handler with a frame must save and restore.
        unsafe {
            m.sp = m.sp.sub(1);
            m.sp.write_volatile(Term::NIL.0);
        }
        left -= 1;
    }
}

/// Goes to a label. Layout: `[jump, to]`.
pub(crate) struct Jump;

impl Operation for Jump {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        m.pc = unsafe { m.address(1) };
        m
    }
}

/// Goes where a constant says. Layout: `[switch, value, else, end, constant, to, …]`.
pub(crate) struct Switch<S>(PhantomData<S>);

impl<S: Source> Operation for Switch<S> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let value = S::get(&m, 1);
            let end = m.operand(3) as usize;
            let mut at = 4;
            while at < end {
                if m.operand(at) == value {
                    m.pc = m.address(at + 1);
                    return m;
                }
                at += 2;
            }
            m.pc = m.address(2);
        }
        m
    }
}

/// The same for many constants, which are sorted as words.
pub(crate) struct SwitchSorted<S>(PhantomData<S>);

impl<S: Source> Operation for SwitchSorted<S> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let value = S::get(&m, 1);
            let (mut low, mut high) = (0, (m.operand(3) as usize - 4) / 2);
            while low < high {
                let middle = usize::midpoint(low, high);
                if m.operand(4 + 2 * middle) < value {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            let at = 4 + 2 * low;
            let found = at < m.operand(3) as usize && m.operand(at) == value;
            m.pc = m.address(if found { at + 1 } else { 2 });
        }
        m
    }
}

/// Pushes a frame of slots that hold `[]`; or, if it is `RAW`, of slots that are all written before
/// anyone can look at them. Layout: `[frame, slots]`.
pub(crate) struct Frame<const RAW: bool>;

impl<const RAW: bool> Operation for Frame<RAW> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let slots = m.operand(1);
            if lacks_room(&m, slots) {
                return go_grow(m, slots + 1);
            }
            push_frame::<RAW>(&mut m, slots);
            m.pc = m.pc.add(2);
        }
        m
    }
}

/// Drops slots. Layout: `[frame, slots]`.
pub(crate) struct Drop;

impl Operation for Drop {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; the frame has so many.
        unsafe {
            m.sp = m.sp.add(m.operand(1) as usize);
            m.pc = m.pc.add(2);
        }
        m
    }
}

/// Makes sure of heap. Layout: `[need, bytes, site]`.
pub(crate) struct Need;

impl Operation for Need {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            if m.lacks(1) {
                return go_slow(m, 2);
            }
            m.pc = m.pc.add(3);
        }
        m
    }
}

/// Pushes a frame and moves a value into one of its slots; `RAW` if that fills it. Layout: `[frame,
/// slots, source, target]`.
pub(crate) struct FrameMove<S, const RAW: bool>(PhantomData<S>);

impl<S: Source, const RAW: bool> Operation for FrameMove<S, RAW> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let slots = m.operand(1);
            if lacks_room(&m, slots) {
                return go_grow(m, slots + 1);
            }
            push_frame::<RAW>(&mut m, slots);
            let word = S::get(&m, 2);
            super::operand::Y::set(&mut m, 3, word);
            m.pc = m.pc.add(4);
        }
        m
    }
}

/// A move, then the call of a function of the module. Layout: `[call, source, target, entry,
/// site]`.
pub(crate) struct MoveCall<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for MoveCall<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let word = S::get(&m, 1);
            D::set(&mut m, 2, word);
            call(m, 3)
        }
    }
}

/// Two moves, then the call of a function of the module. Layout: `[call, source, target, source,
/// target, entry, site]`.
pub(crate) struct Move2Call<S, D, T, E>(PhantomData<(S, D, T, E)>);

impl<S: Source, D: Target, T: Source, E: Target> Operation for Move2Call<S, D, T, E> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let word = S::get(&m, 1);
            D::set(&mut m, 2, word);
            let word = T::get(&m, 3);
            E::set(&mut m, 4, word);
            call(m, 5)
        }
    }
}

/// Calls the function whose entry is the operand at `at`, with the site behind it.
///
/// # Safety
/// As for [`Operation::run`]; the site must be the operation's last word.
#[inline(always)]
pub(super) unsafe fn call(mut m: M, at: usize) -> M {
    // SAFETY: the caller's promise; `frame` has left room for a return address.
    unsafe {
        m.sp = m.sp.sub(1);
        *m.sp = m.pc.add(at + 2).expose_provenance() as u64;
        let entry = m.address(at);
        enter(m, entry)
    }
}

/// A move, then the tail call of a function of the module. Layout: `[tail, source, target, entry,
/// slots]`.
pub(crate) struct MoveTail<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for MoveTail<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let word = S::get(&m, 1);
            D::set(&mut m, 2, word);
            tail(m, 3)
        }
    }
}

/// Two moves, then the tail call of a function of the module. Layout: `[tail, source, target,
/// source, target, entry, slots]`.
pub(crate) struct Move2Tail<S, D, T, E>(PhantomData<(S, D, T, E)>);

impl<S: Source, D: Target, T: Source, E: Target> Operation for Move2Tail<S, D, T, E> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let word = S::get(&m, 1);
            D::set(&mut m, 2, word);
            let word = T::get(&m, 3);
            E::set(&mut m, 4, word);
            tail(m, 5)
        }
    }
}

/// Enters the function whose entry is the operand at `at`, after dropping the slots behind it.
///
/// # Safety
/// As for [`Operation::run`].
#[inline(always)]
unsafe fn tail(mut m: M, at: usize) -> M {
    // SAFETY: the caller's promise; the frame has so many slots.
    unsafe {
        m.sp = m.sp.add(m.operand(at + 1) as usize);
        let entry = m.address(at);
        enter(m, entry)
    }
}

/// A move to the first X register, then the return. Layout: `[ret, source, slots]`.
pub(crate) struct MoveRet<S>(PhantomData<S>);

impl<S: Source> Operation for MoveRet<S> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`: above the slots lies a return address.
        unsafe {
            m.x0 = S::get(&m, 1);
            m.sp = m.sp.add(m.operand(2) as usize);
            leave(m)
        }
    }
}

/// An operation of two small integers, then the return of its value. Layout: `[op, a, b, site,
/// slots]`.
pub(crate) struct BinaryRet<O, A, B>(PhantomData<(O, A, B)>);

impl<O: Arithmetic, A: Source, B: Source> Operation for BinaryRet<O, A, B> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`: above the slots lies a return address.
        unsafe {
            match O::small(A::get(&m, 1), B::get(&m, 2)) {
                Some(value) => {
                    m.x0 = value;
                    m.sp = m.sp.add(m.operand(4) as usize);
                    leave(m)
                }
                None => go_slow(m, 3),
            }
        }
    }
}

/// An operation of two small integers, then the call of a function of the module. Layout: `[op, a,
/// b, target, site, entry, site of the call]`.
pub(crate) struct BinaryCall<O, A, B, D>(PhantomData<(O, A, B, D)>);

impl<O: Arithmetic, A: Source, B: Source, D: Target> Operation for BinaryCall<O, A, B, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            match O::small(A::get(&m, 1), B::get(&m, 2)) {
                Some(value) => {
                    D::set(&mut m, 3, value);
                    call(m, 5)
                }
                None => go_slow(m, 4),
            }
        }
    }
}

/// An operation of two small integers, then the tail call of a function of the module. Layout:
/// `[op, a, b, target, site, entry, slots]`.
pub(crate) struct BinaryTail<O, A, B, D>(PhantomData<(O, A, B, D)>);

impl<O: Arithmetic, A: Source, B: Source, D: Target> Operation for BinaryTail<O, A, B, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            match O::small(A::get(&m, 1), B::get(&m, 2)) {
                Some(value) => {
                    D::set(&mut m, 3, value);
                    tail(m, 5)
                }
                None => go_slow(m, 4),
            }
        }
    }
}

/// An operation of two small integers, moves, and the call of a function of the module. With this, its
/// two neighbours and [`super::compute::ThenRet`], `tak` of `bench/` takes 0.24 s of processor time
/// in place of 0.30 s. Layout:
/// `[op, a, b, target, source, target, …, site, slots, entry, site of the call]`: `slots` are dropped
/// before the call. The value goes to its target last, as a move that follows would have it.
pub(crate) struct BinaryMovesCall<O, A, B, D, S>(PhantomData<(O, A, B, D, S)>);

impl<O: Arithmetic, A: Source, B: Source, D: Target, S: Steps> Operation
    for BinaryMovesCall<O, A, B, D, S>
{
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; the frame has so many slots.
        unsafe {
            match O::small(A::get(&m, 1), B::get(&m, 2)) {
                Some(value) => {
                    S::go(&mut m, 4);
                    D::set(&mut m, 3, value);
                    m.sp = m.sp.add(m.operand(5 + S::WORDS) as usize);
                    call(m, 6 + S::WORDS)
                }
                None => go_slow(m, 4 + S::WORDS),
            }
        }
    }
}

/// An operation of two small integers, moves, and the tail call of a function of the module.
/// Layout: `[op, a, b, target, source, target, …, site, entry, slots]`.
pub(crate) struct BinaryMovesTail<O, A, B, D, S>(PhantomData<(O, A, B, D, S)>);

impl<O: Arithmetic, A: Source, B: Source, D: Target, S: Steps> Operation
    for BinaryMovesTail<O, A, B, D, S>
{
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            match O::small(A::get(&m, 1), B::get(&m, 2)) {
                Some(value) => {
                    S::go(&mut m, 4);
                    D::set(&mut m, 3, value);
                    tail(m, 5 + S::WORDS)
                }
                None => go_slow(m, 4 + S::WORDS),
            }
        }
    }
}

/// An operation of two small integers, a new frame, moves, and the call of a function of the
/// module; `RAW` if the moves fill the frame. Layout: `[op, a, b, target, source, target, …, site,
/// slots, entry, site of the call]`.
pub(crate) struct BinaryFrameCall<O, A, B, D, S, const RAW: bool>(PhantomData<(O, A, B, D, S)>);

impl<O: Arithmetic, A: Source, B: Source, D: Target, S: Steps, const RAW: bool> Operation
    for BinaryFrameCall<O, A, B, D, S, RAW>
{
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; nothing is written before there is room.
        unsafe {
            let Some(value) = O::small(A::get(&m, 1), B::get(&m, 2)) else {
                return go_slow(m, 4 + S::WORDS);
            };
            let slots = m.operand(5 + S::WORDS);
            if lacks_room(&m, slots) {
                return go_grow(m, slots + 1);
            }
            push_frame::<RAW>(&mut m, slots);
            S::go(&mut m, 4);
            D::set(&mut m, 3, value);
            call(m, 6 + S::WORDS)
        }
    }
}

/// Moves, then the tail call of a function of the module. Layout: `[tail, source, target, …, entry,
/// slots]`.
pub(crate) struct MovesTail<S>(PhantomData<S>);

impl<S: Steps> Operation for MovesTail<S> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            S::go(&mut m, 1);
            tail(m, 1 + S::WORDS)
        }
    }
}

/// Calls a native, in tail position or not. Layout: `[call, cell, site]`; returns behind it.
pub(crate) struct CallNative;

impl Operation for CallNative {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`; cells and sites live as long as the machine.
        unsafe {
            m.flush();
            let pc = call_native(m.core, m.operand(1), m.operand(2));
            M::load(m.core, pc)
        }
    }
}

/// # Safety
/// As for `slow`; `cell` must be the address of the cell of a native.
#[inline(never)]
unsafe extern "C" fn call_native(core: *mut Core, cell: u64, site: u64) -> *const u64 {
    // SAFETY: the caller's promise.
    let (core, cell, site) = unsafe {
        let cell = &*with_exposed_provenance::<Cell>(cell as usize);
        (&mut *core, cell, &*with_exposed_provenance::<Site>(site as usize))
    };
    core.reds -= 1;
    let native = cell.native.expect("lower: the cell is that of a native");
    let next = Exec { core, site }.call_native(native, cell.module, cell.name, cell.arity);
    super::go_on(core, next)
}

/// Calls a fun with so many arguments. Layout: `[call, fun, arity, site]`; returns behind it.
pub(crate) struct CallFun<S>(PhantomData<S>);

impl<S: Source> Operation for CallFun<S> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; `frame` has left room for a return address.
        unsafe {
            let fun = Term(S::get(&m, 1));
            let Some(entry) = open_fun(&m, fun, m.operand(2)) else { return go_slow(m, 3) };
            m.sp = m.sp.sub(1);
            *m.sp = m.pc.add(4).expose_provenance() as u64;
            m.x0 = (*m.core).x[0].0;
            enter(m, entry)
        }
    }
}

/// The same instead of returning. Layout: `[tail, fun, arity, slots, site]`.
pub(crate) struct TailFun<S>(PhantomData<S>);

impl<S: Source> Operation for TailFun<S> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; the frame has so many slots.
        unsafe {
            let fun = Term(S::get(&m, 1));
            let Some(entry) = open_fun(&m, fun, m.operand(2)) else { return go_slow(m, 4) };
            m.sp = m.sp.add(m.operand(3) as usize);
            m.x0 = (*m.core).x[0].0;
            enter(m, entry)
        }
    }
}

/// The entry of a fun that takes so many arguments, after its captured values have been put behind
/// them; none if it is another term.
///
/// # Safety
/// As for [`Operation::run`]; the first X register must be in the core.
#[inline(always)]
unsafe fn open_fun(m: &M, fun: Term, arity: u64) -> Option<*const u64> {
    // SAFETY: the caller's promise; the first word of a fun is the address of what its function
    // has in common, and there are X registers for all parameters of a function.
    unsafe {
        let boxed = fun.as_kind(Kind::Fun)?;
        let words = boxed.terms();
        let entry = crate::exec::control::fun_entry(words[0]);
        if u64::from(entry.arity) != arity {
            return None;
        }
        let mut to = m.core.cast::<u64>().add(arity as usize);
        for captured in &words[1..] {
            *to = captured.0;
            to = to.add(1);
        }
        Some((*entry.function).entry)
    }
}

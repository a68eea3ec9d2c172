//! Data: `move` `cons` `uncons` `tuple` `get` `pick` `map`.

use super::control::{call, lacks_room, leave, push_frame};
use super::operand::{Source, Target};
use super::{M, Operation, go_grow, go_slow};
use crate::core::Core;
use crate::term::{Header, Kind, Term, map, tag};
use std::marker::PhantomData;

/// One move. Layout: `[move, source, target]`.
pub(crate) struct Move<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for Move<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let word = S::get(&m, 1);
            D::set(&mut m, 2, word);
            m.pc = m.pc.add(3);
        }
        m
    }
}

/// A few moves, one after the other, as part of an operation: `(Move<_, _>, rest)` or `()`.
pub(crate) trait Steps {
    /// How many operands they have.
    const WORDS: usize;

    /// Makes the moves whose operands are at this place behind the operation.
    ///
    /// # Safety
    /// As for [`Operation::run`].
    unsafe fn go(m: &mut M, at: usize);
}

impl Steps for () {
    const WORDS: usize = 0;

    #[inline(always)]
    unsafe fn go(_: &mut M, _: usize) {}
}

impl<S: Source, D: Target, R: Steps> Steps for (Move<S, D>, R) {
    const WORDS: usize = 2 + R::WORDS;

    #[inline(always)]
    unsafe fn go(m: &mut M, at: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            let word = S::get(m, at);
            D::set(m, at + 1, word);
            R::go(m, at + 2);
        }
    }
}

/// Two moves, one after the other. Layout: `[move, source, target, source, target]`.
pub(crate) struct Move2<S, D, T, E>(PhantomData<(S, D, T, E)>);

impl<S: Source, D: Target, T: Source, E: Target> Operation for Move2<S, D, T, E> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let word = S::get(&m, 1);
            D::set(&mut m, 2, word);
            let word = T::get(&m, 3);
            E::set(&mut m, 4, word);
            m.pc = m.pc.add(5);
        }
        m
    }
}

/// Several moves, one after the other. Layout: `[move, end, source, target, …]`: the moves end
/// where `end` words are behind the operation.
pub(crate) struct Moves<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for Moves<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let end = m.operand(1) as usize;
            let mut at = 2;
            while at < end {
                let word = S::get(&m, at);
                D::set(&mut m, at + 1, word);
                at += 2;
            }
            m.pc = m.pc.add(end);
        }
        m
    }
}

/// Builds a list cell. Layout: `[cons, head, tail, target]`.
pub(crate) struct Cons<H, T, D>(PhantomData<(H, T, D)>);

impl<H: Source, T: Source, D: Target> Operation for Cons<H, T, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; `need` has made sure of two words.
        unsafe {
            *m.hp = H::get(&m, 1);
            *m.hp.add(1) = T::get(&m, 2);
            let cell = Term::cell(m.hp);
            m.hp = m.hp.add(2);
            D::set(&mut m, 3, cell.0);
            m.pc = m.pc.add(4);
        }
        m
    }
}

/// Takes a list cell apart. Layout: `[uncons, list, head, tail, site]`.
pub(crate) struct Uncons<S, H, T>(PhantomData<(S, H, T)>);

impl<S: Source, H: Target, T: Target> Operation for Uncons<S, H, T> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; a word tagged as a cell points to one.
        unsafe {
            let list = Term(S::get(&m, 1));
            if !list.is_cons() {
                return go_slow(m, 4);
            }
            split::<H, T>(&mut m, list, 2);
            m.pc = m.pc.add(5);
        }
        m
    }
}

/// Writes head and tail to the operands at `at` and behind it.
///
/// # Safety
/// `list` must be a cell; as for [`Operation::run`] otherwise.
#[inline(always)]
unsafe fn split<H: Target, T: Target>(m: &mut M, list: Term, at: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        let cell = list.address();
        let (head, tail) = (*cell, *cell.add(1));
        H::set(m, at, head);
        T::set(m, at + 1, tail);
    }
}

/// Takes a list cell apart, or goes elsewhere. Layout: `[uncons, list, head, tail, else]`.
pub(crate) struct UnconsElse<S, H, T>(PhantomData<(S, H, T)>);

impl<S: Source, H: Target, T: Target> Operation for UnconsElse<S, H, T> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let list = Term(S::get(&m, 1));
            if !list.is_cons() {
                m.pc = m.address(4);
                return m;
            }
            split::<H, T>(&mut m, list, 2);
            m.pc = m.pc.add(5);
        }
        m
    }
}

/// Builds a tuple. Layout: `[tuple, target, end, element, …]`: the elements end where `end` words
/// are behind the operation.
pub(crate) struct Tuple<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for Tuple<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; `need` has made sure of the words.
        unsafe {
            let end = m.operand(2) as usize;
            let start = m.hp;
            *start = Header::new(Kind::Tuple, end - 3).word();
            m.hp = m.hp.add(1);
            let mut at = 3;
            while at < end {
                *m.hp = S::get(&m, at);
                m.hp = m.hp.add(1);
                at += 1;
            }
            D::set(&mut m, 1, Term::boxed(start).0);
            m.pc = m.pc.add(end);
        }
        m
    }
}

/// Builds a pair. Layout: `[tuple, target, first, second]`.
pub(crate) struct Pair<S, T, D>(PhantomData<(S, T, D)>);

impl<S: Source, T: Source, D: Target> Operation for Pair<S, T, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; `need` has made sure of three words.
        unsafe {
            let start = m.hp;
            *start = const { Header::new(Kind::Tuple, 2).word() };
            *start.add(1) = S::get(&m, 2);
            *start.add(2) = T::get(&m, 3);
            m.hp = m.hp.add(3);
            D::set(&mut m, 1, Term::boxed(start).0);
            m.pc = m.pc.add(4);
        }
        m
    }
}

/// Reads an element of a tuple that is large enough. Layout: `[get, tuple, distance, target]`: the
/// distance is that of the element from the tagged word.
pub(crate) struct GetProved<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for GetProved<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; verification has proved the shape.
        unsafe {
            let at = (S::get(&m, 1) + m.operand(2)) as usize;
            let word = *std::ptr::with_exposed_provenance::<u64>(at);
            D::set(&mut m, 3, word);
            m.pc = m.pc.add(4);
        }
        m
    }
}

/// Reads an element of what may be a tuple. Layout: `[get, tuple, index, target, site]`.
pub(crate) struct Get<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for Get<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; a word tagged as a box points to a header.
        unsafe {
            let tuple = Term(S::get(&m, 1));
            if tuple.tag() == tag::BOXED {
                let header = Header::of(*tuple.address());
                let index = m.operand(2) as usize;
                if header.is(Kind::Tuple) && index < header.words() {
                    D::set(&mut m, 3, *tuple.address().add(1 + index));
                    m.pc = m.pc.add(5);
                    return m;
                }
            }
            go_slow(m, 4)
        }
    }
}

/// Makes sure of heap and builds a list cell. Layout: `[cons, head, tail, target, bytes, site]`,
/// the site that of `need`.
pub(crate) struct NeedCons<H, T, D>(PhantomData<(H, T, D)>);

impl<H: Source, T: Source, D: Target> Operation for NeedCons<H, T, D> {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            if m.lacks(4) {
                return go_slow(m, 5);
            }
            let mut m = Cons::<H, T, D>::run(m);
            m.pc = m.pc.add(2);
            m
        }
    }
}

/// The same, and returns. Layout: `[cons, head, tail, bytes, site, slots]`.
pub(crate) struct NeedConsRet<H, T>(PhantomData<(H, T)>);

impl<H: Source, T: Source> Operation for NeedConsRet<H, T> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; there is room for two words.
        unsafe {
            if m.lacks(3) {
                return go_slow(m, 4);
            }
            *m.hp = H::get(&m, 1);
            *m.hp.add(1) = T::get(&m, 2);
            m.x0 = Term::cell(m.hp).0;
            m.hp = m.hp.add(2);
            m.sp = m.sp.add(m.operand(5) as usize);
            leave(m)
        }
    }
}

/// Makes sure of heap, builds a pair and returns it. Layout: `[tuple, first, second, bytes, site,
/// slots]`.
pub(crate) struct NeedPairRet<S, T>(PhantomData<(S, T)>);

impl<S: Source, T: Source> Operation for NeedPairRet<S, T> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; there is room for three words.
        unsafe {
            if m.lacks(3) {
                return go_slow(m, 4);
            }
            *m.hp = const { Header::new(Kind::Tuple, 2).word() };
            *m.hp.add(1) = S::get(&m, 1);
            *m.hp.add(2) = T::get(&m, 2);
            m.x0 = Term::boxed(m.hp).0;
            m.hp = m.hp.add(3);
            m.sp = m.sp.add(m.operand(5) as usize);
            leave(m)
        }
    }
}

/// Takes a list cell apart in a new frame, or goes elsewhere without one. Layout: `[uncons, list,
/// head, tail, else, slots]`.
pub(crate) struct UnconsFrame<S, H, T>(PhantomData<(S, H, T)>);

impl<S: Source, H: Target, T: Target> Operation for UnconsFrame<S, H, T> {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            match uncons_frame::<S, H, T, false>(m) {
                Ok(mut m) => {
                    m.pc = m.pc.add(6);
                    m
                }
                Err(m) => m,
            }
        }
    }
}

/// Does what [`UnconsFrame`] says, but does not go on; an error goes where it must if that cannot be.
///
/// # Safety
/// As for [`Operation::run`]; see [`push_frame`].
#[inline(always)]
unsafe fn uncons_frame<S: Source, H: Target, T: Target, const RAW: bool>(mut m: M) -> Result<M, M> {
    // SAFETY: the caller's promise.
    unsafe {
        let list = Term(S::get(&m, 1));
        if !list.is_cons() {
            m.pc = m.address(4);
            return Err(m);
        }
        let slots = m.operand(5);
        if lacks_room(&m, slots) {
            return Err(go_grow(m, slots + 1));
        }
        push_frame::<RAW>(&mut m, slots);
        split::<H, T>(&mut m, list, 2);
        Ok(m)
    }
}

/// The same, and the call of a function of the module that stands behind it, as operations of their
/// own. `RAW` if head and tail fill the frame.
pub(crate) struct UnconsFrameCall<S, H, T, const RAW: bool>(PhantomData<(S, H, T)>);

impl<S: Source, H: Target, T: Target, const RAW: bool> Operation for UnconsFrameCall<S, H, T, RAW> {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`; the operation behind it is `CallLocal`.
        unsafe {
            match uncons_frame::<S, H, T, RAW>(m) {
                Ok(m) => call(m, 7),
                Err(m) => m,
            }
        }
    }
}

/// Reads two elements of a tuple that is large enough. Layout: `[get, tuple, distance, target,
/// distance, target]`.
pub(crate) struct Get2<S, D, E>(PhantomData<(S, D, E)>);

impl<S: Source, D: Target, E: Target> Operation for Get2<S, D, E> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; verification has proved the shape.
        unsafe {
            let tuple = S::get(&m, 1);
            let word = |distance: u64| {
                *std::ptr::with_exposed_provenance::<u64>((tuple + distance) as usize)
            };
            let (first, second) = (word(m.operand(2)), word(m.operand(4)));
            D::set(&mut m, 3, first);
            E::set(&mut m, 5, second);
            m.pc = m.pc.add(6);
        }
        m
    }
}

/// Reads the value of one key of a map. Layout: `[pick, map, key, target, else, site]`.
pub(crate) struct Pick<S, K, D>(PhantomData<(S, K, D)>);

impl<S: Source, K: Source, D: Target> Operation for Pick<S, K, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let value = value_of(S::get(&m, 1), K::get(&m, 2));
            match value {
                NO_MAP => return go_slow(m, 5),
                NO_KEY => m.pc = m.address(4),
                value => {
                    D::set(&mut m, 3, value);
                    m.pc = m.pc.add(6);
                }
            }
        }
        m
    }
}

/// What is no term.
const NO_MAP: u64 = tag::HEADER;
/// Another word that is no term.
const NO_KEY: u64 = tag::MOVED;

#[inline(never)]
extern "C" fn value_of(map: u64, key: u64) -> u64 {
    match Term(map).as_map() {
        None => NO_MAP,
        Some(map) => map.get(Term(key)).map_or(NO_KEY, |value| value.0),
    }
}

/// Copies a map with one pair replaced, or added unless `EXACT`. Layout: `[map, map, key, value,
/// target, site]`.
pub(crate) struct Put<S, K, V, D, const EXACT: bool>(PhantomData<(S, K, V, D)>);

impl<S: Source, K: Source, V: Source, D: Target, const EXACT: bool> Operation
    for Put<S, K, V, D, EXACT>
{
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let (map, key, value) = (S::get(&m, 1), K::get(&m, 2), V::get(&m, 3));
            m.flush();
            let new = put(m.core, map, key, value, EXACT);
            m = M::load(m.core, m.pc);
            if new == NO_MAP {
                return go_slow(m, 5);
            }
            m.reds -= 1;
            D::set(&mut m, 4, new);
            m.pc = m.pc.add(6);
        }
        m
    }
}

/// # Safety
/// The registers of the core must be up to date.
#[inline(never)]
unsafe extern "C" fn put(core: *mut Core, map: u64, key: u64, value: u64, exact: bool) -> u64 {
    // SAFETY: the caller's promise.
    let core = unsafe { &mut *core };
    let (map, key, value) = (Term(map), Term(key), Term(value));
    let new = map.as_map().and_then(|old| match exact {
        true => map::replace(core.heap(), old, key, value),
        false => Some(map::put(core.heap(), map, key, value)),
    });
    core.attend();
    new.map_or(NO_MAP, |new| new.0)
}

/// Makes a fun. Layout: `[fun, target, end, entry, captured, …]`: the captured values end where
/// `end` words are behind the operation.
pub(crate) struct Fun<S, D>(PhantomData<(S, D)>);

impl<S: Source, D: Target> Operation for Fun<S, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; `need` has made sure of the words.
        unsafe {
            let end = m.operand(2) as usize;
            let start = m.hp;
            *start = Header::new(Kind::Fun, end - 3).word();
            *start.add(1) = m.operand(3);
            m.hp = m.hp.add(2);
            let mut at = 4;
            while at < end {
                *m.hp = S::get(&m, at);
                m.hp = m.hp.add(1);
                at += 1;
            }
            D::set(&mut m, 1, Term::boxed(start).0);
            m.pc = m.pc.add(end);
        }
        m
    }
}

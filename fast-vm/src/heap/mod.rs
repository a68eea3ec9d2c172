//! Heaps: where the objects of a process lie, and how they get there.
//!
//! Owns blocks of memory, allocation and the construction of objects; `gc` owns what is freed and
//! when. A heap has a young block, where everything is made by moving one pointer; an old block,
//! where the collector moves what has survived; and fragments, which take what does not fit while
//! no collection is possible. Knows nothing of processes. Book: *State*, *Limits*.

mod block;
pub mod gc;
#[cfg(test)]
mod tests;

pub(crate) use block::Block;

use crate::atom::Atom;
use crate::term::bits::Shared;
use crate::term::{Boxed, Header, Kind, Pid, Ref, SMALL_MAX, SMALL_MIN, Term, integer};
use std::ptr::NonNull;

/// Words that `need` may have promised and that no other allocation may take: those that must not
/// collect stay away from the end of the young block by so much, or go to a fragment.
pub(crate) const OWED: usize = 64;
/// Words of the first fragment; each is as large as all before it, and as what it must hold.
const FRAGMENT: usize = 32;

/// A fragment: a block and how far it is filled.
#[derive(Debug)]
struct Fragment {
    block: Block,
    top: *mut u64,
}

/// The heap of a process, or the literals of a module. As small as can be, for there is one in every
/// process: what most of them never have is in `more`.
#[derive(Debug)]
pub struct Heap {
    /// The next free word of the young block. While the process runs, the interpreter has it in a
    /// register and this one is behind.
    pub(crate) top: *mut u64,
    young: Block,
    old: Block,
    old_top: *mut u64,
    /// How far the old block may be filled before everything is collected.
    old_end: *mut u64,
    /// Words that the last `need` promised, if that is more than usual.
    owed: u32,
    /// Whether a collection is due at the next safepoint.
    crowded: bool,
    more: Option<Box<More>>,
    /// Collections so far: young ones, and full ones.
    #[cfg(test)]
    pub(crate) collections: [u64; 2],
}

/// What a heap without fragments and without bytes outside it does not have.
#[derive(Debug, Default)]
struct More {
    fragments: Vec<Fragment>,
    /// `Shared` boxes of the young block and the fragments, and of the old block.
    young_shared: Vec<*mut u64>,
    old_shared: Vec<*mut u64>,
    /// Bytes outside the heap that it has come to refer to since the last collection.
    outside: usize,
    /// Those of them that were referred to at the end of a young one, since the last full one.
    kept: usize,
    /// The most of these before the next one is full: as much as was left after the last.
    kept_max: usize,
}

// SAFETY: all addresses are into blocks that the heap owns, or into immortal literals.
unsafe impl Send for Heap {}
// SAFETY: a shared heap is only read.
unsafe impl Sync for Heap {}

impl Heap {
    /// A heap with a young block of so many words.
    pub fn new(words: usize) -> Heap {
        let young = Block::new(words);
        let old = Block::new(0);
        Heap {
            top: young.start(),
            old_top: old.start(),
            old_end: old.start(),
            young,
            old,
            owed: OWED as u32,
            crowded: false,
            more: None,
            #[cfg(test)]
            collections: [0; 2],
        }
    }

    /// The end of the young block.
    #[inline(always)]
    pub(crate) fn limit(&self) -> *mut u64 {
        self.young.end()
    }

    /// Words between the top and the end of the young block.
    #[inline(always)]
    pub(crate) fn room(&self) -> usize {
        (self.limit() as usize - self.top as usize) / 8
    }

    /// Whether something went to a fragment, or much outside the heap was taken over, so that a
    /// collection is due at the next safepoint.
    #[inline(always)]
    pub(crate) fn is_crowded(&self) -> bool {
        self.crowded
    }

    /// Makes a full collection due at the next safepoint.
    pub(crate) fn request_full(&mut self) {
        let more = self.more();
        more.kept = more.kept.max(more.kept_max.max(OUTSIDE_MAX) + 1);
        self.crowded = true;
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    fn fragments(&self) -> &[Fragment] {
        self.more.as_deref().map_or(&[], |more| &more.fragments)
    }

    /// Drops everything in it, if its young block has no more than so many words and there is no
    /// other; says whether it did.
    pub(crate) fn clear(&mut self, words: usize) -> bool {
        let small = self.young.words() <= words && self.old.words() == 0;
        if !small || !self.fragments().is_empty() {
            return false;
        }
        self.more = None;
        self.top = self.young.start();
        (self.owed, self.crowded) = (OWED as u32, false);
        true
    }

    /// Words in use, garbage included.
    pub fn used_words(&self) -> usize {
        let fragments = self.fragments().iter().map(|f| words_between(f.block.start(), f.top));
        words_between(self.young.start(), self.top)
            + words_between(self.old.start(), self.old_top)
            + fragments.sum::<usize>()
    }

    /// Words that the heap has of the system, in use or not.
    pub fn held_words(&self) -> usize {
        let fragments = self.fragments().iter().map(|f| f.block.words());
        self.young.words() + self.old.words() + fragments.sum::<usize>()
    }

    /// Room for so many words; their contents are undefined until the caller has written all of
    /// them, which it must before the next safepoint.
    #[inline(always)]
    pub(crate) fn alloc(&mut self, words: usize) -> *mut u64 {
        if self.room() >= words + self.owed as usize {
            let start = self.top;
            // SAFETY: `room` says that so many words lie between the top and the end.
            self.top = unsafe { start.add(words) };
            start
        } else {
            self.alloc_fragment(words)
        }
    }

    /// Room that `need` has promised.
    #[inline(always)]
    pub(crate) fn claim(&mut self, words: usize) -> *mut u64 {
        debug_assert!(self.room() >= words, "val.need.credit");
        let start = self.top;
        // SAFETY: `need` has made sure of so many words, which verification has counted.
        self.top = unsafe { start.add(words) };
        start
    }

    /// Promises so many words that `claim` will take: what `alloc` leaves free.
    pub(crate) fn owe(&mut self, words: usize) {
        self.owed = u32::try_from(words.max(OWED)).unwrap_or(u32::MAX);
    }

    #[cold]
    #[inline(never)]
    fn alloc_fragment(&mut self, words: usize) -> *mut u64 {
        self.crowded = true;
        let fragments = &mut self.more().fragments;
        if let Some(last) = fragments.last_mut()
            && words_between(last.top, last.block.end()) >= words
        {
            let start = last.top;
            // SAFETY: so many words are left in the block.
            last.top = unsafe { start.add(words) };
            return start;
        }
        let held: usize = fragments.iter().map(|f| f.block.words()).sum();
        let block = Block::new(words.max(held).max(FRAGMENT));
        let start = block.start();
        // SAFETY: the block has at least so many words.
        let top = unsafe { start.add(words) };
        fragments.push(Fragment { block, top });
        start
    }

    /// Whether an address is of this heap, and not of a literal.
    #[inline(always)]
    pub(crate) fn contains(&self, at: *const u64) -> bool {
        self.young.contains(at)
            || self.old.contains(at)
            || (self.more.is_some() && self.in_fragment(at))
    }

    fn in_fragment(&self, at: *const u64) -> bool {
        self.fragments().iter().any(|fragment| fragment.block.contains(at))
    }

    /// A list cell.
    pub fn cons(&mut self, head: Term, tail: Term) -> Term {
        let at = self.alloc(2);
        // SAFETY: two words are there.
        unsafe {
            *at = head.0;
            *at.add(1) = tail.0;
        }
        Term::cell(at)
    }

    /// A box of words that are no terms.
    pub(crate) fn raw(&mut self, kind: Kind, words: &[u64]) -> Term {
        let at = self.alloc(1 + words.len());
        // SAFETY: so many words are there.
        unsafe {
            *at = Header::new(kind, words.len()).word();
            at.add(1).copy_from_nonoverlapping(words.as_ptr(), words.len());
        }
        Term::boxed(at)
    }

    /// A box of terms.
    pub(crate) fn boxed(&mut self, kind: Kind, terms: &[Term]) -> Term {
        let at = self.alloc(1 + terms.len());
        // SAFETY: so many words are there, and a term is a word.
        unsafe {
            *at = Header::new(kind, terms.len()).word();
            at.add(1).cast::<Term>().copy_from_nonoverlapping(terms.as_ptr(), terms.len());
        }
        Term::boxed(at)
    }

    /// A box of terms that come from two places.
    pub(crate) fn boxed_of(&mut self, kind: Kind, first: &[Term], rest: &[Term]) -> Term {
        let words = first.len() + rest.len();
        let at = self.alloc(1 + words);
        // SAFETY: so many words are there, and a term is a word.
        unsafe {
            *at = Header::new(kind, words).word();
            let to = at.add(1).cast::<Term>();
            to.copy_from_nonoverlapping(first.as_ptr(), first.len());
            to.add(first.len()).copy_from_nonoverlapping(rest.as_ptr(), rest.len());
        }
        Term::boxed(at)
    }

    /// A copy of a box of terms, in which other terms stand at these indices.
    ///
    /// # Panics
    /// If an index is not below the number of its words.
    pub(crate) fn copy_with(&mut self, original: Boxed<'_>, changes: &[(usize, Term)]) -> Term {
        let terms = original.terms();
        let at = self.alloc(1 + terms.len());
        // SAFETY: so many words are there, and a term is a word.
        let copy = unsafe {
            *at = original.header().word();
            let to = at.add(1).cast::<Term>();
            to.copy_from_nonoverlapping(terms.as_ptr(), terms.len());
            std::slice::from_raw_parts_mut(to, terms.len())
        };
        for (index, term) in changes {
            copy[*index] = *term;
        }
        Term::boxed(at)
    }

    /// A tuple.
    pub fn tuple(&mut self, elements: &[Term]) -> Term {
        self.boxed(Kind::Tuple, elements)
    }

    /// A proper list.
    pub fn list<I>(&mut self, elements: I) -> Term
    where
        I: IntoIterator<Item = Term>,
        I::IntoIter: DoubleEndedIterator,
    {
        self.list_onto(elements, Term::NIL)
    }

    /// A list of these elements and then `tail`.
    pub fn list_onto<I>(&mut self, elements: I, tail: Term) -> Term
    where
        I: IntoIterator<Item = Term>,
        I::IntoIter: DoubleEndedIterator,
    {
        elements.into_iter().rev().fold(tail, |tail, head| self.cons(head, tail))
    }

    /// A list of exactly `count` elements and then `tail`, its cells one behind the other.
    pub fn list_of(
        &mut self,
        count: usize,
        elements: impl Iterator<Item = Term>,
        tail: Term,
    ) -> Term {
        if count == 0 {
            return tail;
        }
        let start = self.alloc(2 * count);
        let mut written = 0;
        for element in elements.take(count) {
            // SAFETY: cell number `written`, below `count`, is within the room; the last one points
            // behind it, which is mended below.
            unsafe {
                let at = start.add(2 * written);
                *at = element.0;
                *at.add(1) = Term::cell(at.add(2)).0;
            }
            written += 1;
        }
        assert_eq!(written, count, "as many elements as were announced");
        // SAFETY: the last word of the room.
        unsafe { *start.add(2 * count - 1) = tail.0 }
        Term::cell(start)
    }

    /// A tuple of exactly `count` elements.
    pub fn tuple_of(&mut self, count: usize, elements: impl Iterator<Item = Term>) -> Term {
        let start = self.alloc(1 + count);
        let mut written = 0;
        for element in elements.take(count) {
            // SAFETY: word number `written`, below `count`, behind the header.
            unsafe { *start.add(1 + written) = element.0 }
            written += 1;
        }
        assert_eq!(written, count, "as many elements as were announced");
        // SAFETY: the first word of the room.
        unsafe { *start = Header::new(Kind::Tuple, count).word() }
        Term::boxed(start)
    }

    /// The list of the characters of a text.
    pub fn string(&mut self, text: &str) -> Term {
        self.list(text.chars().map(|c| Term::small(i64::from(u32::from(c)))))
    }

    /// A float.
    pub fn float(&mut self, value: f64) -> Term {
        self.raw(Kind::Float, &[value.to_bits()])
    }

    /// An integer.
    pub fn integer(&mut self, value: i64) -> Term {
        if (SMALL_MIN..=SMALL_MAX).contains(&value) {
            Term::small(value)
        } else {
            integer::make(self, &value.into())
        }
    }

    /// A reference.
    pub fn reference(&mut self, reference: Ref) -> Term {
        let number = Term::small(i64::try_from(reference.number).unwrap_or(SMALL_MAX));
        self.boxed(Kind::Reference, &[Term::pid(reference.creator), number])
    }

    /// `fun Module:Name/Arity`.
    pub fn external(&mut self, module: Atom, name: Atom, arity: u8) -> Term {
        let words = [Term::atom(module), Term::atom(name), Term::small(i64::from(arity))];
        self.boxed(Kind::External, &words)
    }

    /// `{'EXIT', From, Reason}`.
    pub(crate) fn exit_message(&mut self, from: Pid, reason: Term) -> Term {
        self.tuple(&[Term::atom(crate::atom::EXIT_SIGNAL), Term::pid(from), reason])
    }

    /// A box that shares bytes outside the heap; it takes over one count of the reference.
    pub(crate) fn shared(&mut self, shared: NonNull<Shared>) -> Term {
        let words = [Term(shared.as_ptr() as u64)];
        let term = self.boxed(Kind::Shared, &words);
        self.adopt_shared(term.address());
        term
    }

    /// Takes over the count of a `Shared` box that lies in the young block or a fragment.
    pub(crate) fn adopt_shared(&mut self, at: *mut u64) {
        let more = self.more();
        more.young_shared.push(at);
        // SAFETY: the box keeps it alive.
        more.outside += unsafe { shared_of(at).as_ref() }.capacity();
        if more.outside > OUTSIDE_MAX {
            self.crowded = true;
        }
    }
}

/// Bytes outside the heap after which a collection is due, so that dead ones do not pile up.
const OUTSIDE_MAX: usize = 1 << 20;

impl Drop for More {
    fn drop(&mut self) {
        for at in self.young_shared.drain(..).chain(self.old_shared.drain(..)) {
            // SAFETY: both lists hold the `Shared` boxes of this heap, each with one count, and its
            // blocks are freed after this.
            unsafe { Shared::release(shared_of(at)) }
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        // The boxes that `More` looks at lie in the blocks.
        self.more = None;
    }
}

/// What a `Shared` box at this address refers to.
///
/// # Safety
/// There must be one.
unsafe fn shared_of(at: *mut u64) -> NonNull<Shared> {
    // SAFETY: the word behind the header of a `Shared` box is that address.
    unsafe { NonNull::new_unchecked(*at.add(1) as usize as *mut Shared) }
}

fn words_between(start: *const u64, end: *const u64) -> usize {
    (end as usize - start as usize) / 8
}

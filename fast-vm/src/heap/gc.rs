//! The collector: generational, copying, without recursion.
//!
//! A young collection moves what is alive in the young block and the fragments to the end of the
//! old block; since terms never change, no old object refers to a young one, and no write needs to
//! be remembered. When the old block is too small for that, a full collection moves everything to
//! a new one. Then the young block is empty, and larger if the process allocates much.

use super::{Block, Fragment, Heap, More, OUTSIDE_MAX, shared_of, words_between};
use crate::term::bits::Shared;
use crate::term::{Header, Term, tag};

/// The largest young block that grows by itself; measured best for list and map programs
/// (a reverse of 30 elements takes 0.70 of BEAM's time with 8,192 words and 1.09 with 233).
const YOUNG_MAX: usize = 8_192;
/// The largest young block of a process of whose young terms much survives: the fewer collections,
/// the more of them die in time.
const YOUNG_LARGE: usize = 65_536;
/// A young block of this size grows at every collection, a larger one only while the process
/// collects more than once in a time slice.
const YOUNG_EASY: usize = 512;

/// What the collector must look at: the registers, the stack, messages and whatever else a process
/// holds on to.
pub(crate) trait Roots {
    /// Shows every root. A word that points nowhere is left alone.
    fn each(&mut self, see: &mut dyn FnMut(&mut [Term]));
}

impl Heap {
    /// Collects, and makes sure of `need` words. `busy` says that the process has collected in this
    /// time slice before.
    ///
    /// Full collections happen when they must; with `full`, now.
    pub(crate) fn collect(&mut self, roots: &mut dyn Roots, need: usize, busy: bool, full: bool) {
        let mut more = self.more.take();
        let (fragments, kept) = more.as_deref().map_or((&[][..], false), |more| {
            (&more.fragments[..], more.kept > more.kept_max.max(OUTSIDE_MAX))
        });
        let in_fragments: usize =
            fragments.iter().map(|f| words_between(f.block.start(), f.top)).sum();
        let young = words_between(self.young.start(), self.top) + in_fragments;
        let room = words_between(self.old_top, self.old_end);
        let full = full || room < young || kept;
        #[cfg(test)]
        {
            self.collections[usize::from(full)] += 1;
        }

        let live_at_most = words_between(self.old.start(), self.old_top) + young;
        // Pages that are never written cost nothing.
        let least = 4 * self.young.words();
        let space = full.then(|| Block::new(live_at_most + (live_at_most / 2).max(least)));
        let start = space.as_ref().map_or(self.old_top, Block::start);
        let mut mover = Mover {
            young: Range::of(&self.young),
            old: if full { Range::of(&self.old) } else { Range { start: 0, bytes: 0 } },
            fragments,
            top: start,
        };
        let mut looked = 0;
        roots.each(&mut |words| {
            looked += words.len();
            mover.roots(words);
        });
        mover.scan(start);
        self.old_top = mover.top;
        if let Some(more) = more.as_deref_mut() {
            more.sweep(full);
        }
        // Only now, for the boxes that were swept lay there.
        if let Some(space) = space {
            // As much again as is alive may come before the next full collection: then each word that
            // one moves is paid for by a new one, and the heap stays in proportion to what lives.
            let live = words_between(start, self.old_top);
            let filled = (live + live.max(least)).min(space.words());
            self.old = space;
            // SAFETY: so many words are in the block.
            self.old_end = unsafe { start.add(filled) };
        }
        self.more = more;
        self.crowded = false;
        let moved = (!full).then(|| words_between(start, self.old_top));
        self.owe(need);
        self.renew_young(need + self.owed as usize, busy, moved, looked);
    }

    /// The young block is empty; perhaps it should be larger, or smaller.
    fn renew_young(&mut self, need: usize, busy: bool, moved: Option<usize>, looked: usize) {
        let words = self.young.words();
        let grows = words < YOUNG_EASY
            || (busy && words < YOUNG_MAX)
            || (busy && words < YOUNG_LARGE && moved.is_some_and(|moved| moved > words / 8));
        // A collection that looks at a deep stack must be worth it.
        let least = need.max(looked / 2);
        let wanted = if grows { words * 2 } else { words };
        let idle = words > YOUNG_MAX && moved.is_some_and(|moved| moved < words / 64);
        let shrinks = (wanted > YOUNG_LARGE || idle) && least < wanted / 4;
        let wanted = if shrinks { YOUNG_MAX } else { wanted }.max(least);
        if wanted != words {
            self.young = Block::new(0);
            self.young = Block::new(wanted);
        }
        self.top = self.young.start();
    }

    /// Words of live terms after a full collection.
    pub(crate) fn live_words(&self) -> usize {
        words_between(self.old.start(), self.old_top)
    }

    /// Bytes outside the heap that live boxes refer to, each counted once.
    pub(crate) fn outside_bytes(&self) -> usize {
        let Some(more) = self.more.as_deref() else { return 0 };
        let all = more.young_shared.iter().chain(&more.old_shared);
        // SAFETY: the lists hold the `Shared` boxes of this heap.
        let mut shared: Vec<_> = all.map(|at| unsafe { shared_of(*at) }).collect();
        shared.sort_unstable();
        shared.dedup();
        // SAFETY: each box has a count of its own.
        shared.iter().map(|shared| unsafe { shared.as_ref() }.used()).sum()
    }
}

impl More {
    /// Everything that is alive has been moved, out of the old block too if the collection is full.
    fn sweep(&mut self, full: bool) {
        let first = if full { 0 } else { self.old_shared.len() };
        self.old_shared.append(&mut self.young_shared);
        let bytes = sweep(&mut self.old_shared, first);
        (self.kept, self.kept_max) =
            if full { (0, bytes) } else { (self.kept + bytes, self.kept_max) };
        self.outside = 0;
        // Last, for boxes that were swept lay there.
        self.fragments.clear();
    }
}

/// Lets go of the dead among these `Shared` boxes from `first` on, puts down where the others are
/// now, and says how many bytes they refer to.
fn sweep(boxes: &mut Vec<*mut u64>, first: usize) -> usize {
    let (mut left, mut bytes) = (first, 0);
    for index in first..boxes.len() {
        let at = boxes[index];
        // SAFETY: from-space is still there, and a box in it is either moved or dead.
        unsafe {
            let word = Term(*at);
            if word.tag() == tag::MOVED {
                boxes[left] = word.address();
                left += 1;
                bytes += shared_of(word.address()).as_ref().capacity();
            } else {
                Shared::release(shared_of(at));
            }
        }
    }
    boxes.truncate(left);
    bytes
}

/// Addresses from a start on.
#[derive(Clone, Copy)]
struct Range {
    start: usize,
    bytes: usize,
}

impl Range {
    fn of(block: &Block) -> Range {
        Range { start: block.start() as usize, bytes: block.words() * 8 }
    }

    #[inline(always)]
    fn contains(self, at: usize) -> bool {
        at.wrapping_sub(self.start) < self.bytes
    }
}

/// Moves objects out of the young block, the fragments and, if it is to, the old block.
struct Mover<'h> {
    young: Range,
    old: Range,
    fragments: &'h [Fragment],
    top: *mut u64,
}

impl Mover<'_> {
    #[inline(always)]
    fn is_from(&self, at: usize) -> bool {
        self.young.contains(at)
            || self.old.contains(at)
            || (!self.fragments.is_empty()
                && self.fragments.iter().any(|fragment| fragment.block.contains(at as *const u64)))
    }

    fn roots(&mut self, words: &mut [Term]) {
        for word in words {
            if word.is_pointer() {
                self.visit(word);
            }
        }
    }

    /// Moves what a word points to, and makes it point there.
    #[inline(always)]
    fn visit(&mut self, word: &mut Term) {
        let at = word.address();
        if !self.is_from(at as usize) {
            return;
        }
        // SAFETY: a tagged word of a live object or root points to an object; `to` has room for
        // all that is alive, since it is as large as all there is.
        unsafe {
            let first = Term(*at);
            if first.tag() == tag::MOVED {
                *word = Term(first.address() as u64 | word.tag());
                return;
            }
            let to = self.top;
            if word.tag() == tag::CONS {
                *to = first.0;
                *to.add(1) = *at.add(1);
                self.top = to.add(2);
            } else {
                let words = Header::of(first.0).words();
                *to = first.0;
                // Small ones without a call of `memcpy`.
                match words {
                    1 => *to.add(1) = *at.add(1),
                    2 => to.add(1).cast::<[u64; 2]>().write(at.add(1).cast::<[u64; 2]>().read()),
                    3 => to.add(1).cast::<[u64; 3]>().write(at.add(1).cast::<[u64; 3]>().read()),
                    4 => to.add(1).cast::<[u64; 4]>().write(at.add(1).cast::<[u64; 4]>().read()),
                    _ => to.add(1).copy_from_nonoverlapping(at.add(1), words),
                }
                self.top = to.add(1 + words);
            }
            *at = to as u64 | tag::MOVED;
            *word = Term(to as u64 | word.tag());
        }
    }

    /// Visits what the moved objects point to, from `at` to the top, which moves on meanwhile.
    fn scan(&mut self, mut at: *mut u64) {
        while at < self.top {
            // SAFETY: between `at` and the top lie whole objects.
            unsafe {
                let word = &mut *at.cast::<Term>();
                if word.is_pointer() {
                    self.visit(word);
                } else if word.tag() == tag::HEADER && Header::of(word.0).is_raw() {
                    at = at.add(Header::of(word.0).words());
                }
                at = at.add(1);
            }
        }
    }
}

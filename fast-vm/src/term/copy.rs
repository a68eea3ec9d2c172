//! Copies of terms: into a message, and from there into the heap of its receiver.
//!
//! A parcel is a term with all its objects in one piece of memory. Objects are written one behind
//! the other, so a parcel is unpacked by copying its words and adding a distance to each pointer
//! in them. Literals are not copied. Sharing is not kept, as the book's flat size has it.

use super::bits::Shared;
use super::{Header, Kind, Term, tag};
use crate::heap::Heap;
use std::ptr::NonNull;

/// Where terms are packed: memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    words: Vec<u64>,
}

/// What `pack` made: a term, and the words that it points into.
pub(crate) struct Packed<'p> {
    /// The term; its pointers are into `words`.
    pub term: Term,
    /// Its objects.
    pub words: &'p [u64],
}

impl Packer {
    /// Packs a term of a heap, or of literals, which stay where they are. `None` if it takes more
    /// words than that: shared parts are copied, so that a small term may be a large parcel.
    pub fn pack(&mut self, heap: &Heap, term: Term, words_max: usize) -> Option<Packed<'_>> {
        self.words.clear();
        if !term.is_pointer() {
            return Some(Packed { term, words: &[] });
        }
        // Until all is there, pointers into `words` are distances in bytes from its start, since
        // it may move. They cannot be taken for others: those that are not are no pointers to the
        // heap any more once they have been scanned.
        let mut root = term;
        self.shallow(heap, &mut root);
        let mut at = 0;
        while at < self.words.len() {
            if self.words.len() > words_max {
                // What lies before `at` holds what it refers to, and ends behind a pointer, not
                // within a `Shared` box; the memory is not kept.
                discard(&self.words[..at]);
                self.words = Vec::new();
                return None;
            }
            let mut word = Term(self.words[at]);
            if word.is_pointer() {
                self.shallow(heap, &mut word);
                self.words[at] = word.0;
            } else if word.tag() == tag::HEADER {
                let header = Header::of(word.0);
                if header.kind() == Kind::Shared {
                    // SAFETY: the word behind it is the address of what it refers to, which the
                    // original keeps alive; the copy is a reference of its own.
                    unsafe { (*(self.words[at + 1] as usize as *const Shared)).retain() }
                }
                if header.kind().is_raw() {
                    at += header.words();
                }
            }
            at += 1;
        }
        let start = self.words.as_ptr() as u64;
        let mut term = root;
        if is_distance(term) {
            term.0 = term.0 - MARK + start;
        }
        relocate(&mut self.words, |word| {
            if is_distance(*word) {
                word.0 = word.0 - MARK + start;
            }
        });
        Some(Packed { term, words: &self.words })
    }

    /// Whether a term can be packed in so many words.
    pub fn fits(&mut self, heap: &Heap, term: Term, words_max: usize) -> bool {
        self.pack(heap, term, words_max).map(|packed| discard(packed.words)).is_some()
    }

    /// Copies the object that a word points to, its parts not, and makes the word a distance.
    fn shallow(&mut self, heap: &Heap, word: &mut Term) {
        let at = word.address();
        if !heap.contains(at) {
            return;
        }
        let distance = (self.words.len() * 8) as u64;
        // SAFETY: a tagged word points to an object of the heap.
        unsafe {
            let words = match word.tag() {
                tag::CONS => 2,
                _ => 1 + Header::of(*at).words(),
            };
            self.words.extend_from_slice(std::slice::from_raw_parts(at, words));
        }
        *word = Term((MARK + distance) | word.tag());
    }
}

/// No object has an address from here on: user space ends below.
const MARK: u64 = 1 << 60;

fn is_distance(word: Term) -> bool {
    word.is_pointer() && word.0 >= MARK
}

/// Shows every term in words that are whole objects.
fn relocate(words: &mut [u64], mut see: impl FnMut(&mut Term)) {
    let mut at = 0;
    while at < words.len() {
        let mut word = Term(words[at]);
        if word.tag() == tag::HEADER && Header::of(word.0).kind().is_raw() {
            at += Header::of(word.0).words();
        } else if word.is_pointer() {
            see(&mut word);
            words[at] = word.0;
        }
        at += 1;
    }
}

/// Copies packed words to `to`, where so many words must be free, and gives the term there.
///
/// # Safety
/// `to` must be valid for writes of so many words.
pub(crate) unsafe fn unpack(term: Term, words: &[u64], to: *mut u64) -> Term {
    let start = words.as_ptr() as u64;
    let bytes = words.len() as u64 * 8;
    let moved = |word: Term| {
        let inside = word.is_pointer() && (word.address() as u64).wrapping_sub(start) < bytes;
        if inside { Term(word.0.wrapping_sub(start).wrapping_add(to as u64)) } else { word }
    };
    // SAFETY: the caller's promise; the slices do not overlap, since `to` is free.
    let target = unsafe {
        to.copy_from_nonoverlapping(words.as_ptr(), words.len());
        std::slice::from_raw_parts_mut(to, words.len())
    };
    relocate(target, |word| *word = moved(*word));
    moved(term)
}

/// The `Shared` boxes among packed words: the index of the header of each.
pub(crate) fn shared_boxes(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < words.len() {
            let here = at;
            let word = Term(words[at]);
            at += 1;
            if word.tag() == tag::HEADER {
                let header = Header::of(word.0);
                if header.kind().is_raw() {
                    at += header.words();
                } else if header.kind() == Kind::Shared {
                    return Some(here);
                }
            }
        }
        None
    })
}

/// Holds what packed words refer to outside for one copy more.
pub(crate) fn retain(words: &[u64]) {
    for at in shared_boxes(words) {
        // SAFETY: the box has a count of its own, which keeps alive what it refers to.
        unsafe { (*(words[at + 1] as usize as *const Shared)).retain() }
    }
}

/// Lets go of what packed words refer to outside; they must not be used again.
pub(crate) fn discard(words: &[u64]) {
    for at in shared_boxes(words) {
        // SAFETY: the box has a count of its own, and nobody uses it again.
        unsafe {
            Shared::release(NonNull::new_unchecked(words[at + 1] as usize as *mut Shared));
        }
    }
}

impl Heap {
    /// Unpacks words into room that the caller has made sure of.
    pub(crate) fn adopt(&mut self, term: Term, words: &[u64], to: *mut u64) -> Term {
        // SAFETY: the caller got `to` from `alloc` or `claim` for so many words.
        let term = unsafe { unpack(term, words, to) };
        for at in shared_boxes(words) {
            // SAFETY: within the words that were just written.
            self.adopt_shared(unsafe { to.add(at) });
        }
        term
    }
}

//! The persistent terms of a machine.
//!
//! Owns a heap that is never collected, so that what is read of it is read where it lies, as
//! literals are. A term that is replaced or erased stays there until the machine ends, since some
//! process may hold it. Book: *The host*.

use crate::heap::Heap;
use crate::term::Term;
use crate::term::copy::Packer;
use crate::term::order::{compare_keys, equal};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The persistent terms.
#[derive(Debug)]
pub(crate) struct Store {
    terms: BTreeMap<Key, Term>,
    heap: Heap,
}

impl Default for Store {
    fn default() -> Store {
        Store { terms: BTreeMap::new(), heap: Heap::new(0) }
    }
}

/// A key, in the order of keys of a map.
#[derive(Clone, Copy, Debug)]
struct Key(Term);

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        compare_keys(self.0, other.0)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

impl Store {
    /// The term of a key.
    pub fn get(&self, key: Term) -> Option<Term> {
        self.terms.get(&Key(key)).copied()
    }

    /// Keeps a copy of a term of a process's heap. What is there already is not copied again. Says
    /// `None`, and changes nothing, if the key or the term takes more words than that.
    pub fn put(
        &mut self,
        packer: &mut Packer,
        heap: &Heap,
        key: Term,
        term: Term,
        words_max: usize,
    ) -> Option<()> {
        let known = self.terms.get(&Key(key)).copied();
        if known.is_some_and(|old| equal(old, term)) {
            return Some(());
        }
        let term = keep(&mut self.heap, packer, heap, term, words_max)?;
        match self.terms.get_mut(&Key(key)) {
            Some(old) => *old = term,
            None => {
                let key = keep(&mut self.heap, packer, heap, key, words_max)?;
                self.terms.insert(Key(key), term);
            }
        }
        Some(())
    }

    /// Forgets a key; says whether it was there.
    pub fn erase(&mut self, key: Term) -> bool {
        self.terms.remove(&Key(key)).is_some()
    }

    /// Keys and terms, in key order.
    pub fn iter(&self) -> impl Iterator<Item = (Term, Term)> + '_ {
        self.terms.iter().map(|(key, term)| (key.0, *term))
    }
}

/// A copy of a term of a process's heap.
fn keep(
    store: &mut Heap,
    packer: &mut Packer,
    heap: &Heap,
    term: Term,
    words_max: usize,
) -> Option<Term> {
    let packed = packer.pack(heap, term, words_max)?;
    let to = store.alloc(packed.words.len());
    Some(store.adopt(packed.term, packed.words, to))
}

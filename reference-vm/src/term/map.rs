//! Maps: pairs in key order, whatever their size (`term.map.keys`, `term.order.keys`).

use super::Term;
use std::collections::BTreeMap;

/// A map. The reference keeps it as one ordered tree and copies it on update: obvious, not fast.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map(BTreeMap<Term, Term>);

impl Map {
    /// The empty map.
    pub fn new() -> Map {
        Map::default()
    }

    /// The value of a key.
    pub fn get(&self, key: &Term) -> Option<&Term> {
        self.0.get(key)
    }

    /// Whether it has the key.
    pub fn contains(&self, key: &Term) -> bool {
        self.0.contains_key(key)
    }

    /// Inserts or replaces; the key of an existing pair stays.
    pub fn insert(&mut self, key: Term, value: Term) {
        self.0.insert(key, value);
    }

    /// Takes a pair out and gives its value.
    pub fn remove(&mut self, key: &Term) -> Option<Term> {
        self.0.remove(key)
    }

    /// How many pairs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no pair.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its pairs, in key order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Term, &Term)> + ExactSizeIterator {
        self.0.iter()
    }

    /// Its keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Term> + ExactSizeIterator {
        self.0.keys()
    }

    /// Its values, in key order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Term> + ExactSizeIterator {
        self.0.values()
    }

    /// Its pairs, to be consumed.
    pub(super) fn take(&mut self) -> BTreeMap<Term, Term> {
        std::mem::take(&mut self.0)
    }
}

impl FromIterator<(Term, Term)> for Map {
    fn from_iter<I: IntoIterator<Item = (Term, Term)>>(pairs: I) -> Map {
        Map(pairs.into_iter().collect())
    }
}

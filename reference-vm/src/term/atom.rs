//! Atoms: names, compared by their text (`term.order.atoms`).

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::mem::ManuallyDrop;

/// An atom. Atoms of one text are one object per thread, so equality is mostly a pointer test.
#[derive(Clone, Copy)]
pub struct Atom(&'static &'static str);

thread_local! {
    // Not dropped with its thread: whoever looks for leaks finds the texts here.
    static ATOMS: RefCell<ManuallyDrop<BTreeMap<&'static str, Atom>>> =
        const { RefCell::new(ManuallyDrop::new(BTreeMap::new())) };
}

impl Atom {
    /// The atom of that text. Texts are kept for ever: their number is what the limit on atoms
    /// bounds.
    pub fn new(text: &str) -> Atom {
        ATOMS.with_borrow_mut(|atoms| match atoms.get(text) {
            Some(known) => *known,
            None => {
                let kept: &'static str = String::from(text).leak();
                let atom = Atom(Box::leak(Box::new(kept)));
                atoms.insert(kept, atom);
                atom
            }
        })
    }

    /// The atom of that text, if anybody has made it.
    pub fn known(text: &str) -> Option<Atom> {
        ATOMS.with_borrow(|atoms| atoms.get(text).copied())
    }

    /// Its text.
    pub fn text(self) -> &'static str {
        self.0
    }
}

impl PartialEq for Atom {
    fn eq(&self, other: &Atom) -> bool {
        std::ptr::eq(self.0, other.0) || *self.0 == *other.0
    }
}

impl Eq for Atom {}

impl PartialOrd for Atom {
    fn partial_cmp(&self, other: &Atom) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// UTF-8 preserves the order of code points.
impl Ord for Atom {
    fn cmp(&self, other: &Atom) -> Ordering {
        if std::ptr::eq(self.0, other.0) { Ordering::Equal } else { self.0.cmp(other.0) }
    }
}

impl fmt::Debug for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0)
    }
}

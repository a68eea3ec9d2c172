//! Writing numbers, texts and sections.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Bytes being written, and the texts they refer to.
#[derive(Default)]
pub(super) struct Output {
    pub(super) bytes: Vec<u8>,
    /// In the order of first use.
    pub(super) texts: Vec<Box<str>>,
    numbers: BTreeMap<Box<str>, u64>,
    /// The arity of each reference of the module.
    pub(super) arities: Vec<u8>,
    /// How many sources the kind just written has.
    pub(super) sources: Option<usize>,
    /// How many arguments the target just written takes.
    pub(super) arguments: Option<u8>,
}

impl Output {
    /// A number: seven bits a byte, least significant first, bit 7 set in all but the last.
    pub(super) fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    /// A number with sign: 0, -1, 1, -2, … are written as 0, 1, 2, 3, ….
    pub(super) fn signed(&mut self, n: i64) {
        self.number(((n << 1) ^ (n >> 63)) as u64);
    }

    /// How far a number is from the last one.
    pub(super) fn difference(&mut self, last: &mut u32, n: u32) {
        self.signed(i64::from(n) - i64::from(*last));
        *last = n;
    }

    /// A number or nothing.
    pub(super) fn optional(&mut self, n: Option<u32>) {
        self.number(n.map_or(0, |n| u64::from(n) + 1));
    }

    /// How many things follow.
    pub(super) fn count(&mut self, n: usize) {
        self.number(n as u64);
    }

    /// A text, by its number among the texts of the file.
    pub(super) fn text(&mut self, text: &str) {
        let number = self.numbers.get(text).copied().unwrap_or_else(|| {
            let new = self.texts.len() as u64;
            self.texts.push(text.into());
            self.numbers.insert(text.into(), new);
            new
        });
        self.number(number);
    }

    /// How many items, and the items; nothing if there are none.
    pub(super) fn list<T>(&mut self, items: &[T], write: impl FnMut(&mut Output, &T)) {
        if !items.is_empty() {
            self.list_even_empty(items, write);
        }
    }

    /// How many items, and the items.
    pub(super) fn list_even_empty<T>(
        &mut self,
        items: &[T],
        mut write: impl FnMut(&mut Output, &T),
    ) {
        self.count(items.len());
        items.iter().for_each(|item| write(self, item));
    }

    /// A section, unless it is empty.
    pub(super) fn section(&mut self, id: u8, write: impl FnOnce(&mut Output)) {
        let before = core::mem::take(&mut self.bytes);
        write(self);
        let payload = core::mem::replace(&mut self.bytes, before);
        if !payload.is_empty() {
            self.bytes.push(id);
            self.count(payload.len());
            self.bytes.extend(payload);
        }
    }
}

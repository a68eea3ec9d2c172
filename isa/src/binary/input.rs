//! Reading numbers, texts and sections from bytes that may be hostile.
//!
//! Counts are checked against the bytes that are left and lists grow as they are read, so that no
//! number makes us allocate. Texts are copied where they are used; all copies together may be
//! [`COPIES`] times as long as the file, and a fixed amount more for small files.

use super::DecodeError;
use crate::rule::Rule;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;

/// How many times as long as the file the copies of its texts may be.
const COPIES: usize = 32;
/// What small files may have in copies.
const FREE: usize = 1 << 20;

/// Bytes being read.
pub(super) struct Input<'b> {
    bytes: &'b [u8],
    at: usize,
    /// The end of the section, or of the file.
    end: usize,
    texts: Vec<&'b str>,
    seen: BTreeSet<&'b str>,
    /// How many of the texts have been used; the next new one must be that one.
    used: usize,
    /// How many more bytes of text may be copied.
    copies: usize,
    /// The arity of each reference of the module.
    pub(super) arities: Vec<u8>,
    /// How many sources the kind just read has.
    pub(super) sources: Option<usize>,
    /// How many arguments the target just read takes.
    pub(super) arguments: Option<u8>,
}

type Read<T> = Result<T, DecodeError>;

impl<'b> Input<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Input<'b> {
        Input {
            bytes,
            at: 0,
            end: bytes.len(),
            texts: Vec::new(),
            seen: BTreeSet::new(),
            used: 0,
            copies: bytes.len().saturating_mul(COPIES).saturating_add(FREE),
            arities: Vec::new(),
            sources: None,
            arguments: None,
        }
    }

    /// An error at the last byte read.
    pub(super) fn error(
        &self,
        rule: Rule,
        found: impl fmt::Display,
        expected: impl fmt::Display,
    ) -> DecodeError {
        self.error_at(self.at.saturating_sub(1), rule, found, expected)
    }

    pub(super) fn error_at(
        &self,
        offset: usize,
        rule: Rule,
        found: impl fmt::Display,
        expected: impl fmt::Display,
    ) -> DecodeError {
        DecodeError { rule, offset, message: format!("found {found}, expected {expected}") }
    }

    /// The next byte, if the file has one.
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// What is next is not the section that has to come.
    pub(super) fn not_a_section(&self, wanted: u8) -> DecodeError {
        match self.peek() {
            None => self.ended(1),
            Some(id) => self.error_at(
                self.at,
                Rule::BinSectionOrder,
                format_args!("section {id}"),
                format_args!("section {wanted} or a later one"),
            ),
        }
    }

    fn ended(&self, more: usize) -> DecodeError {
        let (rule, what) = match self.end == self.bytes.len() {
            true => (Rule::BinFileEnd, "file"),
            false => (Rule::BinSectionLength, "section"),
        };
        let expected = format_args!("{more} more bytes");
        self.error_at(self.at, rule, format_args!("the end of the {what}"), expected)
    }

    pub(super) fn take(&mut self, count: usize) -> Read<&'b [u8]> {
        let left = self.end - self.at;
        if count > left {
            return Err(self.ended(count - left));
        }
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Read<u8> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn number(&mut self) -> Read<u64> {
        let (mut n, mut shift) = (0_u64, 0);
        loop {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(self.error(
                    Rule::BinNumberRange,
                    "a number above 2^64 - 1",
                    "a lower one",
                ));
            }
            n |= bits << shift;
            if byte < 0x80 {
                if byte == 0 && shift > 0 {
                    let found = "a number with needless bytes";
                    return Err(self.error(Rule::BinNumberRange, found, "its shortest form"));
                }
                return Ok(n);
            }
            if shift == 63 {
                return Err(self.error(
                    Rule::BinNumberRange,
                    "a number of eleven bytes",
                    "at most ten",
                ));
            }
            shift += 7;
        }
    }

    pub(super) fn signed(&mut self) -> Read<i64> {
        let n = self.number()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    /// A number that must fit its place.
    fn narrow<T: TryFrom<i128>>(&self, n: impl Into<i128>) -> Read<T> {
        let n = n.into();
        T::try_from(n).map_err(|_| self.error(Rule::BinNumberRange, n, "one that fits its place"))
    }

    pub(super) fn u32(&mut self) -> Read<u32> {
        let n = self.number()?;
        self.narrow(n)
    }

    pub(super) fn u16(&mut self) -> Read<u16> {
        let n = self.number()?;
        self.narrow(n)
    }

    pub(super) fn optional(&mut self) -> Read<Option<u32>> {
        match self.number()? {
            0 => Ok(None),
            n => self.narrow(n - 1).map(Some),
        }
    }

    pub(super) fn difference(&mut self, last: &mut u32) -> Read<u32> {
        let n = i128::from(self.signed()?) + i128::from(*last);
        *last = self.narrow(n)?;
        Ok(*last)
    }

    /// How many things follow, each at least one byte.
    pub(super) fn count(&mut self) -> Read<usize> {
        let n = self.number()?;
        let left = self.end - self.at;
        match usize::try_from(n) {
            Ok(count) if count <= left => Ok(count),
            _ => Err(self.error(
                Rule::BinCountExcess,
                format_args!("a count of {n}"),
                format_args!("at most the {left} bytes left"),
            )),
        }
    }

    /// How many items, and the items. Says whether there are any.
    pub(super) fn list<T>(
        &mut self,
        items: &mut Vec<T>,
        mut read: impl FnMut(&mut Input<'b>) -> Read<T>,
    ) -> Read<bool> {
        let count = self.count()?;
        for _ in 0..count {
            let item = read(self)?;
            items.push(item);
        }
        Ok(count != 0)
    }

    /// A section: its id, which has been looked at, its length, its payload. `read` says whether
    /// it holds anything.
    pub(super) fn section(&mut self, read: impl FnOnce(&mut Input<'b>) -> Read<bool>) -> Read<()> {
        let start = self.at;
        let id = self.byte()?;
        let length = self.number()?;
        let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(length));
        let Some(end) = end.filter(|end| *end <= self.bytes.len()) else {
            let found = format_args!("section {id} of {length} bytes");
            let expected = format_args!("at most the {} left", self.end - self.at);
            return Err(self.error(Rule::BinFileEnd, found, expected));
        };
        self.end = end;
        let some = read(self)?;
        if self.at != end {
            let found = format_args!("{} bytes more than section {id} has", end - self.at);
            return Err(self.error(Rule::BinSectionLength, found, "the end of the section"));
        }
        self.end = self.bytes.len();
        if some {
            return Ok(());
        }
        let found = format_args!("section {id} with nothing in it");
        Err(self.error_at(start, Rule::BinSectionEmpty, found, "no such section"))
    }

    /// Reads a text of the text table.
    pub(super) fn new_text(&mut self, length: usize) -> Read<()> {
        let start = self.at;
        let bytes = self.take(length)?;
        let Ok(text) = core::str::from_utf8(bytes) else {
            return Err(self.error_at(start, Rule::BinTextEncoding, "other bytes", "UTF-8"));
        };
        if !self.seen.insert(text) {
            let found = format_args!("{text:?} twice");
            return Err(self.error_at(start, Rule::BinTextOrder, found, "distinct texts"));
        }
        self.texts.push(text);
        Ok(())
    }

    /// A text, by its number. New ones come in order.
    pub(super) fn text(&mut self) -> Read<&'b str> {
        let number = self.number()?;
        let index = usize::try_from(number).ok().filter(|index| *index <= self.used);
        let Some((index, text)) = index.and_then(|at| Some((at, *self.texts.get(at)?))) else {
            let found = format_args!("text {number}");
            let expected = format_args!("one up to {} of {}", self.used, self.texts.len());
            return Err(self.error(Rule::BinTextOrder, found, expected));
        };
        if index == self.used {
            self.used += 1;
        }
        let Some(copies) = self.copies.checked_sub(text.len()) else {
            let found = "more copies of texts than the file warrants";
            return Err(self.error(Rule::BinCountExcess, found, "fewer uses of long texts"));
        };
        self.copies = copies;
        Ok(text)
    }

    /// The number of bytes that follow, to the end of the file.
    pub(super) fn length(&mut self) -> Read<()> {
        let length = self.number()?;
        let left = (self.bytes.len() - self.at) as u64;
        if length == left {
            return Ok(());
        }
        let rule = if length > left { Rule::BinFileEnd } else { Rule::BinFileTrailing };
        let expected = format_args!("{length}, as the file says");
        Err(self.error(rule, format_args!("{left} more bytes"), expected))
    }

    /// Nothing may be left, of the file or of the texts.
    pub(super) fn end_file(&self) -> Read<()> {
        if self.at != self.bytes.len() {
            let found = format_args!("{} more bytes", self.bytes.len() - self.at);
            return Err(self.error_at(
                self.at,
                Rule::BinFileTrailing,
                found,
                "the end of the file",
            ));
        }
        if self.used != self.texts.len() {
            let found = format_args!("text {} without use", self.used);
            return Err(self.error(Rule::BinTextOrder, found, "only texts in use"));
        }
        Ok(())
    }
}

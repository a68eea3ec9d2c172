//! Bitstrings: their bytes, inside the heap or outside, and parts of them.
//!
//! A bitstring of at most [`INLINE_BYTES`] bytes is a `Bytes` box. A longer one is a `Slice` box of a
//! `Shared` box, which counts a reference to bytes outside the heap; so is every part of one. Owns
//! these, their order and their growth; `reader` takes bitstrings apart and `writer` makes them.
//! Book: *Terms*, *bmake*, *bmatch*.

mod half;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

#[cfg(test)]
pub use reader::BitReader;
pub use reader::{Context, code_point, decode_utf8};
pub use writer::BitWriter;

use super::{Boxed, Header, Kind, Term};
use crate::heap::Heap;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ptr::NonNull;
use std::sync::atomic::{self, AtomicUsize};

/// The longest bitstring that lies in a heap, in bytes.
pub const INLINE_BYTES: usize = 64;

/// The words of a bitstring besides those of its bytes, as the book counts them
/// (`lim.heap.bitstring`).
pub(crate) const HEAD_WORDS: u64 = 2;

/// Bytes outside all heaps, counted by the boxes that refer to them. They grow at the end, into
/// capacity that whoever comes first may claim; what has been claimed once never changes. A part
/// shows only bytes up to its own end, so nobody looks at bytes that somebody else is writing.
#[repr(C)]
pub struct Shared {
    references: AtomicUsize,
    /// Bits that are claimed.
    used: AtomicUsize,
    /// Bytes.
    capacity: usize,
}

impl Shared {
    fn layout(capacity: usize) -> Layout {
        let bytes = size_of::<Shared>().checked_add(capacity).expect("lim: fits the address space");
        Layout::from_size_align(bytes, 8).expect("lim: fits the address space")
    }

    /// The first `length` bits of these bytes, with one reference and a capacity in bytes.
    pub fn new(bytes: &[u8], length: usize, capacity: usize) -> NonNull<Shared> {
        let bytes = &bytes[..length.div_ceil(8)];
        let capacity = capacity.max(bytes.len());
        let layout = Shared::layout(capacity);
        // SAFETY: the layout has the size of a `Shared` at least.
        let start = NonNull::new(unsafe { alloc(layout) }.cast::<Shared>());
        let shared = start.unwrap_or_else(|| handle_alloc_error(layout));
        // SAFETY: freshly allocated for a `Shared` and so many bytes behind it.
        unsafe {
            shared.write(Shared {
                references: AtomicUsize::new(1),
                used: AtomicUsize::new(length),
                capacity,
            });
            Shared::start(shared).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        shared
    }

    /// Where its bytes begin.
    #[inline(always)]
    fn start(shared: NonNull<Shared>) -> *mut u8 {
        // SAFETY: the bytes lie behind the `Shared`, in one allocation.
        unsafe { shared.as_ptr().add(1).cast() }
    }

    /// Bytes in use.
    pub fn used(&self) -> usize {
        self.used.load(atomic::Ordering::Acquire).div_ceil(8)
    }

    /// Bytes that it has room for.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many references there are.
    #[cfg(test)]
    pub fn references(&self) -> usize {
        self.references.load(atomic::Ordering::Acquire)
    }

    /// One more reference.
    pub fn retain(&self) {
        self.references.fetch_add(1, atomic::Ordering::Relaxed);
    }

    /// One reference less; without any it is freed.
    ///
    /// # Safety
    /// The caller must own a reference and not use it again.
    pub unsafe fn release(shared: NonNull<Shared>) {
        // SAFETY: the caller's reference keeps it alive until here, and the last one frees it.
        unsafe {
            if shared.as_ref().references.fetch_sub(1, atomic::Ordering::Release) == 1 {
                atomic::fence(atomic::Ordering::Acquire);
                dealloc(shared.as_ptr().cast(), Shared::layout(shared.as_ref().capacity));
            }
        }
    }

    /// Appends if `end`, in bits, is still the end and there is room. The bits are those of `bytes`
    /// from `end % 8` to `length`; those before are the ones that are there.
    ///
    /// # Safety
    /// The caller must have a reference; if it is the only one, no other thread may use it.
    unsafe fn append(shared: NonNull<Shared>, end: usize, bytes: &[u8], length: usize) -> bool {
        // SAFETY: the caller's reference keeps it alive.
        let this = unsafe { shared.as_ref() };
        let first = end / 8;
        if this.capacity - first < bytes.len() {
            return false;
        }
        // A byte that is in use already may be looked at by those who share it.
        let alone = || this.references.load(atomic::Ordering::Acquire) == 1;
        if !end.is_multiple_of(8) && !alone() {
            return false;
        }
        let claimed = this.used.compare_exchange(
            end,
            first * 8 + length,
            atomic::Ordering::AcqRel,
            atomic::Ordering::Relaxed,
        );
        if claimed.is_ok() {
            // SAFETY: within the capacity; the bytes are claimed by nobody else, and the first one,
            // if it was in use, can be seen by nobody else.
            unsafe {
                let to = Shared::start(shared).add(first);
                to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
        }
        claimed.is_ok()
    }
}

/// A bitstring, seen: bytes, and which bits of them. The first bit of a byte is its most significant
/// one.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'h> {
    /// The bytes that hold it, more than it needs perhaps.
    pub bytes: &'h [u8],
    /// Where it begins, in bits.
    pub offset: usize,
    /// How long it is, in bits.
    pub length: usize,
}

impl<'h> Bits<'h> {
    /// The binary of these bytes.
    pub fn from_bytes(bytes: &'h [u8]) -> Bits<'h> {
        Bits { bytes, offset: 0, length: bytes.len() * 8 }
    }

    /// The bitstring that a `Bytes` or `Slice` box is.
    pub(crate) fn of(boxed: Boxed<'h>) -> Bits<'h> {
        if boxed.header().kind() == Kind::Slice {
            let terms = boxed.terms();
            let (offset, length) = (count(terms[1]), count(terms[2]));
            let bytes = bytes_of(terms[0], (offset + length).div_ceil(8));
            Bits { bytes, offset, length }
        } else {
            let length = usize::try_from(boxed.words()[0]).unwrap_or(0);
            Bits { bytes: bytes_of(boxed.term(), length.div_ceil(8)), offset: 0, length }
        }
    }

    /// Whether it has no bits.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether it is whole bytes.
    pub fn is_binary(&self) -> bool {
        self.length.is_multiple_of(8)
    }

    /// Its length in bytes, rounded up.
    pub fn byte_length(&self) -> usize {
        self.length.div_ceil(8)
    }

    /// Its bytes, if it begins at a byte; unused bits of the last one may be set.
    #[inline]
    pub fn aligned(&self) -> Option<&'h [u8]> {
        let start = self.offset / 8;
        self.offset.is_multiple_of(8).then(|| &self.bytes[start..start + self.byte_length()])
    }

    /// Its bytes; the missing low bits of a last one that is not full are zeros.
    pub fn to_bytes(self) -> Cow<'h, [u8]> {
        match self.aligned() {
            Some(bytes) if self.is_binary() => Cow::Borrowed(bytes),
            _ => {
                let mut writer = BitWriter::new();
                writer.put(&self);
                Cow::Owned(writer.into_bytes())
            }
        }
    }

    /// Its bytes, if it is whole ones.
    pub fn as_binary(&self) -> Option<Cow<'h, [u8]>> {
        self.is_binary().then(|| self.to_bytes())
    }

    /// A part of it; `None` if it does not lie inside.
    pub fn part(&self, start: usize, length: usize) -> Option<Bits<'h>> {
        let end = start.checked_add(length)?;
        (end <= self.length).then(|| Bits { offset: self.offset + start, length, ..*self })
    }

    /// Up to 64 of its bits, as a number.
    #[inline]
    fn word(&self, start: usize, size: usize) -> u64 {
        word_at(self.bytes, self.offset + start, size)
    }

    /// The first bit that differs decides; a proper prefix is smaller (`term.order.bitstrings`).
    pub fn compare(&self, other: &Bits<'_>) -> Ordering {
        let common = self.length.min(other.length);
        let mut at = 0;
        if let (Some(a), Some(b)) = (self.aligned(), other.aligned()) {
            let order = a[..common / 8].cmp(&b[..common / 8]);
            if order.is_ne() {
                return order;
            }
            at = common / 8 * 8;
        }
        while at < common {
            let size = (common - at).min(64);
            let order = self.word(at, size).cmp(&other.word(at, size));
            if order.is_ne() {
                return order;
            }
            at += size;
        }
        self.length.cmp(&other.length)
    }

    /// Whether they have the same bits.
    pub fn same(&self, other: &Bits<'_>) -> bool {
        self.length == other.length && self.compare(other).is_eq()
    }
}

/// The small integer that counts something in a box.
#[inline(always)]
fn count(term: Term) -> usize {
    debug_assert!(term.is_small());
    (term.0 >> 3) as usize
}

/// A count, as a word of a box.
#[inline(always)]
fn small(count: usize) -> Term {
    Term((count as u64) << 3)
}

/// Up to 64 bits of bytes as a number, from a bit on; they are there.
#[inline]
fn word_at(bytes: &[u8], position: usize, size: usize) -> u64 {
    debug_assert!(size <= 64 && position + size <= bytes.len() * 8);
    if size == 0 {
        return 0;
    }
    let (first, shift) = (position / 8, position % 8);
    if let Some(eight) = bytes[first..].first_chunk::<8>() {
        let mut word = u64::from_be_bytes(*eight) << shift;
        if shift + size > 64 {
            word |= u64::from(bytes[first + 8]) >> (8 - shift);
        }
        return word >> (64 - size);
    }
    // Near the end of the bytes: fewer than eight are left.
    let last = (position + size).div_ceil(8);
    let word = bytes[first..last].iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let surplus = last * 8 - position - size;
    (word >> surplus) & (u64::MAX >> (64 - size))
}

/// Where the bytes of a `Bytes` or `Shared` box begin.
#[inline(always)]
fn start_of(boxed: Boxed<'_>) -> *const u8 {
    match boxed.header().kind() {
        // SAFETY: the bytes come behind the header and the length.
        Kind::Bytes => unsafe { boxed.address().add(2).cast() },
        _ => shared_of(boxed)
            .map_or(std::ptr::dangling(), |shared| Shared::start(shared).cast_const()),
    }
}

/// What a `Shared` box refers to.
#[inline(always)]
fn shared_of(boxed: Boxed<'_>) -> Option<NonNull<Shared>> {
    NonNull::new(boxed.words()[0] as usize as *mut Shared)
}

/// The first `count` bytes of a `Bytes` or `Shared` box, which somebody has written.
#[inline(always)]
fn bytes_of<'h>(term: Term, count: usize) -> &'h [u8] {
    let Some(boxed) = term.as_boxed() else { return &[] };
    // SAFETY: whoever made a part of a box made sure of the bytes up to its end. They do not move
    // while the box is alive, and never change: bits behind the end of a bitstring may, but not
    // while somebody looks (`Shared::append`).
    unsafe { std::slice::from_raw_parts(start_of(boxed), count) }
}

/// The bytes of a binary.
pub fn binary_bytes<'h>(term: Term) -> Option<Cow<'h, [u8]>> {
    term.as_bits()?.as_binary()
}

impl Heap {
    /// A binary of these bytes.
    pub fn binary(&mut self, bytes: &[u8]) -> Term {
        self.bitstring(bytes, bytes.len() * 8)
    }

    /// A bitstring of the first `length` bits of these bytes.
    pub fn bitstring(&mut self, bytes: &[u8], length: usize) -> Term {
        self.bitstring_within(bytes, length, 0)
    }

    /// The same with room for so many bytes in all, if it does not lie in the heap.
    fn bitstring_within(&mut self, bytes: &[u8], length: usize, capacity: usize) -> Term {
        let bytes = &bytes[..length.div_ceil(8)];
        if bytes.len() > INLINE_BYTES {
            let shared = self.shared(Shared::new(bytes, length, capacity));
            return self.slice(shared, 0, length);
        }
        let words = bytes.len().div_ceil(8);
        let at = self.alloc(2 + words);
        // SAFETY: so many words are there; the last one is zero before bytes go into it.
        unsafe {
            *at = Header::new(Kind::Bytes, 1 + words).word();
            *at.add(1) = length as u64;
            if words > 0 {
                *at.add(1 + words) = 0;
            }
            at.add(2).cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        Term::boxed(at)
    }

    /// A part of a `Shared` or `Bytes` box, in bits, which must be there.
    pub(crate) fn slice(&mut self, bytes: Term, offset: usize, length: usize) -> Term {
        self.boxed(Kind::Slice, &[bytes, small(offset), small(length)])
    }

    /// A part of a bitstring, in bits; `None` if it does not lie inside. It shares the bytes.
    pub fn part(&mut self, bitstring: Term, start: usize, length: usize) -> Option<Term> {
        let whole = bitstring.as_bits()?;
        let part = whole.part(start, length)?;
        if length == whole.length {
            return Some(bitstring);
        }
        let (bytes, _) = origin(bitstring)?;
        Some(self.slice(bytes, part.offset, length))
    }
}

/// The box with the bytes of a bitstring, and where in them it begins, in bits.
fn origin(bitstring: Term) -> Option<(Term, usize)> {
    let boxed = bitstring.as_boxed()?;
    Some(match boxed.header().kind() {
        Kind::Slice => (boxed.terms()[0], count(boxed.terms()[1])),
        _ => (bitstring, 0),
    })
}

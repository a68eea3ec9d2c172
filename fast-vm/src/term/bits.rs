//! Bitstrings: their bytes, inside the heap or outside, and parts of them.
//!
//! A bitstring of at most [`INLINE_BYTES`] bytes is a `Bytes` box. A longer one is a `Slice` box of a
//! `Shared` box, which counts a reference to bytes outside the heap; so is every part of one.
//! Book: *Terms*, *bmake*, *bmatch*.

use super::{Boxed, Header, Kind, Term};
use crate::heap::Heap;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The longest bitstring that lies in a heap, in bytes.
pub const INLINE_BYTES: usize = 64;

/// Bytes outside all heaps, counted by the boxes that refer to them. They grow at the end, into
/// capacity that whoever comes first may claim; what has been claimed once never changes.
#[repr(C)]
pub struct Shared {
    references: AtomicUsize,
    used: AtomicUsize,
    capacity: usize,
}

impl Shared {
    fn layout(capacity: usize) -> Layout {
        let bytes = size_of::<Shared>().checked_add(capacity).expect("lim: fits the address space");
        Layout::from_size_align(bytes, 8).expect("lim: fits the address space")
    }

    /// Bytes with one reference, a capacity, and these as the first.
    pub fn new(bytes: &[u8], capacity: usize) -> NonNull<Shared> {
        let capacity = capacity.max(bytes.len());
        let layout = Shared::layout(capacity);
        // SAFETY: the layout has the size of a `Shared` at least.
        let start = NonNull::new(unsafe { alloc(layout) }.cast::<Shared>());
        let shared = start.unwrap_or_else(|| handle_alloc_error(layout));
        // SAFETY: freshly allocated for a `Shared` and so many bytes behind it.
        unsafe {
            shared.write(Shared {
                references: AtomicUsize::new(1),
                used: AtomicUsize::new(bytes.len()),
                capacity,
            });
            Shared::start(shared).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        shared
    }

    /// Where its bytes begin.
    fn start(shared: NonNull<Shared>) -> *mut u8 {
        // SAFETY: the bytes lie behind the `Shared`, in one allocation.
        unsafe { shared.as_ptr().add(1).cast() }
    }

    /// Bytes in use.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Acquire)
    }

    /// Bytes that it has room for.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// One more reference.
    pub fn retain(&self) {
        self.references.fetch_add(1, Ordering::Relaxed);
    }

    /// One reference less; without any it is freed.
    ///
    /// # Safety
    /// The caller must own a reference and not use it again.
    pub unsafe fn release(shared: NonNull<Shared>) {
        // SAFETY: the caller's reference keeps it alive until here, and the last one frees it.
        unsafe {
            if shared.as_ref().references.fetch_sub(1, Ordering::Release) == 1 {
                std::sync::atomic::fence(Ordering::Acquire);
                dealloc(shared.as_ptr().cast(), Shared::layout(shared.as_ref().capacity));
            }
        }
    }

    /// Appends bytes if `end` is still the end and there is room.
    pub fn append(shared: NonNull<Shared>, end: usize, bytes: &[u8]) -> bool {
        // SAFETY: the caller holds a reference.
        let this = unsafe { shared.as_ref() };
        if this.capacity - end < bytes.len() {
            return false;
        }
        let claim =
            this.used.compare_exchange(end, end + bytes.len(), Ordering::AcqRel, Ordering::Relaxed);
        if claim.is_ok() {
            // SAFETY: these bytes are within the capacity, and claimed by nobody else.
            unsafe {
                Shared::start(shared)
                    .add(end)
                    .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
        }
        claim.is_ok()
    }
}

/// A bitstring, seen: bytes, and which bits of them.
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
    /// The bitstring that a `Bytes` or `Slice` box is; a `Shared` box is all of its bytes.
    pub(crate) fn of(boxed: Boxed<'h>) -> Bits<'h> {
        match boxed.header().kind() {
            Kind::Slice => {
                let terms = boxed.terms();
                let at =
                    |term: Term| term.as_small().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
                Bits { bytes: bytes_of(terms[0]), offset: at(terms[1]), length: at(terms[2]) }
            }
            Kind::Bytes => {
                let bytes = bytes_of(boxed.term());
                let length = usize::try_from(boxed.words()[0]).unwrap_or(0);
                Bits { bytes, offset: 0, length }
            }
            _ => {
                let bytes = bytes_of(boxed.term());
                Bits { bytes, offset: 0, length: bytes.len() * 8 }
            }
        }
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
    pub fn aligned(&self) -> Option<&'h [u8]> {
        let start = self.offset / 8;
        self.offset.is_multiple_of(8).then(|| &self.bytes[start..start + self.byte_length()])
    }
}

/// The bytes of a `Bytes` or `Shared` box; of a `Bytes` box with those that fill its last word.
pub(crate) fn bytes_of<'h>(term: Term) -> &'h [u8] {
    let Some(boxed) = term.as_boxed() else { return &[] };
    match boxed.header().kind() {
        Kind::Bytes => {
            let words = &boxed.words()[1..];
            // SAFETY: the words are there, and bytes have no alignment.
            unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), words.len() * 8) }
        }
        Kind::Shared => {
            let shared = boxed.words()[0] as usize as *mut Shared;
            // SAFETY: the box counts a reference. The bytes in use never change.
            unsafe {
                let shared = NonNull::new_unchecked(shared);
                std::slice::from_raw_parts(Shared::start(shared), shared.as_ref().used())
            }
        }
        _ => &[],
    }
}

impl Heap {
    /// A binary of these bytes.
    pub fn binary(&mut self, bytes: &[u8]) -> Term {
        self.bitstring(bytes, bytes.len() * 8)
    }

    /// A bitstring of the first `length` bits of these bytes; the unused bits of the last byte
    /// should be zero.
    pub fn bitstring(&mut self, bytes: &[u8], length: usize) -> Term {
        let bytes = &bytes[..length.div_ceil(8)];
        if bytes.len() > INLINE_BYTES {
            let shared = self.shared(Shared::new(bytes, bytes.len()));
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

    /// A part of a `Shared` or `Bytes` box, in bits.
    pub(crate) fn slice(&mut self, bytes: Term, offset: usize, length: usize) -> Term {
        let small = |n: usize| Term::small(i64::try_from(n).unwrap_or(0));
        self.boxed(Kind::Slice, &[bytes, small(offset), small(length)])
    }
}

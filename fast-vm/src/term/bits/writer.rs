//! Making bitstrings: what the segments of `bmake` write.

use super::half::to_half;
use super::{Bits, Shared, code_point, origin, shared_of};
use crate::heap::Heap;
use crate::term::{Kind, Term, float, integer};

/// Makes a bitstring bit by bit. It can be used again.
///
/// A bitstring that is made longer again and again grows in place: its bytes have room for as many
/// again, and what is appended goes there if nothing else has.
#[derive(Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    /// Bits in `bytes`.
    length: usize,
    /// Whether the result should have room to grow.
    grows: bool,
    /// A `Slice` of a `Shared` box that comes first; `bytes` begins with the bits of its last byte
    /// if that is not full.
    base: Option<Base>,
}

#[derive(Clone, Copy, Debug)]
struct Base {
    slice: Term,
    /// Where it ends in the bytes of its box, in bits.
    end: usize,
    /// Its length in bits.
    length: usize,
}

/// Bytes of room that a writer keeps to be used again.
const KEPT: usize = 1 << 16;

impl BitWriter {
    /// Nothing written yet.
    pub fn new() -> BitWriter {
        BitWriter::default()
    }

    /// How many bits were written.
    pub fn bit_length(&self) -> usize {
        match self.base {
            Some(base) => base.length + self.length - base.end % 8,
            None => self.length,
        }
    }

    /// The bytes written, without a base; the last one is filled up with zeros.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The bitstring written; the writer is empty then.
    pub fn finish(&mut self, heap: &mut Heap) -> Term {
        let term = match self.base.take() {
            Some(base) => self.finish_base(heap, base),
            None => {
                let capacity = if self.grows { self.bytes.len().saturating_mul(2) } else { 0 };
                heap.bitstring_within(&self.bytes, self.length, capacity)
            }
        };
        self.clear();
        term
    }

    /// Forgets what was written.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(KEPT);
        (self.length, self.grows, self.base) = (0, false, None);
    }

    fn finish_base(&mut self, heap: &mut Heap, base: Base) -> Term {
        let written = self.length - base.end % 8;
        if written == 0 {
            return base.slice;
        }
        let Some((bytes, start)) = origin(base.slice) else { return base.slice };
        let shared = bytes.as_kind(Kind::Shared).and_then(shared_of);
        // SAFETY: the box has a reference, and is no literal, which other threads would see; its
        // process is run by this thread alone.
        let appended = shared.is_some_and(|shared| unsafe {
            Shared::append(shared, base.end, &self.bytes, self.length)
        });
        if appended {
            return heap.slice(bytes, start, base.length + written);
        }
        let mut whole = BitWriter { grows: true, ..BitWriter::new() };
        if let Some(bits) = base.slice.as_bits() {
            whole.bytes.reserve(bits.byte_length() + self.bytes.len());
            whole.put(&bits);
        }
        whole.put(&Bits { bytes: &self.bytes, offset: base.end % 8, length: written });
        whole.finish(heap)
    }

    /// Writes all of a bitstring, as the first, which the result is to make longer
    /// (`exec.bmake.append`).
    pub fn append(&mut self, heap: &Heap, bitstring: Term, bits: &Bits<'_>) {
        let bytes = origin(bitstring).map(|(bytes, _)| bytes);
        let ours = bytes.is_some_and(|bytes| {
            bytes.as_kind(Kind::Shared).is_some() && heap.contains(bytes.address())
        });
        if self.length > 0 || self.base.is_some() || !ours {
            self.grows = self.length == 0;
            return self.put(bits);
        }
        let end = bits.offset + bits.length;
        let last = bits.length.min(end % 8);
        if last < end % 8 {
            // Shorter than the bits of its only byte: too short to be worth anything.
            return self.put(bits);
        }
        self.put(&Bits { bytes: bits.bytes, offset: end - last, length: last });
        self.base = Some(Base { slice: bitstring, end, length: bits.length });
    }

    /// Writes the low `size` bits of a number, 64 at most.
    #[inline]
    pub fn put_word(&mut self, number: u64, size: usize) {
        debug_assert!(size <= 64);
        if size == 0 {
            return;
        }
        let mut word = number << (64 - size);
        let mut left = size;
        let used = self.length % 8;
        self.length += size;
        if used > 0 {
            if let Some(last) = self.bytes.last_mut() {
                *last |= (word >> 56) as u8 >> used;
            }
            word <<= 8 - used;
            left = left.saturating_sub(8 - used);
        }
        self.bytes.extend_from_slice(&word.to_be_bytes()[..left.div_ceil(8)]);
    }

    /// Makes room for so many bits more.
    pub fn reserve(&mut self, bits: usize) {
        self.bytes.reserve(bits.div_ceil(8));
    }

    /// Writes a byte.
    #[inline]
    pub fn put_byte(&mut self, byte: u8) {
        if self.length.is_multiple_of(8) {
            self.bytes.push(byte);
            self.length += 8;
        } else {
            self.put_word(u64::from(byte), 8);
        }
    }

    /// Writes bytes.
    pub fn put_bytes(&mut self, bytes: &[u8]) {
        self.put(&Bits::from_bytes(bytes));
    }

    /// Writes all of a bitstring.
    pub fn put(&mut self, bits: &Bits<'_>) {
        let mut at = 0;
        if self.length.is_multiple_of(8)
            && let Some(bytes) = bits.aligned()
        {
            at = bits.length / 8 * 8;
            self.bytes.extend_from_slice(&bytes[..at / 8]);
            self.length += at;
        }
        while at < bits.length {
            let size = (bits.length - at).min(64);
            self.put_word(bits.word(at, size), size);
            at += size;
        }
    }

    /// Writes the low `size` bits of an integer in two's complement (`exec.bmake.integer`).
    /// Little-endian puts the lowest byte first; of a size that is not whole bytes, the bits left
    /// over are the highest ones and come last. `None` if the term is no integer.
    pub fn put_integer(&mut self, value: Term, size: usize, little: bool) -> Option<()> {
        if let Some(number) = value.as_small()
            && size <= 64
        {
            let number = number.cast_unsigned();
            if !little {
                self.put_word(number, size);
                return Some(());
            }
            let (whole, rest) = (size / 8, size % 8);
            self.put_bytes(&number.to_le_bytes()[..whole]);
            if rest > 0 {
                self.put_word(number >> (whole * 8), rest);
            }
            return Some(());
        }
        let (whole, rest) = (size / 8, size % 8);
        // The low bytes in two's complement, lowest first.
        let number = integer::get(value)?;
        let filler = if number < dashu_int::IBig::ZERO { 0xff } else { 0 };
        let mut bytes = number.to_le_bytes().into_vec();
        bytes.resize(size.div_ceil(8), filler);
        let highest = if rest > 0 { u64::from(bytes[whole]) } else { 0 };
        bytes.truncate(whole);
        if little {
            self.put_bytes(&bytes);
            self.put_word(highest, rest);
        } else {
            bytes.reverse();
            self.put_word(highest, rest);
            self.put_bytes(&bytes);
        }
        Some(())
    }

    /// Writes a number as a float of 16, 32 or 64 bits (`exec.bmake.float`), rounded to the
    /// nearest, which beyond the largest is infinity. `None` for another size, for no number, and
    /// for an integer beyond all floats.
    pub fn put_float(&mut self, value: Term, size: usize, little: bool) -> Option<()> {
        let value = float::nearest(value)?;
        let word = match size {
            16 => u64::from(to_half(value)),
            #[expect(clippy::cast_possible_truncation, reason = "rounding is what is meant")]
            32 => u64::from((value as f32).to_bits()),
            64 => value.to_bits(),
            _ => return None,
        };
        let word = if little { word.swap_bytes() >> (64 - size) } else { word };
        self.put_word(word, size);
        Some(())
    }

    /// Writes a code point in UTF-8 (`exec.bmake.utf8`); `None` if the term is none.
    pub fn put_utf8(&mut self, value: Term) -> Option<()> {
        let mut buffer = [0; 4];
        let text = code_point(value)?.encode_utf8(&mut buffer);
        self.put_bytes(text.as_bytes());
        Some(())
    }

    /// Writes a code point in UTF-16 (`exec.bmake.utf16`); `None` if the term is none.
    pub fn put_utf16(&mut self, value: Term, little: bool) -> Option<()> {
        for unit in code_point(value)?.encode_utf16(&mut [0; 2]) {
            let unit = if little { unit.swap_bytes() } else { *unit };
            self.put_word(u64::from(unit), 16);
        }
        Some(())
    }

    /// Writes a code point in UTF-32 (`exec.bmake.utf32`); `None` if the term is none.
    pub fn put_utf32(&mut self, value: Term, little: bool) -> Option<()> {
        let code = u32::from(code_point(value)?);
        self.put_word(u64::from(if little { code.swap_bytes() } else { code }), 32);
        Some(())
    }
}

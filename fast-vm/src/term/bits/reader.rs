//! Reading bitstrings: match contexts, and what the commands of `bmatch` read.

use super::half::from_half;
use super::{Bits, bytes_of, count, origin, small, start_of, word_at};
use crate::heap::Heap;
use crate::term::{Boxed, Kind, SMALL_MAX, Term, integer};
use dashu_int::{IBig, UBig};

/// A match context: a box `[bytes, position, end, start]` whose position changes in place. All are
/// in bits of the bytes; the bitstring is what lies between start and end.
#[derive(Clone, Copy)]
pub struct Context<'h>(Boxed<'h>);

impl<'h> Context<'h> {
    /// The context that a register holds.
    #[inline(always)]
    pub fn of(term: Term) -> Option<Context<'h>> {
        term.as_kind(Kind::Context).map(Context)
    }

    /// A new context of a bitstring, at its start.
    pub fn start(heap: &mut Heap, bitstring: Term) -> Option<Term> {
        let length = bitstring.as_bits()?.length;
        let (bytes, start) = origin(bitstring)?;
        let words = [bytes, small(start), small(start + length), small(start)];
        Some(heap.boxed(Kind::Context, &words))
    }

    #[inline(always)]
    fn words(self) -> &'h [Term; 4] {
        debug_assert_eq!(self.0.terms().len(), 4);
        // SAFETY: `start` makes contexts, of four words.
        unsafe { &*self.0.terms().as_ptr().cast() }
    }

    #[inline(always)]
    fn word(self, index: usize) -> usize {
        count(self.words()[index])
    }

    /// Its position, in bits of the box with the bytes.
    #[inline(always)]
    fn at(self) -> usize {
        self.word(1)
    }

    /// Bits that are left.
    #[inline(always)]
    pub fn left(self) -> usize {
        self.word(2) - self.at()
    }

    /// Whether at least `bits` are left and the rest is a multiple of `unit`
    /// (`exec.bmatch.at_least`).
    #[inline(always)]
    pub fn at_least(self, bits: usize, unit: usize) -> bool {
        let left = self.left();
        // Most units are powers of two, but a division is no measurable part of a bitstring's match.
        left >= bits && (unit == 1 || (left - bits).is_multiple_of(unit))
    }

    /// Whether exactly `bits` are left (`exec.bmatch.exactly`).
    #[inline(always)]
    pub fn exactly(self, bits: usize) -> bool {
        self.left() == bits
    }

    /// Moves on by bits that are left.
    #[inline(always)]
    fn move_to(self, at: usize) {
        debug_assert!(at <= self.word(2));
        // SAFETY: the second word behind the header of a context is its position.
        unsafe { *self.0.address().cast_mut().add(2) = small(at).0 }
    }

    /// Moves on by so many bits if they are left (`exec.bmatch.skip`).
    #[inline(always)]
    pub fn skip(self, bits: usize) -> bool {
        let fits = bits <= self.left();
        if fits {
            self.move_to(self.at() + bits);
        }
        fits
    }

    /// Whether it is at a whole byte.
    #[inline(always)]
    pub fn is_aligned(self) -> bool {
        self.at().is_multiple_of(8)
    }

    /// Reads the byte at its position, which is at a whole one, and moves past it, if it is left.
    #[inline(always)]
    pub fn read_aligned(self) -> Option<u8> {
        debug_assert!(self.is_aligned());
        let at = self.at();
        if self.word(2) - at < 8 {
            return None;
        }
        // SAFETY: the bytes up to the end are there (`bytes_of`).
        let byte = unsafe { *start_of(self.words()[0].as_boxed()?).add(at / 8) };
        self.move_to(at + 8);
        Some(byte)
    }

    /// Reads `BYTES` bytes, 8 at most, most significant first, and moves past them, if they are left.
    #[inline(always)]
    pub fn read<const BYTES: usize>(self) -> Option<u64> {
        const { assert!(BYTES <= 8) };
        let (at, end) = (self.at(), self.word(2));
        if end - at < BYTES * 8 {
            return None;
        }
        let word = if at.is_multiple_of(8) {
            let mut word = [0; 8];
            let start = start_of(self.words()[0].as_boxed()?);
            // SAFETY: the bytes up to `end` are there (`bytes_of`).
            let bytes = unsafe { std::slice::from_raw_parts(start.add(at / 8), BYTES) };
            word[8 - BYTES..].copy_from_slice(bytes);
            u64::from_be_bytes(word)
        } else {
            self.read_across(at, BYTES * 8)
        };
        self.move_to(at + BYTES * 8);
        Some(word)
    }

    #[cold]
    fn read_across(self, at: usize, size: usize) -> u64 {
        word_at(bytes_of(self.words()[0], (at + size).div_ceil(8)), at, size)
    }

    /// Reads 8 bits as a number (`exec.bmatch.integer`).
    #[inline(always)]
    pub fn read_8(self) -> Option<Term> {
        self.read::<1>().map(|n| Term(n << 3))
    }

    /// Reads 16 bits as a number.
    #[inline(always)]
    pub fn read_16(self) -> Option<Term> {
        self.read::<2>().map(|n| Term(n << 3))
    }

    /// Reads 32 bits as a number.
    #[inline(always)]
    pub fn read_32(self) -> Option<Term> {
        self.read::<4>().map(|n| Term(n << 3))
    }

    /// Reads 64 bits as a number.
    #[inline(always)]
    pub fn read_64(self, heap: &mut Heap) -> Option<Term> {
        self.read::<8>().map(|n| unsigned(heap, n))
    }

    /// Reads so many bits as a bitstring and moves past them, if they are left
    /// (`exec.bmatch.binary`).
    #[inline]
    pub fn take(self, heap: &mut Heap, bits: usize) -> Option<Term> {
        if bits > self.left() {
            return None;
        }
        let at = self.at();
        self.move_to(at + bits);
        Some(heap.slice(self.words()[0], at, bits))
    }

    /// The bits that are left; the position stays (`exec.bmatch.tail`).
    #[inline]
    pub fn tail(self, heap: &mut Heap) -> Term {
        heap.slice(self.words()[0], self.at(), self.left())
    }

    /// The position from the start of the bitstring (`exec.bmatch.pos`).
    #[inline(always)]
    pub fn position(self) -> usize {
        self.at() - self.word(3)
    }

    /// Sets the position, if it lies inside (`exec.bmatch.setpos`).
    #[inline(always)]
    pub fn set_position(self, position: usize) -> bool {
        let fits = position <= self.word(2) - self.word(3);
        if fits {
            self.move_to(self.word(3) + position);
        }
        fits
    }

    /// Runs a reader from the position on; the position moves along if it gives something.
    #[inline]
    pub fn run<T>(self, run: impl FnOnce(&mut BitReader<'h>) -> Option<T>) -> Option<T> {
        let end = self.word(2);
        let bytes = bytes_of(self.words()[0], end.div_ceil(8));
        let mut reader = BitReader { bytes, position: self.at(), end };
        let value = run(&mut reader)?;
        self.move_to(reader.position);
        Some(value)
    }
}

/// Reads a bitstring from a position on. Whoever reads something that is not there is told so by
/// `None`, and the position stays.
#[derive(Clone, Debug)]
pub struct BitReader<'h> {
    bytes: &'h [u8],
    position: usize,
    end: usize,
}

impl<'h> BitReader<'h> {
    /// At the start of a bitstring.
    #[cfg(test)]
    pub fn new(bits: Bits<'h>) -> BitReader<'h> {
        BitReader { bytes: bits.bytes, position: bits.offset, end: bits.offset + bits.length }
    }

    /// How many bits are left.
    pub fn remaining(&self) -> usize {
        self.end - self.position
    }

    /// Reads a bitstring.
    pub fn read_bits(&mut self, size: usize) -> Option<Bits<'h>> {
        if size > self.remaining() {
            return None;
        }
        let part = Bits { bytes: self.bytes, offset: self.position, length: size };
        self.position += size;
        Some(part)
    }

    /// Reads up to 64 bits as a number.
    pub fn read_word(&mut self, size: usize) -> Option<u64> {
        self.read_bits(size).map(|bits| bits.word(0, size))
    }

    /// Reads the bits of another bitstring, if these come next.
    pub fn read_same(&mut self, expected: &Bits<'_>) -> Option<()> {
        let part = self.clone().read_bits(expected.length)?;
        part.same(expected).then(|| self.position += expected.length)
    }

    /// Reads an integer, in two's complement if `signed`. Little-endian is laid out as
    /// `BitWriter::put_integer` tells.
    pub fn read_integer(
        &mut self,
        heap: &mut Heap,
        size: usize,
        signed: bool,
        little: bool,
    ) -> Option<Term> {
        if size > 64 {
            return self.read_bits(size).map(|bits| large(heap, bits, signed, little));
        }
        let mut word = self.read_word(size)?;
        if size == 0 {
            return Some(Term::small(0));
        }
        if little && size > 8 {
            word = turned(word, size);
        }
        if signed {
            return Some(heap.integer((word << (64 - size)).cast_signed() >> (64 - size)));
        }
        Some(unsigned(heap, word))
    }

    /// Reads a finite float of 16, 32 or 64 bits.
    pub fn read_float(&mut self, size: usize, little: bool) -> Option<f64> {
        if !matches!(size, 16 | 32 | 64) {
            return None;
        }
        let mut ahead = self.clone();
        let mut word = ahead.read_word(size)?;
        if little {
            word = turned(word, size);
        }
        let value = match size {
            16 => from_half(u16::try_from(word).ok()?)?,
            32 => f64::from(f32::from_bits(u32::try_from(word).ok()?)),
            _ => f64::from_bits(word),
        };
        if !value.is_finite() {
            return None;
        }
        *self = ahead;
        Some(value)
    }

    /// Reads a code point in UTF-8: the shortest form only, and no surrogate.
    pub fn read_utf8(&mut self) -> Option<char> {
        let bits = self.clone().read_bits(self.remaining().min(32) / 8 * 8)?;
        let (char, length) = decode_utf8(&bits.to_bytes())?;
        self.position += length * 8;
        Some(char)
    }

    /// Reads a code point in UTF-16.
    pub fn read_utf16(&mut self, little: bool) -> Option<char> {
        let mut ahead = self.clone();
        let units = std::iter::from_fn(|| {
            let unit = u16::try_from(ahead.read_word(16)?).ok()?;
            Some(if little { unit.swap_bytes() } else { unit })
        });
        let char = char::decode_utf16(units).next()?.ok()?;
        self.position += char.len_utf16() * 16;
        Some(char)
    }

    /// Reads a code point in UTF-32.
    pub fn read_utf32(&mut self, little: bool) -> Option<char> {
        let mut ahead = self.clone();
        let code = u32::try_from(ahead.read_word(32)?).ok()?;
        let char = char::from_u32(if little { code.swap_bytes() } else { code })?;
        *self = ahead;
        Some(char)
    }
}

/// A number from 0 as a term.
#[inline(always)]
fn unsigned(heap: &mut Heap, number: u64) -> Term {
    if number <= SMALL_MAX.cast_unsigned() {
        Term(number << 3)
    } else {
        integer::make(heap, &IBig::from(number))
    }
}

/// The number of a little-endian integer whose bits were read most significant first: its whole
/// bytes, lowest first, and then its highest bits.
fn turned(word: u64, size: usize) -> u64 {
    let (whole, rest) = (size / 8 * 8, size % 8);
    let low = word >> rest;
    let low = if whole == 0 { 0 } else { low.swap_bytes() >> (64 - whole) };
    let high = word & ((1 << rest) - 1);
    if rest == 0 { low } else { high << whole | low }
}

/// An integer of more than 64 bits.
fn large(heap: &mut Heap, bits: Bits<'_>, signed: bool, little: bool) -> Term {
    let size = bits.length;
    let (whole, rest) = (size / 8 * 8, size % 8);
    let part = |start, length| bits.part(start, length).map_or(0, |part| part.word(0, length));
    let magnitude = if little {
        let high = UBig::from(part(whole, rest)) << whole;
        let low = Bits { length: whole, ..bits };
        high + UBig::from_le_bytes(&low.to_bytes())
    } else {
        let high = UBig::from(part(0, rest)) << whole;
        let low = Bits { offset: bits.offset + rest, length: whole, ..bits };
        high + UBig::from_be_bytes(&low.to_bytes())
    };
    let highest = match (little, rest) {
        (false, _) => 0,
        (true, 0) => whole - 8,
        (true, _) => whole,
    };
    let value = IBig::from(magnitude);
    let negative = signed && part(highest, 1) == 1;
    integer::make(heap, &if negative { value - (IBig::ONE << size) } else { value })
}

/// The code point that an integer is: 0 to 16#10FFFF without the surrogates.
pub fn code_point(value: Term) -> Option<char> {
    char::from_u32(u32::try_from(value.as_small()?).ok()?)
}

/// The code point at the start of some bytes, and how many bytes it has.
pub fn decode_utf8(bytes: &[u8]) -> Option<(char, usize)> {
    let length = match *bytes.first()? {
        byte @ 0..0x80 => return Some((char::from(byte), 1)),
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return None,
    };
    let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
    text.chars().next().map(|char| (char, length))
}

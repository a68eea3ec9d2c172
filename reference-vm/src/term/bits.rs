//! Bitstrings: sequences of bits of any length (`term.bitstring.bits`).
//!
//! Owns their representation, parts of them that share the bytes, and reading and writing the
//! segments of which programs make them: integers, floats, code points. Knows nothing of match
//! contexts, nor of which exception a segment raises. Book: *Terms*, *Bits*.

use super::{Term, float, integer};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;

/// A bitstring: `length` bits of shared bytes, from bit `start`. The first bit of a byte is its
/// most significant one.
#[derive(Clone, Debug)]
pub struct Bits {
    bytes: Rc<Vec<u8>>,
    start: usize,
    length: usize,
}

impl Bits {
    /// The binary of these bytes.
    pub fn from_bytes(bytes: Vec<u8>) -> Bits {
        let length = bytes.len() * 8;
        Bits { bytes: Rc::new(bytes), start: 0, length }
    }

    /// The first `length` bits of these bytes, of which there must be enough.
    pub fn from_bits(bytes: Vec<u8>, length: usize) -> Option<Bits> {
        Bits::from_bytes(bytes).part(0, length)
    }

    /// How many bits.
    pub fn bit_length(&self) -> usize {
        self.length
    }

    /// How many bytes, the last one perhaps not full.
    pub fn byte_length(&self) -> usize {
        self.length.div_ceil(8)
    }

    /// Whether it has no bits.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether it consists of whole bytes.
    pub fn is_binary(&self) -> bool {
        self.length.is_multiple_of(8)
    }

    /// A part of it, which shares its bytes; `None` if it does not lie inside.
    pub fn part(&self, start: usize, length: usize) -> Option<Bits> {
        let end = start.checked_add(length)?;
        (end <= self.length).then(|| Bits {
            bytes: Rc::clone(&self.bytes),
            start: self.start + start,
            length,
        })
    }

    /// Its bytes; the missing low bits of a last one that is not full are zeros.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        let first = self.start / 8;
        if self.start.is_multiple_of(8) && self.is_binary() {
            return Cow::Borrowed(&self.bytes[first..first + self.length / 8]);
        }
        Cow::Owned((0..self.byte_length()).map(|index| self.byte(index)).collect())
    }

    /// Its bytes, if it consists of whole ones.
    pub fn as_binary(&self) -> Option<Cow<'_, [u8]>> {
        self.is_binary().then(|| self.bytes())
    }

    /// The byte at an index, filled up with zeros.
    fn byte(&self, index: usize) -> u8 {
        let bit = self.start + index * 8;
        let shift = bit % 8;
        let high = self.bytes.get(bit / 8).copied().unwrap_or(0);
        let low = self.bytes.get(bit / 8 + 1).copied().unwrap_or(0);
        let [_, byte] = ((u16::from_be_bytes([high, low]) << shift) >> 8).to_be_bytes();
        let left = self.length - index * 8;
        if left < 8 { byte & (0xff << (8 - left)) } else { byte }
    }

    /// The bit at an index inside it.
    fn bit(&self, index: usize) -> bool {
        let bit = self.start + index;
        self.bytes[bit / 8] & (0x80 >> (bit % 8)) != 0
    }
}

impl PartialEq for Bits {
    fn eq(&self, other: &Bits) -> bool {
        self.length == other.length && self.cmp(other).is_eq()
    }
}

impl Eq for Bits {}

impl PartialOrd for Bits {
    fn partial_cmp(&self, other: &Bits) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The first bit that differs decides; a proper prefix is smaller (`term.order.bitstrings`).
impl Ord for Bits {
    fn cmp(&self, other: &Bits) -> Ordering {
        let common = self.length.min(other.length);
        let (whole, rest) = (common / 8, common % 8);
        let bytes = self.bytes()[..whole].cmp(&other.bytes()[..whole]);
        let bits = || (common - rest..common).map(|index| self.bit(index).cmp(&other.bit(index)));
        bytes
            .then_with(|| bits().find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
            .then(self.length.cmp(&other.length))
    }
}

/// Makes a bitstring bit by bit.
#[derive(Clone, Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    length: usize,
}

impl BitWriter {
    /// Nothing written yet.
    pub fn new() -> BitWriter {
        BitWriter::default()
    }

    /// How many bits were written.
    pub fn bit_length(&self) -> usize {
        self.length
    }

    /// The bitstring written.
    pub fn finish(self) -> Bits {
        Bits { bytes: Rc::new(self.bytes), start: 0, length: self.length }
    }

    /// Writes the first `count` bits of a byte, 8 at most.
    fn put_byte(&mut self, byte: u8, count: usize) {
        let byte = if count < 8 { byte & !(0xff >> count) } else { byte };
        let used = self.length % 8;
        self.length += count;
        if used == 0 {
            if count > 0 {
                self.bytes.push(byte);
            }
            return;
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= byte >> used;
        }
        if used + count > 8 {
            self.bytes.push(byte << (8 - used));
        }
    }

    /// Writes bytes.
    pub fn put_bytes(&mut self, bytes: &[u8]) {
        if self.length.is_multiple_of(8) {
            self.bytes.extend_from_slice(bytes);
            self.length += bytes.len() * 8;
        } else {
            bytes.iter().for_each(|byte| self.put_byte(*byte, 8));
        }
    }

    /// Writes all of a bitstring.
    pub fn put(&mut self, bits: &Bits) {
        let bytes = bits.bytes();
        let (whole, rest) = (bits.bit_length() / 8, bits.bit_length() % 8);
        self.put_bytes(&bytes[..whole]);
        if rest > 0 {
            self.put_byte(bytes[whole], rest);
        }
    }

    /// Writes the low `size` bits of an integer in two's complement (`exec.bmake.integer`).
    /// Little-endian puts the lowest byte first; of a size that is not whole bytes, the bits left
    /// over are the highest ones and come last. `None` if the term is no integer.
    pub fn put_integer(&mut self, value: &Term, size: usize, little: bool) -> Option<()> {
        let mut bytes = integer::to_bytes(value, size.div_ceil(8))?;
        let rest = size % 8;
        if rest == 0 {
            if little {
                bytes.reverse();
            }
            self.put_bytes(&bytes);
        } else if little {
            bytes.reverse();
            let highest = bytes.pop().unwrap_or(0);
            self.put_bytes(&bytes);
            self.put_byte(highest << (8 - rest), rest);
        } else {
            self.put_byte(bytes[0] << (8 - rest), rest);
            self.put_bytes(&bytes[1..]);
        }
        Some(())
    }

    /// Writes a number as a float of 16, 32 or 64 bits (`exec.bmake.float`), rounded to the
    /// nearest, which beyond the largest is infinity. `None` for another size, for no number, and
    /// for an integer beyond all floats.
    pub fn put_float(&mut self, value: &Term, size: usize, little: bool) -> Option<()> {
        let value = float::nearest(value)?;
        let mut bytes = match size {
            16 => float::to_half(value).to_be_bytes().to_vec(),
            #[expect(clippy::cast_possible_truncation, reason = "rounding is what is meant")]
            32 => (value as f32).to_be_bytes().to_vec(),
            64 => value.to_be_bytes().to_vec(),
            _ => return None,
        };
        if little {
            bytes.reverse();
        }
        self.put_bytes(&bytes);
        Some(())
    }

    /// Writes a code point in UTF-8 (`exec.bmake.utf8`); `None` if the term is none.
    pub fn put_utf8(&mut self, value: &Term) -> Option<()> {
        let mut buffer = [0; 4];
        let text = code_point(value)?.encode_utf8(&mut buffer);
        self.put_bytes(text.as_bytes());
        Some(())
    }

    /// Writes a code point in UTF-16 (`exec.bmake.utf16`); `None` if the term is none.
    pub fn put_utf16(&mut self, value: &Term, little: bool) -> Option<()> {
        let mut buffer = [0; 2];
        for unit in code_point(value)?.encode_utf16(&mut buffer) {
            self.put_bytes(&if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
        }
        Some(())
    }

    /// Writes a code point in UTF-32 (`exec.bmake.utf32`); `None` if the term is none.
    pub fn put_utf32(&mut self, value: &Term, little: bool) -> Option<()> {
        let code = u32::from(code_point(value)?);
        self.put_bytes(&if little { code.to_le_bytes() } else { code.to_be_bytes() });
        Some(())
    }
}

/// The code point that an integer is: 0 to 16#10FFFF without the surrogates.
pub fn code_point(value: &Term) -> Option<char> {
    char::from_u32(u32::try_from(value.as_int()?).ok()?)
}

/// Reads a bitstring from a position on. Whoever reads something that is not there is told so by
/// `None`, and the position stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitReader {
    bits: Bits,
    position: usize,
}

impl BitReader {
    /// At the start of a bitstring.
    pub fn new(bits: Bits) -> BitReader {
        BitReader { bits, position: 0 }
    }

    /// The whole bitstring.
    pub fn bits(&self) -> &Bits {
        &self.bits
    }

    /// The position, in bits.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Moves to a position inside or at the end; `None` beyond.
    pub fn set_position(&mut self, position: usize) -> Option<()> {
        if position > self.bits.bit_length() {
            return None;
        }
        self.position = position;
        Some(())
    }

    /// How many bits are left.
    pub fn remaining(&self) -> usize {
        self.bits.bit_length() - self.position
    }

    /// The bits that are left; the position stays.
    pub fn tail(&self) -> Bits {
        Bits {
            bytes: Rc::clone(&self.bits.bytes),
            start: self.bits.start + self.position,
            length: self.remaining(),
        }
    }

    /// Moves on.
    pub fn skip(&mut self, size: usize) -> Option<()> {
        self.set_position(self.position.checked_add(size)?)
    }

    /// Reads a bitstring.
    pub fn read_bits(&mut self, size: usize) -> Option<Bits> {
        let part = self.bits.part(self.position, size)?;
        self.position += size;
        Some(part)
    }

    /// Reads the bits of another bitstring, if these come next.
    pub fn read_same(&mut self, expected: &Bits) -> Option<()> {
        let part = self.bits.part(self.position, expected.bit_length())?;
        if part != *expected {
            return None;
        }
        self.position += expected.bit_length();
        Some(())
    }

    /// Reads an integer, in two's complement if `signed`. Little-endian is laid out as
    /// [`BitWriter::put_integer`] tells.
    pub fn read_integer(&mut self, size: usize, signed: bool, little: bool) -> Option<Term> {
        let part = self.read_bits(size)?;
        let mut bytes = part.bytes().into_owned();
        let rest = size % 8;
        if rest == 0 {
            if little {
                bytes.reverse();
            }
        } else if little {
            // The bits of the last byte are the highest of the integer.
            if let Some(last) = bytes.last_mut() {
                *last >>= 8 - rest;
            }
            bytes.reverse();
        } else {
            bytes = shift_right(&bytes, 8 - rest);
        }
        // The highest byte has fewer bits than eight: copy the sign into the others.
        if signed && rest != 0 && bytes.first().is_some_and(|byte| byte & (1 << (rest - 1)) != 0) {
            bytes[0] |= 0xff << rest;
        }
        Some(integer::from_bytes(&bytes, signed))
    }

    /// Reads a finite float of 16, 32 or 64 bits.
    pub fn read_float(&mut self, size: usize, little: bool) -> Option<f64> {
        let part = self.bits.part(self.position, size)?;
        let mut bytes = part.bytes().into_owned();
        if little {
            bytes.reverse();
        }
        let value = match *bytes.as_slice() {
            [a, b] if size == 16 => float::from_half(u16::from_be_bytes([a, b]))?,
            [a, b, c, d] if size == 32 => f64::from(f32::from_be_bytes([a, b, c, d])),
            [a, b, c, d, e, f, g, h] if size == 64 => f64::from_be_bytes([a, b, c, d, e, f, g, h]),
            _ => return None,
        };
        let value = float::finite(value)?;
        self.position += size;
        Some(value)
    }

    /// Reads a code point in UTF-8: the shortest form only, and no surrogate.
    pub fn read_utf8(&mut self) -> Option<char> {
        let part = self.bits.part(self.position, self.remaining().min(32) / 8 * 8)?;
        let (char, length) = decode_utf8(&part.bytes())?;
        self.position += length * 8;
        Some(char)
    }

    /// Reads a code point in UTF-16.
    pub fn read_utf16(&mut self, little: bool) -> Option<char> {
        let part = self.bits.part(self.position, self.remaining().min(32) / 16 * 16)?;
        let unit = |pair: &[u8]| {
            let pair = [pair[0], pair[1]];
            if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
        };
        let units: Vec<u16> = part.bytes().chunks_exact(2).map(unit).collect();
        let char = char::decode_utf16(units).next()?.ok()?;
        self.position += char.len_utf16() * 16;
        Some(char)
    }

    /// Reads a code point in UTF-32.
    pub fn read_utf32(&mut self, little: bool) -> Option<char> {
        let part = self.bits.part(self.position, 32)?;
        let bytes: [u8; 4] = part.bytes().as_ref().try_into().ok()?;
        let code = if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
        let char = char::from_u32(code)?;
        self.position += 32;
        Some(char)
    }
}

/// Moves all bits of some bytes to the right by fewer than eight places.
fn shift_right(bytes: &[u8], places: usize) -> Vec<u8> {
    let mut carried = 0;
    bytes
        .iter()
        .map(|byte| {
            let shifted = (byte >> places) | carried;
            carried = byte << (8 - places);
            shifted
        })
        .collect()
}

/// The code point at the start of some bytes, and how many bytes it has.
pub fn decode_utf8(bytes: &[u8]) -> Option<(char, usize)> {
    let length = match *bytes.first()? {
        0..0x80 => 1,
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return None,
    };
    let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
    text.chars().next().map(|char| (char, length))
}

//! Natives that hash bytes: MD5, CRC-32 and Adler-32.

use super::PureTable;
use super::binaries::iodata;
use crate::core::Core;
use crate::exception::Exception;
use crate::op::bits;
use crate::term::Term;
use crate::term::bits::BitWriter;
use std::sync::LazyLock;

/// The natives of this theme.
pub(super) const TABLE: PureTable = &[
    ("erlang", "md5", 1, md5),
    ("erlang", "md5_init", 0, |core, _| Ok(core.heap().binary(&[]))),
    ("erlang", "md5_update", 2, md5_update),
    ("erlang", "md5_final", 1, md5),
    ("erlang", "crc32", 1, crc32),
    ("erlang", "crc32", 2, crc32_from),
    ("erlang", "crc32_combine", 3, crc32_combine),
    ("erlang", "adler32", 1, adler32),
    ("erlang", "adler32", 2, adler32_from),
    ("erlang", "adler32_combine", 3, adler32_combine),
];

fn md5(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let digest = digest(&iodata(core, args[0])?);
    Ok(core.heap().binary(&digest))
}

/// The context of `md5_init` and `md5_update` is all data so far, which grows in place.
fn md5_update(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let (context, data) = (iodata(core, args[0])?, iodata(core, args[1])?);
    core.fits(context.len() + data.len())?;
    let mut writer = BitWriter::new();
    match bits(args[0]) {
        Ok(bits) => writer.append(core.heap(), args[0], &bits),
        Err(_) => writer.put_bytes(&context),
    }
    writer.put_bytes(&data);
    Ok(writer.finish(core.heap()))
}

/// The MD5 digest of some bytes (RFC 1321).
fn digest(data: &[u8]) -> [u8; 16] {
    let mut state: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    let (blocks, rest) = data.as_chunks::<64>();
    blocks.iter().for_each(|block| digest_block(&mut state, block));
    // What is left, a bit, and at the end of a block how many bits there were.
    let mut end = [rest, &[0x80]].concat();
    end.resize((end.len() + 8).next_multiple_of(64) - 8, 0);
    end.extend((data.len() as u64).wrapping_mul(8).to_le_bytes());
    end.as_chunks::<64>().0.iter().for_each(|block| digest_block(&mut state, block));
    let mut digest = [0; 16];
    for (place, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *place = word.to_le_bytes();
    }
    digest
}

fn digest_block(state: &mut [u32; 4], block: &[u8; 64]) {
    const TURNS: [[u32; 4]; 4] =
        [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    static SINES: LazyLock<[u32; 64]> = LazyLock::new(|| std::array::from_fn(sine));
    let (words, _) = block.as_chunks::<4>();
    let [mut a, mut b, mut c, mut d] = *state;
    for (step, sine) in SINES.iter().enumerate() {
        let (function, word) = match step / 16 {
            0 => ((b & c) | (!b & d), step),
            1 => ((d & b) | (!d & c), (5 * step + 1) % 16),
            2 => (b ^ c ^ d, (3 * step + 5) % 16),
            _ => (c ^ (b | !d), (7 * step) % 16),
        };
        let sum = a
            .wrapping_add(function)
            .wrapping_add(*sine)
            .wrapping_add(u32::from_le_bytes(words[word]));
        let turned = sum.rotate_left(TURNS[step / 16][step % 4]);
        (a, d, c, b) = (d, c, b, b.wrapping_add(turned));
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d]) {
        *word = word.wrapping_add(add);
    }
}

/// The constant of a step: the sine of its number, from 1, times 2^32.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a step is below 64, a sine between 0 and 1"
)]
fn sine(step: usize) -> u32 {
    (((step + 1) as f64).sin().abs() * 4_294_967_296.0) as u32
}

/// The checksum to go on from.
fn checksum(term: Term) -> Result<u32, Exception> {
    term.as_small().and_then(|n| u32::try_from(n).ok()).ok_or_else(Exception::badarg)
}

fn sum(sum: u32) -> Result<Term, Exception> {
    Ok(Term::small(i64::from(sum)))
}

pub(super) fn crc32(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    sum(crc(0, &iodata(core, args[0])?))
}

fn crc32_from(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    sum(crc(checksum(args[0])?, &iodata(core, args[1])?))
}

/// What a byte does to the sum: eight steps, the lowest bit first.
const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ if crc & 1 == 0 { 0 } else { 0xedb8_8320 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

pub(super) fn crc(start: u32, data: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| (crc >> 8) ^ CRC[usize::from(crc.to_le_bytes()[0] ^ byte)];
    !data.iter().fold(!start, step)
}

/// The checksum of two pieces of data, from those of each and the length of the second: the first
/// moves on by that many zero bytes.
fn crc32_combine(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let [first, second, length] = [checksum(args[0])?, checksum(args[1])?, checksum(args[2])?];
    // Polynomials have the coefficient of x^0 in the highest bit. x^8 moves by one byte, its
    // square by two, and so on.
    let mut moved = first;
    let mut power = 0x0080_0000;
    for place in 0..32 {
        if (length >> place) & 1 == 1 {
            moved = times(moved, power);
        }
        power = times(power, power);
    }
    sum(moved ^ second)
}

/// The product of two polynomials modulo that of CRC-32.
fn times(a: u32, mut b: u32) -> u32 {
    let mut product = 0;
    for place in (0..32).rev() {
        if (a >> place) & 1 == 1 {
            product ^= b;
        }
        b = (b >> 1) ^ if b & 1 == 0 { 0 } else { 0xedb8_8320 };
    }
    product
}

fn adler32(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    sum(adler(1, &iodata(core, args[0])?))
}

fn adler32_from(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    sum(adler(checksum(args[0])?, &iodata(core, args[1])?))
}

/// What Adler-32 counts modulo.
const ADLER: u32 = 65521;

fn adler(start: u32, data: &[u8]) -> u32 {
    let (mut low, mut high) = (start & 0xffff, start >> 16);
    // So many bytes cannot make the sums larger than a word, even from the largest start.
    for piece in data.chunks(5000) {
        for byte in piece {
            low += u32::from(*byte);
            high += low;
        }
        (low, high) = (low % ADLER, high % ADLER);
    }
    (high << 16) | low
}

/// The checksum of two pieces of data, from those of each and the length of the second.
fn adler32_combine(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let [first, second, length] = [checksum(args[0])?, checksum(args[1])?, checksum(args[2])?];
    let low = |sum: u32| i64::from(sum & 0xffff);
    let high = |sum: u32| i64::from(sum >> 16);
    let modulus = i64::from(ADLER);
    // The second began with 1, and each of its bytes would have counted the first's low sum.
    let both = low(first) + low(second) - 1;
    let sums = high(first) + high(second) + i64::from(length) % modulus * (low(first) - 1);
    Ok(Term::small(sums.rem_euclid(modulus) << 16 | both.rem_euclid(modulus)))
}

//! Natives that hash bytes: MD5, CRC-32 and Adler-32.

use super::binaries::iodata;
use super::{Env, Exception, PureTable};
use crate::term::Term;

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("erlang", "md5", 1, md5),
    ("erlang", "md5_init", 0, |_, _| Ok(Term::binary([]))),
    ("erlang", "md5_update", 2, md5_update),
    ("erlang", "md5_final", 1, md5),
    ("erlang", "crc32", 1, crc32),
    ("erlang", "crc32", 2, crc32_from),
    ("erlang", "crc32_combine", 3, crc32_combine),
    ("erlang", "adler32", 1, adler32),
    ("erlang", "adler32", 2, adler32_from),
    ("erlang", "adler32_combine", 3, adler32_combine),
];

fn md5(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::binary(digest(&iodata(env, &args[0])?)))
}

/// The context of `md5_init` and `md5_update` is all data so far.
fn md5_update(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut data = iodata(env, &args[0])?;
    data.extend(iodata(env, &args[1])?);
    env.fits(data.len())?;
    Ok(Term::binary(data))
}

/// The MD5 digest of some bytes (RFC 1321).
fn digest(data: &[u8]) -> Vec<u8> {
    const TURNS: [[u32; 4]; 4] =
        [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut state: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if padded.len() < data.len() + 9 {
        padded.resize(padded.len() + 64, 0);
    }
    let end = padded.len() - 8;
    padded[end..].copy_from_slice(&((data.len() as u64).wrapping_mul(8)).to_le_bytes());
    for block in padded.as_chunks::<64>().0 {
        let (words, _) = block.as_chunks::<4>();
        let [mut a, mut b, mut c, mut d] = state;
        for step in 0..64 {
            let (function, word) = match step / 16 {
                0 => ((b & c) | (!b & d), step),
                1 => ((d & b) | (!d & c), (5 * step + 1) % 16),
                2 => (b ^ c ^ d, (3 * step + 5) % 16),
                _ => (c ^ (b | !d), (7 * step) % 16),
            };
            let sum = a
                .wrapping_add(function)
                .wrapping_add(sine(step))
                .wrapping_add(u32::from_le_bytes(words[word]));
            let turned = sum.rotate_left(TURNS[step / 16][step % 4]);
            (a, d, c, b) = (d, c, b, b.wrapping_add(turned));
        }
        for (word, add) in state.iter_mut().zip([a, b, c, d]) {
            *word = word.wrapping_add(add);
        }
    }
    state.iter().flat_map(|word| word.to_le_bytes()).collect()
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
fn checksum(term: &Term) -> Result<u32, Exception> {
    term.as_int().and_then(|n| u32::try_from(n).ok()).ok_or_else(Exception::badarg)
}

pub(super) fn crc32(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::Int(i64::from(crc(0, &iodata(env, &args[0])?))))
}

fn crc32_from(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::Int(i64::from(crc(checksum(&args[0])?, &iodata(env, &args[1])?))))
}

/// Bit by bit, the lowest first.
pub(super) fn crc(start: u32, data: &[u8]) -> u32 {
    let mut crc = !start;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 0 { 0 } else { 0xedb8_8320 };
        }
    }
    !crc
}

/// The checksum of two pieces of data, from those of each and the length of the second: the first
/// moves on by that many zero bytes.
fn crc32_combine(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let [first, second, length] = [checksum(&args[0])?, checksum(&args[1])?, checksum(&args[2])?];
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
    Ok(Term::Int(i64::from(moved ^ second)))
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

fn adler32(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(adler32_of(1, &iodata(env, &args[0])?))
}

fn adler32_from(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(adler32_of(checksum(&args[0])?, &iodata(env, &args[1])?))
}

fn adler32_of(start: u32, data: &[u8]) -> Term {
    let (mut low, mut high) = (start & 0xffff, start >> 16);
    for byte in data {
        low = (low + u32::from(*byte)) % 65521;
        high = (high + low) % 65521;
    }
    Term::Int(i64::from((high << 16) | low))
}

/// What Adler-32 counts modulo.
const ADLER: i64 = 65521;

/// The checksum of two pieces of data, from those of each and the length of the second.
fn adler32_combine(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let [first, second, length] = [checksum(&args[0])?, checksum(&args[1])?, checksum(&args[2])?];
    let low = |sum: u32| i64::from(sum & 0xffff);
    let high = |sum: u32| i64::from(sum >> 16);
    // The second began with 1, and each of its bytes would have counted the first's low sum.
    let both = low(first) + low(second) - 1;
    let sums = high(first) + high(second) + i64::from(length) % ADLER * (low(first) - 1);
    Ok(Term::Int(sums.rem_euclid(ADLER) << 16 | both.rem_euclid(ADLER)))
}

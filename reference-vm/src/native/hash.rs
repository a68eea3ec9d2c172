//! Natives that hash terms and bytes.

use super::binaries::iodata;
use super::{Env, Exception, PureTable};
use crate::term::{Atom, Bits, Fun, Term, integer};

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("erlang", "phash2", 1, phash2),
    ("erlang", "phash2", 2, phash2_range),
    ("erlang", "md5", 1, md5),
    ("erlang", "md5_init", 0, |_, _| Ok(Term::binary([]))),
    ("erlang", "md5_update", 2, md5_update),
    ("erlang", "md5_final", 1, md5),
    ("erlang", "crc32", 1, crc32),
    ("erlang", "crc32", 2, crc32_from),
    ("erlang", "adler32", 1, adler32),
    ("erlang", "adler32", 2, adler32_from),
];

fn phash2(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::Int(i64::from(portable_hash(&args[0]) & 0x07ff_ffff)))
}

/// A hash below a range of 1 to 2^32.
fn phash2_range(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let range = args[1].as_int().filter(|range| (1..=1 << 32).contains(range));
    let range = range.ok_or_else(Exception::badarg)?;
    Ok(Term::Int(i64::from(portable_hash(&args[0])) % range))
}

/// What each step of the hash adds: multiples of the golden ratio, a different one for each type.
const fn salt(factor: u32) -> u32 {
    0x9e37_79b9_u32.wrapping_mul(factor)
}

/// Mixes two numbers into a third, reversibly.
fn mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32, u32) {
    for [x, y, z] in [[13, 8, 13], [12, 16, 5], [3, 10, 15]] {
        a = a.wrapping_sub(b).wrapping_sub(c) ^ (c >> x);
        b = b.wrapping_sub(c).wrapping_sub(a) ^ (a << y);
        c = c.wrapping_sub(a).wrapping_sub(b) ^ (b >> z);
    }
    (a, b, c)
}

fn mix_in(hash: u32, first: u32, second: u32, salt: u32) -> u32 {
    mix(salt.wrapping_add(first), salt.wrapping_add(second), hash).2
}

/// What is still to be hashed.
enum Work<'a> {
    Term(&'a Term),
    /// A pair of a map is hashed, from zero.
    EndPair,
    /// All pairs are; what was hashed before the map is this, and the pairs of the map around it.
    EndMap(u32, u32),
}

/// The hash of a term that is the same on every machine and in every release. It reads a term
/// from left to right; the pairs of a map are hashed apart and joined whatever their order.
fn portable_hash(term: &Term) -> u32 {
    let mut hash = 0;
    let mut pairs = 0;
    let mut waiting = vec![Work::Term(term)];
    while let Some(work) = waiting.pop() {
        match work {
            Work::EndPair => {
                pairs ^= hash;
                hash = 0;
            }
            Work::EndMap(before, outer_pairs) => {
                hash = mix_in(before, pairs, 0, salt(19));
                pairs = outer_pairs;
            }
            Work::Term(Term::Map(map)) => {
                hash = mix_in(hash, count(map.len()), 0, salt(16));
                if !map.is_empty() {
                    waiting.push(Work::EndMap(hash, pairs));
                    for (key, value) in map.iter() {
                        waiting.extend([Work::EndPair, Work::Term(value), Work::Term(key)]);
                    }
                    (hash, pairs) = (0, 0);
                }
            }
            Work::Term(term) => hash = hash_step(hash, term, &mut waiting),
        }
    }
    hash
}

fn hash_step<'a>(hash: u32, term: &'a Term, waiting: &mut Vec<Work<'a>>) -> u32 {
    match term {
        Term::Int(small) => hash_integer(hash, *small),
        Term::Big(big) => {
            let salt = if integer::is_negative(term) { salt(10) } else { salt(11) };
            let digits = big.magnitude().to_u64_digits();
            digits.iter().fold(hash, |hash, digit| hash_digit(hash, *digit, salt))
        }
        // Both zeros have one hash.
        Term::Float(float) => {
            let bits = if *float == 0.0 { 0 } else { float.to_bits() };
            mix_in(hash, high(bits), low(bits), salt(12))
        }
        Term::Atom(atom) if hash == 0 => hash_atom(*atom),
        Term::Atom(atom) => mix_in(hash, hash_atom(*atom), 0, salt(3)),
        Term::Nil if hash == 0 => 3_468_870_702,
        Term::Nil => mix_in(hash, 2, 0, salt(2)),
        Term::Cons(_) => hash_list(hash, term, waiting),
        Term::Tuple(elements) => {
            waiting.extend(elements.iter().rev().map(Work::Term));
            mix_in(hash, count(elements.len()), 0, salt(9))
        }
        Term::Bits(bits) => hash_bits(hash, bits),
        Term::Fun(fun) => match &**fun {
            Fun::External { module, name, arity } => {
                let hash = mix_in(hash, u32::from(*arity), hash_atom(*module), salt(1));
                mix_in(hash, hash_atom(*name), 0, salt(14))
            }
            Fun::Local { module, index, unique, captured, .. } => {
                waiting.extend(captured.iter().rev().map(Work::Term));
                let hash = mix_in(hash, count(captured.len()), hash_atom(*module), salt(1));
                mix_in(hash, *index, *unique, salt(1))
            }
        },
        Term::Pid(pid) => mix_in(hash, pid.0, 0, salt(5)),
        Term::Ref(reference) => mix_in(hash, reference.number, reference.creator.0, salt(7)),
        // Hashed before this is called.
        Term::Map(_) => hash,
    }
}

/// Numbers of at most 28 bits are one word, larger ones two.
fn hash_integer(hash: u32, small: i64) -> u32 {
    if (-(1 << 27)..1 << 27).contains(&small) {
        let magnitude = low(small.unsigned_abs());
        let hash = if small < 0 { mix_in(hash, magnitude, 0, salt(1)) } else { hash };
        mix_in(hash, low(small.cast_unsigned()), 0, salt(1))
    } else {
        let salt = if small < 0 { salt(10) } else { salt(11) };
        hash_digit(hash, small.unsigned_abs(), salt)
    }
}

fn hash_digit(hash: u32, digit: u64, salt: u32) -> u32 {
    mix_in(hash, low(digit), high(digit), salt)
}

/// The bytes at the start of a list four by four, then the first element that is none and the
/// tail after it.
fn hash_list<'a>(mut hash: u32, list: &'a Term, waiting: &mut Vec<Work<'a>>) -> u32 {
    let mut four: Vec<u8> = Vec::new();
    let mut rest = list;
    while let Term::Cons(cons) = rest {
        let Some(byte) = cons.head.as_int().and_then(|code| u8::try_from(code).ok()) else { break };
        four.push(byte);
        if four.len() == 4 {
            hash = mix_in(hash, big_endian(&four), 0, salt(4));
            four.clear();
        }
        rest = &cons.tail;
    }
    if !four.is_empty() {
        hash = mix_in(hash, big_endian(&four), 0, salt(4));
    }
    match rest {
        Term::Cons(cons) => waiting.extend([Work::Term(&cons.tail), Work::Term(&cons.head)]),
        tail => waiting.push(Work::Term(tail)),
    }
    hash
}

fn hash_bits(hash: u32, bits: &Bits) -> u32 {
    let start = salt(13).wrapping_add(hash);
    if bits.is_empty() {
        return start;
    }
    let bytes = bits.bytes();
    let (whole, rest) = (bits.bit_length() / 8, bits.bit_length() % 8);
    let hash = hash_bytes(&bytes[..whole], start);
    if rest == 0 {
        return hash;
    }
    mix_in(hash, count(rest), u32::from(bytes[whole] >> (8 - rest)), salt(15))
}

/// Twelve bytes at a time; the length takes the lowest byte of the last block's third word.
fn hash_bytes(bytes: &[u8], start: u32) -> u32 {
    let (mut a, mut b, mut c) = (salt(1), salt(1), start);
    let (blocks, rest) = bytes.as_chunks::<12>();
    for block in blocks {
        let [x, y, z] = words(block);
        (a, b, c) = mix(a.wrapping_add(x), b.wrapping_add(y), c.wrapping_add(z));
    }
    let mut last = [0; 12];
    let (start, end) = rest.split_at(rest.len().min(8));
    last[..start.len()].copy_from_slice(start);
    last[9..9 + end.len()].copy_from_slice(end);
    let [x, y, z] = words(&last);
    c = c.wrapping_add(z).wrapping_add(count(bytes.len()));
    mix(a.wrapping_add(x), b.wrapping_add(y), c).2
}

fn words(block: &[u8; 12]) -> [u32; 3] {
    let (words, _) = block.as_chunks::<4>();
    [0, 1, 2].map(|index| u32::from_le_bytes(words[index]))
}

/// Four bits of each character are shifted in; what falls out at the top is folded back.
/// Characters of Latin-1 count as one, others as the bytes of their UTF-8.
fn hash_atom(atom: Atom) -> u32 {
    let mut hash: u32 = 0;
    let mut add = |unit: u8| {
        hash = (hash << 4).wrapping_add(u32::from(unit));
        let top = hash & 0xf000_0000;
        hash = (hash ^ (top >> 24)) ^ top;
    };
    for char in atom.text().chars() {
        match u8::try_from(char) {
            Ok(latin1) => add(latin1),
            Err(_) => char.encode_utf8(&mut [0; 4]).bytes().for_each(&mut add),
        }
    }
    hash
}

fn low(digit: u64) -> u32 {
    let [_, _, _, _, a, b, c, d] = digit.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

fn high(digit: u64) -> u32 {
    low(digit >> 32)
}

/// A count as the hash takes it: its low 32 bits.
fn count(count: usize) -> u32 {
    low(count as u64)
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |word, byte| (word << 8) | u32::from(*byte))
}

fn md5(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::binary(digest(&iodata(&args[0])?)))
}

/// The context of `md5_init` and `md5_update` is all data so far.
fn md5_update(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut data = iodata(&args[0])?;
    data.extend(iodata(&args[1])?);
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

fn crc32(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(crc32_of(0, &iodata(&args[0])?))
}

fn crc32_from(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(crc32_of(checksum(&args[0])?, &iodata(&args[1])?))
}

/// Bit by bit, the lowest first.
fn crc32_of(start: u32, data: &[u8]) -> Term {
    let mut crc = !start;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 0 { 0 } else { 0xedb8_8320 };
        }
    }
    Term::Int(i64::from(!crc))
}

fn adler32(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(adler32_of(1, &iodata(&args[0])?))
}

fn adler32_from(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(adler32_of(checksum(&args[0])?, &iodata(&args[1])?))
}

fn adler32_of(start: u32, data: &[u8]) -> Term {
    let (mut low, mut high) = (start & 0xffff, start >> 16);
    for byte in data {
        low = (low + u32::from(*byte)) % 65521;
        high = (high + low) % 65521;
    }
    Term::Int(i64::from((high << 16) | low))
}

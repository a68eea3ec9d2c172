//! Natives that hash terms: numbers that are the same on every machine and in every release.

use super::PureTable;
use crate::atom::Atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::term::bits::Bits;
use crate::term::{Boxed, Ref, Term, View};

/// The natives of this theme.
pub(super) const TABLE: PureTable = &[
    ("erlang", "phash2", 1, phash2),
    ("erlang", "phash2", 2, phash2_range),
    ("erlang", "phash", 2, phash),
];

fn phash2(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::small(i64::from(portable_hash(args[0]) & 0x07ff_ffff)))
}

/// A range from 1 to 2^32.
fn range(term: Term) -> Result<i64, Exception> {
    let range = term.as_small().filter(|range| (1..=1 << 32).contains(range));
    range.ok_or_else(Exception::badarg)
}

/// A hash below a range.
fn phash2_range(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let range = range(args[1])?;
    Ok(Term::small(i64::from(portable_hash(args[0])) % range))
}

/// The older hash, which `dict` and `sets` put their elements in order by: from 1 to a range.
fn phash(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let range = range(args[1])?;
    Ok(Term::small(1 + i64::from(older_hash(args[0])) % range))
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
enum Work {
    Term(Term),
    /// A pair of a map is hashed, from zero.
    EndPair,
    /// All pairs are; what was hashed before the map is this, and the pairs of the map around it.
    EndMap(u32, u32),
}

/// The hash of a term that is the same on every machine and in every release. It reads a term
/// from left to right; the pairs of a map are hashed apart and joined whatever their order.
fn portable_hash(term: Term) -> u32 {
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
            Work::Term(term) => match term.as_map() {
                Some(map) => {
                    hash = mix_in(hash, count(map.len()), 0, salt(16));
                    if !map.is_empty() {
                        waiting.push(Work::EndMap(hash, pairs));
                        for (key, value) in map.iter() {
                            waiting.extend([Work::EndPair, Work::Term(value), Work::Term(key)]);
                        }
                        (hash, pairs) = (0, 0);
                    }
                }
                None => hash = hash_step(hash, term, &mut waiting),
            },
        }
    }
    hash
}

fn hash_step(hash: u32, term: Term, waiting: &mut Vec<Work>) -> u32 {
    match term.view() {
        View::Small(small) => hash_integer(hash, small),
        View::Big(big) => {
            let (negative, digits) = digits(big);
            let salt = if negative { salt(10) } else { salt(11) };
            digits.iter().fold(hash, |hash, digit| hash_digit(hash, *digit, salt))
        }
        // Both zeros have one hash.
        View::Float(float) => {
            let bits = if float == 0.0 { 0 } else { float.to_bits() };
            mix_in(hash, high(bits), low(bits), salt(12))
        }
        View::Atom(atom) if hash == 0 => hash_atom(atom),
        View::Atom(atom) => mix_in(hash, hash_atom(atom), 0, salt(3)),
        View::Nil if hash == 0 => 3_468_870_702,
        View::Nil => mix_in(hash, 2, 0, salt(2)),
        View::Cons(..) => hash_list(hash, term, waiting),
        View::Tuple(elements) => {
            waiting.extend(elements.iter().rev().copied().map(Work::Term));
            mix_in(hash, count(elements.len()), 0, salt(9))
        }
        View::Bits(bits) => hash_bits(hash, &bits),
        View::External(module, name, arity) => {
            let hash = mix_in(hash, u32::from(arity), hash_atom(module), salt(1));
            mix_in(hash, hash_atom(name), 0, salt(14))
        }
        View::Fun(_) => {
            let Some((entry, captured)) = term.as_fun() else { return hash };
            waiting.extend(captured.iter().rev().copied().map(Work::Term));
            let hash = mix_in(hash, count(captured.len()), hash_atom(entry.module), salt(1));
            mix_in(hash, entry.index, entry.unique, salt(1))
        }
        View::Pid(pid) => mix_in(hash, pid.slot, pid.serial, salt(5)),
        View::Ref(Ref { creator, number }) => {
            let hash = mix_in(hash, low(number), creator.slot, salt(7));
            // What comes from later in a long life counts as well.
            match (high(number), creator.serial) {
                (0, 0) => hash,
                (high, serial) => mix_in(hash, high, serial, salt(7)),
            }
        }
        // Maps are hashed before this is called; nothing else is a term.
        View::Map(_) | View::Other => hash,
    }
}

/// Whether a large integer is below zero, and its magnitude, 64 bits a digit.
fn digits(big: Boxed<'_>) -> (bool, &[u64]) {
    match big.words() {
        [negative, digits @ ..] => (*negative == 1, digits),
        [] => (false, &[]),
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
fn hash_list(mut hash: u32, list: Term, waiting: &mut Vec<Work>) -> u32 {
    let (mut four, mut length) = (0, 0);
    let mut rest = list;
    while let Some((head, tail)) = rest.as_cons() {
        let Some(byte) = as_byte(head) else { break };
        (four, length) = (four << 8 | byte, length + 1);
        if length == 4 {
            hash = mix_in(hash, four, 0, salt(4));
            (four, length) = (0, 0);
        }
        rest = tail;
    }
    if length > 0 {
        hash = mix_in(hash, four, 0, salt(4));
    }
    match rest.as_cons() {
        Some((head, tail)) => waiting.extend([Work::Term(tail), Work::Term(head)]),
        None => waiting.push(Work::Term(rest)),
    }
    hash
}

/// The byte that an integer is.
fn as_byte(term: Term) -> Option<u32> {
    term.as_small().and_then(|code| u8::try_from(code).ok()).map(u32::from)
}

fn hash_bits(hash: u32, bits: &Bits<'_>) -> u32 {
    let start = salt(13).wrapping_add(hash);
    if bits.is_empty() {
        return start;
    }
    let bytes = bits.to_bytes();
    let (whole, rest) = (bits.length / 8, bits.length % 8);
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

/// The primes of the older hash, by their number from 1.
const PRIMES: [u32; 14] = [
    268_440_163,
    268_439_161,
    268_435_459,
    268_436_141,
    268_438_633,
    268_437_017,
    268_438_039,
    268_437_511,
    268_439_627,
    268_440_479,
    268_440_577,
    268_440_581,
    268_440_593,
    268_440_611,
];

/// What is still to be hashed the older way.
enum Older {
    Term(Term),
    /// The rest of a list after its first element.
    Tail(Term),
    /// A step at the end of a list or tuple.
    Step(u32, u32),
}

/// One step: multiply by a prime and add.
fn step(hash: u32, prime: usize, add: u32) -> u32 {
    hash.wrapping_mul(PRIMES[prime - 1]).wrapping_add(add)
}

fn older_hash(term: Term) -> u32 {
    let mut hash: u32 = 0;
    let mut waiting = vec![Older::Term(term)];
    while let Some(work) = waiting.pop() {
        match work {
            Older::Step(prime, add) => hash = step(hash, prime as usize, add),
            Older::Tail(tail) => {
                // The end of a list is marked by one more step.
                if !tail.is_cons() {
                    waiting.push(Older::Step(8, 0));
                }
                waiting.push(Older::Term(tail));
            }
            Older::Term(term) => hash = older_step(hash, term, &mut waiting),
        }
    }
    hash
}

fn older_step(hash: u32, term: Term, waiting: &mut Vec<Older>) -> u32 {
    match term.view() {
        View::Small(small) => older_integer(hash, small < 0, &[small.unsigned_abs()]),
        View::Big(big) => {
            let (negative, digits) = digits(big);
            older_integer(hash, negative, digits)
        }
        View::Float(float) => {
            let bits = if float == 0.0 { 0 } else { float.to_bits() };
            step(hash, 6, low(bits) ^ high(bits))
        }
        View::Atom(atom) => step(hash, 1, hash_atom(atom)),
        View::Nil => step(hash, 3, 1),
        View::Cons(head, tail) => match as_byte(head) {
            Some(byte) => {
                waiting.push(Older::Tail(tail));
                step(hash, 2, byte)
            }
            None => {
                waiting.extend([Older::Tail(tail), Older::Term(head)]);
                hash
            }
        },
        View::Tuple(elements) => {
            waiting.push(Older::Step(9, count(elements.len())));
            waiting.extend(elements.iter().rev().copied().map(Older::Term));
            hash
        }
        View::Map(_) => step(hash, 13, PRIMES[13]).wrapping_add(portable_hash(term)),
        View::Bits(bits) => {
            let (whole, rest) = (bits.length / 8, bits.length % 8);
            let bytes = bits.to_bytes();
            let mut hash =
                bytes[..whole].iter().fold(hash, |hash, byte| step(hash, 1, u32::from(*byte)));
            if rest > 0 {
                hash = step(step(hash, 1, u32::from(bytes[whole] >> (8 - rest))), 12, count(rest));
            }
            step(hash, 4, count(whole))
        }
        View::External(module, name, arity) => {
            let hash = step(hash, 11, u32::from(arity));
            step(step(hash, 1, hash_atom(module)), 1, hash_atom(name))
        }
        View::Fun(_) => {
            let Some((entry, captured)) = term.as_fun() else { return hash };
            waiting.extend(captured.iter().rev().copied().map(Older::Term));
            let hash = step(hash, 10, count(captured.len()));
            let hash = step(hash, 1, hash_atom(entry.module));
            step(step(hash, 2, entry.index), 2, entry.unique)
        }
        View::Pid(pid) => step(hash, 5, pid.slot.wrapping_add(pid.serial.rotate_left(16))),
        View::Ref(Ref { creator, number }) => {
            step(step(hash, 9, low(number) ^ high(number)), 10, creator.slot ^ creator.serial)
        }
        View::Other => hash,
    }
}

/// Four bytes at a time, the lowest first, up to the last four that are not all zero; then the
/// sign.
fn older_integer(hash: u32, negative: bool, digits: &[u64]) -> u32 {
    let mut bytes: Vec<u8> = digits.iter().flat_map(|digit| digit.to_le_bytes()).collect();
    let used = bytes.len() - bytes.iter().rev().take_while(|byte| **byte == 0).count();
    bytes.truncate(used.next_multiple_of(4).max(4));
    let hash = bytes.iter().fold(hash, |hash, byte| step(hash, 2, u32::from(*byte)));
    step(hash, if negative { 4 } else { 3 }, 0)
}

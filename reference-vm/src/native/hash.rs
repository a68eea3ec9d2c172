//! Natives that hash terms: numbers that are the same on every machine and in every release.

use super::{Env, Exception, PureTable};
use crate::term::{Atom, Bits, Fun, Term, integer};

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("erlang", "phash2", 1, phash2),
    ("erlang", "phash2", 2, phash2_range),
    ("erlang", "phash", 2, phash),
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

/// The older hash, which `dict` and `sets` put their elements in order by: from 1 to a range.
fn phash(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let range = args[1].as_int().filter(|range| (1..=1 << 32).contains(range));
    let range = range.ok_or_else(Exception::badarg)?;
    Ok(Term::Int(1 + i64::from(older_hash(&args[0])) % range))
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
enum Older<'a> {
    Term(&'a Term),
    /// The rest of a list after its first element.
    Tail(&'a Term),
    /// A step at the end of a list or tuple.
    Step(u32, u32),
}

/// One step: multiply by a prime and add.
fn step(hash: u32, prime: usize, add: u32) -> u32 {
    hash.wrapping_mul(PRIMES[prime - 1]).wrapping_add(add)
}

fn older_hash(term: &Term) -> u32 {
    let mut hash: u32 = 0;
    let mut waiting = vec![Older::Term(term)];
    while let Some(work) = waiting.pop() {
        match work {
            Older::Step(prime, add) => hash = step(hash, prime as usize, add),
            Older::Tail(tail) => {
                // The end of a list is marked by one more step.
                if !matches!(tail, Term::Cons(_)) {
                    waiting.push(Older::Step(8, 0));
                }
                waiting.push(Older::Term(tail));
            }
            Older::Term(term) => hash = older_step(hash, term, &mut waiting),
        }
    }
    hash
}

fn older_step<'a>(hash: u32, term: &'a Term, waiting: &mut Vec<Older<'a>>) -> u32 {
    match term {
        Term::Int(_) | Term::Big(_) => older_integer(hash, term),
        Term::Float(float) => {
            let bits = if *float == 0.0 { 0 } else { float.to_bits() };
            step(hash, 6, low(bits) ^ high(bits))
        }
        Term::Atom(atom) => step(hash, 1, hash_atom(*atom)),
        Term::Nil => step(hash, 3, 1),
        Term::Cons(cons) => match cons.head.as_int().and_then(|code| u8::try_from(code).ok()) {
            Some(byte) => {
                waiting.push(Older::Tail(&cons.tail));
                step(hash, 2, u32::from(byte))
            }
            None => {
                waiting.extend([Older::Tail(&cons.tail), Older::Term(&cons.head)]);
                hash
            }
        },
        Term::Tuple(elements) => {
            waiting.push(Older::Step(9, count(elements.len())));
            waiting.extend(elements.iter().rev().map(Older::Term));
            hash
        }
        Term::Map(_) => step(hash, 13, PRIMES[13]).wrapping_add(portable_hash(term)),
        Term::Bits(bits) => {
            let (whole, rest) = (bits.bit_length() / 8, bits.bit_length() % 8);
            let bytes = bits.bytes();
            let mut hash =
                bytes[..whole].iter().fold(hash, |hash, byte| step(hash, 1, u32::from(*byte)));
            if rest > 0 {
                hash = step(step(hash, 1, u32::from(bytes[whole] >> (8 - rest))), 12, count(rest));
            }
            step(hash, 4, count(whole))
        }
        Term::Fun(fun) => match &**fun {
            Fun::External { module, name, arity } => {
                let hash = step(hash, 11, u32::from(*arity));
                step(step(hash, 1, hash_atom(*module)), 1, hash_atom(*name))
            }
            Fun::Local { module, index, unique, captured, .. } => {
                waiting.extend(captured.iter().rev().map(Older::Term));
                let hash = step(step(hash, 10, count(captured.len())), 1, hash_atom(*module));
                step(step(hash, 2, *index), 2, *unique)
            }
        },
        Term::Pid(pid) => step(hash, 5, pid.0),
        Term::Ref(reference) => step(step(hash, 9, reference.number), 10, reference.creator.0),
    }
}

/// Four bytes at a time, the lowest first, up to the last four that are not all zero; then the
/// sign.
fn older_integer(hash: u32, term: &Term) -> u32 {
    let digits = integer::value(term).map(|value| value.magnitude().to_u32_digits());
    let digits = digits.filter(|digits| !digits.is_empty()).unwrap_or_else(|| vec![0]);
    let bytes = digits.iter().flat_map(|digit| digit.to_le_bytes());
    let hash = bytes.fold(hash, |hash, byte| step(hash, 2, u32::from(byte)));
    step(hash, if integer::is_negative(term) { 4 } else { 3 }, 0)
}

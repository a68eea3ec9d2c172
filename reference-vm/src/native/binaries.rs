//! Natives on binaries, bitstrings and lists of them.

use super::{Env, Exception, PureTable, proper};
use crate::op::{binary_part, bits, tuple};
use crate::term::{BitWriter, Bits, Term, integer};
use std::borrow::Cow;
use std::rc::Rc;

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("erlang", "iolist_size", 1, iolist_size),
    ("erlang", "iolist_to_binary", 1, iolist_to_binary),
    ("erlang", "iolist_to_iovec", 1, iolist_to_iovec),
    ("erlang", "list_to_binary", 1, list_to_binary),
    ("erlang", "list_to_bitstring", 1, list_to_bitstring),
    ("erlang", "binary_to_list", 1, binary_to_list),
    ("erlang", "binary_to_list", 3, binary_to_list_from),
    ("erlang", "bitstring_to_list", 1, bitstring_to_list),
    ("erlang", "split_binary", 2, split_binary),
    ("binary", "part", 2, part_slice),
    ("binary", "part", 3, part),
    ("binary", "at", 2, at),
    ("binary", "first", 1, first),
    ("binary", "last", 1, last),
    ("binary", "copy", 1, copy),
    ("binary", "copy", 2, copy),
    ("binary", "referenced_byte_size", 1, referenced_byte_size),
    ("binary", "list_to_bin", 1, list_to_binary),
    ("binary", "bin_to_list", 1, binary_to_list),
    ("binary", "bin_to_list", 2, bin_to_list),
    ("binary", "bin_to_list", 3, bin_to_list),
    ("binary", "encode_unsigned", 1, encode_unsigned),
    ("binary", "encode_unsigned", 2, encode_unsigned),
    ("binary", "decode_unsigned", 1, decode_unsigned),
    ("binary", "decode_unsigned", 2, decode_unsigned),
    ("binary", "longest_common_prefix", 1, longest_common_prefix),
    ("binary", "longest_common_suffix", 1, longest_common_suffix),
];

/// The bytes of a binary, or `badarg`.
pub(super) fn bytes(term: &Term) -> Result<Cow<'_, [u8]>, Exception> {
    bits(term)?.as_binary().ok_or_else(Exception::badarg)
}

fn bitstring(bits: Bits) -> Term {
    Term::Bits(Rc::new(bits))
}

/// One piece of a deep list.
enum Piece<'a> {
    Byte(u8),
    Bits(&'a Bits),
}

/// Goes through a deep list of bytes and bitstrings, whose tails may be bitstrings too. Without
/// `any_bits`, each of these must consist of whole bytes.
fn walk<'a>(
    list: &'a Term,
    any_bits: bool,
    mut visit: impl FnMut(Piece<'a>) -> Result<(), Exception>,
) -> Result<(), Exception> {
    let mut waiting = vec![list];
    while let Some(term) = waiting.pop() {
        match term {
            Term::Nil => {}
            Term::Bits(bits) if any_bits || bits.is_binary() => visit(Piece::Bits(bits))?,
            Term::Cons(cons) => {
                waiting.push(&cons.tail);
                match &cons.head {
                    Term::Int(byte) => {
                        visit(Piece::Byte(u8::try_from(*byte).map_err(|_| Exception::badarg())?))?;
                    }
                    other => waiting.push(other),
                }
            }
            _ => return Err(Exception::badarg()),
        }
    }
    Ok(())
}

/// How many bits a deep list spells: no more than a bitstring may have.
fn measured(env: &mut dyn Env, list: &Term, any_bits: bool) -> Result<usize, Exception> {
    let mut bits: usize = 0;
    walk(list, any_bits, |piece| {
        bits = bits.saturating_add(match piece {
            Piece::Byte(_) => 8,
            Piece::Bits(bits) => bits.bit_length(),
        });
        env.fits(bits.div_ceil(8))
    })?;
    Ok(bits)
}

/// What a deep list spells; it is measured first, so that what is too long is never made.
fn flattened(env: &mut dyn Env, list: &Term, any_bits: bool) -> Result<Bits, Exception> {
    measured(env, list, any_bits)?;
    let mut writer = BitWriter::new();
    walk(list, any_bits, |piece| {
        match piece {
            Piece::Byte(byte) => writer.put_bytes(&[byte]),
            Piece::Bits(bits) => writer.put(bits),
        }
        Ok(())
    })?;
    Ok(writer.finish())
}

/// The bytes of an iolist or a binary.
pub(super) fn iodata(env: &mut dyn Env, term: &Term) -> Result<Vec<u8>, Exception> {
    Ok(flattened(env, term, false)?.bytes().into_owned())
}

fn iolist_size(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(integer::from_usize(measured(env, &args[0], false)? / 8))
}

fn iolist_to_binary(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    match &args[0] {
        Term::Bits(bits) if bits.is_binary() => Ok(args[0].clone()),
        list => Ok(bitstring(flattened(env, list, false)?)),
    }
}

fn iolist_to_iovec(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let whole = flattened(env, &args[0], false)?;
    Ok(if whole.is_empty() { Term::Nil } else { Term::list([bitstring(whole)]) })
}

fn list_to_binary(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    match &args[0] {
        Term::Bits(_) => Err(Exception::badarg()),
        list => Ok(bitstring(flattened(env, list, false)?)),
    }
}

fn list_to_bitstring(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    match &args[0] {
        Term::Bits(_) => Err(Exception::badarg()),
        list => Ok(bitstring(flattened(env, list, true)?)),
    }
}

fn byte_terms(bytes: &[u8]) -> Vec<Term> {
    bytes.iter().map(|byte| Term::Int(i64::from(*byte))).collect()
}

fn binary_to_list(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::list(byte_terms(&bytes(&args[0])?)))
}

/// `binary_to_list(Binary, First, Last)`, both counted from 1.
fn binary_to_list_from(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let bytes = bytes(&args[0])?;
    let range = integer::to_usize(&args[1]).zip(integer::to_usize(&args[2]));
    let part = range.filter(|(first, last)| 0 < *first && first <= last);
    let part = part.and_then(|(first, last)| bytes.get(first - 1..last));
    part.map(|part| Term::list(byte_terms(part))).ok_or_else(Exception::badarg)
}

/// `binary:bin_to_list` of a part.
fn bin_to_list(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    bytes(&args[0])?;
    let part = sliced(args)?;
    Ok(Term::list(byte_terms(&bytes(&part)?)))
}

/// The bits after the whole bytes are the last element, as a bitstring.
fn bitstring_to_list(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let bits = bits(&args[0])?;
    let whole = bits.bit_length() / 8;
    let tail = match bits.part(whole * 8, bits.bit_length() % 8) {
        Some(rest) if !rest.is_empty() => Term::list([bitstring(rest)]),
        _ => Term::Nil,
    };
    Ok(Term::list_onto(byte_terms(&bits.bytes()[..whole]), tail))
}

fn split_binary(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let bits = bits(&args[0])?;
    let start = integer::to_usize(&args[1]).and_then(|count| count.checked_mul(8));
    let halves = start.and_then(|start| {
        let left = bits.part(0, start)?;
        Some((left, bits.part(start, bits.bit_length() - start)?))
    });
    let (left, right) = halves.ok_or_else(Exception::badarg)?;
    Ok(Term::tuple([bitstring(left), bitstring(right)]))
}

/// The part that `(Binary, {Start, Length})` or `(Binary, Start, Length)` names.
fn sliced(args: &[Term]) -> Result<Term, Exception> {
    match args {
        [binary, start, length] => binary_part(binary, start, length),
        [binary, slice] => match tuple(slice)? {
            [start, length] => binary_part(binary, start, length),
            _ => Err(Exception::badarg()),
        },
        _ => Err(Exception::badarg()),
    }
}

fn part_slice(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    sliced(args)
}

fn part(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    sliced(args)
}

fn byte_at(bytes: &[u8], index: Option<usize>) -> Result<Term, Exception> {
    let byte = index.and_then(|index| bytes.get(index));
    byte.map(|byte| Term::Int(i64::from(*byte))).ok_or_else(Exception::badarg)
}

fn at(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    byte_at(&bytes(&args[0])?, integer::to_usize(&args[1]))
}

fn first(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    byte_at(&bytes(&args[0])?, Some(0))
}

fn last(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let bytes = bytes(&args[0])?;
    byte_at(&bytes, bytes.len().checked_sub(1))
}

fn copy(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let bytes = bytes(&args[0])?;
    let count = args.get(1).map_or(Some(1), integer::to_usize).ok_or_else(Exception::badarg)?;
    env.fits(bytes.len().saturating_mul(count))?;
    Ok(Term::binary(bytes.repeat(count)))
}

/// What a binary keeps alive; a machine that shares bytes may answer more than its size.
fn referenced_byte_size(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(integer::from_usize(bytes(&args[0])?.len()))
}

/// Whether the endianness that an argument names is little; big if there is none.
fn is_little(arg: Option<&Term>) -> Result<bool, Exception> {
    match arg {
        None => Ok(false),
        Some(arg) if arg.is_atom("big") => Ok(false),
        Some(arg) if arg.is_atom("little") => Ok(true),
        _ => Err(Exception::badarg()),
    }
}

fn encode_unsigned(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let little = is_little(args.get(1))?;
    let value = integer::value(&args[0]).filter(|_| !integer::is_negative(&args[0]));
    let (_, mut bytes) = value.ok_or_else(Exception::badarg)?.to_bytes_be();
    if little {
        bytes.reverse();
    }
    env.fits(bytes.len())?;
    Ok(Term::binary(bytes))
}

fn decode_unsigned(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let little = is_little(args.get(1))?;
    let mut bytes = bytes(&args[0])?.into_owned();
    if little {
        bytes.reverse();
    }
    let value = integer::from_bytes(&bytes, false);
    let fits = integer::bits(&value) <= env.integer_bits();
    if fits { Ok(value) } else { Err(Exception::system_limit()) }
}

/// How many bytes at the start all binaries of a list share, each read by `order`.
fn longest_common(list: &Term, order: fn(Vec<u8>) -> Vec<u8>) -> Result<Term, Exception> {
    let mut common: Option<Vec<u8>> = None;
    for term in proper(list)? {
        let other = order(bytes(&term)?.into_owned());
        common = Some(match common {
            None => other,
            Some(mut common) => {
                let same = common.iter().zip(&other).take_while(|(a, b)| a == b).count();
                common.truncate(same);
                common
            }
        });
    }
    common.map(|common| integer::from_usize(common.len())).ok_or_else(Exception::badarg)
}

fn longest_common_prefix(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    longest_common(&args[0], |bytes| bytes)
}

fn longest_common_suffix(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    longest_common(&args[0], |mut bytes| {
        bytes.reverse();
        bytes
    })
}

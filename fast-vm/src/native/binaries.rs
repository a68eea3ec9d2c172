//! Natives on binaries, bitstrings and lists of them.

use super::{PureTable, proper};
use crate::core::Core;
use crate::exception::Exception;
use crate::heap::Heap;
use crate::op::{binary_part, bits, tuple};
use crate::term::bits::{BitWriter, Bits};
use crate::term::{Term, View, integer};
use dashu_int::{IBig, UBig};
use std::borrow::Cow;

/// The natives of this theme.
pub(super) const TABLE: PureTable = &[
    ("erlang", "iolist_size", 1, iolist_size),
    ("erlang", "iolist_to_binary", 1, iolist_to_binary),
    ("erlang", "iolist_to_iovec", 1, iolist_to_iovec),
    ("erlang", "list_to_binary", 1, list_to_binary),
    ("erlang", "list_to_bitstring", 1, list_to_bitstring),
    ("erlang", "binary_to_list", 1, binary_to_list),
    ("erlang", "binary_to_list", 3, binary_to_list_from),
    ("erlang", "bitstring_to_list", 1, bitstring_to_list),
    ("erlang", "split_binary", 2, split_binary),
    ("binary", "part", 2, part),
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
pub(super) fn bytes<'h>(term: Term) -> Result<Cow<'h, [u8]>, Exception> {
    bits(term)?.as_binary().ok_or_else(Exception::badarg)
}

/// One piece of a deep list.
enum Piece {
    Byte(u8),
    Bits(Bits<'static>),
}

/// Goes through a deep list of bytes and bitstrings, whose tails may be bitstrings too. Without
/// `any_bits`, each of these must consist of whole bytes.
fn walk(
    list: Term,
    any_bits: bool,
    mut visit: impl FnMut(Piece) -> Result<(), Exception>,
) -> Result<(), Exception> {
    let mut waiting = vec![list];
    while let Some(mut term) = waiting.pop() {
        while let Some((head, tail)) = term.as_cons() {
            match head.as_small() {
                Some(byte) => {
                    visit(Piece::Byte(u8::try_from(byte).map_err(|_| Exception::badarg())?))?;
                    term = tail;
                }
                None => {
                    waiting.push(tail);
                    term = head;
                }
            }
        }
        match term.view() {
            View::Nil => {}
            View::Bits(bits) if any_bits || bits.is_binary() => visit(Piece::Bits(bits))?,
            _ => return Err(Exception::badarg()),
        }
    }
    Ok(())
}

/// How many bits a deep list spells: no more than a bitstring may have.
fn measured(core: &Core, list: Term, any_bits: bool) -> Result<usize, Exception> {
    let most = core.bytes_max();
    let mut bits: usize = 0;
    walk(list, any_bits, |piece| {
        bits = bits.saturating_add(match piece {
            Piece::Byte(_) => 8,
            Piece::Bits(bits) => bits.length,
        });
        if bits.div_ceil(8) <= most { Ok(()) } else { Err(Exception::system_limit()) }
    })?;
    Ok(bits)
}

/// Writes what a deep list spells; it is measured first, so that what is too long is never made.
fn flatten(core: &Core, list: Term, any_bits: bool) -> Result<BitWriter, Exception> {
    let mut writer = BitWriter::new();
    writer.reserve(measured(core, list, any_bits)?);
    walk(list, any_bits, |piece| {
        match piece {
            Piece::Byte(byte) => writer.put_byte(byte),
            Piece::Bits(bits) => writer.put(&bits),
        }
        Ok(())
    })?;
    Ok(writer)
}

/// The bitstring that a deep list spells.
fn flattened(core: &mut Core, list: Term, any_bits: bool) -> Result<Term, Exception> {
    Ok(flatten(core, list, any_bits)?.finish(core.heap()))
}

/// The bytes of an iolist or a binary.
pub(super) fn iodata<'h>(core: &Core, term: Term) -> Result<Cow<'h, [u8]>, Exception> {
    if term.as_bits().is_some() {
        let bytes = bytes(term)?;
        core.fits(bytes.len())?;
        return Ok(bytes);
    }
    Ok(Cow::Owned(flatten(core, term, false)?.into_bytes()))
}

fn iolist_size(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bits = measured(core, args[0], false)?;
    Ok(integer::from_usize(core.heap(), bits / 8))
}

fn iolist_to_binary(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    match args[0].as_bits() {
        Some(bits) if bits.is_binary() => Ok(args[0]),
        _ => flattened(core, args[0], false),
    }
}

fn iolist_to_iovec(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let whole = iolist_to_binary(core, args)?;
    core.fits(bits(whole)?.byte_length())?;
    Ok(if bits(whole)?.is_empty() { Term::NIL } else { core.heap().list([whole]) })
}

fn list_to_binary(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    match args[0].as_bits() {
        Some(_) => Err(Exception::badarg()),
        None => flattened(core, args[0], false),
    }
}

fn list_to_bitstring(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    match args[0].as_bits() {
        Some(_) => Err(Exception::badarg()),
        None => flattened(core, args[0], true),
    }
}

/// The list of some bytes.
pub(super) fn byte_list(heap: &mut Heap, bytes: &[u8], tail: Term) -> Term {
    heap.list_onto(bytes.iter().map(|byte| Term::small(i64::from(*byte))), tail)
}

fn binary_to_list(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bytes = bytes(args[0])?;
    Ok(byte_list(core.heap(), &bytes, Term::NIL))
}

/// `binary_to_list(Binary, First, Last)`, both counted from 1.
fn binary_to_list_from(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bytes = bytes(args[0])?;
    let range = integer::to_usize(args[1]).zip(integer::to_usize(args[2]));
    let range = range.filter(|(first, last)| 0 < *first && first <= last);
    let part = range.and_then(|(first, last)| bytes.get(first - 1..last));
    let part = part.ok_or_else(Exception::badarg)?;
    Ok(byte_list(core.heap(), part, Term::NIL))
}

/// `binary:bin_to_list` of a part.
fn bin_to_list(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    bytes(args[0])?;
    let part = part(core, args)?;
    binary_to_list(core, &[part])
}

/// The bits after the whole bytes are the last element, as a bitstring.
fn bitstring_to_list(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bits = bits(args[0])?;
    let (whole, rest) = (bits.length / 8, bits.length % 8);
    let tail = match core.heap().part(args[0], whole * 8, rest) {
        Some(bits) if rest > 0 => core.heap().list([bits]),
        _ => Term::NIL,
    };
    Ok(byte_list(core.heap(), &bits.to_bytes()[..whole], tail))
}

fn split_binary(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bits = bits(args[0])?;
    let start = integer::to_usize(args[1]).and_then(|count| count.checked_mul(8));
    let start = start.filter(|start| *start <= bits.length).ok_or_else(Exception::badarg)?;
    let left = core.heap().part(args[0], 0, start);
    let right = core.heap().part(args[0], start, bits.length - start);
    let (left, right) = left.zip(right).ok_or_else(Exception::badarg)?;
    Ok(core.heap().tuple(&[left, right]))
}

/// The part that `(Binary, {Start, Length})` or `(Binary, Start, Length)` names.
fn part(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let (start, length) = match args[1..] {
        [start, length] => (start, length),
        [slice] => match *tuple(slice)? {
            [start, length] => (start, length),
            _ => return Err(Exception::badarg()),
        },
        _ => return Err(Exception::badarg()),
    };
    binary_part(core.heap(), args[0], start, length)
}

fn byte_at(bytes: &[u8], index: Option<usize>) -> Result<Term, Exception> {
    let byte = index.and_then(|index| bytes.get(index));
    byte.map(|byte| Term::small(i64::from(*byte))).ok_or_else(Exception::badarg)
}

fn at(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    byte_at(&bytes(args[0])?, integer::to_usize(args[1]))
}

fn first(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    byte_at(&bytes(args[0])?, Some(0))
}

fn last(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bytes = bytes(args[0])?;
    byte_at(&bytes, bytes.len().checked_sub(1))
}

fn copy(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bytes = bytes(args[0])?;
    let times = args
        .get(1)
        .map_or(Some(1), |times| integer::to_usize(*times))
        .ok_or_else(Exception::badarg)?;
    core.fits(bytes.len().saturating_mul(times))?;
    Ok(core.heap().binary(&bytes.repeat(times)))
}

/// What a binary keeps alive; a machine that shares bytes may answer more than its size.
fn referenced_byte_size(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bytes = bytes(args[0])?.len();
    Ok(integer::from_usize(core.heap(), bytes))
}

/// Whether the endianness that an argument names is little; big if there is none.
fn is_little(arg: Option<&Term>) -> Result<bool, Exception> {
    match arg.map(|arg| arg.as_atom().map(|atom| atom.text())) {
        None | Some(Some("big")) => Ok(false),
        Some(Some("little")) => Ok(true),
        _ => Err(Exception::badarg()),
    }
}

fn encode_unsigned(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let little = is_little(args.get(1))?;
    let value = integer::get(args[0]).and_then(|value| UBig::try_from(value).ok());
    let mut bytes = value.ok_or_else(Exception::badarg)?.to_le_bytes().into_vec();
    if bytes.is_empty() {
        bytes.push(0);
    }
    if !little {
        bytes.reverse();
    }
    core.fits(bytes.len())?;
    Ok(core.heap().binary(&bytes))
}

fn decode_unsigned(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let little = is_little(args.get(1))?;
    let bytes = bytes(args[0])?;
    let value = if little { UBig::from_le_bytes(&bytes) } else { UBig::from_be_bytes(&bytes) };
    let value = integer::make(core.heap(), &IBig::from(value));
    let fits = integer::bits(value) <= core.integer_bits();
    if fits { Ok(value) } else { Err(Exception::system_limit()) }
}

/// How many bytes at the start, or at the end, all binaries of a list share.
fn longest_common(core: &mut Core, list: Term, at_end: bool) -> Result<Term, Exception> {
    let binaries: Vec<_> = proper(list)?.into_iter().map(bytes).collect::<Result<_, _>>()?;
    let (first, others) = binaries.split_first().ok_or_else(Exception::badarg)?;
    let mut length = first.len();
    for other in others {
        let same = |(a, b): &(&u8, &u8)| a == b;
        let alike = if at_end {
            first.iter().rev().zip(other.iter().rev()).take_while(same).count()
        } else {
            first.iter().zip(other.iter()).take_while(same).count()
        };
        length = length.min(alike);
    }
    Ok(integer::from_usize(core.heap(), length))
}

fn longest_common_prefix(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    longest_common(core, args[0], false)
}

fn longest_common_suffix(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    longest_common(core, args[0], true)
}

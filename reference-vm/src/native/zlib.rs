//! Natives of the module `zlib` that compress at once.
//!
//! The compressed bytes are this library's; only what they expand to is the same everywhere.

use super::binaries::iodata;
use super::checksum::crc;
use super::{Env, Exception, PureTable};
use crate::term::Term;
use miniz_oxide::{deflate, inflate};

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("zlib", "compress", 1, |env, args| {
        packed(env, args, |data| deflate::compress_to_vec_zlib(data, LEVEL))
    }),
    ("zlib", "uncompress", 1, |env, args| {
        unpacked(env, args, |data, most| {
            expanded(inflate::decompress_to_vec_zlib_with_limit(data, most))
        })
    }),
    ("zlib", "zip", 1, |env, args| packed(env, args, |data| deflate::compress_to_vec(data, LEVEL))),
    ("zlib", "unzip", 1, |env, args| unpacked(env, args, raw)),
    ("zlib", "gzip", 1, |env, args| packed(env, args, gzip)),
    ("zlib", "gunzip", 1, |env, args| unpacked(env, args, gunzip)),
    ("zlib", "crc32", 1, super::checksum::crc32),
];

/// How much trouble to take, up to 10.
const LEVEL: u8 = 6;

/// Why data cannot be expanded.
enum Trouble {
    /// It is not compressed data.
    Data,
    /// It stands for more than a bitstring may have (`lim.heap.bitstring`).
    Size,
}

fn packed(env: &mut dyn Env, args: &[Term], pack: fn(&[u8]) -> Vec<u8>) -> Result<Term, Exception> {
    let data = pack(&iodata(env, &args[0])?);
    env.fits(data.len())?;
    Ok(Term::binary(data))
}

/// Expands data to at most as many bytes as a bitstring may have.
fn unpacked(
    env: &mut dyn Env,
    args: &[Term],
    unpack: fn(&[u8], usize) -> Result<Vec<u8>, Trouble>,
) -> Result<Term, Exception> {
    let packed = iodata(env, &args[0])?;
    match unpack(&packed, env.bytes_max()) {
        Ok(data) => Ok(Term::binary(data)),
        Err(Trouble::Data) => Err(Exception::error("data_error")),
        Err(Trouble::Size) => Err(env.too_long()),
    }
}

fn expanded(data: Result<Vec<u8>, inflate::DecompressError>) -> Result<Vec<u8>, Trouble> {
    data.map_err(|error| match error.status {
        inflate::TINFLStatus::HasMoreOutput => Trouble::Size,
        _ => Trouble::Data,
    })
}

fn raw(data: &[u8], most: usize) -> Result<Vec<u8>, Trouble> {
    expanded(inflate::decompress_to_vec_with_limit(data, most))
}

/// RFC 1952: a header without options, the data, its checksum and its length.
fn gzip(data: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    packed.extend(deflate::compress_to_vec(data, LEVEL));
    packed.extend(crc(0, data).to_le_bytes());
    packed.extend(length(data).to_le_bytes());
    packed
}

/// The length modulo 2^32; natives make no data that long.
fn length(data: &[u8]) -> u32 {
    u32::try_from(data.len()).unwrap_or(u32::MAX)
}

fn gunzip(packed: &[u8], most: usize) -> Result<Vec<u8>, Trouble> {
    let (body, trailer) = gzip_parts(packed).ok_or(Trouble::Data)?;
    let data = raw(body, most)?;
    let expected = [crc(0, &data).to_le_bytes(), length(&data).to_le_bytes()].concat();
    if trailer == expected { Ok(data) } else { Err(Trouble::Data) }
}

/// The compressed data of a file, and its checksum and length.
fn gzip_parts(packed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (header, rest) = packed.split_at_checked(10)?;
    if header[..3] != [0x1f, 0x8b, 8] {
        return None;
    }
    let rest = after_options(header[3], rest)?;
    rest.split_at_checked(rest.len().checked_sub(8)?)
}

/// What follows the optional parts of a header: extra bytes, a name, a comment, a checksum.
fn after_options(flags: u8, mut rest: &[u8]) -> Option<&[u8]> {
    let has = |flag: u8| flags & flag != 0;
    if has(4) {
        let (count, after) = rest.split_first_chunk()?;
        rest = after.get(usize::from(u16::from_le_bytes(*count))..)?;
    }
    for flag in [8, 16] {
        if has(flag) {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if has(2) { rest.get(2..) } else { Some(rest) }
}

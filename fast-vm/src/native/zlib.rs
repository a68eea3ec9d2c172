//! Natives of the module `zlib` that compress at once.
//!
//! The compressed bytes are this library's; only what they expand to is the same everywhere.

use super::PureTable;
use super::binaries::{BYTES_MAX, iodata};
use super::checksum::crc;
use crate::atom::Atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::term::Term;
use miniz_oxide::{deflate, inflate};

/// The natives of this theme.
pub(super) const TABLE: PureTable = &[
    ("zlib", "compress", 1, |core, args| {
        packed(core, args, |data| deflate::compress_to_vec_zlib(data, LEVEL))
    }),
    ("zlib", "uncompress", 1, |core, args| {
        unpacked(core, args, |data| {
            inflate::decompress_to_vec_zlib_with_limit(data, BYTES_MAX).ok()
        })
    }),
    ("zlib", "zip", 1, |core, args| {
        packed(core, args, |data| deflate::compress_to_vec(data, LEVEL))
    }),
    ("zlib", "unzip", 1, |core, args| unpacked(core, args, raw)),
    ("zlib", "gzip", 1, |core, args| packed(core, args, gzip)),
    ("zlib", "gunzip", 1, |core, args| unpacked(core, args, gunzip)),
    ("zlib", "crc32", 1, super::checksum::crc32),
];

/// How much trouble to take, up to 10.
const LEVEL: u8 = 6;

fn packed(core: &mut Core, args: &[Term], pack: fn(&[u8]) -> Vec<u8>) -> Result<Term, Exception> {
    let data = pack(&iodata(args[0])?);
    Ok(core.heap().binary(&data))
}

fn unpacked(
    core: &mut Core,
    args: &[Term],
    unpack: fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<Term, Exception> {
    match unpack(&iodata(args[0])?) {
        Some(data) => Ok(core.heap().binary(&data)),
        None => Err(Exception::error(Atom::new("data_error"))),
    }
}

fn raw(data: &[u8]) -> Option<Vec<u8>> {
    inflate::decompress_to_vec_with_limit(data, BYTES_MAX).ok()
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

fn gunzip(packed: &[u8]) -> Option<Vec<u8>> {
    let (header, rest) = packed.split_at_checked(10)?;
    if header[..3] != [0x1f, 0x8b, 8] {
        return None;
    }
    let rest = after_options(header[3], rest)?;
    let (data, trailer) = rest.split_at_checked(rest.len().checked_sub(8)?)?;
    let data = raw(data)?;
    let expected = [crc(0, &data).to_le_bytes(), length(&data).to_le_bytes()].concat();
    (trailer == expected).then_some(data)
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

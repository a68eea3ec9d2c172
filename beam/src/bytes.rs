//! A cursor over the bytes of one chunk, and the streams that must be unpacked first.
//!
//! Owns the rule that nothing is allocated on the word of a count: every count is compared with
//! the bytes that are left.

use crate::error::{Code, Result, TranslateError};
use miniz_oxide::inflate;

/// The most bytes that a whole file, or the literals of one, may unpack to.
pub(crate) const UNPACKED_MAX: usize = 64 << 20;

/// A position in the bytes of a chunk.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    chunk: &'static str,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], chunk: &'static str) -> Cursor<'a> {
        Cursor { bytes, at: 0, chunk }
    }

    /// The same bytes from another offset on, which must not be beyond their end.
    pub(crate) fn from(bytes: &'a [u8], chunk: &'static str, at: usize) -> Cursor<'a> {
        Cursor { bytes, at: at.min(bytes.len()), chunk }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.left() == 0
    }

    pub(crate) fn fail<T>(&self, code: Code, detail: impl Into<Box<str>>) -> Result<T> {
        Err(TranslateError::new(code, self.chunk, self.at, detail))
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        if count > self.left() {
            let code = if self.chunk.is_empty() { Code::FileEnd } else { Code::ChunkEnd };
            let left = self.left();
            return self.fail(code, format!("{count} bytes are wanted here and {left} are left"));
        }
        let bytes = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(bytes)
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        let bytes = &self.bytes[self.at..];
        self.at = self.bytes.len();
        bytes
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    pub(crate) fn u16(&mut self) -> Result<u16> {
        self.take(2).map(|b| u16::from_be_bytes([b[0], b[1]]))
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        self.take(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    }

    /// A count of things that take at least `each` bytes.
    pub(crate) fn count(&mut self, each: usize) -> Result<usize> {
        let before = self.at;
        let count = self.u32()?;
        self.promised(u64::from(count), each)
            .map_err(|error| TranslateError { offset: before, ..error })
    }

    /// Checks a count that was read in another way.
    pub(crate) fn promised(&self, count: u64, each: usize) -> Result<usize> {
        match usize::try_from(count) {
            Ok(count) if count <= self.left() / each => Ok(count),
            _ => {
                let left = self.left();
                self.fail(Code::CountExcess, format!("{count} things are promised in {left} bytes"))
            }
        }
    }
}

/// Unpacks a zlib stream that declares its size.
pub(crate) fn unzip(bytes: &[u8], size: usize, chunk: &'static str) -> Result<Vec<u8>> {
    if size > UNPACKED_MAX {
        let detail = format!("{size} bytes are declared, at most {UNPACKED_MAX} are accepted");
        return Err(TranslateError::new(Code::StreamLimit, chunk, 0, detail));
    }
    let unpacked = inflate::decompress_to_vec_zlib_with_limit(bytes, size)
        .map_err(|error| stream_error(error.status, size, chunk))?;
    if unpacked.len() != size {
        let detail = format!("{size} bytes are declared, {} came out", unpacked.len());
        return Err(TranslateError::new(Code::StreamData, chunk, 0, detail));
    }
    Ok(unpacked)
}

/// Whether the bytes begin as a gzip file does.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The first bytes of what a gzip file holds, as far as they can be had.
pub(crate) fn gunzip_prefix(bytes: &[u8], size: usize) -> Vec<u8> {
    let Ok(deflated) = gzip_body(bytes) else { return Vec::new() };
    match inflate::decompress_to_vec_with_limit(deflated, size) {
        Ok(unpacked) => unpacked,
        Err(error) => error.output,
    }
}

/// Unpacks a gzip file of one member.
pub(crate) fn gunzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let body = gzip_body(bytes)?;
    let Some(end) = body.len().checked_sub(8) else {
        return Err(TranslateError::new(
            Code::FileEnd,
            "",
            bytes.len(),
            "the gzip file ends early",
        ));
    };
    let unpacked = inflate::decompress_to_vec_with_limit(&body[..end], UNPACKED_MAX)
        .map_err(|error| stream_error(error.status, UNPACKED_MAX, ""))?;
    let word = |at: usize| u32::from_le_bytes([body[at], body[at + 1], body[at + 2], body[at + 3]]);
    let size = unpacked.len() as u64 & 0xffff_ffff;
    if u64::from(word(end + 4)) != size || word(end) != crc32(&unpacked) {
        let detail = "the checksum of the gzip file is wrong";
        return Err(TranslateError::new(Code::StreamData, "", bytes.len(), detail));
    }
    Ok(unpacked)
}

/// What follows the header of a gzip file: the deflate stream, checksum and size.
fn gzip_body(bytes: &[u8]) -> Result<&[u8]> {
    let mut cursor = Cursor::new(bytes, "");
    let header = cursor.take(10)?;
    let flags = header[3];
    if header[2] != 8 {
        return cursor.fail(Code::StreamData, "a gzip file that is not deflated");
    }
    if flags & 4 != 0 {
        let extra = cursor.take(2)?;
        cursor.take(usize::from(u16::from_le_bytes([extra[0], extra[1]])))?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            while cursor.u8()? != 0 {}
        }
    }
    if flags & 2 != 0 {
        cursor.take(2)?;
    }
    Ok(cursor.rest())
}

fn stream_error(status: inflate::TINFLStatus, limit: usize, chunk: &'static str) -> TranslateError {
    if status == inflate::TINFLStatus::HasMoreOutput {
        let detail = format!("the compressed stream unpacks to more than {limit} bytes");
        TranslateError::new(Code::StreamLimit, chunk, 0, detail)
    } else {
        TranslateError::new(Code::StreamData, chunk, 0, "the compressed stream is damaged")
    }
}

/// The checksum of gzip.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut value = byte as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
                bit += 1;
            }
            table[byte] = value;
            byte += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |sum, byte| TABLE[usize::from(sum as u8 ^ byte)] ^ (sum >> 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_of_the_check_string() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_count_beyond_the_bytes_is_an_error() {
        let mut cursor = Cursor::new(&[0xff, 0xff, 0xff, 0xff, 0], "ImpT");
        let error = cursor.count(12).unwrap_err();
        assert_eq!((error.code, error.offset), (Code::CountExcess, 0));
    }
}

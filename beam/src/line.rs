//! The `Line` chunk: which line of which file a `line` instruction speaks of.

use crate::bytes::Cursor;
use crate::error::{Code, Result};
use crate::operand;

/// The places that `line` instructions name by index.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// File and line; the first is never used, 0 means "no place".
    places: Vec<(u32, u32)>,
    /// The files but the first, which is the module's own.
    files: Vec<Box<str>>,
}

/// Where a place is, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// `None`: the source file that has the name of the module.
    pub(crate) file: Option<&'a str>,
    pub(crate) line: u32,
}

impl Lines {
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Lines> {
        let version = cursor.u32()?;
        if version != 0 {
            // A loader ignores line tables that it does not know, and so does this one.
            return Ok(Lines::default());
        }
        cursor.take(8)?;
        let count = cursor.u32()?;
        let files = cursor.u32()?;
        let count = cursor.promised(count.into(), 1)?;
        let mut places = vec![(0, 0)];
        let mut file = 0;
        while places.len() <= count {
            match operand::line_item(cursor)? {
                operand::LineItem::File(index) => file = index,
                operand::LineItem::Line(line) => places.push((file, line)),
            }
        }
        let count = cursor.promised(files.into(), 2)?;
        let mut files = Vec::with_capacity(count);
        for _ in 0..count {
            let size = cursor.u16()?;
            files.push(String::from_utf8_lossy(cursor.take(size.into())?).into());
        }
        Ok(Lines { places, files })
    }

    /// The place of that index; `None` for index 0 and where the file has no line table.
    pub(crate) fn place(&self, index: u64, cursor: &Cursor<'_>) -> Result<Option<Place<'_>>> {
        if index == 0 || self.places.is_empty() {
            return Ok(None);
        }
        let place = usize::try_from(index).ok().and_then(|index| self.places.get(index));
        let Some((file, line)) = place.copied() else {
            return cursor.fail(Code::LineIndex, format!("the line table has no place {index}"));
        };
        let file = match usize::try_from(file).ok().map(|file| file.checked_sub(1)) {
            Some(None) => None,
            Some(Some(index)) if index < self.files.len() => Some(&*self.files[index]),
            _ => {
                return cursor.fail(Code::LineIndex, format!("the line table has no file {file}"));
            }
        };
        Ok(if line == 0 { None } else { Some(Place { file, line }) })
    }
}

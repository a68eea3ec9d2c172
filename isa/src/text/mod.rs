//! The assembly text: parsing, printing, formatting.
//!
//! Owns the spelling of modules (`.lam`). Knows no instruction by itself: mnemonics, kinds and
//! operands come from the instruction table. Whether a module makes sense is for `verify` to say.
//! Book: *The text form*.
//!
//! ```
//! use lam_isa::text;
//!
//! let source = "
//!     module hello
//!     export main/0
//!     function main/0
//!         test is_atom ok else wrong     ; labels may be used before they stand
//!         move {hello, 'World'} -> x0
//!         ret 0
//!     wrong:
//!         raise error badarg
//! ";
//! let modules = text::parse(source).expect("the text is right");
//! assert_eq!(modules[0].name(), "hello");
//! assert_eq!(
//!     text::print(&modules),
//!     "module hello
//! export main/0
//!
//! function main/0
//!     test is_atom ok else L1
//!     move {hello, 'World'} -> x0
//!     ret 0
//! L1:
//!     raise error badarg
//! "
//! );
//!
//! let errors = text::parse("module m\nfunction f/0\n    mov 1 -> x0\n").unwrap_err();
//! assert_eq!(
//!     errors[0].to_string(),
//!     "there is no instruction `mov` [text.name.unknown]; did you mean `move`?"
//! );
//! ```
//!
//! A file is read line by line, and every line's error is reported, so that one run shows all of
//! them. A line goes on while a bracket is open.

mod assemble;
mod bits;
mod cursor;
mod error;
mod format;
mod layout;
mod lexeme;
mod lines;
mod literal;
mod normal;
mod operands;
mod order;
mod places;
mod print;
mod reader;
mod syntax;
mod tables;
mod writer;

pub use error::SyntaxError;
pub use format::format;
pub use normal::normalize;
pub use places::{FunctionPlace, places};
pub use print::{print, print_instr, print_literal};

use crate::module::{Literal, Module};
use crate::rule::Rule;
use cursor::Cursor;
use lines::LogicalLines;

/// Reads the modules of a text. The errors are all of the file's, in its order.
///
/// What it gives is in the form that [`normalize`] gives, so that text, module and text again is
/// a fixed point.
pub fn parse(source: &str) -> Result<Vec<Module>, Vec<SyntaxError>> {
    if source.starts_with('\u{feff}') {
        let message = "the text begins with a byte order mark";
        return Err(vec![SyntaxError::new(Rule::TextFileEncoding, 0..3, message)]);
    }
    assemble::assemble(source)
}

/// Reads the modules of a text in UTF-8.
pub fn parse_bytes(source: &[u8]) -> Result<Vec<Module>, Vec<SyntaxError>> {
    let source = core::str::from_utf8(source).map_err(|error| {
        let start = error.valid_up_to();
        let end = start + error.error_len().unwrap_or(source.len() - start);
        let message = format!("the text is not UTF-8 from byte {start} on");
        vec![SyntaxError::new(Rule::TextFileEncoding, start..end, message)]
    })?;
    parse(source)
}

/// Reads a single term.
pub fn parse_literal(source: &str) -> Result<Literal, SyntaxError> {
    // Only to know that brackets match and are not nested too deeply.
    for line in LogicalLines::new(source) {
        line?;
    }
    let nodes = syntax::term(source)?;
    let mut cursor = Cursor::new(&nodes, source.len());
    let literal = literal::read(&mut cursor, 1)?;
    if cursor.is_empty() {
        return Ok(literal);
    }
    Err(cursor.unexpected(Rule::TextLineSyntax, "the end of the term"))
}

//! Programs from bytes: told apart by content, read into modules, verified.

use lam_isa::binary::DecodeError;
#[cfg(feature = "text")]
use lam_isa::text::SyntaxError;
use lam_isa::{Module, Verified, VerifyError, binary};
use std::fmt;
use std::sync::Arc;

/// Why bytes are no program.
///
/// Shown, it is a line for each error, which begins with the id of the broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// They are no LAM binary (`bin.*`).
    Decode(DecodeError),
    /// They are no LAM text (`text.*`), with line and column of each error, both from 1.
    #[cfg(feature = "text")]
    Syntax(Vec<(SyntaxError, (usize, usize))>),
    /// A module does not verify (`val.*`).
    Verify(Vec<VerifyError>),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        let mut line = |rule: lam_isa::Rule, rest: fmt::Arguments<'_>| {
            let end = if std::mem::take(&mut first) { "" } else { "\n" };
            write!(f, "{end}{}: {rest}", rule.id())
        };
        match self {
            LoadError::Decode(error) => {
                line(error.rule, format_args!("byte {}: {}", error.offset, error.message))
            }
            #[cfg(feature = "text")]
            LoadError::Syntax(errors) => errors.iter().try_for_each(|(error, (row, column))| {
                line(error.rule, format_args!("{row}:{column}: {}", error.message))
            }),
            LoadError::Verify(errors) => errors.iter().try_for_each(|error| {
                let place = &error.place;
                match error.instruction {
                    Some(at) => line(
                        error.rule,
                        format_args!("{place}, instruction {at}: {}", error.message),
                    ),
                    None => line(error.rule, format_args!("{place}: {}", error.message)),
                }
            }),
        }
    }
}

impl std::error::Error for LoadError {}

/// The verified modules of a LAM binary or, with the feature `text`, of a LAM text, in their order.
///
/// # Errors
/// What the bytes are not; of a text, all errors of syntax, else all of the first module that does
/// not verify. The time that hostile bytes take is bounded.
pub fn load(bytes: &[u8]) -> Result<Vec<Arc<Verified>>, LoadError> {
    let verified = read(bytes)?
        .into_iter()
        .map(|module| lam_isa::verify(module).map(Arc::new).map_err(LoadError::Verify));
    verified.collect()
}

#[cfg(feature = "text")]
fn read(bytes: &[u8]) -> Result<Vec<Module>, LoadError> {
    if binary::is_binary(bytes) {
        return binary::decode(bytes).map_err(LoadError::Decode);
    }
    lam_isa::text::parse_bytes(bytes).map_err(|errors| {
        let source = String::from_utf8_lossy(bytes);
        let placed = errors.into_iter().map(|error| {
            let place = error.line_column(&source);
            (error, place)
        });
        LoadError::Syntax(placed.collect())
    })
}

#[cfg(not(feature = "text"))]
fn read(bytes: &[u8]) -> Result<Vec<Module>, LoadError> {
    binary::decode(bytes).map_err(LoadError::Decode)
}

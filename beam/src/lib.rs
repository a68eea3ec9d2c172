//! Reads `.beam` files of OTP 24 to 29 and translates them into LAM modules.
//!
//! Owns the container, its tables and literals, and the mapping of every generic opcode onto LAM
//! instructions. Knows nothing of what the instructions do: the verifier judges the result, as it
//! judges any module. Nothing here panics, hangs or allocates much on bytes that are not what they
//! claim to be. Book: *BEAM to LAM*.
#![forbid(unsafe_code)]

mod bytes;
mod chunk;
mod code;
mod error;
mod etf;
mod flow;
mod frame;
mod line;
mod lower;
pub mod opcode;
mod operand;
mod parameter;
mod pool;
mod returning;
mod tidy;

pub use error::{Code, TranslateError};
pub use opcode::{OPCODES, Opcode, mapping};

use chunk::{Chunks, Tables};
use lam_isa::Module;

/// Whether the bytes begin as a `.beam` file does, `compressed` ones included.
pub fn is_beam(bytes: &[u8]) -> bool {
    chunk::is_beam(bytes)
}

/// Translates a `.beam` file.
///
/// The module still has to be verified. Functions keep the order of the file; tables hold only
/// what the code uses.
pub fn translate(bytes: &[u8]) -> Result<Module, TranslateError> {
    let file = chunk::unpack(bytes)?;
    let chunks = Chunks::read(&file)?;
    let tables = Tables::read(&chunks)?;
    code::module(&chunks, &tables)
}

/// What a linker wants to know of a module without translating it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The name of the module.
    pub name: Box<str>,
    /// Module, function and arity of what it calls elsewhere, built-in operations included.
    pub imports: Vec<(Box<str>, Box<str>, u8)>,
    /// Function and arity of what it exports.
    pub exports: Vec<(Box<str>, u8)>,
}

/// Reads the names in a `.beam` file and nothing else.
pub fn interface(bytes: &[u8]) -> Result<Interface, TranslateError> {
    let file = chunk::unpack(bytes)?;
    let tables = Tables::interface(&Chunks::read(&file)?)?;
    let text = |atom: u32| Box::from(tables.atom(atom));
    Ok(Interface {
        name: text(0),
        imports: tables
            .imports
            .iter()
            .map(|mfa| (text(mfa.module), text(mfa.name), mfa.arity))
            .collect(),
        exports: tables.exports.iter().map(|(name, arity, _)| (text(*name), *arity)).collect(),
    })
}

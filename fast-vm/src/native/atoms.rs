//! Natives between atoms and text.

use super::PureTable;
use crate::atom::Atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::op::characters;
use crate::term::Term;
use crate::term::bits::binary_bytes;
use lam_isa::limits::ATOM_CHARS;

/// The natives of this theme.
pub(crate) const TABLE: PureTable = &[
    ("erlang", "atom_to_list", 1, atom_to_list),
    ("erlang", "atom_to_binary", 1, atom_to_binary),
    ("erlang", "atom_to_binary", 2, atom_to_binary),
    ("erlang", "binary_to_atom", 1, binary_to_atom),
    ("erlang", "binary_to_atom", 2, binary_to_atom),
    ("erlang", "binary_to_existing_atom", 1, binary_to_existing_atom),
    ("erlang", "binary_to_existing_atom", 2, binary_to_existing_atom),
    ("erlang", "list_to_existing_atom", 1, list_to_existing_atom),
];

/// How the bytes of a binary are characters.
enum Encoding {
    Latin1,
    Utf8,
}

/// The encoding that an argument names; UTF-8 if there is none.
fn encoding(arg: Option<&Term>) -> Result<Encoding, Exception> {
    match arg.map(|arg| arg.as_atom().map(Atom::text)) {
        None | Some(Some("utf8" | "unicode")) => Ok(Encoding::Utf8),
        Some(Some("latin1")) => Ok(Encoding::Latin1),
        _ => Err(Exception::badarg()),
    }
}

fn text(term: Term) -> Result<&'static str, Exception> {
    term.as_atom().map(Atom::text).ok_or_else(Exception::badarg)
}

fn atom_to_list(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let text = text(args[0])?;
    Ok(core.heap().string(text))
}

fn atom_to_binary(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let text = text(args[0])?;
    match encoding(args.get(1))? {
        Encoding::Utf8 => Ok(core.heap().binary(text.as_bytes())),
        Encoding::Latin1 => {
            let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
            Ok(core.heap().binary(&bytes.ok_or_else(Exception::badarg)?))
        }
    }
}

/// The text of a binary in the encoding of an argument.
fn decoded(args: &[Term]) -> Result<String, Exception> {
    let bytes = binary_bytes(args[0]).ok_or_else(Exception::badarg)?;
    match encoding(args.get(1))? {
        Encoding::Utf8 => String::from_utf8(bytes.into_owned()).map_err(|_| Exception::badarg()),
        Encoding::Latin1 => Ok(bytes.iter().copied().map(char::from).collect()),
    }
}

fn binary_to_atom(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    core.new_atom(&decoded(args)?).map(Term::atom)
}

/// The atom of that text if there is one already; a text too long for one is none.
fn existing(core: &Core, text: &str) -> Result<Term, Exception> {
    let known = if text.chars().count() > ATOM_CHARS { None } else { core.existing_atom(text) };
    known.map(Term::atom).ok_or_else(Exception::badarg)
}

fn binary_to_existing_atom(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    existing(core, &decoded(args)?)
}

fn list_to_existing_atom(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    existing(core, &characters(args[0]).ok_or_else(Exception::badarg)?)
}

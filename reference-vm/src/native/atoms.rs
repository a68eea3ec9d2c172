//! Natives between atoms and text.

use super::{Env, Exception, PureTable};
use crate::op::{bits, characters};
use crate::term::{Atom, Term};
use lam_isa::limits::ATOM_CHARS;

/// The natives of this theme.
pub const TABLE: PureTable = &[
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

fn atom(term: &Term) -> Result<Atom, Exception> {
    term.as_atom().ok_or_else(Exception::badarg)
}

fn atom_to_list(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::string(atom(&args[0])?.text()))
}

fn atom_to_binary(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let text = atom(&args[0])?.text();
    match encoding(args.get(1))? {
        Encoding::Utf8 => Ok(Term::binary(text)),
        Encoding::Latin1 => {
            let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
            bytes.map(Term::binary).ok_or_else(Exception::badarg)
        }
    }
}

/// The text of a binary in the encoding of an argument.
fn decoded(args: &[Term]) -> Result<String, Exception> {
    let bytes = bits(&args[0])?.as_binary().ok_or_else(Exception::badarg)?;
    match encoding(args.get(1))? {
        Encoding::Utf8 => String::from_utf8(bytes.into_owned()).map_err(|_| Exception::badarg()),
        Encoding::Latin1 => Ok(bytes.iter().copied().map(char::from).collect()),
    }
}

fn binary_to_atom(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    env.new_atom(&decoded(args)?).map(Term::Atom)
}

/// The atom of that text if there is one already; a text too long for one is none.
fn existing(env: &dyn Env, text: &str) -> Result<Term, Exception> {
    let known = if text.chars().count() > ATOM_CHARS { None } else { env.existing_atom(text) };
    known.map(Term::Atom).ok_or_else(Exception::badarg)
}

fn binary_to_existing_atom(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    existing(env, &decoded(args)?)
}

fn list_to_existing_atom(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    existing(env, &characters(&args[0]).ok_or_else(Exception::badarg)?)
}

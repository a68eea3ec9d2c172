//! Natives of the module `unicode`, and what the terminal can print.

use super::{BoundTable, Effect, Env, Exception, Pure, PureTable, Reply};
use crate::exec::Exec;
use crate::op::bits;
use crate::term::{Term, code_point, decode_utf8};

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("unicode", "characters_to_list", 2, characters_to_list),
    ("unicode", "characters_to_binary", 2, characters_to_binary),
    ("unicode", "bin_is_7bit", 1, bin_is_7bit),
    ("io", "printable_range", 0, |_, _| Ok(Term::atom("latin1"))),
];

/// The same two for encodings of wider units, which the module `unicode` knows to read: it exports
/// functions for them.
pub const WIDE: BoundTable = &[
    ("unicode", "characters_to_list", 2, Effect::Own, |exec, args| {
        any_width(exec, args, characters_to_list, "characters_to_list_int")
    }),
    ("unicode", "characters_to_binary", 2, Effect::Own, |exec, args| {
        any_width(exec, args, characters_to_binary, "characters_to_binary_int")
    }),
];

/// Calls the native for bytes, or goes on as the function for wider units.
fn any_width(exec: &mut Exec<'_>, args: &[Term], native: Pure, function: &str) -> Reply {
    let tagged = args[1].as_tuple().and_then(|elements| elements.first());
    if ["utf16", "utf32"].iter().any(|wide| tagged.unwrap_or(&args[1]).is_atom(wide)) {
        return Reply::Tail(vec![Term::atom("unicode"), Term::atom(function)], args.to_vec());
    }
    match native(exec.machine, args) {
        Ok(value) => Reply::Value(value),
        Err(exception) => Reply::Raise(exception),
    }
}

fn characters_to_list(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    converted(env, args, |_, text| Ok(Term::string(text)))
}

fn characters_to_binary(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    converted(env, args, |env, text| {
        env.fits(text.len())?;
        Ok(Term::binary(text))
    })
}

fn bin_is_7bit(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let is_7bit = bits(&args[0]).ok().and_then(|bits| bits.as_binary().map(|b| b.is_ascii()));
    Ok(Term::boolean(is_7bit.unwrap_or(false)))
}

/// The text of deep character data; or `{error, Converted, Rest}` where it is no text, or
/// `{incomplete, Converted, Rest}` where it ends inside a code point.
fn converted(
    env: &mut dyn Env,
    args: &[Term],
    make: fn(&mut dyn Env, &str) -> Result<Term, Exception>,
) -> Result<Term, Exception> {
    let latin1 = match args[1].as_atom().map(|atom| atom.text()) {
        Some("latin1") => true,
        Some("unicode" | "utf8") => false,
        _ => return Err(Exception::badarg()),
    };
    if !is_character_data(&args[0]) {
        return Err(Exception::badarg());
    }
    let mut reader = Reader { latin1, text: String::new(), cut: Vec::new(), outer: Vec::new() };
    let stopped = reader.read(&args[0]);
    let converted = make(env, &reader.text)?;
    Ok(match stopped {
        Err(rest) => Term::tuple([Term::atom("error"), converted, rest]),
        Ok(()) if reader.cut.is_empty() => converted,
        Ok(()) => Term::tuple([Term::atom("incomplete"), converted, Term::binary(reader.cut)]),
    })
}

/// Whether a term is a binary or a deep list of integers and binaries, whose tails may be binaries.
fn is_character_data(data: &Term) -> bool {
    let mut waiting = vec![data];
    while let Some(term) = waiting.pop() {
        match term {
            Term::Nil => {}
            Term::Bits(bits) if bits.is_binary() => {}
            Term::Cons(cons) => {
                waiting.push(&cons.tail);
                if !matches!(cons.head, Term::Int(_) | Term::Big(_)) {
                    waiting.push(&cons.head);
                }
            }
            _ => return false,
        }
    }
    true
}

/// Reads character data from left to right.
struct Reader {
    latin1: bool,
    /// What is read.
    text: String,
    /// The first bytes of a code point whose others come in a later binary.
    cut: Vec<u8>,
    /// The tails of the lists around the current one, the innermost last.
    outer: Vec<Term>,
}

impl Reader {
    /// Reads all; the error is the rest from the place that is no character on.
    fn read(&mut self, data: &Term) -> Result<(), Term> {
        let mut current = data.clone();
        loop {
            current = match &current {
                Term::Cons(cons) => match &cons.head {
                    number @ (Term::Int(_) | Term::Big(_)) => {
                        let is_whole = self.cut.is_empty();
                        let Some(char) = code_point(number).filter(|char| self.allows(*char))
                        else {
                            return Err(self.rest(current));
                        };
                        if !is_whole {
                            return Err(self.rest(current));
                        }
                        self.text.push(char);
                        cons.tail.clone()
                    }
                    Term::Bits(bits) => {
                        self.read_bytes(&bits.bytes(), Some(&cons.tail), &current)?;
                        cons.tail.clone()
                    }
                    list => {
                        self.outer.push(cons.tail.clone());
                        list.clone()
                    }
                },
                Term::Bits(bits) => {
                    self.read_bytes(&bits.bytes(), None, &current)?;
                    Term::Nil
                }
                _ => match self.outer.pop() {
                    Some(tail) => tail,
                    None => return Ok(()),
                },
            };
        }
    }

    fn allows(&self, char: char) -> bool {
        !self.latin1 || u32::from(char) < 0x100
    }

    /// Reads the bytes of a binary with this tail after it, or without one; `place` is the term
    /// that begins with it.
    fn read_bytes(&mut self, bytes: &[u8], tail: Option<&Term>, place: &Term) -> Result<(), Term> {
        if self.latin1 {
            self.text.extend(bytes.iter().copied().map(char::from));
            return Ok(());
        }
        let mut start = 0;
        if let Some(first) = self.cut.first() {
            // Complete what the last binary left.
            start = (sequence_length(*first) - self.cut.len()).min(bytes.len());
            let mut whole = self.cut.clone();
            whole.extend_from_slice(&bytes[..start]);
            if whole.len() < sequence_length(whole[0]) {
                self.cut = whole;
                return Ok(());
            }
            let Some((char, _)) = decode_utf8(&whole) else { return Err(self.rest(place.clone())) };
            self.text.push(char);
            self.cut.clear();
        }
        while start < bytes.len() {
            match decode_utf8(&bytes[start..]) {
                Some((char, length)) => {
                    self.text.push(char);
                    start += length;
                }
                None if is_beginning(&bytes[start..]) => {
                    self.cut = bytes[start..].to_vec();
                    return Ok(());
                }
                None => {
                    let rest = Term::binary(&bytes[start..]);
                    let rest = match tail {
                        Some(tail) => Term::cons(rest, tail.clone()),
                        None => rest,
                    };
                    return Err(self.rest(rest));
                }
            }
        }
        Ok(())
    }

    /// What is not read: bytes left over, if any; `current`; and the lists around it.
    fn rest(&self, current: Term) -> Term {
        let nested = self.outer.iter().rev();
        let nested = nested.fold(current, |inner, tail| Term::cons(inner, tail.clone()));
        if self.cut.is_empty() {
            nested
        } else {
            Term::list([Term::binary(self.cut.as_slice()), nested])
        }
    }
}

/// How many bytes a sequence has that begins with this byte; one that begins none is alone.
fn sequence_length(first: u8) -> usize {
    match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    }
}

/// Whether bytes may be the beginning of a longer sequence.
fn is_beginning(bytes: &[u8]) -> bool {
    let continues = |byte: &u8| (0x80..0xc0).contains(byte);
    sequence_length(bytes[0]) > bytes.len() && bytes[1..].iter().all(continues)
}

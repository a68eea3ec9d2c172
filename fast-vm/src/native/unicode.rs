//! Natives of the module `unicode`, and what the terminal can print.

use super::binaries::bytes;
use super::{BoundTable, Effect, Pure, PureTable, Reply};
use crate::atom::Atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::heap::Heap;
use crate::term::bits::{Bits, code_point, decode_utf8};
use crate::term::{Term, View};

/// The natives of this theme.
pub(super) const TABLE: PureTable = &[
    ("unicode", "bin_is_7bit", 1, bin_is_7bit),
    ("io", "printable_range", 0, |_, _| Ok(Term::atom(Atom::new("latin1")))),
];

/// Those that leave encodings of wider units to functions that the module `unicode` exports.
pub(super) const WIDE: BoundTable = &[
    ("unicode", "characters_to_list", 2, Effect::Own, |core, args| {
        any_width(core, args, characters_to_list, "characters_to_list_int")
    }),
    ("unicode", "characters_to_binary", 2, Effect::Own, |core, args| {
        any_width(core, args, characters_to_binary, "characters_to_binary_int")
    }),
];

/// Calls the native for bytes, or goes on as the function for wider units.
fn any_width(core: &mut Core, args: &[Term], native: Pure, function: &str) -> Reply {
    let encoding = args[1].as_tuple().and_then(|elements| elements.first()).unwrap_or(&args[1]);
    if matches!(encoding.as_atom().map(Atom::text), Some("utf16" | "utf32")) {
        let callee = ["unicode", function].map(|name| Term::atom(Atom::new(name)));
        return Reply::Tail(callee.to_vec(), args.to_vec());
    }
    match native(core, args) {
        Ok(value) => Reply::Value(value),
        Err(exception) => Reply::Raise(exception),
    }
}

fn characters_to_list(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    converted(core, args, usize::MAX, Heap::string)
}

fn characters_to_binary(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    // Bytes that are UTF-8 already stay what they are.
    let most = core.bytes_max();
    if is_utf8_of(args[0], args[1], most) {
        return Ok(args[0]);
    }
    converted(core, args, most, |heap, text| heap.binary(text.as_bytes()))
}

fn is_utf8_of(data: Term, encoding: Term, most: usize) -> bool {
    let Ok(bytes) = bytes(data) else { return false };
    if bytes.len() > most {
        return false;
    }
    match encoding.as_atom().map(Atom::text) {
        Some("latin1") => bytes.is_ascii(),
        Some("unicode" | "utf8") => std::str::from_utf8(&bytes).is_ok(),
        _ => false,
    }
}

fn bin_is_7bit(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::boolean(bytes(args[0]).is_ok_and(|bytes| bytes.is_ascii())))
}

/// The text of deep character data, of at most so many bytes; or `{error, Converted, Rest}` where it is no text, or
/// `{incomplete, Converted, Rest}` where it ends inside a code point.
fn converted(
    core: &mut Core,
    args: &[Term],
    most: usize,
    make: fn(&mut Heap, &str) -> Term,
) -> Result<Term, Exception> {
    let latin1 = match args[1].as_atom().map(Atom::text) {
        Some("latin1") => true,
        Some("unicode" | "utf8") => false,
        _ => return Err(Exception::badarg()),
    };
    if !is_character_data(args[0]) {
        return Err(Exception::badarg());
    }
    let mut reader = Reader { latin1, text: String::new(), cut: Vec::new(), outer: Vec::new() };
    let stopped = reader.read(core.heap(), args[0]);
    if reader.text.len() > most {
        return Err(Exception::system_limit());
    }
    let heap = core.heap();
    let converted = make(heap, &reader.text);
    let (name, rest) = match stopped {
        Err(rest) => ("error", rest),
        Ok(()) if reader.cut.is_empty() => return Ok(converted),
        Ok(()) => ("incomplete", heap.binary(&reader.cut)),
    };
    Ok(heap.tuple(&[Term::atom(Atom::new(name)), converted, rest]))
}

/// Whether a term is a binary or a deep list of integers and binaries, whose tails may be binaries.
fn is_character_data(data: Term) -> bool {
    let mut waiting = vec![data];
    while let Some(mut term) = waiting.pop() {
        while let Some((head, tail)) = term.as_cons() {
            if !head.is_integer() {
                waiting.push(head);
            }
            term = tail;
        }
        match term.view() {
            View::Nil => {}
            View::Bits(bits) if bits.is_binary() => {}
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
    fn read(&mut self, heap: &mut Heap, data: Term) -> Result<(), Term> {
        let mut current = data;
        loop {
            current = match current.view() {
                View::Cons(head, tail) if head.is_integer() => {
                    let char = code_point(head).filter(|char| self.allows(*char));
                    match char.filter(|_| self.cut.is_empty()) {
                        Some(char) => self.text.push(char),
                        None => return Err(self.rest(heap, current)),
                    }
                    tail
                }
                View::Cons(head, tail) => match head.as_bits() {
                    Some(bits) => {
                        self.read_bytes(heap, &bits, Some(tail), current)?;
                        tail
                    }
                    None => {
                        self.outer.push(tail);
                        head
                    }
                },
                View::Bits(bits) => {
                    self.read_bytes(heap, &bits, None, current)?;
                    Term::NIL
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
    fn read_bytes(
        &mut self,
        heap: &mut Heap,
        bits: &Bits<'_>,
        tail: Option<Term>,
        place: Term,
    ) -> Result<(), Term> {
        let bytes = &*bits.to_bytes();
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
            let Some((char, _)) = decode_utf8(&whole) else { return Err(self.rest(heap, place)) };
            self.text.push(char);
            self.cut.clear();
        }
        let rest = self.read_valid(&bytes[start..]);
        if rest.is_empty() {
            return Ok(());
        }
        if is_beginning(rest) {
            self.cut = rest.to_vec();
            return Ok(());
        }
        let rest = heap.binary(rest);
        let rest = tail.map_or(rest, |tail| heap.cons(rest, tail));
        Err(self.rest(heap, rest))
    }

    /// Reads as much as is UTF-8, and gives the rest.
    fn read_valid<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let valid = match std::str::from_utf8(bytes) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let (text, rest) = bytes.split_at(valid);
        self.text.push_str(std::str::from_utf8(text).unwrap_or_default());
        rest
    }

    /// What is not read: bytes left over, if any; `current`; and the lists around it.
    fn rest(&self, heap: &mut Heap, current: Term) -> Term {
        let nested = self.outer.iter().rev().fold(current, |inner, tail| heap.cons(inner, *tail));
        if self.cut.is_empty() {
            return nested;
        }
        let cut = heap.binary(&self.cut);
        heap.list([cut, nested])
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

//! The canonical text of terms (`term.print.canonical`).
//!
//! Owns how outcomes, traces and messages spell a term. Prints without recursion. Book: *Terms*.

use super::bits::Bits;
use super::{Pid, Term, View, float, integer, map};
use crate::atom::Atom;
use lam_isa::limits::TEXT_BYTES;
use std::fmt::Write;

/// The text of a term, processes spelled by the path that the machine knows of them:
/// `<0.1>`, `#Ref<0.1.3>`.
pub fn display(term: Term, path: &dyn Fn(Pid) -> String) -> String {
    let mut printer = Printer { text: String::new(), waiting: vec![Piece::Term(term)], path };
    // A term whose parts are shared may have a text of any length.
    while printer.text.len() <= TEXT_BYTES
        && let Some(piece) = printer.waiting.pop()
    {
        match piece {
            Piece::Text(text) => printer.text += text,
            Piece::Term(term) => printer.print(term),
            Piece::Tail(tail) => printer.print_tail(tail),
            Piece::Elements(elements) => printer.print_elements(elements, ", "),
            Piece::Pairs(pairs) => printer.print_pairs(pairs, ", "),
        }
    }
    let mut text = printer.text;
    if text.len() > TEXT_BYTES {
        text.truncate(text.floor_char_boundary(TEXT_BYTES));
        text += "...";
    }
    text
}

/// What is still to be printed.
enum Piece<'h> {
    Text(&'static str),
    Term(Term),
    /// The rest of a list of which an element is printed.
    Tail(Term),
    /// The rest of a tuple of which an element is printed.
    Elements(&'h [Term]),
    /// The rest of a map of which a pair is printed.
    Pairs(map::Iter<'h>),
}

struct Printer<'h, 'p> {
    text: String,
    /// The next piece is the last.
    waiting: Vec<Piece<'h>>,
    path: &'p dyn Fn(Pid) -> String,
}

impl<'h> Printer<'h, '_> {
    fn print(&mut self, term: Term) {
        match term.view() {
            View::Small(small) => self.write(format_args!("{small}")),
            View::Big(_) => self.text += &integer::to_text(term, 10).unwrap_or_default(),
            View::Float(float) => self.text += &float::to_text(float),
            View::Atom(atom) => self.text += &quote(atom),
            View::Nil => self.text += "[]",
            View::Bits(bits) => self.print_bits(bits),
            View::Pid(pid) => {
                let path = (self.path)(pid);
                self.write(format_args!("<{path}>"));
            }
            View::Ref(reference) => {
                let path = (self.path)(reference.creator);
                self.write(format_args!("#Ref<{path}.{}>", reference.number));
            }
            View::Fun(_) => {
                if let Some((entry, _)) = term.as_fun() {
                    let module = quote(entry.module);
                    self.write(format_args!("#Fun<{module}.{}.{}>", entry.index, entry.unique));
                }
            }
            View::External(module, name, arity) => {
                self.write(format_args!("fun {}:{}/{arity}", quote(module), quote(name)));
            }
            View::Cons(head, tail) => {
                self.text += "[";
                self.waiting.extend([Piece::Tail(tail), Piece::Term(head)]);
            }
            View::Tuple(elements) => {
                self.text += "{";
                self.print_elements(elements, "");
            }
            View::Map(map) => {
                self.text += "#{";
                self.print_pairs(map.iter(), "");
            }
            // Never part of a term; a debugger may show a register that holds one.
            View::Other => self.text += "#Other",
        }
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(text);
    }

    fn print_tail(&mut self, tail: Term) {
        match tail.as_cons() {
            Some((head, tail)) => {
                self.text += ", ";
                self.waiting.extend([Piece::Tail(tail), Piece::Term(head)]);
            }
            None if tail == Term::NIL => self.text += "]",
            None => {
                self.text += " | ";
                self.waiting.extend([Piece::Text("]"), Piece::Term(tail)]);
            }
        }
    }

    fn print_elements(&mut self, elements: &'h [Term], separator: &str) {
        match elements {
            [] => self.text += "}",
            [first, rest @ ..] => {
                self.text += separator;
                self.waiting.extend([Piece::Elements(rest), Piece::Term(*first)]);
            }
        }
    }

    fn print_pairs(&mut self, mut pairs: map::Iter<'h>, separator: &str) {
        match pairs.next() {
            None => self.text += "}",
            Some((key, value)) => {
                self.text += separator;
                let pair = [Piece::Term(value), Piece::Text(" => "), Piece::Term(key)];
                self.waiting.push(Piece::Pairs(pairs));
                self.waiting.extend(pair);
            }
        }
    }

    fn print_bits(&mut self, bits: Bits<'_>) {
        let (bytes, rest) = (bits.to_bytes(), bits.length % 8);
        self.text += "<<";
        for (at, byte) in bytes.iter().enumerate() {
            let separator = if at > 0 { ", " } else { "" };
            if rest > 0 && at + 1 == bytes.len() {
                self.write(format_args!("{separator}{}:{rest}", byte >> (8 - rest)));
            } else {
                self.write(format_args!("{separator}{byte}"));
            }
            if self.text.len() > TEXT_BYTES {
                return;
            }
        }
        self.text += ">>";
    }
}

/// The text of an atom: bare if Erlang takes it so, else in quotes.
pub fn quote(atom: Atom) -> String {
    let text = atom.text();
    if is_bare(text) {
        return text.into();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        let escape = match c {
            '\'' | '\\' => c,
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '\u{7f}' => 'd',
            c if c.is_control() => {
                let _ = write!(quoted, "\\{:03o}", u32::from(c));
                continue;
            }
            c => {
                quoted.push(c);
                continue;
            }
        };
        quoted.extend(['\\', escape]);
    }
    quoted.push('\'');
    quoted
}

/// Begins with a small letter of Latin-1, goes on with letters, digits, `_` and `@`, and is not
/// reserved.
fn is_bare(text: &str) -> bool {
    let is_small = |c: char| matches!(c, 'a'..='z' | 'ß'..='ö' | 'ø'..='ÿ');
    let is_word = |c: char| {
        is_small(c) || matches!(c, 'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | '0'..='9' | '_' | '@')
    };
    text.starts_with(is_small) && text.chars().all(is_word) && !RESERVED.contains(&text)
}

/// The words that Erlang reserves.
const RESERVED: [&str; 29] = [
    "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case",
    "catch", "cond", "div", "else", "end", "fun", "if", "let", "maybe", "not", "of", "or",
    "orelse", "receive", "rem", "try", "when", "xor",
];

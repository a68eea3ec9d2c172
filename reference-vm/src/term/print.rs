//! The canonical text of terms (`term.print.canonical`).
//!
//! Owns how outcomes, traces and messages spell a term: Erlang's spelling with a space after each
//! comma, strings as lists of integers, maps in key order. Prints without recursion. Book: *Terms*.

use super::{Atom, Bits, Fun, Pid, Term, float, integer};
use lam_isa::limits::TEXT_BYTES;

/// The text of a term, processes spelled by their number in the machine.
pub fn display(term: &Term) -> String {
    display_with(term, &|pid| pid.0.to_string())
}

/// The text of a term, processes spelled by the path that the machine knows of them:
/// `<0.1>`, `#Ref<0.1.3>`.
pub fn display_with(term: &Term, path: &dyn Fn(Pid) -> String) -> String {
    let mut printer = Printer { text: String::new(), waiting: vec![Piece::Term(term)], path };
    // A term whose parts are shared may have a text of any length.
    while printer.text.len() <= TEXT_BYTES
        && let Some(piece) = printer.waiting.pop()
    {
        match piece {
            Piece::Text(text) => printer.text.push_str(text),
            Piece::Term(term) => printer.print(term),
            Piece::Tail(tail) => printer.print_tail(tail),
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
enum Piece<'a> {
    Text(&'static str),
    Term(&'a Term),
    /// The rest of a list whose first element is printed.
    Tail(&'a Term),
}

struct Printer<'a> {
    text: String,
    /// The next piece is the last.
    waiting: Vec<Piece<'a>>,
    path: &'a dyn Fn(Pid) -> String,
}

impl<'a> Printer<'a> {
    fn print(&mut self, term: &'a Term) {
        match term {
            Term::Int(_) | Term::Big(_) => {
                self.text += &integer::to_text(term, 10).unwrap_or_default()
            }
            Term::Float(float) => self.text += &float::to_text(*float),
            Term::Atom(atom) => self.text += &quote(*atom),
            Term::Nil => self.text += "[]",
            Term::Bits(bits) => self.print_bits(bits),
            Term::Pid(pid) => {
                let path = (self.path)(*pid);
                self.text += &format!("<{path}>");
            }
            Term::Ref(reference) => {
                let path = (self.path)(reference.creator);
                self.text += &format!("#Ref<{path}.{}>", reference.number);
            }
            Term::Fun(fun) => self.text += &display_fun(fun),
            Term::Cons(cons) => {
                self.text += "[";
                self.waiting.extend([Piece::Tail(&cons.tail), Piece::Term(&cons.head)]);
            }
            Term::Tuple(elements) => {
                self.text += "{";
                self.waiting.push(Piece::Text("}"));
                let elements = elements.iter().map(Piece::Term);
                self.wait_separated(elements.rev().map(|element| [element]));
            }
            Term::Map(map) => {
                self.text += "#{";
                self.waiting.push(Piece::Text("}"));
                let pairs = map.iter().map(|(key, value)| {
                    [Piece::Term(value), Piece::Text(" => "), Piece::Term(key)]
                });
                self.wait_separated(pairs.rev());
            }
        }
    }

    /// Puts groups of pieces on the stack, the last group first, with commas between.
    fn wait_separated<const N: usize>(&mut self, groups: impl Iterator<Item = [Piece<'a>; N]>) {
        for (index, group) in groups.enumerate() {
            if index > 0 {
                self.waiting.push(Piece::Text(", "));
            }
            self.waiting.extend(group);
        }
    }

    fn print_tail(&mut self, tail: &'a Term) {
        match tail {
            Term::Nil => self.text += "]",
            Term::Cons(cons) => {
                self.text += ", ";
                self.waiting.extend([Piece::Tail(&cons.tail), Piece::Term(&cons.head)]);
            }
            improper => {
                self.text += " | ";
                self.waiting.extend([Piece::Text("]"), Piece::Term(improper)]);
            }
        }
    }

    fn print_bits(&mut self, bits: &Bits) {
        let (whole, rest) = (bits.bit_length() / 8, bits.bit_length() % 8);
        let bytes = bits.bytes();
        // More bytes than the text may have are never seen.
        let seen = whole.min(TEXT_BYTES);
        let mut segments: Vec<String> = bytes[..seen].iter().map(u8::to_string).collect();
        if rest > 0 {
            segments.push(format!("{}:{rest}", bytes[whole] >> (8 - rest)));
        }
        self.text += &format!("<<{}>>", segments.join(", "));
    }
}

/// `#Fun<module.index.unique>` or `fun module:name/arity`.
fn display_fun(fun: &Fun) -> String {
    match fun {
        Fun::Local { module, index, unique, .. } => {
            format!("#Fun<{}.{index}.{unique}>", quote(*module))
        }
        Fun::External { module, name, arity } => {
            format!("fun {}:{}/{arity}", quote(*module), quote(*name))
        }
    }
}

/// The text of an atom: bare if Erlang takes it so, else in quotes.
pub fn quote(atom: Atom) -> String {
    let text = atom.text();
    if is_bare(text) && !RESERVED.contains(&text) {
        return text.into();
    }
    let mut quoted = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => quoted += "\\'",
            '\\' => quoted += "\\\\",
            '\u{8}' => quoted += "\\b",
            '\t' => quoted += "\\t",
            '\n' => quoted += "\\n",
            '\u{b}' => quoted += "\\v",
            '\u{c}' => quoted += "\\f",
            '\r' => quoted += "\\r",
            '\u{1b}' => quoted += "\\e",
            '\u{7f}' => quoted += "\\d",
            c if c.is_control() => quoted += &format!("\\{:03o}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "'"
}

/// Begins with a lower-case letter of Latin-1, and goes on with letters, digits, `_` and `@`.
fn is_bare(text: &str) -> bool {
    let is_lower = |c: char| c.is_ascii_lowercase() || matches!(c, 'ß'..='ö' | 'ø'..='ÿ');
    let is_upper = |c: char| c.is_ascii_uppercase() || matches!(c, 'À'..='Ö' | 'Ø'..='Þ');
    let is_word =
        |c: char| is_lower(c) || is_upper(c) || c.is_ascii_digit() || c == '_' || c == '@';
    text.starts_with(is_lower) && text.chars().all(is_word)
}

/// The words that Erlang reserves.
const RESERVED: [&str; 29] = [
    "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case",
    "catch", "cond", "div", "else", "end", "fun", "if", "let", "maybe", "not", "of", "or",
    "orelse", "receive", "rem", "try", "when", "xor",
];

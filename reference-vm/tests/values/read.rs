//! Reads Erlang terms as text, for cases.

use lam_reference::term::{Bits, Fun, Map, Term, integer};
use std::rc::Rc;

/// The term that a text spells.
pub fn term(text: &str) -> Term {
    let mut reader = Reader { text };
    let term = reader.term();
    assert_eq!(reader.text.trim(), "", "after a term in {text:?}");
    term
}

/// The module, function and arguments of `m:f(A, ...)`.
pub fn call(text: &str) -> (String, String, Vec<Term>) {
    let mut reader = Reader { text };
    let module = reader.atom();
    reader.expect(":");
    let name = reader.atom();
    reader.expect("(");
    let args = reader.separated(")", Reader::term);
    assert_eq!(reader.text.trim(), "", "after a call in {text:?}");
    (module, name, args)
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn accept(&mut self, token: &str) -> bool {
        self.text = self.text.trim_start();
        match self.text.strip_prefix(token) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) {
        assert!(self.accept(token), "{token:?} expected at {:?}", self.text);
    }

    fn take_while(&mut self, holds: impl Fn(char) -> bool) -> String {
        let end = self.text.find(|c| !holds(c)).unwrap_or(self.text.len());
        let (taken, rest) = self.text.split_at(end);
        self.text = rest;
        taken.into()
    }

    fn separated<T>(&mut self, end: &str, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        while !self.accept(end) {
            if !items.is_empty() {
                self.expect(",");
            }
            items.push(item(self));
        }
        items
    }

    fn term(&mut self) -> Term {
        if self.accept("[") {
            return self.list();
        }
        if self.accept("{") {
            return Term::tuple(self.separated("}", Reader::term));
        }
        if self.accept("#{") {
            let pairs = self.separated("}", |reader| {
                let key = reader.term();
                reader.expect("=>");
                (key, reader.term())
            });
            return Term::Map(Rc::new(pairs.into_iter().collect::<Map>()));
        }
        if self.accept("<<") {
            let segments = self.separated(">>", Reader::segment);
            return bits(&segments.concat());
        }
        if self.accept("fun ") {
            let module = lam_reference::term::Atom::new(&self.atom());
            self.expect(":");
            let name = lam_reference::term::Atom::new(&self.atom());
            self.expect("/");
            let arity = self.take_while(|c| c.is_ascii_digit()).parse().expect("an arity");
            return Term::Fun(Rc::new(Fun::External { module, name, arity }));
        }
        match self.text.trim_start().chars().next() {
            Some('"') => Term::string(&self.quoted('"')),
            Some(c) if c.is_ascii_digit() || c == '-' => self.number(),
            _ => Term::atom(&self.atom()),
        }
    }

    fn list(&mut self) -> Term {
        let mut elements = Vec::new();
        loop {
            if self.accept("]") {
                return Term::list(elements);
            }
            if self.accept("|") {
                let tail = self.term();
                self.expect("]");
                return Term::list_onto(elements, tail);
            }
            if !elements.is_empty() {
                self.expect(",");
            }
            elements.push(self.term());
        }
    }

    /// The bits of one segment: a byte, `N:Size`, or a string.
    fn segment(&mut self) -> Vec<bool> {
        if self.text.trim_start().starts_with('"') {
            let text = self.quoted('"');
            return text.bytes().flat_map(|byte| bits_of(byte.into(), 8)).collect();
        }
        let value = self.number().as_int().expect("a byte");
        let size = if self.accept(":") { self.number().as_int().expect("a size") } else { 8 };
        bits_of(value, size)
    }

    fn number(&mut self) -> Term {
        let sign = if self.accept("-") { "-" } else { "" };
        let mut text = String::from(sign) + &self.take_while(|c| c.is_ascii_digit());
        if !(self.text.starts_with('.') && self.text[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            return integer::from_text(text.as_bytes(), 10, u64::MAX).expect("an integer");
        }
        text += &self.take_while(|c| c.is_ascii_digit() || c == '.');
        if self.accept("e") {
            text += "e";
            text += if self.accept("-") { "-" } else { "" };
            text += if self.accept("+") { "+" } else { "" };
            text += &self.take_while(|c| c.is_ascii_digit());
        }
        Term::Float(text.parse().expect("a float"))
    }

    fn atom(&mut self) -> String {
        if self.text.trim_start().starts_with('\'') {
            return self.quoted('\'');
        }
        self.text = self.text.trim_start();
        let atom = self.take_while(|c| c.is_alphanumeric() || c == '_' || c == '@');
        assert!(!atom.is_empty(), "an atom expected at {:?}", self.text);
        atom
    }

    fn quoted(&mut self, quote: char) -> String {
        self.expect(&quote.to_string());
        let mut text = String::new();
        let mut chars = self.text.char_indices();
        while let Some((index, c)) = chars.next() {
            if c == quote {
                self.text = &self.text[index + 1..];
                return text;
            }
            text.push(match c {
                '\\' => match chars.next().expect("an escape").1 {
                    'n' => '\n',
                    't' => '\t',
                    's' => ' ',
                    octal @ '0'..='7' => {
                        let two: String = chars.by_ref().take(2).map(|(_, c)| c).collect();
                        let code = u32::from_str_radix(&format!("{octal}{two}"), 8);
                        code.ok().and_then(char::from_u32).expect("three octal digits")
                    }
                    other => other,
                },
                c => c,
            });
        }
        panic!("no closing quote in {:?}", self.text);
    }
}

fn bits_of(value: i64, size: i64) -> Vec<bool> {
    (0..size).rev().map(|place| place < 64 && (value >> place) & 1 == 1).collect()
}

/// The bitstring of some bits.
fn bits(bits: &[bool]) -> Term {
    let byte = |eight: &[bool]| {
        let shifted = eight.iter().fold(0_u8, |byte, bit| (byte << 1) | u8::from(*bit));
        shifted << (8 - eight.len())
    };
    let bytes: Vec<u8> = bits.chunks(8).map(byte).collect();
    Term::Bits(Rc::new(Bits::from_bits(bytes, bits.len()).expect("as many bits as bytes")))
}

//! Natives between terms and bytes: the external term format.
//!
//! Owns the format: what Erlang releases since 26 write, and what any release wrote, but for
//! local funs, which name code and are refused. Bytes are not trusted:
//! whatever does not spell a term raises `badarg`, nesting costs memory and no stack, and nothing
//! is set aside for what has not been read. Identifiers are those of processes of this machine.

use super::binaries::bytes;
use super::{Env, Exception, PureTable, proper};
use crate::term::{Atom, Bits, Fun, Map, Pid, Ref, Term, float, integer};
use lam_isa::limits::ATOM_CHARS;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
use num_bigint::{BigInt, Sign};
use std::rc::Rc;

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("erlang", "term_to_binary", 1, term_to_binary),
    ("erlang", "term_to_binary", 2, term_to_binary),
    ("erlang", "term_to_iovec", 1, term_to_iovec),
    ("erlang", "term_to_iovec", 2, term_to_iovec),
    ("erlang", "external_size", 1, external_size),
    ("erlang", "external_size", 2, external_size),
    ("erlang", "binary_to_term", 1, binary_to_term),
    ("erlang", "binary_to_term", 2, binary_to_term),
];

/// The first byte of the format.
const VERSION: u8 = 131;

/// The tags of the format.
mod tag {
    pub const NEW_FLOAT: u8 = 70;
    pub const BIT_BINARY: u8 = 77;
    pub const COMPRESSED: u8 = 80;
    pub const NEW_PID: u8 = 88;
    pub const NEWER_REFERENCE: u8 = 90;
    pub const SMALL_INTEGER: u8 = 97;
    pub const INTEGER: u8 = 98;
    pub const FLOAT: u8 = 99;
    pub const ATOM: u8 = 100;
    pub const SMALL_TUPLE: u8 = 104;
    pub const LARGE_TUPLE: u8 = 105;
    pub const NIL: u8 = 106;
    pub const STRING: u8 = 107;
    pub const LIST: u8 = 108;
    pub const BINARY: u8 = 109;
    pub const SMALL_BIG: u8 = 110;
    pub const LARGE_BIG: u8 = 111;
    pub const NEW_FUN: u8 = 112;
    pub const EXPORT: u8 = 113;
    pub const SMALL_ATOM: u8 = 115;
    pub const MAP: u8 = 116;
    pub const ATOM_UTF8: u8 = 118;
    pub const SMALL_ATOM_UTF8: u8 = 119;
}

/// Reads the options of `term_to_binary`: the minor version. Terms are never compressed, which
/// the format allows.
fn minor_version(arg: Option<&Term>) -> Result<i64, Exception> {
    let mut version = 2;
    for option in arg.map_or(Ok(Vec::new()), proper)? {
        match (option.as_atom().map(Atom::text), option.as_tuple()) {
            (Some("compressed" | "deterministic" | "local"), _) => {}
            (_, Some([name, Term::Int(0..=9)])) if name.is_atom("compressed") => {}
            (_, Some([name, Term::Int(number @ 0..=2)])) if name.is_atom("minor_version") => {
                version = *number;
            }
            _ => return Err(Exception::badarg()),
        }
    }
    Ok(version)
}

fn encoded(env: &mut dyn Env, args: &[Term]) -> Result<Vec<u8>, Exception> {
    let minor_version = minor_version(args.get(1))?;
    let mut writer = Writer { bytes: vec![VERSION], minor_version, node: env.node() };
    let mut waiting = vec![&args[0]];
    while let Some(term) = waiting.pop() {
        writer.write(term, &mut waiting);
        env.fits(writer.bytes.len())?;
    }
    Ok(writer.bytes)
}

fn term_to_binary(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    encoded(env, args).map(Term::binary)
}

fn term_to_iovec(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    encoded(env, args).map(|bytes| Term::list([Term::binary(bytes)]))
}

fn external_size(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    encoded(env, args).map(|bytes| integer::from_usize(bytes.len()))
}

struct Writer {
    bytes: Vec<u8>,
    minor_version: i64,
    node: Atom,
}

impl Writer {
    /// A count in four bytes; nothing a machine holds has more of anything.
    fn put_count(&mut self, count: usize) {
        self.bytes.extend(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
    }

    fn put_words<const N: usize>(&mut self, words: [u32; N]) {
        words.iter().for_each(|word| self.bytes.extend(word.to_be_bytes()));
    }

    fn put_tagged(&mut self, tag: u8, number: u32) {
        self.bytes.push(tag);
        self.bytes.extend(number.to_be_bytes());
    }

    /// Writes a term but for the terms in it, which go on the stack, the first one last.
    fn write<'a>(&mut self, term: &'a Term, waiting: &mut Vec<&'a Term>) {
        match term {
            Term::Int(small) => self.write_small(*small, term),
            Term::Big(big) => self.write_big(big),
            Term::Float(float) => self.write_float(*float),
            Term::Atom(atom) => self.write_atom(*atom),
            Term::Nil => self.bytes.push(tag::NIL),
            Term::Cons(_) => self.write_list(term, waiting),
            Term::Tuple(elements) => {
                match u8::try_from(elements.len()) {
                    Ok(count) => self.bytes.extend([tag::SMALL_TUPLE, count]),
                    Err(_) => {
                        self.bytes.push(tag::LARGE_TUPLE);
                        self.put_count(elements.len());
                    }
                }
                waiting.extend(elements.iter().rev());
            }
            Term::Map(map) => {
                self.bytes.push(tag::MAP);
                self.put_count(map.len());
                for (key, value) in map.iter().rev() {
                    waiting.extend([value, key]);
                }
            }
            Term::Bits(bits) => self.write_bits(bits),
            Term::Pid(pid) => {
                self.bytes.push(tag::NEW_PID);
                self.write_atom(self.node);
                self.put_words([pid.0, 0, 0]);
            }
            Term::Ref(reference) => {
                self.bytes.extend([tag::NEWER_REFERENCE, 0, 2]);
                self.write_atom(self.node);
                self.put_words([0, reference.number, reference.creator.0]);
            }
            Term::Fun(fun) => self.write_fun(fun, waiting),
        }
    }

    fn write_small(&mut self, small: i64, term: &Term) {
        if let Ok(byte) = u8::try_from(small) {
            self.bytes.extend([tag::SMALL_INTEGER, byte]);
        } else if let Ok(word) = i32::try_from(small) {
            self.put_tagged(tag::INTEGER, word.cast_unsigned());
        } else if let Some(big) = integer::value(term) {
            self.write_big(&big);
        }
    }

    fn write_big(&mut self, big: &BigInt) {
        let (sign, digits) = big.to_bytes_le();
        match u8::try_from(digits.len()) {
            Ok(count) => self.bytes.extend([tag::SMALL_BIG, count]),
            Err(_) => {
                self.bytes.push(tag::LARGE_BIG);
                self.put_count(digits.len());
            }
        }
        self.bytes.push(u8::from(sign == Sign::Minus));
        self.bytes.extend(digits);
    }

    fn write_float(&mut self, float: f64) {
        if self.minor_version == 0 {
            self.bytes.push(tag::FLOAT);
            let mut text = float::to_text_scientific(float, 20).into_bytes();
            text.resize(31, 0);
            self.bytes.extend(text);
        } else {
            self.bytes.push(tag::NEW_FLOAT);
            self.bytes.extend(float.to_be_bytes());
        }
    }

    /// Before minor version 2, atoms of Latin-1 had a tag of their own.
    fn write_atom(&mut self, atom: Atom) {
        let text = atom.text();
        let latin1: Option<Vec<u8>> = text.chars().map(|char| u8::try_from(char).ok()).collect();
        match latin1.filter(|_| self.minor_version < 2) {
            Some(latin1) => self.write_atom_bytes(tag::ATOM, &latin1),
            None => match u8::try_from(text.len()) {
                Ok(length) => {
                    self.bytes.extend([tag::SMALL_ATOM_UTF8, length]);
                    self.bytes.extend(text.bytes());
                }
                Err(_) => self.write_atom_bytes(tag::ATOM_UTF8, text.as_bytes()),
            },
        }
    }

    /// At most 255 characters: at most 1,020 bytes.
    fn write_atom_bytes(&mut self, tag: u8, bytes: &[u8]) {
        self.bytes.push(tag);
        self.bytes.extend(u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.bytes.extend(bytes);
    }

    fn write_list<'a>(&mut self, list: &'a Term, waiting: &mut Vec<&'a Term>) {
        let mut elements = Vec::new();
        let mut rest = list;
        while let Term::Cons(cons) = rest {
            elements.push(&cons.head);
            rest = &cons.tail;
        }
        let byte = |term: &&Term| term.as_int().and_then(|code| u8::try_from(code).ok());
        let text: Option<Vec<u8>> = elements.iter().map(byte).collect();
        match (text, u16::try_from(elements.len()), rest) {
            (Some(text), Ok(length), Term::Nil) => {
                self.bytes.push(tag::STRING);
                self.bytes.extend(length.to_be_bytes());
                self.bytes.extend(text);
            }
            _ => {
                self.bytes.push(tag::LIST);
                self.put_count(elements.len());
                waiting.push(rest);
                waiting.extend(elements.into_iter().rev());
            }
        }
    }

    fn write_bits(&mut self, bits: &Bits) {
        let rest = u8::try_from(bits.bit_length() % 8).unwrap_or(0);
        self.bytes.push(if rest == 0 { tag::BINARY } else { tag::BIT_BINARY });
        self.put_count(bits.byte_length());
        if rest != 0 {
            self.bytes.push(rest);
        }
        self.bytes.extend(bits.bytes().iter());
    }

    fn write_fun<'a>(&mut self, fun: &'a Fun, waiting: &mut Vec<&'a Term>) {
        match fun {
            Fun::External { module, name, arity } => {
                self.bytes.push(tag::EXPORT);
                self.write_atom(*module);
                self.write_atom(*name);
                self.bytes.extend([tag::SMALL_INTEGER, *arity]);
            }
            Fun::Local { module, function, version, arity, index, unique, captured } => {
                let start = self.bytes.len();
                self.put_tagged(tag::NEW_FUN, 0);
                self.bytes.push(*arity);
                self.put_words([*version, *function, 0, *unique, *index]);
                self.put_count(captured.len());
                self.write_atom(*module);
                self.put_tagged(tag::INTEGER, *index);
                self.put_tagged(tag::INTEGER, *unique);
                self.bytes.push(tag::NEW_PID);
                self.write_atom(self.node);
                self.bytes.extend([0; 12]);
                waiting.extend(captured.iter().rev());
                // The size covers the fixed part; nobody reads it back.
                let size = u32::try_from(self.bytes.len() - start - 1).unwrap_or(u32::MAX);
                self.bytes[start + 1..start + 5].copy_from_slice(&size.to_be_bytes());
            }
        }
    }
}

fn binary_to_term(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let (mut safe, mut used) = (false, false);
    for option in args.get(1).map_or(Ok(Vec::new()), proper)? {
        match option.as_atom().map(Atom::text) {
            Some("safe") => safe = true,
            Some("used") => used = true,
            _ => return Err(Exception::badarg()),
        }
    }
    let bytes = bytes(&args[0])?;
    let unpacked = uncompressed(env, &bytes)?;
    let mut reader = Reader { bytes: unpacked.as_deref().unwrap_or(&bytes), safe, env };
    let term = reader.read_versioned()?;
    // How long the compressed part is cannot be told: it counts as all of it.
    let left = if unpacked.is_some() { 0 } else { reader.bytes.len() };
    let read = integer::from_usize(bytes.len() - left);
    Ok(if used { Term::tuple([term, read]) } else { term })
}

/// The bytes that compressed ones stand for, if they are compressed; the size comes first and
/// bounds them.
fn uncompressed(env: &mut dyn Env, bytes: &[u8]) -> Result<Option<Vec<u8>>, Exception> {
    let Some((&[VERSION, tag::COMPRESSED, a, b, c, d], packed)) = bytes.split_first_chunk() else {
        return Ok(None);
    };
    let size = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    let most = env.bytes_max();
    match decompress_to_vec_zlib_with_limit(packed, size.min(most)) {
        Ok(data) if data.len() == size => Ok(Some([vec![VERSION], data].concat())),
        Err(error) if size > most && error.status == TINFLStatus::HasMoreOutput => {
            Err(env.too_long())
        }
        _ => Err(Exception::badarg()),
    }
}

/// A compound term of which not all is read.
struct Open {
    kind: Kind,
    /// How many terms it is made of.
    wanted: usize,
    /// Those that are read.
    have: Vec<Term>,
}

#[derive(Clone, Copy)]
enum Kind {
    Tuple,
    /// The last term is the tail.
    List,
    /// Keys and values in turn.
    Map,
}

impl Open {
    fn close(self) -> Result<Term, Exception> {
        let mut have = self.have;
        match self.kind {
            Kind::Tuple => Ok(Term::tuple(have)),
            Kind::List => {
                let tail = have.pop().unwrap_or(Term::Nil);
                Ok(Term::list_onto(have, tail))
            }
            Kind::Map => {
                let (pairs, _) = have.as_chunks::<2>();
                let map: Map = pairs.iter().cloned().map(|[key, value]| (key, value)).collect();
                // A key may come once only.
                if map.len() < pairs.len() {
                    return Err(Exception::badarg());
                }
                Ok(Term::Map(Rc::new(map)))
            }
        }
    }
}

/// What one tag begins.
enum Started {
    Whole(Term),
    Open(Kind, usize),
}

struct Reader<'a> {
    /// What is not read.
    bytes: &'a [u8],
    /// Whether an atom that the machine does not have is refused.
    safe: bool,
    env: &'a mut dyn Env,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Exception> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or_else(Exception::badarg)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], Exception> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or_else(Exception::badarg)?;
        self.bytes = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, Exception> {
        self.take_array().map(|[byte]| byte)
    }

    fn short(&mut self) -> Result<usize, Exception> {
        self.take_array().map(u16::from_be_bytes).map(usize::from)
    }

    fn word(&mut self) -> Result<u32, Exception> {
        self.take_array().map(u32::from_be_bytes)
    }

    fn count(&mut self) -> Result<usize, Exception> {
        usize::try_from(self.word()?).map_err(|_| Exception::badarg())
    }

    fn read_versioned(&mut self) -> Result<Term, Exception> {
        if self.byte()? != VERSION {
            return Err(Exception::badarg());
        }
        let mut open: Vec<Open> = Vec::new();
        loop {
            let mut term = match self.start()? {
                Started::Whole(term) => term,
                Started::Open(_, wanted) if wanted > self.bytes.len() => {
                    return Err(Exception::badarg());
                }
                Started::Open(kind, wanted) => {
                    open.push(Open { kind, wanted, have: Vec::new() });
                    if wanted > 0 {
                        continue;
                    }
                    match open.pop() {
                        Some(empty) => empty.close()?,
                        None => continue,
                    }
                }
            };
            // Put the term where it belongs, and close whatever is complete by that.
            loop {
                let Some(mut around) = open.pop() else { return Ok(term) };
                around.have.push(term);
                if around.have.len() < around.wanted {
                    open.push(around);
                    break;
                }
                term = around.close()?;
            }
        }
    }

    fn start(&mut self) -> Result<Started, Exception> {
        let term = match self.byte()? {
            tag::SMALL_TUPLE => return Ok(Started::Open(Kind::Tuple, usize::from(self.byte()?))),
            tag::LARGE_TUPLE => return Ok(Started::Open(Kind::Tuple, self.count()?)),
            tag::LIST => return Ok(Started::Open(Kind::List, self.count()?.saturating_add(1))),
            tag::MAP => return Ok(Started::Open(Kind::Map, self.count()?.saturating_mul(2))),
            tag::SMALL_INTEGER => Term::Int(i64::from(self.byte()?)),
            tag::INTEGER => Term::Int(i64::from(self.word()?.cast_signed())),
            tag::SMALL_BIG => {
                let count = usize::from(self.byte()?);
                self.read_big(count)?
            }
            tag::LARGE_BIG => {
                let count = self.count()?;
                self.read_big(count)?
            }
            tag::NEW_FLOAT => {
                let float = float::finite(f64::from_be_bytes(self.take_array()?));
                float.map(Term::Float).ok_or_else(Exception::badarg)?
            }
            tag::FLOAT => {
                let text = self.take(31)?;
                let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
                float::from_text(&text[..end]).map(Term::Float).ok_or_else(Exception::badarg)?
            }
            tag::NIL => Term::Nil,
            tag::STRING => {
                let count = self.short()?;
                let bytes = self.take(count)?.iter();
                Term::list(bytes.map(|byte| Term::Int(i64::from(*byte))).collect::<Vec<_>>())
            }
            tag::BINARY => {
                let count = self.count()?;
                Term::binary(self.take(count)?)
            }
            tag::BIT_BINARY => self.read_bits()?,
            tag::NEW_PID => {
                let pid = self.read_pid()?;
                Term::Pid(pid)
            }
            tag::NEWER_REFERENCE => self.read_reference()?,
            tag::EXPORT => self.read_export()?,
            atom => Term::Atom(self.read_atom(atom)?),
        };
        Ok(Started::Whole(term))
    }

    fn read_big(&mut self, count: usize) -> Result<Term, Exception> {
        let sign = if self.byte()? == 0 { Sign::Plus } else { Sign::Minus };
        let value = BigInt::from_bytes_le(sign, self.take(count)?);
        integer::within(value, self.env.integer_bits()).map_err(|_| Exception::system_limit())
    }

    fn read_bits(&mut self) -> Result<Term, Exception> {
        let count = self.count()?;
        let last = usize::from(self.byte()?);
        let bytes = self.take(count)?.to_vec();
        let bits = match (count, last) {
            (0, 0) => Some(Bits::from_bytes(bytes)),
            (1.., 1..=8) => Bits::from_bits(bytes, count * 8 - 8 + last),
            _ => None,
        };
        bits.map(|bits| Term::Bits(Rc::new(bits))).ok_or_else(Exception::badarg)
    }

    /// An atom of that tag.
    fn read_atom(&mut self, tag: u8) -> Result<Atom, Exception> {
        let count = match tag {
            tag::ATOM | tag::ATOM_UTF8 => self.short()?,
            tag::SMALL_ATOM | tag::SMALL_ATOM_UTF8 => usize::from(self.byte()?),
            _ => return Err(Exception::badarg()),
        };
        let bytes = self.take(count)?;
        let text: String = match tag {
            tag::ATOM | tag::SMALL_ATOM => bytes.iter().copied().map(char::from).collect(),
            _ => std::str::from_utf8(bytes).map_err(|_| Exception::badarg())?.into(),
        };
        if text.chars().count() > ATOM_CHARS {
            return Err(Exception::badarg());
        }
        if self.safe {
            return self.env.existing_atom(&text).ok_or_else(Exception::badarg);
        }
        self.env.new_atom(&text)
    }

    fn read_any_atom(&mut self) -> Result<Atom, Exception> {
        let tag = self.byte()?;
        self.read_atom(tag)
    }

    /// The name of this node; others are not known here.
    fn read_node(&mut self) -> Result<(), Exception> {
        let node = self.read_any_atom()?;
        if node == self.env.node() { Ok(()) } else { Err(Exception::badarg()) }
    }

    fn known(&self, number: u32) -> Result<Pid, Exception> {
        let pid = Pid(number);
        if self.env.knows(pid) { Ok(pid) } else { Err(Exception::badarg()) }
    }

    fn read_pid(&mut self) -> Result<Pid, Exception> {
        self.read_node()?;
        let [number, _, _] = [self.word()?, self.word()?, self.word()?];
        self.known(number)
    }

    fn read_reference(&mut self) -> Result<Term, Exception> {
        if self.short()? != 2 {
            return Err(Exception::badarg());
        }
        self.read_node()?;
        let [_, number, creator] = [self.word()?, self.word()?, self.word()?];
        Ok(Term::Ref(Ref { creator: self.known(creator)?, number }))
    }

    fn read_export(&mut self) -> Result<Term, Exception> {
        let (module, name) = (self.read_any_atom()?, self.read_any_atom()?);
        let arity = match self.byte()? {
            tag::SMALL_INTEGER => self.byte()?,
            tag::INTEGER => u8::try_from(self.word()?).map_err(|_| Exception::badarg())?,
            _ => return Err(Exception::badarg()),
        };
        Ok(Term::Fun(Rc::new(Fun::External { module, name, arity })))
    }
}

//! Natives between terms and bytes: the external term format.
//!
//! Owns the format: what Erlang releases since 26 write, and what any release wrote, but for
//! local funs, which name code and are refused. Bytes are not trusted:
//! whatever does not spell a term raises `badarg`, nesting costs memory and no stack, and nothing
//! is set aside for what has not been read. Identifiers are those of processes of this machine.

use super::binaries::{byte_list, bytes};
use super::{PureTable, proper};
use crate::atom::Atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::term::bits::Bits;
use crate::term::{Boxed, Pid, Ref, Term, View, float, integer, map};
use dashu_int::{IBig, Sign};
use lam_isa::limits::ATOM_CHARS;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use std::sync::atomic::Ordering;

/// The natives of this theme.
pub(super) const TABLE: PureTable = &[
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
    for option in arg.map_or(Ok(Vec::new()), |options| proper(*options))? {
        let pair = match option.as_tuple() {
            Some([name, number]) => name.as_atom().zip(number.as_small()),
            _ => None,
        };
        match (option.as_atom().map(Atom::text), pair.map(|(name, number)| (name.text(), number))) {
            (Some("compressed" | "deterministic" | "local"), _)
            | (_, Some(("compressed", 0..=9))) => {}
            (_, Some(("minor_version", number @ 0..=2))) => version = number,
            _ => return Err(Exception::badarg()),
        }
    }
    Ok(version)
}

fn encoded(core: &Core, args: &[Term]) -> Result<Vec<u8>, Exception> {
    let minor_version = minor_version(args.get(1))?;
    let mut writer = Writer { bytes: vec![VERSION], minor_version, node: core.node() };
    let mut waiting = vec![args[0]];
    while let Some(term) = waiting.pop() {
        writer.write(term, &mut waiting);
        core.fits(writer.bytes.len())?;
    }
    Ok(writer.bytes)
}

fn term_to_binary(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bytes = encoded(core, args)?;
    Ok(core.heap().binary(&bytes))
}

fn term_to_iovec(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let binary = term_to_binary(core, args)?;
    Ok(core.heap().list([binary]))
}

fn external_size(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let bytes = encoded(core, args)?.len();
    Ok(integer::from_usize(core.heap(), bytes))
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
    fn write(&mut self, term: Term, waiting: &mut Vec<Term>) {
        match term.view() {
            View::Small(small) => self.write_small(small),
            View::Big(big) => self.write_big(&integer::value(big)),
            View::Float(float) => self.write_float(float),
            View::Atom(atom) => self.write_atom(atom),
            View::Nil => self.bytes.push(tag::NIL),
            View::Cons(..) => self.write_list(term, waiting),
            View::Tuple(elements) => {
                match u8::try_from(elements.len()) {
                    Ok(count) => self.bytes.extend([tag::SMALL_TUPLE, count]),
                    Err(_) => {
                        self.bytes.push(tag::LARGE_TUPLE);
                        self.put_count(elements.len());
                    }
                }
                waiting.extend(elements.iter().rev());
            }
            View::Map(map) => {
                self.bytes.push(tag::MAP);
                self.put_count(map.len());
                let first = waiting.len();
                waiting.extend(map.iter().flat_map(|(key, value)| [key, value]));
                waiting[first..].reverse();
            }
            View::Bits(bits) => self.write_bits(&bits),
            View::Pid(pid) => {
                self.bytes.push(tag::NEW_PID);
                self.write_atom(self.node);
                self.put_words([pid.slot, pid.serial, 0]);
            }
            View::Ref(reference) => self.write_reference(reference),
            View::External(module, name, arity) => {
                self.bytes.push(tag::EXPORT);
                self.write_atom(module);
                self.write_atom(name);
                self.bytes.extend([tag::SMALL_INTEGER, arity]);
            }
            View::Fun(fun) => self.write_fun(fun, waiting),
            View::Other => {}
        }
    }

    /// The maker's serial number stands where Erlang has the creation of a node. The number is one
    /// word, or two if it needs them.
    fn write_reference(&mut self, reference: Ref) {
        let Ref { creator, number } = reference;
        let [low, high] = [number, number >> 32].map(|half| (half & 0xffff_ffff) as u32);
        self.bytes.extend([tag::NEWER_REFERENCE, 0, if high == 0 { 2 } else { 3 }]);
        self.write_atom(self.node);
        self.put_words([creator.serial, low, creator.slot]);
        if high != 0 {
            self.put_words([high]);
        }
    }

    fn write_small(&mut self, small: i64) {
        if let Ok(byte) = u8::try_from(small) {
            self.bytes.extend([tag::SMALL_INTEGER, byte]);
        } else if let Ok(word) = i32::try_from(small) {
            self.put_tagged(tag::INTEGER, word.cast_unsigned());
        } else {
            self.write_big(&IBig::from(small));
        }
    }

    fn write_big(&mut self, big: &IBig) {
        let (sign, magnitude) = big.clone().into_parts();
        let digits = magnitude.to_le_bytes();
        match u8::try_from(digits.len()) {
            Ok(count) => self.bytes.extend([tag::SMALL_BIG, count]),
            Err(_) => {
                self.bytes.push(tag::LARGE_BIG);
                self.put_count(digits.len());
            }
        }
        self.bytes.push(u8::from(sign == Sign::Negative));
        self.bytes.extend(&*digits);
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

    fn write_list(&mut self, list: Term, waiting: &mut Vec<Term>) {
        let mut rest = list.iter();
        let elements: Vec<Term> = rest.by_ref().collect();
        let rest = rest.rest();
        let byte = |term: &Term| term.as_small().and_then(|code| u8::try_from(code).ok());
        let text: Option<Vec<u8>> = elements.iter().map(byte).collect();
        match (text, u16::try_from(elements.len())) {
            (Some(text), Ok(length)) if rest == Term::NIL => {
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

    fn write_bits(&mut self, bits: &Bits<'_>) {
        let rest = u8::try_from(bits.length % 8).unwrap_or(0);
        self.bytes.push(if rest == 0 { tag::BINARY } else { tag::BIT_BINARY });
        self.put_count(bits.byte_length());
        if rest != 0 {
            self.bytes.push(rest);
        }
        self.bytes.extend(&*bits.to_bytes());
    }

    fn write_fun(&mut self, fun: Boxed<'_>, waiting: &mut Vec<Term>) {
        let Some((entry, captured)) = fun.term().as_fun() else { return };
        let start = self.bytes.len();
        self.put_tagged(tag::NEW_FUN, 0);
        self.bytes.push(entry.arity);
        let function = entry.function().index;
        self.put_words([entry.version, function, 0, entry.unique, entry.index]);
        self.put_count(captured.len());
        self.write_atom(entry.module);
        self.put_tagged(tag::INTEGER, entry.index);
        self.put_tagged(tag::INTEGER, entry.unique);
        self.bytes.push(tag::NEW_PID);
        self.write_atom(self.node);
        self.bytes.extend([0; 12]);
        waiting.extend(captured.iter().rev());
        // The size covers the fixed part; nobody reads it back.
        let size = u32::try_from(self.bytes.len() - start - 1).unwrap_or(u32::MAX);
        self.bytes[start + 1..start + 5].copy_from_slice(&size.to_be_bytes());
    }
}

fn binary_to_term(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let (mut safe, mut used) = (false, false);
    for option in args.get(1).map_or(Ok(Vec::new()), |options| proper(*options))? {
        match option.as_atom().map(Atom::text) {
            Some("safe") => safe = true,
            Some("used") => used = true,
            _ => return Err(Exception::badarg()),
        }
    }
    let bytes = bytes(args[0])?;
    let unpacked = uncompressed(core, &bytes)?;
    let mut reader = Reader { bytes: unpacked.as_deref().unwrap_or(&bytes), safe, core };
    let term = reader.read_versioned()?;
    if !used {
        return Ok(term);
    }
    // How long the compressed part is cannot be told: it counts as all of it.
    let left = if unpacked.is_some() { 0 } else { reader.bytes.len() };
    let read = integer::from_usize(core.heap(), bytes.len() - left);
    Ok(core.heap().tuple(&[term, read]))
}

/// The bytes that compressed ones stand for, if they are compressed; the size comes first and
/// bounds them.
fn uncompressed(core: &Core, bytes: &[u8]) -> Result<Option<Vec<u8>>, Exception> {
    let Some((&[VERSION, tag::COMPRESSED, a, b, c, d], packed)) = bytes.split_first_chunk() else {
        return Ok(None);
    };
    let size = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    core.fits(size)?;
    let data = decompress_to_vec_zlib_with_limit(packed, size).ok();
    let data = data.filter(|data| data.len() == size).ok_or_else(Exception::badarg)?;
    Ok(Some([vec![VERSION], data].concat()))
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
    fn close(mut self, core: &mut Core) -> Result<Term, Exception> {
        let heap = core.heap();
        match self.kind {
            Kind::Tuple => Ok(heap.tuple(&self.have)),
            Kind::List => {
                let tail = self.have.pop().unwrap_or(Term::NIL);
                Ok(heap.list_onto(self.have, tail))
            }
            Kind::Map => {
                let (pairs, _) = self.have.as_chunks::<2>();
                let mut pairs: Vec<_> = pairs.iter().map(|[key, value]| (*key, *value)).collect();
                let map = map::from_pairs(heap, &mut pairs);
                // A key may come once only.
                let whole = map.as_map().is_some_and(|map| map.len() == pairs.len());
                if whole { Ok(map) } else { Err(Exception::badarg()) }
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
    core: &'a mut Core,
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
                        Some(empty) => empty.close(self.core)?,
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
                term = around.close(self.core)?;
            }
        }
    }

    fn start(&mut self) -> Result<Started, Exception> {
        let term = match self.byte()? {
            tag::SMALL_TUPLE => return Ok(Started::Open(Kind::Tuple, usize::from(self.byte()?))),
            tag::LARGE_TUPLE => return Ok(Started::Open(Kind::Tuple, self.count()?)),
            tag::LIST => return Ok(Started::Open(Kind::List, self.count()?.saturating_add(1))),
            tag::MAP => return Ok(Started::Open(Kind::Map, self.count()?.saturating_mul(2))),
            tag::SMALL_INTEGER => Term::small(i64::from(self.byte()?)),
            tag::INTEGER => Term::small(i64::from(self.word()?.cast_signed())),
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
                self.core.heap().float(float.ok_or_else(Exception::badarg)?)
            }
            tag::FLOAT => {
                let text = self.take(31)?;
                let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
                let float = float::from_text(&text[..end]);
                self.core.heap().float(float.ok_or_else(Exception::badarg)?)
            }
            tag::NIL => Term::NIL,
            tag::STRING => {
                let count = self.short()?;
                let bytes = self.take(count)?;
                byte_list(self.core.heap(), bytes, Term::NIL)
            }
            tag::BINARY => {
                let count = self.count()?;
                let bytes = self.take(count)?;
                self.core.heap().binary(bytes)
            }
            tag::BIT_BINARY => self.read_bits()?,
            tag::NEW_PID => {
                let pid = self.read_pid()?;
                Term::pid(pid)
            }
            tag::NEWER_REFERENCE => self.read_reference()?,
            tag::EXPORT => self.read_export()?,
            atom => Term::atom(self.read_atom(atom)?),
        };
        Ok(Started::Whole(term))
    }

    fn read_big(&mut self, count: usize) -> Result<Term, Exception> {
        let negative = self.byte()? != 0;
        let magnitude = self.take(count)?;
        let value = integer::from_bytes(self.core.heap(), negative, magnitude);
        let fits = integer::bits(value) <= self.core.integer_bits();
        if fits { Ok(value) } else { Err(Exception::system_limit()) }
    }

    fn read_bits(&mut self) -> Result<Term, Exception> {
        let count = self.count()?;
        let last = usize::from(self.byte()?);
        let bytes = self.take(count)?;
        let length = match (count, last) {
            (0, 0) => 0,
            (1.., 1..=8) => count * 8 - 8 + last,
            _ => return Err(Exception::badarg()),
        };
        Ok(self.core.heap().bitstring(bytes, length))
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
            return self.core.existing_atom(&text).ok_or_else(Exception::badarg);
        }
        self.core.new_atom(&text)
    }

    fn read_any_atom(&mut self) -> Result<Atom, Exception> {
        let tag = self.byte()?;
        self.read_atom(tag)
    }

    /// The name of this node; others are not known here.
    fn read_node(&mut self) -> Result<(), Exception> {
        let node = self.read_any_atom()?;
        if node == self.core.node() { Ok(()) } else { Err(Exception::badarg()) }
    }

    fn known(&self, slot: u32, serial: u32) -> Result<Pid, Exception> {
        let pid = Pid { serial, slot };
        if self.core.machine.slots.knows(pid) { Ok(pid) } else { Err(Exception::badarg()) }
    }

    fn read_pid(&mut self) -> Result<Pid, Exception> {
        self.read_node()?;
        let [slot, serial, _] = [self.word()?, self.word()?, self.word()?];
        self.known(slot, serial)
    }

    fn read_reference(&mut self) -> Result<Term, Exception> {
        let words = self.short()?;
        if !matches!(words, 2 | 3) {
            return Err(Exception::badarg());
        }
        self.read_node()?;
        let [serial, low, slot] = [self.word()?, self.word()?, self.word()?];
        let high = if words == 3 { self.word()? } else { 0 };
        let creator = self.known(slot, serial)?;
        let number = u64::from(high) << 32 | u64::from(low);
        self.core.machine.forged.store(true, Ordering::Relaxed);
        Ok(self.core.heap().reference(Ref { creator, number }))
    }

    fn read_export(&mut self) -> Result<Term, Exception> {
        let (module, name) = (self.read_any_atom()?, self.read_any_atom()?);
        let arity = match self.byte()? {
            tag::SMALL_INTEGER => self.byte()?,
            tag::INTEGER => u8::try_from(self.word()?).map_err(|_| Exception::badarg())?,
            _ => return Err(Exception::badarg()),
        };
        Ok(self.core.heap().external(module, name, arity))
    }
}

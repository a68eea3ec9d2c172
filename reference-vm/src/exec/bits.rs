//! Bits: `bmake` `bmatch`.

use super::Exec;
use crate::native::{Env, Exception};
use crate::process::Value;
use crate::term::{BitReader, BitWriter, Term, integer};
use lam_isa::Rule;
use lam_isa::kind::{Command, Segment, SegmentKind};
use lam_isa::operand::{Dst, Else, Reg, Src};
use lam_isa::table::Bits;
use std::rc::Rc;

/// Bits of the largest size of a segment that `bmake` takes (`exec.bmake.raise`).
const BITS_MAX: usize = match 1_usize.checked_shl(36) {
    Some(bits) => bits,
    // Where addresses have 32 bits, memory ends before.
    None => usize::MAX,
};

impl Bits for Exec<'_> {
    type Out = Rule;

    fn bmake(&mut self, segments: &Vec<Segment>, dst: &Dst, other: &Else) -> Rule {
        let mut bits = BitWriter::new();
        let mut failure = None;
        for segment in segments {
            self.machine.fire(Rule::ExecBmake(segment.kind));
            if let Err(exception) = self.put(&mut bits, segment) {
                failure = Some(exception);
                break;
            }
        }

        match (failure, other) {
            (None, _) => {
                let bits = Term::Bits(Rc::new(bits.finish()));
                self.allocate(crate::heap::own_words(&bits));
                self.write(dst, bits);
                self.next();
                Rule::ExecBmakeBuild
            }
            (Some(_), Some(label)) => {
                self.goto(*label);
                Rule::ExecBmakeElse
            }
            (Some(exception), None) => self.raise(Rule::ExecBmakeRaise, exception),
        }
    }

    fn bmatch(&mut self, context: &Reg, other: &Else, commands: &Vec<Command>) -> Rule {
        for command in commands {
            // Where a context may come, a term may: only `start` takes one.
            let uses = !matches!(command, Command::Start(_));
            if uses && matches!(self.read_value(&Src::from(*context)), Value::Term(_)) {
                return self.raise(Rule::ExecBmatchRaise, Exception::badarg());
            }
            let (rule, matched) = self.match_one(context, command);
            self.machine.fire(rule);
            match (matched, other) {
                (Ok(()), _) => {}
                (Err(Miss::Limit), _) => {
                    self.machine.fire(Rule::LimIntegerBits);
                    return self.raise(Rule::ExecBmatchRaise, Exception::system_limit());
                }
                (Err(Miss::Fails), Some(label)) => {
                    self.goto(*label);
                    return Rule::ExecBmatchElse;
                }
                (Err(Miss::Fails), None) => {
                    return self.raise(Rule::ExecBmatchRaise, Exception::badarg());
                }
            }
        }
        self.next();
        Rule::ExecBmatchDone
    }
}

/// Why a command of `bmatch` was not done.
enum Miss {
    /// It fails.
    Fails,
    /// It would make an integer of too many bits (`lim.integer.bits`).
    Limit,
}

impl Exec<'_> {
    /// Appends one segment.
    fn put(&mut self, bits: &mut BitWriter, segment: &Segment) -> Result<(), Exception> {
        let value = self.read(&segment.value);
        let size = match segment.size {
            None => None,
            Some(size) => Some(self.bit_size(&size, segment.unit)?),
        };
        let before = bits.bit_length();
        let done = match (segment.kind, size) {
            (SegmentKind::Integer, Some(size)) => {
                if !matches!(value, Term::Int(_) | Term::Big(_)) {
                    return Err(Exception::badarg());
                }
                self.room(before, size)?;
                bits.put_integer(&value, size, segment.little)
            }
            (SegmentKind::Float, Some(size)) => bits.put_float(&value, size, segment.little),
            (SegmentKind::Binary | SegmentKind::Append, size) => {
                let Term::Bits(value) = value else { return Err(Exception::badarg()) };
                let whole = value.bit_length().is_multiple_of(usize::from(segment.unit));
                let part = match size {
                    None => whole.then(|| (*value).clone()),
                    Some(size) => value.part(0, size),
                };
                let part = part.ok_or_else(Exception::badarg)?;
                self.room(before, part.bit_length())?;
                bits.put(&part);
                Some(())
            }
            (SegmentKind::Utf8, _) => bits.put_utf8(&value),
            (SegmentKind::Utf16, _) => bits.put_utf16(&value, segment.little),
            (SegmentKind::Utf32, _) => bits.put_utf32(&value, segment.little),
            (SegmentKind::Integer | SegmentKind::Float, None) => None,
        };
        done.ok_or_else(Exception::badarg)?;
        self.room(bits.bit_length(), 0)
    }

    /// Whether so many bits more are still a bitstring that the heap can hold
    /// (`lim.heap.bitstring`).
    fn room(&mut self, bits: usize, more: usize) -> Result<(), Exception> {
        self.machine.fits(bits.saturating_add(more).div_ceil(8))
    }

    /// The size of a segment to be made, in bits.
    fn bit_size(&self, size: &Src, unit: u16) -> Result<usize, Exception> {
        match self.read(size) {
            Term::Int(units) if units >= 0 => usize::try_from(units)
                .ok()
                .and_then(|units| units.checked_mul(usize::from(unit)))
                .filter(|bits| *bits <= BITS_MAX)
                .ok_or_else(Exception::system_limit),
            Term::Big(units) if units.sign() == num_bigint::Sign::Plus => {
                Err(Exception::system_limit())
            }
            _ => Err(Exception::badarg()),
        }
    }

    /// The size of a segment to be matched, in bits; what is no size does not match.
    fn match_size(&self, size: &Src, unit: u16) -> Option<usize> {
        let units = usize::try_from(self.read(size).as_int()?).ok()?;
        units.checked_mul(usize::from(unit))
    }

    /// One command: its rule, and whether it matched.
    fn match_one(&mut self, context: &Reg, command: &Command) -> (Rule, Result<(), Miss>) {
        if let Command::Start(src) = command {
            return (Rule::ExecBmatchStart, self.start(context, src).ok_or(Miss::Fails));
        }
        let Value::Context(number) = self.read_value(&Src::from(*context)) else {
            panic!("val.context.operand: {context:?} holds a match context");
        };
        let mut reader =
            self.me.contexts.get(&number).expect("a context lives while a register has it").clone();
        let (rule, matched) = match command {
            Command::Start(_) => unreachable!("handled above"),
            Command::AtLeast { bits, unit } => {
                let left = reader.remaining() as u64;
                let fits = left
                    .checked_sub(u64::from(*bits))
                    .filter(|rest| rest.is_multiple_of(u64::from(*unit)));
                (Rule::ExecBmatchAtLeast, fits.map(|_| None))
            }
            Command::Exactly(bits) => {
                let same = reader.remaining() as u64 == u64::from(*bits);
                (Rule::ExecBmatchExactly, same.then_some(None))
            }
            Command::Integer { size, unit, signed, little, dst } => {
                let size = self.match_size(size, *unit);
                let value = size.and_then(|size| reader.read_integer(size, *signed, *little));
                if value
                    .as_ref()
                    .is_some_and(|value| integer::bits(value) > self.machine.config.integer_bits)
                {
                    return (Rule::ExecBmatchInteger, Err(Miss::Limit));
                }
                (Rule::ExecBmatchInteger, value.map(|value| Some((dst, value))))
            }
            Command::Float { size, unit, little, dst } => {
                let size = self.match_size(size, *unit);
                let value = size.and_then(|size| reader.read_float(size, *little));
                (Rule::ExecBmatchFloat, value.map(|value| Some((dst, Term::Float(value)))))
            }
            Command::Binary { size, unit, dst } => {
                let part = self
                    .part_size(&reader, size.as_ref(), *unit)
                    .and_then(|size| reader.read_bits(size));
                (Rule::ExecBmatchBinary, part.map(|part| Some((dst, Term::Bits(Rc::new(part))))))
            }
            Command::Utf { kind, little, dst } => {
                let char = match kind {
                    SegmentKind::Utf16 => reader.read_utf16(*little),
                    SegmentKind::Utf32 => reader.read_utf32(*little),
                    _ => reader.read_utf8(),
                };
                let value = char.map(|char| Term::Int(i64::from(u32::from(char))));
                (Rule::ExecBmatchUtf, value.map(|value| Some((dst, value))))
            }
            Command::Skip { size, unit } => {
                let size = self.part_size(&reader, size.as_ref(), *unit);
                (Rule::ExecBmatchSkip, size.and_then(|size| reader.skip(size)).map(|()| None))
            }
            Command::Bits(literal) => {
                let Term::Bits(expected) = self.me.place.module.literal(*literal).clone() else {
                    panic!("val.operand.constant: the literal is a bitstring");
                };
                (Rule::ExecBmatchBits, reader.read_same(&expected).map(|()| None))
            }
            Command::Tail(dst) => {
                let tail = Term::Bits(Rc::new(reader.tail()));
                (Rule::ExecBmatchTail, Some(Some((dst, tail))))
            }
            Command::Pos(dst) => {
                let position = Term::Int(reader.position() as i64);
                (Rule::ExecBmatchPos, Some(Some((dst, position))))
            }
            Command::SetPos(src) => {
                let position = self.read(src).as_int().and_then(|n| usize::try_from(n).ok());
                let set = position.and_then(|position| reader.set_position(position));
                (Rule::ExecBmatchSetpos, set.map(|()| None))
            }
        };
        let Some(written) = matched else { return (rule, Err(Miss::Fails)) };
        self.me.contexts.insert(number, reader);
        if let Some((dst, value)) = written {
            self.allocate(crate::heap::own_words(&value));
            self.write(dst, value);
        }
        (rule, Ok(()))
    }

    /// The size of a part, in bits: given, or all that is left in whole units.
    fn part_size(&self, reader: &BitReader, size: Option<&Src>, unit: u16) -> Option<usize> {
        match size {
            Some(size) => self.match_size(size, unit),
            None => Some(reader.remaining()).filter(|bits| bits.is_multiple_of(usize::from(unit))),
        }
    }

    /// Makes a context of a bitstring; a context stays the one it is.
    fn start(&mut self, context: &Reg, src: &Src) -> Option<()> {
        let started = match self.read_value(src) {
            Value::Term(Term::Bits(bits)) => {
                let number = self.me.next_context;
                self.me.next_context += 1;
                self.me.contexts.insert(number, BitReader::new((*bits).clone()));
                Value::Context(number)
            }
            context @ Value::Context(_) => context,
            _ => return None,
        };
        self.write_value(&Dst::from(*context), started);
        Some(())
    }
}

//! Bits: `bmake` `bmatch`.

use super::{Exec, Next};
use crate::exception::Exception;
use crate::term::bits::{BitWriter, Context};
use crate::term::{Term, integer};
use lam_isa::kind::{Command, Segment, SegmentKind};
use lam_isa::operand::{Dst, Else, Reg, Src};
use lam_isa::table::Bits;

/// Bits of the largest size of a segment that `bmake` takes (`exec.bmake.raise`).
const BITS_MAX: u64 = 1 << 36;

impl Bits for Exec<'_> {
    type Out = Next;

    fn bmake(&mut self, segments: &Vec<Segment>, dst: &Dst, other: &Else) -> Next {
        let mut writer = std::mem::take(&mut self.core.writer);
        let failure = segments.iter().find_map(|segment| self.put(&mut writer, segment).err());
        let next = match failure {
            None => {
                let bits = writer.finish(self.core.heap());
                self.write(dst, bits);
                self.next()
            }
            Some(exception) => {
                writer.clear();
                self.or_else(other, exception)
            }
        };
        self.core.writer = writer;
        next
    }

    fn bmatch(&mut self, context: &Reg, other: &Else, commands: &Vec<Command>) -> Next {
        let register = Src::from(*context);
        for command in commands {
            let matched = match command {
                // What is in the register before that is dead, and may be no term any more.
                Command::Start(src) => self.start(context, src).ok_or(Miss::Fails),
                _ => match (command, Context::of(self.read(&register))) {
                    (Command::Integer { size, unit, signed, little, dst }, Some(context)) => self
                        .match_size(size, *unit)
                        .ok_or(Miss::Fails)
                        .and_then(|size| self.integer(context, size, *signed, *little, dst)),
                    (_, Some(context)) => self.match_one(context, command).ok_or(Miss::Fails),
                    // Where a context may come, a term may: only `start` takes one.
                    (_, None) => return self.raise(Exception::badarg()),
                },
            };
            match matched {
                Ok(()) => {}
                Err(Miss::Fails) => return self.or_else(other, Exception::badarg()),
                Err(Miss::Limit) => return self.raise(Exception::system_limit()),
            }
        }
        self.next()
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
    fn put(&mut self, writer: &mut BitWriter, segment: &Segment) -> Result<(), Exception> {
        let value = self.read(&segment.value);
        let size = match segment.size {
            None => None,
            Some(size) => Some(self.bit_size(&size, segment.unit)?),
        };
        let before = writer.bit_length();
        let done = match (segment.kind, size) {
            (SegmentKind::Integer, Some(size)) => {
                if !value.is_integer() {
                    return Err(Exception::badarg());
                }
                self.room(before, size)?;
                writer.put_integer(value, size, segment.little)
            }
            (SegmentKind::Float, Some(size)) => writer.put_float(value, size, segment.little),
            (SegmentKind::Binary | SegmentKind::Append, size) => {
                let bits = value.as_bits().ok_or_else(Exception::badarg)?;
                let whole = || bits.length.is_multiple_of(usize::from(segment.unit));
                let part = match size {
                    None => whole().then_some(bits),
                    Some(size) => bits.part(0, size),
                };
                let part = part.ok_or_else(Exception::badarg)?;
                self.room(before, part.length)?;
                match segment.kind {
                    SegmentKind::Append => writer.append(self.core.heap(), value, &part),
                    _ => writer.put(&part),
                }
                Some(())
            }
            (SegmentKind::Utf8, _) => writer.put_utf8(value),
            (SegmentKind::Utf16, _) => writer.put_utf16(value, segment.little),
            (SegmentKind::Utf32, _) => writer.put_utf32(value, segment.little),
            (SegmentKind::Integer | SegmentKind::Float, None) => None,
        };
        done.ok_or_else(Exception::badarg)?;
        self.room(writer.bit_length(), 0)
    }

    /// Whether so many bits more are still a bitstring that the heap can hold
    /// (`lim.heap.bitstring`).
    fn room(&self, bits: usize, more: usize) -> Result<(), Exception> {
        match bits.checked_add(more) {
            Some(bits) if bits < usize::MAX => self.core.fits(bits.div_ceil(8)),
            _ => Err(Exception::system_limit()),
        }
    }

    /// The size of a segment to be made, in bits.
    fn bit_size(&self, size: &Src, unit: u16) -> Result<usize, Exception> {
        let size = self.read(size);
        match size.as_small() {
            // Where addresses have 32 bits, sizes above those are left to `room`, which is later.
            Some(units) if units >= 0 => u64::try_from(units)
                .ok()
                .and_then(|units| units.checked_mul(u64::from(unit)))
                .filter(|bits| *bits <= BITS_MAX)
                .map(|bits| usize::try_from(bits).unwrap_or(usize::MAX))
                .ok_or_else(Exception::system_limit),
            None if size.is_integer() && !integer::is_negative(size) => {
                Err(Exception::system_limit())
            }
            _ => Err(Exception::badarg()),
        }
    }

    /// The size of a segment to be matched, in bits; what is no size does not match.
    fn match_size(&self, size: &Src, unit: u16) -> Option<usize> {
        let units = usize::try_from(self.read(size).as_small()?).ok()?;
        units.checked_mul(usize::from(unit))
    }

    /// The size of a part, in bits: given, or all that is left in whole units.
    fn part_size(&self, context: Context<'_>, size: Option<&Src>, unit: u16) -> Option<usize> {
        match size {
            Some(size) => self.match_size(size, unit),
            None => Some(context.left()).filter(|bits| bits.is_multiple_of(usize::from(unit))),
        }
    }

    /// Reads an integer of so many bits.
    fn integer(
        &mut self,
        context: Context<'_>,
        size: usize,
        signed: bool,
        little: bool,
        dst: &Dst,
    ) -> Result<(), Miss> {
        let before = context.position();
        let heap = self.core.heap();
        let read = match size {
            8 if !signed => context.read_8(),
            16 if !(signed || little) => context.read_16(),
            32 if !(signed || little) => context.read_32(),
            64 if !(signed || little) => context.read_64(heap),
            _ => context.run(|reader| reader.read_integer(heap, size, signed, little)),
        };
        let value = read.ok_or(Miss::Fails)?;
        // Leading zeros do not count.
        let limit = self.core.integer_bits();
        if size as u64 > limit && integer::bits(value) > limit {
            context.set_position(before);
            return Err(Miss::Limit);
        }
        self.write(dst, value);
        Ok(())
    }

    /// One command other than `start` and `integer`; `None` if it fails, which leaves everything as it was.
    fn match_one(&mut self, context: Context<'_>, command: &Command) -> Option<()> {
        let (dst, value) = match command {
            Command::Start(_) | Command::Integer { .. } => return None,
            Command::AtLeast { bits, unit } => {
                let fits = context.at_least(*bits as usize, usize::from(*unit));
                return fits.then_some(());
            }
            Command::Exactly(bits) => return context.exactly(*bits as usize).then_some(()),
            Command::Skip { size, unit } => {
                let size = self.part_size(context, size.as_ref(), *unit)?;
                return context.skip(size).then_some(());
            }
            Command::Bits(literal) => {
                let expected = self.site.module().literal(*literal).as_bits()?;
                return context.run(|reader| reader.read_same(&expected));
            }
            Command::SetPos(src) => {
                let position = usize::try_from(self.read(src).as_small()?).ok()?;
                return context.set_position(position).then_some(());
            }
            Command::Float { size, unit, little, dst } => {
                let size = self.match_size(size, *unit)?;
                let float = context.run(|reader| reader.read_float(size, *little))?;
                (dst, self.core.heap().float(float))
            }
            Command::Binary { size, unit, dst } => {
                let size = self.part_size(context, size.as_ref(), *unit)?;
                (dst, context.take(self.core.heap(), size)?)
            }
            Command::Utf { kind, little, dst } => {
                let char = context.run(|reader| match kind {
                    SegmentKind::Utf16 => reader.read_utf16(*little),
                    SegmentKind::Utf32 => reader.read_utf32(*little),
                    _ => reader.read_utf8(),
                });
                (dst, Term::small(i64::from(u32::from(char?))))
            }
            Command::Tail(dst) => (dst, context.tail(self.core.heap())),
            Command::Pos(dst) => (dst, Term::small(i64::try_from(context.position()).ok()?)),
        };
        self.write(dst, value);
        Some(())
    }

    /// Makes a context of a bitstring; a context stays the one it is.
    fn start(&mut self, context: &Reg, src: &Src) -> Option<()> {
        let source = self.read(src);
        let started = match Context::of(source) {
            Some(_) => source,
            None => Context::start(self.core.heap(), source)?,
        };
        self.write(&Dst::from(*context), started);
        Some(())
    }
}

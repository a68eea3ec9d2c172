//! How the segments of `bmake` and the commands of `bmatch` are spelled.

use super::SyntaxError;
use super::error::Result;
use super::layout::Place;
use super::normal::Names;
use super::operands::{Field, Spelled, brackets, joiner, unknown_kind};
use super::reader::Reader;
use super::syntax::{Node, Shape};
use super::writer::Writer;
use crate::kind::{Command, Segment, SegmentKind};
use crate::limits;
use crate::operand::{Dst, Src};
use crate::rule::Rule;
use core::ops::Range;

/// The kinds of commands, as text spells them.
const COMMANDS: &[&str] = &[
    "start", "at_least", "exactly", "integer", "float", "binary", "utf8", "utf16", "utf32", "skip",
    "bits", "tail", "pos", "setpos",
];

/// What may follow the kind of a segment or command: `size S`, `unit U`, `little`, `signed`.
#[derive(Default)]
struct Modifiers {
    size: Option<Src>,
    unit: Option<u16>,
    little: bool,
    signed: bool,
}

impl Modifiers {
    /// Reads those of `allowed` that come next, in any order, each once.
    fn read(r: &mut Reader<'_, '_, '_, '_>, allowed: &[&str]) -> Result<Modifiers> {
        let mut found = Modifiers::default();
        let mut seen: Vec<&str> = Vec::new();
        while let Some(Node { shape: Shape::Word(word), span }) = r.cursor.peek() {
            let Some(modifier) = allowed.iter().find(|modifier| *modifier == word) else {
                let of = "this segment";
                return Err(unknown_kind(r, of, word, span, allowed.iter().copied()));
            };
            if seen.contains(modifier) {
                let message = format!("`{word}` is given twice");
                return Err(SyntaxError::new(Rule::TextOperandExtra, span.clone(), message));
            }
            seen.push(modifier);
            r.cursor.next();
            match *modifier {
                "size" => found.size = Some(r.source()?),
                "unit" => found.unit = Some(unit(r)?),
                "little" => found.little = true,
                _ => found.signed = true,
            }
        }
        Ok(found)
    }

    fn unit(&self) -> u16 {
        self.unit.unwrap_or(1)
    }

    /// The size, which must be there.
    fn sized(&self, r: &Reader<'_, '_, '_, '_>, span: &Range<usize>) -> Result<Src> {
        self.size.ok_or_else(|| {
            let end = r.cursor.here().start.max(span.end);
            let message = "this segment lacks its `size`";
            SyntaxError::new(Rule::TextOperandMissing, span.start..end, message)
        })
    }
}

fn unit(r: &mut Reader<'_, '_, '_, '_>) -> Result<u16> {
    let span = r.cursor.here();
    let unit = r.unsigned("a unit", limits::UNIT_MAX.into())?;
    u16::try_from(unit)
        .ok()
        .filter(|unit| *unit > 0)
        .ok_or_else(|| SyntaxError::new(Rule::TextIntegerRange, span, "a unit is 1 to 256 bits"))
}

/// Reads the word that a segment or command begins with.
fn kind<'n>(
    r: &mut Reader<'_, '_, 'n, '_>,
    of: &str,
    known: impl Iterator<Item = &'static str> + Clone,
) -> Result<(&'static str, Range<usize>)> {
    let Some(Node { shape: Shape::Word(word), span }) = r.cursor.peek() else {
        return Err(r.wrong("a kind"));
    };
    let Some(kind) = known.clone().find(|kind| kind == word) else {
        return Err(unknown_kind(r, of, word, span, known));
    };
    r.cursor.next();
    Ok((kind, span.clone()))
}

impl Spelled for Vec<Segment> {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        r.items("[SEGMENT, …]", brackets, segment)
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.items(["[", "]"], self, |w, segment| {
            w.text(segment.kind.name());
            w.text(" ");
            w.source(segment.value);
            modifiers(w, segment.size, segment.unit, segment.little, false);
        });
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        for segment in self {
            names.source(&mut segment.value);
            segment.size.iter_mut().for_each(|size| names.source(size));
        }
    }
}

fn segment(r: &mut Reader<'_, '_, '_, '_>) -> Result<Segment> {
    let names = SegmentKind::ALL.iter().map(|kind| kind.name());
    let (name, span) = kind(r, "a segment of `bmake`", names)?;
    let kind = segment_kind(name);
    let value = r.source()?;
    let allowed: &[&str] = match kind {
        SegmentKind::Integer | SegmentKind::Float => &["size", "unit", "little"],
        SegmentKind::Binary => &["size", "unit"],
        SegmentKind::Append => &["unit"],
        SegmentKind::Utf8 => &[],
        SegmentKind::Utf16 | SegmentKind::Utf32 => &["little"],
    };
    let modifiers = Modifiers::read(r, allowed)?;
    if matches!(kind, SegmentKind::Integer | SegmentKind::Float) {
        modifiers.sized(r, &span)?;
    }
    let (unit, little, size) = (modifiers.unit(), modifiers.little, modifiers.size);
    Ok(Segment { kind, unit, little, value, size })
}

/// The kind of that name, which is one.
fn segment_kind(name: &str) -> SegmentKind {
    let found = SegmentKind::ALL.iter().find(|kind| kind.name() == name);
    found.copied().unwrap_or(SegmentKind::Integer)
}

fn modifiers(w: &mut Writer<'_>, size: Option<Src>, unit: u16, little: bool, signed: bool) {
    if let Some(size) = size {
        w.text(" size ");
        w.source(size);
    }
    if unit != 1 {
        w.text(&format!(" unit {unit}"));
    }
    if little {
        w.text(" little");
    }
    if signed {
        w.text(" signed");
    }
}

impl Spelled for Vec<Command> {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        r.items("[COMMAND, …]", brackets, command)
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.items(["[", "]"], self, write_command);
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        for command in self {
            match command {
                Command::Start(source) | Command::SetPos(source) => names.source(source),
                Command::Integer { size, .. } | Command::Float { size, .. } => names.source(size),
                Command::Binary { size, .. } | Command::Skip { size, .. } => {
                    size.iter_mut().for_each(|size| names.source(size));
                }
                Command::Bits(literal) => names.literal(literal),
                Command::AtLeast { .. }
                | Command::Exactly(_)
                | Command::Utf { .. }
                | Command::Tail(_)
                | Command::Pos(_) => {}
            }
        }
    }
}

fn command(r: &mut Reader<'_, '_, '_, '_>) -> Result<Command> {
    let (name, span) = kind(r, "a command of `bmatch`", COMMANDS.iter().copied())?;
    Ok(match name {
        "start" => Command::Start(r.source()?),
        "setpos" => Command::SetPos(r.source()?),
        "bits" => Command::Bits(r.bitstring()?),
        "exactly" => Command::Exactly(count(r)?),
        "at_least" => {
            let bits = count(r)?;
            Command::AtLeast { bits, unit: Modifiers::read(r, &["unit"])?.unit() }
        }
        "tail" => Command::Tail(receiver(r)?),
        "pos" => Command::Pos(receiver(r)?),
        "integer" => {
            let found = Modifiers::read(r, &["size", "unit", "little", "signed"])?;
            let (size, unit) = (found.sized(r, &span)?, found.unit());
            let (signed, little) = (found.signed, found.little);
            Command::Integer { size, unit, signed, little, dst: receiver(r)? }
        }
        "float" => {
            let found = Modifiers::read(r, &["size", "unit", "little"])?;
            let (size, unit, little) = (found.sized(r, &span)?, found.unit(), found.little);
            Command::Float { size, unit, little, dst: receiver(r)? }
        }
        "binary" => {
            let found = Modifiers::read(r, &["size", "unit"])?;
            Command::Binary { size: found.size, unit: found.unit(), dst: receiver(r)? }
        }
        "skip" => {
            let found = Modifiers::read(r, &["size", "unit"])?;
            Command::Skip { size: found.size, unit: found.unit() }
        }
        utf => {
            let allowed: &[&str] = if utf == "utf8" { &[] } else { &["little"] };
            let little = Modifiers::read(r, allowed)?.little;
            Command::Utf { kind: segment_kind(utf), little, dst: receiver(r)? }
        }
    })
}

/// Reads a number of bits.
fn count(r: &mut Reader<'_, '_, '_, '_>) -> Result<u32> {
    let bits = r.unsigned("a number of bits", u32::MAX.into())?;
    Ok(u32::try_from(bits).unwrap_or(u32::MAX))
}

/// Reads `-> DST`.
fn receiver(r: &mut Reader<'_, '_, '_, '_>) -> Result<Dst> {
    joiner(r, &Shape::Arrow)?;
    r.destination()
}

fn write_command(w: &mut Writer<'_>, command: &Command) {
    let mut receiver = None;
    match *command {
        Command::Start(source) => {
            w.text("start ");
            w.source(source);
        }
        Command::SetPos(source) => {
            w.text("setpos ");
            w.source(source);
        }
        Command::Bits(literal) => {
            w.text("bits ");
            w.literal(literal);
        }
        Command::Exactly(bits) => w.text(&format!("exactly {bits}")),
        Command::AtLeast { bits, unit } => {
            w.text(&format!("at_least {bits}"));
            modifiers(w, None, unit, false, false);
        }
        Command::Tail(dst) => {
            w.text("tail");
            receiver = Some(dst);
        }
        Command::Pos(dst) => {
            w.text("pos");
            receiver = Some(dst);
        }
        Command::Integer { size, unit, signed, little, dst } => {
            w.text("integer");
            modifiers(w, Some(size), unit, little, signed);
            receiver = Some(dst);
        }
        Command::Float { size, unit, little, dst } => {
            w.text("float");
            modifiers(w, Some(size), unit, little, false);
            receiver = Some(dst);
        }
        Command::Binary { size, unit, dst } => {
            w.text("binary");
            modifiers(w, size, unit, false, false);
            receiver = Some(dst);
        }
        Command::Utf { kind, little, dst } => {
            w.text(kind.name());
            modifiers(w, None, 1, little, false);
            receiver = Some(dst);
        }
        Command::Skip { size, unit } => {
            w.text("skip");
            modifiers(w, size, unit, false, false);
        }
    }
    if let Some(dst) = receiver {
        w.text(" -> ");
        w.destination(dst);
    }
}

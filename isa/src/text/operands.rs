//! How each type of operand is spelled: reading, writing, and moving it to other tables.
//!
//! The instructions themselves come from the table; here are only the types of their operands.

use super::error::Result;
use super::layout::{Place, label_place};
use super::lexeme::{self, Number};
use super::literal;
use super::normal::Names;
use super::reader::Reader;
use super::syntax::{Node, Shape};
use super::writer::Writer;
use crate::kind::{Command, MapKind, Mark, Op, Raise, Segment, SwitchKind, Test};
use crate::limits;
use crate::operand::*;
use crate::rule::Rule;
use crate::table::INSTRUCTIONS;
use crate::table::{Instr, InstrInfo};
use core::ops::Range;

/// Which operand of which instruction.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) mnemonic: &'static str,
    pub(super) name: &'static str,
}

/// An operand type that has a text.
pub(super) trait Spelled: Sized {
    /// Reads the operand and what stands before it.
    fn read(reader: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self>;
    /// Writes the operand and what stands before it.
    fn write(&self, writer: &mut Writer<'_>, field: Field);
    /// Replaces indexes of one module's tables by those of another.
    fn rename(&mut self, _names: &mut Names<'_>) {}
}

macro_rules! spell {
    ($(
        $(#[doc = $fdoc:literal])*
        family $fname:ident: $Family:ident {
            $(
                $(#[doc = $doc:literal])*
                $opcode:literal $name:literal $method:ident = $Variant:ident {
                    $($(#[doc = $odoc:literal])* $field:ident: $ty:ty,)*
                } cost $cost:literal $class:ident fires [$($rule:ident),*];
            )*
        }
    )*) => {
        /// Reads the operands of the instruction of that mnemonic, which exists.
        #[allow(unused_variables)]
        pub(super) fn read(name: &str, reader: &mut Reader<'_, '_, '_, '_>) -> Option<Result<Instr>> {
            match name {
                $($( $name => Some((|| {
                    $( let $field = <$ty as Spelled>::read(
                        reader, Field { mnemonic: $name, name: stringify!($field) },
                    )?; )*
                    reader.finish()?;
                    Ok(Instr::$Variant { $($field),* })
                })()), )*)*
                _ => None,
            }
        }

        /// Writes an instruction.
        pub(super) fn write(instr: &Instr, writer: &mut Writer<'_>) {
            match instr { $($( Instr::$Variant { $($field),* } => {
                writer.text($name);
                $( Spelled::write($field, writer, Field { mnemonic: $name, name: stringify!($field) }); )*
            } )*)* }
        }

        /// Replaces the indexes in an instruction.
        #[allow(unused_variables)]
        pub(super) fn rename(instr: &mut Instr, names: &mut Names<'_>) {
            match instr { $($( Instr::$Variant { $($field),* } => {
                $( Spelled::rename($field, names); )*
            } )*)* }
        }
    };
}
crate::for_each_instruction!(spell);

/// The names of all instructions.
pub(super) fn mnemonics() -> impl Iterator<Item = &'static str> {
    INSTRUCTIONS.iter().map(|info: &InstrInfo| info.name)
}

macro_rules! kinds {
    ($($Kind:ident)*) => {$(
        impl Spelled for $Kind {
            fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
                r.gap(Place::Operand, "kind")?;
                let Some(Node { shape: Shape::Word(word), span }) = r.cursor.peek() else {
                    return Err(r.wrong("a kind"));
                };
                let Some(kind) = $Kind::named(word) else {
                    let kinds = $Kind::ALL.iter().map(|kind| kind.name());
                    return Err(unknown_kind(r, &format!("`{}`", field.mnemonic), word, span, kinds));
                };
                r.cursor.next();
                r.called = format!("{} {}", field.mnemonic, kind.name());
                r.layout.kind(field.mnemonic, kind.name(), kind.arity());
                Ok(kind)
            }

            fn write(&self, w: &mut Writer<'_>, field: Field) {
                w.gap(Place::Operand);
                w.text(self.name());
                w.layout.kind(field.mnemonic, self.name(), self.arity());
            }
        }
    )*};
}
kinds! { Op Test Raise MapKind SwitchKind Mark }

/// The error about a word that should be a kind of `of`.
pub(super) fn unknown_kind<'k>(
    reader: &Reader<'_, '_, '_, '_>,
    of: &str,
    word: &str,
    span: &Range<usize>,
    kinds: impl Iterator<Item = &'k str> + Clone,
) -> super::SyntaxError {
    let help = reader.scope.suggester.nearest(word, kinds.clone());
    let help = help.unwrap_or_else(|| {
        let kinds: Vec<&str> = kinds.collect();
        format!("the kinds are {}", kinds.join(", "))
    });
    let message = format!("{of} has no kind `{}`", lexeme::short(word));
    super::SyntaxError::new(Rule::TextKindUnknown, span.clone(), message).help(help)
}

impl Spelled for Src {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        r.source()
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.source(*self);
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        names.source(self);
    }
}

impl Spelled for Dst {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        if r.layout.no_destination
            && !matches!(r.cursor.peek().map(|node| &node.shape), Some(Shape::Arrow))
        {
            return Ok(Dst::Discard);
        }
        r.gap(Place::Destination, field.name)?;
        r.destination()
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        if w.layout.no_destination && *self == Dst::Discard {
            return;
        }
        w.gap(Place::Destination);
        w.destination(*self);
    }
}

impl Spelled for Reg {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        match r.register("a register or a slot")? {
            Src::X(x) => Ok(Reg::X(x)),
            Src::Y(y) => Ok(Reg::Y(y)),
            _ => Err(r.wrong("a register or a slot")),
        }
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.source((*self).into());
    }
}

impl Spelled for YSlot {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        let wrong = r.wrong("a slot, y0 to y1023");
        match r.register("a slot, y0 to y1023")? {
            Src::Y(y) => Ok(y),
            _ => Err(wrong),
        }
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.source(Src::Y(*self));
    }
}

impl Spelled for Label {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(label_place(field.name), "label")?;
        r.label()
    }

    fn write(&self, w: &mut Writer<'_>, field: Field) {
        w.gap(label_place(field.name));
        w.label(*self);
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        names.label(self);
    }
}

impl Spelled for Else {
    fn read(r: &mut Reader<'_, '_, '_, '_>, _: Field) -> Result<Self> {
        if !matches!(r.cursor.peek().map(|node| &node.shape), Some(Shape::Else)) {
            return Ok(None);
        }
        r.gap(Place::Failure, "label")?;
        if r.cursor.take_word("_") { Ok(None) } else { r.label().map(Some) }
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        if let Some(label) = self {
            w.gap(Place::Failure);
            w.label(*label);
        }
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        self.iter_mut().for_each(|label| names.label(label));
    }
}

impl Spelled for u32 {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        r.unsigned("a number", u32::MAX.into()).map(|n| u32::try_from(n).unwrap_or(u32::MAX))
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.number(self);
    }
}

impl Spelled for FrameChange {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        let wrong = r.wrong("a change: +SLOTS or -SLOTS");
        let Some(Node { shape: Shape::Number(text), .. }) = r.cursor.peek() else {
            return Err(wrong);
        };
        let push = text.starts_with('+');
        if !push && !text.starts_with('-') {
            return Err(wrong);
        }
        let span = r.cursor.here();
        let slots = r.signed("a number of slots")?.unsigned_abs();
        let slots = u16::try_from(slots).ok().filter(|slots| *slots <= limits::Y_SLOTS);
        let slots = slots.ok_or_else(|| {
            let message = format!("a frame has at most {} slots", limits::Y_SLOTS);
            super::SyntaxError::new(Rule::TextIntegerRange, span, message)
        })?;
        Ok(if push { FrameChange::Push(slots) } else { FrameChange::Drop(slots) })
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        match self {
            FrameChange::Push(slots) => w.text(&format!("+{slots}")),
            FrameChange::Drop(slots) => w.text(&format!("-{slots}")),
        }
    }
}

impl Spelled for RefId {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        r.function().map(|(reference, _)| reference)
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.function(*self);
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        names.reference(self);
    }
}

impl Spelled for Target {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        if r.at_function() {
            let (reference, arity) = r.function()?;
            r.layout.target_arity = Some(arity);
            return Ok(Target::Fun(reference));
        }
        let first = r.source()?;
        if r.cursor.take(|shape| matches!(shape, Shape::Colon)) {
            return Ok(Target::Named(first, r.source()?));
        }
        Ok(Target::Value(first))
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        match self {
            Target::Fun(reference) => w.layout.target_arity = w.function(*reference),
            Target::Value(value) => w.source(*value),
            Target::Named(module, function) => {
                w.source(*module);
                w.text(":");
                w.source(*function);
            }
        }
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        match self {
            Target::Fun(reference) => names.reference(reference),
            Target::Value(value) => names.source(value),
            Target::Named(module, function) => {
                names.source(module);
                names.source(function);
            }
        }
    }
}

impl Spelled for Arity {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        if let Some(arity) = r.layout.target_arity {
            return Ok(Arity::Count(arity));
        }
        r.gap(Place::Operand, field.name)?;
        if r.cursor.take_word("list") {
            return r.source().map(Arity::List);
        }
        if !matches!(r.cursor.peek(), Some(Node { shape: Shape::Number(_), .. })) {
            return Err(r.wrong("an arity or `list` and a source"));
        }
        let arity = r.unsigned("an arity", limits::ARITY_MAX.into())?;
        Ok(Arity::Count(u8::try_from(arity).unwrap_or(limits::ARITY_MAX)))
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        match self {
            Arity::Count(arity) if w.layout.target_arity == Some(*arity) => {}
            Arity::Count(arity) => {
                w.gap(Place::Operand);
                w.number(arity);
            }
            Arity::List(list) => {
                w.gap(Place::Operand);
                w.text("list ");
                w.source(*list);
            }
        }
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        if let Arity::List(list) = self {
            names.source(list);
        }
    }
}

/// The pieces of `{…}`.
fn braces<'n, 's>(shape: &'n Shape<'s>) -> Option<&'n [Node<'s>]> {
    if let Shape::Tuple(nodes) = shape { Some(nodes) } else { None }
}

/// The pieces of `[…]`.
pub(super) fn brackets<'n, 's>(shape: &'n Shape<'s>) -> Option<&'n [Node<'s>]> {
    if let Shape::List(nodes) = shape { Some(nodes) } else { None }
}

impl Spelled for Vec<Src> {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        match field.mnemonic {
            "tuple" => {
                r.gap(Place::Operand, field.name)?;
                r.items("the elements, {SOURCE, …}", braces, |r| r.source())
            }
            "fun" => {
                r.gap(Place::Operand, field.name)?;
                r.items("the captured values, [SOURCE, …]", brackets, |r| r.source())
            }
            _ => (0..r.layout.arity)
                .map(|index| {
                    let of = r.layout.arity;
                    r.gap(Place::Operand, &format!("source {} of {of}", index + 1))?;
                    r.source()
                })
                .collect(),
        }
    }

    fn write(&self, w: &mut Writer<'_>, field: Field) {
        let write = |w: &mut Writer<'_>, source: &Src| w.source(*source);
        match field.mnemonic {
            "tuple" => {
                w.gap(Place::Operand);
                w.items(["{", "}"], self, write);
            }
            "fun" => {
                w.gap(Place::Operand);
                w.items(["[", "]"], self, write);
            }
            _ => self.iter().for_each(|source| source.write(w, field)),
        }
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        self.iter_mut().for_each(|source| names.source(source));
    }
}

/// Takes the arrow, `=>` or `=` inside of a list.
pub(super) fn joiner(r: &mut Reader<'_, '_, '_, '_>, wanted: &Shape<'static>) -> Result<()> {
    let same =
        |shape: &Shape<'_>| core::mem::discriminant(shape) == core::mem::discriminant(wanted);
    if r.cursor.take(same) {
        return Ok(());
    }
    let rule = if r.cursor.is_empty() { Rule::TextOperandMissing } else { Rule::TextLineSyntax };
    Err(r.cursor.unexpected(rule, &super::cursor::describe(wanted)))
}

impl Spelled for Vec<(Src, Dst)> {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        let pair = |r: &mut Reader<'_, '_, '_, '_>| {
            let source = r.source()?;
            joiner(r, &Shape::Arrow)?;
            Ok((source, r.destination()?))
        };
        r.gap(Place::Operand, field.name)?;
        if field.mnemonic != "move" {
            return r.items("{KEY -> DST, …}", braces, pair);
        }
        let mut pairs = vec![pair(r)?];
        while r.cursor.take(|shape| matches!(shape, Shape::Comma)) {
            pairs.push(pair(r)?);
        }
        Ok(pairs)
    }

    fn write(&self, w: &mut Writer<'_>, field: Field) {
        w.gap(Place::Operand);
        let brackets = if field.mnemonic == "move" { ["", ""] } else { ["{", "}"] };
        w.items(brackets, self, |w, (source, destination)| {
            w.source(*source);
            w.text(" -> ");
            w.destination(*destination);
        });
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        self.iter_mut().for_each(|(source, _)| names.source(source));
    }
}

impl Spelled for Vec<(u32, Src)> {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        r.items("{INDEX = SOURCE, …}", braces, |r| {
            let index = r.unsigned("the index of an element", u32::MAX.into())?;
            joiner(r, &Shape::Equals)?;
            Ok((u32::try_from(index).unwrap_or(u32::MAX), r.source()?))
        })
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.items(["{", "}"], self, |w, (index, source)| {
            w.number(index);
            w.text(" = ");
            w.source(*source);
        });
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        self.iter_mut().for_each(|(_, source)| names.source(source));
    }
}

impl Spelled for Vec<(Src, Src)> {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        r.items("{KEY => VALUE, …}", braces, |r| {
            let key = r.source()?;
            joiner(r, &Shape::FatArrow)?;
            Ok((key, r.source()?))
        })
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.items(["{", "}"], self, |w, (key, value)| {
            w.source(*key);
            w.text(" => ");
            w.source(*value);
        });
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        for (key, value) in self {
            names.source(key);
            names.source(value);
        }
    }
}

impl Spelled for Vec<(Case, Label)> {
    fn read(r: &mut Reader<'_, '_, '_, '_>, field: Field) -> Result<Self> {
        r.gap(Place::Operand, field.name)?;
        r.items("{CONSTANT -> LABEL, …}", braces, |r| {
            let case = case(r)?;
            joiner(r, &Shape::Arrow)?;
            Ok((case, r.label()?))
        })
    }

    fn write(&self, w: &mut Writer<'_>, _: Field) {
        w.gap(Place::Operand);
        w.items(["{", "}"], self, |w, (case, label)| {
            w.source(match *case {
                Case::Int(value) => Src::Int(value),
                Case::Atom(atom) => Src::Atom(atom),
                Case::Nil => Src::Nil,
            });
            w.text(" -> ");
            w.label(*label);
        });
    }

    fn rename(&mut self, names: &mut Names<'_>) {
        for (case, label) in self {
            if let Case::Atom(atom) = case {
                names.atom(atom);
            }
            names.label(label);
        }
    }
}

/// Reads a constant that `switch` compares with.
fn case(r: &mut Reader<'_, '_, '_, '_>) -> Result<Case> {
    let wrong = r.wrong("a small integer, an atom or []");
    let Some(node) = r.cursor.peek() else { return Err(wrong) };
    match &node.shape {
        Shape::Number(text) => match lexeme::number(text, &node.span)? {
            Number::Integer(_) => r.signed("a constant").map(Case::Int),
            Number::Float(_) => Err(wrong),
        },
        Shape::List(nodes) if nodes.is_empty() => {
            r.cursor.next();
            Ok(Case::Nil)
        }
        Shape::Word(word) if lexeme::is_atom_word(word) => {
            r.cursor.next();
            literal::word_atom(word, &node.span)?;
            Ok(Case::Atom(r.scope.tables.atom(word)))
        }
        Shape::Quoted(text) => {
            r.cursor.next();
            let text = literal::quoted_atom(text, &node.span)?;
            Ok(Case::Atom(r.scope.tables.atom(&text)))
        }
        _ => Err(wrong),
    }
}

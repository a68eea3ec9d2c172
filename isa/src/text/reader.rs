//! Reading the operands of one instruction from the pieces of its line.

use super::cursor::Cursor;
use super::error::{Result, Suggester, SyntaxError};
use super::layout::{Gap, Layout, Place};
use super::lexeme::{self, Number};
use super::literal;
use super::syntax::{Node, Shape};
use super::tables::Tables;
use crate::limits;
use crate::module::{FunRef, Literal};
use crate::operand::{Dst, Label, RefId, Src, XReg, YSlot};
use crate::rule::Rule;
use core::ops::Range;
use std::collections::HashMap;

/// The functions of a module by name and arity.
pub(super) type Functions = HashMap<(String, u8), u32>;

/// What the names of an instruction stand for.
pub(super) struct Scope<'a, 's> {
    /// The tables that constants and references go to.
    pub(super) tables: &'a mut Tables,
    /// The functions of the module.
    pub(super) functions: &'a Functions,
    /// The labels of the function.
    pub(super) labels: &'a HashMap<&'s str, u32>,
    /// Who knows what was meant.
    pub(super) suggester: &'a Suggester,
}

/// Reads operands one after the other.
pub(super) struct Reader<'r, 'a, 'n, 's> {
    pub(super) cursor: Cursor<'n, 's>,
    pub(super) scope: &'r mut Scope<'a, 's>,
    pub(super) layout: Layout,
    /// The mnemonic, and the kind once it is read: what messages call the instruction.
    pub(super) called: String,
}

impl<'r, 'a, 'n, 's> Reader<'r, 'a, 'n, 's> {
    pub(super) fn new(
        name: &str,
        cursor: Cursor<'n, 's>,
        scope: &'r mut Scope<'a, 's>,
    ) -> Reader<'r, 'a, 'n, 's> {
        Reader { cursor, scope, layout: Layout::new(), called: name.to_owned() }
    }

    /// Takes what stands before the operand `what`.
    pub(super) fn gap(&mut self, place: Place, what: &str) -> Result<()> {
        let gap = self.layout.gap(place);
        let Some(node) = self.cursor.peek() else {
            return Err(self.missing(what));
        };
        let fits = match gap {
            Gap::Space => !matches!(node.shape, Shape::Comma | Shape::Arrow | Shape::Else),
            Gap::Comma => matches!(node.shape, Shape::Comma),
            Gap::Arrow => matches!(node.shape, Shape::Arrow),
            Gap::Else => matches!(node.shape, Shape::Else),
        };
        match (gap, &node.shape) {
            (Gap::Space, _) if fits => Ok(()),
            _ if fits => {
                self.cursor.next();
                Ok(())
            }
            (Gap::Arrow | Gap::Else, Shape::Comma) => Err(self.extra(gap)),
            (_, Shape::Comma | Shape::Arrow | Shape::Else) => Err(self.missing(what)),
            (gap, _) => {
                let expected = format!("`{}`", gap.text().trim());
                Err(self.cursor.unexpected(Rule::TextLineSyntax, &expected))
            }
        }
    }

    fn missing(&self, what: &str) -> SyntaxError {
        let message = format!("`{}` lacks its operand `{what}`", self.called);
        SyntaxError::new(Rule::TextOperandMissing, self.cursor.here(), message)
    }

    fn extra(&self, gap: Gap) -> SyntaxError {
        let message =
            format!("`{}` takes no further operand before `{}`", self.called, gap.text().trim());
        SyntaxError::new(Rule::TextOperandExtra, self.cursor.here(), message)
    }

    /// Checks that nothing is left.
    pub(super) fn finish(&self) -> Result<()> {
        let Some(node) = self.cursor.peek() else { return Ok(()) };
        let rule = match node.shape {
            Shape::Comma | Shape::Arrow | Shape::Else => Rule::TextOperandExtra,
            _ => Rule::TextLineSyntax,
        };
        let message =
            format!("expected the end of `{}`, found {}", self.called, self.cursor.found());
        Err(SyntaxError::new(rule, node.span.clone(), message))
    }

    pub(super) fn wrong(&self, expected: &str) -> SyntaxError {
        let missing = match self.cursor.peek().map(|node| &node.shape) {
            None | Some(Shape::Comma | Shape::Arrow | Shape::Else) => true,
            Some(_) => false,
        };
        let rule = if missing { Rule::TextOperandMissing } else { Rule::TextOperandKind };
        self.cursor.unexpected(rule, expected)
    }

    /// Reads a bracketed list of items.
    pub(super) fn items<T>(
        &mut self,
        what: &str,
        of: impl FnOnce(&'n Shape<'s>) -> Option<&'n [Node<'s>]>,
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let Some((node, nodes)) = self.cursor.peek().and_then(|n| Some((n, of(&n.shape)?))) else {
            return Err(self.wrong(what));
        };
        self.cursor.next();
        let outer = core::mem::replace(&mut self.cursor, Cursor::inside(nodes, &node.span));
        let mut items = Vec::new();
        let mut more = !self.cursor.is_empty();
        while more {
            items.push(item(self)?);
            more = self.cursor.comma_or_end()?;
        }
        self.cursor = outer;
        Ok(items)
    }

    /// Reads a source.
    pub(super) fn source(&mut self) -> Result<Src> {
        let Some(node) = self.cursor.peek() else { return Err(self.wrong("a source")) };
        if let Shape::Word(word) = &node.shape
            && let Some((letter, number)) = lexeme::register(word)
        {
            let number = self.register_number(letter, number, &node.span)?;
            self.cursor.next();
            return Ok(if letter == b'x' { Src::X(XReg(number)) } else { Src::Y(YSlot(number)) });
        }
        match &node.shape {
            Shape::Word("_") => {
                return Err(self.wrong("a source").help("`_` discards: it is only a destination"));
            }
            Shape::Bar | Shape::Colon | Shape::Slash | Shape::FatArrow | Shape::Equals => {
                return Err(self.wrong("a source"));
            }
            Shape::Comma | Shape::Arrow | Shape::Else => return Err(self.wrong("a source")),
            _ => {}
        }
        let literal = literal::read(&mut self.cursor, 1)?;
        Ok(self.scope.tables.constant(literal))
    }

    /// Reads a destination.
    pub(super) fn destination(&mut self) -> Result<Dst> {
        if self.cursor.take_word("_") {
            return Ok(Dst::Discard);
        }
        match self.register("a destination: a register, a slot or `_`")? {
            Src::X(x) => Ok(Dst::X(x)),
            Src::Y(y) => Ok(Dst::Y(y)),
            _ => Ok(Dst::Discard),
        }
    }

    /// Reads a register or a slot.
    pub(super) fn register(&mut self, what: &str) -> Result<Src> {
        let found = self.cursor.peek().and_then(|node| match &node.shape {
            Shape::Word(word) => Some((node, lexeme::register(word)?)),
            _ => None,
        });
        match found {
            Some(_) => self.source(),
            None => Err(self.wrong(what)),
        }
    }

    fn register_number(&self, letter: u8, number: &str, span: &Range<usize>) -> Result<u16> {
        let (what, count) = match letter {
            b'x' => ("register", limits::X_REGISTERS),
            _ => ("slot", limits::Y_SLOTS),
        };
        number.parse().ok().filter(|number| *number < count).ok_or_else(|| {
            let letter = char::from(letter);
            let message = format!(
                "there is no {what} {letter}{}: they are {letter}0 to {letter}{}",
                lexeme::short(number),
                count - 1
            );
            SyntaxError::new(Rule::TextIntegerRange, span.clone(), message)
        })
    }

    /// Reads a number up to `max`.
    pub(super) fn unsigned(&mut self, what: &str, max: u64) -> Result<u64> {
        if matches!(
            self.cursor.peek().map(|node| &node.shape),
            None | Some(Shape::Comma | Shape::Arrow | Shape::Else)
        ) {
            return Err(self.wrong(what));
        }
        literal::unsigned(&mut self.cursor, what, max)
    }

    /// Reads a small integer, sign included.
    pub(super) fn signed(&mut self, what: &str) -> Result<i64> {
        let wrong = self.wrong(what);
        let Some(Node { shape: Shape::Number(text), span }) = self.cursor.next() else {
            return Err(wrong);
        };
        match lexeme::number(text, span)? {
            Number::Integer(integer) => {
                integer.small().filter(|value| crate::operand::is_small(*value)).ok_or_else(|| {
                    let message = format!(
                        "`{}` is out of range for {what}: it has at most {} bits",
                        lexeme::short(text),
                        limits::SMALL_BITS
                    );
                    SyntaxError::new(Rule::TextIntegerRange, span.clone(), message)
                })
            }
            Number::Float(_) => Err(wrong),
        }
    }

    /// Reads a label.
    pub(super) fn label(&mut self) -> Result<Label> {
        let Some(Node { shape: Shape::Word(word), span }) = self.cursor.peek() else {
            return Err(self.wrong("a label"));
        };
        if *word == "clause" {
            self.cursor.next();
            return Ok(Label::CLAUSE);
        }
        let Some(number) = self.scope.labels.get(word) else {
            let labels = self.scope.labels.keys().copied();
            let help = self.scope.suggester.nearest(word, labels);
            let message = format!("this function has no label `{}`", lexeme::short(word));
            return Err(
                SyntaxError::new(Rule::TextLabelUnknown, span.clone(), message).help_if(help)
            );
        };
        self.cursor.next();
        Ok(Label(*number))
    }

    /// Whether `name/arity` or `module:name/arity` comes next.
    pub(super) fn at_function(&self) -> bool {
        let mut ahead = self.cursor.clone();
        let mut atom = || {
            ahead.take(|shape| match shape {
                Shape::Word(word) => lexeme::is_atom_word(word),
                Shape::Quoted(_) => true,
                _ => false,
            })
        };
        if !atom() {
            return false;
        }
        let mut ahead = self.cursor.clone();
        ahead.next();
        if ahead.take(|shape| matches!(shape, Shape::Colon)) {
            ahead.next();
        }
        matches!(ahead.peek().map(|node| &node.shape), Some(Shape::Slash))
    }

    /// Reads `name/arity` or `module:name/arity`; gives the arity, too.
    pub(super) fn function(&mut self) -> Result<(RefId, u8)> {
        if !self.at_function() {
            return Err(self.wrong("a function, name/arity or module:name/arity"));
        }
        let start = self.cursor.here().start;
        let first = literal::atom(&mut self.cursor)?;
        if self.cursor.take(|shape| matches!(shape, Shape::Colon)) {
            let name = literal::atom(&mut self.cursor)?;
            let arity = literal::arity(&mut self.cursor)?;
            let tables = &mut self.scope.tables;
            let (module, name) = (tables.atom(&first), tables.atom(&name));
            return Ok((tables.reference(FunRef::External { module, name, arity }), arity));
        }
        let mut ahead = self.cursor.clone();
        ahead.next();
        let end = ahead.here().end;
        let arity = literal::arity(&mut self.cursor)?;
        let index = local(self.scope.functions, first, arity, start..end, self.scope.suggester)?;
        Ok((self.scope.tables.reference(FunRef::Local(index)), arity))
    }

    /// Reads a literal bitstring.
    pub(super) fn bitstring(&mut self) -> Result<crate::operand::LitId> {
        if !matches!(self.cursor.peek().map(|node| &node.shape), Some(Shape::Bits(_))) {
            return Err(self.wrong("a bitstring, <<…>>"));
        }
        let bits: Literal = literal::read(&mut self.cursor, 1)?;
        Ok(self.scope.tables.literal(bits))
    }
}

/// The index of a function of the module.
pub(super) fn local(
    functions: &Functions,
    name: String,
    arity: u8,
    span: Range<usize>,
    suggester: &Suggester,
) -> Result<u32> {
    let key = (name, arity);
    if let Some(index) = functions.get(&key) {
        return Ok(*index);
    }
    let mut wanted = String::new();
    lexeme::write_atom(&mut wanted, &key.0);
    wanted.push_str(&format!("/{arity}"));
    let known = functions.keys().map(|(name, arity)| format!("{name}/{arity}"));
    let help = suggester.nearest(&wanted, known);
    let message = format!("this module has no function {}", lexeme::short(&wanted));
    Err(SyntaxError::new(Rule::TextFunctionUnknown, span, message).help_if(help))
}

//! A place among the pieces of an operand.

use super::error::{Result, SyntaxError};
use super::syntax::{Node, Shape};
use crate::rule::Rule;
use core::ops::Range;

/// Walks over the pieces between two brackets, or over those of a whole line.
#[derive(Clone)]
pub(super) struct Cursor<'n, 's> {
    nodes: core::slice::Iter<'n, Node<'s>>,
    /// Where the pieces end: what an error about something missing points at.
    end: usize,
}

impl<'n, 's> Cursor<'n, 's> {
    pub(super) fn new(nodes: &'n [Node<'s>], end: usize) -> Cursor<'n, 's> {
        Cursor { nodes: nodes.iter(), end }
    }

    /// The pieces inside of a bracketed node.
    pub(super) fn inside(nodes: &'n [Node<'s>], span: &Range<usize>) -> Cursor<'n, 's> {
        Cursor::new(nodes, span.end.saturating_sub(1))
    }

    pub(super) fn peek(&self) -> Option<&'n Node<'s>> {
        self.nodes.as_slice().first()
    }

    pub(super) fn next(&mut self) -> Option<&'n Node<'s>> {
        self.nodes.next()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.as_slice().is_empty()
    }

    /// Where the next piece stands, or the end.
    pub(super) fn here(&self) -> Range<usize> {
        self.peek().map_or(self.end..self.end, |node| node.span.clone())
    }

    /// Takes the next piece if it is `wanted`.
    pub(super) fn take(&mut self, wanted: impl FnOnce(&Shape<'s>) -> bool) -> bool {
        let taken = self.peek().is_some_and(|node| wanted(&node.shape));
        if taken {
            self.nodes.next();
        }
        taken
    }

    /// Takes the next piece if it is that word.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        self.take(|shape| matches!(shape, Shape::Word(found) if *found == word))
    }

    /// An error about the next piece: `expected …, found …`.
    pub(super) fn unexpected(&self, rule: Rule, expected: &str) -> SyntaxError {
        let message = format!("expected {expected}, found {}", self.found());
        SyntaxError::new(rule, self.here(), message)
    }

    /// What the next piece is, in words.
    pub(super) fn found(&self) -> String {
        self.peek().map_or_else(|| "the end".to_owned(), |node| describe(&node.shape))
    }

    /// Takes a comma, or the end.
    ///
    /// Gives whether there is more.
    pub(super) fn comma_or_end(&mut self) -> Result<bool> {
        if self.take(|shape| matches!(shape, Shape::Comma)) {
            return Ok(true);
        }
        if self.is_empty() { Ok(false) } else { Err(self.unexpected(Rule::TextLineSyntax, "`,`")) }
    }
}

/// A piece, in words.
pub(super) fn describe(shape: &Shape<'_>) -> String {
    let fixed = match shape {
        Shape::Word(text)
        | Shape::Quoted(text)
        | Shape::Text(text)
        | Shape::Character(text)
        | Shape::Number(text) => return format!("`{}`", super::lexeme::short(text)),
        Shape::List(_) => "a list",
        Shape::Tuple(_) => "a `{…}`",
        Shape::Map(_) => "a map",
        Shape::Bits(_) => "a bitstring",
        Shape::Comma => "`,`",
        Shape::Arrow => "`->`",
        Shape::FatArrow => "`=>`",
        Shape::Equals => "`=`",
        Shape::Bar => "`|`",
        Shape::Colon => "`:`",
        Shape::Slash => "`/`",
        Shape::Else => "`else`",
    };
    fixed.to_owned()
}

//! From a logical line to its labels, its first word and a tree of operands.
//!
//! Owns the use of the grammar `asm.pest` and the words of its errors. Knows no instruction.

use super::error::{Result, SyntaxError};
use crate::rule::Rule;
use core::ops::Range;
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;

/// The generated parser, apart so that its rules are not taken for ours.
mod grammar {
    #![allow(missing_docs)]
    #[derive(pest_derive::Parser)]
    #[grammar = "text/asm.pest"]
    pub(super) struct Grammar;
}
use grammar::{Grammar, Rule as Token};

/// A piece of an operand, and where it stands in the source.
#[derive(Clone, Debug)]
pub(super) struct Node<'s> {
    /// Its bytes in the source.
    pub(super) span: Range<usize>,
    /// What it is.
    pub(super) shape: Shape<'s>,
}

/// What a piece of an operand is.
#[derive(Clone, Debug)]
pub(super) enum Shape<'s> {
    /// A register, atom, kind, label or `_`.
    Word(&'s str),
    /// An atom, quotes included.
    Quoted(&'s str),
    /// A string, quotes included.
    Text(&'s str),
    /// `$c`.
    Character(&'s str),
    /// Whatever begins like a number.
    Number(&'s str),
    /// `[…]`.
    List(Vec<Node<'s>>),
    /// `{…}`.
    Tuple(Vec<Node<'s>>),
    /// `#{…}`.
    Map(Vec<Node<'s>>),
    /// `<<…>>`.
    Bits(Vec<Node<'s>>),
    /// `,`
    Comma,
    /// `->`
    Arrow,
    /// `=>`
    FatArrow,
    /// `=`
    Equals,
    /// `|`
    Bar,
    /// `:`
    Colon,
    /// `/`
    Slash,
    /// `else`
    Else,
}

/// A logical line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line<'s> {
    /// The labels at its beginning.
    pub(super) labels: Vec<(&'s str, Range<usize>)>,
    /// The instruction or directive, if there is one.
    pub(super) statement: Option<Statement<'s>>,
}

/// A directive or an instruction.
#[derive(Clone, Debug)]
pub(super) struct Statement<'s> {
    /// Its first word.
    pub(super) name: &'s str,
    /// Where that stands.
    pub(super) span: Range<usize>,
    /// What follows.
    pub(super) nodes: Vec<Node<'s>>,
    /// Where the last of that ends.
    pub(super) end: usize,
}

/// A lexeme as the formatter sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lexeme {
    /// `; …`
    Comment,
    /// `[`, `{`, `#{` or `<<`.
    Open,
    /// Their counterparts.
    Close,
    /// `,`
    Comma,
    /// `:` and `/`, which stand without spaces.
    Tight,
    /// `|` inside of lists and all else that stands between spaces.
    Plain,
}

/// Reads the logical line that spans `at`.
pub(super) fn line<'s>(source: &'s str, at: Range<usize>) -> Result<Line<'s>> {
    let text = &source[at.clone()];
    let mut line = Line::default();
    let pairs = Grammar::parse(Token::line, text).map_err(|error| human(&error, text, at.start))?;
    for pair in pairs.flat_map(Pair::into_inner) {
        let span = span(&pair, at.start);
        match pair.as_rule() {
            Token::label => {
                let name = pair.as_str().trim_end_matches(':');
                line.labels.push((name, span.start..span.end - 1));
            }
            Token::statement => {
                let mut inner = pair.into_inner();
                let first = inner.next().expect("a statement begins with a word");
                let name_span = self::span(&first, at.start);
                let nodes: Vec<Node<'s>> = inner.map(|pair| node(pair, at.start)).collect();
                let end = nodes.last().map_or(name_span.end, |node| node.span.end);
                line.statement =
                    Some(Statement { name: first.as_str(), span: name_span, nodes, end });
            }
            _ => {}
        }
    }
    Ok(line)
}

/// Reads a single term.
pub(super) fn term(source: &str) -> Result<Vec<Node<'_>>> {
    let pairs = Grammar::parse(Token::term, source).map_err(|error| human(&error, source, 0))?;
    let inner = pairs.flat_map(Pair::into_inner).filter(|pair| pair.as_rule() != Token::EOI);
    Ok(inner.map(|pair| node(pair, 0)).collect())
}

/// The lexemes of a physical line of which [`line`] has found no fault.
pub(super) fn lexemes(text: &str, start: usize) -> Result<Vec<(Lexeme, &str)>> {
    let pairs = Grammar::parse(Token::lexemes, text).map_err(|error| human(&error, text, start))?;
    let inner = pairs.flat_map(Pair::into_inner).filter(|pair| pair.as_rule() != Token::EOI);
    Ok(inner
        .map(|pair| {
            let lexeme = match pair.as_rule() {
                Token::comment => Lexeme::Comment,
                Token::open => Lexeme::Open,
                Token::close => Lexeme::Close,
                Token::comma => Lexeme::Comma,
                Token::colon | Token::slash => Lexeme::Tight,
                _ => Lexeme::Plain,
            };
            (lexeme, pair.as_str())
        })
        .collect())
}

fn span(pair: &Pair<'_, Token>, start: usize) -> Range<usize> {
    let span = pair.as_span();
    start + span.start()..start + span.end()
}

/// Recurses on brackets, whose depth is bounded where lines are delimited.
fn node<'s>(pair: Pair<'s, Token>, start: usize) -> Node<'s> {
    let (span, text) = (span(&pair, start), pair.as_str());
    let inside = |pair: Pair<'s, Token>| -> Vec<Node<'s>> {
        pair.into_inner().map(|pair| node(pair, start)).collect()
    };
    let shape = match pair.as_rule() {
        Token::quoted => Shape::Quoted(text),
        Token::string => Shape::Text(text),
        Token::character => Shape::Character(text),
        Token::number => Shape::Number(text),
        Token::list => Shape::List(inside(pair)),
        Token::tuple => Shape::Tuple(inside(pair)),
        Token::map => Shape::Map(inside(pair)),
        Token::bits => Shape::Bits(inside(pair)),
        Token::comma => Shape::Comma,
        Token::arrow => Shape::Arrow,
        Token::fat_arrow => Shape::FatArrow,
        Token::equals => Shape::Equals,
        Token::bar => Shape::Bar,
        Token::colon => Shape::Colon,
        Token::slash => Shape::Slash,
        Token::otherwise => Shape::Else,
        _ => Shape::Word(text),
    };
    Node { span, shape }
}

/// The error of a grammar that could not go on, in words.
fn human(error: &pest::error::Error<Token>, text: &str, start: usize) -> SyntaxError {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let rest = &text[at..];
    let length = match rest.chars().next() {
        None => 0,
        Some(c) if c.is_ascii_alphanumeric() => {
            rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())
        }
        Some('-') if rest.starts_with("->") => 2,
        Some('=') if rest.starts_with("=>") => 2,
        Some(c) => c.len_utf8(),
    };
    let found = match &rest[..length] {
        "" | "\n" => "the end of the line".to_owned(),
        found => format!("`{found}`"),
    };
    let mut expected: Vec<&str> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.iter().map(words).collect(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    expected.sort_unstable();
    expected.dedup();
    // What may go on with an operand is no help to someone who wrote something else.
    if expected.len() > 1 {
        expected.retain(|words| !matches!(*words, "`:`" | "`/`"));
    }
    let expected = match expected.as_slice() {
        [] => "something else".to_owned(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    };
    let span = start + at..start + at + length;
    SyntaxError::new(Rule::TextLineSyntax, span, format!("expected {expected}, found {found}"))
}

/// What to call a rule of the grammar; values alike have one name.
fn words(rule: &Token) -> &'static str {
    match rule {
        Token::EOI => "the end of the line",
        Token::label | Token::statement | Token::line => "an instruction, a directive or a label",
        Token::list_end => "`]`",
        Token::comma => "`,`",
        Token::arrow => "`->`",
        Token::fat_arrow => "`=>`",
        Token::equals => "`=`",
        Token::bar => "`|`",
        Token::colon => "`:`",
        Token::slash => "`/`",
        Token::otherwise => "`else`",
        _ => "an operand",
    }
}

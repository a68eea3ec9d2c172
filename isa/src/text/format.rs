//! Formatting: indentation and spaces of a text, keeping its comments, blank lines and names.

use super::error::SyntaxError;
use super::lines::LogicalLines;
use super::syntax::{self, Lexeme};

/// Words that stand without indentation: what begins a module, a function or a part of them.
const FLUSH: &[&str] = &["module", "export", "info", "function", "params", "lambda"];

/// Indents and spaces a text as [`print`](super::print()) would.
///
/// Comments, blank lines, the names of labels, the spelling of numbers and strings and the breaks
/// of long lines stay as they are. Only errors of the grammar hinder it.
pub fn format(source: &str) -> Result<String, Vec<SyntaxError>> {
    let mut out = String::with_capacity(source.len() + source.len() / 4);
    let mut errors = Vec::new();
    for line in LogicalLines::new(source) {
        let at = match line.and_then(|at| syntax::line(source, at.clone()).map(|_| at)) {
            Ok(at) => at,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        let mut depth = 0;
        let mut start = at.start;
        for (index, text) in source[at].split('\n').enumerate() {
            match syntax::lexemes(text.trim_end_matches('\r'), start) {
                Ok(lexemes) if index == 0 => first(&mut out, text, &lexemes),
                Ok(lexemes) => {
                    let closing = usize::from(matches!(lexemes.first(), Some((Lexeme::Close, _))));
                    let indent = 4 * (1 + depth - closing.min(depth));
                    write(&mut out, &lexemes, indent);
                    out.push('\n');
                }
                Err(error) => errors.push(error),
            }
            depth = depth_after(depth, text, start);
            start += text.len() + 1;
        }
    }
    if errors.is_empty() { Ok(out) } else { Err(errors) }
}

/// How many brackets are open behind a physical line.
fn depth_after(depth: usize, text: &str, start: usize) -> usize {
    let lexemes = syntax::lexemes(text.trim_end_matches('\r'), start).unwrap_or_default();
    lexemes.iter().fold(depth, |depth, (lexeme, _)| match lexeme {
        Lexeme::Open => depth + 1,
        Lexeme::Close => depth.saturating_sub(1),
        _ => depth,
    })
}

/// Writes the first physical line of a logical one: labels each on a line of their own.
fn first(out: &mut String, text: &str, lexemes: &[(Lexeme, &str)]) {
    let mut rest = lexemes;
    while let [(Lexeme::Plain, name), (Lexeme::Tight, ":"), after @ ..] = rest {
        out.push_str(name);
        out.push(':');
        rest = after;
        if let [(Lexeme::Comment, comment)] = rest {
            out.push_str("  ");
            out.push_str(comment.trim_end());
            rest = &[];
        }
        out.push('\n');
        if rest.is_empty() {
            return;
        }
    }
    let indent = match rest {
        [] => 0,
        // A comment at the margin belongs to what is at the margin.
        [(Lexeme::Comment, _), ..] if text.starts_with(';') => 0,
        [(Lexeme::Plain, word), ..] if FLUSH.contains(word) => 0,
        _ => 4,
    };
    write(out, rest, indent);
    out.push('\n');
}

/// Writes the lexemes of a line with the spaces that belong between them.
fn write(out: &mut String, lexemes: &[(Lexeme, &str)], indent: usize) {
    let mut before: Option<(Lexeme, &str)> = None;
    for (lexeme, text) in lexemes {
        match before {
            None => out.extend((0..indent).map(|_| ' ')),
            Some((before, _)) => match (before, lexeme) {
                (_, Lexeme::Comment) => out.push_str("  "),
                (Lexeme::Open | Lexeme::Tight, _)
                | (_, Lexeme::Close | Lexeme::Comma | Lexeme::Tight) => {}
                _ => out.push(' '),
            },
        }
        out.push_str(text.trim_end());
        before = Some((*lexeme, text));
    }
}

//! Syntax errors: where, which rule, and words for people.
//!
//! Owns their form and the search for what was probably meant. How they are drawn with carets is
//! the command's business. Book: *The text form*.

use crate::rule::Rule;
use core::cell::Cell;
use core::fmt;
use core::ops::Range;

/// Why a text is not a module, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The rule that the text breaks; its id begins with `text.`.
    pub rule: Rule,
    /// The bytes of the source that it is about; may be empty at an end.
    pub span: Range<usize>,
    /// What was found and what was expected.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// What a step of the parser gives back.
pub(super) type Result<T> = core::result::Result<T, SyntaxError>;

impl SyntaxError {
    pub(super) fn new(rule: Rule, span: Range<usize>, message: impl Into<String>) -> SyntaxError {
        SyntaxError { rule, span, message: message.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> SyntaxError {
        self.help = Some(help.into());
        self
    }

    /// Adds help if there is any and the error has none yet.
    pub(super) fn help_if(mut self, help: Option<String>) -> SyntaxError {
        self.help = self.help.or(help);
        self
    }

    /// Line and column of the error's start, both from 1; columns count characters.
    ///
    /// `source` is the text that was parsed.
    pub fn line_column(&self, source: &str) -> (usize, usize) {
        let mut start = self.span.start.min(source.len());
        while !source.is_char_boundary(start) {
            start -= 1;
        }
        let before = &source[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.rule)?;
        self.help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

impl core::error::Error for SyntaxError {}

/// Finds what was probably meant by an unknown word.
///
/// A hostile file can hold very many unknown words and very many known ones, so the number of
/// comparisons is bounded; when it is spent there are no more suggestions.
pub(super) struct Suggester {
    comparisons: Cell<u32>,
}

impl Suggester {
    /// The longest word that is compared.
    const LENGTH: usize = 64;

    pub(super) fn new() -> Suggester {
        Suggester { comparisons: Cell::new(100_000) }
    }

    /// The candidate nearest to `word`, if one is near enough, as a line of help.
    pub(super) fn nearest<C: AsRef<str>>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = C>,
    ) -> Option<String> {
        if self.comparisons.get() == 0 {
            return None;
        }
        let allowed = (word.chars().count() / 3).clamp(1, 3);
        let mut best: Option<(usize, C)> = None;
        for item in candidates {
            let candidate = item.as_ref();
            if self.comparisons.get() == 0 {
                break;
            }
            self.comparisons.set(self.comparisons.get() - 1);
            if word.len() > Suggester::LENGTH || candidate.len() > Suggester::LENGTH {
                continue;
            }
            let found = distance(word, candidate);
            let better =
                |(least, nearest): &(usize, C)| (found, candidate) < (*least, nearest.as_ref());
            if found <= allowed && best.as_ref().is_none_or(better) {
                best = Some((found, item));
            }
        }
        best.map(|(_, candidate)| format!("did you mean `{}`?", candidate.as_ref()))
    }
}

/// How many characters must be added, removed, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = core::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits_and_swaps() {
        for (a, b, expected) in
            [("", "abc", 3), ("send", "send", 0), ("sned", "send", 1), ("jmp", "jump", 1)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn suggestions_end_when_their_budget_is_spent() {
        let suggester = Suggester { comparisons: Cell::new(1) };
        assert!(suggester.nearest("sned", ["send"]).is_some());
        assert_eq!(suggester.nearest("sned", ["send"]), None);
    }

    #[test]
    fn columns_count_characters() {
        let error = SyntaxError::new(Rule::TextLineSyntax, 6..7, "");
        assert_eq!(error.line_column("a\nüüx"), (2, 3));
        assert_eq!(error.line_column("a"), (1, 2));
    }
}

//! Logical lines: physical lines, joined while a bracket is open.
//!
//! Owns where a line ends, whether its brackets match and how deep they nest; so that what comes
//! after may recurse on brackets, and an error in one line does not hide those of the next.

use super::error::SyntaxError;
use crate::limits;
use crate::rule::Rule;
use core::ops::Range;

/// Brackets inside brackets: those of a literal, and those of the list of operands around it.
const DEPTH: usize = limits::LITERAL_DEPTH as usize + 2;

/// Lines whose bracket is never closed send the scan to the end of the file. After so many of
/// them lines are no longer joined, which keeps the whole scan linear.
const UNCLOSED_MAX: u32 = 8;

/// One logical line: the bytes that it spans, or what is wrong with it.
pub(super) type LogicalLine = core::result::Result<Range<usize>, SyntaxError>;

/// The logical lines of a text.
pub(super) struct LogicalLines<'s> {
    source: &'s str,
    at: usize,
    unclosed: u32,
}

impl<'s> LogicalLines<'s> {
    pub(super) fn new(source: &'s str) -> LogicalLines<'s> {
        LogicalLines { source, at: 0, unclosed: 0 }
    }

    /// The end of the physical line that holds `at`.
    fn line_end(&self, at: usize) -> usize {
        self.source[at..].find('\n').map_or(self.source.len(), |length| at + length)
    }
}

impl Iterator for LogicalLines<'_> {
    type Item = LogicalLine;

    fn next(&mut self) -> Option<LogicalLine> {
        let start = self.at;
        if start >= self.source.len() {
            return None;
        }
        let found = scan(self.source, start, self.unclosed < UNCLOSED_MAX);
        let end = match &found {
            Ok(end) => *end,
            Err(Fault::Here(error)) => self.line_end(error.span.start),
            Err(Fault::Unclosed(error)) => {
                self.unclosed += 1;
                self.line_end(error.span.start)
            }
        };
        self.at = end + 1;
        Some(match found {
            Ok(end) => Ok(start..end),
            Err(Fault::Here(error) | Fault::Unclosed(error)) => Err(error),
        })
    }
}

/// Why a logical line could not be delimited.
enum Fault {
    /// What is wrong is wrong where it stands.
    Here(SyntaxError),
    /// The bracket there is open at the end of the file.
    Unclosed(SyntaxError),
}

fn here(rule: Rule, span: Range<usize>, message: String) -> Fault {
    Fault::Here(SyntaxError::new(rule, span, message))
}

/// The end of the logical line that begins at `start`.
fn scan(source: &str, start: usize, join: bool) -> core::result::Result<usize, Fault> {
    let bytes = source.as_bytes();
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut at = start;
    while at < bytes.len() {
        let two = bytes.get(at..at + 2);
        match bytes[at] {
            b'\n' if open.is_empty() || !join => break,
            b';' => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
            }
            quote @ (b'"' | b'\'') => at = closing_quote(source, at, quote)? + 1,
            // A character: the next one is itself, whatever it is.
            b'$' => match bytes.get(at + 1) {
                Some(b'\\') if bytes.get(at + 2).is_some_and(|byte| *byte != b'\n') => at += 3,
                Some(b'\n' | b'\\') | None => at += 1,
                Some(_) => at += 2,
            },
            b'-' | b'=' if two.is_some_and(|two| two[1] == b'>') => at += 2,
            _ => {
                let Some(bracket) = bracket_at(&source.as_bytes()[at..]) else {
                    at += 1;
                    continue;
                };
                let span = at..at + bracket.len();
                at = span.end;
                if closer(bracket).is_some() {
                    if open.len() == DEPTH {
                        let message = format!("brackets are nested more than {DEPTH} deep");
                        return Err(here(Rule::TextLiteralDepth, span, message));
                    }
                    open.push((bracket, span.start));
                } else {
                    close(source, &mut open, bracket, span)?;
                }
            }
        }
    }
    match open.first() {
        Some((bracket, opened)) => Err(Fault::Unclosed(SyntaxError::new(
            Rule::TextLineSyntax,
            *opened..opened + bracket.len(),
            format!("this `{bracket}` is never closed"),
        ))),
        None => Ok(at),
    }
}

/// Closes the innermost open bracket.
fn close(
    source: &str,
    open: &mut Vec<(&str, usize)>,
    bracket: &str,
    span: Range<usize>,
) -> core::result::Result<(), Fault> {
    let Some((opened, at)) = open.pop() else {
        let message = format!("this `{bracket}` closes nothing");
        return Err(here(Rule::TextLineSyntax, span, message));
    };
    let expected = closer(opened).unwrap_or_default();
    if bracket == expected {
        return Ok(());
    }
    let message = format!("expected `{expected}` to close `{opened}`, found `{bracket}`");
    let above = source.as_bytes()[at..span.start].iter().filter(|byte| **byte == b'\n').count();
    let error = SyntaxError::new(Rule::TextLineSyntax, span, message);
    Err(Fault::Here(if above > 0 {
        error.help(format!("the `{opened}` is {above} lines above"))
    } else {
        error
    }))
}

/// The bracket that a text begins with.
fn bracket_at(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'[', ..] => Some("["),
        [b']', ..] => Some("]"),
        [b'{', ..] => Some("{"),
        [b'}', ..] => Some("}"),
        [b'(', ..] => Some("("),
        [b')', ..] => Some(")"),
        [b'<', b'<', ..] => Some("<<"),
        [b'>', b'>', ..] => Some(">>"),
        _ => None,
    }
}

/// What closes a bracket; `None` for one that closes.
fn closer(bracket: &str) -> Option<&'static str> {
    match bracket {
        "[" => Some("]"),
        "{" => Some("}"),
        "(" => Some(")"),
        "<<" => Some(">>"),
        _ => None,
    }
}

/// Where the quote that opens at `start` is closed; it must be on the same physical line.
fn closing_quote(source: &str, start: usize, quote: u8) -> core::result::Result<usize, Fault> {
    let bytes = source.as_bytes();
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'\n' {
        match bytes[at] {
            b'\\' if bytes.get(at + 1).is_some_and(|byte| *byte != b'\n') => at += 2,
            byte if byte == quote => return Ok(at),
            _ => at += 1,
        }
    }
    let what = if quote == b'"' { "string" } else { "quoted atom" };
    let end = at.min(bytes.len());
    Err(here(Rule::TextLineSyntax, start..end, format!("this {what} is not closed on its line")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str) -> Vec<String> {
        let text = |line: LogicalLine| line.map_or_else(|e| e.message, |at| source[at].into());
        LogicalLines::new(source).map(text).collect()
    }

    #[test]
    fn brackets_join_lines_and_quotes_hide_brackets() {
        assert_eq!(lines("a [\n1]\nb"), ["a [\n1]", "b"]);
        assert_eq!(lines("a \"[\" '{' $[ $\\{ ; (\nb"), ["a \"[\" '{' $[ $\\{ ; (", "b"]);
        assert_eq!(lines("a <<1,\n 2>> -> x0\n"), ["a <<1,\n 2>> -> x0"]);
    }

    #[test]
    fn a_fault_hides_only_its_own_line() {
        assert_eq!(lines("a [\nb\nc"), ["this `[` is never closed", "b", "c"]);
        assert_eq!(lines("a [}\nb"), ["expected `]` to close `[`, found `}`", "b"]);
        assert_eq!(lines("a \"b\nc"), ["this string is not closed on its line", "c"]);
    }
}

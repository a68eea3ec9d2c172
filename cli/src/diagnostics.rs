//! What went wrong, for people in rustc's look and for machines as JSON.
//!
//! Owns the exit statuses and the form of a diagnostic. The code of an error is the id of the
//! rule that the input breaks; `beam.*` codes are those of the translator.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;
use std::sync::Arc;

/// The exit status of the command. Book: *Observation*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u8);

impl Status {
    /// All is well.
    pub const OK: Status = Status(0);
    /// A check found something, or the first process ended with an error.
    pub const FAILED: Status = Status(1);
    /// The command cannot be understood, or names what is not there.
    pub const USAGE: Status = Status(2);
    /// The input breaks a rule.
    pub const INVALID: Status = Status(3);
    /// A limit was reached.
    pub const LIMIT: Status = Status(4);
    /// Nothing can happen any more, and the first process has not ended.
    pub const DEADLOCK: Status = Status(5);
}

/// Why a verb could not do its work.
#[derive(Debug)]
pub struct Failure {
    /// What the command exits with.
    pub status: Status,
    /// What to tell; at least one.
    pub diagnostics: Vec<Diagnostic>,
}

/// One thing to tell.
#[derive(Debug)]
pub struct Diagnostic {
    /// The id of a rule, if one is broken.
    pub code: Option<String>,
    /// What was found and what was expected.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// Where a diagnostic belongs.
#[derive(Debug)]
pub enum Place {
    /// Nowhere in particular.
    Nowhere,
    /// A file as a whole.
    File(String),
    /// Some bytes of a text.
    Text(Arc<Text>, Range<usize>),
}

/// A text that diagnostics quote.
#[derive(Debug)]
pub struct Text {
    /// The name of its file.
    pub name: String,
    /// The text.
    pub text: String,
}

/// So many diagnostics are shown; the rest are counted.
const SHOWN: usize = 40;

impl Failure {
    /// A failure of one line.
    pub fn new(status: Status, message: impl Into<String>) -> Failure {
        Failure { status, diagnostics: vec![Diagnostic::new(message)] }
    }

    /// Input that breaks rules.
    pub fn invalid(diagnostics: Vec<Diagnostic>) -> Failure {
        Failure { status: Status::INVALID, diagnostics }
    }
}

impl Diagnostic {
    /// A diagnostic without a place.
    pub fn new(message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code: None,
            message: message.into(),
            place: Place::Nowhere,
            notes: Vec::new(),
            help: None,
        }
    }

    /// The same with the id of the broken rule.
    pub fn code(mut self, code: impl Into<String>) -> Diagnostic {
        self.code = Some(code.into());
        self
    }

    /// The same with its place.
    pub fn at(mut self, place: Place) -> Diagnostic {
        self.place = place;
        self
    }

    /// The same with another fact.
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// The same with what to do.
    pub fn help(mut self, help: Option<String>) -> Diagnostic {
        self.help = help;
        self
    }

    fn report(&self) -> Group<'_> {
        let mut title = Level::ERROR.primary_title(self.message.as_str());
        if let Some(code) = &self.code {
            title = title.id(code.as_str());
        }
        let mut group = Group::with_title(title);
        match &self.place {
            Place::Nowhere => {}
            Place::File(name) => group = group.element(Origin::path(name.as_str())),
            Place::Text(text, span) => {
                let span = within(&text.text, span);
                group = group.element(
                    Snippet::source(text.text.as_str())
                        .path(text.name.as_str())
                        .annotation(AnnotationKind::Primary.span(span)),
                );
            }
        }
        for note in &self.notes {
            group = group.element(Level::NOTE.message(note.as_str()));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        group
    }

    fn value(&self) -> serde_json::Value {
        let mut value = serde_json::json!({ "severity": "error", "message": self.message });
        if let Some(code) = &self.code {
            value["code"] = code.as_str().into();
        }
        match &self.place {
            Place::Nowhere => {}
            Place::File(name) => value["file"] = name.as_str().into(),
            Place::Text(text, span) => {
                let span = within(&text.text, span);
                let (line, column) = line_column(&text.text, span.start);
                value["file"] = text.name.as_str().into();
                value["line"] = line.into();
                value["column"] = column.into();
                value["start"] = span.start.into();
                value["end"] = span.end.into();
            }
        }
        if !self.notes.is_empty() {
            value["notes"] = self.notes.clone().into();
        }
        if let Some(help) = &self.help {
            value["help"] = help.as_str().into();
        }
        value
    }
}

/// The nearest span that lies in the text, at borders of characters.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// Line and column, both from 1; columns count characters.
fn line_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// In rustc's look, coloured.
pub fn styled(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN) {
        text.push_str(&Renderer::styled().render(&[diagnostic.report()]));
        text.push_str("\n\n");
    }
    if diagnostics.len() > SHOWN {
        text.push_str(&format!("… and {} more\n\n", diagnostics.len() - SHOWN));
    }
    if let [_, _, ..] = diagnostics {
        text.push_str(&format!("{} errors\n", diagnostics.len()));
    } else if text.ends_with("\n\n") {
        text.pop();
    }
    text
}

/// As JSON, one object a line.
pub fn json(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| format!("{}\n", diagnostic.value())).collect()
}

//! Programs from files: told apart by content, read into modules, verified.
//!
//! Every verb that takes a program takes LAM text, LAM binaries and BEAM files alike. `-` is
//! standard input. A first line that begins with `#!` is passed over.

use crate::cache::Cache;
use crate::diagnostics::{Diagnostic, Failure, Place, Status, Text};
use lam_beam::TranslateError;
use lam_isa::binary::{self, DecodeError};
use lam_isa::text::{self, SyntaxError};
use lam_isa::{Module, Verified, VerifyError};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// LAM text.
    Text,
    /// A LAM binary.
    Binary,
    /// A BEAM file, compressed or not.
    Beam,
}

impl Form {
    /// The form of these bytes.
    pub fn of(bytes: &[u8]) -> Form {
        match bytes {
            _ if binary::is_binary(bytes) => Form::Binary,
            _ if lam_beam::is_beam(bytes) => Form::Beam,
            _ => Form::Text,
        }
    }

    /// How messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Form::Text => "LAM text",
            Form::Binary => "LAM binary",
            Form::Beam => "BEAM file",
        }
    }
}

/// A file that has been read.
pub struct Input {
    /// Its name as the user gave it.
    pub name: String,
    /// What it holds.
    pub form: Form,
    bytes: Vec<u8>,
}

/// The modules of a file, and where the errors of each are shown.
pub struct Program {
    /// The modules, in the order of the file.
    pub modules: Vec<Module>,
    origin: Origin,
}

/// Where a program came from, as far as diagnostics can show it.
enum Origin {
    File(String),
    Text(Arc<Text>),
}

impl Input {
    /// Reads a file, or standard input if it is called `-`.
    pub fn read(name: &str) -> Result<Input, Failure> {
        let bytes = if name == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
        } else {
            std::fs::read(name)
        };
        match bytes {
            Ok(bytes) => {
                let name = if name == "-" { "<stdin>".to_owned() } else { name.to_owned() };
                Ok(Input { name, form: Form::of(&bytes), bytes })
            }
            Err(error) => Err(unreadable(name, &error)),
        }
    }

    /// Whether its first line is for the system and not for LAM.
    pub fn is_script(&self) -> bool {
        self.bytes.starts_with(b"#!")
    }

    /// Its modules, not verified yet.
    pub fn parse(self) -> Result<Program, Failure> {
        self.parse_by(&Cache::default())
    }

    /// The same; the translation of a BEAM file may be in the cache, and is put there.
    pub fn parse_by(self, cache: &Cache) -> Result<Program, Failure> {
        match self.form {
            Form::Text => parse_text(self.name, self.bytes),
            Form::Binary => match binary::decode(&self.bytes) {
                Ok(modules) => Ok(Program { modules, origin: Origin::File(self.name) }),
                Err(error) => Err(Failure::invalid(vec![decode_diagnostic(&self.name, &error)])),
            },
            Form::Beam => match cache.translation(&self.bytes, lam_beam::translate) {
                Ok(module) => {
                    Ok(Program { modules: vec![module], origin: Origin::File(self.name) })
                }
                Err(error) => Err(Failure::invalid(vec![beam_diagnostic(&self.name, &error)])),
            },
        }
    }

    /// Its text, if it is one.
    pub fn into_text(self) -> Result<Text, Failure> {
        match self.form {
            Form::Text => Ok(Text { text: utf8(&self.name, self.bytes)?, name: self.name }),
            form => {
                let message = format!("expected LAM text, found a {}", form.name());
                let diagnostic = Diagnostic::new(message).at(Place::File(self.name));
                Err(Failure::invalid(vec![diagnostic]))
            }
        }
    }
}

impl Program {
    /// The verified modules.
    pub fn verify(self) -> Result<Vec<Verified>, Failure> {
        let mut verified = Vec::new();
        let mut diagnostics = Vec::new();
        for (index, module) in self.modules.into_iter().enumerate() {
            match lam_isa::verify(module) {
                Ok(module) => verified.push(module),
                Err(errors) => {
                    let each = errors.iter().map(|error| self.origin.diagnostic(index, error));
                    diagnostics.extend(each);
                }
            }
        }
        match diagnostics.is_empty() {
            true => Ok(verified),
            false => Err(Failure::invalid(diagnostics)),
        }
    }
}

/// Reads and verifies a file.
pub fn load(name: &str, cache: &Cache) -> Result<Vec<Verified>, Failure> {
    Input::read(name)?.parse_by(cache)?.verify()
}

fn parse_text(name: String, bytes: Vec<u8>) -> Result<Program, Failure> {
    let text = Arc::new(Text { text: utf8(&name, bytes)?, name });
    match text::parse(&text.text) {
        Ok(modules) if modules.is_empty() => {
            let message = "found no module, expected at least one `module NAME`";
            let place = Place::File(text.name.clone());
            Err(Failure::invalid(vec![Diagnostic::new(message).at(place)]))
        }
        Ok(modules) => Ok(Program { modules, origin: Origin::Text(text) }),
        Err(errors) => Err(syntax_failure(&text, &errors)),
    }
}

/// The errors of a text, shown in it.
pub fn syntax_failure(text: &Arc<Text>, errors: &[SyntaxError]) -> Failure {
    let each = errors.iter().map(|error| {
        Diagnostic::new(&error.message)
            .code(error.rule.id())
            .at(Place::Text(Arc::clone(text), error.span.clone()))
            .help(error.help.clone())
    });
    Failure::invalid(each.collect())
}

/// The text of these bytes, a `#!` line made a comment.
fn utf8(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with("#!") {
                text.replace_range(..2, "; ");
            }
            Ok(text)
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let message = format!(
                "found neither a LAM binary nor a BEAM file, and as a text it is not UTF-8 from \
                 byte {at} on"
            );
            let diagnostic = Diagnostic::new(message)
                .code(lam_isa::Rule::TextFileEncoding.id())
                .at(Place::File(name.to_owned()));
            Err(Failure::invalid(vec![diagnostic]))
        }
    }
}

impl Origin {
    fn diagnostic(&self, module: usize, error: &VerifyError) -> Diagnostic {
        let diagnostic = Diagnostic::new(&error.message).code(error.rule.id());
        let instruction = error.instruction.map(|n| format!(", instruction {n}"));
        let note = format!("in {}{}", error.place, instruction.unwrap_or_default());
        match self {
            Origin::File(name) => diagnostic.at(Place::File(name.clone())).note(note),
            Origin::Text(text) => match span(&text.text, module, error) {
                Some(span) => diagnostic.at(Place::Text(Arc::clone(text), span)).note(note),
                None => diagnostic.at(Place::File(text.name.clone())).note(note),
            },
        }
    }
}

/// Where in its text an error of verification is.
fn span(text: &str, module: usize, error: &VerifyError) -> Option<std::ops::Range<usize>> {
    let places = text::places(text);
    let function = usize::try_from(error.function?).ok()?;
    let function = places.get(module)?.get(function)?;
    match error.instruction {
        None => Some(function.head.clone()),
        Some(n) => function.instructions.get(usize::try_from(n).ok()?).cloned(),
    }
}

fn decode_diagnostic(name: &str, error: &DecodeError) -> Diagnostic {
    Diagnostic::new(&error.message)
        .code(error.rule.id())
        .at(Place::File(name.to_owned()))
        .note(format!("at byte {}", error.offset))
}

fn beam_diagnostic(name: &str, error: &TranslateError) -> Diagnostic {
    let place = match error.chunk {
        "" => format!("at byte {} of the file", error.offset),
        chunk => format!("at byte {} of chunk {chunk}", error.offset),
    };
    let place = match &error.function {
        Some(function) => format!("{place}, in {function}"),
        None => place,
    };
    Diagnostic::new(&*error.detail)
        .code(error.code.id())
        .at(Place::File(name.to_owned()))
        .note(place)
}

/// A file that cannot be read, in plain words.
fn unreadable(name: &str, error: &std::io::Error) -> Failure {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ if Path::new(name).is_dir() => "it is a folder".to_owned(),
        _ => error.to_string(),
    };
    Failure::new(Status::USAGE, format!("cannot read `{name}`: {why}"))
}

/// Writes a file, or tells why not.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| {
        Failure::new(Status::USAGE, format!("cannot write `{}`: {error}", path.display()))
    })
}

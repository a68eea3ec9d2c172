//! Standard output and standard error: the one place where the command writes to them.
//!
//! Standard output is the program's and the answer's, standard error that of diagnostics. A
//! reader that goes away early (`lam dis x | head`) ends the command quietly.

use crate::diagnostics::{self, Failure, Status};
use anstream::{AutoStream, ColorChoice};
use std::io::{self, ErrorKind, Write};

/// Where answers and complaints go, and in which form.
#[derive(Clone)]
pub struct Console {
    color: ColorChoice,
    /// Whether a machine reads along.
    pub json: bool,
}

impl Console {
    /// A console with these habits.
    pub fn new(color: ColorChoice, json: bool) -> Console {
        Console { color, json }
    }

    /// Writes text to standard output.
    pub fn out(&self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    /// Writes bytes to standard output.
    pub fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                // Nobody reads any more, so nothing is wrong and nothing is left to do.
                std::process::exit(0)
            }
            Err(error) => {
                let message = format!("cannot write to standard output: {error}");
                Err(Failure::new(Status::USAGE, message))
            }
            Ok(()) => Ok(()),
        }
    }

    /// Writes text to standard error.
    pub fn err(&self, text: &str) {
        let mut err = AutoStream::new(io::stderr(), self.color).lock();
        // There is no place left to complain that complaining failed.
        let _ = err.write_all(text.as_bytes());
    }

    /// Writes the bytes of a program to standard error, as they are.
    pub fn err_bytes(&self, bytes: &[u8]) {
        let _ = io::stderr().lock().write_all(bytes);
    }

    /// Tells what went wrong.
    pub fn complain(&self, failure: &Failure) {
        let text = match self.json {
            true => diagnostics::json(&failure.diagnostics),
            false => diagnostics::styled(&failure.diagnostics),
        };
        self.err(&text);
    }
}

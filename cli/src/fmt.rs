//! `lam fmt`: LAM text in its usual shape, comments kept.

use crate::console::Console;
use crate::diagnostics::{Failure, Status};
use crate::input::{self, Input};
use lam_isa::text;
use std::path::Path;
use std::sync::Arc;

/// Put LAM text into its usual shape.
#[derive(clap::Args)]
pub struct Fmt {
    /// The files, which are changed in place; `-` formats standard input to standard output.
    #[arg(required = true)]
    files: Vec<String>,
    /// Change nothing; name the files that would change, and fail if there are any.
    #[arg(long)]
    check: bool,
}

impl Fmt {
    /// Formats every file, or says which ones are not formatted.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        let mut status = Status::OK;
        for name in &self.files {
            let input = Input::read(name)?;
            let script = input.is_script();
            let text = Arc::new(input.into_text()?);
            let mut formatted =
                text::format(&text.text).map_err(|errors| input::syntax_failure(&text, &errors))?;
            let mut before = text.text.clone();
            if script {
                // Reading has made a comment of it.
                before.replace_range(..2, "#!");
                formatted.replace_range(..2, "#!");
            }
            if name == "-" {
                console.out(&formatted)?;
            } else if formatted != before {
                if self.check {
                    status = Status::FAILED;
                    match console.json {
                        true => {
                            console.out(&format!("{}\n", serde_json::json!({ "file": name })))?
                        }
                        false => console.out(&format!("{name}\n"))?,
                    }
                } else {
                    input::write(Path::new(name), formatted.as_bytes())?;
                }
            }
        }
        Ok(status)
    }
}

//! `lam asm` and `lam dis`: from one form of a program to another.

use crate::console::Console;
use crate::diagnostics::{Failure, Status};
use crate::input::{self, Input};
use crate::library::Search;
use crate::machine;
use lam_isa::{Module, Verified, binary, text};
use std::path::{Path, PathBuf};

/// Assemble: write a program as a LAM binary.
#[derive(clap::Args)]
pub struct Asm {
    /// LAM text, a LAM binary or a BEAM file; `-` is standard input.
    file: String,
    /// Where to write; `-` is standard output. Without it, beside the input with the ending
    /// `.lamb`.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Link: put every module that the program reaches into the binary, so that it runs where no
    /// other modules are.
    #[arg(long)]
    link: bool,
    /// With `--link`: this module too, for calls by names that are known at run time only.
    #[arg(long, value_name = "MODULE", requires = "link")]
    also: Vec<String>,
    #[command(flatten)]
    search: Search,
}

impl Asm {
    /// Writes a binary with all modules of the file, or of the program if it is to be linked.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        let output = match self.output {
            Some(output) => output,
            None if self.file == "-" => {
                let message = "standard input has no name: say where to write with `--output`";
                return Err(Failure::new(Status::USAGE, message));
            }
            None => Path::new(&self.file).with_extension("lamb"),
        };
        let modules: Vec<Module> = if self.link {
            let linked = machine::linked(&self.file, &self.search, &self.also)?;
            linked.iter().map(|module| Module::clone(module)).collect()
        } else {
            input::load(&self.file, &self.search.cache())?
                .into_iter()
                .map(Verified::into_module)
                .collect()
        };
        let bytes = binary::encode(&modules);
        if output == Path::new("-") {
            console.bytes(&bytes)?;
            return Ok(Status::OK);
        }
        input::write(&output, &bytes)?;
        if console.json {
            let names: Vec<&str> = modules.iter().map(Module::name).collect();
            let value = serde_json::json!({
                "file": output.to_string_lossy(), "modules": names, "bytes": bytes.len(),
            });
            console.out(&format!("{value}\n"))?;
        }
        Ok(Status::OK)
    }
}

/// Disassemble: print a program as LAM text.
#[derive(clap::Args)]
pub struct Dis {
    /// LAM text, a LAM binary or a BEAM file; `-` is standard input.
    file: String,
    /// Where to write instead of standard output.
    #[arg(short, long)]
    output: Option<PathBuf>,
}

impl Dis {
    /// Prints the canonical text. What does not verify is printed too: one wants to look at it.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        let program = Input::read(&self.file)?.parse()?;
        let text = text::print(&program.modules);
        match &self.output {
            Some(path) if path != Path::new("-") => input::write(path, text.as_bytes())?,
            _ => console.out(&text)?,
        }
        Ok(Status::OK)
    }
}

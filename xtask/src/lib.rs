//! Everything that is not the product: the book's build, the gates between the layers, the tests.
//!
//! Owns what is generated from the instruction table and the checks that no page, file or case
//! goes astray. Knows nothing of what a rule or an instruction means. ARCHITECTURE.md: *Gates*.

pub mod bench;
pub mod book;
pub mod figures;
pub mod fuzz;
pub mod gates;
pub mod highlight;
pub mod isa_json;
pub mod links;
pub mod miri;
pub mod model;
pub mod operations;
pub mod pins;
pub mod programs;
pub mod prose;
pub mod rules;
pub mod steps;
pub mod tail_calls;
pub mod threads;
pub mod tla;

use std::io::Write;
use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask lies in the repository").into()
}

/// Tells the person who started the task something.
pub fn say(line: &str) {
    // Nobody is left to be told when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

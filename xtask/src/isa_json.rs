//! `spec/isa.json`: the instruction table as data, for programs in any language.
//!
//! What it holds is `lam_isa::spec`'s; here it is committed, and compared by a gate.

use anyhow::{Context, Result};
use lam_isa::{INSTRUCTIONS, Rule, spec};
use std::path::Path;

/// Where it lies.
pub const FILE: &str = "spec/isa.json";

/// Writes the file anew.
pub fn write(root: &Path) -> Result<String> {
    std::fs::write(root.join(FILE), spec::json()).with_context(|| format!("writing {FILE}"))?;
    Ok(format!("{FILE}: {} instructions, {} rules", INSTRUCTIONS.len(), Rule::all().len()))
}

/// Whether the file is what the table says.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let committed = std::fs::read_to_string(root.join(FILE)).unwrap_or_default();
    if committed == spec::json() {
        return Ok(Vec::new());
    }
    Ok(vec![format!("{FILE} is not what the table says: run `cargo xtask codegen`")])
}

//! `tla/LamTable.tla`: what the model needs of the instruction table, committed as TLA+.
//!
//! Owns that module, written by `cargo xtask codegen` and compared by a gate, so that a cost or a
//! safepoint stands in one place.

use anyhow::{Context, Result};
use lam_isa::table::Class;
use lam_isa::{INSTRUCTIONS, limits};
use std::path::Path;

/// Where it lies.
pub const FILE: &str = "tla/LamTable.tla";

const HEAD: &str = "\
------------------------------ MODULE LamTable ------------------------------
(***************************************************************************)
(* The instruction table: written by `cargo xtask codegen`, not by hand.   *)
(* Cost: reductions of each instruction.  Safepoints: where a process may  *)
(* be preempted.  Quantum: reductions of a turn, and of a long step.       *)
(***************************************************************************)
";

/// The text of the module.
fn text() -> String {
    let costs: Vec<String> =
        INSTRUCTIONS.iter().map(|info| format!("{} |-> {}", info.name, info.cost)).collect();
    let safepoints: Vec<String> = INSTRUCTIONS
        .iter()
        .filter(|info| info.class != Class::Local)
        .map(|info| format!("\"{}\"", info.name))
        .collect();
    let rows = |items: &[String]| {
        items.chunks(5).map(|row| row.join(", ")).collect::<Vec<_>>().join(",\n  ")
    };
    format!(
        "{HEAD}Cost == [\n  {}]\nSafepoints == {{\n  {}}}\nQuantum == {}\n{}\n",
        rows(&costs),
        rows(&safepoints),
        limits::QUANTUM,
        "=".repeat(77)
    )
}

/// Writes the file anew.
///
/// # Errors
/// If it cannot be written.
pub fn write(root: &Path) -> Result<String> {
    std::fs::write(root.join(FILE), text()).with_context(|| format!("writing {FILE}"))?;
    Ok(format!("{FILE}: {} instructions", INSTRUCTIONS.len()))
}

/// Whether the file is what the table says.
pub fn check(root: &Path) -> Vec<String> {
    let committed = std::fs::read_to_string(root.join(FILE)).unwrap_or_default();
    if committed == text() {
        return Vec::new();
    }
    vec![format!("{FILE} is not what the table says: run `cargo xtask codegen`")]
}

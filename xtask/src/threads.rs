//! What the threads of the fast machine may do, by a checker of schedules.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Runs slots and the bell in every order of steps with at most three preemptions. There loom stands
/// in for the locks and atomics of `fast-vm/src/sync.rs`, which is built with its name as a `cfg`,
/// so it has a folder of compiled things of its own.
///
/// # Errors
/// If a test fails.
pub fn loom(root: &Path) -> Result<String> {
    let words =
        ["test", "--package", "lam-fast", "--lib", "--target-dir", "target/loom", "explored"];
    let begun = Instant::now();
    let status = Command::new("cargo")
        .args(words)
        .env("RUSTFLAGS", "--cfg loom")
        .env("LOOM_MAX_PREEMPTIONS", "3")
        .current_dir(root)
        .status()
        .context("starting cargo")?;
    if !status.success() {
        bail!("`cargo {}` with `--cfg loom` failed ({status})", words.join(" "));
    }
    Ok(format!("loom: no order of steps fails; {} s", begun.elapsed().as_secs()))
}

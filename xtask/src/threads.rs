//! What the threads of the fast machine may do, by a checker of schedules.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Runs slots and the bell in every order of steps with at most three preemptions, by loom.
///
/// # Errors
/// If a test fails.
pub fn loom(root: &Path) -> Result<String> {
    explore(root, "loom", "explored").context("no order of steps may fail")
}

/// Runs whole programs on several schedulers, whose threads take turns at random, by shuttle.
///
/// # Errors
/// If a test fails.
pub fn shuttle(root: &Path) -> Result<String> {
    explore(root, "shuttle", "shuffled").context("no schedule of threads may fail")
}

/// Runs tests of the fast machine with a checker in the place of the locks, atomics and threads of
/// `fast-vm/src/sync.rs`, which is built with its name as a `cfg`, so it has a folder of compiled things
/// of its own.
fn explore(root: &Path, checker: &str, tests: &str) -> Result<String> {
    let target = format!("target/{checker}");
    let words = ["test", "--package", "lam-fast", "--lib", "--target-dir", &target, tests];
    let begun = Instant::now();
    let status = Command::new("cargo")
        .args(words)
        .env("RUSTFLAGS", format!("--cfg {checker}"))
        .env("LOOM_MAX_PREEMPTIONS", "3")
        .current_dir(root)
        .status()
        .context("starting cargo")?;
    if !status.success() {
        bail!("`cargo {}` with `--cfg {checker}` failed ({status})", words.join(" "));
    }
    Ok(format!("{checker}: nothing fails; {} s", begun.elapsed().as_secs()))
}

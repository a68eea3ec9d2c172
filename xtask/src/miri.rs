//! The unit tests of the fast machine's unsafe parts, in Miri.

use crate::fuzz::must;
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// What is looked at: terms, heaps and the collector, messages, atoms.
const MODULES: [&str; 4] = ["term::", "heap::", "mailbox::", "atom::"];
/// Miri takes some hundred times as long, so generated tests are few and small.
const SMALL: [(&str, &str); 2] = [("QUICKCHECK_TESTS", "4"), ("QUICKCHECK_GENERATOR_SIZE", "10")];

/// Runs the tests of these modules, or of those whose names contain one of `words`; installs what
/// it needs.
///
/// # Errors
/// If Miri cannot be installed, finds something, or a test fails.
pub fn run(root: &Path, words: &[&str]) -> Result<String> {
    let installed = Command::new("cargo").args(["+nightly", "miri", "--version"]).output();
    if !installed.is_ok_and(|output| output.status.success()) {
        crate::say("installing a nightly toolchain with Miri");
        let components = ["--profile", "minimal", "-c", "miri", "-c", "rust-src"];
        must("rustup", &[&["toolchain", "install", "nightly"], &components[..]].concat(), root)?;
    }
    // Terms are words, so where pointers come from is exposed.
    let mut flags = "-Zmiri-permissive-provenance".to_owned();
    for (name, _) in SMALL {
        flags += &format!(" -Zmiri-env-forward={name}");
    }
    let names = if words.is_empty() { &MODULES } else { words };
    let mut command = Command::new("cargo");
    command.args(["+nightly", "miri", "test", "--package", "lam-fast", "--lib", "--"]).args(names);
    command.envs(SMALL).env("MIRIFLAGS", flags).current_dir(root);
    let status = command.status()?;
    if !status.success() {
        anyhow::bail!("Miri or a test in it failed ({status})");
    }
    Ok(format!("miri: {} finds nothing", names.join(" ")))
}

//! The fuzz targets, each for some seconds.

use crate::steps::{Verdict, tools};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Runs every target of `fuzz/` for `seconds`; installs what it needs.
pub fn run(root: &Path, seconds: u64) -> Result<String> {
    let folder = root.join("fuzz");
    if !folder.is_dir() {
        bail!("there is no fuzz/ folder");
    }
    if let Verdict::Skipped(why) | Verdict::Failed(why) = tools::fuzzer(root) {
        bail!(why);
    }
    let list = Command::new("cargo").args(["+nightly", "fuzz", "list"]).current_dir(root).output();
    let list = list.context("listing the fuzz targets")?;
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let targets: Vec<&str> = list.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    if targets.is_empty() {
        bail!("`cargo fuzz list` names no target");
    }
    let limit = format!("-max_total_time={seconds}");
    for target in &targets {
        crate::say(&format!("fuzzing {target} for {seconds} s"));
        // What it finds on the way lies apart from the seeds, which are checked in.
        let (found, seeds) =
            (format!("fuzz/target/corpus/{target}"), format!("fuzz/corpus/{target}"));
        std::fs::create_dir_all(root.join(&found)).with_context(|| format!("making {found}"))?;
        let arguments = ["+nightly", "fuzz", "run", target, &found, &seeds, "--", &limit];
        must("cargo", &[&arguments[..], &["-timeout=10", "-max_len=4096"]].concat(), root)?;
    }
    Ok(format!("fuzz: {} targets, {seconds} s each, no finding", targets.len()))
}

/// Whether `cargo fuzz` answers, on a nightly toolchain.
pub(crate) fn is_installed() -> bool {
    let version = Command::new("cargo").args(["+nightly", "fuzz", "--version"]).output();
    version.is_ok_and(|output| output.status.success())
}

/// Runs a program, which must succeed.
pub(crate) fn must(program: &str, arguments: &[&str], folder: &Path) -> Result<()> {
    let status = Command::new(program).args(arguments).current_dir(folder).status();
    let status = status.with_context(|| format!("starting {program}"))?;
    if !status.success() {
        bail!("`{program} {}` failed ({status})", arguments.join(" "));
    }
    Ok(())
}

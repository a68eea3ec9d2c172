//! `cargo xtask test`: everything that must hold, in the order of what it costs.
//!
//! Owns the order, and the installation of what a bare machine lacks. What a step checks is the
//! business of the tool or the tests that it starts.

pub mod tools;

use crate::{bench, book, fuzz, say, tail_calls, threads, tla};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

/// How a step went.
pub enum Verdict {
    /// It holds.
    Passed,
    /// It does not; why.
    Failed(String),
    /// It could not be looked at; why.
    Skipped(String),
}

type Step = (&'static str, fn(&Path) -> Verdict);

/// How long everything is run at once; `cargo xtask soak` does it for an hour.
const SOAK_SECONDS: u64 = 120;

/// How long each fuzz target runs; `cargo xtask fuzz` does it for as long as one likes.
const FUZZ_SECONDS: u64 = 30;

/// The steps, cheap ones first; each relies on those before it.
const STEPS: &[Step] = &[
    ("rust tools", tools::rust),
    ("format", |root| cargo(root, &["fmt", "--all", "--check"])),
    ("erlang", tools::erlang),
    ("elixir", tools::elixir),
    ("java", tools::java),
    ("TLC", tools::tlc),
    ("lints", |root| {
        cargo(root, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
    }),
    ("tests", |root| cargo(root, &["test", "--workspace"])),
    ("objdump", tools::objdump),
    ("tail calls", |root| match tools::answers("objdump", "--version") {
        true => told(tail_calls::check(root, true)),
        false => Verdict::Skipped("without objdump nobody reads the handlers".into()),
    }),
    ("soak", |root| match tools::answers("erlc", "-help") {
        true => told(bench::soak::run(root, SOAK_SECONDS, false)),
        false => Verdict::Skipped("without erlc there is no program to soak in".into()),
    }),
    ("model", |root| match tla::check(root, &tla::Choice::default()) {
        Ok(tla::Verdict::Passed(count)) => {
            say(&format!("{count} models as expected"));
            Verdict::Passed
        }
        Ok(tla::Verdict::Skipped(why)) => Verdict::Skipped(why),
        Err(error) => Verdict::Failed(format!("{error:#}")),
    }),
    ("book", |root| told(book::build(root))),
    ("wasm", |root| {
        let wasm = ["--target", "wasm32-unknown-unknown"];
        let mut arguments = vec!["build", "--package", "lam-isa", "--package", "lam-reference"];
        arguments.extend(wasm);
        cargo(root, &arguments)
    }),
    ("node", tools::node),
    ("cases in wasm", |root| {
        let mut arguments = vec!["build", "--package", "lam-fast-wasm", "--features", "text"];
        arguments.extend(["--profile", "wasm", "--target", "wasm32-unknown-unknown"]);
        match cargo(root, &arguments) {
            Verdict::Passed => tools::run_node(root),
            other => other,
        }
    }),
    ("chromium", tools::chromium),
    ("cases in chromium", tools::run_chromium),
    ("loom", |root| told(threads::loom(root))),
    ("shuttle", |root| told(threads::shuttle(root))),
    ("fuzzer", tools::fuzzer),
    ("fuzz", |root| match fuzz::is_installed() {
        true => told(fuzz::run(root, FUZZ_SECONDS)),
        false => Verdict::Skipped("without cargo-fuzz no target runs".into()),
    }),
];

/// A step that ends with a report or an error.
fn told(done: anyhow::Result<String>) -> Verdict {
    match done {
        Ok(report) => {
            say(&report);
            Verdict::Passed
        }
        Err(error) => Verdict::Failed(format!("{error:#}")),
    }
}

/// Runs every step, up to the first that fails.
pub fn test(root: &Path) -> ExitCode {
    let (mut passed, mut failed) = (0, 0);
    let mut skipped = Vec::new();
    for (at, (name, step)) in STEPS.iter().enumerate() {
        say(&format!("\n== {name} ({} of {})", at + 1, STEPS.len()));
        let start = Instant::now();
        let verdict = step(root);
        let seconds = start.elapsed().as_secs_f32();
        match verdict {
            Verdict::Passed => {
                passed += 1;
                say(&format!("== {name}: passed in {seconds:.1} s"));
            }
            Verdict::Skipped(why) if in_ci() => {
                failed += 1;
                say(&format!("== {name}: FAILED, since nothing is skipped in CI: {why}"));
            }
            Verdict::Skipped(why) => {
                say(&format!("== {name}: SKIPPED: {why}"));
                skipped.push(*name);
            }
            Verdict::Failed(why) => {
                failed += 1;
                say(&format!("== {name}: FAILED in {seconds:.1} s: {why}"));
            }
        }
        if failed > 0 {
            let rest: Vec<&str> = STEPS[at + 1..].iter().map(|(name, _)| *name).collect();
            if !rest.is_empty() {
                say(&format!("not run: {}", rest.join(", ")));
            }
            break;
        }
    }
    if !skipped.is_empty() {
        say(&format!("\nskipped: {}", skipped.join(", ")));
    }
    say(&format!("\n{passed} passed, {failed} failed, {} skipped", skipped.len()));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether a skip is an error.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1")
}

/// Runs cargo.
fn cargo(root: &Path, arguments: &[&str]) -> Verdict {
    match Command::new("cargo").args(arguments).current_dir(root).status() {
        Ok(status) if status.success() => Verdict::Passed,
        Ok(_) => Verdict::Failed(format!("`cargo {}`", arguments.join(" "))),
        Err(error) => Verdict::Failed(format!("cargo did not start: {error}")),
    }
}

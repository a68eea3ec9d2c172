//! `cargo xtask bench`: the yardstick on BEAM and on LAM, and the book's chapter about it.
//!
//! Owns what is measured, how, and the file in which the numbers are committed, so that the book is
//! built without measuring. What the programs are is in `bench/yardstick.erl`.

mod chapter;
mod sample;
pub mod soak;

pub use chapter::{memory, parallel, plot, setting, size, start, table};

use anyhow::{Context, Result, bail};
pub(crate) use sample::built;
use sample::{Bench, Machine, median};
use serde_json::{Value, json};
use std::path::Path;

/// Where the numbers lie.
pub const FILE: &str = "spec/performance.json";

/// A program of the yardstick.
pub(crate) struct Program {
    name: &'static str,
    /// What it stresses.
    what: &'static str,
    /// The most that LAM's processor time may be of BEAM's.
    goal: Option<f64>,
    /// Whether more than one process works, so that two schedulers can share it.
    shared: bool,
}

const fn alone(name: &'static str, what: &'static str, goal: Option<f64>) -> Program {
    Program { name, what, goal, shared: false }
}

const fn shared(name: &'static str, what: &'static str, goal: Option<f64>) -> Program {
    Program { name, what, goal, shared: true }
}

/// The programs, in the order of the table.
pub(crate) const PROGRAMS: [Program; 23] = [
    alone("fib", "calls, small integers", Some(1.3)),
    alone("tak", "calls with three arguments", Some(1.5)),
    alone("loop", "a loop that only counts", Some(2.5)),
    alone("sumloop", "a loop that adds", Some(2.5)),
    alone("nrev", "lists: reverse by appending", Some(0.9)),
    alone("queens", "lists and comparisons", Some(1.5)),
    alone("bintrees", "tuples, garbage collection", Some(1.5)),
    alone("nbody", "floats", Some(1.0)),
    alone("mapsmall", "updates of a map of 16 keys", Some(0.8)),
    alone("mapbig", "updates of a map of 10,000 keys", Some(1.0)),
    alone("binparse", "matching a binary byte by byte", Some(2.0)),
    alone("binframe", "matching frames, sub-binaries", None),
    alone("mapfold", "comprehensions, `lists:foldl`", None),
    alone("apply_fun", "calls of a fun", None),
    shared("spawnsync", "a process after the other", Some(0.25)),
    shared("spawnbatch", "a thousand processes at a time", Some(0.25)),
    shared("ring", "a message around 1,000 processes", Some(0.25)),
    shared("pingpong", "two processes, a message each way", Some(0.25)),
    shared("fanin", "100 senders, one receiver", Some(0.4)),
    shared("selrecv", "a selective receive, 1,000 others waiting", Some(1.2)),
    shared("selref", "the same for a fresh reference", None),
    shared("live", "100,000 processes alive at once", None),
    shared("pair", "two processes that compute", None),
];

/// What to measure.
pub struct Choice {
    /// How often; the median counts.
    runs: usize,
    /// Programs by name; none means all, and everything else.
    names: Vec<String>,
}

impl Choice {
    /// Reads the words of the command.
    ///
    /// # Errors
    /// For an unknown program or a number of runs that is none.
    pub fn of(words: &[&str]) -> Result<Choice> {
        let mut choice = Choice { runs: 5, names: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if *word == "--runs" {
                let number = words.next().and_then(|word| word.parse().ok());
                choice.runs = number.filter(|runs| *runs > 0).context("--runs has a number")?;
            } else if PROGRAMS.iter().any(|program| program.name == *word) {
                choice.names.push((*word).to_owned());
            } else {
                let names: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
                bail!("`{word}` is no program of the yardstick: {}", names.join(", "));
            }
        }
        Ok(choice)
    }

    fn wants(&self, program: &Program) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| name == program.name)
    }
}

/// Measures. All of it is written to the file of the book; a choice of programs is only told.
///
/// # Errors
/// If a machine is missing, fails, or gives another result than the other one.
pub fn run(root: &Path, choice: &Choice) -> Result<String> {
    let bench = Bench::prepare(root, true)?;
    let before = bench.load();
    let mut rows = Vec::new();
    for schedulers in [1, 2] {
        for program in PROGRAMS.iter().filter(|program| choice.wants(program)) {
            if schedulers == 1 || program.shared {
                let row = compare(&bench, program, schedulers, choice.runs)?;
                crate::say(&told(&row));
                rows.push(row);
            }
        }
    }
    if !choice.names.is_empty() {
        return Ok(format!("{} measured, nothing written", rows.len()));
    }
    let start = bench.start(choice.runs.max(11))?;
    let memory = bench.memory()?;
    let size = bench.size()?;
    let measured = json!({
        "setting": bench.setting(&before, choice.runs)?,
        "programs": rows,
        "start": start,
        "memory": memory,
        "size": size,
    });
    let mut text = serde_json::to_string_pretty(&measured)?;
    text.push('\n');
    std::fs::write(root.join(FILE), text).with_context(|| format!("writing {FILE}"))?;
    Ok(format!("{FILE}: {} rows, medians of {} runs", rows.len(), choice.runs))
}

/// Runs a program on both machines in turn.
fn compare(bench: &Bench, program: &Program, schedulers: u32, runs: usize) -> Result<Value> {
    let mut samples = [Vec::new(), Vec::new()];
    for _ in 0..runs {
        for (machine, samples) in Machine::BOTH.into_iter().zip(&mut samples) {
            samples.push(bench.sample(machine, program.name, schedulers)?);
        }
    }
    let [beam, lam] = &samples;
    if let Some((beam, lam)) = beam.iter().zip(lam).find(|(b, l)| b.result != l.result) {
        bail!("{}: BEAM says {} and LAM {}", program.name, beam.result, lam.result);
    }
    let mut row = json!({ "program": program.name, "schedulers": schedulers });
    for (machine, samples) in Machine::BOTH.into_iter().zip(&samples) {
        row[machine.name()] = json!({
            "cpu_ms": median(samples.iter().map(|sample| sample.cpu_ms)),
            "clock_ms": median(samples.iter().map(|sample| sample.clock_ms)),
            "peak_kb": median(samples.iter().map(|sample| sample.peak_kb)),
            "cpu_ms_of_each": samples.iter().map(|sample| sample.cpu_ms).collect::<Vec<u64>>(),
        });
    }
    Ok(row)
}

/// A row for whoever waits.
fn told(row: &Value) -> String {
    let cpu = |machine: &str| row[machine]["cpu_ms"].as_u64().unwrap_or_default();
    format!(
        "{} with {} scheduler(s): BEAM {} ms, LAM {} ms, ratio {:.2}",
        row["program"].as_str().unwrap_or_default(),
        row["schedulers"],
        cpu("beam"),
        cpu("lam"),
        chapter::ratio(row).unwrap_or(f64::NAN),
    )
}

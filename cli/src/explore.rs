//! `lam explore` and `lam replay`: every outcome of a program, and one of them again.

use crate::console::Console;
use crate::diagnostics::{Diagnostic, Failure, Status};
use crate::machine::{Limits, Program, Ready};
use crate::model::{Checker, Request};
use lam_conformance::tla::Search;
use lam_reference::{Config, explore, replay};
use serde_json::json;
use std::fmt::Write;

/// List every outcome that some schedule leads to.
#[derive(clap::Args)]
pub struct Explore {
    /// Give up after so many states.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    max_states: u64,
    /// Let TLC find them, in the model.
    #[arg(long)]
    tlc: bool,
    #[command(flatten)]
    checker: Checker,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    program: Program,
}

impl Explore {
    /// Prints each outcome with a schedule that leads to it.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        if self.tlc {
            let request = Request {
                checks: Vec::new(),
                search: Search::ReducedSteps,
                states_max: self.max_states,
                checker: &self.checker,
                limits: &self.limits,
                program: &self.program,
            };
            return request.answer(console);
        }
        let Ready { machine, .. } =
            self.program.ready(self.limits.set(Config::explore()), false)?;
        let found = explore(&machine, self.max_states);
        let answer = if console.json {
            let outcomes = found.outcomes.iter().map(
                |(outcome, labels)| json!({ "outcome": outcome.to_string(), "schedule": labels }),
            );
            let value = json!({
                "outcomes": outcomes.collect::<Vec<_>>(),
                "states": found.states,
                "transitions": found.transitions,
                "complete": found.complete,
            });
            format!("{value}\n")
        } else {
            let mut text = String::new();
            for (outcome, labels) in &found.outcomes {
                let _ = writeln!(text, "{outcome}");
                if !labels.is_empty() {
                    let _ = writeln!(text, "    by {}", labels.join(" "));
                }
            }
            let plural = if found.outcomes.len() == 1 { "" } else { "s" };
            let _ = writeln!(
                text,
                "{} outcome{plural}, {} states, {} steps",
                found.outcomes.len(),
                found.states,
                found.transitions
            );
            text
        };
        console.out(&answer)?;
        if found.complete {
            return Ok(Status::OK);
        }
        let message = format!(
            "gave up after {} states: there may be more outcomes than these",
            self.max_states
        );
        let help = "allow more with `--max-states`".to_owned();
        let diagnostic = Diagnostic::new(message).help(Some(help));
        Err(Failure { status: Status::LIMIT, diagnostics: vec![diagnostic] })
    }
}

/// Follow a schedule and tell the outcome.
#[derive(clap::Args)]
pub struct Replay {
    /// The labels wherever there is a choice, as `lam explore` prints them; then the first choice.
    #[arg(long, value_name = "LABELS")]
    schedule: String,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    program: Program,
}

impl Replay {
    /// Prints the outcome.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        let Ready { mut machine, .. } =
            self.program.ready(self.limits.set(Config::explore()), false)?;
        let script: Vec<String> = self.schedule.split_whitespace().map(str::to_owned).collect();
        let run = replay(&mut machine, &script, u64::MAX).map_err(|error| {
            let message = format!("`{}`, label {}, is not enabled", error.label, error.at + 1);
            let diagnostic = Diagnostic::new(message)
                .code("sched.policy.scripted")
                .note(format!("enabled are {}", error.enabled.join(" ")));
            Failure::invalid(vec![diagnostic])
        })?;
        let text = match console.json {
            true => {
                let outcome = run.outcome.to_string();
                let value =
                    json!({ "outcome": outcome, "schedule": run.labels, "steps": run.steps });
                format!("{value}\n")
            }
            false => format!("{}\n", run.outcome),
        };
        console.out(&text)?;
        Ok(Status::OK)
    }
}

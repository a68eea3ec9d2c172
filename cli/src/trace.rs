//! `lam trace`: a run, step by step, with the rule behind each.

use crate::console::Console;
use crate::diagnostics::{Failure, Status};
use crate::machine::{Limits, Program, Ready};
use lam_reference::{Config, Event, Machine, Schedule, schedule};
use serde_json::json;

/// Run a program and print every step with its rule.
#[derive(clap::Args)]
pub struct Trace {
    /// Draw the schedule from this seed; without one, every process has its turn.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// End after so many steps.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    max_steps: u64,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    program: Program,
}

impl Trace {
    /// Prints a line for each step, and the outcome. What the program writes is not shown apart:
    /// it is part of the outcome.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        let Ready { mut machine, .. } =
            self.program.ready(self.limits.set(Config::default()), true)?;
        let schedule = self.seed.map_or(Schedule::RoundRobin, Schedule::Seeded);
        let mut failure = None;
        let mut number = 0_u64;
        let run = schedule::run(&mut machine, &schedule, self.max_steps, &mut |machine, event| {
            number += 1;
            if failure.is_none() {
                failure = console.out(&line(console, machine, event, number)).err();
            }
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
        let run = run.map_err(|error| Failure::new(Status::INVALID, error.to_string()))?;
        console.out(&match console.json {
            true => format!("{}\n", json!({ "outcome": run.outcome.to_string() })),
            false => format!("{}\n", run.outcome),
        })?;
        Ok(Status::OK)
    }
}

fn line(console: &Console, machine: &Machine, event: &Event, number: u64) -> String {
    let label = machine.label(event.choice).to_string();
    let rule = event.rule.id();
    match console.json {
        true => {
            let value = json!({
                "step": number, "label": label, "rule": rule, "reductions": event.reductions,
            });
            format!("{value}\n")
        }
        false => format!("{number:>6}  {label:<12} {rule:<24} {:>5}\n", event.reductions),
    }
}

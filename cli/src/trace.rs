//! `lam trace` and `lam check-trace`: a run, step by step, and whether the model has such a run.
//!
//! Book: *Traces*, for the form that `--tla` writes and any machine may write.

use crate::console::Console;
use crate::diagnostics::{Diagnostic, Failure, Place, Status, Text};
use crate::input;
use crate::library::Search;
use crate::machine::{Limits, Program, Ready};
use crate::model::{Checker, told, unsupported};
use lam_conformance::trace::{self, Bundle, Head, Recorder, Verdict};
use lam_isa::outcome::{End, Limit};
use lam_isa::{Module, Verified};
use lam_reference::{Config, Event, Machine, Schedule, schedule};
use serde_json::json;
use std::sync::Arc;

/// Run a program and print every step with its rule.
#[derive(clap::Args)]
pub struct Trace {
    /// Draw the schedule from this seed; without one, every process has its turn.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// End after so many steps.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    max_steps: u64,
    /// Print the trace in the form that `check-trace` reads, in free time as `explore` has it.
    #[arg(long)]
    tla: bool,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    program: Program,
}

impl Trace {
    /// Prints a line for each step, and the outcome. What the program writes is not shown apart:
    /// it is part of the outcome.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        if self.tla {
            return self.record(console);
        }
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

    /// Prints the trace as data.
    fn record(self, console: &Console) -> Result<Status, Failure> {
        let closed = self.program.closed()?;
        let head = Head {
            lam_trace: trace::VERSION,
            program: printed(&closed.modules),
            arguments: closed.arguments.clone(),
            limits: self.limits.of_model()?,
        };
        let mut machine = closed.machine(self.limits.set(Config::explore()));
        let mut recorder = Recorder::new(&machine);
        let schedule = self.seed.map_or(Schedule::RoundRobin, Schedule::Seeded);
        let run = schedule::run(&mut machine, &schedule, self.max_steps, &mut |machine, event| {
            recorder.note(machine, event);
        });
        let run = run.map_err(|error| Failure::new(Status::INVALID, error.to_string()))?;
        let whole = run.outcome.end != End::Exhausted(Limit::Steps);
        let end = whole.then(|| run.outcome.to_string());
        let trace = trace::Trace { head, events: recorder.events, end };
        console.out(&trace.to_string())?;
        Ok(Status::OK)
    }
}

/// Modules as LAM text.
fn printed(modules: &[Arc<Verified>]) -> String {
    let modules: Vec<Module> = modules.iter().map(|module| Module::clone(module)).collect();
    lam_isa::text::print(&modules)
}

/// Ask TLC whether the model's machine can do what a trace says.
///
/// Accepts a trace, or points at its first impossible event and tells what was possible instead.
/// A trace without an end is taken as the beginning of a run.
#[derive(clap::Args)]
pub struct CheckTrace {
    /// The program, if not the one in the trace.
    #[arg(long, value_name = "FILE")]
    program: Option<String>,
    #[command(flatten)]
    search: Search,
    #[command(flatten)]
    checker: Checker,
    /// The trace, as `lam trace --tla` prints it; `-` is standard input.
    trace: String,
}

impl CheckTrace {
    /// Prints the verdict.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        let text = input::Input::read(&self.trace)?.into_text()?;
        let trace = trace::Trace::parse(&text.text).map_err(|wrong| {
            let message = format!("this is no trace: {}", wrong.message);
            let place = line_of(&text, wrong.line);
            Failure::invalid(vec![Diagnostic::new(message).at(place)])
        })?;
        let modules = match &self.program {
            Some(file) => {
                let file = file.clone();
                let search = self.search.clone();
                Program { search, file, arguments: Vec::new() }.closed()?.modules
            }
            None => modules_of(&text, &trace.head)?,
        };
        let mut bundle = Bundle::default();
        let program =
            bundle.program(&modules, &trace.head).map_err(|why| unsupported(&why, &self.trace))?;
        bundle.trace(program, &trace).map_err(|wrong| {
            let place = line_of(&text, wrong.line);
            Failure::invalid(vec![Diagnostic::new(wrong.message).at(place)])
        })?;
        let bench = self.checker.bench()?;
        let verdicts = bundle
            .judge(&bench.tlc, &bench.folder, &bench.model, bench.time_max)
            .map_err(|trouble| told(&trouble, &self.trace))?;
        let refused = verdicts.into_iter().find_map(|verdict| match verdict {
            Verdict::Accepted => None,
            Verdict::Refused { event, instead } => Some((event, instead)),
        });
        let count = trace.events.len();
        match refused {
            None => {
                let to = if trace.end.is_some() { "to the end" } else { "the beginning of a run" };
                console.out(&match console.json {
                    true => format!("{}\n", json!({ "accepted": true, "events": count })),
                    false => format!("accepted: {count} events, {to}\n"),
                })?;
                Ok(Status::OK)
            }
            Some((event, instead)) => {
                if console.json {
                    let value = json!({ "accepted": false, "event": event, "instead": instead });
                    console.out(&format!("{value}\n"))?;
                }
                let what = match event > count {
                    true => "the end of the trace".to_owned(),
                    false => format!("event {event}"),
                };
                let mut diagnostic = Diagnostic::new(format!("{what} is impossible in the model"))
                    .at(line_of(&text, nonblank(&text.text, event)));
                diagnostic.notes =
                    instead.iter().map(|choice| format!("possible is {choice}")).collect();
                if instead.is_empty() {
                    diagnostic = diagnostic.note("nothing is possible there");
                }
                Err(Failure { status: Status::FAILED, diagnostics: vec![diagnostic] })
            }
        }
    }
}

/// The modules that a trace brings along.
fn modules_of(text: &Text, head: &Head) -> Result<Vec<Arc<Verified>>, Failure> {
    let wrong = |message: String| {
        let message = format!("the program in the trace: {message}");
        Failure::invalid(vec![Diagnostic::new(message).at(line_of(text, 1))])
    };
    if head.program.is_empty() {
        let diagnostic = Diagnostic::new("there is no program in the trace")
            .at(line_of(text, 1))
            .help(Some("name it with `--program`".to_owned()));
        return Err(Failure::invalid(vec![diagnostic]));
    }
    let modules = lam_isa::text::parse(&head.program)
        .map_err(|errors| wrong(errors.first().map_or(String::new(), |e| e.message.clone())))?;
    let verified = modules.into_iter().map(|module| lam_isa::verify(module).map(Arc::new));
    verified
        .collect::<Result<Vec<_>, _>>()
        .map_err(|errors| wrong(errors.first().map_or(String::new(), ToString::to_string)))
}

/// The line, from 1, on which the head (0), an event or the end of a trace stands.
fn nonblank(text: &str, number: usize) -> usize {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(line, _)| line).nth(number).unwrap_or(1)
}

/// A line, from 1, as a place; its beginning, since it may be long.
fn line_of(text: &Text, line: usize) -> Place {
    let before: usize = text.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.text[before..].lines().next().unwrap_or_default();
    let copy = Text { name: text.name.clone(), text: text.text.clone() };
    Place::Text(Arc::new(copy), before..before + rest.len())
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

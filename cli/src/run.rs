//! `lam run`: one run of a program, its output and its end.
//!
//! Book: *Observation*, for what the end of the root means and for the exit status.

mod fast;

use crate::console::Console;
use crate::diagnostics::{Diagnostic, Failure, Status};
use crate::machine::{Limits, Program, Ready};
use lam_isa::outcome::{End, Limit};
use lam_reference::process::Process;
use lam_reference::term::{Pid, Term};
use lam_reference::{Config, Host, Machine, Schedule, schedule};
use std::io::BufRead;
use std::rc::Rc;

/// Run a program.
#[derive(clap::Args)]
pub struct Run {
    /// Which machine runs it.
    #[arg(long, value_enum, default_value_t = Vm::Fast)]
    vm: Vm,
    /// How many processes run at the same time, on the fast machine.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    schedulers: u32,
    /// Collect garbage at every safepoint and yield at every reduction, to find mistakes of the fast
    /// machine.
    #[arg(long)]
    stress: bool,
    /// Draw the schedule from this seed; the same seed gives the same run.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// End after so many steps; on the fast machine of the schedule of seed 0 if none is given.
    #[arg(long, value_name = "N")]
    max_steps: Option<u64>,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    program: Program,
}

/// The machines there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Vm {
    /// The fast machine; time is real, but virtual with `--seed` or `--max-steps`.
    Fast,
    /// The reference machine; time is virtual.
    Reference,
}

impl Run {
    /// Runs the program to its end; the status is the program's.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        if self.vm == Vm::Fast {
            // Only a machine that takes steps one by one can count them.
            let seed = self.seed.or(self.max_steps.and(Some(0)));
            let steps = seed.map(|seed| (seed, self.max_steps.unwrap_or(u64::MAX)));
            let config = lam_fast::Config {
                schedulers: self.schedulers,
                stress: self.stress,
                ..<_>::default()
            };
            return fast::run(&self.program, self.limits.set_fast(config), steps, console);
        }
        if self.stress {
            let message = "`--stress` is of the fast machine, and `--vm` asks for the reference";
            return Err(Failure::new(Status::USAGE, message));
        }
        let config =
            Config { root_halts: true, host: Some(Rc::new(Terminal)), ..Config::default() };
        let Ready { mut machine, shelves } = self.program.ready(self.limits.set(config), true)?;
        let schedule = self.seed.map_or(Schedule::RoundRobin, Schedule::Seeded);
        let mut output = Output { console, stdout: 0, stderr: 0, failure: None };
        let steps_max = self.max_steps.unwrap_or(u64::MAX);
        let run = schedule::run(&mut machine, &schedule, steps_max, &mut |machine, _| {
            output.forward(machine);
        });
        output.forward(&machine);
        // A module that was found and could not be read is `undef` for the program.
        shelves.troubles().iter().for_each(|trouble| console.complain(trouble));
        if let Some(failure) = output.failure {
            return Err(failure);
        }
        let run = run.map_err(|error| Failure::new(Status::INVALID, error.to_string()))?;
        end(&machine, run.outcome.end)
    }
}

/// The world of a program that is run by hand.
#[derive(Debug)]
struct Terminal;

impl Host for Terminal {
    fn read_line(&self, port: &str) -> Option<Vec<u8>> {
        read_line(port)
    }
}

/// The next line of standard input, with its end.
fn read_line(port: &str) -> Option<Vec<u8>> {
    if port != "stdin" {
        return None;
    }
    let mut line = Vec::new();
    // A stream that cannot be read has ended, for the program.
    let read = std::io::stdin().lock().read_until(b'\n', &mut line);
    read.is_ok_and(|bytes| bytes > 0).then_some(line)
}

/// Brings what the machine's ports were given to the streams of the command.
struct Output<'c> {
    console: &'c Console,
    stdout: usize,
    stderr: usize,
    failure: Option<Failure>,
}

impl Output<'_> {
    fn forward(&mut self, machine: &Machine) {
        if machine.ports.is_empty() || self.failure.is_some() {
            return;
        }
        let new = |port: &str, from: &mut usize| {
            let bytes = machine.ports.get(port).map_or(&[][..], |bytes| &bytes[*from..]);
            *from += bytes.len();
            bytes.to_vec()
        };
        let stdout = new("stdout", &mut self.stdout);
        let stderr = new("stderr", &mut self.stderr);
        if !stdout.is_empty() {
            self.failure = self.console.bytes(&stdout).err();
        }
        if !stderr.is_empty() {
            self.console.err_bytes(&stderr);
        }
    }
}

/// What the end of a run means for the command.
fn end(machine: &Machine, end: End) -> Result<Status, Failure> {
    let root = Pid(0);
    match (machine.exit_reason(root), end) {
        (Some(reason), _) if *reason == Term::atom("normal") => Ok(Status::OK),
        (Some(reason), _) => {
            let (reason, frames) = taken_apart(machine, reason);
            Err(uncaught(&reason, frames))
        }
        (None, End::Halt(status)) => Ok(Status(status)),
        (None, End::Exhausted(limit)) => Err(exhausted(limit)),
        (None, End::Quiet) => {
            let living = machine.procs.iter().zip(0..).filter_map(|(slot, number)| {
                slot.live.as_ref().map(|process| where_it_waits(machine, Pid(number), process))
            });
            Err(deadlock(living.collect()))
        }
    }
}

/// A limit of the whole machine has been reached.
fn exhausted(limit: Limit) -> Failure {
    let (message, code) = match limit {
        Limit::Fuel => ("the fuel is spent", Some("lim.fuel.spent")),
        Limit::Steps => ("the steps of `--max-steps` are done", None),
    };
    let mut diagnostic = Diagnostic::new(message);
    diagnostic.code = code.map(str::to_owned);
    Failure { status: Status::LIMIT, diagnostics: vec![diagnostic] }
}

/// Nothing can happen any more, and the first process has not ended.
fn deadlock(waits: Vec<String>) -> Failure {
    let message = "deadlock: every process waits, and nothing can happen any more";
    let mut diagnostic = Diagnostic::new(message).code("end.run.deadlock");
    diagnostic.notes = waits;
    Failure { status: Status::DEADLOCK, diagnostics: vec![diagnostic] }
}

/// The first process has ended with a reason other than `normal`; of an error's stack trace there is
/// a line for each call.
fn uncaught(reason: &str, frames: Vec<String>) -> Failure {
    let mut diagnostic = Diagnostic::new(format!("the first process ended with {reason}"));
    diagnostic.notes = frames;
    let diagnostics = vec![diagnostic.code("end.run.uncaught")];
    Failure { status: Status::FAILED, diagnostics }
}

/// A reason, and the calls of its stack trace if it has one.
fn taken_apart(machine: &Machine, reason: &Term) -> (String, Vec<String>) {
    let whole = || machine.show(reason);
    match reason.as_tuple() {
        Some([reason, stack]) => match stack.to_vec().and_then(|stack| frames(machine, &stack)) {
            Some(frames) => (machine.show(reason), frames),
            None => (whole(), Vec::new()),
        },
        _ => (whole(), Vec::new()),
    }
}

/// The calls of a stack trace, the newest first; nothing if it is none.
fn frames(machine: &Machine, stack: &[Term]) -> Option<Vec<String>> {
    let frame = |frame: &Term| {
        let [module, function, arguments, info] = frame.as_tuple()? else { return None };
        let (module, function) = (module.as_atom()?, function.as_atom()?);
        let call = match (arguments.as_int(), arguments.to_vec()) {
            (Some(arity), _) => format!("{}:{}/{arity}", module.text(), function.text()),
            (None, Some(arguments)) => {
                let arguments: Vec<String> =
                    arguments.iter().map(|argument| machine.show(argument)).collect();
                format!("{}:{}({})", module.text(), function.text(), arguments.join(", "))
            }
            (None, None) => return None,
        };
        let item = |key: &str| {
            let pairs = info.to_vec()?;
            pairs.iter().find_map(|pair| match pair.as_tuple() {
                Some([name, value]) if name.as_atom()?.text() == key => Some(value.clone()),
                _ => None,
            })
        };
        let line = item("line").and_then(|line| line.as_int());
        let file = item("file").and_then(|file| {
            let char = |c: &Term| char::from_u32(u32::try_from(c.as_int()?).ok()?);
            file.to_vec()?.iter().map(char).collect::<Option<String>>()
        });
        Some(match (file, line) {
            (Some(file), Some(line)) => format!("in {call}, {file}:{line}"),
            _ => format!("in {call}"),
        })
    };
    stack.iter().map(frame).collect()
}

/// Who waits where, and with what in its mailbox.
fn where_it_waits(machine: &Machine, pid: Pid, process: &Process) -> String {
    let place = &process.place;
    let (name, arity) = place.module.name_of(place.function);
    let line = match place.module.location(place.function, place.pc) {
        Some((file, location)) => format!(" ({file}:{})", location.line),
        None => String::new(),
    };
    let function = format!("{}:{}/{arity}", place.module.name.text(), name.text());
    let mailbox: Vec<String> =
        process.mailbox.iter().map(|message| machine.show(message)).collect();
    waits(&machine.path(pid).to_string(), &function, &line, &mailbox)
}

/// The same as a sentence.
fn waits(path: &str, function: &str, line: &str, mailbox: &[String]) -> String {
    let mailbox = match mailbox {
        [] => "an empty mailbox".to_owned(),
        messages => format!("{} in its mailbox", messages.join(", ")),
    };
    format!("{path} waits in {function}{line} with {mailbox}")
}

//! One program in the model: every outcome with a schedule, or a schedule that breaks a property.
//!
//! Owns what is asked of TLC and how its answer is read. Properties are those of `LamProps` and
//! `LamRuns`. Book: *The model*.

use crate::tla::{self, Search};
use crate::tlc::{Run, Tlc};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::time::Duration;

/// What can be checked of a program in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its operator.
    pub name: &'static str,
    /// What it says.
    pub about: &'static str,
    /// Whether it speaks of steps and not of states.
    pub of_steps: bool,
}

const fn of_states(name: &'static str, about: &'static str) -> Property {
    Property { name, about, of_steps: false }
}

const fn of_steps(name: &'static str, about: &'static str) -> Property {
    Property { name, about, of_steps: true }
}

/// Everything that can be checked: of the machine first, then wishes about a program.
pub const PROPERTIES: &[Property] = &[
    of_states("TypeOK", "every field holds what it may, and nobody has a wire to itself"),
    of_states("NoLostWakeup", "a process that waits for messages has looked at its whole mailbox"),
    of_states("TimerOK", "a time-out runs only in the receive that set it"),
    of_states("LinkOK", "a link is held by both ends, or a signal about it is on its way"),
    of_states("UnlinkOK", "an unlink or its acknowledgement is on its way until it is done"),
    of_states("MonitorOK", "a monitor is on its way, at its target, or coming back as DOWN"),
    of_states("GreedyOK", "fewer processes are greedy without end than there are schedulers"),
    of_states("EndOK", "at the end no link, monitor or unlink is left half done"),
    of_steps("DeadForever", "the dead stay dead, and no process vanishes"),
    of_steps("WireFIFO", "signals of a pair arrive in the order in which they were sent"),
    of_steps("MailExact", "a message that arrives enters the mailbox once"),
    of_steps(
        "ExitOnce",
        "the exit signal of a link uses the link up, and one without a link does nothing",
    ),
    of_steps("DownOnce", "a DOWN uses its monitor up, and one without a monitor does nothing"),
    of_steps("TimerOnce", "a timer fires once at most, and its number is not used again"),
    of_steps("NormalSpares", "a linked process that ends normally ends no other"),
    of_steps("EndTold", "the end of a process is told to each link and monitor at once"),
    of_states("NobodyStuck", "no process waits for ever"),
    of_states("NobodyFails", "every process that ends does so normally, or is shut down"),
];

/// The names of those that must hold of every program.
pub const SAFETY: &[&str] = &[
    "TypeOK",
    "NoLostWakeup",
    "TimerOK",
    "LinkOK",
    "UnlinkOK",
    "MonitorOK",
    "GreedyOK",
    "EndOK",
    "DeadForever",
    "WireFIFO",
    "MailExact",
    "ExitOnce",
    "DownOnce",
    "TimerOnce",
    "NormalSpares",
    "EndTold",
];

/// What TLC is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// The program, as [`tla::program_in`] gives it.
    pub program: &'q str,
    /// How it is searched; schedules are those of the schedule language in steps only.
    pub search: Search,
    /// What must hold.
    pub checks: &'q [&'static Property],
    /// The states after which the search is given up.
    pub states_max: u64,
}

/// What TLC found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The outcomes, in canonical text, and for each the labels of a schedule that leads to it.
    pub outcomes: BTreeMap<String, Vec<String>>,
    /// The distinct states.
    pub states: u64,
    /// The steps taken.
    pub transitions: u64,
    /// Whether every state was visited.
    pub complete: bool,
    /// What does not hold; then the search ended there.
    pub counterexample: Option<Counterexample>,
}

/// A property that does not hold, and how to see that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// Its name.
    pub property: String,
    /// The labels, wherever there was a choice, that lead to the state or step that breaks it.
    pub schedule: Vec<String>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Trouble {
    /// The program does what the model does not have.
    Beyond(String),
    /// TLC took more than so many seconds.
    Time(u64),
    /// TLC could not be run.
    Io(io::Error),
    /// The model is not in order; what TLC says.
    Broken(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Beyond(what) => write!(f, "beyond the model: {what}"),
            Trouble::Time(seconds) => write!(f, "TLC took more than {seconds} s"),
            Trouble::Io(error) => write!(f, "TLC could not be run: {error}"),
            Trouble::Broken(what) => write!(f, "TLC could not search the model: {what}"),
        }
    }
}

impl std::error::Error for Trouble {}

/// Asks TLC, which works in `folder` with the modules in `model`.
///
/// # Errors
/// If the program goes beyond the model, TLC cannot be run or takes too long, or the model is
/// not in order.
pub fn ask(
    tlc: &Tlc,
    folder: &Path,
    model: &Path,
    question: &Question<'_>,
    time_max: Duration,
) -> Result<Found, Trouble> {
    let module = tla::model("MC", "LamRuns", &[question.program.to_owned()]);
    let mut checks = format!(
        "CONSTANT StatesMax = {}\nCONSTRAINT Bounded\nINVARIANT ReportRun\n",
        question.states_max.min(1 << 30)
    );
    for property in question.checks {
        let keyword = if property.of_steps { "PROPERTY" } else { "INVARIANT" };
        checks.push_str(&format!("{keyword} {}\n", property.name));
    }
    let configuration = tla::configuration_of(question.search, "RunsSpec", "core", &checks);
    let run =
        tlc.run(folder, model, &module, &configuration, time_max).map_err(|error| {
            match error.kind() {
                io::ErrorKind::TimedOut => Trouble::Time(time_max.as_secs()),
                _ => Trouble::Io(error),
            }
        })?;
    let mut found = Found {
        states: run.distinct,
        transitions: run.generated.saturating_sub(1),
        complete: run.distinct < question.states_max,
        ..Found::default()
    };
    for line in run.told("SCHEDULE") {
        let Some((labels, outcome)) = line.split_once(" => ") else { continue };
        // Before the labels stands the number of the program.
        let labels = labels.split(' ').skip(1).map(ToOwned::to_owned).collect();
        found.outcomes.entry(outcome.to_owned()).or_insert(labels);
    }
    match (run.status, &run.violated) {
        (0, _) => {}
        (12 | 13, Some(property)) => {
            let schedule = taken(&run.printed);
            found.counterexample = Some(Counterexample { property: property.clone(), schedule });
        }
        _ => return Err(failed(&run)),
    }
    Ok(found)
}

/// An evaluation that failed: what the exporter marked as beyond the model, or arithmetic.
pub(crate) fn failed(run: &Run) -> Trouble {
    if let Some(what) = run.told("BEYOND").next() {
        return Trouble::Beyond(what);
    }
    if run.printed.contains("Overflow when computing") {
        return Trouble::Beyond("an integer of more than 32 bits, made by arithmetic".to_owned());
    }
    Trouble::Broken(format!("exit {}: {}", run.status, run.errors()))
}

/// The schedule in the last state of the behaviour that TLC shows.
fn taken(printed: &str) -> Vec<String> {
    let Some((_, last)) = printed.rsplit_once("/\\ taken = ") else { return Vec::new() };
    let end = last.find("\n/\\ ").or_else(|| last.find("\n\n")).unwrap_or(last.len());
    // Labels have no quotes in them.
    last[..end].split('"').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_is_an_operator_of_the_model() {
        let texts = ["LamProps", "LamRuns"].map(|wanted| {
            let module = crate::tlc::MODULES.iter().find(|(name, _)| *name == wanted);
            module.expect("it is shipped").1
        });
        for Property { name, of_steps, .. } in PROPERTIES {
            let line = texts.iter().flat_map(|text| text.lines()).find(|line| {
                line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with("=="))
            });
            let line = line.unwrap_or_else(|| panic!("{name} is no operator"));
            assert_eq!(line.contains("[]["), *of_steps, "{name}");
        }
        let known = |name: &&&str| PROPERTIES.iter().any(|property| property.name == **name);
        assert!(SAFETY.iter().all(|name| known(&name)));
    }

    #[test]
    fn the_last_schedule_is_read() {
        let printed = "State 1: <x>\n/\\ taken = <<>>\n/\\ now = 0\n\nState 2: <y>\n/\\ now = 0\n\
                       /\\ taken = << \"s:0\",\n   \"d:0<0.1\" >>\n/\\ prog = 1\n\n3 states\n";
        assert_eq!(taken(printed), ["s:0", "d:0<0.1"]);
        assert_eq!(taken("/\\ taken = <<\"s:0\">>\n\nmore \"words\""), ["s:0"]);
        assert!(taken("nothing").is_empty());
    }
}

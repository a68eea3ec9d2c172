//! `lam model`, and `lam explore --tlc`: a program in the model, searched by TLC.
//!
//! Every schedule that TLC gives is followed on the reference machine before it is told, so the
//! command that a counterexample comes with is one that works.

use crate::console::Console;
use crate::diagnostics::{Diagnostic, Failure, Place, Status};
use crate::machine::{Closed, Limits, Program};
use lam_conformance::search::{self, Found, PROPERTIES, Property, Question, SAFETY, Trouble};
use lam_conformance::tla::{self, Search, Setting, Unsupported};
use lam_conformance::tlc::{self, Missing, Tlc};
use lam_reference::{Config, replay};
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

/// Steps after which a replayed schedule is given up.
const STEPS_MAX: u64 = 1_000_000;

/// Search a program with TLC, in the model: its outcomes, and what must hold of every state.
///
/// Floats, integers of more than 32 bits and some natives are beyond the model: a program that
/// comes to one is refused, with the place. TLC needs Java; it is fetched by `pip` when missing.
#[derive(clap::Args)]
#[command(after_help = checks_help())]
pub struct Model {
    /// Check this; may be repeated. Without it, `safety`.
    #[arg(long = "check", value_name = "NAME")]
    checks: Vec<String>,
    /// Leave out choices that lead to no other outcome, and with them some states.
    #[arg(long)]
    reduced: bool,
    /// Give up after so many states.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    max_states: u64,
    #[command(flatten)]
    checker: Checker,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    program: Program,
}

/// Where TLC is and what it works on.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Checker {
    /// The folder for TLC, `tla2tools.jar`; else `lam` in the user's folder for caches.
    #[arg(long, value_name = "DIR", env = "LAM_TOOLS")]
    tools: Option<PathBuf>,
    /// Take the modules of the model from this folder instead of those in the command.
    #[arg(long, value_name = "DIR")]
    modules: Option<PathBuf>,
    /// Keep what TLC was given and what it said in this folder.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Stop TLC after so many seconds.
    #[arg(long, value_name = "N", default_value_t = 600)]
    max_seconds: u64,
}

/// TLC, the folder of the model and the folder for the run, which is gone afterwards.
pub struct Bench {
    /// TLC.
    pub tlc: Tlc,
    /// The modules of the model.
    pub model: PathBuf,
    /// Where it works.
    pub folder: PathBuf,
    /// How long it may take.
    pub time_max: Duration,
    kept: bool,
}

impl Drop for Bench {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed stays in the system's folder for such things.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

impl Checker {
    /// Finds TLC, or fetches it, and prepares a folder.
    ///
    /// # Errors
    /// If there is no Java or no TLC, or a folder cannot be written.
    pub fn bench(&self) -> Result<Bench, Failure> {
        let tools = self.tools.clone().or_else(caches).ok_or_else(|| {
            let message = "there is no folder for caches, to put TLC into";
            let help = "name one with `--tools`".to_owned();
            let diagnostic = Diagnostic::new(message).help(Some(help));
            Failure { status: Status::USAGE, diagnostics: vec![diagnostic] }
        })?;
        let tlc = Tlc::find(&tools).map_err(|Missing { what, help }| {
            let diagnostic = Diagnostic::new(what).help(Some(help));
            Failure { status: Status::USAGE, diagnostics: vec![diagnostic] }
        })?;
        let own = || std::env::temp_dir().join(format!("lam-tlc-{}", std::process::id()));
        let folder = self.keep.clone().unwrap_or_else(own);
        let model = self.modules.clone().unwrap_or_else(|| folder.join("model"));
        let made = std::fs::create_dir_all(&folder).and_then(|()| match self.modules {
            Some(_) => Ok(()),
            None => tlc::write_modules(&model),
        });
        made.map_err(|error| {
            let message = format!("cannot write `{}`: {error}", folder.display());
            Failure::new(Status::USAGE, message)
        })?;
        if !model.is_dir() {
            let message = format!("cannot read `{}`: there is no such folder", model.display());
            return Err(Failure::new(Status::USAGE, message));
        }
        let time_max = Duration::from_secs(self.max_seconds);
        Ok(Bench { tlc, model, folder, time_max, kept: self.keep.is_some() })
    }
}

/// The user's folder for caches.
fn caches() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let given = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let beside = || Some(PathBuf::from(variable("HOME")?).join(".cache"));
    Some(given.or_else(beside)?.join("lam"))
}

fn checks_help() -> String {
    let mut text =
        "What can be checked:\n  safety: all of the machine's below, with *\n".to_owned();
    for Property { name, about, .. } in PROPERTIES {
        let star = if SAFETY.contains(name) { "*" } else { " " };
        let _ = writeln!(text, "{star} {name}: {about}");
    }
    text
}

impl Model {
    /// Prints the outcomes, or a schedule that breaks what was to be checked.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        let checks = chosen(&self.checks)?;
        let search = if self.reduced { Search::ReducedSteps } else { Search::Steps };
        let request = Request {
            checks,
            search,
            states_max: self.max_states,
            checker: &self.checker,
            limits: &self.limits,
            program: &self.program,
        };
        request.answer(console)
    }
}

/// The properties of these names.
fn chosen(names: &[String]) -> Result<Vec<&'static Property>, Failure> {
    let safety = || PROPERTIES.iter().filter(|property| SAFETY.contains(&property.name));
    if names.is_empty() {
        return Ok(safety().collect());
    }
    let mut chosen = Vec::new();
    for name in names {
        if name == "safety" {
            chosen.extend(safety());
            continue;
        }
        let known = PROPERTIES.iter().find(|property| property.name == name);
        chosen.push(known.ok_or_else(|| {
            let names: Vec<&str> = PROPERTIES.iter().map(|property| property.name).collect();
            let diagnostic = Diagnostic::new(format!("there is no property `{name}`"))
                .note(format!("there are safety, {}", names.join(", ")));
            Failure { status: Status::USAGE, diagnostics: vec![diagnostic] }
        })?);
    }
    Ok(chosen)
}

/// What is asked of TLC.
pub struct Request<'r> {
    /// What must hold.
    pub checks: Vec<&'static Property>,
    /// How the model is searched.
    pub search: Search,
    /// The states after which the search is given up.
    pub states_max: u64,
    /// Where TLC is.
    pub checker: &'r Checker,
    /// The limits of the machine.
    pub limits: &'r Limits,
    /// The program.
    pub program: &'r Program,
}

impl Request<'_> {
    /// Asks TLC, follows what it found on the reference machine, and prints it.
    pub fn answer(self, console: &Console) -> Result<Status, Failure> {
        let closed = self.program.closed()?;
        let setting = Setting {
            limits: self.limits.of_model()?,
            arguments: closed.arguments.clone(),
            partial: true,
        };
        let text = tla::program_in(&closed.modules, &setting)
            .map_err(|why| unsupported(&why, &self.program.file))?;
        let bench = self.checker.bench()?;
        let question = Question {
            program: &text,
            search: self.search,
            checks: &self.checks,
            states_max: self.states_max,
        };
        let found = search::ask(&bench.tlc, &bench.folder, &bench.model, &question, bench.time_max)
            .map_err(|trouble| told(&trouble, &self.program.file))?;
        self.compare(&closed, &found)?;
        console.out(&match console.json {
            true => format!("{}\n", self.as_json(&found)),
            false => self.as_text(&found),
        })?;
        match (&found.counterexample, found.complete) {
            (Some(_), _) => Ok(Status::FAILED),
            (None, true) => Ok(Status::OK),
            (None, false) => {
                let message = format!(
                    "gave up after {} states: there may be more outcomes than these",
                    self.states_max
                );
                let help = "allow more with `--max-states`".to_owned();
                let diagnostic = Diagnostic::new(message).help(Some(help));
                Err(Failure { status: Status::LIMIT, diagnostics: vec![diagnostic] })
            }
        }
    }

    /// Follows every schedule on the reference machine, which must come to the same.
    fn compare(&self, closed: &Closed, found: &Found) -> Result<(), Failure> {
        let config = || self.limits.set(Config::explore());
        let differ = |schedule: &[String], machine: String, model: &str| {
            let diagnostic = Diagnostic::new("the model and the reference machine differ")
                .note(format!("schedule: {}", schedule.join(" ")))
                .note(format!("the model: {model}"))
                .note(format!("the machine: {machine}"));
            Failure { status: Status::FAILED, diagnostics: vec![diagnostic] }
        };
        for (outcome, schedule) in &found.outcomes {
            match replay(&mut closed.machine(config()), schedule, STEPS_MAX) {
                Ok(run) if run.outcome.to_string() == *outcome => {}
                Ok(run) => return Err(differ(schedule, run.outcome.to_string(), outcome)),
                Err(error) => return Err(differ(schedule, error.to_string(), outcome)),
            }
        }
        if let Some(broken) = &found.counterexample
            && let Err(error) = replay(&mut closed.machine(config()), &broken.schedule, STEPS_MAX)
        {
            let model = format!("breaks {}", broken.property);
            return Err(differ(&broken.schedule, error.to_string(), &model));
        }
        Ok(())
    }

    fn as_text(&self, found: &Found) -> String {
        let mut text = String::new();
        if let Some(broken) = &found.counterexample {
            let about = PROPERTIES.iter().find(|property| property.name == broken.property);
            let about = about.map_or("", |property| property.about);
            let _ = writeln!(text, "{} does not hold: {about}", broken.property);
            if !broken.schedule.is_empty() {
                let _ = writeln!(text, "    by {}", broken.schedule.join(" "));
            }
            let _ = writeln!(text, "    {}", self.replay_command(&broken.schedule));
            return text;
        }
        for (outcome, schedule) in &found.outcomes {
            let _ = writeln!(text, "{outcome}");
            if !schedule.is_empty() {
                let _ = writeln!(text, "    by {}", schedule.join(" "));
            }
        }
        let plural = if found.outcomes.len() == 1 { "" } else { "s" };
        let _ = write!(
            text,
            "{} outcome{plural}, {} states, {} steps",
            found.outcomes.len(),
            found.states,
            found.transitions
        );
        text.push('\n');
        if !self.checks.is_empty() {
            let names: Vec<&str> = self.checks.iter().map(|property| property.name).collect();
            let all = if names == SAFETY { "safety".to_owned() } else { names.join(", ") };
            let states = if found.complete { "in every state" } else { "in the states visited" };
            let _ = writeln!(text, "{states}: {all}");
        }
        text
    }

    fn as_json(&self, found: &Found) -> serde_json::Value {
        let outcomes = found
            .outcomes
            .iter()
            .map(|(outcome, labels)| json!({ "outcome": outcome, "schedule": labels }));
        let mut value = json!({
            "outcomes": outcomes.collect::<Vec<_>>(),
            "states": found.states,
            "transitions": found.transitions,
            "complete": found.complete && found.counterexample.is_none(),
            "checked": self.checks.iter().map(|property| property.name).collect::<Vec<_>>(),
        });
        if let Some(broken) = &found.counterexample {
            value["counterexample"] = json!({
                "property": broken.property,
                "schedule": broken.schedule,
                "replay": self.replay_command(&broken.schedule),
            });
        }
        value
    }

    /// The command that follows a schedule on the reference machine.
    fn replay_command(&self, schedule: &[String]) -> String {
        let mut words = vec!["lam replay --schedule".to_owned(), quoted(&schedule.join(" "))];
        words.extend(self.limits.flags());
        words.extend(self.program.search.flags().iter().map(|flag| quoted(flag)));
        words.push(quoted(&self.program.file));
        words.extend(self.program.arguments.iter().map(|argument| quoted(argument)));
        words.join(" ")
    }
}

/// Why TLC gave no answer about a program.
pub fn told(trouble: &Trouble, file: &str) -> Failure {
    let (status, diagnostic) = match trouble {
        Trouble::Beyond(what) => {
            let help = "`lam explore` lists the outcomes of any program, without TLC";
            let diagnostic = Diagnostic::new(format!("beyond the model: {what}"))
                .at(Place::File(file.to_owned()))
                .help(Some(help.to_owned()));
            (Status::INVALID, diagnostic)
        }
        Trouble::Time(seconds) => {
            let diagnostic = Diagnostic::new(format!("TLC was stopped after {seconds} s"))
                .help(Some("allow more with `--max-seconds`".to_owned()));
            (Status::LIMIT, diagnostic)
        }
        Trouble::Io(error) => {
            (Status::USAGE, Diagnostic::new(format!("TLC could not be run: {error}")))
        }
        Trouble::Broken(what) => {
            let diagnostic = Diagnostic::new("TLC could not search the model").note(what.clone());
            (Status::FAILED, diagnostic)
        }
    };
    Failure { status, diagnostics: vec![diagnostic] }
}

/// A program that the model cannot even name.
pub fn unsupported(why: &Unsupported, file: &str) -> Failure {
    let place = Place::File(file.to_owned());
    Failure::invalid(vec![Diagnostic::new(why.to_string()).at(place)])
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("a/b.lam"), "a/b.lam");
        assert_eq!(quoted("s:0 d:0<0.1"), "'s:0 d:0<0.1'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}

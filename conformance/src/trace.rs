//! Traces: what a machine did, step by step, for the model to judge.
//!
//! Owns the form of a trace (JSON, one value a line), how the reference machine's runs become
//! traces, and what TLC says of them. Any machine can write one. Book: *Traces*.

use crate::search::{Trouble, failed};
use crate::tla::{self, Search, Setting};
use crate::tlc::Tlc;
use lam_isa::{Rule, Verified};
use lam_reference::machine;
use lam_reference::signal::{Question, Signal};
use lam_reference::term::{Pid, Ref, Term};
use lam_reference::{Choice, Machine};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The version of the form.
pub const VERSION: u32 = 1;

/// The first line: which program, and how it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The version of the form.
    pub lam_trace: u32,
    /// The modules as LAM text, the one with `main` first.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub program: String,
    /// What `main/1` is called with; nothing, if the program begins with `main/0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Vec<String>>,
    /// The limits of the machine, named as in the header of a case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, u64>,
}

/// A step: its choice, its rule, and what could be seen of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The label of the choice.
    pub label: String,
    /// The id of the rule of its effect; any, if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// Of a delivery: the signal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signal: String,
    /// The processes that were born.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub born: Vec<String>,
    /// The processes that ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<Ended>,
    /// The signals that were put on their way; those of one pair in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Sent>,
}

/// A process that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Its spawn path.
    pub process: String,
    /// Its exit reason, in canonical text.
    pub reason: String,
}

/// A signal on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// The spawn path of the sender.
    pub from: String,
    /// That of the receiver.
    pub to: String,
    /// Its kind and contents, in canonical text.
    pub signal: String,
}

/// The last line, if the run came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    end: String,
}

/// A trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its program.
    pub head: Head,
    /// Its steps.
    pub events: Vec<Event>,
    /// The outcome, if the run came to its end; else this is the beginning of a run.
    pub end: Option<String>,
}

/// A text that is no trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for Malformed {}

/// What the model says of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The machine may do this.
    Accepted,
    /// It may not.
    Refused {
        /// The number of the first impossible event, from 1; the end is the one after the last.
        event: usize,
        /// What the machine may do there: each choice with what would be seen of it.
        instead: Vec<String>,
    },
}

impl Trace {
    /// Reads a trace; blank lines are passed over.
    ///
    /// # Errors
    /// If a line is not what it should be there.
    pub fn parse(text: &str) -> Result<Trace, Malformed> {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let (mut head, mut events, mut end) = (None, Vec::new(), None);
        for (line, text) in lines {
            let malformed = |message: String| Malformed { line, message };
            let read = |error: serde_json::Error| malformed(error.to_string());
            if end.is_some() {
                return Err(malformed("there is a line behind the end".to_owned()));
            }
            if head.is_none() {
                let first: Head = serde_json::from_str(text).map_err(read)?;
                if first.lam_trace != VERSION {
                    let message = format!("version {}, expected {VERSION}", first.lam_trace);
                    return Err(malformed(message));
                }
                head = Some(first);
            } else if let Ok(last) = serde_json::from_str::<Last>(text) {
                end = Some(last.end);
            } else {
                let event: Event = serde_json::from_str(text).map_err(read)?;
                event.printed().map_err(malformed)?;
                events.push(event);
            }
        }
        let head = head.ok_or_else(|| Malformed {
            line: 1,
            message: "found nothing, expected a line with `lam_trace`".to_owned(),
        })?;
        Ok(Trace { head, events, end })
    }

    fn printed(&self, program: usize) -> Result<String, Malformed> {
        let events =
            self.events.iter().zip(2..).map(|(event, line)| {
                event.printed().map_err(|message| Malformed { line, message })
            });
        let events = events.collect::<Result<Vec<String>, Malformed>>()?.join(",\n  ");
        let end = self.end.as_deref().map(tla::plain).unwrap_or_default();
        Ok(format!("[prog |-> {program}, final |-> <<{end}>>, events |-> <<\n  {events}>>]"))
    }
}

impl fmt::Display for Trace {
    /// A value a line, with a line end behind each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", json(&self.head))?;
        self.events.iter().try_for_each(|event| writeln!(f, "{}", json(event)))?;
        match &self.end {
            Some(end) => writeln!(f, "{}", json(&Last { end: end.clone() })),
            None => Ok(()),
        }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers only")
}

impl Event {
    /// As the model reads it.
    fn printed(&self) -> Result<String, String> {
        let rule = match self.rule.as_str() {
            "" => String::new(),
            id => Rule::named(id).ok_or_else(|| format!("there is no rule `{id}`"))?.camel(),
        };
        let set = |items: Vec<String>| format!("{{{}}}", items.join(", "));
        let born = self.born.iter().map(|path| tla::plain(path)).collect();
        let ended = self.ended.iter().map(|Ended { process, reason }| {
            format!("<<{}, {}>>", tla::plain(process), tla::plain(reason))
        });
        let mut wires: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for Sent { from, to, signal } in &self.sent {
            wires.entry((from, to)).or_default().push(tla::plain(signal));
        }
        let sent = wires.iter().map(|((from, to), signals)| {
            format!("<<{}, {}, <<{}>>>>", tla::plain(from), tla::plain(to), signals.join(", "))
        });
        Ok(format!(
            "[choice |-> {}, rule |-> \"{rule}\", seen |-> [signal |-> {}, born |-> {}, \
             ended |-> {}, sent |-> {}]]",
            choice(&self.label)?,
            tla::plain(&self.signal),
            set(born),
            set(ended.collect()),
            set(sent.collect()),
        ))
    }
}

/// A label as the model has the choice.
fn choice(label: &str) -> Result<String, String> {
    let wrong = || format!("`{label}` is no label of the model: s:P, d:Q<P, f:P or f:P#N");
    let (kind, rest) = label.split_once(':').ok_or_else(wrong)?;
    let made = match kind {
        "s" => path(rest).map(|p| format!("<<\"s\", {p}>>")),
        "d" => rest
            .split_once('<')
            .and_then(|(to, from)| Some(format!("<<\"d\", {}, {}>>", path(from)?, path(to)?))),
        "f" => match rest.split_once('#') {
            Some((p, n)) => number(n).and_then(|n| Some(format!("<<\"f\", {}, {n}>>", path(p)?))),
            None => path(rest).map(|p| format!("<<\"f\", {p}>>")),
        },
        _ => None,
    };
    made.ok_or_else(wrong)
}

/// A spawn path as a tuple.
fn path(text: &str) -> Option<String> {
    let numbers = text.split('.').map(number).collect::<Option<Vec<_>>>()?;
    let from_root = numbers.first() == Some(&0);
    let shown: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    from_root.then(|| format!("<<{}>>", shown.join(", ")))
}

/// A number that TLC has, without signs or leading zeros.
fn number(text: &str) -> Option<u32> {
    let number = text.parse::<u32>().ok().filter(|n| *n < 1 << 31)?;
    (number.to_string() == text).then_some(number)
}

/// Watches the reference machine and tells its steps as events.
#[derive(Debug)]
pub struct Recorder {
    wires: BTreeMap<(Pid, Pid), VecDeque<Signal>>,
    alive: Vec<bool>,
    /// The steps so far.
    pub events: Vec<Event>,
}

impl Recorder {
    /// A recorder for what this machine does next.
    pub fn new(machine: &Machine) -> Recorder {
        let mut recorder =
            Recorder { wires: BTreeMap::new(), alive: Vec::new(), events: Vec::new() };
        recorder.remember(machine);
        recorder
    }

    fn remember(&mut self, machine: &Machine) {
        self.wires.clone_from(&machine.wires);
        self.alive = machine.procs.iter().map(|slot| slot.reason.is_none()).collect();
    }

    /// Notes what a step has made of the machine.
    pub fn note(&mut self, machine: &Machine, event: &machine::Event) {
        let show = |pid: Pid| machine.path(pid).to_string();
        let mut noted = Event {
            label: machine.label(event.choice).to_string(),
            rule: event.rule.id(),
            ..Event::default()
        };
        if let Choice::Deliver { from, to } = event.choice
            && let Some(signal) = self.wires.get_mut(&(from, to)).and_then(VecDeque::pop_front)
        {
            noted.signal = shown(machine, &signal);
        }
        for (slot, number) in machine.procs.iter().zip(0..) {
            let process = show(Pid(number));
            match (self.alive.get(noted_index(number)), &slot.reason) {
                (None, _) => noted.born.push(process),
                (Some(true), Some(reason)) => {
                    noted.ended.push(Ended { process, reason: machine.show(reason) });
                }
                _ => {}
            }
        }
        for ((from, to), signals) in &machine.wires {
            let before = self.wires.get(&(*from, *to)).map_or(0, VecDeque::len);
            noted.sent.extend(signals.iter().skip(before).map(|signal| Sent {
                from: show(*from),
                to: show(*to),
                signal: shown(machine, signal),
            }));
        }
        self.events.push(noted);
        self.remember(machine);
    }
}

fn noted_index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A signal in canonical text.
fn shown(machine: &Machine, signal: &Signal) -> String {
    let term = |term: &Term| machine.show(term);
    let reference = |reference: &Ref| machine.show(&Term::Ref(*reference));
    match signal {
        Signal::Message(message) => format!("message {}", term(message)),
        Signal::AliasMessage(alias, message) => {
            format!("alias {} {}", reference(alias), term(message))
        }
        Signal::Link => "link".to_owned(),
        Signal::Unlink(_) => "unlink".to_owned(),
        Signal::Unlinked(_) => "unlinked".to_owned(),
        Signal::Exit { reason, by_link: true } => format!("link_exit {}", term(reason)),
        Signal::Exit { reason, by_link: false } => format!("exit {}", term(reason)),
        Signal::Monitor { reference: watch, .. } => format!("monitor {}", reference(watch)),
        Signal::Demonitor(watch) => format!("demonitor {}", reference(watch)),
        Signal::Down { reference: watch, reason, .. } => {
            format!("down {} {}", reference(watch), term(reason))
        }
        Signal::Leader(leader) => format!("leader {}", term(&Term::Pid(*leader))),
        Signal::Info(Question::IsAlive) => "info".to_owned(),
        Signal::Info(Question::Items(items)) => format!("info {}", term(items)),
        Signal::Answer(answer) => format!("answer {}", term(answer)),
    }
}

/// Traces of some programs, to be judged in one run of TLC.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    programs: Vec<String>,
    traces: Vec<String>,
    /// The events of all traces.
    pub events: usize,
}

impl Bundle {
    /// Adds a program; what comes back names it.
    ///
    /// # Errors
    /// If the model has not even its names; an instruction that it does not have stops TLC.
    pub fn program(
        &mut self,
        modules: &[Arc<Verified>],
        head: &Head,
    ) -> Result<usize, tla::Unsupported> {
        let setting = Setting {
            limits: head.limits.clone(),
            arguments: head.arguments.clone(),
            partial: true,
        };
        self.programs.push(tla::program_in(modules, &setting)?);
        Ok(self.programs.len())
    }

    /// Adds a trace of a program that was added before.
    ///
    /// # Errors
    /// If an event cannot be one of the model.
    pub fn trace(&mut self, program: usize, trace: &Trace) -> Result<(), Malformed> {
        self.traces.push(trace.printed(program)?);
        self.events += trace.events.len();
        Ok(())
    }

    /// How many traces there are.
    pub fn len(&self) -> usize {
        self.traces.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.traces.is_empty()
    }

    /// What the model says of each trace, in their order. TLC works in `folder` with the modules
    /// in `model`.
    ///
    /// # Errors
    /// If a program goes beyond the model in what a trace follows, or TLC cannot be run.
    pub fn judge(
        &self,
        tlc: &Tlc,
        folder: &Path,
        model: &Path,
        time_max: Duration,
    ) -> Result<Vec<Verdict>, Trouble> {
        let module = format!(
            "---- MODULE MC ----\nEXTENDS LamTrace\nProgsDef == <<\n{}>>\nTracesDef == <<\n{}>>\n\
             ====\n",
            self.programs.join(",\n"),
            self.traces.join(",\n")
        );
        let constants = "CONSTANTS\n  Traces <- TracesDef\n  By <- Noted\n";
        let configuration = tla::configuration_of(Search::Steps, "TraceSpec", "tracing", constants);
        let run = tlc.run(folder, model, &module, &configuration, time_max);
        let run = run.map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => Trouble::Time(time_max.as_secs()),
            _ => Trouble::Io(error),
        })?;
        if run.status != 0 {
            return Err(failed(&run));
        }
        let mut verdicts = vec![None; self.traces.len()];
        let number = |text: &str| text.parse::<usize>().ok()?.checked_sub(1);
        for line in run.told("ACCEPTED") {
            if let Some(verdict) = number(&line).and_then(|n| verdicts.get_mut(n)) {
                *verdict = Some(Verdict::Accepted);
            }
        }
        for line in run.told("REFUSED") {
            let Some((trace, event)) = line.split_once(' ') else { continue };
            if let Some(verdict) = number(trace).and_then(|n| verdicts.get_mut(n)) {
                let event = event.parse().unwrap_or(0);
                *verdict = Some(Verdict::Refused { event, instead: Vec::new() });
            }
        }
        for line in run.told("INSTEAD") {
            let Some((trace, choice)) = line.split_once(' ') else { continue };
            let verdict = number(trace).and_then(|n| verdicts.get_mut(n));
            if let Some(Some(Verdict::Refused { instead, .. })) = verdict {
                let (seen, rules) = choice.rsplit_once(" |").unwrap_or((choice, ""));
                let named = |camel: &str| {
                    Rule::all().into_iter().find(|rule| rule.camel() == camel).map(Rule::id)
                };
                let rules: Vec<String> = rules.split_whitespace().filter_map(named).collect();
                let rules = match rules.is_empty() {
                    true => String::new(),
                    false => format!(" ({})", rules.join(" ")),
                };
                instead.push(format!("{seen}{rules}"));
            }
        }
        let all: Option<Vec<Verdict>> = verdicts.into_iter().collect();
        all.ok_or_else(|| Trouble::Broken("TLC said nothing of a trace".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_choices() {
        assert_eq!(choice("s:0").as_deref(), Ok("<<\"s\", <<0>>>>"));
        assert_eq!(choice("d:0.1<0").as_deref(), Ok("<<\"d\", <<0>>, <<0, 1>>>>"));
        assert_eq!(choice("f:0.2").as_deref(), Ok("<<\"f\", <<0, 2>>>>"));
        assert_eq!(choice("f:0#3").as_deref(), Ok("<<\"f\", <<0>>, 3>>"));
        for wrong in
            ["", "s:", "s:1", "s:0.", "s:0.-1", "s:0.01", "d:0", "c:0#1", "f:0#x", "s:user"]
        {
            assert!(choice(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_trace_is_what_it_prints() {
        let text = "{\"lam_trace\":1,\"program\":\"module m\\n\"}\n\
                    {\"label\":\"s:0\",\"rule\":\"exec.spawn.start\",\"born\":[\"0.1\"]}\n\
                    {\"label\":\"s:0\",\"sent\":[{\"from\":\"0\",\"to\":\"0.1\",\"signal\":\"message a\"}]}\n\
                    {\"end\":\"0 exit normal\"}\n";
        let trace = Trace::parse(text).unwrap();
        assert_eq!(trace.events.len(), 2);
        assert_eq!(trace.to_string(), text);
    }

    #[test]
    fn what_is_no_trace_is_refused_with_its_line() {
        let head = "{\"lam_trace\":1}\n";
        let cases = [
            ("", 1, "found nothing"),
            ("{\"lam_trace\":2}\n", 1, "version 2"),
            ("{\"label\":\"s:0\"}\n", 1, "unknown field"),
            ("{\"lam_trace\":1}\n\n{\"label\":\"x\"}\n", 3, "no label"),
            ("{\"lam_trace\":1}\n{\"label\":\"s:0\",\"rule\":\"a.b\"}\n", 2, "no rule `a.b`"),
            ("{\"lam_trace\":1}\n{\"label\":\"s:0\",\"more\":1}\n", 2, "unknown field"),
            ("{\"lam_trace\":1}\n{\"end\":\"\"}\n{\"label\":\"s:0\"}\n", 3, "behind the end"),
        ];
        for (text, line, message) in cases {
            let wrong = Trace::parse(text).unwrap_err();
            assert_eq!(wrong.line, line, "{text}");
            assert!(wrong.message.contains(message), "{text}: {wrong}");
        }
        assert!(Trace::parse(head).is_ok());
    }
}

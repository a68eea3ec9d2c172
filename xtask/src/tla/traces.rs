//! Traces of the reference machine, judged by the model: right ones, and corrupted ones.
//!
//! Owns which programs and schedules are traced, how a trace is corrupted, and at which event a
//! corrupted one has to be refused.

use anyhow::{Result, ensure};
use lam_conformance::case::{Case, Expected, Program};
use lam_conformance::generate;
use lam_conformance::tla;
use lam_conformance::tlc::Tlc;
use lam_conformance::trace::{Bundle, Event, Head, Recorder, Trace, VERSION, Verdict};
use lam_isa::{Rule, Verified};
use lam_reference::schedule::Random;
use lam_reference::{Choice, Config, Machine};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How many random programs are traced, by night and by day.
const PROGRAMS: [usize; 2] = [1_500, 100];

/// Schedules of each program.
const SCHEDULES: u64 = 3;

/// Random programs that are judged in one run of TLC.
const BATCH: usize = 150;

/// Steps after which a trace is the beginning of a run.
const STEPS_MAX: usize = 400;

/// A run of TLC may take so long.
const TIME_MAX: Duration = Duration::from_secs(600);

/// What can be wrong in a corrupted trace.
const KINDS: [&str; 5] = [
    "a changed message",
    "a wrong reason",
    "a dropped event",
    "swapped events",
    "an exit signal that forgets the link",
];

/// What was judged.
#[derive(Debug, Default)]
struct Tally {
    programs: usize,
    traces: usize,
    events: usize,
    refused: [usize; KINDS.len()],
    wrong: Vec<String>,
}

/// Judges traces of the litmus cases and of random programs: the line to print, and what is wrong.
pub fn check(
    tlc: &Tlc,
    model: &Path,
    work: &Path,
    cases: &[Case],
    nightly: bool,
) -> Result<(String, Vec<String>)> {
    let mut tally = Tally::default();
    let mut programs = Vec::new();
    for case in cases.iter().filter(|case| case.id.starts_with("litmus/")) {
        let (Expected::Explored(_), Program::Text(source)) = (&case.expected, &case.program) else {
            continue;
        };
        if case.limits.is_empty() {
            programs.push((case.id.clone(), tla::of_source(source)?));
        }
    }
    let wanted = PROGRAMS[usize::from(!nightly)];
    let mut beyond = 0;
    let mut seed = 0;
    let mut found = 0;
    while found < wanted {
        let module = lam_isa::verify(generate::modest_of_seed(seed)).map(Arc::new);
        let module = module.map_err(|errors| anyhow::anyhow!("seed {seed}: {errors:?}"))?;
        let modules = vec![module];
        if tla::program(&modules).is_ok() && small(&modules, seed) {
            programs.push((format!("seed {seed}"), modules));
            found += 1;
        } else {
            beyond += 1;
        }
        seed += 1;
        ensure!(seed < 200_000, "too few random programs are within the model");
    }
    for (number, batch) in programs.chunks(BATCH).enumerate() {
        judge(tlc, model, &work.join(format!("traces-{number}")), batch, &mut tally)?;
    }
    for (kind, count) in KINDS.iter().zip(tally.refused) {
        if count == 0 {
            tally.wrong.push(format!("traces: none with {kind} was made"));
        }
    }
    let refused: Vec<String> = KINDS
        .iter()
        .zip(tally.refused)
        .map(|(kind, count)| format!("{count} with {kind}"))
        .collect();
    let line = format!(
        "traces: {} of {} programs ({found} random ones, {beyond} others were beyond the model) \
         accepted, {} events; {} corrupted ones refused at their event: {}",
        tally.traces,
        tally.programs,
        tally.events,
        tally.refused.iter().sum::<usize>(),
        refused.join(", ")
    );
    Ok((line, tally.wrong))
}

/// Whether the runs of a program need no integers of more than 31 bits.
fn small(modules: &[Arc<Verified>], seed: u64) -> bool {
    let narrow = Config { integer_bits: 31, ..Config::explore() };
    (0..SCHEDULES).all(|schedule| {
        let seed = seed + schedule;
        record(modules, Config::explore(), seed).events
            == record(modules, narrow.clone(), seed).events
    })
}

/// A trace that is to be judged, and where it must be refused.
struct Judged {
    name: String,
    corrupted: Option<(usize, usize)>,
}

fn judge(
    tlc: &Tlc,
    model: &Path,
    work: &Path,
    programs: &[(String, Vec<Arc<Verified>>)],
    tally: &mut Tally,
) -> Result<()> {
    let mut bundle = Bundle::default();
    let mut judged = Vec::new();
    for (name, modules) in programs {
        let program = bundle.program(modules, &head())?;
        tally.programs += 1;
        for seed in 0..SCHEDULES {
            let trace = record(modules, Config::explore(), seed);
            tally.events += trace.events.len();
            tally.traces += 1;
            bundle.trace(program, &trace)?;
            judged.push(Judged { name: format!("{name}, schedule {seed}"), corrupted: None });
            let first = judged.len() % 4;
            let kinds = (first..4).chain(0..first);
            let bad = kinds.filter_map(|kind| Some((kind, corrupted(&trace, kind)?))).next();
            let bad = bad.into_iter().map(|(kind, (trace, event))| (kind, trace, event));
            let forgot = forgetting(modules, seed).map(|(trace, event)| (4, trace, event));
            for (kind, trace, event) in bad.chain(forgot) {
                bundle.trace(program, &trace)?;
                let name = format!("{name}, schedule {seed}, {}", KINDS[kind]);
                judged.push(Judged { name, corrupted: Some((kind, event)) });
            }
        }
    }
    let verdicts = bundle.judge(tlc, work, model, TIME_MAX)?;
    for (Judged { name, corrupted }, verdict) in judged.into_iter().zip(verdicts) {
        match (corrupted, verdict) {
            (None, Verdict::Accepted) => {}
            (Some((kind, event)), Verdict::Refused { event: found, .. }) if event == found => {
                tally.refused[kind] += 1;
            }
            (Some((_, event)), verdict) => {
                tally.wrong.push(format!("traces: {name}: event {event} and not {verdict:?}"));
            }
            (None, verdict) => tally.wrong.push(format!("traces: {name}: {verdict:?}")),
        }
    }
    Ok(())
}

fn head() -> Head {
    Head { lam_trace: VERSION, program: String::new(), arguments: None, limits: BTreeMap::new() }
}

fn boot(modules: &[Arc<Verified>], config: Config) -> Machine {
    let name = modules.first().map_or("", |module| module.name());
    Machine::boot(modules.iter().cloned(), config, (name, "main", Vec::new()))
}

/// The trace of a run with a schedule of this seed.
fn record(modules: &[Arc<Verified>], config: Config, seed: u64) -> Trace {
    let mut machine = boot(modules, config);
    let (events, whole) = follow(&mut machine, seed, |_, _, _| {});
    Trace { head: head(), events, end: whole.then(|| machine.outcome().to_string()) }
}

/// Takes steps by a seed; `meddle` may change the machine behind each. The events, and whether the
/// run came to its end.
fn follow(
    machine: &mut Machine,
    seed: u64,
    mut meddle: impl FnMut(&mut Machine, Choice, &Event),
) -> (Vec<Event>, bool) {
    let mut recorder = Recorder::new(machine);
    let mut random = Random::new(seed);
    for _ in 0..STEPS_MAX {
        let enabled = machine.enabled();
        let Ok(count) = u64::try_from(enabled.len()) else { break };
        if count == 0 {
            return (recorder.events, true);
        }
        let at = usize::try_from(random.below(count)).unwrap_or(0);
        let event = machine.step(enabled[at]);
        recorder.note(machine, &event);
        if let Some(noted) = recorder.events.last() {
            meddle(machine, event.choice, noted);
        }
    }
    (recorder.events, false)
}

/// A trace with one thing wrong, and the number of the event at which that shows.
fn corrupted(trace: &Trace, kind: usize) -> Option<(Trace, usize)> {
    let mut events = trace.events.clone();
    let at = match kind {
        0 => {
            let is_message =
                |event: &Event| event.sent.iter().any(|sent| sent.signal.starts_with("message "));
            let at = events.iter().position(is_message)?;
            events[at].sent[0].signal.push('x');
            at
        }
        1 => {
            let at = events.iter().position(|event| !event.ended.is_empty())?;
            events[at].ended[0].reason.push('x');
            at
        }
        2 => {
            let at = handed_over(&events)?;
            events.remove(at);
            at
        }
        _ => {
            let at = handed_over(&events)?;
            events.swap(at, at + 1);
            at
        }
    };
    // What follows has nothing to say any more.
    events.truncate(at + 1);
    Some((Trace { events, end: None, ..trace.clone() }, at + 1))
}

/// An event that sends on an empty wire what the next one delivers, from 0.
fn handed_over(events: &[Event]) -> Option<usize> {
    let mut wires: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        if let Some((to, from)) = event.label.strip_prefix("d:").and_then(|it| it.split_once('<')) {
            *wires.entry((from, to)).or_default() -= 1;
        }
        for sent in &event.sent {
            let count = wires.entry((&sent.from, &sent.to)).or_default();
            *count += 1;
            let next = format!("d:{}<{}", sent.to, sent.from);
            if *count == 1 && events.get(at + 1).is_some_and(|event| event.label == next) {
                return Some(at);
            }
        }
    }
    None
}

/// The trace of a machine whose exit signals remove the link with the receiver, and the event at
/// which one of the two ends without the other being told.
fn forgetting(modules: &[Arc<Verified>], seed: u64) -> Option<(Trace, usize)> {
    let mut machine = boot(modules, Config::explore());
    let mut forgot = None;
    let (events, _) = follow(&mut machine, seed, |machine, choice, event| {
        let Choice::Step(pid) = choice else { return };
        if forgot.is_some() || Rule::named(&event.rule) != Some(Rule::ExecExitOther) {
            return;
        }
        let Some(to) = event.sent.first().map(|sent| sent.to.clone()) else { return };
        let held = machine.process(pid).map(|process| process.links.clone()).unwrap_or_default();
        let Some(peer) = held.into_iter().find(|peer| machine.path(*peer).to_string() == to) else {
            return;
        };
        let both = machine.process(peer).is_some_and(|process| process.links.contains(&pid));
        if both {
            for (one, other) in [(pid, peer), (peer, pid)] {
                if let Some(process) = machine.process_mut(one) {
                    process.links.remove(&other);
                }
            }
            forgot = Some([machine.path(pid).to_string(), to]);
        }
    });
    let pair = forgot?;
    let after = events.iter().position(|event| event.rule == Rule::ExecExitOther.id())? + 1;
    let touches = |event: &Event| {
        ["exec.link.", "exec.unlink.", "sig.link.", "sig.unlink"]
            .iter()
            .any(|rule| event.rule.starts_with(rule))
    };
    let ends = |event: &Event| event.ended.iter().any(|ended| pair.contains(&ended.process));
    let at = (after..events.len()).find(|at| ends(&events[*at]))?;
    if events[after..at].iter().any(touches) {
        return None;
    }
    Some((Trace { head: head(), events, end: None }, at + 1))
}

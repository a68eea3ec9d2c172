//! The fast machine against the reference machine: every case, every program of the book, and generated
//! programs.
//!
//! In a scheduled machine the same seed must give the same labels, the same rules and the same
//! outcome on both. A free machine may do only what exploring finds.
#![allow(clippy::print_stderr)] // Counts are reported.

use arbitrary::Unstructured;
use lam_conformance::judge::{self, STEPS_MAX};
use lam_conformance::{Case, Expected, generate, shown};
use lam_fast::{Host, Mode, Program, Vm};
use lam_isa::outcome::{End, Outcome};
use lam_isa::{Rule, Verified, text, verify};
use lam_reference::config::Time;
use lam_reference::schedule::Random;
use lam_reference::{Config, Machine, Schedule, explore, run};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Where the suite is.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Seeds that each case is run with.
const SEEDS: u64 = 20;

/// Steps after which a run of a case is given up; some never end.
const CASE_STEPS: u64 = 2_000;

/// Generated programs, unless `LAM_PROGRAMS` says how many; `LAM_FIRST` says from which seed.
const PROGRAMS: u64 = 20_000;

/// Cases whose outcomes tell the time, which in a free machine is that of the world: it is only
/// looked at whether they end as they should.
const TELL_THE_TIME: [&str; 4] =
    ["native/clock/read", "native/timer/cancel", "native/timer/read", "scheduling/time/virtual"];

/// The case that waits for as long as one can.
const WAITS_LONG: &str = "message/wait/badtime";

/// Cases that tell how many schedulers there are.
const TELLS_SCHEDULERS: &str = "process/flag/greedy";

/// The states after which exploring a case of one run is given up.
const STATES_MAX: u64 = 50_000;

/// A world that keeps what is written, with a clock that also goes on when it is read.
struct World {
    ports: Mutex<BTreeMap<String, Vec<u8>>>,
    begun: Instant,
    readings: AtomicU64,
    tick: u64,
}

/// More than the longest time that a program can wait, in nanoseconds.
const LONG: u64 = 5_000_000_000_000_000;

impl World {
    fn new(tick: u64) -> Arc<World> {
        let readings = AtomicU64::new(0);
        Arc::new(World { ports: Mutex::default(), begun: Instant::now(), readings, tick })
    }
}

impl Host for World {
    fn write(&self, port: &str, bytes: &[u8]) {
        let mut ports = self.ports.lock().expect("nobody panics with it");
        ports.entry(port.to_owned()).or_default().extend_from_slice(bytes);
    }

    fn monotonic_ns(&self) -> u64 {
        let ticks = self.readings.fetch_add(1, Ordering::Relaxed).saturating_mul(self.tick);
        let real = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        real.saturating_add(ticks)
    }

    fn system_ns(&self) -> u64 {
        self.monotonic_ns()
    }
}

/// The parameters of the fast machine that are those of the reference machine.
fn alike(config: &Config) -> lam_fast::Config {
    lam_fast::Config {
        fuel: config.fuel,
        heap_words: config.heap_words,
        mailbox_max: config.mailbox_max,
        processes_max: config.processes_max,
        atoms_max: config.atoms_max,
        integer_bits: config.integer_bits,
        trace_depth: config.trace_depth,
        trace_lines: config.trace_lines,
        schedulers: config.schedulers,
        budget_max: config.budget_max,
        time: match config.time {
            Time::Free => lam_fast::Time::Free,
            Time::Virtual => lam_fast::Time::Virtual,
        },
        root_halts: config.root_halts,
        inputs: config.inputs.clone(),
        granted: config.granted.clone(),
        ..lam_fast::Config::scheduled()
    }
}

fn fast(modules: &[Arc<Verified>], config: lam_fast::Config, world: Arc<World>) -> Vm {
    Vm::new(&Program::new(modules.to_vec()), config, world)
}

/// What can be compared of a run.
#[derive(Debug, PartialEq, Eq)]
struct Record {
    /// Every label taken, those of forced steps too, and the rule of each step.
    steps: Vec<(String, Rule)>,
    /// Where there was a choice.
    labels: Vec<String>,
    /// The outcome, or the error of a script.
    outcome: Result<Outcome, String>,
}

fn on_reference(machine: &mut Machine, schedule: &Schedule, steps_max: u64) -> Record {
    let mut steps = Vec::new();
    let run = run(machine, schedule, steps_max, &mut |machine, event| {
        steps.push((machine.label(event.choice).to_string(), event.rule));
    });
    match run {
        Ok(run) => Record { steps, labels: run.labels, outcome: Ok(run.outcome) },
        Err(error) => Record { steps, labels: Vec::new(), outcome: Err(error.to_string()) },
    }
}

fn on_fast(vm: &mut Vm, schedule: &Schedule, steps_max: u64) -> Record {
    let (mut steps, mut labels) = (Vec::new(), Vec::new());
    let mut observe = |vm: &Vm, step: lam_fast::Step| {
        let label = vm.label(step.choice).to_string();
        if !step.forced {
            labels.push(label.clone());
        }
        steps.push((label, step.rule));
    };
    let done = match schedule {
        Schedule::Seeded(seed) => {
            vm.run_seeded(*seed, steps_max, &mut observe);
            Ok(())
        }
        Schedule::Scripted(script) => vm.run_scripted(script, steps_max, &mut observe),
        Schedule::RoundRobin => panic!("the fast machine has no such policy"),
    };
    match done {
        Ok(()) => Record { steps, labels, outcome: Ok(vm.outcome()) },
        Err(error) => Record { steps, labels: Vec::new(), outcome: Err(error.to_string()) },
    }
}

/// Where two runs part, if they do.
fn difference(reference: &Record, fast: &Record) -> Option<String> {
    let parted = reference.steps.iter().zip(&fast.steps).position(|(one, other)| one != other);
    if let Some(at) = parted {
        let show = |(label, rule): &(String, Rule)| format!("{label} {}", rule.id());
        let (one, other) = (show(&reference.steps[at]), show(&fast.steps[at]));
        return Some(format!("step {at}: reference {one}, fast {other}"));
    }
    if reference.steps.len() != fast.steps.len() {
        let (one, other) = (reference.steps.len(), fast.steps.len());
        return Some(format!("steps: reference {one}, fast {other}"));
    }
    (reference != fast).then(|| {
        let show = |record: &Record| match &record.outcome {
            Ok(outcome) => outcome.to_string(),
            Err(error) => error.clone(),
        };
        format!("reference: {}\n  fast:      {}", show(reference), show(fast))
    })
}

fn cases() -> Vec<Case> {
    let folder = Path::new(ROOT).join("cases");
    Case::all(&folder).unwrap_or_else(|error| panic!("{error}"))
}

/// The whole programs of the book.
fn book() -> Vec<Case> {
    let pages = shown::pages(&Path::new(ROOT).join("../spec")).expect("the book can be read");
    let cases = |(page, text): &(String, String)| {
        shown::cases(page, text).unwrap_or_else(|error| panic!("{page}: {error}"))
    };
    let cases: Vec<Case> = pages.iter().flat_map(cases).collect();
    assert!(cases.len() > 30, "the book shows {} programs", cases.len());
    cases
}

/// The cases and the programs of the book that run; the others are rejected before any machine sees
/// them.
fn programs() -> Vec<(Case, Vec<Arc<Verified>>)> {
    let (mut programs, mut rejected, mut count) = (Vec::new(), 0, 0);
    for case in cases().into_iter().chain(book()) {
        count += 1;
        match (&case.expected, judge::load(&case.program)) {
            (Expected::Rejected(_), Err(_)) => rejected += 1,
            (_, Ok(modules)) => programs.push((case, modules)),
            (_, Err(rules)) => panic!("{}: {rules:?}", case.id),
        }
    }
    assert_eq!(programs.len() + rejected, count);
    assert!(programs.len() > 300 && rejected > 50, "{} and {rejected}", programs.len());
    programs
}

fn complain(what: &str, failures: &[String]) {
    assert!(failures.is_empty(), "{} {what}:\n{}", failures.len(), failures.join("\n"));
}

/// The same choices, rules and outcome for every seed, and for the script of a case.
#[test]
fn cases_take_the_same_steps() {
    let (mut failures, mut runs, mut steps, mut loose) = (Vec::new(), 0_u64, 0, 0);
    for (case, modules) in programs() {
        let seeds = (0..SEEDS).map(Schedule::Seeded);
        let virtually = seeds.clone().map(|schedule| (schedule, Time::Virtual));
        let mut schedules: Vec<_> = seeds.map(|schedule| (schedule, Time::Free)).collect();
        schedules.extend(virtually);
        if !matches!(case.schedule, Schedule::RoundRobin) {
            schedules.push((case.schedule.clone(), Time::Free));
        }
        schedules.push((Schedule::Scripted(Vec::new()), Time::Free));
        for (schedule, time) in schedules {
            let config = Config { time, ..Config::explore() };
            let mut machine = judge::boot(&case, config, modules.clone());
            let mut vm = fast(&modules, alike(&machine.config), World::new(0));
            let reference = on_reference(&mut machine, &schedule, CASE_STEPS);
            let fast = on_fast(&mut vm, &schedule, CASE_STEPS);
            runs += 1;
            steps += reference.steps.len();
            // When a heap has become too large depends on when a machine collects it
            // (`lim.heap.exceeded`), so there the steps may differ; what comes of it may not.
            let parted = if case.limits.contains_key("heap") {
                loose += 1;
                (reference.outcome != fast.outcome).then(|| format!("{fast:?}"))
            } else {
                difference(&reference, &fast)
            };
            if let Some(difference) = parted {
                failures.push(format!("{}, {schedule:?}, {time:?} time: {difference}", case.id));
                break;
            }
        }
    }
    eprintln!("{runs} runs of cases, {steps} steps; of {loose} only the outcome was compared");
    assert_eq!(loose, 4 * (2 * SEEDS + 1), "four cases have so small a heap");
    complain("cases differ", &failures);
}

/// What a free machine does is among what all schedules lead to.
#[test]
fn free_runs_of_cases_end_as_some_schedule_does() {
    let (mut failures, mut runs, mut timed, mut unknown) = (Vec::new(), 0, 0, Vec::new());
    for (case, modules) in programs() {
        let machine = judge::boot(&case, Config::explore(), modules.clone());
        let base = alike(&machine.config);
        let wanted = match &case.expected {
            Expected::Explored(outcomes) => Some(outcomes.clone()),
            _ => {
                let found = explore(&machine, STATES_MAX);
                let outcomes = found.outcomes.keys().map(ToString::to_string).collect();
                found.complete.then_some(outcomes)
            }
        };
        if wanted.is_none() {
            unknown.push(case.id.clone());
        }
        let crews = [(base.schedulers, false), (2, false), (base.schedulers, true)];
        for (schedulers, stress) in crews {
            if schedulers != base.schedulers && case.id == TELLS_SCHEDULERS {
                continue;
            }
            let config = lam_fast::Config { mode: Mode::Free, schedulers, stress, ..base.clone() };
            let world = World::new(if case.id == WAITS_LONG { LONG } else { 0 });
            let mut vm = fast(&modules, config, world.clone());
            vm.run();
            let mut outcome = vm.outcome();
            outcome.ports = std::mem::take(&mut *world.ports.lock().expect("nobody panics"));
            runs += 1;
            let found = outcome.to_string();
            let fits = match &wanted {
                _ if TELL_THE_TIME.contains(&case.id.as_str()) => {
                    timed += 1;
                    outcome.end == End::Quiet && vm.crashes().is_empty()
                }
                Some(wanted) => wanted.contains(&found),
                None => outcome.end == End::Quiet,
            };
            if !fits {
                let wanted = wanted.iter().flatten().cloned().collect::<Vec<_>>().join("\n  ");
                failures.push(format!(
                    "{}, {schedulers} schedulers, stress {stress}:\n  {found}\n  is none of\n  \
                     {wanted}",
                    case.id,
                ));
            }
        }
    }
    eprintln!("{runs} free runs of cases, {timed} that tell the time, unexplored: {unknown:?}");
    assert_eq!(timed, 3 * TELL_THE_TIME.len());
    complain("runs are possible on no schedule", &failures);
}

/// A generated program.
fn made(seed: u64) -> Arc<Verified> {
    /// Bytes that a module is made of.
    const BYTES: usize = 4_096;
    let mut random = Random::new(seed);
    let bytes: Vec<u8> =
        (0..BYTES / 8).flat_map(|_| random.below(u64::MAX).to_le_bytes()).collect();
    let module = generate::module(&mut Unstructured::new(&bytes));
    let module = module.expect("there are bytes for every choice");
    Arc::new(verify(module).expect("generated modules are valid"))
}

/// Limits that a generated program can reach.
fn narrow() -> Config {
    Config {
        processes_max: 40,
        mailbox_max: 200,
        heap_words: 100_000,
        integer_bits: 4_096,
        ..Config::explore()
    }
}

fn from_environment(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => default,
    }
}

/// A program, run with its own seed as the seed of the schedule.
#[test]
fn generated_programs_take_the_same_steps() {
    let first = from_environment("LAM_FIRST", 0);
    let programs = from_environment("LAM_PROGRAMS", PROGRAMS);
    let (mut failures, mut steps, mut choices, mut loose) = (Vec::new(), 0, 0, 0);
    let begun = Instant::now();
    for seed in first..first + programs {
        let module = made(seed);
        let call = ("g", "main", Vec::new());
        let mut machine = Machine::boot([module.clone()], narrow(), call);
        // Every other program under stress: collections at every safepoint.
        let config = lam_fast::Config { stress: seed % 2 == 1, ..alike(&narrow()) };
        let mut vm = fast(std::slice::from_ref(&module), config, World::new(0));
        let schedule = Schedule::Seeded(seed);
        let reference = on_reference(&mut machine, &schedule, STEPS_MAX);
        let fast = on_fast(&mut vm, &schedule, STEPS_MAX);
        steps += reference.steps.len();
        choices += reference.labels.len();
        if let Some(difference) = difference(&reference, &fast) {
            // Between the two bounds of the limit a process may end or go on.
            if ended_by_heap(&fast) != ended_by_heap(&reference) {
                loose += 1;
                continue;
            }
            failures.push(format!("seed {seed}: {difference}"));
            if failures.len() == 1 {
                let shown = text::print(std::slice::from_ref(module.module()));
                failures.push(shown);
            }
        }
        if failures.len() > 20 {
            break;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!(
        "{programs} programs from seed {first}: {steps} steps, {choices} choices, {seconds:.1} s; \
         {loose} with terms beyond the limit of the heap"
    );
    complain("generated programs differ", &failures);
    assert!(loose <= 1 + programs / 100_000, "programs whose heaps are so large are rare");
}

/// Whether a run has ended a process for what its heap takes, or a copy of its terms would
/// (`lim.heap.exceeded`).
fn ended_by_heap(record: &Record) -> bool {
    record
        .outcome
        .as_ref()
        .is_ok_and(|outcome| outcome.to_string().contains("{system_limit, heap}"))
}

/// Free runs of generated programs are among what exploring finds, where that can be known.
#[test]
fn free_runs_of_generated_programs_end_as_some_schedule_does() {
    let first = from_environment("LAM_FIRST", 0);
    let programs = from_environment("LAM_PROGRAMS", PROGRAMS) / 10;
    let (mut failures, mut explored) = (Vec::new(), 0);
    for seed in first..first + programs {
        let module = made(seed);
        let machine = Machine::boot([module.clone()], narrow(), ("g", "main", Vec::new()));
        let all = explore(&machine, 2_000);
        if !all.complete {
            continue;
        }
        explored += 1;
        for (schedulers, stress) in [(1, false), (2, false), (1, true)] {
            let config =
                lam_fast::Config { mode: Mode::Free, schedulers, stress, ..alike(&narrow()) };
            let world = World::new(LONG);
            let mut vm = fast(std::slice::from_ref(&module), config, world.clone());
            vm.run();
            let mut outcome = vm.outcome();
            outcome.ports = std::mem::take(&mut *world.ports.lock().expect("nobody panics"));
            if !all.outcomes.contains_key(&outcome) {
                failures.push(format!(
                    "seed {seed}, {schedulers} schedulers, stress {stress}: {outcome}"
                ));
            }
        }
    }
    eprintln!("{explored} of {programs} programs explored, three free runs of each");
    assert!(explored * 5 > programs, "few programs are small enough");
    complain("runs are possible on no schedule", &failures);
}

//! Schedules: who goes next. All freedom of a run is in one value.
//!
//! Owns the policies, the run queue and the time slices, which lie beside the machine and not in
//! it. Book: *Scheduling*.

use crate::config::Time;
use crate::machine::{Choice, Event, Machine};
use crate::process::{Budget, Deadline, Status};
use crate::term::Pid;
use lam_isa::Rule;
use lam_isa::outcome::{End, Limit, Outcome};
use std::collections::VecDeque;

/// A policy.
#[derive(Clone, Debug)]
pub enum Schedule {
    /// Every process in turn, signals delivered at once (`sched.policy.robin`).
    RoundRobin,
    /// Any enabled choice, drawn from a generator with this seed (`sched.policy.seeded`).
    Seeded(u64),
    /// These labels where there is a choice, and the first enabled one after them
    /// (`sched.policy.scripted`).
    Scripted(Vec<String>),
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its outcome.
    pub outcome: Outcome,
    /// The labels taken wherever more than one choice was enabled; empty for `RoundRobin`.
    pub labels: Vec<String>,
    /// How many steps it took.
    pub steps: u64,
}

/// A label of a script that is not enabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotEnabled {
    /// Its place in the script, from 0.
    pub at: usize,
    /// The label.
    pub label: String,
    /// What was enabled there.
    pub enabled: Vec<String>,
}

impl std::fmt::Display for NotEnabled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let enabled = self.enabled.join(" ");
        write!(f, "label {} of the schedule, `{}`, is not enabled; ", self.at + 1, self.label)?;
        write!(f, "enabled are: {enabled} (sched.policy.scripted)")
    }
}

impl std::error::Error for NotEnabled {}

/// Runs a machine to its end, or for at most `steps_max` steps. `observe` sees every event.
///
/// # Errors
/// If a script names a label that is not enabled.
pub fn run(
    machine: &mut Machine,
    schedule: &Schedule,
    steps_max: u64,
    observe: &mut dyn FnMut(&Machine, &Event),
) -> Result<Run, NotEnabled> {
    let (labels, steps) = match schedule {
        Schedule::RoundRobin => (Vec::new(), round_robin(machine, steps_max, observe)),
        Schedule::Seeded(seed) => {
            let mut random = Random(*seed);
            choose(machine, steps_max, observe, |_, enabled| {
                Ok(random.below(enabled.len() as u64) as usize)
            })?
        }
        Schedule::Scripted(script) => replay_from(machine, script, steps_max, observe)?,
    };
    Ok(Run { outcome: machine.outcome(), labels, steps })
}

/// Follows a script of labels, then takes the first enabled choice until the end.
///
/// # Errors
/// If a label is not enabled where it stands.
pub fn replay(machine: &mut Machine, script: &[String], steps_max: u64) -> Result<Run, NotEnabled> {
    run(machine, &Schedule::Scripted(script.to_vec()), steps_max, &mut |_, _| {})
}

fn replay_from(
    machine: &mut Machine,
    script: &[String],
    steps_max: u64,
    observe: &mut dyn FnMut(&Machine, &Event),
) -> Result<(Vec<String>, u64), NotEnabled> {
    let mut at = 0;
    choose(machine, steps_max, observe, |machine, enabled| {
        let Some(label) = script.get(at) else { return Ok(0) };
        at += 1;
        let labels = || enabled.iter().map(|choice| machine.label(*choice).to_string());
        labels().position(|found| found == *label).ok_or_else(|| NotEnabled {
            at: at - 1,
            label: label.clone(),
            enabled: labels().collect(),
        })
    })
}

/// Lets `pick` decide wherever more than one choice is enabled; a single one is forced and not
/// recorded (`sched.choice.forced`).
fn choose(
    machine: &mut Machine,
    steps_max: u64,
    observe: &mut dyn FnMut(&Machine, &Event),
    mut pick: impl FnMut(&Machine, &[Choice]) -> Result<usize, NotEnabled>,
) -> Result<(Vec<String>, u64), NotEnabled> {
    let mut labels = Vec::new();
    for steps in 0..steps_max {
        let enabled = machine.enabled();
        let choice = match enabled.as_slice() {
            [] => {
                finish(machine);
                return Ok((labels, steps));
            }
            [only] => *only,
            several => {
                let choice = several[pick(machine, several)?];
                labels.push(machine.label(choice).to_string());
                choice
            }
        };
        let event = machine.step(choice);
        observe(machine, &event);
    }
    machine.ended.get_or_insert(End::Exhausted(Limit::Steps));
    Ok((labels, steps_max))
}

fn finish(machine: &mut Machine) {
    if machine.ended.is_none() {
        machine.fire(Rule::EndMachineQuiet);
    }
}

/// Every ready process has a turn of at most its budget; signals arrive as soon as they are sent;
/// time jumps when nothing else can happen.
fn round_robin(
    machine: &mut Machine,
    steps_max: u64,
    observe: &mut dyn FnMut(&Machine, &Event),
) -> u64 {
    let mut queue: VecDeque<Pid> = VecDeque::new();
    let mut queued: Vec<bool> = Vec::new();
    let enqueue = |queue: &mut VecDeque<Pid>, queued: &mut Vec<bool>, pid: Pid| {
        let index = crate::code::at(pid.0);
        if queued.len() <= index {
            queued.resize(index + 1, false);
        }
        if !std::mem::replace(&mut queued[index], true) {
            queue.push_back(pid);
        }
    };
    let mut known = 0;
    let mut steps = 0;
    while machine.ended.is_none() && steps < steps_max {
        // Those born since.
        while known < machine.procs.len() {
            let pid = Pid(u32::try_from(known).expect("pids are 32 bits"));
            known += 1;
            if machine.process(pid).is_some_and(|process| process.status == Status::Ready) {
                enqueue(&mut queue, &mut queued, pid);
            }
        }
        let Some(pid) = queue.pop_front() else {
            match quiet_choice(machine) {
                None => break,
                Some(choice) => {
                    let event = machine.step(choice);
                    observe(machine, &event);
                    steps += 1;
                    deliver_all(machine, observe, &mut steps, &mut |pid| {
                        enqueue(&mut queue, &mut queued, pid);
                    });
                    wake_all(machine, choice, &mut |pid| enqueue(&mut queue, &mut queued, pid));
                }
            }
            continue;
        };
        queued[crate::code::at(pid.0)] = false;
        let mut spent = 0;
        loop {
            let Some(process) = machine.process(pid) else { break };
            let budget = match process.budget {
                None => u64::from(machine.config.quantum),
                Some(Budget::Reductions(n)) => u64::from(n),
                Some(Budget::Infinite) => u64::MAX,
            };
            match process.status {
                Status::Ready if spent >= budget => {
                    enqueue(&mut queue, &mut queued, pid);
                    break;
                }
                Status::Ready | Status::Exiting(_) => {}
                Status::Waiting | Status::Blocked(_) => break,
            }
            let event = machine.step(Choice::Step(pid));
            spent += event.reductions;
            steps += 1;
            observe(machine, &event);
            deliver_all(machine, observe, &mut steps, &mut |pid| {
                enqueue(&mut queue, &mut queued, pid);
            });
            let yielded = event.rule == Rule::ExecYieldGive;
            if machine.ended.is_some() || steps >= steps_max {
                break;
            }
            if yielded {
                spent = u64::MAX;
            }
        }
        fire_due(machine, observe, &mut steps, &mut |pid| enqueue(&mut queue, &mut queued, pid));
    }
    if steps >= steps_max {
        machine.ended.get_or_insert(End::Exhausted(Limit::Steps));
    }
    finish(machine);
    steps
}

/// Delivers every signal on its way, and those that their arrival sends.
fn deliver_all(
    machine: &mut Machine,
    observe: &mut dyn FnMut(&Machine, &Event),
    steps: &mut u64,
    wake: &mut dyn FnMut(Pid),
) {
    while let Some(((from, to), _)) = machine.wires.first_key_value() {
        let choice = Choice::Deliver { from: *from, to: *to };
        let to = *to;
        let event = machine.step(choice);
        *steps += 1;
        observe(machine, &event);
        if machine.process(to).is_some_and(|process| is_runnable(&process.status)) {
            wake(to);
        }
    }
}

fn is_runnable(status: &Status) -> bool {
    matches!(status, Status::Ready | Status::Exiting(_))
}

/// Whom a timer or an answer of the host has made runnable.
fn wake_all(machine: &Machine, choice: Choice, wake: &mut dyn FnMut(Pid)) {
    match choice {
        Choice::Fire(pid, None) | Choice::Complete(pid, _) => wake(pid),
        Choice::Fire(_, Some(_)) => {
            for (slot, number) in machine.procs.iter().zip(0..) {
                if slot.live.as_ref().is_some_and(|process| is_runnable(&process.status)) {
                    wake(Pid(number));
                }
            }
        }
        Choice::Step(_) | Choice::Deliver { .. } => {}
    }
}

/// When no process can run: the host's oldest answer, else the timer that is due first
/// (`sched.time.virtual`).
fn quiet_choice(machine: &Machine) -> Option<Choice> {
    if let Some((pid, number)) = machine.calls.keys().next() {
        return Some(Choice::Complete(*pid, *number));
    }
    next_due(machine).map(|(_, choice)| choice)
}

/// The timer or time-out that is due first, and when.
fn next_due(machine: &Machine) -> Option<(u64, Choice)> {
    let receives = machine.procs.iter().zip(0..).filter_map(|(slot, number)| {
        let process = slot.live.as_ref()?;
        match (&process.status, process.deadline) {
            (Status::Waiting, Deadline::At(due)) => Some((due, Choice::Fire(Pid(number), None))),
            _ => None,
        }
    });
    let timers = machine.timers.iter();
    let started =
        timers.map(|((pid, number), timer)| (timer.due, Choice::Fire(*pid, Some(*number))));
    receives.chain(started).min()
}

/// Fires what has become due while processes ran.
fn fire_due(
    machine: &mut Machine,
    observe: &mut dyn FnMut(&Machine, &Event),
    steps: &mut u64,
    wake: &mut dyn FnMut(Pid),
) {
    if machine.config.time != Time::Virtual {
        return;
    }
    while let Some((due, choice)) = next_due(machine) {
        if due > machine.now || machine.ended.is_some() {
            break;
        }
        let event = machine.step(choice);
        *steps += 1;
        observe(machine, &event);
        wake_all(machine, choice, wake);
    }
}

/// A small generator (splitmix64): the book gives its constants, so that seeds mean the same on
/// every machine.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator with a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

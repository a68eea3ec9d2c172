//! Schedules: who goes next. All freedom of a run is in one value.
//!
//! Owns the policies, the run queue and the time slices, which lie beside the machine and not in
//! it. Book: *Steps, schedules and fairness*.

use crate::code::at;
use crate::machine::{Choice, Event, Machine};
use crate::process::{Deadline, Status};
use crate::term::Pid;
use lam_isa::Rule;
use lam_isa::outcome::{End, Limit, Outcome};
use std::collections::{BTreeSet, VecDeque};

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
    let mut turns = Turns::new(machine, steps_max, observe);
    while turns.goes_on() {
        match turns.dequeue() {
            Some(pid) => turns.turn(pid),
            None => match turns.when_idle() {
                Some(choice) => turns.take(choice),
                None => break,
            },
        }
        turns.fire_due();
    }
    let steps = turns.steps;
    if steps >= steps_max {
        machine.ended.get_or_insert(End::Exhausted(Limit::Steps));
    }
    finish(machine);
    steps
}

/// The run queue, and when which timer is due: what the policy keeps beside the machine.
struct Turns<'m> {
    machine: &'m mut Machine,
    observe: &'m mut dyn FnMut(&Machine, &Event),
    steps: u64,
    steps_max: u64,
    /// The processes that can take a step, in the order of their turns.
    queue: VecDeque<Pid>,
    /// Which processes are in it, by pid.
    queued: Vec<bool>,
    /// Timers and time-outs by due time; some may have been cancelled since.
    alarms: BTreeSet<(u64, Choice)>,
}

impl<'m> Turns<'m> {
    fn new(
        machine: &'m mut Machine,
        steps_max: u64,
        observe: &'m mut dyn FnMut(&Machine, &Event),
    ) -> Turns<'m> {
        // The machine may have run before: what it was about to do is taken up.
        let timers = machine.timers.iter();
        let alarms = timers.map(|((pid, n), timer)| (timer.due, Choice::Fire(*pid, Some(*n))));
        let mut turns = Turns {
            alarms: alarms.collect(),
            machine,
            observe,
            steps: 0,
            steps_max,
            queue: VecDeque::new(),
            queued: Vec::new(),
        };
        turns.welcome();
        if turns.goes_on() {
            turns.deliver_all();
        }
        turns
    }

    fn goes_on(&self) -> bool {
        self.machine.ended.is_none() && self.steps < self.steps_max
    }

    /// Queues the processes born since.
    fn welcome(&mut self) {
        for index in self.queued.len()..self.machine.procs.len() {
            self.queued.push(false);
            self.look_at(Pid(u32::try_from(index).expect("pids have 32 bits")));
        }
    }

    /// Notes what a step has made of a process: it is runnable, or waits for a time.
    fn look_at(&mut self, pid: Pid) {
        let Some(process) = self.machine.process(pid) else { return };
        match (&process.status, process.deadline) {
            (Status::Ready | Status::Exiting(_), _) => self.enqueue(pid),
            (Status::Waiting, Deadline::At(due)) => {
                self.alarms.insert((due, Choice::Fire(pid, None)));
            }
            _ => {}
        }
    }

    fn enqueue(&mut self, pid: Pid) {
        let queued = std::mem::replace(&mut self.queued[at(pid.0)], true);
        if !queued {
            self.queue.push_back(pid);
        }
    }

    /// Whose turn is next.
    fn dequeue(&mut self) -> Option<Pid> {
        let pid = self.queue.pop_front()?;
        self.queued[at(pid.0)] = false;
        Some(pid)
    }

    /// Lets a process run until it waits, ends, yields or has used its budget
    /// (`sched.budget.quantum`).
    fn turn(&mut self, pid: Pid) {
        let mut spent = 0;
        while self.goes_on() {
            let Some(process) = self.machine.process(pid) else { return };
            match process.status {
                Status::Ready if spent >= process.turn_reductions(self.machine.config.quantum) => {
                    break;
                }
                Status::Ready | Status::Exiting(_) => {}
                Status::Waiting | Status::Blocked(_) => break,
            }
            let started = process.timers;
            let event = self.machine.step_in_turn(pid, spent);
            self.note(&event);
            spent += event.reductions;
            self.note_timers(pid, started);
            self.welcome();
            self.deliver_all();
            if event.yielded {
                break;
            }
        }
        self.look_at(pid);
    }

    /// Notes the timers that a process has started since it had started so many.
    fn note_timers(&mut self, pid: Pid, started: u32) {
        let new = self.machine.timers.range((pid, started + 1)..=(pid, u32::MAX));
        let alarms = new.map(|((_, number), timer)| (timer.due, Choice::Fire(pid, Some(*number))));
        self.alarms.extend(alarms);
    }

    fn step(&mut self, choice: Choice) {
        let event = self.machine.step(choice);
        self.note(&event);
    }

    fn note(&mut self, event: &Event) {
        self.steps += 1;
        (self.observe)(self.machine, event);
    }

    /// Takes a choice that is no process's step, and all that it sets off.
    fn take(&mut self, choice: Choice) {
        let concerned = self.machine.concerned(choice);
        self.step(choice);
        if let Some(pid) = concerned {
            self.look_at(pid);
        }
        self.deliver_all();
    }

    /// Delivers every signal on its way, and those that their arrival sends.
    fn deliver_all(&mut self) {
        while let Some(((from, to), _)) = self.machine.wires.first_key_value() {
            let (from, to) = (*from, *to);
            self.step(Choice::Deliver { from, to });
            self.look_at(to);
        }
    }

    /// When no process can run: the host's oldest answer, else the timer that is due first
    /// (`sched.time.virtual`).
    fn when_idle(&mut self) -> Option<Choice> {
        if let Some((pid, number)) = self.machine.calls.keys().next() {
            return Some(Choice::Complete(*pid, *number));
        }
        loop {
            let (due, choice) = self.alarms.pop_first()?;
            if self.is_armed(due, choice) {
                return Some(choice);
            }
        }
    }

    /// Fires what has become due while processes ran.
    fn fire_due(&mut self) {
        while self.goes_on() {
            let Some((due, choice)) = self.alarms.first().copied() else { return };
            if due > self.machine.now {
                return;
            }
            self.alarms.pop_first();
            if self.is_armed(due, choice) {
                self.take(choice);
            }
        }
    }

    /// Whether an alarm has not been cancelled or set anew.
    fn is_armed(&self, due: u64, choice: Choice) -> bool {
        match choice {
            Choice::Fire(pid, None) => self.machine.process(pid).is_some_and(|process| {
                process.status == Status::Waiting && process.deadline == Deadline::At(due)
            }),
            Choice::Fire(pid, Some(number)) => self.machine.timers.contains_key(&(pid, number)),
            _ => false,
        }
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
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: u64) -> u64 {
        self.draw() % n
    }
}

//! Parameters of a machine: what an implementation may choose and a run may limit.
//!
//! Book: *Limits*, *Permitted differences*.

use lam_isa::{Capability, limits};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// Any armed timer may fire at any time; the clock becomes the later of now and its due time
    /// (`sched.time.free`). For explorers.
    Free,
    /// The clock jumps to the next due time when nothing else can happen, and advances with
    /// reductions (`sched.time.virtual`). For runs.
    Virtual,
}

/// What a machine asks of the world around it, when it is run and not explored.
pub trait Host: std::fmt::Debug {
    /// The next line of a port with its end, or `None` at the end of its input.
    fn read_line(&self, port: &str) -> Option<Vec<u8>>;
}

/// Limits and parameters. [`Config::default`] is for running programs, and grants nothing;
/// [`Config::explore`] is for comparing outcomes.
#[derive(Clone, Debug)]
pub struct Config {
    /// Words of live heap that a process may have (`lim.heap.exceeded`).
    pub heap_words: u64,
    /// Messages a mailbox may hold (`lim.mailbox.full`).
    pub mailbox_max: usize,
    /// Live processes (`lim.process.count`).
    pub processes_max: usize,
    /// Atoms beyond those of the modules (`lim.atom.count`).
    pub atoms_max: usize,
    /// Bits of an integer (`lim.integer.bits`).
    pub integer_bits: u64,
    /// Fuel of the machine, or none to run without (`lim.fuel.spent`).
    pub fuel: Option<u64>,
    /// Frames kept in a stack trace (`exec.trace.depth`).
    pub trace_depth: usize,
    /// Whether frames tell file and line.
    pub trace_lines: bool,
    /// Reductions of a time slice (`sched.budget.quantum`).
    pub quantum: u32,
    /// The largest budget of a greedy process.
    pub budget_max: u32,
    /// How many schedulers the machine claims to have (`sched.budget.infinite`).
    pub schedulers: u32,
    /// How time passes.
    pub time: Time,
    /// Nanoseconds of virtual time that a reduction takes.
    pub reduction_ns: u64,
    /// The name of the node.
    pub node: &'static str,
    /// What its natives may reach (`exec.host.capability`).
    pub granted: BTreeSet<Capability>,
    /// What can be read from each port.
    pub inputs: BTreeMap<String, Vec<u8>>,
    /// Who answers reads once `inputs` has nothing left.
    pub host: Option<Rc<dyn Host>>,
    /// Whether the machine ends with its root process (`end.run.root`).
    pub root_halts: bool,
    /// Whether to record which rules fire.
    pub record_rules: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            heap_words: 1 << 30,
            mailbox_max: 1 << 24,
            processes_max: 1 << 20,
            atoms_max: 1 << 20,
            integer_bits: limits::INTEGER_BITS,
            fuel: None,
            trace_depth: 8,
            trace_lines: true,
            quantum: limits::QUANTUM,
            budget_max: limits::BUDGET_MAX,
            schedulers: 1,
            time: Time::Virtual,
            reduction_ns: 1_000,
            node: "nonode@nohost",
            granted: BTreeSet::new(),
            inputs: BTreeMap::new(),
            host: None,
            root_halts: false,
            record_rules: false,
        }
    }
}

impl Config {
    /// For exploring and for comparing machines: free time, no stack traces in reasons, and every
    /// capability, since outcomes tell what was written.
    pub fn explore() -> Config {
        let (trace_depth, trace_lines) = (0, false);
        Config { time: Time::Free, trace_depth, trace_lines, ..Config::default() }.grant_all()
    }

    /// The same with every capability granted.
    #[must_use]
    pub fn grant_all(mut self) -> Config {
        self.granted.extend(Capability::ALL);
        self
    }
}

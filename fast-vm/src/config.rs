//! Parameters of a machine: limits, time, and what it asks of the world.
//!
//! Book: *Limits*, *The host*, *Permitted differences*.

use crate::value::Value;
use lam_isa::limits;
use lam_isa::{Capability, Verified};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How a machine is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As fast as it can: signals arrive at once, time is real.
    Free,
    /// One step at a time, chosen from outside: for comparing machines and for runs that can be
    /// repeated (`sched.policy.seeded`, `sched.policy.scripted`).
    Scheduled,
}

/// How time passes in a scheduled machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// Every timer may fire in every state (`sched.time.free`).
    Free,
    /// A timer may fire when it is due; a reduction takes a microsecond, and when nothing else can
    /// happen the time jumps to what is due first (`sched.time.virtual`).
    Virtual,
}

/// Limits and parameters.
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
    /// Schedulers: threads that run processes.
    pub schedulers: u32,
    /// How it is run.
    pub mode: Mode,
    /// How time passes, if it is scheduled.
    pub time: Time,
    /// Collect at every safepoint, but a process of more than a thousand words the less often the more
    /// it has; yield at every reduction; and leave nothing to be read in registers that are dead. To
    /// find mistakes of the machine.
    pub stress: bool,
    /// Whether spawn paths are kept for processes that have ended, so that whoever still has a pid
    /// sees its name: some tens of bytes for each process that there ever was.
    pub paths: bool,
    /// Whether what became of ended processes is kept, for an outcome; that needs paths.
    pub fates: bool,
    /// The name of the node.
    pub node: &'static str,
    /// What can be read from each port.
    pub inputs: BTreeMap<String, Vec<u8>>,
    /// What natives may reach outside the machine; without it they are `undef`
    /// (`exec.host.capability`). Nothing is granted by default.
    pub granted: BTreeSet<Capability>,
    /// Whether the machine ends with its root process (`end.run.root`).
    pub root_halts: bool,
}

/// The default limit of a heap. Where addresses have 32 bits, that many words and the room to
/// collect them are 2 GiB: the process meets its limit before the machine meets the end of memory.
const HEAP_WORDS: u64 = if cfg!(target_pointer_width = "32") { 1 << 26 } else { 1 << 30 };

impl Default for Config {
    fn default() -> Config {
        Config {
            heap_words: HEAP_WORDS,
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
            mode: Mode::Free,
            time: Time::Free,
            stress: false,
            paths: false,
            fates: false,
            node: "nonode@nohost",
            inputs: BTreeMap::new(),
            granted: BTreeSet::new(),
            root_halts: false,
        }
    }
}

impl Config {
    /// For comparing machines: one step at a time, free time, no stack traces in reasons.
    pub fn scheduled() -> Config {
        Config {
            mode: Mode::Scheduled,
            trace_depth: 0,
            trace_lines: false,
            paths: true,
            fates: true,
            granted: Capability::ALL.into(),
            ..Config::default()
        }
    }
}

/// The world around a machine: output, input, modules, time. A machine prints, reads and asks for
/// the time through this and nothing else.
pub trait Host: Send + Sync {
    /// The module of that name, if it can be found: asked at the first call into it.
    fn module(&self, name: &str) -> Option<Arc<Verified>> {
        let _ = name;
        None
    }

    /// The natives that the host adds to those of the machine: module, name and arity of each. Asked
    /// once, by a free machine.
    fn natives(&self) -> Vec<(String, String, u8)> {
        Vec::new()
    }

    /// A call of one of them.
    ///
    /// # Errors
    /// The reason of the `error` that the call raises.
    fn call(&self, module: &str, name: &str, arguments: &[Value]) -> Result<Value, Value> {
        let _ = (module, name, arguments);
        Err(Value::Atom("undef".into()))
    }

    /// Bytes were written to a port.
    fn write(&self, port: &str, bytes: &[u8]);

    /// The next line of a port with its end, or `None` at the end of its input.
    fn read_line(&self, port: &str) -> Option<Vec<u8>> {
        let _ = port;
        None
    }

    /// Nanoseconds since some moment, never less than before.
    fn monotonic_ns(&self) -> u64;

    /// Nanoseconds of processor time that the machine has used, if they can be known.
    fn cpu_ns(&self) -> Option<u64> {
        None
    }

    /// Nanoseconds since the beginning of 1970.
    fn system_ns(&self) -> u64;
}

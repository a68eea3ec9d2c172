//! The machine: what all its processes and schedulers share.
//!
//! Owns the modules, the table of processes, names, timers, ports and the end. Book: *State*.

use crate::atom::Atom;
use crate::code::Code;
use crate::config::{Config, Host, Mode};
use crate::crew::Crew;
use crate::mailbox::Post;
use crate::names::Names;
use crate::process::Process;
use crate::readers::Readers;
use crate::slots::Slots;
use crate::store::Store;
use crate::sync::{Mutex, RwLock};
use crate::term::Pid;
use crate::timers::Timers;
use lam_isa::outcome::{End, Path};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// What all processes and schedulers share.
pub(crate) struct Machine {
    /// Limits and parameters.
    pub config: Config,
    /// The world.
    pub host: Arc<dyn Host>,
    /// The modules.
    pub code: Code,
    /// The processes.
    pub slots: Slots,
    /// How many processes have not ended.
    pub live: AtomicUsize,
    /// Processes with a budget without end.
    pub endless: AtomicUsize,
    /// Registered names.
    pub names: Mutex<Names>,
    /// Running timers.
    pub timers: Timers,
    /// The clock of a scheduled machine, in nanoseconds.
    pub now: AtomicU64,
    /// What was written to each port.
    pub ports: Mutex<BTreeMap<String, Vec<u8>>>,
    /// What has not been read of each port yet.
    pub inputs: Mutex<BTreeMap<String, Vec<u8>>>,
    /// The atoms that programs have made beyond those of the modules.
    pub atoms: Mutex<HashSet<Atom>>,
    /// The persistent terms.
    pub store: RwLock<Store>,
    /// Whether a reference was ever read from text or bytes: it may be one that is yet to be made.
    pub forged: AtomicBool,
    /// The last integer that `unique_integer` gave where processes are not counted.
    pub unique: AtomicU64,
    /// Calls of natives that wait for the host, by caller and number: the port that is read.
    pub requests: Mutex<BTreeMap<(Pid, u32), Atom>>,
    /// Fuel left, if it is limited.
    pub fuel: AtomicU64,
    /// Where each process comes from, by slot, if paths are kept.
    pub origins: Mutex<Vec<Origin>>,
    /// What became of each ended process, by slot, if paths are kept: its reason as text. Only with `Config::fates`.
    pub reasons: Mutex<HashMap<u32, String>>,
    /// How the first process ended.
    pub root: Mutex<Option<crate::vm::RootEnd>>,
    /// The signals on their way in a scheduled machine, by sender and receiver; none is empty.
    pub wires: Mutex<BTreeMap<(Pid, Pid), VecDeque<Post>>>,
    /// The last processes that ended with an error nobody caught, and their reasons as text, in
    /// order; at most [`CRASHES_MAX`].
    pub crashes: Mutex<VecDeque<(Pid, String)>>,
    /// Whether the machine has ended early.
    pub stopped: AtomicBool,
    /// How.
    pub ended: Mutex<Option<End>>,
    /// The schedulers.
    pub crew: Crew,
    /// Who waits for input.
    pub readers: Readers,
    /// What each core has counted.
    pub tallies: Mutex<Vec<Arc<Tally>>>,
}

/// Sums over all processes, as far as one core has changed them: only that core writes, and who
/// wants to know adds up those of all cores.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Reductions spent.
    reductions: AtomicU64,
    /// Words of stacks and heaps, modulo 2^64.
    words: AtomicU64,
}

impl Tally {
    /// A turn is over, in which the process has spent so many reductions.
    #[inline]
    pub fn spend(&self, reductions: u64) {
        let sum = self.reductions.load(Ordering::Relaxed).wrapping_add(reductions);
        self.reductions.store(sum, Ordering::Relaxed);
    }

    /// The memory of a process may have changed.
    pub fn hold(&self, process: &mut Process) {
        let held = process.held_words();
        let before = std::mem::replace(&mut process.counted, held);
        self.add(u64::from(held).wrapping_sub(u64::from(before)));
    }

    /// The process has ended.
    pub fn release(&self, process: &Process) {
        self.add(u64::from(process.counted).wrapping_neg());
    }

    fn add(&self, words: u64) {
        let sum = self.words.load(Ordering::Relaxed).wrapping_add(words);
        self.words.store(sum, Ordering::Relaxed);
    }
}

/// Whether code is lowered with a probe before every instruction: for steps one by one, exact fuel
/// and stress.
fn has_probes(config: &Config) -> bool {
    config.mode == Mode::Scheduled || config.fuel.is_some() || config.stress
}

/// How many processes that ended with an error are remembered: a machine that runs for long must
/// not grow by them.
pub(crate) const CRASHES_MAX: usize = 1_024;

/// The first process of the program.
pub(crate) const ROOT: Pid = Pid { serial: 0, slot: 0 };

/// Where a process comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The first process of the program.
    Root,
    /// The `number`-th child, from 1, of the process in that slot.
    Child {
        /// Its parent's slot.
        parent: u32,
        /// Its number.
        number: u32,
    },
}

impl Machine {
    pub fn new(config: Config, host: Arc<dyn Host>) -> Machine {
        let natives = match config.mode {
            Mode::Free => host.natives(),
            Mode::Scheduled => Vec::new(),
        };
        let natives = natives
            .iter()
            .map(|(module, name, arity)| (Atom::new(module), Atom::new(name), *arity));
        Machine {
            host,
            code: Code::new(has_probes(&config), natives.collect(), config.granted.clone()),
            slots: Slots::new(!config.paths),
            live: AtomicUsize::new(0),
            endless: AtomicUsize::new(0),
            names: Mutex::default(),
            timers: Timers::default(),
            now: AtomicU64::new(0),
            ports: Mutex::default(),
            inputs: Mutex::new(config.inputs.clone()),
            atoms: Mutex::default(),
            store: RwLock::default(),
            forged: AtomicBool::new(false),
            unique: AtomicU64::new(0),
            requests: Mutex::default(),
            fuel: AtomicU64::new(config.fuel.unwrap_or(u64::MAX)),
            origins: Mutex::default(),
            reasons: Mutex::default(),
            root: Mutex::default(),
            wires: Mutex::default(),
            crashes: Mutex::default(),
            stopped: AtomicBool::new(false),
            ended: Mutex::default(),
            crew: Crew::default(),
            readers: Readers::default(),
            tallies: Mutex::default(),
            config,
        }
    }

    /// Whether code has probes.
    #[inline]
    pub fn has_probes(&self) -> bool {
        has_probes(&self.config)
    }

    /// The time, in nanoseconds since the machine began.
    pub fn now(&self) -> u64 {
        match self.config.mode {
            Mode::Scheduled => self.now.load(Ordering::Relaxed),
            Mode::Free => self.host.monotonic_ns(),
        }
    }

    /// A tally for one more core.
    pub fn tally(&self) -> Arc<Tally> {
        let tally = Arc::new(Tally::default());
        self.tallies.lock().push(tally.clone());
        tally
    }

    /// The reductions spent by all processes, in turns that are over, and the words that those that
    /// live have of the system.
    pub fn totals(&self) -> (u64, u64) {
        let tallies = self.tallies.lock();
        let sum = |of: fn(&Tally) -> &AtomicU64| {
            let each = tallies.iter().map(|tally| of(tally).load(Ordering::Relaxed));
            each.fold(0, u64::wrapping_add)
        };
        (sum(|tally| &tally.reductions), sum(|tally| &tally.words))
    }

    /// The process of that registered name.
    pub fn named(&self, name: Atom) -> Option<Pid> {
        self.names.lock().get(name)
    }

    /// When a time-out of so many milliseconds is due, in nanoseconds of the clock.
    pub fn due(&self, timeout_ms: u64) -> u64 {
        self.now().saturating_add(timeout_ms.saturating_mul(1_000_000))
    }

    /// Notes where a process comes from.
    pub fn note_origin(&self, pid: Pid, origin: Origin) {
        let mut origins = self.origins.lock();
        let slot = pid.slot as usize;
        if origins.len() <= slot {
            origins.resize(slot + 1, Origin::Root);
        }
        origins[slot] = origin;
    }

    /// Ends the machine early.
    pub fn end(&self, end: End) {
        self.ended.lock().get_or_insert(end);
        self.stopped.store(true, Ordering::Release);
        self.crew.ring_all();
    }

    /// The spawn path of a process (`term.pid.path`); without paths kept, its slot and serial.
    pub fn path(&self, pid: Pid) -> Path {
        let mut children = Vec::new();
        if pid == ROOT {
            return Path::root();
        }
        if !self.config.paths {
            return Path { boot: None, children: vec![pid.slot, pid.serial] };
        }
        let origins = self.origins.lock();
        let mut at = pid.slot;
        while let Some(Origin::Child { parent, number }) = origins.get(at as usize) {
            children.push(*number);
            at = *parent;
        }
        children.reverse();
        Path { boot: None, children }
    }

    /// The process of that spawn path, dead or alive: what [`Machine::path`] is the text of.
    pub fn pid_at(&self, path: &str) -> Option<Pid> {
        let mut numbers = path.strip_prefix('0')?.split('.').skip(1).map(|n| n.parse::<u32>().ok());
        let pid = if self.config.paths {
            // Slots are not used again, so a child's is above its parent's.
            let origins = self.origins.lock();
            let mut wanted = numbers.next();
            let mut parent = 0;
            for (origin, slot) in origins.iter().zip(0..) {
                let Some(number) = wanted else { break };
                if *origin == (Origin::Child { parent, number: number? }) {
                    parent = slot;
                    wanted = numbers.next();
                }
            }
            if wanted.is_some() || origins.is_empty() {
                return None;
            }
            Pid { serial: 0, slot: parent }
        } else if path == "0" {
            ROOT
        } else {
            let (slot, serial) = (numbers.next()??, numbers.next()??);
            let pid = Pid { serial, slot };
            self.slots.knows(pid).then_some(pid)?
        };
        // The text of a path is written in one way only.
        (self.path(pid).to_string() == path).then_some(pid)
    }
}

//! A process: everything that its instructions may read or change.
//!
//! Owns the state of one process and what the collector must know of it. A process belongs to the
//! core that runs it, and lies in its slot while none does; others reach it through the inbox of
//! the slot only. Book: *State*, *Processes*.

use crate::atom::{self, Atom};
use crate::heap::gc::Roots;
use crate::heap::{Block, Heap};
use crate::mailbox::Mailbox;
use crate::term::{Pid, Term};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Words of the young block of a new process. With 8 bytes for the allocator it fills what glibc
/// gives, as the stack does; nothing is wasted on either.
const YOUNG: usize = 15;
/// Words of the stack of a new process.
const STACK: usize = 7;

/// Whether a process can take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It can.
    Ready,
    /// It stands at a `wait` that has nothing to look at.
    Waiting,
    /// It stands at a call of a native that has not answered, the last one of `Process::calls`.
    Blocked,
    /// Its next step ends it; the reason is in `Process::reason`.
    Exiting,
    /// It has ended, and everybody has been told: what is left of it may be dropped.
    Ended,
}

/// Which X registers lie on the stack while the process does not run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Saved {
    /// The first of them.
    pub first: u16,
    /// How many.
    pub count: u16,
}

/// What `flag greedy` granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// So many reductions a turn.
    Reductions(u32),
    /// It runs to completion.
    Infinite,
}

/// How long an alias lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alias {
    /// Until `unalias`.
    Explicit,
    /// Until `unalias` or the end of its monitor.
    Demonitor,
    /// Until the first message through it, which also ends its monitor.
    ReplyDemonitor,
    /// Until the first message through it.
    Reply,
}

/// Who gets `DOWN` when the process ends.
#[derive(Clone, Debug)]
pub struct Watcher {
    /// The number of the monitor; its maker is the watching process.
    pub number: u64,
    /// The watching process.
    pub pid: Pid,
    /// What `DOWN` says was watched: the pid, or `{Name, Node}`.
    pub item: Term,
}

/// A monitor, at the process that watches.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The watched process.
    pub pid: Pid,
    /// The first element of its `DOWN`, usually that atom.
    pub tag: Term,
}

/// What most processes never have.
#[derive(Debug, Default)]
pub struct Ties {
    /// The processes it is linked with.
    pub links: BTreeSet<Pid>,
    /// Unlinks not yet acknowledged, and their ids.
    pub unlinking: BTreeMap<Pid, u64>,
    /// The id of the last unlink.
    pub unlinks: u64,
    /// Who watches it, by how many came before.
    pub watchers: BTreeMap<u64, Watcher>,
    /// Where each of them is, by its pid and its monitor's number.
    pub watcher_places: HashMap<(Pid, u64), u64>,
    /// How many have watched it.
    pub watched: u64,
    /// Whom it watches, by the number of the monitor.
    pub watching: BTreeMap<u64, Watch>,
    /// Its aliases, by the number of the reference.
    pub aliases: BTreeMap<u64, Alias>,
    /// Flags that `flag` sets and nothing else reads.
    pub flags: BTreeMap<&'static str, Term>,
}

impl Ties {
    /// Somebody begins to watch.
    pub(crate) fn watch(&mut self, watcher: Watcher) {
        self.watched += 1;
        self.watcher_places.insert((watcher.pid, watcher.number), self.watched);
        self.watchers.insert(self.watched, watcher);
    }

    /// Somebody watches no longer.
    pub(crate) fn unwatch(&mut self, pid: Pid, number: u64) {
        if let Some(place) = self.watcher_places.remove(&(pid, number)) {
            self.watchers.remove(&place);
        }
    }

    /// The alias of that number, if it is one.
    pub(crate) fn alias(&self, number: u64) -> Option<Alias> {
        self.aliases.get(&number).copied()
    }

    /// A monitor ends: a reference that is an alias as long as it is none any more.
    pub(crate) fn end_alias_of_monitor(&mut self, number: u64) {
        if matches!(self.alias(number), Some(Alias::Demonitor | Alias::ReplyDemonitor)) {
            self.aliases.remove(&number);
        }
    }
}

/// A live process.
#[derive(Debug)]
pub struct Process {
    /// Its pid.
    pub pid: Pid,
    /// Whether it can take a step.
    pub status: Status,
    /// Whether exit signals become messages.
    pub trap_exit: bool,
    /// The X registers on its stack.
    pub(crate) saved: Saved,
    /// The word of code it stands before; while it waits, where it goes on when that times out.
    pub(crate) pc: *const u64,
    /// The instruction at which it waits, blocks or looks for signals, while it does; else null or
    /// out of date. Only `signal` and what it calls may believe it.
    pub(crate) at: *const crate::code::Site,
    /// Where it goes on when a message arrives while it waits; null if it ignores messages.
    pub(crate) on_message: *const u64,
    /// The lowest word of its stack.
    pub(crate) sp: *mut u64,
    /// Its stack, which grows down.
    pub(crate) stack: Block,
    /// Its heap.
    pub heap: Heap,
    /// The messages.
    pub mailbox: Mailbox,
    /// When its receive times out, in nanoseconds of the machine's clock.
    pub deadline: Option<u64>,
    /// The running timer of its deadline.
    pub(crate) alarm: Option<crate::timers::Key>,
    /// Why it ends, once it does.
    pub reason: Term,
    /// Its dictionary, a map.
    pub dictionary: Term,
    /// The process that its output goes to.
    pub group_leader: Pid,
    /// How many processes it has spawned.
    pub children: u32,
    /// How many references it has made.
    pub references: u64,
    /// How many it had made when a place of its mailbox was last marked.
    pub marked: u64,
    /// How many timers it has started.
    pub timers: u32,
    /// How many calls of external natives it has made.
    pub calls: u32,
    /// The budget of a greedy process, in reductions a turn.
    pub budget: Option<Budget>,
    /// Reductions it has spent, up to the last time it stopped.
    pub reductions: u64,
    /// Module and function that it was started with.
    pub started_with: (Atom, Atom),
    /// How many arguments that was given.
    pub started_arity: u8,
    /// The words that are counted in the machine's memory.
    pub(crate) counted: u32,
    /// Links, monitors and the like.
    pub(crate) ties: Option<Box<Ties>>,
}

// There may be millions. With 8 bytes for the allocator this fills what glibc gives.
#[cfg(all(target_pointer_width = "64", not(test)))]
const _: () = assert!(size_of::<Process>() <= 344, "each process takes another number of bytes");

// SAFETY: its addresses are into its own blocks, into immortal code, or into messages it owns; it
// is run by one thread at a time.
unsafe impl Send for Process {}

impl Process {
    /// It ends, since its heap is beyond the limit (`lim.heap.exceeded`).
    pub(crate) fn exceed(&mut self) {
        self.reason = self.heap_exceeded();
        self.status = Status::Exiting;
        self.saved = Saved::default();
    }

    /// `{system_limit, heap}`.
    pub(crate) fn heap_exceeded(&mut self) -> Term {
        self.heap.tuple(&[Term::atom(atom::SYSTEM_LIMIT), Term::atom(atom::HEAP)])
    }

    /// A process with nothing on its stack, that stands at `pc`.
    pub(crate) fn new(pid: Pid, pc: *const u64, group_leader: Pid) -> Process {
        let stack = Block::new(STACK);
        // The first function returns to where processes end.
        // SAFETY: the block has a word.
        let sp = unsafe { stack.end().sub(1) };
        // SAFETY: as above.
        unsafe { *sp = crate::fast::dispatch::end().expose_provenance() as u64 }
        Process {
            pid,
            status: Status::Ready,
            trap_exit: false,
            saved: Saved::default(),
            pc,
            at: std::ptr::null(),
            on_message: std::ptr::null(),
            sp,
            stack,
            heap: Heap::new(YOUNG),
            mailbox: Mailbox::default(),
            deadline: None,
            alarm: None,
            reason: Term::NIL,
            dictionary: Term::NIL,
            group_leader,
            children: 0,
            references: 0,
            marked: u64::MAX,
            timers: 0,
            calls: 0,
            budget: None,
            reductions: 0,
            started_with: (crate::atom::EMPTY, crate::atom::EMPTY),
            started_arity: 0,
            counted: 0,
            ties: None,
        }
    }

    /// The words of its stack and its heap, in use or not.
    pub(crate) fn held_words(&self) -> u32 {
        u32::try_from(self.heap.held_words() + self.stack.words()).unwrap_or(u32::MAX)
    }

    /// Whether it has no more memory than a new one; if so its heap is empty from here on.
    pub(crate) fn is_small(&mut self) -> bool {
        self.stack.words() == STACK && self.heap.clear(YOUNG)
    }

    /// What [`Process::new`] makes, of one that has ended and is small and without messages.
    pub(crate) fn renew(&mut self, new: Pid, entry: *const u64, leader: Pid) {
        // Every field is named, so that none is forgotten.
        let Process {
            pid,
            status,
            trap_exit,
            saved,
            pc,
            at,
            on_message,
            sp,
            stack,
            heap: _,
            mailbox: _,
            deadline,
            alarm,
            reason,
            dictionary,
            group_leader,
            children,
            references,
            marked,
            timers,
            calls,
            budget,
            reductions,
            started_with: _,
            started_arity: _,
            counted,
            ties,
        } = self;
        (*pid, *pc, *group_leader) = (new, entry, leader);
        (*status, *trap_exit, *saved) = (Status::Ready, false, Saved::default());
        (*at, *on_message) = (std::ptr::null(), std::ptr::null());
        // SAFETY: the stack has a word; the one where the first function returns.
        unsafe {
            *sp = stack.end().sub(1);
            **sp = crate::fast::dispatch::end().expose_provenance() as u64;
        }
        (*deadline, *alarm, *budget, *ties) = (None, None, None, None);
        (*reason, *dictionary) = (Term::NIL, Term::NIL);
        (*children, *references, *marked) = (0, 0, u64::MAX);
        (*timers, *calls, *reductions, *counted) = (0, 0, 0, 0);
    }

    /// The function in which it waits or blocks, as `module:name/arity`, and file and line.
    pub(crate) fn place(&self) -> Option<(String, Option<(String, u32)>)> {
        // SAFETY: the address of a site, or null; sites live as long as the machine.
        let site = unsafe { self.at.as_ref() }?;
        let function = site.function();
        let module = function.module();
        let line = module.location(function.index, site.index);
        let line = line.map(|(file, location)| (file.to_owned(), location.line));
        let name = function.name.text();
        Some((format!("{}:{name}/{}", module.name.text(), function.arity), line))
    }

    /// Links, monitors and the like, made if there were none.
    pub(crate) fn ties(&mut self) -> &mut Ties {
        self.ties.get_or_insert_default()
    }

    /// The words on its stack, lowest first.
    pub(crate) fn stack_words(&self) -> usize {
        (self.stack.end() as usize - self.sp as usize) / 8
    }

    /// Makes room for `words` more on the stack, which may move; nothing points into it but `sp`.
    #[cold]
    pub(crate) fn grow_stack(&mut self, words: usize) {
        let used = self.stack_words();
        let larger = Block::new((used + words).next_power_of_two().max(2 * self.stack.words() + 1));
        // SAFETY: `used` words end at the end of the old block and fit the new one.
        unsafe {
            let to = larger.end().sub(used);
            to.copy_from_nonoverlapping(self.sp, used);
            self.sp = to;
        }
        self.stack = larger;
    }

    /// Pushes a word.
    pub(crate) fn push(&mut self, word: u64) {
        if self.sp == self.stack.start() {
            self.grow_stack(1);
        }
        // SAFETY: there is a word below `sp`.
        unsafe {
            self.sp = self.sp.sub(1);
            *self.sp = word;
        }
    }

    /// Collects the heap while registers `x` are alive too, and makes sure of `need` words.
    pub(crate) fn collect(&mut self, x: &mut [Term], need: usize, busy: bool, full: bool) {
        // SAFETY: the words from `sp` to the end of the stack are terms or code addresses, which
        // look like small integers.
        let stack =
            unsafe { std::slice::from_raw_parts_mut(self.sp.cast::<Term>(), self.stack_words()) };
        let mut roots = ProcessRoots {
            x,
            stack,
            mailbox: &mut self.mailbox,
            single: [&mut self.reason, &mut self.dictionary],
            ties: self.ties.as_deref_mut(),
        };
        self.heap.collect(&mut roots, need, busy, full);
    }
}

struct ProcessRoots<'p> {
    x: &'p mut [Term],
    stack: &'p mut [Term],
    mailbox: &'p mut Mailbox,
    single: [&'p mut Term; 2],
    ties: Option<&'p mut Ties>,
}

impl Roots for ProcessRoots<'_> {
    fn each(&mut self, see: &mut dyn FnMut(&mut [Term])) {
        see(self.x);
        see(self.stack);
        self.mailbox.each_looked(see);
        for term in &mut self.single {
            see(std::slice::from_mut(*term));
        }
        if let Some(ties) = self.ties.as_deref_mut() {
            ties.watchers.values_mut().for_each(|w| see(std::slice::from_mut(&mut w.item)));
            ties.watching.values_mut().for_each(|w| see(std::slice::from_mut(&mut w.tag)));
            ties.flags.values_mut().for_each(|term| see(std::slice::from_mut(term)));
        }
    }
}

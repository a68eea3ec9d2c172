//! A core: the registers of a scheduler, and the process that it runs.
//!
//! Owns what instructions read and change while a process runs: X registers, the place in the code,
//! reductions, and the process itself. One core belongs to one thread. Which process it runs next is
//! the business of `scheduler`. Book: *State*.

use crate::atom::Atom;
use crate::code::Site;
use crate::crew::Queue;
use crate::exception::Exception;
use crate::exec::Next;
use crate::heap::Heap;
use crate::machine::{Machine, Tally};
use crate::mailbox::{self, Envelope, Pool, Post, Signal};
use crate::process::{Process, Saved};
use crate::term::bits::{self, BitWriter};
use crate::term::copy::Packer;
use crate::term::{self, Pid, Ref, Term, tag};
use lam_isa::Rule;
use lam_isa::limits::{self, X_REGISTERS};
use std::ptr;
use std::sync::Arc;

/// What stress puts into dead registers: a pointer to nothing, so that who reads one is found out.
const POISON: Term = Term(8 | tag::BOXED);
/// The words that stress collects for each safepoint it comes to: a process that has fewer is collected
/// at every one, and a large one as often as still lets it come to an end.
const STRESS_WORDS: u64 = 1_024;

/// The words that what is put around an exit reason takes at most: a message, or what a watcher is
/// told.
const AROUND_REASON: usize = 64;

/// A core. The X registers come first: their address is that of the core.
#[repr(C)]
pub(crate) struct Core {
    /// The X registers.
    pub x: [Term; X_REGISTERS as usize],
    /// Where a move puts what it does not want to lose, and what is written nowhere goes.
    pub scratch: Term,
    /// What an operation leaves for the one that does the rest.
    pub pending: [u64; 4],
    /// Where `need` must not go beyond; null when the heap should be collected.
    pub limit: *mut u64,
    /// Where `frame` must not go below.
    pub stack_limit: *mut u64,
    /// The next word of code.
    pub pc: *const u64,
    /// The lowest word of the stack.
    pub sp: *mut u64,
    /// Reductions left in this turn, less those set aside.
    pub reds: i64,
    /// Reductions set aside, so that the next safepoint looks at `limit`.
    pub stash: i64,
    /// Reductions granted at the beginning of this turn.
    pub granted: i64,
    /// The process.
    pub me: Box<Process>,
    /// Collections in this turn.
    pub collections: u32,
    /// Words that stress owes to collections.
    strain: u64,
    /// Whether the process has given up its turn.
    pub yielded: bool,
    /// What all cores share.
    pub machine: Arc<Machine>,
    /// In a machine with steps: the rule of the effect that this one began with.
    pub rule: Rule,
    /// Whether the instruction is that effect.
    pub noting: bool,
    /// Signals taken out of the inbox of the process that have not arrived yet.
    pub arriving: mailbox::Queue,
    /// Where messages are packed.
    pub packer: Packer,
    /// Where bitstrings are made.
    pub writer: BitWriter,
    /// Memory of messages.
    pub pool: Pool,
    /// Processes that this core will run.
    pub queue: Queue,
    /// Processes that have ended, whose memory others shall have.
    #[expect(clippy::vec_box, reason = "it is the boxes that are kept")]
    pub graves: Vec<Box<Process>>,
    /// What it counts.
    pub tally: Arc<Tally>,
    /// Slots whose processes have ended on this core, as pids of the next ones.
    pub spare: Vec<Pid>,
    /// Where the native that runs was called; for natives that raise in their caller's name.
    pub site: *const Site,
    /// Whether the native that runs has dropped all frames.
    pub restarted: bool,
    /// In a machine with steps: whether this step has executed an instruction, and what it cost.
    pub stepping: bool,
    /// Reductions of this step.
    pub step_cost: u32,
    /// A process to have while there is none.
    idle: Option<Box<Process>>,
}

// SAFETY: its addresses are into its own process, into immortal code, or dead; it is used by one
// thread at a time.
unsafe impl Send for Core {}

impl Core {
    /// A core that runs nothing yet.
    pub fn new(machine: Arc<Machine>) -> Box<Core> {
        let nobody = Pid { serial: 0, slot: 0 };
        Box::new(Core {
            x: [Term::DEAD; X_REGISTERS as usize],
            scratch: Term::DEAD,
            pending: [0; 4],
            limit: ptr::null_mut(),
            stack_limit: ptr::null_mut(),
            pc: ptr::null(),
            sp: ptr::null_mut(),
            reds: 0,
            stash: 0,
            granted: 0,
            me: Box::new(Process::new(nobody, ptr::null(), nobody)),
            collections: 0,
            strain: 0,
            yielded: false,
            rule: Rule::SchedStepLocal,
            noting: false,
            arriving: mailbox::Queue::default(),
            pool: Pool::default(),
            packer: Packer::default(),
            writer: BitWriter::new(),
            queue: Queue::new(machine.config.schedulers > 1),
            graves: Vec::new(),
            tally: machine.tally(),
            machine,
            spare: Vec::new(),
            site: ptr::null(),
            restarted: false,
            stepping: false,
            step_cost: 0,
            idle: None,
        })
    }

    /// Puts a process on the core, to run for so many reductions.
    pub fn enter(&mut self, process: Box<Process>, reductions: i64) {
        let idle = std::mem::replace(&mut self.me, process);
        self.idle = Some(idle);
        self.pc = self.me.pc;
        self.sp = self.me.sp;
        let Saved { first, count } = self.me.saved;
        for at in first..first + count {
            self.x[usize::from(at)] = Term(self.pop());
        }
        self.see_limits();
        self.granted = reductions;
        self.reds = reductions;
        self.stash = 0;
        self.collections = 0;
        self.yielded = false;
        self.stepping = false;
        self.step_cost = 0;
        self.rule = Rule::SchedStepLocal;
        self.noting = false;
        self.attend();
    }

    /// Takes the process off the core. Of the X registers, those of `saved` are kept.
    pub fn leave(&mut self) -> Box<Process> {
        let Saved { first, count } = self.me.saved;
        self.me.sp = self.sp;
        for at in (first..first + count).rev() {
            self.me.push(self.x[usize::from(at)].0);
        }
        self.me.pc = self.pc;
        let spent = u64::try_from(self.spent()).unwrap_or(0);
        self.me.reductions += spent;
        self.tally.spend(spent);
        if self.collections > 0 {
            self.tally.hold(&mut self.me);
        }
        let idle = self.idle.take().expect("a process was put on the core");
        std::mem::replace(&mut self.me, idle)
    }

    /// Notes the rule of an instruction, if it is the effect of a step.
    #[inline]
    pub fn fire(&mut self, rule: Rule) {
        if self.noting {
            self.rule = rule;
        }
    }

    /// Reductions spent in this turn.
    pub fn spent(&self) -> i64 {
        self.granted - self.reds - self.stash
    }

    /// Runs the process until it waits, blocks, ends, gives way, has used its reductions or, in a
    /// machine with steps, comes to the end of its step.
    pub fn run(&mut self) {
        crate::fast::dispatch::run(self);
    }

    fn see_limits(&mut self) {
        self.limit = self.me.heap.limit();
        self.stack_limit = self.me.stack.start();
    }

    /// Makes the next safepoint look after the heap: the next `need` or charge of a reduction
    /// finds nothing left.
    pub fn request(&mut self) {
        self.stash += self.reds;
        self.reds = 0;
        self.limit = ptr::null_mut();
    }

    /// Makes the next safepoint look after the heap, if a collection is due. Whoever has allocated
    /// without a `need` does this, or all that comes until the end of the turn goes to fragments.
    #[inline]
    pub fn attend(&mut self) {
        if self.me.heap.is_crowded() {
            self.request();
        }
    }

    /// A safepoint at which only these X registers are alive: the heap is collected if that is due,
    /// and the turn ends if the reductions are spent.
    #[inline(always)]
    pub fn safepoint(&mut self, saved: Saved) -> Next {
        if self.reds > 0 && !self.me.heap.is_crowded() {
            return Next::Go;
        }
        self.checkpoint(saved)
    }

    #[cold]
    #[inline(never)]
    fn checkpoint(&mut self, saved: Saved) -> Next {
        self.reds += self.stash;
        self.stash = 0;
        if self.is_due() {
            let alive = usize::from(saved.first)..usize::from(saved.first + saved.count);
            if self.collect(alive, 0) == Next::Stop {
                return Next::Stop;
            }
        }
        self.see_limits();
        if self.reds > 0 && !self.yielded {
            return Next::Go;
        }
        self.me.saved = saved;
        Next::Stop
    }

    /// `need`: room for so many words, while the first `live` X registers are alive.
    pub fn need(&mut self, words: usize, live: u16) -> Next {
        self.reds += self.stash;
        self.stash = 0;
        if (self.is_due() || self.me.heap.room() < words)
            && self.collect(0..usize::from(live), words) == Next::Stop
        {
            return Next::Stop;
        }
        self.me.heap.owe(words);
        self.see_limits();
        Next::Go
    }

    /// Room for so many words at a place where no X register is alive and none are owed.
    pub fn room(&mut self, words: usize) -> Next {
        if self.me.heap.room() >= words { Next::Go } else { self.need(words, 0) }
    }

    /// Whether a collection is due at a safepoint, however much room there is.
    fn is_due(&mut self) -> bool {
        self.me.heap.is_crowded() || (self.machine.config.stress && self.is_strained())
    }

    /// Whether stress wants a collection at this safepoint.
    fn is_strained(&mut self) -> bool {
        self.strain += STRESS_WORDS;
        self.me.sp = self.sp;
        let strained = self.strain >= self.size();
        if strained {
            self.strain = 0;
        }
        strained
    }

    /// Collects the heap, and ends the process if it has become too large (`lim.heap.exceeded`).
    fn collect(&mut self, alive: std::ops::Range<usize>, need: usize) -> Next {
        let busy = self.collections > 0;
        self.collections += 1;
        self.me.sp = self.sp;
        let stress = self.machine.config.stress;
        self.me.collect(&mut self.x[alive.clone()], need, busy, stress);
        if stress {
            self.x[..alive.start].fill(POISON);
            self.x[alive.end..].fill(POISON);
        }
        if self.size() > self.machine.config.heap_words {
            self.me.collect(&mut self.x[alive], need, busy, true);
            if self.size() > self.words_max() {
                self.me.exceed();
                return Next::Stop;
            }
        }
        Next::Go
    }

    /// The words beyond which a heap, or a term by itself, ends the process. Terms take a little
    /// more here than the book counts; between the limit and twice the limit the moment is the
    /// machine's.
    fn words_max(&self) -> u64 {
        let limit = self.machine.config.heap_words;
        limit.saturating_add(limit / 2 + 32_768)
    }

    /// The words beyond which a term is not copied for another process.
    pub fn parcel_max(&self) -> usize {
        let most = Post::WORDS_MAX - AROUND_REASON;
        usize::try_from(self.words_max()).map_or(most, |words| words.min(most))
    }

    /// The process ends, since its heap is beyond the limit (`lim.heap.exceeded`), or a term of it
    /// would be if it were copied.
    pub fn exceed(&mut self) {
        self.me.exceed();
    }

    /// The words of the heap as the limit counts them, right after a collection.
    fn size(&self) -> u64 {
        let words = self.me.heap.live_words() + self.me.stack_words();
        words as u64 + self.me.heap.outside_bytes() as u64 / 8
    }

    /// Makes room for so many words below the top of the stack.
    #[inline(always)]
    pub fn reserve(&mut self, words: usize) {
        if (self.sp as usize - self.stack_limit as usize) / 8 < words {
            self.me.sp = self.sp;
            self.me.grow_stack(words);
            self.sp = self.me.sp;
            self.stack_limit = self.me.stack.start();
        }
    }

    /// Pushes a word on the stack.
    pub fn push(&mut self, word: u64) {
        self.reserve(1);
        // SAFETY: there is room for a word below `sp`.
        unsafe {
            self.sp = self.sp.sub(1);
            *self.sp = word;
        }
    }

    /// Pops a word from the stack, which is not empty.
    pub fn pop(&mut self) -> u64 {
        // SAFETY: verification counts what is pushed.
        unsafe {
            let word = *self.sp;
            self.sp = self.sp.add(1);
            word
        }
    }

    /// Drops so many slots.
    pub fn drop_slots(&mut self, slots: usize) {
        // SAFETY: val.frame.size: the frame has so many.
        self.sp = unsafe { self.sp.add(slots) };
    }

    /// Drops all frames, so that the process stands as a new one does.
    pub fn restart(&mut self) {
        // SAFETY: the highest word of the stack is where the process's first function returns.
        self.sp = unsafe { self.me.stack.end().sub(1) };
        self.restarted = true;
    }

    /// The receive has no time-out any more.
    pub fn clear_deadline(&mut self) {
        self.me.deadline = None;
        if let Some(key) = self.me.alarm.take() {
            self.machine.timers.with(|timers| timers.cancel(key));
        }
    }

    /// Loads a module if the host has it.
    pub fn load(&mut self, module: Atom) {
        let code = &self.machine.code;
        if code.is_absent(module) || code.module(module).is_some() {
            return;
        }
        match self.machine.host.module(module.text()) {
            Some(verified) => {
                code.add(verified);
            }
            None => code.set_absent(module),
        }
    }

    /// The canonical text of a term.
    pub fn show(&self, term: Term) -> String {
        term::print::display(term, &|pid| self.path(pid))
    }

    /// The heap of the process.
    #[inline(always)]
    pub fn heap(&mut self) -> &mut Heap {
        &mut self.me.heap
    }

    /// The process's pid.
    #[inline(always)]
    pub fn pid(&self) -> Pid {
        self.me.pid
    }

    /// A fresh reference of the process.
    pub fn new_reference(&mut self) -> Ref {
        self.me.references += 1;
        Ref { creator: self.me.pid, number: self.me.references }
    }

    /// The largest number of bits of an integer (`lim.integer.bits`).
    pub fn integer_bits(&self) -> u64 {
        self.machine.config.integer_bits
    }

    /// The most bytes of a bitstring (`lim.heap.bitstring`).
    pub fn bytes_max(&self) -> usize {
        let words = self.machine.config.heap_words.saturating_sub(bits::HEAD_WORDS);
        usize::try_from(words.saturating_mul(8)).unwrap_or(usize::MAX)
    }

    /// Whether a bitstring of so many bytes may be made.
    ///
    /// # Errors
    /// `system_limit`.
    pub fn fits(&self, bytes: usize) -> Result<(), Exception> {
        if bytes <= self.bytes_max() { Ok(()) } else { Err(Exception::system_limit()) }
    }

    /// The name of this node.
    pub fn node(&self) -> Atom {
        Atom::new(self.machine.config.node)
    }

    /// The spawn path of a process, for printing.
    pub fn path(&self, pid: Pid) -> String {
        self.machine.path(pid).to_string()
    }

    /// The atom of that text, unless there would be too many (`lim.atom.count`) or it is too long.
    ///
    /// # Errors
    /// `system_limit`.
    pub fn new_atom(&mut self, text: &str) -> Result<Atom, Exception> {
        if text.chars().count() > limits::ATOM_CHARS {
            return Err(Exception::system_limit());
        }
        if let Some(known) = self.existing_atom(text) {
            return Ok(known);
        }
        let mut atoms = self.machine.atoms.lock();
        if atoms.len() >= self.machine.config.atoms_max {
            return Err(Exception::system_limit());
        }
        let atom = Atom::new(text);
        atoms.insert(atom);
        Ok(atom)
    }

    /// The atom of that text if the machine has it.
    pub fn existing_atom(&self, text: &str) -> Option<Atom> {
        let atom = Atom::existing(text)?;
        let known = self.machine.atoms.lock().contains(&atom) || self.machine.code.has_atom(atom);
        known.then_some(atom)
    }

    /// A message of the process to another one, or to itself. `None` if it is too large.
    #[inline]
    pub fn message(&mut self, term: Term) -> Option<Post> {
        let most = self.parcel_max();
        Post::message(&mut self.pool, &mut self.packer, &self.me.heap, term, most)
    }

    /// Packs a term of the process for another one. `None` if it is too large, which what is put
    /// around a reason that fits does not make it.
    pub fn parcel(&mut self, signal: Signal, number: u64, term: Term) -> Option<Post> {
        if signal == Signal::Message {
            return self.message(term);
        }
        let most = self.parcel_max() + AROUND_REASON;
        let envelope = Envelope { from: self.me.pid, number };
        Post::bounded(&mut self.packer, &self.me.heap, signal, envelope, term, most)
    }

    /// The same with a term that is known to be no large one.
    pub fn post(&mut self, signal: Signal, number: u64, term: Term) -> Post {
        Post::new(&mut self.packer, &self.me.heap, self.me.pid, signal, number, term)
    }
}

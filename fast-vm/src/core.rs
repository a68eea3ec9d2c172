//! A core: the registers of a scheduler, and the process that it runs.
//!
//! Owns what instructions read and change while a process runs: X registers, the place in the code,
//! reductions, and the process itself. One core belongs to one thread. Which process it runs next is
//! the business of `scheduler`. Book: *State*.

use crate::atom::Atom;
use crate::exception::Exception;
use crate::heap::Heap;
use crate::machine::Machine;
use crate::mailbox::{Post, Signal};
use crate::process::Process;
use crate::term::copy::Packer;
use crate::term::{Pid, Ref, Term};
use lam_isa::limits::{self, X_REGISTERS};
use std::sync::Arc;

/// A core. The X registers come first: their address is that of the core.
#[repr(C)]
pub(crate) struct Core {
    /// The X registers.
    pub x: [Term; X_REGISTERS as usize],
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
    /// Whether the process has given up its turn.
    pub yielded: bool,
    /// What all cores share.
    pub machine: Arc<Machine>,
    /// Where messages are packed.
    pub packer: Packer,
    /// Processes that this core will run.
    pub queue: crossbeam_deque::Worker<u32>,
}

impl Core {
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

    /// Packs a term of the process for another one.
    pub fn post(&mut self, signal: Signal, number: u64, term: Term) -> Post {
        Post::new(&mut self.packer, &self.me.heap, self.me.pid, signal, number, term)
    }
}

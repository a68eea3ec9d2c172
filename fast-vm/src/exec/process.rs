//! Process: `spawn` `link` `unlink` `monitor` `demonitor` `exit` `flag` `yield`.
//!
//! What they do is in functions of [`Core`], since natives of the same meaning do it too.

use super::control::entry_of;
use super::{Exec, Next};
use crate::atom::{self, Atom};
use crate::config::Mode;
use crate::core::Core;
use crate::exception::Exception;
use crate::heap::Heap;
use crate::machine::Origin;
use crate::mailbox::{Post, Signal};
use crate::process::{Alias, Budget, Process as Body, Saved, Status, Watch, Watcher};
use crate::term::integer::to_i64;
use crate::term::{Kind, Pid, Ref, Term, View};
use lam_isa::Rule;
use lam_isa::operand::{Dst, Src};
use lam_isa::table::Process;
use std::sync::atomic::Ordering;

/// Processes that have ended whose memory a core keeps.
const GRAVES: usize = 1_024;

/// What an instruction of this family did, or which rule says why it raises.
pub(crate) type Done = Result<(Rule, Term), (Rule, Exception)>;

impl Process for Exec<'_> {
    type Out = Next;

    fn spawn(
        &mut self,
        module: &Src,
        function: &Src,
        args: &Src,
        options: &Src,
        dst: &Dst,
    ) -> Next {
        let call = [self.read(module), self.read(function), self.read(args)];
        let options = self.read(options);
        let done = self.core.spawn_process(call, options);
        let [module, function, args] = call;
        if options == Term::NIL {
            self.conclude(done, dst, atom::SPAWN, &call)
        } else {
            self.conclude(done, dst, atom::SPAWN_OPT, &[module, function, args, options])
        }
    }

    fn link(&mut self, pid: &Src) -> Next {
        let pid = self.read(pid);
        let done = self.core.link_with(pid);
        self.conclude(done, &Dst::Discard, atom::LINK, &[pid])
    }

    fn unlink(&mut self, pid: &Src) -> Next {
        let pid = self.read(pid);
        let done = self.core.unlink_from(pid);
        self.conclude(done, &Dst::Discard, atom::UNLINK, &[pid])
    }

    fn monitor(&mut self, kind: &Src, item: &Src, options: &Src, dst: &Dst) -> Next {
        let args = [self.read(kind), self.read(item), self.read(options)];
        let [kind, item, options] = args;
        let done = self.core.watch(kind, item, options);
        let count = if options == Term::NIL { 2 } else { 3 };
        self.conclude(done, dst, atom::MONITOR, &args[..count])
    }

    fn demonitor(&mut self, reference: &Src, options: &Src, dst: &Dst) -> Next {
        let args = [self.read(reference), self.read(options)];
        let [reference, options] = args;
        let done = self.core.unwatch(reference, options);
        let count = if options == Term::NIL { 1 } else { 2 };
        self.conclude(done, dst, atom::DEMONITOR, &args[..count])
    }

    fn exit(&mut self, pid: &Src, reason: &Src) -> Next {
        let args = [self.read(pid), self.read(reason)];
        let done = self.core.send_exit(args[0], args[1]);
        self.conclude(done, &Dst::Discard, atom::EXIT, &args)
    }

    fn flag(&mut self, name: &Src, value: &Src, dst: &Dst) -> Next {
        let args = [self.read(name), self.read(value)];
        let done = self.core.set_flag(args[0], args[1]);
        self.conclude(done, dst, atom::PROCESS_FLAG, &args)
    }

    fn yield_(&mut self) -> Next {
        self.core.fire(Rule::ExecYieldGive);
        self.core.give_way();
        self.core.pc = self.site.next;
        self.core.safepoint(Saved::default())
    }
}

impl Exec<'_> {
    /// Writes the result and goes on with all other X dead, or raises as the function of that
    /// name would.
    pub(super) fn conclude(&mut self, done: Done, dst: &Dst, name: Atom, args: &[Term]) -> Next {
        match done {
            Ok((rule, result)) => {
                self.core.fire(rule);
                match self.core.me.status {
                    Status::Ready => self.finish(dst, result),
                    ended => self.stop(ended),
                }
            }
            Err((rule, exception)) => {
                self.core.fire(rule);
                self.raise_as(atom::ERLANG, name, args, exception)
            }
        }
    }
}

impl Core {
    /// The turn ends at the next safepoint. Where a step ends does not depend on turns.
    pub fn give_way(&mut self) {
        if self.machine.config.mode == Mode::Free {
            self.yielded = true;
            self.request();
        }
    }

    /// Creates a process that calls `module:function(args)`.
    pub fn spawn_process(&mut self, call: [Term; 3], options: Term) -> Done {
        let badarg = || (Rule::ExecSpawnBadarg, Exception::badarg());
        let [module, function, args] = call;
        let (m, f) = module.as_atom().zip(function.as_atom()).ok_or_else(badarg)?;
        let arity = args.length().ok_or_else(badarg)?;
        let initial_call = (m, f, u8::try_from(arity).unwrap_or(u8::MAX));
        self.spawn_with(options, initial_call, |core, born| {
            let Some(args) = core.give(&mut born.heap, args) else { return born.exceed() };
            for register in [args, function, module] {
                born.push(register.0);
            }
            born.saved = Saved { first: 0, count: 3 };
        })
    }

    /// Creates a process that calls a fun without arguments. It begins in the fun's function, not in
    /// the call of `apply` that its first call is known as: nobody sees the difference where steps and
    /// reductions are not compared.
    ///
    /// Measured on `spawnsync` of `bench/`, with memory of processes and messages used again:
    /// see [`Core::body`].
    pub fn spawn_fun(&mut self, fun: Term, options: Term) -> Option<Done> {
        if self.machine.has_probes() {
            return None;
        }
        let entry = entry_of(fun).filter(|entry| entry.arity == 0)?;
        let initial_call = (atom::ERLANG, atom::APPLY, 2);
        Some(self.spawn_with(options, initial_call, |core, born| {
            let captured =
                |fun: Term| fun.as_kind(Kind::Fun).map_or(&[][..], |fun| &fun.terms()[1..]);
            let alone = captured(fun).iter().all(|term| !term.is_pointer());
            let fun = if alone { Some(fun) } else { core.give(&mut born.heap, fun) };
            let Some(fun) = fun else { return born.exceed() };
            for register in captured(fun).iter().rev() {
                born.push(register.0);
            }
            born.pc = entry.function().entry;
            born.saved = Saved { first: 0, count: captured(fun).len() as u16 };
        }))
    }

    /// Creates a process that `begin` puts before its first instruction.
    fn spawn_with(
        &mut self,
        options: Term,
        initial_call: (Atom, Atom, u8),
        begin: impl FnOnce(&mut Core, &mut Body),
    ) -> Done {
        let badarg = || (Rule::ExecSpawnBadarg, Exception::badarg());
        let mut wanted = SpawnOptions::default();
        for option in options.iter() {
            wanted.add(option).ok_or_else(badarg)?;
        }
        if options.length().is_none() {
            return Err(badarg());
        }
        let max = self.machine.config.processes_max;
        let room = |live: usize| (live < max).then_some(live + 1);
        if self.machine.live.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_err() {
            return Err((Rule::ExecSpawnLimit, Exception::system_limit()));
        }

        let (me, leader) = (self.me.pid, self.me.group_leader);
        let child = self.spare.pop().unwrap_or_else(|| self.machine.slots.claim());
        self.me.children += 1;
        if self.machine.config.paths {
            let number = self.me.children;
            self.machine.note_origin(child, Origin::Child { parent: me.slot, number });
        }
        let mut born = self.body(child, leader);
        let (module, function, arity) = initial_call;
        (born.started_with, born.started_arity) = ((module, function), arity);
        begin(self, &mut born);
        self.tally.hold(&mut born);

        let mut result = Term::pid(child);
        if wanted.link {
            self.me.ties().links.insert(child);
            born.ties().links.insert(me);
        }
        if let Some(monitor) = wanted.monitor {
            let reference = self.new_watch(child, monitor);
            let watcher = Watcher { number: reference.number, pid: me, item: result };
            born.ties().watch(watcher);
            let reference = self.heap().reference(reference);
            result = self.heap().tuple(&[result, reference]);
        }
        self.machine.slots.place(born);
        if self.machine.config.mode == Mode::Free {
            self.wake(child.slot);
        }
        Ok((Rule::ExecSpawnStart, result))
    }

    /// A process that has not begun: in memory of one that has ended, if there is some.
    ///
    /// Measured on `spawnsync` of `bench/` together with [`Core::spawn_fun`], slots without locks and
    /// messages in memory used again: 841 ms of processor time before, 283 ms with these; `spawnbatch`
    /// 733 and 286 ms.
    fn body(&mut self, pid: Pid, leader: Pid) -> Box<Body> {
        let pc = self.machine.code.start().entry;
        match self.graves.pop() {
            Some(mut body) => {
                body.renew(pid, pc, leader);
                body
            }
            None => Box::new(Body::new(pid, pc, leader)),
        }
    }

    /// Lets go of a process that has ended; its memory is kept for another one if it is no more
    /// than that needs.
    pub fn bury(&mut self, mut process: Box<Body>) {
        self.tally.release(&process);
        process.mailbox.clear(&mut self.pool);
        if self.graves.len() < GRAVES && process.is_small() {
            self.graves.push(process);
        }
    }

    /// Copies a term of the process into the heap of one that has just been made. `None` if it is
    /// too large.
    fn give(&mut self, heap: &mut Heap, term: Term) -> Option<Term> {
        /// Words that are left for what the process does first.
        const SPARE: usize = 16;
        let most = self.parcel_max();
        let packed = self.packer.pack(&self.me.heap, term, most)?;
        let count = packed.words.len();
        if heap.room() < count + SPARE {
            *heap = Heap::new(count + SPARE);
        }
        let to = heap.claim(count);
        Some(heap.adopt(packed.term, packed.words, to))
    }

    /// Links with a process.
    pub fn link_with(&mut self, pid: Term) -> Done {
        let Some(peer) = pid.as_pid() else {
            return Err((Rule::ExecLinkBadarg, Exception::badarg()));
        };
        let held = self.me.ties.as_ref().is_some_and(|ties| ties.links.contains(&peer));
        let rule = if peer == self.me.pid || held {
            Rule::ExecLinkHeld
        } else if self.machine.slots.is_alive(peer) {
            let ties = self.me.ties();
            ties.unlinking.remove(&peer);
            ties.links.insert(peer);
            self.emit(self.me.pid, peer, Post::plain(self.me.pid, Signal::Link, 0, Term::NIL));
            Rule::ExecLinkRequest
        } else if self.me.trap_exit {
            // Behind what the peer sent before it ended, and when it did.
            self.machine.slots.await_end(peer);
            self.me.ties().unlinking.remove(&peer);
            let heap = &mut self.me.heap;
            let message = heap.exit_message(peer, Term::atom(atom::NOPROC));
            let post = Post::new(&mut self.packer, heap, peer, Signal::Message, 0, message);
            self.emit(peer, self.me.pid, post);
            Rule::ExecLinkDead
        } else {
            return Err((Rule::ExecLinkNoproc, Exception::error(atom::NOPROC)));
        };
        Ok((rule, Term::boolean(true)))
    }

    /// Takes a link back.
    pub fn unlink_from(&mut self, pid: Term) -> Done {
        let Some(peer) = pid.as_pid() else {
            return Err((Rule::ExecUnlinkBadarg, Exception::badarg()));
        };
        let held = self.me.ties.as_mut().is_some_and(|ties| ties.links.remove(&peer));
        let rule = if !held {
            Rule::ExecUnlinkNone
        } else if self.machine.slots.is_alive(peer) {
            let ties = self.me.ties();
            ties.unlinks += 1;
            let id = ties.unlinks;
            ties.unlinking.insert(peer, id);
            self.emit(self.me.pid, peer, Post::plain(self.me.pid, Signal::Unlink, id, Term::NIL));
            Rule::ExecUnlinkRequest
        } else {
            Rule::ExecUnlinkDead
        };
        Ok((rule, Term::boolean(true)))
    }

    /// Watches a process: `monitor(Kind, Item, Options)`.
    pub fn watch(&mut self, kind: Term, item: Term, options: Term) -> Done {
        let badarg = || (Rule::ExecMonitorBadarg, Exception::badarg());
        if !kind.is_atom(atom::PROCESS) {
            return Err(badarg());
        }
        let monitor = MonitorOptions::of(options).ok_or_else(badarg)?;
        let (pid, shown) = match item.view() {
            View::Pid(pid) => (Some(pid), item),
            View::Atom(name) => {
                let here = Term::atom(self.node());
                (self.machine.named(name), self.heap().tuple(&[item, here]))
            }
            View::Tuple([name, node]) => {
                let (name, node) = name.as_atom().zip(node.as_atom()).ok_or_else(badarg)?;
                (self.machine.named(name).filter(|_| node == self.node()), item)
            }
            _ => return Err(badarg()),
        };

        let (rule, reference) = match pid {
            Some(pid) if pid == self.me.pid => {
                (Rule::ExecMonitorSelf, self.new_alias(monitor.alias))
            }
            Some(pid) => {
                let reference = self.new_watch(pid, monitor);
                let signal = self.post(Signal::Monitor, reference.number, shown);
                self.emit(self.me.pid, pid, signal);
                (Rule::ExecMonitorRequest, reference)
            }
            None => {
                let reference = self.new_reference();
                let noproc = Term::atom(atom::NOPROC);
                let down = self.down_message(monitor.tag, reference.number, shown, noproc);
                self.enqueue_to_self(down);
                if monitor.alias == Some(Alias::Explicit) {
                    self.me.ties().aliases.insert(reference.number, Alias::Explicit);
                }
                (Rule::ExecMonitorNoname, reference)
            }
        };
        Ok((rule, self.heap().reference(reference)))
    }

    /// Watches no longer: `demonitor(Reference, Options)`.
    pub fn unwatch(&mut self, reference: Term, options: Term) -> Done {
        let badarg = || (Rule::ExecDemonitorBadarg, Exception::badarg());
        let reference = reference.as_ref().ok_or_else(badarg)?;
        let (mut flush, mut info) = (false, false);
        for option in options.to_vec().ok_or_else(badarg)? {
            match option.as_atom() {
                Some(atom::FLUSH) => flush = true,
                Some(atom::INFO) => info = true,
                _ => return Err(badarg()),
            }
        }
        if reference.creator != self.me.pid {
            // Only its maker can use a reference as a monitor; elsewhere it is none.
            return Ok((Rule::ExecDemonitorGone, Term::boolean(!info)));
        }

        let number = reference.number;
        let held = self.me.ties.as_mut().and_then(|ties| {
            let held = ties.watching.remove(&number);
            ties.end_alias_of_monitor(number);
            held
        });
        let rule = match &held {
            Some(watch) => {
                self.emit_to_live(watch.pid, Signal::Demonitor, number, Term::NIL);
                Rule::ExecDemonitorHeld
            }
            None => Rule::ExecDemonitorGone,
        };
        if flush && held.is_none() {
            self.flush_down(reference);
        }
        Ok((rule, Term::boolean(!info || held.is_some())))
    }

    /// Takes the `DOWN` of a monitor out of the mailbox, whatever its tag.
    fn flush_down(&mut self, reference: Ref) {
        // What has come is in the mailbox.
        self.me.mailbox.remove(|message| match message.as_tuple() {
            Some([_, found, kind, _, _]) => {
                kind.is_atom(atom::PROCESS) && found.as_ref() == Some(reference)
            }
            _ => false,
        });
    }

    /// Sends an exit signal: `exit(Pid, Reason)`.
    pub fn send_exit(&mut self, pid: Term, reason: Term) -> Done {
        let Some(to) = pid.as_pid() else {
            return Err((Rule::ExecExitBadarg, Exception::badarg()));
        };
        let rule = if to != self.me.pid {
            if self.emit_to_live(to, Signal::Exit { by_link: false }, 0, reason) {
                Rule::ExecExitOther
            } else {
                Rule::ExecExitDead
            }
        } else if reason.is_atom(atom::KILL) {
            self.me.reason = Term::atom(atom::KILLED);
            self.me.status = Status::Exiting;
            Rule::ExecExitSelfKill
        } else if self.me.trap_exit {
            let message = self.me.heap.exit_message(to, reason);
            self.enqueue_to_self(message);
            Rule::ExecExitSelfTrap
        } else {
            self.me.reason = reason;
            self.me.status = Status::Exiting;
            Rule::ExecExitSelf
        };
        Ok((rule, Term::boolean(true)))
    }

    /// Sets a flag and gives its value before.
    pub fn set_flag(&mut self, name: Term, value: Term) -> Done {
        let badarg = || (Rule::ExecFlagBadarg, Exception::badarg());
        let name = name.as_atom().ok_or_else(badarg)?;
        match name {
            atom::TRAP_EXIT => {
                let on = value.as_boolean().ok_or_else(badarg)?;
                let old = std::mem::replace(&mut self.me.trap_exit, on);
                return Ok((Rule::ExecFlagSet, Term::boolean(old)));
            }
            atom::GREEDY => return self.grant(value),
            _ => {}
        }
        let named = |text: &str| Term::atom(Atom::new(text));
        let count = || to_i64(value).is_some_and(|n| n >= 0);
        let is_one_of =
            |texts: &[&str]| value.as_atom().is_some_and(|value| texts.contains(&value.text()));
        let (valid, flag, default) = match name.text() {
            "priority" => {
                let levels = ["low", "normal", "high", "max"];
                (is_one_of(&levels), "priority", Term::atom(atom::NORMAL))
            }
            "min_heap_size" => (count(), "min_heap_size", Term::small(233)),
            "min_bin_vheap_size" => (count(), "min_bin_vheap_size", Term::small(46_422)),
            "max_heap_size" => {
                (count() || value.as_map().is_some(), "max_heap_size", Term::small(0))
            }
            "fullsweep_after" => (count(), "fullsweep_after", Term::small(65_535)),
            "save_calls" => (count(), "save_calls", Term::small(0)),
            "sensitive" => (value.as_boolean().is_some(), "sensitive", Term::boolean(false)),
            "error_handler" => {
                let default = Term::atom(atom::ERROR_HANDLER);
                (value.as_atom().is_some(), "error_handler", default)
            }
            "message_queue_data" => {
                let kinds = ["on_heap", "off_heap"];
                (is_one_of(&kinds), "message_queue_data", named("on_heap"))
            }
            _ => return Err(badarg()),
        };
        if !valid {
            return Err(badarg());
        }
        let old = self.me.ties().flags.insert(flag, value).unwrap_or(default);
        Ok((Rule::ExecFlagSet, old))
    }

    /// Grants a budget (`sched.budget.greedy`, `sched.budget.infinite`).
    fn grant(&mut self, value: Term) -> Done {
        let largest = self.machine.config.budget_max;
        let budget = match (to_i64(value), value.as_atom()) {
            (Some(n), _) if n > 0 => {
                Budget::Reductions(u32::try_from(n).unwrap_or(u32::MAX).min(largest))
            }
            (_, Some(atom::INFINITY)) if self.claim_endless() => Budget::Infinite,
            (_, Some(atom::INFINITY)) => Budget::Reductions(largest),
            _ => return Err((Rule::ExecFlagBadarg, Exception::badarg())),
        };
        if self.me.budget == Some(Budget::Infinite) && budget != Budget::Infinite {
            self.machine.endless.fetch_sub(1, Ordering::Relaxed);
        }
        self.me.budget = Some(budget);
        let granted = match budget {
            Budget::Reductions(reductions) => Term::small(i64::from(reductions)),
            Budget::Infinite => Term::atom(atom::INFINITY),
        };
        Ok((Rule::ExecFlagGreedy, granted))
    }

    /// Whether a scheduler is left for the others if this process runs to completion; if so, it is
    /// counted among those that do.
    fn claim_endless(&self) -> bool {
        let schedulers = self.machine.config.schedulers as usize;
        let endless = &self.machine.endless;
        if self.me.budget == Some(Budget::Infinite) {
            return endless.load(Ordering::Relaxed) < schedulers;
        }
        let room = |others: usize| (others + 1 < schedulers).then_some(others + 1);
        endless.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_ok()
    }

    /// A fresh reference, an alias of that kind if one is given.
    pub fn new_alias(&mut self, kind: Option<Alias>) -> Ref {
        let reference = self.new_reference();
        if let Some(kind) = kind {
            self.me.ties().aliases.insert(reference.number, kind);
        }
        reference
    }

    /// A fresh monitor of a process.
    fn new_watch(&mut self, pid: Pid, monitor: MonitorOptions) -> Ref {
        let reference = self.new_alias(monitor.alias);
        self.me.ties().watching.insert(reference.number, Watch { pid, tag: monitor.tag });
        reference
    }
}

/// The options of `monitor`.
#[derive(Clone, Copy, Debug)]
struct MonitorOptions {
    tag: Term,
    alias: Option<Alias>,
}

impl MonitorOptions {
    fn of(options: Term) -> Option<MonitorOptions> {
        let mut wanted = MonitorOptions { tag: Term::atom(atom::DOWN), alias: None };
        for option in options.to_vec()? {
            let [name, value] = option.as_tuple()? else { return None };
            match name.as_atom()? {
                atom::TAG => wanted.tag = *value,
                atom::ALIAS => {
                    wanted.alias = Some(match value.as_atom()? {
                        atom::EXPLICIT_UNALIAS => Alias::Explicit,
                        atom::DEMONITOR => Alias::Demonitor,
                        atom::REPLY_DEMONITOR => Alias::ReplyDemonitor,
                        _ => return None,
                    });
                }
                _ => return None,
            }
        }
        Some(wanted)
    }
}

/// The options of `spawn`; those that only tune memory and priority are checked and ignored.
#[derive(Default)]
struct SpawnOptions {
    link: bool,
    monitor: Option<MonitorOptions>,
}

impl SpawnOptions {
    fn add(&mut self, option: Term) -> Option<()> {
        const TUNING: [&str; 6] = [
            "priority",
            "fullsweep_after",
            "min_heap_size",
            "min_bin_vheap_size",
            "max_heap_size",
            "message_queue_data",
        ];
        match option.as_atom() {
            Some(atom::LINK) => self.link = true,
            Some(atom::MONITOR) => self.monitor = MonitorOptions::of(Term::NIL),
            _ => match option.as_tuple()? {
                [name, options] if name.is_atom(atom::MONITOR) => {
                    self.monitor = Some(MonitorOptions::of(*options)?);
                }
                [name, _] if TUNING.contains(&name.as_atom()?.text()) => {}
                _ => return None,
            },
        }
        Some(())
    }
}

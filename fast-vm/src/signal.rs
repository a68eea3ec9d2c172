//! Signals: what travels between processes, and what each does when it arrives.
//!
//! A signal arrives at the process on the core, in its own turn; others leave it in the inbox of
//! the process's slot, or in a scheduled machine on a wire. What comes to a process that has ended
//! is dealt with by whoever finds out. Book: *Signals*.

use crate::atom;
use crate::code::Site;
use crate::config::Mode;
use crate::core::Core;
use crate::heap::Heap;
use crate::machine::ROOT;
use crate::mailbox::{Post, Signal};
use crate::native::info;
use crate::process::{Alias, Budget, Saved, Status, Watch, Watcher};
use crate::term::{Pid, Ref, Term};
use crate::vm::RootEnd;
use lam_isa::Rule;
use lam_isa::outcome::End;
use std::ptr;
use std::sync::atomic::Ordering;

/// Slots that a core keeps for the next processes that it makes, without the lock of the free ones.
/// Measured together with reading an empty inbox without its lock and no bell for a scheduler that
/// is alone: `spawnsync` of `bench/` from 701 to 505 ms of processor time, `spawnbatch` from 769 to 510.
const SPARE_SLOTS: usize = 64;

impl Core {
    /// Puts a signal on its way. What a process sends to itself never comes here (`sig.self.once`).
    #[inline]
    pub fn emit(&mut self, from: Pid, to: Pid, post: Post) {
        debug_assert_ne!(from, to, "sig.self.once");
        if self.machine.config.mode == Mode::Scheduled {
            self.machine.wires.lock().entry((from, to)).or_default().push_back(post);
            return;
        }
        match self.machine.slots.post(to, post) {
            Ok(true) => self.wake(to.slot),
            Ok(false) => {}
            Err(post) => {
                self.arrive_at_dead(to, post);
            }
        }
    }

    /// Sends a signal of the process to another one, unless that has ended; says whether it was
    /// sent. A free machine finds out when it is too late, which nobody can tell. If the term is too
    /// large the process ends instead.
    pub fn emit_to_live(&mut self, to: Pid, signal: Signal, number: u64, term: Term) -> bool {
        if self.machine.config.mode == Mode::Scheduled && !self.machine.slots.is_alive(to) {
            return false;
        }
        match self.parcel(signal, number, term) {
            Some(post) => self.emit(self.me.pid, to, post),
            None => self.exceed(),
        }
        true
    }

    /// Everything in the inbox of the process arrives. In a scheduled machine signals arrive one by
    /// one, when a delivery is chosen, and this does nothing. Afterwards the process may have ended.
    #[inline]
    pub fn drain(&mut self) {
        self.drain_at(ptr::null());
    }

    /// The same while the process stands at this instruction.
    #[inline]
    pub fn drain_at(&mut self, site: *const Site) {
        let slot = self.machine.slots.get(self.me.pid.slot);
        if let Some(slot) = slot
            && slot.has_mail()
            && self.me.status != Status::Ended
        {
            self.arriving = slot.take_mail();
            self.arrive_all(site);
        }
    }

    /// What was taken out of the inbox arrives.
    fn arrive_all(&mut self, site: *const Site) {
        let Pid { serial, slot } = self.me.pid;
        while let Some(post) = self.arriving.pop() {
            if post.serial() != serial {
                // It was for a process that the slot had before.
                self.arrive_at_dead(Pid { serial: post.serial(), slot }, post);
                continue;
            }
            if self.me.status == Status::Ready {
                self.me.at = site;
            }
            if post.node().signal == Signal::Message {
                self.enqueue(post);
            } else {
                self.arrive_at_live(post);
            }
        }
    }

    /// A signal arrives at the process. Afterwards that may have ended.
    pub fn arrive(&mut self, post: Post) -> Rule {
        if self.me.status == Status::Ready {
            self.me.at = ptr::null();
        }
        self.arrive_at_live(post)
    }

    fn arrive_at_live(&mut self, post: Post) -> Rule {
        let (from, number) = post.envelope();
        match post.node().signal {
            Signal::Message => {
                self.enqueue(post);
                Rule::SigMessageArrive
            }
            Signal::AliasMessage => self.alias_message(post),
            Signal::Link => self.link_arrives(from),
            Signal::Unlink => {
                if let Some(ties) = &mut self.me.ties {
                    ties.links.remove(&from);
                }
                self.emit_to_live(from, Signal::Unlinked, number, Term::NIL);
                Rule::SigUnlinkDone
            }
            Signal::Unlinked => match &mut self.me.ties {
                Some(ties) if ties.unlinking.get(&from) == Some(&number) => {
                    ties.unlinking.remove(&from);
                    Rule::SigUnlinkedMatch
                }
                _ => Rule::SigUnlinkedStale,
            },
            Signal::Exit { by_link } => self.exit_arrives(post, by_link),
            Signal::Monitor => {
                let item = post.unpack(&mut self.me.heap);
                self.me.ties().watch(Watcher { number, pid: from, item });
                Rule::SigMonitorSet
            }
            Signal::Demonitor => {
                if let Some(ties) = &mut self.me.ties {
                    ties.unwatch(from, number);
                }
                Rule::SigDemonitorDone
            }
            Signal::Down => self.down_arrives(post),
            Signal::Leader => {
                if let Some(leader) = post.node().term.as_pid() {
                    self.me.group_leader = leader;
                }
                Rule::SigLeaderSet
            }
            Signal::IsAlive => {
                let alive = Term::boolean(self.me.status != Status::Exiting);
                self.emit(self.me.pid, from, Post::plain(self.me.pid, Signal::Answer, 0, alive));
                Rule::SigInfoReply
            }
            Signal::Items => {
                let answer = info::items(self, post.node().term);
                if let Some(answer) = self.parcel(Signal::Answer, 0, answer) {
                    self.emit(self.me.pid, from, answer);
                    return Rule::SigInfoReply;
                }
                let (pid, reason) = (self.me.pid, self.me.heap_exceeded());
                self.end_process(reason);
                let undefined = Term::atom(atom::UNDEFINED);
                self.reply_of_dead(pid, from, Post::plain(pid, Signal::Answer, 0, undefined));
                Rule::LimHeapExceeded
            }
            Signal::Answer => {
                let value = post.unpack(&mut self.me.heap);
                self.answer(value);
                Rule::SigInfoAnswer
            }
            Signal::TimedOut => {
                self.time_out(number);
                Rule::SchedTimerFire
            }
        }
    }

    /// The timer of a receive has gone off: if the receive still waits for that, it times out.
    fn time_out(&mut self, number: u64) {
        if self.me.alarm.is_none_or(|key| key.number() != number) {
            return;
        }
        self.me.alarm = None;
        if self.me.status == Status::Waiting {
            self.me.deadline = None;
            self.me.mailbox.rewind();
            self.me.status = Status::Ready;
        }
    }

    /// A signal arrives at a process that has ended: the dead hear nothing, but what asks for an
    /// answer gets one. The process on the core, if there is one, has nothing to do with it.
    pub fn arrive_at_dead(&mut self, to: Pid, post: Post) -> Rule {
        let (from, number) = post.envelope();
        match post.node().signal {
            Signal::Link => {
                let noproc = Term::atom(atom::NOPROC);
                let exit = Post::plain(to, Signal::Exit { by_link: true }, 0, noproc);
                self.reply_of_dead(to, from, exit);
                Rule::SigLinkDead
            }
            Signal::Monitor => {
                let mut heap = Heap::new(0);
                let item = post.unpack(&mut heap);
                let down = heap.tuple(&[item, Term::atom(atom::NOPROC)]);
                let down = Post::new(&mut self.packer, &heap, to, Signal::Down, number, down);
                self.reply_of_dead(to, from, down);
                Rule::SigMonitorDead
            }
            Signal::IsAlive => {
                let no = Term::boolean(false);
                self.reply_of_dead(to, from, Post::plain(to, Signal::Answer, 0, no));
                Rule::SigInfoDead
            }
            Signal::Items => {
                let undefined = Term::atom(atom::UNDEFINED);
                self.reply_of_dead(to, from, Post::plain(to, Signal::Answer, 0, undefined));
                Rule::SigInfoDead
            }
            Signal::Exit { .. } => Rule::SigExitDead,
            Signal::Unlink | Signal::Unlinked => Rule::SigUnlinkDead,
            Signal::Demonitor => Rule::SigDemonitorDead,
            Signal::Leader => Rule::SigLeaderDead,
            Signal::Message
            | Signal::AliasMessage
            | Signal::Down
            | Signal::Answer
            | Signal::TimedOut => Rule::SigMessageDead,
        }
    }

    fn reply_of_dead(&mut self, dead: Pid, to: Pid, post: Post) {
        if self.machine.slots.is_alive(to) {
            self.emit(dead, to, post);
        }
    }

    /// A message enters the mailbox, or ends the process if there is no room (`lim.mailbox.full`).
    #[inline]
    fn enqueue(&mut self, post: Post) {
        if self.me.mailbox.len() >= self.machine.config.mailbox_max {
            let reason = self.mailbox_full();
            self.end_process(reason);
            return;
        }
        self.me.mailbox.push(post);
        if self.me.status == Status::Waiting && !self.me.on_message.is_null() {
            self.pc = self.me.on_message;
            self.me.status = Status::Ready;
        }
    }

    /// The same with a message that is made here.
    fn enqueue_term(&mut self, message: Term) {
        match self.message(message) {
            Some(post) => self.enqueue(post),
            None => {
                let reason = self.me.heap_exceeded();
                self.end_process(reason);
            }
        }
    }

    /// A message of the process to itself enters its mailbox, if there is room.
    pub fn enqueue_to_self(&mut self, message: Term) {
        if self.me.mailbox.len() >= self.machine.config.mailbox_max {
            self.me.reason = self.mailbox_full();
            self.me.status = Status::Exiting;
        } else {
            match self.message(message) {
                Some(post) => self.me.mailbox.push(post),
                None => self.exceed(),
            }
        }
    }

    fn mailbox_full(&mut self) -> Term {
        let reason = [Term::atom(atom::SYSTEM_LIMIT), Term::atom(atom::MAILBOX)];
        self.me.heap.tuple(&reason)
    }

    /// A message through an alias counts only if the alias still is one (`sig.alias.place`).
    fn alias_message(&mut self, post: Post) -> Rule {
        let (_, number) = post.envelope();
        match self.me.ties.as_ref().and_then(|ties| ties.alias(number)) {
            None => Rule::SigMessageUnaliased,
            Some(kind) => {
                self.use_alias(number, kind);
                self.enqueue(post);
                Rule::SigMessageAlias
            }
        }
    }

    /// A message has come through an alias: one that serves once ends, and its monitor with it.
    pub fn use_alias(&mut self, number: u64, kind: Alias) {
        if !matches!(kind, Alias::Reply | Alias::ReplyDemonitor) {
            return;
        }
        let ties = self.me.ties();
        ties.aliases.remove(&number);
        if let Some(watch) = ties.watching.remove(&number) {
            let demonitor = Post::plain(self.me.pid, Signal::Demonitor, number, Term::NIL);
            self.emit(self.me.pid, watch.pid, demonitor);
        }
    }

    /// What the other end says of the link is out of date while an unlink of ours is pending.
    fn link_arrives(&mut self, from: Pid) -> Rule {
        let ties = self.me.ties();
        if ties.unlinking.contains_key(&from) {
            Rule::SigLinkPending
        } else {
            ties.links.insert(from);
            Rule::SigLinkHeld
        }
    }

    fn exit_arrives(&mut self, post: Post, by_link: bool) -> Rule {
        let ((from, _), reason) = (post.envelope(), post.node().term);
        if by_link && !self.me.ties.as_mut().is_some_and(|ties| ties.links.remove(&from)) {
            return Rule::SigExitUnlinked;
        }
        if !by_link && reason.is_atom(atom::KILL) {
            self.end_process(Term::atom(atom::KILLED));
            Rule::SigExitKilled
        } else if self.me.trap_exit {
            let reason = post.unpack(&mut self.me.heap);
            let message = self.me.heap.exit_message(from, reason);
            self.enqueue_term(message);
            Rule::SigExitTrapped
        } else if reason.is_atom(atom::NORMAL) {
            Rule::SigExitNormal
        } else {
            let reason = post.unpack(&mut self.me.heap);
            self.end_process(reason);
            Rule::SigExitEnds
        }
    }

    fn down_arrives(&mut self, post: Post) -> Rule {
        let (_, number) = post.envelope();
        let Some(ties) = &mut self.me.ties else { return Rule::SigDownGone };
        let Some(Watch { tag, .. }) = ties.watching.remove(&number) else {
            return Rule::SigDownGone;
        };
        ties.end_alias_of_monitor(number);
        let pair = post.unpack(&mut self.me.heap);
        let Some([item, reason]) = pair.as_tuple() else { return Rule::SigDownGone };
        let message = self.down_message(tag, number, *item, *reason);
        self.enqueue_term(message);
        Rule::SigDownArrive
    }

    /// `{'DOWN', Reference, process, Item, Reason}`, or with another tag, for a monitor of the
    /// process.
    pub fn down_message(&mut self, tag: Term, number: u64, item: Term, reason: Term) -> Term {
        let heap = &mut self.me.heap;
        let reference = heap.reference(Ref { creator: self.me.pid, number });
        heap.tuple(&[tag, reference, Term::atom(atom::PROCESS), item, reason])
    }

    /// The process blocks in the native that it has called, until an answer comes
    /// (`exec.host.block`); gives the number of the call.
    pub fn block(&mut self) -> u32 {
        self.me.calls += 1;
        self.me.at = self.site;
        self.me.status = Status::Blocked;
        self.me.calls
    }

    /// A native that blocked gives its value: to `x0`, as a call returns (`exec.host.value`).
    pub fn answer(&mut self, value: Term) {
        self.x[0] = value;
        self.me.saved = Saved { first: 0, count: 1 };
        self.me.status = Status::Ready;
    }

    /// The process ends: its name is free, then the linked and the watching are told
    /// (`end.process.tell`). What is left of it on the core is for nothing but to be dropped.
    pub fn end_process(&mut self, mut reason: Term) {
        let pid = self.pid();
        let most = self.parcel_max();
        if reason.is_pointer() && !self.packer.fits(&self.me.heap, reason, most) {
            // Nobody could be told of it.
            reason = self.me.heap_exceeded();
        }
        self.clear_deadline();
        if self.me.status == Status::Blocked {
            self.machine.requests.lock().remove(&(pid, self.me.calls));
        }
        self.leave_world(pid);
        if self.me.budget == Some(Budget::Infinite) {
            self.machine.endless.fetch_sub(1, Ordering::Relaxed);
        }
        if pid == ROOT {
            let end = RootEnd::of(reason, &|term| self.show(term));
            *self.machine.root.lock() = Some(end);
        }
        if self.machine.config.fates {
            let text = self.show(reason);
            self.machine.reasons.lock().insert(pid.slot, text);
        }
        if self.machine.config.root_halts && pid == ROOT {
            self.machine.end(End::Halt(u8::from(!reason.is_atom(atom::NORMAL))));
        }

        if let Some(ties) = self.me.ties.take() {
            for peer in ties.links {
                self.emit_to_live(peer, Signal::Exit { by_link: true }, 0, reason);
            }
            for Watcher { number, pid: watcher, item } in ties.watchers.into_values() {
                let down = self.me.heap.tuple(&[item, reason]);
                self.emit_to_live(watcher, Signal::Down, number, down);
            }
        }
        if !self.machine.timers.is_empty() {
            self.machine.timers.with(|timers| timers.remove_towards(pid));
        }

        self.me.status = Status::Ended;
        let mut left = self.arriving.take();
        loop {
            while let Some(post) = left.pop() {
                self.arrive_at_dead(Pid { serial: post.serial(), ..pid }, post);
            }
            match self.machine.slots.release(pid) {
                Err(came) => left = came,
                Ok(Some(next)) if self.spare.len() < SPARE_SLOTS => {
                    self.spare.push(next);
                    break;
                }
                Ok(next) => {
                    next.into_iter().for_each(|next| self.machine.slots.give_back(next));
                    break;
                }
            }
        }
    }

    /// From here on the process is dead for everybody, and in the same moment nameless.
    fn leave_world(&mut self, pid: Pid) {
        let slots = &self.machine.slots;
        if !slots.begin_end(pid) {
            let mut names = self.machine.names.lock();
            names.forget(pid);
            slots.set_named(pid, false);
            slots.begin_end(pid);
        }
        self.machine.live.fetch_sub(1, Ordering::Relaxed);
    }

    /// The process of a slot has become ready, or is new: somebody must run it.
    ///
    /// One process that waits in the queue of a scheduler is no work for others: that scheduler has
    /// mostly come to the end of its own when it wakes one. Measured on `pingpong` of `bench/` with
    /// two schedulers: 1,030 ms of processor time with a bell for each message, 174 ms with this and
    /// slots without locks.
    #[inline]
    pub fn wake(&mut self, slot: u32) {
        self.queue.push(slot);
        if self.queue.is_shared() && (self.queue.len() > 1 || self.me.budget.is_some()) {
            self.machine.crew.ring();
        }
    }
}

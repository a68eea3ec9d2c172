//! Signals: what travels between processes, and what each does when it arrives.
//!
//! One function per case, named as its rule. Book: *Signals*.

use crate::machine::{Machine, Origin};
use crate::process::{Alias, Process, Watch, Watcher};
use crate::term::{Pid, Ref, Term};
use lam_isa::Rule;
use lam_isa::outcome::End;

/// A signal on its way.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// A message.
    Message(Term),
    /// A message through an alias of the receiver.
    AliasMessage(Ref, Term),
    /// The sender has linked itself with the receiver.
    Link,
    /// The sender has taken its link back; the id comes back with the acknowledgement.
    Unlink(u32),
    /// The sender has done what the receiver's unlink of this id asked.
    Unlinked(u32),
    /// An exit signal.
    Exit {
        /// Its reason.
        reason: Term,
        /// Whether it comes from the end of a linked process.
        by_link: bool,
    },
    /// The sender watches the receiver.
    Monitor {
        /// The monitor.
        reference: Ref,
        /// What was watched: the pid, or `{Name, Node}`.
        item: Term,
    },
    /// The sender no longer does.
    Demonitor(Ref),
    /// The sender, which the receiver watches, has ended.
    Down {
        /// The monitor.
        reference: Ref,
        /// What was watched.
        item: Term,
        /// Its exit reason.
        reason: Term,
    },
    /// The receiver's group leader shall be this process.
    Leader(Pid),
    /// The sender asks for something about the receiver.
    Info(Question),
    /// The answer to the receiver's question.
    Answer(Term),
}

/// What one process asks about another.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Whether it lives.
    IsAlive,
    /// An item, or a list of items, of `process_info`.
    Items(Term),
}

impl Machine {
    /// Signal `signal` from `from` arrives at `to`.
    pub(crate) fn arrive(&mut self, from: Pid, to: Pid, signal: Signal) -> Rule {
        if self.process(to).is_some() {
            self.arrive_at_live(from, to, signal)
        } else {
            self.arrive_at_dead(from, to, signal)
        }
    }

    fn arrive_at_live(&mut self, from: Pid, to: Pid, signal: Signal) -> Rule {
        match signal {
            Signal::Message(message) => {
                self.enqueue(to, message);
                Rule::SigMessageArrive
            }
            Signal::AliasMessage(alias, message) => self.alias_message(to, alias, message),
            Signal::Link => self.link_arrives(from, to),
            Signal::Unlink(id) => {
                self.live(to).links.remove(&from);
                if self.is_alive(from) {
                    self.emit(to, from, Signal::Unlinked(id));
                }
                Rule::SigUnlinkDone
            }
            Signal::Unlinked(id) => {
                let unlinking = &mut self.live(to).unlinking;
                if unlinking.get(&from) == Some(&id) {
                    unlinking.remove(&from);
                    Rule::SigUnlinkedMatch
                } else {
                    Rule::SigUnlinkedStale
                }
            }
            Signal::Exit { reason, by_link } => self.exit_arrives(from, to, reason, by_link),
            Signal::Monitor { reference, item } => {
                self.live(to).watchers.push(Watcher { reference, pid: from, item });
                Rule::SigMonitorSet
            }
            Signal::Demonitor(reference) => {
                self.live(to).watchers.retain(|watcher| watcher.reference != reference);
                Rule::SigDemonitorDone
            }
            Signal::Down { reference, item, reason } => {
                self.down_arrives(to, reference, item, reason)
            }
            Signal::Leader(leader) => {
                self.live(to).group_leader = leader;
                Rule::SigLeaderSet
            }
            Signal::Info(question) => {
                let answer = crate::native::info::answer(self, to, &question);
                self.emit(to, from, Signal::Answer(answer));
                Rule::SigInfoReply
            }
            Signal::Answer(answer) => {
                self.answer(to, answer);
                Rule::SigInfoAnswer
            }
        }
    }

    /// The dead hear nothing, but what asks for an answer gets one.
    fn arrive_at_dead(&mut self, from: Pid, to: Pid, signal: Signal) -> Rule {
        let sender_lives = self.is_alive(from);
        match signal {
            Signal::Link => {
                if sender_lives {
                    let reason = Term::atom("noproc");
                    self.emit(to, from, Signal::Exit { reason, by_link: true });
                }
                Rule::SigLinkDead
            }
            Signal::Monitor { reference, item } => {
                if sender_lives {
                    let reason = Term::atom("noproc");
                    self.emit(to, from, Signal::Down { reference, item, reason });
                }
                Rule::SigMonitorDead
            }
            Signal::Info(question) => {
                let answer = match question {
                    Question::IsAlive => Term::boolean(false),
                    Question::Items(_) => Term::atom("undefined"),
                };
                if sender_lives {
                    self.emit(to, from, Signal::Answer(answer));
                }
                Rule::SigInfoDead
            }
            Signal::Exit { .. } => Rule::SigExitDead,
            Signal::Unlink(_) | Signal::Unlinked(_) => Rule::SigUnlinkDead,
            Signal::Demonitor(_) => Rule::SigDemonitorDead,
            Signal::Leader(_) => Rule::SigLeaderDead,
            Signal::Message(_)
            | Signal::AliasMessage(..)
            | Signal::Down { .. }
            | Signal::Answer(_) => Rule::SigMessageDead,
        }
    }

    /// A message through an alias counts only if the alias still is one (`sig.alias.place`).
    fn alias_message(&mut self, to: Pid, alias: Ref, message: Term) -> Rule {
        let process = self.live(to);
        let Some(kind) = process.aliases.get(&alias).copied() else {
            return Rule::SigMessageUnaliased;
        };
        if matches!(kind, Alias::Reply | Alias::ReplyDemonitor) {
            process.aliases.remove(&alias);
            if let Some(watch) = process.watching.remove(&alias) {
                self.emit(to, watch.pid, Signal::Demonitor(alias));
            }
        }
        self.enqueue(to, message);
        Rule::SigMessageAlias
    }

    /// What the other end says of the link is out of date while an unlink of ours is pending.
    fn link_arrives(&mut self, from: Pid, to: Pid) -> Rule {
        let process = self.live(to);
        if process.unlinking.contains_key(&from) {
            Rule::SigLinkPending
        } else {
            process.links.insert(from);
            Rule::SigLinkHeld
        }
    }

    fn exit_arrives(&mut self, from: Pid, to: Pid, reason: Term, by_link: bool) -> Rule {
        let process = self.live(to);
        if by_link && !process.links.remove(&from) {
            return Rule::SigExitUnlinked;
        }
        if !by_link && reason.is_atom("kill") {
            self.kill(to, Term::atom("killed"));
            Rule::SigExitKilled
        } else if process.trap_exit {
            let message = exit_message(from, reason);
            self.enqueue(to, message);
            Rule::SigExitTrapped
        } else if reason.is_atom("normal") {
            Rule::SigExitNormal
        } else {
            self.kill(to, reason);
            Rule::SigExitEnds
        }
    }

    fn down_arrives(&mut self, to: Pid, reference: Ref, item: Term, reason: Term) -> Rule {
        let process = self.live(to);
        let Some(Watch { tag, .. }) = process.watching.remove(&reference) else {
            return Rule::SigDownGone;
        };
        if matches!(process.aliases.get(&reference), Some(Alias::Demonitor | Alias::ReplyDemonitor))
        {
            process.aliases.remove(&reference);
        }
        self.enqueue(to, down_message(tag, reference, item, reason));
        Rule::SigDownArrive
    }

    /// A process ends: its names are free, then the linked and the watching are told
    /// (`end.process.tell`).
    pub(crate) fn end_process(&mut self, pid: Pid, me: Process, reason: Term) {
        self.fire(Rule::EndProcessTell);
        self.slot(pid).reason = Some(reason.clone());
        self.live -= 1;
        if self.config.root_halts && self.slot(pid).origin == Origin::Root {
            self.fire(Rule::EndMachineHalt);
            let status = u8::from(!reason.is_atom("normal"));
            self.ended.get_or_insert(End::Halt(status));
        }
        self.names.retain(|_, named| *named != pid);
        for peer in me.links {
            if self.is_alive(peer) {
                self.emit(pid, peer, Signal::Exit { reason: reason.clone(), by_link: true });
            }
        }
        for Watcher { reference, pid: watcher, item } in me.watchers {
            if self.is_alive(watcher) {
                let reason = reason.clone();
                self.emit(pid, watcher, Signal::Down { reference, item, reason });
            }
        }
        self.timers.retain(|_, timer| !matches!(timer.to, Term::Pid(to) if to == pid));
        self.calls.retain(|(caller, _), _| *caller != pid);
    }

    /// A live process ends with this reason in the step that decides so.
    pub(crate) fn kill(&mut self, pid: Pid, reason: Term) {
        let process = self.slot(pid).live.take().expect("the process lives");
        self.end_process(pid, *process, reason);
    }

    fn live(&mut self, pid: Pid) -> &mut Process {
        self.process_mut(pid).expect("the receiver lives")
    }
}

/// `{'EXIT', From, Reason}`.
pub(crate) fn exit_message(from: Pid, reason: Term) -> Term {
    Term::tuple([Term::atom("EXIT"), Term::Pid(from), reason])
}

/// `{'DOWN', Reference, process, Item, Reason}`, or with another tag.
pub(crate) fn down_message(tag: Term, reference: Ref, item: Term, reason: Term) -> Term {
    Term::tuple([tag, Term::Ref(reference), Term::atom("process"), item, reason])
}

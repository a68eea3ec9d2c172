//! Message: `send` `recv` `accept` `wait` `mark`.

use super::{Exec, Next};
use crate::atom;
use crate::config::Mode;
use crate::core::Core;
use crate::exception::Exception;
use crate::mailbox::Signal;
use crate::process::{Saved, Status};
use crate::term::{Pid, Ref, Term, View};
use lam_isa::Rule;
use lam_isa::kind::Mark;
use lam_isa::limits::TIMEOUT_MAX_MS;
use lam_isa::operand::{Dst, Else, Label, Src};
use lam_isa::table::Message;
use std::ptr;
use std::sync::atomic::Ordering;

impl Message for Exec<'_> {
    type Out = Next;

    fn send(&mut self, to: &Src, message: &Src, dst: &Dst) -> Next {
        let (to, message) = (self.read(to), self.read(message));
        let done = self.core.send_to(to, message);
        let done = match done {
            Ok(rule) => Ok((rule, message)),
            Err(exception) => Err((Rule::ExecSendBadarg, exception)),
        };
        self.conclude(done, dst, atom::SEND, &[to, message])
    }

    fn recv(&mut self, dst: &Dst, other: &Label) -> Next {
        self.receive(dst, *other)
    }

    fn accept(&mut self) -> Next {
        let core = &mut *self.core;
        core.me.mailbox.accept(&mut core.pool);
        self.core.clear_deadline();
        self.next()
    }

    fn wait(&mut self, timeout: &Src, to: &Else) -> Next {
        let timeout = match self.read(timeout).view() {
            View::Atom(atom::INFINITY) => None,
            View::Small(ms) if (0..=i64::from(TIMEOUT_MAX_MS)).contains(&ms) => {
                Some(ms.unsigned_abs())
            }
            _ => {
                self.core.fire(Rule::ExecWaitBadtime);
                return self.raise(Exception::error(atom::TIMEOUT_VALUE));
            }
        };
        if timeout == Some(0) {
            self.core.me.mailbox.rewind();
            self.core.clear_deadline();
            self.core.fire(Rule::ExecWaitPoll);
            self.core.pc = self.site.next;
            return self.core.safepoint(Saved::default());
        }

        // What is in the inbox arrives when the scheduler sees that the process waits.
        if let Some(label) = to
            && self.core.me.mailbox.has_unseen()
        {
            self.core.fire(Rule::ExecWaitLook);
            return self.look_elsewhere(*label);
        }
        let due = timeout.map(|ms| self.core.machine.due(ms));
        let me = &mut *self.core.me;
        me.deadline = me.deadline.or(due);
        me.at = self.site;
        me.on_message = to.map_or(ptr::null(), |label| self.site.function().target(label));
        self.core.fire(Rule::ExecWaitBlock);
        self.core.pc = self.site.next;
        self.stop(Status::Waiting)
    }

    /// A receive that keeps the promise (`lower::marks`) begins behind the mark: a reference of the
    /// process with a number above those it had made when the place was reserved is in no message
    /// before the place. Measured on `selref` of `bench/` (1,000 messages that nobody wants, half a
    /// million calls to a server): 2.6 s of processor time when every message is looked at, 0.38 s with this.
    fn mark(&mut self, kind: &Mark, args: &Vec<Src>, dst: &Dst) -> Next {
        let core = &mut *self.core;
        let config = &core.machine.config;
        let heeded = config.mode == Mode::Free && config.fuel.is_none();
        match kind {
            Mark::Reserve => {
                if heeded {
                    core.me.mailbox.mark();
                    core.me.marked = core.me.references;
                }
                self.write(dst, Term::NIL);
            }
            Mark::Use if heeded && self.site.heeded => {
                let wanted = args.first().and_then(|src| self.read(src).as_ref());
                let me = &mut *self.core.me;
                let fresh = |r: Ref| r.creator == me.pid && r.number > me.marked;
                if wanted.is_some_and(fresh) && !self.core.machine.forged.load(Ordering::Relaxed) {
                    self.core.me.mailbox.skip_to_mark();
                }
            }
            _ => {}
        }
        self.next()
    }
}

impl Exec<'_> {
    /// See `recv`; the interpreter comes here by a shorter way.
    #[inline]
    pub fn receive(&mut self, dst: &Dst, other: Label) -> Next {
        if !self.core.me.mailbox.has_unseen() {
            self.core.drain_at(self.site);
            if self.core.me.status != Status::Ready {
                return self.stop(self.core.me.status);
            }
        }
        let Some(words) = self.core.me.mailbox.words_ahead() else {
            self.core.fire(Rule::ExecRecvEmpty);
            return self.look_elsewhere(other);
        };
        // No X register is alive: the heap may be collected here, and if the process is stopped for
        // that, it stands before this instruction.
        if self.core.room(words) == Next::Stop {
            return Next::Stop;
        }
        let me = &mut *self.core.me;
        let message = me.mailbox.look(&mut me.heap).unwrap_or(Term::NIL);
        self.core.fire(Rule::ExecRecvFound);
        self.finish(dst, message)
    }

    /// Goes on at a label with no X register alive: a safepoint, as every loop has one.
    fn look_elsewhere(&mut self, label: Label) -> Next {
        let next = self.goto(label);
        if label == Label::CLAUSE { next } else { self.core.safepoint(Saved::default()) }
    }
}

impl Core {
    /// Sends to a pid, a name, `{Name, Node}` or an alias.
    ///
    /// # Errors
    /// `badarg` for anything else, and for a name that is not registered.
    pub fn send_to(&mut self, to: Term, message: Term) -> Result<Rule, Exception> {
        match to.view() {
            View::Pid(pid) => Ok(self.send_to_process(pid, message)),
            View::Ref(alias) => Ok(self.send_to_alias(alias, message)),
            View::Atom(name) => match self.machine.named(name) {
                Some(pid) => Ok(self.send_to_process(pid, message)),
                None => Err(Exception::badarg()),
            },
            View::Tuple([name, node]) => {
                let pair = name.as_atom().zip(node.as_atom());
                let (name, node) = pair.ok_or_else(Exception::badarg)?;
                match self.machine.named(name).filter(|_| node == self.node()) {
                    Some(pid) => Ok(self.send_to_process(pid, message)),
                    None => Ok(Rule::ExecSendNowhere),
                }
            }
            _ => Err(Exception::badarg()),
        }
    }

    /// Sends to a process; to oneself it arrives at once (`sig.self.once`).
    fn send_to_process(&mut self, to: Pid, message: Term) -> Rule {
        if to == self.me.pid {
            self.enqueue_to_self(message);
            Rule::ExecSendSelf
        } else if self.emit_to_live(to, Signal::Message, 0, message) {
            Rule::ExecSendLive
        } else {
            Rule::ExecSendDead
        }
    }

    /// The alias is looked up where its owner is, when the message arrives there.
    fn send_to_alias(&mut self, alias: Ref, message: Term) -> Rule {
        let owner = alias.creator;
        if owner == self.me.pid {
            let kind = self.me.ties.as_ref().and_then(|ties| ties.alias(alias.number));
            if let Some(kind) = kind {
                self.use_alias(alias.number, kind);
                self.enqueue_to_self(message);
            }
        } else {
            self.emit_to_live(owner, Signal::AliasMessage, alias.number, message);
        }
        Rule::ExecSendAlias
    }
}

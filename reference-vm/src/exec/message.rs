//! Message: `send` `recv` `accept` `wait` `mark`.

use super::Exec;
use crate::native::Exception;
use crate::process::{Deadline, Status};
use crate::signal::Signal;
use crate::term::{Atom, Pid, Ref, Term};
use lam_isa::Rule;
use lam_isa::kind::Mark;
use lam_isa::limits::TIMEOUT_MAX_MS;
use lam_isa::operand::{Dst, Else, Label, Src};
use lam_isa::table::Message;

impl Message for Exec<'_> {
    type Out = Rule;

    fn send(&mut self, to: &Src, message: &Src, dst: &Dst) -> Rule {
        let (to, message) = (self.read(to), self.read(message));

        let rule = match self.send_to(&to, message.clone()) {
            Ok(rule) => rule,
            Err(exception) => {
                let frame =
                    self.native_frame(Atom::new("erlang"), Atom::new("send"), vec![to, message]);
                return self.raise_with(Rule::ExecSendBadarg, exception, Some(frame));
            }
        };

        self.write_only(dst, message);
        self.next();
        rule
    }

    fn recv(&mut self, dst: &Dst, other: &Label) -> Rule {
        match self.me.mailbox.get(self.me.cursor).cloned() {
            Some(message) => {
                self.me.cursor += 1;
                self.write_only(dst, message);
                self.next();
                Rule::ExecRecvFound
            }
            None => {
                self.me.x.clear();
                self.goto(*other);
                Rule::ExecRecvEmpty
            }
        }
    }

    fn accept(&mut self) -> Rule {
        self.me.mailbox.remove(self.me.cursor - 1);
        self.me.cursor = 0;
        self.me.deadline = Deadline::None;
        self.next();
        Rule::ExecAcceptTake
    }

    fn wait(&mut self, timeout: &Src, to: &Else) -> Rule {
        let timeout = match self.read(timeout) {
            Term::Atom(atom) if atom.text() == "infinity" => None,
            Term::Int(ms) if (0..=i64::from(TIMEOUT_MAX_MS)).contains(&ms) => {
                Some(ms.unsigned_abs())
            }
            _ => return self.raise(Rule::ExecWaitBadtime, Exception::error("timeout_value")),
        };
        let unseen = self.me.cursor < self.me.mailbox.len();

        self.me.x.clear();
        match (timeout, to) {
            (Some(0), _) => {
                self.me.cursor = 0;
                self.me.deadline = Deadline::None;
                self.next();
                Rule::ExecWaitPoll
            }
            (_, Some(label)) if unseen => {
                self.goto(*label);
                Rule::ExecWaitLook
            }
            _ => {
                if let (Some(ms), Deadline::None) = (timeout, self.me.deadline) {
                    self.me.deadline = Deadline::At(self.machine.due(ms));
                }
                self.me.status = Status::Waiting;
                Rule::ExecWaitBlock
            }
        }
    }

    fn mark(&mut self, kind: &Mark, _args: &Vec<Src>, dst: &Dst) -> Rule {
        if *kind == Mark::Reserve {
            self.write(dst, Term::Nil);
        }
        self.next();
        Rule::ExecMarkHint
    }
}

impl Exec<'_> {
    /// Sends to a pid, a name, `{Name, Node}` or an alias.
    pub(crate) fn send_to(&mut self, to: &Term, message: Term) -> Result<Rule, Exception> {
        match to {
            Term::Pid(pid) => Ok(self.send_to_process(*pid, message)),
            Term::Ref(alias) => Ok(self.send_to_alias(*alias, message)),
            Term::Atom(name) => match self.machine.names.get(name).copied() {
                Some(pid) => Ok(self.send_to_process(pid, message)),
                None => Err(Exception::badarg()),
            },
            Term::Tuple(pair) => match &pair[..] {
                [Term::Atom(name), Term::Atom(node)] => {
                    let here = node.text() == self.machine.config.node;
                    match self.machine.names.get(name).copied().filter(|_| here) {
                        Some(pid) => Ok(self.send_to_process(pid, message)),
                        None => Ok(Rule::ExecSendNowhere),
                    }
                }
                _ => Err(Exception::badarg()),
            },
            _ => Err(Exception::badarg()),
        }
    }

    /// Sends to a process; to oneself it arrives at once (`sig.self.once`).
    fn send_to_process(&mut self, to: Pid, message: Term) -> Rule {
        if to == self.pid {
            self.enqueue_to_self(message);
            Rule::ExecSendSelf
        } else if self.machine.is_alive(to) {
            self.machine.emit(self.pid, to, Signal::Message(message));
            Rule::ExecSendLive
        } else {
            Rule::ExecSendDead
        }
    }

    /// The alias is looked up where its owner is, when the message arrives there.
    fn send_to_alias(&mut self, alias: Ref, message: Term) -> Rule {
        let owner = alias.creator;
        if owner == self.pid {
            if let Some(kind) = self.me.aliases.get(&alias).copied() {
                self.use_alias(alias, kind);
                self.machine.fire(Rule::SigMessageAlias);
                self.enqueue_to_self(message);
            } else {
                self.machine.fire(Rule::SigMessageUnaliased);
            }
        } else if self.machine.is_alive(owner) {
            self.machine.emit(self.pid, owner, Signal::AliasMessage(alias, message));
        }
        Rule::ExecSendAlias
    }

    /// A message to oneself enters the mailbox, if there is room.
    pub(super) fn enqueue_to_self(&mut self, message: Term) {
        if self.me.mailbox.len() >= self.machine.config.mailbox_max {
            self.machine.fire(Rule::LimMailboxFull);
            let reason = Term::tuple([Term::atom("system_limit"), Term::atom("mailbox")]);
            self.me.status = Status::Exiting(reason);
        } else {
            self.me.enqueue(message);
        }
    }
}

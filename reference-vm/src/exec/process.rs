//! Process: `spawn` `link` `unlink` `monitor` `demonitor` `exit` `flag` `yield`.

use super::Exec;
use crate::machine::Origin;
use crate::native::Exception;
use crate::process::{Alias, Budget, Status, Watch, Watcher};
use crate::signal::{Signal, down_message, exit_message};
use crate::term::{Atom, Pid, Ref, Term};
use lam_isa::Rule;
use lam_isa::operand::{Dst, Src};
use lam_isa::table::Process;

/// What an instruction of this family did, or which rule says why it raises.
pub(crate) type Done<T> = Result<(Rule, T), (Rule, Exception)>;

impl Process for Exec<'_> {
    type Out = Rule;

    fn spawn(
        &mut self,
        module: &Src,
        function: &Src,
        args: &Src,
        options: &Src,
        dst: &Dst,
    ) -> Rule {
        let call = [self.read(module), self.read(function), self.read(args)];
        let options = self.read(options);
        let default = matches!(options, Term::Nil);
        let done = self.spawn_process(&call, &options);
        let mut args = Vec::from(call);
        if !default {
            args.push(options);
        }
        self.finish(done, dst, if default { "spawn" } else { "spawn_opt" }, args)
    }

    fn link(&mut self, pid: &Src) -> Rule {
        let pid = self.read(pid);
        let done = self.link_with(&pid);
        self.finish(done, &Dst::Discard, "link", vec![pid])
    }

    fn unlink(&mut self, pid: &Src) -> Rule {
        let pid = self.read(pid);
        let done = self.unlink_from(&pid);
        self.finish(done, &Dst::Discard, "unlink", vec![pid])
    }

    fn monitor(&mut self, kind: &Src, item: &Src, options: &Src, dst: &Dst) -> Rule {
        let (kind, item, options) = (self.read(kind), self.read(item), self.read(options));
        let done = self.watch(&kind, &item, &options);
        let mut args = vec![kind, item];
        if !matches!(options, Term::Nil) {
            args.push(options);
        }
        self.finish(done, dst, "monitor", args)
    }

    fn demonitor(&mut self, reference: &Src, options: &Src, dst: &Dst) -> Rule {
        let (reference, options) = (self.read(reference), self.read(options));
        let done = self.unwatch(&reference, &options);
        let mut args = vec![reference];
        if !matches!(options, Term::Nil) {
            args.push(options);
        }
        self.finish(done, dst, "demonitor", args)
    }

    fn exit(&mut self, pid: &Src, reason: &Src) -> Rule {
        let (pid, reason) = (self.read(pid), self.read(reason));
        let done = self.send_exit(&pid, &reason);
        self.finish(done, &Dst::Discard, "exit", vec![pid, reason])
    }

    fn flag(&mut self, name: &Src, value: &Src, dst: &Dst) -> Rule {
        let (name, value) = (self.read(name), self.read(value));
        let done = self.set_flag(&name, &value);
        self.finish(done, dst, "process_flag", vec![name, value])
    }

    fn yield_(&mut self) -> Rule {
        self.machine.yielded = true;
        self.me.x.clear();
        self.next();
        Rule::ExecYieldGive
    }
}

impl Exec<'_> {
    /// Writes the result and goes on with all other X dead, or raises as the function of that
    /// name would.
    fn finish(&mut self, done: Done<Term>, dst: &Dst, name: &str, args: Vec<Term>) -> Rule {
        match done {
            Ok((rule, result)) => {
                self.write_only(dst, result);
                self.next();
                rule
            }
            Err((rule, exception)) => {
                let frame = self.native_frame(Atom::new("erlang"), Atom::new(name), args);
                self.raise_with(rule, exception, Some(frame))
            }
        }
    }

    /// Creates a process that calls `module:function(args)`.
    pub(crate) fn spawn_process(&mut self, call: &[Term; 3], options: &Term) -> Done<Term> {
        let badarg = || (Rule::ExecSpawnBadarg, Exception::badarg());
        let [module, function, args] = call;
        let module = module.as_atom().ok_or_else(badarg)?;
        let function = function.as_atom().ok_or_else(badarg)?;
        let args = args.to_vec().ok_or_else(badarg)?;
        let mut wanted = SpawnOptions::default();
        for option in options.to_vec().ok_or_else(badarg)? {
            wanted.add(&option).ok_or_else(badarg)?;
        }
        if self.machine.live >= self.machine.config.processes_max {
            self.machine.fire(Rule::LimProcessCount);
            return Err((Rule::ExecSpawnLimit, Exception::system_limit()));
        }

        self.me.children += 1;
        let origin = Origin::Child { parent: self.pid, number: self.me.children };
        let leader = self.me.group_leader;
        let child = self.machine.add_process(origin, (module, function, args), Some(leader));
        if wanted.link {
            self.me.links.insert(child);
        }
        let watch = wanted.monitor.map(|monitor| self.new_watch(child, monitor));
        let (me, born) = (self.pid, self.machine.process_mut(child).expect("it was just made"));
        if wanted.link {
            born.links.insert(me);
        }
        let result = match watch {
            None => Term::Pid(child),
            Some(reference) => {
                let item = Term::Pid(child);
                born.watchers.push(Watcher { reference, pid: me, item: item.clone() });
                Term::tuple([item, Term::Ref(reference)])
            }
        };
        Ok((Rule::ExecSpawnStart, result))
    }

    pub(crate) fn link_with(&mut self, pid: &Term) -> Done<Term> {
        let Term::Pid(peer) = *pid else {
            return Err((Rule::ExecLinkBadarg, Exception::badarg()));
        };
        let rule = if peer == self.pid || self.me.links.contains(&peer) {
            Rule::ExecLinkHeld
        } else if self.machine.is_alive(peer) {
            self.me.unlinking.remove(&peer);
            self.me.links.insert(peer);
            self.machine.emit(self.pid, peer, Signal::Link);
            Rule::ExecLinkRequest
        } else if self.me.trap_exit {
            // Behind what the peer sent before it ended.
            self.me.unlinking.remove(&peer);
            let message = exit_message(peer, Term::atom("noproc"));
            self.machine.emit(peer, self.pid, Signal::Message(message));
            Rule::ExecLinkDead
        } else {
            return Err((Rule::ExecLinkNoproc, Exception::error("noproc")));
        };
        Ok((rule, Term::boolean(true)))
    }

    pub(crate) fn unlink_from(&mut self, pid: &Term) -> Done<Term> {
        let Term::Pid(peer) = *pid else {
            return Err((Rule::ExecUnlinkBadarg, Exception::badarg()));
        };
        let rule = if !self.me.links.remove(&peer) {
            Rule::ExecUnlinkNone
        } else if self.machine.is_alive(peer) {
            self.me.unlinks += 1;
            self.me.unlinking.insert(peer, self.me.unlinks);
            self.machine.emit(self.pid, peer, Signal::Unlink(self.me.unlinks));
            Rule::ExecUnlinkRequest
        } else {
            Rule::ExecUnlinkDead
        };
        Ok((rule, Term::boolean(true)))
    }

    pub(crate) fn watch(&mut self, kind: &Term, item: &Term, options: &Term) -> Done<Term> {
        let badarg = || (Rule::ExecMonitorBadarg, Exception::badarg());
        if !kind.is_atom("process") {
            return Err(badarg());
        }
        let monitor = MonitorOptions::of(options).ok_or_else(badarg)?;
        let here = Term::atom(self.machine.config.node);
        let (pid, shown) = match item {
            Term::Pid(pid) => (Some(*pid), item.clone()),
            Term::Atom(name) => {
                let pid = self.machine.names.get(name).copied();
                (pid, Term::tuple([item.clone(), here]))
            }
            Term::Tuple(pair) => match &pair[..] {
                [Term::Atom(name), node @ Term::Atom(_)] => {
                    let known = self.machine.names.get(name).copied();
                    (known.filter(|_| *node == here), item.clone())
                }
                _ => return Err(badarg()),
            },
            _ => return Err(badarg()),
        };

        let rule;
        let reference = match pid {
            Some(pid) if pid == self.pid => {
                rule = Rule::ExecMonitorSelf;
                self.new_alias(monitor.alias)
            }
            Some(pid) => {
                rule = Rule::ExecMonitorRequest;
                let reference = self.new_watch(pid, monitor);
                let signal = Signal::Monitor { reference, item: shown };
                self.machine.emit(self.pid, pid, signal);
                reference
            }
            None => {
                rule = Rule::ExecMonitorNoname;
                let reference = self.me.new_reference(self.pid);
                let down = down_message(monitor.tag, reference, shown, Term::atom("noproc"));
                self.enqueue_to_self(down);
                // Of the other modes the alias ends with the monitor, and that has ended.
                if monitor.alias == Some(Alias::Explicit) {
                    self.activate(reference, Alias::Explicit);
                }
                reference
            }
        };
        Ok((rule, Term::Ref(reference)))
    }

    pub(crate) fn unwatch(&mut self, reference: &Term, options: &Term) -> Done<Term> {
        let badarg = || (Rule::ExecDemonitorBadarg, Exception::badarg());
        let Term::Ref(reference) = *reference else { return Err(badarg()) };
        let (mut flush, mut info) = (false, false);
        for option in options.to_vec().ok_or_else(badarg)? {
            match option.as_atom().map(Atom::text) {
                Some("flush") => flush = true,
                Some("info") => info = true,
                _ => return Err(badarg()),
            }
        }
        if reference.creator != self.pid {
            // Only its maker can use a reference as a monitor; elsewhere it is none.
            return Ok((Rule::ExecDemonitorGone, Term::boolean(!info)));
        }

        let held = self.me.watching.remove(&reference);
        if matches!(self.me.aliases.get(&reference), Some(Alias::Demonitor | Alias::ReplyDemonitor))
        {
            self.me.aliases.remove(&reference);
        }
        let rule = match &held {
            Some(watch) => {
                let pid = watch.pid;
                if self.machine.is_alive(pid) {
                    self.machine.emit(self.pid, pid, Signal::Demonitor(reference));
                }
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
        let is_down = |message: &Term| match message.as_tuple() {
            Some([_, Term::Ref(found), kind, _, _]) => {
                *found == reference && kind.is_atom("process")
            }
            _ => false,
        };
        if let Some(place) = self.me.mailbox.iter().position(is_down) {
            self.me.mailbox.remove(place);
            if place < self.me.cursor {
                self.me.cursor -= 1;
            }
        }
    }

    pub(crate) fn send_exit(&mut self, pid: &Term, reason: &Term) -> Done<Term> {
        let Term::Pid(to) = *pid else {
            return Err((Rule::ExecExitBadarg, Exception::badarg()));
        };
        let reason = reason.clone();
        let rule = if to != self.pid {
            if self.machine.is_alive(to) {
                self.machine.emit(self.pid, to, Signal::Exit { reason, by_link: false });
                Rule::ExecExitOther
            } else {
                Rule::ExecExitDead
            }
        } else if reason.is_atom("kill") {
            self.me.status = Status::Exiting(Term::atom("killed"));
            Rule::ExecExitSelfKill
        } else if self.me.trap_exit {
            let message = exit_message(self.pid, reason);
            self.enqueue_to_self(message);
            Rule::ExecExitSelfTrap
        } else {
            self.me.status = Status::Exiting(reason);
            Rule::ExecExitSelf
        };
        Ok((rule, Term::boolean(true)))
    }

    pub(crate) fn set_flag(&mut self, name: &Term, value: &Term) -> Done<Term> {
        let badarg = || (Rule::ExecFlagBadarg, Exception::badarg());
        let name = name.as_atom().ok_or_else(badarg)?.text();
        let count = || matches!(value, Term::Int(n) if *n >= 0);
        let (valid, default) = match name {
            "trap_exit" => {
                let on = value.as_boolean().ok_or_else(badarg)?;
                let old = std::mem::replace(&mut self.me.trap_exit, on);
                return Ok((Rule::ExecFlagSet, Term::boolean(old)));
            }
            "greedy" => return self.grant(value),
            "priority" => {
                let names = ["low", "normal", "high", "max"];
                (names.iter().any(|level| value.is_atom(level)), Term::atom("normal"))
            }
            "min_heap_size" => (count(), Term::Int(233)),
            "min_bin_vheap_size" => (count(), Term::Int(46_422)),
            "max_heap_size" => {
                let off = Term::Int(0);
                (count() || matches!(value, Term::Map(_)), off)
            }
            "fullsweep_after" => (count(), Term::Int(65_535)),
            "save_calls" => (count(), Term::Int(0)),
            "sensitive" => (value.as_boolean().is_some(), Term::boolean(false)),
            "error_handler" => (value.as_atom().is_some(), Term::atom("error_handler")),
            "message_queue_data" => {
                (value.is_atom("on_heap") || value.is_atom("off_heap"), Term::atom("on_heap"))
            }
            _ => return Err(badarg()),
        };
        if !valid {
            return Err(badarg());
        }
        let old = self.me.flags.insert(name, value.clone()).unwrap_or(default);
        Ok((Rule::ExecFlagSet, old))
    }

    /// Grants a budget (`sched.budget.greedy`, `sched.budget.infinite`).
    fn grant(&mut self, value: &Term) -> Done<Term> {
        let largest = self.machine.config.budget_max;
        let running = self.machine.procs.iter().filter_map(|slot| slot.live.as_ref());
        let infinite = running.filter(|process| process.budget == Some(Budget::Infinite)).count();
        let room = infinite + 1 < self.machine.config.schedulers as usize;
        let budget = match value {
            Term::Int(n) if *n > 0 => {
                Budget::Reductions(u32::try_from(*n).unwrap_or(u32::MAX).min(largest))
            }
            Term::Atom(atom) if atom.text() == "infinity" && room => Budget::Infinite,
            Term::Atom(atom) if atom.text() == "infinity" => Budget::Reductions(largest),
            _ => return Err((Rule::ExecFlagBadarg, Exception::badarg())),
        };
        self.me.budget = Some(budget);
        let granted = match budget {
            Budget::Reductions(reductions) => Term::Int(i64::from(reductions)),
            Budget::Infinite => Term::atom("infinity"),
        };
        Ok((Rule::ExecFlagGreedy, granted))
    }

    /// A fresh reference, an alias of that kind if one is given.
    pub(crate) fn new_alias(&mut self, kind: Option<Alias>) -> Ref {
        let reference = self.me.new_reference(self.pid);
        if let Some(kind) = kind {
            self.activate(reference, kind);
        }
        reference
    }

    /// A reference becomes an alias (`exec.alias.make`).
    fn activate(&mut self, reference: Ref, kind: Alias) {
        self.machine.fire(Rule::ExecAliasMake);
        self.me.aliases.insert(reference, kind);
    }

    /// A fresh monitor of a process.
    fn new_watch(&mut self, pid: Pid, monitor: MonitorOptions) -> Ref {
        let reference = self.new_alias(monitor.alias);
        self.me.watching.insert(reference, Watch { pid, tag: monitor.tag });
        reference
    }

    /// A message has come through an alias: one that serves once ends, and its monitor with it.
    pub(super) fn use_alias(&mut self, alias: Ref, kind: Alias) {
        if matches!(kind, Alias::Reply | Alias::ReplyDemonitor) {
            self.me.aliases.remove(&alias);
            if let Some(watch) = self.me.watching.remove(&alias) {
                self.machine.emit(self.pid, watch.pid, Signal::Demonitor(alias));
            }
        }
    }
}

/// The options of `monitor`.
#[derive(Clone, Debug)]
struct MonitorOptions {
    tag: Term,
    alias: Option<Alias>,
}

impl MonitorOptions {
    fn of(options: &Term) -> Option<MonitorOptions> {
        let mut wanted = MonitorOptions { tag: Term::atom("DOWN"), alias: None };
        for option in options.to_vec()? {
            match option.as_tuple()? {
                [name, tag] if name.is_atom("tag") => wanted.tag = tag.clone(),
                [name, kind] if name.is_atom("alias") => {
                    wanted.alias = Some(match kind.as_atom()?.text() {
                        "explicit_unalias" => Alias::Explicit,
                        "demonitor" => Alias::Demonitor,
                        "reply_demonitor" => Alias::ReplyDemonitor,
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
    fn add(&mut self, option: &Term) -> Option<()> {
        const TUNING: [&str; 6] = [
            "priority",
            "fullsweep_after",
            "min_heap_size",
            "min_bin_vheap_size",
            "max_heap_size",
            "message_queue_data",
        ];
        if option.is_atom("link") {
            self.link = true;
        } else if option.is_atom("monitor") {
            self.monitor = MonitorOptions::of(&Term::Nil);
        } else {
            match option.as_tuple()? {
                [name, options] if name.is_atom("monitor") => {
                    self.monitor = Some(MonitorOptions::of(options)?);
                }
                [name, _] if TUNING.contains(&name.as_atom()?.text()) => {}
                _ => return None,
            }
        }
        Some(())
    }
}

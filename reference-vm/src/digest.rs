//! Digests: 128 bits that stand for all of a machine that can matter for what happens next.
//!
//! Left out are names that only tell how a state was reached: pid numbers (spawn paths stand for
//! them), reductions, and the clock unless the program can read it.

use crate::config::Time;
use crate::machine::Machine;
use crate::process::{Deadline, Frames, Process, Status, Value};
use crate::signal::Signal;
use crate::term::{Fun, Pid, Ref, Term};
use std::collections::BTreeMap;

/// The digest of a machine.
pub fn digest(machine: &Machine) -> u128 {
    let mut digest = Digest::new(machine);
    let mut processes: Vec<(&str, Pid)> = Vec::new();
    let paths: Vec<String> =
        (0..).take(machine.procs.len()).map(|n| machine.path(Pid(n)).to_string()).collect();
    for (path, number) in paths.iter().zip(0..) {
        processes.push((path, Pid(number)));
    }
    processes.sort_unstable();
    for (path, pid) in processes {
        digest.text(path);
        let slot = &machine.procs[crate::code::at(pid.0)];
        match (&slot.live, &slot.reason) {
            (Some(process), _) => digest.process(process),
            (None, Some(reason)) => {
                digest.byte(0);
                digest.term(reason);
            }
            (None, None) => digest.byte(9),
        }
    }
    let mut wires: BTreeMap<(String, String), _> = BTreeMap::new();
    for ((from, to), signals) in &machine.wires {
        wires.insert((machine.path(*from).to_string(), machine.path(*to).to_string()), signals);
    }
    for ((from, to), signals) in wires {
        digest.text(&from);
        digest.text(&to);
        digest.number(signals.len() as u64);
        signals.iter().for_each(|signal| digest.signal(signal));
    }
    for (name, pid) in &machine.names {
        digest.text(name.text());
        digest.pid(*pid);
    }
    let mut timers: Vec<_> = machine.timers.iter().collect();
    timers.sort_by_cached_key(|((pid, number), _)| (machine.path(*pid), *number));
    for ((pid, number), timer) in timers {
        digest.pid(*pid);
        digest.number(u64::from(*number));
        digest.reference(timer.reference);
        digest.term(&timer.to);
        digest.term(&timer.message);
        if machine.config.time == Time::Virtual {
            digest.number(timer.due);
        }
    }
    for ((pid, number), request) in &machine.calls {
        digest.pid(*pid);
        digest.number(u64::from(*number));
        digest.term(request);
    }
    for (port, bytes) in machine.ports.iter().chain(&machine.inputs) {
        digest.text(port);
        digest.bytes(bytes);
    }
    for (key, value) in &machine.persistent {
        digest.term(key);
        digest.term(value);
    }
    digest.number(machine.now);
    digest.number(machine.fuel.unwrap_or(u64::MAX));
    digest.number(u64::from(machine.ended.is_some()));
    digest.state
}

/// FNV-1a of 128 bits.
struct Digest<'m> {
    machine: &'m Machine,
    state: u128,
}

impl Digest<'_> {
    fn new(machine: &Machine) -> Digest<'_> {
        Digest { machine, state: 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d }
    }

    fn byte(&mut self, byte: u8) {
        self.state ^= u128::from(byte);
        self.state = self.state.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }

    fn number(&mut self, number: u64) {
        number.to_le_bytes().into_iter().for_each(|byte| self.byte(byte));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        bytes.iter().for_each(|byte| self.byte(*byte));
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn pid(&mut self, pid: Pid) {
        let path = self.machine.path(pid).to_string();
        self.text(&path);
    }

    fn reference(&mut self, reference: Ref) {
        self.pid(reference.creator);
        self.number(u64::from(reference.number));
    }

    /// A term, piece by piece from a work list, so that its depth does not matter.
    fn term(&mut self, term: &Term) {
        let mut todo = vec![term];
        while let Some(term) = todo.pop() {
            match term {
                Term::Int(n) => {
                    self.byte(1);
                    self.number(n.cast_unsigned());
                }
                Term::Big(n) => {
                    self.byte(2);
                    self.bytes(&n.to_signed_bytes_le());
                }
                Term::Float(f) => {
                    self.byte(3);
                    self.number(f.to_bits());
                }
                Term::Atom(atom) => {
                    self.byte(4);
                    self.text(atom.text());
                }
                Term::Nil => self.byte(5),
                Term::Cons(cons) => {
                    self.byte(6);
                    todo.extend([&cons.tail, &cons.head]);
                }
                Term::Tuple(elements) => {
                    self.byte(7);
                    self.number(elements.len() as u64);
                    todo.extend(elements.iter().rev());
                }
                Term::Map(map) => {
                    self.byte(8);
                    self.number(map.len() as u64);
                    todo.extend(map.iter().flat_map(|(key, value)| [key, value]));
                }
                Term::Bits(bits) => {
                    self.byte(9);
                    self.number(bits.bit_length() as u64);
                    self.bytes(&bits.bytes());
                }
                Term::Fun(fun) => match &**fun {
                    Fun::Local { version, function, captured, .. } => {
                        self.byte(10);
                        self.number(u64::from(*version));
                        self.number(u64::from(*function));
                        self.number(captured.len() as u64);
                        todo.extend(captured);
                    }
                    Fun::External { module, name, arity } => {
                        self.byte(11);
                        self.text(module.text());
                        self.text(name.text());
                        self.byte(*arity);
                    }
                },
                Term::Pid(pid) => {
                    self.byte(12);
                    self.pid(*pid);
                }
                Term::Ref(reference) => {
                    self.byte(13);
                    self.reference(*reference);
                }
            }
        }
    }

    fn value(&mut self, process: &Process, value: &Value) {
        match value {
            Value::Dead => self.byte(20),
            Value::Term(term) => self.term(term),
            Value::Handler(label) => {
                self.byte(21);
                self.number(u64::from(label.0));
            }
            Value::Context(number) => {
                self.byte(22);
                self.number(u64::from(*number));
                if let Some(reader) = process.contexts.get(number) {
                    self.number(reader.position() as u64);
                    self.bytes(&reader.bits().bytes());
                }
            }
            Value::Trace(trace) => {
                self.byte(23);
                self.text(trace.class.text());
                match &trace.frames {
                    Frames::Given(term) => self.term(term),
                    Frames::Recorded(frames) => {
                        for frame in frames {
                            self.text(frame.module.text());
                            self.text(frame.name.text());
                            self.term(&frame.arity);
                            self.term(&frame.info);
                        }
                    }
                }
            }
        }
    }

    fn place(&mut self, place: &crate::code::Place) {
        self.number(u64::from(place.module.version));
        self.number(u64::from(place.function));
        self.number(u64::from(place.pc));
    }

    fn process(&mut self, process: &Process) {
        match &process.status {
            Status::Ready => self.byte(30),
            Status::Waiting => self.byte(31),
            Status::Blocked(number) => {
                self.byte(32);
                self.number(u64::from(*number));
            }
            Status::Exiting(reason) => {
                self.byte(33);
                self.term(reason);
            }
        }
        self.place(&process.place);
        let live = process.x.iter().rposition(|value| !matches!(value, Value::Dead));
        let x = &process.x[..live.map_or(0, |last| last + 1)];
        for values in [x, &process.y[..]] {
            self.number(values.len() as u64);
            values.iter().for_each(|value| self.value(process, value));
        }
        self.number(process.stack.len() as u64);
        for activation in &process.stack {
            self.place(&activation.ret);
            activation.y.iter().for_each(|value| self.value(process, value));
        }
        self.number(process.mailbox.len() as u64);
        process.mailbox.iter().for_each(|message| self.term(message));
        self.number(process.cursor as u64);
        match process.deadline {
            Deadline::None => self.byte(40),
            Deadline::At(due) => {
                self.byte(41);
                if self.machine.config.time == Time::Virtual {
                    self.number(due);
                }
            }
        }
        self.peers(process);
        self.byte(u8::from(process.trap_exit));
        for (name, value) in &process.flags {
            self.text(name);
            self.term(value);
        }
        for (key, value) in &process.dictionary {
            self.term(key);
            self.term(value);
        }
        self.pid(process.group_leader);
        for count in [process.children, process.references, process.timers, process.calls] {
            self.number(u64::from(count));
        }
        self.text(&format!("{:?}", process.budget));
    }

    /// Links, monitors and aliases.
    fn peers(&mut self, process: &Process) {
        let mut links: Vec<String> =
            process.links.iter().map(|pid| self.machine.path(*pid).to_string()).collect();
        links.sort_unstable();
        links.iter().for_each(|path| self.text(path));
        self.byte(50);
        let mut unlinking: Vec<(String, u32)> = (process.unlinking.iter())
            .map(|(pid, id)| (self.machine.path(*pid).to_string(), *id))
            .collect();
        unlinking.sort_unstable();
        for (path, id) in unlinking {
            self.text(&path);
            self.number(u64::from(id));
        }
        self.number(u64::from(process.unlinks));
        for watcher in &process.watchers {
            self.reference(watcher.reference);
            self.pid(watcher.pid);
            self.term(&watcher.item);
        }
        self.byte(51);
        for (reference, watch) in &process.watching {
            self.reference(*reference);
            self.pid(watch.pid);
            self.term(&watch.tag);
        }
        self.byte(52);
        for (alias, kind) in &process.aliases {
            self.reference(*alias);
            self.text(&format!("{kind:?}"));
        }
    }

    fn signal(&mut self, signal: &Signal) {
        match signal {
            Signal::Message(message) => {
                self.byte(60);
                self.term(message);
            }
            Signal::AliasMessage(alias, message) => {
                self.byte(61);
                self.reference(*alias);
                self.term(message);
            }
            Signal::Link => self.byte(62),
            Signal::Unlink(id) => {
                self.byte(63);
                self.number(u64::from(*id));
            }
            Signal::Unlinked(id) => {
                self.byte(64);
                self.number(u64::from(*id));
            }
            Signal::Exit { reason, by_link } => {
                self.byte(65 + u8::from(*by_link));
                self.term(reason);
            }
            Signal::Monitor { reference, item } => {
                self.byte(67);
                self.reference(*reference);
                self.term(item);
            }
            Signal::Demonitor(reference) => {
                self.byte(68);
                self.reference(*reference);
            }
            Signal::Down { reference, item, reason } => {
                self.byte(69);
                self.reference(*reference);
                self.term(item);
                self.term(reason);
            }
            Signal::Leader(leader) => {
                self.byte(70);
                self.pid(*leader);
            }
            Signal::Info(question) => self.text(&format!("{question:?}")),
            Signal::Answer(answer) => {
                self.byte(72);
                self.term(answer);
            }
        }
    }
}

//! Readers: threads that wait for input, so that no scheduler has to.
//!
//! Owns one thread for each port that is read from, while the machine lives. A thread that waits
//! for the world knows nothing of the machine but how to find it again: the end of the machine waits
//! for none of them. Book: *The host*.

use crate::atom::Atom;
use crate::heap::Heap;
use crate::machine::Machine;
use crate::mailbox::{Post, Signal};
use crate::native::port;
use crate::sync::Mutex;
use crate::term::Pid;
use crate::term::copy::Packer;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};

/// A call that waits for a line: the process, and the number of the call.
type Call = (Pid, u32);

/// The readers of a machine. Which calls wait is in `Machine::requests`.
#[derive(Debug, Default)]
pub(crate) struct Readers {
    /// Whether there may be any: a machine that is run for a while at a time has only its caller's
    /// thread.
    pub allowed: AtomicBool,
    /// Where to ask for a line of each port.
    ports: Mutex<HashMap<Atom, Sender<Call>>>,
}

/// The process, which blocks from here on in the call of that number, will get the next line of a
/// port; says no if no thread can be had.
pub(crate) fn request(machine: &Arc<Machine>, port: Atom, pid: Pid, call: u32) -> bool {
    if !machine.readers.allowed.load(Ordering::Relaxed) {
        return false;
    }
    let mut ports = machine.readers.ports.lock();
    let calls = match ports.entry(port) {
        Entry::Occupied(there) => there.into_mut(),
        Entry::Vacant(vacant) => {
            let (calls, asked) = channel();
            let of = Arc::downgrade(machine);
            let thread = std::thread::Builder::new().stack_size(1 << 18);
            if thread.spawn(move || serve(&of, port, &asked)).is_err() {
                return false;
            }
            vacant.insert(calls)
        }
    };
    machine.requests.lock().insert((pid, call), port);
    calls.send((pid, call)).is_ok()
}

/// Reads for whoever asks, in order, until the machine is no more.
fn serve(machine: &Weak<Machine>, port: Atom, asked: &Receiver<Call>) {
    while let Ok(call) = asked.recv() {
        let Some(host) = machine.upgrade().map(|machine| machine.host.clone()) else { return };
        let line = host.read_line(port.text());
        let Some(machine) = machine.upgrade() else { return };
        answer(&machine, port, call, line);
    }
}

/// Sends a line to who asked for it. If that has ended meanwhile, the line is the next one's.
fn answer(machine: &Machine, port: Atom, call: Call, line: Option<Vec<u8>>) {
    let (pid, _) = call;
    let heap = &mut Heap::new(0);
    let term = port::answer(heap, line.clone());
    let post = Post::new(&mut Packer::default(), heap, pid, Signal::Answer, 0, term);
    let waits = machine.requests.lock().contains_key(&call);
    match if waits { machine.slots.post(pid, post) } else { Err(post) } {
        Ok(true) => machine.crew.inject(pid.slot),
        Ok(false) => {}
        Err(_) => {
            let mut inputs = machine.inputs.lock();
            let input = inputs.entry(port.text().into()).or_default();
            input.splice(0..0, line.unwrap_or_default());
        }
    }
    // After the process is in a queue: a scheduler that sees no request any more finds it there.
    machine.requests.lock().remove(&call);
    machine.crew.ring();
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Host};
    use crate::vm::{Program, Vm};
    use lam_isa::Capability;
    use std::sync::{Arc, Condvar, Mutex};

    /// A world whose input comes only after somebody has written.
    #[derive(Default)]
    struct World {
        written: Mutex<Vec<u8>>,
        told: Condvar,
    }

    impl Host for World {
        fn write(&self, _: &str, bytes: &[u8]) {
            self.written.lock().expect("nobody panics").extend_from_slice(bytes);
            self.told.notify_all();
        }

        fn read_line(&self, _: &str) -> Option<Vec<u8>> {
            let written = self.written.lock().expect("nobody panics");
            let written = self.told.wait_while(written, |written| !written.contains(&b'!'));
            drop(written.expect("nobody panics"));
            Some(b"line\n".to_vec())
        }

        fn monotonic_ns(&self) -> u64 {
            0
        }

        fn system_ns(&self) -> u64 {
            0
        }
    }

    fn run(source: &str) -> String {
        let parsed = lam_isa::text::parse(source).expect("the program parses").remove(0);
        let module = Arc::new(lam_isa::verify(parsed).expect("the program verifies"));
        let program = Program::new(vec![module]);
        let world = Arc::new(World::default());
        let config = Config { granted: Capability::ALL.into(), ..Config::default() };
        Vm::new(&program, config, world.clone()).run();
        let written = world.written.lock().expect("nobody panics").clone();
        String::from_utf8(written).expect("text was written")
    }

    /// One process reads what comes only when another, which counts, has come to its end.
    #[test]
    fn others_run_while_a_process_reads() {
        let source = r#"
            module m
            export main/0, count/1

            function main/0
                frame +0
                spawn m, count, [10000], [] -> _
                move stdin -> x0
                host lam:read/1
                move x0 -> x1, stdout -> x0
                tail lam:write/2, 0

            function count/1
                test eq_exact x0, 0 else more
                move stdout -> x0, <<"!">> -> x1
                tail lam:write/2, 0
            more:
                op sub x0, 1 -> x0
                tail count/1, 0
        "#;
        assert_eq!(run(source), "!line\n");
    }
}

//! A run on the fast machine.

use super::{deadlock, exhausted, uncaught};
use crate::console::Console;
use crate::diagnostics::{Failure, Status};
use crate::library::Shelves;
use crate::machine::Program;
use lam_fast::{Config, Host, Mode, Time, Vm};
use lam_isa::Verified;
use lam_isa::outcome::End;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime};

/// Runs a program to its end; the status is the program's. With `steps`, a seed and how many steps
/// at most, it is a run that can be repeated.
pub fn run(
    program: &Program,
    config: Config,
    steps: Option<(u64, u64)>,
    console: &Console,
) -> Result<Status, Failure> {
    let (program, shelves) = program.fast()?;
    let mode = if steps.is_some() { Mode::Scheduled } else { Mode::Free };
    let config =
        Config { root_halts: true, mode, time: Time::Virtual, paths: steps.is_some(), ..config };
    let world = Arc::new(World {
        shelves: shelves.clone(),
        console: console.clone(),
        begun: Instant::now(),
        trouble: Mutex::default(),
    });
    let mut vm = Vm::new(&program, config, world.clone());
    match steps {
        Some((seed, steps_max)) => vm.run_seeded(seed, steps_max, &mut |_, _| {}),
        None => vm.run(),
    }
    // A module that was found and could not be read is `undef` for the program.
    shelves.troubles().iter().for_each(|trouble| console.complain(trouble));
    if let Some(failure) = world.trouble.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(failure);
    }
    match (vm.root(), vm.end()) {
        (Some(root), _) if root.normal => Ok(Status::OK),
        (Some(root), _) => {
            let frames = root.frames.into_iter().map(|frame| match frame.place {
                Some((file, line)) => format!("in {}, {file}:{line}", frame.call),
                None => format!("in {}", frame.call),
            });
            Err(uncaught(&root.reason, frames.collect()))
        }
        (None, End::Halt(status)) => Ok(Status(status)),
        (None, End::Exhausted(limit)) => Err(exhausted(limit)),
        (None, End::Quiet) => {
            let waits = vm.waiting().into_iter().map(|waiting| {
                let line = waiting.line.map(|(file, line)| format!(" ({file}:{line})"));
                super::waits(
                    &waiting.path,
                    &waiting.function,
                    &line.unwrap_or_default(),
                    &waiting.mailbox,
                )
            });
            Err(deadlock(waits.collect()))
        }
    }
}

/// The world of a program that is run by hand.
struct World {
    shelves: Arc<Shelves>,
    console: Console,
    begun: Instant,
    /// The first output that could not be written.
    trouble: Mutex<Option<Failure>>,
}

impl Host for World {
    fn module(&self, name: &str) -> Option<Arc<Verified>> {
        self.shelves.find(name)
    }

    fn write(&self, port: &str, bytes: &[u8]) {
        match port {
            "stdout" => {
                if let Err(failure) = self.console.bytes(bytes) {
                    self.trouble
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .get_or_insert(failure);
                }
            }
            "stderr" => self.console.err_bytes(bytes),
            _ => {}
        }
    }

    fn read_line(&self, port: &str) -> Option<Vec<u8>> {
        super::read_line(port)
    }

    fn monotonic_ns(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    #[cfg(unix)]
    fn cpu_ns(&self) -> Option<u64> {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let seconds = u64::try_from(time.tv_sec).ok()?;
        Some(seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).ok()?)
    }

    fn system_ns(&self) -> u64 {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
    }
}

//! Outcomes and schedules: what can be said of a run from outside.
//!
//! Owns the names of processes (spawn paths), the labels of choices and the form of an outcome.
//! Book: *Observation*, *Steps, schedules and fairness*.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The name of a process: its place in the spawn tree. The root is `0`, its children `0.1`,
/// `0.2`, …; a process started at boot beside the root is `name` with children `name.1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    /// The name of the boot process it descends from; `None` for the root program's.
    pub boot: Option<String>,
    /// Child numbers from the first process down.
    pub children: Vec<u32>,
}

impl Path {
    /// The first process of a program.
    pub fn root() -> Path {
        Path { boot: None, children: Vec::new() }
    }

    /// Its child of that number, from 1.
    pub fn child(&self, number: u32) -> Path {
        let mut child = self.clone();
        child.children.push(number);
        child
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.boot.as_deref().unwrap_or("0"))?;
        self.children.iter().try_for_each(|n| write!(f, ".{n}"))
    }
}

/// One thing that may happen next, in the order in which the enabled ones are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// `s:P`: process P takes a step.
    Step(Path),
    /// `d:Q<P`: the oldest signal from P to Q is delivered.
    Deliver {
        /// The receiver.
        to: Path,
        /// The sender.
        from: Path,
    },
    /// `f:P`: the receive timer of P fires; `f:P#n`: its n-th started timer does.
    Fire(Path, Option<u32>),
    /// `c:P#n`: the n-th host call of P completes.
    Complete(Path, u32),
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Step(p) => write!(f, "s:{p}"),
            Label::Deliver { to, from } => write!(f, "d:{to}<{from}"),
            Label::Fire(p, None) => write!(f, "f:{p}"),
            Label::Fire(p, Some(n)) => write!(f, "f:{p}#{n}"),
            Label::Complete(p, n) => write!(f, "c:{p}#{n}"),
        }
    }
}

/// What became of a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It ended with this reason, in canonical text.
    Exited(String),
    /// It waits for ever, with these messages in its mailbox, in canonical text.
    Waiting(Vec<String>),
    /// The machine ended before it did.
    Running,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fate::Exited(reason) => write!(f, "exit {reason}"),
            Fate::Waiting(mailbox) => write!(f, "waiting [{}]", mailbox.join(", ")),
            Fate::Running => f.write_str("running"),
        }
    }
}

/// Which limit a machine ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// The fuel is spent.
    Fuel,
    /// The explorer or runner stopped after this many steps or states.
    Steps,
}

/// How a machine ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Nothing can happen any more.
    Quiet,
    /// `halt` with this status.
    Halt(u8),
    /// A limit of the whole machine.
    Exhausted(Limit),
}

/// All that may be observed of a finished run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome {
    /// What was written to each port, in order.
    pub ports: BTreeMap<String, Vec<u8>>,
    /// What became of each process.
    pub processes: BTreeMap<Path, Fate>,
    /// How the machine ended.
    pub end: End,
}

impl fmt::Display for Outcome {
    /// One line: `0 exit {a, b}; 0.1 waiting [m]`, ports and an unusual end behind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (path, fate) in &self.processes {
            write!(f, "{separator}{path} {fate}")?;
            separator = "; ";
        }
        for (port, bytes) in &self.ports {
            write!(f, "{separator}{port}: {:?}", String::from_utf8_lossy(bytes))?;
            separator = "; ";
        }
        match self.end {
            End::Quiet => Ok(()),
            End::Halt(status) => write!(f, "{separator}halt {status}"),
            End::Exhausted(Limit::Fuel) => write!(f, "{separator}exhausted(fuel)"),
            End::Exhausted(Limit::Steps) => write!(f, "{separator}exhausted(steps)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn labels_print_as_the_book_writes_them() {
        let (root, child) = (Path::root(), Path::root().child(2));
        assert_eq!(Label::Step(child.clone()).to_string(), "s:0.2");
        assert_eq!(Label::Deliver { to: root.clone(), from: child }.to_string(), "d:0<0.2");
        assert_eq!(Label::Fire(root, None).to_string(), "f:0");
    }
}

//! What a host may grant a machine (`exec.host.capability`).
//!
//! Book: *The host*.

use core::fmt;

/// The permission to use natives that reach outside the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// The ports of the run.
    Output,
    /// The time of day.
    Clock,
    /// Random numbers.
    Random,
    /// Environment variables, arguments, the name of the machine.
    Environment,
    /// Files below the folders that the host names.
    Files,
}

impl Capability {
    /// Each of them, in the order of the book.
    pub const ALL: [Capability; 5] = [
        Capability::Output,
        Capability::Clock,
        Capability::Random,
        Capability::Environment,
        Capability::Files,
    ];

    /// Its name in the book and on the command line.
    pub fn text(self) -> &'static str {
        match self {
            Capability::Output => "output",
            Capability::Clock => "clock",
            Capability::Random => "random",
            Capability::Environment => "environment",
            Capability::Files => "files",
        }
    }

    /// The capability of that name.
    pub fn named(text: &str) -> Option<Capability> {
        Capability::ALL.into_iter().find(|capability| capability.text() == text)
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

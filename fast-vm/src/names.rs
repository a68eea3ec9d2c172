//! Registered names. Book: *Signals* (names).

use crate::atom::Atom;
use crate::term::Pid;
use std::collections::HashMap;

/// Which name stands for which process; a process has one at most.
///
/// Whoever changes this while it is locked tells the table of processes (`Slots::set_named`).
#[derive(Debug, Default)]
pub(crate) struct Names {
    pids: HashMap<Atom, Pid>,
    names: HashMap<Pid, Atom>,
}

impl Names {
    /// The process of that name.
    pub fn get(&self, name: Atom) -> Option<Pid> {
        self.pids.get(&name).copied()
    }

    /// The name of a process.
    pub fn of(&self, pid: Pid) -> Option<Atom> {
        self.names.get(&pid).copied()
    }

    /// Enters a name; says whether both it and the process were free.
    pub fn insert(&mut self, name: Atom, pid: Pid) -> bool {
        let free = !self.pids.contains_key(&name) && !self.names.contains_key(&pid);
        if free {
            self.pids.insert(name, pid);
            self.names.insert(pid, name);
        }
        free
    }

    /// Removes a name, and says for whom it stood.
    pub fn remove(&mut self, name: Atom) -> Option<Pid> {
        let pid = self.pids.remove(&name)?;
        self.names.remove(&pid);
        Some(pid)
    }

    /// Removes the name of a process.
    pub fn forget(&mut self, pid: Pid) {
        if let Some(name) = self.names.remove(&pid) {
            self.pids.remove(&name);
        }
    }

    /// All names, in atom order.
    pub fn all(&self) -> Vec<Atom> {
        let mut names: Vec<Atom> = self.pids.keys().copied().collect();
        names.sort_unstable();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_process_find_each_other() {
        let (a, b) = (Atom::new("a"), Atom::new("b"));
        let [first, second] = [0, 1].map(|slot| Pid { serial: 0, slot });
        let mut names = Names::default();
        assert!(names.insert(b, first));
        assert!(!names.insert(a, first) && !names.insert(b, second));
        assert!(names.insert(a, second));
        assert_eq!((names.get(b), names.of(second)), (Some(first), Some(a)));
        assert_eq!(names.all(), [a, b]);
        names.forget(first);
        assert_eq!((names.get(b), names.remove(a)), (None, Some(second)));
        assert_eq!(names.of(second), None);
    }
}

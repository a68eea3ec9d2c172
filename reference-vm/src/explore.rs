//! Exploring: every outcome that some schedule can reach, by exhaustive search.
//!
//! Owns the search and its bounds. It takes every enabled choice in every state; states that
//! differ in nothing that can matter are visited once. Book: *Steps, schedules and fairness*.

use crate::digest::digest;
use crate::machine::{Choice, Machine};
use lam_isa::Rule;
use lam_isa::outcome::Outcome;
use std::collections::{BTreeMap, BTreeSet};

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Exploration {
    /// The outcomes, and for each the labels of one schedule that leads to it.
    pub outcomes: BTreeMap<Outcome, Vec<String>>,
    /// The distinct states.
    pub states: u64,
    /// The steps taken.
    pub transitions: u64,
    /// Whether every state was visited; if not, there may be more outcomes.
    pub complete: bool,
    /// The rules that fired, if the machine records them.
    pub fired: BTreeSet<Rule>,
}

/// Searches from a machine, through at most `states_max` states.
pub fn explore(machine: &Machine, states_max: u64) -> Exploration {
    let mut found = Exploration { complete: true, ..Exploration::default() };
    let mut seen = BTreeSet::new();
    let mut todo = vec![(machine.clone(), None::<Schedule>)];
    seen.insert(digest(machine));
    found.states = 1;
    while let Some((machine, schedule)) = todo.pop() {
        let enabled = machine.enabled();
        if enabled.is_empty() {
            note_end(&mut found, &machine, schedule.as_ref());
            continue;
        }
        let forced = enabled.len() == 1;
        // The last is pushed first, so that the first is searched first.
        for choice in enabled.into_iter().rev() {
            let mut next = machine.clone();
            next.step(choice);
            found.transitions += 1;
            if let Some(fired) = &mut next.fired {
                found.fired.append(fired);
            }
            if !seen.insert(digest(&next)) {
                continue;
            }
            if found.states >= states_max {
                found.complete = false;
                return found;
            }
            found.states += 1;
            let label = if forced { None } else { Some(choice) };
            let schedule = Schedule::then(schedule.clone(), label, &machine);
            todo.push((next, schedule));
        }
    }
    found
}

fn note_end(found: &mut Exploration, machine: &Machine, schedule: Option<&Schedule>) {
    if machine.ended.is_none() && machine.fired.is_some() {
        found.fired.insert(Rule::EndMachineQuiet);
    }
    let labels = || schedule.map(Schedule::labels).unwrap_or_default();
    found.outcomes.entry(machine.outcome()).or_insert_with(labels);
}

/// The labels of a path through the search, newest first, shared between paths.
#[derive(Clone, Debug)]
struct Schedule(std::rc::Rc<(String, Option<Schedule>)>);

impl Schedule {
    fn then(
        before: Option<Schedule>,
        choice: Option<Choice>,
        machine: &Machine,
    ) -> Option<Schedule> {
        match choice {
            None => before,
            Some(choice) => {
                let label = machine.label(choice).to_string();
                Some(Schedule(std::rc::Rc::new((label, before))))
            }
        }
    }

    fn labels(&self) -> Vec<String> {
        let mut labels = vec![self.0.0.clone()];
        let mut rest = &self.0.1;
        while let Some(Schedule(node)) = rest {
            labels.push(node.0.clone());
            rest = &node.1;
        }
        labels.reverse();
        labels
    }
}

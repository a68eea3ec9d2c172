//! Started timers against a model: what is armed, when it is due, what has arrived.

mod driver;

use driver::{call, machine, settle, start};
use lam_reference::term::{Pid, Ref, Term};
use lam_reference::{Choice, Config, Machine, Schedule, run};
use proptest::prelude::*;
use proptest::test_runner::Config as Cases;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use std::collections::BTreeMap;

/// Waits for ever and takes nothing out of its mailbox.
const SINK: &str = "
module sink
export main/0

function main/0
look:
    recv -> x0 else idle
    jump look
idle:
    wait infinity else look
";

#[derive(Clone, Debug)]
enum Act {
    Start(u16),
    Cancel(usize),
    Read(usize),
    Fire(usize),
}

/// Timers are named by when they were started.
#[derive(Clone, Debug, Default)]
struct Model {
    now_ms: u64,
    started: usize,
    due: BTreeMap<usize, u64>,
    arrived: Vec<usize>,
    /// What the last cancelling or reading said.
    left: Option<u64>,
}

impl Model {
    fn left(&self, timer: usize) -> Option<u64> {
        self.due.get(&timer).map(|due| due.saturating_sub(self.now_ms))
    }
}

impl ReferenceStateMachine for Model {
    type State = Model;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::default()).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Act> {
        let start = (0..200_u16).prop_map(Act::Start);
        if model.started == 0 {
            return start.boxed();
        }
        let any = 0..model.started;
        prop_oneof![
            3 => start,
            1 => any.clone().prop_map(Act::Cancel),
            1 => any.clone().prop_map(Act::Read),
            2 => any.prop_map(Act::Fire),
        ]
        .boxed()
    }

    fn preconditions(model: &Model, act: &Act) -> bool {
        match act {
            Act::Start(_) => true,
            Act::Cancel(timer) | Act::Read(timer) => *timer < model.started,
            Act::Fire(timer) => model.due.contains_key(timer),
        }
    }

    fn apply(mut model: Model, act: &Act) -> Model {
        match *act {
            Act::Start(ms) => {
                model.due.insert(model.started, model.now_ms + u64::from(ms));
                model.started += 1;
            }
            Act::Cancel(timer) => {
                model.left = model.left(timer);
                model.due.remove(&timer);
            }
            Act::Read(timer) => model.left = model.left(timer),
            Act::Fire(timer) => {
                let due = model.due.remove(&timer).expect("it is armed");
                model.now_ms = model.now_ms.max(due);
                model.arrived.push(timer);
            }
        }
        model
    }
}

struct Timers {
    machine: Machine,
    sink: Pid,
    references: Vec<Ref>,
    owners: Vec<Pid>,
}

impl StateMachineTest for Timers {
    type SystemUnderTest = Timers;
    type Reference = Model;

    fn init_test(_: &Model) -> Timers {
        let mut machine = machine(SINK, Config::explore());
        let sink = start(&mut machine, "sink");
        settle(&mut machine);
        Timers { machine, sink, references: Vec::new(), owners: Vec::new() }
    }

    fn apply(mut state: Timers, model: &Model, act: Act) -> Timers {
        let machine = &mut state.machine;
        match act {
            Act::Start(ms) => {
                let name = i64::try_from(state.references.len()).expect("few timers");
                let args = vec![Term::Int(ms.into()), Term::Pid(state.sink), Term::Int(name)];
                match call(machine, ("erlang", "send_after"), args) {
                    Ok(Term::Ref(reference)) => {
                        state.owners.push(reference.creator);
                        state.references.push(reference);
                    }
                    other => panic!("{other:?} is no reference"),
                }
            }
            Act::Cancel(timer) | Act::Read(timer) => {
                let name = if matches!(act, Act::Read(_)) { "read_timer" } else { "cancel_timer" };
                let args = vec![Term::Ref(state.references[timer])];
                let said = call(machine, ("erlang", name), args).expect("it is a reference");
                let left = model.left.map_or(Term::atom("false"), Term::integer);
                assert_eq!(said, left, "{name} tells what is left");
            }
            Act::Fire(timer) => {
                // Each owner has started one timer.
                machine.step(Choice::Fire(state.owners[timer], Some(1)));
                settle(machine);
            }
        }
        state
    }

    fn check_invariants(state: &Timers, model: &Model) {
        let machine = &state.machine;
        assert_eq!(machine.now, model.now_ms * 1_000_000);
        let armed: Vec<Choice> =
            model.due.keys().map(|timer| Choice::Fire(state.owners[*timer], Some(1))).collect();
        let mut enabled = machine.enabled();
        enabled.sort();
        assert_eq!(enabled, armed, "what is armed may fire, and nothing else may");
        let sink = machine.process(state.sink).expect("it never ends");
        let arrived: Vec<usize> = sink
            .mailbox
            .iter()
            .map(|term| usize::try_from(term.as_int().expect("a number")).expect("of a timer"))
            .collect();
        assert_eq!(arrived, model.arrived);
    }
}

prop_state_machine! {
    #![proptest_config(Cases { cases: 200, failure_persistence: None, ..Cases::default() })]

    #[test]
    fn timers_do_what_the_model_does(sequential 1..30 => Timers);
}

proptest! {
    #![proptest_config(Cases { cases: 200, failure_persistence: None, ..Cases::default() })]

    /// In virtual time each fires when it is due, those due together in any order.
    #[test]
    fn timers_fire_in_order_of_due_time(delays in prop::collection::vec(0..50_u16, 1..30), seed: u64) {
        for schedule in [Schedule::RoundRobin, Schedule::Seeded(seed)] {
            let mut machine = machine(SINK, Config { reduction_ns: 0, ..Config::default() });
            let sink = start(&mut machine, "sink");
            settle(&mut machine);
            for delay in &delays {
                let delay = Term::Int((*delay).into());
                let args = vec![delay.clone(), Term::Pid(sink), delay];
                call(&mut machine, ("erlang", "send_after"), args).expect("it starts");
            }
            run(&mut machine, &schedule, 100_000, &mut |_, _| {}).expect("no script");
            let sink = machine.process(sink).expect("it never ends");
            let fired: Vec<_> = sink.mailbox.iter().map(|term| term.as_int()).collect();
            let mut sorted: Vec<_> = delays.iter().map(|delay| Some(i64::from(*delay))).collect();
            sorted.sort_unstable();
            prop_assert_eq!(fired, sorted);
            let last = delays.iter().max().expect("at least one");
            prop_assert_eq!(machine.now, u64::from(*last) * 1_000_000);
        }
    }
}

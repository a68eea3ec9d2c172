//! Registered names against a model: who has which, and what death does to it.

mod driver;

use driver::{call, machine, settle, start};
use lam_reference::term::{Atom, Pid, Term};
use lam_reference::{Config, Machine};
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

const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "undefined"];
const WORKERS: usize = 3;

#[derive(Clone, Debug)]
enum Act {
    Register(usize, usize),
    Unregister(usize),
    Whereis(usize),
    Send(usize, u8),
    Kill(usize),
}

#[derive(Clone, Debug, Default)]
struct Model {
    /// The worker of a name.
    names: BTreeMap<usize, usize>,
    dead: [bool; WORKERS],
    mailboxes: [Vec<u8>; WORKERS],
    /// What the last call gave; none if it raised.
    said: Option<Said>,
}

#[derive(Clone, Debug)]
enum Said {
    True,
    Worker(Option<usize>),
    Sent(u8),
}

impl Model {
    fn may_register(&self, name: usize, worker: usize) -> bool {
        NAMES[name] != "undefined"
            && !self.dead[worker]
            && !self.names.contains_key(&name)
            && !self.names.values().any(|holder| *holder == worker)
    }
}

impl ReferenceStateMachine for Model {
    type State = Model;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::default()).boxed()
    }

    fn transitions(_: &Model) -> BoxedStrategy<Act> {
        let name = 0..NAMES.len();
        let worker = 0..WORKERS;
        prop_oneof![
            6 => (name.clone(), worker.clone()).prop_map(|(name, who)| Act::Register(name, who)),
            3 => name.clone().prop_map(Act::Unregister),
            3 => name.clone().prop_map(Act::Whereis),
            3 => (name, any::<u8>()).prop_map(|(name, message)| Act::Send(name, message)),
            1 => worker.prop_map(Act::Kill),
        ]
        .boxed()
    }

    fn apply(mut model: Model, act: &Act) -> Model {
        model.said = match *act {
            Act::Register(name, worker) => model.may_register(name, worker).then(|| {
                model.names.insert(name, worker);
                Said::True
            }),
            Act::Unregister(name) => model.names.remove(&name).map(|_| Said::True),
            Act::Whereis(name) => Some(Said::Worker(model.names.get(&name).copied())),
            Act::Send(name, message) => model.names.get(&name).map(|worker| {
                model.mailboxes[*worker].push(message);
                Said::Sent(message)
            }),
            Act::Kill(worker) => {
                model.dead[worker] = true;
                model.names.retain(|_, holder| *holder != worker);
                Some(Said::True)
            }
        };
        model
    }
}

struct Names {
    machine: Machine,
    workers: Vec<Pid>,
}

impl StateMachineTest for Names {
    type SystemUnderTest = Names;
    type Reference = Model;

    fn init_test(_: &Model) -> Names {
        let mut machine = machine(SINK, Config::explore());
        let workers = (0..WORKERS).map(|_| start(&mut machine, "sink")).collect();
        settle(&mut machine);
        Names { machine, workers }
    }

    fn apply(mut state: Names, model: &Model, act: Act) -> Names {
        let name = |at: usize| Term::atom(NAMES[at]);
        let worker = |at: usize| Term::Pid(state.workers[at]);
        let (function, args) = match act {
            Act::Register(at, who) => ("register", vec![name(at), worker(who)]),
            Act::Unregister(at) => ("unregister", vec![name(at)]),
            Act::Whereis(at) => ("whereis", vec![name(at)]),
            Act::Send(at, message) => ("send", vec![name(at), Term::Int(message.into())]),
            Act::Kill(who) => ("exit", vec![worker(who), Term::atom("kill")]),
        };
        let said = call(&mut state.machine, ("erlang", function), args);
        let expected = match model.said {
            Some(Said::True) => Ok(Term::atom("true")),
            Some(Said::Worker(Some(who))) => Ok(worker(who)),
            Some(Said::Worker(None)) => Ok(Term::atom("undefined")),
            Some(Said::Sent(message)) => Ok(Term::Int(message.into())),
            None => Err("{badarg, []}".to_owned()),
        };
        assert_eq!(said, expected, "erlang:{function}");
        state
    }

    fn check_invariants(state: &Names, model: &Model) {
        let expected: BTreeMap<Atom, Pid> = model
            .names
            .iter()
            .map(|(name, who)| (Atom::new(NAMES[*name]), state.workers[*who]))
            .collect();
        assert_eq!(state.machine.names, expected);
        for (at, pid) in state.workers.iter().enumerate() {
            assert_eq!(state.machine.is_alive(*pid), !model.dead[at]);
            let Some(process) = state.machine.process(*pid) else { continue };
            let mailbox: Vec<Term> = process.mailbox.iter().cloned().collect();
            let expected: Vec<Term> =
                model.mailboxes[at].iter().map(|message| Term::Int((*message).into())).collect();
            assert_eq!(mailbox, expected);
        }
    }
}

prop_state_machine! {
    #![proptest_config(Cases { cases: 300, failure_persistence: None, ..Cases::default() })]

    #[test]
    fn names_do_what_the_model_does(sequential 1..40 => Names);
}

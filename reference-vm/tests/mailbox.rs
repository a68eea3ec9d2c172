//! Selective receive against a model: a list of messages and at most one receive that waits.

mod driver;

use driver::{machine, settle, start, tell};
use lam_reference::term::{Atom, Pid, Term};
use lam_reference::{Choice, Config, Machine};
use proptest::prelude::*;
use proptest::test_runner::Config as Cases;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

/// Takes `{do, Key, Timeout}` whenever it is idle; then receives the first `{Key, _}`, and puts
/// it, or `late`, under `got` in its dictionary.
const RECEIVER: &str = "
module receiver
export main/0

function main/0
    frame +2
command:
    recv -> x0 else idle
    test tagged x0, 3, do else command
    accept
    get 1, x0 -> y0
    get 2, x0 -> y1
    move got -> x0, waiting -> x1
    call erlang:put/2
take:
    recv -> x0 else none
    test is_tuple x0 else take
    test arity x0, 2 else take
    get 0, x0 -> x1
    test eq_exact x1, y0 else take
    accept
    move x0 -> x1
got:
    move got -> x0
    call erlang:put/2
    jump command
none:
    wait y1 else take
    move late -> x1
    jump got
idle:
    wait infinity else command
";

/// How long a receive waits.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Patience {
    None,
    Some,
    Endless,
}

#[derive(Clone, Debug)]
enum Act {
    Send(u8, u16),
    Receive(u8, Patience),
    Fire,
}

#[derive(Clone, Debug, Default)]
struct Model {
    mailbox: Vec<(u8, u16)>,
    waiting: Option<(u8, Patience)>,
    got: Option<Got>,
}

#[derive(Clone, Debug, PartialEq)]
enum Got {
    Late,
    Message(u8, u16),
}

impl Model {
    /// The oldest message that the receive wants.
    fn take(&mut self) {
        let Some((key, _)) = self.waiting else { return };
        if let Some(at) = self.mailbox.iter().position(|(found, _)| *found == key) {
            let (key, value) = self.mailbox.remove(at);
            self.got = Some(Got::Message(key, value));
            self.waiting = None;
        }
    }

    fn give_up(&mut self) {
        self.got = Some(Got::Late);
        self.waiting = None;
    }
}

impl ReferenceStateMachine for Model {
    type State = Model;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::default()).boxed()
    }

    fn transitions(_: &Model) -> BoxedStrategy<Act> {
        let patience =
            prop_oneof![Just(Patience::None), Just(Patience::Some), Just(Patience::Endless)];
        prop_oneof![
            4 => (0..4_u8, any::<u16>()).prop_map(|(key, value)| Act::Send(key, value)),
            3 => (0..4_u8, patience).prop_map(|(key, patience)| Act::Receive(key, patience)),
            1 => Just(Act::Fire),
        ]
        .boxed()
    }

    fn preconditions(model: &Model, act: &Act) -> bool {
        match act {
            Act::Send(..) => true,
            Act::Receive(..) => model.waiting.is_none(),
            Act::Fire => matches!(model.waiting, Some((_, Patience::Some))),
        }
    }

    fn apply(mut model: Model, act: &Act) -> Model {
        match *act {
            Act::Send(key, value) => {
                model.mailbox.push((key, value));
                model.take();
            }
            Act::Receive(key, patience) => {
                model.waiting = Some((key, patience));
                model.take();
                if patience == Patience::None && model.waiting.is_some() {
                    model.give_up();
                }
            }
            Act::Fire => model.give_up(),
        }
        model
    }
}

struct Receiver {
    machine: Machine,
    pid: Pid,
}

impl StateMachineTest for Receiver {
    type SystemUnderTest = Receiver;
    type Reference = Model;

    fn init_test(_: &Model) -> Receiver {
        let mut machine = machine(RECEIVER, Config::explore());
        let pid = start(&mut machine, "receiver");
        settle(&mut machine);
        Receiver { machine, pid }
    }

    fn apply(mut state: Receiver, _: &Model, act: Act) -> Receiver {
        let Receiver { machine, pid } = &mut state;
        match act {
            Act::Send(key, value) => {
                let message = Term::tuple([Term::Int(key.into()), Term::Int(value.into())]);
                tell(machine, *pid, message);
            }
            Act::Receive(key, patience) => {
                let timeout = match patience {
                    Patience::None => Term::Int(0),
                    Patience::Some => Term::Int(50),
                    Patience::Endless => Term::atom("infinity"),
                };
                let command = [Term::atom("do"), Term::Int(key.into()), timeout];
                tell(machine, *pid, Term::tuple(command));
                settle(machine);
                // A time-out of 0 is one that fires as soon as nothing is left to look at.
                let fire = Choice::Fire(*pid, None);
                if patience == Patience::None && machine.enabled().contains(&fire) {
                    machine.step(fire);
                }
            }
            Act::Fire => {
                let fire = Choice::Fire(*pid, None);
                assert!(machine.enabled().contains(&fire), "the time-out is armed");
                machine.step(fire);
            }
        }
        settle(machine);
        state
    }

    fn check_invariants(state: &Receiver, model: &Model) {
        let machine = &state.machine;
        let process = machine.process(state.pid).expect("it never ends");
        let mailbox: Vec<String> = process.mailbox.iter().map(|term| machine.show(term)).collect();
        let expected: Vec<String> =
            model.mailbox.iter().map(|(key, value)| format!("{{{key}, {value}}}")).collect();
        assert_eq!(mailbox, expected);
        let got = process.dictionary.get(&Term::Atom(Atom::new("got"))).map(|t| machine.show(t));
        let expected = match (&model.waiting, &model.got) {
            (Some(_), _) => Some("waiting".to_owned()),
            (None, Some(Got::Late)) => Some("late".to_owned()),
            (None, Some(Got::Message(key, value))) => Some(format!("{{{key}, {value}}}")),
            (None, None) => None,
        };
        assert_eq!(got, expected);
        let armed = machine.enabled().contains(&Choice::Fire(state.pid, None));
        assert_eq!(armed, matches!(model.waiting, Some((_, Patience::Some))), "a time-out runs");
    }
}

prop_state_machine! {
    #![proptest_config(Cases { cases: 300, failure_persistence: None, ..Cases::default() })]

    #[test]
    fn selective_receive_takes_the_oldest_that_fits(sequential 1..40 => Receiver);
}

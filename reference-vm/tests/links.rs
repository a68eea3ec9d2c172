//! Links among three processes: against a model where each act is over before the next, and,
//! where they overlap, by the law that a link has two ends.

mod driver;

use driver::{machine, settle, settle_by, start, tell};
use lam_reference::schedule::Random;
use lam_reference::term::{Pid, Term};
use lam_reference::{Config, Machine};
use proptest::prelude::*;
use proptest::test_runner::Config as Cases;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

/// Does what `{do, Act}` says, and leaves all else in its mailbox.
const PEER: &str = "
module peer
export main/0

function main/0
look:
    recv -> x0 else idle
    test tagged x0, 2, do else look
    accept
    get 1, x0 -> x0
    test tagged x0, 2, link else not_link
    get 1, x0 -> x0
    link x0
    jump look
not_link:
    test tagged x0, 2, unlink else not_unlink
    get 1, x0 -> x0
    unlink x0
    jump look
not_unlink:
    test tagged x0, 2, trap else not_trap
    get 1, x0 -> x0
    flag trap_exit, x0 -> _
    jump look
not_trap:
    test tagged x0, 2, 'end' else look
    get 1, x0 -> x0
    raise exit x0
idle:
    wait infinity else look
";

const PEERS: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Act {
    Link(usize),
    Unlink(usize),
    Trap(bool),
    /// With `normal` or with an error.
    End(bool),
}

impl Act {
    fn term(self, peers: &[Pid]) -> Term {
        let (name, value) = match self {
            Act::Link(peer) => ("link", Term::Pid(peers[peer])),
            Act::Unlink(peer) => ("unlink", Term::Pid(peers[peer])),
            Act::Trap(on) => ("trap", Term::boolean(on)),
            Act::End(normal) => ("end", Term::atom(if normal { "normal" } else { "oops" })),
        };
        Term::tuple([Term::atom("do"), Term::tuple([Term::atom(name), value])])
    }
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..PEERS).prop_map(Act::Link),
        3 => (0..PEERS).prop_map(Act::Unlink),
        2 => any::<bool>().prop_map(Act::Trap),
        1 => any::<bool>().prop_map(Act::End),
    ]
}

#[derive(Clone, Debug, Default)]
struct Model {
    /// Whether two peers are linked; symmetric, and false on the diagonal.
    linked: [[bool; PEERS]; PEERS],
    traps: [bool; PEERS],
    /// Why a peer ended.
    reasons: [Option<&'static str>; PEERS],
    /// How many exit messages each received.
    told: [usize; PEERS],
}

impl Model {
    fn link(&mut self, a: usize, b: usize, on: bool) {
        self.linked[a][b] = on;
        self.linked[b][a] = on;
    }

    /// A peer ends; so do those linked with it that neither trap nor see it end normally.
    fn end(&mut self, peer: usize, reason: &'static str) {
        self.reasons[peer] = Some(reason);
        for other in 0..PEERS {
            if !self.linked[peer][other] {
                continue;
            }
            self.link(peer, other, false);
            if self.traps[other] {
                self.told[other] += 1;
            } else if reason != "normal" {
                self.end(other, reason);
            }
        }
    }
}

impl ReferenceStateMachine for Model {
    type State = Model;
    type Transition = (usize, Act);

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::default()).boxed()
    }

    fn transitions(_: &Model) -> BoxedStrategy<(usize, Act)> {
        (0..PEERS, act()).boxed()
    }

    fn apply(mut model: Model, (who, act): &(usize, Act)) -> Model {
        match *act {
            _ if model.reasons[*who].is_some() => {}
            Act::Link(peer) if peer == *who => {}
            Act::Link(peer) if model.reasons[peer].is_none() => model.link(*who, peer, true),
            Act::Link(_) if model.traps[*who] => model.told[*who] += 1,
            Act::Link(_) => model.end(*who, "{noproc, []}"),
            Act::Unlink(peer) => model.link(*who, peer, false),
            Act::Trap(on) => model.traps[*who] = on,
            Act::End(normal) => model.end(*who, if normal { "normal" } else { "oops" }),
        }
        model
    }
}

struct Peers {
    machine: Machine,
    peers: Vec<Pid>,
}

impl Peers {
    fn new() -> Peers {
        let mut machine = machine(PEER, Config::explore());
        let peers = (0..PEERS).map(|_| start(&mut machine, "peer")).collect();
        settle(&mut machine);
        Peers { machine, peers }
    }

    /// Commands a peer, unless it has ended.
    fn tell(&mut self, who: usize, act: Act) {
        let command = act.term(&self.peers);
        if self.machine.process(self.peers[who]).is_some() {
            tell(&mut self.machine, self.peers[who], command);
        }
    }

    fn holds_link(&self, a: usize, b: usize) -> bool {
        let process = self.machine.process(self.peers[a]);
        process.is_some_and(|process| process.links.contains(&self.peers[b]))
    }
}

impl StateMachineTest for Peers {
    type SystemUnderTest = Peers;
    type Reference = Model;

    fn init_test(_: &Model) -> Peers {
        Peers::new()
    }

    fn apply(mut state: Peers, _: &Model, (who, act): (usize, Act)) -> Peers {
        state.tell(who, act);
        settle(&mut state.machine);
        state
    }

    fn check_invariants(state: &Peers, model: &Model) {
        for (at, pid) in state.peers.iter().enumerate() {
            let reason = state.machine.exit_reason(*pid).map(|reason| state.machine.show(reason));
            assert_eq!(reason.as_deref(), model.reasons[at], "the end of {at}");
            for other in 0..PEERS {
                assert_eq!(state.holds_link(at, other), model.linked[at][other], "{at}, {other}");
            }
            if let Some(process) = state.machine.process(*pid) {
                assert_eq!(process.trap_exit, model.traps[at]);
                assert_eq!(process.mailbox.len(), model.told[at], "exit messages of {at}");
            }
        }
    }
}

prop_state_machine! {
    #![proptest_config(Cases { cases: 300, failure_persistence: None, ..Cases::default() })]

    #[test]
    fn links_do_what_the_model_does(sequential 1..40 => Peers);
}

proptest! {
    #![proptest_config(Cases { cases: 500, failure_persistence: None, ..Cases::default() })]

    /// Whatever overtakes what, in the end no link has one end only, none leads to the dead, and
    /// nothing waits for an acknowledgement but of those that have ended.
    #[test]
    fn links_have_two_ends(
        acts in prop::collection::vec((0..PEERS, act()), 1..15),
        rounds in 1..4_usize,
        seed: u64,
    ) {
        let mut state = Peers::new();
        let mut random = Random::new(seed);
        for round in acts.chunks(acts.len().div_ceil(rounds)) {
            for (who, act) in round {
                state.tell(*who, *act);
            }
            settle_by(&mut state.machine, &mut random);
            for a in 0..PEERS {
                for b in 0..PEERS {
                    prop_assert_eq!(state.holds_link(a, b), state.holds_link(b, a), "{} {}", a, b);
                }
                if let Some(process) = state.machine.process(state.peers[a]) {
                    let mut pending = process.unlinking.keys();
                    prop_assert!(pending.all(|peer| state.machine.process(*peer).is_none()));
                    prop_assert!(!process.links.contains(&state.peers[a]));
                }
            }
        }
    }
}

//! A machine with a few small programs that do as they are told, for tests of laws.
#![allow(dead_code, reason = "each test uses a part")]

use lam_isa::text::parse;
use lam_reference::code::Code;
use lam_reference::machine::Origin;
use lam_reference::schedule::Random;
use lam_reference::term::{Atom, Pid, Term};
use lam_reference::{Choice, Config, Machine};
use std::sync::Arc;

/// `call/3` calls a function and ends with `{done, Value}`.
const CALL: &str = "
module call
export call/3

function call/3
    call x0:x1, list x2
    need 3, 1
    tuple {done, x0} -> x0
    raise exit x0
";

/// Without processes, with these modules.
pub fn machine(source: &str, config: Config) -> Machine {
    let mut code = Code::default();
    for module in [CALL, source].iter().flat_map(|text| parse(text).expect("the driver is text")) {
        code.add(Arc::new(lam_isa::verify(module).expect("the driver verifies")));
    }
    Machine::new(code, config)
}

/// Starts `module:main/0`.
pub fn start(machine: &mut Machine, module: &str) -> Pid {
    let origin = Origin::Boot(format!("{module}{}", machine.procs.len()));
    machine.add_process(origin, (Atom::new(module), Atom::new("main"), Vec::new()), None)
}

/// Takes steps and deliveries, and no timer, until there are none.
pub fn settle(machine: &mut Machine) {
    settle_by(machine, &mut Random::new(0));
}

/// The same in an order drawn at random.
pub fn settle_by(machine: &mut Machine, random: &mut Random) {
    for _ in 0..10_000 {
        let mut enabled = machine.enabled();
        enabled.retain(|choice| !matches!(choice, Choice::Fire(..)));
        if enabled.is_empty() {
            return;
        }
        let at = random.below(enabled.len() as u64);
        machine.step(enabled[usize::try_from(at).expect("a short list")]);
    }
    panic!("it does not settle");
}

/// Puts a message into a mailbox, as if from outside.
pub fn tell(machine: &mut Machine, pid: Pid, message: Term) {
    machine.process_mut(pid).expect("it lives").enqueue(message);
}

/// Calls a function in a process of its own: its value, or else the reason of its end.
pub fn call(
    machine: &mut Machine,
    function: (&str, &str),
    args: Vec<Term>,
) -> Result<Term, String> {
    let origin = Origin::Boot(format!("call{}", machine.procs.len()));
    let (module, name) = (Term::atom(function.0), Term::atom(function.1));
    let what = (Atom::new("call"), Atom::new("call"), vec![module, name, Term::list(args)]);
    let pid = machine.add_process(origin, what, None);
    settle(machine);
    let reason = machine.exit_reason(pid).expect("the call has ended").clone();
    match reason.as_tuple() {
        Some([done, value]) if done.is_atom("done") => Ok(value.clone()),
        _ => Err(machine.show(&reason)),
    }
}

//! Programs of one operation over small terms, for comparing the model with the reference machine.
//!
//! Owns the terms and the frame of such a program. What must come of it is asked of the reference
//! VM, which has to agree with the model on the state in which each of them ends.

use lam_conformance::tla::{self, Batch};
use lam_isa::kind::{Op, Test};
use lam_reference::{Config, Machine, explore};

const TERMS: [&str; 14] = [
    "0",
    "-7",
    "3",
    "a",
    "true",
    "[]",
    "[1, 2]",
    "[a | b]",
    "{}",
    "{a, 1}",
    "#{a => 1}",
    "<<1, 2>>",
    "<<5:3>>",
    "fun m:main/0",
];

/// Terms for operations of two sources, of which there are many pairs.
const FEW: [&str; 7] = ["-7", "3", "true", "[1, 2]", "{a, 1}", "#{a => 1}", "<<1, 2>>"];

/// Instructions of each of the terms, which stands for `TERM`.
const OF_TERMS: [&str; 14] = [
    "get 0, TERM -> x0",
    "get 1, TERM -> x0",
    "uncons TERM -> x0, _",
    "uncons TERM -> _, x0",
    "update TERM, {0 = z} -> x0",
    "need 3, 1\n    cons TERM, [] -> x0",
    "need 3, 1\n    tuple {TERM, a} -> x0",
    "map assoc TERM, {b => 2} -> x0",
    "map exact TERM, {a => 2} -> x0",
    "pick TERM else no, {a -> x0}",
    "bmake [integer TERM size 8] -> x0",
    "bmake [binary TERM unit 8] -> x0",
    "raise error TERM",
    "raise throw TERM",
];

/// Instructions that neither these nor the tables of kinds give.
const OTHERS: [&str; 14] = [
    "op binary_part <<1, 2>>, 0, 1 -> x0",
    "op binary_part <<1, 2>>, 2, -1 -> x0",
    "op is_integer_between 3, 1, 5 -> x0",
    "op is_record_size {a, 1}, a, 2 -> x0",
    "map assoc #{a => 1}, {b => 2} -> x0",
    "map exact #{a => 1}, {b => 2} -> x0",
    "pick #{a => 1} else no, {b -> x0}",
    "bmake [integer a size 8] -> x0",
    "switch value 3 else no, {3 -> no}",
    "switch value 4 else no, {3 -> no}",
    "yield\n    move yes -> x0",
    "wait a\n    move yes -> x0",
    "move a -> x0\n    call erlang:get/1\n    call erlang:erase/1",
    "op self -> x0\n    call erlang:is_process_alive/1",
];

/// Fewer programs than this are a sign that something refuses what it should not.
pub const FEWEST: usize = 2_600;

/// States in which a program of one process may be.
const STATES_MAX: u64 = 1_000;

/// Every operation and predicate that the model has, of each of these terms and pairs of terms.
pub fn programs() -> Batch {
    let mut batch = Batch::default();
    let beyond = [Op::Fdiv, Op::Float, Op::Fconv, Op::ListToAtom];
    for op in Op::ALL.iter().filter(|op| !beyond.contains(op)) {
        for sources in sources(op.arity()) {
            add(&mut batch, &format!("op {} {sources} -> x0", op.name()));
        }
    }
    for test in Test::ALL {
        for sources in sources(test.arity()) {
            add(&mut batch, &format!("test {} {sources} else no", test.name()));
        }
    }
    for instruction in OF_TERMS {
        for term in TERMS {
            add(&mut batch, &instruction.replace("TERM", term));
        }
    }
    for instruction in OTHERS {
        add(&mut batch, instruction);
    }
    batch
}

fn sources(arity: usize) -> Vec<String> {
    match arity {
        1 => TERMS.iter().map(ToString::to_string).collect(),
        2 => FEW.iter().flat_map(|a| FEW.iter().map(move |b| format!("{a}, {b}"))).collect(),
        _ => Vec::new(),
    }
}

/// Adds the program of an instruction, unless verification or the model refuses it.
fn add(batch: &mut Batch, instruction: &str) {
    let source = format!(
        "module m\nexport main/0\n\nfunction main/0\n    frame +1\n    try y0, caught\n    \
         move yes -> x0\n    {instruction}\n    move x0 -> y0\n    raise exit y0\nno:\n    \
         move no -> y0\n    raise exit y0\ncaught:\n    need 3, 2\n    tuple {{x0, x1}} -> x0\n    \
         raise exit x0\n"
    );
    let Ok(modules) = tla::of_source(&source) else { return };
    match tla::program(&modules) {
        Ok(program) => {
            let machine = Machine::boot(modules, Config::explore(), ("m", "main", Vec::new()));
            let found = explore(&machine, STATES_MAX);
            let outcomes = found.outcomes.keys().map(ToString::to_string).collect();
            batch.programs.push((instruction.to_owned(), program, outcomes));
        }
        Err(why) => batch.left_out.push((instruction.to_owned(), why)),
    }
}

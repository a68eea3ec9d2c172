//! What each fuzz target does with its bytes: no input may panic, hang or take much memory, and
//! what was read must be written again as it was.
//!
//! The fuzzer calls these functions with bytes of its own making; `cli/tests/corpus.rs` takes
//! this file in and calls them with those of `corpus/`, so that every test run does.

use lam_isa::{Module, Verified, binary, text};
use lam_reference::{Config, Machine, Schedule, run};
use std::sync::Arc;

/// LAM text is read, or refused within the text; what was read prints to itself.
pub fn text(bytes: &[u8]) {
    let modules = match text::parse_bytes(bytes) {
        Ok(modules) => modules,
        Err(errors) => {
            assert!(!errors.is_empty(), "text.file: a refusal says why");
            for error in errors {
                let span = error.span;
                assert!(span.start <= span.end && span.end <= bytes.len(), "{span:?}");
            }
            return;
        }
    };
    let printed = text::print(&modules);
    match text::parse(&printed) {
        Ok(again) => assert_eq!(modules, again, "printed as\n{printed}"),
        Err(errors) => panic!("{errors:#?}\nin what was printed:\n{printed}"),
    }
    let source = std::str::from_utf8(bytes).expect("it was parsed");
    let formatted = text::format(source).expect("what parses can be formatted");
    assert_eq!(text::parse(&formatted).as_ref(), Ok(&modules), "formatted as\n{formatted}");
    assert_eq!(text::format(&formatted).as_ref(), Ok(&formatted), "formatting is done once");
    verify(modules);
}

/// A LAM binary is read, or refused at a byte of it; what was read encodes to the same bytes.
pub fn binary(bytes: &[u8]) {
    match binary::decode(bytes) {
        Ok(modules) => {
            assert!(binary::encode(&modules) == bytes, "bin.file: one encoding a module");
            // What verifies can be printed and read again.
            if verify(modules.clone()) {
                let printed = text::print(&modules);
                assert!(text::parse(&printed).is_ok(), "it prints as\n{printed}");
            }
        }
        Err(error) => assert!(error.offset <= bytes.len(), "{error}"),
    }
}

/// A BEAM file is translated or refused; the verifier judges what comes of it.
pub fn beam(bytes: &[u8]) {
    if let Ok(module) = lam_beam::translate(bytes) {
        let encoded = binary::encode(std::slice::from_ref(&module));
        let decoded = binary::decode(&encoded);
        if verify(vec![module.clone()]) {
            assert_eq!(decoded, Ok(vec![module]), "what verifies has a binary form");
        }
    }
    // What a linker reads of it must not panic either.
    let _names = lam_beam::interface(bytes);
}

/// A program in any form that verifies runs, on any schedule, to some end, on both machines. Which end
/// is not compared: these programs ask for sizes of heaps, and whatever else machines may differ in.
pub fn program(bytes: &[u8]) {
    let Some(modules) = any_form(bytes) else { return };
    let verified: Result<Vec<_>, _> = modules.into_iter().map(lam_isa::verify).collect();
    let Ok(verified) = verified else { return };
    let verified: Vec<_> = verified.into_iter().map(Arc::new).collect();
    let Some(first) = verified.first() else { return };
    let starts = first.functions.iter().filter(|function| function.exported);
    let starts: Vec<(String, usize)> = starts
        .map(|function| (first.atom(function.name).to_owned(), function.arity.into()))
        .take(STARTS)
        .collect();
    let name = first.name().to_owned();
    // The seed is the content's, so that a finding is one again.
    let seed = bytes.iter().fold(0, |sum: u64, byte| sum.rotate_left(5) ^ u64::from(*byte));
    for (function, arity) in starts {
        for schedule in [Schedule::RoundRobin, Schedule::Seeded(seed)] {
            let arguments = vec![lam_reference::term::Term::Nil; arity];
            let call = (name.as_str(), function.as_str(), arguments);
            let mut machine = Machine::boot(verified.iter().cloned(), small(), call);
            let done = run(&mut machine, &schedule, STEPS, &mut |_, _| {});
            let outcome =
                done.expect("no script, no label that is not enabled").outcome.to_string();
            // An outcome can always be told.
            assert!(!outcome.is_empty());
            if let Schedule::Seeded(seed) = schedule {
                let outcome = on_fast_machine(&verified, &function, arity, seed);
                assert!(!outcome.is_empty());
            }
        }
    }
}

/// What the fast machine, under stress, makes of a call with the schedule of a seed.
fn on_fast_machine(modules: &[Arc<Verified>], function: &str, arity: usize, seed: u64) -> String {
    let program = lam_fast::Program {
        function: function.to_owned(),
        arguments: vec![lam_fast::Value::List(Vec::new()); arity],
        ..lam_fast::Program::new(modules.to_vec())
    };
    let Config { heap_words, mailbox_max, processes_max, atoms_max, integer_bits, fuel, .. } =
        small();
    let config = lam_fast::Config {
        heap_words,
        mailbox_max,
        processes_max,
        atoms_max,
        integer_bits,
        fuel,
        stress: true,
        ..lam_fast::Config::scheduled()
    };
    let mut machine = lam_fast::Vm::new(&program, config, Arc::new(Nowhere));
    machine.run_seeded(seed, STEPS, &mut |_, _| {});
    machine.outcome().to_string()
}

/// A world in which nothing can be written.
struct Nowhere;

impl lam_fast::Host for Nowhere {
    fn write(&self, _: &str, _: &[u8]) {}

    fn monotonic_ns(&self) -> u64 {
        0
    }

    fn system_ns(&self) -> u64 {
        0
    }
}

/// How many functions of a program are called.
const STARTS: usize = 4;
/// Steps of a run.
const STEPS: u64 = 2_000;

/// Limits that keep a run within milliseconds.
fn small() -> Config {
    Config {
        heap_words: 100_000,
        mailbox_max: 100,
        processes_max: 50,
        atoms_max: 1_000,
        integer_bits: 4_096,
        fuel: Some(20_000),
        ..Config::default()
    }
    .grant_all()
}

/// The modules of bytes in whatever form they are.
fn any_form(bytes: &[u8]) -> Option<Vec<Module>> {
    if binary::is_binary(bytes) {
        binary::decode(bytes).ok()
    } else if lam_beam::is_beam(bytes) {
        Some(vec![lam_beam::translate(bytes).ok()?])
    } else {
        text::parse_bytes(bytes).ok()
    }
}

/// Whether all of them verify. A refusal says why.
fn verify(modules: Vec<Module>) -> bool {
    modules.into_iter().map(lam_isa::verify).fold(true, |all, verified| match verified {
        Ok(_) => all,
        Err(errors) => {
            assert!(!errors.is_empty(), "val.module: a refusal says why");
            false
        }
    })
}

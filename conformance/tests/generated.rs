//! Generated modules: they verify, both forms give them back, and their runs end and replay.

use lam_conformance::generate;
use lam_isa::outcome::End;
use lam_isa::{Verified, binary, text, verify};
use lam_reference::{Config, Machine, Schedule, explore, replay, run};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many modules each test makes.
const MODULES: u64 = 3_000;

/// More steps than any of them takes.
const STEPS_MAX: u64 = 100_000;

fn verified(seed: u64) -> Arc<Verified> {
    let module = generate::of_seed(seed);
    let shown = text::print(std::slice::from_ref(&module));
    match verify(module) {
        Ok(verified) => Arc::new(verified),
        Err(errors) => panic!("seed {seed}: {}\n{shown}", errors[0]),
    }
}

/// Limits that a generated program can reach.
fn config() -> Config {
    Config {
        processes_max: 40,
        mailbox_max: 200,
        heap_words: 100_000,
        integer_bits: 4_096,
        record_rules: true,
        ..Config::explore()
    }
}

fn boot(seed: u64) -> Machine {
    Machine::boot(vec![verified(seed)], config(), ("g", "main", Vec::new()))
}

#[test]
fn generated_modules_come_back_from_both_forms() {
    for seed in 0..MODULES {
        let module = generate::of_seed(seed);
        let decoded = binary::decode(&binary::encode(std::slice::from_ref(&module)));
        assert_eq!(decoded, Ok(vec![module.clone()]), "seed {seed}");
        let normal = text::normalize(module);
        let shown = text::print(std::slice::from_ref(&normal));
        match text::parse(&shown) {
            Ok(read) => assert_eq!(read, vec![normal], "seed {seed}:\n{shown}"),
            Err(errors) => panic!("seed {seed}: {}\n{shown}", errors[0]),
        }
    }
}

#[test]
fn generated_programs_end_and_replay() {
    let (mut outcomes, mut fired, mut choices) = (BTreeSet::new(), BTreeSet::new(), 0);
    for seed in 0..MODULES {
        let mut machine = boot(seed);
        let first = run(&mut machine, &Schedule::Seeded(seed), STEPS_MAX, &mut |_, _| {});
        let first = first.expect("a seed chooses among what is enabled");
        assert_eq!(first.outcome.end, End::Quiet, "seed {seed} took {} steps", first.steps);
        let again = replay(&mut boot(seed), &first.labels, STEPS_MAX);
        let again = again.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(again.outcome, first.outcome, "seed {seed}");
        assert_eq!(again.labels, first.labels, "seed {seed}");
        choices += first.labels.len();
        outcomes.insert(first.outcome.to_string());
        fired.append(&mut machine.fired.unwrap_or_default());
    }
    // Programs that all did the same would show nothing.
    assert!(outcomes.len() > 1_000, "{} outcomes", outcomes.len());
    assert!(choices > 10_000, "{choices} choices");
    assert!(fired.len() > 225, "{} rules", fired.len());
}

#[test]
fn generated_programs_mean_the_same_in_both_forms() {
    for seed in 0..MODULES / 10 {
        let normal = text::normalize(generate::of_seed(seed));
        let read = binary::decode(&binary::encode(&[normal])).expect("what was encoded");
        let modules = read.into_iter().map(|module| Arc::new(verify(module).expect("still valid")));
        let modules: Vec<Arc<Verified>> = modules.collect();
        let (mut original, mut other) =
            (boot(seed), Machine::boot(modules, config(), ("g", "main", Vec::new())));
        let schedule = Schedule::Seeded(seed);
        let one = run(&mut original, &schedule, STEPS_MAX, &mut |_, _| {}).expect("enabled");
        let two = run(&mut other, &schedule, STEPS_MAX, &mut |_, _| {}).expect("enabled");
        assert_eq!(one.outcome, two.outcome, "seed {seed}");
    }
}

/// What one schedule leads to is among what all of them lead to.
#[test]
fn runs_are_among_what_exploring_finds() {
    let mut explored = 0;
    for seed in 0..MODULES / 10 {
        let all = explore(&boot(seed), 2_000);
        if !all.complete {
            continue;
        }
        explored += 1;
        for schedule in 0..5 {
            let one = run(&mut boot(seed), &Schedule::Seeded(schedule), STEPS_MAX, &mut |_, _| {});
            let one = one.expect("a seed chooses among what is enabled").outcome;
            assert!(all.outcomes.contains_key(&one), "seed {seed}, schedule {schedule}: {one}");
        }
        for (outcome, labels) in &all.outcomes {
            let again = replay(&mut boot(seed), labels, STEPS_MAX).expect("labels that it took");
            assert_eq!(again.outcome, *outcome, "seed {seed}: {labels:?}");
        }
    }
    assert!(explored > 50, "{explored} programs are small enough");
}

//! The machine as a whole, on small programs.

use lam_isa::text::parse;
use lam_reference::{Config, Machine, Schedule, explore, run};
use std::sync::Arc;

fn boot(source: &str, config: Config) -> Machine {
    let modules = parse(source).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let name = modules[0].name().to_owned();
    let verified = modules.into_iter().map(|module| {
        Arc::new(lam_isa::verify(module).unwrap_or_else(|errors| panic!("{errors:#?}")))
    });
    Machine::boot(verified, config, (&name, "main", Vec::new()))
}

fn outcomes(source: &str) -> Vec<String> {
    let found = explore(&boot(source, Config::explore()), 100_000);
    assert!(found.complete);
    found.outcomes.keys().map(ToString::to_string).collect()
}

const RACE: &str = "
module race
export main/0, child/2

function main/0
    op self -> x0
    frame +1
    move x0 -> y0
    need 4, 1
    cons a, [] -> x1
    cons x0, x1 -> x1
    spawn race, child, x1, [] -> _
    need 4, 0
    cons b, [] -> x1
    cons y0, x1 -> x1
    spawn race, child, x1, [] -> _
take:
    recv -> x0 else idle
    accept
    raise exit x0
idle:
    wait infinity else take

function child/2
    send x0, x1 -> x0
    ret 0
";

#[test]
fn a_race_of_three_has_both_outcomes() {
    assert_eq!(
        outcomes(RACE),
        [
            "0 exit a; 0.1 exit normal; 0.2 exit normal",
            "0 exit b; 0.1 exit normal; 0.2 exit normal"
        ]
    );
}

#[test]
fn a_seeded_run_is_reproducible() {
    let one = |seed| {
        let mut machine = boot(RACE, Config::default());
        let run = run(&mut machine, &Schedule::Seeded(seed), 10_000, &mut |_, _| {}).unwrap();
        (run.outcome, run.labels)
    };
    let all: Vec<_> = (0..20).map(one).collect();
    assert_eq!(all, (0..20).map(one).collect::<Vec<_>>());
    assert!(all.iter().any(|(outcome, _)| outcome != &all[0].0), "20 seeds, one outcome");
}

#[test]
fn round_robin_ends() {
    let mut machine = boot(RACE, Config::default());
    let run = run(&mut machine, &Schedule::RoundRobin, 10_000, &mut |_, _| {}).unwrap();
    assert_eq!(run.outcome.to_string(), "0 exit a; 0.1 exit normal; 0.2 exit normal");
}

#[test]
fn a_schedule_found_by_exploring_replays() {
    let machine = boot(RACE, Config::explore());
    for (outcome, labels) in explore(&machine, 100_000).outcomes {
        let mut again = machine.clone();
        let run = lam_reference::replay(&mut again, &labels, 10_000).unwrap();
        assert_eq!(run.outcome, outcome);
    }
}

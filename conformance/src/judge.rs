//! The judge: runs a case on the reference machine and compares.

use crate::case::{Case, Expected, Program};
use lam_isa::{Module, Rule, Verified};
use lam_reference::{Config, Machine, Schedule, explore, run};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What came of a case.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Why it failed, if it did.
    pub failure: Option<String>,
    /// The rules that fired, or that input was rejected with.
    pub fired: BTreeSet<Rule>,
    /// The distinct states that were visited.
    pub states: u64,
}

/// The states after which an exploration is given up, unless the case says otherwise.
const STATES_MAX: u64 = 200_000;

/// The steps after which a run is given up.
pub const STEPS_MAX: u64 = 1_000_000;

/// Runs a case.
pub fn judge(case: &Case) -> Verdict {
    let loaded = load(&case.program);
    match (&case.expected, loaded) {
        (Expected::Rejected(wanted), Err(rules)) => {
            let rules: BTreeSet<Rule> = rules.into_iter().collect();
            let fits = rules.len() == 1 && rules.iter().all(|rule| wanted.contains(rule));
            let failure = (!fits)
                .then(|| format!("expected rejection with {}, found {}", ids(wanted), ids(&rules)));
            Verdict { failure, fired: rules, states: 0 }
        }
        (Expected::Rejected(wanted), Ok(_)) => {
            failed(format!("expected rejection with {}, found a valid program", ids(wanted)))
        }
        (_, Err(rules)) => failed(format!("the program is rejected with {}", ids(&rules))),
        (Expected::Explored(wanted), Ok(modules)) => explored(case, wanted, modules),
        (Expected::One(wanted), Ok(modules)) => single(case, wanted, modules),
    }
}

fn failed(message: String) -> Verdict {
    Verdict { failure: Some(message), fired: BTreeSet::new(), states: 0 }
}

fn ids<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> String {
    let ids: Vec<String> = rules.into_iter().map(|rule| rule.id()).collect();
    ids.join(" ")
}

/// The verified modules of a program.
///
/// # Errors
/// The rules that it breaks.
pub fn load(program: &Program) -> Result<Vec<Arc<Verified>>, Vec<Rule>> {
    let modules: Vec<Module> = match program {
        Program::Text(text) => lam_isa::text::parse_bytes(text.as_bytes())
            .map_err(|errors| errors.into_iter().map(|error| error.rule).collect::<Vec<_>>())?,
        Program::Binary(bytes) => {
            lam_isa::binary::decode(bytes).map_err(|error| vec![error.rule])?
        }
    };
    let verified = modules.into_iter().map(|module| {
        lam_isa::verify(module)
            .map(Arc::new)
            .map_err(|errors| errors.into_iter().map(|error| error.rule).collect::<Vec<_>>())
    });
    verified.collect()
}

/// The reference machine of a case before its first step.
pub fn boot(case: &Case, base: Config, modules: Vec<Arc<Verified>>) -> Machine {
    let limit = |name: &str| case.limits.get(name).copied();
    let wide = |name: &str, default: usize| {
        limit(name).map_or(default, |n| usize::try_from(n).unwrap_or(usize::MAX))
    };
    let narrow = |name: &str, default: u32| {
        limit(name).map_or(default, |n| u32::try_from(n).unwrap_or(u32::MAX))
    };
    let mut config = Config {
        fuel: limit("fuel"),
        heap_words: limit("heap").unwrap_or(base.heap_words),
        mailbox_max: wide("mailbox", base.mailbox_max),
        processes_max: wide("processes", base.processes_max),
        atoms_max: wide("atoms", base.atoms_max),
        integer_bits: limit("integer_bits").unwrap_or(base.integer_bits),
        trace_depth: wide("trace_depth", 0),
        schedulers: narrow("schedulers", base.schedulers),
        budget_max: narrow("budget", base.budget_max),
        root_halts: case.root_halts,
        granted: case.granted.clone(),
        record_rules: true,
        ..base
    };
    config.trace_lines = case.limits.contains_key("trace_depth");
    config.inputs.insert("stdin".to_owned(), case.input.clone().into_bytes());
    let name = modules.first().map_or(String::new(), |module| module.name().to_owned());
    Machine::boot(modules, config, (&name, "main", Vec::new()))
}

fn explored(case: &Case, wanted: &[String], modules: Vec<Arc<Verified>>) -> Verdict {
    let machine = boot(case, Config::explore(), modules);
    let found = explore(&machine, case.limits.get("states").copied().unwrap_or(STATES_MAX));
    let outcomes: BTreeSet<String> = found.outcomes.keys().map(ToString::to_string).collect();
    let wanted: BTreeSet<String> = wanted.iter().cloned().collect();
    let failure = if !found.complete {
        Some(format!("inconclusive: more than {} states", found.states))
    } else if outcomes != wanted {
        let show = |set: &BTreeSet<String>| {
            set.iter().map(|line| format!("\n    {line}")).collect::<String>()
        };
        Some(format!("expected outcomes:{}\n  found:{}", show(&wanted), show(&outcomes)))
    } else {
        None
    };
    Verdict { failure, fired: found.fired, states: found.states }
}

fn single(case: &Case, wanted: &str, modules: Vec<Arc<Verified>>) -> Verdict {
    let base = match case.schedule {
        Schedule::RoundRobin => Config::default(),
        Schedule::Seeded(_) | Schedule::Scripted(_) => Config::explore(),
    };
    let mut machine = boot(case, base, modules);
    let done = run(&mut machine, &case.schedule, STEPS_MAX, &mut |_, _| {});
    let found = match done {
        Ok(run) => run.outcome.to_string(),
        Err(error) => format!("error: {error}"),
    };
    let failure =
        (found != wanted).then(|| format!("expected outcome: {wanted}\n  found: {found}"));
    Verdict { failure, fired: machine.fired.unwrap_or_default(), states: 0 }
}

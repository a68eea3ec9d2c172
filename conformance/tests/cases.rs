//! Every case, a test each; then what all of them together must have shown.
#![allow(clippy::print_stdout, clippy::print_stderr)] // The harness is this file's own.

use lam_conformance::{Case, judge};
use lam_isa::Rule;
use lam_isa::rule::Sort;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

/// The rules that no file can show, and why.
const BEYOND: [(Rule, &str); 3] = [
    (Rule::ValCallArity, "neither form of a module has a place for another number of arguments"),
    (Rule::ExecCodeAdd, "modules are added by the host, not by a program"),
    (Rule::EndRunUncaught, "it is about the exit code of the command"),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let cases = Case::all(&folder).unwrap_or_else(|error| panic!("{error}"));
    let mut trials: Vec<Trial> = cases
        .iter()
        .cloned()
        .map(|case| {
            Trial::test(case.id.clone(), move || match judge(&case).failure {
                None => Ok(()),
                Some(message) => Err(Failed::from(format!("{}\n  {message}", case.title))),
            })
        })
        .collect();
    let (fires, shows) = (cases.clone(), cases.clone());
    trials.push(Trial::test("the suite fires every rule", move || every_rule_fires(&fires)));
    trials.push(Trial::test("cases show what they cover", move || covered_is_shown(&shows)));
    trials.push(Trial::test("every rule has a case", move || every_rule_is_covered(&cases)));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A rule that no case makes happen is dead or untested.
fn every_rule_fires(cases: &[Case]) -> Result<(), Failed> {
    let fired: BTreeSet<Rule> = cases.iter().flat_map(|case| judge(case).fired).collect();
    let silent: Vec<String> = Rule::all()
        .into_iter()
        .filter(|rule| rule.sort() != Sort::Defined && !fired.contains(rule) && !beyond(*rule))
        .map(|rule| rule.id())
        .collect();
    complain("never fired or rejected with", &silent)
}

fn every_rule_is_covered(cases: &[Case]) -> Result<(), Failed> {
    let covered: BTreeSet<Rule> = cases.iter().flat_map(|case| case.covers.clone()).collect();
    let bare: Vec<String> = Rule::all()
        .into_iter()
        .filter(|rule| !covered.contains(rule) && !beyond(*rule))
        .map(|rule| rule.id())
        .collect();
    complain("without a case", &bare)
}

/// A case that names a rule makes it happen.
fn covered_is_shown(cases: &[Case]) -> Result<(), Failed> {
    let mut claims = Vec::new();
    for case in cases {
        let fired = judge(case).fired;
        let covers = case.covers.iter().filter(|rule| rule.sort() != Sort::Defined);
        claims.extend(
            covers
                .filter(|rule| !fired.contains(rule))
                .map(|rule| format!("{} by {}", rule.id(), case.id)),
        );
    }
    complain("covered and not shown", &claims)
}

fn beyond(rule: Rule) -> bool {
    BEYOND.iter().any(|(known, _)| *known == rule)
}

fn complain(what: &str, rules: &[String]) -> Result<(), Failed> {
    if rules.is_empty() {
        return Ok(());
    }
    Err(Failed::from(format!("{} rules {what}:\n  {}", rules.len(), rules.join("\n  "))))
}

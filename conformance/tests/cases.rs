//! Every case, a test each; then what all of them together must have shown.

use lam_conformance::{Case, judge};
use lam_isa::Rule;
use lam_isa::rule::Sort;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let cases = match Case::all(&folder) {
        Ok(cases) => cases,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
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
    let suite = cases.clone();
    trials.push(Trial::test("the suite fires every rule", move || every_rule_fires(&suite)));
    trials.push(Trial::test("every rule has a case", move || every_rule_is_covered(&cases)));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A rule that no case makes happen is dead or untested.
fn every_rule_fires(cases: &[Case]) -> Result<(), Failed> {
    let fired: BTreeSet<Rule> = cases.iter().flat_map(|case| judge(case).fired).collect();
    let silent: Vec<String> = Rule::all()
        .into_iter()
        .filter(|rule| rule.sort() != Sort::Defined && !fired.contains(rule))
        .map(|rule| rule.id())
        .collect();
    complain("never fired or rejected with", &silent)
}

fn every_rule_is_covered(cases: &[Case]) -> Result<(), Failed> {
    let covered: BTreeSet<Rule> = cases.iter().flat_map(|case| case.covers.clone()).collect();
    let bare: Vec<String> = Rule::all()
        .into_iter()
        .filter(|rule| !covered.contains(rule))
        .map(|rule| rule.id())
        .collect();
    complain("without a case", &bare)
}

fn complain(what: &str, rules: &[String]) -> Result<(), Failed> {
    if rules.is_empty() {
        return Ok(());
    }
    Err(Failed::from(format!("{} rules {what}:\n  {}", rules.len(), rules.join("\n  "))))
}

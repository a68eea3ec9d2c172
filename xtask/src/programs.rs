//! The programs of the book: each is run as a reader would run it, by exploring.
//!
//! Owns the comparison of what a page prints with what the reference machine finds. A block that
//! begins with `module` is a whole program; a shorter one shows a part of one and is left alone.

use crate::prose::{self, Program};
use anyhow::{Result, anyhow, bail};
use lam_isa::{Verified, text};
use lam_reference::{Config, Exploration, Machine, explore};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Larger programs do not belong on a page.
const STATES_MAX: u64 = 200_000;

/// Whether a block is a whole program: its first word is `module`, comments aside.
pub fn is_whole(source: &str) -> bool {
    let mut lines = source.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(';'));
    first.is_some_and(|line| line.starts_with("module "))
}

/// Every outcome of `main/0` of the first module.
pub fn explored(source: &str) -> Result<Exploration> {
    let parsed = text::parse(source).map_err(|errors| anyhow!("{}", lines(&errors)))?;
    let mut modules: Vec<Arc<Verified>> = Vec::new();
    for module in parsed {
        let verified = lam_isa::verify(module).map_err(|errors| anyhow!("{}", lines(&errors)))?;
        modules.push(Arc::new(verified));
    }
    let Some(first) = modules.first() else { bail!("there is no module") };
    let name = first.name().to_owned();
    let machine = Machine::boot(modules, Config::explore(), (&name, "main", Vec::new()));
    let found = explore(&machine, STATES_MAX);
    if !found.complete {
        bail!("it has more than {STATES_MAX} states");
    }
    Ok(found)
}

/// Whatever is wrong with the programs of the pages.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut programs = 0;
    for page in prose::pages(&root.join("spec"))? {
        for program in page.programs()?.iter().filter(|program| is_whole(&program.source)) {
            programs += 1;
            if let Err(error) = judge(program) {
                wrong.push(format!("spec/{}: {error:#}", program.place));
            }
        }
    }
    if programs == 0 {
        wrong.push("the book shows no program".into());
    }
    Ok(wrong)
}

/// Compares the outcomes on the page with those of the program.
fn judge(program: &Program) -> Result<()> {
    let Some(printed) = &program.outcomes else { bail!("a program without its outcomes") };
    let printed: BTreeSet<String> = printed.iter().map(|(outcome, _)| outcome.clone()).collect();
    let found = explored(&program.source)?;
    let found: BTreeSet<String> = found.outcomes.keys().map(ToString::to_string).collect();
    if printed != found {
        let list = |outcomes: Vec<&String>| {
            let lines: Vec<String> = outcomes.iter().map(|o| format!("\n    {o}")).collect();
            lines.concat()
        };
        bail!(
            "the outcomes are others.\n  only on the page:{}\n  only found:{}",
            list(printed.difference(&found).collect()),
            list(found.difference(&printed).collect())
        );
    }
    Ok(())
}

fn lines(errors: &[impl ToString]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(outcomes: &str) -> Program {
        Program {
            place: "p.md:1".into(),
            tags: Vec::new(),
            source: "module m\nexport main/0\nfunction main/0\n    raise exit a\n".into(),
            outcomes: Some(prose::outcomes(outcomes)),
        }
    }

    #[test]
    fn outcomes_must_be_equal_as_sets() {
        assert!(judge(&program("0 exit a\n")).is_ok());
        assert!(judge(&program("0 exit b\n")).is_err());
        assert!(judge(&program("0 exit a\n0 exit b\n")).is_err());
        assert!(judge(&program("")).is_err());
    }

    #[test]
    fn parts_of_programs_are_no_programs() {
        assert!(is_whole("; why\n\nmodule m\n"));
        assert!(!is_whole("take:\n    recv -> x0 else idle\n"));
    }
}

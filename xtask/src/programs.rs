//! The programs of the book: each is run as a reader would run it, by exploring.
//!
//! What a page prints is compared with what the reference machine finds; the fast machine's tests run
//! the same programs. A shorter block shows a part of a program and is left alone.

use crate::prose;
use anyhow::{Result, anyhow, bail};
use lam_conformance::{judge, shown};
use lam_isa::{Verified, text};
use lam_reference::{Config, Exploration, Machine, explore};
use std::path::Path;
use std::sync::Arc;

/// Larger programs do not belong on a page.
const STATES_MAX: u64 = 200_000;

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
        let cases = shown::cases(&page.path, &page.text)
            .map_err(|why| anyhow!("spec/{}:{}: {}", page.path, why.line, why.message))?;
        programs += cases.len();
        let failures = cases.iter().filter_map(|case| {
            judge(case).failure.map(|failure| format!("spec/{}: {failure}", case.id))
        });
        wrong.extend(failures);
    }
    if programs == 0 {
        wrong.push("the book shows no program".into());
    }
    Ok(wrong)
}

fn lines(errors: &[impl ToString]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

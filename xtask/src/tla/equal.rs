//! Outcome sets of the litmus cases, three times: by TLC, by the reference machine, in the case.

use super::{Batch, Models, Search, TIME_MAX, compare, tla};
use anyhow::Result;
use lam_conformance::{Case, judge};
use std::path::Path;

/// Compares the three sets of each litmus case: the line to print, and what is wrong.
pub fn check(models: &Models, folder: &Path, cases: &[Case]) -> Result<(String, Vec<String>)> {
    let cases: Vec<Case> =
        cases.iter().filter(|case| case.id.starts_with("litmus/")).cloned().collect();
    let batch: Batch = tla::batch(&cases);
    let mut wrong: Vec<String> =
        batch.left_out.iter().map(|(id, why)| format!("equality: {id}: {why}")).collect();
    for case in &cases {
        if let Some(failure) = judge(case).failure {
            wrong.push(format!("equality: {}: the reference machine: {failure}", case.id));
        }
    }
    let programs: Vec<String> =
        batch.programs.iter().map(|(_, program, _)| program.clone()).collect();
    let module = tla::model("MC", "LamMachine", &programs);
    let configuration = tla::configuration(Search::Reduced, "INVARIANT Report");
    let run = models.tlc.run(folder, &models.model, &module, &configuration, TIME_MAX)?;
    if run.status != 0 {
        wrong.push(format!("equality: exit {}: {}", run.status, run.errors()));
    }
    wrong.extend(compare("equality", &batch, &run));
    let outcomes: usize = batch.programs.iter().map(|(_, _, wanted)| wanted.len()).sum();
    let line = format!(
        "equality: {} litmus cases with {outcomes} outcomes, one set by TLC, the reference machine and \
         the case{}",
        batch.programs.len(),
        if wrong.is_empty() { "" } else { ": WRONG" }
    );
    Ok((line, wrong))
}

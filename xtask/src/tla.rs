//! `cargo xtask tla`: runs the models of `tla/` in TLC and compares their verdicts.
//!
//! Owns the list of models and what each must give. What a model says is the business of `tla/`,
//! how a program becomes TLA+ and how TLC is run that of `lam_conformance`. Book: *The model*.

mod small;

use crate::{say, steps};
use anyhow::{Context, Result, bail, ensure};
use lam_conformance::Case;
use lam_conformance::tla::{self, Batch, Search};
use lam_conformance::tlc::{Run, Tlc};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A run of TLC may take so long.
const TIME_MAX: Duration = Duration::from_secs(600);

/// TLC, the folder of the model, and where it works.
struct Models {
    tlc: Tlc,
    model: PathBuf,
    work: PathBuf,
}

/// Runs every model; with `update`, writes the numbers of states that were found.
///
/// # Errors
/// If a model gives another verdict or another number of states than `tla/models.json` says, if
/// a broken model is not caught, or if there is no Java in CI.
pub fn check(root: &Path, update: bool) -> Result<String> {
    let checker = match Models::find(root) {
        Ok(checker) => checker,
        Err(why) if steps::in_ci() => bail!("nothing is skipped in CI: {why:#}"),
        Err(why) => return Ok(format!("SKIPPED, no model was checked: {why:#}")),
    };
    let list = root.join("tla/models.json");
    let mut models: Value = serde_json::from_str(&fs::read_to_string(&list)?)
        .with_context(|| list.display().to_string())?;
    let cases = Case::all(&root.join("conformance/cases")).map_err(anyhow::Error::msg)?;
    let beyond = words(&models["beyond"]);
    let cases: Vec<Case> = cases.into_iter().filter(|case| !beyond.contains(&case.id)).collect();

    let mut wrong = Vec::new();
    let mut count = 0;
    let entries = models["models"].as_array_mut().context("`models` is a list")?;
    for (number, entry) in entries.iter_mut().enumerate() {
        count += 1;
        let (line, problems) = checker.model(entry, &cases, number, update)?;
        say(&line);
        wrong.extend(problems);
    }
    for broken in files(&root.join("tla/broken"))? {
        count += 1;
        let (line, problems) = checker.broken(&broken, &cases)?;
        say(&line);
        wrong.extend(problems);
    }
    if update {
        fs::write(&list, serde_json::to_string_pretty(&models)? + "\n")?;
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(format!("{count} models as expected"))
}

impl Models {
    /// Gets what is missing: Java from the system's packages, and TLC.
    fn find(root: &Path) -> Result<Models> {
        if !answers("java", "-version") {
            say("java is missing; installing it");
            runs("apt-get", &["update", "-q"]);
            runs(
                "apt-get",
                &["install", "-y", "-q", "--no-install-recommends", "default-jre-headless"],
            );
        }
        let tlc = Tlc::find(&root.join("target/tools"))?;
        Ok(Models { tlc, model: root.join("tla"), work: root.join("target/tla") })
    }

    /// A model of the list: the line to print, and what is wrong.
    fn model(
        &self,
        entry: &mut Value,
        cases: &[Case],
        number: usize,
        update: bool,
    ) -> Result<(String, Vec<String>)> {
        let name = entry["name"].as_str().context("a model has a name")?.to_owned();
        let mut batch = chosen(cases, &words(&entry["cases"]));
        if entry["generated"] == true {
            batch.programs.extend(small::programs().programs);
        }
        let root = entry["root"].as_str().unwrap_or("LamMachine").to_owned();
        let folder = self.work.join(format!("{number:02}"));
        let run = self.run(&folder, &batch, &root, entry)?;
        let mut wrong = Vec::new();
        let status = entry["exit"].as_i64().unwrap_or(0);
        if i64::from(run.status) != status {
            let why = run.errors();
            wrong.push(format!("{name}: exit {} and not {status}: {why}", run.status));
        }
        if update && !entry["distinct"].is_null() {
            entry["distinct"] = run.distinct.into();
        }
        if let Some(distinct) = entry["distinct"].as_u64()
            && distinct != run.distinct
        {
            wrong.push(format!("{name}: {} distinct states and not {distinct}", run.distinct));
        }
        let mut note = format!("{} programs", batch.programs.len());
        if entry["equal"] == true {
            wrong.extend(compare(&name, &batch, &run));
            note += &format!(", {} cases beyond the model", batch.left_out.len());
        }
        if !entry["rules"].is_null() {
            let unfired = self.unfired(&run)?;
            if update {
                entry["rules"] = unfired.iter().cloned().collect();
            }
            let known = words(&entry["rules"]).into_iter().collect::<BTreeSet<_>>();
            note += &format!(", {} rules never applied", unfired.len());
            let odd: Vec<&String> = unfired.symmetric_difference(&known).collect();
            if !odd.is_empty() {
                wrong.push(format!("{name}: not as listed, applied or not applied: {odd:?}"));
            }
        }
        let line = format!(
            "{name}: exit {}, {} distinct states, {note}, {:.1} s{}",
            run.status,
            run.distinct,
            run.seconds,
            if wrong.is_empty() { "" } else { ": WRONG" }
        );
        Ok((line, wrong))
    }

    /// A model with one place changed, which must fail for the property that is named.
    fn broken(&self, file: &Path, cases: &[Case]) -> Result<(String, Vec<String>)> {
        let entry: Value = serde_json::from_str(&fs::read_to_string(file)?)
            .with_context(|| file.display().to_string())?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text =
            |key: &str| entry[key].as_str().with_context(|| format!("{name}: `{key}` is missing"));
        let folder = self.work.join(format!("broken-{name}"));
        let module = format!("{}.tla", text("module")?);
        let whole = fs::read_to_string(self.model.join(&module))?;
        let (find, put) = (text("find")?, text("put")?);
        let places = whole.matches(find).count();
        ensure!(places == 1, "{name}: `{find}` stands {places} times in {module}");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(&module), whole.replace(find, put))?;

        let batch = chosen(cases, &words(&entry["cases"]));
        let run = self.run(&folder, &batch, "LamProps", &entry)?;
        let caught = text("caught")?;
        let right = if caught == "outcomes" {
            run.status == 0 && !compare(&name, &batch, &run).is_empty()
        } else {
            matches!(run.status, 12 | 13) && run.violated.as_deref() == Some(caught)
        };
        let by = run.violated.clone().unwrap_or_else(|| "nothing".to_owned());
        let line = format!(
            "broken {name}: exit {}, caught by {}, {:.1} s",
            run.status,
            if caught == "outcomes" && right { caught } else { &by },
            run.seconds
        );
        let mut wrong = Vec::new();
        if !right {
            let why = run.errors();
            wrong.push(format!("broken {name}: not caught by {caught} but by {by}: {why}"));
        }
        Ok((line, wrong))
    }

    /// Runs the programs under a module of the model, as an entry says.
    fn run(&self, folder: &Path, batch: &Batch, root: &str, entry: &Value) -> Result<Run> {
        let search = match entry["search"].as_str() {
            Some("instructions") => Search::Instructions,
            Some("steps") => Search::Steps,
            Some("reduced") | None => Search::Reduced,
            Some(other) => bail!("there is no search `{other}`"),
        };
        let checks: Vec<String> = words(&entry["checks"]);
        let programs: Vec<String> =
            batch.programs.iter().map(|(_, program, _)| program.clone()).collect();
        ensure!(!programs.is_empty(), "a model without programs");
        let module = tla::model("MC", root, &programs);
        let configuration = tla::configuration(search, &checks.join("\n"));
        self.tlc
            .run(folder, &self.model, &module, &configuration, TIME_MAX)
            .with_context(|| folder.display().to_string())
    }

    /// The rules that have an operator and were not applied.
    fn unfired(&self, run: &Run) -> Result<BTreeSet<String>> {
        let mut rules = BTreeSet::new();
        for file in files(&self.model)? {
            let whole = fs::read_to_string(&file)?;
            for rest in whole.split("By(\"").skip(1) {
                rules.extend(rest.split('"').next().map(ToOwned::to_owned));
            }
        }
        for rule in run.told("RULE") {
            rules.remove(&rule);
        }
        Ok(rules)
    }
}

/// The cases whose ids begin with one of these; with a `$` behind it, it is the whole id.
fn chosen(cases: &[Case], prefixes: &[String]) -> Batch {
    let wanted = |case: &&Case| {
        prefixes.iter().any(|prefix| match prefix.strip_suffix('$') {
            Some(whole) => case.id == whole,
            None => case.id.starts_with(prefix),
        })
    };
    tla::batch(&cases.iter().filter(wanted).cloned().collect::<Vec<_>>())
}

/// Where the outcome sets of TLC and of the cases are not equal.
fn compare(name: &str, batch: &Batch, run: &Run) -> Vec<String> {
    let found = tla::outcomes(run);
    let mut wrong = Vec::new();
    for (number, (id, _, wanted)) in (1..).zip(&batch.programs) {
        let got = found.get(&number).cloned().unwrap_or_default();
        if got != *wanted {
            wrong.push(format!("{name}: {id}\n  the case: {wanted:?}\n  the model: {got:?}"));
        }
    }
    wrong
}

fn words(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

/// The files of a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "json" || it == "tla") && path.is_file() {
            files.push(path);
        }
    }
    files.retain(|path| path.file_name().is_some_and(|name| name != "models.json"));
    files.sort();
    Ok(files)
}

fn answers(program: &str, probe: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(probe).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).status().is_ok_and(|status| status.success())
}

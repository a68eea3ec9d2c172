//! `cargo xtask tla`: runs the models of `tla/` in TLC and compares their verdicts.
//!
//! Owns the list of models and what each must give. What a model says is the business of `tla/`,
//! how a program becomes TLA+ and how TLC is run that of `lam_conformance`. Book: *The model*.

mod equal;
mod small;
pub mod table;
mod traces;

use crate::{say, steps};
use anyhow::{Context, Result, bail, ensure};
use lam_conformance::Case;
use lam_conformance::tla::{self, Batch, Search};
use lam_conformance::tlc::{Run, Tlc};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A run of TLC may take so long.
const TIME_MAX: Duration = Duration::from_secs(600);

/// TLC, the folder of the model, and where it works.
struct Models {
    tlc: Tlc,
    model: PathBuf,
    work: PathBuf,
}

/// Which models are run, and whether their numbers are written anew.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The large ones too.
    pub nightly: bool,
    /// Write the numbers of states that were found.
    pub update: bool,
    /// Only those with one of these in their names; all, if there is none.
    pub words: Vec<String>,
}

impl Choice {
    /// The choice that a command line states, if there is no flag in it that nobody knows.
    pub fn of(arguments: &[&str]) -> Option<Choice> {
        let mut choice = Choice::default();
        for argument in arguments {
            match *argument {
                "--nightly" => choice.nightly = true,
                "--update" => choice.update = true,
                flag if flag.starts_with('-') => return None,
                word => choice.words.push(word.to_owned()),
            }
        }
        Some(choice)
    }

    fn has(&self, name: &str, entry: &Value) -> bool {
        (self.nightly || entry["nightly"] != true)
            && (self.words.is_empty() || self.words.iter().any(|word| name.contains(word)))
    }
}

/// What came of the models.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// So many gave what was expected.
    Passed(usize),
    /// None could be run; why.
    Skipped(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Passed(count) => write!(f, "{count} models as expected"),
            Verdict::Skipped(why) => write!(f, "SKIPPED, no model was checked: {why}"),
        }
    }
}

/// Runs the models that are chosen.
///
/// # Errors
/// If a model gives another verdict or another number of states than `tla/models.json` says, if
/// a broken model is not caught, or if there is no Java in CI.
pub fn check(root: &Path, choice: &Choice) -> Result<Verdict> {
    let checker = match Models::find(root) {
        Ok(checker) => checker,
        Err(why) if steps::in_ci() => bail!("nothing is skipped in CI: {why:#}"),
        Err(why) => return Ok(Verdict::Skipped(format!("{why:#}"))),
    };
    let list = root.join("tla/models.json");
    let mut models: Value = serde_json::from_str(&fs::read_to_string(&list)?)
        .with_context(|| list.display().to_string())?;
    let cases = Case::all(&root.join("conformance/cases")).map_err(anyhow::Error::msg)?;

    let mut wrong = Vec::new();
    let (mut count, started) = (0, Instant::now());
    let cpu = children_seconds();
    let entries = models["models"].as_array_mut().context("`models` is a list")?;
    for (number, entry) in entries.iter_mut().enumerate() {
        let name = entry["name"].as_str().context("a model has a name")?.to_owned();
        if choice.has(&name, entry) {
            count += 1;
            let (line, problems) = checker.model(&name, entry, &cases, number, choice.update)?;
            say(&line);
            wrong.extend(problems);
        }
    }
    for file in files(&root.join("tla/broken"))? {
        let entry: Value = serde_json::from_str(&fs::read_to_string(&file)?)
            .with_context(|| file.display().to_string())?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if choice.has(&name, &entry) {
            count += 1;
            let (line, problems) = checker.broken(&name, &entry, &cases)?;
            say(&line);
            wrong.extend(problems);
        }
    }
    let others: [(&str, Check); 2] = [("equality", equality), ("traces", traces)];
    for (name, check) in others {
        if choice.has(name, &Value::Null) {
            count += 1;
            let cpu = children_seconds();
            let (line, problems) = check(&checker, &cases, choice.nightly)?;
            say(&format!("{line}, {:.1} CPU s", children_seconds() - cpu));
            wrong.extend(problems);
        }
    }
    if choice.update {
        fs::write(&list, serde_json::to_string_pretty(&models)? + "\n")?;
    }
    say(&format!(
        "{count} models, {:.0} s, {:.0} CPU s",
        started.elapsed().as_secs_f32(),
        children_seconds() - cpu
    ));
    ensure!(count > 0, "no model has such a name");
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(Verdict::Passed(count))
}

/// What compares the model with the reference machine: the line to print, and what is wrong.
type Check = fn(&Models, &[Case], bool) -> Result<(String, Vec<String>)>;

fn equality(models: &Models, cases: &[Case], _nightly: bool) -> Result<(String, Vec<String>)> {
    equal::check(models, &models.work.join("equality"), cases)
}

fn traces(models: &Models, cases: &[Case], nightly: bool) -> Result<(String, Vec<String>)> {
    traces::check(&models.tlc, &models.model, &models.work, cases, nightly)
}

impl Models {
    /// Gets what is missing: Java from the system's packages, and TLC.
    fn find(root: &Path) -> Result<Models> {
        // Without it `Tlc::find` says what to do.
        let _ = steps::tools::java(root);
        let tlc = Tlc::find(&root.join("target/tools"))?;
        Ok(Models { tlc, model: root.join("tla"), work: root.join("target/tla") })
    }

    /// A model of the list: the line to print, and what is wrong.
    fn model(
        &self,
        name: &str,
        entry: &mut Value,
        cases: &[Case],
        number: usize,
        update: bool,
    ) -> Result<(String, Vec<String>)> {
        let mut batch = chosen(cases, entry)?;
        if entry["generated"] == true {
            let made = small::programs();
            ensure!(
                made.programs.len() >= small::FEWEST,
                "{name}: only {} programs, and {} that the model cannot have",
                made.programs.len(),
                made.left_out.len()
            );
            batch.programs.extend(made.programs);
        }
        let folder = self.work.join(format!("{number:02}"));
        let cpu = children_seconds();
        let run = self.run(&folder, &batch, entry)?;
        let cpu = children_seconds() - cpu;
        let mut wrong = Vec::new();
        let status = entry["exit"].as_i64().unwrap_or(0);
        if i64::from(run.status) != status {
            let (status_is, why) = (run.status, run.errors());
            let line = format!("{name}: exit {status_is}: WRONG, see {}", folder.display());
            return Ok((line, vec![format!("{name}: exit {status_is} and not {status}: {why}")]));
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
            let differ = compare(name, &batch, &run);
            let equal = batch.programs.len() - differ.len();
            let beyond = batch.left_out.len();
            note += &format!(", {equal} with equal outcomes, {beyond} cases beyond the model");
            wrong.extend(differ);
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
            "{name}: exit {}, {} distinct states, {note}, {cpu:.1} CPU s{}",
            run.status,
            run.distinct,
            if wrong.is_empty() { "" } else { ": WRONG" }
        );
        Ok((line, wrong))
    }

    /// A model with one place changed, which must fail for the property that is named.
    fn broken(&self, name: &str, entry: &Value, cases: &[Case]) -> Result<(String, Vec<String>)> {
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

        let batch = chosen(cases, entry)?;
        let cpu = children_seconds();
        let run = self.run(&folder, &batch, entry)?;
        let cpu = children_seconds() - cpu;
        let caught = text("caught")?;
        let violated = violated(&run, entry);
        let right = if caught == "outcomes" {
            run.status == 0 && !compare(name, &batch, &run).is_empty()
        } else {
            matches!(run.status, 12 | 13) && violated.as_deref() == Some(caught)
        };
        let by = violated.clone().unwrap_or_else(|| "nothing".to_owned());
        let line = format!(
            "broken {name}: exit {}, caught by {}, {cpu:.1} CPU s",
            run.status,
            if caught == "outcomes" && right { caught } else { &by },
        );
        let mut wrong = Vec::new();
        if !right {
            let why = run.errors();
            wrong.push(format!("broken {name}: not caught by {caught} but by {by}: {why}"));
        }
        Ok((line, wrong))
    }

    /// Runs the programs as an entry says.
    fn run(&self, folder: &Path, batch: &Batch, entry: &Value) -> Result<Run> {
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
        let text = |key: &str, usual| entry[key].as_str().unwrap_or(usual).to_owned();
        let module = tla::model("MC", &text("root", "LamMachine"), &programs);
        let configuration = tla::configuration_of(
            search,
            &text("specification", "Spec"),
            &text("view", "core"),
            &checks.join("\n"),
        );
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

/// The cases whose ids begin with one of those that an entry names (with a `$` behind it, it is
/// the whole id), with its `limits` and with the sets of its `outcomes` in place of their own.
fn chosen(cases: &[Case], entry: &Value) -> Result<Batch> {
    let prefixes = words(&entry["cases"]);
    let wanted = |case: &&Case| {
        prefixes.iter().any(|prefix| match prefix.strip_suffix('$') {
            Some(whole) => case.id == whole,
            None => case.id.starts_with(prefix),
        })
    };
    let mut cases: Vec<Case> = cases.iter().filter(wanted).cloned().collect();
    let limits: BTreeMap<String, u64> = match &entry["limits"] {
        Value::Null => BTreeMap::new(),
        limits => serde_json::from_value(limits.clone()).context("`limits` are numbers")?,
    };
    for case in &mut cases {
        case.limits.extend(limits.clone());
    }
    let mut batch = tla::batch(&cases);
    for (id, _, outcomes) in &mut batch.programs {
        if let list @ Value::Array(_) = &entry["outcomes"][id.as_str()] {
            *outcomes = words(list).into_iter().collect();
        }
    }
    Ok(batch)
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

/// The property that is violated. TLC does not name one of whole behaviours, and of a refinement
/// it names a line: such a one is checked alone.
fn violated(run: &Run, entry: &Value) -> Option<String> {
    let unnamed = run.printed.contains("Error: Temporal properties were violated.");
    if unnamed || run.violated.as_deref() == Some("line") {
        let checks = words(&entry["checks"]);
        let mut properties = checks.iter().filter_map(|line| line.strip_prefix("PROPERTY "));
        return properties.next().map(ToOwned::to_owned);
    }
    run.violated.clone()
}

/// Seconds of processor time that the ended children of this process have taken; 0 where the
/// system does not tell.
fn children_seconds() -> f32 {
    // The 14th and 15th field after the name are user and system time, in hundredths of a second.
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f32> = fields.split(' ').skip(14).take(2).flat_map(str::parse).collect();
    ticks.iter().sum::<f32>() / 100.0
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

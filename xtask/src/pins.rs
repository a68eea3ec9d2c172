//! Suspect links: what was written for a rule is looked at again when the rule's text changes.
//!
//! A case that covers a rule, a function of the reference machine that fires it and an operator
//! of the model that is named after it depend on it. `spec/pins.lock` remembers for which text of
//! the rule each was last looked at; a change of the text makes all of them suspect until they are
//! pinned again, by `cargo xtask pin RULE`, in the same change.

use crate::rules::{self, fnv};
use anyhow::{Context, Result, bail};
use lam_conformance::Case;
use lam_isa::Rule;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Where the pins lie.
pub const LOCK: &str = "spec/pins.lock";

const HEAD: &str = "# Written by `cargo xtask pin`. One line a link: a rule, the hash of the text that its dependant\n\
                    # was last looked at for, and the dependant.\n";

/// A rule and what depends on it.
type Link = (String, String);

/// Every link there is: in cases, in the reference machine and in the model.
fn links(root: &Path) -> Result<BTreeSet<Link>> {
    let mut links = BTreeSet::new();
    let cases = Case::all(&root.join("conformance/cases")).map_err(anyhow::Error::msg)?;
    for case in cases {
        for rule in case.covers {
            links.insert((rule.id(), format!("conformance/cases/{}.lam", case.id)));
        }
    }
    let ids: BTreeMap<String, String> =
        Rule::all().into_iter().map(|rule| (rule.camel(), rule.id())).collect();
    for (path, text) in files(root, "reference-vm/src", "rs")? {
        let mut function = "";
        for line in text.lines() {
            if let Some(name) = word_after(line, "fn ") {
                function = name;
            }
            for mention in line.split("Rule::").skip(1) {
                if let Some(id) = ids.get(word(mention)) {
                    links.insert((id.clone(), format!("{path}#{function}")));
                }
            }
        }
    }
    for (path, text) in files(root, "tla", "tla")? {
        for line in text.lines().filter(|line| line.contains("==")) {
            if let Some(id) = ids.get(word(line)) {
                links.insert((id.clone(), format!("{path}#{}", word(line))));
            }
        }
    }
    Ok(links)
}

/// The identifier at the start of a text.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn word_after<'t>(line: &'t str, before: &str) -> Option<&'t str> {
    let name = word(line.split_once(before)?.1);
    (!name.is_empty() && !line.trim_start().starts_with("//")).then_some(name)
}

/// The files of that ending below a folder: path from the root, and text.
fn files(root: &Path, below: &str, ending: &str) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join(below)];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder).with_context(|| below.to_owned())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                found.push((name.replace('\\', "/"), std::fs::read_to_string(&path)?));
            }
        }
    }
    Ok(found)
}

/// The hash of each rule's text.
fn hashes(root: &Path) -> Result<BTreeMap<String, String>> {
    let pages = crate::prose::pages(&root.join("spec"))?;
    let (stated, _) = rules::stated(&pages);
    let hash = |text: &str| format!("{:016x}", fnv(text.as_bytes()));
    Ok(stated.into_iter().map(|(id, rule)| (id, hash(&rule.text))).collect())
}

/// The pins so far: link to hash.
fn pinned(root: &Path) -> Result<BTreeMap<Link, String>> {
    let text = std::fs::read_to_string(root.join(LOCK)).unwrap_or_default();
    let mut pins = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            [rule, hash, dependant] => {
                pins.insert(((*rule).to_owned(), (*dependant).to_owned()), (*hash).to_owned());
            }
            _ => bail!("{LOCK} has a line that is none of its own: `{line}`"),
        }
    }
    Ok(pins)
}

/// Pins the dependants of these rules to their present text, new links too, and forgets links
/// that are gone; `all` does so for every rule.
pub fn pin(root: &Path, wanted: &[&str]) -> Result<String> {
    let hashes = hashes(root)?;
    for rule in wanted.iter().filter(|rule| **rule != "all") {
        if !hashes.contains_key(*rule) {
            bail!("`{rule}` is no rule of the book");
        }
    }
    let before = pinned(root)?;
    let (mut text, mut changed) = (HEAD.to_owned(), 0);
    for link in links(root)? {
        let (rule, dependant) = &link;
        let now = hashes.get(rule).cloned().unwrap_or_default();
        let chosen = wanted.iter().any(|wanted| *wanted == "all" || wanted == rule);
        let hash = match before.get(&link) {
            Some(old) if !chosen => old.clone(),
            None if !chosen => continue,
            _ => now,
        };
        changed += usize::from(before.get(&link) != Some(&hash));
        text.push_str(&format!("{rule} {hash} {dependant}\n"));
    }
    std::fs::write(root.join(LOCK), &text).with_context(|| format!("writing {LOCK}"))?;
    Ok(format!("{LOCK}: {} links, {changed} pinned", text.lines().count() - 2))
}

/// Every link that is suspect, new or gone.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let (hashes, pins, links) = (hashes(root)?, pinned(root)?, links(root)?);
    let mut wrong = Vec::new();
    for link in &links {
        let (rule, dependant) = link;
        match (pins.get(link), hashes.get(rule)) {
            (Some(pin), Some(hash)) if pin == hash => {}
            (Some(_), _) => wrong.push(format!(
                "{dependant} is suspect: {rule} says something else now; look at it, then run \
                 `cargo xtask pin {rule}`"
            )),
            (None, _) => {
                wrong.push(format!("{dependant} is not pinned: run `cargo xtask pin {rule}`"));
            }
        }
    }
    for (rule, dependant) in pins.keys().filter(|link| !links.contains(*link)) {
        wrong
            .push(format!("{dependant} no longer depends on {rule}: run `cargo xtask pin {rule}`"));
    }
    Ok(wrong)
}

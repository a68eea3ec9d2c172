//! The tie between the rules of the book, of `lam_isa::Rule` and of `spec/rules.lock`.
//!
//! The lock remembers every id that ever was and a hash of what it says, so that a changed rule
//! shows as a changed line, and a retired id is never used again.

use crate::prose::{self, Page, Stated};
use anyhow::{Context, Result, bail};
use lam_isa::Rule;
use lam_isa::rule::Sort;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Where the lock lies.
pub const LOCK: &str = "spec/rules.lock";

const HEAD: &str = "# Written by `cargo xtask rules` from the book. One line a rule: its id, its sort, a hash of\n\
                    # its normalised text. A rule that is gone stays as `retired`, and its id with it.\n";

/// 64-bit FNV-1a: short, well known, and easy to write again elsewhere.
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Every rule that the pages state, and what is wrong with how they do it.
pub fn stated(pages: &[Page]) -> (BTreeMap<String, Stated>, Vec<String>) {
    let mut found: BTreeMap<String, Stated> = BTreeMap::new();
    let mut wrong = Vec::new();
    let known: BTreeSet<String> = Rule::all().iter().map(|rule| rule.id()).collect();
    for page in pages {
        match page.rules() {
            Err(error) => wrong.push(error.to_string()),
            Ok(rules) => {
                for rule in rules {
                    if !known.contains(&rule.id) {
                        wrong.push(format!(
                            "spec/{}: `{}` is no rule of lam_isa::Rule",
                            rule.place, rule.id
                        ));
                    }
                    if let Some(first) = found.get(&rule.id) {
                        wrong.push(format!(
                            "spec/{}: `{}` is stated at spec/{} already",
                            rule.place, rule.id, first.place
                        ));
                    } else {
                        found.insert(rule.id.clone(), rule);
                    }
                }
            }
        }
        for (line, id) in page.mentions() {
            if !known.contains(&id) {
                wrong.push(format!("spec/{}:{line}: `{id}` is no rule", page.path));
            }
        }
    }
    for id in known.iter().filter(|id| !found.contains_key(*id)) {
        wrong.push(format!("`{id}` is a rule that no page of the book states"));
    }
    (found, wrong)
}

/// The lock that belongs to these rules; `before` is the lock so far.
pub fn lock(stated: &BTreeMap<String, Stated>, before: &str) -> Result<String> {
    let mut text = HEAD.to_owned();
    let all = Rule::all();
    let living: BTreeSet<String> = all.iter().map(|rule| rule.id()).collect();
    let mut retired = BTreeSet::new();
    for line in before.lines().filter(|line| !line.starts_with('#')) {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            [id, "retired"] if living.contains(*id) => bail!("`{id}` is retired and used again"),
            [id, "retired"] => drop(retired.insert((*id).to_owned())),
            [id, _, _] if !living.contains(*id) => drop(retired.insert((*id).to_owned())),
            [_, _, _] => {}
            _ => bail!("{LOCK} has a line that is none of its own: `{line}`"),
        }
    }
    for rule in &all {
        let sort = match rule.sort() {
            Sort::Fired => "fired",
            Sort::Rejected => "rejected",
            Sort::Defined => "defined",
        };
        let hash = stated.get(&rule.id()).map_or(0, |rule| fnv(rule.text.as_bytes()));
        writeln!(text, "{rule} {sort} {hash:016x}")?;
    }
    for id in retired {
        writeln!(text, "{id} retired")?;
    }
    Ok(text)
}

/// Writes the lock anew; fails if the book and the rules disagree.
pub fn write(root: &Path) -> Result<String> {
    let pages = prose::pages(&root.join("spec"))?;
    let (stated, wrong) = stated(&pages);
    let path = root.join(LOCK);
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let after = lock(&stated, &before)?;
    std::fs::write(&path, &after).with_context(|| format!("writing {LOCK}"))?;
    if !wrong.is_empty() {
        bail!("{LOCK} is written, but the book is not in order:\n{}", wrong.join("\n"));
    }
    let changed = after.lines().filter(|line| !before.lines().any(|old| old == *line)).count();
    Ok(format!("{LOCK}: {} rules, {changed} lines changed", stated.len()))
}

/// What is wrong between book, rules and lock.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let pages = prose::pages(&root.join("spec"))?;
    let (stated, mut wrong) = stated(&pages);
    let before = std::fs::read_to_string(root.join(LOCK)).unwrap_or_default();
    let after = lock(&stated, &before)?;
    let old: BTreeSet<&str> = before.lines().collect();
    let new: BTreeSet<&str> = after.lines().collect();
    for line in new.difference(&old) {
        wrong.push(format!("{LOCK} lacks `{line}`: run `cargo xtask rules` and review the change"));
    }
    for line in old.difference(&new) {
        wrong.push(format!("{LOCK} has `{line}`, which is not so: run `cargo xtask rules`"));
    }
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_is_the_published_one() {
        assert_eq!(fnv(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(b"a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn a_misspelt_rule_is_found_in_statements_and_mentions() {
        let text = "<div class=\"rule\" id=\"exec.recv.fuond\"><a class=\"tag\" \
                    href=\"#exec.recv.fuond\">exec.recv.fuond</a>\n\nText.\n\n</div>\n\
                    As `exec.recv.emtpy` says.\n";
        let (_, wrong) = stated(&[Page { path: "p.md".into(), text: text.into() }]);
        for expected in [
            "spec/p.md:1: `exec.recv.fuond` is no rule of lam_isa::Rule",
            "spec/p.md:6: `exec.recv.emtpy` is no rule",
            "`exec.recv.found` is a rule that no page of the book states",
        ] {
            assert!(wrong.iter().any(|line| line == expected), "{expected}: {wrong:#?}");
        }
    }

    #[test]
    fn ids_are_retired_and_never_used_again() {
        let lock_with = |before: &str| lock(&BTreeMap::new(), before);
        assert!(
            lock_with("exec.old.thing fired 0000000000000000\n")
                .unwrap()
                .contains("exec.old.thing retired")
        );
        assert!(lock_with("exec.old.thing retired\n").unwrap().contains("exec.old.thing retired"));
        assert!(lock_with("exec.recv.found retired\n").is_err());
        assert!(lock_with("nonsense\n").is_err());
    }
}

//! The conformance cases by the rules that they cover, as their headers say.

use anyhow::{Context, Result};
use lam_isa::table::InstrInfo;
use std::collections::BTreeMap;
use std::path::Path;

/// Which cases cover a rule.
#[derive(Debug, Default)]
pub struct Cases {
    by_rule: BTreeMap<String, Vec<String>>,
}

impl Cases {
    /// Reads the headers of every case below `folder`; none if there is no such folder.
    pub fn read(folder: &Path) -> Result<Cases> {
        let mut cases = Cases::default();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(now) = folders.pop().filter(|f| f.is_dir()) {
            for entry in now.read_dir().with_context(|| format!("reading {}", now.display()))? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                let id = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
                let id = id.to_string_lossy().replace('\\', "/");
                for rule in covers(&text) {
                    cases.by_rule.entry(rule).or_default().push(id.clone());
                }
            }
        }
        for ids in cases.by_rule.values_mut() {
            ids.sort();
        }
        Ok(cases)
    }

    /// The cases that cover a rule.
    pub fn of(&self, rule: &str) -> &[String] {
        self.by_rule.get(rule).map_or(&[], Vec::as_slice)
    }

    /// The line of an instruction's page.
    pub fn line(&self, info: &InstrInfo) -> String {
        let subject = format!("exec.{}.", info.name);
        let mut ids: Vec<&String> = self
            .by_rule
            .iter()
            .filter(|(rule, _)| {
                rule.starts_with(&subject) || info.rules.iter().any(|own| own.id() == **rule)
            })
            .flat_map(|(_, ids)| ids)
            .collect();
        ids.sort();
        ids.dedup();
        match ids.len() {
            0 => "No case yet.\n".into(),
            n => {
                let shown: Vec<String> = ids.iter().take(8).map(|id| format!("`{id}`")).collect();
                let more = n - shown.len();
                let more = if more > 0 { format!(", and {more} more") } else { String::new() };
                let noun = if n == 1 { "case" } else { "cases" };
                format!("{n} {noun} in `conformance/cases/`: {}{more}.\n", shown.join(", "))
            }
        }
    }
}

/// The rules behind `covers` in a header.
fn covers(text: &str) -> Vec<String> {
    let line = text.lines().map(|line| line.trim_start_matches([';', ' ']));
    let line = line.filter_map(|line| line.strip_prefix("covers")).next().unwrap_or_default();
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')));
    words.filter(|word| crate::prose::is_rule_id(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_the_rules() {
        let text = "; title: x\n; covers: exec.recv.found, sig.order.pair\n; see exec.recv.empty\n";
        assert_eq!(covers(text), ["exec.recv.found", "sig.order.pair"]);
    }
}

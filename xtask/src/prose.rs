//! The book's source as data: its pages, the rules they state, the programs they show.
//!
//! Owns the little that is fixed about a page: how a rule is written, how a program and its
//! outcomes are, how an id is mentioned. Book: *How to read the rules*.

use anyhow::{Context, Result, bail};
use std::path::Path;

/// The areas of rule ids: the first of their three parts.
const AREAS: [&str; 9] = ["bin", "text", "val", "exec", "sched", "sig", "lim", "end", "term"];

/// One page of the book.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its path in `spec/`, with slashes.
    pub path: String,
    /// Its source.
    pub text: String,
}

/// One rule as a page states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Its id.
    pub id: String,
    /// `page:line`.
    pub place: String,
    /// Its sentences, white space normalised.
    pub text: String,
}

/// One program of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// `page:line`.
    pub place: String,
    /// The words behind `lam` in the fence.
    pub tags: Vec<String>,
    /// Its text.
    pub source: String,
    /// The `outcomes` block that follows it, outcome and reason.
    pub outcomes: Option<Vec<(String, String)>>,
}

/// Every page under `spec`, in the order of its path.
pub fn pages(spec: &Path) -> Result<Vec<Page>> {
    let mut found = Vec::new();
    let mut folders = vec![spec.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = folder.read_dir().with_context(|| format!("reading {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                let relative = path.strip_prefix(spec).context("a file of the folder read")?;
                let text = std::fs::read_to_string(&path)
                    .with_context(|| format!("reading {}", path.display()))?;
                let path = relative.to_string_lossy().replace('\\', "/");
                found.push(Page { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

impl Page {
    /// The rules that this page states.
    pub fn rules(&self) -> Result<Vec<Stated>> {
        let mut stated = Vec::new();
        let mut open: Option<Stated> = None;
        for (at, line) in self.text.lines().enumerate() {
            let place = format!("{}:{}", self.path, at + 1);
            if line.trim_start().starts_with("<div class=\"rule\"") {
                if open.is_some() {
                    bail!("spec/{place}: a rule inside a rule");
                }
                let id = between(line, "id=\"", "\"").unwrap_or_default().to_owned();
                let written = format!(
                    "<div class=\"rule\" id=\"{id}\"><a class=\"tag\" href=\"#{id}\">{id}</a>"
                );
                if line.trim() != written {
                    bail!("spec/{place}: a rule begins with `{written}`, found `{line}`");
                }
                open = Some(Stated { id, place, text: String::new() });
            } else if line.trim() == "</div>" {
                if let Some(rule) = open.take() {
                    if rule.text.is_empty() {
                        bail!("spec/{}: rule `{}` says nothing", rule.place, rule.id);
                    }
                    stated.push(rule);
                }
            } else if let Some(rule) = &mut open {
                for word in line.split_whitespace() {
                    if !rule.text.is_empty() {
                        rule.text.push(' ');
                    }
                    rule.text.push_str(word);
                }
            }
        }
        match open {
            Some(rule) => bail!("spec/{}: rule `{}` is not closed", rule.place, rule.id),
            None => Ok(stated),
        }
    }

    /// The programs that this page shows.
    pub fn programs(&self) -> Result<Vec<Program>> {
        let mut found: Vec<Program> = Vec::new();
        let mut after_program = false;
        for block in self.fences()? {
            let mut words = block.info.split([',', ' ']).filter(|word| !word.is_empty());
            match words.next() {
                Some("lam") => {
                    found.push(Program {
                        place: format!("{}:{}", self.path, block.line),
                        tags: words.map(str::to_owned).collect(),
                        source: block.body,
                        outcomes: None,
                    });
                    after_program = true;
                }
                Some("outcomes") => {
                    let program = found.last_mut().filter(|_| after_program);
                    let Some(program) = program else {
                        bail!("spec/{}:{}: outcomes of no program", self.path, block.line)
                    };
                    program.outcomes = Some(outcomes(&block.body));
                    after_program = false;
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Where this page mentions a rule in code: line and id.
    pub fn mentions(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (at, line) in self.text.lines().enumerate() {
            for (i, piece) in line.split('`').enumerate() {
                if i % 2 == 1 && is_rule_id(piece) {
                    found.push((at + 1, piece.to_owned()));
                }
            }
            for target in line.split("](").skip(1) {
                let target = target.split(')').next().unwrap_or_default();
                if let Some((_, id)) = target.split_once('#').filter(|(_, id)| is_rule_id(id)) {
                    found.push((at + 1, id.to_owned()));
                }
            }
        }
        found
    }

    /// The markers that the build replaces: name and arguments.
    pub fn fences(&self) -> Result<Vec<Fence>> {
        let mut found = Vec::new();
        let mut open: Option<Fence> = None;
        for (at, line) in self.text.lines().enumerate() {
            match (&mut open, line.trim_start().strip_prefix("```")) {
                (None, Some(info)) => {
                    let info = info.trim().to_owned();
                    open = Some(Fence { line: at + 1, info, body: String::new() });
                }
                (Some(_), Some(_)) => found.extend(open.take()),
                (Some(fence), None) => {
                    fence.body.push_str(line);
                    fence.body.push('\n');
                }
                (None, None) => {}
            }
        }
        match open {
            Some(fence) => bail!("spec/{}:{}: the block is not closed", self.path, fence.line),
            None => Ok(found),
        }
    }
}

/// One fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The line of its opening fence, from 1.
    pub line: usize,
    /// What stands behind the fence.
    pub info: String,
    /// Its lines.
    pub body: String,
}

/// The lines of an `outcomes` block: an outcome and, behind ` -- ` or ` — `, a reason.
pub fn outcomes(body: &str) -> Vec<(String, String)> {
    let lines = body.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let split = [" -- ", " — "].iter().filter_map(|by| line.split_once(by)).next();
            let (outcome, reason) = split.unwrap_or((line, ""));
            (outcome.trim().to_owned(), reason.trim().to_owned())
        })
        .collect()
}

/// Whether a word has the shape of a rule id: an area, a subject, an aspect.
pub fn is_rule_id(word: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3 && AREAS.contains(&parts[0]) && parts.iter().all(|p| part(p))
}

/// The text after `open` up to `close`.
pub fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(open)?;
    Some(rest.split_once(close)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page { path: "p.md".into(), text: text.into() }
    }

    #[test]
    fn a_rule_is_its_normalised_text() {
        let text = "<div class=\"rule\" id=\"exec.recv.found\"><a class=\"tag\" \
                    href=\"#exec.recv.found\">exec.recv.found</a>\n\nIf a message\n  stands.\n\n</div>\n";
        let rules = page(text).rules().unwrap();
        let found = Stated {
            id: "exec.recv.found".into(),
            place: "p.md:1".into(),
            text: "If a message stands.".into(),
        };
        assert_eq!(rules, [found]);
    }

    #[test]
    fn a_rule_with_two_names_is_an_error() {
        let text = "<div class=\"rule\" id=\"exec.recv.found\"><a class=\"tag\" \
                    href=\"#exec.recv.empty\">exec.recv.found</a>\n\nText.\n\n</div>\n";
        assert!(page(text).rules().is_err());
    }

    #[test]
    fn programs_take_the_outcomes_behind_them() {
        let text = "```lam\nret 0\n```\n\n```outcomes\n0 exit a -- because\n0 exit b\n```\n";
        let programs = page(text).programs().unwrap();
        let outcomes = programs[0].outcomes.clone().unwrap();
        assert_eq!(outcomes[0], ("0 exit a".into(), "because".into()));
        assert_eq!(outcomes[1], ("0 exit b".into(), String::new()));
        assert!(page("```outcomes\n0 exit a\n```\n").programs().is_err());
    }

    #[test]
    fn mentions_are_ids_in_code_and_in_links() {
        let text = "See `exec.recv.found`, `exec.recv` and [that](../x.md#val.slot.kind).";
        let found = page(text).mentions();
        assert_eq!(found, [(1, "exec.recv.found".into()), (1, "val.slot.kind".into())]);
    }
}

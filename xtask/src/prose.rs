//! The book's source as data: its pages, the rules they state, the programs they show.
//!
//! Owns the little that is fixed about a page: how a rule is written, how a program and its
//! outcomes are, how an id is mentioned. Book: *How to read the rules*.

use anyhow::{Context, Result, bail};
use lam_conformance::shown;
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

/// Every page under `spec`, in the order of its path.
pub fn pages(spec: &Path) -> Result<Vec<Page>> {
    let pages = shown::pages(spec).with_context(|| format!("reading {}", spec.display()))?;
    Ok(pages.into_iter().map(|(path, text)| Page { path, text }).collect())
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
    fn mentions_are_ids_in_code_and_in_links() {
        let text = "See `exec.recv.found`, `exec.recv` and [that](../x.md#val.slot.kind).";
        let found = page(text).mentions();
        assert_eq!(found, [(1, "exec.recv.found".into()), (1, "val.slot.kind".into())]);
    }
}

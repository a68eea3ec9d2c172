//! The programs that pages of the book show, and what they print below them.
//!
//! A page shows a program in a block that is fenced as `lam`, and its complete set of outcomes in the
//! block behind it, fenced as `outcomes`: one a line, with the reason behind ` -- ` or ` — `.

use crate::case::{Case, Expected, Malformed, Program};
use lam_isa::Capability;
use lam_reference::Schedule;
use std::collections::BTreeMap;
use std::path::Path;

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

/// One program of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The line of its opening fence, from 1.
    pub line: usize,
    /// Its text.
    pub source: String,
    /// The `outcomes` block that follows it, outcome and reason.
    pub outcomes: Option<Vec<(String, String)>>,
}

/// Every page under `spec`, in the order of its path: that, with slashes, and the text.
///
/// # Errors
/// If a folder or a file cannot be read.
pub fn pages(spec: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut folders = vec![spec.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir()? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let below = path.strip_prefix(spec).unwrap_or(&path);
                let name = below.to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path)?));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The fenced blocks of a page.
///
/// # Errors
/// If one is not closed.
pub fn fences(text: &str) -> Result<Vec<Fence>, Malformed> {
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    for (line, content) in (1..).zip(text.lines()) {
        match (&mut open, content.trim_start().strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Fence { line, info: info.trim().to_owned(), body: String::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(fence), None) => {
                fence.body.push_str(content);
                fence.body.push('\n');
            }
            (None, None) => {}
        }
    }
    match open {
        Some(fence) => Err(malformed(fence.line, "the block is not closed")),
        None => Ok(found),
    }
}

/// The programs of a page, whole or not.
///
/// # Errors
/// If a block is not closed, or outcomes stand behind no program.
pub fn programs(text: &str) -> Result<Vec<Shown>, Malformed> {
    let mut found: Vec<Shown> = Vec::new();
    let mut after_program = false;
    for block in fences(text)? {
        match block.info.split([',', ' ']).find(|word| !word.is_empty()) {
            Some("lam") => {
                found.push(Shown { line: block.line, source: block.body, outcomes: None });
                after_program = true;
            }
            Some("outcomes") => {
                let program = found.last_mut().filter(|_| after_program);
                let Some(program) = program else {
                    return Err(malformed(block.line, "outcomes of no program"));
                };
                program.outcomes = Some(outcomes(&block.body));
                after_program = false;
            }
            _ => {}
        }
    }
    Ok(found)
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

/// Whether a block is a whole program: its first word is `module`, comments aside. A shorter one shows
/// a part of one.
pub fn is_whole(source: &str) -> bool {
    let mut lines = source.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(';'));
    first.is_some_and(|line| line.starts_with("module "))
}

/// The whole programs of a page, as cases: of every schedule come exactly the outcomes that stand there.
///
/// # Errors
/// If a block is not closed, outcomes stand behind no program, or a whole program has none.
pub fn cases(page: &str, text: &str) -> Result<Vec<Case>, Malformed> {
    let whole = programs(text)?.into_iter().filter(|program| is_whole(&program.source));
    whole
        .map(|Shown { line, source, outcomes }| {
            let outcomes =
                outcomes.ok_or_else(|| malformed(line, "a program without its outcomes"))?;
            let mut outcomes: Vec<String> = outcomes.into_iter().map(|(text, _)| text).collect();
            outcomes.sort();
            Ok(Case {
                id: format!("{page}:{line}"),
                title: String::new(),
                covers: Vec::new(),
                limits: BTreeMap::new(),
                schedule: Schedule::RoundRobin,
                root_halts: false,
                granted: Capability::ALL.into(),
                input: String::new(),
                program: Program::Text(source),
                expected: Expected::Explored(outcomes),
                origin: "book".to_owned(),
            })
        })
        .collect()
}

fn malformed(line: usize, message: &str) -> Malformed {
    Malformed { line, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n\n```lam\nmodule m\n```\n\n```outcomes\n0 exit b -- late\n0 exit a\n```\n\n\
                        ```lam\n    raise exit a\n```\n";

    #[test]
    fn whole_programs_are_cases() {
        let [case] = &cases("a.md", PAGE).expect("all is closed")[..] else {
            panic!("one is whole")
        };
        assert_eq!(case.id, "a.md:3");
        let wanted = ["0 exit a", "0 exit b"].map(str::to_owned).to_vec();
        assert_eq!(case.expected, Expected::Explored(wanted));
        assert!(is_whole("; why\n\nmodule m\n"));
        assert!(!is_whole("take:\n    recv -> x0 else idle\n"));
    }

    #[test]
    fn broken_pages_say_where() {
        let line = |text: &str| cases("a.md", text).expect_err("it is broken").line;
        assert_eq!(line("```lam\nmodule m\n"), 1);
        assert_eq!(line("\n```outcomes\n0 exit a\n```\n"), 2);
        assert_eq!(line("\n\n```lam\nmodule m\n```\n"), 3);
    }
}

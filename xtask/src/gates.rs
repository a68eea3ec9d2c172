//! The gates between the layers: each gives back what is wrong, one line a fault.
//!
//! They run under `cargo test --workspace` (`xtask/tests/gates.rs`), so that no commit passes them by.

use anyhow::{Context, Result};
use lam_isa::{Family, INSTRUCTIONS};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where each layer keeps a family; `*` is its name.
const LAYERS: [&str; 6] = [
    "spec/*/index.md",
    "isa/src/verify/*.rs",
    "reference-vm/src/exec/*.rs",
    "fast-vm/src/exec/*.rs",
    "beam/src/lower/*.rs",
    "conformance/cases/*",
];

/// Every layer has every family, under the shared name.
pub fn families(root: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for family in Family::ALL {
        for layer in LAYERS {
            let path = layer.replace('*', family.name());
            if !root.join(&path).exists() {
                wrong.push(format!("family {}: there is no {path}", family.name()));
            }
        }
    }
    wrong
}

/// Which of our crates each crate may import.
const ARROWS: [(&str, &[&str]); 8] = [
    ("lam-isa", &[]),
    ("lam-reference", &["lam-isa"]),
    ("lam-fast", &["lam-isa"]),
    ("lam-fast-wasm", &["lam-isa", "lam-fast"]),
    ("lam-beam", &["lam-isa"]),
    ("lam-conformance", &["lam-isa", "lam-reference"]),
    ("lam", &["lam-isa", "lam-reference", "lam-fast", "lam-beam", "lam-conformance"]),
    ("xtask", &["lam-isa", "lam-reference", "lam-beam", "lam-conformance"]),
];

/// No crate imports what it must not know; tests may.
pub fn arrows(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("starting cargo metadata")?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("reading cargo metadata")?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
    let ours: Vec<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ARROWS.iter().find(|(crate_name, _)| *crate_name == name) else {
            wrong.push(format!("crate {name} is not in the list of arrows"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"].as_str().unwrap_or_default();
            let is_test = dependency["kind"] == "dev";
            if ours.contains(&other) && !is_test && !allowed.contains(&other) {
                wrong.push(format!("crate {name} must not import {other}"));
            }
        }
    }
    for (name, _) in ARROWS.iter().filter(|(name, _)| !ours.contains(name)) {
        wrong.push(format!("crate {name} is in the list of arrows and not in the workspace"));
    }
    Ok(wrong)
}

/// The contents list every instruction's page and every page there is, once.
pub fn summary(root: &Path) -> Result<Vec<String>> {
    let spec = root.join("spec");
    let contents = std::fs::read_to_string(spec.join("SUMMARY.md")).context("spec/SUMMARY.md")?;
    let listed: Vec<&str> =
        contents.lines().filter_map(|line| crate::prose::between(line, "](", ")")).collect();
    let mut wrong = Vec::new();
    for (at, page) in listed.iter().enumerate() {
        if listed[..at].contains(page) {
            wrong.push(format!("spec/SUMMARY.md lists {page} twice"));
        }
        if !spec.join(page).is_file() {
            wrong.push(format!("spec/SUMMARY.md lists {page}, which is not there"));
        }
    }
    for page in crate::prose::pages(&spec)? {
        if page.path != "SUMMARY.md" && !listed.contains(&page.path.as_str()) {
            wrong.push(format!("spec/{} is not in spec/SUMMARY.md", page.path));
        }
    }
    for info in INSTRUCTIONS {
        let page = format!("{}/{}.md", info.family.name(), info.name);
        if !listed.contains(&page.as_str()) {
            wrong.push(format!("instruction {} has no page {page}", info.name));
        }
    }
    Ok(wrong)
}

/// Every chapter that a comment names, as in "Book: *State*, *Limits*.", is the title of a page.
pub fn chapters(root: &Path) -> Result<Vec<String>> {
    let pages = crate::prose::pages(&root.join("spec"))?;
    let titles: Vec<&str> = pages
        .iter()
        .filter(|page| page.path != "SUMMARY.md")
        .filter_map(|page| page.text.lines().find_map(|line| line.strip_prefix("# ")))
        .collect();
    let mut wrong = Vec::new();
    let mut files = Vec::new();
    walk(root, &mut files)?;
    for file in files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "rs")) {
        let text = std::fs::read_to_string(file)?;
        let file = file.strip_prefix(root).unwrap_or(file);
        for title in chapters_of(&text).iter().filter(|title| !titles.contains(&title.as_str())) {
            wrong.push(format!("{}: the book has no chapter *{title}*", file.display()));
        }
    }
    Ok(wrong)
}

/// The chapters that the comments of a Rust file name.
fn chapters_of(text: &str) -> Vec<String> {
    let comments = text.lines().filter_map(|line| line.trim_start().strip_prefix("//"));
    let words = comments.flat_map(|line| line.trim_start_matches(['/', '!']).split_whitespace());
    let text = words.collect::<Vec<_>>().join(" ");
    let mut names = Vec::new();
    // Put together here, so that this file does not name one.
    for sentence in text.split(concat!("Book", ": *")).skip(1) {
        let sentence = sentence.split_once('.').map_or(sentence, |(sentence, _)| sentence);
        names.extend(sentence.split('*').step_by(2).map(str::to_owned));
    }
    names
}

/// No file names a place on somebody's machine.
pub fn paths(root: &Path) -> Result<Vec<String>> {
    // Put together here, so that this file does not name them.
    let places = ["home", "root", "work", "Users", "var/tmp"].map(|place| format!("/{place}/"));
    let mut wrong = Vec::new();
    let mut files = Vec::new();
    walk(root, &mut files)?;
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for (at, line) in text.lines().enumerate() {
            if places.iter().any(|place| names(line, place)) {
                let file = file.strip_prefix(root).unwrap_or(&file);
                wrong.push(format!("{}:{} names a place: {line}", file.display(), at + 1));
            }
        }
    }
    Ok(wrong)
}

/// Whether `place` stands in the line as the beginning of a path.
fn names(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '*' | '}'))
    })
}

/// Every file of the repository but what builds write.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in folder.read_dir().with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        // In a worktree `.git` is a file.
        if ["target", "out", ".git"].contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_go_on_in_the_next_line() {
        let text =
            concat!("//! Which. Book", ": *The\n//! host*, *Limits* (of a run).\nlet x = a * b;\n");
        assert_eq!(chapters_of(text), ["The host", "Limits"]);
        assert!(chapters_of("//! No chapter, *only* stress.\n").is_empty());
    }

    #[test]
    fn a_place_is_a_path_from_the_root() {
        let place = ["", "home", ""].join("/");
        assert!(names(&format!("see {place}me/x"), &place));
        assert!(names(&format!("\"{place}me\""), &place));
        assert!(!names(&format!("doc{place}x"), &place));
    }
}

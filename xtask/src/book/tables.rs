//! The generated tables: rules, instructions, opcodes, outcomes.

use super::instruction;
use super::markers::{Replacer, relative};
use crate::highlight::escape;
use crate::programs;
use anyhow::Result;
use lam_conformance::shown;
use lam_isa::rule::Sort;
use lam_isa::table::InstrInfo;
use lam_isa::{Family, INSTRUCTIONS, Rule};
use lam_reference::Exploration;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The page of an instruction.
fn page(info: &InstrInfo) -> String {
    format!("{}/{}.md", info.family.name(), info.name)
}

/// Every rule: where it is stated, how it shows itself, what covers it.
pub fn rules(replacer: &Replacer, from: &str) -> String {
    let all = Rule::all();
    let count = |sort| all.iter().filter(|rule| rule.sort() == sort).count();
    let mut table = format!(
        "{} rules: {} are fired by a running machine, {} reject input, {} define what others \
         speak of.\n\n| rule | sort | stated in | cases |\n|---|---|---|---|\n",
        all.len(),
        count(Sort::Fired),
        count(Sort::Rejected),
        count(Sort::Defined)
    );
    for rule in &all {
        let id = rule.id();
        let sort = match rule.sort() {
            Sort::Fired => "fired",
            Sort::Rejected => "rejects",
            Sort::Defined => "defines",
        };
        let cases = replacer.cases.of(&id).len();
        match replacer.rules.get(&id) {
            Some(page) => {
                let to = relative(from, page);
                let _ = writeln!(
                    table,
                    "| [`{id}`]({to}#{id}) | {sort} | [{}]({to}) | {cases} |",
                    page.trim_end_matches(".md")
                );
            }
            None => {
                let _ = writeln!(table, "| `{id}` | {sort} | | {cases} |");
            }
        }
    }
    table
}

/// Every instruction, family by family.
pub fn instructions(from: &str) -> String {
    let mut text = String::new();
    for family in Family::ALL {
        let _ = writeln!(
            text,
            "\n### {}\n\n{}\n\n| instruction | opcode | cost | |\n|---|---|---|---|",
            family.name(),
            family.doc().trim()
        );
        for info in INSTRUCTIONS.iter().filter(|info| info.family == *family) {
            let _ = writeln!(
                text,
                "| [`{}`]({}) | {} | {} | {} |",
                instruction::signature(info).replace('|', "\\|"),
                relative(from, &page(info)),
                instruction::opcodes(info),
                info.cost,
                info.doc.trim()
            );
        }
    }
    text
}

/// Every opcode by number, and the kind that is folded into it.
pub fn opcodes(from: &str) -> String {
    let mut text = String::from("| opcode | instruction | kind or form |\n|---|---|---|\n");
    let mut all: Vec<&InstrInfo> = INSTRUCTIONS.iter().collect();
    all.sort_by_key(|info| info.opcode);
    for info in all {
        let forms = forms(info);
        for (ordinal, form) in (0..info.opcodes).zip(&forms) {
            let _ = writeln!(
                text,
                "| `{:#04x}` | [`{}`]({}) | {form} |",
                info.opcode + ordinal,
                info.name,
                relative(from, &page(info)),
            );
        }
    }
    text
}

/// What the opcodes of an instruction differ in.
fn forms(info: &InstrInfo) -> Vec<String> {
    use lam_isa::kind::{MapKind, Mark, Op, Raise, SwitchKind, Test};
    let names = |names: Vec<&'static str>| names.into_iter().map(str::to_owned).collect();
    let targets = || names(vec!["function", "fun value", "module and function at run time"]);
    match info.name {
        "op" => names(Op::ALL.iter().map(|k| k.name()).collect()),
        "test" => names(Test::ALL.iter().map(|k| k.name()).collect()),
        "raise" => names(Raise::ALL.iter().map(|k| k.name()).collect()),
        "map" => names(MapKind::ALL.iter().map(|k| k.name()).collect()),
        "switch" => names(SwitchKind::ALL.iter().map(|k| k.name()).collect()),
        "mark" => names(Mark::ALL.iter().map(|k| k.name()).collect()),
        _ if info.opcodes == 3 => targets(),
        _ => vec![String::new(); usize::from(info.opcodes)],
    }
}

/// Every opcode of BEAM: the releases that emit it, and what it becomes.
pub fn beam() -> String {
    let mut text = String::from("| number | opcode | emitted by | becomes |\n|---|---|---|---|\n");
    for (number, name, since, until, lam) in lam_beam::mapping() {
        let releases = match (since, until) {
            (0, 0) => "all".to_owned(),
            (0, until) => format!("up to {until}"),
            (since, 0) => format!("{since} and later"),
            (since, until) => format!("{since} to {until}"),
        };
        let lam = if lam.is_empty() { "no translation: retired" } else { lam };
        let lam = lam.replace('|', "\\|");
        let _ = writeln!(text, "| {number} | `{name}` | {releases} | {lam} |");
    }
    text
}

/// The outcomes of the program above: reasons where there are some, and a schedule for each, found
/// by exploring the program.
pub fn outcomes(outcomes: &[(String, String)], program: &str) -> Result<String> {
    let found = match shown::is_whole(program) {
        true => programs::explored(program)?,
        false => Exploration::default(),
    };
    let schedules: BTreeMap<String, &Vec<String>> =
        found.outcomes.iter().map(|(outcome, labels)| (outcome.to_string(), labels)).collect();
    let reasons = outcomes.iter().any(|(_, reason)| !reason.is_empty());
    let choices = schedules.values().any(|labels| !labels.is_empty());
    let mut html = String::from("<table class=\"outcomes\"><thead><tr><th>outcome</th>");
    html.push_str(if reasons { "<th>because</th>" } else { "" });
    html.push_str(if choices { "<th>a schedule</th>" } else { "" });
    html.push_str("</tr></thead><tbody>\n");
    for (outcome, reason) in outcomes {
        html.push_str("<tr><td><code>");
        escape(&mut html, outcome);
        html.push_str("</code></td>");
        if reasons {
            html.push_str("<td>");
            escape(&mut html, reason);
            html.push_str("</td>");
        }
        if choices {
            html.push_str("<td><code>");
            let labels = schedules.get(outcome).map(|labels| labels.join(" "));
            escape(&mut html, &labels.unwrap_or_default());
            html.push_str("</code></td>");
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table>\n");
    if found.states > 0 {
        let plural = if outcomes.len() == 1 { "" } else { "s" };
        let _ = writeln!(
            html,
            "<p class=\"states\">{} outcome{plural}, found by exhaustive search in {} states.</p>\n",
            outcomes.len(),
            found.states
        );
    }
    Ok(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_opcode_has_a_form() {
        for info in INSTRUCTIONS {
            assert_eq!(forms(info).len(), usize::from(info.opcodes), "{}", info.name);
        }
    }
}

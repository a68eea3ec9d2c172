//! `spec/isa.json`: the instruction table as data, for programs in any language.
//!
//! Made from `lam_isa` alone; committed, and compared by a gate.

use crate::book;
use anyhow::{Context, Result};
use lam_isa::kind::{KindInfo, MapKind, Mark, Op, Raise, SegmentKind, SwitchKind, Test};
use lam_isa::rule::Sort;
use lam_isa::table::{Class, InstrInfo};
use lam_isa::{Family, INSTRUCTIONS, Rule, limits};
use serde_json::{Value, json};
use std::path::Path;

/// Where it lies.
pub const FILE: &str = "spec/isa.json";

/// The whole table.
pub fn text() -> Result<String> {
    let table = json!({
        "schema": 1,
        "families": Family::ALL.iter().map(|family| json!({
            "name": family.name(), "doc": family.doc().trim(),
        })).collect::<Vec<_>>(),
        "instructions": INSTRUCTIONS.iter().map(instruction).collect::<Vec<_>>(),
        "kinds": {
            "op": kinds(Op::ALL.iter().map(|kind| kind.info())),
            "test": kinds(Test::ALL.iter().map(|kind| kind.info())),
            "raise": kinds(Raise::ALL.iter().map(|kind| kind.info())),
            "map": kinds(MapKind::ALL.iter().map(|kind| kind.info())),
            "switch": kinds(SwitchKind::ALL.iter().map(|kind| kind.info())),
            "mark": kinds(Mark::ALL.iter().map(|kind| kind.info())),
        },
        "segments": SegmentKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
        "rules": Rule::all().into_iter().map(rule).collect::<Vec<_>>(),
        "limits": {
            "x_registers": limits::X_REGISTERS,
            "y_slots": limits::Y_SLOTS,
            "arity_max": limits::ARITY_MAX,
            "small_bits": limits::SMALL_BITS,
            "atom_chars": limits::ATOM_CHARS,
            "tuple_size": limits::TUPLE_SIZE,
            "need_words": limits::NEED_WORDS,
            "literal_depth": limits::LITERAL_DEPTH,
            "integer_bits": limits::INTEGER_BITS,
            "quantum": limits::QUANTUM,
            "budget_max": limits::BUDGET_MAX,
            "timeout_max_ms": limits::TIMEOUT_MAX_MS,
            "unit_max": limits::UNIT_MAX,
        },
    });
    let mut text = serde_json::to_string_pretty(&table).context("writing JSON")?;
    text.push('\n');
    Ok(text)
}

fn instruction(info: &InstrInfo) -> Value {
    json!({
        "name": info.name,
        "family": info.family.name(),
        "opcode": info.opcode,
        "opcodes": info.opcodes,
        "form": book::signature(info),
        "doc": info.doc.trim(),
        "operands": info.operands.iter().map(|operand| json!({
            "name": operand.name, "kind": operand.kind, "doc": operand.doc.trim(),
        })).collect::<Vec<_>>(),
        "cost": info.cost,
        "class": match info.class {
            Class::Local => "local",
            Class::Safepoint => "safepoint",
            Class::Effect => "effect",
        },
        "rules": info.rules.iter().map(|rule| rule.id()).collect::<Vec<_>>(),
    })
}

fn kinds<'k>(kinds: impl Iterator<Item = &'k KindInfo>) -> Vec<Value> {
    let each = |(ordinal, kind): (usize, &KindInfo)| {
        let mut value = json!({
            "name": kind.name, "ordinal": ordinal, "arity": kind.arity, "doc": kind.doc.trim(),
        });
        if !kind.erlang.is_empty() {
            value["erlang"] = kind.erlang.into();
        }
        value
    };
    kinds.enumerate().map(each).collect()
}

fn rule(rule: Rule) -> Value {
    let sort = match rule.sort() {
        Sort::Fired => "fired",
        Sort::Rejected => "rejected",
        Sort::Defined => "defined",
    };
    json!({ "id": rule.id(), "name": rule.camel(), "sort": sort })
}

/// Writes the file anew.
pub fn write(root: &Path) -> Result<String> {
    std::fs::write(root.join(FILE), text()?).with_context(|| format!("writing {FILE}"))?;
    Ok(format!("{FILE}: {} instructions, {} rules", INSTRUCTIONS.len(), Rule::all().len()))
}

/// Whether the file is what the table says.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let committed = std::fs::read_to_string(root.join(FILE)).unwrap_or_default();
    if committed == text()? {
        return Ok(Vec::new());
    }
    Ok(vec![format!("{FILE} is not what the table says: run `cargo xtask codegen`")])
}

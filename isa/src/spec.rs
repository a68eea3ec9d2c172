//! The instruction table as data for other tools: `spec/isa.json`.
//!
//! Owns the shape of that file. Everything in it is read from the tables of this crate, but for
//! the names of the commands of `bmatch`, which are here. Book: *All instructions*.

use crate::kind::{KindInfo, MapKind, Mark, Op, Raise, SegmentKind, SwitchKind, Test};
use crate::limits;
use crate::rule::{Rule, Sort};
use crate::table::{Class, Family, INSTRUCTIONS, InstrInfo};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write;

/// The version of the specification that this crate implements.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commands of `bmatch`: name, operands, the rule that a machine fires.
const COMMANDS: &[(&str, &[&str], Rule)] = &[
    ("start", &["source"], Rule::ExecBmatchStart),
    ("at_least", &["bits", "unit"], Rule::ExecBmatchAtLeast),
    ("exactly", &["bits"], Rule::ExecBmatchExactly),
    ("integer", &["size", "unit", "signed", "little", "destination"], Rule::ExecBmatchInteger),
    ("float", &["size", "unit", "little", "destination"], Rule::ExecBmatchFloat),
    ("binary", &["size or rest", "unit", "destination"], Rule::ExecBmatchBinary),
    ("utf8", &["destination"], Rule::ExecBmatchUtf),
    ("utf16", &["little", "destination"], Rule::ExecBmatchUtf),
    ("utf32", &["little", "destination"], Rule::ExecBmatchUtf),
    ("skip", &["size or rest", "unit"], Rule::ExecBmatchSkip),
    ("bits", &["literal"], Rule::ExecBmatchBits),
    ("tail", &["destination"], Rule::ExecBmatchTail),
    ("pos", &["destination"], Rule::ExecBmatchPos),
    ("setpos", &["source"], Rule::ExecBmatchSetpos),
];

/// The whole table as JSON: the same text for the same table.
pub fn json() -> String {
    let mut out = String::new();
    table().write(&mut out, 0);
    out.push('\n');
    out
}

fn table() -> Json {
    let families = Family::ALL.iter().map(|family| {
        let of_family = INSTRUCTIONS.iter().filter(|info| info.family == *family);
        Json::Object(vec![
            ("name", Json::text(family.name())),
            ("doc", Json::text(family.doc().trim())),
            ("instructions", of_family.map(instruction).collect()),
        ])
    });
    let commands = COMMANDS.iter().map(|(name, operands, rule)| {
        Json::Object(vec![
            ("name", Json::text(name)),
            ("operands", operands.iter().map(|operand| Json::text(operand)).collect()),
            ("rule", Json::text(&rule.id())),
        ])
    });
    let segments = SegmentKind::ALL.iter().map(|kind| {
        Json::Object(vec![
            ("name", Json::text(kind.name())),
            ("rule", Json::text(&Rule::ExecBmake(*kind).id())),
        ])
    });
    let mut rules = Rule::all();
    rules.sort_by_cached_key(|rule| rule.id());
    let rules = rules.into_iter().map(|rule| {
        Json::Object(vec![
            ("id", Json::text(&rule.id())),
            ("name", Json::text(&rule.camel())),
            (
                "sort",
                Json::text(match rule.sort() {
                    Sort::Fired => "fired",
                    Sort::Rejected => "rejected",
                    Sort::Defined => "defined",
                }),
            ),
        ])
    });
    Json::Object(vec![
        ("version", Json::text(VERSION)),
        ("families", families.collect()),
        ("kinds", kinds()),
        ("segments", segments.collect()),
        ("commands", commands.collect()),
        ("limits", limits()),
        ("rules", rules.collect()),
    ])
}

fn instruction(info: &InstrInfo) -> Json {
    let operands = info.operands.iter().map(|operand| {
        Json::Object(vec![
            ("name", Json::text(operand.name)),
            ("type", Json::text(operand.kind)),
            ("doc", Json::text(operand.doc.trim())),
        ])
    });
    let class = match info.class {
        Class::Local => "local",
        Class::Safepoint => "safepoint",
        Class::Effect => "effect",
    };
    Json::Object(vec![
        ("name", Json::text(info.name)),
        ("doc", Json::text(info.doc.trim())),
        ("opcode", Json::Number(info.opcode.into())),
        ("opcodes", Json::Number(info.opcodes.into())),
        ("cost", Json::Number(info.cost.into())),
        ("class", Json::text(class)),
        ("operands", operands.collect()),
        ("rules", info.rules.iter().map(|rule| Json::text(&rule.id())).collect()),
    ])
}

/// The kinds of the instructions that have kinds, by mnemonic.
fn kinds() -> Json {
    let of = |name: &str, kinds: Vec<(&'static KindInfo, Option<Rule>)>| {
        let base = InstrInfo::named(name).map_or(0, |info| info.opcode);
        let kinds = (i64::from(base)..).zip(kinds).map(|(opcode, (kind, rule))| {
            let mut fields = vec![
                ("name", Json::text(kind.name)),
                ("opcode", Json::Number(opcode)),
                ("sources", Json::Number(kind.arity.into())),
            ];
            if !kind.erlang.is_empty() {
                fields.push(("erlang", Json::text(kind.erlang)));
            }
            fields.extend(rule.map(|rule| ("rule", Json::text(&rule.id()))));
            fields.push(("doc", Json::text(kind.doc.trim())));
            Json::Object(fields)
        });
        kinds.collect::<Json>()
    };
    macro_rules! plain {
        ($Kind:ident) => {
            $Kind::ALL.iter().map(|kind| (kind.info(), None)).collect()
        };
    }
    let ops = Op::ALL.iter().map(|kind| (kind.info(), Some(Rule::ExecOp(*kind))));
    let tests = Test::ALL.iter().map(|kind| (kind.info(), Some(Rule::ExecTest(*kind))));
    Json::Object(vec![
        ("map", of("map", plain!(MapKind))),
        ("switch", of("switch", plain!(SwitchKind))),
        ("op", of("op", ops.collect())),
        ("test", of("test", tests.collect())),
        ("raise", of("raise", plain!(Raise))),
        ("mark", of("mark", plain!(Mark))),
    ])
}

fn limits() -> Json {
    let wide = |n: u64| Json::Number(i64::try_from(n).unwrap_or(i64::MAX));
    Json::Object(vec![
        ("x_registers", Json::Number(limits::X_REGISTERS.into())),
        ("y_slots", Json::Number(limits::Y_SLOTS.into())),
        ("arity_max", Json::Number(limits::ARITY_MAX.into())),
        ("small_bits", Json::Number(limits::SMALL_BITS.into())),
        ("small_min", Json::Number(limits::SMALL_MIN)),
        ("small_max", Json::Number(limits::SMALL_MAX)),
        ("atom_chars", wide(limits::ATOM_CHARS as u64)),
        ("tuple_size", Json::Number(limits::TUPLE_SIZE.into())),
        ("need_words", Json::Number(limits::NEED_WORDS.into())),
        ("literal_depth", Json::Number(limits::LITERAL_DEPTH.into())),
        ("integer_bits", wide(limits::INTEGER_BITS)),
        ("quantum", Json::Number(limits::QUANTUM.into())),
        ("budget_max", Json::Number(limits::BUDGET_MAX.into())),
        ("timeout_max_ms", Json::Number(limits::TIMEOUT_MAX_MS.into())),
        ("unit_max", Json::Number(limits::UNIT_MAX.into())),
    ])
}

/// As much of JSON as the table needs.
enum Json {
    Text(String),
    Number(i64),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl FromIterator<Json> for Json {
    fn from_iter<I: IntoIterator<Item = Json>>(items: I) -> Json {
        Json::List(items.into_iter().collect())
    }
}

/// Longer values are broken over lines.
const WIDTH: usize = 100;

impl Json {
    fn text(text: &str) -> Json {
        Json::Text(text.to_string())
    }

    fn write(&self, out: &mut String, indent: usize) {
        let mut line = String::new();
        self.write_line(&mut line);
        let (open, close) = match self {
            Json::List(_) => ('[', ']'),
            Json::Object(_) => ('{', '}'),
            Json::Text(_) | Json::Number(_) => return out.push_str(&line),
        };
        if indent + line.chars().count() <= WIDTH {
            return out.push_str(&line);
        }
        let mut separator = "";
        let mut next = |out: &mut String| {
            out.push_str(separator);
            separator = ",";
            out.push('\n');
            out.extend(core::iter::repeat_n(' ', indent + 2));
        };
        out.push(open);
        match self {
            Json::List(items) => items.iter().for_each(|item| {
                next(out);
                item.write(out, indent + 2);
            }),
            Json::Object(fields) => fields.iter().for_each(|(name, value)| {
                next(out);
                write_text(out, name);
                out.push_str(": ");
                value.write(out, indent + 2);
            }),
            Json::Text(_) | Json::Number(_) => {}
        }
        out.push('\n');
        out.extend(core::iter::repeat_n(' ', indent));
        out.push(close);
    }

    fn write_line(&self, out: &mut String) {
        match self {
            Json::Text(text) => write_text(out, text),
            // Writing to a `String` cannot fail.
            Json::Number(n) => drop(write!(out, "{n}")),
            Json::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    item.write_line(out);
                }
                out.push(']');
            }
            Json::Object(fields) => {
                out.push_str("{ ");
                for (at, (name, value)) in fields.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    write_text(out, name);
                    out.push_str(": ");
                    value.write_line(out);
                }
                out.push_str(" }");
            }
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

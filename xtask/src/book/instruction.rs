//! The generated frame of an instruction's page: signature, bytes and operands.

use crate::highlight::escape;
use lam_isa::table::{Class, InstrInfo, OperandInfo};
use std::fmt::Write;

/// The instruction as one writes it, its operands by name: `recv -> dst else other`.
pub fn signature(info: &InstrInfo) -> String {
    let mut text = info.name.to_owned();
    let mut received = false;
    for (at, operand) in info.operands.iter().enumerate() {
        let arrow = operand.kind == "destination" && !received;
        received |= arrow;
        let otherwise = operand.name == "other" || operand.kind == "label or _";
        let kind_before = at == 1 && info.operands[0].kind == "kind";
        text.push_str(match at {
            _ if arrow => " -> ",
            _ if otherwise => " else ",
            0 => " ",
            _ if kind_before => " ",
            _ => ", ",
        });
        text.push_str(&shape(info, operand));
    }
    text
}

/// One operand as the signature shows it.
fn shape(info: &InstrInfo, operand: &OperandInfo) -> String {
    let name = operand.name;
    match operand.kind {
        "sources" if info.name == "tuple" => format!("{{{name}…}}"),
        "sources" if info.name == "fun" => format!("[{name}…]"),
        "sources" => format!("{name}…"),
        "source -> destination pairs" if info.name == "move" => "source -> destination, …".into(),
        "source -> destination pairs" => "{key -> destination, …}".into(),
        "index = source pairs" => "{index = source, …}".into(),
        "key => value pairs" => "{key => value, …}".into(),
        "constant -> label pairs" => "{constant -> label, …}".into(),
        "segments" | "commands" => format!("[{name}…]"),
        "change" => "±N".into(),
        _ => name.into(),
    }
}

/// Signature and facts, the head of the page.
pub fn head(info: &InstrInfo) -> String {
    let mut html = String::from("<div class=\"lam-head\"><code>");
    escape(&mut html, &signature(info));
    let cost = match info.cost {
        0 => "no reduction".to_owned(),
        1 => "1 reduction".to_owned(),
        n => format!("{n} reductions"),
    };
    let class = match info.class {
        Class::Local => "local",
        Class::Safepoint => "safepoint",
        Class::Effect => "effect",
    };
    let plural = if info.opcodes == 1 { "opcode" } else { "opcodes" };
    let _ = writeln!(
        html,
        "</code><span class=\"facts\">{plural} <b>{}</b> · {} · {cost} · {class}</span></div>",
        opcodes(info),
        info.family.name(),
    );
    html
}

/// `0x39`, or `0x50–0x95` where kinds are folded in.
pub fn opcodes(info: &InstrInfo) -> String {
    match info.opcodes {
        1 => format!("{:#04x}", info.opcode),
        n => format!("{:#04x}–{:#04x}", info.opcode, info.opcode + (n - 1)),
    }
}

/// The bytes, operand by operand; kinds and targets are part of the opcode byte.
pub fn encoding(info: &InstrInfo) -> String {
    let folded = info.operands.iter().find(|o| o.kind == "kind").map(|o| o.name);
    let first = match folded {
        Some(kind) => format!("{} + {kind}", info.name),
        None if info.opcodes > 1 => format!("{} + form", info.name),
        None => info.name.to_owned(),
    };
    let mut html = format!(
        "<div class=\"bytes\"><span class=\"op\">{}<small>{first}</small></span>",
        opcodes(info)
    );
    for operand in info.operands.iter().filter(|o| o.kind != "kind") {
        let _ = write!(html, "<span>{}<small>", operand.name);
        escape(&mut html, operand.kind);
        html.push_str("</small></span>");
    }
    html.push_str("</div>\n");
    html
}

/// The operands as a table.
pub fn operands(info: &InstrInfo) -> String {
    if info.operands.is_empty() {
        return "None.\n".into();
    }
    let mut table = String::from("| operand | kind | meaning |\n|---|---|---|\n");
    for operand in info.operands {
        let _ = writeln!(
            table,
            "| `{}` | {} | {} |",
            operand.name,
            // The arrow of a kind must not read as HTML.
            operand.kind.replace('>', "&gt;"),
            operand.doc.trim()
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use lam_isa::INSTRUCTIONS;

    #[test]
    fn signatures_read_as_the_text_form() {
        let all: Vec<String> = INSTRUCTIONS.iter().map(signature).collect();
        for expected in [
            "move source -> destination, …",
            "cons head, tail -> dst",
            "uncons list -> head, tail",
            "tuple {elements…} -> dst",
            "update tuple, {index = source, …} -> dst",
            "map kind map, {key => value, …} -> dst",
            "pick map else other, {key -> destination, …}",
            "switch kind value else other, {constant -> label, …}",
            "frame ±N",
            "raise kind args…",
            "recv -> dst else other",
            "wait timeout else to",
            "accept",
            "spawn module, function, args, options -> dst",
        ] {
            assert!(all.iter().any(|text| text == expected), "{expected}\n{all:#?}");
        }
    }
}

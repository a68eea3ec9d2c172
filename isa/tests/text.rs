//! The assembly text: every form of every instruction, and that text, module and text again is a
//! fixed point.
#![cfg(feature = "text")]

use expect_test::expect_file;
use lam_isa::{INSTRUCTIONS, Module, text};
use std::collections::BTreeSet;

/// Every form of every instruction, as a person would write it.
const FORMS: &str = include_str!("text/forms.lam");

fn parse(source: &str) -> Vec<Module> {
    text::parse(source).unwrap_or_else(|errors| {
        let shown: Vec<String> = errors
            .iter()
            .map(|e| format!("{:?}: {e}: {:?}", e.line_column(source), &source[e.span.clone()]))
            .collect();
        panic!("{}", shown.join("\n"))
    })
}

#[test]
fn every_form_parses_and_prints() {
    let modules = parse(FORMS);
    let printed = text::print(&modules);
    expect_file!["text/forms.printed.lam"].assert_eq(&printed);
    assert_eq!(parse(&printed), modules, "text, module, text, module");
    assert_eq!(text::print(&parse(&printed)), printed, "printing is a fixed point");
    let normal: Vec<Module> = modules.iter().cloned().map(text::normalize).collect();
    assert_eq!(normal, modules, "what is parsed is in normal form");
}

#[test]
fn the_forms_name_every_instruction_and_kind() {
    let modules = parse(FORMS);
    let code = modules.iter().flat_map(|m| &m.functions).flat_map(|f| &f.code);
    let opcodes: BTreeSet<u8> = code.map(|instr| instr.opcode()).collect();
    for info in INSTRUCTIONS {
        let covered = (info.opcode..info.opcode + info.opcodes).filter(|c| opcodes.contains(c));
        // The kinds of `op` and `test` differ in nothing but their name and number of sources.
        let wanted = if matches!(info.name, "op" | "test") { 4 } else { info.opcodes.into() };
        assert!(covered.count() >= wanted, "{} lacks a form", info.name);
    }
}

#[test]
fn an_instruction_prints_alone() {
    let modules = parse(FORMS);
    let function = &modules[0].functions[0];
    let shown: Vec<String> =
        function.code.iter().map(|i| text::print_instr(&modules[0], function, i)).collect();
    assert_eq!(shown[0], "op self -> x0");
    assert_eq!(shown.last().map(String::as_str), Some("wait infinity else L1"));
}

#[test]
fn formatting_keeps_what_the_text_means_and_says() {
    let formatted = text::format(FORMS).unwrap();
    expect_file!["text/forms.formatted.lam"].assert_eq(&formatted);
    assert_eq!(text::format(&formatted).unwrap(), formatted, "formatting is a fixed point");
    assert_eq!(parse(&formatted), parse(FORMS));
}

#[test]
fn normalizing_orders_tables_and_drops_what_is_unused() {
    let [normal] = <[Module; 1]>::try_from(parse(
        "module m\nfunction f/1\n move {b} -> x0, a -> x1\nout:\n call m:g/0\n ret 0\n",
    ))
    .unwrap();
    // The same module with its tables the other way round and unused entries in them.
    let mut other = normal.clone();
    other.atoms.reverse();
    other.atoms.push("unused".into());
    let last = u32::try_from(normal.atoms.len() - 1).unwrap();
    let turned = |a: lam_isa::operand::AtomId| lam_isa::operand::AtomId(last - a.0);
    other.name = turned(other.name);
    for reference in &mut other.references {
        if let lam_isa::FunRef::External { module, name, .. } = reference {
            (*module, *name) = (turned(*module), turned(*name));
        }
    }
    other.literals.insert(0, lam_isa::Literal::Nil);
    let function = &mut other.functions[0];
    function.name = turned(function.name);
    use lam_isa::operand::{LitId, Src};
    if let lam_isa::Instr::Move { pairs } = &mut function.code[0] {
        pairs[0].0 = Src::Lit(LitId(1));
        if let Src::Atom(atom) = pairs[1].0 {
            pairs[1].0 = Src::Atom(turned(atom));
        }
    }
    assert_ne!(other, normal);
    let print = |module: &Module| text::print(std::slice::from_ref(module));
    assert_eq!(print(&other), print(&normal));
    assert_eq!(text::normalize(other), normal);
}

//! Printing modules.

use super::lexeme;
use super::literal::{self, Style};
use super::operands;
use super::writer::{Writer, label_name};
use crate::module::{Function, Literal, Module, Param};
use crate::operand::Label;
use crate::table::Instr;

/// The widest line of exports; instructions are as wide as they are.
const WIDTH: usize = 98;

/// The canonical text of modules.
///
/// Parsing it gives back the modules if they verify and are in the form that
/// [`normalize`](super::normalize) gives; otherwise that form of them.
pub fn print(modules: &[Module]) -> String {
    let mut out = String::new();
    for (index, module) in modules.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out = print_module(module, out);
    }
    out
}

/// The canonical text of an instruction, without indentation.
///
/// `_function` is the function that it is in, of whose labels the numbers are shown.
pub fn print_instr(module: &Module, _function: &Function, instr: &Instr) -> String {
    let mut writer = Writer::new(module, String::new());
    operands::write(instr, &mut writer);
    writer.out
}

/// The canonical text of a literal, in which strings are lists of integers.
///
/// What is nested deeper than a literal may be is shown as `...`.
pub fn print_literal(literal: &Literal) -> String {
    let mut out = String::new();
    literal::write(&mut out, literal, Style::Canonical);
    out
}

fn print_module(module: &Module, out: String) -> String {
    let mut w = Writer::new(module, out);
    w.text("module ");
    w.atom(module.name);
    w.text("\n");
    print_exports(module, &mut w);
    for (key, value) in &module.info {
        w.text("info ");
        w.atom(*key);
        w.text(", ");
        w.literal(*value);
        w.text("\n");
    }
    for function in &module.functions {
        w.text("\nfunction ");
        name(&mut w, function);
        w.text("\n");
        print_function(module, function, &mut w);
    }
    w.out
}

fn name(w: &mut Writer<'_>, function: &Function) {
    w.atom(function.name);
    w.text(&format!("/{}", function.arity));
}

fn print_exports(module: &Module, w: &mut Writer<'_>) {
    let mut width = 0;
    for function in module.functions.iter().filter(|function| function.exported) {
        let mut exported = Writer::new(module, String::new());
        name(&mut exported, function);
        let length = exported.out.chars().count() + 2;
        if width > 0 && width + length <= WIDTH {
            w.text(", ");
        } else {
            if width > 0 {
                w.text("\n");
            }
            w.text("export ");
            width = "export ".len();
        }
        width += length;
        w.text(&exported.out);
    }
    if width > 0 {
        w.text("\n");
    }
}

fn print_function(module: &Module, function: &Function, w: &mut Writer<'_>) {
    if function.params.iter().any(|param| *param != Param::Term) {
        w.text("params ");
        literal::separated(&mut w.out, &function.params, |out, param| {
            out.push_str(param_name(*param));
        });
        w.text("\n");
    }
    if let Some(lambda) = function.lambda {
        w.text(&format!("lambda {}, {}\n", lambda.index, lambda.unique));
    }
    let mut labels: Vec<(u32, Label)> =
        function.labels.iter().copied().zip((1..).map(Label)).collect();
    labels.sort_unstable();
    let mut labels = labels.into_iter().peekable();
    let mut lines = function.lines.iter().peekable();
    for (at, instr) in (0_u32..).zip(&function.code) {
        while let Some((_, label)) = labels.next_if(|(place, _)| *place <= at) {
            w.text(&format!("{}:\n", label_name(label)));
        }
        while let Some((_, location)) = lines.next_if(|(from, _)| *from <= at) {
            print_line(module, *location, w);
        }
        w.text("    ");
        w.layout = super::layout::Layout::new();
        operands::write(instr, w);
        w.text("\n");
    }
    for (_, label) in labels {
        w.text(&format!("{}:\n", label_name(label)));
    }
}

fn print_line(module: &Module, location: u32, w: &mut Writer<'_>) {
    let at = |index: u32| usize::try_from(index).ok();
    let location = at(location).and_then(|index| module.locations.get(index));
    let file = location.and_then(|place| module.files.get(at(place.file)?));
    w.text("    line ");
    lexeme::write_quoted(&mut w.out, file.map_or("?", |file| file), '"');
    w.text(&format!(", {}\n", location.map_or(0, |place| place.line)));
}

/// How a kind of parameter is spelled.
pub(super) fn param_name(param: Param) -> &'static str {
    match param {
        Param::Term => "term",
        Param::Context => "context",
        Param::Trace => "trace",
    }
}

//! Each family of generic opcodes, in code made by hand, and the LAM that it becomes: a file of
//! tests for each. Here is what they share, and the table of opcodes as a whole.

mod bits;
mod compute;
mod control;
mod data;
mod error;
#[path = "../forge/mod.rs"]
mod forge;
mod message;
mod native;
mod process;

use expect_test::Expect;
use forge::{A::*, Beam};

/// Translates, verifies and compares the text of what came out.
fn check(beam: &Beam, wanted: Expect) {
    let module = lam_beam::translate(&beam.finish()).expect("it translates");
    if let Err(errors) = lam_isa::verify(module.clone()) {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}\n{}", errors.join("\n"), lam_isa::text::print(&[module]));
    }
    let text = lam_isa::text::print(&[module]);
    let code = text.split_once("\nfunction").expect("a function").1;
    wanted.assert_eq(&format!("function{code}"));
}

/// A module of one function with these instructions and a `return`.
fn body(name: &'static str, arity: u32, fill: impl FnOnce(&mut Beam)) -> Beam {
    let mut beam = Beam::new();
    beam.function(name, arity, 1);
    fill(&mut beam);
    beam
}

/// A word in the mapping and no code for it, or the other way round, would be a lie.
#[test]
fn the_table_and_the_code_agree() {
    for opcode in lam_beam::OPCODES {
        // These never reach the code, or end it.
        if matches!(opcode.name, "func_info" | "int_code_end") {
            continue;
        }
        let mut beam = Beam::new();
        beam.function("f", 1, 1);
        beam.op(opcode.name, &vec![X(0); opcode.arity.into()]).op("return", &[]);
        let retired = match lam_beam::translate(&beam.finish()) {
            Ok(_) => false,
            Err(error) => error.code == lam_beam::Code::OpcodeRetired,
        };
        assert_eq!(retired, !opcode.is_mapped(), "{}", opcode.name);
    }
}

//! `spec/isa.json` is what the tables say, and is JSON.

use expect_test::expect_file;
use lam_isa::{INSTRUCTIONS, Rule, spec};

#[test]
fn the_committed_table_is_that_of_the_crate() {
    expect_file!["../../spec/isa.json"].assert_eq(&spec::json());
}

#[test]
fn the_table_is_json_and_whole() {
    let table: serde_json::Value = serde_json::from_str(&spec::json()).expect("JSON");
    let families = table["families"].as_array().expect("a list");
    let instructions = families.iter().flat_map(|family| family["instructions"].as_array());
    assert_eq!(instructions.map(Vec::len).sum::<usize>(), INSTRUCTIONS.len());
    assert_eq!(table["rules"].as_array().map(Vec::len), Some(Rule::all().len()));

    // Every opcode of the table, and the kinds at theirs.
    for (name, kinds) in table["kinds"].as_object().expect("an object") {
        let info = INSTRUCTIONS.iter().find(|info| info.name == name).expect("an instruction");
        let kinds = kinds.as_array().expect("a list");
        assert_eq!(kinds.len(), usize::from(info.opcodes), "{name}");
        assert_eq!(kinds[0]["opcode"], info.opcode, "{name}");
    }
}

//! The gates, as tests: book, rules, layers and crates agree.

use xtask::{book, gates, isa_json, model, operations, pins, programs, root, rules, tla};

fn nothing_wrong(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn rules_of_book_lock_and_table_are_the_same() {
    nothing_wrong(rules::check(&root()).expect("the book can be read"));
}

#[test]
fn every_rule_is_in_the_model_or_listed_as_outside() {
    let model = model::Model::load(&root()).expect("the model can be read");
    nothing_wrong(model::check(&model));
}

#[test]
fn every_page_shows_the_model_of_its_rules() {
    nothing_wrong(book::check_model(&root()).expect("book and model can be read"));
}

#[test]
fn what_depends_on_a_rule_fits_its_text() {
    nothing_wrong(pins::check(&root()).expect("book, cases and code can be read"));
}

#[test]
fn the_table_as_data_is_current() {
    nothing_wrong(isa_json::check(&root()).expect("the table can be written"));
    nothing_wrong(tla::table::check(&root()));
    nothing_wrong(operations::check(&root()).expect("the list can be read"));
}

#[test]
fn programs_of_the_book_have_the_printed_outcomes() {
    nothing_wrong(programs::check(&root()).expect("the book can be read"));
}

#[test]
fn every_layer_has_every_family() {
    nothing_wrong(gates::families(&root()));
}

#[test]
fn crates_import_only_what_they_may() {
    nothing_wrong(gates::arrows(&root()).expect("cargo metadata answers"));
}

#[test]
fn the_contents_list_every_page() {
    nothing_wrong(gates::summary(&root()).expect("the contents can be read"));
}

#[test]
fn code_names_chapters_that_are_in_the_book() {
    nothing_wrong(gates::chapters(&root()).expect("book and code can be read"));
}

#[test]
fn no_file_names_a_place_on_a_machine() {
    nothing_wrong(gates::paths(&root()).expect("the repository can be read"));
}

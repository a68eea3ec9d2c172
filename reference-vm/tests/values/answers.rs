//! Natives against what Erlang/OTP 25 answers.
//!
//! Each line of `answers.txt` is a call and its answer, a term or `! class:reason`. The file is
//! written by `answers.escript` from its calls. Where LAM follows a later release or decides for
//! itself, `decided.txt` has the answers.

use crate::{call, read};
use lam_reference::term::display;

fn check(cases: &str) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in cases.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (asked, expected) = line.split_once(" = ").expect("a call and its answer");
        let (module, name, args) = read::call(asked);
        let answer = match call(&module, &name, &args) {
            Ok(value) => display(&value),
            Err((class, reason)) => format!("! {class}:{}", display(&reason)),
        };
        let expected = match expected.strip_prefix("! ").and_then(|text| text.split_once(':')) {
            Some((class, reason)) => format!("! {class}:{}", display(&read::term(reason))),
            None => display(&read::term(expected)),
        };
        if answer != expected {
            wrong.push(format!("{asked}\n    gave {answer}\n    not  {expected}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn answers_are_those_of_erlang() {
    check(include_str!("answers.txt"));
}

#[test]
fn answers_are_as_decided() {
    check(include_str!("decided.txt"));
}

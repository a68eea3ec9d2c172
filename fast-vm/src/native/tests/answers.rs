//! Natives against what Erlang/OTP 25 answers, and where LAM decides otherwise: the files of the
//! reference machine's tests.

use super::Bench;
use crate::config::Config;

/// Checks each line, a call and its answer: a term, or `! class:reason`.
fn check(cases: &str) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in cases.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut bench = Bench::new(Config::default());
        for text in ["erlang", ""] {
            bench.core.new_atom(text).expect("two atoms");
        }
        let (asked, expected) = line.split_once(" = ").expect("a call and its answer");
        let (name, args) = asked.split_once('(').expect("arguments");
        let name = name.replace('\'', "");
        let answer = bench.call(&format!("{name}({args}"));
        let expected = match expected.strip_prefix("! ").and_then(|text| text.split_once(':')) {
            Some((class, reason)) => format!("{class}:{}", bench.canonical(reason)),
            None => bench.canonical(expected),
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
    check(include_str!("../../../../reference-vm/tests/values/answers.txt"));
}

#[test]
fn answers_are_as_decided() {
    check(include_str!("../../../../reference-vm/tests/values/decided.txt"));
}

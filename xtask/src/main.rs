//! `cargo xtask TASK`: the arguments, and nothing else.

use std::process::ExitCode;
use xtask::{
    bench, book, figures, fuzz, isa_json, miri, operations, pins, root, rules, say, steps,
    tail_calls, threads, tla,
};

const USAGE: &str = "\
cargo xtask TASK

  test               everything that must hold, fast first
  book               build the book into out/book and check its links
  codegen            write spec/isa.json and tla/LamTable.tla from the instruction table, and
                     fast-vm/src/fast/table.rs from the list of operations
  rules              write spec/rules.lock anew from the book
  pin RULE... | all  say that book, model, machine and cases agree about these rules
  figures            measure what the book quotes, with the installed OTP
  bench [WORD...]    run the yardstick on BEAM and on LAM for the book: --runs N (5), other words
                     choose programs, of which the numbers are told and not written
  soak [SECONDS]     run bench/soak.erl for so long (default 3600), watching memory
  tail-calls [--release]
                     look whether the fast machine's handlers jump to each other in the command,
                     as the tests build it or optimised
  fuzz [SECONDS]     run every fuzz target for so long (default 30)
  miri [WORD...]     run the unit tests of the fast machine's terms, heaps, messages and atoms in
                     Miri (minutes); words choose tests by their names
  loom               the fast machine's slots and bell in every order of steps of their threads
  shuttle            programs on the fast machine, its threads taking turns at random
  tla [WORD...]      run the models in TLC: --nightly the large ones too, --update writes the
                     numbers of states anew, other words choose models by their names
  preprocess         the book's preprocessor, for `mdbook build`";

/// How long to run, if it is said.
fn seconds(words: &[&str], default: u64) -> anyhow::Result<u64> {
    let [word] = words else { return Ok(default) };
    word.parse().map_err(|_| anyhow::anyhow!("`{word}` is not a number of seconds"))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => return steps::test(&root()),
        ["book"] => book::build(&root()).map(|report| say(&report)),
        ["codegen"] => isa_json::write(&root()).and_then(|report| {
            say(&report);
            say(&tla::table::write(&root())?);
            say(&operations::write(&root())?);
            Ok(())
        }),
        ["figures"] => figures::measure(&root()).map(|report| say(&report)),
        ["bench", words @ ..] => bench::Choice::of(words)
            .and_then(|choice| bench::run(&root(), &choice))
            .map(|report| say(&report)),
        ["rules"] => rules::write(&root()).map(|report| say(&report)),
        ["pin", rules @ ..] if !rules.is_empty() => {
            pins::pin(&root(), rules).map(|report| say(&report))
        }
        ["tail-calls"] => tail_calls::check(&root(), false).map(|report| say(&report)),
        ["tail-calls", "--release"] => tail_calls::check(&root(), true).map(|report| say(&report)),
        ["fuzz", rest @ ..] if rest.len() < 2 => seconds(rest, 30)
            .and_then(|seconds| fuzz::run(&root(), seconds))
            .map(|report| say(&report)),
        ["soak", rest @ ..] if rest.len() < 2 => seconds(rest, 3600)
            .and_then(|seconds| bench::soak::run(&root(), seconds, true))
            .map(|report| say(&report)),
        ["miri", words @ ..] => miri::run(&root(), words).map(|report| say(&report)),
        ["loom"] => threads::loom(&root()).map(|report| say(&report)),
        ["shuttle"] => threads::shuttle(&root()).map(|report| say(&report)),
        ["tla", words @ ..] => match tla::Choice::of(words) {
            Some(choice) => tla::check(&root(), &choice).map(|verdict| say(&verdict.to_string())),
            None => Err(anyhow::anyhow!("`cargo xtask tla` has --nightly and --update")),
        },
        ["preprocess", "supports", _] => Ok(()),
        ["preprocess"] => book::preprocess(),
        ["help" | "-h" | "--help"] => {
            say(USAGE);
            Ok(())
        }
        _ => {
            say(USAGE);
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

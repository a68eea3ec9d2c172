//! `cargo xtask TASK`: the arguments, and nothing else.

use std::process::ExitCode;
use xtask::{bench, book, figures, fuzz, isa_json, pins, root, rules, say, steps, tla};

const USAGE: &str = "\
cargo xtask TASK

  test               everything that must hold, fast first
  book               build the book into out/book and check its links
  codegen            write spec/isa.json and tla/LamTable.tla from the instruction table
  rules              write spec/rules.lock anew from the book
  pin RULE... | all  say that book, model, machine and cases agree about these rules
  figures            measure what the book quotes, with the installed OTP
  bench [WORD...]    run the yardstick on BEAM and on LAM for the book: --runs N (5), other words
                     choose programs, of which the numbers are told and not written
  fuzz [SECONDS]     run every fuzz target for so long (default 30)
  tla [WORD...]      run the models in TLC: --nightly the large ones too, --update writes the
                     numbers of states anew, other words choose models by their names
  preprocess         the book's preprocessor, for `mdbook build`";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => return steps::test(&root()),
        ["book"] => book::build(&root()).map(|report| say(&report)),
        ["codegen"] => isa_json::write(&root()).and_then(|report| {
            say(&report);
            say(&tla::table::write(&root())?);
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
        ["fuzz"] => fuzz::run(&root(), 30).map(|report| say(&report)),
        ["fuzz", seconds] => match seconds.parse() {
            Ok(seconds) => fuzz::run(&root(), seconds).map(|report| say(&report)),
            Err(_) => Err(anyhow::anyhow!("`{seconds}` is not a number of seconds")),
        },
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

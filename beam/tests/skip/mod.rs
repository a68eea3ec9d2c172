//! Skips that are heard: a missing tool is an error in CI, and a line that no test harness holds
//! back elsewhere.

use std::io::Write;

/// Says what is not tested, and why.
///
/// # Panics
/// In CI (`CI` is `true` or `1`), where nothing is skipped.
pub fn skip(why: &str) {
    let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1");
    assert!(!in_ci, "nothing is skipped in CI: {why}");
    // What `println!` and `eprintln!` write is kept back where a test passes.
    writeln!(std::io::stderr(), "SKIPPED 1: {why}").expect("stderr can be written");
}

//! The example of an application that runs a program does what the book says of it.

#[allow(dead_code, missing_docs)] // Its `main` is for people.
#[path = "../examples/embed.rs"]
mod embed;

use lam_isa::outcome::{End, Limit};

#[test]
fn the_native_is_called_and_limits_hold() {
    let sold = embed::sell("apple", 100);
    assert_eq!((sold.root().unwrap().reason.as_str(), sold.end()), ("normal", End::Quiet));
    let asked = embed::sell("plum", 100);
    assert_eq!(asked.root().unwrap().reason, "sold_out");
    let stopped = embed::sell("apple", 2);
    assert_eq!((stopped.root(), stopped.end()), (None, End::Exhausted(Limit::Fuel)));
}

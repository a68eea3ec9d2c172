//! Terms whose parts are shared are small where they are and large wherever they are copied: the
//! process that would be copied from, or the one that would be copied to, ends (`lim.heap.exceeded`),
//! and their text is cut (`term.print.canonical`).

use lam_fast::{Capability, Config, End, Host, Program, Vm};
use lam_isa::limits::TEXT_BYTES;
use std::sync::Arc;

/// A world that has nothing and hears nothing.
struct Nowhere;

impl Host for Nowhere {
    fn write(&self, _: &str, _: &[u8]) {}

    fn monotonic_ns(&self) -> u64 {
        0
    }

    fn system_ns(&self) -> u64 {
        0
    }
}

/// `nest` makes a term of many levels, each a tuple of the next one twice.
const PROGRAM: &str = "
module m
export main/0, idle/0, idle/1, sent/0, spawned/0, ended/0, kept/0, small/0

function nest/2
    need 3, 2
    tuple {x0, x0} -> x0
    op sub x1, 1 -> x1
    test eq_exact x1, 0 else again
    ret 0
again:
    tail nest/2, 0

function idle/0
    move ok -> x0
    ret 0

function idle/1
    ret 0

function main/0
    move ok -> x0
    ret 0

function sent/0
    frame +1
    spawn m, idle, [], [] -> x0
    move x0 -> y0
    move a -> x0, 40 -> x1
    call nest/2
    send y0, x0 -> _
    raise exit odd

function spawned/0
    frame +1
    move 0 -> y0
    move a -> x0, 40 -> x1
    call nest/2
    need 2, 1
    cons x0, [] -> x0
    spawn m, idle, x0, [] -> _
    raise exit fine

function ended/0
    frame +1
    move 0 -> y0
    move a -> x0, 40 -> x1
    call nest/2
    raise exit x0

function kept/0
    frame +1
    move 0 -> y0
    move a -> x0, 40 -> x1
    call nest/2
    move x0 -> x1, key -> x0
    call persistent_term:put/2
    raise exit odd

function small/0
    frame +1
    move 0 -> y0
    move a -> x0, 19 -> x1
    call nest/2
    raise exit x0
";

fn reason(function: &str, heap_words: u64) -> String {
    let mut program = Program::load(PROGRAM.as_bytes()).expect("it is a program");
    program.function = function.into();
    let config = Config { heap_words, granted: Capability::ALL.into(), ..Config::default() };
    let mut vm = Vm::new(&program, config, Arc::new(Nowhere));
    vm.run();
    assert_eq!(vm.end(), End::Quiet, "{function}");
    vm.root().expect("it has ended").reason
}

#[test]
fn what_is_too_large_to_copy_ends_a_process() {
    for function in ["sent", "ended", "kept"] {
        assert_eq!(reason(function, 100_000), "{system_limit, heap}", "{function}");
    }
    assert_eq!(reason("spawned", 100_000), "fine", "the child ends");
}

#[test]
fn what_is_too_large_to_print_is_cut() {
    let text = reason("small", 10_000_000);
    assert_eq!(text.len(), TEXT_BYTES + 3);
    assert!(text.ends_with("..."));
}

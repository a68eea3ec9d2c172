//! How fast the parts of the fast machine are: dispatch, collector, messages, processes, maps, bits,
//! loading.
//!
//! Each but the last is a function of one module, called in a new machine, so a time holds the start
//! of that, too; `start` tells how long this is. On a busy computer what matters is how times change.

use criterion::{Criterion, criterion_group, criterion_main};
use lam_fast::{Config, Host, Program, Value, Vm};
use std::sync::Arc;

const PARTS: &str = r#"
module parts
export start/1, fib/1, loop/1, lists/1, keep/1, send/1, pong/0, spawns/1, born/1, maps/1, parse/1

function start/1
    ret 0

function fib/1
    test ge x0, 2 else small
    frame +2
    move x0 -> y0
    op sub x0, 1 -> x0
    call fib/1
    move x0 -> y1
    op sub y0, 2 -> x0
    call fib/1
    op add x0, y1 -> x0
    ret 2
small:
    ret 0

function loop/1
    test eq_exact x0, 0 else more
    ret 0
more:
    op sub x0, 1 -> x0
    tail loop/1, 0

; Builds lists of 1,000 elements that die at once.
function lists/1
    test eq_exact x0, 0 else more
    ret 0
more:
    frame +1
    move x0 -> y0
    move 1000 -> x0, [] -> x1
    call build/2
    op sub y0, 1 -> x0
    tail lists/1, 1

function build/2
    test eq_exact x0, 0 else more
    move x1 -> x0
    ret 0
more:
    need 2, 2
    cons x0, x1 -> x1
    op sub x0, 1 -> x0
    tail build/2, 0

; Builds one list, which survives every collection.
function keep/1
    move [] -> x1
    tail build/2, 0

; Starts a process that says it was born and ends, so many times, one after the other.
function spawns/1
    frame +1
    move x0 -> y0
again:
    test eq_exact y0, 0 else more
    ret 1
more:
    op self -> x0
    need 2, 1
    cons x0, [] -> x0
    spawn parts, born, x0, [] -> _
take:
    recv -> x0 else idle
    accept
    op sub y0, 1 -> y0
    jump again
idle:
    wait infinity else take

function born/1
    send x0, born -> x0
    ret 0

; A message to another process and one back, so many times.
function send/1
    frame +2
    move x0 -> y0
    spawn parts, pong, [], [] -> y1
    move y1 -> x1, y0 -> x0
    tail ping/2, 2

function ping/2
    frame +2
    move x0 -> y0, x1 -> y1
    test eq_exact y0, 0 else more
    send y1, stop -> x0
    ret 2
more:
    op self -> x0
    send y1, x0 -> _
take:
    recv -> x0 else idle
    accept
    op sub y0, 1 -> x0
    move y1 -> x1
    tail ping/2, 2
idle:
    wait infinity else take

function pong/0
take:
    recv -> x0 else idle
    accept
    test eq_exact x0, stop else answer
    ret 0
answer:
    send x0, pong -> _
    tail pong/0, 0
idle:
    wait infinity else take

function maps/1
    move #{0 => 0, 1 => 0, 2 => 0, 3 => 0, 4 => 0, 5 => 0, 6 => 0, 7 => 0} -> x1
    tail update/2, 0

function update/2
    test eq_exact x0, 0 else more
    ret 0
more:
    op band x0, 7 -> x2
    map exact x1, {x2 => x0} -> x1
    op sub x0, 1 -> x0
    tail update/2, 0

; Adds the bytes of a binary, again and again.
function parse/1
    test eq_exact x0, 0 else more
    ret 0
more:
    frame +1
    move x0 -> y0
    move <<"a hundred bytes or so to look at one by one, as a parser of lines or of numbers does it">> -> x0
    move 0 -> x1
    call bytes/2
    op sub y0, 1 -> x0
    tail parse/1, 1

function bytes/2
    bmatch x0 else done, [start x0, integer size 8 -> x2, tail -> x0]
    op add x1, x2 -> x1
    tail bytes/2, 0
done:
    move x1 -> x0
    ret 0
"#;

/// A world without input, output and time.
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

fn parts(criterion: &mut Criterion) {
    let modules = lam_fast::load(PARTS.as_bytes()).expect("the text is right");
    for (function, times) in [
        ("start", 1),
        ("fib", 22),
        ("loop", 100_000),
        ("lists", 100),
        ("keep", 100_000),
        ("send", 10_000),
        ("spawns", 10_000),
        ("maps", 100_000),
        ("parse", 1000),
    ] {
        let program = Program {
            modules: modules.clone(),
            module: "parts".to_owned(),
            function: function.to_owned(),
            arguments: vec![Value::Int(times)],
        };
        criterion.bench_function(&format!("{function}({times})"), |bencher| {
            bencher.iter(|| {
                let mut vm = Vm::new(&program, Config::default(), Arc::new(Nowhere));
                vm.run();
                assert!(vm.root().is_some_and(|end| end.normal), "{:?}", vm.root());
            });
        });
    }
}

/// From text or binary to a machine that could run: reading, verifying, lowering.
fn loading(criterion: &mut Criterion) {
    let modules = lam_isa::text::parse(PARTS).expect("the text is right");
    let binary = lam_isa::binary::encode(&modules);
    for (form, bytes) in [("text", PARTS.as_bytes()), ("binary", &binary)] {
        criterion.bench_function(&format!("load {form} of {} bytes", bytes.len()), |bencher| {
            bencher.iter(|| {
                let program = Program::load(bytes).expect("it is valid");
                Vm::new(&program, Config::default(), Arc::new(Nowhere))
            });
        });
    }
}

criterion_group!(benches, parts, loading);
criterion_main!(benches);

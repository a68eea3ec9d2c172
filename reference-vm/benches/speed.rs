//! How fast the reference machine is: instructions, messages and explored states a second.
//!
//! It is written to be read; these numbers tell whether a change made it unreadably slow.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lam_isa::Verified;
use lam_isa::text::parse;
use lam_reference::term::Term;
use lam_reference::{Config, Machine, Schedule, explore, run};
use std::hint::black_box;
use std::sync::Arc;

const COMPUTE: &str = "
module compute
export spin/1, fib/1, reverse/2, natives/1

function spin/1
    test eq_exact x0, 0 else more
    ret 0
more:
    op sub x0, 1 -> x0
    tail spin/1, 0

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

function reverse/2
    test is_nil x0 else more
    move x1 -> x0
    ret 0
more:
    uncons x0 -> x2, x0
    need 2, 3
    cons x2, x1 -> x1
    tail reverse/2, 0

function natives/1
    test eq_exact x0, 0 else more
    ret 0
more:
    frame +1
    op sub x0, 1 -> y0
    move key -> x0
    call erlang:get/1
    move y0 -> x0
    tail natives/1, 1
";

const MESSAGES: &str = "
module messages
export ping/1, pong/1, race/1, runner/1

function ping/1
    frame +2
    move x0 -> y0
    op self -> x0
    need 2, 1
    cons x0, [] -> x0
    spawn messages, pong, x0, [] -> y1
again:
    op self -> x0
    send y1, x0 -> _
take:
    recv -> x0 else idle
    accept
    op sub y0, 1 -> y0
    test eq_exact y0, 0 else again
    ret 2
idle:
    wait infinity else take

function pong/1
    frame +1
    move x0 -> y0
take:
    recv -> x0 else idle
    accept
    send y0, x0 -> _
    jump take
idle:
    wait infinity else take

function race/1
    frame +1
    move x0 -> y0
start:
    test eq_exact y0, 0 else more
    move done -> x0
    ret 1
more:
    op self -> x0
    need 2, 1
    cons x0, [] -> x0
    spawn messages, runner, x0, [] -> _
    op sub y0, 1 -> y0
    jump start

function runner/1
    send x0, hello -> x0
    ret 0
";

/// Instructions that `fib/1` of this takes.
fn fib_instructions(n: u64) -> u64 {
    if n < 2 { 2 } else { 10 + fib_instructions(n - 1) + fib_instructions(n - 2) }
}

fn speed(criterion: &mut Criterion) {
    let compute = verified(COMPUTE);
    let messages = verified(MESSAGES);
    let list = Term::list((0..1_000).map(Term::Int));
    let programs = [
        ("spin", &compute, "compute", vec![Term::Int(10_000)], 3 * 10_000 + 2),
        ("fib", &compute, "compute", vec![Term::Int(15)], fib_instructions(15)),
        ("reverse", &compute, "compute", vec![list, Term::Nil], 5 * 1_000 + 3),
        ("natives", &compute, "compute", vec![Term::Int(1_000)], 7 * 1_000 + 2),
        ("ping", &messages, "messages", vec![Term::Int(1_000)], 2 * 1_000),
    ];
    let mut group = criterion.benchmark_group("run");
    for (name, module, home, arguments, count) in programs {
        group.throughput(Throughput::Elements(count));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let call = (home, name, arguments.clone());
                let mut machine =
                    Machine::boot([module.clone()], Config::default().grant_all(), call);
                black_box(run(&mut machine, &Schedule::RoundRobin, u64::MAX, &mut |_, _| {}))
            });
        });
    }
    group.finish();

    let call = ("messages", "race", vec![Term::Int(3)]);
    let machine = Machine::boot([messages], Config::explore(), call);
    let mut group = criterion.benchmark_group("explore");
    group.throughput(Throughput::Elements(explore(&machine, u64::MAX).states));
    group.sample_size(10);
    group.bench_function("race", |bencher| bencher.iter(|| explore(black_box(&machine), u64::MAX)));
    group.finish();
}

fn verified(source: &str) -> Arc<Verified> {
    let module = parse(source).expect("the program is text").remove(0);
    Arc::new(lam_isa::verify(module).expect("the program verifies"))
}

criterion_group!(benches, speed);
criterion_main!(benches);

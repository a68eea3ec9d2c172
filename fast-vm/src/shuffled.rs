//! Whole programs on two schedulers whose threads take turns as a random number says, by shuttle:
//! with `cargo xtask shuttle`. A schedule that fails is printed, and can be replayed.

use crate::config::{Config, Host};
use crate::vm::{Program, Vm};
use lam_isa::Capability;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct World {
    written: Mutex<Vec<u8>>,
}

impl Host for World {
    fn write(&self, _: &str, bytes: &[u8]) {
        self.written.lock().expect("nobody panics").extend_from_slice(bytes);
    }

    fn monotonic_ns(&self) -> u64 {
        0
    }

    fn system_ns(&self) -> u64 {
        0
    }
}

/// Runs a program on so many schedulers in so many schedules; it must write `ok` each time.
fn check(source: &str, schedulers: u32, schedules: usize) {
    let parsed = lam_isa::text::parse(source).expect("the program parses").remove(0);
    let module = Arc::new(lam_isa::verify(parsed).expect("the program verifies"));
    let program = Program::new(vec![module]);
    let run = move || {
        let world = Arc::new(World::default());
        let granted = Capability::ALL.into();
        let config = Config { granted, schedulers, quantum: 20, ..Config::default() };
        Vm::new(&program, config, world.clone()).run();
        assert_eq!(*world.written.lock().expect("nobody panics"), b"ok");
    };
    shuttle::check_random(run, schedules);
}

/// Two processes answer each other.
const PING_PONG: &str = r#"
    module m
    export main/0, pong/0

    function main/0
        frame +2
        spawn m, pong, [], [] -> y0
        move 5 -> y1
    again:
        op self -> x0
        send y0, x0 -> _
    look:
        recv -> x0 else none
        accept
        op sub y1, 1 -> y1
        test eq_exact y1, 0 else again
        move stdout -> x0, <<"ok">> -> x1
        tail lam:write/2, 2
    none:
        wait infinity else look

    function pong/0
    look:
        recv -> x0 else none
        accept
        send x0, pong -> _
        jump look
    none:
        wait infinity else look
"#;

/// A process ends while others link with it, watch it and send to it; all hear of it.
const ENDS: &str = r#"
    module m
    export main/0, watch/2, ends/0

    function main/0
        frame +2
        spawn m, ends, [], [] -> y0
        op self -> x0
        need 8, 1
        cons x0, [] -> x0
        cons y0, x0 -> x0
        move x0 -> y1
        spawn m, watch, y1, [] -> _
        spawn m, watch, y1, [] -> _
        send y0, go -> _
        move 2 -> y0
    look:
        recv -> x0 else none
        accept
        op sub y0, 1 -> y0
        test eq_exact y0, 0 else look
        move stdout -> x0, <<"ok">> -> x1
        tail lam:write/2, 2
    none:
        wait infinity else look

    function watch/2
        frame +1
        move x1 -> y0
        monitor process, x0, [] -> _
    look:
        recv -> x0 else none
        accept
        send y0, x0 -> x0
        ret 1
    none:
        wait infinity else look

    function ends/0
    look:
        recv -> x0 else none
        accept
        ret 0
    none:
        wait infinity else look
"#;

#[test]
fn two_processes_answer_each_other() {
    check(PING_PONG, 2, 5_000);
    check(PING_PONG, 3, 2_000);
}

#[test]
fn all_hear_of_an_end() {
    check(ENDS, 2, 5_000);
    check(ENDS, 3, 2_000);
}

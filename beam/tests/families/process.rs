//! Calls that are instructions.

use super::check;
use super::forge::{A::*, Beam};
use expect_test::expect;

#[test]
fn calls_that_are_instructions() {
    let mut beam = Beam::new();
    beam.function("signals", 3, 1);
    beam.op("allocate", &[U(1), U(3)]);
    for (name, arity) in [
        ("spawn", 3),
        ("spawn_link", 3),
        ("spawn_monitor", 3),
        ("spawn_opt", 4),
        ("link", 1),
        ("unlink", 1),
        ("monitor", 2),
        ("monitor", 3),
        ("demonitor", 1),
        ("demonitor", 2),
        ("exit", 2),
        ("process_flag", 2),
        ("yield", 0),
        ("send", 2),
        ("!", 2),
        ("apply", 3),
        ("apply", 2),
    ] {
        for x in 0..4 {
            beam.op("move", &[Y(0), X(x)]);
        }
        let import = beam.import("erlang", name, arity);
        beam.op("call_ext", &[U(arity.into()), import]);
    }
    beam.op("move", &[Y(0), X(1)]);
    let last = beam.import("erlang", "exit", 2);
    beam.op("call_ext_last", &[U(2), last, U(1)]);
    check(
        &beam,
        expect![[r#"
        function signals/3
            frame +1
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            spawn x0, x1, x2, [] -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            spawn x0, x1, x2, [link] -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            spawn x0, x1, x2, [monitor] -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            spawn x0, x1, x2, x3 -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            link x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            unlink x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            monitor x0, x1, [] -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            monitor x0, x1, x2 -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            demonitor x0, [] -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            demonitor x0, x1 -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            exit x0, x1
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            flag x0, x1 -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            yield
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            send x0, x1 -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            send x0, x1 -> x0
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            call x0:x1, list x2
            move y0 -> x0, y0 -> x1, y0 -> x2, y0 -> x3
            call x0, list x1
            move y0 -> x1
            exit x0, x1
            move true -> x0
            ret 1
    "#]],
    );
}

//! Frames, calls and switches.

use super::forge::{A::*, Beam};
use super::{body, check};
use expect_test::expect;

#[test]
fn frames_and_calls() {
    let mut beam = Beam::new();
    let native = beam.import("lists", "reverse", 1);
    beam.function("calls", 2, 1);
    beam.op("allocate_heap", &[U(2), Alloc(2, 0, 0), U(2)]);
    beam.op("init_yregs", &[List(vec![Y(0)])]);
    beam.op("move", &[X(1), Y(1)]).op("put_list", &[X(0), Nil, X(0)]);
    beam.op("call_ext", &[U(1), native.clone()]).op("trim", &[U(1), U(1)]);
    beam.op("move", &[Y(0), X(1)]).op("call", &[U(2), F(2)]).op("move", &[Y(0), X(1)]);
    beam.op("call_fun", &[U(1)]).op("move", &[At("f"), X(1)]).op("apply", &[U(0)]);
    beam.op("call_fun2", &[At("safe"), U(1), Y(0)]);
    beam.op("deallocate", &[U(1)]).op("return", &[]);
    beam.function("tails", 1, 3);
    beam.op("is_atom", &[F(5), X(0)]).op("call_only", &[U(1), F(4)]);
    beam.op("label", &[U(5)]).op("is_integer", &[F(6), X(0)]);
    beam.op("call_ext_only", &[U(1), native.clone()]);
    beam.op("label", &[U(6)]).op("allocate", &[U(1), U(1)]).op("move", &[X(0), Y(0)]);
    beam.op("is_float", &[F(7), X(0)]).op("call_ext_last", &[U(1), native, U(1)]);
    beam.op("label", &[U(7)]).op("move", &[At("m"), X(1)]).op("move", &[At("f"), X(2)]);
    beam.op("apply_last", &[U(1), U(1)]);
    check(
        &beam,
        expect![[r#"
        function calls/2
            frame +2
            need 2, 2
            move x1 -> y1
            cons x0, [] -> x0
            call lists:reverse/1
            frame -1
            move y0 -> x1
            call calls/2
            move y0 -> x1
            call x1, 1
            move f -> x1
            call x0:x1, 0
            tail y0, 1, 1

        function tails/1
            test is_atom x0 else L1
            tail tails/1, 0
        L1:
            test is_integer x0 else L2
            tail lists:reverse/1, 0
        L2:
            frame +1
            move x0 -> y0
            test is_float x0 else L3
            tail lists:reverse/1, 1
        L3:
            move m -> x1, f -> x2
            tail x1:x2, 1, 1
    "#]],
    );
}

#[test]
fn switches() {
    let beam = body("choose", 1, |b| {
        let bits = b.literal(&[109, 0, 0, 0, 1, 7]);
        let cases = vec![I(1), F(3), bits, F(4), At("a"), F(3), Nil, F(4)];
        b.op("select_val", &[X(0), F(1), List(cases)]);
        b.op("label", &[U(3)]).op("return", &[]).op("label", &[U(4)]);
        b.op("select_tuple_arity", &[X(0), F(1), List(vec![U(2), F(3), U(0), F(5)])]);
        b.op("label", &[U(5)]).op("jump", &[F(3)]);
    });
    check(
        &beam,
        expect![[r#"
            function choose/1
                test ne_exact x0, <<7>> else L2
                switch value x0 else clause, {1 -> L1, a -> L1, [] -> L2}
            L1:
                ret 0
            L2:
                switch arity x0 else clause, {2 -> L1, 0 -> L1}
        "#]],
    );
}

//! Handlers and raises.

use super::check;
use super::forge::{A::*, Beam};
use expect_test::expect;

#[test]
fn handlers() {
    let mut beam = Beam::new();
    let other = beam.import("m", "other", 0);
    beam.function("protect", 0, 1);
    beam.op("allocate", &[U(1), U(0)]).op("try", &[Y(0), F(3)]);
    beam.op("call_ext", &[U(0), other.clone()]).op("try_end", &[Y(0)]);
    beam.op("deallocate", &[U(1)]).op("return", &[]);
    beam.op("label", &[U(3)]).op("try_case", &[Y(0)]);
    beam.op("is_eq_exact", &[F(4), X(0), At("throw")]).op("raise", &[X(2), X(1)]);
    beam.op("label", &[U(4)]).op("move", &[X(2), X(0)]).op("build_stacktrace", &[]);
    beam.op("deallocate", &[U(1)]).op("return", &[]);
    beam.function("catches", 0, 5);
    beam.op("allocate", &[U(1), U(0)]).op("catch", &[Y(0), F(7)]);
    beam.op("call_ext", &[U(0), other]).op("label", &[U(7)]).op("catch_end", &[Y(0)]);
    beam.op("deallocate", &[U(1)]).op("return", &[]);
    beam.function("again", 3, 8);
    beam.op("raw_raise", &[]).op("return", &[]);
    check(
        &beam,
        expect![[r#"
        function protect/0
            frame +1
            try y0, L1
            call m:other/0
            move [] -> y0
            ret 1
        L1:
            test eq_exact x0, throw else L2
            raise same x1, x2
        L2:
            move x2 -> x0
            op stacktrace x0 -> x0
            ret 1

        function catches/0
            frame +1
            try y0, L1
            call m:other/0
            move [] -> y0
            jump L2
        L1:
            op stacktrace x2 -> x2
            call lam:catch_value/3
        L2:
            ret 1

        function again/3
            raise dynamic x0, x1, x2
            ret 0
    "#]],
    );
}

#[test]
fn raises() {
    let mut beam = Beam::new();
    let names = ["error", "exit", "throw"].map(|name| beam.import("erlang", name, 1));
    let error = beam.import("erlang", "error", 2);
    beam.function("raises", 2, 1);
    for (label, op) in [(3, "badmatch"), (4, "case_end"), (5, "try_case_end"), (6, "badrecord")] {
        beam.op("is_eq", &[F(label), X(0), I(1)]).op(op, &[X(1)]).op("label", &[U(label)]);
    }
    for (label, import) in (7..).zip(names) {
        beam.op("is_ne", &[F(label), X(0), I(1)]).op("call_ext_only", &[U(1), import]);
        beam.op("label", &[U(label)]);
    }
    beam.op("is_ge", &[F(10), X(0), I(1)]).op("allocate", &[U(0), U(2)]);
    beam.op("call_ext", &[U(2), error]).op("label", &[U(10)]).op("if_end", &[]);
    check(
        &beam,
        expect![[r#"
        function raises/2
            test eq x0, 1 else L1
            raise badmatch x1
        L1:
            test eq x0, 1 else L2
            raise case_clause x1
        L2:
            test eq x0, 1 else L3
            raise try_clause x1
        L3:
            test eq x0, 1 else L4
            raise badrecord x1
        L4:
            test ne x0, 1 else L5
            raise error x0
        L5:
            test ne x0, 1 else L6
            raise exit x0
        L6:
            test ne x0, 1 else L7
            raise throw x0
        L7:
            test ge x0, 1 else L8
            call erlang:error/2
            raise error x0
        L8:
            raise if_clause
    "#]],
    );
}

#[test]
fn frames_that_disagree_at_a_raise() {
    let mut beam = Beam::new();
    let error = beam.import("erlang", "error", 2);
    let other = beam.import("m", "other", 1);
    beam.function("shared", 2, 1);
    beam.op("is_atom", &[F(3), X(0)]).op("allocate", &[U(2), U(2)]);
    beam.op("move", &[X(1), Y(0)]).op("call_ext", &[U(1), other]).op("move", &[Y(0), X(1)]);
    beam.op("is_nil", &[F(3), X(0)]).op("deallocate", &[U(2)]).op("return", &[]);
    beam.op("label", &[U(3)]).op("call_ext_last", &[U(2), error, U(2)]);
    check(
        &beam,
        expect![[r#"
        function shared/2
            test is_atom x0 else L1
            frame +2
            move x1 -> y0
            call m:other/1
            move y0 -> x1
            test is_nil x0 else L2
            ret 2
        L1:
            call erlang:error/2
            raise error x0
        L2:
            tail erlang:error/2, 2
    "#]],
    );
}

#[test]
fn raise_that_cannot_return() {
    let mut beam = Beam::new();
    let raise = beam.import("erlang", "raise", 3);
    beam.function("again", 3, 1);
    beam.op("allocate", &[U(1), U(3)]).op("try", &[Y(0), F(3)]);
    beam.op("call_ext", &[U(3), raise.clone()]);
    beam.op("label", &[U(3)]).op("try_case", &[Y(0)]);
    beam.op("test_heap", &[U(3), U(2)]).op("put_tuple2", &[X(0), List(vec![X(0), X(1)])]);
    beam.op("deallocate", &[U(1)]).op("return", &[]);
    beam.function("may", 3, 4);
    beam.op("is_nil", &[F(6), X(2)]).op("allocate", &[U(0), U(3)]);
    beam.op("call_ext", &[U(3), raise]).op("label", &[U(6)]).op("return", &[]);
    check(
        &beam,
        expect![[r#"
        function again/3
            frame +1
            try y0, L1
            call erlang:raise/3
            raise error x0
        L1:
            move [] -> y0
            need 3, 2
            tuple {x0, x1} -> x0
            ret 1

        function may/3
            test is_nil x2 else L1
            call erlang:raise/3
        L1:
            ret 0
    "#]],
    );
}

//! Arithmetic and tests.

use super::forge::A::*;
use super::{body, check};
use expect_test::expect;

#[test]
fn operations_and_tests() {
    let beam = body("compute", 2, |b| {
        let (add, me, element) = (
            b.import("erlang", "+", 2),
            b.import("erlang", "self", 0),
            b.import("erlang", "element", 2),
        );
        let (size, part) =
            (b.import("erlang", "byte_size", 1), b.import("erlang", "binary_part", 3));
        let between = b.import("erlang", "is_integer", 3);
        b.op("gc_bif2", &[F(0), U(2), add, X(0), I(-1), X(0)]);
        b.op("bif0", &[me, X(2)]).op("bif2", &[F(3), element, I(2), X(1), X(1)]);
        b.op("gc_bif1", &[F(0), U(3), size, X(1), X(1)]);
        b.op("bif3", &[F(0), between, X(1), I(0), I(9), X(3)]);
        b.op("gc_bif3", &[F(3), U(4), part, X(0), I(0), I(1), X(0)]);
        b.op("is_lt", &[F(3), X(0), X(1)]).op("is_eq_exact", &[F(3), X(0), At("a")]);
        b.op("is_function2", &[F(3), X(0), I(1)]).op("test_arity", &[F(3), X(0), U(2)]);
        b.op("is_tagged_tuple", &[F(1), Typed(Box::new(X(0))), U(2), At("ok")]);
        b.op("is_nonempty_list", &[F(3), X(2)]).op("is_bitstr", &[F(3), X(2)]);
        b.op("label", &[U(3)]).op("return", &[]);
    });
    check(
        &beam,
        expect![[r#"
        function compute/2
            op add x0, -1 -> x0
            op self -> x2
            op element 2, x1 -> x1 else L1
            op byte_size x1 -> x1
            op is_integer_between x1, 0, 9 -> x3
            op binary_part x0, 0, 1 -> x0 else L1
            test lt x0, x1 else L1
            test eq_exact x0, a else L1
            test is_function_arity x0, 1 else L1
            test arity x0, 2 else L1
            test tagged x0, 2, ok else clause
            test is_cons x2 else L1
            test is_bitstring x2 else L1
        L1:
            ret 0
    "#]],
    );
}

#[test]
fn floats_are_registers_above() {
    let beam = body("floats", 2, |b| {
        b.op("fconv", &[X(0), Fr(0)]).op("fconv", &[X(1), Fr(1)]);
        b.op("fmul", &[F(0), Fr(0), Fr(1), Fr(0)]);
        // The heap test is for the float alone.
        b.op("test_heap", &[Alloc(0, 1, 0), U(2)]);
        b.op("fadd", &[F(0), Fr(0), Fr(0), Fr(1)]);
        // This one is not, and float register 0 is live.
        b.op("test_heap", &[Alloc(2, 1, 0), U(1)]);
        b.op("put_list", &[X(0), Nil, X(1)]);
        b.op("fnegate", &[F(0), Fr(0), Fr(0)]).op("fmove", &[Fr(0), X(0)]);
        b.op("return", &[]);
    });
    check(
        &beam,
        expect![[r#"
        function floats/2
            op fconv x0 -> x2
            op fconv x1 -> x3
            op mul x2, x3 -> x2
            op add x2, x2 -> x3
            move x2 -> x1
            need 2, 2
            move x1 -> x2
            cons x0, [] -> x1
            op neg x2 -> x2
            move x2 -> x0
            ret 0
    "#]],
    );
}

//! Moves, terms, maps and funs.

use super::forge::{A::*, Beam};
use super::{body, check};
use expect_test::expect;

#[test]
fn moves_and_terms() {
    let beam = body("data", 3, |b| {
        b.op("test_heap", &[Alloc(9, 0, 0), U(3)]);
        b.op("swap", &[X(0), X(1)]).op("move", &[X(1), X(3)]);
        b.op("move", &[I(1_000_000_000_000), X(4)]);
        b.op("put_list", &[X(0), Nil, X(0)]);
        b.op("put_tuple2", &[X(0), List(vec![At("ok"), X(0), X(4)])]);
        b.op("get_tuple_element", &[X(0), U(1), X(5)]);
        b.op("get_list", &[X(5), X(5), X(6)]).op("get_hd", &[X(2), X(7)]);
        b.op("get_tl", &[X(2), X(2)]).op("put_list", &[X(2), X(7), X(0)]);
        b.op("return", &[]);
    });
    check(
        &beam,
        expect![[r#"
        function data/3
            need 9, 3
            move x0 -> x1, x1 -> x0, x0 -> x3, 1000000000000 -> x4
            cons x0, [] -> x0
            tuple {ok, x0, x4} -> x0
            get 1, x0 -> x5
            uncons x5 -> x5, x6
            uncons x2 -> x7, _
            uncons x2 -> _, x2
            cons x2, x7 -> x0
            ret 0
    "#]],
    );
}

#[test]
fn records_of_otp_25_and_26() {
    let beam = body("update", 2, |b| {
        b.op("set_tuple_element", &[X(1), X(0), U(0)]);
        b.op("set_tuple_element", &[At("a"), X(0), U(2)]);
        let updates = List(vec![U(2), X(1), U(3), Nil]);
        b.op("update_record", &[At("reuse"), U(3), X(0), X(0), updates]);
        b.op("return", &[]);
    });
    check(
        &beam,
        expect![[r#"
        function update/2
            update x0, {0 = x1, 2 = a} -> x0
            update x0, {1 = x1, 2 = []} -> x0
            ret 0
    "#]],
    );
}

#[test]
fn maps() {
    let beam = body("maps", 2, |b| {
        let put = || List(vec![At("a"), X(1), I(2), Nil]);
        b.op("put_map_assoc", &[F(0), X(0), X(0), U(2), put()]);
        b.op("put_map_exact", &[F(0), X(0), X(0), U(2), put()]);
        b.op("has_map_fields", &[F(1), X(0), List(vec![At("a"), X(1)])]);
        b.op("get_map_elements", &[F(3), X(0), List(vec![At("a"), X(2), At("b"), X(0)])]);
        b.op("return", &[]).op("label", &[U(3)]).op("return", &[]);
    });
    check(
        &beam,
        expect![[r#"
        function maps/2
            map assoc x0, {a => x1, 2 => []} -> x0
            map exact x0, {a => x1, 2 => []} -> x0
            pick x0 else clause, {a -> _, x1 -> _}
            pick x0 else L1, {a -> x2, b -> x0}
            ret 0
        L1:
            ret 0
    "#]],
    );
}

#[test]
fn funs() {
    let mut beam = Beam::new();
    let lambda = beam.lambda("lambda", 2, 4, 1);
    beam.function("make", 1, 1);
    beam.op("test_heap", &[Alloc(1, 0, 1), U(1)]);
    beam.op("make_fun3", &[lambda, X(0), List(vec![X(0)])]).op("return", &[]);
    beam.function("lambda", 2, 3);
    beam.op("return", &[]);
    check(
        &beam,
        expect![[r#"
        function make/1
            need 3, 1
            fun lambda/2, [x0] -> x0
            ret 0

        function lambda/2
        lambda 0, 77
            ret 0
    "#]],
    );
}

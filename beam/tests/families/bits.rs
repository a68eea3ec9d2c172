//! Bitstrings made and matched.

use super::forge::{A::*, Beam};
use super::{body, check};
use expect_test::expect;

#[test]
fn made_since_otp_25() {
    let beam = body("make", 2, |b| {
        b.strings(b"abcdef");
        let little = b.literal(&[108, 0, 0, 0, 1, 119, 6, b'l', b'i', b't', b't', b'l', b'e', 106]);
        let segments = vec![
            At("append"),
            U(1),
            U(8),
            Nil,
            X(0),
            At("all"),
            At("string"),
            U(2),
            U(8),
            Nil,
            U(2),
            I(3),
            At("integer"),
            U(3),
            U(1),
            little,
            X(1),
            I(16),
            At("binary"),
            U(4),
            U(8),
            Nil,
            X(0),
            At("all"),
            At("utf8"),
            U(5),
            U(0),
            Nil,
            X(1),
            At("undefined"),
        ];
        b.op("bs_create_bin", &[F(0), Alloc(2, 0, 0), U(2), U(1), X(0), List(segments)]);
        b.op("put_list", &[X(0), Nil, X(0)]).op("bs_init_writable", &[]).op("return", &[]);
    });
    check(
        &beam,
        expect![[r#"
        function make/2
            need 2, 2
            bmake [append x0 unit 8, binary <<"cde">> unit 8, integer x1 size 16 little, binary x0 unit 8, utf8 x1] -> x0
            cons x0, [] -> x0
            bmake [] -> x0
            ret 0
    "#]],
    );
}

#[test]
fn made_by_otp_24() {
    let beam = body("make", 2, |b| {
        b.strings(b"abcdef");
        b.op("bs_add", &[F(3), X(0), X(1), U(1), X(2)]);
        b.op("bs_init2", &[F(3), X(2), U(2), U(3), U(0), X(3)]);
        b.op("bs_put_string", &[U(2), U(1)]);
        b.op("bs_put_integer", &[F(3), I(8), U(1), U(2), X(0)]).op("line", &[U(0)]);
        b.op("bs_put_binary", &[F(3), At("all"), U(8), U(0), X(1)]);
        b.op("bs_put_utf16", &[F(3), U(2), X(0)]);
        b.op("put_list", &[X(3), Nil, X(0)]);
        b.op("bs_append", &[F(0), I(8), U(0), U(2), U(8), X(1), U(0), X(1)]);
        b.op("bs_put_float", &[F(0), I(64), U(1), U(16), X(0)]);
        b.op("return", &[]).op("label", &[U(3)]).op("return", &[]);
    });
    check(
        &beam,
        expect![[r#"
        function make/2
            need 2, 2
            bmake [binary <<"bc">> unit 8, integer x0 size 8 little, binary x1 unit 8, utf16 x0 little] -> x3 else L1
            cons x3, [] -> x0
            bmake [append x1 unit 8, float x0 size 64 little] -> x1
            ret 0
        L1:
            ret 0
    "#]],
    );
}

#[test]
fn matched_until_otp_25() {
    let beam = body("match", 2, |b| {
        b.strings(b"ab\xff");
        b.op("bs_start_match3", &[F(1), X(0), U(2), X(2)]);
        b.op("bs_get_position", &[X(2), X(0), U(3)]);
        b.op("bs_get_integer2", &[F(3), X(2), U(3), I(8), U(1), U(4), X(3)]);
        b.op("bs_match_string", &[F(3), X(2), U(12), U(1)]);
        b.op("bs_get_binary2", &[F(3), X(2), U(4), X(3), U(8), U(0), X(4)]);
        b.op("bs_get_float2", &[F(3), X(2), U(4), I(64), U(1), U(2), X(4)]);
        b.op("bs_skip_bits2", &[F(3), X(2), At("all"), U(8), U(0)]);
        b.op("bs_get_utf8", &[F(3), X(2), U(4), U(0), X(4)]);
        b.op("bs_skip_utf16", &[F(3), X(2), U(4), U(2)]);
        b.op("bs_test_unit", &[F(3), X(2), U(8)]).op("bs_test_tail2", &[F(3), X(2), U(0)]);
        b.op("bs_get_tail", &[X(2), X(0), U(3)]).op("return", &[]);
        b.op("label", &[U(3)]).op("bs_set_position", &[X(2), X(0)]);
        b.op("bs_get_tail", &[X(2), X(0), U(3)]).op("return", &[]);
    });
    check(
        &beam,
        expect![[r#"
        function match/2
            bmatch x2 else clause, [start x0]
            bmatch x2, [pos -> x0]
            bmatch x2 else L1, [integer size 8 signed -> x3, bits <<98, 15:4>>]
            bmatch x2 else L1, [binary size x3 unit 8 -> x4]
            bmatch x2 else L1, [float size 64 little -> x4, skip unit 8]
            bmatch x2 else L1, [utf8 -> x4, utf16 little -> _, at_least 0 unit 8, exactly 0]
            bmatch x2, [tail -> x0]
            ret 0
        L1:
            bmatch x2, [setpos x0, tail -> x0]
            ret 0
    "#]],
    );
}

#[test]
fn matched_since_otp_26() {
    let beam = body("match", 1, |b| {
        let signed = b.literal(&[108, 0, 0, 0, 1, 119, 6, b's', b'i', b'g', b'n', b'e', b'd', 106]);
        b.op("bs_start_match4", &[F(3), U(1), X(0), X(1)]);
        b.op(
            "bs_match",
            &[
                F(3),
                X(1),
                List(vec![
                    At("ensure_at_least"),
                    U(40),
                    U(8),
                    At("=:="),
                    Nil,
                    U(12),
                    U(0xabc),
                    At("skip"),
                    U(4),
                    At("integer"),
                    U(2),
                    signed,
                    I(8),
                    U(1),
                    X(2),
                    At("binary"),
                    U(3),
                    Nil,
                    I(1),
                    U(8),
                    X(3),
                    At("get_tail"),
                    U(4),
                    U(8),
                    X(4),
                ]),
            ],
        );
        b.op("bs_match", &[F(3), X(1), List(vec![At("ensure_exactly"), U(0)])]);
        b.op("bs_start_match4", &[At("no_fail"), U(4), X(4), X(5)]);
        b.op("bs_start_match4", &[At("resume"), U(4), X(5), X(6)]);
        b.op("bs_get_tail", &[X(6), X(0), U(4)]).op("return", &[]);
        b.op("label", &[U(3)]).op("return", &[]);
    });
    check(
        &beam,
        expect![[r#"
        function match/1
            bmatch x1 else L1, [start x0, at_least 40 unit 8, bits <<171, 12:4>>, skip size 4, integer size 8 signed -> x2, binary size 1 unit 8 -> x3, tail -> x4, exactly 0]
            bmatch x5, [start x4]
            move x5 -> x6
            bmatch x6, [tail -> x0]
            ret 0
        L1:
            ret 0
    "#]],
    );
}

#[test]
fn contexts_as_parameters() {
    let mut beam = Beam::new();
    beam.function("sum", 2, 1);
    beam.op("bs_start_match4", &[F(1), U(2), X(0), X(2)]);
    beam.op("bs_get_integer2", &[F(3), X(2), U(3), I(8), U(1), U(0), X(1)]);
    beam.op("move", &[X(2), X(0)]).op("call_only", &[U(2), F(2)]);
    beam.op("label", &[U(3)]).op("move", &[X(1), X(0)]).op("return", &[]);
    check(
        &beam,
        expect![[r#"
        function sum/2
        params context, term
            bmatch x2 else clause, [start x0]
            bmatch x2 else L1, [integer size 8 -> x1]
            move x2 -> x0
            tail sum/2, 0
        L1:
            move x1 -> x0
            ret 0
    "#]],
    );
}

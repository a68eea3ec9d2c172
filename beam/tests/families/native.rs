//! Stubs of natives, and records.

use super::check;
use super::forge::{A::*, Beam};
use expect_test::expect;

#[test]
fn stubs_and_records() {
    let mut beam = Beam::new();
    let error = beam.import("erlang", "nif_error", 1);
    beam.function("stub", 0, 1);
    beam.op("nif_start", &[]).op("move", &[At("undef"), X(0)]);
    beam.op("call_ext_only", &[U(1), error]);
    beam.function("record", 1, 3);
    beam.op("is_any_native_record", &[F(5), X(0)]).op("return", &[]).op("label", &[U(5)]);
    let list = || List(Vec::new());
    beam.op("put_record", &[F(0), Nil, X(0), X(0), U(1), list()]).op("return", &[]);
    check(
        &beam,
        expect![[r#"
        function stub/0
            move undef -> x0
            tail erlang:nif_error/1, 0

        function record/1
        L1:
            raise error {unsupported, native_record}
    "#]],
    );
}

//! Receive.

use super::forge::A::*;
use super::{body, check};
use expect_test::expect;

#[test]
fn receive() {
    let beam = body("take", 1, |b| {
        b.op("allocate", &[U(2), U(1)]).op("recv_marker_reserve", &[Y(1)]);
        b.op("move", &[X(0), Y(0)]).op("recv_marker_bind", &[Y(1), X(0)]);
        b.op("recv_marker_use", &[Y(0)]).op("label", &[U(3)]);
        b.op("loop_rec", &[F(5), X(0)]).op("is_eq_exact", &[F(4), X(0), Y(0)]);
        b.op("remove_message", &[]).op("recv_marker_clear", &[Y(0)]);
        b.op("move", &[Y(0), X(1)]).op("send", &[]);
        b.op("deallocate", &[U(2)]).op("return", &[]);
        b.op("label", &[U(4)]).op("loop_rec_end", &[F(3)]);
        b.op("label", &[U(5)]).op("wait_timeout", &[F(3), Y(0)]).op("timeout", &[]);
        b.op("label", &[U(6)]).op("wait_timeout", &[F(6), I(5)]).op("timeout", &[]);
        b.op("label", &[U(11)]).op("wait_timeout", &[F(12), I(6)]).op("timeout", &[]);
        b.op("label", &[U(7)]).op("loop_rec", &[F(8), X(0)]).op("remove_message", &[]);
        b.op("deallocate", &[U(2)]).op("return", &[]);
        b.op("label", &[U(8)]).op("timeout", &[]);
        b.op("label", &[U(9)]).op("loop_rec", &[F(10), X(0)]).op("remove_message", &[]);
        b.op("deallocate", &[U(2)]).op("return", &[]).op("label", &[U(10)]).op("wait", &[F(9)]);
        b.op("label", &[U(12)]).op("jump", &[F(11)]);
    });
    check(
        &beam,
        expect![[r#"
            function take/1
                frame +2
                mark reserve -> y1
                move x0 -> y0
                mark bind y1, x0
                mark use y0
            L1:
                recv -> x0 else L2
                test eq_exact x0, y0 else L1
                accept
                mark clear y0
                move y0 -> x1
                send x0, x1 -> x0
                ret 2
            L2:
                wait y0 else L1
                wait 5
            L3:
                wait 6
                recv -> x0 else L4
                accept
                ret 2
            L4:
                wait 0
            L5:
                recv -> x0 else L6
                accept
                ret 2
            L6:
                wait infinity else L5
                jump L3
        "#]],
    );
}

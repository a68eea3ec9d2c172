//! Each family of generic opcodes, in code made by hand, and the LAM that it becomes.

mod forge;

use expect_test::{Expect, expect};
use forge::{A::*, Beam};

/// Translates, verifies and compares the text of what came out.
fn check(beam: &Beam, wanted: Expect) {
    let module = lam_beam::translate(&beam.finish()).expect("it translates");
    if let Err(errors) = lam_isa::verify(module.clone()) {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}\n{}", errors.join("\n"), lam_isa::text::print(&[module]));
    }
    let text = lam_isa::text::print(&[module]);
    let code = text.split_once("\nfunction").expect("a function").1;
    wanted.assert_eq(&format!("function{code}"));
}

/// A module of one function with these instructions and a `return`.
fn body(name: &'static str, arity: u32, fill: impl FnOnce(&mut Beam)) -> Beam {
    let mut beam = Beam::new();
    beam.function(name, arity, 1);
    fill(&mut beam);
    beam
}

#[test]
fn data_moves_and_terms() {
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
fn data_records_of_otp_25_and_26() {
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
fn data_maps() {
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
fn data_funs() {
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

#[test]
fn control_frames_and_calls() {
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
fn control_switches() {
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

#[test]
fn compute_operations_and_tests() {
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
fn compute_floats_are_registers_above() {
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

#[test]
fn bits_made_since_otp_25() {
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
fn bits_made_by_otp_24() {
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
fn bits_matched_until_otp_25() {
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
fn bits_matched_since_otp_26() {
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
fn bits_contexts_as_parameters() {
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

#[test]
fn error_handlers() {
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
fn error_raises() {
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
fn message_receive() {
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

#[test]
fn process_calls_that_are_instructions() {
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

#[test]
fn native_stubs_and_records() {
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

#[test]
fn error_raise_that_cannot_return() {
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

/// A word in the mapping and no code for it, or the other way round, would be a lie.
#[test]
fn the_table_and_the_code_agree() {
    for opcode in lam_beam::OPCODES {
        // These never reach the code, or end it.
        if matches!(opcode.name, "func_info" | "int_code_end") {
            continue;
        }
        let mut beam = Beam::new();
        beam.function("f", 1, 1);
        beam.op(opcode.name, &vec![X(0); opcode.arity.into()]).op("return", &[]);
        let retired = match lam_beam::translate(&beam.finish()) {
            Ok(_) => false,
            Err(error) => error.code == lam_beam::Code::OpcodeRetired,
        };
        assert_eq!(retired, !opcode.is_mapped(), "{}", opcode.name);
    }
}

//! Every `val.*` rule rejects the smallest module that breaks it, and nothing else is said.

use lam_isa::kind::*;
use lam_isa::operand::*;
use lam_isa::table::Instr;
use lam_isa::{
    BitString, FunRef, Function, Lambda, Literal, Location, Module, Param, Rule, verify,
};

const M: AtomId = AtomId(0);
const F: AtomId = AtomId(1);
const INFINITY: AtomId = AtomId(2);

fn x(n: u16) -> Src {
    Src::X(XReg(n))
}

fn y(n: u16) -> Src {
    Src::Y(YSlot(n))
}

fn to_x(n: u16) -> Dst {
    Dst::X(XReg(n))
}

fn to_y(n: u16) -> Dst {
    Dst::Y(YSlot(n))
}

fn set(src: Src, dst: Dst) -> Instr {
    Instr::Move { pairs: vec![(src, dst)] }
}

fn ret(frame: u32) -> Instr {
    Instr::Ret { frame }
}

fn push(slots: u16) -> Instr {
    Instr::Frame { change: FrameChange::Push(slots) }
}

fn drop_(slots: u16) -> Instr {
    Instr::Frame { change: FrameChange::Drop(slots) }
}

fn jump(label: u32) -> Instr {
    Instr::Jump { to: Label(label) }
}

fn try_(slot: u16, label: u32) -> Instr {
    Instr::Try { slot: YSlot(slot), handler: Label(label) }
}

fn op(kind: Op, args: &[Src], dst: Dst) -> Instr {
    Instr::Op { kind, args: args.to_vec(), dst, other: None }
}

fn test(kind: Test, args: &[Src], label: u32) -> Instr {
    Instr::Test { kind, args: args.to_vec(), other: Label(label) }
}

fn call(reference: u32, arity: u8) -> Instr {
    Instr::Call { target: Target::Fun(RefId(reference)), arity: Arity::Count(arity) }
}

fn tail(reference: u32, arity: u8, frame: u32) -> Instr {
    Instr::Tail { target: Target::Fun(RefId(reference)), arity: Arity::Count(arity), frame }
}

fn need(words: u32, live: u32) -> Instr {
    Instr::Need { words, live }
}

fn cons(head: Src, tail: Src, dst: Dst) -> Instr {
    Instr::Cons { head, tail, dst }
}

fn bmatch(context: u16, other: Else, commands: &[Command]) -> Instr {
    Instr::Bmatch { context: Reg::X(XReg(context)), other, commands: commands.to_vec() }
}

fn bmake(kind: SegmentKind, unit: u16, size: Option<Src>) -> Instr {
    let segment = Segment { kind, unit, little: false, value: x(0), size };
    Instr::Bmake { segments: vec![segment], dst: to_x(0), other: None }
}

fn raise(kind: Raise, args: &[Src]) -> Instr {
    Instr::Raise { kind, args: args.to_vec() }
}

fn switch(kind: SwitchKind, cases: &[(Case, u32)]) -> Instr {
    let cases = cases.iter().map(|(case, label)| (*case, Label(*label))).collect();
    Instr::Switch { kind, value: x(0), other: Label::CLAUSE, cases }
}

fn recv(label: u32) -> Instr {
    Instr::Recv { dst: to_x(0), other: Label(label) }
}

/// `m:f/ARITY` with that code, labels before those instructions, and tables to refer to:
/// literals `a bitstring`, `[1]`; references to itself and to `m:infinity/1`.
fn function(arity: u8, labels: &[u32], code: Vec<Instr>) -> Module {
    Module {
        name: M,
        atoms: ["m", "f", "infinity"].map(Into::into).to_vec(),
        literals: vec![
            Literal::Bits(BitString::from(&b"GET "[..])),
            Literal::List(vec![Literal::Int(1)], Box::new(Literal::Nil)),
        ],
        references: vec![
            FunRef::Local(0),
            FunRef::External { module: M, name: INFINITY, arity: 1 },
        ],
        functions: vec![Function {
            name: F,
            arity,
            exported: true,
            code,
            labels: labels.to_vec(),
            ..Function::default()
        }],
        files: vec!["m.erl".into()],
        locations: vec![Location { file: 0, line: 1 }],
        info: vec![],
    }
}

/// The same, with what its parameters may receive.
fn params(params: &[Param], labels: &[u32], code: Vec<Instr>) -> Module {
    let mut module = function(params.len() as u8, labels, code);
    module.functions[0].params = params.to_vec();
    module
}

#[track_caller]
fn accepts(module: Module) -> lam_isa::Verified {
    match verify(module) {
        Ok(verified) => verified,
        Err(errors) => {
            let all: Vec<String> = errors.iter().map(|error| error.to_string()).collect();
            panic!("{}", all.join("\n"));
        }
    }
}

#[track_caller]
fn rejects(rule: Rule, module: Module) {
    let errors = verify(module).expect_err("a broken rule");
    let all: Vec<String> = errors.iter().map(|error| error.to_string()).collect();
    let rules: Vec<Rule> = errors.iter().map(|error| error.rule).collect();
    assert_eq!(rules, [rule], "{}", all.join("\n"));
    assert!(all[0].contains(&rule.id()), "{}", all[0]);
    assert!(all[0].contains("found ") && all[0].contains(", expected "), "{}", all[0]);
}

/// A sound function with something changed in its module.
fn changed(change: impl Fn(&mut Module)) -> Module {
    let mut module = function(1, &[], vec![ret(0)]);
    change(&mut module);
    module
}

/// Every rejecting example, by rule.
fn examples() -> Vec<(Rule, Module)> {
    use Rule::*;
    let literal = |literal: Literal| changed(move |m| m.literals.push(literal.clone()));
    let small = |n| set(Src::Int(n), to_x(0));
    let start = Command::Start(x(0));
    let read =
        |unit, dst| Command::Integer { size: Src::Int(8), unit, signed: false, little: false, dst };
    let handled = |code: Vec<Instr>, handler: u32| {
        let mut all = vec![push(1), try_(0, 1)];
        all.extend(code);
        function(1, &[handler], all)
    };
    vec![
        // Tables.
        (ValIndexAtom, changed(|m| m.name = AtomId(3))),
        (ValIndexAtom, changed(|m| m.functions[0].name = AtomId(3))),
        (ValIndexAtom, changed(|m| m.info.push((AtomId(3), LitId(0))))),
        (
            ValIndexAtom,
            changed(|m| {
                m.references.push(FunRef::External { module: M, name: AtomId(9), arity: 0 })
            }),
        ),
        (ValIndexAtom, function(1, &[], vec![set(Src::Atom(AtomId(3)), to_x(0)), ret(0)])),
        (
            ValIndexAtom,
            function(1, &[0], vec![switch(SwitchKind::Value, &[(Case::Atom(AtomId(3)), 0)])]),
        ),
        (ValIndexLiteral, function(1, &[], vec![set(Src::Lit(LitId(2)), to_x(0)), ret(0)])),
        (ValIndexLiteral, changed(|m| m.info.push((F, LitId(2))))),
        (
            ValIndexLiteral,
            function(1, &[], vec![bmatch(0, None, &[start, Command::Bits(LitId(2))]), ret(0)]),
        ),
        (ValIndexReference, function(1, &[], vec![tail(2, 1, 0)])),
        (ValIndexLabel, function(1, &[0], vec![jump(2)])),
        (ValIndexLabel, function(1, &[1], vec![ret(0)])),
        (ValIndexFunction, changed(|m| m.references.push(FunRef::Local(1)))),
        (ValIndexLine, changed(|m| m.locations[0].file = 1)),
        (ValIndexLine, changed(|m| m.functions[0].lines.push((0, 1)))),
        (ValModuleDuplicate, changed(|m| m.functions.push(m.functions[0].clone()))),
        (ValModuleDuplicate, changed(|m| m.info = vec![(F, LitId(0)), (F, LitId(1))])),
        (ValModuleAtom, changed(|m| m.atoms.push("f".into()))),
        (ValModuleAtom, changed(|m| m.atoms.push("ä".repeat(256).into()))),
        (
            ValModuleLambda,
            changed(|m| {
                m.functions[0].lambda = Some(Lambda { index: 0, unique: 1 });
                m.functions.push(Function { name: INFINITY, ..m.functions[0].clone() });
            }),
        ),
        (ValModuleLiteral, literal(Literal::Float(f64::INFINITY.to_bits()))),
        (ValModuleLiteral, literal(Literal::Big { negative: false, magnitude: vec![1] })),
        (ValModuleLiteral, literal(Literal::Big { negative: false, magnitude: vec![1; 524_289] })),
        (ValModuleLiteral, {
            let magnitude = vec![0, 0, 0, 0, 0, 0, 0, 0x80];
            literal(Literal::Big { negative: true, magnitude })
        }),
        (ValModuleLiteral, {
            let magnitude = vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
            literal(Literal::Big { negative: true, magnitude })
        }),
        (ValModuleLiteral, literal(Literal::Atom("a".repeat(256).into()))),
        (ValModuleLiteral, literal(Literal::Bits(BitString { bytes: vec![1], bits: 7 }))),
        (ValModuleLiteral, literal(Literal::Bits(BitString { bytes: vec![0], bits: 9 }))),
        (ValModuleLiteral, literal(Literal::List(vec![], Box::new(Literal::Nil)))),
        (
            ValModuleLiteral,
            literal(Literal::Map(vec![
                (Literal::Int(1), Literal::Nil),
                (Literal::Int(1), Literal::Nil),
            ])),
        ),
        (ValModuleLiteral, {
            let pair = |n| (Literal::Int(n), Literal::Nil);
            let key = |first, second| Literal::Map(vec![pair(first), pair(second)]);
            literal(Literal::Map(vec![(key(1, 2), Literal::Nil), (key(2, 1), Literal::Nil)]))
        }),
        (ValModuleLiteral, {
            let nest = |inner, _| Literal::Tuple(vec![inner]);
            literal((0..256).fold(Literal::Nil, nest))
        }),
        (ValFunctionEmpty, function(1, &[], vec![])),
        (ValFunctionEnd, function(1, &[], vec![need(0, 1)])),
        (
            ValFunctionEnd,
            function(1, &[], vec![ret(0), raise(Raise::Dynamic, &[x(0), x(0), x(0)])]),
        ),
        (ValFunctionEnd, function(1, &[], vec![Instr::Wait { timeout: Src::Int(1), to: None }])),
        (ValFunctionParams, changed(|m| m.functions[0].params = vec![Param::Term; 2])),
        (ValFunctionLines, changed(|m| m.functions[0].lines = vec![(0, 0), (0, 0)])),
        (ValFunctionLines, changed(|m| m.functions[0].lines = vec![(1, 0)])),
        // Operands.
        (ValRegisterRange, function(1, &[], vec![set(x(1024), to_x(0)), ret(0)])),
        (ValRegisterRange, function(1, &[], vec![set(x(0), to_x(1024)), ret(0)])),
        (
            ValOperandDistinct,
            function(
                1,
                &[],
                vec![Instr::Move { pairs: vec![(x(0), to_x(1)), (Src::Nil, to_x(1))] }, ret(0)],
            ),
        ),
        (
            ValOperandDistinct,
            function(
                1,
                &[],
                vec![Instr::Uncons { list: x(0), head: to_x(0), tail: to_x(0) }, ret(0)],
            ),
        ),
        (
            ValOperandDistinct,
            function(
                1,
                &[],
                vec![
                    Instr::Update {
                        tuple: x(0),
                        elements: vec![(1, x(0)), (1, Src::Nil)],
                        dst: to_x(0),
                    },
                    ret(0),
                ],
            ),
        ),
        (ValOperandInteger, function(1, &[], vec![small(1 << 59), ret(0)])),
        (ValOperandInteger, function(1, &[], vec![small(-(1 << 59) - 1), ret(0)])),
        (
            ValOperandInteger,
            function(1, &[0], vec![switch(SwitchKind::Value, &[(Case::Int(i64::MAX), 1)])]),
        ),
        (ValOperandCount, function(1, &[], vec![op(Op::Add, &[x(0)], to_x(0)), ret(0)])),
        (ValOperandCount, function(1, &[], vec![test(Test::IsNil, &[x(0), x(0)], 0), ret(0)])),
        (ValOperandCount, function(1, &[], vec![raise(Raise::IfClause, &[x(0)])])),
        (ValOperandCount, function(1, &[], vec![Instr::Move { pairs: vec![] }, ret(0)])),
        (
            ValOperandCount,
            function(
                1,
                &[],
                vec![Instr::Mark { kind: Mark::Use, args: vec![x(0)], dst: to_x(0) }, ret(0)],
            ),
        ),
        (ValOperandConstant, function(1, &[], vec![test(Test::Arity, &[x(0), x(0)], 0), ret(0)])),
        (
            ValOperandConstant,
            function(
                1,
                &[],
                vec![test(Test::Tagged, &[x(0), Src::Int(0), Src::Atom(M)], 0), ret(0)],
            ),
        ),
        (
            ValOperandConstant,
            function(1, &[], vec![test(Test::Tagged, &[x(0), Src::Int(2), x(0)], 0), ret(0)]),
        ),
        (
            ValOperandConstant,
            function(1, &[], vec![bmatch(0, None, &[start, Command::Bits(LitId(1))]), ret(0)]),
        ),
        (ValOperandConstant, {
            let utf = Command::Utf { kind: SegmentKind::Binary, little: false, dst: to_x(1) };
            function(1, &[], vec![bmatch(1, None, &[start, utf]), ret(0)])
        }),
        (ValOperandUnit, {
            function(1, &[], vec![bmake(SegmentKind::Integer, 257, Some(x(0))), ret(0)])
        }),
        (ValOperandUnit, function(1, &[], vec![bmake(SegmentKind::Utf8, 8, None), ret(0)])),
        (ValOperandUnit, {
            function(1, &[], vec![bmatch(1, None, &[start, read(0, to_x(2))]), ret(0)])
        }),
        (ValOperandSize, function(1, &[], vec![bmake(SegmentKind::Integer, 1, None), ret(0)])),
        (ValOperandSize, {
            function(1, &[], vec![bmake(SegmentKind::Utf8, 1, Some(x(0))), ret(0)])
        }),
        (ValOperandLittle, {
            let segment = Segment {
                kind: SegmentKind::Binary,
                unit: 8,
                little: true,
                value: x(0),
                size: None,
            };
            let make = Instr::Bmake { segments: vec![segment], dst: to_x(0), other: None };
            function(1, &[], vec![make, ret(0)])
        }),
        (ValOperandLittle, {
            let utf = Command::Utf { kind: SegmentKind::Utf8, little: true, dst: to_x(1) };
            function(1, &[], vec![bmatch(1, None, &[start, utf]), ret(0)])
        }),
        (
            ValSwitchCases,
            function(1, &[0], vec![switch(SwitchKind::Value, &[(Case::Nil, 0), (Case::Nil, 0)])]),
        ),
        (ValSwitchCases, function(1, &[0], vec![switch(SwitchKind::Arity, &[(Case::Int(-1), 0)])])),
        (ValSwitchCases, function(1, &[0], vec![switch(SwitchKind::Arity, &[(Case::Nil, 0)])])),
        // Registers and slots.
        (ValRegisterUndefined, function(1, &[], vec![set(x(1), to_x(0)), ret(0)])),
        (ValRegisterUndefined, function(0, &[], vec![ret(0)])),
        (ValRegisterUndefined, function(2, &[], vec![need(0, 1), set(x(1), to_x(0)), ret(0)])),
        (ValRegisterUndefined, function(2, &[], vec![call(0, 2), set(x(1), to_x(0)), ret(0)])),
        (
            ValRegisterUndefined,
            function(
                2,
                &[],
                vec![
                    Instr::Send { to: x(0), message: x(1), dst: to_x(0) },
                    set(x(1), to_x(0)),
                    ret(0),
                ],
            ),
        ),
        (
            ValRegisterUndefined,
            function(
                0,
                &[0],
                vec![recv(0), Instr::Wait { timeout: Src::Int(1), to: Some(Label(1)) }, ret(0)],
            ),
        ),
        // Defined on one path of two.
        (
            ValRegisterUndefined,
            function(
                1,
                &[2],
                vec![test(Test::IsNil, &[x(0)], 1), set(x(0), to_x(1)), set(x(1), to_x(0)), ret(0)],
            ),
        ),
        (ValSlotRange, function(1, &[], vec![set(y(0), to_x(0)), ret(0)])),
        (ValSlotRange, function(1, &[], vec![push(1), set(x(0), to_y(1)), ret(1)])),
        (ValSlotRange, function(1, &[0], vec![try_(0, 1), ret(0)])),
        (
            ValSlotRange,
            function(
                1,
                &[],
                vec![
                    Instr::Bmatch { context: Reg::Y(YSlot(0)), other: None, commands: vec![start] },
                    ret(0),
                ],
            ),
        ),
        (ValSlotKind, handled(vec![set(y(0), to_x(0)), ret(1), ret(1)], 4)),
        // A handler on one path of two.
        (
            ValSlotConflict,
            function(
                1,
                &[3],
                vec![
                    push(1),
                    test(Test::IsNil, &[x(0)], 1),
                    try_(0, 1),
                    set(y(0), to_x(0)),
                    ret(1),
                ],
            ),
        ),
        (
            ValTryConflict,
            function(
                1,
                &[3],
                vec![
                    push(1),
                    test(Test::IsNil, &[x(0)], 1),
                    try_(0, 1),
                    op(Op::Hd, &[x(0)], to_x(0)),
                    ret(1),
                ],
            ),
        ),
        (ValTailHandler, handled(vec![tail(0, 1, 1), ret(1)], 3)),
        // Frames.
        (ValFramePush, function(1, &[], vec![push(1), push(1), ret(2)])),
        (ValFramePush, function(1, &[], vec![push(1025), ret(1025)])),
        (ValFrameDrop, function(1, &[], vec![push(1), drop_(2), ret(0)])),
        (ValFrameDrop, function(1, &[], vec![ret(0), drop_(1025), ret(0)])),
        (ValFrameSize, function(1, &[], vec![push(1), ret(2)])),
        (ValFrameSize, function(1, &[], vec![push(1), tail(0, 1, 0)])),
        (ValFrameJoin, function(1, &[2], vec![test(Test::IsNil, &[x(0)], 1), push(1), ret(1)])),
        // Credit.
        (ValCreditShort, function(1, &[], vec![cons(x(0), x(0), to_x(0)), ret(0)])),
        (
            ValCreditShort,
            function(
                1,
                &[],
                vec![need(3, 1), Instr::Tuple { elements: vec![x(0); 3], dst: to_x(0) }, ret(0)],
            ),
        ),
        (
            ValCreditShort,
            function(
                1,
                &[],
                vec![
                    need(2, 1),
                    Instr::Fun { function: RefId(0), captured: vec![x(0)], dst: to_x(0) },
                    ret(0),
                ],
            ),
        ),
        (
            ValCreditShort,
            function(
                1,
                &[3],
                vec![
                    test(Test::IsNil, &[x(0)], 1),
                    need(4, 1),
                    need(2, 1),
                    cons(x(0), x(0), to_x(0)),
                    ret(0),
                ],
            ),
        ),
        (
            ValCreditShort,
            function(1, &[], vec![need(2, 1), call(0, 1), cons(x(0), x(0), to_x(0)), ret(0)]),
        ),
        (ValNeedLive, function(1, &[], vec![need(0, 2), ret(0)])),
        (ValNeedLive, function(1, &[], vec![need(0, 1025), ret(0)])),
        (ValNeedWords, function(1, &[], vec![need((1 << 24) + 1, 1), ret(0)])),
        // Calls.
        (ValCallArguments, function(0, &[], vec![set(Src::Nil, to_x(1)), tail(1, 1, 0)])),
        (ValCallArity, function(1, &[], vec![tail(1, 2, 0)])),
        (
            ValCallArity,
            function(
                1,
                &[],
                vec![Instr::Tail {
                    target: Target::Fun(RefId(0)),
                    arity: Arity::List(x(0)),
                    frame: 0,
                }],
            ),
        ),
        (
            ValFunLocal,
            function(
                1,
                &[],
                vec![
                    need(2, 1),
                    Instr::Fun { function: RefId(1), captured: vec![], dst: to_x(0) },
                    ret(0),
                ],
            ),
        ),
        (
            ValFunLocal,
            function(
                1,
                &[],
                vec![
                    need(4, 1),
                    Instr::Fun { function: RefId(0), captured: vec![x(0), x(0)], dst: to_x(0) },
                    ret(0),
                ],
            ),
        ),
        (ValHostExternal, function(1, &[], vec![Instr::Host { function: RefId(0) }, ret(0)])),
        // Contexts and traces.
        (ValContextOperand, function(1, &[], vec![bmatch(0, None, &[start]), ret(0)])),
        (ValContextOperand, params(&[Param::Context], &[], vec![ret(0)])),
        (ValContextOperand, function(1, &[], vec![bmatch(0, None, &[read(1, to_x(0))]), ret(0)])),
        (
            ValContextOperand,
            function(
                1,
                &[],
                vec![need(2, 1), bmatch(1, None, &[start]), cons(x(1), x(0), to_x(0)), ret(0)],
            ),
        ),
        (ValContextArgument, function(1, &[], vec![bmatch(0, None, &[start]), tail(0, 1, 0)])),
        (ValContextArgument, function(1, &[], vec![bmatch(0, None, &[start]), tail(1, 1, 0)])),
        (ValTraceOperand, params(&[Param::Trace], &[], vec![ret(0)])),
        (ValTraceOperand, {
            let code = vec![call(0, 1), ret(1), set(x(2), to_x(0)), ret(1)];
            handled(code, 4)
        }),
        (ValTraceArgument, params(&[Param::Trace], &[], vec![tail(1, 1, 0)])),
        // The mailbox.
        (ValAcceptHeld, function(1, &[], vec![Instr::Accept {}, ret(0)])),
        (
            ValAcceptHeld,
            function(0, &[2], vec![recv(1), set(x(0), to_x(0)), Instr::Accept {}, ret(0)]),
        ),
        (ValAcceptHeld, function(0, &[2], vec![recv(0), call(1, 1), Instr::Accept {}, ret(0)])),
        (ValAcceptHeld, {
            let flush = Instr::Demonitor { reference: x(0), options: Src::Nil, dst: to_x(0) };
            function(0, &[], vec![recv(0), flush, Instr::Accept {}, ret(0)])
        }),
        // Loops.
        (ValLoopSafepoint, function(1, &[0], vec![jump(1)])),
        (ValLoopSafepoint, function(1, &[0], vec![need(0, 1), jump(1)])),
        (ValLoopSafepoint, function(1, &[0], vec![bmake(SegmentKind::Binary, 1, None), jump(1)])),
        // Into its own handler.
        (
            ValLoopSafepoint,
            function(
                1,
                &[1],
                vec![push(1), try_(0, 1), set(Src::Nil, to_x(0)), raise(Raise::Error, &[x(0)])],
            ),
        ),
        // Label 0.
        (ValClauseFrame, function(1, &[], vec![push(1), jump(0)])),
        (ValClauseArguments, function(2, &[], vec![need(0, 1), jump(0)])),
        (ValClauseArguments, function(1, &[], vec![bmatch(0, None, &[start]), jump(0)])),
    ]
}

#[test]
fn every_broken_rule_is_named_alone() {
    for (rule, module) in examples() {
        rejects(rule, module);
    }
}

#[test]
fn every_rule_of_verification_has_an_example() {
    let shown: Vec<Rule> = examples().into_iter().map(|(rule, _)| rule).collect();
    for rule in Rule::all().into_iter().filter(|rule| rule.id().starts_with("val.")) {
        assert!(shown.contains(&rule), "{rule} rejects nothing");
    }
}

/// What a site of the only function knows.
fn sites(module: Module) -> Vec<lam_isa::verify::Site> {
    accepts(module).facts(0).expect("a function").sites().to_vec()
}

#[test]
fn a_receive_loop_is_accepted() {
    let wait = Instr::Wait { timeout: Src::Atom(INFINITY), to: Some(Label(1)) };
    let known = sites(function(0, &[0, 3], vec![recv(2), Instr::Accept {}, ret(0), wait]));
    assert_eq!(known.iter().map(|site| site.held).collect::<Vec<_>>(), [false, true, false, false]);
}

#[test]
fn shapes_prove_what_tests_and_constructors_tell() {
    let uncons = Instr::Uncons { list: x(0), head: to_x(1), tail: to_x(2) };
    let get = Instr::Get { index: 1, tuple: x(0), dst: to_x(1) };
    let known = sites(function(
        1,
        &[6, 8],
        vec![
            test(Test::IsCons, &[x(0)], 1),
            uncons.clone(),
            uncons.clone(),
            set(x(1), to_x(0)),
            uncons.clone(),
            ret(0),
            test(Test::Arity, &[x(0), Src::Int(2)], 2),
            get.clone(),
            get,
            uncons,
            ret(0),
        ],
    ));
    let proved: Vec<usize> = (0..known.len()).filter(|at| known[*at].proved).collect();
    // The get at label 2 is also reached without the test.
    assert_eq!(proved, [1, 2, 7]);
}

#[test]
fn a_conflict_is_no_matter_where_nothing_may_raise() {
    let code = |between: Vec<Instr>| {
        let mut all = vec![push(1), test(Test::IsCons, &[x(0)], 0), test(Test::IsNil, &[x(1)], 1)];
        // Both paths test before the frame is pushed.
        all.swap(0, 1);
        all.push(try_(0, 1));
        all.extend(between);
        all.push(set(Src::Nil, to_y(0)));
        all.push(ret(1));
        function(2, &[4], all)
    };
    let uncons = Instr::Uncons { list: x(0), head: to_x(0), tail: to_x(1) };
    accepts(code(vec![set(x(0), to_x(1)), op(Op::Eq, &[x(0), x(1)], to_x(0))]));
    // What is proved is not excepted.
    rejects(Rule::ValTryConflict, code(vec![uncons]));
}

#[test]
fn a_handler_is_entered_with_its_slot_cleared() {
    // The handler at 4 raises again: its own slot is cleared, the outer one is met.
    let known = sites(function(
        1,
        &[6, 8],
        vec![
            push(2),
            try_(1, 1),
            try_(0, 2),
            set(Src::Nil, to_x(1)),
            call(0, 1),
            ret(2),
            op(Op::Stacktrace, &[x(2)], to_x(0)),
            ret(2),
            raise(Raise::Same, &[x(1), x(2)]),
        ],
    ));
    let slots: Vec<_> = known.iter().map(|site| site.handler.map(|(slot, _)| slot.0)).collect();
    assert_eq!(slots, [None, None, None, None, Some(0), None, None, None, Some(1)]);
}

#[test]
fn contexts_and_traces_go_where_they_are_declared() {
    let start = bmatch(0, Some(Label(1)), &[Command::Start(x(0))]);
    let mut module = params(&[Param::Context], &[3], vec![start, tail(0, 1, 0), ret(0), ret(0)]);
    // Where the start fails, the parameter is no context.
    module.functions[0].code[2] = jump(1);
    accepts(module);
    accepts(params(&[Param::Trace], &[], vec![tail(0, 1, 0)]));
    accepts(params(&[Param::Trace, Param::Context], &[], vec![jump(0)]));
}

#[test]
fn the_larger_credit_of_two_paths_is_lost() {
    let code = |words| {
        vec![
            test(Test::IsNil, &[x(0)], 1),
            need(words, 1),
            jump(2),
            need(4, 1),
            cons(x(0), x(0), to_x(1)),
            cons(x(0), x(0), to_x(0)),
            ret(0),
        ]
    };
    accepts(function(1, &[3, 4], code(4)));
    rejects(Rule::ValCreditShort, function(1, &[3, 4], code(3)));
}

/// Runs in seconds or the test runner is stopped: bounded by construction, not by a clock.
#[test]
fn hostile_functions_take_no_time() {
    const MANY: u32 = 100_000;
    // A label before every instruction, every register defined, one of them redefined each time.
    let registers = (0..1024).map(|n| (Src::Nil, to_x(n))).collect();
    let mut code = vec![Instr::Move { pairs: registers }];
    code.extend((1..MANY).map(|n| test(Test::IsCons, &[x((n % 1024) as u16)], n + 1)));
    code.push(ret(0));
    accepts(function(0, &(1..=MANY).collect::<Vec<u32>>(), code));

    // Every instruction may go to every hundredth, and every one may raise into one handler.
    let mut code = vec![push(1024), try_(1023, 1)];
    code.extend((0..MANY).map(|n| Instr::Call {
        target: Target::Value(y((n % 1000) as u16)),
        arity: Arity::Count(0),
    }));
    code.push(Instr::Switch {
        kind: SwitchKind::Value,
        value: x(0),
        other: Label(1),
        cases: (0..MANY).map(|n| (Case::Int(n.into()), Label(n % 1000 + 2))).collect(),
    });
    code.push(ret(1024));
    let labels: Vec<u32> = [MANY + 3].into_iter().chain((0..1000).map(|n| n * 100 + 2)).collect();
    accepts(function(0, &labels, code));

    // Backwards: each block jumps to the one before, with ever smaller tuples on the way.
    let mut code = vec![jump(MANY)];
    code.push(ret(0));
    for n in 1..MANY {
        code.push(Instr::Update { tuple: x(0), elements: vec![(MANY - n, x(0))], dst: to_x(1) });
        code.push(jump(n));
    }
    let labels: Vec<u32> = (0..MANY).map(|n| 2 * n).collect();
    let labels = labels.into_iter().map(|at| if at == 0 { 1 } else { at }).collect::<Vec<_>>();
    accepts(function(1, &labels, code));
}

/// Examples with some bytes of their encoding changed are verified or not, and nothing worse.
#[test]
fn changed_modules_are_judged_without_panic() {
    use lam_isa::binary::{decode, encode};
    let (mut random, mut decoded, mut accepted) = (0x9e37_79b9_7f4a_7c15_u64, 0, 0);
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    for (_, module) in examples() {
        let bytes = encode(&[module]);
        for _ in 0..500 {
            let mut changed = bytes.clone();
            for _ in 0..=next(3) {
                let at = next(changed.len());
                changed[at] = next(256) as u8;
            }
            for module in decode(&changed).unwrap_or_default() {
                decoded += 1;
                accepted += u32::from(verify(module).is_ok());
            }
        }
    }
    // Some changes leave a file that can be read, and some of those a module that makes sense.
    assert!(decoded > 5_000 && accepted > 200, "{accepted} of {decoded}");
}

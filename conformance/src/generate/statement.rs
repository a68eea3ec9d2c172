//! The statements of generated functions, each from variables to variables.

mod bits;
mod process;

use super::builder::{Builder, Code, counter, handler, to_x, value_of, variable, x};
use super::{COUNTERS, HANDLERS, VARIABLES};
use arbitrary::{Result, Unstructured};
use lam_isa::kind::{MapKind, Op, Raise, SwitchKind, Test};
use lam_isa::operand::{Arity, Case, Dst, Else, Label, Src, Target};
use lam_isa::table::Instr;
use lam_isa::{BitString, FunRef, Literal};

/// Some statements; `budget` shrinks with the depth.
pub fn block(
    u: &mut Unstructured<'_>,
    builder: &mut Builder,
    code: &mut Code,
    budget: u32,
) -> Result<()> {
    for _ in 0..u.int_in_range(1..=budget.max(1))? {
        statement(u, builder, code, budget / 2)?;
    }
    Ok(())
}

/// Up to three processes to begin with, or there would be little to choose.
pub fn children(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    for _ in 0..u.int_in_range(0..=3)? {
        process::spawn(u, b, code)?;
    }
    Ok(())
}

fn statement(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code, deep: u32) -> Result<()> {
    match u.int_in_range(0..=15)? {
        0 | 1 => operation(u, b, code),
        2 => parallel(u, b, code),
        3 | 4 => build(u, b, code),
        5 => take_apart(u, b, code),
        6 if deep > 0 => branch(u, b, code, deep),
        7 if deep > 0 => choose(u, b, code, deep),
        8 => bits::make(u, b, code),
        9 => bits::take(u, b, code),
        10 if deep > 0 && code.handlers < HANDLERS => guarded(u, b, code, deep),
        11 if deep > 0 && code.loops < COUNTERS => repeat(u, b, code, deep),
        12 => call(u, b, code),
        _ => process::statement(u, b, code),
    }
}

/// A variable, a constant or a literal.
pub fn source(u: &mut Unstructured<'_>, builder: &mut Builder) -> Result<Src> {
    Ok(match u.int_in_range(0..=9)? {
        0 => Src::Int(u.int_in_range(-3..=9)?),
        1 if builder.modest => Src::Int(*u.choose(&[255, 65, 10])?),
        1 => Src::Int(*u.choose(&[255, 1 << 31, -(1 << 59), (1 << 59) - 1, 65, 10])?),
        2 => builder.atom(u.choose(&["ok", "a", "true", "false", "normal", "kill", "f1"])?),
        3 => Src::Nil,
        4 => {
            let literal = literal(u, 2, builder.modest)?;
            Src::Lit(builder.literal(literal))
        }
        _ => value_of(u.int_in_range(0..=VARIABLES - 1)?),
    })
}

fn literal(u: &mut Unstructured<'_>, depth: u32, modest: bool) -> Result<Literal> {
    let many = |u: &mut Unstructured<'_>| -> Result<Vec<Literal>> {
        let count = u.int_in_range(1..=3)?;
        (0..count).map(|_| literal(u, depth.saturating_sub(1), modest)).collect()
    };
    Ok(match u.int_in_range(0..=if depth == 0 { 4 } else { 8 })? {
        0 => Literal::Int(u.int_in_range(-5..=300)?),
        1 | 2 if modest => Literal::Int(u.int_in_range(-5..=5)?),
        1 => Literal::Float(u.choose(&[0.0_f64, -0.0, 1.0, -2.5, 1.0e300])?.to_bits()),
        2 => Literal::Big { negative: u.arbitrary()?, magnitude: vec![0, 0, 0, 0, 0, 0, 0, 0, 1] },
        3 => Literal::Atom((*u.choose(&["ok", "b", "", "a b"])?).into()),
        4 => {
            let bytes = u.choose(&[&b"ab"[..], &[0xe2, 0x82, 0xac], &[0xff, 0xf0]])?.to_vec();
            // The last four bits of `fff0` do not count.
            let bits = bytes.len() as u64 * 8 - if bytes.ends_with(&[0xf0]) { 4 } else { 0 };
            Literal::Bits(BitString { bytes, bits })
        }
        5 => Literal::Tuple(many(u)?),
        6 => Literal::List(many(u)?, Box::new(Literal::Nil)),
        7 => Literal::List(many(u)?, Box::new(Literal::Int(7))),
        _ => {
            let key = Literal::Atom((*u.choose(&["ok", "a", "b"])?).into());
            Literal::Map(vec![(key, literal(u, depth - 1, modest)?)])
        }
    })
}

/// A variable, to be written.
pub fn target(u: &mut Unstructured<'_>) -> Result<Dst> {
    Ok(variable(u.int_in_range(0..=VARIABLES - 1)?))
}

/// The arguments of a call, in `x0`, `x1`, ….
pub fn arguments(
    u: &mut Unstructured<'_>,
    builder: &mut Builder,
    code: &mut Code,
    arity: u8,
) -> Result<()> {
    for n in 0..arity {
        let value = source(u, builder)?;
        code.set(value, to_x(n.into()));
    }
    Ok(())
}

/// A list of values in `x0`.
pub fn list(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code, length: u8) -> Result<()> {
    code.push(Instr::Need { words: 2 * u32::from(length), live: 0 });
    code.set(Src::Nil, to_x(0));
    for _ in 0..length {
        let head = if u.ratio(1, 3)? {
            // So that children know their parents.
            let kind = Op::SelfPid;
            code.push(Instr::Op { kind, args: vec![], dst: to_x(1), other: None });
            Src::X(x(1))
        } else {
            source(u, b)?
        };
        code.push(Instr::Cons { head, tail: Src::X(x(0)), dst: to_x(0) });
    }
    Ok(())
}

/// Where to go on failure: mostly to `label`, sometimes nowhere, which raises.
fn failure(u: &mut Unstructured<'_>, code: &Code, label: Label) -> Result<Else> {
    let raises = u.ratio(1, if code.handlers > 0 { 2 } else { 12 })?;
    Ok(if raises { None } else { Some(label) })
}

fn operation(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    // Raw traces are only in handlers.
    let beyond = [Op::Stacktrace, Op::Float, Op::Fconv, Op::Fdiv, Op::ListToAtom];
    let beyond = if b.modest { &beyond[..] } else { &beyond[..1] };
    let kinds: Vec<Op> = Op::ALL.iter().copied().filter(|op| !beyond.contains(op)).collect();
    let kind = *u.choose(&kinds)?;
    let mut args = Vec::new();
    for _ in 0..kind.arity() {
        args.push(source(u, b)?);
    }
    let after = code.label();
    let other = failure(u, code, after)?;
    code.push(Instr::Op { kind, args, dst: target(u)?, other });
    code.place(after);
    Ok(())
}

fn parallel(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let first = u.int_in_range(0..=VARIABLES - 1)?;
    let mut pairs = vec![(source(u, b)?, variable(first)), (source(u, b)?, Dst::Discard)];
    pairs.push((source(u, b)?, variable(first + 1)));
    code.push(Instr::Move { pairs });
    Ok(())
}

fn build(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let dst = target(u)?;
    match u.int_in_range(0..=4)? {
        0 => {
            code.push(Instr::Need { words: 2, live: 0 });
            code.push(Instr::Cons { head: source(u, b)?, tail: source(u, b)?, dst });
        }
        1 => {
            let mut elements = Vec::new();
            for _ in 0..u.int_in_range(0..=3)? {
                elements.push(source(u, b)?);
            }
            let words = u32::try_from(elements.len()).unwrap_or(0) + 1;
            code.push(Instr::Need { words, live: 0 });
            code.push(Instr::Tuple { elements, dst });
        }
        2 => {
            let after = code.label();
            let map = source(u, b)?;
            guard(u, code, Test::IsMap, map, after)?;
            let kind = *u.choose(&[MapKind::Assoc, MapKind::Assoc, MapKind::Exact])?;
            let pairs = vec![(source(u, b)?, source(u, b)?), (source(u, b)?, source(u, b)?)];
            code.push(Instr::Map { kind, map, pairs, dst });
            code.place(after);
        }
        3 => {
            let after = code.label();
            let tuple = source(u, b)?;
            guard(u, code, Test::IsTuple, tuple, after)?;
            let elements = vec![(u.int_in_range(0..=1)?, source(u, b)?)];
            code.push(Instr::Update { tuple, elements, dst });
            code.place(after);
        }
        _ => {
            let Some(callee) = b.later(u, code.function)? else { return Ok(()) };
            let mut captured = Vec::new();
            for _ in 0..u.int_in_range(0..=b.arities[callee])? {
                captured.push(source(u, b)?);
            }
            let words = u32::try_from(captured.len()).unwrap_or(0) + 2;
            let function = b.reference(FunRef::Local(u32::try_from(callee).unwrap_or(0)));
            let left = b.arities[callee] - u8::try_from(captured.len()).unwrap_or(0);
            code.push(Instr::Need { words, live: 0 });
            code.push(Instr::Fun { function, captured, dst });
            if u.ratio(1, 2)? {
                let Dst::Y(slot) = dst else { return Ok(()) };
                arguments(u, b, code, left)?;
                let target = Target::Value(Src::Y(slot));
                code.push(Instr::Call { target, arity: Arity::Count(left) });
                code.set(Src::X(x(0)), dst);
            }
        }
    }
    Ok(())
}

/// Leaves a statement out if a value is not as it wants it; sometimes lets it raise.
pub fn guard(
    u: &mut Unstructured<'_>,
    code: &mut Code,
    kind: Test,
    value: Src,
    after: Label,
) -> Result<()> {
    if !u.ratio(1, if code.handlers > 0 { 2 } else { 12 })? {
        code.push(Instr::Test { kind, args: vec![value], other: after });
    }
    Ok(())
}

fn take_apart(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let after = code.label();
    let value = source(u, b)?;
    let first = u.int_in_range(0..=VARIABLES - 1)?;
    let (one, two) = (variable(first), variable(first + 1));
    match u.int_in_range(0..=2)? {
        0 => {
            guard(u, code, Test::IsCons, value, after)?;
            code.push(Instr::Uncons { list: value, head: one, tail: two });
        }
        1 => {
            guard(u, code, Test::IsTuple, value, after)?;
            let size = [value, Src::Int(2)].to_vec();
            code.push(Instr::Test { kind: Test::Arity, args: size, other: after });
            code.push(Instr::Get { index: u.int_in_range(0..=1)?, tuple: value, dst: one });
        }
        _ => {
            guard(u, code, Test::IsMap, value, after)?;
            let mut pairs = vec![(b.atom(u.choose(&["ok", "a", "b"])?), one)];
            if u.ratio(1, 3)? {
                pairs.push((source(u, b)?, two));
            }
            code.push(Instr::Pick { map: value, other: after, pairs });
        }
    }
    code.place(after);
    Ok(())
}

/// A test of `value`, or of something else and `value`.
pub fn test(
    u: &mut Unstructured<'_>,
    b: &mut Builder,
    code: &mut Code,
    value: Src,
    other: Label,
) -> Result<()> {
    let kind = *u.choose(Test::ALL)?;
    let mut args = vec![value];
    match kind {
        Test::Arity => args.push(Src::Int(u.int_in_range(0..=3)?)),
        Test::Tagged => {
            args.push(Src::Int(u.int_in_range(1..=3)?));
            args.push(b.atom("ok"));
        }
        // Before there is a frame a variable cannot be read, a constant always can.
        _ => args.resize(kind.arity(), Src::Int(u.int_in_range(-1..=2)?)),
    }
    code.push(Instr::Test { kind, args, other });
    Ok(())
}

fn branch(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code, deep: u32) -> Result<()> {
    let (other, after) = (code.label(), code.label());
    let value = source(u, b)?;
    test(u, b, code, value, other)?;
    block(u, b, code, deep)?;
    code.push(Instr::Jump { to: after });
    code.place(other);
    block(u, b, code, deep)?;
    code.place(after);
    Ok(())
}

fn choose(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code, deep: u32) -> Result<()> {
    let (first, second, after) = (code.label(), code.label(), code.label());
    let value = source(u, b)?;
    let (kind, cases) = if u.arbitrary()? {
        (SwitchKind::Arity, vec![(Case::Int(2), first), (Case::Int(0), second)])
    } else {
        let ok = b.atom_id("ok");
        let cases = vec![(Case::Atom(ok), first), (Case::Int(1), second), (Case::Nil, first)];
        (SwitchKind::Value, cases)
    };
    code.push(Instr::Switch { kind, value, other: after, cases });
    code.place(first);
    block(u, b, code, deep)?;
    code.push(Instr::Jump { to: after });
    code.place(second);
    block(u, b, code, deep)?;
    code.place(after);
    Ok(())
}

/// A block with a handler around it, which keeps class, reason or trace.
fn guarded(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code, deep: u32) -> Result<()> {
    let (caught, after) = (code.label(), code.label());
    let slot = handler(code.handlers);
    code.push(Instr::Try { slot, handler: caught });
    code.handlers += 1;
    block(u, b, code, deep)?;
    if u.ratio(1, 2)? {
        let never = code.label();
        // The test makes what follows the raise reachable, as far as the verifier knows.
        let value = source(u, b)?;
        test(u, b, code, value, never)?;
        let kinds = [Raise::Error, Raise::Exit, Raise::Throw, Raise::Badmatch, Raise::CaseClause];
        let kind = *u.choose(&kinds)?;
        code.push(Instr::Raise { kind, args: vec![source(u, b)?] });
        code.place(never);
    }
    code.handlers -= 1;
    code.set(Src::Nil, Dst::Y(slot));
    code.push(Instr::Jump { to: after });
    code.place(caught);
    match u.int_in_range(0..=4)? {
        0 => code.set(Src::X(x(0)), target(u)?),
        1 | 2 => code.set(Src::X(x(1)), target(u)?),
        3 => {
            let args = vec![Src::X(x(2))];
            code.push(Instr::Op { kind: Op::Stacktrace, args, dst: target(u)?, other: None });
        }
        _ if code.handlers > 0 => {
            let args = vec![Src::X(x(1)), Src::X(x(2))];
            code.push(Instr::Raise { kind: Raise::Same, args });
        }
        _ => {
            let args = vec![source(u, b)?, Src::X(x(1)), Src::X(x(2))];
            code.push(Instr::Raise { kind: Raise::Dynamic, args });
        }
    }
    code.place(after);
    Ok(())
}

/// A block that runs up to three times.
fn repeat(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code, deep: u32) -> Result<()> {
    let (again, after) = (code.label(), code.label());
    let slot = counter(code.loops);
    let count = Src::Y(slot);
    code.set(Src::Int(u.int_in_range(1..=3)?), Dst::Y(slot));
    code.place(again);
    code.loops += 1;
    block(u, b, code, deep)?;
    code.loops -= 1;
    code.push(Instr::Yield {});
    let args = vec![count, Src::Int(1)];
    code.push(Instr::Op { kind: Op::Sub, args, dst: Dst::Y(slot), other: None });
    code.push(Instr::Test { kind: Test::Lt, args: vec![Src::Int(0), count], other: after });
    code.push(Instr::Jump { to: again });
    code.place(after);
    Ok(())
}

/// A call of a later function, by itself, by module, or with a list of arguments.
fn call(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let Some(callee) = b.later(u, code.function)? else { return Ok(()) };
    let arity = b.arities[callee];
    let local = FunRef::Local(u32::try_from(callee).unwrap_or(0));
    let (module, name) = (b.atom("g"), b.name_of(callee));
    let (target_, count) = match u.int_in_range(0..=3)? {
        0 => {
            list(u, b, code, arity)?;
            (Target::Named(module, name), Arity::List(Src::X(x(0))))
        }
        1 => (Target::Named(module, name), Arity::Count(arity)),
        2 => {
            let Src::Atom(function) = name else { return Ok(()) };
            let module = b.atom_id("g");
            let external = FunRef::External { module, name: function, arity };
            (Target::Fun(b.reference(external)), Arity::Count(arity))
        }
        _ => (Target::Fun(b.reference(local)), Arity::Count(arity)),
    };
    if count == Arity::Count(arity) {
        arguments(u, b, code, arity)?;
    }
    code.push(Instr::Call { target: target_, arity: count });
    code.set(Src::X(x(0)), target(u)?);
    Ok(())
}

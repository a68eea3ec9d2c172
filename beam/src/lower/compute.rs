//! Built-in operations, float arithmetic and tests.

use super::Lowering;
use crate::error::{Code, Result};
use crate::opcode as op;
use crate::operand::{Arg, Generic};
use lam_isa::Instr;
use lam_isa::kind::{Op, Test};
use lam_isa::operand::Src;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, generic: &Generic) -> Result<()> {
    let args = &generic.args[..];
    match (generic.op(), args) {
        (op::BIF0, [import, dst]) => builtin(l, None, import, &[], dst),
        (op::BIF1 | op::BIF2 | op::BIF3, [other, import, args @ .., dst]) => {
            builtin(l, Some(other), import, args, dst)
        }
        (op::GC_BIF1 | op::GC_BIF2 | op::GC_BIF3, [other, _live, import, args @ .., dst]) => {
            builtin(l, Some(other), import, args, dst)
        }
        (op::FMOVE, [source, dst]) => {
            let pairs = vec![(l.src(source)?, l.dst(dst)?)];
            l.emit(Instr::Move { pairs });
            Ok(())
        }
        (op::FCONV, [source, dst]) => operation(l, Op::Fconv, None, &[source], dst),
        (op::FADD, [other, a, b, dst]) => operation(l, Op::Add, Some(other), &[a, b], dst),
        (op::FSUB, [other, a, b, dst]) => operation(l, Op::Sub, Some(other), &[a, b], dst),
        (op::FMUL, [other, a, b, dst]) => operation(l, Op::Mul, Some(other), &[a, b], dst),
        (op::FDIV, [other, a, b, dst]) => operation(l, Op::Fdiv, Some(other), &[a, b], dst),
        (op::FNEGATE, [other, a, dst]) => operation(l, Op::Neg, Some(other), &[a], dst),
        // Every float operation checks its own result.
        (op::FCLEARERROR, []) | (op::FCHECKERROR, [_]) => Ok(()),
        (op::TEST_ARITY, [other, tuple, size]) => {
            let args = vec![l.src(tuple)?, Src::Int(l.number(size)?.into())];
            test(l, Test::Arity, other, args)
        }
        (op::IS_TAGGED_TUPLE, [other, tuple, size, tag]) => {
            let size = Src::Int(l.number(size)?.into());
            let args = vec![l.src(tuple)?, size, l.src(tag)?];
            test(l, Test::Tagged, other, args)
        }
        (number, [other, args @ ..]) => match predicate(number) {
            Some(kind) if kind.arity() == args.len() => {
                let args = l.srcs(args)?;
                test(l, kind, other, args)
            }
            Some(_) => l.shape(),
            None => {
                l.fail(Code::OpcodeRetired, format!("{} has no translation", generic.opcode.name))
            }
        },
        _ => l.shape(),
    }
}

fn predicate(number: u8) -> Option<Test> {
    Some(match number {
        op::IS_LT => Test::Lt,
        op::IS_GE => Test::Ge,
        op::IS_EQ => Test::Eq,
        op::IS_NE => Test::Ne,
        op::IS_EQ_EXACT => Test::EqExact,
        op::IS_NE_EXACT => Test::NeExact,
        op::IS_INTEGER => Test::IsInteger,
        op::IS_FLOAT => Test::IsFloat,
        op::IS_NUMBER => Test::IsNumber,
        op::IS_ATOM => Test::IsAtom,
        op::IS_PID => Test::IsPid,
        op::IS_REFERENCE => Test::IsReference,
        op::IS_PORT => Test::IsPort,
        op::IS_NIL => Test::IsNil,
        op::IS_BINARY => Test::IsBinary,
        op::IS_LIST => Test::IsList,
        op::IS_NONEMPTY_LIST => Test::IsCons,
        op::IS_TUPLE => Test::IsTuple,
        op::IS_FUNCTION => Test::IsFunction,
        op::IS_BOOLEAN => Test::IsBoolean,
        op::IS_FUNCTION2 => Test::IsFunctionArity,
        op::IS_BITSTR => Test::IsBitstring,
        op::IS_MAP => Test::IsMap,
        _ => return None,
    })
}

fn test(l: &mut Lowering<'_, '_, '_>, kind: Test, other: &Arg, args: Vec<Src>) -> Result<()> {
    let other = l.label(other)?;
    l.emit(Instr::Test { kind, args, other });
    Ok(())
}

fn operation(
    l: &mut Lowering<'_, '_, '_>,
    kind: Op,
    other: Option<&Arg>,
    args: &[&Arg],
    dst: &Arg,
) -> Result<()> {
    let args = args.iter().map(|arg| l.src(arg)).collect::<Result<_>>()?;
    let other = match other {
        Some(other) => l.other(other)?,
        None => None,
    };
    let dst = l.dst(dst)?;
    l.emit(Instr::Op { kind, args, dst, other });
    Ok(())
}

/// The operation that a built-in function of `erlang` is.
fn builtin(
    l: &mut Lowering<'_, '_, '_>,
    other: Option<&Arg>,
    import: &Arg,
    args: &[Arg],
    dst: &Arg,
) -> Result<()> {
    let mfa = l.import(import)?;
    let tables = l.pool.tables;
    let (module, name) = (tables.atom(mfa.module), tables.atom(mfa.name));
    let found = Op::ALL.iter().find(|kind| {
        let info = kind.info();
        module == "erlang" && info.erlang == name && info.arity == mfa.arity
    });
    match found {
        Some(kind) if kind.arity() == args.len() => {
            let args: Vec<&Arg> = args.iter().collect();
            operation(l, *kind, other, &args, dst)
        }
        Some(_) => l.shape(),
        None => l.fail(
            Code::BuiltinUnknown,
            format!("{module}:{name}/{} is no operation of LAM", mfa.arity),
        ),
    }
}

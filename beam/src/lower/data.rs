//! Moving values, building and taking apart tuples, lists, maps and funs.

use super::Lowering;
use crate::error::{Code, Result};
use crate::opcode as op;
use crate::operand::{Arg, Generic};
use lam_isa::kind::MapKind;
use lam_isa::operand::{Dst, Src, XReg};
use lam_isa::{FunRef, Instr};

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, generic: &Generic) -> Result<()> {
    match (generic.op(), &generic.args[..]) {
        (op::MOVE, [source, dst]) => {
            let pairs = vec![(l.src(source)?, l.dst(dst)?)];
            l.emit(Instr::Move { pairs });
        }
        (op::SWAP, [a, b]) => {
            let pairs = vec![(l.src(a)?, l.dst(b)?), (l.src(b)?, l.dst(a)?)];
            l.emit(Instr::Move { pairs });
        }
        (op::INIT, [slot]) => clear(l, std::slice::from_ref(slot))?,
        (op::INIT_YREGS, [slots]) => {
            let slots = l.list(slots)?;
            clear(l, slots)?;
        }
        (op::PUT_LIST, [head, tail, dst]) => {
            let instr = Instr::Cons { head: l.src(head)?, tail: l.src(tail)?, dst: l.dst(dst)? };
            l.emit(instr);
        }
        (op::GET_LIST, [list, head, tail]) => {
            let list = l.src(list)?;
            let (head, tail) = (l.dst(head)?, l.dst(tail)?);
            // Into one register twice, the tail is what stays.
            let head = if head == tail { Dst::Discard } else { head };
            l.emit(Instr::Uncons { list, head, tail });
        }
        (op::GET_HD, [list, head]) => {
            let instr =
                Instr::Uncons { list: l.src(list)?, head: l.dst(head)?, tail: Dst::Discard };
            l.emit(instr);
        }
        (op::GET_TL, [list, tail]) => {
            let instr =
                Instr::Uncons { list: l.src(list)?, head: Dst::Discard, tail: l.dst(tail)? };
            l.emit(instr);
        }
        (op::PUT_TUPLE2, [dst, elements]) => {
            let instr = Instr::Tuple { elements: l.srcs(l.list(elements)?)?, dst: l.dst(dst)? };
            l.emit(instr);
        }
        (op::GET_TUPLE_ELEMENT, [tuple, index, dst]) => {
            let instr =
                Instr::Get { index: l.number(index)?, tuple: l.src(tuple)?, dst: l.dst(dst)? };
            l.emit(instr);
        }
        (op::SET_TUPLE_ELEMENT, [..]) => set_elements(l)?,
        (op::UPDATE_RECORD, [_hint, _size, tuple, dst, elements]) => {
            let mut updates = Vec::new();
            for pair in pairs(l, elements)? {
                let index = l.number(&pair[0])?;
                let Some(index) = index.checked_sub(1) else {
                    return l.fail(Code::OperandRange, "elements of a record are counted from 1");
                };
                updates.push((index, l.src(&pair[1])?));
            }
            let instr = Instr::Update { tuple: l.src(tuple)?, elements: updates, dst: l.dst(dst)? };
            l.emit(instr);
        }
        (op::MAKE_FUN3, [lambda, dst, captured]) => {
            let (label, _) = entry(l, lambda)?;
            let captured = l.srcs(l.list(captured)?)?;
            let dst = l.dst(dst)?;
            close(l, label, captured, dst)?;
        }
        (op::MAKE_FUN2, [lambda]) => {
            let (label, free) = entry(l, lambda)?;
            let Ok(free) = u8::try_from(free) else {
                return l.fail(Code::ArityRange, format!("a fun captures {free} values"));
            };
            let captured = (0..u16::from(free)).map(|x| Src::X(XReg(x))).collect();
            l.need(u32::from(free) + 2, free.into());
            close(l, label, captured, Dst::X(XReg(0)))?;
        }
        (op::PUT_MAP_ASSOC, [other, map, dst, _live, list]) => {
            put_map(l, MapKind::Assoc, [other, map, dst], list)?;
        }
        (op::PUT_MAP_EXACT, [other, map, dst, _live, list]) => {
            put_map(l, MapKind::Exact, [other, map, dst], list)?;
        }
        (op::GET_MAP_ELEMENTS, [other, map, list]) => {
            let mut picked = Vec::new();
            for pair in pairs(l, list)? {
                picked.push((l.src(&pair[0])?, l.dst(&pair[1])?));
            }
            let instr = Instr::Pick { map: l.src(map)?, other: l.label(other)?, pairs: picked };
            l.emit(instr);
        }
        (op::HAS_MAP_FIELDS, [other, map, keys]) => {
            let keys = l.srcs(l.list(keys)?)?;
            let pairs = keys.into_iter().map(|key| (key, Dst::Discard)).collect();
            let instr = Instr::Pick { map: l.src(map)?, other: l.label(other)?, pairs };
            l.emit(instr);
        }
        _ => return l.shape(),
    }
    Ok(())
}

/// The pairs of a flat list.
fn pairs<'l>(
    l: &Lowering<'_, '_, '_>,
    list: &'l Arg,
) -> Result<impl Iterator<Item = &'l [Arg]> + use<'l>> {
    let list = l.list(list)?;
    if list.len() % 2 == 1 {
        return l.fail(Code::OperandKind, "a list of pairs has an odd number of elements");
    }
    Ok(list.chunks_exact(2))
}

fn clear(l: &mut Lowering<'_, '_, '_>, slots: &[Arg]) -> Result<()> {
    let mut pairs = Vec::with_capacity(slots.len());
    for slot in slots {
        pairs.push((Src::Nil, Dst::Y(l.slot(slot)?)));
    }
    // A new frame is clear already.
    if !l.frame_is_new() && !pairs.is_empty() {
        l.emit(Instr::Move { pairs });
    }
    Ok(())
}

/// Destructive updates of a tuple that nobody else has seen yet, a run of them at once.
fn set_elements(l: &mut Lowering<'_, '_, '_>) -> Result<()> {
    let mut elements: Vec<(u32, Src)> = Vec::new();
    let mut tuple = None;
    let mut taken = 0;
    while let Some(next) = l.body.get(l.at + taken)
        && next.op() == op::SET_TUPLE_ELEMENT
    {
        let [value, target, index] = &next.args[..] else { return l.shape() };
        let (value, target, index) = (l.src(value)?, l.reg(target)?, l.number(index)?);
        let same = *tuple.get_or_insert(target) == target;
        let repeated = elements.iter().any(|(other, _)| *other == index);
        if !same || repeated || value == Src::from(target) && taken > 0 {
            break;
        }
        elements.push((index, value));
        taken += 1;
    }
    l.at += taken.saturating_sub(1);
    match tuple {
        Some(tuple) => l.emit(Instr::Update { tuple: tuple.into(), elements, dst: tuple.into() }),
        None => return l.shape(),
    }
    Ok(())
}

/// The label and the number of captured values of a lambda.
fn entry(l: &Lowering<'_, '_, '_>, lambda: &Arg) -> Result<(u32, u32)> {
    let index = l.number(lambda)?;
    let lambdas = &l.pool.tables.lambdas;
    match usize::try_from(index).ok().and_then(|index| lambdas.get(index)) {
        Some(lambda) => Ok((lambda.label, lambda.free)),
        None => l.fail(
            Code::LambdaIndex,
            format!("there is no lambda {index}, the table has {}", lambdas.len()),
        ),
    }
}

fn close(l: &mut Lowering<'_, '_, '_>, label: u32, captured: Vec<Src>, dst: Dst) -> Result<()> {
    let Some(function) = l.pool.entries.get(&label).copied() else {
        return l.fail(Code::LabelUnknown, format!("no function begins at label {label}"));
    };
    let function = l.pool.reference(FunRef::Local(function));
    l.emit(Instr::Fun { function, captured, dst });
    Ok(())
}

fn put_map(
    l: &mut Lowering<'_, '_, '_>,
    kind: MapKind,
    [other, map, dst]: [&Arg; 3],
    list: &Arg,
) -> Result<()> {
    if l.other(other)?.is_some() {
        return l.fail(Code::FunctionShape, "a map update with a failure label");
    }
    let mut put = Vec::new();
    for pair in pairs(l, list)? {
        put.push((l.src(&pair[0])?, l.src(&pair[1])?));
    }
    let instr = Instr::Map { kind, map: l.src(map)?, pairs: put, dst: l.dst(dst)? };
    l.emit(instr);
    Ok(())
}

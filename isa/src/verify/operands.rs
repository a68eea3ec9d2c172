//! The operands of each instruction by themselves, reached or not.
//!
//! What depends on the path that led to an instruction is the data-flow's.

use super::tables::{atom, below};
use super::{Broken, VerifyError, error};
use crate::kind::{Command, Mark, Segment, SegmentKind, SwitchKind, Test};
use crate::limits;
use crate::module::{FunRef, Function, Literal, Module};
use crate::operand::{
    Arity, AtomId, Case, Dst, FrameChange, Label, LitId, OperandRef, RefId, Reg, Src, Target, XReg,
    is_small,
};
use crate::rule::Rule;
use crate::table::Instr;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

type Checked = Result<(), Broken>;

/// Adds the broken rules of a function's operands.
pub(super) fn check(
    module: &Module,
    function: &Function,
    index: usize,
    errors: &mut Vec<VerifyError>,
) {
    let check = Check { module, function };
    for (at, instr) in function.code.iter().enumerate() {
        let generic = instr.operands().into_iter().try_for_each(|operand| check.operand(operand));
        if let Err(broken) = generic.and_then(|()| check.instruction(instr)) {
            errors.push(error(module, function, index, Some(at), broken));
        }
    }
    if let Some(last) = function.code.last()
        && !stops(module, last)
    {
        let broken = Broken::new(
            Rule::ValFunctionEnd,
            "a last instruction after which execution goes on",
            "one that ends the function",
        );
        errors.push(error(module, function, index, Some(function.code.len() - 1), broken));
    }
}

/// Whether execution never goes on at the next instruction.
pub(super) fn stops(module: &Module, instr: &Instr) -> bool {
    use crate::kind::Raise;
    match instr {
        Instr::Jump { .. } | Instr::Switch { .. } | Instr::Tail { .. } | Instr::Ret { .. } => true,
        Instr::Raise { kind, .. } => *kind != Raise::Dynamic,
        Instr::Wait { timeout: Src::Atom(atom), .. } => module.atom(*atom) == "infinity",
        _ => false,
    }
}

struct Check<'m> {
    module: &'m Module,
    function: &'m Function,
}

impl Check<'_> {
    fn operand(&self, operand: OperandRef<'_>) -> Checked {
        match operand {
            OperandRef::Number(_) | OperandRef::Kind(_) | OperandRef::Slot(_) => Ok(()),
            OperandRef::Frame(change) => self.frame(change),
            OperandRef::Src(src) => self.src(src),
            OperandRef::Dst(dst) => self.dst(dst),
            OperandRef::Reg(Reg::X(x)) => self.x(x),
            OperandRef::Reg(Reg::Y(_)) => Ok(()),
            OperandRef::Label(label) => self.label(label),
            OperandRef::Else(label) => label.map_or(Ok(()), |label| self.label(label)),
            OperandRef::Ref(reference) => self.reference(reference),
            OperandRef::Target(Target::Fun(reference)) => self.reference(reference),
            OperandRef::Target(Target::Value(src)) => self.src(src),
            OperandRef::Target(Target::Named(module, name)) => {
                self.src(module).and_then(|()| self.src(name))
            }
            OperandRef::Arity(Arity::Count(_)) => Ok(()),
            OperandRef::Arity(Arity::List(src)) => self.src(src),
            OperandRef::Srcs(all) => all.iter().try_for_each(|src| self.src(*src)),
            OperandRef::Moves(all) => {
                all.iter()
                    .try_for_each(|(src, dst)| self.src(*src).and_then(|()| self.dst(*dst)))?;
                distinct(all.iter().map(|(_, dst)| *dst))
            }
            OperandRef::Elements(all) => {
                let mut seen = BTreeSet::new();
                all.iter().try_for_each(|(index, src)| {
                    if !seen.insert(index) {
                        return Err(Broken::new(
                            Rule::ValOperandDistinct,
                            format_args!("element {index} twice"),
                            "distinct elements",
                        ));
                    }
                    self.src(*src)
                })
            }
            OperandRef::Pairs(all) => {
                all.iter().try_for_each(|(a, b)| self.src(*a).and_then(|()| self.src(*b)))
            }
            OperandRef::Cases(all) => all.iter().try_for_each(|(case, label)| {
                match case {
                    Case::Int(n) => integer(*n),
                    Case::Atom(id) => atom(self.module, *id),
                    Case::Nil => Ok(()),
                }?;
                self.label(*label)
            }),
            OperandRef::Segments(all) => all.iter().try_for_each(|segment| self.segment(segment)),
            OperandRef::Commands(all) => all.iter().try_for_each(|command| self.command(command)),
        }
    }

    fn instruction(&self, instr: &Instr) -> Checked {
        match instr {
            // The text has no form for one without.
            Instr::Move { pairs } if pairs.is_empty() => {
                Err(Broken::new(Rule::ValOperandCount, "a `move` of nothing", "at least one pair"))
            }
            Instr::Uncons { head, tail, .. } => distinct([*head, *tail].into_iter()),
            Instr::Tuple { elements, .. }
                if elements.len() as u64 > u64::from(limits::TUPLE_SIZE) =>
            {
                Err(Broken::new(
                    Rule::ValOperandCount,
                    elements.len(),
                    "at most 16,777,215 elements",
                ))
            }
            Instr::Need { words, .. } if *words > limits::NEED_WORDS => Err(Broken::new(
                Rule::ValNeedWords,
                format_args!("{words} words"),
                format_args!("at most {}", limits::NEED_WORDS),
            )),
            Instr::Switch { kind, cases, .. } => self.cases(*kind, cases),
            Instr::Op { kind, args, .. } => count(kind.name(), args, kind.arity()),
            Instr::Raise { kind, args } => count(kind.name(), args, kind.arity()),
            Instr::Test { kind, args, .. } => {
                count(kind.name(), args, kind.arity())?;
                self.test(*kind, args)
            }
            Instr::Mark { kind, args, dst } => {
                count(kind.name(), args, kind.arity())?;
                if *kind != Mark::Reserve && *dst != Dst::Discard {
                    return Err(Broken::new(
                        Rule::ValOperandCount,
                        format_args!("a destination of `mark {}`", kind.name()),
                        "_",
                    ));
                }
                Ok(())
            }
            Instr::Fun { function, captured, .. } => {
                let local = match self.module.reference(*function) {
                    Some(FunRef::Local(index)) => callee(self.module, index),
                    _ => None,
                };
                if local.is_some_and(|local| captured.len() <= usize::from(local.arity)) {
                    return Ok(());
                }
                Err(Broken::new(
                    Rule::ValFunLocal,
                    format_args!("{} captured by {}", captured.len(), self.name(*function)),
                    "a local function of at least that arity",
                ))
            }
            Instr::Call { target: Target::Fun(reference), arity }
            | Instr::Tail { target: Target::Fun(reference), arity, .. } => {
                let expected = match self.module.reference(*reference) {
                    Some(FunRef::Local(index)) => callee(self.module, index).map(|it| it.arity),
                    Some(FunRef::External { arity, .. }) => Some(arity),
                    None => None,
                };
                if matches!(arity, Arity::Count(n) if expected.is_none_or(|it| it == *n)) {
                    return Ok(());
                }
                Err(Broken::new(
                    Rule::ValCallArity,
                    match arity {
                        Arity::Count(n) => alloc::format!("{n} arguments"),
                        Arity::List(_) => "a list of arguments".into(),
                    },
                    format_args!("those of {}", self.name(*reference)),
                ))
            }
            Instr::Host { function } => match self.module.reference(*function) {
                Some(FunRef::External { .. }) => Ok(()),
                _ => Err(Broken::new(
                    Rule::ValHostExternal,
                    self.name(*function),
                    "an external function",
                )),
            },
            _ => Ok(()),
        }
    }

    fn src(&self, src: Src) -> Checked {
        match src {
            Src::X(x) => self.x(x),
            Src::Y(_) | Src::Nil => Ok(()),
            Src::Int(n) => integer(n),
            Src::Atom(id) => atom(self.module, id),
            Src::Lit(id) => self.literal(id),
        }
    }

    fn dst(&self, dst: Dst) -> Checked {
        match dst {
            Dst::X(x) => self.x(x),
            Dst::Y(_) | Dst::Discard => Ok(()),
        }
    }

    fn x(&self, x: XReg) -> Checked {
        if x.0 < limits::X_REGISTERS {
            return Ok(());
        }
        let expected = format_args!("one below x{}", limits::X_REGISTERS);
        Err(Broken::new(Rule::ValRegisterRange, format_args!("x{}", x.0), expected))
    }

    fn literal(&self, id: LitId) -> Checked {
        below(Rule::ValIndexLiteral, "literal", id.0, self.module.literals.len())
    }

    fn reference(&self, id: RefId) -> Checked {
        below(Rule::ValIndexReference, "reference", id.0, self.module.references.len())
    }

    fn label(&self, label: Label) -> Checked {
        if label == Label::CLAUSE || self.function.target(label).is_some() {
            return Ok(());
        }
        Err(Broken::new(
            Rule::ValIndexLabel,
            format_args!("label {}", label.0),
            format_args!("one up to {}", self.function.labels.len()),
        ))
    }

    fn frame(&self, change: FrameChange) -> Checked {
        match change {
            FrameChange::Push(slots) if slots > limits::Y_SLOTS => Err(Broken::new(
                Rule::ValFramePush,
                format_args!("{slots} slots"),
                format_args!("at most {}", limits::Y_SLOTS),
            )),
            // Where no path leads, too: the text has no form for more.
            FrameChange::Drop(slots) if slots > limits::Y_SLOTS => Err(Broken::new(
                Rule::ValFrameDrop,
                format_args!("{slots} slots dropped"),
                format_args!("at most {}", limits::Y_SLOTS),
            )),
            _ => Ok(()),
        }
    }

    fn segment(&self, segment: &Segment) -> Checked {
        use SegmentKind::*;
        self.src(segment.value)?;
        segment.size.map_or(Ok(()), |size| self.src(size))?;
        match (segment.kind, segment.size) {
            (Integer | Float, None) => {
                return Err(sized(segment.kind, "no size", "one"));
            }
            (Append | Utf8 | Utf16 | Utf32, Some(_)) => {
                return Err(sized(segment.kind, "a size", "none"));
            }
            _ => unit(segment.unit)?,
        }
        if matches!(segment.kind, Utf8 | Utf16 | Utf32) && segment.unit != 1 {
            let found = format_args!("unit {} of `{}`", segment.unit, segment.kind.name());
            return Err(Broken::new(Rule::ValOperandUnit, found, "unit 1"));
        }
        ordered(segment.kind, segment.little)
    }

    fn command(&self, command: &Command) -> Checked {
        match command {
            Command::Start(src) | Command::SetPos(src) => self.src(*src),
            Command::AtLeast { unit: bits, .. } => unit(*bits),
            Command::Exactly(_) => Ok(()),
            Command::Integer { size, unit: bits, dst, .. }
            | Command::Float { size, unit: bits, dst, .. } => {
                self.src(*size).and_then(|()| self.dst(*dst)).and_then(|()| unit(*bits))
            }
            Command::Binary { size, unit: bits, dst } => {
                size.map_or(Ok(()), |size| self.src(size))?;
                self.dst(*dst).and_then(|()| unit(*bits))
            }
            Command::Utf { kind, little, dst } => {
                if !matches!(kind, SegmentKind::Utf8 | SegmentKind::Utf16 | SegmentKind::Utf32) {
                    return Err(Broken::new(
                        Rule::ValOperandConstant,
                        format_args!("a code point in `{}`", kind.name()),
                        "utf8, utf16 or utf32",
                    ));
                }
                self.dst(*dst).and_then(|()| ordered(*kind, *little))
            }
            Command::Skip { size, unit: bits } => {
                size.map_or(Ok(()), |size| self.src(size)).and_then(|()| unit(*bits))
            }
            Command::Bits(id) => {
                self.literal(*id)?;
                match &self.module.literals[id.0 as usize] {
                    Literal::Bits(_) => Ok(()),
                    _ => Err(Broken::new(
                        Rule::ValOperandConstant,
                        format_args!("literal {} after `bits`", id.0),
                        "a bitstring",
                    )),
                }
            }
            Command::Tail(dst) | Command::Pos(dst) => self.dst(*dst),
        }
    }

    fn cases(&self, kind: SwitchKind, cases: &[(Case, Label)]) -> Checked {
        let mut seen = BTreeSet::new();
        for (case, _) in cases {
            let size = matches!(case, Case::Int(n) if is_tuple_size(*n));
            if kind == SwitchKind::Arity && !size {
                return Err(Broken::new(
                    Rule::ValSwitchCases,
                    self.case(*case),
                    "the size of a tuple",
                ));
            }
            if !seen.insert(case) {
                let found = alloc::format!("{} twice", self.case(*case));
                return Err(Broken::new(Rule::ValSwitchCases, found, "distinct constants"));
            }
        }
        Ok(())
    }

    fn test(&self, kind: Test, args: &[Src]) -> Checked {
        let constant = |fits, what| match fits {
            true => Ok(()),
            false => Err(Broken::new(
                Rule::ValOperandConstant,
                format_args!("another operand of `test {}`", kind.name()),
                what,
            )),
        };
        let size = |src: Option<&Src>| matches!(src, Some(Src::Int(n)) if is_tuple_size(*n));
        match kind {
            Test::Arity => constant(size(args.get(1)), "the size of a tuple"),
            Test::Tagged => {
                constant(
                    size(args.get(1)) && args.get(1) != Some(&Src::Int(0)),
                    "the size of a tuple, at least 1",
                )?;
                constant(matches!(args.get(2), Some(Src::Atom(_))), "an atom")
            }
            _ => Ok(()),
        }
    }

    fn case(&self, case: Case) -> alloc::string::String {
        match case {
            Case::Int(n) => alloc::format!("case {n}"),
            Case::Atom(AtomId(n)) => alloc::format!("case `{}`", self.module.atom(AtomId(n))),
            Case::Nil => "case []".into(),
        }
    }

    fn name(&self, reference: RefId) -> alloc::string::String {
        match self.module.reference(reference) {
            Some(FunRef::Local(index)) => match callee(self.module, index) {
                Some(local) => self.module.function_name(local),
                None => alloc::format!("function {index}"),
            },
            Some(FunRef::External { module, name, arity }) => {
                let (module, name) = (self.module.atom(module), self.module.atom(name));
                alloc::format!("{module}:{name}/{arity}")
            }
            None => alloc::format!("reference {}", reference.0),
        }
    }
}

/// The function of that index.
pub(super) fn callee(module: &Module, index: u32) -> Option<&Function> {
    module.functions.get(usize::try_from(index).ok()?)
}

fn is_tuple_size(n: i64) -> bool {
    (0..=i64::from(limits::TUPLE_SIZE)).contains(&n)
}

fn integer(n: i64) -> Checked {
    if is_small(n) {
        return Ok(());
    }
    Err(Broken::new(Rule::ValOperandInteger, n, "an integer of at most 60 bits"))
}

fn unit(unit: u16) -> Checked {
    if (1..=limits::UNIT_MAX).contains(&unit) {
        return Ok(());
    }
    Err(Broken::new(Rule::ValOperandUnit, format_args!("unit {unit}"), "one of 1 to 256"))
}

fn sized(kind: SegmentKind, found: &str, expected: &str) -> Broken {
    let found = format_args!("{found} of `{}`", kind.name());
    Broken::new(Rule::ValOperandSize, found, expected)
}

fn ordered(kind: SegmentKind, little: bool) -> Checked {
    if !little || kind.has_byte_order() {
        return Ok(());
    }
    let found = format_args!("`{}` that is little", kind.name());
    Err(Broken::new(Rule::ValOperandLittle, found, "integer, float, utf16 or utf32"))
}

fn count(name: &str, args: &[Src], arity: usize) -> Checked {
    if args.len() == arity {
        return Ok(());
    }
    let found = format_args!("{} sources of `{name}`", args.len());
    Err(Broken::new(Rule::ValOperandCount, found, arity))
}

/// Destinations of one instruction must be distinct.
fn distinct(all: impl Iterator<Item = Dst>) -> Checked {
    let mut seen = BTreeSet::new();
    for dst in all {
        if dst != Dst::Discard && !seen.insert(dst) {
            let name = match dst {
                Dst::X(x) => alloc::format!("x{} twice", x.0),
                Dst::Y(y) => alloc::format!("y{} twice", y.0),
                Dst::Discard => continue,
            };
            return Err(Broken::new(Rule::ValOperandDistinct, name, "distinct destinations"));
        }
    }
    Ok(())
}

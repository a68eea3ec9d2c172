//! Bitstrings made and matched.

use super::super::builder::{Builder, Code, x};
use super::{guard, source, target};
use arbitrary::{Result, Unstructured};
use lam_isa::kind::{Command, Segment, SegmentKind, Test};
use lam_isa::operand::{Reg, Src};
use lam_isa::table::Instr;
use lam_isa::{BitString, Literal};

/// A `bmake` of up to three segments.
pub fn make(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let mut segments = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        let kind = match *u.choose(SegmentKind::ALL)? {
            SegmentKind::Float if b.modest => SegmentKind::Integer,
            kind => kind,
        };
        let value = source(u, b)?;
        let (size, unit) = match kind {
            SegmentKind::Integer => (Some(Src::Int(u.int_in_range(0..=70)?)), 1),
            SegmentKind::Float => (Some(Src::Int(*u.choose(&[16, 32, 64, 24])?)), 1),
            SegmentKind::Binary if u.arbitrary()? => (Some(Src::Int(u.int_in_range(0..=3)?)), 8),
            SegmentKind::Binary | SegmentKind::Append => (None, *u.choose(&[1, 8])?),
            _ => (None, 1),
        };
        // Where the text has no word for the byte order there is none.
        let ordered =
            !matches!(kind, SegmentKind::Binary | SegmentKind::Append | SegmentKind::Utf8);
        let little = ordered && u.arbitrary()?;
        segments.push(Segment { kind, unit, little, value, size });
    }
    let after = code.label();
    let other = if code.handlers > 0 && u.arbitrary()? { None } else { Some(after) };
    code.push(Instr::Bmake { segments, dst: target(u)?, other });
    code.place(after);
    Ok(())
}

/// A `bmatch` that starts with a variable, and perhaps one that goes on with its context.
pub fn take(u: &mut Unstructured<'_>, b: &mut Builder, code: &mut Code) -> Result<()> {
    let after = code.label();
    let value = source(u, b)?;
    guard(u, code, Test::IsBitstring, value, after)?;
    let context = Reg::X(x(9));
    let other = if code.handlers > 0 && u.arbitrary()? { None } else { Some(after) };
    let mut commands = vec![Command::Start(value)];
    more(u, b, &mut commands)?;
    code.push(Instr::Bmatch { context, other, commands });
    if u.arbitrary()? {
        let mut commands = Vec::new();
        more(u, b, &mut commands)?;
        if !commands.is_empty() {
            code.push(Instr::Bmatch { context, other, commands });
        }
    }
    code.place(after);
    Ok(())
}

fn more(u: &mut Unstructured<'_>, b: &mut Builder, commands: &mut Vec<Command>) -> Result<()> {
    for _ in 0..u.int_in_range(0..=3)? {
        let (size, dst) = (Src::Int(u.int_in_range(0..=12)?), target(u)?);
        let (little, signed) = (u.arbitrary()?, u.arbitrary()?);
        commands.push(match u.int_in_range(0..=10)? {
            0..=2 if b.modest => Command::Integer { size, unit: 1, signed, little, dst },
            0 | 1 => Command::Integer { size, unit: *u.choose(&[1, 8])?, signed, little, dst },
            2 => Command::Float { size: Src::Int(*u.choose(&[16, 64])?), unit: 1, little, dst },
            3 => Command::Binary { size: Some(size), unit: *u.choose(&[1, 8])?, dst },
            4 => Command::Binary { size: None, unit: 8, dst },
            5 => Command::Utf { kind: SegmentKind::Utf8, little: false, dst },
            6 => Command::Utf { kind: SegmentKind::Utf16, little, dst },
            7 => Command::Skip { size: Some(size), unit: 1 },
            8 => Command::Tail(dst),
            9 => Command::AtLeast { bits: u.int_in_range(0..=24)?, unit: *u.choose(&[1, 8])? },
            _ => {
                let bits = Literal::Bits(BitString::from(&b"a"[..]));
                Command::Bits(b.literal(bits))
            }
        });
    }
    Ok(())
}

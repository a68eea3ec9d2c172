//! Random modules that are valid by construction.
//!
//! Owns the shape of a program: a handful of functions that call only later ones and loops that
//! count down, so that every program ends, or waits for ever. All values live in the slots of a
//! frame: the lowest are for handlers, then come variables, then the counters of loops. An X
//! register is written and read within one statement, so what is live where is never in doubt.
//! What the statements do is in `statement`; nothing here knows what a machine does with them.

mod builder;
mod statement;

use arbitrary::{Result, Unstructured};
use builder::{Builder, Code};
use lam_isa::kind::Raise;
use lam_isa::operand::{Arity, FrameChange, Label, Src, Target};
use lam_isa::table::Instr;
use lam_isa::{FunRef, Lambda, Module};
use lam_reference::schedule::Random;

/// Functions beside `main/0`, at most.
const FUNCTIONS_MAX: usize = 4;

/// Slots for handlers: how deep `try` nests.
const HANDLERS: u16 = 2;

/// Slots for values.
const VARIABLES: u16 = 4;

/// Slots for counters: how deep loops nest.
const COUNTERS: u16 = 2;

const FRAME: u16 = HANDLERS + VARIABLES + COUNTERS;

/// A module `g` with an exported `main/0`, valid by construction.
///
/// # Errors
/// If the source of choices fails; one that is used up gives the smallest choice each time.
pub fn module(u: &mut Unstructured<'_>) -> Result<Module> {
    made(u, false)
}

/// With `modest`, a module that keeps to what the model has.
fn made(u: &mut Unstructured<'_>, modest: bool) -> Result<Module> {
    let others = u.int_in_range(1..=FUNCTIONS_MAX)?;
    let mut arities = vec![0];
    for _ in 0..others {
        arities.push(u.int_in_range(0..=3)?);
    }
    let mut builder = Builder::new(&arities, modest);
    for index in 0..arities.len() {
        let code = function(u, &mut builder, index)?;
        builder.finish(index, code);
        if index > 0 && u.ratio(1, 2)? {
            let number = u32::try_from(index).unwrap_or(0);
            builder.module.functions[index].lambda =
                Some(Lambda { index: number, unique: u.int_in_range(0..=9)? });
        }
    }
    Ok(builder.module)
}

/// Bytes that a module of a seed is made of.
const BYTES: usize = 4_096;

/// The module of a seed: the same seed gives the same module.
pub fn of_seed(seed: u64) -> Module {
    seeded(seed, false)
}

/// The module of a seed that keeps to what the model has, but for what its arithmetic comes to.
pub fn modest_of_seed(seed: u64) -> Module {
    seeded(seed, true)
}

fn seeded(seed: u64, modest: bool) -> Module {
    let mut random = Random::new(seed);
    let bytes: Vec<u8> =
        (0..BYTES / 8).flat_map(|_| random.below(u64::MAX).to_le_bytes()).collect();
    made(&mut Unstructured::new(&bytes), modest).expect("there are bytes for every choice")
}

/// The code of a function: its arguments into variables, some statements, an end.
fn function(u: &mut Unstructured<'_>, builder: &mut Builder, index: usize) -> Result<Code> {
    let arity = builder.arities[index];
    let mut code = Code::of(index);
    if arity > 0 && u.ratio(1, 4)? {
        // Before there is a frame, no clause may fit.
        statement::test(u, builder, &mut code, Src::X(builder::x(0)), Label::CLAUSE)?;
    }
    code.push(Instr::Frame { change: FrameChange::Push(FRAME) });
    let pairs = (0..arity).map(|n| (Src::X(builder::x(n.into())), builder::variable(n.into())));
    let pairs: Vec<_> = pairs.collect();
    if !pairs.is_empty() {
        code.push(Instr::Move { pairs });
    }
    if index == 0 {
        statement::children(u, builder, &mut code)?;
    }
    let budget = if index == 0 { 12 } else { 8 };
    statement::block(u, builder, &mut code, budget)?;
    end(u, builder, &mut code)?;
    Ok(code)
}

/// The last instruction: a return, a tail call of a later function, or a raise. The root tells
/// what its variables hold, so that an outcome shows what was computed.
fn end(u: &mut Unstructured<'_>, builder: &mut Builder, code: &mut Code) -> Result<()> {
    if code.function == 0 {
        let elements = (0..VARIABLES).map(builder::value_of).collect();
        code.push(Instr::Need { words: 1 + u32::from(VARIABLES), live: 0 });
        code.push(Instr::Tuple { elements, dst: builder::to_x(0) });
        let args = vec![Src::X(builder::x(0))];
        code.push(Instr::Raise { kind: Raise::Exit, args });
        return Ok(());
    }
    let callee = builder.later(u, code.function)?;
    match (u.int_in_range(0..=5)?, callee) {
        (0, Some(callee)) => {
            let arity = builder.arities[callee];
            statement::arguments(u, builder, code, arity)?;
            let function = builder.reference(FunRef::Local(u32::try_from(callee).unwrap_or(0)));
            let target = Target::Fun(function);
            code.push(Instr::Tail { target, arity: Arity::Count(arity), frame: FRAME.into() });
        }
        (1, _) => {
            let value = statement::source(u, builder)?;
            code.push(Instr::Raise { kind: Raise::Exit, args: vec![value] });
        }
        (2, _) => {
            let value = statement::source(u, builder)?;
            code.set(value, builder::to_x(0));
            let dropped = u.int_in_range(1..=FRAME)?;
            code.push(Instr::Frame { change: FrameChange::Drop(dropped) });
            code.push(Instr::Ret { frame: (FRAME - dropped).into() });
        }
        _ => {
            let value = statement::source(u, builder)?;
            code.set(value, builder::to_x(0));
            code.push(Instr::Ret { frame: FRAME.into() });
        }
    }
    Ok(())
}

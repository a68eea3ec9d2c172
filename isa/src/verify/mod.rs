//! Verification: which modules make sense, and what is known of those that do.
//!
//! Owns every `val.*` rule. Nothing executes a [`Module`], only a [`Verified`] one, so a machine may
//! rely on all that is checked here. First the tables and the operands of each instruction are
//! checked by themselves, then one forward data-flow per function follows what registers and slots
//! hold. What an instruction asks and leaves is in the file of its family. Book: *Verification*.

mod bits;
mod compute;
mod control;
mod data;
mod error;
mod flow;
mod message;
mod native;
mod operands;
mod process;
mod state;
mod step;
mod tables;

use crate::module::{Function, Module};
use crate::operand::{Label, YSlot};
use crate::rule::Rule;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

/// A module that keeps every rule of verification.
#[derive(Clone, Debug)]
pub struct Verified {
    module: Module,
    facts: Vec<Facts>,
}

/// What verification knows of a function, instruction by instruction.
///
/// A machine may rely on it: each fact holds on every path.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    sites: Vec<Site>,
}

/// What is known before one instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Whether any path leads here. What is not reached has no other facts.
    pub reached: bool,
    /// The slots of the frame.
    pub frame: u16,
    /// Whether the shapes that the instruction wants are proved, so that it cannot raise:
    /// `uncons` of a cons, `get`, `update` and `pick` of what is large enough, `bmatch` of a
    /// context.
    pub proved: bool,
    /// Whether `recv` has found a message that has not been taken.
    pub held: bool,
    /// The slot and label of the innermost handler, if the instruction may raise, proved or not, and
    /// there is one in this frame.
    pub handler: Option<(YSlot, Label)>,
}

impl Facts {
    /// What is known before an instruction.
    pub fn site(&self, instruction: u32) -> Site {
        let index = usize::try_from(instruction).unwrap_or(usize::MAX);
        self.sites.get(index).copied().unwrap_or_default()
    }

    /// What is known before each instruction, in order.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }
}

impl Verified {
    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Gives the module back, to be changed and verified again.
    pub fn into_module(self) -> Module {
        self.module
    }

    /// What is known of a function, by its index in the module.
    pub fn facts(&self, function: u32) -> Option<&Facts> {
        self.facts.get(usize::try_from(function).ok()?)
    }
}

impl Deref for Verified {
    type Target = Module;

    fn deref(&self) -> &Module {
        &self.module
    }
}

/// A rule that a module breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// The rule.
    pub rule: Rule,
    /// The index of the function, if one is to blame.
    pub function: Option<u32>,
    /// The index of the instruction in that function, if one is to blame.
    pub instruction: Option<u32>,
    /// The module, or `module:function/arity`.
    pub place: String,
    /// What was found and what was expected.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        if let Some(instruction) = self.instruction {
            write!(f, ", instruction {instruction}")?;
        }
        write!(f, ": {} [{}]", self.message, self.rule)
    }
}

impl core::error::Error for VerifyError {}

/// A broken rule, before it is known where.
struct Broken {
    rule: Rule,
    message: String,
}

impl Broken {
    fn new(rule: Rule, found: impl fmt::Display, expected: impl fmt::Display) -> Broken {
        Broken { rule, message: alloc::format!("found {found}, expected {expected}") }
    }
}

/// Verifies a module.
///
/// # Errors
///
/// Every broken rule of the tables and operands. If those are in order, the first broken rule of
/// the data-flow of each function.
pub fn verify(module: Module) -> Result<Verified, Vec<VerifyError>> {
    let mut errors = tables::check(&module);
    for (index, function) in module.functions.iter().enumerate() {
        operands::check(&module, function, index, &mut errors);
    }
    if errors.is_empty() {
        let shapes = flow::literal_shapes(&module);
        let mut facts = Vec::with_capacity(module.functions.len());
        for (index, function) in module.functions.iter().enumerate() {
            match flow::check(&module, &shapes, function) {
                Ok(of_function) => facts.push(of_function),
                Err((at, broken)) => errors.push(error(&module, function, index, at, broken)),
            }
        }
        if errors.is_empty() {
            return Ok(Verified { module, facts });
        }
    }
    Err(errors)
}

/// An error of a function, at an instruction if there is one.
fn error(
    module: &Module,
    function: &Function,
    index: usize,
    at: Option<usize>,
    broken: Broken,
) -> VerifyError {
    VerifyError {
        rule: broken.rule,
        function: u32::try_from(index).ok(),
        instruction: at.and_then(|at| u32::try_from(at).ok()),
        place: module.function_name(function),
        message: broken.message,
    }
}

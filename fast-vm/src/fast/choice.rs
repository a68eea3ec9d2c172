//! What `lower` picks operations from: by where the operands are.

use super::dispatch::Code;

/// Where an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// The first X register.
    A,
    /// Another one.
    X,
    /// A Y slot.
    Y,
    /// A constant.
    C,
}

/// The operations of one meaning: that for operands at any places, if there is one, and those for
/// some.
pub(crate) struct Choice {
    pub any: Option<Code>,
    pub some: &'static [(Code, &'static [At])],
}

impl Choice {
    /// The operation for operands at these places, and whether it takes any.
    pub fn pick(&self, at: &[At]) -> Option<(Code, bool)> {
        let some = self.some.iter().find(|(_, wanted)| *wanted == at);
        some.map(|(code, _)| (*code, false)).or(self.any.map(|code| (code, true)))
    }
}

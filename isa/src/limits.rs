//! The limits that every machine shares; a machine may set others lower, none of these higher.
//!
//! Book: *Limits*.

/// X registers of a process.
pub const X_REGISTERS: u16 = 1024;
/// Y slots of an activation.
pub const Y_SLOTS: u16 = 1024;
/// Arguments of a function.
pub const ARITY_MAX: u8 = 255;
/// Bits of a small integer operand, sign included.
pub const SMALL_BITS: u32 = 60;
/// The smallest small integer operand.
pub const SMALL_MIN: i64 = -(1 << (SMALL_BITS - 1));
/// The largest small integer operand.
pub const SMALL_MAX: i64 = (1 << (SMALL_BITS - 1)) - 1;
/// Characters of an atom.
pub const ATOM_CHARS: usize = 255;
/// Elements of a tuple.
pub const TUPLE_SIZE: u32 = (1 << 24) - 1;
/// Words that one `need` may ask for.
pub const NEED_WORDS: u32 = 1 << 24;
/// Levels of nesting of a literal.
pub const LITERAL_DEPTH: u32 = 256;
/// Bytes of the text of a term, in UTF-8; what is longer is cut, and ends with `...`.
pub const TEXT_BYTES: usize = 1 << 20;
/// Bits of the largest integer; beyond it arithmetic raises `system_limit`.
pub const INTEGER_BITS: u64 = 4_194_304;
/// Reductions that a process may spend before it is preempted.
pub const QUANTUM: u32 = 4_000;
/// The largest budget that `flag greedy` grants.
pub const BUDGET_MAX: u32 = 1_000_000;
/// The longest receive time-out, in milliseconds.
pub const TIMEOUT_MAX_MS: u32 = u32::MAX;
/// The unit of a bitstring segment.
pub const UNIT_MAX: u16 = 256;

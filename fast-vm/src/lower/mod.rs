//! Lowering.

use crate::code::{Code, Loaded};

/// Lowers all functions of a module.
pub(crate) fn module(_code: &Code, _loaded: &mut Loaded, _probes: bool) {}

//! What has no meaning of its own on LAM: stubs of natives, and native records.

use super::Lowering;
use crate::error::Result;
use crate::opcode as op;
use crate::operand::{Arg, Generic};
use lam_isa::kind::Raise;
use lam_isa::{Instr, Literal};

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, generic: &Generic) -> Result<()> {
    match (generic.op(), &generic.args[..]) {
        (op::ON_LOAD | op::NIF_START, []) => Ok(()),
        // No term is a native record, since none can be made.
        (_, [Arg::Label(label), ..]) if *label > 0 => {
            let to = l.label_of(*label);
            l.emit(Instr::Jump { to });
            Ok(())
        }
        (op::IS_ANY_NATIVE_RECORD..=op::UPDATE_RECORD_ID, _) => {
            let parts = ["unsupported", "native_record"];
            let reason = Literal::Tuple(parts.map(|part| Literal::Atom(part.into())).into());
            let args = vec![l.pool.source(reason)];
            l.emit(Instr::Raise { kind: Raise::Error, args });
            Ok(())
        }
        _ => l.shape(),
    }
}

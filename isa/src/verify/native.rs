//! Verification of the native family.

use super::step::{Out, Step};
use crate::module::FunRef;
use crate::operand::RefId;
use crate::table::Native;

impl Native for Step<'_, '_> {
    type Out = Out;

    fn host(&mut self, function: &RefId) -> Out {
        // `val.host.external` holds, so that the arity is known.
        if let Some(FunRef::External { arity, .. }) = self.flow.module.reference(*function) {
            self.arguments(arity, &[])?;
        }
        self.raises()?;
        self.returned()
    }
}

//! Sending, and the receive loop.

use super::Lowering;
use crate::error::Result;
use crate::opcode as op;
use crate::operand::Generic;
use lam_isa::Instr;
use lam_isa::kind::Mark;
use lam_isa::operand::{Dst, Src, XReg};

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, generic: &Generic) -> Result<()> {
    match (generic.op(), &generic.args[..]) {
        (op::SEND, []) => {
            let (to, message, dst) = (Src::X(XReg(0)), Src::X(XReg(1)), Dst::X(XReg(0)));
            l.emit(Instr::Send { to, message, dst });
        }
        (op::LOOP_REC, [other, dst]) => {
            let instr = Instr::Recv { dst: l.dst(dst)?, other: l.label(other)? };
            l.emit(instr);
        }
        (op::LOOP_REC_END, [to]) => {
            let to = l.label(to)?;
            l.emit(Instr::Jump { to });
        }
        (op::REMOVE_MESSAGE, []) => l.emit(Instr::Accept {}),
        (op::WAIT, [to]) => {
            let to = Some(l.label(to)?);
            let timeout = Src::Atom(l.pool.atom("infinity"));
            l.emit(Instr::Wait { timeout, to });
        }
        (op::WAIT_TIMEOUT, [to, timeout]) => {
            let (timeout, to) = (l.src(timeout)?, Some(l.label(to)?));
            l.emit(Instr::Wait { timeout, to });
            // The `timeout` behind it is part of the wait.
            if l.ahead(1).is_some_and(|next| next.op() == op::TIMEOUT) {
                l.at += 1;
            }
        }
        // Not behind a wait: `after 0`, which must not look at messages that came meanwhile.
        (op::TIMEOUT, []) => l.emit(Instr::Wait { timeout: Src::Int(0), to: None }),
        (op::RECV_MARKER_RESERVE, [dst]) => {
            let dst = l.dst(dst)?;
            l.emit(Instr::Mark { kind: Mark::Reserve, args: Vec::new(), dst });
        }
        (op::RECV_MARKER_BIND, [place, reference]) => {
            let args = vec![l.src(place)?, l.src(reference)?];
            l.emit(Instr::Mark { kind: Mark::Bind, args, dst: Dst::Discard });
        }
        (op::RECV_MARKER_USE, [reference]) => {
            let args = vec![l.src(reference)?];
            l.emit(Instr::Mark { kind: Mark::Use, args, dst: Dst::Discard });
        }
        (op::RECV_MARKER_CLEAR, [reference]) => {
            let args = vec![l.src(reference)?];
            l.emit(Instr::Mark { kind: Mark::Clear, args, dst: Dst::Discard });
        }
        // The markers of OTP 14 to 23, hints that are not kept.
        (op::RECV_MARK | op::RECV_SET, [_]) => {}
        _ => return l.shape(),
    }
    Ok(())
}

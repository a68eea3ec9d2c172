//! Bits: `bmatch`.

use super::{Writer, any_pick};
use crate::fast::choice::At;
use crate::fast::table;
use lam_isa::kind::Command;
use lam_isa::operand::{Else, Reg, Src};

impl Writer<'_> {
    /// An operation per command, if all of them have one.
    pub fn bmatch(&mut self, context: &Reg, other: &Else, commands: &[Command]) -> bool {
        // Failing without a label raises, which is for the whole meaning.
        let Some(other) = *other else { return self.bmatch_sure(context, commands) };
        if !commands.iter().enumerate().all(|(at, command)| Self::has_operation(at, command)) {
            return false;
        }
        let context = self.source(&Src::from(*context));
        for (at, command) in commands.iter().enumerate() {
            // Only the first charges; it also finds out whether there is a context at all.
            let charge = u64::from(at == 0);
            match command {
                Command::Start(src) => {
                    let src = self.source(src);
                    let (code, any) = any_pick(&table::START, &[src.0, context.0]);
                    self.operation(code);
                    self.place(src, any);
                    self.place(context, any);
                    self.jump_or_clause(other);
                    self.here();
                }
                Command::Integer { size: Src::Int(size), unit, dst, .. } => {
                    let to = self.target(dst);
                    let choice = match size * i64::from(*unit) {
                        8 => &table::READ8,
                        16 => &table::READ16,
                        _ => &table::READ32,
                    };
                    let (code, any) = any_pick(choice, &[context.0, to.0]);
                    self.operation(code);
                    self.place(context, any);
                    self.place(to, any);
                    self.jump_or_clause(other);
                    self.words.push(charge);
                    self.here();
                }
                Command::AtLeast { bits, unit } => {
                    let (code, any) = any_pick(&table::AT_LEAST, &[context.0]);
                    self.operation(code);
                    self.place(context, any);
                    self.words.extend([u64::from(*bits), u64::from(*unit)]);
                    self.jump_or_clause(other);
                    self.words.push(charge);
                    self.here();
                }
                Command::Exactly(bits) => {
                    let (code, any) = any_pick(&table::EXACTLY, &[context.0]);
                    self.operation(code);
                    self.place(context, any);
                    self.words.push(u64::from(*bits));
                    self.jump_or_clause(other);
                    self.words.push(charge);
                    self.here();
                }
                Command::Binary { size: Some(size), unit, dst } => {
                    let places = [context, self.source(size), self.target(dst)];
                    let (code, any) = any_pick(&table::TAKE, &places.map(|(at, _)| at));
                    self.operation(code);
                    for place in places {
                        self.place(place, any);
                    }
                    self.words.push(u64::from(*unit));
                    self.jump_or_clause(other);
                    self.words.push(charge);
                    self.here();
                }
                Command::Pos(_) => self.pos(context, command, charge),
                _ => {}
            }
        }
        true
    }

    /// Commands that cannot fail.
    fn bmatch_sure(&mut self, context: &Reg, commands: &[Command]) -> bool {
        let [command @ Command::Pos(_)] = commands else { return false };
        let context = self.source(&Src::from(*context));
        self.pos(context, command, 1);
        true
    }

    fn pos(&mut self, context: (At, u64), command: &Command, charge: u64) {
        let Command::Pos(dst) = command else { return };
        let to = self.target(dst);
        let (code, any) = any_pick(&table::POS, &[context.0, to.0]);
        self.operation(code);
        self.place(context, any);
        self.place(to, any);
        self.words.push(charge);
        self.here();
    }

    /// Whether a command has an operation. One that may need the whole meaning of the instruction
    /// must be the first, since that begins anew.
    pub fn has_operation(at: usize, command: &Command) -> bool {
        match command {
            Command::Start(src) => at == 0 && !matches!(src, Src::Lit(_)),
            Command::Integer {
                size: Src::Int(size), unit, signed: false, little: false, ..
            } => {
                matches!(size.checked_mul(i64::from(*unit)), Some(8 | 16 | 32))
            }
            Command::AtLeast { .. } | Command::Exactly(_) | Command::Pos(_) => true,
            // A size that is no small integer does not match; only the whole meaning knows that.
            Command::Binary { size: Some(_), .. } => at == 0,
            _ => false,
        }
    }
}

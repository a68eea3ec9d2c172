//! From generic instructions to LAM, family by family.
//!
//! Owns the translation of one function: operands, labels, places, and the order of the passes.
//! The families are in files of the names that they have in every layer; what looks at a whole
//! function afterwards is in `tidy` and `flow`.

mod bits;
mod compute;
mod control;
mod data;
mod error;
mod message;
mod native;
mod process;

use crate::bytes::Cursor;
use crate::chunk::Mfa;
use crate::error::{Code, Result, TranslateError};
use crate::flow;
use crate::frame;
use crate::opcode as op;
use crate::operand::{Arg, Generic};
use crate::pool::Pool;
use crate::tidy;
use lam_isa::limits::X_REGISTERS;
use lam_isa::operand::{Dst, Else, Label, Reg, Src, XReg, YSlot, is_small};
use lam_isa::{Function, Instr, Literal};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A piece of a function under translation. Labels have the numbers of the file, or higher ones.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// A label.
    Label(Label),
    /// The place of what follows; `None` is no place.
    Place(Option<u32>),
    /// An instruction.
    Instr(Instr),
}

/// A `catch`: where its handler is, and whether its end has been met.
#[derive(Clone, Copy, Debug)]
struct Catch {
    handler: Label,
    ended: bool,
}

/// A function under translation.
pub(crate) struct Lowering<'p, 'a, 'c> {
    pub(crate) pool: &'p mut Pool<'a>,
    /// Its instructions, and the one that is being translated.
    body: &'c [Generic],
    at: usize,
    /// The label where no clause matches.
    clause: u32,
    /// The next label that the file does not have.
    fresh: u32,
    /// The X register that float register 0 becomes.
    floats: u16,
    /// Whether a heap test may come while X registers above its own count are live.
    live_above: bool,
    /// X registers that are never written because what would write them is left out.
    unwritten: BTreeSet<u16>,
    /// Labels that other instructions than `try` and `catch` name.
    targets: HashSet<u32>,
    /// The handlers of catches, by the label where the catch ends.
    catches: HashMap<Label, Catch>,
    items: Vec<Item>,
}

/// Translates one function; its name, arity and metadata are the caller's.
pub(crate) fn function(
    pool: &mut Pool<'_>,
    arity: u8,
    clause: u32,
    line: Option<u64>,
    body: &[Generic],
) -> Result<Function> {
    let scan = Scan::of(arity, clause, body);
    let mut lowering = Lowering {
        pool,
        body,
        at: 0,
        clause,
        fresh: scan.label + 1,
        floats: scan.register,
        live_above: scan.floats,
        unwritten: BTreeSet::new(),
        targets: scan.targets,
        catches: HashMap::new(),
        items: Vec::with_capacity(body.len()),
    };
    if let Some(index) = line {
        lowering.place(index)?;
    }
    while let Some(generic) = lowering.body.get(lowering.at) {
        lowering.instruction(generic)?;
        lowering.at += 1;
    }
    lowering.at = body.len().saturating_sub(1);
    error::check_catches(&lowering)?;
    let Lowering { items, live_above, unwritten, pool, fresh, .. } = lowering;
    let items = flow::end_calls(tidy::prune(items), arity, &pool.module);
    let items = frame::agree(items, fresh, &pool.module);
    let items = tidy::fuse(items);
    let items = if live_above { flow::keep_live(items, arity, &unwritten) } else { items };
    tidy::finish(items).map_err(|label| {
        let at = body.first().map_or(0, |generic| generic.at);
        let detail = format!("label {} is not in the function that names it", label.0);
        TranslateError::new(Code::LabelUnknown, "Code", at, detail)
    })
}

/// What has to be known of a function before its first instruction is translated.
struct Scan {
    /// The highest label.
    label: u32,
    /// The first X register above all that are used.
    register: u16,
    /// Whether it has float registers.
    floats: bool,
    targets: HashSet<u32>,
}

impl Scan {
    fn of(arity: u8, clause: u32, body: &[Generic]) -> Scan {
        let (register, targets) = (arity.into(), HashSet::new());
        let mut scan = Scan { label: clause, register, floats: false, targets };
        for generic in body {
            let handler = matches!(generic.op(), op::TRY | op::CATCH);
            if let (op::LABEL, Some(Arg::Number(label))) = (generic.op(), generic.args.first()) {
                scan.label = scan.label.max(u32::try_from(*label).unwrap_or(0));
            }
            for arg in &generic.args {
                scan.arg(arg, handler);
            }
        }
        scan.label = scan.label.min(u32::MAX / 2);
        scan
    }

    fn arg(&mut self, arg: &Arg, handler: bool) {
        match arg {
            Arg::X(register) => self.register = self.register.max(register + 1),
            Arg::Float(_) => self.floats = true,
            Arg::Label(label) => {
                self.label = self.label.max(*label);
                if !handler {
                    self.targets.insert(*label);
                }
            }
            Arg::List(args) => args.iter().for_each(|arg| self.arg(arg, handler)),
            _ => {}
        }
    }
}

impl Lowering<'_, '_, '_> {
    fn instruction(&mut self, generic: &Generic) -> Result<()> {
        match generic.op() {
            op::LABEL => {
                let [Arg::Number(label)] = generic.args[..] else {
                    return self.fail(Code::OperandKind, "the operand of label is a number");
                };
                let label = u32::try_from(label).unwrap_or(0);
                if label == 0 || label == self.clause {
                    return self.fail(Code::LabelDuplicate, "a label has the number of another");
                }
                self.items.push(Item::Label(Label(label)));
                Ok(())
            }
            op::LINE => match generic.args[..] {
                [Arg::Number(index)] => self.place(index),
                // The literal `undefined` of some old tools.
                _ => self.place(0),
            },
            // They repeat what `line` says, for coverage and debuggers.
            op::EXECUTABLE_LINE | op::DEBUG_LINE => Ok(()),
            op::MOVE..=op::SET_TUPLE_ELEMENT
            | op::PUT_LIST
            | op::INIT
            | op::INIT_YREGS
            | op::SWAP
            | op::MAKE_FUN2
            | op::MAKE_FUN3
            | op::GET_HD
            | op::GET_TL
            | op::PUT_TUPLE2
            | op::UPDATE_RECORD
            | op::PUT_MAP_ASSOC
            | op::PUT_MAP_EXACT
            | op::HAS_MAP_FIELDS
            | op::GET_MAP_ELEMENTS => data::lower(self, generic),
            op::CALL..=op::CALL_EXT_LAST
            | op::CALL_EXT_ONLY
            | op::CALL_FUN
            | op::CALL_FUN2
            | op::APPLY
            | op::APPLY_LAST
            | op::ALLOCATE..=op::TEST_HEAP
            | op::DEALLOCATE
            | op::RETURN
            | op::TRIM
            | op::JUMP
            | op::SELECT_VAL
            | op::SELECT_TUPLE_ARITY => control::lower(self, generic),
            op::BIF0..=op::BIF2
            | op::GC_BIF1
            | op::GC_BIF2
            | op::GC_BIF3
            | op::BIF3
            | op::FCLEARERROR..=op::FNEGATE
            | op::IS_LT..=op::TEST_ARITY
            | op::IS_FUNCTION
            | op::IS_BOOLEAN
            | op::IS_FUNCTION2
            | op::IS_BITSTR
            | op::IS_MAP
            | op::IS_TAGGED_TUPLE => compute::lower(self, generic),
            op::BS_PUT_INTEGER..=op::BS_PUT_STRING
            | op::BS_INIT2
            | op::BS_ADD
            | op::BS_GET_INTEGER2..=op::BS_TEST_TAIL2
            | op::BS_TEST_UNIT..=op::BS_PRIVATE_APPEND
            | op::BS_INIT_BITS..=op::BS_PUT_UTF32
            | op::BS_GET_TAIL..=op::BS_SET_POSITION
            | op::BS_START_MATCH4
            | op::BS_CREATE_BIN
            | op::BS_MATCH => bits::lower(self, generic),
            op::CATCH
            | op::CATCH_END
            | op::TRY..=op::RAISE
            | op::BUILD_STACKTRACE
            | op::RAW_RAISE
            | op::BADMATCH..=op::CASE_END
            | op::BADRECORD => error::lower(self, generic),
            op::SEND..=op::WAIT_TIMEOUT
            | op::RECV_MARK
            | op::RECV_SET
            | op::RECV_MARKER_BIND..=op::RECV_MARKER_USE => message::lower(self, generic),
            op::ON_LOAD | op::NIF_START | op::IS_ANY_NATIVE_RECORD..=op::UPDATE_RECORD_ID => {
                native::lower(self, generic)
            }
            _ => {
                let detail = format!(
                    "{} is not emitted since OTP {} and has no translation",
                    generic.opcode.name, generic.opcode.until
                );
                self.fail(Code::OpcodeRetired, detail)
            }
        }
    }

    // What comes out.

    pub(crate) fn emit(&mut self, instr: Instr) {
        self.items.push(Item::Instr(instr));
    }

    fn emit_label(&mut self, label: Label) {
        self.items.push(Item::Label(label));
    }

    /// A label that the file does not have.
    fn fresh_label(&mut self) -> Label {
        self.fresh += 1;
        Label(self.fresh - 1)
    }

    fn place(&mut self, index: u64) -> Result<()> {
        let tables = self.pool.tables;
        let at = self.body.get(self.at).map_or(0, |generic| generic.at);
        let cursor = Cursor::from(tables.code, "Code", at);
        let location = match tables.lines.place(index, &cursor)? {
            Some(place) => Some(self.pool.location(place)?),
            None => None,
        };
        match self.items.last_mut() {
            Some(Item::Place(last)) => *last = location,
            _ => self.items.push(Item::Place(location)),
        }
        Ok(())
    }

    // What goes in.

    pub(crate) fn fail<T>(&self, code: Code, detail: impl Into<Box<str>>) -> Result<T> {
        let at = self.body.get(self.at).map_or(0, |generic| generic.at);
        Err(TranslateError::new(code, "Code", at, detail))
    }

    fn expected<T>(&self, wanted: &str, found: &Arg) -> Result<T> {
        let name = self.body.get(self.at).map_or("", |generic| generic.opcode.name);
        let detail = format!("{name} takes {wanted} here, found {}", found.kind());
        self.fail(Code::OperandKind, detail)
    }

    /// The operands do not have the shape that the instruction has in any release.
    fn shape<T>(&self) -> Result<T> {
        let name = self.body.get(self.at).map_or("", |generic| generic.opcode.name);
        self.fail(Code::OperandKind, format!("the operands of {name} are of the wrong kinds"))
    }

    /// The instruction so far behind the current one.
    fn ahead(&self, distance: usize) -> Option<&Generic> {
        self.body.get(self.at + distance)
    }

    fn src(&mut self, arg: &Arg) -> Result<Src> {
        Ok(match arg {
            Arg::X(register) => Src::X(XReg(*register)),
            Arg::Y(slot) => Src::Y(YSlot(*slot)),
            Arg::Float(register) => Src::X(self.float(*register)?),
            Arg::Nil => Src::Nil,
            Arg::Atom(index) => self.atom(*index)?,
            Arg::Int(small) => self.int(*small),
            Arg::Number(number) => match i64::try_from(*number) {
                Ok(small) => self.int(small),
                Err(_) => return self.fail(Code::OperandRange, "a number has 64 bits"),
            },
            Arg::Big(literal) => self.pool.source((**literal).clone()),
            Arg::Literal(index) => match self.pool.file_literal(*index) {
                Some(source) => source,
                None => return self.no_literal(*index),
            },
            other => return self.expected("a source", other),
        })
    }

    fn srcs(&mut self, args: &[Arg]) -> Result<Vec<Src>> {
        args.iter().map(|arg| self.src(arg)).collect()
    }

    fn int(&mut self, value: i64) -> Src {
        if is_small(value) { Src::Int(value) } else { self.pool.source(Literal::Int(value)) }
    }

    fn atom(&mut self, index: u32) -> Result<Src> {
        if usize::try_from(index).is_ok_and(|index| index < self.pool.tables.atoms.len()) {
            return Ok(Src::Atom(self.pool.file_atom(index)));
        }
        self.fail(Code::AtomIndex, format!("there is no atom {}", u64::from(index) + 1))
    }

    fn atom_text(&self, arg: &Arg) -> Option<&str> {
        match arg {
            Arg::Atom(index) => Some(self.pool.tables.atom(*index)),
            _ => None,
        }
    }

    fn literal(&self, index: u32) -> Result<&Literal> {
        let found = usize::try_from(index).ok().and_then(|at| self.pool.tables.literals.get(at));
        found.map_or_else(|| self.no_literal(index), Ok)
    }

    fn no_literal<T>(&self, index: u32) -> Result<T> {
        let size = self.pool.tables.literals.len();
        self.fail(Code::LiteralIndex, format!("there is no literal {index}, the table has {size}"))
    }

    fn dst(&self, arg: &Arg) -> Result<Dst> {
        match arg {
            Arg::X(register) => Ok(Dst::X(XReg(*register))),
            Arg::Y(slot) => Ok(Dst::Y(YSlot(*slot))),
            Arg::Float(register) => self.float(*register).map(Dst::X),
            other => self.expected("a register", other),
        }
    }

    fn reg(&self, arg: &Arg) -> Result<Reg> {
        match arg {
            Arg::X(register) => Ok(Reg::X(XReg(*register))),
            Arg::Y(slot) => Ok(Reg::Y(YSlot(*slot))),
            other => self.expected("a register", other),
        }
    }

    fn slot(&self, arg: &Arg) -> Result<YSlot> {
        match arg {
            Arg::Y(slot) => Ok(YSlot(*slot)),
            other => self.expected("a Y register", other),
        }
    }

    /// The X register of a float register: above all that the function names.
    fn float(&self, register: u16) -> Result<XReg> {
        match self.floats.checked_add(register) {
            Some(register) if register < X_REGISTERS => Ok(XReg(register)),
            _ => self.fail(Code::OperandRange, "the float registers do not fit above the others"),
        }
    }

    fn label(&self, arg: &Arg) -> Result<Label> {
        match arg {
            Arg::Label(label) if *label > 0 => Ok(self.label_of(*label)),
            other => self.expected("a label", other),
        }
    }

    fn label_of(&self, label: u32) -> Label {
        if label == self.clause { Label::CLAUSE } else { Label(label) }
    }

    fn other(&self, arg: &Arg) -> Result<Else> {
        match arg {
            Arg::Label(0) => Ok(None),
            Arg::Label(label) => Ok(Some(self.label_of(*label))),
            other => self.expected("a label or none", other),
        }
    }

    fn number(&self, arg: &Arg) -> Result<u32> {
        let number = match arg {
            Arg::Number(number) => u32::try_from(*number).ok(),
            Arg::Int(number) => u32::try_from(*number).ok(),
            other => return self.expected("a number", other),
        };
        match number {
            Some(number) => Ok(number),
            None => self.fail(Code::OperandRange, "a number is out of range"),
        }
    }

    fn number_u16(&self, arg: &Arg) -> Result<u16> {
        let number = self.number(arg)?;
        match u16::try_from(number) {
            Ok(number) => Ok(number),
            Err(_) => self.fail(Code::OperandRange, format!("{number} is out of range")),
        }
    }

    fn arity(&self, arg: &Arg) -> Result<u8> {
        let arity = self.number(arg)?;
        match u8::try_from(arity) {
            Ok(arity) => Ok(arity),
            Err(_) => self.fail(Code::ArityRange, format!("arity {arity} is above 255")),
        }
    }

    fn list<'l>(&self, arg: &'l Arg) -> Result<&'l [Arg]> {
        match arg {
            Arg::List(args) => Ok(args),
            other => self.expected("a list", other),
        }
    }

    fn import(&self, arg: &Arg) -> Result<Mfa> {
        let index = self.number(arg)?;
        let imports = &self.pool.tables.imports;
        match usize::try_from(index).ok().and_then(|index| imports.get(index)) {
            Some(mfa) => Ok(*mfa),
            None => self.fail(
                Code::ImportIndex,
                format!("there is no import {index}, the table has {}", imports.len()),
            ),
        }
    }

    /// The words that an allocation asks for; a fun takes two and one per captured value, which
    /// the compiler has counted among the words.
    fn words(&self, arg: &Arg) -> Result<u32> {
        match arg {
            Arg::Alloc { words, funs, .. } => {
                match funs.checked_mul(2).and_then(|funs| funs.checked_add(*words)) {
                    Some(words) => Ok(words),
                    None => self.fail(Code::OperandRange, "an allocation is out of range"),
                }
            }
            other => self.number(other),
        }
    }

    fn need(&mut self, words: u32, live: u32) {
        if words > 0 {
            self.emit(Instr::Need { words, live });
        }
    }
}

//! The tables of a module in the making, and the code of a function with its labels.

use super::{HANDLERS, VARIABLES};
use arbitrary::{Result, Unstructured};
use lam_isa::operand::{AtomId, Dst, Label, LitId, RefId, Src, XReg, YSlot};
use lam_isa::table::Instr;
use lam_isa::{FunRef, Function, Literal, Module};

/// A module in the making.
pub struct Builder {
    /// What there is of it.
    pub module: Module,
    /// The arities of all its functions.
    pub arities: Vec<u8>,
    /// Whether it keeps to what the model has: small integers, no floats, fewer natives.
    pub modest: bool,
}

/// The code of a function in the making.
#[derive(Default)]
pub struct Code {
    /// Which function it is of.
    pub function: usize,
    /// The instructions so far.
    pub instrs: Vec<Instr>,
    /// Where each label stands; `None` before it is placed.
    labels: Vec<Option<u32>>,
    /// How many handlers are installed around this place.
    pub handlers: u16,
    /// How many loops are around it.
    pub loops: u16,
}

/// The X register of that number.
pub fn x(n: u16) -> XReg {
    XReg(n)
}

/// That register as a destination.
pub fn to_x(n: u16) -> Dst {
    Dst::X(XReg(n))
}

/// Variable `n` as a destination.
pub fn variable(n: u16) -> Dst {
    Dst::Y(YSlot(HANDLERS + n % VARIABLES))
}

/// Variable `n` as a source.
pub fn value_of(n: u16) -> Src {
    Src::Y(YSlot(HANDLERS + n % VARIABLES))
}

/// The counter of the loop at that depth.
pub fn counter(depth: u16) -> YSlot {
    YSlot(HANDLERS + VARIABLES + depth)
}

/// The slot of the handler at that depth: inner ones are lower, as the lowest is found first.
pub fn handler(depth: u16) -> YSlot {
    YSlot(HANDLERS - 1 - depth)
}

impl Builder {
    /// A module with functions of these arities, still without code.
    pub fn new(arities: &[u8], modest: bool) -> Builder {
        let mut module = Module::default();
        module.name = module.intern("g");
        for (index, arity) in arities.iter().enumerate() {
            let name = match index {
                0 => module.intern("main"),
                _ => module.intern(&format!("f{index}")),
            };
            let function = Function { name, arity: *arity, exported: true, ..Function::default() };
            module.functions.push(function);
        }
        Builder { module, arities: arities.to_vec(), modest }
    }

    /// Gives a function its code.
    pub fn finish(&mut self, index: usize, code: Code) {
        let function = &mut self.module.functions[index];
        function.code = code.instrs;
        let placed = code.labels.into_iter().map(|at| at.expect("every label is placed"));
        function.labels = placed.collect();
    }

    /// The atom of that text.
    pub fn atom(&mut self, text: &str) -> Src {
        Src::Atom(self.module.intern(text))
    }

    /// The id of the atom of that text.
    pub fn atom_id(&mut self, text: &str) -> AtomId {
        self.module.intern(text)
    }

    /// The place of a literal in its table.
    pub fn literal(&mut self, literal: Literal) -> LitId {
        let known = self.module.literals.iter().position(|other| *other == literal);
        let at = known.unwrap_or_else(|| {
            self.module.literals.push(literal);
            self.module.literals.len() - 1
        });
        LitId(u32::try_from(at).expect("few literals"))
    }

    /// The place of a reference in its table.
    pub fn reference(&mut self, reference: FunRef) -> RefId {
        let known = self.module.references.iter().position(|other| *other == reference);
        let at = known.unwrap_or_else(|| {
            self.module.references.push(reference);
            self.module.references.len() - 1
        });
        RefId(u32::try_from(at).expect("few references"))
    }

    /// A reference to a native.
    pub fn native(&mut self, module: &str, name: &str, arity: u8) -> RefId {
        let (module, name) = (self.module.intern(module), self.module.intern(name));
        self.reference(FunRef::External { module, name, arity })
    }

    /// A function behind this one, if there is any: calls go only there, so they end.
    pub fn later(&self, u: &mut Unstructured<'_>, index: usize) -> Result<Option<usize>> {
        let last = self.arities.len() - 1;
        if index == last {
            return Ok(None);
        }
        Ok(Some(u.int_in_range(index + 1..=last)?))
    }

    /// The name of a function.
    pub fn name_of(&self, index: usize) -> Src {
        Src::Atom(self.module.functions[index].name)
    }
}

impl Code {
    /// The code of that function, none yet.
    pub fn of(function: usize) -> Code {
        Code { function, ..Code::default() }
    }

    /// Adds an instruction.
    pub fn push(&mut self, instr: Instr) {
        self.instrs.push(instr);
    }

    /// Adds a `move` of one value.
    pub fn set(&mut self, src: Src, dst: Dst) {
        self.push(Instr::Move { pairs: vec![(src, dst)] });
    }

    /// A new label, to be placed later.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(u32::try_from(self.labels.len()).expect("few labels"))
    }

    /// Places a label before the next instruction.
    pub fn place(&mut self, label: Label) {
        let at = u32::try_from(self.instrs.len()).expect("little code");
        let index = usize::try_from(label.0).expect("few labels") - 1;
        self.labels[index] = Some(at);
    }
}

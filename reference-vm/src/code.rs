//! Loaded code: modules with their atoms and literals made into terms, and who calls what.
//!
//! Owns the table of modules and its versions. Book: *Modules*, *The host*.

use crate::term::{Atom, Bits, Fun, Map, Term};
use lam_isa::operand::{AtomId, Label, LitId};
use lam_isa::{FunRef, Instr, Literal, Location, Module, Verified};
use num_bigint::{BigInt, Sign};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// One version of a module.
#[derive(Debug)]
pub struct Loaded {
    /// Its name.
    pub name: Atom,
    /// How many modules were added before it: its identity.
    pub version: u32,
    module: Arc<Verified>,
    atoms: Vec<Atom>,
    literals: Vec<Term>,
    exports: BTreeMap<(Atom, u8), u32>,
}

impl Loaded {
    /// Makes the terms of a module.
    pub fn new(module: Arc<Verified>, version: u32) -> Loaded {
        let atoms: Vec<Atom> = module.atoms.iter().map(|text| Atom::new(text)).collect();
        let literals = module.literals.iter().map(term).collect();
        let exports = module
            .functions
            .iter()
            .zip(0..)
            .filter(|(function, _)| function.exported)
            .map(|(function, index)| ((atoms[at(function.name.0)], function.arity), index))
            .collect();
        Loaded { name: atoms[at(module.name.0)], version, atoms, literals, exports, module }
    }

    /// The module as it was verified.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// An atom of its table.
    pub fn atom(&self, atom: AtomId) -> Atom {
        self.atoms[at(atom.0)]
    }

    /// A term of its literal table.
    pub fn literal(&self, literal: LitId) -> &Term {
        &self.literals[at(literal.0)]
    }

    /// A function by index.
    pub fn function(&self, function: u32) -> &lam_isa::Function {
        &self.module.functions[at(function)]
    }

    /// The name and arity of a function.
    pub fn name_of(&self, function: u32) -> (Atom, u8) {
        let function = self.function(function);
        (self.atom(function.name), function.arity)
    }

    /// What a reference stands for.
    pub fn reference(&self, reference: lam_isa::operand::RefId) -> FunRef {
        self.module.references[at(reference.0)]
    }

    /// The exported function of that name and arity.
    pub fn export(&self, name: Atom, arity: u8) -> Option<u32> {
        self.exports.get(&(name, arity)).copied()
    }

    /// Its exported functions.
    pub fn exports(&self) -> impl Iterator<Item = (Atom, u8)> + '_ {
        self.exports.keys().copied()
    }

    /// The place in a source file of an instruction.
    pub fn location(&self, function: u32, pc: u32) -> Option<(&str, Location)> {
        let lines = &self.function(function).lines;
        let before = lines.partition_point(|(from, _)| *from <= pc);
        let (_, index) = lines.get(before.checked_sub(1)?)?;
        let location = *self.module.locations.get(at(*index))?;
        Some((self.module.files.get(at(location.file))?, location))
    }
}

/// A place in loaded code: before the instruction `pc` of a function.
#[derive(Clone, Debug)]
pub struct Place {
    /// The version of the module.
    pub module: Rc<Loaded>,
    /// The index of the function.
    pub function: u32,
    /// The index of the instruction.
    pub pc: u32,
}

impl Place {
    /// The instruction that it stands before.
    pub fn instr(&self) -> &Instr {
        &self.module.function(self.function).code[at(self.pc)]
    }

    /// The same function at a label, which is not the clause label.
    pub fn goto(&mut self, label: Label) {
        let target = self.module.function(self.function).target(label);
        self.pc = target.expect("val.index.label: labels are in range");
    }

    /// Where the label of this function is.
    pub fn target(&self, label: Label) -> Option<u32> {
        self.module.function(self.function).target(label)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        (self.module.version, self.function, self.pc)
            == (other.module.version, other.function, other.pc)
    }
}

/// Where a machine finds modules that it does not have yet.
pub trait Loader: std::fmt::Debug {
    /// The module of that name.
    fn load(&self, module: &str) -> Option<Arc<Verified>>;
}

/// The modules of a machine.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// Asked for a module at the first call into it; without one such a call is `undef`.
    pub loader: Option<Rc<dyn Loader>>,
    modules: BTreeMap<Atom, Rc<Loaded>>,
    versions: Vec<Rc<Loaded>>,
    atoms: BTreeSet<Atom>,
}

impl Code {
    /// No module yet, and where to find more.
    pub fn with_loader(loader: Rc<dyn Loader>) -> Code {
        Code { loader: Some(loader), ..Code::default() }
    }

    /// Adds a module; one of the same name is replaced for the calls that come, and stays for the
    /// processes and funs that are in it (`exec.code.add`).
    pub fn add(&mut self, module: Arc<Verified>) -> Rc<Loaded> {
        let version = u32::try_from(self.versions.len()).expect("fewer than 2^32 modules");
        let loaded = Rc::new(Loaded::new(module, version));
        self.atoms.extend(loaded.atoms.iter().copied());
        self.modules.insert(loaded.name, loaded.clone());
        self.versions.push(loaded.clone());
        loaded
    }

    /// The newest version of a module.
    pub fn module(&self, name: Atom) -> Option<&Rc<Loaded>> {
        self.modules.get(&name)
    }

    /// That version.
    pub fn version(&self, version: u32) -> &Rc<Loaded> {
        &self.versions[at(version)]
    }

    /// The names of all modules, in atom order.
    pub fn names(&self) -> impl Iterator<Item = Atom> + '_ {
        self.modules.keys().copied()
    }

    /// The exported function that a late call enters (`exec.code.late`).
    pub fn exported(&self, module: Atom, name: Atom, arity: u8) -> Option<Place> {
        let loaded = self.modules.get(&module)?;
        let function = loaded.export(name, arity)?;
        Some(Place { module: loaded.clone(), function, pc: 0 })
    }

    /// Whether a module brought this atom along.
    pub fn has_atom(&self, atom: Atom) -> bool {
        self.atoms.contains(&atom)
    }
}

/// The term of a literal.
pub fn term(literal: &Literal) -> Term {
    match literal {
        Literal::Int(n) => Term::Int(*n),
        Literal::Big { negative, magnitude } => {
            let sign = if *negative { Sign::Minus } else { Sign::Plus };
            Term::integer(BigInt::from_bytes_le(sign, magnitude))
        }
        Literal::Float(bits) => Term::Float(f64::from_bits(*bits)),
        Literal::Atom(text) => Term::atom(text),
        Literal::Nil => Term::Nil,
        Literal::List(elements, tail) => {
            Term::list_onto(elements.iter().map(term).collect::<Vec<_>>(), term(tail))
        }
        Literal::Tuple(elements) => Term::tuple(elements.iter().map(term).collect::<Vec<_>>()),
        Literal::Map(pairs) => {
            let map: Map = pairs.iter().map(|(key, value)| (term(key), term(value))).collect();
            Term::Map(Rc::new(map))
        }
        Literal::Bits(bits) => {
            let length = usize::try_from(bits.bits).expect("a bitstring fits memory");
            let bits = Bits::from_bits(bits.bytes.clone(), length);
            Term::Bits(Rc::new(bits.expect("val.literal: a bitstring has its bits")))
        }
        Literal::Fun { module, name, arity } => Term::Fun(Rc::new(Fun::External {
            module: Atom::new(module),
            name: Atom::new(name),
            arity: *arity,
        })),
    }
}

/// A stored index as a Rust index.
pub fn at(index: u32) -> usize {
    usize::try_from(index).expect("usize has at least 32 bits")
}

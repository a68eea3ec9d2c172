//! Loaded code: functions lowered to words, and who calls what.
//!
//! Owns modules and their versions, the cells through which external calls go, and the places in
//! source files. Code is never freed while its machine lives: return addresses point into it.
//! Book: *Modules*, *The host*.

use crate::atom::Atom;
use crate::heap::Heap;
use crate::native::{self, Native};
use crate::sync::Mutex;
use crate::term::Term;
use crate::{lower, term};
use lam_isa::operand::{Arity, AtomId, Label, LitId, RefId, Src, Target, XReg};
use lam_isa::{Capability, FunRef, Instr, Literal, Location, Module, Verified};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, OnceLock};

/// One function of a loaded module.
#[derive(Debug)]
pub(crate) struct Function {
    /// Its module.
    pub module: *const Loaded,
    /// Its index in the module.
    pub index: u32,
    /// Its name.
    pub name: Atom,
    /// Its arity, captured values of a fun included.
    pub arity: u8,
    /// Its first word of code.
    pub entry: *const u64,
    /// Where each label is, from label 1 on.
    pub labels: Vec<*const u64>,
    /// How many X registers it uses.
    pub registers: u16,
    /// What funs made of it refer to: one for each number of captured values that there is.
    pub lambdas: Vec<FunEntry>,
}

/// What the funs of a function have in common. Its address is in their first word.
#[derive(Debug)]
#[repr(align(8))]
pub(crate) struct FunEntry {
    /// The function.
    pub function: *const Function,
    /// The arity of the fun: that of the function without the captured values.
    pub arity: u8,
    /// The module.
    pub module: Atom,
    /// The version of the module.
    pub version: u32,
    /// Its number among the lambdas of the module.
    pub index: u32,
    /// The hash that is printed.
    pub unique: u32,
}

impl FunEntry {
    /// The function.
    pub fn function(&self) -> &Function {
        // SAFETY: a function lies beside the entry, in the same module.
        unsafe { &*self.function }
    }
}

/// What is known of an instruction of a loaded function: what the slow path executes.
#[derive(Debug)]
#[repr(align(8))]
pub(crate) struct Site {
    /// The instruction.
    pub instr: *const Instr,
    /// The function that it is in.
    pub function: *const Function,
    /// Its index in the function.
    pub index: u32,
    /// The slots of the frame before it.
    pub frame: u16,
    /// The slot of the innermost handler, if the instruction may raise and there is one.
    pub slot: u16,
    /// The handler's code; null if there is none.
    pub handler: *const u64,
    /// The code of the next instruction.
    pub next: *const u64,
    /// Whether verification has proved the shapes that the instruction wants.
    pub proved: bool,
    /// Whether any path leads to the instruction.
    pub reached: bool,
    /// Whether it is a `mark use` whose receive keeps the promise.
    pub heeded: bool,
    /// What the instruction costs, in reductions.
    pub cost: u8,
}

impl Site {
    pub fn instr(&self) -> &Instr {
        // SAFETY: the module of a site lives as long as its machine.
        unsafe { &*self.instr }
    }

    pub fn function(&self) -> &Function {
        // SAFETY: as above.
        unsafe { &*self.function }
    }

    pub fn module(&self) -> &Loaded {
        self.function().module()
    }
}

impl Function {
    pub fn module(&self) -> &Loaded {
        // SAFETY: a module outlives its functions.
        unsafe { &*self.module }
    }

    /// Where a label is; null for label 0.
    pub fn target(&self, label: Label) -> *const u64 {
        label.0.checked_sub(1).map_or(ptr::null(), |at| self.labels[at as usize])
    }
}

/// One version of a module. It does not move.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Its name.
    pub name: Atom,
    /// How many modules were added before it.
    pub version: u32,
    module: Arc<Verified>,
    atoms: Vec<Atom>,
    literals: Vec<Term>,
    /// Where the literals are.
    _heap: Heap,
    /// Its functions, in order.
    pub functions: Vec<Function>,
    /// The words of its code.
    pub code: Vec<u64>,
    /// A site for every instruction, function by function.
    pub sites: Vec<Site>,
    exports: HashMap<(Atom, u8), u32>,
}

// SAFETY: a loaded module never changes; its addresses are into itself.
unsafe impl Send for Loaded {}
// SAFETY: as above.
unsafe impl Sync for Loaded {}

impl Loaded {
    /// The module as it was verified.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The module with what verification knows.
    pub fn verified(&self) -> &Verified {
        &self.module
    }

    /// An atom of its table.
    pub fn atom(&self, atom: AtomId) -> Atom {
        self.atoms[atom.0 as usize]
    }

    /// A term of its literal table.
    pub fn literal(&self, literal: LitId) -> Term {
        self.literals[literal.0 as usize]
    }

    /// What a reference stands for.
    pub fn reference(&self, reference: RefId) -> FunRef {
        self.module.references[reference.0 as usize]
    }

    /// The exported function of that name and arity.
    pub fn export(&self, name: Atom, arity: u8) -> Option<&Function> {
        self.exports.get(&(name, arity)).map(|index| &self.functions[*index as usize])
    }

    /// Names and arities of its exported functions.
    pub fn exports(&self) -> impl Iterator<Item = (Atom, u8)> + '_ {
        self.exports.keys().copied()
    }

    /// The place in a source file of an instruction.
    pub fn location(&self, function: u32, pc: u32) -> Option<(&str, Location)> {
        let lines = &self.module.functions[function as usize].lines;
        let before = lines.partition_point(|(from, _)| *from <= pc);
        let (_, index) = lines.get(before.checked_sub(1)?)?;
        let location = *self.module.locations.get(*index as usize)?;
        Some((self.module.files.get(location.file as usize)?, location))
    }
}

/// What an external call goes through: what a name stands for now. It does not move.
#[derive(Debug)]
pub(crate) struct Cell {
    /// The module.
    pub module: Atom,
    /// The function.
    pub name: Atom,
    /// Its arity.
    pub arity: u8,
    /// The native of that name: a module's function is then never entered.
    pub native: Option<Native>,
    /// The function's first word of code; null while there is none.
    entry: AtomicPtr<u64>,
}

impl Cell {
    /// The first word of code of the function that a call enters, null if there is none (yet).
    #[inline(always)]
    pub fn entry(&self) -> *const u64 {
        self.entry.load(Ordering::Acquire)
    }
}

/// The modules of a machine.
#[derive(Debug)]
pub(crate) struct Code {
    tables: Mutex<Tables>,
    /// Whether functions are lowered with a probe before every instruction.
    probes: bool,
    /// The natives of the host.
    natives: HashSet<(Atom, Atom, u8)>,
    /// What the host grants.
    granted: BTreeSet<Capability>,
    /// The module in which every process begins.
    start: OnceLock<&'static Loaded>,
}

/// The version number of the module in which every process begins.
pub(crate) const START_VERSION: u32 = u32::MAX;

#[derive(Debug, Default)]
struct Tables {
    modules: HashMap<Atom, &'static Loaded>,
    versions: Vec<&'static Loaded>,
    /// The atoms that modules brought along.
    atoms: HashSet<Atom>,
    cells: HashMap<(Atom, Atom, u8), &'static Cell, BuildHasherDefault<AtomHasher>>,
    /// Modules that the host does not have.
    absent: HashSet<Atom>,
}

impl Code {
    /// No module yet; the host has these natives.
    pub fn new(
        probes: bool,
        natives: HashSet<(Atom, Atom, u8)>,
        granted: BTreeSet<Capability>,
    ) -> Code {
        Code { tables: Mutex::default(), probes, natives, granted, start: OnceLock::new() }
    }

    /// The one function of the module in which every process begins: `x0`, `x1` and `x2` are a
    /// module, a function and a list of arguments, and it calls them. Its frame is in no trace.
    pub fn start(&self) -> &Function {
        let loaded = self.start.get_or_init(|| {
            let x = |number| Src::X(XReg(number));
            let mut module = Module::default();
            module.name = module.intern("");
            let call = Instr::Tail {
                target: Target::Named(x(0), x(1)),
                arity: Arity::List(x(2)),
                frame: 0,
            };
            module.functions.push(lam_isa::Function {
                arity: 3,
                code: vec![call],
                ..lam_isa::Function::default()
            });
            let verified = lam_isa::verify(module).expect("the start of a process verifies");
            self.load(Arc::new(verified), START_VERSION)
        });
        &loaded.functions[0]
    }

    /// Whether code is lowered with probes.
    pub fn has_probes(&self) -> bool {
        self.probes
    }

    /// The site of the call with which every process begins.
    pub fn start_site(&self) -> &'static Site {
        // SAFETY: a module outlives its functions, and lives as long as this.
        unsafe { &(&*self.start().module).sites[0] }
    }

    /// Adds a module; one of the same name is replaced for the calls that come, and stays for the
    /// processes and funs that are in it (`exec.code.add`).
    pub fn add(&self, module: Arc<Verified>) -> &Loaded {
        let version = self.tables.lock().versions.len();
        let loaded = self.load(module, u32::try_from(version).unwrap_or(u32::MAX));
        let mut tables = self.tables.lock();
        tables.versions.push(loaded);
        tables.atoms.extend(loaded.atoms.iter().copied());
        let before = tables.modules.insert(loaded.name, loaded);
        tables.absent.remove(&loaded.name);
        let old = before.into_iter().flat_map(Loaded::exports);
        for (name, arity) in old.chain(loaded.exports()) {
            if let Some(cell) = tables.cells.get(&(loaded.name, name, arity)) {
                let entry = loaded.export(name, arity).map_or(ptr::null(), |f| f.entry);
                cell.entry.store(entry.cast_mut(), Ordering::Release);
            }
        }
        loaded
    }

    /// The cell of a name.
    pub fn cell(&self, module: Atom, name: Atom, arity: u8) -> &'static Cell {
        let mut tables = self.tables.lock();
        if let Some(cell) = tables.cells.get(&(module, name, arity)) {
            return cell;
        }
        let function = tables.modules.get(&module).and_then(|loaded| loaded.export(name, arity));
        let entry = function.map_or(ptr::null(), |function| function.entry);
        let hosts = self.natives.contains(&(module, name, arity));
        let native = native::link(module, name, arity, &self.granted);
        let native = native.or(hosts.then_some(Native::Host));
        let entry = AtomicPtr::new(entry.cast_mut());
        let cell = Box::leak(Box::new(Cell { module, name, arity, native, entry }));
        tables.cells.insert((module, name, arity), cell);
        cell
    }

    /// The newest version of a module.
    pub fn module(&self, name: Atom) -> Option<&Loaded> {
        self.tables.lock().modules.get(&name).copied()
    }

    /// The instruction that a process stands before if its next word of code is there; `None` for
    /// the one in which every process begins.
    pub fn site_at(&self, pc: *const u64) -> Option<&'static Site> {
        let tables = self.tables.lock();
        let holds = |loaded: &&&'static Loaded| loaded.code.as_ptr_range().contains(&pc);
        let loaded: &'static Loaded = tables.versions.iter().find(holds)?;
        loaded.sites.get(loaded.sites.partition_point(|site| site.next <= pc))
    }

    /// The names of all modules, in atom order.
    pub fn names(&self) -> Vec<Atom> {
        let mut names: Vec<Atom> = self.tables.lock().modules.keys().copied().collect();
        names.sort();
        names
    }

    /// Notes that the host does not have a module; says whether that was known.
    pub fn is_absent(&self, name: Atom) -> bool {
        self.tables.lock().absent.contains(&name)
    }

    /// Notes that the host does not have a module.
    pub fn set_absent(&self, name: Atom) {
        self.tables.lock().absent.insert(name);
    }

    /// Whether a module brought this atom along.
    pub fn has_atom(&self, atom: Atom) -> bool {
        self.tables.lock().atoms.contains(&atom)
    }

    fn load(&self, module: Arc<Verified>, version: u32) -> &'static Loaded {
        let mut heap = Heap::new(0);
        let atoms: Vec<Atom> = module.atoms.iter().map(|text| Atom::new(text)).collect();
        let literals = module.literals.iter().map(|l| literal(&mut heap, l)).collect();
        let exported = module.functions.iter().zip(0..).filter(|(function, _)| function.exported);
        let exports = exported
            .map(|(function, index)| ((atoms[function.name.0 as usize], function.arity), index))
            .collect();
        let loaded = Box::into_raw(Box::new(Loaded {
            name: atoms[module.name.0 as usize],
            version,
            atoms,
            literals,
            _heap: heap,
            functions: Vec::new(),
            code: Vec::new(),
            sites: Vec::new(),
            exports,
            module,
        }));
        // SAFETY: just allocated; it is changed here only, and freed with `self`.
        unsafe {
            lower::module(self, loaded, self.probes);
            &*loaded
        }
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        let tables = self.tables.lock();
        // SAFETY: both were leaked by this `Code`, whose machine has no process left that could
        // refer to them.
        unsafe {
            for loaded in tables.versions.iter().chain(self.start.get()) {
                drop(Box::from_raw(ptr::from_ref(*loaded).cast_mut()));
            }
            for cell in tables.cells.values() {
                drop(Box::from_raw(ptr::from_ref(*cell).cast_mut()));
            }
        }
    }
}

/// Hashes atoms: their indices are distinct, so a multiplication spreads them well enough, in a
/// tenth of the time that the standard hasher takes.
#[derive(Default)]
struct AtomHasher(u64);

impl Hasher for AtomHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u8(*byte));
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// The term of a literal.
pub(crate) fn literal(heap: &mut Heap, literal: &Literal) -> Term {
    match literal {
        Literal::Int(n) => heap.integer(*n),
        Literal::Big { negative, magnitude } => {
            term::integer::from_bytes(heap, *negative, magnitude)
        }
        Literal::Float(bits) => heap.float(f64::from_bits(*bits)),
        Literal::Atom(text) => Term::atom(Atom::new(text)),
        Literal::Nil => Term::NIL,
        Literal::List(elements, tail) => {
            let tail = self::literal(heap, tail);
            let elements: Vec<Term> = elements.iter().map(|l| self::literal(heap, l)).collect();
            heap.list_onto(elements, tail)
        }
        Literal::Tuple(elements) => {
            let elements: Vec<Term> = elements.iter().map(|l| self::literal(heap, l)).collect();
            heap.tuple(&elements)
        }
        Literal::Map(pairs) => {
            let mut pairs: Vec<(Term, Term)> = pairs
                .iter()
                .map(|(k, v)| (self::literal(heap, k), self::literal(heap, v)))
                .collect();
            term::map::from_pairs(heap, &mut pairs)
        }
        Literal::Bits(bits) => {
            heap.bitstring(&bits.bytes, usize::try_from(bits.bits).unwrap_or(usize::MAX))
        }
        Literal::Fun { module, name, arity } => {
            heap.external(Atom::new(module), Atom::new(name), *arity)
        }
    }
}

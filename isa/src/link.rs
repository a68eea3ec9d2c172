//! Linking: which modules, functions and natives a program reaches, and which it lacks.
//!
//! Owns the walk over references. Knows nothing of files or machines: a [`Library`] finds modules
//! and says what is native. Calls of functions that are only known at run time cannot be followed;
//! of the modules given as roots every function counts as reached. Book: *The host*.

use crate::kind::Command;
use crate::module::{FunRef, Literal};
use crate::operand::{OperandRef, RefId, Src, Target};
use crate::table::Instr;
use crate::verify::Verified;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// A function by module, name and arity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionName {
    /// The module.
    pub module: String,
    /// The function.
    pub name: String,
    /// Its arity.
    pub arity: u8,
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.module, self.name, self.arity)
    }
}

/// Where modules come from, and what is native.
pub trait Library {
    /// The module of that name.
    fn module(&mut self, name: &str) -> Option<Arc<Verified>>;

    /// Whether the machine has a native of that name.
    fn is_native(&self, function: &FunctionName) -> bool;
}

/// What a program needs.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// The modules it reaches, the roots among them.
    pub modules: BTreeMap<String, Arc<Verified>>,
    /// How many functions of each module it reaches.
    pub functions: BTreeMap<String, usize>,
    /// The natives it calls.
    pub natives: BTreeSet<FunctionName>,
    /// What is neither, and a function that refers to it.
    pub missing: BTreeMap<FunctionName, FunctionName>,
}

/// Follows every reference from the functions of `roots`.
pub fn reach(roots: &[Arc<Verified>], library: &mut dyn Library) -> Needs {
    let mut walk =
        Walk { library, needs: Needs::default(), seen: BTreeSet::new(), todo: Vec::new() };
    for root in roots {
        walk.needs.modules.insert(root.name().to_string(), root.clone());
    }
    for root in roots {
        let count = u32::try_from(root.functions.len()).expect("fewer than 2^32 functions");
        (0..count).for_each(|index| walk.visit(root, index));
    }
    while let Some((module, index)) = walk.todo.pop() {
        walk.function(&module, index);
    }
    walk.needs
}

struct Walk<'l> {
    library: &'l mut dyn Library,
    needs: Needs,
    seen: BTreeSet<(String, u32)>,
    todo: Vec<(Arc<Verified>, u32)>,
}

impl Walk<'_> {
    fn visit(&mut self, module: &Arc<Verified>, index: u32) {
        if self.seen.insert((module.name().to_string(), index)) {
            *self.needs.functions.entry(module.name().to_string()).or_default() += 1;
            self.todo.push((module.clone(), index));
        }
    }

    fn function(&mut self, module: &Arc<Verified>, index: u32) {
        let Some(function) = usize::try_from(index).ok().and_then(|i| module.functions.get(i))
        else {
            return;
        };
        let from = FunctionName {
            module: module.name().to_string(),
            name: module.atom(function.name).to_string(),
            arity: function.arity,
        };
        for instr in &function.code {
            // A stub names its native; what it is called as is the stub itself.
            if let Instr::Host { function } = instr {
                self.reference(module, *function, &from);
                continue;
            }
            for operand in instr.operands() {
                self.operand(module, &operand, &from);
            }
        }
    }

    fn operand(&mut self, module: &Arc<Verified>, operand: &OperandRef<'_>, from: &FunctionName) {
        match operand {
            OperandRef::Ref(reference) | OperandRef::Target(Target::Fun(reference)) => {
                self.reference(module, *reference, from);
            }
            OperandRef::Target(Target::Value(src)) | OperandRef::Src(src) => {
                self.source(module, src, from);
            }
            OperandRef::Srcs(sources) => {
                sources.iter().for_each(|src| self.source(module, src, from));
            }
            OperandRef::Moves(pairs) => {
                pairs.iter().for_each(|(src, _)| self.source(module, src, from));
            }
            OperandRef::Elements(pairs) => {
                pairs.iter().for_each(|(_, src)| self.source(module, src, from));
            }
            OperandRef::Pairs(pairs) => {
                let sources = pairs.iter().flat_map(|(key, value)| [key, value]);
                sources.for_each(|src| self.source(module, src, from));
            }
            OperandRef::Segments(segments) => {
                segments.iter().for_each(|segment| self.source(module, &segment.value, from));
            }
            OperandRef::Commands(commands) => {
                for command in *commands {
                    if let Command::Start(src) = command {
                        self.source(module, src, from);
                    }
                }
            }
            _ => {}
        }
    }

    /// External funs in literals are references, too.
    fn source(&mut self, module: &Arc<Verified>, src: &Src, from: &FunctionName) {
        let Src::Lit(literal) = src else { return };
        let index = usize::try_from(literal.0).unwrap_or(usize::MAX);
        let Some(literal) = module.literals.get(index) else { return };
        let mut todo = alloc::vec![literal];
        while let Some(literal) = todo.pop() {
            match literal {
                Literal::Fun { module, name, arity } => {
                    let function = FunctionName {
                        module: module.to_string(),
                        name: name.to_string(),
                        arity: *arity,
                    };
                    self.external(function, from);
                }
                Literal::List(elements, tail) => {
                    todo.extend(elements);
                    todo.push(tail);
                }
                Literal::Tuple(elements) => todo.extend(elements),
                Literal::Map(pairs) => {
                    todo.extend(pairs.iter().flat_map(|(key, value)| [key, value]));
                }
                _ => {}
            }
        }
    }

    fn reference(&mut self, module: &Arc<Verified>, reference: RefId, from: &FunctionName) {
        match module.reference(reference) {
            Some(FunRef::Local(index)) => self.visit(module, index),
            Some(FunRef::External { module: m, name, arity }) => {
                let function = FunctionName {
                    module: module.atom(m).to_string(),
                    name: module.atom(name).to_string(),
                    arity,
                };
                self.external(function, from);
            }
            None => {}
        }
    }

    fn external(&mut self, function: FunctionName, from: &FunctionName) {
        if self.library.is_native(&function) {
            self.needs.natives.insert(function);
            return;
        }
        let known = self.needs.modules.get(&function.module).cloned();
        let Some(module) = known.or_else(|| self.library.module(&function.module)) else {
            self.needs.missing.entry(function).or_insert_with(|| from.clone());
            return;
        };
        let exported = module.functions.iter().zip(0..).find(|(candidate, _)| {
            candidate.exported
                && candidate.arity == function.arity
                && module.atom(candidate.name) == function.name
        });
        match exported {
            Some((_, index)) => {
                self.needs.modules.entry(function.module).or_insert_with(|| module.clone());
                self.visit(&module, index);
            }
            None => {
                self.needs.missing.entry(function).or_insert_with(|| from.clone());
            }
        }
    }
}

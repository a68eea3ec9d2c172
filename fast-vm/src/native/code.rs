//! Natives about loaded code.

use super::{BoundTable, Effect, Reply};
use crate::atom::{self, Atom};
use crate::code::Loaded;
use crate::core::Core;
use crate::exception::Exception;
use crate::heap::Heap;
use crate::term::Term;
use crate::term::integer::to_i64;

use Effect::Own;

/// The natives of this theme.
pub(crate) const TABLE: BoundTable = &[
    ("erlang", "get_module_info", 1, Own, module_info),
    ("erlang", "get_module_info", 2, Own, module_info_item),
    ("erlang", "function_exported", 3, Own, function_exported),
    ("erlang", "module_loaded", 1, Own, module_loaded),
    ("erlang", "loaded", 0, Own, loaded),
    ("erlang", "is_builtin", 3, Own, is_builtin),
    ("erlang", "make_fun", 3, Own, make_fun),
];

const ITEMS: [&str; 6] = ["module", "exports", "functions", "attributes", "compile", "md5"];

fn badarg() -> Reply {
    Reply::Raise(Exception::badarg())
}

/// A list of `{Name, Arity}`.
fn signatures(heap: &mut Heap, functions: impl Iterator<Item = (Atom, u8)>) -> Term {
    let pairs: Vec<Term> = functions
        .map(|(name, arity)| heap.tuple(&[Term::atom(name), Term::small(i64::from(arity))]))
        .collect();
    heap.list(pairs)
}

fn item(heap: &mut Heap, module: &Loaded, name: &str) -> Option<Term> {
    match name {
        "module" => Some(Term::atom(module.name)),
        "exports" => {
            let mut exports: Vec<(Atom, u8)> = module.exports().collect();
            exports.sort_unstable();
            Some(signatures(heap, exports.into_iter()))
        }
        "functions" => {
            let functions = module.functions.iter();
            Some(signatures(heap, functions.map(|function| (function.name, function.arity))))
        }
        "native" => Some(Term::boolean(false)),
        _ => {
            let info = &module.module().info;
            let known = info.iter().find(|(key, _)| module.atom(*key).text() == name);
            match known {
                Some((_, literal)) => Some(module.literal(*literal)),
                None => ITEMS.contains(&name).then_some(Term::NIL),
            }
        }
    }
}

/// The module of that name, if it is loaded, and the heap of the process.
fn module(core: &mut Core, name: Term) -> Option<(&Loaded, &mut Heap)> {
    let loaded = core.machine.code.module(name.as_atom()?)?;
    Some((loaded, &mut core.me.heap))
}

fn module_info(core: &mut Core, args: &[Term]) -> Reply {
    let Some((module, heap)) = module(core, args[0]) else { return badarg() };
    let mut pairs = Vec::new();
    for name in ITEMS.iter().filter(|name| **name != "functions") {
        if let Some(value) = item(heap, module, name) {
            pairs.push(heap.tuple(&[Term::atom(Atom::new(name)), value]));
        }
    }
    Reply::Value(heap.list(pairs))
}

fn module_info_item(core: &mut Core, args: &[Term]) -> Reply {
    let Some(((module, heap), name)) = module(core, args[0]).zip(args[1].as_atom()) else {
        return badarg();
    };
    item(heap, module, name.text()).map_or_else(badarg, Reply::Value)
}

/// Whether a call would find something; a module that the host has is loaded to see.
fn function_exported(core: &mut Core, args: &[Term]) -> Reply {
    let arity = to_i64(args[2]).filter(|arity| *arity >= 0);
    let (Some(module), Some(name), Some(arity)) = (args[0].as_atom(), args[1].as_atom(), arity)
    else {
        return badarg();
    };
    let exported = u8::try_from(arity).is_ok_and(|arity| {
        super::find(module, name, arity).is_some() || {
            core.load(module);
            let loaded = core.machine.code.module(module);
            loaded.is_some_and(|loaded| loaded.export(name, arity).is_some())
        }
    });
    Reply::Value(Term::boolean(exported))
}

fn module_loaded(core: &mut Core, args: &[Term]) -> Reply {
    let Some(name) = args[0].as_atom() else { return badarg() };
    let loaded = name == atom::ERLANG || core.machine.code.module(name).is_some();
    Reply::Value(Term::boolean(loaded))
}

fn loaded(core: &mut Core, _: &[Term]) -> Reply {
    let names = core.machine.code.names();
    Reply::Value(core.heap().list(names.into_iter().map(Term::atom)))
}

/// Module, name and arity that arguments spell; no arity that is none of a function's.
fn named(args: &[Term]) -> Option<(Atom, Atom, Option<u8>)> {
    let arity = args[2].as_small().and_then(|arity| u8::try_from(arity).ok());
    Some((args[0].as_atom()?, args[1].as_atom()?, arity))
}

fn is_builtin(_: &mut Core, args: &[Term]) -> Reply {
    let Some((module, name, arity)) = named(args) else { return badarg() };
    let exists = arity.is_some_and(|arity| super::find(module, name, arity).is_some());
    Reply::Value(Term::boolean(exists))
}

fn make_fun(core: &mut Core, args: &[Term]) -> Reply {
    let Some((module, name, Some(arity))) = named(args) else { return badarg() };
    Reply::Value(core.heap().external(module, name, arity))
}

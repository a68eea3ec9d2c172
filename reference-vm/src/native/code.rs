//! Natives about loaded code.

use super::{BoundTable, Effect, Exception, Reply};
use crate::code::Loaded;
use crate::exec::Exec;
use crate::term::{Fun, Term};
use std::rc::Rc;

use Effect::Own;

/// The natives of this theme.
pub const TABLE: BoundTable = &[
    ("erlang", "get_module_info", 1, Own, module_info),
    ("erlang", "get_module_info", 2, Own, module_info_item),
    ("erlang", "function_exported", 3, Own, function_exported),
    ("erlang", "module_loaded", 1, Own, module_loaded),
    ("erlang", "loaded", 0, Own, loaded),
    ("erlang", "is_builtin", 3, Own, is_builtin),
    ("erlang", "make_fun", 3, Own, make_fun),
];

const ITEMS: [&str; 6] = ["module", "exports", "functions", "attributes", "compile", "md5"];

fn item(module: &Loaded, name: &str) -> Option<Term> {
    let pair = |(name, arity): (crate::term::Atom, u8)| {
        Term::tuple([Term::Atom(name), Term::Int(i64::from(arity))])
    };
    match name {
        "module" => Some(Term::Atom(module.name)),
        "exports" => Some(Term::list(module.exports().map(pair).collect::<Vec<_>>())),
        "functions" => {
            let count = u32::try_from(module.module().functions.len()).unwrap_or(u32::MAX);
            Some(Term::list((0..count).map(|index| pair(module.name_of(index)))))
        }
        "native" => Some(Term::boolean(false)),
        _ => {
            let info = &module.module().info;
            let known = info.iter().find(|(key, _)| module.atom(*key).text() == name);
            match known {
                Some((_, literal)) => Some(module.literal(*literal).clone()),
                None => ITEMS.contains(&name).then_some(Term::Nil),
            }
        }
    }
}

fn module(exec: &mut Exec<'_>, name: &Term) -> Option<Rc<Loaded>> {
    exec.machine.code.module(name.as_atom()?).cloned()
}

fn module_info(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let Some(module) = module(exec, &args[0]) else {
        return Reply::Raise(Exception::badarg());
    };
    let items = ITEMS.iter().filter(|name| **name != "functions");
    let pairs =
        items.filter_map(|name| Some(Term::tuple([Term::atom(name), item(&module, name)?])));
    Reply::Value(Term::list(pairs.collect::<Vec<_>>()))
}

fn module_info_item(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let name = args[1].as_atom();
    let found = module(exec, &args[0]).zip(name);
    match found.and_then(|(module, name)| item(&module, name.text())) {
        Some(value) => Reply::Value(value),
        None => Reply::Raise(Exception::badarg()),
    }
}

fn function_exported(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let arity = args[2].as_int().filter(|arity| *arity >= 0);
    let (Some(module), Some(name), Some(arity)) = (args[0].as_atom(), args[1].as_atom(), arity)
    else {
        return Reply::Raise(Exception::badarg());
    };
    let exported = u8::try_from(arity).is_ok_and(|arity| {
        super::exists(module, name, arity) || exec.machine.exported(module, name, arity).is_some()
    });
    Reply::Value(Term::boolean(exported))
}

fn module_loaded(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    match args[0].as_atom() {
        Some(name) => Reply::Value(Term::boolean(
            name.text() == "erlang" || exec.machine.code.module(name).is_some(),
        )),
        None => Reply::Raise(Exception::badarg()),
    }
}

fn loaded(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    Reply::Value(Term::list(exec.machine.code.names().map(Term::Atom).collect::<Vec<_>>()))
}

fn is_builtin(_: &mut Exec<'_>, args: &[Term]) -> Reply {
    let arity = args[2].as_int().and_then(|arity| u8::try_from(arity).ok());
    match (args[0].as_atom(), args[1].as_atom()) {
        (Some(module), Some(name)) => {
            let exists = arity.is_some_and(|arity| super::exists(module, name, arity));
            Reply::Value(Term::boolean(exists))
        }
        _ => Reply::Raise(Exception::badarg()),
    }
}

fn make_fun(_: &mut Exec<'_>, args: &[Term]) -> Reply {
    let arity = args[2].as_int().and_then(|arity| u8::try_from(arity).ok());
    match (args[0].as_atom(), args[1].as_atom(), arity) {
        (Some(module), Some(name), Some(arity)) => {
            Reply::Value(Term::Fun(Rc::new(Fun::External { module, name, arity })))
        }
        _ => Reply::Raise(Exception::badarg()),
    }
}

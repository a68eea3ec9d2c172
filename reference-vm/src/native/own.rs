//! Natives that touch only the process that calls them: dictionary, references, aliases.

use super::{BoundTable, Effect, Exception, Reply};
use crate::exec::Exec;
use crate::process::Alias;
use crate::term::Term;
use lam_isa::Rule;

use Effect::{Own, Shared};

/// The natives of this theme.
pub const TABLE: BoundTable = &[
    ("erlang", "self", 0, Own, self_pid),
    ("erlang", "put", 2, Own, put),
    ("erlang", "get", 0, Own, dictionary),
    ("erlang", "get", 1, Own, get),
    ("erlang", "get_keys", 0, Own, keys),
    ("erlang", "get_keys", 1, Own, keys_of),
    ("erlang", "erase", 0, Own, erase_all),
    ("erlang", "erase", 1, Own, erase),
    ("erlang", "make_ref", 0, Own, make_ref),
    ("erlang", "unique_integer", 0, Own, unique_integer),
    ("erlang", "unique_integer", 1, Own, unique_integer),
    ("erlang", "alias", 0, Shared, alias),
    ("erlang", "alias", 1, Shared, alias),
    ("erlang", "unalias", 1, Shared, unalias),
    ("erlang", "garbage_collect", 0, Own, garbage_collect),
    ("erlang", "garbage_collect", 1, Own, garbage_collect),
    ("erlang", "bump_reductions", 1, Own, bump_reductions),
];

fn self_pid(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    Reply::Value(Term::Pid(exec.pid))
}

fn undefined() -> Term {
    Term::atom("undefined")
}

fn put(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecDictionaryPut);
    let old = exec.me.dictionary.insert(args[0].clone(), args[1].clone());
    Reply::Value(old.unwrap_or_else(undefined))
}

fn get(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecDictionaryRead);
    Reply::Value(exec.me.dictionary.get(&args[0]).cloned().unwrap_or_else(undefined))
}

fn pairs(exec: &Exec<'_>) -> Term {
    let pairs = exec.me.dictionary.iter();
    Term::list(pairs.map(|(key, value)| Term::tuple([key.clone(), value.clone()])))
}

fn dictionary(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecDictionaryRead);
    Reply::Value(pairs(exec))
}

fn keys(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecDictionaryRead);
    Reply::Value(Term::list(exec.me.dictionary.keys().cloned()))
}

fn keys_of(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecDictionaryRead);
    let with_value = exec.me.dictionary.iter().filter(|(_, value)| **value == args[0]);
    Reply::Value(Term::list(with_value.map(|(key, _)| key.clone()).collect::<Vec<_>>()))
}

fn erase(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecDictionaryErase);
    Reply::Value(exec.me.dictionary.remove(&args[0]).unwrap_or_else(undefined))
}

fn erase_all(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecDictionaryErase);
    let old = pairs(exec);
    exec.me.dictionary.clear();
    Reply::Value(old)
}

fn make_ref(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecReferenceMake);
    let me = exec.pid;
    Reply::Value(Term::Ref(exec.me.new_reference(me)))
}

/// A positive integer that no other call on this machine gives: the maker and its count.
fn unique_integer(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    if let Some(options) = args.first() {
        let known = |option: &Term| option.is_atom("positive") || option.is_atom("monotonic");
        if !options.to_vec().is_some_and(|options| options.iter().all(known)) {
            return Reply::Raise(Exception::badarg());
        }
    }
    exec.machine.fire(Rule::ExecReferenceMake);
    exec.me.references += 1;
    let (count, maker) = (u64::from(exec.me.references), u64::from(exec.pid.0));
    Reply::Value(Term::integer((count << 32) | maker))
}

fn alias(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let mut kind = Alias::Explicit;
    for option in args.first().map_or(Some(Vec::new()), Term::to_vec).unwrap_or_default() {
        match option {
            option if option.is_atom("explicit_unalias") => {}
            option if option.is_atom("reply") => kind = Alias::Reply,
            _ => return Reply::Raise(Exception::badarg()),
        }
    }
    Reply::Value(Term::Ref(exec.new_alias(Some(kind))))
}

fn unalias(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let Term::Ref(alias) = args[0] else { return Reply::Raise(Exception::badarg()) };
    exec.machine.fire(Rule::ExecAliasDrop);
    Reply::Value(Term::boolean(exec.me.aliases.remove(&alias).is_some()))
}

fn garbage_collect(_: &mut Exec<'_>, _: &[Term]) -> Reply {
    Reply::Value(Term::boolean(true))
}

fn bump_reductions(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    match args[0] {
        Term::Int(n) if n > 0 => {
            exec.me.reductions += n.unsigned_abs().min(u64::from(u32::MAX));
            Reply::Value(Term::boolean(true))
        }
        _ => Reply::Raise(Exception::badarg()),
    }
}

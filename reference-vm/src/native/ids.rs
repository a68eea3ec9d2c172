//! Natives between identifiers, funs and text.

use super::{Env, Exception, PureTable};
use crate::op::characters;
use crate::term::{Ref, Term, display_with};

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("erlang", "pid_to_list", 1, pid_to_list),
    ("erlang", "ref_to_list", 1, ref_to_list),
    ("erlang", "fun_to_list", 1, fun_to_list),
    ("erlang", "port_to_list", 1, port_to_list),
    ("erlang", "list_to_pid", 1, list_to_pid),
    ("erlang", "list_to_ref", 1, list_to_ref),
    ("erlang", "list_to_port", 1, port_to_list),
];

/// The canonical text (`term.print.canonical`).
fn text(env: &dyn Env, term: &Term) -> Term {
    Term::string(&display_with(term, &|pid| env.path(pid)))
}

fn pid_to_list(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    match &args[0] {
        pid @ Term::Pid(_) => Ok(text(env, pid)),
        _ => Err(Exception::badarg()),
    }
}

fn ref_to_list(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    match &args[0] {
        reference @ Term::Ref(_) => Ok(text(env, reference)),
        _ => Err(Exception::badarg()),
    }
}

fn fun_to_list(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    match &args[0] {
        fun @ Term::Fun(_) => Ok(text(env, fun)),
        _ => Err(Exception::badarg()),
    }
}

/// There are no ports.
fn port_to_list(_: &mut dyn Env, _: &[Term]) -> Result<Term, Exception> {
    Err(Exception::badarg())
}

/// The process of that path, dead or alive; of a path that no process has, `badarg`.
fn list_to_pid(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let text = characters(&args[0]).ok_or_else(Exception::badarg)?;
    let path = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    let pid = path.and_then(|path| env.pid_at(path));
    pid.map(Term::Pid).ok_or_else(Exception::badarg)
}

fn list_to_ref(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let text = characters(&args[0]).ok_or_else(Exception::badarg)?;
    let inner = text.strip_prefix("#Ref<").and_then(|text| text.strip_suffix('>'));
    let reference = || {
        let (path, number) = inner?.rsplit_once('.')?;
        Some(Term::Ref(Ref { creator: env.pid_at(path)?, number: number.parse().ok()? }))
    };
    reference().ok_or_else(Exception::badarg)
}

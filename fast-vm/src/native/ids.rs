//! Natives between identifiers, funs and text.

use super::PureTable;
use crate::core::Core;
use crate::exception::Exception;
use crate::op::characters;
use crate::term::print::display;
use crate::term::{Ref, SMALL_MAX, Term};
use std::sync::atomic::Ordering;

/// The natives of this theme.
pub(crate) const TABLE: PureTable = &[
    ("erlang", "pid_to_list", 1, pid_to_list),
    ("erlang", "ref_to_list", 1, ref_to_list),
    ("erlang", "fun_to_list", 1, fun_to_list),
    ("erlang", "port_to_list", 1, port_to_list),
    ("erlang", "list_to_pid", 1, list_to_pid),
    ("erlang", "list_to_ref", 1, list_to_ref),
    ("erlang", "list_to_port", 1, port_to_list),
];

/// The canonical text (`term.print.canonical`) of a term that is `right`.
fn text(core: &mut Core, term: Term, right: bool) -> Result<Term, Exception> {
    if !right {
        return Err(Exception::badarg());
    }
    let text = display(term, &|pid| core.path(pid));
    Ok(core.heap().string(&text))
}

fn pid_to_list(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    text(core, args[0], args[0].as_pid().is_some())
}

fn ref_to_list(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    text(core, args[0], args[0].as_ref().is_some())
}

fn fun_to_list(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    text(core, args[0], args[0].is_fun())
}

/// There are no ports.
fn port_to_list(_: &mut Core, _: &[Term]) -> Result<Term, Exception> {
    Err(Exception::badarg())
}

/// The process of that path, dead or alive; of a path that no process has, `badarg`.
fn list_to_pid(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let text = characters(args[0]).ok_or_else(Exception::badarg)?;
    let path = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    let pid = path.and_then(|path| core.machine.pid_at(path));
    pid.map(Term::pid).ok_or_else(Exception::badarg)
}

fn list_to_ref(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let text = characters(args[0]).ok_or_else(Exception::badarg)?;
    let inner = text.strip_prefix("#Ref<").and_then(|text| text.strip_suffix('>'));
    let reference = || {
        let (path, number) = inner?.rsplit_once('.')?;
        let number = number.parse().ok().filter(|number| *number <= SMALL_MAX.unsigned_abs())?;
        Some(Ref { creator: core.machine.pid_at(path)?, number })
    };
    let reference = reference().ok_or_else(Exception::badarg)?;
    core.machine.forged.store(true, Ordering::Relaxed);
    Ok(core.heap().reference(reference))
}

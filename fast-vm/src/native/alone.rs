//! Natives of a world that a machine does not have: other nodes, ports, an environment. They
//! answer as on a node that is alone.

use super::PureTable;
use crate::atom::Atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::term::Term;

/// The natives of this theme.
pub(crate) const TABLE: PureTable = &[
    ("erlang", "nodes", 0, |_, _| Ok(Term::NIL)),
    ("erlang", "nodes", 1, |_, _| Ok(Term::NIL)),
    ("erlang", "is_alive", 0, |_, _| Ok(Term::boolean(false))),
    ("erlang", "get_cookie", 0, |_, _| Ok(Term::atom(Atom::new("nocookie")))),
    ("erlang", "monitor_node", 2, monitor_node),
    ("erlang", "monitor_node", 3, monitor_node),
    ("erlang", "ports", 0, |_, _| Ok(Term::NIL)),
    ("erlang", "pre_loaded", 0, |_, _| Ok(Term::NIL)),
    ("erts_internal", "get_dflags", 0, |_, _| Ok(Term::NIL)),
    ("erts_internal", "get_creation", 0, |_, _| Ok(Term::small(0))),
    ("net_kernel", "dflag_unicode_io", 1, |_, _| Ok(Term::boolean(true))),
    ("os", "getenv", 0, |_, _| Ok(Term::NIL)),
    ("os", "getenv", 1, |_, _| Ok(Term::boolean(false))),
    ("os", "type", 0, os_type),
];

/// There is no distribution to monitor nodes by.
fn monitor_node(_: &mut Core, _: &[Term]) -> Result<Term, Exception> {
    Err(Exception::error(Atom::new("notalive")))
}

fn os_type(core: &mut Core, _: &[Term]) -> Result<Term, Exception> {
    let parts = ["unix", "lam"].map(|text| Term::atom(Atom::new(text)));
    Ok(core.heap().tuple(&parts))
}

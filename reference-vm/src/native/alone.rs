//! Natives of a world that a machine does not have: other nodes, ports, an environment. They
//! answer as on a node that is alone.

use super::{Env, Exception, PureTable};
use crate::term::Term;

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("erlang", "nodes", 0, |_, _| Ok(Term::Nil)),
    ("erlang", "nodes", 1, |_, _| Ok(Term::Nil)),
    ("erlang", "is_alive", 0, |_, _| Ok(Term::boolean(false))),
    ("erlang", "get_cookie", 0, |_, _| Ok(Term::atom("nocookie"))),
    ("erlang", "monitor_node", 2, monitor_node),
    ("erlang", "monitor_node", 3, monitor_node),
    ("erlang", "ports", 0, |_, _| Ok(Term::Nil)),
    ("erlang", "pre_loaded", 0, |_, _| Ok(Term::Nil)),
    ("erts_internal", "get_dflags", 0, |_, _| Ok(Term::Nil)),
    ("erts_internal", "get_creation", 0, |_, _| Ok(Term::Int(0))),
    ("net_kernel", "dflag_unicode_io", 1, |_, _| Ok(Term::boolean(true))),
    ("os", "getenv", 0, |_, _| Ok(Term::Nil)),
    ("os", "getenv", 1, |_, _| Ok(Term::boolean(false))),
    ("os", "type", 0, |_, _| Ok(Term::tuple([Term::atom("unix"), Term::atom("lam")]))),
];

/// There is no distribution to monitor nodes by.
fn monitor_node(_: &mut dyn Env, _: &[Term]) -> Result<Term, Exception> {
    Err(Exception::error("notalive"))
}

//! The canonical text of terms.

use crate::read;
use lam_reference::term::{Fun, Pid, Ref, Term, display, display_with};
use std::rc::Rc;

#[test]
fn terms_print_as_they_are_read() {
    for text in [
        "{a, [1, 2]}",
        "[a | b]",
        "[]",
        "{}",
        "#{}",
        "#{1 => x, 2.0 => y, a => #{b => c}}",
        "<<>>",
        "<<1, 2, 3:4>>",
        "'hello world'",
        "''",
        "'A'",
        "a@b_1",
        "'1a'",
        "'fun'",
        "'maybe'",
        "é",
        "'пр'",
        "'\\n\\'\\\\'",
        "-1180591620717411303424",
        "fun lists:map/2",
        "fun 'A b':c/0",
        "1.0",
        "-0.0",
        "0.1",
        "1.0e10",
        "1.0e-5",
        "0.0001",
        "100.0",
        "1.0e5",
        "123456.789",
        "1.2345678901234568e17",
        "5.0e-324",
        "1.7976931348623157e308",
        "9007199254740991.0",
        "9.007199254740992e15",
    ] {
        assert_eq!(display(&read::term(text)), text);
    }
}

#[test]
fn strings_are_lists_and_keys_are_ordered() {
    assert_eq!(display(&read::term("\"ab\"")), "[97, 98]");
    let map = "#{\"s\" => 1, b => 1, a => 1, 2 => 1, 1.5 => 1, -0.0 => 1, 0.0 => 1}";
    let ordered = "#{2 => 1, -0.0 => 1, 0.0 => 1, 1.5 => 1, a => 1, b => 1, [115] => 1}";
    assert_eq!(display(&read::term(map)), ordered);
}

#[test]
fn identities_print_by_path() {
    let path = |pid: Pid| format!("0.{}", pid.0);
    let shown = |term| display_with(&term, &path);
    assert_eq!(shown(Term::Pid(Pid(1))), "<0.1>");
    assert_eq!(shown(Term::Ref(Ref { creator: Pid(1), number: 3 })), "#Ref<0.1.3>");
    let fun = Fun::Local {
        module: lam_reference::term::Atom::new("M"),
        function: 4,
        version: 0,
        arity: 2,
        index: 0,
        unique: 123,
        captured: vec![Term::Nil],
    };
    assert_eq!(shown(Term::Fun(Rc::new(fun))), "#Fun<'M'.0.123>");
}

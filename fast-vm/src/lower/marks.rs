//! Receives that may begin behind a mark: those that take nothing but what holds the reference.
//!
//! `mark use` promises that, and a machine that believes it is wrong for a program that lies. So the
//! promise is read off the code: between `recv` and whatever could be seen outside, every path has
//! compared a part of the message with the reference, and a message without it leads back to `recv`.
//! A message that was there before the reference was made can then only be passed over.
//! Rules: `exec.mark.hint`, `sched.mark.erased`.

use lam_isa::kind::{Mark, Test};
use lam_isa::operand::{Dst, Label, Src};
use lam_isa::verify::Facts;
use lam_isa::{Function, Instr};

/// The most instructions that are followed; a receive of a compiler has a few for each clause.
const STEPS_MAX: usize = 256;

/// Whether an instruction is `mark use`, and the receive behind it keeps the promise.
pub(super) fn heeded(function: &Function, at: usize, facts: &Facts) -> bool {
    let Instr::Mark { kind: Mark::Use, args, .. } = &function.code[at] else { return false };
    let [reference] = args.as_slice() else { return false };
    let Some(Instr::Recv { dst, .. }) = function.code.get(at + 1) else { return false };
    if place(*dst).as_ref() == Some(reference) {
        return false;
    }
    let proved = |index: usize| facts.site(index as u32).proved;
    // Paths that are still to be followed: the next instruction, and where parts of the message are.
    let mut paths = vec![(at + 2, Vec::from_iter(place(*dst)))];
    for _ in 0..STEPS_MAX {
        let Some((here, mut parts)) = paths.pop() else { return true };
        if here == at || here == at + 1 {
            continue;
        }
        let mut branch = |label: Label| match function.target(label) {
            Some(target) => {
                paths.push((target as usize, parts.clone()));
                true
            }
            None => false,
        };
        let goes_on = match function.code.get(here) {
            Some(Instr::Test { kind: Test::EqExact, args, other })
                if is_comparison(args, reference, &parts) =>
            {
                if !branch(*other) {
                    return false;
                }
                continue;
            }
            Some(Instr::Test { other, .. }) => branch(*other),
            Some(Instr::Switch { other, cases, .. }) => {
                if !branch(*other) || !cases.iter().all(|(_, label)| branch(*label)) {
                    return false;
                }
                continue;
            }
            Some(Instr::Jump { to }) => {
                if !branch(*to) {
                    return false;
                }
                continue;
            }
            Some(Instr::Get { tuple, dst, .. }) if proved(here) => {
                let part = parts.contains(tuple);
                write(&mut parts, reference, *dst, part)
            }
            Some(Instr::Uncons { list, head, tail }) if proved(here) => {
                let part = parts.contains(list);
                write(&mut parts, reference, *head, part)
                    && write(&mut parts, reference, *tail, part)
            }
            Some(Instr::Move { pairs }) => {
                let before = parts.clone();
                pairs
                    .iter()
                    .all(|(src, dst)| write(&mut parts, reference, *dst, before.contains(src)))
            }
            _ => false,
        };
        if !goes_on {
            return false;
        }
        paths.push((here + 1, parts));
    }
    false
}

/// A register as a source.
fn place(dst: Dst) -> Option<Src> {
    match dst {
        Dst::X(x) => Some(Src::X(x)),
        Dst::Y(y) => Some(Src::Y(y)),
        Dst::Discard => None,
    }
}

/// Whether one is the reference and the other a part of the message.
fn is_comparison(args: &[Src], reference: &Src, parts: &[Src]) -> bool {
    let [a, b] = args else { return false };
    (a == reference && parts.contains(b)) || (b == reference && parts.contains(a))
}

/// A register is written, with a part of the message or something else; false if it had the reference.
fn write(parts: &mut Vec<Src>, reference: &Src, dst: Dst, part: bool) -> bool {
    let Some(register) = place(dst) else { return true };
    parts.retain(|place| *place != register);
    if part {
        parts.push(register);
    }
    register != *reference
}

#[cfg(test)]
mod tests {
    use super::heeded;
    use lam_isa::{text, verify};

    /// Whether a receive with this code between `recv` and `accept` keeps the promise.
    fn holds(looks: &str) -> bool {
        let source = format!(
            "module m\nexport main/0\nfunction main/0\n    frame +2\n    call erlang:make_ref/0\n    \
             move x0 -> y0, [] -> y1\n    mark bind [], y0\n    mark use y0\nloop:\n    \
             recv -> x0 else idle\n{looks}    accept\n    ret 2\nidle:\n    wait infinity else loop\n"
        );
        let module = text::parse(&source).expect("it can be read").remove(0);
        let verified = verify(module).expect("it is valid");
        let function = &verified.module().functions[0];
        let facts = verified.facts(0).expect("it is verified");
        let marks = (0..function.code.len()).filter(|at| heeded(function, *at, facts)).count();
        assert!(marks <= 1, "there is one `mark use`");
        marks == 1
    }

    #[test]
    fn every_path_compares_a_part_with_the_reference() {
        let pair = "    test tagged x0, 2, pong else loop\n    get 1, x0 -> x0\n";
        assert!(holds(&format!("{pair}    test eq_exact x0, y0 else loop\n")));
        assert!(holds(&format!("{pair}    test eq_exact y0, x0 else loop\n")));
        assert!(holds("    test eq_exact x0, y0 else loop\n"));
        let through = "    test is_cons x0 else loop\n    uncons x0 -> x1, _\n    move x1 -> y1\n";
        assert!(holds(&format!("{through}    test eq_exact y1, y0 else loop\n")));
        // Two clauses, the second for whoever does not fit the first.
        let second = "    test is_tuple x0 else loop\n    test arity x0, 2 else other\n    \
                      get 0, x0 -> x1\n    test eq_exact x1, y0 else loop\n    jump taken\nother:\n    \
                      test eq_exact x0, y0 else loop\ntaken:\n";
        assert!(holds(second));
    }

    #[test]
    fn other_receives_do_not() {
        assert!(!holds(""));
        assert!(!holds("    test is_reference x0 else loop\n"));
        // A comparison with something that is no part of the message, or with another reference.
        assert!(!holds("    test eq_exact y0, y0 else loop\n"));
        assert!(!holds("    move y0 -> x1\n    test eq_exact x1, y0 else loop\n"));
        assert!(!holds("    test eq_exact x0, y1 else loop\n"));
        // The register of the reference is written before.
        assert!(!holds("    move x0 -> y0\n    test eq_exact x0, y0 else loop\n"));
        // What does not fit is taken all the same, or ends the function.
        assert!(!holds("    test eq_exact x0, y0 else taken\ntaken:\n"));
        // What may raise tells that there was such a message.
        assert!(!holds("    get 1, x0 -> x0\n    test eq_exact x0, y0 else loop\n"));
        assert!(!holds("    op hd x0 -> x0\n    test eq_exact x0, y0 else loop\n"));
    }
}

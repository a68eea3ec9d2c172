//! Compute: `op` `test`.

use super::Writer;
use crate::fast::dispatch::{self, At, Choice};
use crate::term::Term;
use lam_isa::kind::{Op, Test};
use lam_isa::operand::{Dst, Label, Src};

impl Writer<'_> {
    pub fn op(&mut self, kind: Op, args: &[Src], dst: &Dst) -> bool {
        let choice = match kind {
            Op::Add => &dispatch::ADD,
            Op::Sub => &dispatch::SUB,
            Op::Mul => &dispatch::MUL,
            Op::Fdiv => &dispatch::FDIV,
            Op::Div => &dispatch::DIV,
            Op::Rem => &dispatch::REM,
            Op::Band => &dispatch::BAND,
            Op::Bor => &dispatch::BOR,
            Op::Bxor => &dispatch::BXOR,
            Op::Bsl => &dispatch::BSL,
            Op::Bsr => &dispatch::BSR,
            Op::Fconv => &dispatch::FCONV,
            Op::SelfPid => {
                let to = self.target(dst);
                self.emit(&dispatch::SELF_PID, &[to], &[]);
                return true;
            }
            _ => return false,
        };
        let mut places: Vec<(At, u64)> = args.iter().map(|src| self.source(src)).collect();
        if places.iter().all(|(at, _)| *at == At::C) {
            return false;
        }
        places.push(self.target(dst));
        let site = self.site_word();
        self.emit(choice, &places, &[site]);
        true
    }

    pub fn test(&mut self, kind: Test, args: &[Src], other: Label) -> bool {
        if other == Label::CLAUSE {
            return self.test_or_clause(kind, args);
        }
        self.test_to(kind, args, &|writer| writer.jump_to(other))
    }

    /// A test whose failure raises `function_clause`: its other way is the whole meaning.
    fn test_or_clause(&mut self, kind: Test, args: &[Src]) -> bool {
        self.test_to(kind, args, &|writer| writer.jump_to_slow())
    }

    fn test_to(&mut self, kind: Test, args: &[Src], to: &dyn Fn(&mut Self)) -> bool {
        let places: Vec<(At, u64)> = args.iter().map(|src| self.source(src)).collect();
        if places.first().is_none_or(|(at, _)| *at == At::C) && places.len() == 1 {
            return false;
        }
        let choice: &Choice = match kind {
            Test::Lt => &dispatch::LT,
            Test::Ge => &dispatch::GE,
            Test::Eq => &dispatch::EQ,
            Test::Ne => &dispatch::NE,
            Test::EqExact | Test::NeExact => return self.same(kind == Test::EqExact, &places, to),
            Test::IsInteger => &dispatch::IS_INTEGER,
            Test::IsAtom => &dispatch::IS_ATOM,
            Test::IsPid => &dispatch::IS_PID,
            Test::IsFloat => &dispatch::IS_FLOAT,
            Test::IsList => &dispatch::IS_LIST,
            Test::IsCons => &dispatch::IS_CONS,
            Test::IsTuple => &dispatch::IS_TUPLE,
            Test::IsMap => &dispatch::IS_MAP,
            Test::IsNil => return self.same(true, &[places[0], (At::C, Term::NIL.0)], to),
            Test::Arity | Test::Tagged => return self.tuple_shape(args, &places, to),
            _ => return false,
        };
        if places.iter().all(|(at, _)| *at == At::C) {
            return false;
        }
        self.emit(choice, &places, &[]);
        to(self);
        true
    }

    /// `eq_exact` and `ne_exact`.
    fn same(&mut self, same: bool, places: &[(At, u64)], to: &dyn Fn(&mut Self)) -> bool {
        let (a, b) = match *places {
            [a @ (At::C, _), b] | [b, a @ (At::C, _)] => (b, a),
            [a, b] => (a, b),
            _ => return false,
        };
        if a.0 == At::C {
            return false;
        }
        if b.0 == At::C && !Term(b.1).is_pointer() {
            let (code, any) = if same { &dispatch::IS } else { &dispatch::ISNT }.pick(&[a.0]);
            self.operation(code);
            self.place(a, any);
            self.words.push(b.1);
        } else {
            self.emit(if same { &dispatch::SAME } else { &dispatch::DIFFER }, &[a, b], &[]);
        }
        to(self);
        true
    }

    /// `arity` and `tagged`: the shape is a constant header.
    fn tuple_shape(&mut self, args: &[Src], places: &[(At, u64)], to: &dyn Fn(&mut Self)) -> bool {
        let Some(Src::Int(size)) = args.get(1) else { return false };
        let Ok(size) = usize::try_from(*size) else { return false };
        if size >= 1 << 24 || (places.len() == 3 && size == 0) {
            return false;
        }
        let header = Self::tuple_header(size);
        let choice = if places.len() == 3 { &dispatch::HAS_TAG } else { &dispatch::HAS_HEADER };
        let (code, any) = choice.pick(&[places[0].0]);
        self.operation(code);
        self.place(places[0], any);
        self.words.push(header);
        if let Some((_, first)) = places.get(2) {
            self.words.push(*first);
        }
        to(self);
        true
    }
}

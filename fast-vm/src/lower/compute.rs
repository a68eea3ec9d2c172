//! Compute: `op` `test`.

use super::{Writer, any_pick};
use crate::fast::choice::{At, Choice};
use crate::fast::table;
use crate::term::Term;
use lam_isa::kind::{Op, Test};
use lam_isa::operand::{Dst, Label, Src};

impl Writer<'_> {
    pub fn op(&mut self, kind: Op, args: &[Src], dst: &Dst) -> bool {
        let choice = match kind {
            Op::Add => &table::ADD,
            Op::Sub => &table::SUB,
            Op::Mul => &table::MUL,
            Op::Fdiv => &table::FDIV,
            Op::Div => &table::DIV,
            Op::Rem => &table::REM,
            Op::Band => &table::BAND,
            Op::Bor => &table::BOR,
            Op::Bxor => &table::BXOR,
            Op::Bsl => &table::BSL,
            Op::Bsr => &table::BSR,
            Op::Fconv => &table::FCONV,
            Op::SelfPid => {
                let to = self.target(dst);
                self.emit(&table::SELF_PID, &[to], &[]);
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
            Test::Lt => &table::LT,
            Test::Ge => &table::GE,
            Test::Eq => &table::EQ,
            Test::Ne => &table::NE,
            Test::EqExact | Test::NeExact => return self.same(kind == Test::EqExact, &places, to),
            Test::IsInteger => &table::IS_INTEGER,
            Test::IsAtom => &table::IS_ATOM,
            Test::IsPid => &table::IS_PID,
            Test::IsFloat => &table::IS_FLOAT,
            Test::IsList => &table::IS_LIST,
            Test::IsCons => &table::IS_CONS,
            Test::IsTuple => &table::IS_TUPLE,
            Test::IsMap => &table::IS_MAP,
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
            let choice = if same { &table::IS } else { &table::ISNT };
            let (code, any) = any_pick(choice, &[a.0]);
            self.operation(code);
            self.place(a, any);
            self.words.push(b.1);
        } else {
            self.emit(if same { &table::SAME } else { &table::DIFFER }, &[a, b], &[]);
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
        let choice = if places.len() == 3 { &table::HAS_TAG } else { &table::HAS_HEADER };
        let (code, any) = any_pick(choice, &[places[0].0]);
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

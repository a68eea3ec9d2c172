//! Data: `move` `cons` `uncons` `tuple` `get` `update` `fun` `map` `pick`.

use super::Exec;
use crate::code::at;
use crate::native::Exception;
use crate::process::Value;
use crate::term::{Fun, Map, Term, compare_keys};
use lam_isa::kind::MapKind;
use lam_isa::operand::{Dst, Label, RefId, Src};
use lam_isa::table::Data;
use lam_isa::{FunRef, Rule};
use std::rc::Rc;

impl Data for Exec<'_> {
    type Out = Rule;

    fn mov(&mut self, pairs: &Vec<(Src, Dst)>) -> Rule {
        let values: Vec<Value> = pairs.iter().map(|(src, _)| self.read_value(src)).collect();

        for ((_, dst), value) in pairs.iter().zip(values) {
            self.write_value(dst, value);
        }
        self.next();
        Rule::ExecMoveParallel
    }

    fn cons(&mut self, head: &Src, tail: &Src, dst: &Dst) -> Rule {
        let (head, tail) = (self.read(head), self.read(tail));

        self.allocate(2);
        self.write(dst, Term::cons(head, tail));
        self.next();
        Rule::ExecConsBuild
    }

    fn uncons(&mut self, list: &Src, head: &Dst, tail: &Dst) -> Rule {
        let Term::Cons(cons) = self.read(list) else {
            return self.raise(Rule::ExecUnconsBadarg, Exception::badarg());
        };

        self.write(head, cons.head.clone());
        self.write(tail, cons.tail.clone());
        self.next();
        Rule::ExecUnconsSplit
    }

    fn tuple(&mut self, elements: &Vec<Src>, dst: &Dst) -> Rule {
        let elements = self.read_all(elements);

        self.allocate(elements.len() as u64 + 1);
        self.write(dst, Term::tuple(elements));
        self.next();
        Rule::ExecTupleBuild
    }

    fn get(&mut self, index: &u32, tuple: &Src, dst: &Dst) -> Rule {
        let tuple = self.read(tuple);

        let Some(element) = tuple.as_tuple().and_then(|elements| elements.get(at(*index))) else {
            return self.raise(Rule::ExecGetBadarg, Exception::badarg());
        };

        self.write(dst, element.clone());
        self.next();
        Rule::ExecGetElement
    }

    fn update(&mut self, tuple: &Src, elements: &Vec<(u32, Src)>, dst: &Dst) -> Rule {
        let tuple = self.read(tuple);

        let Some(mut copy) = tuple.as_tuple().map(<[Term]>::to_vec) else {
            return self.raise(Rule::ExecUpdateBadarg, Exception::badarg());
        };
        for (index, value) in elements {
            let value = self.read(value);
            match copy.get_mut(at(*index)) {
                Some(element) => *element = value,
                None => return self.raise(Rule::ExecUpdateBadarg, Exception::badarg()),
            }
        }

        self.allocate(copy.len() as u64 + 1);
        self.write(dst, Term::tuple(copy));
        self.next();
        Rule::ExecUpdateCopy
    }

    fn fun(&mut self, function: &RefId, captured: &Vec<Src>, dst: &Dst) -> Rule {
        let captured = self.read_all(captured);
        let module = &self.me.place.module;
        let FunRef::Local(function) = module.reference(*function) else {
            panic!("val.fun.local: a fun is made of a local function");
        };
        let lambda = module.function(function).lambda.unwrap_or_default();
        let (_, arity) = module.name_of(function);
        let count = u8::try_from(captured.len()).expect("val.fun.local: no more than the arity");

        let fun = Fun::Local {
            module: module.name,
            function,
            version: module.version,
            arity: arity - count,
            index: lambda.index,
            unique: lambda.unique,
            captured,
        };
        self.allocate(2 + u64::from(count));
        self.write(dst, Term::Fun(Rc::new(fun)));
        self.next();
        Rule::ExecFunClose
    }

    fn map(&mut self, kind: &MapKind, map: &Src, pairs: &Vec<(Src, Src)>, dst: &Dst) -> Rule {
        let map = self.read(map);
        let pairs: Vec<(Term, Term)> =
            pairs.iter().map(|(key, value)| (self.read(key), self.read(value))).collect();

        let Term::Map(old) = map else {
            return self.raise(Rule::ExecMapBadmap, Exception::error_with("badmap", map));
        };
        let missing = pairs.iter().map(|(key, _)| key).filter(|key| !old.contains(key));
        let rule = match kind {
            MapKind::Assoc => Rule::ExecMapAssoc,
            MapKind::Exact => match missing.min_by(|a, b| compare_keys(a, b)) {
                None => Rule::ExecMapExact,
                Some(key) => {
                    let exception = Exception::error_with("badkey", key.clone());
                    return self.raise(Rule::ExecMapBadkey, exception);
                }
            },
        };

        let mut new = Map::clone(&old);
        for (key, value) in pairs {
            new.insert(key, value);
        }
        self.allocate(2 * new.len() as u64 + 2);
        self.write(dst, Term::Map(Rc::new(new)));
        self.next();
        rule
    }

    fn pick(&mut self, map: &Src, other: &Label, pairs: &Vec<(Src, Dst)>) -> Rule {
        let Term::Map(map) = self.read(map) else {
            return self.raise(Rule::ExecPickBadarg, Exception::badarg());
        };
        let values: Option<Vec<Term>> =
            pairs.iter().map(|(key, _)| map.get(&self.read(key)).cloned()).collect();

        let Some(values) = values else {
            self.goto(*other);
            return Rule::ExecPickMissing;
        };

        for ((_, dst), value) in pairs.iter().zip(values) {
            self.write(dst, value);
        }
        self.next();
        Rule::ExecPickFound
    }
}

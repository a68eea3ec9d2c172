//! Data: `move` `cons` `uncons` `tuple` `get` `update` `fun` `map` `pick`.

use super::{Exec, Next};
use crate::atom;
use crate::exception::Exception;
use crate::term::order::compare_keys;
use crate::term::{Header, Kind, Term, map};
use lam_isa::FunRef;
use lam_isa::kind::MapKind;
use lam_isa::operand::{Dst, Label, RefId, Src};
use lam_isa::table::Data;

impl Data for Exec<'_> {
    type Out = Next;

    fn mov(&mut self, pairs: &Vec<(Src, Dst)>) -> Next {
        let values: Vec<Term> = pairs.iter().map(|(src, _)| self.read(src)).collect();
        for ((_, dst), value) in pairs.iter().zip(values) {
            self.write(dst, value);
        }
        self.next()
    }

    fn cons(&mut self, head: &Src, tail: &Src, dst: &Dst) -> Next {
        let (head, tail) = (self.read(head), self.read(tail));
        let at = self.core.heap().claim(2);
        // SAFETY: two words of credit.
        unsafe {
            *at = head.0;
            *at.add(1) = tail.0;
        }
        self.write(dst, Term::cell(at));
        self.next()
    }

    fn uncons(&mut self, list: &Src, head: &Dst, tail: &Dst) -> Next {
        match self.read(list).as_cons() {
            Some((first, rest)) => {
                self.write(head, first);
                self.write(tail, rest);
                self.next()
            }
            None => self.raise(Exception::badarg()),
        }
    }

    fn tuple(&mut self, elements: &Vec<Src>, dst: &Dst) -> Next {
        let elements = self.read_all(elements);
        let tuple = self.claim(Kind::Tuple, &elements);
        self.write(dst, tuple);
        self.next()
    }

    fn get(&mut self, index: &u32, tuple: &Src, dst: &Dst) -> Next {
        let element = self.read(tuple).as_tuple().and_then(|t| t.get(*index as usize));
        match element {
            Some(element) => {
                self.write(dst, *element);
                self.next()
            }
            None => self.raise(Exception::badarg()),
        }
    }

    fn update(&mut self, tuple: &Src, elements: &Vec<(u32, Src)>, dst: &Dst) -> Next {
        let old = self.read(tuple).as_tuple();
        let fits = |old: &&[Term]| elements.iter().all(|(at, _)| (*at as usize) < old.len());
        let Some(old) = old.filter(fits) else { return self.raise(Exception::badarg()) };
        let mut new = old.to_vec();
        for (at, src) in elements {
            new[*at as usize] = self.read(src);
        }
        let new = self.core.heap().tuple(&new);
        self.write(dst, new);
        self.next()
    }

    fn fun(&mut self, function: &RefId, captured: &Vec<Src>, dst: &Dst) -> Next {
        let module = self.site.module();
        let FunRef::Local(index) = module.reference(*function) else {
            panic!("val.fun.local: a fun is made of a function of its module");
        };
        let function = &module.functions[index as usize];
        let arity = usize::from(function.arity) - captured.len();
        let entry = function.lambdas.iter().find(|entry| usize::from(entry.arity) == arity);
        let entry = entry.expect("lowering has seen this instruction");
        let mut words = vec![Term(std::ptr::from_ref(entry).expose_provenance() as u64)];
        words.extend(captured.iter().map(|src| self.read(src)));
        let fun = self.claim(Kind::Fun, &words);
        self.write(dst, fun);
        self.next()
    }

    fn map(&mut self, kind: &MapKind, map: &Src, pairs: &Vec<(Src, Src)>, dst: &Dst) -> Next {
        let mut map = self.read(map);
        if map.as_map().is_none() {
            let exception = Exception::error_with(self.core.heap(), atom::BADMAP, map);
            return self.raise(exception);
        }
        if *kind == MapKind::Exact {
            let keys = pairs.iter().map(|(key, _)| self.read(key));
            let missing = keys.filter(|key| !map.as_map().is_some_and(|map| map.contains(*key)));
            if let Some(key) = missing.min_by(|a, b| compare_keys(*a, *b)) {
                let exception = Exception::error_with(self.core.heap(), atom::BADKEY, key);
                return self.raise(exception);
            }
        }
        for (key, value) in pairs {
            let (key, value) = (self.read(key), self.read(value));
            map = map::put(self.core.heap(), map, key, value);
        }
        self.write(dst, map);
        self.next()
    }

    fn pick(&mut self, map: &Src, other: &Label, pairs: &Vec<(Src, Dst)>) -> Next {
        let Some(map) = self.read(map).as_map() else { return self.raise(Exception::badarg()) };
        let mut values = Vec::with_capacity(pairs.len());
        for (key, _) in pairs {
            match map.get(self.read(key)) {
                Some(value) => values.push(value),
                None => return self.goto(*other),
            }
        }
        for ((_, dst), value) in pairs.iter().zip(values) {
            self.write(dst, value);
        }
        self.next()
    }
}

impl Exec<'_> {
    /// A box in the room that `need` has promised.
    fn claim(&mut self, kind: Kind, words: &[Term]) -> Term {
        let at = self.core.heap().claim(1 + words.len());
        // SAFETY: so many words of credit: val.need.credit.
        unsafe {
            *at = Header::new(kind, words.len()).word();
            at.add(1).cast::<Term>().copy_from_nonoverlapping(words.as_ptr(), words.len());
        }
        Term::boxed(at)
    }
}

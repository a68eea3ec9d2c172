//! Verification of the data family.

use super::Broken;
use super::state::{Shape, Value};
use super::step::{Next, Out, Step};
use crate::kind::MapKind;
use crate::operand::{Dst, Label, RefId, Src};
use crate::table::Data;
use alloc::vec::Vec;

impl Data for Step<'_, '_> {
    type Out = Out;

    fn mov(&mut self, pairs: &Vec<(Src, Dst)>) -> Out {
        let values: Vec<Value> =
            pairs.iter().map(|(src, _)| self.value(*src)).collect::<Result<_, Broken>>()?;
        for ((_, dst), value) in pairs.iter().zip(values) {
            self.write(*dst, value)?;
        }
        Ok(Next::On)
    }

    fn cons(&mut self, head: &Src, tail: &Src, dst: &Dst) -> Out {
        self.terms(&[*head, *tail])?;
        self.spend(2)?;
        self.write(*dst, Value::Term(Shape::Cons))?;
        Ok(Next::On)
    }

    fn uncons(&mut self, list: &Src, head: &Dst, tail: &Dst) -> Out {
        self.proved = self.term(*list)? == Shape::Cons;
        self.raises()?;
        self.state.learn(*list, Shape::Cons);
        self.write(*head, Value::ANY)?;
        self.result(*tail)
    }

    fn tuple(&mut self, elements: &Vec<Src>, dst: &Dst) -> Out {
        self.terms(elements)?;
        self.spend(elements.len() + 1)?;
        self.write(*dst, Value::Term(Shape::Tuple(size(elements.len()))))?;
        Ok(Next::On)
    }

    fn get(&mut self, index: &u32, tuple: &Src, dst: &Dst) -> Out {
        self.sized(*tuple, index.saturating_add(1))?;
        self.result(*dst)
    }

    fn update(&mut self, tuple: &Src, elements: &Vec<(u32, Src)>, dst: &Dst) -> Out {
        for (_, src) in elements {
            self.term(*src)?;
        }
        let wanted = elements.iter().map(|(index, _)| index.saturating_add(1)).max().unwrap_or(0);
        let known = self.sized(*tuple, wanted)?;
        self.write(*dst, Value::Term(Shape::Tuple(known)))?;
        Ok(Next::On)
    }

    fn fun(&mut self, _function: &RefId, captured: &Vec<Src>, dst: &Dst) -> Out {
        self.terms(captured)?;
        self.spend(captured.len() + 2)?;
        self.result(*dst)
    }

    fn map(&mut self, kind: &MapKind, map: &Src, pairs: &Vec<(Src, Src)>, dst: &Dst) -> Out {
        let shape = self.term(*map)?;
        for (key, value) in pairs {
            self.terms(&[*key, *value])?;
        }
        self.proved = shape == Shape::Map && *kind == MapKind::Assoc;
        self.raises()?;
        self.state.learn(*map, Shape::Map);
        self.write(*dst, Value::Term(Shape::Map))?;
        Ok(Next::On)
    }

    fn pick(&mut self, map: &Src, other: &Label, pairs: &Vec<(Src, Dst)>) -> Out {
        self.proved = self.term(*map)? == Shape::Map;
        for (key, _) in pairs {
            self.term(*key)?;
        }
        self.raises()?;
        self.state.learn(*map, Shape::Map);
        self.branch(*other)?;
        for (_, dst) in pairs {
            self.write(*dst, Value::ANY)?;
        }
        Ok(Next::On)
    }
}

impl Step<'_, '_> {
    /// A source that must be a tuple of at least that size, else the instruction raises. Gives the
    /// size that is known afterwards.
    fn sized(&mut self, tuple: Src, wanted: u32) -> Result<u32, Broken> {
        let known = match self.term(tuple)? {
            Shape::Tuple(size) => Some(size),
            _ => None,
        };
        self.proved = known.is_some_and(|size| size >= wanted);
        self.raises()?;
        self.state.learn(tuple, Shape::Tuple(wanted));
        Ok(known.unwrap_or(0).max(wanted))
    }
}

fn size(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

//! Maps: pairs in key order, whatever their size (`term.map.keys`, `term.order.keys`).
//!
//! Owns their representation. A map of at most [`FLAT_MAX`] pairs is one leaf; a larger one is a
//! tree whose leaves and inner nodes have [`NODE_MIN`] to [`NODE_MAX`] entries, the root perhaps
//! less. An update copies one path and leaves the old map as it was; keys lie in a tuple of their
//! own, which all versions of a node share as long as its keys stay.
//!
//! ```text
//! MapLeaf   keys {k1, …, kn}      values v1 … vn
//! MapInner  keys {k2, …, kn}      number of pairs      nodes n1 … nn
//! ```
//!
//! In an inner node `k` is at or below all keys of its node, and above all keys of the nodes before
//! it. What pays (measured against keys in the nodes themselves): replacing the value of one of
//! 10,000 keys takes 0.41 of BEAM's time in place of 0.51.

#[cfg(test)]
mod tests;

use super::order::compare_keys;
use super::{Boxed, Kind, SMALL_MAX, Term};
use crate::heap::Heap;
use std::ops::Deref;

/// The most pairs of a map that is one leaf.
const FLAT_MAX: usize = 32;
/// The most entries of a node.
const NODE_MAX: usize = 16;
/// The fewest entries of a node that is not the root.
const NODE_MIN: usize = 4;
/// The most inner nodes above a leaf. A tree of that height has at least 2 * 4^20 pairs, which no
/// address space holds.
const HEIGHT_MAX: usize = 20;

/// A map, seen.
#[derive(Clone, Copy)]
pub struct Map<'h>(Boxed<'h>);

/// A node, taken apart.
#[derive(Clone, Copy)]
enum Node<'h> {
    Leaf(Leaf<'h>),
    Inner(Inner<'h>),
}

#[derive(Clone, Copy)]
struct Leaf<'h> {
    keys: &'h [Term],
    values: &'h [Term],
}

#[derive(Clone, Copy)]
struct Inner<'h> {
    separators: &'h [Term],
    nodes: &'h [Term],
    /// Pairs below it.
    count: usize,
}

impl<'h> Node<'h> {
    #[inline(always)]
    fn of(boxed: Boxed<'h>) -> Node<'h> {
        let words = boxed.terms();
        let keys = words[0].as_boxed().map_or(&[][..], Boxed::terms);
        if boxed.header().is(Kind::MapLeaf) {
            Node::Leaf(Leaf { keys, values: &words[1..] })
        } else {
            let count = words[1].as_small().and_then(|count| usize::try_from(count).ok());
            let count = count.unwrap_or(0);
            Node::Inner(Inner { separators: keys, nodes: &words[2..], count })
        }
    }

    #[inline(always)]
    fn at(node: Term) -> Node<'h> {
        node.as_boxed().map_or(Node::Leaf(Leaf { keys: &[], values: &[] }), Node::of)
    }

    /// How many pairs are below it.
    fn count(self) -> usize {
        match self {
            Node::Leaf(leaf) => leaf.values.len(),
            Node::Inner(inner) => inner.count,
        }
    }

    /// How many entries it has itself.
    fn entries(self) -> usize {
        match self {
            Node::Leaf(leaf) => leaf.values.len(),
            Node::Inner(inner) => inner.nodes.len(),
        }
    }
}

/// Whether a key and all of these are small integers. These have no other keys between them, so the
/// ends tell what all are. Then no step of a search depends on a jump that the processor must guess.
#[inline(always)]
fn are_small(keys: &[Term], key: Term) -> bool {
    key.is_small() && matches!(keys, [first, .., last] if first.is_small() && last.is_small())
}

impl<'h> Leaf<'h> {
    /// Where a key is. One that is no pointer is the same term only if it is the same word, so no
    /// order is asked: an update of 16 atom keys takes 10 ns in place of 20.
    #[inline(always)]
    fn position(self, key: Term) -> Option<usize> {
        if key.is_pointer() {
            self.keys.binary_search_by(|other| compare_keys(*other, key)).ok()
        } else if are_small(self.keys, key) {
            let at = self.keys.partition_point(|other| (other.0 as i64) < key.0 as i64);
            (self.keys.get(at) == Some(&key)).then_some(at)
        } else {
            self.keys.iter().position(|other| *other == key)
        }
    }

    /// Where a key that it does not have belongs.
    fn place(self, key: Term) -> usize {
        self.keys.partition_point(|other| compare_keys(*other, key).is_lt())
    }
}

impl<'h> Inner<'h> {
    /// The node that a key is in, if it is anywhere.
    #[inline(always)]
    fn index(self, key: Term) -> usize {
        if are_small(self.separators, key) {
            return self.separators.partition_point(|at| at.0 as i64 <= key.0 as i64);
        }
        self.separators.partition_point(|separator| compare_keys(*separator, key).is_le())
    }
}

impl<'h> Map<'h> {
    /// The map whose root is this box.
    pub(crate) fn of(boxed: Boxed<'h>) -> Map<'h> {
        Map(boxed)
    }

    /// The map as a term.
    #[cfg(test)]
    pub fn term(self) -> Term {
        self.0.term()
    }

    /// How many pairs.
    pub fn len(self) -> usize {
        Node::of(self.0).count()
    }

    /// Whether it has no pair.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(self, key: Term) -> Option<Term> {
        let mut node = Node::of(self.0);
        loop {
            match node {
                Node::Leaf(leaf) => return leaf.position(key).map(|at| leaf.values[at]),
                Node::Inner(inner) => node = Node::at(inner.nodes[inner.index(key)]),
            }
        }
    }

    /// Whether it has the key.
    pub fn contains(self, key: Term) -> bool {
        self.get(key).is_some()
    }

    /// The pair with so many pairs before it.
    pub fn nth(self, mut index: usize) -> Option<(Term, Term)> {
        let mut node = Node::of(self.0);
        loop {
            match node {
                Node::Leaf(leaf) => {
                    return leaf.keys.get(index).copied().zip(leaf.values.get(index).copied());
                }
                Node::Inner(inner) => {
                    let mut nodes = inner.nodes.iter().map(|node| Node::at(*node));
                    node = nodes.find(|node| {
                        let before = index < node.count();
                        index -= if before { 0 } else { node.count() };
                        before
                    })?;
                }
            }
        }
    }

    /// Its pairs, in key order.
    pub fn iter(self) -> Iter<'h> {
        let mut iter = Iter { leaf: Leaf { keys: &[], values: &[] }, above: Vec::new() };
        iter.enter(Node::of(self.0));
        iter
    }

    /// Its keys, in order.
    pub fn keys(self) -> impl Iterator<Item = Term> + 'h {
        self.iter().map(|(key, _)| key)
    }

    /// Its values, in key order.
    pub fn values(self) -> impl Iterator<Item = Term> + 'h {
        self.iter().map(|(_, value)| value)
    }

    /// Keys and values, if it is one leaf.
    #[inline(always)]
    pub(crate) fn flat(self) -> Option<(&'h [Term], &'h [Term])> {
        match Node::of(self.0) {
            Node::Leaf(leaf) => Some((leaf.keys, leaf.values)),
            Node::Inner(_) => None,
        }
    }
}

impl<'h> IntoIterator for Map<'h> {
    type Item = (Term, Term);
    type IntoIter = Iter<'h>;

    fn into_iter(self) -> Iter<'h> {
        self.iter()
    }
}

/// The pairs of a map, in key order.
#[derive(Clone)]
pub struct Iter<'h> {
    /// What is left of a leaf.
    leaf: Leaf<'h>,
    /// Nodes that come after it, those of the root first.
    above: Vec<&'h [Term]>,
}

impl<'h> Iter<'h> {
    /// Goes to the next leaf, if what is left of this one is nothing.
    fn advance(&mut self) -> bool {
        while self.leaf.values.is_empty() {
            match self.next_node() {
                Some(node) => self.enter(Node::at(node)),
                None => return false,
            }
        }
        true
    }

    /// Takes the node that comes next.
    fn next_node(&mut self) -> Option<Term> {
        loop {
            match self.above.last_mut()? {
                [first, rest @ ..] => {
                    let first = *first;
                    *self.above.last_mut()? = rest;
                    return Some(first);
                }
                [] => self.above.pop(),
            };
        }
    }

    fn enter(&mut self, node: Node<'h>) {
        match node {
            Node::Leaf(leaf) => self.leaf = leaf,
            Node::Inner(inner) => self.above.push(inner.nodes),
        }
    }

    /// Skips what comes next in both and is the same node in memory. Says whether more comes.
    pub(crate) fn skip_shared(&mut self, other: &mut Iter<'h>) -> bool {
        loop {
            if self.leaf.values.is_empty() && other.leaf.values.is_empty() {
                let (Some(a), Some(b)) = (self.next_node(), other.next_node()) else {
                    return false;
                };
                if a != b {
                    self.enter(Node::at(a));
                    other.enter(Node::at(b));
                }
                continue;
            }
            if !(self.advance() && other.advance()) {
                return false;
            }
            if !std::ptr::eq(self.leaf.values, other.leaf.values) {
                return true;
            }
            self.leaf.values = &[];
            other.leaf.values = &[];
        }
    }
}

impl Iterator for Iter<'_> {
    type Item = (Term, Term);

    #[inline]
    fn next(&mut self) -> Option<(Term, Term)> {
        if !self.advance() {
            return None;
        }
        let ([key, keys @ ..], [value, values @ ..]) = (self.leaf.keys, self.leaf.values) else {
            return None;
        };
        self.leaf = Leaf { keys, values };
        Some((*key, *value))
    }
}

/// A few terms on the stack: what a node is made of.
struct Few {
    terms: [Term; FLAT_MAX + 2],
    length: usize,
}

impl Few {
    fn new() -> Few {
        Few { terms: [Term::NIL; FLAT_MAX + 2], length: 0 }
    }

    fn add(mut self, terms: &[Term]) -> Few {
        self.terms[self.length..][..terms.len()].copy_from_slice(terms);
        self.length += terms.len();
        self
    }

    /// `all`, where `count` terms from `at` on are replaced by `terms`.
    fn splice(all: &[Term], at: usize, count: usize, terms: &[Term]) -> Few {
        Few::new().add(&all[..at]).add(terms).add(&all[at + count..])
    }
}

impl Deref for Few {
    type Target = [Term];

    fn deref(&self) -> &[Term] {
        &self.terms[..self.length]
    }
}

impl FromIterator<Term> for Few {
    fn from_iter<I: IntoIterator<Item = Term>>(terms: I) -> Few {
        terms.into_iter().fold(Few::new(), |few, term| few.add(&[term]))
    }
}

fn new_leaf(heap: &mut Heap, keys: &[Term], values: &[Term]) -> Term {
    let keys = heap.tuple(keys);
    heap.boxed_of(Kind::MapLeaf, &[keys], values)
}

fn new_inner(heap: &mut Heap, separators: &[Term], nodes: &[Term], count: usize) -> Term {
    let separators = heap.tuple(separators);
    heap.boxed_of(Kind::MapInner, &[separators, counted(count)], nodes)
}

fn counted(count: usize) -> Term {
    Term::small(i64::try_from(count).unwrap_or(SMALL_MAX))
}

fn count_all(nodes: &[Term]) -> usize {
    nodes.iter().map(|node| Node::at(*node).count()).sum()
}

/// The inner nodes above a leaf, and which of its nodes was gone into.
struct Way<'h> {
    steps: [(Option<Boxed<'h>>, usize); HEIGHT_MAX],
    length: usize,
}

impl<'h> Way<'h> {
    /// The way to the leaf of a key, and the leaf.
    fn down(map: Map<'h>, key: Term) -> (Way<'h>, Boxed<'h>, Leaf<'h>) {
        let mut way = Way { steps: [(None, 0); HEIGHT_MAX], length: 0 };
        let mut boxed = map.0;
        loop {
            match Node::of(boxed) {
                Node::Leaf(leaf) => return (way, boxed, leaf),
                Node::Inner(inner) => {
                    let index = inner.index(key);
                    way.steps[way.length] = (Some(boxed), index);
                    way.length += 1;
                    boxed = inner.nodes[index].as_boxed().expect("a node is a box");
                }
            }
        }
    }

    /// The lowest node that has not been taken yet.
    fn up(&mut self) -> Option<(Boxed<'h>, Inner<'h>, usize)> {
        self.length = self.length.checked_sub(1)?;
        let (boxed, index) = self.steps[self.length];
        match (boxed?, Node::of(boxed?)) {
            (boxed, Node::Inner(inner)) => Some((boxed, inner, index)),
            _ => None,
        }
    }

    /// The map with another node at the end of the way.
    fn replace(mut self, heap: &mut Heap, mut node: Term) -> Term {
        while let Some((boxed, _, index)) = self.up() {
            node = heap.copy_with(boxed, &[(2 + index, node)]);
        }
        node
    }

    /// The map with another node at the end of the way, and with one pair more or less.
    fn recount(mut self, heap: &mut Heap, mut node: Term, more: bool) -> Term {
        while let Some((boxed, inner, index)) = self.up() {
            let count = if more { inner.count + 1 } else { inner.count - 1 };
            node = heap.copy_with(boxed, &[(1, counted(count)), (2 + index, node)]);
        }
        node
    }
}

/// The empty map.
#[cfg(test)]
pub fn empty(heap: &mut Heap) -> Term {
    new_leaf(heap, &[], &[])
}

/// The map with a pair added, or the value of its key replaced. What is no map stays as it is.
pub fn put(heap: &mut Heap, map: Term, key: Term, value: Term) -> Term {
    let Some(root) = map.as_map() else { return map };
    if let Node::Leaf(leaf) = Node::of(root.0) {
        if let Some(at) = leaf.position(key) {
            return replaced(heap, root.0, leaf, at, value);
        }
        let (keys, values, _) = with_pair(leaf, key, value);
        return if keys.len() <= FLAT_MAX {
            new_leaf(heap, &keys, &values)
        } else {
            let pairs = keys.iter().copied().zip(values.iter().copied());
            build(heap, &pairs.collect::<Vec<_>>())
        };
    }
    let (way, boxed, leaf) = Way::down(root, key);
    match leaf.position(key) {
        Some(at) => {
            let node = replaced(heap, boxed, leaf, at, value);
            if node == boxed.term() { map } else { way.replace(heap, node) }
        }
        None => insert(heap, way, leaf, key, value),
    }
}

/// The map with the value of a key replaced; none if it does not have the key.
pub fn replace(heap: &mut Heap, map: Map<'_>, key: Term, value: Term) -> Option<Term> {
    if let Node::Leaf(leaf) = Node::of(map.0) {
        return Some(replaced(heap, map.0, leaf, leaf.position(key)?, value));
    }
    let (way, boxed, leaf) = Way::down(map, key);
    let node = replaced(heap, boxed, leaf, leaf.position(key)?, value);
    Some(if node == boxed.term() { map.0.term() } else { way.replace(heap, node) })
}

/// A leaf with another value.
fn replaced(heap: &mut Heap, node: Boxed<'_>, leaf: Leaf<'_>, at: usize, value: Term) -> Term {
    if leaf.values[at] == value { node.term() } else { heap.copy_with(node, &[(1 + at, value)]) }
}

/// The keys and values of a leaf with a new pair, and where that is.
fn with_pair(leaf: Leaf<'_>, key: Term, value: Term) -> (Few, Few, usize) {
    let at = leaf.place(key);
    (Few::splice(leaf.keys, at, 0, &[key]), Few::splice(leaf.values, at, 0, &[value]), at)
}

/// Where to cut a node that has one entry too many, the one at `at`: in the middle, but at either
/// end far from there, so that nodes are well filled when keys come in order.
fn cut(at: usize) -> usize {
    match at {
        0 => NODE_MIN,
        NODE_MAX => NODE_MAX + 1 - NODE_MIN,
        _ => NODE_MAX / 2,
    }
}

/// A node, or two in its place and the least key that may be in the second.
enum Grown {
    One(Term),
    Two(Term, Term, Term),
}

fn insert(heap: &mut Heap, mut way: Way<'_>, leaf: Leaf<'_>, key: Term, value: Term) -> Term {
    let (keys, values, at) = with_pair(leaf, key, value);
    if keys.len() <= NODE_MAX {
        let node = new_leaf(heap, &keys, &values);
        return way.recount(heap, node, true);
    }
    let cut_at = cut(at);
    let left = new_leaf(heap, &keys[..cut_at], &values[..cut_at]);
    let right = new_leaf(heap, &keys[cut_at..], &values[cut_at..]);
    let mut grown = Grown::Two(left, keys[cut_at], right);
    while let Some((boxed, inner, index)) = way.up() {
        let count = inner.count + 1;
        grown = match grown {
            Grown::One(node) => {
                Grown::One(heap.copy_with(boxed, &[(1, counted(count)), (2 + index, node)]))
            }
            Grown::Two(left, key, right) => {
                let separators = Few::splice(inner.separators, index, 0, &[key]);
                let nodes = Few::splice(inner.nodes, index, 1, &[left, right]);
                split(heap, &separators, &nodes, count, index)
            }
        };
    }
    match grown {
        Grown::One(root) => root,
        Grown::Two(left, key, right) => {
            let nodes = [left, right];
            new_inner(heap, &[key], &nodes, count_all(&nodes))
        }
    }
}

/// One inner node, or two if it would be too large. The new node is that at `index` or behind it.
fn split(
    heap: &mut Heap,
    separators: &[Term],
    nodes: &[Term],
    count: usize,
    index: usize,
) -> Grown {
    if nodes.len() <= NODE_MAX {
        return Grown::One(new_inner(heap, separators, nodes, count));
    }
    let cut_at = cut(if index + 1 == NODE_MAX { NODE_MAX } else { index });
    let before = count_all(&nodes[..cut_at]);
    let left = new_inner(heap, &separators[..cut_at - 1], &nodes[..cut_at], before);
    let right = new_inner(heap, &separators[cut_at..], &nodes[cut_at..], count - before);
    Grown::Two(left, separators[cut_at - 1], right)
}

/// The map without the pair of a key; the same if it has none. What is no map stays as it is.
pub fn remove(heap: &mut Heap, map: Term, key: Term) -> Term {
    let Some(root) = map.as_map() else { return map };
    let (mut way, _, leaf) = Way::down(root, key);
    let Some(at) = leaf.position(key) else { return map };
    let keys = Few::splice(leaf.keys, at, 1, &[]);
    let values = Few::splice(leaf.values, at, 1, &[]);
    let mut node = new_leaf(heap, &keys, &values);
    while let Some((boxed, inner, index)) = way.up() {
        let count = inner.count - 1;
        if Node::at(node).entries() >= NODE_MIN {
            node = heap.copy_with(boxed, &[(1, counted(count)), (2 + index, node)]);
            continue;
        }
        // Too few entries: it joins a neighbour, or takes some of its entries over.
        let first = if index + 1 < inner.nodes.len() { index } else { index - 1 };
        let neighbours = Few::splice(inner.nodes, index, 1, &[node]);
        let (left, right) = (neighbours[first], neighbours[first + 1]);
        let (separators, nodes) = match join(heap, left, inner.separators[first], right) {
            Grown::One(joined) => (
                Few::splice(inner.separators, first, 1, &[]),
                Few::splice(inner.nodes, first, 2, &[joined]),
            ),
            Grown::Two(left, key, right) => (
                Few::splice(inner.separators, first, 1, &[key]),
                Few::splice(inner.nodes, first, 2, &[left, right]),
            ),
        };
        // Only the root can be left with one node, and then that is the root.
        node = match *nodes {
            [only] => only,
            _ => new_inner(heap, &separators, &nodes, count),
        };
    }
    node
}

/// The entries of two nodes side by side in one, or evenly in two.
fn join(heap: &mut Heap, left: Term, key: Term, right: Term) -> Grown {
    match (Node::at(left), Node::at(right)) {
        (Node::Leaf(a), Node::Leaf(b)) => {
            let keys = Few::new().add(a.keys).add(b.keys);
            let values = Few::new().add(a.values).add(b.values);
            if keys.len() <= NODE_MAX {
                return Grown::One(new_leaf(heap, &keys, &values));
            }
            let half = keys.len() / 2;
            let left = new_leaf(heap, &keys[..half], &values[..half]);
            let right = new_leaf(heap, &keys[half..], &values[half..]);
            Grown::Two(left, keys[half], right)
        }
        (Node::Inner(a), Node::Inner(b)) => {
            let separators = Few::new().add(a.separators).add(&[key]).add(b.separators);
            let nodes = Few::new().add(a.nodes).add(b.nodes);
            let count = a.count + b.count;
            if nodes.len() <= NODE_MAX {
                return Grown::One(new_inner(heap, &separators, &nodes, count));
            }
            let half = nodes.len() / 2;
            let before = count_all(&nodes[..half]);
            let left = new_inner(heap, &separators[..half - 1], &nodes[..half], before);
            let right = new_inner(heap, &separators[half..], &nodes[half..], count - before);
            Grown::Two(left, separators[half - 1], right)
        }
        // All leaves have the same number of inner nodes above them.
        _ => Grown::Two(left, key, right),
    }
}

/// The map of these pairs; of equal keys the last counts. Reorders the pairs.
pub fn from_pairs(heap: &mut Heap, pairs: &mut [(Term, Term)]) -> Term {
    if pairs.is_sorted_by(|(a, _), (b, _)| compare_keys(*a, *b).is_lt()) {
        return build(heap, pairs);
    }
    pairs.sort_by(|(a, _), (b, _)| compare_keys(*a, *b));
    let mut kept = 0;
    for at in 0..pairs.len() {
        let next = pairs.get(at + 1);
        if next.is_none_or(|(key, _)| compare_keys(pairs[at].0, *key).is_ne()) {
            pairs[kept] = pairs[at];
            kept += 1;
        }
    }
    build(heap, &pairs[..kept])
}

/// The pairs of both maps; of those of one key, that of `b`. What is no map counts as empty.
pub fn merge(heap: &mut Heap, a: Term, b: Term) -> Term {
    let (Some(left), Some(right)) = (a.as_map(), b.as_map()) else {
        return if a.as_map().is_some() { a } else { b };
    };
    // A few pairs go in one by one.
    if right.len() * NODE_MAX <= left.len() {
        return right.iter().fold(a, |map, (key, value)| put(heap, map, key, value));
    }
    if left.len() * NODE_MAX <= right.len() {
        let new = left.iter().filter(|(key, _)| !right.contains(*key));
        return new.fold(b, |map, (key, value)| put(heap, map, key, value));
    }
    let mut pairs = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    while let (Some((x, _)), Some((y, _))) = (left.peek(), right.peek()) {
        match compare_keys(*x, *y) {
            std::cmp::Ordering::Less => pairs.extend(left.next()),
            std::cmp::Ordering::Greater => pairs.extend(right.next()),
            std::cmp::Ordering::Equal => {
                left.next();
                pairs.extend(right.next());
            }
        }
    }
    pairs.extend(left);
    pairs.extend(right);
    build(heap, &pairs)
}

/// The map of pairs in key order, built from the leaves up.
fn build(heap: &mut Heap, pairs: &[(Term, Term)]) -> Term {
    let leaf_of = |heap: &mut Heap, pairs: &[(Term, Term)]| {
        let keys: Few = pairs.iter().map(|(key, _)| *key).collect();
        let values: Few = pairs.iter().map(|(_, value)| *value).collect();
        new_leaf(heap, &keys, &values)
    };
    if pairs.len() <= FLAT_MAX {
        return leaf_of(heap, pairs);
    }
    // The first key of each node, and the node.
    let mut level: Vec<(Term, Term)> =
        even(pairs).map(|part| (part[0].0, leaf_of(heap, part))).collect();
    while level.len() > 1 {
        level = even(&level)
            .map(|part| {
                let separators: Few = part[1..].iter().map(|(key, _)| *key).collect();
                let nodes: Few = part.iter().map(|(_, node)| *node).collect();
                (part[0].0, new_inner(heap, &separators, &nodes, count_all(&nodes)))
            })
            .collect();
    }
    level[0].1
}

/// As few parts of at most `NODE_MAX` entries as it takes, all as large as each other, or by one
/// larger: of more than one part none is smaller than half of that.
fn even<T>(all: &[T]) -> impl Iterator<Item = &[T]> {
    let parts = all.len().div_ceil(NODE_MAX);
    (0..parts).map(move |part| &all[all.len() * part / parts..all.len() * (part + 1) / parts])
}

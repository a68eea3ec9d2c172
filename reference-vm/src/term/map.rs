//! Maps: pairs in key order, whatever their size (`term.map.keys`, `term.order.keys`).
//!
//! Owns their representation: a tree balanced by weight whose nodes are shared, so that an update
//! copies one path and leaves the old map as it was.

use super::Term;
use std::cmp::Ordering;
use std::rc::Rc;

/// A map.
#[derive(Clone, Debug, Default)]
pub struct Map {
    root: Link,
}

/// A tree, perhaps empty.
pub(super) type Link = Option<Rc<Node>>;

/// A pair, and the trees of the smaller and of the larger keys.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) key: Term,
    pub(super) value: Term,
    pub(super) left: Link,
    pub(super) right: Link,
    /// How many pairs this tree has.
    size: usize,
}

impl Map {
    /// The empty map.
    pub fn new() -> Map {
        Map::default()
    }

    /// The pair of a key.
    pub fn get_pair(&self, key: &Term) -> Option<(&Term, &Term)> {
        let mut link = &self.root;
        while let Some(node) = link {
            link = match key.cmp(&node.key) {
                Ordering::Less => &node.left,
                Ordering::Equal => return Some((&node.key, &node.value)),
                Ordering::Greater => &node.right,
            };
        }
        None
    }

    /// The value of a key.
    pub fn get(&self, key: &Term) -> Option<&Term> {
        self.get_pair(key).map(|(_, value)| value)
    }

    /// Whether it has the key.
    pub fn contains(&self, key: &Term) -> bool {
        self.get_pair(key).is_some()
    }

    /// The pair with so many pairs before it.
    pub fn nth(&self, mut index: usize) -> Option<(&Term, &Term)> {
        let mut link = &self.root;
        while let Some(node) = link {
            let smaller = size(&node.left);
            link = match index.cmp(&smaller) {
                Ordering::Less => &node.left,
                Ordering::Equal => return Some((&node.key, &node.value)),
                Ordering::Greater => {
                    index -= smaller + 1;
                    &node.right
                }
            };
        }
        None
    }

    /// Inserts or replaces; the key of an existing pair stays.
    pub fn insert(&mut self, key: Term, value: Term) {
        self.root = inserted(&self.root, key, value);
    }

    /// Takes a pair out and gives its value.
    pub fn remove(&mut self, key: &Term) -> Option<Term> {
        let value = self.get(key)?.clone();
        self.root = removed(&self.root, key);
        Some(value)
    }

    /// Inserts all pairs of another map, replacing those of the same keys.
    pub fn merge(&mut self, other: &Map) {
        for (key, value) in other.iter() {
            self.insert(key.clone(), value.clone());
        }
    }

    /// How many pairs.
    pub fn len(&self) -> usize {
        size(&self.root)
    }

    /// Whether it has no pair.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Its pairs, in key order.
    pub fn iter(&self) -> Iter<'_> {
        let mut iter = Iter { front: Vec::new(), back: Vec::new(), left: self.len() };
        iter.descend_left(&self.root);
        iter.descend_right(&self.root);
        iter
    }

    /// Its keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Term> + ExactSizeIterator {
        self.iter().map(|(key, _)| key)
    }

    /// Its values, in key order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Term> + ExactSizeIterator {
        self.iter().map(|(_, value)| value)
    }

    /// Its tree, to be taken apart.
    pub(super) fn take(&mut self) -> Link {
        self.root.take()
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Map) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Map {}

/// The last of the pairs of one key holds.
impl FromIterator<(Term, Term)> for Map {
    fn from_iter<I: IntoIterator<Item = (Term, Term)>>(pairs: I) -> Map {
        let mut map = Map::new();
        for (key, value) in pairs {
            map.insert(key, value);
        }
        map
    }
}

/// The pairs of a map, in key order from both ends.
pub struct Iter<'a> {
    /// Nodes that come next, the last one first; their left trees are done.
    front: Vec<&'a Node>,
    /// The same from the other end.
    back: Vec<&'a Node>,
    /// How many pairs the two ends have not given yet.
    left: usize,
}

impl<'a> Iter<'a> {
    fn descend_left(&mut self, mut link: &'a Link) {
        while let Some(node) = link {
            self.front.push(node);
            link = &node.left;
        }
    }

    fn descend_right(&mut self, mut link: &'a Link) {
        while let Some(node) = link {
            self.back.push(node);
            link = &node.right;
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Term, &'a Term);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let node = self.front.pop()?;
        self.descend_left(&node.right);
        Some((&node.key, &node.value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let node = self.back.pop()?;
        self.descend_right(&node.left);
        Some((&node.key, &node.value))
    }
}

impl ExactSizeIterator for Iter<'_> {}

fn size(link: &Link) -> usize {
    link.as_ref().map_or(0, |node| node.size)
}

/// A node over two trees that are balanced against each other.
fn joined(key: Term, value: Term, left: Link, right: Link) -> Link {
    let size = size(&left) + size(&right) + 1;
    Some(Rc::new(Node { key, value, left, right, size }))
}

/// Whether a tree is too heavy to stand beside another: more than three times as heavy, where the
/// weight is one more than the size.
fn outweighs(heavy: &Link, light: &Link) -> bool {
    size(heavy) + 1 > 3 * (size(light) + 1)
}

/// A node over two trees of which one may have a pair too many or too few: the heavy side gives
/// its inner tree to the light one, or that tree's parts to both if it is heavy itself.
fn balanced(key: Term, value: Term, left: Link, right: Link) -> Link {
    match (&left, &right) {
        (_, Some(heavy)) if outweighs(&right, &left) => {
            let (outer_key, outer_value) = (heavy.key.clone(), heavy.value.clone());
            let outer = heavy.right.clone();
            match &heavy.left {
                Some(inner) if size(&heavy.left) > 2 * size(&outer) => joined(
                    inner.key.clone(),
                    inner.value.clone(),
                    joined(key, value, left, inner.left.clone()),
                    joined(outer_key, outer_value, inner.right.clone(), outer),
                ),
                inner => {
                    let light = joined(key, value, left, inner.clone());
                    joined(outer_key, outer_value, light, outer)
                }
            }
        }
        (Some(heavy), _) if outweighs(&left, &right) => {
            let (outer_key, outer_value) = (heavy.key.clone(), heavy.value.clone());
            let outer = heavy.left.clone();
            match &heavy.right {
                Some(inner) if size(&heavy.right) > 2 * size(&outer) => joined(
                    inner.key.clone(),
                    inner.value.clone(),
                    joined(outer_key, outer_value, outer, inner.left.clone()),
                    joined(key, value, inner.right.clone(), right),
                ),
                inner => {
                    let light = joined(key, value, inner.clone(), right);
                    joined(outer_key, outer_value, outer, light)
                }
            }
        }
        _ => joined(key, value, left, right),
    }
}

/// The tree with a pair inserted, or its value replaced.
fn inserted(link: &Link, key: Term, value: Term) -> Link {
    let Some(node) = link else { return joined(key, value, None, None) };
    let (left, right) = (node.left.clone(), node.right.clone());
    match key.cmp(&node.key) {
        Ordering::Less => {
            balanced(node.key.clone(), node.value.clone(), inserted(&left, key, value), right)
        }
        Ordering::Equal => joined(node.key.clone(), value, left, right),
        Ordering::Greater => {
            balanced(node.key.clone(), node.value.clone(), left, inserted(&right, key, value))
        }
    }
}

/// The tree without the pair of a key.
fn removed(link: &Link, key: &Term) -> Link {
    let node = link.as_ref()?;
    let (left, right) = (node.left.clone(), node.right.clone());
    match key.cmp(&node.key) {
        Ordering::Less => {
            balanced(node.key.clone(), node.value.clone(), removed(&left, key), right)
        }
        Ordering::Equal => match without_first(&right) {
            Some((key, value, rest)) => balanced(key, value, left, rest),
            None => left,
        },
        Ordering::Greater => {
            balanced(node.key.clone(), node.value.clone(), left, removed(&right, key))
        }
    }
}

/// The pair of the smallest key, and the tree without it.
fn without_first(link: &Link) -> Option<(Term, Term, Link)> {
    let node = link.as_ref()?;
    Some(match without_first(&node.left) {
        Some((key, value, rest)) => {
            (key, value, balanced(node.key.clone(), node.value.clone(), rest, node.right.clone()))
        }
        None => (node.key.clone(), node.value.clone(), node.right.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_balanced(link: &Link) -> bool {
        link.as_ref().is_none_or(|node| {
            !outweighs(&node.left, &node.right)
                && !outweighs(&node.right, &node.left)
                && node.size == size(&node.left) + size(&node.right) + 1
                && is_balanced(&node.left)
                && is_balanced(&node.right)
        })
    }

    #[test]
    fn agrees_with_the_standard_tree_and_stays_balanced() {
        let mut seed: i64 = 7;
        let mut map = Map::new();
        let mut model = std::collections::BTreeMap::new();
        for step in 0..4000 {
            seed = (seed * 48271) % 0x7fff_ffff;
            let key = Term::Int(if step % 3 == 0 { step } else { seed % 300 });
            if seed % 5 < 2 {
                assert_eq!(map.remove(&key), model.remove(&key));
            } else {
                map.insert(key.clone(), Term::Int(step));
                model.insert(key, Term::Int(step));
            }
            assert!(is_balanced(&map.root));
        }
        assert_eq!(map.len(), model.len());
        assert!(map.iter().eq(model.iter()));
        assert!(map.iter().rev().eq(model.iter().rev()));
        for (index, pair) in model.iter().enumerate() {
            assert_eq!(map.nth(index), Some(pair));
        }
        assert_eq!(map.nth(map.len()), None);
    }
}

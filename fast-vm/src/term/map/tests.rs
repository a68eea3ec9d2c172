//! Maps against the tree of the standard library.

use super::{FLAT_MAX, Few, HEIGHT_MAX, Map, NODE_MAX, NODE_MIN, Node, even};
use super::{empty, from_pairs, merge, put, remove};
use crate::heap::Heap;
use crate::term::Term;
use crate::term::any::Any;
use crate::term::order::{compare, compare_keys, equal};
use quickcheck::quickcheck;
use std::collections::BTreeMap;

/// A key in key order.
#[derive(Clone, Copy, Debug)]
struct Key(Term);

impl Ord for Key {
    fn cmp(&self, other: &Key) -> std::cmp::Ordering {
        compare_keys(self.0, other.0)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        equal(self.0, other.0)
    }
}

impl Eq for Key {}

type Model = BTreeMap<Key, Term>;

/// Checks the shape of a map, and that it has the pairs of the model.
fn check(term: Term, model: &Model) {
    let map = term.as_map().expect("a map");
    check_shape(map);
    assert_eq!(map.len(), model.len());
    assert_eq!(map.is_empty(), model.is_empty());
    let pairs: Vec<(Term, Term)> = map.iter().collect();
    assert!(pairs.iter().map(|(key, _)| Key(*key)).eq(model.keys().copied()));
    assert!(pairs.iter().map(|(_, value)| value).eq(model.values()));
    for (at, (key, value)) in pairs.iter().enumerate() {
        assert_eq!(map.get(*key), Some(*value));
        assert_eq!(map.nth(at), Some((*key, *value)));
    }
    assert_eq!(map.nth(pairs.len()), None);
}

/// All leaves are equally far from the root; nodes are neither too small nor too large; separators
/// stand between the keys on either side; the counts are true.
fn check_shape(map: Map<'_>) {
    let mut leaf_height = None;
    let mut last: Option<Term> = None;
    // The node, its height from the root, and the bounds of its keys.
    let mut waiting = vec![(map.term(), 0, None, None)];
    while let Some((term, height, low, high)) = waiting.pop() {
        let node = Node::at(term);
        let is_root = height == 0;
        match node {
            Node::Leaf(leaf) => {
                assert_eq!(*leaf_height.get_or_insert(height), height);
                assert_eq!(leaf.keys.len(), leaf.values.len());
                let range = if is_root { 0..=FLAT_MAX } else { NODE_MIN..=NODE_MAX };
                assert!(range.contains(&leaf.keys.len()));
                for key in leaf.keys {
                    assert!(last.is_none_or(|last| compare_keys(last, *key).is_lt()));
                    assert!(low.is_none_or(|low| compare_keys(low, *key).is_le()));
                    assert!(high.is_none_or(|high| compare_keys(*key, high).is_lt()));
                    last = Some(*key);
                }
            }
            Node::Inner(inner) => {
                assert!(height < HEIGHT_MAX);
                assert_eq!(inner.separators.len() + 1, inner.nodes.len());
                let fewest = if is_root { 2 } else { NODE_MIN };
                assert!((fewest..=NODE_MAX).contains(&inner.nodes.len()));
                let counts = inner.nodes.iter().map(|node| Node::at(*node).count());
                assert_eq!(counts.sum::<usize>(), inner.count);
                for (at, node) in inner.nodes.iter().enumerate().rev() {
                    let low = at.checked_sub(1).map(|at| inner.separators[at]).or(low);
                    let high = inner.separators.get(at).copied().or(high);
                    waiting.push((*node, height + 1, low, high));
                }
            }
        }
    }
}

/// Puts and removes keys, and compares with the model now and then.
fn run(heap: &mut Heap, steps: impl Iterator<Item = (bool, Term)>) -> (Term, Model) {
    let mut map = empty(heap);
    let mut model = Model::new();
    for (step, (adds, key)) in steps.enumerate() {
        let before = map;
        let known = model.get(&Key(key)).copied();
        assert_eq!(map.as_map().and_then(|map| map.get(key)), known);
        if adds {
            let value = Term::small(i64::try_from(step).unwrap_or(0));
            map = put(heap, map, key, value);
            model.insert(Key(key), value);
            assert_eq!(put(heap, map, key, value), map);
        } else {
            map = remove(heap, map, key);
            assert_eq!(map == before, model.remove(&Key(key)).is_none());
        }
        // What it was before has not changed.
        assert_eq!(before.as_map().and_then(|map| map.get(key)), known);
        if step % 997 == 0 {
            check(map, &model);
        }
    }
    check(map, &model);
    (map, model)
}

quickcheck! {
    fn puts_and_removes_are_those_of_the_standard_tree(steps: Vec<(bool, Any)>) -> bool {
        let heap = &mut Heap::new(10);
        let steps: Vec<_> = steps.iter().map(|(adds, key)| (*adds, key.build(heap))).collect();
        run(heap, steps.into_iter());
        true
    }

    fn maps_of_the_same_pairs_are_equal(keys: Vec<(u8, u8)>, others: Vec<u8>) -> bool {
        let heap = &mut Heap::new(10);
        let small = |n: u8| Term::small(n.into());
        let mut pairs: Vec<_> = keys.iter().map(|(k, v)| (small(*k), small(*v))).collect();
        let one_by_one =
            pairs.iter().fold(empty(heap), |map, (key, value)| put(heap, map, *key, *value));
        let at_once = from_pairs(heap, &mut pairs);
        // Other pairs come and go, which leaves another shape.
        let more = others.iter().flat_map(|n| (0..8).map(|i| i64::from(*n) * 8 + i + 1000));
        let more: Vec<Term> = more.map(Term::small).collect();
        let grown = more.iter().fold(one_by_one, |map, key| put(heap, map, *key, Term::NIL));
        let shrunk = more.iter().fold(grown, |map, key| remove(heap, map, *key));
        check_shape(shrunk.as_map().expect("a map"));
        let all = [one_by_one, at_once, shrunk];
        all.iter().all(|a| all.iter().all(|b| {
            equal(*a, *b) && compare(*a, *b).is_eq() && compare_keys(*a, *b).is_eq()
        })) && (more.is_empty() || !equal(grown, at_once))
    }

    fn merging_puts_the_pairs_of_the_second(a: Vec<u16>, b: Vec<u16>, few: bool) -> bool {
        let heap = &mut Heap::new(10);
        let pairs = |keys: &[u16], count: usize, value| {
            let keys = keys.iter().flat_map(|key| (0..16u16).map(|i| key.wrapping_add(i * 7)));
            keys.take(count).map(|key| (Term::small(key.into()), value)).collect::<Vec<_>>()
        };
        let mut a = pairs(&a, usize::MAX, Term::NIL);
        let mut b = pairs(&b, if few { 3 } else { usize::MAX }, Term::small(1));
        let model = |pairs: &[(Term, Term)]| -> Model {
            pairs.iter().map(|(key, value)| (Key(*key), *value)).collect()
        };
        let both = [a.clone(), b.clone()].concat();
        let reverse = [b.clone(), a.clone()].concat();
        let (a, b) = (from_pairs(heap, &mut a), from_pairs(heap, &mut b));
        let (merged, merged_reverse) = (merge(heap, a, b), merge(heap, b, a));
        check(merged, &model(&both));
        check(merged_reverse, &model(&reverse));
        true
    }

    fn from_pairs_takes_the_last_of_a_key(pairs: Vec<(Any, u8)>) -> bool {
        let heap = &mut Heap::new(10);
        let pairs = pairs.iter().map(|(key, value)| (key.build(heap), Term::small((*value).into())));
        let mut pairs: Vec<(Term, Term)> = pairs.collect();
        let model = pairs.iter().map(|(key, value)| (Key(*key), *value)).collect();
        let map = from_pairs(heap, &mut pairs);
        check(map, &model);
        true
    }
}

#[test]
fn many_keys_in_any_order() {
    let heap = &mut Heap::new(10);
    let count: i64 = if cfg!(miri) { 150 } else { 20_000 };
    // Ascending, descending, scattered, and as many taken out again.
    let scattered = |n: i64| n * 48_271 % 0x7fff;
    run(heap, (0..count).map(|n| (true, Term::small(n))));
    run(heap, (0..count).map(|n| (true, Term::small(-n))));
    run(heap, (0..count).map(|n| (n % 3 != 2, Term::small(scattered(n)))));
    let in_and_out = (0..count).map(|n| (true, n)).chain((0..count).map(|n| (false, n)));
    let (map, _) = run(heap, in_and_out.map(|(adds, n)| (adds, Term::small(scattered(n)))));
    assert_eq!(map.as_map().map(Map::len), Some(0));
    let front_first = (0..count).map(|n| (true, n)).chain((0..count).map(|n| (false, n)));
    run(heap, front_first.map(|(adds, n)| (adds, Term::small(n))));
}

#[test]
fn an_update_shares_keys_and_an_equal_value_everything() {
    let heap = &mut Heap::new(10);
    let mut pairs: Vec<_> = (0..1000).map(|n| (Term::small(n), Term::NIL)).collect();
    let map = from_pairs(heap, &mut pairs);
    let key = Term::small(500);
    let used = heap.used_words();
    assert_eq!(put(heap, map, key, Term::NIL), map);
    assert_eq!(heap.used_words(), used);
    let updated = put(heap, map, key, key);
    assert!(heap.used_words() - used <= 60, "{} words", heap.used_words() - used);
    assert!(!equal(map, updated));
    let back = put(heap, updated, key, Term::NIL);
    assert!(equal(map, back) && compare(map, back).is_eq());
}

#[test]
fn parts_are_even() {
    for count in 1..1000 {
        let all: Vec<usize> = (0..count).collect();
        let parts: Vec<&[usize]> = even(&all).collect();
        assert_eq!(parts.concat(), all);
        let least = if parts.len() > 1 { NODE_MAX / 2 } else { 1 };
        assert!(parts.iter().all(|part| (least..=NODE_MAX).contains(&part.len())));
    }
}

#[test]
fn few_terms_are_spliced() {
    let all = [1, 2, 3].map(Term::small);
    let spliced = Few::splice(&all, 1, 1, &[Term::NIL, Term::NIL]);
    assert_eq!(*spliced, [all[0], Term::NIL, Term::NIL, all[2]]);
}

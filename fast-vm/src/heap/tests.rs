//! What is alive survives collections unchanged, and what is dead is let go.

use super::gc::Roots;
use super::{Heap, OWED};
use crate::term::any::{Any, references, text};
use crate::term::map;
use crate::term::order::equal;
use crate::term::{Kind, Term};
use quickcheck::{Arbitrary, Gen, quickcheck};

/// Roots that are nothing but terms.
struct Terms(Vec<Term>);

impl Roots for Terms {
    fn each(&mut self, see: &mut dyn FnMut(&mut [Term])) {
        see(&mut self.0);
    }
}

/// What a program does to its heap.
#[derive(Clone, Debug)]
enum Step {
    /// Makes a term and keeps it.
    Make(Any),
    /// Makes a tuple of two terms that it has.
    Join(usize, usize),
    /// Puts a term into a map that it has, if that is one.
    Put(usize, usize, usize),
    /// Makes a lot that does not fit: fragments.
    Burst(u8),
    /// Forgets a term.
    Forget(usize),
    /// Collects.
    Collect { full: bool, busy: bool, need: u8 },
}

impl Arbitrary for Step {
    fn arbitrary(g: &mut Gen) -> Step {
        match u8::arbitrary(g) % 8 {
            0 | 1 => Step::Make(Any::arbitrary(g)),
            2 => Step::Join(usize::arbitrary(g), usize::arbitrary(g)),
            3 => Step::Put(usize::arbitrary(g), usize::arbitrary(g), usize::arbitrary(g)),
            4 => Step::Burst(u8::arbitrary(g)),
            5 => Step::Forget(usize::arbitrary(g)),
            _ => Step::Collect {
                full: u8::arbitrary(g) % 3 == 0,
                busy: bool::arbitrary(g),
                need: u8::arbitrary(g),
            },
        }
    }
}

/// Takes the steps, and checks after each collection that every term prints as before.
fn run(steps: &[Step]) {
    let mut heap = Heap::new(24);
    let mut roots = Terms(vec![map::empty(&mut heap)]);
    let at = |roots: &Terms, index: usize| index % roots.0.len();
    for step in steps {
        match step {
            Step::Make(any) => roots.0.push(any.build(&mut heap)),
            Step::Join(a, b) => {
                let elements = [roots.0[at(&roots, *a)], roots.0[at(&roots, *b)]];
                let tuple = heap.tuple(&elements);
                if is_light(tuple) {
                    roots.0.push(tuple);
                }
            }
            Step::Put(into, key, value) => {
                let into = at(&roots, *into);
                let (key, value) = (roots.0[at(&roots, *key)], roots.0[at(&roots, *value)]);
                let map = map::put(&mut heap, roots.0[into], key, value);
                if is_light(map) {
                    roots.0[into] = map;
                }
            }
            Step::Burst(count) => {
                let list = heap.list((0..i64::from(*count)).map(Term::small));
                roots.0.push(list);
            }
            Step::Forget(index) => {
                let index = at(&roots, *index);
                if roots.0.len() > 1 {
                    roots.0.swap_remove(index);
                }
            }
            Step::Collect { full, busy, need } => {
                let before: Vec<String> = roots.0.iter().map(|term| text(*term)).collect();
                let outside = reachable_outside(&roots);
                heap.collect(&mut roots, usize::from(*need), *busy, *full);
                let after: Vec<String> = roots.0.iter().map(|term| text(*term)).collect();
                assert_eq!(before, after);
                assert!(heap.room() >= usize::from(*need) + OWED.max(usize::from(*need)));
                assert!(heap.fragments().is_empty());
                assert_eq!(outside, reachable_outside(&roots));
                if *full {
                    let boxes = heap.more.as_deref();
                    assert_eq!(boxes.map_or(0, |more| more.old_shared.len()), outside);
                    assert!(boxes.is_none_or(|more| more.young_shared.is_empty()));
                }
            }
        }
    }
}

/// Larger terms would only make the test slow.
fn is_light(term: Term) -> bool {
    text(term).len() < if cfg!(miri) { 200 } else { 4000 }
}

/// How many `Shared` boxes the roots refer to.
fn reachable_outside(roots: &Terms) -> usize {
    let mut seen = std::collections::HashSet::new();
    let mut waiting = roots.0.clone();
    let mut count = 0;
    while let Some(term) = waiting.pop() {
        if let Some((head, tail)) = term.as_cons() {
            waiting.extend([head, tail]);
        } else if let Some(boxed) = term.as_boxed()
            && seen.insert(boxed.address())
        {
            match boxed.header().kind() {
                Kind::Shared => count += 1,
                kind if kind.is_raw() => {}
                _ => waiting.extend(boxed.terms()),
            }
        }
    }
    count
}

quickcheck! {
    fn the_living_survive(steps: Vec<Step>) -> bool {
        run(&steps);
        true
    }

    fn every_term_survives_both_collections(any: Any, garbage: Any) -> bool {
        let mut heap = Heap::new(24);
        let expected = text(any.build(&mut Heap::new(24)));
        garbage.build(&mut heap);
        let mut roots = Terms(vec![any.build(&mut heap)]);
        [true, false, false, true, true].into_iter().all(|full| {
            garbage.build(&mut heap);
            heap.collect(&mut roots, 10, false, full);
            roots.0.push(any.build(&mut heap));
            roots.0.iter().all(|term| text(*term) == expected)
        })
    }
}

#[test]
fn shared_terms_stay_shared() {
    let mut heap = Heap::new(100);
    let inner = heap.list([Term::small(1), Term::small(2)]);
    let mut roots = Terms(vec![heap.tuple(&[inner, inner]), inner]);
    for full in [false, true, false, true] {
        heap.collect(&mut roots, 0, false, full);
        let elements = roots.0[0].as_tuple().expect("a tuple");
        assert_eq!(elements, [roots.0[1], roots.0[1]]);
    }
    assert_eq!(heap.live_words(), 3 + 4);
}

#[test]
fn literals_stay_where_they_are() {
    let mut literals = Heap::new(100);
    let literal = literals.list([Term::small(1), Term::small(2)]);
    let mut heap = Heap::new(100);
    let mut roots = Terms(vec![heap.tuple(&[literal]), literal]);
    for full in [false, true] {
        heap.collect(&mut roots, 0, false, full);
        assert_eq!(roots.0[0].as_tuple(), Some(&[literal][..]));
        assert_eq!(roots.0[1], literal);
    }
}

#[test]
fn bytes_outside_are_let_go_when_the_last_box_dies() {
    let bytes = [7; 100];
    let mut keeper = Heap::new(100);
    let kept = keeper.binary(&bytes);
    let mut packer = crate::term::copy::Packer::default();
    let mut heap = Heap::new(100);
    // Two boxes of the same bytes come from elsewhere; one more part refers to the first.
    let mut receive = |heap: &mut Heap| {
        let packed = packer.pack(&keeper, kept, 1_000).expect("it fits");
        let to = heap.alloc(packed.words.len());
        heap.adopt(packed.term, packed.words, to)
    };
    let (first, second) = (receive(&mut heap), receive(&mut heap));
    let part = heap.part(first, 8, 16).expect("a part");
    assert_eq!(references(kept), 3);
    assert_eq!(heap.outside_bytes(), 100);

    let mut roots = Terms(vec![part, second]);
    heap.collect(&mut roots, 0, false, false);
    assert_eq!(references(kept), 3);
    // The old die in a full collection only.
    roots.0.pop();
    heap.collect(&mut roots, 0, false, false);
    assert_eq!(references(kept), 3);
    heap.collect(&mut roots, 0, false, true);
    assert_eq!(references(kept), 2);
    assert_eq!(text(roots.0[0]), "<<7, 7>>");
    roots.0.pop();
    heap.collect(&mut roots, 0, false, true);
    assert_eq!(references(kept), 1);
    assert_eq!(heap.outside_bytes(), 0);

    // The young die in a young one, those in fragments too.
    receive(&mut heap);
    let room = heap.room();
    heap.list((0..room as i64).map(Term::small));
    receive(&mut heap);
    assert!(heap.is_crowded());
    assert_eq!(references(kept), 3);
    heap.collect(&mut roots, 0, false, false);
    assert_eq!(references(kept), 1);
    assert!(!heap.is_crowded());

    // And all of them with the heap.
    receive(&mut heap);
    assert_eq!(references(kept), 2);
    drop(heap);
    assert_eq!(references(kept), 1);
}

#[test]
fn old_terms_do_not_move_in_a_young_collection() {
    let mut heap = Heap::new(200);
    let mut roots = Terms(vec![heap.list([Term::small(1)])]);
    heap.collect(&mut roots, 0, false, true);
    let old = roots.0[0];
    let tuple = heap.tuple(&[old, Term::NIL]);
    roots.0.push(tuple);
    let [young, full] = heap.collections;
    heap.collect(&mut roots, 0, false, false);
    assert_eq!(heap.collections, [young + 1, full]);
    assert_eq!(roots.0[0], old);
    assert_eq!(roots.0[1].as_tuple(), Some(&[old, Term::NIL][..]));
}

/// What a chain of a million cells takes to move is time and no stack.
#[test]
fn deep_terms_are_moved_without_recursion() {
    let mut heap = Heap::new(24);
    let depth: i64 = if cfg!(miri) { 300 } else { 300_000 };
    let deep = (0..depth).fold(Term::NIL, |inner, n| heap.tuple(&[inner, Term::small(n)]));
    let mut roots = Terms(vec![deep]);
    heap.collect(&mut roots, 0, false, false);
    let again = (0..depth).fold(Term::NIL, |inner, n| heap.tuple(&[inner, Term::small(n)]));
    assert!(equal(roots.0[0], again));
    assert_eq!(heap.live_words(), usize::try_from(depth).unwrap_or(0) * 3);
}

#[test]
fn a_young_block_grows_while_it_is_busy() {
    let mut heap = Heap::new(24);
    let mut roots = Terms(Vec::new());
    for _ in 0..20 {
        heap.collect(&mut roots, 0, false, false);
    }
    let easy = heap.held_words();
    heap.collect(&mut roots, 0, false, false);
    assert_eq!(heap.held_words(), easy);
    heap.collect(&mut roots, 0, true, false);
    assert!(heap.held_words() > easy);
    heap.collect(&mut roots, 100_000, false, false);
    assert!(heap.room() >= 100_000);
}

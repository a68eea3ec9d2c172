//! Laws of terms: the order, integers against 128-bit ones, texts of floats, and printing.

use super::any::{Any, text};
use super::integer::{self, Wrong};
use super::order::{compare, compare_keys, equal, equal_value};
use super::{Term, float, print};
use crate::atom::Atom;
use crate::heap::Heap;
use dashu_int::IBig;
use quickcheck::quickcheck;
use std::cmp::Ordering;

/// Bits that integers may have in these tests: enough for every result but one made to be too much.
const LIMIT: u64 = 1000;

quickcheck! {
    fn orders_are_total(x: Any, y: Any, z: Any) -> bool {
        let heap = &mut Heap::new(10);
        let (x, y, z) = (x.build(heap), y.build(heap), z.build(heap));
        [compare as fn(Term, Term) -> Ordering, compare_keys].into_iter().all(|compare| {
            let mut all = [x, y, z];
            all.sort_by(|a, b| compare(*a, *b));
            compare(x, y) == compare(y, x).reverse()
                && compare(x, x).is_eq()
                && compare(all[0], all[1]).is_le()
                && compare(all[1], all[2]).is_le()
                && compare(all[0], all[2]).is_le()
                && (compare(all[0], all[2]).is_ne() || compare(all[0], all[1]).is_eq())
        })
    }

    fn equality_is_that_of_the_orders(x: Any, y: Any) -> bool {
        let heap = &mut Heap::new(10);
        let (x, y) = (x.build(heap), y.build(heap));
        equal(x, y) == compare_keys(x, y).is_eq()
            && equal_value(x, y) == compare(x, y).is_eq()
            && (!equal(x, y) || equal_value(x, y))
            && equal(x, y) == (text(x) == text(y))
    }

    fn what_is_built_twice_is_equal(x: Any) -> bool {
        let (one, two) = (&mut Heap::new(10), &mut Heap::new(10));
        let (x, y) = (x.build(one), x.build(two));
        equal(x, y) && compare(x, y).is_eq() && compare_keys(x, y).is_eq()
    }

    fn integers_and_floats_compare_exactly(n: i128, float: f64, near: bool) -> bool {
        let n = n >> (n & 127);
        let float = if near || !float.is_finite() { n as f64 } else { float };
        // Below 2^127 every whole part fits 128 bits.
        if float.abs() >= 1e38 {
            return true;
        }
        let expected = n.cmp(&(float.floor() as i128));
        let expected = expected.then(if float > float.floor() { Ordering::Less } else { expected });
        let heap = &mut Heap::new(10);
        let (n, float) = (make(heap, n), heap.float(float));
        compare(n, float) == expected
            && compare(float, n) == expected.reverse()
            && compare_keys(n, float).is_lt()
    }

    fn arithmetic_is_that_of_128_bits(x: i128, y: i128, small: u8) -> bool {
        // Of all sizes, half of them around those of small integers and words.
        let (x, y) = (x >> (small % 128).max(1), y >> (y & 127).max(1));
        let heap = &mut Heap::new(10);
        let (a, b) = (make(heap, x), make(heap, y));
        value(integer::add(heap, a, b, LIMIT)) == Ok(IBig::from(x) + IBig::from(y))
            && value(integer::sub(heap, a, b, LIMIT)) == Ok(IBig::from(x) - IBig::from(y))
            && x.checked_mul(y).is_none_or(|product| {
                value(integer::mul(heap, a, b, LIMIT)) == Ok(product.into())
            })
            && value(integer::div(heap, a, b)) == wide(x.checked_div(y))
            && value(integer::rem(heap, a, b)) == wide(x.checked_rem(y))
            && value(integer::and(heap, a, b)) == wide(Some(x & y))
            && value(integer::or(heap, a, b)) == wide(Some(x | y))
            && value(integer::xor(heap, a, b)) == wide(Some(x ^ y))
            && value(integer::not(heap, a)) == wide(Some(!x))
            && value(integer::neg(heap, a)) == wide(Some(-x))
            && value(integer::abs(heap, a)) == wide(Some(x.abs()))
            && integer::compare(a, b) == Some(x.cmp(&y))
            && integer::is_negative(a) == (x < 0)
            && integer::bits(a) == u64::from(128 - x.unsigned_abs().leading_zeros())
            && integer::to_i64(a) == i64::try_from(x).ok()
    }

    fn shifts_multiply_and_divide(x: i128, count: u8) -> bool {
        let x = x >> (x & 127);
        let heap = &mut Heap::new(10);
        let (a, up, down) = (make(heap, x), Term::small(count.into()), Term::small(-i64::from(count)));
        let left = Ok(IBig::from(x) * (IBig::ONE << usize::from(count)));
        let right = wide(Some(if count < 128 { x >> count } else { x >> 127 }));
        value(integer::shift_left(heap, a, up, LIMIT)) == left
            && value(integer::shift_right(heap, a, down, LIMIT)) == left
            && value(integer::shift_left(heap, a, down, LIMIT)) == right
            && value(integer::shift_right(heap, a, up, LIMIT)) == right
    }

    fn large_products_are_divided_again(x: i128, y: i128, z: i128) -> bool {
        let heap = &mut Heap::new(10);
        let [a, b, c] = [x, y | 1, z].map(|n| make(heap, n));
        let product = integer::mul(heap, a, b, LIMIT).expect("within the limit");
        let product = integer::mul(heap, product, b, LIMIT).expect("within the limit");
        let sum = integer::add(heap, product, c, LIMIT).expect("within the limit");
        let quotient = integer::div(heap, sum, b).expect("not zero");
        let rest = integer::rem(heap, sum, b).expect("not zero");
        let back = integer::mul(heap, quotient, b, LIMIT).expect("within the limit");
        let back = integer::add(heap, back, rest, LIMIT).expect("within the limit");
        equal(back, sum)
    }

    fn integer_text_is_read_back(x: i128, base: u8) -> bool {
        let (x, base) = (x >> (x & 127), u32::from(base % 35) + 2);
        let heap = &mut Heap::new(10);
        let a = make(heap, x);
        let text = integer::to_text(a, base).expect("an integer");
        let read = |heap: &mut Heap, text: &str| {
            value(integer::from_text(heap, text.as_bytes(), base, LIMIT))
        };
        (base != 10 || text == x.to_string())
            && i128::from_str_radix(&text, base) == Ok(x)
            && text == text.to_uppercase()
            && read(heap, &text) == wide(Some(x))
            && read(heap, &text.to_lowercase()) == wide(Some(x))
    }

    fn float_text_is_read_back(bits: u64) -> bool {
        let float = f64::from_bits(bits);
        let Some(float) = float::finite(float) else { return true };
        let text = float::to_text(float);
        let digits = |text: &str| {
            let mantissa = text.split('e').next().unwrap_or_default().replace(['.', '-'], "");
            mantissa.trim_matches('0').len()
        };
        // As few digits as the shortest text of the standard library has.
        float::from_text(text.as_bytes()).map(f64::to_bits) == Some(bits)
            && digits(&text) == digits(&format!("{float:e}"))
    }

    fn integers_become_the_nearest_float(x: i128) -> bool {
        let x = x >> (x & 127);
        float::nearest(make(&mut Heap::new(10), x)) == Some(x as f64)
    }

    fn whole_floats_become_integers(float: f64) -> bool {
        let heap = &mut Heap::new(10);
        let whole = float::finite(float).unwrap_or(1e300).trunc();
        let integer = float::integral(heap, whole);
        let float = heap.float(whole);
        float::nearest(integer) == Some(whole) && compare(integer, float).is_eq()
    }

    fn decimals_are_the_exact_ones_rounded(float: f64, decimals: u8) -> bool {
        let Some(float) = float::finite(float % 1e40) else { return true };
        let decimals = usize::from(decimals % 60);
        // 1,074 digits behind the point are exact; the standard library then has only zeros to add.
        let exact = format!("{float:.1074}");
        let (kept, rest) = exact.split_at(exact.len() - 1074 + decimals);
        let up = rest.as_bytes()[0] >= b'5';
        let digits: String = kept.chars().filter(char::is_ascii_digit).collect();
        let digits: IBig = digits.parse().expect("digits");
        let digits = format!("{:0>1$}", (digits + IBig::from(u8::from(up))).to_string(), decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let sign = if float.is_sign_negative() { "-" } else { "" };
        let point = if decimals > 0 { "." } else { "" };
        float::to_text_decimals(float, decimals) == format!("{sign}{whole}{point}{fraction}")
    }
}

fn make(heap: &mut Heap, n: i128) -> Term {
    integer::make(heap, &IBig::from(n))
}

/// The value of an answer, if it is in its one representation.
fn value(answer: integer::Answer) -> Result<IBig, Wrong> {
    let term = answer?;
    let value = integer::get(term).expect("an integer");
    let fits = i64::try_from(&value).is_ok_and(|n| Term::try_small(n).is_some());
    assert_eq!(fits, term.is_small(), "{value}");
    Ok(value)
}

fn wide(expected: Option<i128>) -> Result<IBig, Wrong> {
    expected.map(IBig::from).ok_or(Wrong::Argument)
}

#[test]
fn integers_stay_below_the_limit() {
    let heap = &mut Heap::new(10);
    let one = Term::small(1);
    let shift = |heap: &mut Heap, count| integer::shift_left(heap, one, Term::small(count), 100);
    let high = shift(heap, 99).expect("2^99 has 100 bits");
    assert_eq!(shift(heap, 100), Err(Wrong::Limit));
    assert_eq!(shift(heap, 1 << 59), Err(Wrong::Limit));
    assert_eq!(integer::shift_left(heap, one, high, 100), Err(Wrong::Limit));
    assert_eq!(integer::add(heap, high, high, 100), Err(Wrong::Limit));
    assert_eq!(integer::mul(heap, high, Term::small(2), 100), Err(Wrong::Limit));
    assert_eq!(integer::mul(heap, high, high, 100), Err(Wrong::Limit));
    assert_eq!(integer::mul(heap, high, Term::small(0), 100), Ok(Term::small(0)));
    assert_eq!(integer::shift_left(heap, Term::small(0), high, 100), Ok(Term::small(0)));
    assert_eq!(integer::shift_right(heap, high, high, 100), Ok(Term::small(0)));
    let text = integer::to_text(high, 10).expect("an integer");
    assert!(integer::from_text(heap, text.as_bytes(), 10, 100).is_ok());
    assert_eq!(integer::from_text(heap, text.as_bytes(), 10, 99), Err(Wrong::Limit));
    let long = vec![b'9'; 1 << 20];
    assert_eq!(integer::from_text(heap, &long, 10, 100), Err(Wrong::Limit));
    assert_eq!(integer::from_text(heap, b"-0001", 10, 1), Ok(Term::small(-1)));
}

#[test]
fn arithmetic_takes_integers() {
    let heap = &mut Heap::new(10);
    let (one, float) = (Term::small(1), heap.float(1.0));
    let refused = Err(Wrong::Argument);
    assert_eq!(integer::add(heap, one, float, LIMIT), refused);
    assert_eq!(integer::sub(heap, Term::NIL, one, LIMIT), refused);
    assert_eq!(integer::mul(heap, float, one, LIMIT), refused);
    assert_eq!(integer::div(heap, one, Term::small(0)), refused);
    assert_eq!(integer::rem(heap, one, Term::small(0)), refused);
    assert_eq!(integer::shift_left(heap, one, float, LIMIT), refused);
    assert_eq!(integer::abs(heap, float), refused);
    for text in ["", "+", "-", "1a", "1.0", " 1", "+-1"] {
        assert_eq!(integer::from_text(heap, text.as_bytes(), 10, LIMIT), refused, "{text:?}");
    }
}

#[test]
fn floats_print_as_the_book_says() {
    for (float, text) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (0.0001, "0.0001"),
        (0.00001, "1.0e-5"),
        (1000.0, "1.0e3"),
        (1_000_000.0, "1.0e6"),
        (123.0, "123.0"),
        (-12.75, "-12.75"),
        (9_007_199_254_740_991.0, "9007199254740991.0"),
        (9_007_199_254_740_992.0, "9.007199254740992e15"),
        (1e21, "1.0e21"),
        (5e-324, "5.0e-324"),
        (f64::MAX, "1.7976931348623157e308"),
    ] {
        assert_eq!(float::to_text(float), text);
    }
    assert_eq!(float::to_text_decimals(0.125, 2), "0.13");
    assert_eq!(float::to_text_decimals(-9.995, 1), "-10.0");
    assert_eq!(float::to_text_decimals(2.5, 0), "3");
    assert_eq!(float::to_text_decimals(1e22, 1), "10000000000000000000000.0");
    assert_eq!(float::compact("1.2500"), "1.25");
    assert_eq!(float::compact("1.000"), "1.0");
    assert_eq!(float::compact("100"), "100");
    assert_eq!(float::to_text_scientific(1.0, 3), "1.000e+00");
    assert_eq!(float::to_text_scientific(-1.5e-300, 1), "-1.5e-300");
}

#[test]
fn floats_are_read_strictly() {
    assert_eq!(float::from_text(b"1.5"), Some(1.5));
    assert_eq!(float::from_text(b"+1.5E+2"), Some(150.0));
    assert_eq!(float::from_text(b"-1.5e-2"), Some(-0.015));
    for text in ["1", "1.", ".5", "1.0e", "1.0e+", "1e5", "1.0 ", "inf", "nan", "--1.0", "1.0e400"]
    {
        assert_eq!(float::from_text(text.as_bytes()), None, "{text:?}");
    }
}

#[test]
fn terms_print_canonically() {
    let heap = &mut Heap::new(10);
    let (one, two) = (Term::small(1), Term::small(2));
    let list = heap.list([one, two]);
    let improper = heap.list_onto([one], two);
    let tuple = heap.tuple(&[list, improper, Term::NIL]);
    assert_eq!(text(tuple), "{[1, 2], [1 | 2], []}");
    let empty = heap.tuple(&[]);
    assert_eq!(text(empty), "{}");
    let (float, big) = (heap.float(1.0), make(heap, -(1 << 70)));
    let pairs = &mut [(float, list), (one, empty), (Term::atom(Atom::new("ok")), big)];
    let map = super::map::from_pairs(heap, pairs);
    assert_eq!(text(map), "#{1 => {}, 1.0 => [1, 2], ok => -1180591620717411303424}");
    let empty = super::map::empty(heap);
    assert_eq!(text(empty), "#{}");
    let bits = heap.bitstring(&[1, 2, 0b1010_0000], 19);
    assert_eq!(text(bits), "<<1, 2, 5:3>>");
    let part = heap.part(bits, 4, 8).expect("a part of it");
    assert_eq!(text(part), "<<16>>");
    let part = heap.part(bits, 19, 0).expect("a part of it");
    assert_eq!(text(part), "<<>>");
    let external = heap.external(Atom::new("Lists"), Atom::new("map"), 2);
    assert_eq!(text(external), "fun 'Lists':map/2");
    let pid = super::Pid { serial: 3, slot: 7 };
    assert_eq!(text(Term::pid(pid)), "<7.3>");
    let reference = heap.reference(super::Ref { creator: pid, number: 5 });
    assert_eq!(text(reference), "#Ref<7.3.5>");
}

#[test]
fn atoms_are_quoted_if_they_must() {
    for (atom, quoted) in [
        ("ok", "ok"),
        ("größe@1_A", "größe@1_A"),
        ("", "''"),
        ("Ok", "'Ok'"),
        ("_", "'_'"),
        ("÷", "'÷'"),
        ("aλ", "'aλ'"),
        ("receive", "'receive'"),
        ("it's\\", "'it\\'s\\\\'"),
        ("\u{8}\t\n\u{b}\u{c}\r\u{1b}\u{7f}", "'\\b\\t\\n\\v\\f\\r\\e\\d'"),
        ("\u{1}\u{9f}", "'\\001\\237'"),
    ] {
        assert_eq!(print::quote(Atom::new(atom)), quoted);
    }
}

#[test]
fn types_are_ordered() {
    let heap = &mut Heap::new(10);
    let pid = super::Pid { serial: 0, slot: 1 };
    let all = [
        heap.float(1e300),
        Term::atom(Atom::new("a")),
        heap.reference(super::Ref { creator: pid, number: 1 }),
        heap.external(Atom::new("a"), Atom::new("a"), 0),
        Term::pid(pid),
        heap.tuple(&[]),
        super::map::empty(heap),
        Term::NIL,
        heap.list([Term::NIL]),
        heap.binary(b""),
    ];
    for (at, a) in all.iter().enumerate() {
        for b in &all[at + 1..] {
            assert_eq!(compare(*a, *b), Ordering::Less, "{} {}", text(*a), text(*b));
        }
    }
}

/// Deeper than any stack: nothing recurses on the depth of a term.
#[test]
fn depth_costs_no_stack() {
    let heap = &mut Heap::new(10);
    let depth = if cfg!(miri) { 500 } else { 300_000 };
    let mut deep = || {
        (0..depth).fold(Term::NIL, |term, step| match step % 3 {
            0 => heap.tuple(&[term, Term::NIL]),
            1 => heap.list([term]),
            _ => super::map::from_pairs(heap, &mut [(Term::NIL, term)]),
        })
    };
    let (a, b) = (deep(), deep());
    assert!(equal(a, b));
    assert!(compare(a, b).is_eq());
    assert!(compare_keys(a, b).is_eq());
    // Its text is cut, but for a shallow one.
    assert!(text(a).ends_with(['}', ']', '.']));
}

#[test]
fn maps_compare_by_keys_then_values() {
    let heap = &mut Heap::new(10);
    let (one, two) = (Term::small(1), Term::small(2));
    let float = heap.float(1.0);
    let mut map = |pairs: &mut [(Term, Term)]| super::map::from_pairs(heap, pairs);
    let (a, b) = (map(&mut [(one, one)]), map(&mut [(one, float)]));
    assert!(equal_value(a, b) && !equal(a, b));
    let (a, b) = (map(&mut [(one, one)]), map(&mut [(float, one)]));
    assert!(compare(a, b).is_lt() && !equal_value(a, b));
    // All keys come before any value.
    let (a, b) = (map(&mut [(one, two), (two, one)]), map(&mut [(one, one), (float, two)]));
    assert!(compare(a, b).is_lt());
}

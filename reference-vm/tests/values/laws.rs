//! Laws that values keep, tried on random ones.

use crate::any::{Any, Number, read};
use crate::{Bare, call};
use dashu_int::IBig;
use lam_isa::kind::Op;
use lam_reference::op::evaluate;
use lam_reference::term::{
    BitReader, BitWriter, Bits, Term, compare, compare_exact, compare_keys, float, integer,
};
use quickcheck::quickcheck;
use std::cmp::Ordering;

/// Any two terms compare one way round, and three of them without a cycle.
fn is_order(order: fn(&Term, &Term) -> Ordering, a: &Term, b: &Term, c: &Term) -> bool {
    let transitive = |x, y, z| !(order(x, y).is_le() && order(y, z).is_le()) || order(x, z).is_le();
    order(a, a).is_eq()
        && order(a, b) == order(b, a).reverse()
        && [(a, b, c), (b, c, a), (c, a, b), (a, c, b)].iter().all(|(x, y, z)| transitive(x, y, z))
}

quickcheck! {
    fn terms_are_ordered(a: Any, b: Any, c: Any) -> bool {
        is_order(compare, &a.0, &b.0, &c.0)
    }

    fn keys_are_ordered(a: Any, b: Any, c: Any) -> bool {
        is_order(compare_keys, &a.0, &b.0, &c.0)
    }

    fn the_same_term_is_equal_and_prints_alike(a: Any, b: Any) -> bool {
        let same = compare_exact(&a.0, &b.0).is_eq();
        let text = |term: &Term| lam_reference::term::display(term);
        same == (text(&a.0) == text(&b.0)) && (!same || compare(&a.0, &b.0).is_eq())
    }

    fn external_format_comes_back(a: Any) -> bool {
        let funs = text(&a).contains("#Fun");
        let binary = call("erlang", "term_to_binary", std::slice::from_ref(&a.0)).expect("bytes");
        funs || call("erlang", "binary_to_term", &[binary]) == Ok(a.0)
    }

    fn compressed_bytes_come_back(data: Vec<u8>) -> bool {
        [("compress", "uncompress"), ("zip", "unzip"), ("gzip", "gunzip")].iter().all(|(pack, unpack)| {
            let packed = call("zlib", pack, &[Term::binary(data.clone())]).expect("bytes");
            call("zlib", unpack, &[packed]) == Ok(Term::binary(data.clone()))
        })
    }

    fn damaged_external_format_is_no_harm(a: Any, place: usize, byte: u8) -> bool {
        let binary = call("erlang", "term_to_binary", &[a.0]).expect("bytes");
        let Term::Bits(bits) = binary else { return false };
        let mut bytes = bits.bytes().into_owned();
        let place = place % bytes.len();
        bytes[place] = byte;
        let _ = call("erlang", "binary_to_term", &[Term::binary(bytes.clone())]);
        bytes.truncate(place);
        call("erlang", "binary_to_term", &[Term::binary(bytes)]).is_err()
    }
}

quickcheck! {
    fn natives_answer_whatever_they_are_given(a: Any, b: Any, c: Any) -> bool {
        let args = [a.0, b.0, c.0];
        lam_reference::native::pure_names().all(|(module, name, arity)| {
            match call(module, name, &args[..usize::from(arity)]) {
                Ok(_) => true,
                Err((class, _)) => class == "error",
            }
        })
    }
}

#[test]
fn natives_have_names_of_their_own() {
    let names: Vec<_> = lam_reference::native::pure_names().collect();
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(names.len(), distinct.len());
    assert!(names.iter().all(|(module, name, arity)| {
        lam_reference::native::pure(module, name, *arity).is_some()
    }));
}

fn text(term: &Any) -> String {
    lam_reference::term::display(&term.0)
}

/// Whether an operation gives that integer, in its one representation.
fn gives(op: Op, sources: &[&Term], expected: &IBig) -> bool {
    let sources: Vec<Term> = sources.iter().map(|term| (*term).clone()).collect();
    evaluate(op, &sources, &mut Bare::default()).is_ok_and(|value| value == read(expected))
}

quickcheck! {
    fn sums(a: Number, b: Number) -> bool {
        gives(Op::Add, &[&a.0, &b.0], &(&a.1 + &b.1))
            && gives(Op::Sub, &[&a.0, &b.0], &(&a.1 - &b.1))
            && gives(Op::Mul, &[&a.0, &b.0], &(&a.1 * &b.1))
            && gives(Op::Neg, &[&a.0], &-&a.1)
    }

    fn quotients(a: Number, b: Number) -> bool {
        b.1 == IBig::ZERO
            || gives(Op::Div, &[&a.0, &b.0], &(&a.1 / &b.1))
                && gives(Op::Rem, &[&a.0, &b.0], &(&a.1 % &b.1))
    }

    fn bits_of_integers(a: Number, b: Number) -> bool {
        gives(Op::Band, &[&a.0, &b.0], &(&a.1 & &b.1))
            && gives(Op::Bor, &[&a.0, &b.0], &(&a.1 | &b.1))
            && gives(Op::Bxor, &[&a.0, &b.0], &(&a.1 ^ &b.1))
            && gives(Op::Bnot, &[&a.0], &!&a.1)
    }

    fn shifts(a: Number, count: u8) -> bool {
        let places = usize::from(count);
        let count = Term::Int(i64::from(count));
        gives(Op::Bsl, &[&a.0, &count], &(&a.1 << places))
            && gives(Op::Bsr, &[&a.0, &count], &(&a.1 >> places))
    }

    fn orders(a: Number, b: Number) -> bool {
        compare(&a.0, &b.0) == a.1.cmp(&b.1)
    }

    fn texts_in_every_base(a: Number, base: u8) -> bool {
        let base = base % 35 + 2;
        let text = integer::to_text(&a.0, base.into()).expect("an integer");
        text == a.1.in_radix(base).to_string().to_uppercase()
            && integer::from_text(text.as_bytes(), base.into(), u64::MAX) == Ok(a.0)
    }

    fn nearest_floats(a: Number) -> bool {
        let float: f64 = integer::to_text(&a.0, 10).expect("digits").parse().expect("a float");
        float::nearest(&a.0) == Some(float)
    }

    fn floats_of_integers_compare_exactly(a: Number, b: f64) -> bool {
        !b.is_finite() || float::integral(b.trunc()).is_some_and(|whole| {
            let order = compare(&a.0, &Term::Float(b));
            let around = compare(&a.0, &whole);
            order == around || around.is_eq() && b.fract() != 0.0
        })
    }
}

/// The shortest digits that read back as the float, found by trying.
fn shortest_length(float: f64) -> usize {
    (0..17)
        .find(|digits| format!("{float:.digits$e}").parse() == Ok(float))
        .map_or(17, |digits| digits + 1)
}

/// How many digits a text of a float has, without zeros at either end.
fn significant(text: &str) -> usize {
    let mantissa = text.split('e').next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len().max(1)
}

quickcheck! {
    fn floats_come_back_from_the_shortest_text(bits: u64) -> bool {
        let float = f64::from_bits(bits);
        if !float.is_finite() { return true }
        let text = float::to_text(float);
        float::from_text(text.as_bytes()).map(f64::to_bits) == Some(bits)
            && text.parse::<f64>().map(f64::to_bits) == Ok(bits)
            && significant(&text) <= shortest_length(float)
    }

    fn prices_come_back_too(cents: i32) -> bool {
        let float = f64::from(cents) / 100.0;
        float::from_text(float::to_text(float).as_bytes()) == Some(float)
    }

    fn halves_come_back(bits: u16) -> bool {
        float::from_half(bits).is_none_or(|float| float::to_half(float) == bits)
    }

    fn floats_round_to_the_nearest_half(float: f64) -> bool {
        if !float.is_finite() { return true }
        let half = float::to_half(float);
        let error = |bits| float::from_half(bits).map_or(f64::INFINITY, |half| (half - float).abs());
        let neighbours = [half.wrapping_sub(1), half.wrapping_add(1)];
        neighbours.iter().all(|bits| error(half) <= error(*bits)) || half & 0x7c00 == 0x7c00
    }
}

quickcheck! {
    fn written_integers_are_read_back(before: u8, a: Number, size: u8, little: bool) -> bool {
        let (before, size) = (usize::from(before % 9), usize::from(size));
        let mut writer = BitWriter::new();
        writer.put_integer(&Term::Int(5), before, false).expect("an integer");
        writer.put_integer(&a.0, size, little).expect("an integer");
        writer.put_bytes(b"!");
        let mut reader = BitReader::new(writer.finish());
        reader.skip(before).expect("inside");
        let start = reader.position();
        let modulus = IBig::from(1) << size;
        let unsigned = ((&a.1 % &modulus) + &modulus) % &modulus;
        let is_negative = size > 0 && unsigned >= &modulus / 2;
        let signed = if is_negative { &unsigned - &modulus } else { unsigned.clone() };
        reader.read_integer(size, false, little) == Some(read(&unsigned))
            && reader.set_position(start).is_some()
            && reader.read_integer(size, true, little) == Some(read(&signed))
            && reader.read_integer(8, false, false) == Some(Term::Int(33))
            && reader.remaining() == 0
    }

    fn parts_join(bytes: Vec<u8>, cut: usize, shift: u8) -> bool {
        let whole = Bits::from_bytes(bytes);
        let cut = cut % (whole.bit_length() + 1);
        let (left, right) = (whole.part(0, cut), whole.part(cut, whole.bit_length() - cut));
        let mut writer = BitWriter::new();
        let shift = usize::from(shift % 8);
        writer.put_integer(&Term::Int(0), shift, false).expect("an integer");
        [left, right].into_iter().flatten().for_each(|part| writer.put(&part));
        let joined = writer.finish();
        joined.part(shift, whole.bit_length()).is_some_and(|joined| {
            joined == whole && joined.bytes() == whole.bytes()
        })
    }

    fn code_points_come_back(char: char, little: bool) -> bool {
        let code = Term::Int(i64::from(u32::from(char)));
        let mut writer = BitWriter::new();
        writer.put_utf8(&code).expect("a code point");
        writer.put_utf16(&code, little).expect("a code point");
        writer.put_utf32(&code, little).expect("a code point");
        let mut reader = BitReader::new(writer.finish());
        reader.read_utf8() == Some(char)
            && reader.read_utf16(little) == Some(char)
            && reader.read_utf32(little) == Some(char)
            && reader.remaining() == 0
    }

    fn utf8_is_read_as_by_the_standard_library(bytes: Vec<u8>) -> bool {
        let mut reader = BitReader::new(Bits::from_bytes(bytes.clone()));
        let mut read = String::new();
        while let Some(char) = reader.read_utf8() {
            read.push(char);
        }
        let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        read == valid
    }
}

//! Bitstrings against lists of bits.

use super::*;
use dashu_int::IBig;
use quickcheck::quickcheck;

fn heap() -> Heap {
    Heap::new(4096)
}

/// A bitstring of these bits that begins in the middle of its bytes.
fn made(heap: &mut Heap, bits: &[bool], before: usize) -> Term {
    let mut writer = BitWriter::new();
    (0..before).for_each(|_| writer.put_word(1, 1));
    bits.iter().for_each(|bit| writer.put_word(u64::from(*bit), 1));
    let whole = writer.finish(heap);
    heap.part(whole, before, bits.len()).expect("it lies inside")
}

fn view<'h>(term: Term) -> Bits<'h> {
    term.as_bits().expect("a bitstring")
}

fn bits_of(term: Term) -> Vec<bool> {
    let bits = view(term);
    (0..bits.length).map(|at| bits.word(at, 1) == 1).collect()
}

quickcheck! {
    fn order_is_that_of_the_bits(a: Vec<bool>, b: Vec<bool>, before: (u8, u8)) -> bool {
        let mut heap = heap();
        let x = made(&mut heap, &a, usize::from(before.0 % 9));
        let y = made(&mut heap, &b, usize::from(before.1 % 9));
        let same = made(&mut heap, &a, usize::from(before.1 % 9));
        view(x).compare(&view(y)) == a.cmp(&b) && view(x).same(&view(same))
    }

    fn parts_joined_are_the_whole(bits: Vec<bool>, before: u8, cut: usize) -> bool {
        let mut heap = heap();
        let whole = made(&mut heap, &bits, usize::from(before % 9));
        let cut = cut % (bits.len() + 1);
        let mut writer = BitWriter::new();
        for (start, length) in [(0, cut), (cut, bits.len() - cut)] {
            writer.put(&view(whole).part(start, length).expect("it lies inside"));
        }
        let joined = writer.finish(&mut heap);
        bits_of(joined) == bits
            && *view(joined).to_bytes() == *view(whole).to_bytes()
            && view(whole).part(cut, bits.len() - cut + 1).is_none()
    }

    fn integers_come_back_as_they_are_modulo_their_size(
        words: (u64, u64, i64), size: u8, before: u8, signed: bool, little: bool
    ) -> bool {
        let mut heap = heap();
        let size = usize::from(size) % 200;
        let value = (IBig::from(words.2) << 128) + (IBig::from(words.1) << 64) + words.0;
        // A small one as often as a large one.
        let value = if words.0.is_multiple_of(2) { value } else { IBig::from(words.2 >> 8) };
        let mut writer = BitWriter::new();
        writer.put_word(1, usize::from(before % 9));
        let term = integer_term(&mut heap, &value);
        writer.put_integer(term, size, little).expect("an integer");
        let whole = writer.finish(&mut heap);
        let mut reader = BitReader::new(view(whole));
        reader.read_word(usize::from(before % 9));
        let read = reader.read_integer(&mut heap, size, signed, little).expect("it is there");
        let modulus = IBig::ONE << size;
        let mut expected = value % &modulus;
        if expected < IBig::ZERO {
            expected += &modulus;
        }
        if signed && size > 0 && expected >= IBig::ONE << (size - 1) {
            expected -= &modulus;
        }
        crate::term::integer::get(read) == Some(expected) && reader.remaining() == 0
    }

    fn floats_come_back(value: f64, little: bool, before: u8) -> bool {
        let value = if value.is_finite() { value } else { 1.5 };
        let mut heap = heap();
        let term = heap.float(value);
        // A number that the smaller formats have.
        let short = (value as f32).clamp(-2048.0, 2048.0).trunc();
        let exact = heap.float(f64::from(short));
        let cases = [(16, exact), (32, exact), (64, exact), (64, term)];
        cases.iter().all(|(size, term)| {
            let mut writer = BitWriter::new();
            writer.put_word(0, usize::from(before % 9));
            writer.put_float(*term, *size, little).expect("a number");
            let whole = writer.finish(&mut heap);
            let mut reader = BitReader::new(view(whole));
            reader.read_word(usize::from(before % 9));
            reader.read_float(*size, little) == term.as_float()
        })
    }

    fn characters_come_back(char: char, little: bool, before: u8) -> bool {
        let mut heap = heap();
        let before = usize::from(before % 9);
        let mut writer = BitWriter::new();
        writer.put_word(0, before);
        let term = Term::small(i64::from(u32::from(char)));
        writer.put_utf8(term).expect("a character");
        writer.put_utf16(term, little).expect("a character");
        writer.put_utf32(term, little).expect("a character");
        let whole = writer.finish(&mut heap);
        let mut reader = BitReader::new(view(whole));
        reader.read_word(before);
        let read = [reader.read_utf8(), reader.read_utf16(little), reader.read_utf32(little)];
        read == [Some(char); 3] && reader.remaining() == 0 && reader.read_utf8().is_none()
    }

    fn contexts_read_what_is_there(bytes: Vec<u8>, before: u8) -> bool {
        let mut heap = heap();
        let bits: Vec<bool> =
            bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
        let whole = made(&mut heap, &bits, usize::from(before % 9));
        let term = Context::start(&mut heap, whole).expect("a bitstring");
        let context = Context::of(term).expect("a context");
        let mut fine = context.exactly(bits.len()) && context.at_least(bits.len(), 7);
        for byte in &bytes {
            let at = context.position();
            fine &= context.at_least(8, 8);
            fine &= context.read_8() == Some(Term::small(i64::from(*byte)));
            fine &= context.set_position(at) && context.skip(8) && context.set_position(at);
            let taken = context.take(&mut heap, 8).expect("it is there");
            fine &= *view(taken).to_bytes() == [*byte];
        }
        fine &= context.left() == 0 && !context.at_least(1, 1) && !context.skip(1);
        fine && context.read_8().is_none()
            && context.take(&mut heap, 1).is_none()
            && !context.set_position(bits.len() + 1)
            && context.position() == bits.len()
    }
}

fn integer_term(heap: &mut Heap, value: &IBig) -> Term {
    crate::term::integer::make(heap, value)
}

/// The bytes of the box that a bitstring is a part of.
fn shared(term: Term) -> Option<NonNull<Shared>> {
    shared_of(origin(term)?.0.as_kind(Kind::Shared)?)
}

fn appended(heap: &mut Heap, term: Term, number: u64, size: usize) -> Term {
    let mut writer = BitWriter::new();
    writer.append(heap, term, &view(term));
    writer.put_word(number, size);
    assert_eq!(writer.bit_length(), view(term).length + size);
    writer.finish(heap)
}

#[test]
fn a_bitstring_grows_in_place() {
    for size in [8, 16, 1, 3, 13] {
        let mut heap = heap();
        let mut term = heap.binary(&[]);
        let mut moves = 0;
        let mut expected = Vec::new();
        for number in 0..if cfg!(miri) { 300 } else { 3000 } {
            let next = appended(&mut heap, term, number, size);
            moves += usize::from(shared(next) != shared(term));
            term = next;
            expected.extend((0..size).rev().map(|bit| number >> bit & 1_u64 == 1));
        }
        assert_eq!(bits_of(term), expected);
        // From 65 bytes on each move doubles the room.
        assert!(moves <= 8, "{moves} moves");
    }
}

#[test]
fn what_has_grown_in_two_ways_is_two_bitstrings() {
    for rest in [0, 3] {
        let mut heap = heap();
        let base = heap.binary(&[1; 69]);
        let base = [5, 3, rest].iter().fold(base, |term, size| appended(&mut heap, term, 1, *size));
        let start = view(base).length;
        let before = bits_of(base);
        let one = appended(&mut heap, base, 0b10101, 5);
        let other = appended(&mut heap, base, 0b01010, 5);
        assert_eq!(shared(one), shared(base));
        assert_ne!(shared(other), shared(base));
        assert_eq!(bits_of(base), before);
        assert_eq!(bits_of(one)[start..], [true, false, true, false, true]);
        assert_eq!(bits_of(other)[start..], [false, true, false, true, false]);
        // Nothing more is nothing new.
        assert_eq!(appended(&mut heap, one, 0, 0), one);
        // A part that ends before the end cannot grow in place.
        let part = heap.part(one, 2, 66 * 8).expect("it lies inside");
        let grown = appended(&mut heap, part, 1, 1);
        assert_ne!(shared(grown), shared(part));
        assert_eq!(bits_of(grown)[..66 * 8], bits_of(one)[2..][..66 * 8]);
    }
}

#[test]
fn bytes_in_part_used_that_others_see_do_not_change() {
    let mut heap = heap();
    let whole = heap.binary(&[1; 70]);
    let term = appended(&mut heap, whole, 1, 3);
    let outside = shared(term).expect("a long one");
    // SAFETY: `term` has a reference; the one made here is given back below.
    unsafe { outside.as_ref() }.retain();
    assert_ne!(shared(appended(&mut heap, term, 1, 1)), shared(term));
    // SAFETY: the reference made above.
    unsafe { Shared::release(outside) };
    assert_eq!(shared(appended(&mut heap, term, 1, 1)), shared(term));
}

#[test]
fn literals_do_not_grow() {
    let mut literals = heap();
    let literal = literals.bitstring(&[7; 80], 80 * 8 - 4);
    let mut heap = heap();
    let grown = appended(&mut heap, literal, 9, 4);
    assert_ne!(shared(grown), shared(literal));
    assert_eq!(view(grown).to_bytes()[79], 9);
    assert_eq!(view(literal).to_bytes()[79], 0);
}

#[test]
fn what_is_no_code_point_is_not_read() {
    let wrong: [&[u8]; 6] = [
        &[0xc0, 0x80],
        &[0xe0, 0x80, 0x80],
        &[0xed, 0xa0, 0x80],
        &[0xf4, 0x90, 0x80, 0x80],
        &[0xe2, 0x82],
        &[0xff],
    ];
    for bytes in wrong {
        assert_eq!(BitReader::new(Bits::from_bytes(bytes)).read_utf8(), None, "{bytes:x?}");
    }
    let lone = Bits::from_bytes(&[0xd8, 0, 0, 0x41]);
    assert_eq!(BitReader::new(lone).read_utf16(false), None);
    assert_eq!(BitReader::new(Bits::from_bytes(&[0, 0, 0xd8, 0])).read_utf32(false), None);
    assert_eq!(BitReader::new(Bits::from_bytes(&[0, 0x11, 0, 0])).read_utf32(false), None);
    let infinite = Bits::from_bytes(&[0x7c, 0]);
    let mut reader = BitReader::new(infinite);
    assert_eq!((reader.read_float(16, false), reader.remaining()), (None, 16));
    assert_eq!(reader.read_float(8, false), None);
}

//! How segments lie in bits, as Erlang lays them out.

use crate::read;
use lam_reference::term::{BitReader, BitWriter, Bits, Term, display, float};
use std::rc::Rc;

fn written(write: impl FnOnce(&mut BitWriter) -> Option<()>) -> String {
    let mut writer = BitWriter::new();
    match write(&mut writer) {
        Some(()) => display(&Term::Bits(Rc::new(writer.finish()))),
        None => "refused".into(),
    }
}

fn reader(text: &str) -> BitReader {
    match read::term(text) {
        Term::Bits(bits) => BitReader::new(Bits::clone(&bits)),
        other => panic!("no bitstring: {other:?}"),
    }
}

#[test]
fn integers_keep_their_low_bits() {
    let integer = |text: &str, size, little| {
        written(|writer| writer.put_integer(&read::term(text), size, little))
    };
    assert_eq!(integer("256", 8, false), "<<0>>");
    assert_eq!(integer("-1", 4, false), "<<15:4>>");
    assert_eq!(integer("2748", 12, true), "<<188, 10:4>>");
    assert_eq!(integer("109517", 17, true), "<<205, 171, 1:1>>");
    assert_eq!(integer("-3", 13, true), "<<253, 31:5>>");
    assert_eq!(integer("1", 20, false), "<<0, 0, 1:4>>");
    assert_eq!(integer("5", 0, true), "<<>>");
    assert_eq!(integer("1180591620717411303425", 80, false), "<<0, 64, 0, 0, 0, 0, 0, 0, 0, 1>>");
    assert_eq!(integer("a", 8, false), "refused");
    assert_eq!(integer("1.0", 8, false), "refused");
}

#[test]
fn integers_are_read_signed_and_little() {
    let integer = |text, size, signed, little| reader(text).read_integer(size, signed, little);
    assert_eq!(integer("<<188, 10:4>>", 12, false, true), Some(Term::Int(2748)));
    assert_eq!(integer("<<188, 10:4>>", 12, true, true), Some(Term::Int(-1348)));
    assert_eq!(integer("<<254, 255>>", 16, true, true), Some(Term::Int(-2)));
    assert_eq!(integer("<<255, 128>>", 9, true, false), Some(Term::Int(-1)));
    assert_eq!(integer("<<255>>", 9, true, false), None);
    assert_eq!(integer("<<255>>", usize::MAX, true, false), None);
    assert_eq!(integer("<<>>", 0, true, true), Some(Term::Int(0)));
}

#[test]
fn floats_are_rounded_and_beyond_all_infinite() {
    let float =
        |text: &str, size| written(|writer| writer.put_float(&read::term(text), size, false));
    assert_eq!(float("1.5", 16), "<<62, 0>>");
    assert_eq!(float("65519.0", 16), "<<123, 255>>");
    assert_eq!(float("65520.0", 16), "<<124, 0>>");
    assert_eq!(float("1.0e-8", 16), "<<0, 0>>");
    assert_eq!(float("5.96e-8", 16), "<<0, 1>>");
    assert_eq!(float("1.0e39", 32), "<<127, 128, 0, 0>>");
    assert_eq!(float("-1.0e39", 32), "<<255, 128, 0, 0>>");
    assert_eq!(float("1.0e-40", 32), "<<0, 1, 22, 194>>");
    assert_eq!(float("1", 64), "<<63, 240, 0, 0, 0, 0, 0, 0>>");
    assert_eq!(float("1", 8), "refused");
    assert_eq!(float(&format!("1{}", "0".repeat(400)), 64), "refused");
    let little = written(|writer| writer.put_float(&Term::Float(1.0), 32, true));
    assert_eq!(little, "<<0, 0, 128, 63>>");
}

#[test]
fn floats_are_read_if_finite() {
    assert_eq!(reader("<<124, 0>>").read_float(16, false), None);
    assert_eq!(reader("<<127, 128, 0, 0>>").read_float(32, false), None);
    assert_eq!(reader("<<255, 255, 255, 255, 255, 255, 255, 255>>").read_float(64, false), None);
    assert_eq!(reader("<<>>").read_float(0, false), None);
    assert_eq!(reader("<<0, 0, 128, 63>>").read_float(32, true), Some(1.0));
    for (bits, value) in [
        (1, 5.960_464_477_539_063e-8),
        (1023, 6.097_555_160_522_461e-5),
        (1024, 6.103_515_625e-5),
        (31743, 65504.0),
        (32769, -5.960_464_477_539_063e-8),
    ] {
        assert_eq!(float::from_half(bits), Some(value));
    }
}

#[test]
fn code_points_are_checked() {
    let utf8 = |code| written(|writer| writer.put_utf8(&Term::Int(code)));
    assert_eq!(utf8(0x43f), "<<208, 191>>");
    assert_eq!(utf8(0xd800), "refused");
    assert_eq!(utf8(0x11_0000), "refused");
    assert_eq!(utf8(-1), "refused");
    let utf16 = written(|writer| writer.put_utf16(&Term::Int(0x1_0000), false));
    assert_eq!(utf16, "<<216, 0, 220, 0>>");
    // Overlong, surrogate, too large, cut off, continuation alone.
    for text in
        ["<<192, 128>>", "<<237, 160, 128>>", "<<244, 144, 128, 128>>", "<<208>>", "<<128>>"]
    {
        let mut reader = reader(text);
        assert_eq!(reader.read_utf8(), None);
        assert_eq!(reader.position(), 0);
    }
    assert_eq!(reader("<<220, 0, 216, 0>>").read_utf16(false), None);
    assert_eq!(reader("<<216, 0, 0, 65>>").read_utf16(false), None);
    assert_eq!(reader("<<216, 0>>").read_utf16(false), None);
    assert_eq!(reader("<<65, 0>>").read_utf16(true), Some('A'));
    assert_eq!(reader("<<0, 0, 216, 0>>").read_utf32(false), None);
    assert_eq!(reader("<<0, 17, 0, 0>>").read_utf32(false), None);
}

#[test]
fn readers_stay_where_nothing_is() {
    let mut reader = reader("<<1, 2, 3:4>>");
    assert_eq!(reader.skip(21), None);
    assert_eq!(reader.read_bits(21), None);
    assert_eq!(reader.skip(usize::MAX), None);
    assert_eq!(reader.position(), 0);
    reader.skip(4).expect("inside");
    let tail = Term::Bits(Rc::new(reader.tail()));
    assert_eq!(display(&tail), "<<16, 35>>");
    assert_eq!(reader.position(), 4);
    let literal = |text| match read::term(text) {
        Term::Bits(bits) => Bits::clone(&bits),
        other => panic!("no bitstring: {other:?}"),
    };
    assert_eq!(reader.read_same(&literal("<<1:4, 1:4>>")), None);
    assert_eq!(reader.read_same(&literal("<<1:4, 0:4>>")), Some(()));
    assert_eq!(reader.position(), 12);
    assert_eq!(reader.remaining(), 8);
}

//! The binary form: round trips, one example per `bin.*` rule, and hostile bytes.

use lam_isa::binary::{DecodeError, MAGIC, decode, encode};
use lam_isa::for_each_instruction;
use lam_isa::kind::*;
use lam_isa::operand::*;
use lam_isa::table::Instr;
use lam_isa::{
    BitString, FunRef, Function, INSTRUCTIONS, Lambda, Literal, Location, Module, Param, Rule,
};
use quickcheck::{Arbitrary, Gen, QuickCheck};
use std::collections::BTreeSet;

/// Anything, sound or not, that the types can hold.
trait Any: Sized {
    fn any(g: &mut Gen) -> Self;
}

fn below(g: &mut Gen, n: u64) -> u64 {
    u64::arbitrary(g) % n
}

/// Small numbers most often, and some of every size.
fn number(g: &mut Gen) -> u64 {
    let bits = below(g, 64);
    u64::arbitrary(g) >> bits >> (below(g, 2) * (63 - bits))
}

impl Any for u32 {
    fn any(g: &mut Gen) -> u32 {
        number(g) as u32
    }
}

impl Any for u16 {
    fn any(g: &mut Gen) -> u16 {
        number(g) as u16
    }
}

impl Any for u8 {
    fn any(g: &mut Gen) -> u8 {
        number(g) as u8
    }
}

impl Any for bool {
    fn any(g: &mut Gen) -> bool {
        bool::arbitrary(g)
    }
}

impl Any for i64 {
    fn any(g: &mut Gen) -> i64 {
        let n = number(g) as i64;
        if bool::any(g) { n } else { n.wrapping_neg() }
    }
}

impl<T: Any> Any for Vec<T> {
    fn any(g: &mut Gen) -> Vec<T> {
        (0..below(g, 4)).map(|_| T::any(g)).collect()
    }
}

impl<T: Any> Any for Option<T> {
    fn any(g: &mut Gen) -> Option<T> {
        bool::any(g).then(|| T::any(g))
    }
}

impl<A: Any, B: Any> Any for (A, B) {
    fn any(g: &mut Gen) -> (A, B) {
        (A::any(g), B::any(g))
    }
}

macro_rules! indexes {
    ($($Index:ident)*) => {$(
        impl Any for $Index {
            fn any(g: &mut Gen) -> $Index { $Index(Any::any(g)) }
        }
    )*};
}
indexes! { XReg YSlot Label AtomId LitId RefId }

macro_rules! kinds {
    ($($Kind:ident)*) => {$(
        impl Any for $Kind {
            fn any(g: &mut Gen) -> $Kind { *g.choose($Kind::ALL).expect("there are kinds") }
        }
    )*};
}
kinds! { Op Test Raise MapKind SwitchKind Mark SegmentKind }

impl Any for Src {
    fn any(g: &mut Gen) -> Src {
        match below(g, 6) {
            0 => Src::X(Any::any(g)),
            1 => Src::Y(Any::any(g)),
            2 => Src::Int(Any::any(g)),
            3 => Src::Atom(Any::any(g)),
            4 => Src::Nil,
            _ => Src::Lit(Any::any(g)),
        }
    }
}

impl Any for Dst {
    fn any(g: &mut Gen) -> Dst {
        match below(g, 3) {
            0 => Dst::X(Any::any(g)),
            1 => Dst::Y(Any::any(g)),
            _ => Dst::Discard,
        }
    }
}

impl Any for Reg {
    fn any(g: &mut Gen) -> Reg {
        if bool::any(g) { Reg::X(Any::any(g)) } else { Reg::Y(Any::any(g)) }
    }
}

impl Any for Target {
    fn any(g: &mut Gen) -> Target {
        match below(g, 3) {
            0 => Target::Fun(Any::any(g)),
            1 => Target::Value(Any::any(g)),
            _ => Target::Named(Any::any(g), Any::any(g)),
        }
    }
}

impl Any for Arity {
    fn any(g: &mut Gen) -> Arity {
        if bool::any(g) { Arity::Count(Any::any(g)) } else { Arity::List(Any::any(g)) }
    }
}

impl Any for FrameChange {
    fn any(g: &mut Gen) -> FrameChange {
        let slots = Any::any(g);
        if bool::any(g) { FrameChange::Push(slots) } else { FrameChange::Drop(slots) }
    }
}

impl Any for Case {
    fn any(g: &mut Gen) -> Case {
        match below(g, 3) {
            0 => Case::Int(Any::any(g)),
            1 => Case::Atom(Any::any(g)),
            _ => Case::Nil,
        }
    }
}

impl Any for Segment {
    fn any(g: &mut Gen) -> Segment {
        Segment {
            kind: Any::any(g),
            unit: unit(g),
            little: Any::any(g),
            value: Any::any(g),
            size: Any::any(g),
        }
    }
}

fn unit(g: &mut Gen) -> u16 {
    let any = Any::any(g);
    *g.choose(&[1, 8, 16, 256, any]).expect("there are units")
}

impl Any for Command {
    fn any(g: &mut Gen) -> Command {
        let (size, unit, dst) = (Src::any(g), unit(g), Dst::any(g));
        let (signed, little) = (bool::any(g), bool::any(g));
        match below(g, 12) {
            0 => Command::Start(size),
            1 => Command::AtLeast { bits: Any::any(g), unit },
            2 => Command::Exactly(Any::any(g)),
            3 => Command::Integer { size, unit, signed, little, dst },
            4 => Command::Float { size, unit, little, dst },
            5 => Command::Binary { size: Any::any(g), unit, dst },
            6 => Command::Utf { kind: Any::any(g), little, dst },
            7 => Command::Skip { size: Any::any(g), unit },
            8 => Command::Bits(Any::any(g)),
            9 => Command::Tail(dst),
            10 => Command::Pos(dst),
            _ => Command::SetPos(size),
        }
    }
}

macro_rules! instruction {
    ($(
        $(#[doc = $fdoc:literal])*
        family $fname:ident: $Family:ident {
            $(
                $(#[doc = $doc:literal])*
                $opcode:literal $name:literal $method:ident = $Variant:ident {
                    $($(#[doc = $odoc:literal])* $field:ident: $ty:ty,)*
                } cost $cost:literal $class:ident fires [$($rule:ident),*];
            )*
        }
    )*) => {
        impl Any for Instr {
            fn any(g: &mut Gen) -> Instr {
                let which = g.choose(INSTRUCTIONS).expect("there are instructions").name;
                match which {
                    $($( $name => Instr::$Variant { $($field: Any::any(g)),* }, )*)*
                    other => panic!("{other} is not in the table"),
                }
            }
        }
    };
}
for_each_instruction!(instruction);

/// Texts of which there are few, so that they meet again.
fn text(g: &mut Gen) -> Box<str> {
    let length = below(g, 3) as usize;
    (0..length)
        .map(|_| *g.choose(&['a', 'b', 'ä', '\0']).expect("letters"))
        .collect::<String>()
        .into()
}

fn literal(g: &mut Gen, depth: u32) -> Literal {
    let deep = depth > 0;
    let many = |g: &mut Gen, least| {
        let count = below(g, 3) + least;
        (0..count).map(|_| literal(g, depth - 1)).collect::<Vec<_>>()
    };
    match below(g, if deep { 12 } else { 7 }) {
        0 => Literal::Int(Any::any(g)),
        1 => {
            let mut magnitude = vec![0; 8 + below(g, 4) as usize];
            magnitude.push(1 + below(g, 255) as u8);
            Literal::Big { negative: Any::any(g), magnitude }
        }
        2 => Literal::Float((below(g, 1000) as f64 - 500.5).to_bits()),
        3 => Literal::Atom(text(g)),
        4 => Literal::Nil,
        5 => {
            let spare = below(g, 8) as u32;
            let mut bytes: Vec<u8> = Vec::arbitrary(g);
            let all = bytes.len() as u64 * 8;
            match bytes.last_mut() {
                None => Literal::Bits(BitString::default()),
                Some(last) => {
                    *last = *last >> spare << spare;
                    Literal::Bits(BitString { bytes, bits: all - u64::from(spare) })
                }
            }
        }
        6 => Literal::Fun { module: text(g), name: text(g), arity: Any::any(g) },
        7 => Literal::Tuple(many(g, 0)),
        8 => {
            let tail = match literal(g, depth - 1) {
                Literal::List(..) => Literal::Nil,
                other => other,
            };
            Literal::List(many(g, 1), Box::new(tail))
        }
        9 => Literal::List(many(g, 1), Box::new(Literal::Nil)),
        10 => {
            let bytes = many(g, 1).into_iter().map(|_| Literal::Int(u8::any(g).into())).collect();
            Literal::List(bytes, Box::new(Literal::Nil))
        }
        _ => Literal::Map(many(g, 0).into_iter().zip(many(g, 0)).collect()),
    }
}

impl Any for Literal {
    fn any(g: &mut Gen) -> Literal {
        literal(g, 3)
    }
}

impl Any for Box<str> {
    fn any(g: &mut Gen) -> Box<str> {
        text(g)
    }
}

impl Any for FunRef {
    fn any(g: &mut Gen) -> FunRef {
        match bool::any(g) {
            true => FunRef::Local(Any::any(g)),
            false => {
                FunRef::External { module: Any::any(g), name: Any::any(g), arity: Any::any(g) }
            }
        }
    }
}

impl Any for Location {
    fn any(g: &mut Gen) -> Location {
        Location { file: Any::any(g), line: Any::any(g) }
    }
}

impl Any for Param {
    fn any(g: &mut Gen) -> Param {
        *g.choose(&[Param::Term, Param::Context, Param::Trace]).expect("three")
    }
}

impl Any for Lambda {
    fn any(g: &mut Gen) -> Lambda {
        Lambda { index: Any::any(g), unique: Any::any(g) }
    }
}

impl Any for Function {
    fn any(g: &mut Gen) -> Function {
        Function {
            name: Any::any(g),
            arity: Any::any(g),
            exported: Any::any(g),
            params: Any::any(g),
            lambda: Any::any(g),
            code: (0..below(g, 20)).map(|_| Any::any(g)).collect(),
            labels: Any::any(g),
            lines: Any::any(g),
        }
    }
}

/// The form has no place for another number of sources than the kind's, or of arguments than the
/// reference's.
fn counted(module: &mut Module) {
    let arities: Vec<u8> = module
        .references
        .iter()
        .map(|reference| match *reference {
            FunRef::Local(at) => module.functions.get(at as usize).map_or(0, |it| it.arity),
            FunRef::External { arity, .. } => arity,
        })
        .collect();
    for instr in module.functions.iter_mut().flat_map(|function| &mut function.code) {
        match instr {
            Instr::Op { kind, args, .. } => args.resize(kind.arity(), Src::Nil),
            Instr::Test { kind, args, .. } => args.resize(kind.arity(), Src::Nil),
            Instr::Raise { kind, args } => args.resize(kind.arity(), Src::Nil),
            Instr::Mark { kind, args, .. } => args.resize(kind.arity(), Src::Nil),
            Instr::Call { target: Target::Fun(at), arity }
            | Instr::Tail { target: Target::Fun(at), arity, .. } => {
                *arity = Arity::Count(arities.get(at.0 as usize).copied().unwrap_or(0));
            }
            _ => {}
        }
    }
}

impl Any for Module {
    fn any(g: &mut Gen) -> Module {
        let mut module = Module {
            name: Any::any(g),
            atoms: Any::any(g),
            literals: Any::any(g),
            references: Any::any(g),
            functions: Any::any(g),
            files: Any::any(g),
            locations: Any::any(g),
            info: Any::any(g),
        };
        counted(&mut module);
        module
    }
}

#[derive(Clone, Debug)]
struct Modules(Vec<Module>);

impl Arbitrary for Modules {
    fn arbitrary(g: &mut Gen) -> Modules {
        Modules(Any::any(g))
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Modules>> {
        let all = self.0.clone();
        let fewer = (0..all.len()).map({
            let all = all.clone();
            move |at| {
                let mut fewer = all.clone();
                fewer.remove(at);
                Modules(fewer)
            }
        });
        let shorter = (0..all.len()).flat_map(move |at| {
            let all = all.clone();
            (0..all[at].functions.len()).map(move |function| {
                let mut shorter = all.clone();
                shorter[at].functions.remove(function);
                counted(&mut shorter[at]);
                Modules(shorter)
            })
        });
        Box::new(fewer.chain(shorter))
    }
}

#[test]
fn what_is_encoded_decodes_to_itself() {
    fn property(modules: Modules) -> bool {
        decode(&encode(&modules.0)).as_ref() == Ok(&modules.0)
    }
    QuickCheck::new().tests(2_000).quickcheck(property as fn(Modules) -> bool);
}

/// What decodes, however it came about, is the encoding of what it decodes to.
#[test]
fn there_is_one_encoding() {
    fn property(modules: Modules, places: Vec<(usize, u8)>) -> bool {
        let mut bytes = encode(&modules.0);
        for (place, byte) in places.into_iter().take(3) {
            let length = bytes.len();
            bytes[place % length] = byte;
        }
        decode(&bytes).map_or(true, |decoded| encode(&decoded) == bytes)
    }
    QuickCheck::new().tests(20_000).quickcheck(property as fn(Modules, Vec<(usize, u8)>) -> bool);
}

#[test]
fn any_bytes_are_read_without_panic() {
    fn property(bytes: Vec<u8>) -> bool {
        let file = around(&bytes);
        decode(&file).map_or(true, |modules| encode(&modules) == file)
    }
    QuickCheck::new().tests(20_000).quickcheck(property as fn(Vec<u8>) -> bool);
}

/// A file with something in every section.
fn sample() -> Module {
    Module {
        name: AtomId(0),
        atoms: vec!["m".into(), "f".into()],
        literals: vec![Literal::Atom("m".into()), Literal::Float(1.5_f64.to_bits())],
        references: vec![FunRef::Local(0)],
        functions: vec![Function {
            name: AtomId(1),
            arity: 1,
            exported: true,
            params: vec![Param::Context],
            lambda: Some(Lambda { index: 0, unique: 7 }),
            code: vec![Instr::Jump { to: Label(1) }, Instr::Ret { frame: 0 }],
            labels: vec![1],
            lines: vec![(1, 0)],
        }],
        files: vec!["m.erl".into()],
        locations: vec![Location { file: 0, line: 300 }],
        info: vec![(AtomId(1), LitId(1))],
    }
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    let file = encode(&[sample(), sample()]);
    assert!(decode(&file).is_ok());
    for length in 0..file.len() {
        let error = decode(&file[..length]).expect_err("a part of a file");
        assert!(error.offset <= length, "{error}");
    }
}

/// The bytes of a file that goes on with these.
fn around(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len();
    assert!(length < 1 << 14);
    match length < 128 {
        true => [&MAGIC[..], &[1, 0, length as u8], bytes].concat(),
        false => [&MAGIC[..], &[1, 0, length as u8 | 0x80, (length >> 7) as u8], bytes].concat(),
    }
}

/// The bytes of a file of one module with these sections, each well-formed around its payload.
fn file(sections: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![1];
    for (id, payload) in sections {
        bytes.extend([*id, payload.len() as u8]);
        bytes.extend(*payload);
    }
    around(&bytes)
}

const TEXTS: (u8, &[u8]) = (1, &[1, 1, b'm']);
const HEADER: (u8, &[u8]) = (2, &[0, 1, 0]);

#[test]
fn each_rule_rejects_the_smallest_file_that_breaks_it() {
    use Rule::*;
    let literal = |payload: &[u8]| file(&[TEXTS, HEADER, (3, &[&[1], payload].concat())]);
    let code = |payload: &[u8]| file(&[TEXTS, HEADER, (5, &[&[1, 0, 0, 0], payload].concat())]);
    assert!(decode(&code(&[1, 0xe0])).is_ok());
    assert!(decode(&literal(&[0x81])).is_ok());
    let deep: Vec<u8> = [9, 1].repeat(60).into_iter().chain([0]).collect();
    let mut very_deep = vec![1, 1, 3, 1, 1, b'm', 2, 3, 0, 1, 0, 3];
    let levels: Vec<u8> = [9, 1].repeat(256).into_iter().chain([0]).collect();
    very_deep.extend([0x82, 4, 1]);
    very_deep.extend(&levels);
    let very_deep = around(&very_deep);
    assert!(decode(&literal(&deep)).is_ok());

    let broken: Vec<(Rule, Vec<u8>)> = vec![
        (BinFileMagic, b"LAM!".to_vec()),
        (BinFileVersion, [&MAGIC[..], &[2, 0, 0]].concat()),
        (BinFileVersion, [&MAGIC[..], &[1, 1, 0]].concat()),
        (BinFileEnd, MAGIC.to_vec()),
        (BinFileEnd, [&MAGIC[..], &[1, 0, 2, 0]].concat()),
        (BinFileEnd, around(&[1, 2, 9, 0])),
        (BinFileTrailing, [&MAGIC[..], &[1, 0, 1, 0, 0]].concat()),
        (BinFileTrailing, around(&[0, 0])),
        (BinSectionUnknown, file(&[TEXTS, HEADER, (9, &[])])),
        (BinSectionUnknown, file(&[TEXTS, HEADER, (0, &[])])),
        (BinSectionOrder, file(&[TEXTS, HEADER, TEXTS])),
        (BinSectionOrder, file(&[(3, &[1, 0])])),
        (BinSectionOrder, file(&[TEXTS, HEADER, (4, &[1, 0, 0]), (3, &[1, 0])])),
        (BinSectionOrder, file(&[TEXTS, HEADER, (3, &[1, 0]), (3, &[1, 0])])),
        (BinSectionLength, file(&[TEXTS, (2, &[0, 1, 0, 0])])),
        (BinSectionLength, file(&[TEXTS, (2, &[0]), (3, &[1, 0])])),
        (BinSectionEmpty, file(&[TEXTS, HEADER, (3, &[0])])),
        (BinSectionEmpty, file(&[TEXTS, HEADER, (6, &[0, 0])])),
        (BinSectionEmpty, file(&[TEXTS, HEADER, (5, &[1, 0, 2, 0, 0, 0])])),
        (BinNumberRange, file(&[TEXTS, (2, &[0x80, 0, 1, 0])])),
        (BinNumberRange, file(&[TEXTS, (2, &[0x80, 0x80, 0x80, 0x80, 0x10, 1, 0])])),
        (BinNumberRange, code(&[1, 0x31, 0xc2, 31])),
        (BinNumberRange, code(&[1, 0x19, 15])),
        (BinNumberRange, code(&[1, 0x01, 1, 0, 0])),
        (BinNumberRange, code(&[1, 0x05, 7, 0, 0])),
        (BinNumberRange, code(&[1, 0x1b, 0x0f, 15, 14])),
        (BinNumberRange, file(&[TEXTS, HEADER, (5, &[1, 0, 0x80, 8, 0, 0])])),
        (BinNumberRange, file(&[TEXTS, HEADER, (7, &[1, 0, 0, 0, 0, 0, 0])])),
        (BinCountExcess, file(&[TEXTS, (2, &[0, 9, 0])])),
        (BinTextEncoding, file(&[(1, &[1, 1, 0xff])])),
        (BinTextOrder, file(&[(1, &[2, 1, b'm', 1, b'm'])])),
        (BinTextOrder, file(&[(1, &[2, 1, b'm', 1, b'n']), (2, &[0, 1, 1])])),
        (BinTextOrder, file(&[(1, &[2, 1, b'm', 1, b'n']), HEADER])),
        (BinTextOrder, file(&[HEADER])),
        (BinOpcodeUnknown, code(&[1, 0])),
        (BinOpcodeUnknown, code(&[1, 0xff])),
        (BinOperandTag, code(&[1, 0x31, 0xc7])),
        (BinOperandTag, code(&[1, 0x31, 0xc1])),
        (BinOperandTag, code(&[1, 0x02, 0, 0, 0x40])),
        (BinOperandTag, code(&[1, 0x20, 1, 7, 0, 0, 0])),
        (BinOperandTag, code(&[1, 0x21, 0, 0, 1, 0x1f, 0])),
        (BinOperandTag, code(&[1, 0x21, 0, 0, 1, 0x40, 0])),
        (BinOperandTag, code(&[1, 0x1b, 0x1f])),
        (BinOperandTag, file(&[TEXTS, HEADER, (5, &[1, 0, 2, 1, 3, 0, 0])])),
        (BinLiteralTag, literal(&[13])),
        (BinLiteralDepth, very_deep),
        (BinLiteralShape, literal(&[1, 2])),
        (BinLiteralShape, literal(&[2, 1, 0])),
        (BinLiteralShape, literal(&[4, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f])),
        (BinLiteralShape, literal(&[6, 0])),
        (BinLiteralShape, literal(&[6, 1, 0x81])),
        (BinLiteralShape, literal(&[7, 1, 0, 0])),
        (BinLiteralShape, literal(&[7, 1, 0, 6, 1, 0])),
        (BinLiteralShape, literal(&[8, 0])),
        (BinLiteralShape, literal(&[11, 7, 1])),
    ];
    for (rule, bytes) in &broken {
        let error: DecodeError = decode(bytes).expect_err(&rule.id());
        assert_eq!(error.rule, *rule, "{error} of {bytes:x?}");
        let text = error.to_string();
        assert!(text.contains("found ") && text.contains(&rule.id()), "{text}");
    }
    let shown: BTreeSet<Rule> = broken.iter().map(|(rule, _)| *rule).collect();
    for rule in Rule::all().into_iter().filter(|rule| rule.id().starts_with("bin.")) {
        assert!(shown.contains(&rule), "{rule} rejects nothing");
    }
}

/// A long text used again and again costs its copies.
#[test]
fn texts_are_not_copied_without_end() {
    let name: Box<str> = "a".repeat(100_000).into();
    let again = |times| Module { files: vec![name.clone(); times], ..sample() };
    assert!(decode(&encode(&[again(20)])).is_ok());
    let error = decode(&encode(&[again(2_000)])).expect_err("200 megabytes of 100 kilobytes");
    assert_eq!(error.rule, Rule::BinCountExcess);
}

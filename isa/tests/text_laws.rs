//! Laws of the assembly text, on random literals, modules and texts.
#![cfg(feature = "text")]

use lam_isa::kind::{Command, MapKind, Mark, Op, Raise, Segment, SegmentKind, SwitchKind, Test};
use lam_isa::operand::*;
use lam_isa::{BitString, FunRef, Function, Instr, Lambda, Literal, Location, Module, Param, text};
use quickcheck::{Arbitrary, Gen, QuickCheck};

/// A random literal that verifies: distinct keys, lists that are one list, small integers small.
#[derive(Clone, Debug)]
struct Term(Literal);

impl Arbitrary for Term {
    fn arbitrary(g: &mut Gen) -> Term {
        Term(literal(g, 4))
    }
}

fn up_to(g: &mut Gen, count: usize) -> usize {
    usize::arbitrary(g) % count
}

fn atom(g: &mut Gen) -> Box<str> {
    const ATOMS: &[&str] =
        &["a", "ok", "x0", "y", "else", "fun", "Ok", "", "it's", "a\\b", "é\n", "_", "[]", "x1023"];
    let chosen: &&str = g.choose(ATOMS).expect("there are some");
    if bool::arbitrary(g) { (*chosen).into() } else { short(g).into() }
}

fn short(g: &mut Gen) -> String {
    String::arbitrary(g).chars().take(8).collect()
}

fn literal(g: &mut Gen, depth: usize) -> Literal {
    let many = |g: &mut Gen| -> Vec<Literal> {
        let count = up_to(g, 4);
        (0..count).map(|_| literal(g, depth - 1)).collect()
    };
    match up_to(g, if depth == 0 { 8 } else { 11 }) {
        0 => Literal::Int(i64::arbitrary(g)),
        1 => Literal::Int(i64::arbitrary(g) % 200),
        2 => {
            let mut magnitude: Vec<u8> = (0..9 + up_to(g, 20)).map(|_| u8::arbitrary(g)).collect();
            magnitude.push(1 + u8::arbitrary(g) % 255);
            Literal::Big { negative: bool::arbitrary(g), magnitude }
        }
        3 => {
            let float = f64::arbitrary(g);
            Literal::Float(if float.is_finite() { float.to_bits() } else { (-0.0_f64).to_bits() })
        }
        4 => Literal::Atom(atom(g)),
        5 => Literal::Nil,
        6 => Literal::Fun { module: atom(g), name: atom(g), arity: u8::arbitrary(g) },
        7 => Literal::Bits(bits(g)),
        8 => {
            let mut elements = many(g);
            elements.push(literal(g, depth - 1));
            match literal(g, depth - 1) {
                Literal::List(more, tail) => {
                    elements.extend(more);
                    Literal::List(elements, tail)
                }
                tail if bool::arbitrary(g) => Literal::List(elements, Box::new(tail)),
                _ => Literal::List(elements, Box::new(Literal::Nil)),
            }
        }
        9 => Literal::Tuple(many(g)),
        _ => {
            let mut pairs: Vec<(Literal, Literal)> = Vec::new();
            for key in many(g) {
                if pairs.iter().all(|(other, _)| sorted(other) != sorted(&key)) {
                    pairs.push((key, literal(g, depth - 1)));
                }
            }
            Literal::Map(pairs)
        }
    }
}

fn bits(g: &mut Gen) -> BitString {
    let text = short(g).into_bytes();
    let mut bytes = if bool::arbitrary(g) { text } else { Vec::arbitrary(g) };
    bytes.truncate(9);
    let spare = if bytes.is_empty() { 0 } else { up_to(g, 8) };
    if let Some(last) = bytes.last_mut() {
        *last &= 0xff_u8 << spare;
    }
    BitString { bits: (bytes.len() * 8 - spare) as u64, bytes }
}

/// The literal with map pairs in some one order.
fn sorted(literal: &Literal) -> Literal {
    match literal {
        Literal::List(elements, tail) => {
            Literal::List(elements.iter().map(sorted).collect(), sorted(tail).into())
        }
        Literal::Tuple(elements) => Literal::Tuple(elements.iter().map(sorted).collect()),
        Literal::Map(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().map(|(k, v)| (sorted(k), sorted(v))).collect();
            pairs.sort_unstable();
            Literal::Map(pairs)
        }
        other => other.clone(),
    }
}

#[test]
fn a_printed_literal_parses_to_itself() {
    fn law(Term(literal): Term) -> bool {
        let printed = text::print_literal(&literal);
        let parsed = text::parse_literal(&printed).unwrap_or_else(|e| panic!("{e}: {printed}"));
        sorted(&parsed) == sorted(&literal) && text::print_literal(&parsed) == printed
    }
    QuickCheck::new().tests(3000).quickcheck(law as fn(Term) -> bool);
}

/// What random operands refer to: how many labels, atoms, literals and references there are.
const COUNT: u32 = 5;

/// A random value of an operand type, as the text can hold it.
trait Any: Sized {
    fn any(g: &mut Gen, kind: Option<usize>) -> Self;
}

macro_rules! any {
    ($($ty:ty, |$g:ident, $args:ident| $value:expr;)*) => {$(
        impl Any for $ty {
            fn any($g: &mut Gen, $args: Option<usize>) -> $ty { let _ = $args; $value }
        }
    )*};
}

fn index(g: &mut Gen) -> u32 {
    u32::arbitrary(g) % COUNT
}

fn some<T>(g: &mut Gen, mut one: impl FnMut(&mut Gen) -> T) -> Vec<T> {
    (0..up_to(g, 4)).map(|_| one(g)).collect()
}

fn kind<K: Copy>(g: &mut Gen, all: &[K]) -> K {
    *g.choose(all).expect("there are some")
}

any! {
    u32, |g, _a| u32::arbitrary(g);
    FrameChange, |g, _a| {
        let slots = u16::arbitrary(g) % 1025;
        if bool::arbitrary(g) { FrameChange::Push(slots) } else { FrameChange::Drop(slots) }
    };
    Src, |g, _a| match up_to(g, 7) {
        0 | 1 => Src::X(XReg(u16::arbitrary(g) % 1024)),
        2 => Src::Y(YSlot(u16::arbitrary(g) % 1024)),
        3 => Src::Int(i64::arbitrary(g) >> 4),
        4 => Src::Atom(AtomId(index(g))),
        5 => Src::Nil,
        _ => Src::Lit(LitId(index(g))),
    };
    Dst, |g, _a| match up_to(g, 3) {
        0 => Dst::X(XReg(u16::arbitrary(g) % 1024)),
        1 => Dst::Y(YSlot(u16::arbitrary(g) % 1024)),
        _ => Dst::Discard,
    };
    Reg, |g, _a| match bool::arbitrary(g) {
        true => Reg::X(XReg(u16::arbitrary(g) % 1024)),
        false => Reg::Y(YSlot(u16::arbitrary(g) % 1024)),
    };
    YSlot, |g, _a| YSlot(u16::arbitrary(g) % 1024);
    Label, |g, _a| Label(index(g));
    Else, |g, a| bool::arbitrary(g).then(|| Label::any(g, a));
    RefId, |g, _a| RefId(index(g));
    Target, |g, a| match up_to(g, 3) {
        0 => Target::Fun(RefId(index(g))),
        1 => Target::Value(Src::any(g, a)),
        _ => Target::Named(Src::any(g, a), Src::any(g, a)),
    };
    Arity, |g, a| match bool::arbitrary(g) {
        true => Arity::Count(u8::arbitrary(g)),
        false => Arity::List(Src::any(g, a)),
    };
    Op, |g, _a| kind(g, Op::ALL);
    Test, |g, _a| kind(g, Test::ALL);
    Raise, |g, _a| kind(g, Raise::ALL);
    MapKind, |g, _a| kind(g, MapKind::ALL);
    SwitchKind, |g, _a| kind(g, SwitchKind::ALL);
    Mark, |g, _a| kind(g, Mark::ALL);
    Vec<Src>, |g, args| match args {
        Some(count) => (0..count).map(|_| Src::any(g, args)).collect(),
        None => some(g, |g| Src::any(g, args)),
    };
    Vec<(Src, Dst)>, |g, a| {
        let mut pairs = some(g, |g| (Src::any(g, a), Dst::any(g, a)));
        // `move` moves something.
        pairs.push((Src::any(g, a), Dst::any(g, a)));
        pairs
    };
    Vec<(u32, Src)>, |g, a| some(g, |g| (u32::arbitrary(g), Src::any(g, a)));
    Vec<(Src, Src)>, |g, a| some(g, |g| (Src::any(g, a), Src::any(g, a)));
    Vec<(Case, Label)>, |g, a| some(g, |g| {
        let case = match up_to(g, 3) {
            0 => Case::Int(i64::arbitrary(g) >> 4),
            1 => Case::Atom(AtomId(index(g))),
            _ => Case::Nil,
        };
        (case, Label::any(g, a))
    });
    Vec<Segment>, |g, _a| some(g, segment);
    Vec<Command>, |g, _a| some(g, command);
}

fn unit(g: &mut Gen) -> u16 {
    1 + u16::arbitrary(g) % 256
}

fn size(g: &mut Gen) -> Option<Src> {
    bool::arbitrary(g).then(|| Src::any(g, None))
}

fn segment(g: &mut Gen) -> Segment {
    let kind = kind(g, SegmentKind::ALL);
    let value = Src::any(g, None);
    let plain = Segment { kind, unit: 1, little: false, value, size: None };
    let little = bool::arbitrary(g);
    match kind {
        SegmentKind::Integer | SegmentKind::Float => {
            Segment { unit: unit(g), little, size: Some(Src::any(g, None)), ..plain }
        }
        SegmentKind::Binary => Segment { unit: unit(g), size: size(g), ..plain },
        SegmentKind::Append => Segment { unit: unit(g), ..plain },
        SegmentKind::Utf8 => plain,
        SegmentKind::Utf16 | SegmentKind::Utf32 => Segment { little, ..plain },
    }
}

fn command(g: &mut Gen) -> Command {
    let (size_needed, dst) = (Src::any(g, None), Dst::any(g, None));
    let (little, signed) = (bool::arbitrary(g), bool::arbitrary(g));
    let unit = unit(g);
    match up_to(g, 13) {
        0 => Command::Start(size_needed),
        1 => Command::AtLeast { bits: u32::arbitrary(g), unit },
        2 => Command::Exactly(u32::arbitrary(g)),
        3 => Command::Integer { size: size_needed, unit, signed, little, dst },
        4 => Command::Float { size: size_needed, unit, little, dst },
        5 => Command::Binary { size: size(g), unit, dst },
        6 => Command::Utf { kind: SegmentKind::Utf8, little: false, dst },
        7 => Command::Utf { kind: SegmentKind::Utf32, little, dst },
        8 => Command::Skip { size: size(g), unit },
        // The literal of that index is a bitstring.
        9 => Command::Bits(LitId(COUNT)),
        10 => Command::Tail(dst),
        11 => Command::Pos(dst),
        _ => Command::SetPos(size_needed),
    }
}

macro_rules! random {
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
        /// A random instruction of every sort.
        #[allow(unused_mut, unused_variables, unused_assignments)]
        fn random(g: &mut Gen) -> Vec<Instr> {
            vec![$($({
                let mut args: Option<usize> = None;
                $(
                    let $field = <$ty as Any>::any(g, args);
                    args = sources($name, &$field as &dyn core::any::Any).or(args);
                )*
                repaired(Instr::$Variant { $($field),* })
            },)*)*]
        }
    };
}
lam_isa::for_each_instruction!(random);

/// How many sources a kind takes, if an operand is one.
fn sources(name: &str, operand: &dyn core::any::Any) -> Option<usize> {
    let op = operand.downcast_ref::<Op>().map(|kind| kind.arity());
    let test = operand.downcast_ref::<Test>().map(|kind| kind.arity());
    let raise = operand.downcast_ref::<Raise>().map(|kind| kind.arity());
    let mark = operand.downcast_ref::<Mark>().map(|kind| kind.arity());
    op.or(test).or(raise).or(mark).filter(|_| name != "map")
}

/// Gives a call of a named function the arity of that function, 2.
fn repaired(mut instr: Instr) -> Instr {
    if let Instr::Call { target: Target::Fun(_), arity }
    | Instr::Tail { target: Target::Fun(_), arity, .. } = &mut instr
    {
        *arity = Arity::Count(2);
    }
    instr
}

/// A random module that has a text.
#[derive(Clone, Debug)]
struct Any2(Module);

impl Arbitrary for Any2 {
    fn arbitrary(g: &mut Gen) -> Any2 {
        let atoms: Vec<Box<str>> = (0..COUNT).map(|i| format!("{}{i}", short(g)).into()).collect();
        let mut literals: Vec<Literal> = (0..COUNT).map(|_| literal(g, 2)).collect();
        literals.push(Literal::Bits(bits(g)));
        let mut references: Vec<FunRef> = vec![FunRef::Local(0)];
        references.extend((1..COUNT).map(|_| FunRef::External {
            module: AtomId(index(g)),
            name: AtomId(index(g)),
            arity: 2,
        }));
        let code = random(g);
        let end = u32::try_from(code.len()).expect("few");
        let mut lines: Vec<(u32, u32)> = some(g, |g| (u32::arbitrary(g) % end, index(g)));
        lines.sort_unstable();
        lines.dedup_by_key(|(at, _)| *at);
        let function = Function {
            name: AtomId(index(g)),
            arity: 2,
            exported: bool::arbitrary(g),
            params: kind(g, &[&[][..], &[Param::Trace, Param::Term], &[Param::Context; 2]]).into(),
            lambda: bool::arbitrary(g).then(|| Lambda { index: index(g), unique: index(g) }),
            code,
            labels: (0..COUNT).map(|_| u32::arbitrary(g) % (end + 1)).collect(),
            lines,
        };
        let info = some(g, |g| (AtomId(index(g)), LitId(index(g))));
        let files = (0..COUNT).map(|i| format!("{}{i}", short(g)).into()).collect();
        let locations =
            (0..COUNT).map(|_| Location { file: index(g), line: u32::arbitrary(g) }).collect();
        let name = AtomId(index(g));
        Any2(Module {
            name,
            atoms,
            literals,
            references,
            functions: vec![function],
            files,
            locations,
            info,
        })
    }
}

#[test]
fn a_printed_module_parses_to_its_normal_form() {
    fn law(Any2(module): Any2) -> bool {
        let printed = text::print(std::slice::from_ref(&module));
        let parsed = text::parse(&printed).unwrap_or_else(|e| panic!("{}\n{printed}", e[0]));
        let normal = text::normalize(module);
        assert_eq!(parsed, std::slice::from_ref(&normal), "{printed}");
        let formatted = text::format(&printed).expect("it parses");
        text::normalize(normal.clone()) == normal
            && text::parse(&text::print(&parsed)) == Ok(vec![normal])
            && formatted == printed
    }
    QuickCheck::new().tests(500).quickcheck(law as fn(Any2) -> bool);
}

/// A text that is nearly right.
#[derive(Clone, Debug)]
struct Damaged(String);

impl Arbitrary for Damaged {
    fn arbitrary(g: &mut Gen) -> Damaged {
        const PIECES: &[&str] = &[
            " ", "\n", ",", "->", "else", "[", "]", "{", "}", "<<", ">>", "#{", "'", "\"", "\\",
            "$", ";", ":", "/", "|", "=", "(", "x0", "1", "-", "1.5e", "16#", "é", "\0", "label:",
            "fun",
        ];
        let mut text: Vec<char> = include_str!("text/forms.lam").chars().collect();
        for _ in 0..1 + up_to(g, 4) {
            let at = up_to(g, text.len());
            let end = (at + up_to(g, 12)).min(text.len());
            let piece = kind(g, PIECES);
            text.splice(at..end, piece.chars());
        }
        Damaged(text.into_iter().collect())
    }
}

#[test]
fn a_damaged_text_is_read_or_refused_in_place() {
    fn law(Damaged(source): Damaged) -> bool {
        let formatted = text::format(&source);
        match text::parse(&source) {
            Ok(modules) => {
                let printed = text::print(&modules);
                let formatted = formatted.expect("what parses is formatted");
                text::parse(&printed).as_ref() == Ok(&modules)
                    && text::parse(&formatted).as_ref() == Ok(&modules)
                    && text::format(&formatted).as_ref() == Ok(&formatted)
            }
            Err(errors) => errors.iter().all(|error| {
                error.rule.id().starts_with("text.") && source.get(error.span.clone()).is_some()
            }),
        }
    }
    QuickCheck::new().tests(400).quickcheck(law as fn(Damaged) -> bool);
}

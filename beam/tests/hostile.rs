//! Files that are not what they claim to be: each gives an error with its code, or a module that
//! the verifier judges, in bounded time and memory.

mod forge;

use forge::{A, A::*, Beam, container};
use lam_beam::{Code, translate};
use miniz_oxide::deflate;

const SMALL: &[u8] = include_bytes!("data/small.beam");
const PACKED: &[u8] = include_bytes!("data/packed.beam");

fn code(bytes: &[u8]) -> Code {
    match translate(bytes) {
        Ok(module) => panic!("it translates: {module:?}"),
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains(error.code.id()), "{text}");
            error.code
        }
    }
}

/// Whatever the bytes are, nothing panics.
fn survive(bytes: &[u8]) {
    if let Ok(module) = translate(bytes) {
        let _judged = lam_isa::verify(module);
    }
    let _read = lam_beam::interface(bytes);
}

#[test]
fn the_files_are_sound() {
    let module = translate(SMALL).expect("small.beam translates");
    assert_eq!(module, translate(PACKED).expect("packed.beam translates"));
    assert!(lam_beam::is_beam(SMALL) && lam_beam::is_beam(PACKED));
    let interface = lam_beam::interface(SMALL).expect("it has one");
    assert!(interface.exports.contains(&("main".into(), 1)), "{interface:?}");
    assert!(interface.imports.contains(&("erlang".into(), "element".into(), 2)));
    lam_isa::verify(module).expect("it verifies");
}

#[test]
fn every_truncation_is_an_error() {
    for file in [SMALL, PACKED] {
        for size in 0..file.len() {
            let code = code(&file[..size]);
            assert!(
                matches!(code, Code::FileMagic | Code::FileEnd | Code::StreamData),
                "{size} bytes: {code:?}"
            );
        }
    }
    // Inside, where the sizes around it are right.
    for chunk in ["AtU8", "Code", "ImpT", "ExpT", "FunT", "LitT"] {
        let data = chunk_of(SMALL, chunk);
        for size in 0..data.len() {
            survive(&with_chunk(SMALL, chunk, &data[..size]));
        }
    }
}

/// The data of a chunk.
fn chunk_of(file: &[u8], wanted: &str) -> Vec<u8> {
    chunks(file).into_iter().find(|(name, _)| name == wanted.as_bytes()).expect("a chunk").1
}

fn chunks(file: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let mut rest = &file[12..];
    let mut all = Vec::new();
    while rest.len() >= 8 {
        let name = rest[..4].try_into().expect("four bytes");
        let size = u32::from_be_bytes(rest[4..8].try_into().expect("four bytes")) as usize;
        all.push((name, rest[8..8 + size].to_vec()));
        rest = &rest[(8 + size.next_multiple_of(4)).min(rest.len())..];
    }
    all
}

/// The file with a chunk replaced.
fn with_chunk(file: &[u8], wanted: &str, data: &[u8]) -> Vec<u8> {
    let mut all = chunks(file);
    for (name, old) in &mut all {
        if name == wanted.as_bytes() {
            *old = data.to_vec();
        }
    }
    let all: Vec<(&[u8; 4], Vec<u8>)> =
        all.iter().map(|(name, data)| (name, data.clone())).collect();
    container(&all)
}

#[test]
fn every_byte_changed_is_survived() {
    for at in 0..SMALL.len() {
        for change in [0x01, 0x08, 0x10, 0x80, 0xff] {
            let mut bytes = SMALL.to_vec();
            bytes[at] ^= change;
            survive(&bytes);
        }
    }
}

#[test]
fn random_changes_are_survived() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    println!("seed {seed:#x}");
    let mut next = |limit: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % limit as u64) as usize
    };
    for _ in 0..20_000 {
        let mut bytes = SMALL.to_vec();
        for _ in 0..=next(6) {
            let at = next(bytes.len());
            match next(3) {
                0 => bytes[at] = next(256) as u8,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, next(256) as u8),
            }
        }
        // The size of the whole is put right, or nothing else would ever be reached.
        let size = (bytes.len() as u32).saturating_sub(8).to_be_bytes();
        if let Some(field) = bytes.get_mut(4..8) {
            field.copy_from_slice(&size);
        }
        survive(&bytes);
    }
}

/// A file whose `LitT` chunk holds these bytes behind its first word.
fn literals(size: u32, bytes: &[u8]) -> Vec<u8> {
    let mut beam = Beam::new();
    beam.function("f", 0, 1).op("return", &[]);
    let mut data = size.to_be_bytes().to_vec();
    data.extend_from_slice(bytes);
    beam.chunk(b"LitT", data);
    beam.finish()
}

#[test]
fn bombs_do_not_go_off() {
    let zeros = vec![0; (64 << 20) + 1];
    let deflated = deflate::compress_to_vec(&zeros, 1);
    let zipped = deflate::compress_to_vec_zlib(&zeros, 1);
    assert!(deflated.len() < zeros.len() / 100);
    // More than is ever accepted, more than is declared, less, and no stream at all.
    assert_eq!(code(&literals(zeros.len() as u32, &zipped)), Code::StreamLimit);
    assert_eq!(code(&literals(u32::MAX, &zipped)), Code::StreamLimit);
    assert_eq!(code(&literals(1000, &zipped)), Code::StreamLimit);
    let little = deflate::compress_to_vec_zlib(&[0; 10], 1);
    assert_eq!(code(&literals(11, &little)), Code::StreamData);
    assert_eq!(code(&literals(11, b"nothing")), Code::StreamData);
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    gzip.extend(deflated);
    gzip.extend([0; 8]);
    assert_eq!(code(&gzip), Code::StreamLimit);
    assert!(!lam_beam::is_beam(&gzip));
    let mut wrong = PACKED.to_vec();
    let checksum = wrong.len() - 5;
    wrong[checksum] ^= 1;
    assert_eq!(code(&wrong), Code::StreamData);
}

/// A literal with its count and size.
fn one_literal(term: &[u8]) -> Vec<u8> {
    let mut data = 1_u32.to_be_bytes().to_vec();
    data.extend((term.len() as u32 + 1).to_be_bytes());
    data.push(131);
    data.extend_from_slice(term);
    literals(0, &data)
}

#[test]
fn literals_are_bounded() {
    let mut deep = [104, 1].repeat(1_000_000);
    deep.push(106);
    assert_eq!(code(&one_literal(&deep)), Code::TermDepth);
    let mut tails = [108, 0, 0, 0, 1, 97, 1].repeat(100_000);
    tails.push(106);
    assert!(translate(&one_literal(&tails)).is_ok(), "a long list is not deep");
    let mut many = vec![108, 0, 0xff, 0xff, 0xff];
    many.resize(many.len() + 0xff_ffff + 1, 106);
    assert_eq!(code(&one_literal(&many)), Code::CountLimit);
    assert_eq!(code(&one_literal(&[105, 0xff, 0xff, 0xff, 0xff, 106])), Code::CountExcess);
    assert_eq!(code(&one_literal(&[109, 0xff, 0xff, 0xff, 0xff, 106])), Code::CountExcess);
    assert_eq!(code(&one_literal(&[70, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0])), Code::TermShape);
    assert_eq!(code(&one_literal(&[88, 1])), Code::TermTag);
    assert_eq!(code(&literals(0, &[0xff; 4])), Code::CountExcess);
}

/// The code of the error of a function with this body.
fn body(fill: impl for<'b> FnOnce(&'b mut Beam) -> &'b mut Beam) -> Code {
    let mut beam = Beam::new();
    beam.function("f", 1, 1);
    fill(&mut beam);
    code(&beam.finish())
}

#[test]
fn containers_and_tables() {
    assert_eq!(code(b""), Code::FileMagic);
    assert_eq!(code(b"FOR1\0\0\0\x04BEAN"), Code::FileMagic);
    assert_eq!(code(&container(&[])), Code::ChunkMissing);
    let mut long = SMALL.to_vec();
    long[16..20].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(code(&long), Code::FileEnd);
    let atoms = |data: &[u8]| code(&with_chunk(SMALL, "AtU8", data));
    assert_eq!(atoms(&[0, 0, 0, 0]), Code::AtomIndex);
    assert_eq!(atoms(&[0x7f, 0xff, 0xff, 0xff, 1, b'm']), Code::CountExcess);
    assert_eq!(atoms(&[0x80, 0, 0, 0, 1, b'm']), Code::CountExcess);
    assert_eq!(atoms(&[0, 0, 0, 1, 1, 0xff]), Code::AtomText);
    assert_eq!(atoms(&[0, 0, 0, 1, 9, b'm']), Code::ChunkEnd);
    let mut wide = vec![0xff, 0xff, 0xff, 0xff, 0x28, 44];
    wide.extend([b'a'; 300]);
    assert_eq!(atoms(&wide), Code::AtomText);
    assert_eq!(atoms(&[0xff, 0xff, 0xff, 0xff, 0xf8, 0xf8, 1]), Code::OperandRange);
    let table = |chunk: &str, rows: &[u32]| {
        let data: Vec<u8> = rows.iter().flat_map(|n| n.to_be_bytes()).collect();
        code(&with_chunk(SMALL, chunk, &data))
    };
    assert_eq!(table("ImpT", &[u32::MAX]), Code::CountExcess);
    assert_eq!(table("ImpT", &[1, 1, 999, 0]), Code::AtomIndex);
    assert_eq!(table("ImpT", &[1, 0, 1, 0]), Code::AtomIndex);
    assert_eq!(table("ImpT", &[1, 1, 1, 256]), Code::ArityRange);
    assert_eq!(table("ImpT", &[0]), Code::ImportIndex);
    assert_eq!(table("ExpT", &[1, 1, 0, 3]), Code::LabelUnknown);
    assert_eq!(table("ExpT", &[1, 1, 0, u32::MAX]), Code::LabelUnknown);
    assert_eq!(table("FunT", &[0]), Code::LambdaIndex);
    assert_eq!(table("FunT", &[0x1000_0000]), Code::CountExcess);
    assert_eq!(table("LitT", &[0, 0]), Code::LiteralIndex);
    assert_eq!(table("StrT", &[]), Code::StringRange);
    assert_eq!(table("Code", &[16, 1, 0, 0, 0]), Code::ChunkVersion);
    assert_eq!(table("Code", &[u32::MAX]), Code::CountExcess);
    assert_eq!(table("Code", &[16, 0, 0, 0, 0]), Code::ChunkEnd);
    assert_eq!(table("Code", &[16, 0, 0, 0, 7, 0x0300_0000]), Code::FunctionShape);
    assert_eq!(table("Code", &[16, 0, 0, 0, 0, 0x1300_0000]), Code::FunctionShape);
}

#[test]
fn code_that_no_compiler_emits() {
    assert_eq!(body(|b| b.raw(&[0])), Code::OpcodeUnknown);
    assert_eq!(body(|b| b.raw(&[255])), Code::OpcodeUnknown);
    assert_eq!(body(|b| b.op("m_plus", &[F(0), X(0), X(0), X(0)])), Code::OpcodeRetired);
    assert_eq!(body(|b| b.op("is_constant", &[F(1), X(0)])), Code::OpcodeRetired);
    assert_eq!(body(|b| b.raw(&[64, 0x57, 0x51, 0])), Code::OperandEncoding);
    assert_eq!(body(|b| b.raw(&[64, 0xf7])), Code::OperandEncoding);
    assert_eq!(body(|b| b.op("move", &[X(0), I(1)])), Code::OperandKind);
    assert_eq!(body(|b| b.op("move", &[List(vec![]), X(0)])), Code::OperandKind);
    assert_eq!(body(|b| b.op("move", &[X(1024), X(0)])), Code::OperandRange);
    assert_eq!(body(|b| b.op("move", &[Lit(3), X(0)])), Code::LiteralIndex);
    assert_eq!(body(|b| b.op("jump", &[F(77)]).op("return", &[])), Code::LabelUnknown);
    assert_eq!(body(|b| b.op("jump", &[F(0)])), Code::OperandKind);
    assert_eq!(body(|b| b.op("jump", &[F(u64::from(u32::MAX))])), Code::OperandRange);
    assert_eq!(body(|b| b.op("call", &[U(1), F(1)])), Code::LabelUnknown);
    assert_eq!(body(|b| b.op("call", &[U(256), F(2)])), Code::ArityRange);
    assert_eq!(body(|b| b.op("call_ext", &[U(1), U(9)])), Code::ImportIndex);
    assert_eq!(body(|b| b.op("make_fun3", &[U(0), X(0), List(vec![])])), Code::LambdaIndex);
    assert_eq!(body(|b| b.op("catch", &[Y(0), F(2)])), Code::FunctionShape);
    assert_eq!(body(|b| b.op("bs_put_utf8", &[F(0), U(0), X(0)])), Code::FunctionShape);
    assert_eq!(
        body(|b| b.op("update_record", &[Nil, U(1), X(0), X(0), List(vec![Nil])])),
        Code::OperandKind
    );
    let zero = List(vec![U(0), Nil]);
    assert_eq!(body(|b| b.op("update_record", &[Nil, U(1), X(0), X(0), zero])), Code::OperandRange);
    let huge = Alloc(u64::from(u32::MAX), 0, u64::from(u32::MAX));
    assert_eq!(body(|b| b.op("test_heap", &[huge, U(0)])), Code::OperandRange);
    let odd = List(vec![At("integer"), Nil]);
    assert_eq!(body(|b| b.op("bs_match", &[F(1), X(0), odd])), Code::OperandKind);
    assert_eq!(body(|b| b.op("fmove", &[Fr(65535), X(0)])), Code::OperandRange);
    let import = |b: &mut Beam, module, name| b.import(module, name, 1);
    assert_eq!(
        body(|b| {
            let pid = import(b, "erlang", "list_to_pid");
            b.op("gc_bif1", &[F(0), U(1), pid, X(0), X(0)])
        }),
        Code::BuiltinUnknown
    );
    let mut twice = Beam::new();
    twice.function("f", 0, 1).op("label", &[U(3)]).op("label", &[U(3)]);
    twice.op("jump", &[F(3)]);
    assert_eq!(code(&twice.finish()), Code::LabelUnknown);
    let mut same = Beam::new();
    same.function("f", 0, 1).op("return", &[]);
    same.function("g", 0, 1).op("return", &[]);
    assert_eq!(code(&same.finish()), Code::LabelDuplicate);
}

#[test]
fn errors_name_the_place() {
    let mut beam = Beam::new();
    beam.function("fine", 0, 1).op("return", &[]);
    beam.function("bad", 2, 3).op("move", &[X(0), Nil]);
    let error = translate(&beam.finish()).expect_err("it does not translate");
    assert_eq!((error.chunk, error.function.as_deref()), ("Code", Some("bad/2")));
    assert_eq!(
        error.to_string(),
        "move takes a register here, found [] (beam.operand.kind, at byte 37 of chunk Code, \
         in function bad/2)"
    );
}

#[test]
fn circles_end() {
    let mut beam = Beam::new();
    beam.function("f", 0, 1).op("jump", &[F(3)]).op("label", &[U(3)]).op("jump", &[F(4)]);
    beam.op("label", &[U(4)]).op("jump", &[F(3)]);
    let module = translate(&beam.finish()).expect("it translates");
    let errors = lam_isa::verify(module).expect_err("a loop without a safepoint");
    assert_eq!(errors[0].rule.id(), "val.loop.safepoint");
}

#[test]
fn large_and_repetitive_code_takes_no_longer_than_its_size() {
    let many = 200_000;
    let times = |op: &'static str, args: Vec<A>| {
        let mut beam = Beam::new();
        beam.function("f", 1, 1).op("allocate", &[U(1), U(1)]);
        for _ in 0..many {
            beam.op(op, &args);
        }
        beam.op("return", &[]);
        survive(&beam.finish());
    };
    times("move", vec![X(0), X(1)]);
    times("try_case", vec![Y(0)]);
    times("try", vec![Y(0), F(1)]);
    times("line", vec![U(0)]);
    times("init_yregs", vec![List(vec![Y(0)])]);
    times("call", vec![U(1), F(2)]);
    times("bs_start_match4", vec![At("no_fail"), U(1), X(0), X(1)]);
    times("fconv", vec![X(0), Fr(0)]);
    times("set_tuple_element", vec![Nil, X(0), U(1)]);
    let mut labels = Beam::new();
    labels.function("f", 1, 1);
    for label in 3..many {
        labels.op("label", &[U(label)]).op("try_case", &[Y(0)]);
    }
    labels.op("return", &[]);
    survive(&labels.finish());
    // Functions that wait for one another to return, and contexts that travel through all of them.
    let mut chain = Beam::new();
    let last = 2 * 5_000;
    for label in (1..last).step_by(2) {
        chain.function("f", 1, label);
        chain.op("bs_start_match4", &[At("no_fail"), U(1), X(0), X(0)]);
        chain.op("call_only", &[U(1), F(u64::from(label) + 3)]);
    }
    chain.function("f", 1, last + 1).op("return", &[]);
    survive(&chain.finish());
    // A large literal that is mentioned often; packed, it takes a few kilobytes.
    let mut large = vec![108];
    large.extend(500_000_u32.to_be_bytes());
    large.resize(large.len() + 500_001, 106);
    let mut mentions = Beam::new();
    mentions.function("f", 1, 1);
    let large = mentions.literal(&large);
    for _ in 0..10_000 {
        mentions.op("move", &[large.clone(), X(0)]);
    }
    mentions.op("return", &[]);
    survive(&mentions.finish());
    // Frames of many sizes at one label.
    let mut frames = Beam::new();
    frames.function("f", 1, 1);
    for size in 1..1000 {
        frames.op("is_nil", &[F(3), X(0)]).op("allocate", &[U(size), U(1)]);
    }
    frames.op("label", &[U(3)]);
    for label in 4..1000 {
        frames.op("is_nil", &[F(label), X(0)]).op("label", &[U(label)]);
    }
    frames.op("return", &[]);
    survive(&frames.finish());
}

/// Each string of the code may be as long as the table, and becomes a literal of its own.
#[test]
fn strings_are_bounded_in_all() {
    let table = 50_000;
    let strings = |op: &'static str, count: u64| {
        let mut beam = Beam::new();
        beam.strings(&vec![7; table as usize]);
        beam.function("f", 1, 1).op("bs_start_match4", &[At("no_fail"), U(1), X(0), X(0)]);
        for start in 0..count {
            let size = table - start;
            if op == "bs_put_string" {
                beam.op("bs_init2", &[F(0), U(size), U(0), U(1), U(0), X(1)]);
                beam.op(op, &[U(size), U(start)]);
            } else {
                beam.op(op, &[F(1), X(0), U(size * 8), U(start)]);
            }
        }
        beam.op("return", &[]);
        translate(&beam.finish())
    };
    let mut flags = vec![108, 0, 0, 0, 9];
    flags.resize(flags.len() + 10, 106);
    let mut beam = Beam::new();
    let flags = beam.literal(&flags);
    beam.function("f", 1, 1).op("bs_get_float2", &[F(1), X(0), U(1), I(64), U(1), flags, X(0)]);
    assert_eq!(code(&beam.finish()), Code::OperandKind, "flags are few");
    for op in ["bs_put_string", "bs_match_string"] {
        assert!(strings(op, 80).is_ok(), "4 MB are not too much");
        let error = strings(op, 10_000).expect_err("500 MB are");
        assert_eq!((error.code, error.chunk), (Code::CountLimit, "Code"));
        assert_eq!(error.function.as_deref(), Some("f/1"));
        assert!(error.offset > 80 * 5, "{error}");
    }
}

//! Files that are not what they claim to be, or too much of it: the command says which rule they
//! break and exits with the status for it, soon, in little memory, and in few words.

mod bounded;

use lam_isa::{Literal, binary, text};
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The longest that any of these may take, on a machine that does other things as well.
const LIMIT: Duration = Duration::from_secs(20);
/// The memory that any of these may take, in kilobytes of addresses.
const MEMORY_KB: u32 = 1_000_000;
/// The most that any of these may say.
const WORDS: usize = 60_000;

const SMALL: &[u8] = include_bytes!("../../beam/tests/data/small.beam");

/// Runs `lam` with these arguments; its status and what it says on standard error.
fn lam(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = if cfg!(target_os = "linux") {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -v {MEMORY_KB}; exec \"$0\" \"$@\"")]);
        shell.arg(env!("CARGO_BIN_EXE_lam"));
        shell
    } else {
        Command::new(env!("CARGO_BIN_EXE_lam"))
    };
    command.args(arguments);
    command.env("LAM_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("translations"));
    let done = bounded::run(command, LIMIT).expect("it ends in time");
    assert!(done.stdout.is_empty(), "it prints nothing of a wrong program");
    assert!(done.stderr.len() < WORDS, "it says {} bytes", done.stderr.len());
    (done.status, done.stderr)
}

/// Writes a file for one test.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    std::fs::create_dir_all(&folder).expect("a folder for files");
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("the file can be written");
    path
}

/// Such a file is refused with these words by every verb that takes it.
fn refused(name: &str, bytes: &[u8], words: &str) {
    let path = file(name, bytes);
    for verb in ["check", "run", "dis"] {
        let (status, said) = lam(&[verb, &path.to_string_lossy()]);
        assert_eq!(status, Some(3), "{name}, {verb}: {said}");
        assert!(said.contains(words), "{name}, {verb}: expected {words} in {said}");
        assert!(said.contains(name), "{name}, {verb}: it names the file: {said}");
    }
}

fn refused_text(name: &str, text: &str, words: &str) {
    refused(name, text.as_bytes(), words);
}

fn function(code: &str) -> String {
    format!("module m\nexport main/0\nfunction main/0\n{code}\n")
}

/// A `.beam` file of these chunks.
fn container(chunks: &[(&[u8], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"BEAM".to_vec();
    for (name, data) in chunks {
        body.extend(*name);
        body.extend(u32::try_from(data.len()).expect("a small chunk").to_be_bytes());
        body.extend(data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let length = u32::try_from(body.len()).expect("a small file");
    [&b"FOR1"[..], &length.to_be_bytes(), &body].concat()
}

/// The small file with the data of one chunk replaced.
fn with_chunk(wanted: &[u8], data: &[u8]) -> Vec<u8> {
    let mut rest = &SMALL[12..];
    let mut chunks = Vec::new();
    while rest.len() >= 8 {
        let (name, after) = rest.split_at(4);
        let length = u32::from_be_bytes(after[..4].try_into().expect("four bytes")) as usize;
        let old = after[4..4 + length].to_vec();
        chunks.push((name, if name == wanted { data.to_vec() } else { old }));
        rest = &rest[(8 + length).next_multiple_of(4).min(rest.len())..];
    }
    container(&chunks)
}

/// A literal table that says it has `size` bytes.
fn literals(size: u32, plain: &[u8]) -> Vec<u8> {
    let packed = compress_to_vec_zlib(plain, 9);
    with_chunk(b"LitT", &[&size.to_be_bytes()[..], &packed].concat())
}

fn one_literal(term: &[u8]) -> Vec<u8> {
    let length = u32::try_from(term.len() + 1).expect("a small term");
    let plain = [&1u32.to_be_bytes()[..], &length.to_be_bytes(), &[131], term].concat();
    literals(u32::try_from(plain.len()).expect("a small table"), &plain)
}

/// A LAM binary of one module with this after the number of modules.
fn lamb(sections: &[u8]) -> Vec<u8> {
    let mut file = binary::MAGIC.to_vec();
    file.extend([binary::MAJOR, binary::MINOR]);
    file.push(u8::try_from(sections.len() + 1).expect("a small file"));
    file.push(1);
    file.extend(sections);
    file
}

#[test]
fn no_file() {
    let (status, said) = lam(&["run", "no-such-file.lam"]);
    assert_eq!(status, Some(2));
    assert!(said.contains("there is no such file"), "{said}");
    let (status, said) = lam(&["run", env!("CARGO_TARGET_TMPDIR")]);
    assert_eq!(status, Some(2));
    assert!(said.contains("it is a folder"), "{said}");
}

#[test]
fn nothing_in_it() {
    let name = "empty.lam";
    for verb in ["check", "run", "dis"] {
        let (status, said) = lam(&[verb, &file(name, b"").to_string_lossy()]);
        assert_eq!(status, Some(3), "{verb}");
        assert!(said.contains("found no module"), "{said}");
    }
}

#[test]
fn truncated() {
    for cut in [5, 8, 11, 12, 16, 20, 40, SMALL.len() / 2, SMALL.len() - 1] {
        // Too little of it to be taken for a BEAM file.
        let words = if cut < 12 { "text." } else { "beam.file.end" };
        refused(&format!("cut-{cut}.beam"), &SMALL[..cut], words);
    }
    let whole = binary::encode(&text::parse(&function("ret 0")).expect("it is text"));
    for cut in [5, 6, 7, 8, 12, whole.len() - 1] {
        refused(&format!("cut-{cut}.lamb"), &whole[..cut], "bin.file.end");
    }
    refused("longer.lamb", &[&whole[..], b"more"].concat(), "bin.file.trailing");
}

#[test]
fn huge_and_negative_lengths() {
    for (name, length) in [("huge", 0x7fff_ffff_u32), ("negative", u32::MAX), ("sign", 1 << 31)] {
        let mut chunk = SMALL.to_vec();
        chunk[16..20].copy_from_slice(&length.to_be_bytes());
        refused(&format!("{name}-chunk.beam"), &chunk, "beam.file.end");
        let mut whole = SMALL.to_vec();
        whole[4..8].copy_from_slice(&length.to_be_bytes());
        refused(&format!("{name}-file.beam"), &whole, "beam.file.end");
    }
    refused(
        "atoms.beam",
        &with_chunk(b"AtU8", &[0xff, 0xff, 0xff, 0xff, 1, 1]),
        "beam.operand.encoding",
    );
    refused_text("negative.lam", &function("need -1, 0\nret 0"), "text.integer.range");
    // Ten groups of seven bits, all ones: more than 64 of them.
    let endless = [&binary::MAGIC[..], &[1, 0], &[0xff; 40]].concat();
    refused("endless.lamb", &endless, "bin.number.range");
}

#[test]
fn bombs() {
    let mut plain = b"FOR1\x06\0\0\0BEAM".to_vec();
    plain.resize(100_000_000, 0);
    let packed = compress_to_vec_zlib(&plain, 1);
    let table = with_chunk(b"LitT", &[&100_000_000_u32.to_be_bytes()[..], &packed].concat());
    refused("literals.beam", &table, "beam.stream.limit");
    let liar = with_chunk(b"LitT", &[&1_000_u32.to_be_bytes()[..], &packed].concat());
    refused("liar.beam", &liar, "beam.stream.limit");
    // In the wrapping of gzip; its checksum is never reached.
    let raw = compress_to_vec(&plain, 1);
    let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &raw, &[0; 8]].concat();
    refused("file.beam", &gzip, "beam.stream.limit");
}

#[test]
fn deep() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    refused_text("deep.lam", &function(&format!("move {open}{close} -> x0")), "text.literal.depth");
    let tuples = [&[104, 1].repeat(100_000)[..], &[106]].concat();
    refused("deep.beam", &one_literal(&tuples), "beam.term.depth");
    let mut literal = Literal::Nil;
    for _ in 0..300 {
        literal = Literal::Tuple(vec![literal]);
    }
    let mut modules = text::parse(&function("move 1.0 -> x0\nret 0")).expect("it is text");
    modules[0].literals = vec![literal];
    refused("deep.lamb", &binary::encode(&modules), "bin.literal.depth");
}

#[test]
fn a_billion_elements() {
    let count = [0x80, 0x94, 0xeb, 0xdc, 0x03];
    let texts = [&[1, 5][..], &count].concat();
    refused("billion.lamb", &lamb(&texts), "bin.count.excess");
    let list = [&[108][..], &1_000_000_000_u32.to_be_bytes()].concat();
    refused("billion.beam", &one_literal(&list), "beam.count.excess");
    let table = 1_000_000_000_u32.to_be_bytes();
    refused("imports.beam", &with_chunk(b"ImpT", &table), "beam.count.excess");
    refused("registers.lam", function("move 1 -> x1000000000\nret 0").as_bytes(), "text.");
    let words = function("need 1000000000, 0\nret 0");
    refused_text_after_parsing("words.lam", &words, "val.need.words");
}

#[test]
fn circles_without_safepoint() {
    let circle = function("a:\njump b\nb:\njump a");
    refused_text_after_parsing("circle.lam", &circle, "val.loop.safepoint");
    let alone = function("a:\njump a");
    refused_text_after_parsing("alone.lam", &alone, "val.loop.safepoint");
}

/// It is text, so that `dis` and `fmt` take it; nothing runs it.
fn refused_text_after_parsing(name: &str, text: &str, words: &str) {
    let path = file(name, text.as_bytes());
    for verb in ["check", "run", "explore"] {
        let (status, said) = lam(&[verb, &path.to_string_lossy()]);
        assert_eq!(status, Some(3), "{name}, {verb}: {said}");
        assert!(said.contains(words), "{name}, {verb}: expected {words} in {said}");
    }
}

#[test]
fn not_a_text() {
    refused("latin.lam", b"module m\n; caf\xe9\n", "text.file.encoding");
    refused("half.lam", b"module m\n; \xce", "text.file.encoding");
    refused("surrogate.lam", b"module m\n; \xed\xa0\x80", "text.file.encoding");
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0";
    refused("picture.png", picture, "text.file.encoding");
    refused("nothing.lam", b"module m\n\0\0\0\0\0\0\0\0\n", "text.line.syntax");
    refused("zeros.lam", &[0; 100_000], "text.");
}

#[test]
fn one_long_line() {
    refused_text("words.lam", &"jump ".repeat(200_000), "text.");
    refused_text("letters.lam", &"x".repeat(1_000_000), "text.");
    refused_text("quote.lam", &format!("module '{}", "a".repeat(1_000_000)), "text.");
    let list = function(&format!("move [{}] -> x0", "1, ".repeat(333_333)));
    refused_text("list.lam", &list, "text.line.syntax");
}

#[test]
fn binaries_of_another_kind() {
    let whole = binary::encode(&text::parse(&function("ret 0")).expect("it is text"));
    let with = |section: [u8; 3]| {
        let mut longer = [&whole[..], &section].concat();
        longer[6] += 3;
        longer
    };
    refused("section.lamb", &with([99, 1, 0]), "bin.section.unknown");
    refused("order.lamb", &with([1, 1, 0]), "bin.section.order");
    let mut other = lamb(&[]);
    other[4] = 200;
    refused("version.lamb", &other, "bin.file.version");
    let mut later = lamb(&[]);
    later[5] = binary::MINOR + 1;
    refused("minor.lamb", &later, "bin.file.version");
    let code =
        with_chunk(b"Code", &[&16u32.to_be_bytes()[..], &9u32.to_be_bytes(), &[0; 12]].concat());
    refused("version.beam", &code, "beam.chunk.version");
}

#[test]
fn names_that_are_not_there_or_twice() {
    let twice = format!("{}function main/0\nret 0\n", function("ret 0"));
    refused_text("twice.lam", &twice, "text.function.duplicate");
    let modules = "module m\nmodule m\n";
    refused_text("modules.lam", modules, "text.module.duplicate");
    refused_text("label.lam", &function("jump nowhere"), "text.label.unknown");
    refused_text("labels.lam", &function("a:\na:\nret 0"), "text.label.duplicate");
    let export: Vec<u8> = [1u32, 1, 0, 65_000].iter().flat_map(|n| n.to_be_bytes()).collect();
    refused("label.beam", &with_chunk(b"ExpT", &export), "beam.label.unknown");
    refused_text("opcode.lam", &function("explode x0"), "text.name.unknown");
}

#[test]
fn enormous_integers() {
    let digits = "9".repeat(2_000_000);
    refused_text(
        "digits.lam",
        &function(&format!("move {digits} -> x0\nret 0")),
        "text.integer.range",
    );
    let hexadecimal = format!("move 16#{} -> x0\nret 0", "f".repeat(2_000_000));
    refused_text("hexadecimal.lam", &function(&hexadecimal), "text.integer.range");
    refused_text("float.lam", &function("move 1.0e999999999999 -> x0\nret 0"), "text.float.range");
    let size = u32::MAX.to_be_bytes();
    let big = [&[111][..], &size, &[0, 1]].concat();
    refused("big.beam", &one_literal(&big), "beam.");
}

#[test]
fn ten_thousand_errors() {
    let path = file("errors.lam", function(&"explode x0\n".repeat(10_000)).as_bytes());
    let (status, said) = lam(&["check", &path.to_string_lossy()]);
    assert_eq!(status, Some(3));
    assert_eq!(said.matches("text.name.unknown").count(), 40, "it shows the first");
    assert!(said.contains("and 9960 more") && said.contains("10000 errors"), "{said}");
}

#[test]
fn programs_without_end_meet_their_limits() {
    let spin = file("spin.lam", function("a:\nyield\njump a").as_bytes());
    let (status, said) = lam(&["run", "--fuel", "100000", &spin.to_string_lossy()]);
    assert_eq!(status, Some(4), "{said}");
    assert!(said.contains("lim.fuel.spent"), "{said}");
    let grow = "frame +1\na:\nneed 2, 0\ncons y0, y0 -> y0\nyield\njump a";
    let grow = function(grow);
    let grow = file("grow.lam", grow.as_bytes());
    let (status, said) = lam(&["run", "--max-heap", "100000", &grow.to_string_lossy()]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("system_limit"), "{said}");
}

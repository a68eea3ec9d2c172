//! How compact LAM is: the code of `.beam` files, and of what they become in the binary form.
//!
//! `cargo run --release -p lam-beam --example compactness -- DIR...` prints, for each folder, the
//! bytes of the `Code` chunks and of the code sections, and of everything that a loader wants.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::{Path, PathBuf};

/// Bytes and counts of one folder.
#[derive(Default)]
struct Sizes {
    modules: usize,
    instructions: usize,
    beam_code: usize,
    beam_whole: usize,
    lam_code: usize,
    lam_whole: usize,
    lam_bare: usize,
}

/// The chunks that a loader reads, line table and attributes included.
const LOADED: [&[u8]; 11] = [
    b"AtU8", b"Atom", b"Code", b"StrT", b"ImpT", b"ExpT", b"LocT", b"FunT", b"LitT", b"Line",
    b"Attr",
];

fn main() {
    println!(
        "{:<28} {:>7} {:>9} {:>10} {:>10} {:>6} {:>10} {:>10} {:>6} {:>10}",
        "folder", "modules", "instrs", "Code", "code", "%", "loaded", ".lamb", "%", "no lines"
    );
    for folder in std::env::args().skip(1) {
        let mut files = Vec::new();
        beams(Path::new(&folder), &mut files);
        let mut sizes = Sizes::default();
        for file in &files {
            if let Err(error) = measure(file, &mut sizes) {
                eprintln!("{}: {error}", file.display());
            }
        }
        println!(
            "{:<28} {:>7} {:>9} {:>10} {:>10} {:>6.1} {:>10} {:>10} {:>6.1} {:>10}",
            folder.rsplit('/').find(|part| !part.is_empty()).unwrap_or(&folder),
            sizes.modules,
            sizes.instructions,
            sizes.beam_code,
            sizes.lam_code,
            percent(sizes.lam_code, sizes.beam_code),
            sizes.beam_whole,
            sizes.lam_whole,
            percent(sizes.lam_whole, sizes.beam_whole),
            sizes.lam_bare,
        );
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn beams(path: &Path, found: &mut Vec<PathBuf>) {
    if let Ok(entries) = std::fs::read_dir(path) {
        entries.flatten().for_each(|entry| beams(&entry.path(), found));
    } else if path.extension().is_some_and(|extension| extension == "beam") {
        found.push(path.to_owned());
    }
}

fn measure(file: &Path, sizes: &mut Sizes) -> Result<(), Box<dyn std::error::Error>> {
    let bytes = std::fs::read(file)?;
    let mut module = lam_beam::translate(&bytes)?;
    sizes.modules += 1;
    sizes.instructions += module.functions.iter().map(|f| f.code.len()).sum::<usize>();
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let [a, b, c, d, s0, s1, s2, s3, ..] = *rest {
        let size = u32::from_be_bytes([s0, s1, s2, s3]) as usize;
        if [a, b, c, d] == *b"Code" {
            sizes.beam_code += size;
        }
        if LOADED.contains(&&[a, b, c, d][..]) {
            sizes.beam_whole += size + 8;
        }
        rest = rest.get(8 + size.next_multiple_of(4)..).unwrap_or_default();
    }
    // `CInf`, which tells of the compiler and its options, counts on neither side.
    module.info.truncate(1);
    let encoded = lam_isa::binary::encode(std::slice::from_ref(&module));
    sizes.lam_whole += encoded.len();
    sizes.lam_code += code_section(&encoded).ok_or("the binary form has another layout")?;
    module.functions.iter_mut().for_each(|function| function.lines.clear());
    module.locations.clear();
    module.files.clear();
    module.info.clear();
    sizes.lam_bare += lam_isa::binary::encode(&[module]).len();
    Ok(())
}

/// The length of the section `code` of a binary file of one module.
fn code_section(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes.get(6..)?;
    number(&mut rest)?;
    number(&mut rest)?;
    loop {
        let (id, after) = rest.split_first()?;
        rest = after;
        let length = number(&mut rest)?;
        if *id == 5 {
            return Some(length);
        }
        rest = rest.get(length..)?;
    }
}

/// A number in groups of seven bits.
fn number(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

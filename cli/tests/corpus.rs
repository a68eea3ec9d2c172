//! The fuzz targets on every file of their corpora, and on what a few changes make of it.
//!
//! The fuzzer itself needs nightly (`cargo xtask fuzz`); this runs wherever tests do.

#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

use lam_reference::schedule::Random;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// How many changed copies of each file are tried.
const CHANGES: u64 = 30;

#[test]
fn text() {
    every_file("text", fuzz::text);
}

#[test]
fn binary() {
    every_file("binary", fuzz::binary);
}

#[test]
fn beam() {
    every_file("beam", fuzz::beam);
}

#[test]
fn program() {
    every_file("program", fuzz::program);
}

fn every_file(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let entries = folder.read_dir().expect("the corpus is in the repository");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.sort();
    assert!(files.len() > 20, "{} files", files.len());
    let mut random = Random::new(1);
    for file in files {
        let bytes = std::fs::read(&file).expect("it can be read");
        let tried = |bytes: &[u8]| catch_unwind(AssertUnwindSafe(|| body(bytes)));
        assert!(tried(&bytes).is_ok(), "{} does it", file.display());
        for change in 0..CHANGES {
            let changed = changed(&bytes, &mut random);
            if tried(&changed).is_err() {
                let changed = changed.escape_ascii();
                panic!("{}, change {change}, does it: {changed}", file.display());
            }
        }
    }
}

/// A copy with a few bytes changed, taken out or doubled, or cut short.
fn changed(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len() as u64;
        let at = random.below(length) as usize;
        let end = (at + random.below(20) as usize).min(bytes.len());
        match random.below(10) {
            0 => bytes.truncate(at),
            1 | 2 => drop(bytes.drain(at..end)),
            3 | 4 => bytes.splice(at..at, bytes[at..end].to_vec()).for_each(drop),
            5 | 6 => bytes[at] = bytes[random.below(length) as usize],
            _ => bytes[at] = bytes[at].wrapping_add(random.draw() as u8),
        }
    }
    bytes
}

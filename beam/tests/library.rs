//! The library modules in `lib/` are what their Erlang source translates to.

mod skip;

use skip::skip;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The release whose compiler wrote the committed translations; others may write other code.
const RELEASE: &str = "25";

fn release() -> Option<String> {
    let ask = "io:put_chars(erlang:system_info(otp_release)), halt().";
    let output = Command::new("erl").args(["-noshell", "-eval", ask]).output().ok()?;
    String::from_utf8(output.stdout).ok().filter(|release| !release.is_empty())
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("lib is there");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "erl"));
    files.sort();
    files
}

/// With `UPDATE_EXPECT=1` the translations are written anew.
#[test]
fn translations_are_current() {
    let Some(release) = release() else {
        return skip("erl is not installed");
    };
    if release != RELEASE {
        return skip(&format!("OTP {release} compiles otherwise than OTP {RELEASE}"));
    }
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lib");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library");
    std::fs::create_dir_all(&out).expect("the target folder can be written");
    let files = sources(&lib);
    assert!(files.len() >= 15, "{files:?}");
    let compiled = Command::new("erlc")
        .args(["+deterministic", "-Werror", "-o"])
        .arg(&out)
        .args(files.iter().map(|file| Path::new(file.file_name().expect("a file"))))
        .current_dir(&lib)
        .output()
        .expect("erlc runs where erl does");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    let mut stale = Vec::new();
    for file in &files {
        let name = file.file_stem().expect("a file").to_string_lossy().into_owned();
        let beam = std::fs::read(out.join(format!("{name}.beam"))).expect("erlc wrote it");
        let module = lam_beam::translate(&beam).expect("our modules translate");
        let text = lam_isa::text::print(&[module]);
        let kept = lib.join(format!("{name}.lam"));
        if std::fs::read_to_string(&kept).unwrap_or_default() != text {
            if std::env::var("UPDATE_EXPECT").is_ok() {
                std::fs::write(&kept, text).expect("lib can be written");
            } else {
                stale.push(name);
            }
        }
    }
    let advice = "UPDATE_EXPECT=1 cargo test -p lam-beam --test library";
    assert!(stale.is_empty(), "stale: {stale:?}; {advice} writes them anew");
}

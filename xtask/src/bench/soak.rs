//! `cargo xtask soak`: the fast machine under a mixture of everything, for as long as one likes.

use super::sample::{Bench, median, status_kb};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Memory may be so much larger in the last quarter than in the second one: this part of it in
/// percent, and the 32 MiB of dropped blocks that each of the two schedulers may come to keep.
const GROWTH: u64 = 10;
const SLACK_KB: u64 = 64 * 1024;

/// Runs `bench/soak.erl` for so many seconds on two schedulers, with an optimised machine or one as
/// the tests have it, with its assertions.
///
/// # Errors
/// If its books do not balance, it is not done a minute after its time, or memory keeps growing.
pub fn run(root: &Path, seconds: u64, release: bool) -> Result<String> {
    let bench = Bench::prepare(root, release)?;
    let mut child = Command::new(&bench.lam)
        .args(["run", "--schedulers", "2", "soak.beam", &seconds.to_string()])
        .current_dir(&bench.out)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting lam")?;
    let begun = Instant::now();
    let mut sizes = Vec::new();
    while child.try_wait()?.is_none() {
        if begun.elapsed() > Duration::from_secs(seconds + 60) {
            child.kill()?;
            bail!("still running a minute after its {seconds} s");
        }
        // What has just ended has no memory any more.
        sizes.extend(status_kb(child.id(), "VmRSS").ok());
        sleep(Duration::from_millis(500));
    }
    let done = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&done.stdout);
    if !done.status.success() || !said.starts_with("soak: ") {
        bail!("{}, and it said `{said}`", done.status);
    }
    let quarter = sizes.len() / 4;
    if quarter == 0 {
        bail!("{} looks at its memory are too few", sizes.len());
    }
    let early = median(sizes[quarter..2 * quarter].iter().copied());
    let late = median(sizes[sizes.len() - quarter..].iter().copied());
    if late > early + early * GROWTH / 100 + SLACK_KB {
        bail!("memory grows: {early} kB in the second quarter, {late} kB in the last");
    }
    let peak = sizes.iter().max().copied().unwrap_or_default();
    Ok(format!(
        "{}\nmemory: {early} kB in the second quarter, {late} kB in the last, {peak} kB at most, \
         {} looks in {} s",
        said.trim_end(),
        sizes.len(),
        begun.elapsed().as_secs()
    ))
}

//! Running a command for at most so long.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What a command did.
#[derive(Debug)]
pub struct Done {
    /// Its exit status; none if a signal ended it.
    pub status: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error, as text.
    pub stderr: String,
}

/// Runs a command without input. Killing it after `limit` is an error.
pub fn run(mut command: Command, limit: Duration) -> Result<Done, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let mut stdout = child.stdout.take().expect("it is piped");
    let mut stderr = child.stderr.take().expect("it is piped");
    // The streams end with the command, so that whoever waits for them waits for it.
    let (done, ended) = mpsc::channel();
    let errors = thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stderr.read_to_end(&mut bytes);
        read.map(|_| bytes)
    });
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.read_to_end(&mut bytes);
        let errors = errors.join();
        // Nobody listens any more when the time is over.
        let _ = done.send(());
        (read.map(|_| bytes), errors)
    });
    let in_time = ended.recv_timeout(limit).is_ok();
    if !in_time {
        // It may have ended by itself just now.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| format!("{command:?}: {error}"))?;
    if !in_time {
        return Err(format!("{command:?} was killed after {limit:?}"));
    }
    let (stdout, stderr) = reader.join().map_err(|_| "the reader panicked")?;
    let stderr = stderr.map_err(|_| "the reader panicked")?;
    let lost = |error: std::io::Error| format!("{command:?}: {error}");
    Ok(Done {
        status: status.code(),
        stdout: stdout.map_err(lost)?,
        stderr: String::from_utf8_lossy(&stderr.map_err(lost)?).into_owned(),
    })
}

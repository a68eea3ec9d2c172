//! Whether the handlers of the fast machine's interpreter still jump to each other.
//!
//! Stable Rust has no guaranteed tail calls: the compiler makes the last call of a handler a jump
//! when it can, and one local whose address is taken turns it back into a call, which lets the
//! machine's stack grow with every operation. Such a handler comes back and returns, a good one
//! never does. So the machine code of the command is read: no handler has a `ret`, and every one has a
//! jump to where a register says. `cargo xtask test` reads what is delivered; where assertions are on,
//! as the tests have it, 7 of 789 handlers do return (2026-11-28), which costs stack and nothing else.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// What the handlers are called, whatever operation they are for.
const HANDLER: &str = "dispatch::threaded::handler";

/// Fewer handlers than this are a sign that the names have changed; equal ones share their code.
const FEWEST: usize = 300;

/// Builds the command, as tests have it or optimised, and looks at its handlers.
///
/// # Errors
/// If a handler has lost its tail call, or if the code cannot be read.
pub fn check(root: &Path, release: bool) -> Result<String> {
    let lam = crate::bench::built(root, release)?;
    let output = Command::new("objdump")
        .args(["--disassemble", "--demangle", "--no-show-raw-insn"])
        .arg(&lam)
        .output()
        .context("starting objdump")?;
    if !output.status.success() {
        bail!("objdump {}: {}", lam.display(), String::from_utf8_lossy(&output.stderr));
    }
    let (count, wrong) = lost(&String::from_utf8_lossy(&output.stdout));
    if !wrong.is_empty() {
        bail!("{} of {count} handlers lost their tail call:\n{}", wrong.len(), wrong.join("\n"));
    }
    if count < FEWEST {
        bail!("only {count} handlers are called `{HANDLER}` in {}", lam.display());
    }
    Ok(format!("{count} handlers in {}, all with a tail call", lam.display()))
}

/// How many handlers a disassembly has, and which of them do not jump, or return.
fn lost(text: &str) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for function in text.split("\n\n") {
        let mut lines = function.trim_start().lines();
        let Some(head) = lines.next().filter(|head| head.contains(HANDLER)) else { continue };
        count += 1;
        let code: Vec<&str> = lines
            .filter_map(|line| line.split('\t').nth(1))
            .map(|instruction| instruction.trim())
            .collect();
        let returns = code.iter().any(|code| code.starts_with("ret"));
        let jumps = code.iter().any(|code| {
            let mut words = code.split_whitespace().filter(|word| *word != "notrack");
            match words.next() {
                Some("jmp") => words.next().is_some_and(|to| to.starts_with('*')),
                Some("br") => true,
                _ => false,
            }
        });
        if returns || !jumps {
            wrong.push(head.to_owned());
        }
    }
    (count, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A handler as it should be, one with an address-taken local, and one that only loops.
    const CODE: &str = "
lam:     file format elf64-x86-64

0000000000430000 <lam_fast::fast::dispatch::threaded::handler>:
  430000:\tmov    0x8(%rdi),%rax
  430004:\tjmp    *%rax
  430006:\tint3

0000000000430010 <lam_fast::fast::dispatch::threaded::handler>:
  430010:\tsub    $0x18,%rsp
  430014:\tcall   *%rax
  430016:\tadd    $0x18,%rsp
  43001a:\tret

0000000000430020 <lam_fast::fast::dispatch::threaded::handler>:
  430020:\tjmp    430020 <lam_fast::fast::dispatch::threaded::handler>

0000000000430030 <lam_fast::fast::dispatch::run>:
  430030:\tcall   *%rax
  430032:\tret
";

    #[test]
    fn a_handler_that_returns_has_lost_its_tail_call() {
        let (count, wrong) = lost(CODE);
        assert_eq!(count, 3);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].contains("430010") && wrong[1].contains("430020"), "{wrong:?}");
    }
}

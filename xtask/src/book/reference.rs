//! The excerpts of the reference machine: one handler, as its file has it.

use anyhow::{Context, Result, bail};
use lam_isa::table::InstrInfo;
use std::path::Path;

/// The handler of an instruction as a block of Rust.
pub fn excerpt(root: &Path, info: &InstrInfo) -> Result<String> {
    let path = format!("reference-vm/src/exec/{}.rs", info.family.name());
    let file = std::fs::read_to_string(root.join(&path)).with_context(|| path.clone())?;
    let Some(code) = handler(&file, info.name) else {
        bail!("{path} has no handler of `{}`", info.name)
    };
    Ok(format!("```rust,ignore\n{code}```\n"))
}

/// The method of an `impl` that has the instruction's name, its comment included.
pub fn handler(file: &str, name: &str) -> Option<String> {
    // Three mnemonics are words of Rust.
    let method = match name {
        "move" => "mov",
        "try" => "try_",
        "yield" => "yield_",
        name => name,
    };
    let lines: Vec<&str> = file.lines().collect();
    let head = format!("    fn {method}(");
    let start = lines.iter().position(|line| line.starts_with(&head))?;
    let end = start + lines[start..].iter().position(|l| *l == "    }" || l.ends_with("{}"))?;
    let comments = lines[..start].iter().rev();
    let comments = comments.take_while(|line| line.trim_start().starts_with(['/', '#'])).count();
    let mut code = String::new();
    for line in &lines[start - comments..=end] {
        code.push_str(line.strip_prefix("    ").unwrap_or(line));
        code.push('\n');
    }
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_is_cut_out_with_its_comment() {
        let file = "impl Data for Run {\n    type Out = ();\n\n    /// Why.\n    fn mov(&mut self) {\n        \
                    if a {\n        }\n    }\n\n    fn cons(&mut self) {}\n}\n";
        let expected = "/// Why.\nfn mov(&mut self) {\n    if a {\n    }\n}\n";
        assert_eq!(handler(file, "move").as_deref(), Some(expected));
        assert_eq!(handler(file, "cons").as_deref(), Some("fn cons(&mut self) {}\n"));
        assert_eq!(handler(file, "get"), None);
    }
}

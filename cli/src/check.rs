//! `lam check`: does a program keep the rules, and what does it need beyond itself?
//!
//! What it needs is what can be reached from any of its functions by the names in the code. A name
//! that is made while the program runs cannot be seen.

use crate::console::Console;
use crate::diagnostics::{Failure, Status};
use crate::input;
use crate::library::{Search, Shelves};
use lam_isa::link::{FunctionName, Needs, reach};
use lam_isa::{Capability, Verified};
use lam_reference::native;
use lam_reference::term::Atom;
use serde_json::json;
use std::fmt::Write;
use std::sync::Arc;

/// Verify programs and tell what they need.
#[derive(clap::Args)]
pub struct Check {
    #[command(flatten)]
    search: Search,
    /// LAM text, LAM binaries or BEAM files, looked at together; `-` is standard input.
    #[arg(required = true)]
    files: Vec<String>,
}

impl Check {
    /// Verifies every file, then looks at what all of them together lack.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        let mut modules: Vec<(String, Arc<Verified>)> = Vec::new();
        let mut failures: Option<Failure> = None;
        for file in &self.files {
            match input::load(file, &self.search.cache()) {
                Ok(verified) => {
                    modules.extend(verified.into_iter().map(|m| (file.clone(), Arc::new(m))));
                }
                // One run tells of every file; the first failure decides the status.
                Err(failure) => match &mut failures {
                    Some(first) => first.diagnostics.extend(failure.diagnostics),
                    None => failures = Some(failure),
                },
            }
        }
        let roots: Vec<Arc<Verified>> = modules.iter().map(|(_, module)| module.clone()).collect();
        let mut shelves = Shelves::new(&roots, &self.files[0], &self.search);
        let needs = reach(&roots, &mut shelves);
        console.out(&match console.json {
            true => format!("{}\n", as_json(&modules, &needs)),
            false => as_text(&modules, &needs),
        })?;
        for trouble in shelves.troubles() {
            match &mut failures {
                Some(first) => first.diagnostics.extend(trouble.diagnostics),
                None => failures = Some(trouble),
            }
        }
        match failures {
            Some(failure) => Err(failure),
            None => Ok(Status::OK),
        }
    }
}

/// The modules beyond those given, and how many of their functions are reached.
fn others<'n>(
    modules: &'n [(String, Arc<Verified>)],
    needs: &'n Needs,
) -> impl Iterator<Item = (&'n String, usize)> {
    let given = |name: &str| modules.iter().any(|(_, module)| module.name() == name);
    let others = needs.modules.keys().filter(move |name| !given(name));
    others.map(|name| (name, needs.functions.get(name).copied().unwrap_or(0)))
}

fn as_text(modules: &[(String, Arc<Verified>)], needs: &Needs) -> String {
    let mut text = String::new();
    for (file, module) in modules {
        let _ = writeln!(
            text,
            "{file}: module {}, {}, {}: verified",
            module.name(),
            count(module.functions.len(), "function"),
            count(instructions(module), "instruction"),
        );
    }
    let others: Vec<(&String, usize)> = others(modules, needs).collect();
    if !others.is_empty() {
        let _ = writeln!(text, "needs {}:", count(others.len(), "other module"));
        for (name, functions) in others {
            let _ = writeln!(text, "  {name} ({})", count(functions, "function"));
        }
    }
    if !needs.natives.is_empty() {
        let _ = writeln!(text, "needs {}:", count(needs.natives.len(), "native"));
        for native in &needs.natives {
            let _ = match capability(native) {
                None => writeln!(text, "  {native}"),
                Some(capability) => writeln!(text, "  {native}, by capability {capability}"),
            };
        }
    }
    if !needs.missing.is_empty() {
        let _ = writeln!(text, "lacks {}:", count(needs.missing.len(), "function"));
        for (missing, user) in &needs.missing {
            let _ = writeln!(text, "  {missing}, called by {user}");
        }
    }
    text
}

/// What the host must grant for a native to be there.
fn capability(native: &FunctionName) -> Option<Capability> {
    native::capability(Atom::new(&native.module), Atom::new(&native.name), native.arity)
}

fn instructions(module: &Verified) -> usize {
    module.functions.iter().map(|function| function.code.len()).sum()
}

fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn as_json(modules: &[(String, Arc<Verified>)], needs: &Needs) -> serde_json::Value {
    json!({
        "modules": modules.iter().map(|(file, module)| json!({
            "file": file,
            "name": module.name(),
            "functions": module.functions.len(),
            "instructions": instructions(module),
            "exports": module.functions.iter().filter(|f| f.exported)
                .map(|f| format!("{}/{}", module.atom(f.name), f.arity)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "needs": others(modules, needs)
            .map(|(name, functions)| json!({ "name": name, "functions": functions }))
            .collect::<Vec<_>>(),
        "natives": needs.natives.iter().map(|native| json!({
            "function": native.to_string(), "capability": capability(native).map(Capability::text),
        })).collect::<Vec<_>>(),
        "missing": needs.missing.iter().map(|(missing, user)| json!({
            "function": missing.to_string(), "user": user.to_string(),
        })).collect::<Vec<_>>(),
    })
}

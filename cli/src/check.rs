//! `lam check`: does a program keep the rules, and what does it need beyond itself?

use crate::console::Console;
use crate::diagnostics::{Failure, Status};
use crate::input;
use lam_isa::{FunRef, Verified};
use lam_reference::native;
use lam_reference::term::Atom;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Verify programs and tell what they need.
#[derive(clap::Args)]
pub struct Check {
    /// LAM text, LAM binaries or BEAM files, looked at together; `-` is standard input.
    #[arg(required = true)]
    files: Vec<String>,
}

/// A function by name: module, function, arity.
type Mfa = (String, String, u8);

/// What a set of modules calls beyond itself.
#[derive(Default)]
struct Needs {
    /// Natives of the reference machine, with the modules that call them.
    natives: BTreeMap<Mfa, BTreeSet<String>>,
    /// Functions that nobody has.
    missing: BTreeMap<Mfa, BTreeSet<String>>,
}

impl Check {
    /// Verifies every file, then looks at what all of them together lack.
    pub fn run(self, console: &Console) -> Result<Status, Failure> {
        let mut modules: Vec<(String, Verified)> = Vec::new();
        let mut failures: Option<Failure> = None;
        for file in &self.files {
            match input::load(file) {
                Ok(verified) => modules.extend(verified.into_iter().map(|m| (file.clone(), m))),
                // One run tells of every file; the first failure decides the status.
                Err(failure) => match &mut failures {
                    Some(first) => first.diagnostics.extend(failure.diagnostics),
                    None => failures = Some(failure),
                },
            }
        }
        let needs = Needs::of(modules.iter().map(|(_, module)| module));
        let answer = match console.json {
            true => format!("{}\n", as_json(&modules, &needs)),
            false => as_text(&modules, &needs),
        };
        console.out(&answer)?;
        match failures {
            Some(failure) => Err(failure),
            None => Ok(Status::OK),
        }
    }
}

impl Needs {
    fn of<'m>(modules: impl Iterator<Item = &'m Verified> + Clone) -> Needs {
        let exported: BTreeSet<Mfa> = modules
            .clone()
            .flat_map(|module| {
                let exports = module.functions.iter().filter(|function| function.exported);
                exports.map(|function| {
                    let name = module.atom(function.name).to_owned();
                    (module.name().to_owned(), name, function.arity)
                })
            })
            .collect();
        let mut needs = Needs::default();
        for module in modules {
            for reference in &module.references {
                let FunRef::External { module: other, name, arity } = *reference else { continue };
                let mfa = (module.atom(other).to_owned(), module.atom(name).to_owned(), arity);
                let user = module.name().to_owned();
                // A native comes before a function of the same name.
                if native::exists(Atom::new(&mfa.0), Atom::new(&mfa.1), arity) {
                    needs.natives.entry(mfa).or_default().insert(user);
                } else if !exported.contains(&mfa) {
                    needs.missing.entry(mfa).or_default().insert(user);
                }
            }
        }
        needs
    }
}

fn name((module, function, arity): &Mfa) -> String {
    format!("{module}:{function}/{arity}")
}

fn as_text(modules: &[(String, Verified)], needs: &Needs) -> String {
    let mut text = String::new();
    for (file, module) in modules {
        let instructions: usize = module.functions.iter().map(|f| f.code.len()).sum();
        let _ = writeln!(
            text,
            "{file}: module {}, {}, {}: verified",
            module.name(),
            count(module.functions.len(), "function"),
            count(instructions, "instruction"),
        );
    }
    for (title, functions) in [("natives", &needs.natives), ("missing", &needs.missing)] {
        if !functions.is_empty() {
            let _ = writeln!(text, "{title}:");
            for (mfa, users) in functions {
                let users: Vec<&str> = users.iter().map(String::as_str).collect();
                let _ = writeln!(text, "  {} (called by {})", name(mfa), users.join(", "));
            }
        }
    }
    text
}

fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn as_json(modules: &[(String, Verified)], needs: &Needs) -> serde_json::Value {
    let list = |functions: &BTreeMap<Mfa, BTreeSet<String>>| -> Vec<serde_json::Value> {
        let each = |(mfa, users): (&Mfa, &BTreeSet<String>)| json!({ "function": name(mfa), "users": users });
        functions.iter().map(each).collect()
    };
    json!({
        "modules": modules.iter().map(|(file, module)| json!({
            "file": file,
            "name": module.name(),
            "functions": module.functions.len(),
            "instructions": module.functions.iter().map(|f| f.code.len()).sum::<usize>(),
            "exports": module.functions.iter().filter(|f| f.exported)
                .map(|f| format!("{}/{}", module.atom(f.name), f.arity)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "natives": list(&needs.natives),
        "missing": list(&needs.missing),
    })
}

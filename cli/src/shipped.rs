//! The modules that come with the command: replacements of the few OTP modules that deal with the
//! inside of another machine, and what boots an Erlang program.
//!
//! Their Erlang source is in `lib/`, with its translation beside it.

use lam_isa::{Verified, text};

const TEXTS: &[(&str, &str)] = &[("lam", include_str!("../../lib/lam.lam"))];

/// Whether there is a module of that name.
pub fn has(name: &str) -> bool {
    TEXTS.iter().any(|(module, _)| *module == name)
}

/// The module of that name.
pub fn module(name: &str) -> Option<Verified> {
    let (_, source) = TEXTS.iter().find(|(module, _)| *module == name)?;
    let modules = text::parse(source).expect("a test parses every shipped module");
    let module = modules.into_iter().find(|module| module.name() == name)?;
    Some(lam_isa::verify(module).expect("a test verifies every shipped module"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_shipped_module_verifies_and_none_is_left_out() {
        for (name, _) in TEXTS {
            assert!(module(name).is_some(), "{name}");
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lib");
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "lam") {
                let name = path.file_stem().unwrap().to_str().unwrap();
                assert!(TEXTS.iter().any(|(known, _)| known == &name), "{name}");
            }
        }
    }
}

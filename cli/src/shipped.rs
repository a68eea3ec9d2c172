//! The modules that come with the command: replacements of the few OTP modules that deal with the
//! inside of another machine, and what boots an Erlang program.
//!
//! Their Erlang source is in `lib/`, with its translation beside it.

use crate::cache::Cache;
use lam_isa::{Verified, text};

const TEXTS: &[(&str, &str)] = &[
    ("application", include_str!("../../lib/application.lam")),
    ("code", include_str!("../../lib/code.lam")),
    ("erl_features", include_str!("../../lib/erl_features.lam")),
    ("erl_prim_loader", include_str!("../../lib/erl_prim_loader.lam")),
    ("erpc", include_str!("../../lib/erpc.lam")),
    ("error_handler", include_str!("../../lib/error_handler.lam")),
    ("error_logger", include_str!("../../lib/error_logger.lam")),
    ("file", include_str!("../../lib/file.lam")),
    ("global", include_str!("../../lib/global.lam")),
    ("init", include_str!("../../lib/init.lam")),
    ("lam", include_str!("../../lib/lam.lam")),
    ("lam_boot", include_str!("../../lib/lam_boot.lam")),
    ("lam_user", include_str!("../../lib/lam_user.lam")),
    ("logger", include_str!("../../lib/logger.lam")),
    ("net_kernel", include_str!("../../lib/net_kernel.lam")),
    ("os", include_str!("../../lib/os.lam")),
    ("prim_file", include_str!("../../lib/prim_file.lam")),
    ("rpc", include_str!("../../lib/rpc.lam")),
    ("timer", include_str!("../../lib/timer.lam")),
];

/// Whether there is a module of that name.
pub fn has(name: &str) -> bool {
    TEXTS.iter().any(|(module, _)| *module == name)
}

/// The module of that name. What its text means is kept like the translation of a BEAM file: `hello`
/// of `bench/` starts in 19 ms in place of 27 (medians of 31).
pub fn module(name: &str, cache: &Cache) -> Option<Verified> {
    let (_, source) = TEXTS.iter().find(|(module, _)| *module == name)?;
    let parse = |_: &[u8]| {
        let modules = text::parse(source).expect("a test parses every shipped module");
        modules.into_iter().find(|module| module.name() == name).ok_or(())
    };
    let module = cache.translation(source.as_bytes(), parse).ok()?;
    Some(lam_isa::verify(module).expect("a test verifies every shipped module"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_shipped_module_verifies_and_none_is_left_out() {
        for (name, _) in TEXTS {
            assert!(module(name, &Cache::default()).is_some(), "{name}");
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

//! The translations of BEAM files and of LAM's own library, kept from one run to the next.
//!
//! An entry is named by a hash of the file and of this very command, so that neither a changed
//! file nor another translator finds what is not its own. What an entry holds is checked by a hash of
//! its own and verified like any other module; one that is damaged counts as missing and is written
//! anew. Entries are written beside and renamed, so that commands that run at the same time see whole
//! ones. Nothing depends on the cache: where it cannot be read or written, files are translated.

use lam_isa::{Module, binary};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where translations are kept, if anywhere.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    folder: Option<PathBuf>,
}

/// Bytes of a hash.
const HASH: usize = 32;

impl Cache {
    /// The cache of this user: `$LAM_CACHE`, or `lam` in the folder for caches of the system.
    pub fn of_user() -> Cache {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder = set("LAM_CACHE").map(PathBuf::from).or_else(|| {
            let folder = set("XDG_CACHE_HOME").or_else(|| set("LOCALAPPDATA")).map(PathBuf::from);
            let folder = folder.or_else(|| Some(PathBuf::from(set("HOME")?).join(".cache")))?;
            Some(folder.join("lam"))
        });
        Cache { folder }
    }

    /// The translation of these bytes: as it is kept, or made and kept.
    pub fn translation<E>(
        &self,
        beam: &[u8],
        translate: impl FnOnce(&[u8]) -> Result<Module, E>,
    ) -> Result<Module, E> {
        let Some(entry) = self.entry(beam) else { return translate(beam) };
        if let Some(module) = read(&entry) {
            return Ok(module);
        }
        let module = translate(beam)?;
        // A cache that cannot be written is none.
        let _ = write(&entry, &binary::encode(std::slice::from_ref(&module)));
        Ok(module)
    }

    fn entry(&self, beam: &[u8]) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        let mut hash = Sha256::new();
        hash.update(translator()?);
        hash.update(beam);
        Some(folder.join(format!("{}.lamc", hex(&hash.finalize()))))
    }
}

/// What tells this build of the command from any other: its version, and size and age of its file.
fn translator() -> Option<&'static str> {
    static TRANSLATOR: OnceLock<Option<String>> = OnceLock::new();
    let of_file = || {
        let file = std::env::current_exe().ok()?.metadata().ok()?;
        let age = file.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        Some(format!("lam {} {} {}\n", env!("CARGO_PKG_VERSION"), file.len(), age.as_nanos()))
    };
    TRANSLATOR.get_or_init(of_file).as_deref()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The module of an entry, if it is whole.
fn read(entry: &Path) -> Option<Module> {
    let bytes = std::fs::read(entry).ok()?;
    let (hash, binary) = bytes.split_first_chunk::<HASH>()?;
    if Sha256::digest(binary).as_slice() != hash {
        return None;
    }
    let [module] = <[Module; 1]>::try_from(binary::decode(binary).ok()?).ok()?;
    Some(module)
}

fn write(entry: &Path, binary: &[u8]) -> std::io::Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = entry.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let beside = entry.with_extension(format!("{}-{number}.tmp", std::process::id()));
    let mut bytes = Sha256::digest(binary).to_vec();
    bytes.extend_from_slice(binary);
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, entry));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(text: &str) -> Module {
        lam_isa::text::parse(text).unwrap().remove(0)
    }

    #[test]
    fn entries_are_used_and_damaged_ones_are_made_anew() {
        let folder = std::env::temp_dir().join(format!("lam-cache-{}", std::process::id()));
        let cache = Cache { folder: Some(folder.clone()) };
        let made = module("module m\n");
        let make = |_: &[u8]| Ok::<_, ()>(made.clone());
        let never = |_: &[u8]| Err(());
        assert_eq!(cache.translation(b"m", never), Err(()));
        assert_eq!(cache.translation(b"m", make).unwrap(), made);
        assert_eq!(cache.translation(b"m", never).unwrap(), made);
        assert_eq!(cache.translation(b"other", never), Err(()), "other bytes have no entry");

        let entry = cache.entry(b"m").unwrap();
        let whole = std::fs::read(&entry).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&entry, &whole[..length]).unwrap();
            assert_eq!(cache.translation(b"m", never), Err(()), "cut to {length} bytes");
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&entry, damaged).unwrap();
            assert_eq!(cache.translation(b"m", never), Err(()), "byte {at} is wrong");
        }
        assert_eq!(cache.translation(b"m", make).unwrap(), made);
        assert_eq!(std::fs::read(&entry).unwrap(), whole);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn writers_at_the_same_time_leave_whole_entries() {
        let folder = std::env::temp_dir().join(format!("lam-cache-many-{}", std::process::id()));
        let cache = Cache { folder: Some(folder.clone()) };
        let made = module("module m\n");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let entry = cache.entry(b"m").unwrap();
                        write(&entry, &binary::encode(std::slice::from_ref(&made))).unwrap();
                        assert_eq!(read(&entry), Some(made.clone()));
                    }
                });
            }
        });
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn without_a_folder_that_can_be_written_everything_is_translated() {
        let folder = std::env::temp_dir().join(format!("lam-cache-file-{}", std::process::id()));
        std::fs::write(&folder, "no folder").unwrap();
        for cache in [Cache::default(), Cache { folder: Some(folder.clone()) }] {
            let made = module("module m\n");
            assert_eq!(cache.translation(b"m", |_| Ok::<_, ()>(made.clone())), Ok(made));
        }
        std::fs::remove_file(folder).unwrap();
    }
}

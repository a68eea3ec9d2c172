//! Where the modules of a program are found.
//!
//! In this order: among those given, in LAM's own library, which is part of this command, beside
//! the program and in the `-pa` folders, and in the libraries of an installed Erlang and Elixir.
//! Modules are read when they are asked for, and only then.

use crate::cache::Cache;
use crate::diagnostics::Failure;
use crate::input;
use crate::shipped;
use lam_isa::Verified;
use lam_isa::link::{FunctionName, Library};
use lam_reference::code::Loader;
use lam_reference::native;
use lam_reference::term::Atom;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The flags that say where to look.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Search {
    /// Look for modules in this folder, too.
    #[arg(long = "pa", value_name = "DIR")]
    paths: Vec<PathBuf>,
    /// The folder of an Erlang installation; else $LAM_OTP, else that of `erl` on the PATH.
    #[arg(long, value_name = "DIR", env = "LAM_OTP")]
    otp: Option<PathBuf>,
    /// Look in no Erlang or Elixir installation.
    #[arg(long)]
    no_otp: bool,
    /// Translate every BEAM file, and keep no translation for later ($LAM_CACHE says where they are
    /// kept, else `lam` in the user's folder for caches).
    #[arg(long)]
    no_cache: bool,
}

impl Search {
    /// Where translations are kept.
    pub fn cache(&self) -> Cache {
        if self.no_cache { Cache::default() } else { Cache::of_user() }
    }

    /// The flags as words of a command line.
    pub fn flags(&self) -> Vec<String> {
        let path = |path: &PathBuf| path.to_string_lossy().into_owned();
        let mut words = Vec::new();
        words.extend(self.paths.iter().flat_map(|folder| ["--pa".to_owned(), path(folder)]));
        words.extend(self.otp.iter().flat_map(|folder| ["--otp".to_owned(), path(folder)]));
        words.extend(self.no_otp.then(|| "--no-otp".to_owned()));
        words.extend(self.no_cache.then(|| "--no-cache".to_owned()));
        words
    }
}

/// The modules that can be found.
pub struct Shelves {
    given: BTreeMap<String, Arc<Verified>>,
    folders: Vec<PathBuf>,
    cache: Cache,
    found: Mutex<BTreeMap<String, Option<Arc<Verified>>>>,
    troubles: Mutex<Vec<Failure>>,
}

impl Shelves {
    /// The given modules, the folder of the file they are from, and what `search` names.
    pub fn new(given: &[Arc<Verified>], file: &str, search: &Search) -> Shelves {
        let mut folders = vec![];
        if file != "-" {
            let beside = Path::new(file).parent().map(Path::to_path_buf).unwrap_or_default();
            folders.push(if beside.as_os_str().is_empty() { PathBuf::from(".") } else { beside });
        }
        folders.extend(search.paths.iter().cloned());
        if !search.no_otp {
            let otp = search.otp.clone().or_else(|| installation("erl", 2));
            let elixir = installation("elixir", 2);
            let roots = otp.into_iter().chain(elixir);
            folders.extend(roots.flat_map(|root| ebins(&root.join("lib"))));
        }
        let given = given.iter().map(|module| (module.name().to_owned(), module.clone()));
        Shelves {
            given: given.collect(),
            folders,
            cache: search.cache(),
            found: Mutex::default(),
            troubles: Mutex::default(),
        }
    }

    /// What was wrong with modules that were found.
    pub fn troubles(&self) -> Vec<Failure> {
        std::mem::take(&mut *lock(&self.troubles))
    }

    /// The module of that name, read if it has not been before.
    pub fn find(&self, name: &str) -> Option<Arc<Verified>> {
        if let Some(module) = self.given.get(name) {
            return Some(module.clone());
        }
        if let Some(known) = lock(&self.found).get(name) {
            return known.clone();
        }
        let module = self.read(name);
        lock(&self.found).insert(name.to_owned(), module.clone());
        module
    }

    fn read(&self, name: &str) -> Option<Arc<Verified>> {
        // A name that is no file name is no module of ours.
        if name.is_empty() || name.contains(['/', '\\', '\0']) || name.starts_with("..") {
            return None;
        }
        if let Some(module) = shipped::module(name, &self.cache) {
            return Some(Arc::new(module));
        }
        let forms = ["beam", "lamb", "lam"];
        let files = self
            .folders
            .iter()
            .flat_map(|folder| forms.map(|form| folder.join(format!("{name}.{form}"))));
        let file = files.into_iter().find(|file| file.is_file())?;
        match input::load(&file.to_string_lossy(), &self.cache) {
            Ok(modules) => modules.into_iter().map(Arc::new).find(|module| module.name() == name),
            Err(failure) => {
                lock(&self.troubles).push(failure);
                None
            }
        }
    }
}

/// What a lock protects; who panicked while he held it has left nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Library for Shelves {
    fn module(&mut self, name: &str) -> Option<Arc<Verified>> {
        self.find(name)
    }

    fn is_native(&self, function: &FunctionName) -> bool {
        native::exists(Atom::new(&function.module), Atom::new(&function.name), function.arity)
    }
}

/// Shelves as the reference machine asks them.
#[derive(Debug)]
pub struct Shelf(pub Arc<Shelves>);

impl Loader for Shelf {
    fn load(&self, module: &str) -> Option<Arc<Verified>> {
        self.0.find(module)
    }
}

impl std::fmt::Debug for Shelves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shelves({:?})", self.folders)
    }
}

/// The folder so many levels above a command on the PATH, links followed.
fn installation(command: &str, levels: usize) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(command));
    let real = found.filter_map(|file| file.canonicalize().ok()).find(|file| file.is_file())?;
    real.ancestors().nth(levels).map(Path::to_path_buf)
}

/// The `ebin` folders of the applications in a library folder, in name order.
fn ebins(lib: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(lib) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path().join("ebin")))
        .filter(|ebin| ebin.is_dir())
        .collect();
    folders.sort();
    folders
}

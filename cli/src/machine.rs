//! From a linked program to a machine that stands before its first step.

use crate::diagnostics::{Diagnostic, Failure, Status};
use crate::input::{Form, Input};
use crate::library::{Search, Shelf, Shelves};
use crate::shipped;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use lam_fast::Value;
use lam_isa::link::reach;
use lam_isa::{Capability, FunRef, Verified};
use lam_reference::code::Code;
use lam_reference::machine::Origin;
use lam_reference::term::{Atom, Term};
use lam_reference::{Config, Machine};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// A program and its arguments.
#[derive(clap::Args, Clone, Debug)]
pub struct Program {
    #[command(flatten)]
    pub search: Search,
    /// LAM text, a LAM binary or a BEAM file; `-` is standard input.
    pub file: String,
    /// What `main/1` of the program receives, as strings.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}

/// A program with all that it can call by name, for what cannot look for modules while it runs.
pub struct Closed {
    /// The modules, the one with `main` first.
    pub modules: Vec<Arc<Verified>>,
    /// What `main/1` is called with; nothing, if the program begins with `main/0`.
    pub arguments: Option<Vec<String>>,
}

/// The limits of a run, and what its host grants.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Limits {
    /// End after this much fuel, the exact cost of the instructions.
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,
    /// The live words that the heap of a process may have.
    #[arg(long, value_name = "WORDS")]
    max_heap: Option<u64>,
    /// The messages that a mailbox may hold.
    #[arg(long, value_name = "N")]
    max_mailbox: Option<usize>,
    /// The processes that may live at once.
    #[arg(long, value_name = "N")]
    max_processes: Option<usize>,
    /// The atoms that a program may make.
    #[arg(long, value_name = "N")]
    max_atoms: Option<usize>,
    /// The bits of an integer.
    #[arg(long, value_name = "BITS")]
    max_integer: Option<u64>,
    /// Grant a capability; `output` and `clock` are granted without asking.
    #[arg(long, value_name = "CAP", value_parser = capabilities())]
    allow: Vec<Capability>,
    /// Do not grant a capability: natives that need it are not there.
    #[arg(long, value_name = "CAP", value_parser = capabilities())]
    deny: Vec<Capability>,
}

/// What the command grants when nothing is said.
const GRANTED: [Capability; 2] = [Capability::Output, Capability::Clock];

/// Reads a capability by its name in the book.
fn capabilities() -> impl TypedValueParser<Value = Capability> {
    PossibleValuesParser::new(Capability::ALL.map(Capability::text))
        .map(|name| Capability::named(&name).expect("it is one of the possible values"))
}

impl Limits {
    /// What is granted.
    fn granted(&self) -> BTreeSet<Capability> {
        let granted = GRANTED.into_iter().chain(self.allow.iter().copied());
        granted.filter(|one| !self.deny.contains(one)).collect()
    }

    /// The configuration of the fast machine with these limits set and these capabilities granted.
    pub fn set_fast(&self, mut config: lam_fast::Config) -> lam_fast::Config {
        config.fuel = self.fuel.or(config.fuel);
        config.heap_words = self.max_heap.unwrap_or(config.heap_words);
        config.mailbox_max = self.max_mailbox.unwrap_or(config.mailbox_max);
        config.processes_max = self.max_processes.unwrap_or(config.processes_max);
        config.atoms_max = self.max_atoms.unwrap_or(config.atoms_max);
        config.integer_bits = self.max_integer.unwrap_or(config.integer_bits);
        config.granted = self.granted();
        config
    }

    /// The configuration with these limits set and these capabilities granted.
    pub fn set(&self, mut config: Config) -> Config {
        config.fuel = self.fuel.or(config.fuel);
        config.heap_words = self.max_heap.unwrap_or(config.heap_words);
        config.mailbox_max = self.max_mailbox.unwrap_or(config.mailbox_max);
        config.processes_max = self.max_processes.unwrap_or(config.processes_max);
        config.atoms_max = self.max_atoms.unwrap_or(config.atoms_max);
        config.integer_bits = self.max_integer.unwrap_or(config.integer_bits);
        config.granted = self.granted();
        config
    }
}

impl Limits {
    /// Those that the model has, by the names that cases give them.
    ///
    /// # Errors
    /// If another is set.
    pub fn of_model(&self) -> Result<BTreeMap<String, u64>, Failure> {
        let beyond = [
            ("--max-heap", self.max_heap.is_some()),
            ("--max-atoms", self.max_atoms.is_some()),
            ("--max-integer", self.max_integer.is_some()),
            ("--deny", !self.deny.is_empty()),
        ];
        if let Some((flag, _)) = beyond.iter().find(|(_, set)| *set) {
            let message = format!("the model does not have what `{flag}` asks for");
            return Err(Failure::new(Status::USAGE, message));
        }
        let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let known = [
            ("fuel", self.fuel),
            ("mailbox", self.max_mailbox.map(wide)),
            ("processes", self.max_processes.map(wide)),
        ];
        Ok(known.into_iter().filter_map(|(name, n)| Some((name.to_owned(), n?))).collect())
    }

    /// The flags that set them, for a command line.
    pub fn flags(&self) -> Vec<String> {
        let show = |flag: &str, value: Option<String>| {
            value.map(|value| format!("{flag} {value}")).into_iter().collect::<Vec<_>>()
        };
        let mut flags = show("--fuel", self.fuel.map(|n| n.to_string()));
        flags.extend(show("--max-mailbox", self.max_mailbox.map(|n| n.to_string())));
        flags.extend(show("--max-processes", self.max_processes.map(|n| n.to_string())));
        flags
    }
}

/// A machine before its first step, and where it finds what it does not have.
pub struct Ready {
    /// The machine.
    pub machine: Machine,
    /// Its modules.
    pub shelves: Arc<Shelves>,
}

impl Program {
    /// The modules of the program, and what its first process calls: `main/1` with the arguments,
    /// else `main/0`, of the first module. Other modules are loaded when they are called.
    ///
    /// A program that prints by Erlang's `io` gets the servers for it from `lam_boot`; so does
    /// every BEAM file if `erlang`, since the libraries that it calls may.
    pub fn load(&self, erlang: bool) -> Result<Start, Failure> {
        let input = Input::read(&self.file)?;
        let form = input.form;
        let modules: Vec<Arc<Verified>> =
            input.parse_by(&self.search.cache())?.verify()?.into_iter().map(Arc::new).collect();
        let main = main(&modules)?;
        let boots = (erlang && form == Form::Beam) || modules.iter().any(|m| prints(m));
        let (module, function, booted, takes_arguments) = match boots && shipped::has("lam_boot") {
            true => ("lam_boot".to_owned(), "main", Some(main.module), true),
            false => (main.module, "main", None, main.arity == 1),
        };
        let shelves = Arc::new(Shelves::new(&modules, &self.file, &self.search));
        Ok(Start { modules, module, function, booted, takes_arguments, shelves })
    }

    /// The reference machine before its first step.
    pub fn ready(&self, config: Config, erlang: bool) -> Result<Ready, Failure> {
        let start = self.load(erlang)?;
        let mut arguments: Vec<Term> =
            start.booted.iter().map(|module| Term::atom(module)).collect();
        if start.takes_arguments {
            arguments.push(Term::list(self.arguments.iter().map(|text| string(text))));
        }
        let mut code = Code::with_loader(Rc::new(Shelf(start.shelves.clone())));
        for module in start.modules {
            code.add(module);
        }
        let mut machine = Machine::new(code, config);
        let call = (Atom::new(&start.module), Atom::new(start.function), arguments);
        machine.add_process(Origin::Root, call, None);
        Ok(Ready { machine, shelves: start.shelves })
    }

    /// The same for the fast machine.
    pub fn fast(&self) -> Result<(lam_fast::Program, Arc<Shelves>), Failure> {
        let start = self.load(true)?;
        let mut arguments: Vec<Value> = start.booted.into_iter().map(Value::Atom).collect();
        if start.takes_arguments {
            let texts = self.arguments.iter().map(|text| Value::string(text));
            arguments.push(Value::List(texts.collect()));
        }
        let program = lam_fast::Program {
            modules: start.modules,
            module: start.module,
            function: start.function.to_owned(),
            arguments,
        };
        Ok((program, start.shelves))
    }

    /// The program with every module that names in its code lead to.
    ///
    /// # Errors
    /// If it cannot be read, or prints by Erlang's `io`, whose servers talk to the host.
    pub fn closed(&self) -> Result<Closed, Failure> {
        let own: Vec<Arc<Verified>> = Input::read(&self.file)?
            .parse_by(&self.search.cache())?
            .verify()?
            .into_iter()
            .map(Arc::new)
            .collect();
        let main = main(&own)?;
        if own.iter().any(|module| prints(module)) {
            let message = "the program prints by `io`, whose servers are beyond the model";
            let help = "print by `erlang:display/1` or `lam:write/2`, or exit with what to tell";
            let diagnostic = Diagnostic::new(message).help(Some(help.to_owned()));
            return Err(Failure::invalid(vec![diagnostic]));
        }
        let mut shelves = Shelves::new(&own, &self.file, &self.search);
        let needs = reach(&own, &mut shelves);
        let given = |name: &String| own.iter().any(|module| module.name() == name);
        let others = needs.modules.into_iter().filter(|(name, _)| !given(name));
        let others: Vec<Arc<Verified>> = others.map(|(_, module)| module).collect();
        let arguments = (main.arity == 1).then(|| self.arguments.clone());
        Ok(Closed { modules: own.into_iter().chain(others).collect(), arguments })
    }
}

/// Every module that a program reaches, its own first. Which function a call is of may be known at run
/// time only (behaviours call their modules so); so what can be reached from any function counts for
/// the modules that the program names in any way, for the servers that it gets if it prints by
/// Erlang's `io`, and for those of `also`.
///
/// # Errors
/// If the program cannot be read, or a module of `also` is not found.
pub fn linked(file: &str, search: &Search, also: &[String]) -> Result<Vec<Arc<Verified>>, Failure> {
    /// What `lam_boot` and the servers call by names that come in messages.
    const SERVERS: [&str; 3] = ["lam_boot", "lam_user", "io_lib"];
    let input = Input::read(file)?;
    let form = input.form;
    let own: Vec<Arc<Verified>> =
        input.parse_by(&search.cache())?.verify()?.into_iter().map(Arc::new).collect();
    let mut shelves = Shelves::new(&own, file, search);
    let mut roots = own.clone();
    if form == Form::Beam || own.iter().any(|module| prints(module)) {
        roots.extend(SERVERS.iter().filter_map(|name| shelves.find(name)));
    }
    let atoms = own.iter().flat_map(|module| &module.atoms);
    roots.extend(atoms.filter_map(|name| shelves.find(name)));
    for name in also {
        let message = || format!("module `{name}` is not found");
        let root = shelves.find(name).ok_or_else(|| Failure::new(Status::INVALID, message()))?;
        roots.push(root);
    }
    let needs = reach(&roots, &mut shelves);
    let given = |name: &String| own.iter().any(|module| module.name() == name);
    let others = needs.modules.into_iter().filter(|(name, _)| !given(name));
    Ok(own.iter().cloned().chain(others.map(|(_, module)| module)).collect())
}

/// The modules of a program, and its first call.
pub struct Start {
    modules: Vec<Arc<Verified>>,
    module: String,
    function: &'static str,
    /// The module that `lam_boot` starts, its first argument.
    booted: Option<String>,
    /// Whether the arguments of the command follow.
    takes_arguments: bool,
    shelves: Arc<Shelves>,
}

impl Closed {
    /// The machine of the program, which looks for no further module.
    pub fn machine(&self, config: Config) -> Machine {
        let arguments = self.arguments.iter();
        let arguments = arguments.map(|list| Term::list(list.iter().map(|text| string(text))));
        let name = self.modules.first().map_or("", |module| module.name());
        Machine::boot(self.modules.iter().cloned(), config, (name, "main", arguments.collect()))
    }
}

/// Where a program begins.
struct Main {
    module: String,
    arity: u8,
}

fn main(modules: &[Arc<Verified>]) -> Result<Main, Failure> {
    let Some(module) = modules.first() else {
        return Err(Failure::new(Status::INVALID, "the program has no module"));
    };
    let exports = |arity| module.function("main", arity).is_some_and(|main| main.exported);
    match [1, 0].into_iter().find(|arity| exports(*arity)) {
        Some(arity) => Ok(Main { module: module.name().to_owned(), arity }),
        None => {
            let name = module.name();
            let message = format!("module `{name}` exports neither main/1 nor main/0");
            Err(Failure::new(Status::INVALID, message))
        }
    }
}

/// Whether a module calls what talks to the io servers.
fn prints(module: &Verified) -> bool {
    module.references.iter().any(|reference| match reference {
        FunRef::External { module: other, .. } => {
            matches!(module.atom(*other), "io" | "logger" | "error_logger" | "Elixir.IO")
        }
        FunRef::Local(_) => false,
    })
}

/// An argument as Erlang's strings are: a list of code points.
fn string(text: &str) -> Term {
    Term::list(text.chars().map(|c| Term::Int(i64::from(u32::from(c)))))
}

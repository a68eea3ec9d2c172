//! Programs for TLC: a verified program as the value that the model in `tla/` runs.
//!
//! Owns the spelling of instructions, terms and whole models in TLA+, and the list of what the
//! model leaves out. How TLC is run is the business of [`crate::tlc`]. Book: *The model*.

use crate::case::{Case, Expected, Program};
use crate::tlc::Run;
use lam_isa::kind::{Command, Op, Segment, SegmentKind};
use lam_isa::operand::{Arity, Case as Constant, Dst, FrameChange, Label, OperandRef, Src, Target};
use lam_isa::{FunRef, Function, Instr, Literal, Module, Verified, limits};
use lam_reference::native;
use lam_reference::term::Atom;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// What the model does not have, so that a program cannot be checked with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported(pub String);

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not in the model: {}", self.0)
    }
}

impl std::error::Error for Unsupported {}

type Text = Result<String, Unsupported>;

fn unsupported<T>(what: impl Into<String>) -> Result<T, Unsupported> {
    Err(Unsupported(what.into()))
}

/// Natives that the model has: module, name and arity, as in `LamControl`.
const NATIVES: &[(&str, &str, u8)] = &[
    ("erlang", "self", 0),
    ("erlang", "apply", 2),
    ("erlang", "apply", 3),
    ("erlang", "error", 1),
    ("erlang", "exit", 1),
    ("erlang", "throw", 1),
    ("erlang", "put", 2),
    ("erlang", "get", 1),
    ("erlang", "erase", 1),
    ("erlang", "make_ref", 0),
    ("erlang", "group_leader", 0),
    ("erlang", "register", 2),
    ("erlang", "unregister", 1),
    ("erlang", "whereis", 1),
    ("erlang", "alias", 0),
    ("erlang", "alias", 1),
    ("erlang", "unalias", 1),
    ("erlang", "send_after", 3),
    ("erlang", "start_timer", 3),
    ("erlang", "cancel_timer", 1),
    ("erlang", "read_timer", 1),
    ("erlang", "monotonic_time", 0),
    ("erlang", "monotonic_time", 1),
    ("erlang", "system_time", 1),
    ("erlang", "is_process_alive", 1),
    ("erlang", "group_leader", 2),
    ("erlang", "halt", 0),
    ("erlang", "halt", 1),
    ("erlang", "display", 1),
    ("lam", "write", 2),
    ("erlang", "spawn", 1),
    ("erlang", "spawn", 3),
    ("erlang", "spawn_link", 1),
    ("erlang", "spawn_link", 3),
    ("erlang", "spawn_monitor", 1),
    ("erlang", "spawn_monitor", 3),
    ("erlang", "link", 1),
    ("erlang", "unlink", 1),
    ("erlang", "monitor", 2),
    ("erlang", "monitor", 3),
    ("erlang", "demonitor", 1),
    ("erlang", "demonitor", 2),
    ("erlang", "exit", 2),
    ("erlang", "process_flag", 2),
    ("erlang", "send", 2),
    ("erlang", "!", 2),
];

/// Limits of a machine that the model knows, by the names that cases give them, and what they are
/// by default: fuel is not limited.
const LIMITS: [(&str, i64); 6] = [
    ("mailbox", 1 << 24),
    ("processes", 1 << 20),
    ("fuel", -1),
    ("schedulers", 1),
    ("quantum", limits::QUANTUM as i64),
    ("budget", limits::BUDGET_MAX as i64),
];

/// Limits that make the steps of different processes depend on each other.
const SHARED_LIMITS: [&str; 3] = ["mailbox", "processes", "fuel"];

/// The TLA+ value of a program whose root calls `main/0` of the first module.
///
/// # Errors
/// If the program uses what the model does not have.
pub fn program(modules: &[Arc<Verified>]) -> Text {
    program_within(modules, &BTreeMap::new())
}

/// The same for a machine with these limits, named as in the header of a case.
///
/// # Errors
/// If the program uses what the model does not have, or a limit that it does not know.
pub fn program_within(modules: &[Arc<Verified>], limits: &BTreeMap<String, u64>) -> Text {
    program_in(modules, &Setting { limits: limits.clone(), ..Setting::default() })
}

/// How a program begins, and what its machine allows.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// Limits, named as in the header of a case.
    pub limits: BTreeMap<String, u64>,
    /// What `main/1` is called with; nothing, if the program begins with `main/0`.
    pub arguments: Option<Vec<String>>,
    /// Whether an instruction that the model does not have is put in as one at which TLC stops,
    /// told by [`crate::search::Trouble::Beyond`]; a program may have what it never executes.
    pub partial: bool,
}

/// The same in a setting.
///
/// # Errors
/// If the program uses what the model does not have and is not to be exported in part, or a limit
/// that the model does not know.
pub fn program_in(modules: &[Arc<Verified>], setting: &Setting) -> Text {
    let limits = &setting.limits;
    let unknown = |name: &&String| {
        *name != "states" && !LIMITS.iter().any(|(known, _)| known == &name.as_str())
    };
    if let Some(name) = limits.keys().find(unknown) {
        return unsupported(format!("the limit `{name}`"));
    }
    let limited = LIMITS.map(|(name, default)| {
        let value = limits.get(name).map_or(default, |n| i64::try_from(*n).unwrap_or(i64::MAX));
        format!("{name} |-> {}", value.min(1 << 30))
    });
    let mut bases = BTreeMap::new();
    let mut count = 1;
    for module in modules {
        bases.insert(module.name().to_owned(), count);
        count += module.functions.len();
    }
    let mut functions = Vec::new();
    let mut traits = Traits::default();
    for module in modules {
        let printer = Printer { module, base: bases[module.name()], partial: setting.partial };
        traits.note(module);
        for function in &module.functions {
            functions.push(printer.function(function)?);
        }
    }
    let Some(first) = modules.first() else { return unsupported("a program of no module") };
    let calm = traits.calm && SHARED_LIMITS.iter().all(|name| !limits.contains_key(*name));
    let list = |text: &String| Literal::List(text.chars().map(code_point).collect(), nil());
    let arguments =
        setting.arguments.iter().map(|all| Literal::List(all.iter().map(list).collect(), nil()));
    let arguments = Literal::List(arguments.collect(), nil());
    Ok(format!(
        "[name |-> {}, args |-> {}, calm |-> {}, clocked |-> {}, uses |-> {{{}}},\n lim |-> [{}],\n funs |-> <<\n{}>>]",
        text(first.name())?,
        term(&arguments)?,
        truth(calm),
        truth(traits.clocked),
        traits.uses().join(", "),
        limited.join(", "),
        functions.join(",\n")
    ))
}

fn nil() -> Box<Literal> {
    Box::new(Literal::Nil)
}

fn code_point(c: char) -> Literal {
    Literal::Int(u32::from(c).into())
}

/// What decides which choices a reduced search may leave out, and whether the clock matters.
struct Traits {
    calm: bool,
    clocked: bool,
    links: bool,
    monitors: bool,
}

impl Default for Traits {
    fn default() -> Traits {
        Traits { calm: true, clocked: false, links: false, monitors: false }
    }
}

impl Traits {
    fn note(&mut self, module: &Module) {
        let atoms = Atoms::of(module);
        // Whoever does not know the module cannot call its natives.
        self.calm &= !atoms.has("erlang") && !atoms.has("lam");
        let clocks = ["cancel_timer", "read_timer", "monotonic_time", "system_time"];
        self.clocked |= clocks.iter().any(|name| atoms.has(name));
        for instr in module.functions.iter().flat_map(|function| &function.code) {
            match instr {
                Instr::Spawn { options, .. } => self.note_options(module, options),
                Instr::Monitor { options, .. } => {
                    self.monitors = true;
                    self.calm &= *options == Src::Nil;
                }
                Instr::Link { .. } => self.links = true,
                _ => {}
            }
        }
    }

    fn note_options(&mut self, module: &Module, options: &Src) {
        let literal = match options {
            Src::Nil => return,
            Src::Lit(at) => module.literals.get(at.0 as usize),
            _ => None,
        };
        (self.links, self.monitors) = (true, true);
        let plain = |option: &Literal| matches!(option, Literal::Atom(_));
        self.calm &=
            matches!(literal, Some(Literal::List(options, _)) if options.iter().all(plain));
    }

    fn uses(&self) -> Vec<&'static str> {
        let named = [(self.links, "\"link\""), (self.monitors, "\"monitor\"")];
        named.into_iter().filter(|(used, _)| *used).map(|(_, name)| name).collect()
    }
}

/// The texts of all atoms that a module brings along.
struct Atoms(Vec<String>);

impl Atoms {
    fn of(module: &Module) -> Atoms {
        let mut atoms: Vec<String> = module.atoms.iter().map(ToString::to_string).collect();
        let mut todo: Vec<&Literal> = module.literals.iter().collect();
        while let Some(literal) = todo.pop() {
            match literal {
                Literal::Atom(text) => atoms.push(text.to_string()),
                Literal::Fun { module, name, .. } => {
                    atoms.extend([module.to_string(), name.to_string()]);
                }
                Literal::List(elements, tail) => {
                    todo.extend(elements);
                    todo.push(tail);
                }
                Literal::Tuple(elements) => todo.extend(elements),
                Literal::Map(pairs) => todo.extend(pairs.iter().flat_map(|(k, v)| [k, v])),
                _ => {}
            }
        }
        Atoms(atoms)
    }

    fn has(&self, text: &str) -> bool {
        self.0.iter().any(|atom| atom == text)
    }
}

/// Prints the code of one module; `base` is the number of its first function in the program.
struct Printer<'m> {
    module: &'m Module,
    base: usize,
    partial: bool,
}

impl Printer<'_> {
    fn function(&self, function: &Function) -> Text {
        let code: Result<Vec<String>, Unsupported> = function
            .code
            .iter()
            .enumerate()
            .map(|(number, instr)| match self.instruction(function, instr) {
                Err(Unsupported(why)) => {
                    let name = self.module.function_name(function);
                    let shown = lam_isa::text::print_instr(self.module, function, instr);
                    let what = format!("{why}: {shown} (instruction {number} of {name})");
                    match self.partial {
                        true => Ok(format!("[op |-> \"beyond\", what |-> {}]", plain(&what))),
                        false => unsupported(what),
                    }
                }
                printed => printed,
            })
            .collect();
        let lambda = function.lambda.unwrap_or_default();
        Ok(format!(
            "  [mod |-> {}, name |-> {}, arity |-> {}, exported |-> {}, index |-> {}, \
             unique |-> \"{}\", code |-> <<\n    {}>>]",
            text(self.module.name())?,
            text(self.module.atom(function.name))?,
            function.arity,
            truth(function.exported),
            lambda.index,
            lambda.unique,
            code?.join(",\n    ")
        ))
    }

    fn instruction(&self, function: &Function, instr: &Instr) -> Text {
        let info = instr.info();
        if let Instr::Op { kind: Op::Fdiv | Op::Float | Op::Fconv, .. } = instr {
            return unsupported("floats");
        }
        let mut fields = vec![format!("op |-> \"{}\"", info.name)];
        for (operand, about) in instr.operands().into_iter().zip(info.operands) {
            fields.push(format!("{} |-> {}", about.name, self.operand(function, operand)?));
        }
        Ok(format!("[{}]", fields.join(", ")))
    }

    fn operand(&self, function: &Function, operand: OperandRef<'_>) -> Text {
        match operand {
            OperandRef::Number(n) => Ok(n.to_string()),
            OperandRef::Frame(FrameChange::Push(n)) => Ok(n.to_string()),
            OperandRef::Frame(FrameChange::Drop(n)) => Ok(format!("-{n}")),
            OperandRef::Src(src) => self.source(src),
            OperandRef::Dst(dst) => Ok(destination(dst)),
            OperandRef::Reg(reg) => self.source(Src::from(reg)),
            OperandRef::Slot(slot) => Ok(format!("<<\"y\", {}>>", slot.0)),
            OperandRef::Label(label) => Ok(place(function, label)),
            OperandRef::Else(label) => {
                Ok(label.map_or("-1".to_owned(), |label| place(function, label)))
            }
            OperandRef::Ref(reference) => {
                self.reference(self.module.reference(reference), "a reference")
            }
            OperandRef::Target(Target::Fun(reference)) => {
                self.reference(self.module.reference(reference), "a target")
            }
            OperandRef::Target(Target::Value(value)) => {
                Ok(format!("<<\"value\", {}>>", self.source(value)?))
            }
            OperandRef::Target(Target::Named(module, name)) => {
                Ok(format!("<<\"named\", {}, {}>>", self.source(module)?, self.source(name)?))
            }
            OperandRef::Arity(Arity::Count(count)) => Ok(format!("<<\"count\", {count}>>")),
            OperandRef::Arity(Arity::List(list)) => {
                Ok(format!("<<\"list\", {}>>", self.source(list)?))
            }
            OperandRef::Kind(name) => Ok(format!("\"{name}\"")),
            OperandRef::Srcs(sources) => sequence(sources, |src| self.source(*src)),
            OperandRef::Moves(pairs) => sequence(pairs, |(src, dst)| {
                Ok(format!("<<{}, {}>>", self.source(*src)?, destination(*dst)))
            }),
            OperandRef::Elements(pairs) => {
                sequence(pairs, |(index, src)| Ok(format!("<<{index}, {}>>", self.source(*src)?)))
            }
            OperandRef::Pairs(pairs) => sequence(pairs, |(key, value)| {
                Ok(format!("<<{}, {}>>", self.source(*key)?, self.source(*value)?))
            }),
            OperandRef::Cases(cases) => sequence(cases, |(case, label)| {
                let constant = match case {
                    Constant::Int(n) => integer(*n)?,
                    Constant::Atom(atom) => self.source(Src::Atom(*atom))?,
                    Constant::Nil => "<<\"nil\">>".to_owned(),
                };
                Ok(format!("<<{constant}, {}>>", place(function, *label)))
            }),
            OperandRef::Segments(segments) => sequence(segments, |it| self.segment(it)),
            OperandRef::Commands(commands) => sequence(commands, |it| self.command(it)),
        }
    }

    fn source(&self, src: Src) -> Text {
        match src {
            Src::X(x) => Ok(format!("<<\"x\", {}>>", x.0)),
            Src::Y(y) => Ok(format!("<<\"y\", {}>>", y.0)),
            Src::Int(n) => integer(n),
            Src::Atom(atom) => Ok(format!("<<\"atom\", {}>>", text(self.module.atom(atom))?)),
            Src::Nil => Ok("<<\"nil\">>".to_owned()),
            Src::Lit(at) => match self.module.literals.get(at.0 as usize) {
                Some(literal) => term(literal),
                None => unsupported("a literal that is not there"),
            },
        }
    }

    fn reference(&self, reference: Option<FunRef>, what: &str) -> Text {
        match reference {
            Some(FunRef::Local(at)) => Ok(format!("<<\"fun\", {}>>", self.base + at as usize)),
            Some(FunRef::External { module, name, arity }) => {
                let (module, name) = (self.module.atom(module), self.module.atom(name));
                known(module, name, arity)?;
                Ok(format!("<<\"ext\", {}, {}, {arity}>>", text(module)?, text(name)?))
            }
            None => unsupported(what),
        }
    }

    fn size(&self, size: Option<&Src>) -> Text {
        size.map_or(Ok("<<\"none\">>".to_owned()), |size| self.source(*size))
    }

    fn segment(&self, it: &Segment) -> Text {
        if it.kind == SegmentKind::Float {
            return unsupported("floats");
        }
        Ok(format!(
            "[kind |-> \"{}\", unit |-> {}, little |-> {}, value |-> {}, size |-> {}]",
            it.kind.name(),
            it.unit,
            truth(it.little),
            self.source(it.value)?,
            self.size(it.size.as_ref())?
        ))
    }

    fn command(&self, command: &Command) -> Text {
        let fields = match command {
            Command::Start(src) => format!("\"start\", src |-> {}", self.source(*src)?),
            Command::AtLeast { bits, unit } => {
                format!("\"at_least\", bits |-> {bits}, unit |-> {unit}")
            }
            Command::Exactly(bits) => format!("\"exactly\", bits |-> {bits}"),
            Command::Integer { size, unit, signed, little, dst } => format!(
                "\"integer\", size |-> {}, unit |-> {unit}, signed |-> {}, little |-> {}, dst |-> {}",
                self.source(*size)?,
                truth(*signed),
                truth(*little),
                destination(*dst)
            ),
            Command::Float { .. } => return unsupported("floats"),
            Command::Binary { size, unit, dst } => format!(
                "\"binary\", size |-> {}, unit |-> {unit}, dst |-> {}",
                self.size(size.as_ref())?,
                destination(*dst)
            ),
            Command::Utf { kind, little, dst } => format!(
                "\"utf\", kind |-> \"{}\", little |-> {}, dst |-> {}",
                kind.name(),
                truth(*little),
                destination(*dst)
            ),
            Command::Skip { size, unit } => {
                format!("\"skip\", size |-> {}, unit |-> {unit}", self.size(size.as_ref())?)
            }
            Command::Bits(literal) => {
                let bits = match self.module.literals.get(literal.0 as usize) {
                    Some(Literal::Bits(bits)) => bits_of(bits),
                    _ => return unsupported("a literal that is no bitstring"),
                };
                format!("\"bits\", bits |-> {bits}")
            }
            Command::Tail(dst) => format!("\"tail\", dst |-> {}", destination(*dst)),
            Command::Pos(dst) => format!("\"pos\", dst |-> {}", destination(*dst)),
            Command::SetPos(src) => format!("\"setpos\", src |-> {}", self.source(*src)?),
        };
        Ok(format!("[cmd |-> {fields}]"))
    }
}

/// A native that the reference machine has and the model has not.
fn known(module: &str, name: &str, arity: u8) -> Result<(), Unsupported> {
    let modelled = NATIVES.contains(&(module, name, arity));
    if modelled || !native::exists(Atom::new(module), Atom::new(name), arity) {
        return Ok(());
    }
    unsupported(format!("the native {module}:{name}/{arity}"))
}

fn sequence<T>(items: &[T], show: impl Fn(&T) -> Text) -> Text {
    let shown: Result<Vec<String>, Unsupported> = items.iter().map(show).collect();
    Ok(format!("<<{}>>", shown?.join(", ")))
}

fn destination(dst: Dst) -> String {
    match dst {
        Dst::X(x) => format!("<<\"x\", {}>>", x.0),
        Dst::Y(y) => format!("<<\"y\", {}>>", y.0),
        Dst::Discard => "<<\"_\">>".to_owned(),
    }
}

/// The number of the instruction that a label stands before; 0 is the clause label.
fn place(function: &Function, label: Label) -> String {
    function.target(label).map_or("0".to_owned(), |at| (at + 1).to_string())
}

fn truth(yes: bool) -> &'static str {
    if yes { "TRUE" } else { "FALSE" }
}

fn integer(n: i64) -> Text {
    match i32::try_from(n) {
        Ok(n) => Ok(format!("<<\"int\", {n}>>")),
        Err(_) => unsupported(format!("the integer {n}, which has more than 32 bits")),
    }
}

/// A text as a TLA+ string, of the characters that the model knows.
fn text(text: &str) -> Text {
    if !text.chars().all(|c| matches!(c, ' '..='~') && c != '`') {
        return unsupported(format!("the characters of {text:?}"));
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A text as a TLA+ string, with a question mark for what the model has no character for.
pub(crate) fn plain(what: &str) -> String {
    let known = what.chars().map(|c| if matches!(c, ' '..='~') && c != '`' { c } else { '?' });
    let known: String = known.collect();
    format!("\"{}\"", known.replace('\\', "\\\\").replace('"', "\\\""))
}

fn bits_of(bits: &lam_isa::BitString) -> String {
    let bit = |at: u64| {
        let byte = usize::try_from(at / 8).ok().and_then(|at| bits.bytes.get(at)).copied();
        (byte.unwrap_or(0) >> (7 - at % 8) & 1).to_string()
    };
    let all: Vec<String> = (0..bits.bits).map(bit).collect();
    format!("<<{}>>", all.join(", "))
}

/// A literal as a term of the model; maps need the order of their keys.
fn term(literal: &Literal) -> Text {
    match literal {
        Literal::Int(n) => integer(*n),
        Literal::Big { .. } => unsupported("an integer of more than 32 bits"),
        Literal::Float(_) => unsupported("floats"),
        Literal::Atom(atom) => Ok(format!("<<\"atom\", {}>>", text(atom)?)),
        Literal::Nil => Ok("<<\"nil\">>".to_owned()),
        Literal::List(elements, tail) => {
            let mut list = term(tail)?;
            for element in elements.iter().rev() {
                list = format!("<<\"cons\", {}, {list}>>", term(element)?);
            }
            Ok(list)
        }
        Literal::Tuple(elements) => Ok(format!("<<\"tuple\", {}>>", sequence(elements, term)?)),
        Literal::Map(pairs) => {
            let as_term = lam_reference::code::term;
            let mut sorted: Vec<&(Literal, Literal)> = pairs.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| {
                lam_reference::term::compare_keys(&as_term(a), &as_term(b))
            });
            let pair = |(key, value): &&(Literal, Literal)| {
                Ok(format!("<<{}, {}>>", term(key)?, term(value)?))
            };
            Ok(format!("<<\"map\", {}>>", sequence(&sorted, pair)?))
        }
        Literal::Bits(bits) => Ok(format!("<<\"bits\", {}>>", bits_of(bits))),
        Literal::Fun { module, name, arity } => {
            known(module, name, *arity)?;
            Ok(format!("<<\"extern\", {}, {}, {arity}>>", text(module)?, text(name)?))
        }
    }
}

/// How finely and how completely a model is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Every choice, an instruction a step.
    Instructions,
    /// Every choice of the schedule language.
    Steps,
    /// Every outcome, with the choices of the schedule language: messages come late, undisturbable
    /// steps go first.
    ReducedSteps,
    /// The reductions: woken processes run on, messages come late, undisturbable steps go first.
    Reduced,
}

impl Search {
    fn constants(self) -> &'static str {
        match self {
            Search::Instructions => "Grain = \"instr\"\n  Delivery = \"eager\"\n  Ample = FALSE",
            Search::Steps => "Grain = \"step\"\n  Delivery = \"eager\"\n  Ample = FALSE",
            Search::ReducedSteps => "Grain = \"step\"\n  Delivery = \"lazy\"\n  Ample = TRUE",
            Search::Reduced => "Grain = \"fused\"\n  Delivery = \"lazy\"\n  Ample = TRUE",
        }
    }
}

/// The text of the module `name`, which runs these programs under the module `root` of the model.
pub fn model(name: &str, root: &str, programs: &[String]) -> String {
    format!(
        "---- MODULE {name} ----\nEXTENDS {root}\nProgsDef == <<\n{}>>\n====\n",
        programs.join(",\n")
    )
}

/// The configuration for TLC that goes with [`model`]; `checks` are further lines, such as
/// `INVARIANT Report`.
pub fn configuration(search: Search, checks: &str) -> String {
    configuration_of(search, "Spec", "core", checks)
}

/// The same for a model with a specification and a view of its own.
pub fn configuration_of(search: Search, specification: &str, view: &str, checks: &str) -> String {
    format!(
        "CONSTANTS\n  Progs <- ProgsDef\n  {}\nSPECIFICATION {specification}\nVIEW {view}\n{checks}\n",
        search.constants()
    )
}

/// The outcome sets that TLC printed, by the number of the program, from 1.
pub fn outcomes(run: &Run) -> BTreeMap<usize, BTreeSet<String>> {
    let mut sets: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for line in run.told("OUTCOME") {
        let Some((number, outcome)) = line.split_once(' ') else { continue };
        if let Ok(number) = number.parse() {
            sets.entry(number).or_default().insert(outcome.to_owned());
        }
    }
    sets
}

/// What the model has of some cases: see [`batch`].
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Id, program and expected outcomes of each case that the model can run.
    pub programs: Vec<(String, String, BTreeSet<String>)>,
    /// Id of each case that it cannot run, and why.
    pub left_out: Vec<(String, Unsupported)>,
}

/// The cases whose outcomes over all schedules are stated, as programs.
pub fn batch(cases: &[Case]) -> Batch {
    let mut batch = Batch::default();
    for case in cases {
        let (Expected::Explored(wanted), Program::Text(source)) = (&case.expected, &case.program)
        else {
            continue;
        };
        match of_source(source).and_then(|modules| program_within(&modules, &case.limits)) {
            Ok(program) => {
                let wanted = wanted.iter().cloned().collect();
                batch.programs.push((case.id.clone(), program, wanted));
            }
            Err(why) => batch.left_out.push((case.id.clone(), why)),
        }
    }
    batch
}

/// The verified modules of a text.
///
/// # Errors
/// If it is no program: its first error, since what is rejected has no outcomes.
pub fn of_source(source: &str) -> Result<Vec<Arc<Verified>>, Unsupported> {
    let modules = lam_isa::text::parse(source)
        .map_err(|errors| Unsupported(format!("a program that is rejected: {errors:?}")))?;
    let verified = modules.into_iter().map(|module| {
        lam_isa::verify(module)
            .map(Arc::new)
            .map_err(|errors| Unsupported(format!("a program that is rejected: {errors:?}")))
    });
    verified.collect()
}

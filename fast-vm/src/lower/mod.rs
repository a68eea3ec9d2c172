//! Lowering: from verified instructions to the words that the interpreter runs.
//!
//! Owns the layout of code in memory and the choice of operations. Every instruction can become
//! `slow` with its site; the families choose something shorter where there is something. Runs once, when
//! a module is loaded.

mod bits;
mod compute;
mod control;
mod data;
mod fuse;
mod marks;
mod message;

use crate::code::{Code, FunEntry, Function, Loaded, Site};
use crate::fast::choice::{At, Choice};
use crate::fast::dispatch::{self, Code as Operation};
use crate::fast::operand::{ANY_C, ANY_Y};
use crate::term::Term;
use lam_isa::kind::Command;
use lam_isa::operand::{Arity, Dst, Label, OperandRef, Reg, Src, Target, XReg};
use lam_isa::{FunRef, Instr};
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::ptr;

/// Code of one module while it is written.
struct Writer<'m> {
    code: &'m Code,
    module: &'m Loaded,
    words: Vec<u64>,
    /// Words that hold an index of `words` and shall hold its address.
    addresses: Vec<usize>,
    /// Words that hold a label of the function at hand and shall hold its address.
    jumps: Vec<usize>,
    /// Words that hold the index of a function and shall hold its entry.
    calls: Vec<usize>,
    /// Words that hold the index of a function and shall hold the address of what its funs with so
    /// many captured values have in common.
    funs: Vec<(usize, usize)>,
    /// The site of the instruction at hand.
    site: *const Site,
    /// Words that shall hold the address of the whole meaning of a site.
    behind: Vec<(usize, *const Site)>,
    /// Words that shall be operands of a constant.
    constants: Vec<(usize, u64)>,
}

/// Lowers all functions of a module.
pub(crate) fn module(code: &Code, loaded: *mut Loaded, probes: bool) {
    // SAFETY: the caller has just made it, and nobody else has it yet.
    let module = unsafe { &mut *loaded };
    let source = module.module().clone();
    let facts: Vec<_> = (0..source.functions.len() as u32)
        .map(|f| module.verified().facts(f).cloned().unwrap_or_default())
        .collect();
    let count = source.functions.iter().map(|f| f.code.len()).sum();
    module.sites = Vec::with_capacity(count);
    module.functions = Vec::with_capacity(source.functions.len());
    for (function, index) in source.functions.iter().zip(0..) {
        module.functions.push(Function {
            module: loaded,
            index,
            name: module.atom(function.name),
            arity: function.arity,
            entry: ptr::null(),
            labels: Vec::new(),
            registers: registers(function),
            lambdas: Vec::new(),
        });
    }

    let mut written = Written::default();
    for (at, _) in source.functions.iter().enumerate() {
        let function: *const Function = &module.functions[at];
        // SAFETY: the module does not move, and its instructions never change.
        let instructions: &[Instr] = unsafe { &(&(*loaded).module().functions)[at].code };
        let first = module.sites.len();
        for (instr, index) in instructions.iter().zip(0..) {
            let site = facts[at].site(index);
            module.sites.push(Site {
                instr,
                function,
                index,
                frame: site.frame,
                slot: site.handler.map_or(0, |(slot, _)| slot.0),
                handler: ptr::null(),
                next: ptr::null(),
                proved: site.proved,
                reached: site.reached,
                heeded: marks::heeded(&source.functions[at], index as usize, &facts[at]),
                cost: instr.info().cost as u8,
            });
        }
        written.function(code, loaded, function, instructions, first, probes);
    }

    // The constants stand at the end, each once.
    let mut known = HashMap::new();
    for (at, constant) in &written.constants {
        let place = *known.entry(*constant).or_insert_with(|| {
            written.words.push(*constant);
            written.words.len() - 1
        });
        written.words[*at] = place as u64;
    }

    // From here on the words do not move.
    module.code = written.words;
    let base = module.code.as_ptr();
    let address = |index: usize| {
        // SAFETY: an index of the code, or its end.
        unsafe { base.add(index) }
    };
    for at in written.addresses {
        module.code[at] = address(module.code[at] as usize).expose_provenance() as u64;
    }
    for (at, _) in written.constants {
        module.code[at] = ANY_C | address(module.code[at] as usize).expose_provenance() as u64;
    }
    for at in written.calls {
        let entry = written.entries[module.code[at] as usize];
        module.code[at] = address(entry).expose_provenance() as u64;
    }
    let captured = captured(&source);
    let mut first = 0;
    for (at, function) in source.functions.iter().enumerate() {
        let starts = &written.starts[at];
        let label = |label: Label| {
            let index = function.target(label).expect("val.index.label: labels are in range");
            address(starts[index as usize])
        };
        module.functions[at].entry = address(written.entries[at]);
        module.functions[at].labels =
            (1..=function.labels.len() as u32).map(|n| label(Label(n))).collect();
        let sites = &mut module.sites[first..first + function.code.len()];
        for (site, (index, start)) in
            sites.iter_mut().zip(facts[at].sites().iter().zip(&starts[1..]))
        {
            site.next = address(*start);
            site.handler = index.handler.map_or(ptr::null(), |(_, handler)| label(handler));
        }
        first += function.code.len();
        let lambda = function.lambda.unwrap_or_default();
        let made: *const Function = &module.functions[at];
        let entry = |captured: &u8| FunEntry {
            function: made,
            arity: function.arity - captured,
            module: module.name,
            version: module.version,
            index: lambda.index,
            unique: lambda.unique,
        };
        module.functions[at].lambdas = captured[at].iter().map(entry).collect();
    }
    for (at, captured) in written.funs {
        let function = &module.functions[module.code[at] as usize];
        let arity = usize::from(function.arity) - captured;
        let lambda = function.lambdas.iter().find(|entry| usize::from(entry.arity) == arity);
        let lambda = lambda.expect("`captured` has counted all that capture so many");
        module.code[at] = ptr::from_ref(lambda).expose_provenance() as u64;
    }
}

/// How many values the funs made of each function capture: every number that there is.
fn captured(module: &lam_isa::Module) -> Vec<BTreeSet<u8>> {
    let mut counts = vec![BTreeSet::new(); module.functions.len()];
    for instr in module.functions.iter().flat_map(|function| &function.code) {
        if let Instr::Fun { function, captured, .. } = instr
            && let Some(FunRef::Local(index)) = module.reference(*function)
        {
            counts[index as usize].insert(captured.len() as u8);
        }
    }
    counts
}

/// How many X registers a function uses.
fn registers(function: &lam_isa::Function) -> u16 {
    let mut most = u16::from(function.arity);
    let mut see = |x: XReg| most = most.max(x.0 + 1);
    let mut src = |src: &Src| {
        if let Src::X(x) = src {
            see(*x);
        }
    };
    for instr in &function.code {
        for operand in instr.operands() {
            match operand {
                OperandRef::Src(s) => src(&s),
                OperandRef::Reg(Reg::X(x)) | OperandRef::Dst(Dst::X(x)) => src(&Src::X(x)),
                OperandRef::Srcs(all) => all.iter().for_each(&mut src),
                OperandRef::Moves(all) => all.iter().for_each(|(from, to)| {
                    src(from);
                    if let Dst::X(x) = to {
                        src(&Src::X(*x));
                    }
                }),
                OperandRef::Elements(all) => all.iter().for_each(|(_, value)| src(value)),
                OperandRef::Pairs(all) => all.iter().for_each(|(key, value)| {
                    src(key);
                    src(value);
                }),
                OperandRef::Segments(all) => all.iter().for_each(|segment| {
                    src(&segment.value);
                    if let Some(size) = &segment.size {
                        src(size);
                    }
                }),
                OperandRef::Commands(all) => all.iter().for_each(|c| command(c, &mut src)),
                OperandRef::Arity(Arity::Count(n)) if n > 0 => {
                    src(&Src::X(XReg(u16::from(n) - 1)));
                }
                OperandRef::Arity(Arity::List(list)) => src(&list),
                OperandRef::Target(Target::Value(fun)) => src(&fun),
                OperandRef::Target(Target::Named(m, f)) => {
                    src(&m);
                    src(&f);
                }
                _ => {}
            }
        }
    }
    most
}

fn command(command: &Command, see: &mut impl FnMut(&Src)) {
    let mut dst = |dst: &Dst| {
        if let Dst::X(x) = dst {
            see(&Src::X(*x));
        }
    };
    match command {
        Command::Integer { size, dst: to, .. } | Command::Float { size, dst: to, .. } => {
            dst(to);
            see(size);
        }
        Command::Binary { size, dst: to, .. } => {
            dst(to);
            if let Some(size) = size {
                see(size);
            }
        }
        Command::Utf { dst: to, .. } | Command::Tail(to) | Command::Pos(to) => dst(to),
        Command::Skip { size: Some(size), .. } | Command::Start(size) | Command::SetPos(size) => {
            see(size);
        }
        _ => {}
    }
}

/// The words of a module, and what is to be made addresses in them.
#[derive(Default)]
struct Written {
    words: Vec<u64>,
    /// The first word of each instruction of each function, and the end.
    starts: Vec<Vec<usize>>,
    /// The entry of each function.
    entries: Vec<usize>,
    addresses: Vec<usize>,
    calls: Vec<usize>,
    funs: Vec<(usize, usize)>,
    constants: Vec<(usize, u64)>,
}

impl Written {
    fn function(
        &mut self,
        code: &Code,
        loaded: *const Loaded,
        function: *const Function,
        instructions: &[Instr],
        first: usize,
        probes: bool,
    ) {
        // SAFETY: the module does not move; only its code and places are still to come.
        let module = unsafe { &*loaded };
        let mut writer = Writer {
            code,
            module,
            words: std::mem::take(&mut self.words),
            addresses: std::mem::take(&mut self.addresses),
            jumps: Vec::new(),
            calls: std::mem::take(&mut self.calls),
            funs: std::mem::take(&mut self.funs),
            site: ptr::null(),
            behind: Vec::new(),
            constants: std::mem::take(&mut self.constants),
        };
        writer.words.push(function.expose_provenance() as u64);
        self.entries.push(writer.words.len());
        writer.entry(&module.sites[first..first + instructions.len()]);
        let mut starts = Vec::with_capacity(instructions.len() + 1);
        // Instructions in the middle of a fused operation are written behind the function, too: who
        // comes there by a label, or from the whole meaning of the one before, goes on there.
        let mut middles = Vec::new();
        let mut at = 0;
        while at < instructions.len() {
            starts.push(writer.words.len());
            writer.site = &raw const module.sites[first + at];
            let mut fused = 0;
            if probes {
                writer.operation(Operation::Probe);
                writer.here();
            } else if writer.site().reached {
                fused = writer.fuse(&instructions[at..]);
            }
            if fused == 0 {
                let more = if probes { &[] } else { &instructions[at + 1..] };
                writer.instr(&instructions[at], more);
                fused = 1;
            } else {
                middles.push(at + 1..at + fused);
                starts.resize(at + fused, 0);
            }
            at += fused;
        }
        starts.push(writer.words.len());
        for middle in middles {
            let end = middle.end;
            for at in middle {
                starts[at] = writer.words.len();
                writer.site = &raw const module.sites[first + at];
                writer.instr(&instructions[at], &[]);
            }
            writer.operation(Operation::Jump);
            writer.addresses.push(writer.words.len());
            writer.words.push(starts[end] as u64);
        }
        writer.finish_function();
        for at in std::mem::take(&mut writer.jumps) {
            let label = Label(writer.words[at] as u32);
            // SAFETY: as above.
            let source = unsafe { &(&(*loaded).module().functions)[(*function).index as usize] };
            let target = source.target(label).expect("val.index.label: labels are in range");
            writer.words[at] = starts[target as usize] as u64;
            writer.addresses.push(at);
        }
        self.words = writer.words;
        self.constants = writer.constants;
        self.addresses = writer.addresses;
        self.calls = writer.calls;
        self.funs = writer.funs;
        self.starts.push(starts);
    }
}

/// Where a sequence of moves puts a value aside, and what is discarded goes.
const SCRATCH: (At, u64) = (At::X, std::mem::offset_of!(crate::core::Core, scratch) as u64);

/// The operation of a choice that has one for operands at any places.
fn any_pick(choice: &Choice, at: &[At]) -> (Operation, bool) {
    choice.pick(at).expect("an operation that takes operands at any places")
}

impl Writer<'_> {
    /// The first word of an operation.
    fn operation(&mut self, operation: Operation) {
        self.words.push(dispatch::word(operation));
    }

    /// What is known of the instruction.
    fn site(&self) -> &Site {
        // SAFETY: the sites of the module do not move.
        unsafe { &*self.site }
    }

    fn site_word(&self) -> u64 {
        self.site.expose_provenance() as u64
    }

    /// The site of the instruction, as an operand.
    fn here(&mut self) {
        self.words.push(self.site_word());
    }

    /// Where a source is.
    fn source(&self, src: &Src) -> (At, u64) {
        match src {
            Src::X(x) if x.0 == 0 => (At::A, 0),
            Src::X(x) => (At::X, u64::from(x.0) * 8),
            Src::Y(y) => (At::Y, u64::from(y.0) * 8),
            Src::Int(n) => (At::C, Term::small(*n).0),
            Src::Atom(atom) => (At::C, Term::atom(self.module.atom(*atom)).0),
            Src::Nil => (At::C, Term::NIL.0),
            Src::Lit(literal) => (At::C, self.module.literal(*literal).0),
        }
    }

    /// Where a destination is.
    fn target(&self, dst: &Dst) -> (At, u64) {
        match dst {
            Dst::X(x) => self.source(&Src::X(*x)),
            Dst::Y(y) => self.source(&Src::Y(*y)),
            Dst::Discard => SCRATCH,
        }
    }

    /// An operand of the kind that its operation was chosen for.
    fn place(&mut self, place: (At, u64), any: bool) {
        if any { self.any(place) } else { self.words.push(place.1) }
    }

    /// An operand of any kind.
    fn any(&mut self, (at, word): (At, u64)) {
        match at {
            At::A | At::X => self.words.push(word),
            At::Y => self.words.push(ANY_Y | word),
            At::C => {
                self.constants.push((self.words.len(), word));
                self.words.push(0);
            }
        }
    }

    /// An operation with its operands, and words behind them.
    fn emit(&mut self, choice: &Choice, places: &[(At, u64)], behind: &[u64]) {
        let written = self.try_emit(choice, places, behind);
        debug_assert!(written, "an operation that takes operands at any places");
    }

    /// The same, if there is such an operation for operands at these places.
    fn try_emit(&mut self, choice: &Choice, places: &[(At, u64)], behind: &[u64]) -> bool {
        let at: Vec<At> = places.iter().map(|(at, _)| *at).collect();
        let Some((code, any)) = choice.pick(&at) else { return false };
        self.operation(code);
        for place in places {
            self.place(*place, any);
        }
        self.words.extend(behind);
        true
    }

    /// A label other than 0, as an operand.
    fn jump_to(&mut self, label: Label) {
        self.jumps.push(self.words.len());
        self.words.push(u64::from(label.0));
    }

    /// The whole meaning of the instruction, as a place to go: it is written behind the function.
    fn jump_to_slow(&mut self) {
        self.behind.push((self.words.len(), self.site));
        self.words.push(0);
    }

    /// A label, of which 0 is the whole meaning of the instruction.
    fn jump_or_clause(&mut self, label: Label) {
        if label == Label::CLAUSE { self.jump_to_slow() } else { self.jump_to(label) }
    }

    /// A function that calls with an empty frame has no `frame` that leaves room for the return
    /// address, so it makes sure of that on entry.
    fn entry(&mut self, sites: &[Site]) {
        let calls = |site: &Site| matches!(site.instr(), Instr::Call { .. }) && site.frame == 0;
        if sites.iter().any(calls) {
            self.operation(Operation::Reserve);
        }
    }

    /// What stands behind a function: the whole meanings that tests of it go to.
    fn finish_function(&mut self) {
        for (at, site) in std::mem::take(&mut self.behind) {
            self.words[at] = self.words.len() as u64;
            self.addresses.push(at);
            self.site = site;
            self.slow();
        }
    }

    fn instr(&mut self, instr: &Instr, more: &[Instr]) {
        let next = more.first();
        // Registers that nobody reads any more may be left unwritten, but not where every
        // instruction is looked at.
        let shorter = !self.site().reached
            || match instr {
                Instr::Move { pairs } => self.mov(pairs, more),
                Instr::Cons { head, tail, dst } => self.cons(head, tail, dst),
                Instr::Uncons { list, head, tail } => self.uncons(list, head, tail),
                Instr::Tuple { elements, dst } => self.tuple(elements, dst),
                Instr::Get { index, tuple, dst } => self.get(*index, tuple, dst),
                Instr::Fun { function, captured, dst } => self.fun(*function, captured, dst),
                Instr::Map { kind, map, pairs, dst } => self.map(*kind, map, pairs, dst),
                Instr::Pick { map, other, pairs } => self.pick(map, *other, pairs),
                Instr::Bmatch { context, other, commands } => self.bmatch(context, other, commands),
                Instr::Jump { to } => self.jump(*to),
                Instr::Switch { kind, value, other, cases } => {
                    self.switch(*kind, value, *other, cases)
                }
                Instr::Call { target, arity } => self.call(target, arity),
                Instr::Tail { target, arity, frame } => self.tail(target, arity, *frame),
                Instr::Ret { frame } => self.ret(*frame),
                Instr::Frame { change } => self.frame(*change, next),
                Instr::Need { words, .. } => self.need(*words),
                Instr::Op { kind, args, dst, .. } => self.op(*kind, args, dst),
                Instr::Send { .. } => self.send(),
                Instr::Recv { dst, .. } => self.recv(dst),
                Instr::Accept {} => self.accept(),
                Instr::Wait { timeout, to } => self.wait(timeout, to),
                Instr::Test { kind, args, other } => {
                    fuse::is_implied(instr, next) || self.test(*kind, args, *other)
                }
                _ => false,
            };
        if !shorter {
            self.slow();
        }
    }

    /// The whole meaning.
    fn slow(&mut self) {
        self.operation(Operation::Slow);
        self.here();
    }
}

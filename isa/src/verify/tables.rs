//! The tables of a module: atoms, literals, references, functions, places, info.

use super::{Broken, VerifyError, error};
use crate::limits;
use crate::module::{BitString, FunRef, Function, Literal, Module};
use crate::operand::AtomId;
use crate::rule::Rule;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

/// Every broken rule of the tables.
pub(super) fn check(module: &Module) -> Vec<VerifyError> {
    let mut errors = Vec::new();
    let mut report = |found: Result<(), Broken>| {
        if let Err(Broken { rule, message }) = found {
            let place = module.name().into();
            errors.push(VerifyError { rule, function: None, instruction: None, place, message });
        }
    };
    report(atoms(module));
    report(atom(module, module.name));
    for (index, literal) in module.literals.iter().enumerate() {
        report(check_literal(literal, limits::LITERAL_DEPTH).map_err(|broken| Broken {
            message: format!("literal {index}: {}", broken.message),
            ..broken
        }));
    }
    for reference in &module.references {
        report(match *reference {
            FunRef::Local(index) => {
                below(Rule::ValIndexFunction, "function", index, module.functions.len())
            }
            FunRef::External { module: of, name, arity: _ } => {
                atom(module, of).and_then(|()| atom(module, name))
            }
        });
    }
    for place in &module.locations {
        report(below(Rule::ValIndexLine, "file", place.file, module.files.len()));
    }
    let mut keys = BTreeSet::new();
    for (key, literal) in &module.info {
        report(atom(module, *key));
        report(below(Rule::ValIndexLiteral, "literal", literal.0, module.literals.len()));
        report(new(&mut keys, *key, || format!("a second info `{}`", module.atom(*key))));
    }
    let (mut names, mut lambdas) = (BTreeSet::new(), BTreeSet::new());
    for (index, function) in module.functions.iter().enumerate() {
        let mut report = |found: Result<(), Broken>| {
            if let Err(broken) = found {
                errors.push(error(module, function, index, None, broken));
            }
        };
        report(atom(module, function.name));
        report(new(&mut names, (function.name, function.arity), || "a second definition".into()));
        if let Some(lambda) = function.lambda
            && !lambdas.insert(lambda.index)
        {
            report(Err(Broken::new(
                Rule::ValModuleLambda,
                format_args!("a second lambda {}", lambda.index),
                "distinct lambda numbers",
            )));
        }
        report(check_function(module, function));
    }
    errors
}

fn check_function(module: &Module, function: &Function) -> Result<(), Broken> {
    if !function.params.is_empty() && function.params.len() != usize::from(function.arity) {
        return Err(Broken::new(
            Rule::ValFunctionParams,
            format_args!("{} kinds of parameters", function.params.len()),
            format_args!("none or {}", function.arity),
        ));
    }
    if function.code.is_empty() {
        return Err(Broken::new(Rule::ValFunctionEmpty, "no code", "an instruction"));
    }
    for label in &function.labels {
        below(Rule::ValIndexLabel, "instruction", *label, function.code.len())?;
    }
    let mut last = None;
    for (at, location) in &function.lines {
        below(Rule::ValIndexLine, "location", *location, module.locations.len())?;
        below(Rule::ValFunctionLines, "instruction", *at, function.code.len())?;
        if last.is_some_and(|last| last >= *at) {
            return Err(Broken::new(
                Rule::ValFunctionLines,
                format_args!("the line of instruction {at} after that of a later one or itself"),
                "ascending instructions",
            ));
        }
        last = Some(*at);
    }
    Ok(())
}

/// An index must be below the length of its table.
pub(super) fn below(rule: Rule, what: &str, index: u32, len: usize) -> Result<(), Broken> {
    if usize::try_from(index).is_ok_and(|index| index < len) {
        return Ok(());
    }
    Err(Broken::new(rule, format_args!("{what} {index}"), format_args!("one below {len}")))
}

/// An atom index must be in range.
pub(super) fn atom(module: &Module, atom: AtomId) -> Result<(), Broken> {
    below(Rule::ValIndexAtom, "atom", atom.0, module.atoms.len())
}

fn new<T: Ord>(
    seen: &mut BTreeSet<T>,
    it: T,
    what: impl Fn() -> alloc::string::String,
) -> Result<(), Broken> {
    if seen.insert(it) {
        return Ok(());
    }
    Err(Broken::new(Rule::ValModuleDuplicate, what(), "one of each name"))
}

fn atoms(module: &Module) -> Result<(), Broken> {
    let mut seen = BTreeSet::new();
    for text in &module.atoms {
        atom_text(text, Rule::ValModuleAtom)?;
        if !seen.insert(text) {
            return Err(Broken::new(
                Rule::ValModuleAtom,
                format_args!("`{text}` twice in the table"),
                "distinct atoms",
            ));
        }
    }
    Ok(())
}

fn atom_text(text: &str, rule: Rule) -> Result<(), Broken> {
    let chars = text.chars().count();
    if chars <= limits::ATOM_CHARS {
        return Ok(());
    }
    Err(Broken::new(
        rule,
        format_args!("an atom of {chars} characters"),
        format_args!("at most {}", limits::ATOM_CHARS),
    ))
}

/// A literal must be the one way to write its term, but for the order of map pairs.
fn check_literal(literal: &Literal, depth: u32) -> Result<(), Broken> {
    let rule = Rule::ValModuleLiteral;
    let broken = |found: &str, expected: &str| Err(Broken::new(rule, found, expected));
    let Some(depth) = depth.checked_sub(1) else {
        return broken("a literal nested too deeply", "at most 256 levels");
    };
    match literal {
        Literal::Int(_) | Literal::Nil => Ok(()),
        Literal::Big { negative, magnitude } => {
            if magnitude.last().is_none_or(|last| *last == 0) {
                return broken("an integer with leading zero bytes", "its shortest form");
            }
            if fits_64(*negative, magnitude) {
                return broken("an integer of at most 64 bits as a big one", "a small one");
            }
            if magnitude.len() as u64 * 8 > limits::INTEGER_BITS {
                return broken("an integer beyond the limit", "at most 4,194,304 bits");
            }
            Ok(())
        }
        Literal::Float(bits) if f64::from_bits(*bits).is_finite() => Ok(()),
        Literal::Float(_) => broken("an infinity or NaN", "a finite float"),
        Literal::Atom(text) => atom_text(text, rule),
        Literal::Fun { module, name, arity: _ } => {
            atom_text(module, rule).and_then(|()| atom_text(name, rule))
        }
        Literal::Bits(bits) => check_bits(bits),
        Literal::List(elements, tail) => {
            if elements.is_empty() || matches!(**tail, Literal::List(..)) {
                return broken("a list without elements, or with a list as its tail", "one list");
            }
            check_literal(tail, depth)?;
            elements.iter().try_for_each(|element| check_literal(element, depth))
        }
        Literal::Tuple(elements) => {
            if elements.len() as u64 > u64::from(limits::TUPLE_SIZE) {
                return broken("a tuple beyond the limit", "at most 16,777,215 elements");
            }
            elements.iter().try_for_each(|element| check_literal(element, depth))
        }
        Literal::Map(pairs) => {
            for (key, value) in pairs {
                check_literal(key, depth)?;
                check_literal(value, depth)?;
            }
            // Maps inside keys may list their pairs in any order, so keys compare sorted.
            let mut keys: Vec<Literal> = pairs.iter().map(|(key, _)| sorted(key)).collect();
            keys.sort_unstable();
            if keys.windows(2).any(|two| two[0] == two[1]) {
                return broken("a map with one key twice", "distinct keys");
            }
            Ok(())
        }
    }
}

/// Whether a magnitude without zero byte last is an `i64`.
fn fits_64(negative: bool, magnitude: &[u8]) -> bool {
    if magnitude.len() > 8 {
        return false;
    }
    let mut bytes = [0; 8];
    bytes[..magnitude.len()].copy_from_slice(magnitude);
    let limit = (1 << 63) - u64::from(!negative);
    u64::from_le_bytes(bytes) <= limit
}

fn check_bits(bits: &BitString) -> Result<(), Broken> {
    let all = bits.bytes.len() as u64 * 8;
    let spare = all.checked_sub(bits.bits).filter(|spare| *spare < 8);
    let clean = spare.is_some_and(|spare| {
        bits.bytes.last().is_none_or(|last| u16::from(*last) & ((1 << spare) - 1) == 0)
    });
    if clean {
        return Ok(());
    }
    Err(Broken::new(
        Rule::ValModuleLiteral,
        format_args!("{} bits in {} bytes, or spare bits set", bits.bits, bits.bytes.len()),
        "as many bytes as needed, spare bits zero",
    ))
}

/// The literal with the pairs of every map in one order.
fn sorted(literal: &Literal) -> Literal {
    match literal {
        Literal::List(elements, tail) => {
            Literal::List(elements.iter().map(sorted).collect(), sorted(tail).into())
        }
        Literal::Tuple(elements) => Literal::Tuple(elements.iter().map(sorted).collect()),
        Literal::Map(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().map(|(k, v)| (sorted(k), sorted(v))).collect();
            pairs.sort_unstable();
            Literal::Map(pairs)
        }
        other => other.clone(),
    }
}

//! `fast-vm/src/fast/table.rs`: the operations of the fast machine's interpreter.
//!
//! Owns that file, written by `cargo xtask codegen` from `operations.txt` beside it and compared by a
//! gate. The list says which operations there are, for operands at which places; its head is the
//! description of its form.

use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::path::Path;

/// The list.
const LIST: &str = "fast-vm/src/fast/operations.txt";
/// What is made of it.
const FILE: &str = "fast-vm/src/fast/table.rs";

const HEAD: &str = "\
//! The operations: which there are, for operands at which places.
//!
//! Written by `cargo xtask codegen` from `operations.txt`, not by hand.

use super::choice::At::{A, C, X, Y};
use super::choice::Choice;
use super::dispatch::Code;

/// Calls `$then!` with all operations.
macro_rules! for_each_operation {
    ($then:ident) => {
        $then! {
";

const MIDDLE: &str = "        }
    };
}
pub(crate) use for_each_operation;
";

/// An operation: its name and its type.
type Operation = (String, String);

/// The operations of one meaning.
struct Choice {
    name: String,
    any: bool,
    /// The places, in letters.
    some: Vec<String>,
}

/// What the list says.
#[derive(Default)]
struct Table {
    lists: Vec<(String, Vec<String>)>,
    operations: Vec<Operation>,
    choices: Vec<Choice>,
}

/// Writes the file anew.
///
/// # Errors
/// If the list is not in its form, or the file cannot be written.
pub fn write(root: &Path) -> Result<String> {
    let (text, count) = text(root)?;
    std::fs::write(root.join(FILE), text).with_context(|| format!("writing {FILE}"))?;
    Ok(format!("{FILE}: {count} operations"))
}

/// Whether the file is what the list says.
///
/// # Errors
/// If the list cannot be read, or is not in its form.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let committed = std::fs::read_to_string(root.join(FILE)).unwrap_or_default();
    if committed == text(root)?.0 {
        return Ok(Vec::new());
    }
    Ok(vec![format!("{FILE} is not what {LIST} says: run `cargo xtask codegen`")])
}

/// The text of the file, and the number of operations.
fn text(root: &Path) -> Result<(String, usize)> {
    let list =
        std::fs::read_to_string(root.join(LIST)).with_context(|| format!("reading {LIST}"))?;
    let mut table = Table::default();
    for (line, number) in list.lines().zip(1..) {
        if !line.is_empty() && !line.starts_with('#') {
            table.line(line).with_context(|| format!("{LIST}:{number}: {line}"))?;
        }
    }
    let mut out = HEAD.to_owned();
    for (name, made) in &table.operations {
        writeln!(out, "            {name} = {made},")?;
    }
    out += MIDDLE;
    for choice in &table.choices {
        choice.write(&mut out)?;
    }
    Ok((out, table.operations.len()))
}

impl Table {
    fn line(&mut self, line: &str) -> Result<()> {
        if let Some(list) = line.strip_prefix("list ") {
            let (name, places) = list.split_once(" = ").context("a list has a name")?;
            let places = places.split(' ').map(str::to_owned).collect();
            self.lists.push((name.to_owned(), places));
            return Ok(());
        }
        let (left, places) = line.split_once(" : ").unwrap_or((line, ""));
        let (name, made) = left.split_once(" = ").unwrap_or((left, left));
        let Some((before, rest)) = name.split_once('{') else {
            return self.family(name, made, places);
        };
        let (each, after) = rest.split_once('}').context("`{` without `}`")?;
        for one in each.split(',') {
            self.family(&format!("{before}{one}{after}"), &made.replace('$', one), places)?;
        }
        Ok(())
    }

    /// The operations of one name.
    fn family(&mut self, name: &str, made: &str, places: &str) -> Result<()> {
        if places.is_empty() {
            self.operations.push((name.to_owned(), made.to_owned()));
            return Ok(());
        }
        if !self.choices.iter().any(|choice| choice.name == name) {
            self.choices.push(Choice { name: name.to_owned(), any: false, some: Vec::new() });
        }
        for word in places.split(' ') {
            if word == "any" {
                let made = made.replace('_', "Any");
                self.operations.push((format!("{name}Any"), format!("Spilled<{made}>")));
                self.choice(name)?.any = true;
                continue;
            }
            for letters in self.expand(word)? {
                self.operations.push((format!("{name}{letters}"), fill(made, &letters)?));
                self.choice(name)?.some.push(letters);
            }
        }
        Ok(())
    }

    fn choice(&mut self, name: &str) -> Result<&mut Choice> {
        self.choices.iter_mut().find(|choice| choice.name == name).context("it was just added")
    }

    /// The places that a word with lists in it stands for.
    fn expand(&self, word: &str) -> Result<Vec<String>> {
        let Some((before, rest)) = word.split_once('<') else { return Ok(vec![word.to_owned()]) };
        let (list, after) = rest.split_once('>').context("`<` without `>`")?;
        let list = self.lists.iter().find(|(name, _)| name == list).context("no such list")?;
        let rests = self.expand(after)?;
        let all = list
            .1
            .iter()
            .flat_map(|one| rests.iter().map(move |rest| format!("{before}{one}{rest}")));
        Ok(all.collect())
    }
}

/// The type with a letter for each place.
fn fill(made: &str, letters: &str) -> Result<String> {
    let kinds: Vec<&str> = letters
        .chars()
        .map(|letter| match letter {
            'A' => Ok("X0"),
            'X' => Ok("X"),
            'Y' => Ok("Y"),
            'C' => Ok("C"),
            _ => bail!("`{letter}` is no place"),
        })
        .collect::<Result<_>>()?;
    let mut left = kinds.as_slice();
    let mut out = String::new();
    for c in made.chars() {
        match c {
            '_' => {
                let (first, rest) = left.split_first().context("too few places")?;
                out += first;
                left = rest;
            }
            '*' => {
                let moves = left.chunks(2);
                let closing = ")".repeat(moves.len());
                for pair in moves {
                    let [from, to] = pair else { bail!("a move has two places") };
                    write!(out, "(Move<{from}, {to}>, ")?;
                }
                out += "()";
                out += &closing;
                left = &[];
            }
            _ => out.push(c),
        }
    }
    if left.is_empty() { Ok(out) } else { bail!("too many places") }
}

impl Choice {
    fn write(&self, out: &mut String) -> Result<()> {
        let Choice { name, any, some } = self;
        let mut constant = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !constant.is_empty() {
                constant.push('_');
            }
            constant.extend(c.to_uppercase());
        }
        let any = if *any { format!("Some(Code::{name}Any)") } else { "None".to_owned() };
        write!(
            out,
            "\n/// `{name}`.\npub(crate) const {constant}: Choice = Choice {{\n    any: {any},\n    some: &["
        )?;
        for letters in some {
            let places: Vec<String> = letters.chars().map(String::from).collect();
            write!(out, "\n        (Code::{name}{letters}, &[{}]),", places.join(", "))?;
        }
        let end = if some.is_empty() { "],\n};\n" } else { "\n    ],\n};\n" };
        out.push_str(end);
        Ok(())
    }
}

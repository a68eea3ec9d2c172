//! The modules of `tla/` as text: their definitions, what each uses, and gate 1 over them.
//!
//! Owns where a definition begins and ends and who mentions whom. Knows no more of TLA+ than the
//! layout of our modules: a definition begins in the first column and goes on indented. That every
//! rule has its operator, or a reason why not, is checked here. Book: *The model*.

use anyhow::{Context, Result, bail};
use lam_isa::Rule;
use lam_isa::rule::Sort;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where rules without an operator of their name are listed.
pub const LIST: &str = "tla/rules.json";

/// The model: its modules by name, what is checked of them, and the list of exceptions.
#[derive(Clone, Debug)]
pub struct Model {
    /// The modules, each after those it extends.
    pub modules: Vec<Module>,
    /// Rules without an operator of their name.
    pub list: List,
    /// The names that runs of TLC start from: specifications, and whatever `models.json` names.
    roots: BTreeSet<String>,
}

/// `tla/rules.json`.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Rules that other definitions say: those.
    pub said_by: BTreeMap<String, Vec<String>>,
    /// Rules outside the model: why.
    pub outside: BTreeMap<String, String>,
}

impl List {
    /// Reads the file's text.
    fn read(text: &str) -> Result<List> {
        let mut list = List::default();
        for (key, value) in serde_json::from_str::<BTreeMap<String, Value>>(text)? {
            match key.as_str() {
                "said_by" => list.said_by = serde_json::from_value(value)?,
                "outside" => list.outside = serde_json::from_value(value)?,
                _ => bail!("there is no `{key}`"),
            }
        }
        Ok(list)
    }
}

/// One module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What it extends.
    pub extends: Vec<String>,
    /// Its definitions, in order.
    pub definitions: Vec<Definition>,
    /// Its constants and variables.
    pub declared: BTreeSet<String>,
}

/// One definition of a module.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its first line, that of the comment above it, from 0.
    pub start: usize,
    /// The line behind its last.
    pub end: usize,
    /// Its text without comments, white space normalised.
    pub code: String,
    /// The identifiers in it.
    pub words: BTreeSet<String>,
}

impl Definition {
    /// The rules that it gives a result `By`.
    fn by(&self) -> impl Iterator<Item = &str> {
        self.code.split("By(\"").skip(1).filter_map(|rest| rest.split('"').next())
    }
}

impl Module {
    /// The path of the file from the root.
    pub fn path(&self) -> String {
        format!("tla/{}.tla", self.name)
    }

    /// Reads a module.
    pub fn read(name: &str, text: &str) -> Module {
        let code = without_comments(text);
        let (code, raw): (Vec<&str>, Vec<&str>) = (code.lines().collect(), text.lines().collect());
        let mut module = Module {
            name: name.into(),
            text: text.into(),
            extends: Vec::new(),
            definitions: Vec::new(),
            declared: BTreeSet::new(),
        };
        let begins = |line: &str| line.starts_with(|c: char| !c.is_whitespace());
        let mut at = 0;
        while at < code.len() {
            let start = at;
            at += 1;
            while at < code.len() && !begins(code[at]) {
                at += 1;
            }
            if !begins(code[start]) {
                continue;
            }
            let end = (start + 1..at).rev().find(|line| !code[*line].trim().is_empty());
            let end = end.map_or(start + 1, |last| last + 1);
            let whole = code[start..end].join("\n");
            let normal = whole.split_whitespace().collect::<Vec<_>>().join(" ");
            match defined(&normal) {
                Some(name) => {
                    let comment = (0..start).rev().take_while(|line| {
                        code[*line].trim().is_empty() && !raw[*line].trim().is_empty()
                    });
                    module.definitions.push(Definition {
                        name: name.into(),
                        start: start - comment.count(),
                        end,
                        words: words(&normal),
                        code: normal,
                    });
                }
                None => module.declares(&normal),
            }
        }
        module
    }

    /// Takes note of what is no definition.
    fn declares(&mut self, code: &str) {
        let Some((word, rest)) = code.split_once(' ') else { return };
        let names = rest.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned);
        match word {
            "EXTENDS" => self.extends = names.collect(),
            "CONSTANT" | "CONSTANTS" | "VARIABLE" | "VARIABLES" => self.declared.extend(names),
            _ => {}
        }
    }
}

/// The name that a line defines.
fn defined(code: &str) -> Option<&str> {
    let (head, _) = code.split_once("==")?;
    let name = &head[..head.find(|c: char| !is_word(c)).unwrap_or(head.len())];
    let rest = head[name.len()..].trim();
    let whole = rest.is_empty() || rest.starts_with(['(', '[']);
    (!name.is_empty() && whole).then_some(name)
}

/// Whether a character can be part of an identifier.
pub fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The identifiers of a text without comments, strings left out.
fn words(code: &str) -> BTreeSet<String> {
    let outside = code.split('"').step_by(2);
    let words = outside.flat_map(|part| part.split(|c| !is_word(c)));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A text with its comments made blank, line for line.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let (mut depth, mut quoted, mut rest) = (0_u32, false, text);
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        let pair = rest.get(..2).unwrap_or_default();
        match pair {
            "(*" if !quoted => (depth, length) = (depth + 1, 2),
            "*)" if depth > 0 => (depth, length) = (depth - 1, 2),
            "\\*" if depth == 0 && !quoted => length = rest.find('\n').unwrap_or(rest.len()),
            "\\\"" | "\\\\" if quoted => {
                length = 2;
                code.push_str(pair);
            }
            _ if c == '\n' => {
                quoted = false;
                code.push('\n');
            }
            _ if depth > 0 => {}
            _ => {
                quoted ^= c == '"';
                code.push(c);
            }
        }
        rest = &rest[length..];
    }
    code
}

impl Model {
    /// Reads the model of the repository.
    pub fn load(root: &Path) -> Result<Model> {
        let mut files = Vec::new();
        let folder = root.join("tla");
        for entry in folder.read_dir().with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "tla") {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                files.push((name, std::fs::read_to_string(&path)?));
            }
        }
        files.sort();
        let list = std::fs::read_to_string(root.join(LIST)).context(LIST)?;
        let models = std::fs::read_to_string(root.join("tla/models.json"))?;
        Model::of(&files, &list, &models)
    }

    /// The model of these files, name and text, with the list of exceptions and that of runs.
    pub fn of(files: &[(String, String)], list: &str, models: &str) -> Result<Model> {
        let mut rest: Vec<Module> =
            files.iter().map(|(name, text)| Module::read(name, text)).collect();
        let mut modules: Vec<Module> = Vec::new();
        while !rest.is_empty() {
            let waits = |module: &Module| {
                module.extends.iter().any(|base| rest.iter().any(|other| other.name == *base))
            };
            // Modules that extend each other in a circle are TLC's to complain about.
            let next = rest.iter().position(|module| !waits(module)).unwrap_or(0);
            modules.push(rest.remove(next));
        }
        let list = List::read(list).context(LIST)?;
        let models: Value = serde_json::from_str(models).context("tla/models.json")?;
        let runs = models["models"].as_array().into_iter().flatten();
        let checks = runs.flat_map(|run| run["checks"].as_array().into_iter().flatten());
        let mut roots: BTreeSet<String> =
            checks.filter_map(Value::as_str).flat_map(words).collect();
        let names = modules.iter().flat_map(|module| &module.definitions).map(|known| &known.name);
        roots.extend(names.filter(|name| name.ends_with("Spec")).cloned());
        Ok(Model { modules, list, roots })
    }

    /// The module of that name.
    pub fn module(&self, name: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.name == name)
    }

    /// Where a name is defined, seen from a module: there or in what it extends.
    pub fn find(&self, from: &Module, name: &str) -> Option<(&Module, &Definition)> {
        let module = self.module(&from.name)?;
        let here = module.definitions.iter().find(|known| known.name == name);
        here.map(|found| (module, found)).or_else(|| {
            let bases = module.extends.iter().filter_map(|base| self.module(base));
            bases.into_iter().find_map(|base| self.find(base, name))
        })
    }

    /// The module that declares a constant or variable, seen from another.
    pub fn declares(&self, from: &Module, name: &str) -> Option<&Module> {
        let module = self.module(&from.name)?;
        if module.declared.contains(name) {
            return Some(module);
        }
        let bases = module.extends.iter().filter_map(|base| self.module(base));
        bases.into_iter().find_map(|base| self.declares(base, name))
    }

    /// The one definition of that name in any module.
    pub fn anywhere(&self, name: &str) -> Option<(&Module, &Definition)> {
        self.definitions().find(|(_, known)| known.name == name)
    }

    /// Every definition with its module.
    pub fn definitions(&self) -> impl Iterator<Item = (&Module, &Definition)> {
        self.modules
            .iter()
            .flat_map(|module| module.definitions.iter().map(move |known| (module, known)))
    }

    /// The definitions that say a rule: the operator of its name, or those listed.
    pub fn says(&self, rule: Rule) -> Vec<(&Module, &Definition)> {
        let listed = self.list.said_by.get(&rule.id()).into_iter().flatten();
        let own = rule.camel();
        listed.chain([&own]).filter_map(|name| self.anywhere(name)).collect()
    }

    /// The definitions without a rule's name that choose a rule: those that mention its operator.
    pub fn choosers(&self, rule: Rule) -> Vec<(&Module, &Definition)> {
        let (own, rules) = (rule.camel(), rule_names());
        let chooses =
            |known: &Definition| known.words.contains(&own) && !rules.contains_key(&known.name);
        self.definitions().filter(|(_, known)| chooses(known)).collect()
    }

    /// The names that some run of TLC comes by.
    fn used(&self) -> BTreeSet<&str> {
        let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (_, known) in self.definitions() {
            let words = known.words.iter().map(String::as_str).filter(|word| *word != known.name);
            uses.entry(&known.name).or_default().extend(words);
        }
        let mut used = BTreeSet::new();
        let mut open: Vec<&str> = self.roots.iter().map(String::as_str).collect();
        while let Some(name) = open.pop() {
            if let Some(words) = uses.get(name).filter(|_| used.insert(name)) {
                open.extend(words);
            }
        }
        used
    }
}

/// Every rule by its name in TLA+.
pub fn rule_names() -> BTreeMap<String, Rule> {
    Rule::all().into_iter().map(|rule| (rule.camel(), rule)).collect()
}

/// Whether a name is spelt like that of a rule: an area and two or more words.
fn is_rule_name(name: &str) -> bool {
    let areas = ["Bin", "Text", "Val", "Exec", "Sched", "Sig", "Lim", "End", "Term"];
    let mut words: Vec<String> = Vec::new();
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if !c.is_ascii_uppercase() => word.push(c),
            _ => words.push(c.into()),
        }
    }
    words.len() >= 3 && areas.contains(&words[0].as_str()) && words.iter().all(|w| w.len() > 1)
}

/// Whether a rule must be in the model, or the reason why it is not in the list: what a running
/// machine fires, and what is said of schedules and signals.
fn is_due(rule: Rule) -> bool {
    let id = rule.id();
    rule.sort() == Sort::Fired || id.starts_with("sched.") || id.starts_with("sig.")
}

/// What is wrong between the rules and the model.
pub fn check(model: &Model) -> Vec<String> {
    let (rules, used) = (rule_names(), model.used());
    let mut wrong = Vec::new();
    let names: BTreeSet<&str> = model.definitions().map(|(_, known)| known.name.as_str()).collect();
    for (name, rule) in rules.iter().filter(|(_, rule)| is_due(**rule)) {
        let id = rule.id();
        let places = [
            names.contains(name.as_str()),
            model.list.said_by.contains_key(&id),
            model.list.outside.contains_key(&id),
        ];
        match places.iter().filter(|place| **place).count() {
            0 => wrong
                .push(format!("{id} has no operator {name} in tla/, and {LIST} does not say why")),
            1 => {}
            _ => wrong.push(format!("{id} has an operator {name} or two entries in {LIST}")),
        }
    }
    for (module, known) in model.definitions() {
        let (place, name) = (module.path(), &known.name);
        match rules.get(name) {
            None if is_rule_name(name) => {
                wrong.push(format!("{place}: {name} is spelt like a rule, and there is none"));
            }
            Some(_) if !used.contains(name.as_str()) => {
                wrong.push(format!("{place}: {name} is used by nothing that is run"));
            }
            Some(rule) if rule.sort() == Sort::Fired && !known.by().any(|by| by == name) => {
                wrong.push(format!("{place}: {name} does not name itself: By(\"{name}\", ...)"));
            }
            _ => {}
        }
        for by in known.by() {
            if !rules.contains_key(by) {
                wrong
                    .push(format!("{place}: {name} gives a result By(\"{by}\"), which is no rule"));
            } else if rules.contains_key(name) && by != name {
                wrong.push(format!("{place}: {name} names another rule, By(\"{by}\")"));
            }
        }
    }
    let ids: BTreeSet<String> = Rule::all().into_iter().map(|rule| rule.id()).collect();
    for (id, definitions) in &model.list.said_by {
        if !ids.contains(id) {
            wrong.push(format!("{LIST}: `{id}` is no rule"));
        }
        for name in definitions {
            if !names.contains(name.as_str()) {
                wrong.push(format!("{LIST}: {id} is said by {name}, which is not in tla/"));
            } else if !used.contains(name.as_str()) {
                wrong.push(format!("{LIST}: {id} is said by {name}, used by nothing that is run"));
            }
        }
        if definitions.is_empty() {
            wrong.push(format!("{LIST}: {id} is said by nothing"));
        }
    }
    for (id, reason) in &model.list.outside {
        if !ids.contains(id) {
            wrong.push(format!("{LIST}: `{id}` is no rule"));
        }
        if reason.split_whitespace().count() < 3 {
            wrong.push(format!("{LIST}: {id} is outside for no reason"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The model of the repository with one text changed in one module.
    fn changed(module: &str, from: &str, to: &str) -> Vec<String> {
        let mut model = Model::load(&crate::root()).unwrap();
        let place = model.modules.iter().position(|it| it.name == module).unwrap();
        let text = &model.modules[place].text;
        assert!(text.contains(from), "{module} lacks `{from}`");
        model.modules[place] = Module::read(module, &text.replace(from, to));
        check(&model)
    }

    fn is_told(wrong: &[String], expected: &str) {
        assert!(wrong.iter().any(|line| line == expected), "{expected}\n{wrong:#?}");
    }

    #[test]
    fn definitions_are_cut_out_with_their_comments() {
        let text = "---- MODULE A ----\n(* Of all. *)\nEXTENDS B, C\nVARIABLES one, \\* first\n  \
                    two\n\n(* Why (* really *)\n   so. *)\nF(x, G(_)) ==  \\* so\n  LET h == 1 IN\n  \
                    By(\"F (* \", x)\n----\nRECURSIVE K(_)\nK(n) == n\n====\n";
        let module = Module::read("A", text);
        assert_eq!(module.extends, ["B", "C"]);
        assert_eq!(module.declared, ["one".to_owned(), "two".to_owned()].into());
        let names: Vec<&str> = module.definitions.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["F", "K"]);
        let first = &module.definitions[0];
        assert_eq!((first.start, first.end), (6, 11));
        assert_eq!(first.code, "F(x, G(_)) == LET h == 1 IN By(\"F (* \", x)");
        assert!(first.words.contains("LET") && !first.words.contains("so"));
    }

    #[test]
    fn deleting_an_operator_is_found() {
        let wrong =
            changed("LamMessage", "ExecSendDead(m, v)       == By", "(* *)\nNone(m, v) == By");
        is_told(
            &wrong,
            "exec.send.dead has no operator ExecSendDead in tla/, and tla/rules.json does not say why",
        );
    }

    #[test]
    fn renaming_an_operator_is_found() {
        let wrong = changed("LamMessage", "ExecSendDead", "ExecSendGone");
        is_told(&wrong, "tla/LamMessage.tla: ExecSendGone is spelt like a rule, and there is none");
        is_told(
            &wrong,
            "tla/LamMessage.tla: ExecSendGone gives a result By(\"ExecSendGone\"), which is no rule",
        );
    }

    #[test]
    fn an_operator_that_nothing_uses_is_found() {
        let wrong = changed("LamMessage", "[] OTHER        -> ExecSendDead(m, v)", "[] OTHER -> v");
        is_told(&wrong, "tla/LamMessage.tla: ExecSendDead is used by nothing that is run");
    }

    #[test]
    fn an_operator_under_a_false_flag_is_found() {
        let wrong = changed("LamMessage", "By(\"ExecSendDead\"", "By(\"ExecSendLive\"");
        is_told(
            &wrong,
            "tla/LamMessage.tla: ExecSendDead names another rule, By(\"ExecSendLive\")",
        );
        is_told(
            &wrong,
            "tla/LamMessage.tla: ExecSendDead does not name itself: By(\"ExecSendDead\", ...)",
        );
    }

    #[test]
    fn the_list_of_exceptions_is_held_to_the_truth() {
        let mut model = Model::load(&crate::root()).unwrap();
        let list = r#"{"said_by": {"sched.no.such": ["Next"], "sched.receive.end": ["Nowhere_"]},
                       "outside": {"exec.send.dead": "why it is not", "exec.bmatch.float": "so"}}"#;
        model.list = List::read(list).unwrap();
        let wrong = check(&model);
        for expected in [
            "tla/rules.json: `sched.no.such` is no rule",
            "tla/rules.json: sched.receive.end is said by Nowhere_, which is not in tla/",
            "exec.send.dead has an operator ExecSendDead or two entries in tla/rules.json",
            "tla/rules.json: exec.bmatch.float is outside for no reason",
        ] {
            is_told(&wrong, expected);
        }
    }

    #[test]
    fn names_of_rules_are_told_from_others() {
        assert!(is_rule_name("ExecSendDead") && is_rule_name("ExecBmatchAtLeast"));
        assert!(!is_rule_name("EndOK") && !is_rule_name("SigTags") && !is_rule_name("SendToDead"));
    }
}

//! Suspect links: what says the same thing in different words is looked at again when one changes.
//!
//! The cases that cover a rule, the functions of the reference machine that fire it and the
//! definitions of the model that say or choose it depend on its sentence. `spec/pins.lock` remembers
//! the hash of the sentence for which each was last looked at and, of code and model, the hash of its
//! own text. Whichever of book, model and machine changes alone makes the others suspect, until
//! `cargo xtask pin RULE` says that somebody has looked, in the same change.

use crate::model::{Model, rule_names};
use crate::prose::{self, Page};
use crate::rules::{self, fnv};
use anyhow::{Context, Result, bail};
use lam_conformance::Case;
use lam_isa::Rule;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Where the pins lie.
pub const LOCK: &str = "spec/pins.lock";

const HEAD: &str = "# Written by `cargo xtask pin`. One line a link: a rule, the hash of its sentence, what depends on it\n\
                    # and, of code and model, the hash of its text: as they were when last looked at together.\n";

/// A rule and what depends on it.
type Link = (String, String);

/// What a link is pinned to: the hash of the rule's sentence and, but for a case, that of the
/// dependant's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pin {
    sentence: String,
    own: Option<String>,
}

/// All that the links are between.
#[derive(Clone, Debug)]
struct Sources {
    pages: Vec<Page>,
    cases: Vec<(String, Vec<Rule>)>,
    machine: Vec<(String, String)>,
    model: Model,
}

impl Sources {
    fn load(root: &Path) -> Result<Sources> {
        let cases = Case::all(&root.join("conformance/cases")).map_err(anyhow::Error::msg)?;
        Ok(Sources {
            pages: prose::pages(&root.join("spec"))?,
            cases: cases.into_iter().map(|case| (case.id, case.covers)).collect(),
            machine: files(root, "reference-vm/src", "rs")?,
            model: Model::load(root)?,
        })
    }

    /// The hash of each rule's sentence.
    fn sentences(&self) -> BTreeMap<String, String> {
        let (stated, _) = rules::stated(&self.pages);
        stated.into_iter().map(|(id, rule)| (id, hash(&rule.text))).collect()
    }

    /// Every link there is, as it is now.
    fn links(&self) -> BTreeMap<Link, Pin> {
        let sentences = self.sentences();
        let mut links = BTreeMap::new();
        let mut link = |rule: Rule, dependant: String, own: Option<String>| {
            let sentence = sentences.get(&rule.id()).cloned().unwrap_or_default();
            links.insert((rule.id(), dependant), Pin { sentence, own });
        };
        for (case, covers) in &self.cases {
            for rule in covers {
                link(*rule, format!("conformance/cases/{case}.lam"), None);
            }
        }
        let names = rule_names();
        for (path, text) in &self.machine {
            for (function, code) in functions(text) {
                for mention in code.split("Rule::").skip(1) {
                    if let Some(rule) = names.get(word(mention)) {
                        link(*rule, format!("{path}#{function}"), Some(hash(&code)));
                    }
                }
            }
        }
        for rule in names.into_values() {
            for (module, known) in
                self.model.says(rule).into_iter().chain(self.model.choosers(rule))
            {
                let dependant = format!("{}#{}", module.path(), known.name);
                link(rule, dependant, Some(hash(&known.code)));
            }
        }
        links
    }

    /// Every link that is suspect, new or gone, and how to say that it was looked at.
    fn check(&self, pins: &BTreeMap<Link, Pin>) -> Vec<String> {
        let links = self.links();
        let mut wrong = Vec::new();
        let mut rules = BTreeSet::new();
        for (link, now) in &links {
            let (rule, dependant) = link;
            let fault = match pins.get(link) {
                Some(pin) if pin == now => continue,
                Some(pin) if pin.sentence != now.sentence => {
                    format!("{dependant} is suspect: {rule} says something else now")
                }
                Some(_) => format!(
                    "{rule} is suspect: {dependant} says something else now; look at {}",
                    others(&links, link)
                ),
                None => format!("{dependant} is not pinned to {rule}"),
            };
            wrong.push(fault);
            rules.insert(rule.as_str());
        }
        for (rule, dependant) in pins.keys().filter(|link| !links.contains_key(link)) {
            wrong.push(format!("{dependant} no longer depends on {rule}"));
            rules.insert(rule);
        }
        if !rules.is_empty() {
            let rules = rules.into_iter().collect::<Vec<_>>().join(" ");
            wrong.push(format!("when all of them say the same: cargo xtask pin {rules}"));
        }
        wrong
    }
}

/// Where else a rule is said: the book, and the other code and definitions.
fn others(links: &BTreeMap<Link, Pin>, link: &Link) -> String {
    let same = links
        .iter()
        .filter(|(other, pin)| other.0 == link.0 && other.1 != link.1 && pin.own.is_some());
    let mut places = vec!["the book".to_owned()];
    places.extend(same.map(|((_, dependant), _)| dependant.clone()));
    places.join(", ")
}

fn hash(text: &str) -> String {
    format!("{:016x}", fnv(text.as_bytes()))
}

/// The functions of a source file, name and text, comments and white space left out. Functions of
/// one name are one; what stands between two belongs to neither.
fn functions(text: &str) -> BTreeMap<&str, String> {
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    let mut open: Option<(&str, String)> = None;
    for line in text.lines() {
        let code = line.trim();
        if code.starts_with("//") {
            continue;
        }
        if open.is_none()
            && let Some(name) = word_after(line, "fn ")
        {
            let indent = line.len() - line.trim_start().len();
            open = Some((name, format!("{}}}", " ".repeat(indent))));
        }
        if let Some((name, end)) = &open {
            let code = code.split(" // ").next().unwrap_or_default();
            let kept = code.chars().filter(|c| !c.is_whitespace());
            found.entry(name).or_default().extend(kept);
            let on_one_line = line.contains("fn ") && line.ends_with(['}', ';']);
            if line == end || on_one_line {
                open = None;
            }
        }
    }
    found
}

/// The identifier at the start of a text.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn word_after<'t>(line: &'t str, before: &str) -> Option<&'t str> {
    let name = word(line.split_once(before)?.1);
    (!name.is_empty() && !line.trim_start().starts_with("//")).then_some(name)
}

/// The files of that ending below a folder: path from the root, and text.
fn files(root: &Path, below: &str, ending: &str) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join(below)];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder).with_context(|| below.to_owned())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                found.push((name.replace('\\', "/"), std::fs::read_to_string(&path)?));
            }
        }
    }
    Ok(found)
}

/// The pins so far.
fn pinned(text: &str) -> Result<BTreeMap<Link, Pin>> {
    let mut pins = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (rule, sentence, dependant, own) = match line.split(' ').collect::<Vec<_>>().as_slice()
        {
            [rule, sentence, dependant] => (*rule, *sentence, *dependant, None),
            [rule, sentence, dependant, own] => (*rule, *sentence, *dependant, Some(*own)),
            _ => bail!("{LOCK} has a line that is none of its own: `{line}`"),
        };
        let pin = Pin { sentence: sentence.into(), own: own.map(str::to_owned) };
        pins.insert((rule.to_owned(), dependant.to_owned()), pin);
    }
    Ok(pins)
}

/// Pins what says these rules to its present text, new links too, and forgets links that are gone;
/// `all` does so for every rule.
pub fn pin(root: &Path, wanted: &[&str]) -> Result<String> {
    let sources = Sources::load(root)?;
    let known = sources.sentences();
    for rule in wanted.iter().filter(|rule| **rule != "all") {
        if !known.contains_key(*rule) {
            bail!("`{rule}` is no rule of the book");
        }
    }
    let before = pinned(&std::fs::read_to_string(root.join(LOCK)).unwrap_or_default())?;
    let (mut text, mut changed) = (HEAD.to_owned(), 0);
    for (link, now) in sources.links() {
        let (rule, dependant) = &link;
        let chosen = wanted.iter().any(|wanted| *wanted == "all" || wanted == rule);
        let pin = match before.get(&link) {
            Some(old) if !chosen => old.clone(),
            None if !chosen => continue,
            _ => now,
        };
        changed += usize::from(before.get(&link) != Some(&pin));
        let own = pin.own.map_or_else(String::new, |own| format!(" {own}"));
        text.push_str(&format!("{rule} {} {dependant}{own}\n", pin.sentence));
    }
    std::fs::write(root.join(LOCK), &text).with_context(|| format!("writing {LOCK}"))?;
    Ok(format!("{LOCK}: {} links, {changed} pinned", text.lines().count() - 2))
}

/// Every link that is suspect, new or gone.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let pins = pinned(&std::fs::read_to_string(root.join(LOCK)).unwrap_or_default())?;
    Ok(Sources::load(root)?.check(&pins))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::OnceLock;

    /// The repository as it is, and pins for it.
    fn sources() -> (Sources, BTreeMap<Link, Pin>) {
        static LOADED: OnceLock<(Sources, BTreeMap<Link, Pin>)> = OnceLock::new();
        let load = || {
            let sources = Sources::load(&crate::root()).unwrap();
            let pins = sources.links();
            assert_eq!(sources.check(&pins), Vec::<String>::new());
            (sources, pins)
        };
        LOADED.get_or_init(load).clone()
    }

    fn replace(text: &mut String, from: &str, to: &str) {
        assert!(text.contains(from), "nowhere: `{from}`");
        *text = text.replacen(from, to, 1);
    }

    /// What changes of one definition of the model make suspect.
    fn model_changed(module: &str, from: &str, to: &str) -> Vec<String> {
        let (mut sources, pins) = sources();
        let known = sources.model.modules.iter_mut().find(|it| it.name == module).unwrap();
        let mut text = known.text.clone();
        replace(&mut text, from, to);
        *known = crate::model::Module::read(module, &text);
        sources.check(&pins)
    }

    fn is_told(wrong: &[String], expected: &str) {
        assert!(wrong.iter().any(|line| line.contains(expected)), "{expected}\n{wrong:#?}");
    }

    #[test]
    fn a_sentence_changed_alone_makes_model_machine_and_cases_suspect() {
        let (mut sources, pins) = sources();
        let page = sources.pages.iter_mut().find(|it| it.path == "message/recv.md").unwrap();
        replace(&mut page.text, "The message stays in the mailbox.", "The message is gone.");
        let wrong = sources.check(&pins);
        for dependant in [
            "tla/LamMessage.tla#ExecRecvFound",
            "tla/LamMessage.tla#Recv",
            "reference-vm/src/exec/message.rs#recv",
            "conformance/cases/message/recv/found.lam",
        ] {
            let suspect =
                format!("{dependant} is suspect: exec.recv.found says something else now");
            is_told(&wrong, &suspect);
        }
        is_told(&wrong, "cargo xtask pin exec.recv.found");
        assert!(!wrong.iter().any(|line| line.contains("exec.recv.empty")), "{wrong:#?}");
    }

    #[test]
    fn an_operator_changed_alone_makes_its_rule_suspect() {
        let wrong = model_changed("LamMessage", "ps.mbox[ps.cur + 1])))", "ps.mbox[1])))");
        is_told(
            &wrong,
            "exec.recv.found is suspect: tla/LamMessage.tla#ExecRecvFound says something else now; \
             look at the book, reference-vm/src/exec/message.rs#recv, tla/LamMessage.tla#Recv",
        );
        assert_eq!(wrong.len(), 2, "{wrong:#?}");
    }

    #[test]
    fn a_choice_between_operators_changed_alone_makes_all_of_them_suspect() {
        let wrong = model_changed("LamMessage", "IF ps.cur < Len(ps.mbox)", "IF ps.mbox # <<>>");
        for rule in ["exec.recv.found", "exec.recv.empty"] {
            is_told(
                &wrong,
                &format!("{rule} is suspect: tla/LamMessage.tla#Recv says something else"),
            );
        }
    }

    #[test]
    fn what_says_a_rule_without_its_name_is_pinned_too() {
        let wrong = model_changed("LamMessage", "i.op = \"recv\" /\\ ps.cur", "ps.cur");
        is_told(&wrong, "sched.receive.end is suspect: tla/LamMessage.tla#LooksAtEnd");
    }

    #[test]
    fn code_changed_alone_makes_its_rules_suspect() {
        let (mut sources, pins) = sources();
        let file = sources.machine.iter_mut().find(|it| it.0.ends_with("exec/message.rs")).unwrap();
        let recv = functions(&file.1)["recv"].clone();
        replace(&mut file.1, "Rule::ExecRecvFound", "{ self.nothing(); Rule::ExecRecvFound }");
        assert_ne!(recv, functions(&file.1)["recv"]);
        let wrong = sources.check(&pins);
        for rule in ["exec.recv.found", "exec.recv.empty"] {
            let suspect = format!("{rule} is suspect: reference-vm/src/exec/message.rs#recv says");
            is_told(&wrong, &suspect);
        }
    }

    #[test]
    fn comments_and_layout_change_nothing() {
        let at = "ExecAcceptTake(ps) == By(\"ExecAcceptTake\",\n";
        let to = "(* New. *)\nExecAcceptTake(ps) ==   \\* so\n  By(\"ExecAcceptTake\",\n";
        assert_eq!(model_changed("LamMessage", at, to), Vec::<String>::new());
        let plain = "    fn one(&self) -> u8 {\n        self.a\n    }\n    const B: u8 = 1;\n";
        let other = "    /// Why.\n    fn one(&self) -> u8 {\n        // Because.\n        self\n            \
                     .a // so\n    }\n    const B: u8 = 2;\n";
        assert_eq!(functions(plain), functions(other));
    }

    #[test]
    fn a_link_that_is_new_or_gone_is_told() {
        let (sources, mut pins) = sources();
        let link = ("exec.recv.found".to_owned(), "tla/LamMessage.tla#Recv".to_owned());
        let pin = pins.remove(&link).unwrap();
        pins.insert(("exec.recv.found".to_owned(), "tla/LamMessage.tla#Gone".to_owned()), pin);
        let wrong = sources.check(&pins);
        is_told(&wrong, "tla/LamMessage.tla#Recv is not pinned to exec.recv.found");
        is_told(&wrong, "tla/LamMessage.tla#Gone no longer depends on exec.recv.found");
    }

    #[test]
    fn the_lock_is_read_as_written() {
        let text = "# head\na.b.c 01 x.lam\na.b.c 01 y.tla#Z 02\n";
        let pins = pinned(text).unwrap();
        assert_eq!(pins[&("a.b.c".to_owned(), "y.tla#Z".to_owned())].own.as_deref(), Some("02"));
        assert!(pinned("a.b.c 01\n").is_err());
    }
}

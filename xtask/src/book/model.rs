//! The model in the book: excerpts on the pages of rules, a page for each module, tables of runs.

use super::markers::{Replacer, relative};
use crate::highlight::escape;
use crate::highlight::tla::{self, Anchor};
use crate::model::{Definition, Model, Module, rule_names};
use crate::prose::{self, Page};
use anyhow::{Context, Result, bail};
use lam_isa::Rule;
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// The chapter behind which the modules stand.
pub const CHAPTER: &str = "model.md";

/// The page of a module.
fn page(module: &Module) -> String {
    format!("model/{}.md", module.name)
}

/// Puts a page for each module below the chapter on the model.
pub fn add_modules(book: &mut Book, replacer: &Replacer) {
    book.for_each_chapter_mut(|chapter| {
        if chapter.path.as_ref().is_some_and(|path| path.as_os_str() == CHAPTER) {
            let parents = vec![chapter.name.clone()];
            let above = chapter.number.clone();
            let modules = (1..).zip(&replacer.model.modules).map(|(number, module)| {
                let text = whole(replacer, module);
                let mut below = Chapter::new(&module.name, text, page(module), parents.clone());
                // The contents fold what has a number below another.
                below.number = above.clone().map(|mut above| {
                    above.push(number);
                    above
                });
                BookItem::Chapter(below)
            });
            chapter.sub_items = modules.collect();
        }
    });
}

/// The page of a module: its text, each name with a link to its definition, each definition of a
/// rule with one to the rule.
fn whole(replacer: &Replacer, module: &Module) -> String {
    let here = page(module);
    let rules = rule_names();
    let mut placed = BTreeSet::new();
    let mut anchor = |name: &str, first: bool| {
        let defined = first && module.definitions.iter().any(|known| known.name == name);
        let declared = module.declared.contains(name);
        if (defined || declared) && placed.insert(name.to_owned()) {
            let rule = rules.get(name).filter(|_| defined).map(|rule| rule.id());
            let stated = rule.and_then(|id| Some((replacer.rules.get(&id)?, id)));
            let to = stated.map(|(page, id)| format!("{}#{id}", html(&relative(&here, page))));
            return Anchor { id: true, to };
        }
        Anchor { id: false, to: definition(&replacer.model, module, &here, name) }
    };
    let lines: Vec<&str> = module.text.lines().collect();
    let text = tla::html(&lines, &mut anchor);
    let extends = module.extends.iter().filter(|base| replacer.model.module(base).is_some());
    let extends: Vec<String> = extends.map(|base| format!("[`{base}`]({base}.md)")).collect();
    let extends = match extends.len() {
        0 => String::new(),
        _ => format!(" It goes on from {}.", extends.join(", ")),
    };
    format!(
        "# {}\n\n`{}`, {} lines. A name leads to its definition, the definition of a rule's \
         operator to the rule.{extends}\n\n{text}",
        module.name,
        module.path(),
        lines.len(),
    )
}

/// Where a name that a module uses is defined or declared: the way there from the page `from`.
fn definition(model: &Model, module: &Module, from: &str, name: &str) -> Option<String> {
    let place = match model.find(module, name) {
        Some((place, _)) => place,
        None => model.declares(module, name)?,
    };
    Some(format!("{}#{name}", html(&relative(from, &page(place)))))
}

/// Where a name in prose leads, from the page `from`: a module's from everywhere, any definition's
/// and variable's from the chapter on the model.
pub fn place(model: &Model, from: &str, name: &str) -> Option<String> {
    if let Some(module) = model.module(name) {
        return Some(relative(from, &page(module)));
    }
    let defined = model.anywhere(name).map(|(module, _)| module);
    let declared = || model.modules.iter().find(|module| module.declared.contains(name));
    let module = defined.or_else(declared).filter(|_| from == CHAPTER)?;
    Some(format!("{}#{name}", relative(from, &page(module))))
}

/// The modules in the order of reading, and the first sentence of each.
pub fn modules(model: &Model) -> String {
    let mut table = String::from("| module | lines | what is in it |\n|---|---:|---|\n");
    for module in &model.modules {
        let boxed = module.text.lines().skip(1).take_while(|line| line.starts_with("(*"));
        let words = boxed.flat_map(|line| line.trim_matches(['(', ')', '*']).split_whitespace());
        let whole = words.collect::<Vec<_>>().join(" ");
        let first = whole.split_once(". ").map_or(whole.as_str(), |(first, _)| first);
        let mut about = String::new();
        escape(&mut about, first.trim_end_matches('.'));
        let _ = writeln!(
            table,
            "| [`{}`]({}) | {} | {}. |",
            module.name,
            page(module),
            module.text.lines().count(),
            about.replace('|', "\\|")
        );
    }
    table
}

/// The built page of a source page.
fn html(page: &str) -> String {
    page.strip_suffix(".md").map_or_else(|| page.to_owned(), |page| format!("{page}.html"))
}

/// The definitions that say these rules, those that choose between them or serve them alone, and
/// those that are named, a fold for each module.
pub fn excerpts(replacer: &Replacer, from: &str, rules: &[String], named: &str) -> Result<String> {
    let model = &replacer.model;
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    for rule in rules.iter().filter_map(|id| Rule::named(id)) {
        shown.extend(model.says(rule).into_iter().map(|(_, known)| known.name.as_str()));
    }
    for name in named.split_whitespace() {
        let (_, known) =
            model.anywhere(name).with_context(|| format!("no module defines {name}"))?;
        shown.insert(&known.name);
    }
    if shown.is_empty() {
        bail!("nothing in tla/ says a rule between here and the marker before");
    }
    companions(model, &mut shown);
    let mut out = String::new();
    for module in &model.modules {
        let text = cut(model, module, from, &shown);
        let Some(first) = module.definitions.iter().find(|it| shown.contains(it.name.as_str()))
        else {
            continue;
        };
        let _ = write!(
            out,
            "<details class=\"model\"><summary>The same rules in the model, \
             <a href=\"{}#{}\"><code>{}</code></a></summary>\n\n{text}\n</details>\n\n",
            html(&relative(from, &page(module))),
            first.name,
            module.path(),
        );
    }
    Ok(out)
}

/// Every page shows the model of its rules, every excerpt names what is there, and every property
/// that is checked has a sentence with its rules.
///
/// # Errors
/// If the book or the model cannot be read.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let model = Model::load(root)?;
    let mut wrong = Vec::new();
    for page in prose::pages(&root.join("spec"))? {
        wrong.extend(missing(&page, &model));
    }
    let (_, faults) = stated(&model, &checked(root)?);
    wrong.extend(faults.into_iter().map(|fault| format!("tla/: property {fault}")));
    Ok(wrong)
}

/// The rules of a page that no excerpt behind them shows, and what excerpts name in vain.
fn missing(page: &Page, model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut above: Vec<Rule> = Vec::new();
    for line in page.text.lines() {
        if line.trim_start().starts_with("<div class=\"rule\"") {
            above.extend(prose::between(line, "id=\"", "\"").and_then(Rule::named));
        }
        let excerpt = prose::between(line, "{{#lam-model", "}}");
        if excerpt.is_some() {
            above.clear();
        }
        let named = excerpt.or_else(|| prose::between(line, "{{#lam-definitions", "}}"));
        for name in named.unwrap_or_default().split_whitespace() {
            if model.anywhere(name).is_none() {
                wrong.push(format!("spec/{}: no module of tla/ defines {name}", page.path));
            }
        }
    }
    for rule in above.into_iter().filter(|rule| !model.says(*rule).is_empty()) {
        wrong.push(format!(
            "spec/{}: {rule} is in the model, and no {{{{#lam-model}}}} stands behind it",
            page.path
        ));
    }
    wrong
}

/// Adds what chooses between the shown rules and no others, and what only the shown use, in the
/// modules that are shown.
fn companions<'m>(model: &'m Model, shown: &mut BTreeSet<&'m str>) {
    let rules = rule_names();
    let modules: BTreeSet<&str> = model
        .definitions()
        .filter(|(_, known)| shown.contains(known.name.as_str()))
        .map(|(module, _)| module.name.as_str())
        .collect();
    let chooses = |known: &Definition, shown: &BTreeSet<&str>| {
        let mut said = known.words.iter().filter(|word| rules.contains_key(*word)).peekable();
        said.peek().is_some() && said.all(|word| shown.contains(word.as_str()))
    };
    let serves = |name: &str, shown: &BTreeSet<&str>| {
        let mut users = model
            .definitions()
            .filter(|(_, user)| user.name != name && user.words.contains(name))
            .peekable();
        users.peek().is_some() && users.all(|(_, user)| shown.contains(user.name.as_str()))
    };
    loop {
        let more = model.definitions().find(|(module, known)| {
            modules.contains(module.name.as_str())
                && !shown.contains(known.name.as_str())
                && !rules.contains_key(&known.name)
                && (chooses(known, shown) || serves(&known.name, shown))
        });
        match more {
            Some((_, known)) => shown.insert(&known.name),
            None => break,
        };
    }
}

/// The named definitions, in the open.
pub fn definitions(replacer: &Replacer, from: &str, names: &str) -> Result<String> {
    let model = &replacer.model;
    let shown: BTreeSet<&str> = names.split_whitespace().collect();
    for name in &shown {
        model.anywhere(name).with_context(|| format!("no module defines {name}"))?;
    }
    let texts = model.modules.iter().map(|module| cut(model, module, from, &shown));
    Ok(texts.collect())
}

/// The shown definitions of a module, as they stand there; nothing if there are none.
fn cut(model: &Model, module: &Module, from: &str, shown: &BTreeSet<&str>) -> String {
    let lines: Vec<&str> = module.text.lines().collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut end = None;
    for known in module.definitions.iter().filter(|it| shown.contains(it.name.as_str())) {
        if end.is_some_and(|end| end != known.start) {
            kept.push("");
        }
        kept.extend(&lines[known.start..known.end]);
        end = Some(known.end);
    }
    if kept.is_empty() {
        return String::new();
    }
    let mut anchor =
        |name: &str, _| Anchor { id: false, to: definition(model, module, from, name) };
    tla::html(&kept, &mut anchor)
}

/// The modules whose properties are those of every program, and wishes about one.
const PROPERTIES_OF: [&str; 2] = ["LamProps", "LamRuns"];

/// A property of the model, as the comment above its operator has it.
#[derive(Debug, PartialEq, Eq)]
struct Property<'m> {
    name: &'m str,
    sentence: String,
    /// The rules that it belongs to; none for a wish about a program.
    rules: Vec<Rule>,
}

/// The properties among the checks of `names`, in the order of the modules, and what is wrong with
/// their comments.
fn stated<'m>(model: &'m Model, names: &BTreeSet<String>) -> (Vec<Property<'m>>, Vec<String>) {
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    for module in PROPERTIES_OF.iter().filter_map(|name| model.module(name)) {
        let lines: Vec<&str> = module.text.lines().collect();
        for known in module.definitions.iter().filter(|it| names.contains(&it.name)) {
            let above = lines[known.start..known.end].iter();
            let comment = above.take_while(|line| line.starts_with("(*"));
            let words =
                comment.flat_map(|line| line[2..].trim_end_matches("*)").split_whitespace());
            let text = words.collect::<Vec<_>>().join(" ");
            let text = text.trim_end_matches('.');
            let ids = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
            let (sentence, ids) = ids.unwrap_or((text, ""));
            let mut rules = Vec::new();
            for id in ids.split(", ").filter(|id| !id.is_empty()) {
                match Rule::named(id) {
                    Some(rule) => rules.push(rule),
                    None => wrong.push(format!("{}: `{id}` is no rule", known.name)),
                }
            }
            if sentence.is_empty() || rules.is_empty() && module.name == PROPERTIES_OF[0] {
                let name = &known.name;
                wrong.push(format!("{name}: no sentence with its rules stands above it"));
            }
            found.push(Property { name: &known.name, sentence: sentence.to_owned(), rules });
        }
    }
    for name in lam_conformance::search::PROPERTIES.iter().map(|property| property.name) {
        if found.iter().all(|property| property.name != name) {
            wrong.push(format!("{name}: neither of {PROPERTIES_OF:?} defines it"));
        }
    }
    (found, wrong)
}

/// What some run of TLC or `lam model` checks, by name.
fn checked(root: &Path) -> Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(root.join("tla/models.json"))?;
    let list: Value = serde_json::from_str(&text).context("tla/models.json")?;
    let runs = list["models"].as_array().into_iter().flatten();
    let checks = runs.flat_map(|run| words(&run["checks"]).flat_map(str::split_whitespace));
    let offered = lam_conformance::search::PROPERTIES.iter().map(|property| property.name);
    Ok(checks.chain(offered).map(str::to_owned).collect())
}

/// The properties that are checked, each with its sentence and its rules.
pub fn properties(replacer: &Replacer) -> Result<String> {
    let names = checked(&replacer.root)?;
    let mut table = String::from("| property | says | rules |\n|---|---|---|\n");
    for property in stated(&replacer.model, &names).0 {
        let mut sentence = String::new();
        escape(&mut sentence, &property.sentence);
        let name = format!("`{}`", property.name);
        let name = match place(&replacer.model, CHAPTER, property.name) {
            Some(target) => format!("[{name}]({target})"),
            None => name,
        };
        let rules = property.rules.iter().map(|rule| {
            let id = rule.id();
            match replacer.rules.get(&id) {
                Some(page) => format!("[`{id}`]({page}#{id})"),
                None => format!("`{id}`"),
            }
        });
        let rules: Vec<String> = rules.collect();
        let rules = match rules.is_empty() {
            true => "a wish about a program".to_owned(),
            false => rules.join(", "),
        };
        let _ = writeln!(table, "| {name} | {sentence}. | {rules} |");
    }
    Ok(table)
}

/// What TLC runs, from `tla/models.json`.
pub fn runs(replacer: &Replacer) -> Result<String> {
    let text = std::fs::read_to_string(replacer.root.join("tla/models.json"))?;
    let list: Value = serde_json::from_str(&text).context("tla/models.json")?;
    let mut table =
        String::from("| run | bounds | what is checked | distinct states |\n|---|---|---|---:|\n");
    for run in list["models"].as_array().into_iter().flatten() {
        let checks: Vec<&str> = words(&run["checks"]).flat_map(str::split_whitespace).collect();
        let words = ["INVARIANT", "INVARIANTS", "PROPERTY", "PROPERTIES", "CONSTANT", "<-", "By"];
        let mut checks: Vec<String> = checks
            .into_iter()
            .filter(|word| !words.contains(word))
            .map(|word| match word {
                "Report" if run["equal"] == true => "outcome sets are equal".to_owned(),
                "Report" => "outcomes".to_owned(),
                "Counted" => "every rule is applied".to_owned(),
                word => format!("`{word}`"),
            })
            .collect();
        if run["exit"].as_i64().is_some_and(|status| status != 0) {
            checks.push("must fail".into());
        }
        let states = run["distinct"].as_u64().map_or_else(|| "\u{2014}".to_owned(), grouped);
        let name = run["name"].as_str().unwrap_or_default();
        let nightly = if run["nightly"] == true { " (nightly)" } else { "" };
        let _ = writeln!(
            table,
            "| {name}{nightly} | {} | {} | {states} |",
            bounds(run),
            checks.join(", ")
        );
    }
    Ok(table)
}

/// Which programs a run takes, in which steps, on which machine.
fn bounds(run: &Value) -> String {
    let mut programs: Vec<String> = words(&run["cases"])
        .map(|case| match case {
            "" => "every case".to_owned(),
            case => format!("`{}`", case.trim_end_matches('$')),
        })
        .collect();
    if run["generated"] == true {
        programs.push("generated programs".into());
    }
    let mut text = programs.join(", ");
    let search = match run["search"].as_str() {
        Some("instructions") => "; every instruction a step",
        Some("steps") => "; steps of the schedule language",
        Some("reduced") | None => "; reduced",
        Some(_) => "",
    };
    text.push_str(search);
    for (name, value) in run["limits"].as_object().into_iter().flatten() {
        let _ = write!(text, "; {name} {value}");
    }
    text
}

/// The models that are broken on purpose, from `tla/broken/`.
pub fn broken(replacer: &Replacer) -> Result<String> {
    let folder = replacer.root.join("tla/broken");
    let mut rows = Vec::new();
    for entry in folder.read_dir().with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let about: Value =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let field = |key: &str| about[key].as_str().unwrap_or_default().to_owned();
        let caught = match field("caught").as_str() {
            "outcomes" => "the outcome sets".to_owned(),
            property => format!("`{property}`"),
        };
        rows.push(format!("| `{name}` | {} | {caught} |\n", field("about")));
    }
    rows.sort();
    Ok(format!("| model | what is wrong in it | caught by |\n|---|---|---|\n{}", rows.concat()))
}

/// The rules that the model leaves out, from `tla/rules.json`.
pub fn outside(replacer: &Replacer) -> String {
    let mut table = String::from("| rule | why it is outside |\n|---|---|\n");
    for (id, why) in &replacer.model.list.outside {
        let mut reason = String::new();
        escape(&mut reason, why);
        match replacer.rules.get(id) {
            Some(page) => drop(writeln!(table, "| [`{id}`]({page}#{id}) | {reason} |")),
            None => drop(writeln!(table, "| `{id}` | {reason} |")),
        }
    }
    table
}

fn words(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_without_an_excerpt_is_found() {
        let model = Model::load(&crate::root()).unwrap();
        let rule = |id: &str| format!("<div class=\"rule\" id=\"{id}\">\n");
        let page = |text: String| Page { path: "p.md".into(), text };
        let text = rule("exec.recv.found") + "{{#lam-model Recv}}\n";
        assert_eq!(missing(&page(text.clone()), &model), Vec::<String>::new());
        let text = text + &rule("exec.recv.empty") + &rule("exec.op.fdiv");
        assert_eq!(
            missing(&page(text), &model),
            ["spec/p.md: exec.recv.empty is in the model, and no {{#lam-model}} stands behind it"]
        );
        assert_eq!(
            missing(&page("{{#lam-definitions Recv Nowhere_}}".into()), &model),
            ["spec/p.md: no module of tla/ defines Nowhere_"]
        );
    }

    #[test]
    fn a_property_without_its_rules_is_found() {
        let mut model = Model::of(&[], "{}", "{}").unwrap();
        let text = "(* It holds (exec.recv.found,  *)\n(* exec.recv.empty).  *)\nGood == TRUE\n\n\
                    (* So does this *)\nBare == TRUE\n(* And (no.such.rule) *)\nOdd == TRUE\n";
        model.modules.push(Module::read("LamProps", text));
        let (found, wrong) = stated(&model, &["Good", "Bare", "Odd"].map(str::to_owned).into());
        assert_eq!(found[0].sentence, "It holds");
        assert_eq!(found[0].rules, [Rule::ExecRecvFound, Rule::ExecRecvEmpty]);
        assert_eq!(wrong[0], "Bare: no sentence with its rules stands above it");
        assert_eq!(wrong[1], "Odd: `no.such.rule` is no rule");
        // None of those that `lam model` offers is in this model.
        assert!(wrong.iter().any(|line| line.starts_with("LinkOK: neither of")), "{wrong:?}");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([7, 999, 1000, 1234567].map(grouped), ["7", "999", "1,000", "1,234,567"]);
    }
}

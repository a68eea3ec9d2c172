//! The markers of a page and its fenced blocks: found here, replaced by what their owner says.

use super::cases::Cases;
use super::{instruction, model, reference, tables};
use crate::highlight;
use crate::model::Model;
use crate::prose::{self, Page};
use crate::{bench, figures};
use anyhow::{Result, bail};
use lam_conformance::shown;
use lam_isa::table::InstrInfo;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// All that the replacement of a marker may look at.
pub struct Replacer {
    /// The repository.
    pub root: PathBuf,
    /// The page on which each rule is stated.
    pub rules: BTreeMap<String, String>,
    /// The conformance cases by rule.
    pub cases: Cases,
    /// The model in TLA+.
    pub model: Model,
    /// The rules of the page at hand that stand behind the last excerpt of the model.
    above: Vec<String>,
    /// What could not be replaced.
    pub problems: Vec<String>,
}

impl Replacer {
    /// Reads what the markers of these pages may want.
    pub fn new(root: &Path, pages: &[Page]) -> Result<Replacer> {
        let mut rules = BTreeMap::new();
        let mut problems = Vec::new();
        for page in pages {
            match page.rules() {
                Ok(stated) => {
                    rules.extend(stated.into_iter().map(|rule| (rule.id, page.path.clone())));
                }
                Err(error) => problems.push(error.to_string()),
            }
        }
        let cases = Cases::read(&root.join("conformance/cases"))?;
        let model = Model::load(root)?;
        Ok(Replacer { root: root.into(), rules, cases, model, above: Vec::new(), problems })
    }

    /// The page as mdBook shall see it.
    pub fn page(&mut self, page: &Page) -> String {
        let mut out = String::with_capacity(page.text.len() * 2);
        let mut fence: Option<(String, String)> = None;
        let mut program = String::new();
        self.above.clear();
        for (at, line) in page.text.lines().enumerate() {
            let opens = line.trim_start().strip_prefix("```");
            match (&mut fence, opens) {
                (None, Some(info)) => fence = Some((info.trim().to_owned(), String::new())),
                (Some(_), Some(_)) => {
                    if let Some((info, body)) = fence.take() {
                        match block(&info, &body, &program) {
                            Ok(html) => out.push_str(&html),
                            Err(error) => {
                                let place = format!("spec/{}:{}", page.path, at + 1);
                                self.problems.push(format!("{place}: {error:#}"));
                            }
                        }
                        program = body;
                    }
                }
                (Some((_, body)), None) => {
                    body.push_str(line);
                    body.push('\n');
                }
                (None, None) => {
                    let place = format!("spec/{}:{}", page.path, at + 1);
                    if line.trim_start().starts_with("<div class=\"rule\"") {
                        self.above.extend(prose::between(line, "id=\"", "\"").map(str::to_owned));
                    }
                    self.line(&mut out, page, &place, line);
                }
            }
        }
        out
    }

    /// Appends one line of prose.
    fn line(&mut self, out: &mut String, page: &Page, place: &str, line: &str) {
        let mut rest = line;
        while let Some((before, inside)) = rest.split_once("{{#lam-") {
            self.linked(out, page, before);
            let Some((marker, after)) = inside.split_once("}}") else {
                self.problems.push(format!("{place}: the marker is not closed"));
                break;
            };
            let (name, argument) = marker.split_once(' ').unwrap_or((marker, ""));
            match self.marker(page, name, argument.trim()) {
                Ok(text) => out.push_str(&text),
                Err(error) => self.problems.push(format!("{place}: {error:#}")),
            }
            if name == "model" {
                self.above.clear();
            }
            rest = after;
        }
        self.linked(out, page, rest);
        out.push('\n');
    }

    /// Appends text with each `area.subject.aspect` in code made a link to its rule.
    fn linked(&self, out: &mut String, page: &Page, text: &str) {
        let pieces: Vec<&str> = text.split('`').collect();
        for (i, piece) in pieces.iter().enumerate() {
            let in_code = i % 2 == 1 && i + 1 < pieces.len();
            let in_link = out.ends_with('[');
            match self.rules.get(*piece).filter(|_| in_code && !in_link) {
                Some(target) => {
                    let target = relative(&page.path, target);
                    out.push_str(&format!("[`{piece}`]({target}#{piece})"));
                }
                None if in_code => {
                    let code = format!("`{piece}`");
                    match model::place(&self.model, &page.path, piece).filter(|_| !in_link) {
                        Some(target) => out.push_str(&format!("[{code}]({target})")),
                        None => out.push_str(&code),
                    }
                }
                None => {
                    // An odd backtick out: the code goes on in the next line.
                    if i % 2 == 1 {
                        out.push('`');
                    }
                    out.push_str(piece);
                }
            }
        }
    }

    fn marker(&self, page: &Page, name: &str, argument: &str) -> Result<String> {
        let instruction = || match InstrInfo::named(argument) {
            Some(info) => Ok(info),
            None => Err(anyhow::anyhow!("`{argument}` is no instruction")),
        };
        match name {
            "head" => Ok(instruction::head(instruction()?)),
            "encoding" => Ok(instruction::encoding(instruction()?)),
            "operands" => Ok(instruction::operands(instruction()?)),
            "reference" => reference::excerpt(&self.root, instruction()?),
            "model" => model::excerpts(self, &page.path, &self.above, argument),
            "definitions" => model::definitions(self, &page.path, argument),
            "modules" => Ok(model::modules(&self.model)),
            "properties" => model::properties(self),
            "runs" => model::runs(self),
            "broken" => model::broken(self),
            "outside" => Ok(model::outside(self)),
            "tests" => Ok(self.cases.line(instruction()?)),
            "rules" => Ok(tables::rules(self, &page.path)),
            "instructions" => Ok(tables::instructions(&page.path)),
            "opcodes" => Ok(tables::opcodes(&page.path)),
            "beam-mapping" => Ok(tables::beam()),
            "compactness" => figures::compactness(&self.root),
            "performance" => match argument {
                "setting" => bench::setting(&self.root),
                "plot" => bench::plot(&self.root),
                "table" => bench::table(&self.root),
                "parallel" => bench::parallel(&self.root),
                "start" => bench::start(&self.root),
                "memory" => bench::memory(&self.root),
                "size" => bench::size(&self.root),
                _ => bail!("`{argument}` is nothing that is measured"),
            },
            // The block of outcomes behind it is a table by itself.
            "outcomes" => Ok(String::new()),
            _ => bail!("`{{{{#lam-{name}}}}}` is no marker"),
        }
    }
}

/// A fenced block: programs and outcomes are drawn here, others by mdBook. `before` is the block
/// before it: the program of outcomes.
fn block(info: &str, body: &str, before: &str) -> Result<String> {
    let word = info.split([',', ' ']).next().unwrap_or_default();
    match word {
        "lam" => Ok(highlight::html(body)),
        "outcomes" => tables::outcomes(&shown::outcomes(body), before),
        _ => Ok(format!("```{info}\n{body}```\n")),
    }
}

/// The way from one page to another.
pub fn relative(from: &str, to: &str) -> String {
    if from == to {
        return String::new();
    }
    let depth = from.matches('/').count();
    if depth == 0 {
        return to.to_owned();
    }
    let (from_folder, _) = from.rsplit_once('/').unwrap_or(("", from));
    match to.rsplit_once('/') {
        Some((to_folder, file)) if to_folder == from_folder => file.to_owned(),
        _ => format!("{}{to}", "../".repeat(depth)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replacer() -> Replacer {
        Replacer {
            root: PathBuf::new(),
            rules: [("exec.recv.found".to_owned(), "message/recv.md".to_owned())].into(),
            cases: Cases::default(),
            model: Model::of(&[], "{}", "{}").expect("a model of nothing"),
            above: Vec::new(),
            problems: Vec::new(),
        }
    }

    #[test]
    fn mentions_become_links_once() {
        let text = "See `exec.recv.found` and [`exec.recv.found`](x.md), `other`.\n";
        let page = Page { path: "process/spawn.md".into(), text: text.into() };
        assert_eq!(
            replacer().page(&page),
            "See [`exec.recv.found`](../message/recv.md#exec.recv.found) and \
             [`exec.recv.found`](x.md), `other`.\n"
        );
    }

    #[test]
    fn an_unknown_marker_or_instruction_is_a_problem() {
        let mut replacer = replacer();
        let text = "{{#lam-haed recv}}\n{{#lam-head recieve}}\n{{#lam-head recv}}\n";
        let html = replacer.page(&Page { path: "p.md".into(), text: text.into() });
        assert_eq!(
            replacer.problems,
            [
                "spec/p.md:1: `{{#lam-haed}}` is no marker",
                "spec/p.md:2: `recieve` is no instruction"
            ]
        );
        assert!(html.contains("recv -&gt; dst else other"), "{html}");
    }

    #[test]
    fn pages_link_to_their_neighbours() {
        assert_eq!(relative("a.md", "b/c.md"), "b/c.md");
        assert_eq!(relative("b/d.md", "b/c.md"), "c.md");
        assert_eq!(relative("b/d.md", "a.md"), "../a.md");
    }
}

//! The book's build: mdBook as a library, our markers replaced, every link followed.
//!
//! `cargo xtask book` and a plain `mdbook build` give the same pages: the second starts
//! [`preprocess`] as an external preprocessor, as `book.toml` says.

mod cases;
mod instruction;
mod markers;
mod model;
mod reference;
mod tables;

pub use cases::Cases;
pub use instruction::signature;
pub use model::check as check_model;
pub use reference::handler;

use crate::links;
use crate::prose::Page;
use anyhow::{Result, bail};
use markers::Replacer;
use mdbook_driver::MDBook;
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::errors::Result as BookResult;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// Where the built book lies.
pub const OUT: &str = "out/book";

/// Builds the book and checks it; the report tells what was looked at.
pub fn build(root: &Path) -> Result<String> {
    let mut config = mdbook_driver::config::Config::from_disk(root.join("book.toml"))?;
    config.build.build_dir = OUT.into();
    let mut book = MDBook::load_with_config(root, config)?;
    let problems = Rc::new(RefCell::new(Vec::new()));
    // Takes the place of the external one that `book.toml` names for `mdbook build`.
    book.with_preprocessor(Lam { problems: Rc::clone(&problems) });
    book.build()?;
    let links = links::check(&root.join(OUT))?;
    let mut wrong = problems.take();
    wrong.extend(links.broken.into_iter().map(|line| format!("{OUT}/{line}")));
    if !wrong.is_empty() {
        bail!("the book has {} faults:\n{}", wrong.len(), wrong.join("\n"));
    }
    Ok(format!(
        "book: {} pages in {OUT}, {} links and anchors followed, {} lead outside",
        links.pages, links.links, links.outside
    ))
}

/// Speaks mdBook's protocol: the book comes as JSON on standard input and leaves on standard
/// output.
pub fn preprocess() -> Result<()> {
    let (context, book) = mdbook_preprocessor::parse_input(std::io::stdin())?;
    let lam = Lam { problems: Rc::default() };
    let book = lam.run(&context, book)?;
    for problem in lam.problems.take() {
        crate::say(&format!("warning: {problem}"));
    }
    serde_json::to_writer(std::io::stdout(), &book)?;
    Ok(())
}

/// The preprocessor; what it finds wrong it keeps, so that one run tells all.
struct Lam {
    problems: Rc<RefCell<Vec<String>>>,
}

impl Preprocessor for Lam {
    fn name(&self) -> &str {
        "lam"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> BookResult<Book> {
        let mut pages = Vec::new();
        for item in book.iter() {
            if let BookItem::Chapter(chapter) = item
                && let Some(page) = page(chapter)
            {
                pages.push(page);
            }
        }
        let mut replacer = Replacer::new(&context.root, &pages)?;
        book.for_each_chapter_mut(|chapter| {
            if let Some(page) = page(chapter) {
                chapter.content = replacer.page(&page);
            }
        });
        model::add_modules(&mut book, &replacer);
        self.problems.borrow_mut().append(&mut replacer.problems);
        Ok(book)
    }
}

/// The source of a chapter that is a file.
fn page(chapter: &Chapter) -> Option<Page> {
    let path = chapter.path.as_ref()?.to_string_lossy().replace('\\', "/");
    Some(Page { path, text: chapter.content.clone() })
}

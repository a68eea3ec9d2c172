//! The links and anchors of the built book: each must lead somewhere inside it.
//!
//! Reads the HTML as a browser would find it, so that a link made by the build is checked like
//! one written by hand. Links that leave the book are counted and not followed.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// What was looked at and what is broken.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// HTML files read.
    pub pages: usize,
    /// Links and anchors followed.
    pub links: usize,
    /// Links that leave the book.
    pub outside: usize,
    /// One line for each link that leads nowhere and each id that a page has twice.
    pub broken: Vec<String>,
}

/// Follows every link of every page below `folder`.
pub fn check(folder: &Path) -> Result<Report> {
    let mut files = BTreeSet::new();
    collect(folder, folder, &mut files)?;
    let mut pages = BTreeMap::new();
    let mut report = Report::default();
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "html")) {
        let html = std::fs::read_to_string(folder.join(file))
            .with_context(|| format!("reading {}", file.display()))?;
        let page = Html::read(&html);
        // The print page repeats all others, ids included.
        if file != Path::new("print.html") {
            let twice = page.twice.iter();
            report.broken.extend(twice.map(|id| format!("{}: id `{id}` twice", file.display())));
        }
        pages.insert(file.clone(), page);
    }
    for (file, page) in &pages {
        report.pages += 1;
        for link in &page.links {
            if leaves(link) {
                report.outside += 1;
                continue;
            }
            report.links += 1;
            if let Err(why) = follow(file, link, &files, &pages) {
                report.broken.push(format!("{}: `{link}` {why}", file.display()));
            }
        }
    }
    Ok(report)
}

/// Whether a link leaves the book.
fn leaves(link: &str) -> bool {
    ["http:", "https:", "mailto:", "data:", "javascript:", "//"].iter().any(|s| link.starts_with(s))
}

fn follow(
    from: &Path,
    link: &str,
    files: &BTreeSet<PathBuf>,
    pages: &BTreeMap<PathBuf, Html>,
) -> Result<(), &'static str> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = path.split('?').next().unwrap_or_default();
    let target = if path.is_empty() { from.to_path_buf() } else { join(from, &unescape(path))? };
    if !files.contains(&target) {
        return Err("leads to no file");
    }
    let anchor = unescape(anchor);
    match pages.get(&target) {
        Some(page) if !anchor.is_empty() && !page.ids.contains(&anchor) => {
            Err("leads to no such id")
        }
        _ => Ok(()),
    }
}

/// The file that `path` names on the page `from`.
fn join(from: &Path, path: &str) -> Result<PathBuf, &'static str> {
    // The 404 page stands for any address and links from the root.
    let absolute = path.strip_prefix('/');
    let base = if absolute.is_some() { None } else { from.parent() };
    let mut whole = base.map(Path::to_path_buf).unwrap_or_default();
    for part in Path::new(absolute.unwrap_or(path)).components() {
        match part {
            Component::ParentDir if !whole.pop() => return Err("leaves the book"),
            Component::Normal(name) => whole.push(name),
            _ => {}
        }
    }
    if path.ends_with('/') || whole.as_os_str().is_empty() {
        whole.push("index.html");
    }
    Ok(whole)
}

/// Undoes `%20` and `&amp;`.
fn unescape(text: &str) -> String {
    let text = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every file below `folder`, relative to `top`.
fn collect(top: &Path, folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in folder.read_dir().with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(top, &path, files)?;
        } else {
            files
                .insert(path.strip_prefix(top).context("a file of the folder read")?.to_path_buf());
        }
    }
    Ok(())
}

/// What a page offers and what it wants.
#[derive(Debug, Default)]
struct Html {
    ids: BTreeSet<String>,
    twice: Vec<String>,
    links: Vec<String>,
}

impl Html {
    fn read(html: &str) -> Html {
        let mut page = Html::default();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let tag = &rest[..tag_end(rest)];
            page.tag(tag);
            rest = &rest[tag.len()..];
            // What looks like a tag in a script is none.
            if tag.starts_with("script") {
                rest = rest.split_once("</script").map_or("", |(_, after)| after);
            }
        }
        page
    }

    /// Reads the attributes of one tag.
    fn tag(&mut self, tag: &str) {
        let mut rest = tag;
        while let Some((before, after)) = rest.split_once('=') {
            let name = before.split(char::is_whitespace).next_back().unwrap_or_default();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let Some(quote) = quote else {
                rest = after;
                continue;
            };
            let Some((value, tail)) = after[1..].split_once(quote) else { return };
            match name {
                "id" if !self.ids.insert(unescape(value)) => self.twice.push(value.to_owned()),
                "href" | "src" if !value.is_empty() => self.links.push(value.to_owned()),
                _ => {}
            }
            rest = tail;
        }
    }
}

/// Where a tag ends: at the first `>` outside quotes.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    tag.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pages: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("lam-links-{}", std::process::id()));
        for (path, html) in pages {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, html).unwrap();
        }
        folder
    }

    #[test]
    fn every_kind_of_broken_link_is_found() {
        let folder = files(&[
            (
                "index.html",
                "<a href=\"a/b.html#x\">ok</a><a href='#top'>no</a><p id=\"p\" id=\"p\">",
            ),
            (
                "a/b.html",
                "<p id=\"x\"><a href=\"../index.html#p\">ok</a><img src=\"no.svg\">\
                 <a href=\"../../out.html\">no</a><a href=\"https://example.org\">outside</a>\
                 <!-- <a href=\"comment.html\"> --><script>\"<a href='text.html'>\"</script>",
            ),
        ]);
        let report = check(&folder).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!((report.pages, report.links, report.outside), (2, 5, 1));
        assert_eq!(
            report.broken,
            [
                "index.html: id `p` twice",
                "a/b.html: `no.svg` leads to no file",
                "a/b.html: `../../out.html` leaves the book",
                "index.html: `#top` leads to no such id",
            ]
        );
    }
}

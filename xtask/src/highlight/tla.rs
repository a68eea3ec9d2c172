//! The colours of the model's TLA+, and links from names to their definitions.

use super::{escape, mark};
use crate::model::is_word;

const KEYWORDS: [&str; 31] = [
    "MODULE",
    "EXTENDS",
    "CONSTANT",
    "CONSTANTS",
    "VARIABLE",
    "VARIABLES",
    "ASSUME",
    "RECURSIVE",
    "INSTANCE",
    "WITH",
    "LOCAL",
    "LET",
    "IN",
    "IF",
    "THEN",
    "ELSE",
    "CASE",
    "OTHER",
    "CHOOSE",
    "EXCEPT",
    "DOMAIN",
    "SUBSET",
    "UNION",
    "LAMBDA",
    "ENABLED",
    "UNCHANGED",
    "TRUE",
    "FALSE",
    "BOOLEAN",
    "STRING",
    "THEOREM",
];

/// What a name leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchor {
    /// Whether this place is where others lead.
    pub id: bool,
    /// Where it leads itself.
    pub to: Option<String>,
}

/// Lines of a module as HTML, marked up and escaped. `anchor` is asked for every name outside
/// comments and strings: the name, and whether it stands in the first column.
pub fn html(lines: &[&str], anchor: &mut dyn FnMut(&str, bool) -> Anchor) -> String {
    let mut out = String::from("<pre class=\"tla\"><code class=\"nohighlight hljs\">");
    let mut depth = 0;
    for line in lines {
        let mut at = 0;
        while at < line.len() {
            let rest = &line[at..];
            let is_comment = depth > 0 || rest.starts_with("(*") || rest.starts_with("\\*");
            let length = if is_comment { comment(rest, &mut depth) } else { length(rest) };
            let token = &rest[..length];
            match if is_comment { Some("comment") } else { class(token) } {
                Some("name") => {
                    let found = anchor(token, at == 0);
                    name(&mut out, token, at == 0, &found);
                }
                class => mark(&mut out, class, token),
            }
            at += length;
        }
        out.push('\n');
    }
    out.push_str("</code></pre>\n");
    out
}

/// How long the token at the start of `rest` is.
fn length(rest: &str) -> usize {
    let run = |end: fn(char) -> bool| rest.find(|c| !end(c)).unwrap_or(rest.len());
    let first = rest.chars().next().unwrap_or(' ');
    match first {
        '\\' => 1 + rest[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 1),
        '"' => {
            let mut escaped = false;
            let end = rest.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |(at, _)| at + 1)
        }
        _ if is_word(first) => run(is_word),
        _ if first.is_whitespace() => run(char::is_whitespace),
        _ => first.len_utf8(),
    }
}

/// How much of the line is the comment that it stands in or begins with; `depth` is how deep in
/// comments the line stands here.
fn comment(rest: &str, depth: &mut u32) -> usize {
    if *depth == 0 && rest.starts_with("\\*") {
        return rest.len();
    }
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("(*") {
            *depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*)") {
            *depth -= 1;
            at += 2;
            if *depth == 0 {
                break;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The class of a token outside comments; that of words which are no keywords is `name`.
fn class(token: &str) -> Option<&'static str> {
    match token.chars().next()? {
        '"' => Some("string"),
        '\\' if token.len() > 1 => Some("keyword"),
        _ if token.bytes().all(|b| b.is_ascii_digit()) => Some("number"),
        _ if KEYWORDS.contains(&token) => Some("keyword"),
        _ if token.chars().all(is_word) => Some("name"),
        _ => None,
    }
}

/// Appends a name with its link.
fn name(out: &mut String, token: &str, first: bool, anchor: &Anchor) {
    let tag = if anchor.to.is_some() { "a" } else { "span" };
    if *anchor == Anchor::default() && !first {
        return escape(out, token);
    }
    out.push('<');
    out.push_str(tag);
    if first {
        out.push_str(" class=\"hljs-title\"");
    }
    if anchor.id {
        out.push_str(&format!(" id=\"{token}\""));
    }
    if let Some(to) = &anchor.to {
        out.push_str(" href=\"");
        escape(out, to);
        out.push('"');
    }
    out.push('>');
    escape(out, token);
    out.push_str(&format!("</{tag}>"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_their_definitions_and_comments_to_nothing() {
        let lines = [
            "(* Put (* twice *)",
            "   and Put *)",
            "F(x) == \\A k \\in 1 .. 2 : Put(\"Put\\\" (*\", x) \\* Put",
        ];
        let html = html(&lines, &mut |name, first| Anchor {
            id: first,
            to: (name == "Put").then(|| "LamState.html#Put".to_owned()),
        });
        for part in [
            "<span class=\"hljs-comment\">(* Put (* twice *)</span>\n<span class=\"hljs-comment\">   and Put *)</span>\n",
            "<span class=\"hljs-title\" id=\"F\">F</span>(x) == <span class=\"hljs-keyword\">\\A</span> k ",
            "<span class=\"hljs-number\">1</span> .. ",
            " : <a href=\"LamState.html#Put\">Put</a>(<span class=\"hljs-string\">&quot;Put\\&quot; (*&quot;</span>, x)",
            "<span class=\"hljs-comment\">\\* Put</span>",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
    }
}

//! The colours of `lam` programs in the book.
//!
//! A lexer for looks only: what is a program and what is not is the text form's business. The
//! classes are those of highlight.js, so that every theme of the book colours them.

pub mod tla;

use lam_isa::table::InstrInfo;

const DIRECTIVES: [&str; 7] = ["module", "export", "function", "params", "lambda", "line", "info"];

/// A program as HTML, marked up and escaped.
pub fn html(source: &str) -> String {
    let mut out = String::from("<pre class=\"lam\"><code class=\"language-lam nohighlight hljs\">");
    for line in source.lines() {
        let mut first = true;
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let (token, after) = rest.split_at(length(rest, c));
            let next = after.trim_start().chars().next();
            mark(&mut out, class(token, c, first, next), token);
            first &= token.trim().is_empty() || (next == Some(':') || token == ":");
            rest = after;
        }
        out.push('\n');
    }
    out.push_str("</code></pre>\n");
    out
}

/// How many bytes the token at the start of `rest` has; `c` is its first character.
fn length(rest: &str, c: char) -> usize {
    let run = |end: &dyn Fn(char) -> bool| rest.find(|c| !end(c)).unwrap_or(rest.len());
    match c {
        ';' => rest.len(),
        '"' | '\'' => {
            let mut escaped = false;
            for (at, other) in rest.char_indices().skip(1) {
                match other {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    _ if other == c => return at + 1,
                    _ => {}
                }
            }
            rest.len()
        }
        _ if c.is_whitespace() => run(&char::is_whitespace),
        _ if c.is_ascii_digit() => {
            run(&|c| c.is_ascii_alphanumeric() || matches!(c, '#' | '_' | '.'))
        }
        _ if is_word(c) => run(&is_word),
        _ => c.len_utf8(),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '@'
}

/// The class of a token; `first` if none stands before it on its line, `next` what follows.
fn class(token: &str, c: char, first: bool, next: Option<char>) -> Option<&'static str> {
    let register = |token: &str| {
        let number = token.strip_prefix(['x', 'y']);
        number.is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
    };
    match c {
        ';' => Some("comment"),
        '"' | '\'' => Some("string"),
        _ if c.is_ascii_digit() => Some("number"),
        _ if !is_word(c) => None,
        _ if first && next == Some(':') => Some("symbol"),
        _ if first && DIRECTIVES.contains(&token) => Some("meta"),
        _ if first && InstrInfo::named(token).is_some() => Some("keyword"),
        _ if token == "else" => Some("keyword"),
        _ if register(token) => Some("variable"),
        _ if next == Some('/') => Some("title"),
        _ => None,
    }
}

fn mark(out: &mut String, class: Option<&str>, token: &str) {
    match class {
        Some(class) => {
            out.push_str("<span class=\"hljs-");
            out.push_str(class);
            out.push_str("\">");
            escape(out, token);
            out.push_str("</span>");
        }
        None => escape(out, token),
    }
}

/// Appends `text` so that HTML shows it as it is.
pub fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_get_the_classes_of_highlight_js() {
        let html = html("take: recv -> x0 else idle ; look\n    send x0, 'a<b' -> _\n");
        for part in [
            "<span class=\"hljs-symbol\">take</span>:",
            "<span class=\"hljs-keyword\">recv</span> -&gt; <span class=\"hljs-variable\">x0</span>",
            "<span class=\"hljs-keyword\">else</span> idle <span class=\"hljs-comment\">; look</span>",
            "<span class=\"hljs-string\">'a&lt;b'</span>",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
    }
}

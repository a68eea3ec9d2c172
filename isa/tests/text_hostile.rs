//! Hostile texts: they are refused or read, in linear time and without overflowing the stack.
#![cfg(feature = "text")]

use lam_isa::{Literal, Rule, text};

/// The rules of the errors of a text, each once in a row.
fn rules(source: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = match text::parse(source) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(|error| error.rule).collect(),
    };
    rules.dedup();
    rules
}

fn in_function(code: &str) -> String {
    format!("module m\nfunction f/0\n{code}\n")
}

#[test]
fn deep_nesting_is_refused_before_the_grammar_recurses() {
    for (open, close) in [("[", "]"), ("{", "}"), ("#{a => ", "}"), ("<<", ">>"), ("(", ")")] {
        let deep =
            in_function(&format!("move {}1{} -> x0", open.repeat(100_000), close.repeat(100_000)));
        assert_eq!(rules(&deep), [Rule::TextLiteralDepth], "{open}");
        let unclosed = in_function(&format!("move {} -> x0", open.repeat(100)));
        assert_eq!(rules(&unclosed), [Rule::TextLineSyntax], "{open}");
    }
}

#[test]
fn the_deepest_brackets_that_the_grammar_sees_fit_a_small_stack() {
    let deep = in_function(&format!("tuple {{{}a{}}} -> x0", "{".repeat(255), "}".repeat(255)));
    let thread = std::thread::Builder::new().stack_size(512 * 1024);
    let parsed = thread.spawn(move || {
        let modules = text::parse(&deep).expect("255 brackets and an atom are 256 levels");
        text::parse(&text::print(&modules)) == Ok(modules)
    });
    assert!(parsed.expect("a thread starts").join().expect("it ends"));
}

#[test]
fn a_literal_that_is_too_deep_prints_up_to_a_depth() {
    let mut literal = Literal::Nil;
    for _ in 0..1000 {
        literal = Literal::Map(vec![(literal, Literal::Nil)]);
    }
    let printed = text::print_literal(&literal);
    assert!(printed.contains("..."), "{printed}");
}

#[test]
fn long_lines_and_long_files_take_linear_time() {
    let long = in_function(&format!("move [{}1] -> x0", "1, ".repeat(200_000)));
    let modules = text::parse(&long).expect("a long list is a list");
    assert!(matches!(&modules[0].literals[0], Literal::List(all, _) if all.len() == 200_001));
    assert_eq!(text::print(&modules).lines().nth(3).map(str::len), Some(600_001 + 17));

    // Unclosed brackets: each sends the scan down, until they are too deep or too many.
    let unclosed = in_function(&"move [1 -> x0\n".repeat(20_000));
    let expected = [Rule::TextLiteralDepth, Rule::TextLineSyntax];
    assert_eq!(rules(&unclosed)[..2], expected);
    let unclosed = format!("{}{}", "move [1 -> x0\n".repeat(200), "ret 0\n".repeat(50_000));
    assert_eq!(rules(&in_function(&unclosed)), [Rule::TextLineSyntax]);
    // As many unknown labels as known ones: each would be compared with all.
    let unknown: String = (0..20_000).map(|n| format!("l{n}: jump k{n}\n")).collect();
    assert_eq!(rules(&in_function(&unknown)), [Rule::TextLabelUnknown]);
    // A quote that is never closed, and a line of nothing but errors.
    assert_eq!(rules(&in_function(&"'".repeat(200_001))), [Rule::TextLineSyntax]);
    assert_eq!(rules(&in_function(&",".repeat(200_000))), [Rule::TextLineSyntax]);
    assert_eq!(rules(&in_function(&"a ".repeat(200_000))), [Rule::TextNameUnknown]);
    assert_eq!(rules(&in_function(&"a:".repeat(100_000))), [Rule::TextLabelDuplicate]);
}

#[test]
fn large_numbers_take_little_time_and_have_a_limit() {
    let digits = in_function(&format!("move {} -> x0", "9".repeat(300_000)));
    let modules = text::parse(&digits).expect("so many digits are within the limit");
    assert_eq!(text::parse(&text::print(&modules)), Ok(modules));
    let bits = in_function(&format!("move 2#1{} -> x0", "0".repeat(4_194_303)));
    assert_eq!(rules(&bits), []);
    let too_many = in_function(&format!("move 2#1{} -> x0", "0".repeat(4_194_304)));
    assert_eq!(rules(&too_many), [Rule::TextIntegerRange]);
    let radix = in_function(&format!("move 36#z{} -> x0", "z".repeat(1_000_000)));
    assert_eq!(rules(&radix), [Rule::TextIntegerRange]);
    let float = in_function(&format!("move 0.{}1e-999999999999 -> x0", "0".repeat(100_000)));
    assert_eq!(rules(&float), []);
}

#[test]
fn texts_that_are_not_utf8_are_refused_where_they_stop_being() {
    for (source, span) in [
        (&b"module m\xff\n"[..], 8..9),
        (b"\xed\xa0\x80", 0..1),
        (b"module \xc3", 7..8),
        (b"\xff\xfem\0o\0", 0..1),
    ] {
        let errors = text::parse_bytes(source).unwrap_err();
        assert_eq!((errors[0].rule, errors[0].span.clone()), (Rule::TextFileEncoding, span));
    }
}

#[test]
fn short_and_odd_texts_are_no_trouble() {
    for source in ["", "\n", "\r\n", ";", "; only a comment", "\u{feff}", "\0", "\\", "$", "$\\"] {
        let _ = text::parse(source);
        let _ = text::format(source);
        let _ = text::parse_literal(source);
    }
    assert_eq!(text::parse(""), Ok(Vec::new()));
    assert_eq!(rules("\u{feff}module m"), [Rule::TextFileEncoding]);
    let crlf = "module m\r\nfunction f/0\r\n    move [1,\r\n 2] -> x0 ; c\r\n    ret 0\r\n";
    assert_eq!(text::parse(crlf), text::parse(&crlf.replace('\r', "")));
    let formatted = text::format(crlf).expect("it parses");
    assert!(!formatted.contains('\r'));
}

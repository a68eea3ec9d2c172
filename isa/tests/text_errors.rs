//! The errors of the assembly text: each rule, its place and its words.
#![cfg(feature = "text")]

use expect_test::{Expect, expect};
use lam_isa::{Rule, text};
use std::collections::BTreeSet;

/// The errors of a text, one per line: place, rule, the text that is marked, message, help.
fn errors(source: &[u8]) -> Vec<(Rule, String)> {
    let Err(errors) = text::parse_bytes(source) else { return Vec::new() };
    let readable = String::from_utf8_lossy(source);
    let shown = |e: &text::SyntaxError| {
        let (line, column) = e.line_column(&readable);
        let marked: String = readable.get(e.span.clone()).unwrap_or_default().into();
        let marked: String = marked.chars().take(24).collect();
        let help = e.help.as_ref().map_or(String::new(), |help| format!("\n    {help}"));
        format!("{line}:{column} {} {marked:?}: {}{help}", e.rule, e.message)
    };
    errors.iter().map(|e| (e.rule, shown(e))).collect()
}

fn check(source: &str, expect: Expect) {
    let shown: Vec<String> = errors(source.as_bytes()).into_iter().map(|(_, e)| e).collect();
    expect.assert_eq(&shown.join("\n"));
}

/// Checks the errors of instructions of a function with the labels `here` and `there`.
fn check_code(code: &str, expect: Expect) {
    check(&format!("module m\nfunction f/2\nhere:\nthere:\n{code}\n"), expect);
}

/// One text for each rule that breaks this rule alone.
const BROKEN: &[(Rule, &str)] = &[
    (Rule::TextLineSyntax, "module m\nfunction f/0\n send x0, ,x1\n"),
    (Rule::TextNameUnknown, "module m\nfunction f/0\n sned x0, x1 -> _\n"),
    (Rule::TextKindUnknown, "module m\nfunction f/0\n op ad x0, x1 -> _\n"),
    (Rule::TextOperandKind, "module m\nfunction f/0\n send x0, x1 -> 1\n"),
    (Rule::TextOperandMissing, "module m\nfunction f/0\n send x0 -> _\n"),
    (Rule::TextOperandExtra, "module m\nfunction f/0\n link x0, x1\n"),
    (Rule::TextLabelUnknown, "module m\nfunction f/0\nhere:\n jump hero\n"),
    (Rule::TextLabelDuplicate, "module m\nfunction f/0\nhere:\nhere:\n"),
    (Rule::TextFunctionUnknown, "module m\nexport f/1\nfunction f/0\n ret 0\n"),
    (Rule::TextFunctionDuplicate, "module m\nfunction f/0\nfunction f/0\n"),
    (Rule::TextFunctionOutside, "module m\n ret 0\n"),
    (Rule::TextModuleMissing, "function f/0\n ret 0\n"),
    (Rule::TextModuleDuplicate, "module m\nmodule m\n"),
    (Rule::TextDirectiveUnknown, "module m\nexprot f/0\n"),
    (Rule::TextDirectiveArguments, "module m, n\n"),
    (Rule::TextIntegerRange, "module m\nfunction f/0\n move x1024 -> x0\n"),
    (Rule::TextFloatRange, "module m\nfunction f/0\n move 1.0e999 -> x0\n"),
    (Rule::TextAtomLength, ATOM_OF_256),
    (Rule::TextStringEscape, "module m\nfunction f/0\n move \"\\q\" -> x0\n"),
    (Rule::TextLiteralRegister, "module m\nfunction f/0\n move {a, x0} -> x0\n"),
    (Rule::TextLiteralDepth, LIST_OF_257),
    (Rule::TextLiteralSegment, "module m\nfunction f/0\n move <<a>> -> x0\n"),
    (Rule::TextLiteralKey, "module m\nfunction f/0\n move #{a => 1, 'a' => 2} -> x0\n"),
];

const ATOM_OF_256: &str = concat!(
    "module '",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "'\n"
);

/// 256 brackets around an atom.
const LIST_OF_257: &str = concat!(
    "module m\ninfo key, ",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "a",
    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "\n"
);

#[test]
fn every_rule_of_the_text_is_broken_alone() {
    let mut seen = BTreeSet::new();
    for (rule, source) in BROKEN {
        let found: Vec<Rule> = errors(source.as_bytes()).iter().map(|(rule, _)| *rule).collect();
        assert_eq!(found, [*rule], "{source}");
        seen.insert(*rule);
    }
    let found: Vec<Rule> = errors(b"module m\n;\xff\n").iter().map(|(rule, _)| *rule).collect();
    assert_eq!(found, [Rule::TextFileEncoding]);
    seen.insert(Rule::TextFileEncoding);
    let all = Rule::all().into_iter().filter(|rule| rule.id().starts_with("text."));
    assert_eq!(seen, all.collect::<BTreeSet<Rule>>(), "every text rule has an example");
}

#[test]
fn limits_are_reached_but_not_passed() {
    let atom = ATOM_OF_256.replacen('0', "", 1);
    assert_eq!(errors(atom.as_bytes()), []);
    let list = LIST_OF_257.replacen('[', "", 1).replacen(']', "", 1);
    assert_eq!(errors(list.as_bytes()), []);
    check_code("    tail x1023, 255, 1\n    move y1023 -> x0", expect![[""]]);
    check_code(
        "    move y1024 -> x0\n    call x0, 256\n    tail x0, 1, 4294967296\n    frame +1025",
        expect![[r#"
            5:10 text.integer.range "y1024": there is no slot y1024: they are y0 to y1023
            6:14 text.integer.range "256": 256 is out of range for an arity: it is 0 to 255
            7:17 text.integer.range "4294967296": 4294967296 is out of range for a number: it is 0 to 4294967295
            8:11 text.integer.range "+1025": a frame has at most 1024 slots"#]],
    );
    check_code(
        "    bmatch x0, [skip unit 257]\n    bmatch x0, [skip unit 0]
    switch value x0 else here, {576460752303423488 -> here}
    fun f/256, [] -> x0",
        expect![[r#"
            5:27 text.integer.range "257": 257 is out of range for a unit: it is 0 to 256
            6:27 text.integer.range "0": a unit is 1 to 256 bits
            7:33 text.integer.range "576460752303423488": `576460752303423488` is out of range for a constant: it has at most 60 bits
            8:11 text.integer.range "256": 256 is out of range for an arity: it is 0 to 255"#]],
    );
}

#[test]
fn all_errors_of_a_file_are_found_in_one_run() {
    check(
        "module m
export f/0, g/1
function f/0
    move x0 x1
    send x0, ,x1
here: foo x99z
    spawn \"abc
    call g/0
    jump hear
    halt
    tuple {a, b}} -> x0
    ret
",
        expect![[r#"
            2:13 text.function.unknown "g/1": this module has no function g/1
            4:13 text.line.syntax "x1": expected `->`, found `x1`
                the form is: move SOURCE -> DST, …
            5:14 text.line.syntax ",": expected an operand, found `,`
            6:7 text.name.unknown "foo": there is no instruction `foo`
            7:11 text.line.syntax "\"abc": this string is not closed on its line
            8:10 text.function.unknown "g/0": this module has no function g/0
                did you mean `f/0`?
            9:10 text.label.unknown "hear": this function has no label `hear`
            10:5 text.name.unknown "halt": there is no instruction `halt`
            11:17 text.line.syntax "}": this `}` closes nothing
            12:8 text.operand.missing "": `ret` lacks its operand `frame`
                the form is: ret FRAME"#]],
    );
}

#[test]
fn syntax() {
    check_code(
        "    send
    -> x0
    move x0 -> -> x1
    move 12ab -> x0
    move 1__0 -> x0
    move 37#1 -> x0
    move 1.5e -> x0
    tuple {a, b -> x0
    tuple {a, b], c} -> x0
    move 'abc -> x0
    send x0, x1 -> _ else here
    send x0 x1 -> _
    send x0, m:f/1 -> _
    ret 0 (1)
    x0:
    _:",
        expect![[r#"
            5:9 text.operand.missing "": `send` lacks its operand `to`
                the form is: send TO, MESSAGE -> DST
            6:5 text.line.syntax "->": expected an operand or the end of the line, found `->`
            7:16 text.line.syntax "->": expected an operand, found `->`
            8:10 text.line.syntax "12ab": `12ab` is no number
                numbers are written 42, -7, 1_000, 16#ff or 1.5e-3
            9:10 text.line.syntax "1__0": `1__0` is no number
                numbers are written 42, -7, 1_000, 16#ff or 1.5e-3
            10:10 text.line.syntax "37#1": `37#1` is no number
                numbers are written 42, -7, 1_000, 16#ff or 1.5e-3
            11:10 text.line.syntax "1.5e": `1.5e` is no number
                numbers are written 42, -7, 1_000, 16#ff or 1.5e-3
            13:16 text.line.syntax "]": expected `}` to close `{`, found `]`
            14:10 text.line.syntax "'abc -> x0": this quoted atom is not closed on its line
            15:22 text.operand.extra "else": expected the end of `send`, found `else`
                the form is: send TO, MESSAGE -> DST
            16:13 text.line.syntax "x1": expected `,`, found `x1`
                the form is: send TO, MESSAGE -> DST
            17:15 text.line.syntax ":": expected `->`, found `:`
                the form is: send TO, MESSAGE -> DST
            18:11 text.line.syntax "(": expected `,`, `->`, `else`, an operand or the end of the line, found `(`
            20:5 text.label.duplicate "_": `_` is no name for a label"#]],
    );
}

#[test]
fn names_and_kinds() {
    check_code(
        "    jmup here
    modul m
    frobnicate
    op is_intger x0 -> x1
    op 1
    op
    test is_tupel x0 else here
    raise badmtch x0
    map insert x0, {} -> x0
    switch values x0 else here, {}
    mark bound x0
    bmake [intger 1 size 8] -> x0
    bmake [integer 1 size 8 big] -> x0
    bmatch x0, [utf7 -> x1]
    params term, contxt",
        expect![[r#"
            5:5 text.name.unknown "jmup": there is no instruction `jmup`
                did you mean `jump`?
            6:5 text.name.unknown "modul": there is no instruction `modul`
                did you mean `module`?
            7:5 text.name.unknown "frobnicate": there is no instruction `frobnicate`
            8:8 text.kind.unknown "is_intger": `op` has no kind `is_intger`
                did you mean `is_integer`?
            9:8 text.operand.kind "1": expected a kind, found `1`
                the form is: op KIND SOURCE, … -> DST [else LABEL]
            10:7 text.operand.missing "": `op` lacks its operand `kind`
                the form is: op KIND SOURCE, … -> DST [else LABEL]
            11:10 text.kind.unknown "is_tupel": `test` has no kind `is_tupel`
                did you mean `is_tuple`?
            12:11 text.kind.unknown "badmtch": `raise` has no kind `badmtch`
                did you mean `badmatch`?
            13:9 text.kind.unknown "insert": `map` has no kind `insert`
                the kinds are assoc, exact
            14:12 text.kind.unknown "values": `switch` has no kind `values`
                did you mean `value`?
            15:10 text.kind.unknown "bound": `mark` has no kind `bound`
                the kinds are reserve, bind, use, clear
            16:12 text.kind.unknown "intger": a segment of `bmake` has no kind `intger`
                did you mean `integer`?
            17:29 text.kind.unknown "big": this segment has no kind `big`
                the kinds are size, unit, little
            18:17 text.kind.unknown "utf7": a command of `bmatch` has no kind `utf7`
                did you mean `utf8`?
            19:18 text.kind.unknown "contxt": `contxt` is no kind of parameter
                did you mean `context`?"#]],
    );
}

#[test]
fn operands() {
    check_code(
        "    op add x0 -> x1
    op add x0, x1, x2 -> x1
    op self
    cons x0 -> x1
    cons x0, x1, x2 -> x1
    cons x0, x1 -> 3
    cons x0, _ -> x1
    cons Head, x1 -> x1
    tuple x0 -> x1
    move a
    test is_nil x0
    test is_nil x0, here
    recv x0 else here
    recv -> x0
    jump x0:x1
    try x0, here
    bmatch 1, []
    bmatch x0, [integer -> x1]
    bmatch x0, [integer size 8]
    bmatch x0, [bits abc]
    bmake [integer x0 size 1 size 2] -> x0
    pick x0 else here, {a => x1}
    update x0, {a = x1} -> x0
    switch value x0 else here, {1.5 -> here}
    call f/2, 2
    call x0
    call x0, x1
    call x0:
    frame 2
    host reverse
    fun lists:map -> x0
    need -1, 0
    yield now
    wait 0 else x0 x1",
        expect![[r#"
            5:15 text.operand.missing "->": `op add` lacks its operand `source 2 of 2`
                the form is: op KIND SOURCE, … -> DST [else LABEL]
            6:18 text.operand.extra ",": `op add` takes no further operand before `->`
                the form is: op KIND SOURCE, … -> DST [else LABEL]
            7:12 text.operand.missing "": `op self` lacks its operand `dst`
                the form is: op KIND SOURCE, … -> DST [else LABEL]
            8:13 text.operand.missing "->": `cons` lacks its operand `tail`
                the form is: cons HEAD, TAIL -> DST
            9:16 text.operand.extra ",": `cons` takes no further operand before `->`
                the form is: cons HEAD, TAIL -> DST
            10:20 text.operand.kind "3": expected a destination: a register, a slot or `_`, found `3`
                the form is: cons HEAD, TAIL -> DST
            11:14 text.operand.kind "_": expected a source, found `_`
                `_` discards: it is only a destination
            12:10 text.operand.kind "Head": `Head` is no term
                atoms that do not begin with a to z are quoted: 'Head'
            13:11 text.operand.kind "x0": expected the elements, {SOURCE, …}, found `x0`
                the form is: tuple {SOURCE, …} -> DST
            14:11 text.operand.missing "": expected `->`, found the end
                the form is: move SOURCE -> DST, …
            15:19 text.operand.missing "": `test is_nil` lacks its operand `label`
                the form is: test KIND SOURCE, … else LABEL
            16:19 text.operand.extra ",": `test is_nil` takes no further operand before `else`
                the form is: test KIND SOURCE, … else LABEL
            17:10 text.line.syntax "x0": expected `->`, found `x0`
                the form is: recv -> DST else LABEL
            18:15 text.operand.missing "": `recv` lacks its operand `label`
                the form is: recv -> DST else LABEL
            19:10 text.label.unknown "x0": this function has no label `x0`
            20:9 text.operand.kind "x0": expected a slot, y0 to y1023, found `x0`
                the form is: try SLOT, LABEL
            21:12 text.operand.kind "1": expected a register or a slot, found `1`
                the form is: bmatch CONTEXT [else LABEL], [COMMAND, …]
            22:17 text.operand.missing "integer ": this segment lacks its `size`
                the form is: bmatch CONTEXT [else LABEL], [COMMAND, …]
            23:31 text.operand.missing "": expected `->`, found the end
                the form is: bmatch CONTEXT [else LABEL], [COMMAND, …]
            24:22 text.operand.kind "abc": expected a bitstring, <<…>>, found `abc`
                the form is: bmatch CONTEXT [else LABEL], [COMMAND, …]
            25:30 text.operand.extra "size": `size` is given twice
                the form is: bmake [SEGMENT, …] -> DST [else LABEL]
            26:27 text.line.syntax "=>": expected `->`, found `=>`
                the form is: pick MAP else LABEL, {KEY -> DST, …}
            27:17 text.operand.kind "a": expected the index of an element, found `a`
                the form is: update TUPLE, {INDEX = SOURCE, …} -> DST
            28:33 text.operand.kind "1.5": expected a small integer, an atom or [], found `1.5`
                the form is: switch KIND VALUE else LABEL, {CONSTANT -> LABEL, …}
            29:13 text.operand.extra ",": expected the end of `call`, found `,`
                the form is: call TARGET[, ARITY]
            30:12 text.operand.missing "": `call` lacks its operand `arity`
                the form is: call TARGET[, ARITY]
            31:14 text.operand.kind "x1": expected an arity or `list` and a source, found `x1`
                the form is: call TARGET[, ARITY]
            32:13 text.line.syntax "": expected an operand, found the end of the line
            33:11 text.operand.kind "2": expected a change: +SLOTS or -SLOTS, found `2`
                the form is: frame +SLOTS or -SLOTS
            34:10 text.operand.kind "reverse": expected a function, name/arity or module:name/arity, found `reverse`
                the form is: host NAME/ARITY
            35:9 text.operand.kind "lists": expected a function, name/arity or module:name/arity, found `lists`
                the form is: fun NAME/ARITY, [SOURCE, …] -> DST
            36:10 text.integer.range "-1": -1 is out of range for a number: it is 0 to 4294967295
            37:11 text.line.syntax "now": expected the end of `yield`, found `now`
                the form is: yield
            38:17 text.label.unknown "x0": this function has no label `x0`"#]],
    );
}

#[test]
fn labels_and_functions() {
    check_code(
        "here:
clause:
    jump their
    call f/3
    call g/2
    test is_nil x0 else L9",
        expect![[r#"
            5:1 text.label.duplicate "here": a second label `here` in this function
            6:1 text.label.duplicate "clause": every function has the label `clause` already
                jumping there raises function_clause
            7:10 text.label.unknown "their": this function has no label `their`
            8:10 text.function.unknown "f/3": this module has no function f/3
                did you mean `f/2`?
            9:10 text.function.unknown "g/2": this module has no function g/2
                did you mean `f/2`?
            10:25 text.label.unknown "L9": this function has no label `L9`"#]],
    );
}

#[test]
fn directives() {
    check(
        "; nothing before the module but comments
start: ret 0
module m
params term
lambda 1, 2
module
export f
export f/0,
export f/9
info a
info a, b c
info a, x0
function g
    ret 0
function f/1
params
params term, term
params context
params trace
lambda 1
lambda 1, 2
lambda 3, 4
line f, 1
line \"f\"
line \"f\", 4294967296
function f/1
module 'm'
",
        expect![[r#"
            2:1 text.module.missing "start": the first line is not `module NAME`
                a file is one module or several, each with its name
            4:1 text.function.outside "params": `params` outside of a function
                begin a function with `function NAME/ARITY`
            6:7 text.directive.arguments "": expected an atom, found the end
                the form is: module NAME
            7:9 text.directive.arguments "": expected `/` and an arity, found the end
                the form is: export NAME/ARITY, …
            8:12 text.line.syntax "": expected an operand, found the end of the line
            9:8 text.function.unknown "f/9": this module has no function f/9
                did you mean `f/1`?
            10:7 text.directive.arguments "": expected `,`, found the end
                the form is: info KEY, TERM
            11:11 text.directive.arguments "c": expected the end of the line, found `c`
                the form is: info KEY, TERM
            12:9 text.literal.register "x0": a literal holds no registers, but here is `x0`
                build the term with cons, tuple or map; the atom is written 'x0'
            13:11 text.directive.arguments "": expected `/` and an arity, found the end
                the form is: function NAME/ARITY
            16:1 text.directive.arguments "params": the function has arity 1, here are 0 kinds
                the form is: params term, context, trace, … (one for each parameter)
            17:1 text.directive.arguments "params term, term": the function has arity 1, here are 2 kinds
                the form is: params term, context, trace, … (one for each parameter)
            19:1 text.directive.arguments "params trace": a second `params` of this function
                the form is: params term, context, trace, … (one for each parameter)
            20:9 text.directive.arguments "": expected `,`, found the end
                the form is: lambda INDEX, UNIQUE
            22:1 text.directive.arguments "lambda 3, 4": a second `lambda` of this function
                the form is: lambda INDEX, UNIQUE
            23:6 text.directive.arguments "f": expected a file name, found `f`
                the form is: line "FILE", NUMBER
            24:9 text.directive.arguments "": expected `,`, found the end
                the form is: line "FILE", NUMBER
            25:11 text.integer.range "4294967296": 4294967296 is out of range for a line: it is 0 to 4294967295
                the form is: line "FILE", NUMBER
            26:1 text.function.duplicate "function f/1": a second function f/1
            27:1 text.module.duplicate "module 'm'": a second module `m`"#]],
    );
}

#[test]
fn literals() {
    check_code(
        r#"    move {a, [x0]} -> x1
    move #{a -> 1} -> x1
    move #{a} -> x1
    move [a | b, c] -> x1
    move {_, B} -> x1
    move {a b} -> x1
    move <<1.5, 2>> -> x1
    move <<1:257>> -> x1
    move <<1:-1>> -> x1
    move <<"ā">> -> x1
    move <<"a"/utf9>> -> x1
    move "\x{110000}\n" -> x1
    move "\x{d800}" -> x1
    move '\y' -> x1
    move $\xzz -> x1
    move {fun f/1} -> x1
    move -1.8e308 -> x1
    move #{1 => a, 16#1 => b} -> x1"#,
        expect![[r#"
            5:15 text.literal.register "x0": a literal holds no registers, but here is `x0`
                build the term with cons, tuple or map; the atom is written 'x0'
            6:14 text.line.syntax "->": expected `=>` and a value, found `->`
                the form is: move SOURCE -> DST, …
            7:13 text.operand.missing "": expected `=>` and a value, found the end
                the form is: move SOURCE -> DST, …
            8:16 text.line.syntax ",": expected `]`, found `,`
            9:11 text.operand.kind "_": `_` is no term
                atoms that do not begin with a to z are quoted: '_'
            10:13 text.line.syntax "b": expected `,`, found `b`
                the form is: move SOURCE -> DST, …
            11:12 text.literal.segment "1.5": a segment of a bitstring is an integer or a string
                segments are written 1, 2:3, "abc" or "abc"/utf8
            12:14 text.literal.segment "257": the size of a segment is 0 to 256 bits
                segments are written 1, 2:3, "abc" or "abc"/utf8
            13:14 text.literal.segment "-1": the size of a segment is 0 to 256 bits
                segments are written 1, 2:3, "abc" or "abc"/utf8
            14:12 text.literal.segment "\"ā\"": a character beyond 255 needs /utf8
                segments are written 1, 2:3, "abc" or "abc"/utf8
            15:16 text.literal.segment "utf9": a string of a bitstring is plain or utf8
                segments are written 1, 2:3, "abc" or "abc"/utf8
            16:11 text.string.escape "\\x": `\x…` is no escape, or stands for no character
                escapes are \b \d \e \f \n \r \s \t \v \0 \12 \x41 \x{1F600} \^A \\ \" \'
            17:11 text.string.escape "\\x": `\x…` is no escape, or stands for no character
                escapes are \b \d \e \f \n \r \s \t \v \0 \12 \x41 \x{1F600} \^A \\ \" \'
            18:11 text.string.escape "\\y": `\y…` is no escape, or stands for no character
                escapes are \b \d \e \f \n \r \s \t \v \0 \12 \x41 \x{1F600} \^A \\ \" \'
            19:11 text.string.escape "\\x": `\x…` is no escape, or stands for no character
                escapes are \b \d \e \f \n \r \s \t \v \0 \12 \x41 \x{1F600} \^A \\ \" \'
            20:16 text.operand.kind "/": expected `:` and a function name, found `/`
                a fun literal is external: fun module:name/arity
            21:10 text.float.range "-1.8e308": `-1.8e308` is too large for a float
                floats are finite: below 1.8e308
            22:20 text.literal.key "16#1": a map literal has this key twice"#]],
    );
}

#[test]
fn terms_alone() {
    let shown = |source: &str| match text::parse_literal(source) {
        Ok(term) => text::print_literal(&term),
        Err(error) => format!("{:?} {error}", error.span),
    };
    assert_eq!(
        shown("{a, \"b\", ; said\n #{1.50 => <<1, 2:3>>}}"),
        "{a, [98], #{1.5 => <<1, 2:3>>}}"
    );
    expect![[r#"
        0..0 expected an operand, found the end of the line [text.line.syntax]
        2..3 expected the end of the term, found `b` [text.line.syntax]
        1..2 expected the end of the line, found `,` [text.line.syntax]
        0..1 this `[` is never closed [text.line.syntax]
        2..4 expected the end of the line, found `->` [text.line.syntax]
        0..2 a literal holds no registers, but here is `x0` [text.literal.register]; build the term with cons, tuple or map; the atom is written 'x0'"#]].assert_eq(&["", "a b", "a, b", "[1", "1 -> 2", "x0"].map(shown).join("\n"));
}

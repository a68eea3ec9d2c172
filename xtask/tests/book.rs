//! A small book through the whole build: markers, colours, links.

use std::path::PathBuf;
use xtask::book;

const PAGE: &str = r##"# recv

{{#lam-head recv}}
{{#lam-encoding recv}}
{{#lam-operands recv}}

<div class="rule" id="exec.recv.found"><a class="tag" href="#exec.recv.found">exec.recv.found</a>

If a message stands at the cursor, see `exec.recv.found`.

</div>

```lam
take: recv -> x0 else idle ; look
```

{{#lam-outcomes}}

```outcomes
0 exit a -- because of <b>
```

{{#lam-reference recv}}
{{#lam-model}}
{{#lam-tests recv}}
"##;

const HANDLERS: &str = "impl Message for Run {\n    fn recv(&mut self) -> Rule {\n        \
                        Rule::ExecRecvFound\n    }\n}\n";

const STATE: &str = "---- MODULE LamState ----\nCONSTANT Progs\nVARIABLES\n  procs, \\* all\n  names\n\
                     (* Moves. *)\nPut(ps, v) == [ps EXCEPT !.x = v]\nOther == procs\n====\n";

const MESSAGE: &str = "---- MODULE LamMessage ----\nEXTENDS LamState\n(* Looks. *)\n\
                       ExecRecvFound(ps) == By(\"ExecRecvFound\", Put(ps, names))\n\
                       Recv(ps) == ExecRecvFound(ps)\nSend == Other\n====\n";

const CASE: &str = "; title: found\n; covers: exec.recv.found\n";

/// Writes a repository with one page, builds its book, and gives back the page or the faults.
fn built(name: &str, page: &str) -> Result<String, String> {
    let root = std::env::temp_dir().join(format!("lam-book-{name}-{}", std::process::id()));
    for (path, text) in [
        ("book.toml", "[book]\ntitle = \"t\"\nsrc = \"spec\"\n"),
        (
            "spec/SUMMARY.md",
            "- [rules](rules.md)\n- [recv](message/recv.md)\n- [The model](model.md)\n",
        ),
        ("spec/model.md", "# The model\n\n{{#lam-definitions Put}}\n"),
        ("tla/LamState.tla", STATE),
        ("tla/LamMessage.tla", MESSAGE),
        ("tla/rules.json", "{}"),
        ("tla/models.json", "{}"),
        ("spec/rules.md", "# Rules\n\n{{#lam-rules}}\n"),
        ("spec/message/recv.md", page),
        ("reference-vm/src/exec/message.rs", HANDLERS),
        ("conformance/cases/message/recv/found.lam", CASE),
    ] {
        let path: PathBuf = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("a new folder");
        std::fs::write(path, text).expect("a new file");
    }
    let done = book::build(&root).map_err(|error| format!("{error:#}"));
    let html = std::fs::read_to_string(root.join(book::OUT).join("message/recv.html"));
    let rules = std::fs::read_to_string(root.join(book::OUT).join("rules.html"));
    let model = std::fs::read_to_string(root.join(book::OUT).join("model.html"));
    let module = std::fs::read_to_string(root.join(book::OUT).join("model/LamMessage.html"));
    std::fs::remove_dir_all(&root).expect("the folder made above");
    done.map(|_| [html, rules, model, module].map(|page| page.expect("a page")).concat())
}

#[test]
fn markers_are_replaced_and_links_hold() {
    let html = built("whole", PAGE).unwrap();
    for expected in [
        "<code>recv -&gt; dst else other</code>",
        "opcode <b>0x39</b> · message · 1 reduction · effect",
        "<span class=\"op\">0x39<small>recv</small></span>",
        "<td><code>dst</code></td><td>destination</td><td>Receives the message.</td>",
        "see <a href=\"#exec.recv.found\"><code>exec.recv.found</code></a>",
        "<span class=\"hljs-keyword\">recv</span>",
        "<td><code>0 exit a</code></td><td>because of &lt;b&gt;</td>",
        "Rule::ExecRecvFound",
        "The same rules in the model, <a href=\"../model/LamMessage.html#ExecRecvFound\">",
        "<span class=\"hljs-comment\">(* Looks. *)</span>\n<a class=\"hljs-title\" \
         href=\"../model/LamMessage.html#ExecRecvFound\">ExecRecvFound</a>(ps)",
        "<a href=\"../model/LamState.html#names\">names</a>))\n<a class=\"hljs-title\" \
         href=\"../model/LamMessage.html#Recv\">Recv</a>(ps)",
        "<a class=\"hljs-title\" id=\"ExecRecvFound\" href=\"../message/recv.html#exec.recv.found\">",
        "<span class=\"hljs-title\" id=\"Send\">Send</span> == <a href=\"LamState.html#Other\">",
        "1 case in <code>conformance/cases/</code>: <code>message/recv/found</code>.",
        "<a href=\"message/recv.html#exec.recv.found\"><code>exec.recv.found</code></a>",
    ] {
        assert!(html.contains(expected), "{expected}\n{html}");
    }
}

#[test]
fn faults_are_told_all_at_once() {
    let page = format!("{PAGE}\n{{{{#lam-haed recv}}}}\n\n[a](#nowhere) [b](../no.md)\n");
    let faults = built("faults", &page).unwrap_err();
    for expected in [
        "`{{#lam-haed}}` is no marker",
        "`#nowhere` leads to no such id",
        "`../no.html` leads to no file",
    ] {
        assert!(faults.contains(expected), "{expected}\n{faults}");
    }
}

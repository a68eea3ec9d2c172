//! Natives called with terms written as text.

mod answers;

use super::{Native, Reply, find};
use crate::atom::Atom;
use crate::code::literal;
use crate::config::{Config, Host, Mode};
use crate::core::Core;
use crate::exception::Exception;
use crate::machine::Machine;
use crate::process::{Process, Status};
use crate::sync::Mutex;
use crate::term::print::display;
use crate::term::{Pid, Term};
use lam_isa::outcome::End;
use lam_isa::text::parse_literal;
use lam_isa::{Capability, Literal};
use std::sync::Arc;

/// A world that keeps what it is given and has two lines to read.
#[derive(Default)]
struct World {
    written: Mutex<String>,
    read: Mutex<usize>,
}

impl Host for World {
    fn write(&self, port: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        self.written.lock().push_str(&format!("{port}: {text}"));
    }

    fn read_line(&self, _: &str) -> Option<Vec<u8>> {
        let mut read = self.read.lock();
        *read += 1;
        (*read <= 2).then(|| format!("line {}\n", *read).into_bytes())
    }

    fn monotonic_ns(&self) -> u64 {
        0
    }

    fn system_ns(&self) -> u64 {
        951_782_400_000_000_000
    }
}

/// A core with a process on it, whose natives are called one by one.
struct Bench {
    core: Box<Core>,
    world: Arc<World>,
}

impl Bench {
    fn new(config: Config) -> Bench {
        let world = Arc::new(World::default());
        let machine = Arc::new(Machine::new(config, world.clone()));
        let pid = machine.slots.claim();
        let mut core = Core::new(machine);
        core.enter(Box::new(Process::new(pid, std::ptr::null(), pid)), 4_000);
        Bench { core, world }
    }

    /// The value of a call that is written as text, as text, or `error:Reason`.
    #[track_caller]
    fn call(&mut self, call: &str) -> String {
        let (name, args) = call.split_once('(').expect("a call has arguments");
        let args = args.strip_suffix(')').expect("the arguments end");
        let Ok(Literal::List(args, _)) = parse_literal(&format!("[{args}]")) else {
            assert_eq!(args, "", "{call}");
            return self.call_with(name, &[]);
        };
        let args: Vec<Term> = args.iter().map(|arg| literal(self.core.heap(), arg)).collect();
        self.call_with(name, &args)
    }

    /// The canonical text of a term that is written in any way, or an exception.
    fn canonical(&mut self, text: &str) -> String {
        match parse_literal(text) {
            Ok(value) => {
                let value = literal(self.core.heap(), &value);
                display(value, &|pid| self.core.path(pid))
            }
            Err(_) => text.into(),
        }
    }

    fn call_with(&mut self, name: &str, args: &[Term]) -> String {
        match self.run(name, args) {
            Ok(value) => display(value, &|pid| self.core.path(pid)),
            Err(exception) => {
                let reason = display(exception.reason, &|pid| self.core.path(pid));
                format!("{}:{reason}", exception.class.atom().text())
            }
        }
    }

    fn run(&mut self, name: &str, args: &[Term]) -> Result<Term, Exception> {
        let (module, name) = name.split_once(':').expect("module:name");
        let arity = u8::try_from(args.len()).expect("few arguments");
        let native = find(Atom::new(module), Atom::new(name), arity).expect(name);
        match native.1 {
            Native::Host | Native::Ungranted => panic!("{name} is not the machine's"),
            Native::Pure(run) => run(&mut self.core, args),
            Native::Bound(_, run) => match run(&mut self.core, args) {
                Reply::Value(value) => Ok(value),
                Reply::Raise(exception) => Err(exception),
                Reply::Block => Ok(Term::atom(Atom::new("blocked"))),
                Reply::Tail(..) | Reply::Done => panic!("{name} has no value"),
            },
        }
    }
}

/// Each call has this value; all are made by one process, in order.
#[track_caller]
fn check(calls: &[(&str, &str)]) {
    let mut bench = Bench::new(Config::default());
    for (call, value) in calls {
        let called = bench.call(call);
        assert_eq!(called, bench.canonical(value), "{call}");
    }
}

#[test]
fn lists() {
    check(&[
        ("erlang:++([1, 2], [3])", "[1,2,3]"),
        ("erlang:++([], foo)", "foo"),
        ("erlang:++([1], foo)", "[1|foo]"),
        ("erlang:++([1|2], [])", "error:badarg"),
        ("erlang:--([a, b, a, 1, 1.0], [a, 1.0])", "[b,a,1]"),
        ("erlang:--([1], [1|2])", "error:badarg"),
        ("lists:reverse([1, 2], [3])", "[2,1,3]"),
        ("lists:reverse([], foo)", "foo"),
        ("lists:reverse([1|2], [])", "error:badarg"),
        ("lists:member({1}, [0, {1}|x])", "true"),
        ("lists:member(1.0, [1])", "false"),
        ("lists:member(b, [a|x])", "error:badarg"),
        ("lists:keyfind(1, 2, [x, {y}, {a, 1.0}])", "{a,1.0}"),
        ("lists:keyfind(k, 1, [{1, k}])", "false"),
        ("lists:keyfind(k, 0, [])", "error:badarg"),
        ("lists:keymember(1.0, 1, [{1}])", "true"),
        ("lists:keysearch(a, 1, [{b}, {a, 2}])", "{value,{a,2}}"),
    ]);
}

#[test]
fn long_lists_are_subtracted_in_little_time() {
    let mut bench = Bench::new(Config::default());
    let count = 200_000;
    let number = |n: i64| Term::small(n % 1_000 * 7 % 1_000);
    let left = bench.core.heap().list((0..count).map(number));
    // Boxed elements among those that are not.
    let right: Vec<Term> = (0..count)
        .map(|n| if n % 2 == 0 { bench.core.heap().float(n as f64) } else { number(n) })
        .collect();
    let right = bench.core.heap().list(right);
    let rest = bench.run("erlang:--", &[left, right]).expect("two lists");
    // Every odd number is left out; even ones are all there.
    let kept: Vec<Term> = rest.iter().collect();
    assert_eq!(kept.len(), 100_000);
    assert!(kept.iter().all(|n| n.as_small().is_some_and(|n| n % 2 == 0)));
    let all = bench.run("erlang:++", &[left, rest]).expect("two lists");
    assert_eq!(all.length(), Some(300_000));
    let reversed = bench.run("lists:reverse", &[all, Term::NIL]).expect("a list");
    let again = bench.run("lists:reverse", &[reversed, Term::NIL]).expect("a list");
    assert!(all.iter().eq(again.iter()));
}

#[test]
fn tuples() {
    check(&[
        ("erlang:list_to_tuple([1, a])", "{1,a}"),
        ("erlang:list_to_tuple([1|a])", "error:badarg"),
        ("erlang:tuple_to_list({1, {}})", "[1,{}]"),
        ("erlang:setelement(2, {a, b, c}, x)", "{a,x,c}"),
        ("erlang:setelement(4, {a, b, c}, x)", "error:badarg"),
        ("erlang:setelement(0, {a}, x)", "error:badarg"),
        ("erlang:make_tuple(3, x)", "{x,x,x}"),
        ("erlang:make_tuple(-1, x)", "error:badarg"),
        ("erlang:make_tuple(16777216, x)", "error:badarg"),
        ("erlang:make_tuple(3, x, [{2, a}, {2, b}])", "{x,b,x}"),
        ("erlang:make_tuple(3, x, [{4, a}])", "error:badarg"),
        ("erlang:append_element({1}, 2)", "{1,2}"),
        ("erlang:insert_element(1, {b}, a)", "{a,b}"),
        ("erlang:insert_element(2, {b}, c)", "{b,c}"),
        ("erlang:insert_element(3, {b}, c)", "error:badarg"),
        ("erlang:delete_element(1, {a, b})", "{b}"),
        ("erlang:delete_element(3, {a, b})", "error:badarg"),
    ]);
}

#[test]
fn atoms() {
    check(&[
        ("erlang:atom_to_list('a é')", "[97,32,233]"),
        ("erlang:atom_to_binary(abc)", "<<\"abc\">>"),
        ("erlang:atom_to_binary('é', latin1)", "<<233>>"),
        ("erlang:atom_to_binary('€', latin1)", "error:badarg"),
        ("erlang:atom_to_binary(abc, utf9)", "error:badarg"),
        ("erlang:binary_to_atom(<<\"abc\">>)", "abc"),
        ("erlang:binary_to_atom(<<233>>, latin1)", "'é'"),
        ("erlang:binary_to_atom(<<233>>)", "error:badarg"),
        ("erlang:binary_to_existing_atom(<<\"never seen anywhere\">>)", "error:badarg"),
        ("erlang:binary_to_atom(<<\"made here\">>)", "'made here'"),
        (
            "erlang:list_to_existing_atom([109, 97, 100, 101, 32, 104, 101, 114, 101])",
            "'made here'",
        ),
        ("erlang:list_to_existing_atom([a])", "error:badarg"),
    ]);
    let long = format!("erlang:binary_to_atom(<<\"{}\">>)", "x".repeat(256));
    check(&[(&long, "error:system_limit")]);
    let mut bench = Bench::new(Config { atoms_max: 1, ..Config::default() });
    assert_eq!(
        bench.call("erlang:binary_to_atom(<<\"the one that fits\">>)"),
        "'the one that fits'"
    );
    assert_eq!(bench.call("erlang:binary_to_atom(<<\"one more\">>)"), "error:system_limit");
}

#[test]
fn identifiers_are_read_as_they_are_printed() {
    for config in [Config::default(), Config::scheduled()] {
        let mut bench = Bench::new(config);
        let me = bench.core.pid();
        bench.core.machine.origins.lock().extend([
            crate::machine::Origin::Root,
            crate::machine::Origin::Child { parent: 0, number: 1 },
            crate::machine::Origin::Child { parent: 1, number: 1 },
            crate::machine::Origin::Child { parent: 0, number: 2 },
        ]);
        let others: Vec<Pid> = (0..3).map(|_| bench.core.machine.slots.claim()).collect();
        for pid in [me].into_iter().chain(others) {
            let text = bench.run("erlang:pid_to_list", &[Term::pid(pid)]).expect("a pid");
            let read = bench.run("erlang:list_to_pid", &[text]).expect("its text");
            assert_eq!(read, Term::pid(pid));
        }
        let reference = bench.run("erlang:make_ref", &[]).expect("a reference");
        let text = bench.run("erlang:ref_to_list", &[reference]).expect("a reference");
        let read = bench.run("erlang:list_to_ref", &[text]).expect("its text");
        assert_eq!(read.as_ref(), reference.as_ref());
        for wrong in ["<0.9>", "<0.9.9>", "0", "<0.01>", "<0.4294967296.0>", "<>", "<1>"] {
            let text = bench.core.heap().string(wrong);
            assert_eq!(bench.call_with("erlang:list_to_pid", &[text]), "error:badarg", "{wrong}");
        }
        assert_eq!(bench.call("erlang:pid_to_list(x)"), "error:badarg");
        assert_eq!(bench.call("erlang:fun_to_list(x)"), "error:badarg");
        assert_eq!(bench.call("erlang:port_to_list(x)"), "error:badarg");
    }
}

#[test]
fn searches() {
    let words = "<<\"one two, three\">>";
    check(&[
        (&format!("binary:match({words}, <<\"t\">>)"), "{4,1}"),
        (&format!("binary:match({words}, [<<\"t\">>, <<\"th\">>, <<\"two\">>])"), "{4,3}"),
        (&format!("binary:match({words}, <<\"four\">>)"), "nomatch"),
        (&format!("binary:match({words}, <<\"t\">>, [{{scope, {{5, 9}}}}])"), "{9,1}"),
        (&format!("binary:match({words}, <<\"e\">>, [{{scope, {{14, -4}}}}])"), "{12,1}"),
        (&format!("binary:match({words}, <<\"e\">>, [{{scope, {{10, 9}}}}])"), "error:badarg"),
        (&format!("binary:match({words}, <<>>)"), "error:badarg"),
        (&format!("binary:match({words}, [])"), "error:badarg"),
        ("binary:match(<<>>, anything)", "nomatch"),
        (&format!("binary:matches({words}, [<<\"e\">>, <<\"ee\">>])"), "[{2,1},{12,2}]"),
        ("binary:compile_pattern([<<\"a\">>])", "{ac,[<<\"a\">>]}"),
        ("binary:compile_pattern(<<\"a\">>)", "{bm,<<\"a\">>}"),
        ("binary:matches(<<\"aaa\">>, {bm, <<\"aa\">>})", "[{0,2}]"),
        ("binary:split(<<\"a,b,c\">>, <<\",\">>)", "[<<\"a\">>,<<\"b,c\">>]"),
        (
            "binary:split(<<\",a,,b,\">>, <<\",\">>, [global, trim])",
            "[<<>>,<<\"a\">>,<<>>,<<\"b\">>]",
        ),
        (
            "binary:split(<<\",a,,b,\">>, [<<\",\">>, <<\",,\">>], [global, trim_all])",
            "[<<\"a\">>,<<\"b\">>]",
        ),
        ("binary:split(<<\"a\">>, <<\",\">>, [trims])", "error:badarg"),
    ]);
}

/// The three ways to search find the same.
#[test]
fn long_binaries_are_searched_alike() {
    let mut bench = Bench::new(Config::default());
    let text: Vec<u8> = (0..20_000_u32).map(|n| b"abc"[(n * n / 7 % 3) as usize]).collect();
    let patterns: [&[u8]; 4] = [b"abca", b"bc", b"bcb", b"aaaa"];
    let long = bench.core.heap().binary(&text);
    let terms: Vec<Term> = patterns.iter().map(|p| bench.core.heap().binary(p)).collect();
    let list = bench.core.heap().list(terms.clone());
    let places = |term: Term| -> Vec<(i64, i64)> {
        term.iter()
            .map(|place| match place.as_tuple() {
                Some(&[start, length]) => {
                    (start.as_small().unwrap_or(-1), length.as_small().unwrap_or(-1))
                }
                _ => panic!("a place is a pair"),
            })
            .collect()
    };
    // Piece by piece the binary is small enough to try every pattern.
    let all = places(bench.run("binary:matches", &[long, list]).expect("binaries"));
    assert!(all.len() > 1_000);
    let mut end = 0;
    for (start, length) in &all {
        let (start, length) = (*start as usize, *length as usize);
        let found = &text[start..start + length];
        let at = |place: usize| {
            patterns.iter().filter(|p| text[place..].starts_with(p)).map(|p| p.len()).max()
        };
        assert!((end..start).all(|place| at(place).is_none()));
        assert_eq!(at(start), Some(found.len()));
        end = start + length;
    }
    for (pattern, term) in patterns.iter().zip(terms) {
        let found = places(bench.run("binary:matches", &[long, term]).expect("binaries"));
        let mut from = 0;
        let mut expected = Vec::new();
        while let Some(at) = text[from..].windows(pattern.len()).position(|w| w == *pattern) {
            expected.push(((from + at) as i64, pattern.len() as i64));
            from += at + pattern.len();
        }
        assert_eq!(found, expected);
    }
}

#[test]
fn calendar() {
    check(&[
        ("erlang:universaltime()", "{{2000,2,29},{0,0,0}}"),
        ("erlang:date()", "{2000,2,29}"),
        ("erlang:time()", "{0,0,0}"),
        ("erlang:universaltime_to_posixtime({{2000, 2, 29}, {0, 0, 1}})", "951782401"),
        ("erlang:universaltime_to_posixtime({{1999, 2, 29}, {0, 0, 1}})", "error:badarg"),
        ("erlang:posixtime_to_universaltime(-1)", "{{1969,12,31},{23,59,59}}"),
        ("erlang:posixtime_to_universaltime(253402300800)", "error:badarg"),
        (
            "erlang:localtime_to_universaltime({{1970, 1, 1}, {0, 0, 0}}, true)",
            "{{1970,1,1},{0,0,0}}",
        ),
        ("erlang:localtime_to_universaltime({{1970, 1, 1}, {0, 0, 0}}, x)", "error:badarg"),
    ]);
    let mut bench = Bench::new(Config::scheduled());
    assert_eq!(bench.call("erlang:localtime()"), "{{2009, 11, 10}, {23, 0, 0}}");
}

#[test]
fn persistent_terms() {
    check(&[
        ("persistent_term:get(k)", "error:badarg"),
        ("persistent_term:get(k, none)", "none"),
        ("persistent_term:put({a, 1}, [x, 2.5, <<\"bytes\">>])", "ok"),
        ("persistent_term:put(1, one)", "ok"),
        ("persistent_term:put(1.0, float)", "ok"),
        ("persistent_term:get({a, 1})", "[x,2.5,<<\"bytes\">>]"),
        ("persistent_term:put(1, other)", "ok"),
        ("persistent_term:get()", "[{1,other},{1.0,float},{{a,1},[x,2.5,<<\"bytes\">>]}]"),
        ("persistent_term:erase(1)", "true"),
        ("persistent_term:erase(1)", "false"),
        ("persistent_term:get(1)", "error:badarg"),
    ]);
}

/// What is read is what was put, at one place, and outlives the process.
#[test]
fn persistent_terms_are_not_copied_when_read() {
    let mut bench = Bench::new(Config::default());
    let bytes = bench.core.heap().binary(&[7; 1_000]);
    let value = bench.core.heap().tuple(&[bytes, Term::small(1)]);
    let key = Term::small(5);
    bench.run("persistent_term:put", &[key, value]).expect("anything can be put");
    let first = bench.run("persistent_term:get", &[key]).expect("it is there");
    assert!(first != value && !bench.core.heap().contains(first.address()));
    // The same again is not kept twice, nor is what is there already.
    bench.run("persistent_term:put", &[key, value]).expect("anything can be put");
    assert_eq!(bench.run("persistent_term:get", &[key]).ok(), Some(first));
    bench.run("persistent_term:put", &[Term::small(6), first]).expect("anything can be put");
    assert_eq!(bench.run("persistent_term:get", &[Term::small(6)]).ok(), Some(first));
    drop(bench.core.leave());
    assert_eq!(display(first, &|_| String::new()).matches("7,").count(), 1_000 - 1);
}

#[test]
fn dictionary() {
    check(&[
        ("erlang:get(a)", "undefined"),
        ("erlang:erase(a)", "undefined"),
        ("erlang:get()", "[]"),
        ("erlang:put(a, 1)", "undefined"),
        ("erlang:put(a, 2)", "1"),
        ("erlang:put({b}, 2)", "undefined"),
        ("erlang:put(1, 2.0)", "undefined"),
        ("erlang:get(a)", "2"),
        ("erlang:get()", "[{1,2.0},{a,2},{{b},2}]"),
        ("erlang:get_keys()", "[1,a,{b}]"),
        ("erlang:get_keys(2)", "[a,{b}]"),
        ("erlang:erase({b})", "2"),
        ("erlang:erase({b})", "undefined"),
        ("erlang:erase()", "[{1,2.0},{a,2}]"),
        ("erlang:get()", "[]"),
        ("erlang:put(a, 3)", "undefined"),
        ("erlang:erase(a)", "3"),
        ("erlang:get_keys()", "[]"),
    ]);
}

#[test]
fn references_and_aliases() {
    let mut bench = Bench::new(Config::default());
    let first = bench.run("erlang:unique_integer", &[]).ok().and_then(Term::as_small);
    let second = bench.run("erlang:unique_integer", &[Term::NIL]).ok().and_then(Term::as_small);
    assert!(first > Some(0) && second > first);
    assert_eq!(bench.call("erlang:unique_integer([positive, unknown])"), "error:badarg");
    let alias = bench.run("erlang:alias", &[]).expect("an alias");
    let other = bench.run("erlang:make_ref", &[]).expect("a reference");
    assert_eq!(bench.call_with("erlang:unalias", &[other]), "false");
    assert_eq!(bench.call_with("erlang:unalias", &[alias]), "true");
    assert_eq!(bench.call_with("erlang:unalias", &[alias]), "false");
    assert_eq!(bench.call("erlang:unalias(x)"), "error:badarg");
    assert_eq!(bench.call("erlang:alias([unknown])"), "error:badarg");
    let spent = bench.core.spent();
    assert_eq!(bench.call("erlang:bump_reductions(100)"), "true");
    assert_eq!(bench.core.spent(), spent + 100);
    assert_eq!(bench.call("erlang:bump_reductions(0)"), "error:badarg");
    // In machines that are compared it says who made it.
    let mut bench = Bench::new(Config::scheduled());
    assert_eq!(bench.call("erlang:unique_integer()"), "4294967296");
}

#[test]
fn output() {
    let mut bench = Bench::new(Config::default());
    let calls = [
        ("lam:write(log, [<<\"ab\">>, [99|<<\"d\">>], 10])", "ok"),
        ("lam:write(log, [300])", "error:badarg"),
        ("lam:write(1, [])", "error:badarg"),
        ("erlang:display({a, [1]})", "true"),
        ("erlang:display_string([8364, 10])", "true"),
        ("erlang:display_string(<<\"x\">>)", "true"),
        ("erlang:display_string([-1])", "error:badarg"),
    ];
    for (call, value) in calls {
        assert_eq!(bench.call(call), value, "{call}");
    }
    let written = bench.world.written.lock().clone();
    assert_eq!(written, "log: abcd\nstdout: {a, [1]}\nstdout: €\nstdout: x");
    let mut bench = Bench::new(Config::scheduled());
    assert_eq!(bench.call("lam:write(log, <<\"kept\">>)"), "ok");
    assert_eq!(bench.core.machine.ports.lock()["log"], b"kept");
}

#[test]
fn input() {
    let inputs = [("in".to_string(), b"first\nlast".to_vec())].into();
    let mut bench = Bench::new(Config { inputs, ..Config::default() });
    let lines =
        ["<<\"first\\n\">>", "<<\"last\">>", "<<\"line 1\\n\">>", "<<\"line 2\\n\">>", "eof"];
    for line in lines {
        let read = bench.call("lam:read(in)");
        assert_eq!(read, bench.canonical(line));
    }
    assert_eq!(bench.call("lam:read(1)"), "error:badarg");
    let mut bench = Bench::new(Config::scheduled());
    assert_eq!(bench.call("lam:read(in)"), "blocked");
    assert_eq!((bench.core.me.status, bench.core.me.calls), (Status::Blocked, 1));
    let requests = bench.core.machine.requests.lock().clone();
    assert_eq!(requests, [((bench.core.pid(), 1), Atom::new("in"))].into());
}

#[test]
fn halting() {
    for (call, status) in [
        ("erlang:halt()", 0),
        ("erlang:halt(259)", 3),
        ("erlang:halt(4611686018427387905, [])", 1),
        ("erlang:halt(abort)", 134),
        ("erlang:halt([111, 104])", 1),
    ] {
        let granted = [Capability::Output].into();
        let mut bench = Bench::new(Config { granted, ..Config::default() });
        assert_eq!(bench.call(call), "true");
        assert_eq!(*bench.core.machine.ended.lock(), Some(End::Halt(status)), "{call}");
        assert!(bench.core.yielded);
        let said = if call.contains('[') && !call.contains("[]") { "stderr: oh\n" } else { "" };
        assert_eq!(*bench.world.written.lock(), said);
    }
    check(&[("erlang:halt(-1)", "error:badarg"), ("erlang:halt(x)", "error:badarg")]);
}

#[test]
fn code() {
    assert_eq!(Config::default().mode, Mode::Free);
    check(&[
        ("erlang:function_exported(lists, reverse, 2)", "true"),
        ("erlang:function_exported(lists, reverse, 9)", "false"),
        ("erlang:function_exported(lists, reverse, 300)", "false"),
        ("erlang:function_exported(lists, reverse, -1)", "error:badarg"),
        ("erlang:is_builtin(lists, reverse, 2)", "true"),
        ("erlang:is_builtin(lists, map, 2)", "false"),
        ("erlang:module_loaded(erlang)", "true"),
        ("erlang:module_loaded(nowhere)", "false"),
        ("erlang:loaded()", "[]"),
        ("erlang:get_module_info(nowhere)", "error:badarg"),
        ("erlang:get_module_info(nowhere, exports)", "error:badarg"),
        ("erlang:make_fun(m, f, 3)", "fun m:f/3"),
        ("erlang:make_fun(m, f, 256)", "error:badarg"),
    ]);
}

#[test]
fn alone() {
    check(&[
        ("erlang:nodes()", "[]"),
        ("erlang:is_alive()", "false"),
        ("erlang:monitor_node(x, true)", "error:notalive"),
        ("os:type()", "{unix,lam}"),
        ("os:getenv(home)", "false"),
    ]);
}

/// No two natives have the same name and arity.
#[test]
fn names_are_different() {
    let mut seen = std::collections::HashSet::new();
    for (module, name, arity, _) in super::names() {
        assert!(seen.insert((module, name, arity)), "{module}:{name}/{arity}");
    }
}

//! Every `.beam` file of the installed Erlang/OTP and Elixir translates, verifies and survives the
//! binary form.

mod skip;

use skip::skip;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What one folder tree gave.
#[derive(Default)]
struct Counts {
    modules: usize,
    functions: usize,
    instructions: usize,
    rejected: Vec<String>,
}

/// The output of a command, if it can be run at all.
fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.is_empty()).then(|| text.trim().to_owned())
}

fn beams(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            beams(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "beam") {
            found.push(path);
        }
    }
}

fn translate_all(folder: &Path) -> Counts {
    let mut files = Vec::new();
    beams(folder, &mut files);
    files.sort();
    let mut counts = Counts::default();
    for file in files {
        let bytes = std::fs::read(&file).expect("a readable file");
        assert!(lam_beam::is_beam(&bytes), "{}", file.display());
        let module = match lam_beam::translate(&bytes) {
            Ok(module) => module,
            Err(error) => {
                counts.rejected.push(format!("{}: {error}", file.display()));
                continue;
            }
        };
        counts.modules += 1;
        counts.functions += module.functions.len();
        counts.instructions += module.functions.iter().map(|f| f.code.len()).sum::<usize>();
        let interface = lam_beam::interface(&bytes).expect("what translates has an interface");
        assert_eq!(&*interface.name, module.name());
        let bytes = lam_isa::binary::encode(std::slice::from_ref(&module));
        match lam_isa::binary::decode(&bytes) {
            Ok(decoded) => assert!(decoded == [module.clone()], "{}", file.display()),
            Err(error) => panic!("{}: {error}", file.display()),
        }
        if let Err(errors) = lam_isa::verify(module) {
            counts.rejected.extend(errors.iter().map(|error| format!("{error}")));
        }
    }
    counts
}

#[test]
fn otp() {
    let ask = "io:put_chars(code:lib_dir()), halt().";
    let Some(folder) = output("erl", &["-noshell", "-eval", ask]) else {
        return skip("erl is not installed");
    };
    for (library, at_least) in
        [("stdlib", 85), ("kernel", 90), ("compiler", 50), ("erts", 15), ("", 250)]
    {
        let mut counts = Counts::default();
        for entry in std::fs::read_dir(&folder).expect("the library folder").flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let (base, _version) = name.split_once('-').unwrap_or((&name, ""));
            if base == library || library.is_empty() {
                let more = translate_all(&entry.path());
                counts.modules += more.modules;
                counts.functions += more.functions;
                counts.instructions += more.instructions;
                counts.rejected.extend(more.rejected);
            }
        }
        let Counts { modules, functions, instructions, mut rejected } = counts;
        let library = if library.is_empty() { "all of OTP" } else { library };
        println!(
            "{library}: translated and verified {modules} modules, {functions} functions, \
             {instructions} instructions"
        );
        assert!(modules >= at_least, "{library} has {modules} modules, at least {at_least} wanted");
        // Written in assembly: it calls a fun between looking at a message and taking it.
        rejected.retain(|error| {
            !(error.starts_with("prim_eval:receive/2") && error.contains("val.accept.held"))
        });
        assert!(rejected.is_empty(), "{library}:\n{}", rejected.join("\n"));
    }
}

#[test]
fn elixir() {
    let Some(folder) = output("elixir", &["-e", "IO.puts(:code.lib_dir(:elixir))"]) else {
        return skip("elixir is not installed");
    };
    let folder = Path::new(&folder).parent().expect("a folder of libraries");
    let Counts { modules, functions, instructions, rejected } = translate_all(folder);
    println!(
        "Elixir: translated and verified {modules} modules, {functions} functions, \
         {instructions} instructions"
    );
    assert!(modules >= 250, "Elixir has {modules} modules");
    assert!(rejected.is_empty(), "{}", rejected.join("\n"));
}

/// Modules with much matching, making of binaries, floats, receiving and funs.
const SAMPLE: &[&str] =
    &["base64", "gen_server", "io_lib_format", "rand", "timer", "unicode", "uri_string", "zip"];

#[test]
fn shapes_of_older_and_other_compilations() {
    if output("erl", &["-noshell", "-eval", "io:put_chars(code:lib_dir()), halt()."]).is_none() {
        return skip("erl is not installed");
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shapes");
    for option in ["r22", "r23", "r24", "no_type_opt", "no_postopt", "inline"] {
        let into = folder.join(option);
        std::fs::create_dir_all(&into).expect("a folder for tests");
        let program = format!(
            "[begin {{ok, {{M, [{{abstract_code, {{_, Code}}}}]}}}} = \
             beam_lib:chunks(code:which(M), [abstract_code]), \
             {{ok, M, Beam}} = compile:forms(Code, [binary, {option}]), \
             ok = file:write_file(filename:join(\"{}\", M) ++ \".beam\", Beam) end \
             || M <- [{}]], io:put_chars(\"done\"), halt().",
            into.display(),
            SAMPLE.join(",")
        );
        let done = output("erl", &["-noshell", "-eval", &program]);
        assert_eq!(done.as_deref(), Some("done"), "erl compiles with {option}");
        let Counts { modules, functions, instructions, rejected } = translate_all(&into);
        println!("{option}: {modules} modules, {functions} functions, {instructions} instructions");
        assert_eq!(modules, SAMPLE.len());
        assert!(rejected.is_empty(), "{option}:\n{}", rejected.join("\n"));
    }
}

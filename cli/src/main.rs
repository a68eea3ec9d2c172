//! `lam`, the command: arguments in, exit status out, and nothing else.
//!
//! What a verb does is in the module of its name; how input is read, trouble told and text
//! printed is in `input`, `diagnostics` and `console`.

mod asm;
mod cache;
mod check;
mod console;
mod diagnostics;
mod explore;
mod fmt;
mod input;
mod library;
mod machine;
mod model;
mod run;
mod shipped;
mod trace;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use console::Console;
use diagnostics::{Failure, Status};
use std::ffi::OsString;
use std::process::ExitCode;

/// The Little Actor Machine: run, check, explore and translate programs.
///
/// A program is LAM text, a LAM binary or a BEAM file; which one is seen from its content, never
/// from its name. `lam FILE ARGS` is short for `lam run FILE ARGS`.
#[derive(Parser)]
#[command(name = "lam", version, arg_required_else_help = true, after_help = STATUSES)]
struct Cli {
    /// When to colour messages.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    color: Color,
    /// Answer and complain in JSON, one value a line.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

const STATUSES: &str = "\
Exit status: 0 all is well, or the program's own by `halt`; 1 the first process ended with an
error, or a check found something; 2 wrong usage; 3 invalid input; 4 a limit was reached;
5 deadlock; 101 a bug of lam.";

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    /// In a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Subcommand)]
enum Verb {
    /// Run a program; this is what happens without a verb, too.
    Run(run::Run),
    /// Assemble: write a program as a LAM binary.
    Asm(asm::Asm),
    /// Disassemble: print a program as LAM text.
    Dis(asm::Dis),
    /// Verify programs and tell what they need.
    Check(check::Check),
    /// Put LAM text into its usual shape.
    Fmt(fmt::Fmt),
    /// List every outcome that some schedule leads to.
    Explore(explore::Explore),
    /// Follow a schedule and tell the outcome.
    Replay(explore::Replay),
    /// Search a program with TLC, in the model: its outcomes, and what must hold of every state.
    Model(model::Model),
    /// Run a program and print every step with its rule.
    Trace(trace::Trace),
    /// Ask TLC whether the model's machine can do what a trace says.
    CheckTrace(trace::CheckTrace),
    /// Print the instruction table as JSON.
    Spec,
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the version.
    Version,
}

fn main() -> ExitCode {
    let arguments = std::env::args_os().map(|argument| match argument.to_str() {
        // Erlang's spelling, with one dash.
        Some("-pa") => "--pa".into(),
        _ => argument,
    });
    let cli = Cli::parse_from(with_default_verb(arguments.collect()));
    let console = Console::new(cli.color.into(), cli.json);
    let done = match cli.verb {
        Verb::Run(run) => run.run(&console),
        Verb::Explore(explore) => explore.run(&console),
        Verb::Replay(replay) => replay.run(&console),
        Verb::Model(model) => model.run(&console),
        Verb::Trace(trace) => trace.run(&console),
        Verb::CheckTrace(check) => check.run(&console),
        Verb::Asm(asm) => asm.run(&console),
        Verb::Dis(dis) => dis.run(&console),
        Verb::Check(check) => check.run(&console),
        Verb::Fmt(fmt) => fmt.run(&console),
        Verb::Spec => console.out(&lam_isa::spec::json()).map(|()| Status::OK),
        Verb::Completions { shell } => completions(&console, shell),
        Verb::Version => version(&console),
    };
    let status = done.unwrap_or_else(|failure: Failure| {
        console.complain(&failure);
        failure.status
    });
    ExitCode::from(status.0)
}

/// Puts `run` before a program's name.
fn with_default_verb(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let verbs = Cli::command();
    let first = arguments.get(1).and_then(|argument| argument.to_str()).map(str::to_owned);
    if let Some(first) = first
        && !first.starts_with('-')
        && first != "help"
        && !verbs.get_subcommands().any(|verb| verb.get_name() == first)
        // A word that is neither a verb nor a file was meant as a verb.
        && (first.contains(['.', '/', '\\']) || std::path::Path::new(&first).exists())
    {
        arguments.insert(1, "run".into());
    }
    arguments
}

fn completions(console: &Console, shell: clap_complete::Shell) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "lam", &mut script);
    console.bytes(&script)?;
    Ok(Status::OK)
}

fn version(console: &Console) -> Result<Status, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    if console.json {
        let value = serde_json::json!({
            "name": "lam", "version": version, "instructions": lam_isa::INSTRUCTIONS.len(),
            "machines": ["fast", "reference"],
        });
        console.out(&format!("{value}\n"))?;
    } else {
        console.out(&format!("lam {version}\n"))?;
    }
    Ok(Status::OK)
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> anstream::ColorChoice {
        match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}

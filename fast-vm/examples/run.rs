//! Runs a program of LAM text: `run FILE MODULE FUNCTION [SCHEDULERS]`.

use lam_fast::{Config, Host, Program, Vm};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

struct World(Instant);

impl Host for World {
    fn write(&self, _: &str, bytes: &[u8]) {
        use std::io::Write;
        let _ = std::io::stdout().write_all(bytes);
    }

    fn monotonic_ns(&self) -> u64 {
        self.0.elapsed().as_nanos() as u64
    }

    fn system_ns(&self) -> u64 {
        SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_nanos() as u64)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, file, module, function, schedulers @ ..] = args.as_slice() else {
        return Err("run FILE MODULE FUNCTION [SCHEDULERS]".into());
    };
    let text = std::fs::read_to_string(file)?;
    let modules = lam_isa::text::parse(&text).map_err(|errors| format!("{errors:?}"))?;
    let modules = modules.into_iter().map(|module| lam_isa::verify(module).map(Arc::new));
    let program = Program {
        modules: modules.collect::<Result<_, _>>().map_err(|errors| format!("{errors:?}"))?,
        module: module.clone(),
        function: function.clone(),
        arguments: Vec::new(),
    };
    let schedulers = schedulers.first().map_or(Ok(1), |n| n.parse())?;
    let config =
        Config { paths: std::env::var_os("PATHS").is_some(), schedulers, ..Config::default() };
    let mut vm = Vm::new(&program, config, Arc::new(World(Instant::now())));
    vm.run();
    match vm.root() {
        Some(end) if !end.normal => Err(format!("{end:?}").into()),
        Some(_) => Ok(()),
        None => Err(format!("{:?}", vm.waiting()).into()),
    }
}

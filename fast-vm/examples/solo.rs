//! Temporary.
use lam_fast::{Config, Host};
use std::sync::Arc;
struct World;
impl Host for World {
    fn write(&self, _: &str, _: &[u8]) {}
    fn monotonic_ns(&self) -> u64 {
        0
    }
    fn system_ns(&self) -> u64 {
        0
    }
}
#[allow(clippy::print_stdout)]
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).expect("file");
    let modules = lam_isa::text::parse(&text).expect("parses");
    let modules =
        modules.into_iter().map(|m| Arc::new(lam_isa::verify(m).expect("verifies"))).collect();
    let t = std::time::Instant::now();
    let out = lam_fast::solo::solo(
        modules,
        Config::default(),
        Arc::new(World),
        &args[2],
        &args[3],
        args.get(4).map(|n| n.parse().expect("n")),
    );
    println!("{out} {:?}", t.elapsed());
}

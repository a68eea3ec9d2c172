//! A LAM program in a Rust application: with a native of the application, and with limits.
#![allow(clippy::print_stdout)] // It is an application.

use lam_fast::{Capability, Config, Host, Program, Value, Vm};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

const TILL: &str = "
module till
export main/1

function main/1
    frame +0
    call shop:price/1
    call erlang:display/1
    ret 0
";

struct Shop(Instant);

impl Host for Shop {
    fn natives(&self) -> Vec<(String, String, u8)> {
        vec![("shop".into(), "price".into(), 1)]
    }

    fn call(&self, _module: &str, _name: &str, arguments: &[Value]) -> Result<Value, Value> {
        match arguments {
            [Value::Atom(fruit)] if fruit == "apple" => Ok(Value::Int(30)),
            _ => Err(Value::Atom("sold_out".into())),
        }
    }

    fn write(&self, _port: &str, bytes: &[u8]) {
        print!("{}", String::from_utf8_lossy(bytes));
    }

    fn monotonic_ns(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn system_ns(&self) -> u64 {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Asks for a fruit, within 10,000 words of memory for each process and so much fuel.
pub fn sell(fruit: &str, fuel: u64) -> Vm {
    let mut program = Program::load(TILL.as_bytes()).expect("the till is in order");
    program.arguments = vec![Value::Atom(fruit.into())];
    let granted = [Capability::Output].into();
    let config = Config { heap_words: 10_000, fuel: Some(fuel), granted, ..Config::default() };
    let mut vm = Vm::new(&program, config, Arc::new(Shop(Instant::now())));
    vm.run();
    vm
}

fn main() {
    for (fruit, fuel) in [("apple", 100), ("plum", 100), ("apple", 2)] {
        let vm = sell(fruit, fuel);
        println!("{fruit}: {:?}, {:?}", vm.root().map(|root| root.reason), vm.end());
    }
}

//! The world of a machine: what JavaScript answers.

use crate::codec;
use lam_fast::{Host, Value};
use lam_isa::Verified;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

#[link(wasm_import_module = "lam")]
unsafe extern "C" {
    /// Milliseconds since some moment, never less than before.
    safe fn monotonic_ms() -> f64;
    /// Milliseconds since the beginning of 1970.
    safe fn system_ms() -> f64;
    /// Bytes were written to a port.
    fn write(port: *const u8, port_len: usize, bytes: *const u8, len: usize);
    /// The module of that name is put into the buffer (`lam_buffer`); 0 if there is none.
    fn module(name: *const u8, len: usize) -> u32;
    /// Calls the native of that number with encoded arguments and puts its encoded value into the
    /// buffer; 0 if it threw, and the buffer has the reason.
    fn call(native: u32, arguments: *const u8, len: usize) -> u32;
}

/// The world of a machine.
#[derive(Default)]
pub struct World {
    /// Module, name and arity of the natives of JavaScript, in the order of their numbers.
    pub natives: Vec<(String, String, u8)>,
    /// What was written, if it is to be in the outcome.
    pub ports: Option<Mutex<BTreeMap<String, Vec<u8>>>>,
}

fn ns(ms: f64) -> u64 {
    // A negative time becomes 0, a large one the largest.
    (ms * 1e6) as u64
}

impl Host for World {
    fn module(&self, name: &str) -> Option<Arc<Verified>> {
        // SAFETY: the bytes are those of a text that lives during the call.
        let found = unsafe { module(name.as_ptr(), name.len()) } != 0;
        let modules = found.then(|| lam_fast::load(&crate::taken()).ok())??;
        modules.into_iter().find(|module| module.name() == name)
    }

    fn natives(&self) -> Vec<(String, String, u8)> {
        self.natives.clone()
    }

    fn call(&self, module: &str, name: &str, arguments: &[Value]) -> Result<Value, Value> {
        let is_it = |(m, n, a): &(String, String, u8)| {
            m == module && n == name && usize::from(*a) == arguments.len()
        };
        let undef = || Value::Atom("undef".into());
        let number = self.natives.iter().position(is_it).ok_or_else(undef)?;
        let mut bytes = Vec::new();
        codec::write(&Value::List(arguments.to_vec()), &mut bytes);
        // SAFETY: the bytes live during the call.
        let returned = unsafe { call(number as u32, bytes.as_ptr(), bytes.len()) } != 0;
        let value = codec::read(&crate::taken()).ok_or_else(|| Value::Atom("badarg".into()))?;
        if returned { Ok(value) } else { Err(value) }
    }

    fn write(&self, port: &str, bytes: &[u8]) {
        if let Some(ports) = &self.ports {
            let mut ports = ports.lock().unwrap_or_else(PoisonError::into_inner);
            ports.entry(port.into()).or_default().extend_from_slice(bytes);
        }
        // SAFETY: port and bytes live during the call.
        unsafe { write(port.as_ptr(), port.len(), bytes.as_ptr(), bytes.len()) }
    }

    fn monotonic_ns(&self) -> u64 {
        ns(monotonic_ms())
    }

    fn system_ns(&self) -> u64 {
        ns(system_ms())
    }
}

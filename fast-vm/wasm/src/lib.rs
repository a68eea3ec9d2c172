//! The fast machine as a WebAssembly module: one machine in each instance, without threads.
//!
//! JavaScript puts bytes for a call into the buffer ([`lam_buffer`]), and finds those of an answer
//! there ([`lam_length`]); no memory changes hands. [`lam_load`] and [`lam_boot`] make a machine,
//! [`lam_run_for`] gives it time, [`lam_send`] brings it the events of the world. `lam.mjs` is the
//! other side of all this.

mod codec;
mod world;

use lam_fast::{Capability, Config, Program, Progress, Value, Vm};
use lam_isa::Verified;
use std::cell::RefCell;
use std::sync::{Arc, PoisonError};
use world::World;

thread_local! {
    /// The bytes of the next call, or of the last answer.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// The modules that were loaded for the machine to come.
    static MODULES: RefCell<Vec<Arc<Verified>>> = const { RefCell::new(Vec::new()) };
    static MACHINE: RefCell<Option<(Vm, Arc<World>)>> = const { RefCell::new(None) };
}

/// Takes the bytes out of the buffer.
fn taken() -> Vec<u8> {
    BUFFER.take()
}

fn answer(bytes: Vec<u8>) {
    BUFFER.set(bytes);
}

/// Makes the buffer so many bytes long and says where they are: valid until the next call of any
/// function of this module.
// SAFETY: no other symbol has this name; so for all below.
#[unsafe(no_mangle)]
pub extern "C" fn lam_buffer(length: usize) -> *mut u8 {
    BUFFER.with_borrow_mut(|buffer| {
        buffer.clear();
        buffer.resize(length, 0);
        buffer.as_mut_ptr()
    })
}

/// How many bytes the answer in the buffer has.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn lam_length() -> usize {
    BUFFER.with_borrow(Vec::len)
}

/// Where the answer in the buffer is: valid as that of [`lam_buffer`].
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn lam_answer() -> *const u8 {
    BUFFER.with_borrow(|buffer| buffer.as_ptr())
}

/// Adds the modules in the buffer to the program; 0 if they are refused, and the answer is why: a
/// line for each error that begins with the id of the rule.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn lam_load() -> u32 {
    match lam_fast::load(&taken()) {
        Ok(modules) => {
            MODULES.with_borrow_mut(|all| all.extend(modules));
            1
        }
        Err(why) => {
            answer(why.to_string().into_bytes());
            0
        }
    }
}

/// Makes the machine of the loaded modules, in the place of one that there was. The buffer has a map
/// of settings; 0 if a setting is wrong, and the answer is which.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn lam_boot() -> u32 {
    let modules = MODULES.take();
    match settings(&taken(), modules) {
        Ok((program, config, world)) => {
            let world = Arc::new(world);
            let vm = Vm::new(&program, config, world.clone());
            MACHINE.set(Some((vm, world)));
            1
        }
        Err(why) => {
            answer(why.into_bytes());
            0
        }
    }
}

/// What the settings say, all of them optional: the first function, limits, what can be read, the
/// natives of JavaScript, and whether all is recorded for [`lam_outcome`].
fn settings(bytes: &[u8], modules: Vec<Arc<Verified>>) -> Result<(Program, Config, World), String> {
    let Some(Value::Map(settings)) = codec::read(bytes) else {
        return Err("the settings are no map".into());
    };
    let mut program = Program::new(modules);
    let mut config =
        Config { granted: [Capability::Output, Capability::Clock].into(), ..Config::default() };
    let mut world = World::default();
    for (name, value) in settings {
        let Value::Binary(name) = name else { return Err("a setting has no name".into()) };
        let name = String::from_utf8_lossy(&name).into_owned();
        set(&name, value, &mut program, &mut config, &mut world)
            .ok_or_else(|| format!("setting {name} is unknown or has a wrong value"))?;
    }
    Ok((program, config, world))
}

fn set(
    name: &str,
    value: Value,
    program: &mut Program,
    config: &mut Config,
    world: &mut World,
) -> Option<()> {
    match (name, value) {
        ("module", Value::Binary(text)) => program.module = String::from_utf8(text).ok()?,
        ("function", Value::Binary(text)) => program.function = String::from_utf8(text).ok()?,
        ("arguments", Value::List(values)) => program.arguments = values,
        ("granted", Value::List(names)) => {
            let capability = |name: &Value| match name {
                Value::Binary(text) => Capability::named(std::str::from_utf8(text).ok()?),
                _ => None,
            };
            config.granted = names.iter().map(capability).collect::<Option<_>>()?;
        }
        ("stdin", Value::Binary(bytes)) => {
            config.inputs.insert("stdin".into(), bytes);
        }
        ("record", Value::Int(on)) => {
            config.paths = on != 0;
            config.fates = on != 0;
            world.ports = (on != 0).then(Default::default);
        }
        ("natives", Value::List(natives)) => {
            for native in natives {
                let Value::Tuple(parts) = native else { return None };
                let [Value::Binary(module), Value::Binary(name), Value::Int(arity)] =
                    <[Value; 3]>::try_from(parts).ok()?
                else {
                    return None;
                };
                let texts = (String::from_utf8(module).ok()?, String::from_utf8(name).ok()?);
                world.natives.push((texts.0, texts.1, u8::try_from(arity).ok()?));
            }
        }
        (name, Value::Int(n)) => {
            let n = u64::try_from(n).ok()?;
            let size = usize::try_from(n).unwrap_or(usize::MAX);
            let narrow = u32::try_from(n).unwrap_or(u32::MAX);
            match name {
                "fuel" => config.fuel = Some(n),
                "heap" => config.heap_words = n,
                "mailbox" => config.mailbox_max = size,
                "processes" => config.processes_max = size,
                "atoms" => config.atoms_max = size,
                "integer_bits" => config.integer_bits = n,
                "trace_depth" => config.trace_depth = size,
                "trace_lines" => config.trace_lines = n != 0,
                "budget" => config.budget_max = narrow,
                "root_halts" => config.root_halts = n != 0,
                _ => return None,
            }
        }
        _ => return None,
    }
    Some(())
}

/// Runs the machine for about so many reductions: 0 if there is more to do at once, a number of
/// milliseconds before which nothing happens but by a message, infinity if nothing does at all, -1
/// if it has ended early, -2 if there is none.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn lam_run_for(reductions: f64) -> f64 {
    MACHINE.with_borrow_mut(|machine| {
        let Some((vm, _)) = machine else { return -2.0 };
        match vm.run_for(reductions as u64) {
            Progress::Ready => 0.0,
            // A timer that is due has been fired: what is left takes a while.
            Progress::Idle(Some(ns)) => (ns as f64 / 1e6).max(f64::MIN_POSITIVE),
            Progress::Idle(None) => f64::INFINITY,
            Progress::Ended => -1.0,
        }
    })
}

/// Sends a message to a registered process: the buffer has a tuple of name and message. 0 if there
/// is no such process.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn lam_send() -> u32 {
    let Some(Value::Tuple(pair)) = codec::read(&taken()) else { return 0 };
    let Ok([Value::Binary(name), message]) = <[Value; 2]>::try_from(pair) else { return 0 };
    let sent = MACHINE.with_borrow(|machine| {
        let (vm, _) = machine.as_ref()?;
        Some(vm.send(std::str::from_utf8(&name).ok()?, &message))
    });
    u32::from(sent == Some(true))
}

/// Answers with how the first process ended: 0 if it has not, 1 if normally, 2 if not, and then
/// the answer is a text: the reason, and a line for each call of the stack trace.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn lam_root() -> u32 {
    let root = MACHINE.with_borrow(|machine| machine.as_ref().and_then(|(vm, _)| vm.root()));
    let Some(root) = root else { return 0 };
    let mut text = root.reason;
    for frame in root.frames {
        text += &format!("\n  in {}", frame.call);
        if let Some((file, line)) = frame.place {
            text += &format!(", {file}:{line}");
        }
    }
    answer(text.into_bytes());
    if root.normal { 1 } else { 2 }
}

/// Answers with all that can be observed of a machine that records, in one line of text.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn lam_outcome() {
    let outcome = MACHINE.with_borrow(|machine| {
        let (vm, world) = machine.as_ref()?;
        let mut outcome = vm.outcome();
        if let Some(ports) = &world.ports {
            outcome.ports = ports.lock().unwrap_or_else(PoisonError::into_inner).clone();
        }
        Some(outcome.to_string())
    });
    answer(outcome.unwrap_or_default().into_bytes());
}

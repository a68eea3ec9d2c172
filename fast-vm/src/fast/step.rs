//! Probes: what a machine does before every instruction if it takes steps one by one, counts fuel
//! to the last instruction, or is under stress. Without these, no code has probes.

use super::{M, Operation, dispatch};
use crate::atom::Atom;
use crate::code::Site;
use crate::config::Mode;
use crate::core::Core;
use crate::native::{Effect, Native};
use crate::process::Saved;
use crate::term::{Term, View};
use lam_isa::operand::{Arity, Src, Target};
use lam_isa::outcome::{End, Limit};
use lam_isa::table::Class;
use lam_isa::{FunRef, Instr, Rule};
use std::ptr::with_exposed_provenance;
use std::sync::atomic::Ordering;

/// The longest run of local instructions in one step, in reductions (`sched.step.long`).
const STEP_REDUCTIONS: u32 = 4_000;

/// Comes before an instruction. Layout: `[probe, site]`.
pub(crate) struct Probe;

impl Operation for Probe {
    #[inline(always)]
    unsafe fn run(m: M) -> M {
        // SAFETY: the promise of `run`; the word behind the operation is the address of a site.
        unsafe {
            m.flush();
            let pc = probe(m.core, m.operand(1));
            M::load(m.core, pc)
        }
    }
}

/// How many words a probe has.
const WORDS: usize = 2;

#[inline(never)]
unsafe extern "C" fn probe(core: *mut Core, site: u64) -> *const u64 {
    // SAFETY: called by `Probe` only, with its core and site.
    let (core, site) = unsafe { (&mut *core, &*with_exposed_provenance::<Site>(site as usize)) };
    let info = site.instr().info();
    if core.machine.config.mode == Mode::Scheduled {
        let effect = core.is_effect(site);
        let long = core.step_cost >= STEP_REDUCTIONS && info.class != Class::Local;
        if (core.stepping && effect) || long {
            return stop(core, site);
        }
        core.noting = effect;
        core.stepping = true;
        core.step_cost += info.cost;
    }
    if core.machine.config.fuel.is_some() {
        let cost = u64::from(info.cost);
        let take = |left: u64| left.checked_sub(cost);
        let fuel = &core.machine.fuel;
        if fuel.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
            core.machine.end(End::Exhausted(Limit::Fuel));
            core.fire(Rule::LimFuelSpent);
            return stop(core, site);
        }
    }
    if core.machine.config.stress && core.machine.config.mode == Mode::Free {
        core.reds = core.reds.min(1);
    }
    if core.machine.config.stress {
        core.limit = std::ptr::null_mut();
    }
    // SAFETY: the instruction's own operation stands behind the probe.
    unsafe { core.pc.add(WORDS) }
}

/// Stops before the instruction; any X register may be alive.
fn stop(core: &mut Core, site: &Site) -> *const u64 {
    core.me.saved = Saved { first: 0, count: site.function().registers };
    dispatch::exit()
}

impl Core {
    /// Whether an instruction has an effect that others may see, or that depends on what they do, so
    /// that a step begins before it (`sched.step.effect`).
    fn is_effect(&self, site: &Site) -> bool {
        match site.instr() {
            Instr::Spawn { .. }
            | Instr::Link { .. }
            | Instr::Unlink { .. }
            | Instr::Monitor { .. }
            | Instr::Demonitor { .. }
            | Instr::Exit { .. }
            | Instr::Flag { .. }
            | Instr::Yield {}
            | Instr::Send { .. } => true,
            Instr::Recv { other, .. } => !self.me.mailbox.has_unseen() && self.polls(site, *other),
            Instr::Call { target, arity } | Instr::Tail { target, arity, .. } => {
                self.callee_effect(site, target, arity) != Effect::Own
            }
            Instr::Host { function } => {
                let FunRef::External { module, name, arity } = site.module().reference(*function)
                else {
                    return false;
                };
                let module = site.module().atom(module);
                self.native_effect(module, site.module().atom(name), arity) != Effect::Own
            }
            _ => false,
        }
    }

    /// Whether a `recv` that finds nothing goes elsewhere than to the `wait` that comes back to it.
    fn polls(&self, site: &Site, other: lam_isa::operand::Label) -> bool {
        let function = &site.module().module().functions[site.function().index as usize];
        let Some(at) = function.target(other) else { return true };
        match &function.code[at as usize] {
            Instr::Wait { timeout, to: Some(to) } => {
                let returns = function.target(*to) == Some(site.index);
                !returns || self.peek(site, timeout) == Term::small(0)
            }
            _ => true,
        }
    }

    /// What a source holds.
    fn peek(&self, site: &Site, src: &Src) -> Term {
        match src {
            Src::X(x) => self.x[usize::from(x.0)],
            // SAFETY: val.slot.range: the frame has this slot.
            Src::Y(y) => Term(unsafe { *self.sp.add(usize::from(y.0)) }),
            Src::Int(n) => Term::small(*n),
            Src::Atom(atom) => Term::atom(site.module().atom(*atom)),
            Src::Nil => Term::NIL,
            Src::Lit(literal) => site.module().literal(*literal),
        }
    }

    /// The effect of what a call would enter: that of a native, or none.
    fn callee_effect(&self, site: &Site, target: &Target, arity: &Arity) -> Effect {
        let count = || match arity {
            Arity::Count(count) => Some(*count),
            Arity::List(list) => u8::try_from(self.peek(site, list).length()?).ok(),
        };
        let callee = match target {
            Target::Fun(reference) => match site.module().reference(*reference) {
                FunRef::Local(_) => None,
                FunRef::External { module, name, arity } => {
                    Some((site.module().atom(module), site.module().atom(name), arity))
                }
            },
            Target::Value(value) => match self.peek(site, value).view() {
                View::External(module, name, arity) => Some((module, name, arity)),
                _ => None,
            },
            Target::Named(module, name) => {
                let module = self.peek(site, module).as_atom();
                let name = self.peek(site, name).as_atom();
                module.zip(name).zip(count()).map(|((module, name), arity)| (module, name, arity))
            }
        };
        callee.map_or(Effect::Own, |(module, name, arity)| self.native_effect(module, name, arity))
    }

    /// What the native of that name may touch; what is no native touches nothing.
    fn native_effect(&self, module: Atom, name: Atom, arity: u8) -> Effect {
        self.machine.code.cell(module, name, arity).native.map_or(Effect::Own, Native::effect)
    }
}

//! Natives of clocks and timers.

use super::{BoundTable, Effect, Reply};
use crate::atom::{self, Atom};
use crate::config::Mode;
use crate::core::Core;
use crate::exception::Exception;
use crate::mailbox::Signal;
use crate::term::integer::{self, to_i64};
use crate::term::{Term, View};
use crate::timers::{Alarm, Key, Timer};
use dashu_int::IBig;
use lam_isa::limits::TIMEOUT_MAX_MS;

use Effect::{Own, Shared};

/// The natives of the time since the start, of its units, and of timers.
pub(crate) const TABLE: BoundTable = &[
    ("erlang", "monotonic_time", 0, Shared, monotonic_time),
    ("erlang", "monotonic_time", 1, Shared, monotonic_time),
    ("os", "perf_counter", 0, Shared, monotonic_time),
    ("erlang", "convert_time_unit", 3, Own, convert),
    ("erts_internal", "time_unit", 0, Own, native_unit),
    ("erts_internal", "perf_counter_unit", 0, Own, native_unit),
    ("erlang", "send_after", 3, Shared, send_after),
    ("erlang", "send_after", 4, Shared, send_after),
    ("erlang", "start_timer", 3, Shared, start_timer),
    ("erlang", "start_timer", 4, Shared, start_timer),
    ("erlang", "cancel_timer", 1, Shared, cancel_timer),
    ("erlang", "cancel_timer", 2, Shared, cancel_timer),
    ("erlang", "read_timer", 1, Shared, read_timer),
    ("erlang", "read_timer", 2, Shared, read_timer),
];

/// The natives of the time of day.
pub(crate) const OF_DAY: BoundTable = &[
    ("erlang", "system_time", 0, Shared, system_time),
    ("erlang", "system_time", 1, Shared, system_time),
    ("os", "system_time", 0, Shared, system_time),
    ("os", "system_time", 1, Shared, system_time),
    ("os", "timestamp", 0, Shared, timestamp),
    ("erlang", "timestamp", 0, Shared, timestamp),
    ("erlang", "now", 0, Shared, timestamp),
    ("erlang", "time_offset", 0, Own, time_offset),
    ("erlang", "time_offset", 1, Own, time_offset),
];

const SECOND_NS: i128 = 1_000_000_000;

/// When the clock of a scheduled machine began: 2009-11-10 23:00:00 UTC, so that equal runs are
/// equal.
const EPOCH_NS: i128 = 1_257_894_000 * SECOND_NS;

/// Nanoseconds since the machine began.
fn monotonic_ns(core: &Core) -> i128 {
    i128::from(core.machine.now())
}

/// Nanoseconds since the beginning of 1970.
pub(super) fn system_ns(core: &Core) -> i128 {
    match core.machine.config.mode {
        Mode::Scheduled => EPOCH_NS + monotonic_ns(core),
        Mode::Free => i128::from(core.machine.host.system_ns()),
    }
}

/// How many of a time unit make a second.
fn per_second(unit: Term) -> Option<i128> {
    match unit.as_atom().map(Atom::text) {
        None => to_i64(unit).filter(|n| *n > 0).map(i128::from),
        Some("second" | "seconds") => Some(1),
        Some("millisecond" | "milli_seconds") => Some(1_000),
        Some("microsecond" | "micro_seconds") => Some(1_000_000),
        Some("nanosecond" | "nano_seconds" | "native" | "perf_counter") => Some(SECOND_NS),
        Some(_) => None,
    }
}

fn badarg() -> Reply {
    Reply::Raise(Exception::badarg())
}

fn number(core: &mut Core, value: i128) -> Term {
    match i64::try_from(value) {
        Ok(value) => core.heap().integer(value),
        Err(_) => integer::make(core.heap(), &IBig::from(value)),
    }
}

fn in_unit(core: &mut Core, ns: i128, unit: Option<&Term>) -> Reply {
    match unit.map_or(Some(SECOND_NS), |unit| per_second(*unit)) {
        Some(unit) => {
            // No product overflows: a unit has 63 bits at most, and nanoseconds 64.
            Reply::Value(number(core, (ns * unit).div_euclid(SECOND_NS)))
        }
        None => badarg(),
    }
}

fn monotonic_time(core: &mut Core, args: &[Term]) -> Reply {
    let now = monotonic_ns(core);
    in_unit(core, now, args.first())
}

fn system_time(core: &mut Core, args: &[Term]) -> Reply {
    let now = system_ns(core);
    in_unit(core, now, args.first())
}

fn time_offset(core: &mut Core, args: &[Term]) -> Reply {
    let offset = system_ns(core) - monotonic_ns(core);
    in_unit(core, offset, args.first())
}

fn native_unit(_: &mut Core, _: &[Term]) -> Reply {
    Reply::Value(Term::small(1_000_000_000))
}

fn timestamp(core: &mut Core, _: &[Term]) -> Reply {
    let us = system_ns(core) / 1_000;
    let parts = [us / 1_000_000_000_000, us / 1_000_000 % 1_000_000, us % 1_000_000];
    let parts = parts.map(|part| number(core, part));
    Reply::Value(core.heap().tuple(&parts))
}

fn convert(core: &mut Core, args: &[Term]) -> Reply {
    let units = per_second(args[1]).zip(per_second(args[2]));
    match (to_i64(args[0]), units) {
        (Some(time), Some((from, to))) => {
            let converted = (i128::from(time) * to).div_euclid(from);
            Reply::Value(number(core, converted))
        }
        _ => badarg(),
    }
}

fn send_after(core: &mut Core, args: &[Term]) -> Reply {
    start(core, args, |_, _, message| message)
}

fn start_timer(core: &mut Core, args: &[Term]) -> Reply {
    start(core, args, |core, reference, message| {
        let timeout = Term::atom(Atom::new("timeout"));
        core.heap().tuple(&[timeout, reference, message])
    })
}

fn start(core: &mut Core, args: &[Term], wrap: fn(&mut Core, Term, Term) -> Term) -> Reply {
    let Some(absolute) = args.get(3).map_or(Some(false), |options| absolute_option(*options))
    else {
        return badarg();
    };
    let time = match to_i64(args[0]) {
        Some(ms) if absolute => ms.max(0).unsigned_abs(),
        Some(ms) if (0..=i64::from(TIMEOUT_MAX_MS)).contains(&ms) => ms.unsigned_abs(),
        _ => return badarg(),
    };
    if !matches!(args[1].view(), View::Pid(_) | View::Atom(_)) {
        return badarg();
    }
    let due = if absolute { time.saturating_mul(1_000_000) } else { core.machine.due(time) };
    let reference = core.new_reference();
    core.me.timers += 1;
    let number = core.me.timers;
    let term = core.heap().reference(reference);
    let message = wrap(core, term, args[2]);
    let Some(post) = core.message(message) else {
        core.exceed();
        return Reply::Done;
    };
    let timer = Box::new(Timer { reference, number, to: args[1], post });
    core.machine.timers.with(|timers| timers.insert(due, Alarm::Message(timer)));
    Reply::Value(term)
}

fn absolute_option(options: Term) -> Option<bool> {
    let mut absolute = false;
    for option in options.to_vec()? {
        match option.as_tuple()? {
            [name, value] if name.is_atom(Atom::new("abs")) => absolute = value.as_boolean()?,
            _ => return None,
        }
    }
    Some(absolute)
}

/// The running timer of a reference, and the milliseconds it has left.
fn running(core: &Core, reference: crate::term::Ref) -> Option<(Key, u64)> {
    let (key, due) = core.machine.timers.with(|timers| timers.find(reference))?;
    Some((key, due.saturating_sub(core.machine.now()).div_ceil(1_000_000)))
}

fn cancel_timer(core: &mut Core, args: &[Term]) -> Reply {
    let Some(reference) = args[0].as_ref() else { return badarg() };
    let options = args.get(1).and_then(|options| options.to_vec()).unwrap_or_default();
    let is = |name: &str, wanted: bool| {
        options.iter().any(|option| match option.as_tuple() {
            Some([key, value]) => {
                key.is_atom(Atom::new(name)) && value.as_boolean() == Some(wanted)
            }
            _ => false,
        })
    };
    let (silent, asynchronous) = (is("info", false), is("async", true));
    let cancelled = running(core, reference)
        .filter(|(key, _)| core.machine.timers.with(|timers| timers.cancel(*key)).is_some());
    let left = match cancelled {
        Some((_, left)) => number(core, i128::from(left)),
        None => Term::boolean(false),
    };
    if asynchronous && !silent {
        let name = Term::atom(Atom::new("cancel_timer"));
        let message = core.heap().tuple(&[name, args[0], left]);
        let post = core.post(Signal::Message, 0, message);
        core.me.mailbox.push(post);
        return Reply::Value(Term::atom(atom::OK));
    }
    Reply::Value(if silent || asynchronous { Term::atom(atom::OK) } else { left })
}

fn read_timer(core: &mut Core, args: &[Term]) -> Reply {
    let Some(reference) = args[0].as_ref() else { return badarg() };
    let left = running(core, reference);
    Reply::Value(match left {
        Some((_, left)) => number(core, i128::from(left)),
        None => Term::boolean(false),
    })
}

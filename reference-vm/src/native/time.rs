//! Natives of clocks and timers.

use super::{BoundTable, Effect, Exception, Reply};
use crate::exec::Exec;
use crate::machine::Timer;
use crate::term::{Ref, Term};
use lam_isa::Rule;
use lam_isa::limits::TIMEOUT_MAX_MS;

use Effect::{Own, Shared};

/// The natives of the time since the start, of its units, and of timers.
pub const TABLE: BoundTable = &[
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
pub const OF_DAY: BoundTable = &[
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

/// When the machine's clock began: 2009-11-10 23:00:00 UTC, so that equal runs are equal.
pub(super) const EPOCH_NS: i128 = 1_257_894_000_000_000_000;

/// How many of a time unit make a second.
fn per_second(unit: &Term) -> Option<i128> {
    match unit {
        Term::Int(n) if *n > 0 => Some(i128::from(*n)),
        Term::Atom(unit) => match unit.text() {
            "second" | "seconds" => Some(1),
            "millisecond" | "milli_seconds" => Some(1_000),
            "microsecond" | "micro_seconds" => Some(1_000_000),
            "nanosecond" | "nano_seconds" | "native" | "perf_counter" => Some(1_000_000_000),
            _ => None,
        },
        _ => None,
    }
}

fn in_unit(ns: i128, unit: Option<&Term>) -> Reply {
    let unit = unit.map_or(Some(1_000_000_000), per_second);
    match unit {
        Some(unit) => Reply::Value(Term::integer((ns * unit).div_euclid(1_000_000_000))),
        None => Reply::Raise(Exception::badarg()),
    }
}

fn monotonic_time(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecClockRead);
    in_unit(i128::from(exec.machine.now), args.first())
}

fn system_time(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecClockRead);
    in_unit(EPOCH_NS + i128::from(exec.machine.now), args.first())
}

fn time_offset(_: &mut Exec<'_>, args: &[Term]) -> Reply {
    in_unit(EPOCH_NS, args.first())
}

fn native_unit(_: &mut Exec<'_>, _: &[Term]) -> Reply {
    Reply::Value(Term::Int(1_000_000_000))
}

fn timestamp(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    exec.machine.fire(Rule::ExecClockRead);
    let us = (EPOCH_NS + i128::from(exec.machine.now)) / 1_000;
    let parts = [us / 1_000_000_000_000, us / 1_000_000 % 1_000_000, us % 1_000_000];
    Reply::Value(Term::tuple(parts.map(Term::integer)))
}

fn convert(_: &mut Exec<'_>, args: &[Term]) -> Reply {
    let units = per_second(&args[1]).zip(per_second(&args[2]));
    match (args[0].as_int(), units) {
        (Some(time), Some((from, to))) => {
            Reply::Value(Term::integer((i128::from(time) * to).div_euclid(from)))
        }
        _ => Reply::Raise(Exception::badarg()),
    }
}

fn send_after(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, args, |_, message| message)
}

fn start_timer(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    start(exec, args, |reference, message| {
        Term::tuple([Term::atom("timeout"), Term::Ref(reference), message])
    })
}

fn start(exec: &mut Exec<'_>, args: &[Term], wrap: fn(Ref, Term) -> Term) -> Reply {
    let absolute = match args.get(3).map_or(Some(false), absolute_option) {
        Some(absolute) => absolute,
        None => return Reply::Raise(Exception::badarg()),
    };
    let local = matches!(args[1], Term::Pid(_) | Term::Atom(_));
    let time = match args[0] {
        Term::Int(ms) if absolute => ms.max(0).unsigned_abs(),
        Term::Int(ms) if (0..=i64::from(TIMEOUT_MAX_MS)).contains(&ms) => ms.unsigned_abs(),
        _ => return Reply::Raise(Exception::badarg()),
    };
    if !local {
        return Reply::Raise(Exception::badarg());
    }
    exec.machine.fire(Rule::ExecTimerStart);
    let due = if absolute { time.saturating_mul(1_000_000) } else { exec.machine.due(time) };
    let me = exec.pid;
    let reference = exec.me.new_reference(me);
    exec.me.timers += 1;
    let message = wrap(reference, args[2].clone());
    let timer = Timer { due, reference, to: args[1].clone(), message };
    exec.machine.timers.insert((me, exec.me.timers), timer);
    Reply::Value(Term::Ref(reference))
}

fn absolute_option(options: &Term) -> Option<bool> {
    let mut absolute = false;
    for option in options.to_vec()? {
        match option.as_tuple()? {
            [name, value] if name.is_atom("abs") => absolute = value.as_boolean()?,
            _ => return None,
        }
    }
    Some(absolute)
}

/// The timer of a reference: its key and the milliseconds it has left.
fn running(exec: &Exec<'_>, reference: Ref) -> Option<((crate::term::Pid, u32), u64)> {
    let found = exec.machine.timers.iter().find(|(_, timer)| timer.reference == reference);
    found.map(|(key, timer)| (*key, timer.due.saturating_sub(exec.machine.now).div_ceil(1_000_000)))
}

fn cancel_timer(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let Term::Ref(reference) = args[0] else { return Reply::Raise(Exception::badarg()) };
    let options = args.get(1).and_then(Term::to_vec).unwrap_or_default();
    let is = |name: &str, wanted: bool| {
        options.iter().any(|option| match option.as_tuple() {
            Some([key, value]) => key.is_atom(name) && value.as_boolean() == Some(wanted),
            _ => false,
        })
    };
    let (silent, asynchronous) = (is("info", false), is("async", true));
    exec.machine.fire(Rule::ExecTimerCancel);
    let left = match running(exec, reference) {
        Some((key, left)) => {
            exec.machine.timers.remove(&key);
            Term::integer(left)
        }
        None => Term::boolean(false),
    };
    if asynchronous && !silent {
        let message = Term::tuple([Term::atom("cancel_timer"), Term::Ref(reference), left]);
        exec.me.enqueue(message);
        return Reply::Value(Term::atom("ok"));
    }
    Reply::Value(if silent || asynchronous { Term::atom("ok") } else { left })
}

fn read_timer(exec: &mut Exec<'_>, args: &[Term]) -> Reply {
    let Term::Ref(reference) = args[0] else { return Reply::Raise(Exception::badarg()) };
    exec.machine.fire(Rule::ExecTimerRead);
    let left = running(exec, reference);
    Reply::Value(left.map_or(Term::boolean(false), |(_, left)| Term::integer(left)))
}

//! Natives of dates and times of day. The time zone of a machine is UTC, without summer time.

use super::time::EPOCH_NS;
use super::{BoundTable, Effect, Env, Exception, PureTable, Reply};
use crate::exec::Exec;
use crate::term::Term;
use lam_isa::Rule;

use Effect::Shared;

/// The natives of this theme that read the clock.
pub const CLOCK: BoundTable = &[
    ("erlang", "universaltime", 0, Shared, now),
    ("erlang", "localtime", 0, Shared, now),
    ("erlang", "date", 0, Shared, date),
    ("erlang", "time", 0, Shared, time),
];

/// The natives of this theme that only compute.
pub const TABLE: PureTable = &[
    ("erlang", "universaltime_to_posixtime", 1, to_posix),
    ("erlang", "posixtime_to_universaltime", 1, from_posix),
    ("erlang", "universaltime_to_localtime", 1, same_time),
    ("erlang", "localtime_to_universaltime", 1, same_time),
    ("erlang", "localtime_to_universaltime", 2, same_time),
];

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Days of 400 years, after which the calendar repeats.
const CYCLE: i64 = 146_097;
/// Days from the first of March of year 0 to the first of January 1970.
const EPOCH_DAYS: i64 = 719_468;

/// Years begin in March here, so that the leap day is the last of its year: before month `n` of
/// such a year there are that many days.
fn days_before(month: i64) -> i64 {
    (153 * month + 2) / 5
}

/// The year, month and day so many days after the first of January 1970.
fn civil(days: i64) -> [i64; 3] {
    let days = days + EPOCH_DAYS;
    let (cycle, day) = (days.div_euclid(CYCLE), days.rem_euclid(CYCLE));
    // A leap day every 4 years (1,461 days), but not every 100, yet every 400.
    let year = (day - day / 1_460 + day / 36_524 - day / (CYCLE - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let january_first = i64::from(month >= 10);
    let year = cycle * 400 + year + january_first;
    [year, month + 3 - 12 * january_first, day - days_before(month) + 1]
}

/// The days from the first of January 1970 to a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (cycle, year) = (year.div_euclid(400), year.rem_euclid(400));
    cycle * CYCLE + 365 * year + year / 4 - year / 100 + days_before(month) + day - 1 - EPOCH_DAYS
}

fn integers(parts: [i64; 3]) -> Term {
    Term::tuple(parts.map(Term::Int))
}

/// `{{Year, Month, Day}, {Hour, Minute, Second}}`, so many seconds after 1970 began.
fn date_and_time(seconds: i64) -> [Term; 2] {
    let second = seconds.rem_euclid(DAY);
    [
        integers(civil(seconds.div_euclid(DAY))),
        integers([second / 3_600, second / 60 % 60, second % 60]),
    ]
}

/// The time so many seconds after 1970 began that a term spells.
fn seconds(term: &Term) -> Option<i64> {
    let parts = |term: &Term| -> Option<[i64; 3]> {
        let parts: Option<Vec<i64>> = term.as_tuple()?.iter().map(Term::as_int).collect();
        parts?.try_into().ok()
    };
    let [date, time] = term.as_tuple()? else { return None };
    let ([year, month, day], [hour, minute, second]) = (parts(date)?, parts(time)?);
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    if !(0..=9_999).contains(&year) || !(1..=12).contains(&month) || day < 1 || !is_time {
        return None;
    }
    let days = days(year, month, day);
    // A day that its month does not have is one of the next.
    (civil(days) == [year, month, day]).then(|| days * DAY + hour * 3_600 + minute * 60 + second)
}

fn read_clock(exec: &mut Exec<'_>) -> [Term; 2] {
    exec.machine.fire(Rule::ExecClockRead);
    let ns = EPOCH_NS + i128::from(exec.machine.now);
    date_and_time(i64::try_from(ns / 1_000_000_000).unwrap_or(i64::MAX))
}

fn now(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    Reply::Value(Term::tuple(read_clock(exec)))
}

fn date(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    let [date, _] = read_clock(exec);
    Reply::Value(date)
}

fn time(exec: &mut Exec<'_>, _: &[Term]) -> Reply {
    let [_, time] = read_clock(exec);
    Reply::Value(time)
}

fn to_posix(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    seconds(&args[0]).map(Term::Int).ok_or_else(Exception::badarg)
}

/// Years 0 to 9999 have a date.
fn from_posix(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let range = days(0, 1, 1) * DAY..days(10_000, 1, 1) * DAY;
    let seconds = args[0].as_int().filter(|seconds| range.contains(seconds));
    seconds.map(|seconds| Term::tuple(date_and_time(seconds))).ok_or_else(Exception::badarg)
}

/// Local time is universal time; whether it is summer time makes no difference.
fn same_time(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let is_choice = |arg: &Term| arg.as_boolean().is_some() || arg.is_atom("undefined");
    if seconds(&args[0]).is_none() || !args.get(1).is_none_or(is_choice) {
        return Err(Exception::badarg());
    }
    Ok(args[0].clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_comes_back() {
        let mut expected = [1970, 1, 1];
        for day in 0..60_000 {
            assert_eq!(civil(day), expected);
            assert_eq!(days(expected[0], expected[1], expected[2]), day);
            let [year, month, _] = expected;
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + i64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected[2] += 1;
            if expected[2] > length {
                expected = if month == 12 { [year + 1, 1, 1] } else { [year, month + 1, 1] };
            }
        }
        assert_eq!(civil(-1), [1969, 12, 31]);
        assert_eq!(civil(days(0, 3, 1)), [0, 3, 1]);
    }
}

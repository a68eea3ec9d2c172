//! Natives of dates and times of day. The time zone of a machine is UTC, without summer time.

use super::time::system_ns;
use super::{BoundTable, Effect, PureTable, Reply};
use crate::atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::heap::Heap;
use crate::term::Term;

use Effect::Shared;

/// The natives of this theme that read the clock.
pub(crate) const CLOCK: BoundTable = &[
    ("erlang", "universaltime", 0, Shared, now),
    ("erlang", "localtime", 0, Shared, now),
    ("erlang", "date", 0, Shared, date),
    ("erlang", "time", 0, Shared, time),
];

/// The natives of this theme that only compute.
pub(crate) const TABLE: PureTable = &[
    ("erlang", "universaltime_to_posixtime", 1, to_posix),
    ("erlang", "posixtime_to_universaltime", 1, from_posix),
    ("erlang", "universaltime_to_localtime", 1, same_time),
    ("erlang", "localtime_to_universaltime", 1, same_time),
    ("erlang", "localtime_to_universaltime", 2, same_time),
];

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Days of the months of a year that is no leap year, from January.
const MONTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// Days from the first of January of year 0 to the first of January 1970.
const EPOCH_DAYS: i64 = days_before(1970);

/// The days from the first of January of year 0 to that of another year.
const fn days_before(year: i64) -> i64 {
    let last = year - 1;
    // Year 0 has a leap day of its own, which the last term adds.
    365 * year + last.div_euclid(4) - last.div_euclid(100) + last.div_euclid(400) + 1
}

/// The days of each month of a year.
fn months(year: i64) -> [i64; 12] {
    let mut months = MONTHS;
    months[1] += days_before(year + 1) - days_before(year) - 365;
    months
}

/// The year, month and day so many days after the first of January 1970.
fn civil(days: i64) -> [i64; 3] {
    let days = days + EPOCH_DAYS;
    // A year has 365.2425 days: the first guess is this year or one beside it.
    let guess = (days * 10_000).div_euclid(3_652_425);
    let year = if days < days_before(guess) { guess - 1 } else { guess };
    let year = if days >= days_before(year + 1) { year + 1 } else { year };
    let mut day = days - days_before(year);
    let mut month = 1;
    for length in months(year) {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    [year, month, day + 1]
}

/// The days from the first of January 1970 to a date, if there is such a date.
fn days([year, month, day]: [i64; 3]) -> Option<i64> {
    let months = months(year);
    let index = usize::try_from(month.checked_sub(1)?).ok()?;
    if !(1..=*months.get(index)?).contains(&day) {
        return None;
    }
    Some(days_before(year) - EPOCH_DAYS + months[..index].iter().sum::<i64>() + day - 1)
}

fn integers(heap: &mut Heap, parts: [i64; 3]) -> Term {
    heap.tuple(&parts.map(Term::small))
}

/// `{Year, Month, Day}` and `{Hour, Minute, Second}`, so many seconds after 1970 began.
fn date_and_time(heap: &mut Heap, seconds: i64) -> [Term; 2] {
    let second = seconds.rem_euclid(DAY);
    let time = [second / 3_600, second / 60 % 60, second % 60];
    [integers(heap, civil(seconds.div_euclid(DAY))), integers(heap, time)]
}

/// The years that have dates.
const YEARS: std::ops::Range<i64> = 0..10_000;

/// The time so many seconds after 1970 began that a term spells.
fn seconds(term: Term) -> Option<i64> {
    let parts = |term: Term| -> Option<[i64; 3]> {
        let &[first, second, third] = term.as_tuple()? else { return None };
        Some([first.as_small()?, second.as_small()?, third.as_small()?])
    };
    let &[date, time] = term.as_tuple()? else { return None };
    let (date, [hour, minute, second]) = (parts(date)?, parts(time)?);
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    if !YEARS.contains(&date[0]) || !is_time {
        return None;
    }
    Some(days(date)? * DAY + hour * 3_600 + minute * 60 + second)
}

fn read_clock(core: &mut Core) -> [Term; 2] {
    let seconds = system_ns(core) / 1_000_000_000;
    date_and_time(core.heap(), i64::try_from(seconds).unwrap_or(0))
}

fn now(core: &mut Core, _: &[Term]) -> Reply {
    let parts = read_clock(core);
    Reply::Value(core.heap().tuple(&parts))
}

fn date(core: &mut Core, _: &[Term]) -> Reply {
    let [date, _] = read_clock(core);
    Reply::Value(date)
}

fn time(core: &mut Core, _: &[Term]) -> Reply {
    let [_, time] = read_clock(core);
    Reply::Value(time)
}

fn to_posix(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    seconds(args[0]).map(Term::small).ok_or_else(Exception::badarg)
}

/// Only seconds of years that have dates have one.
fn from_posix(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let start = |year| (days_before(year) - EPOCH_DAYS) * DAY;
    let range = start(YEARS.start)..start(YEARS.end);
    let seconds = args[0].as_small().filter(|seconds| range.contains(seconds));
    let parts = date_and_time(core.heap(), seconds.ok_or_else(Exception::badarg)?);
    Ok(core.heap().tuple(&parts))
}

/// Local time is universal time; whether it is summer time makes no difference.
fn same_time(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let is_choice = |arg: &Term| arg.as_boolean().is_some() || arg.is_atom(atom::UNDEFINED);
    if seconds(args[0]).is_none() || !args.get(1).is_none_or(is_choice) {
        return Err(Exception::badarg());
    }
    Ok(args[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_comes_back() {
        let mut expected = [0, 1, 1];
        for day in days_before(0) - EPOCH_DAYS..days_before(2_101) - EPOCH_DAYS {
            assert_eq!(civil(day), expected);
            assert_eq!(days(expected), Some(day));
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
        assert_eq!(civil(0), [1970, 1, 1]);
        assert_eq!(civil(-1), [1969, 12, 31]);
    }

    #[test]
    fn dates_that_are_none() {
        for date in [[1970, 0, 1], [1970, 13, 1], [1970, 1, 0], [1900, 2, 29], [2001, 4, 31]] {
            assert_eq!(days(date), None, "{date:?}");
        }
        assert_eq!(days([2000, 2, 29]), Some(11_016));
    }
}

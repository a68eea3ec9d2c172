//! Natives that search binaries: `binary:match`, `matches` and `split`.

use super::{PureTable, proper};
use crate::atom::Atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::heap::Heap;
use crate::term::Term;
use crate::term::bits::binary_bytes;
use crate::term::integer::{from_usize, to_i64};
use aho_corasick::{AhoCorasick, Input, MatchKind};
use memchr::memmem;
use std::borrow::Cow;
use std::ops::Range;

/// The natives of this theme.
pub(crate) const TABLE: PureTable = &[
    ("binary", "compile_pattern", 1, compile_pattern),
    ("binary", "match", 2, find),
    ("binary", "match", 3, find),
    ("binary", "matches", 2, find_all),
    ("binary", "matches", 3, find_all),
    ("binary", "split", 2, split),
    ("binary", "split", 3, split),
];

type Bytes<'h> = Cow<'h, [u8]>;

/// The bytes of a binary, or `badarg`.
fn bytes<'h>(term: Term) -> Result<Bytes<'h>, Exception> {
    binary_bytes(term).ok_or_else(Exception::badarg)
}

/// A compiled pattern is `{bm, Binary}` or `{ac, Binaries}`: opaque to programs, and as good as
/// what it was compiled from.
fn compile_pattern(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    patterns(args[0])?;
    let kind = if args[0].as_bits().is_some() { "bm" } else { "ac" };
    Ok(core.heap().tuple(&[Term::atom(Atom::new(kind)), args[0]]))
}

/// The patterns that an argument means: a binary, a list of some, or what was compiled. None may
/// be empty.
fn patterns<'h>(arg: Term) -> Result<Vec<Bytes<'h>>, Exception> {
    let list = match (arg.as_bits(), arg.as_tuple()) {
        (Some(_), _) => vec![arg],
        (_, Some(&[kind, binary])) if kind.is_atom(Atom::new("bm")) => vec![binary],
        (_, Some(&[kind, binaries])) if kind.is_atom(Atom::new("ac")) => proper(binaries)?,
        _ => proper(arg)?,
    };
    let patterns = list.into_iter().map(bytes).collect::<Result<Vec<_>, _>>()?;
    if patterns.is_empty() || patterns.iter().any(|pattern| pattern.is_empty()) {
        return Err(Exception::badarg());
    }
    Ok(patterns)
}

/// What finds patterns: where several match at one place, the longest.
enum Searcher<'p> {
    /// There are none.
    Nothing,
    /// One.
    One(Box<memmem::Finder<'p>>),
    /// A few in little, where trying each at every place takes less than preparing a search.
    Tried(&'p [Bytes<'p>]),
    /// Many, or much to search.
    Many(Box<AhoCorasick>),
}

/// Bytes compared at worst, up to which it is better to try every pattern at every place.
const TRIED_MAX: usize = 4_096;

impl<'p> Searcher<'p> {
    fn new(subject: &[u8], patterns: &'p [Bytes<'p>]) -> Result<Searcher<'p>, Exception> {
        let total: usize = patterns.iter().map(|pattern| pattern.len()).sum();
        match patterns {
            [] => Ok(Searcher::Nothing),
            [one] => Ok(Searcher::One(Box::new(memmem::Finder::new(one)))),
            _ if subject.len().saturating_mul(total) <= TRIED_MAX => Ok(Searcher::Tried(patterns)),
            _ => {
                let mut builder = AhoCorasick::builder();
                let builder = builder.match_kind(MatchKind::LeftmostLongest);
                let automaton = builder.build(patterns.iter().map(|pattern| &pattern[..]));
                Ok(Searcher::Many(Box::new(automaton.map_err(|_| Exception::system_limit())?)))
            }
        }
    }

    /// The first match inside a range.
    fn first(&self, subject: &[u8], range: Range<usize>) -> Option<Range<usize>> {
        match self {
            Searcher::Nothing => None,
            Searcher::One(finder) => {
                let start = range.start + finder.find(&subject[range])?;
                Some(start..start + finder.needle().len())
            }
            Searcher::Tried(patterns) => {
                let end = range.end;
                range.into_iter().find_map(|start| {
                    let rest = &subject[start..end];
                    let matching = patterns.iter().filter(|pattern| rest.starts_with(pattern));
                    matching.map(|pattern| start..start + pattern.len()).max_by_key(Range::len)
                })
            }
            Searcher::Many(automaton) => {
                automaton.find(Input::new(subject).range(range)).map(|found| found.range())
            }
        }
    }

    /// All matches inside a range that do not overlap, or the first one.
    fn all(&self, subject: &[u8], scope: Range<usize>, only_first: bool) -> Vec<Range<usize>> {
        let mut matches: Vec<Range<usize>> = Vec::new();
        let mut start = scope.start;
        while let Some(found) = self.first(subject, start..scope.end) {
            start = found.end;
            matches.push(found);
            if only_first {
                break;
            }
        }
        matches
    }
}

/// The patterns to search for; in an empty binary nothing is found, whatever they are.
fn patterns_for<'h>(subject: &[u8], arg: Term) -> Result<Vec<Bytes<'h>>, Exception> {
    if subject.is_empty() { Ok(Vec::new()) } else { patterns(arg) }
}

/// The options of these natives.
struct Options {
    /// Where to search.
    scope: Range<usize>,
    global: bool,
    trim: bool,
    trim_all: bool,
}

/// Reads options; those of `split` alone are refused elsewhere.
fn options(length: usize, arg: Option<&Term>, splits: bool) -> Result<Options, Exception> {
    let mut options = Options { scope: 0..length, global: false, trim: false, trim_all: false };
    for option in arg.map_or(Ok(Vec::new()), |arg| proper(*arg))? {
        match (option.as_atom().map(Atom::text), option.as_tuple()) {
            (Some("global"), _) if splits => options.global = true,
            (Some("trim"), _) if splits => options.trim = true,
            (Some("trim_all"), _) if splits => options.trim_all = true,
            (_, Some(&[name, part])) if name.is_atom(Atom::new("scope")) => {
                options.scope = scope(length, part).ok_or_else(Exception::badarg)?;
            }
            _ => return Err(Exception::badarg()),
        }
    }
    Ok(options)
}

/// `{Start, Length}` inside a binary; the length may be negative.
fn scope(length: usize, part: Term) -> Option<Range<usize>> {
    let &[start, count] = part.as_tuple()? else { return None };
    let (start, count) = (to_i64(start)?, to_i64(count)?);
    let end = start.checked_add(count)?;
    let range = usize::try_from(start.min(end)).ok()?..usize::try_from(start.max(end)).ok()?;
    (range.end <= length).then_some(range)
}

fn place(heap: &mut Heap, found: &Range<usize>) -> Term {
    let parts = [from_usize(heap, found.start), from_usize(heap, found.len())];
    heap.tuple(&parts)
}

fn find(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let subject = bytes(args[0])?;
    let scope = options(subject.len(), args.get(2), false)?.scope;
    let patterns = patterns_for(&subject, args[1])?;
    let found = Searcher::new(&subject[scope.clone()], &patterns)?.first(&subject, scope);
    let place = found.map(|found| place(core.heap(), &found));
    Ok(place.unwrap_or_else(|| Term::atom(Atom::new("nomatch"))))
}

fn find_all(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let subject = bytes(args[0])?;
    let scope = options(subject.len(), args.get(2), false)?.scope;
    let patterns = patterns_for(&subject, args[1])?;
    let searcher = Searcher::new(&subject[scope.clone()], &patterns)?;
    let matches = searcher.all(&subject, scope, false);
    let places: Vec<Term> = matches.iter().map(|found| place(core.heap(), found)).collect();
    Ok(core.heap().list(places))
}

/// Parts share the bytes of the subject where a part of a binary does.
fn split(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let subject = bytes(args[0])?;
    let options = options(subject.len(), args.get(2), true)?;
    let patterns = patterns_for(&subject, args[1])?;
    let searcher = Searcher::new(&subject[options.scope.clone()], &patterns)?;
    let matches = searcher.all(&subject, options.scope, !options.global);
    let starts = std::iter::once(0).chain(matches.iter().map(|found| found.end));
    let ends = matches.iter().map(|found| found.start).chain([subject.len()]);
    let mut parts: Vec<Range<usize>> = starts.zip(ends).map(|(start, end)| start..end).collect();
    if options.trim_all {
        parts.retain(|part| !part.is_empty());
    }
    while options.trim && parts.last().is_some_and(Range::is_empty) {
        parts.pop();
    }
    let heap = core.heap();
    let part = |part: Range<usize>| heap.part(args[0], part.start * 8, part.len() * 8);
    let parts: Option<Vec<Term>> = parts.into_iter().map(part).collect();
    let parts = parts.expect("parts of a binary are inside it");
    Ok(core.heap().list(parts))
}

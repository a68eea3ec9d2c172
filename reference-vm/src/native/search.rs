//! Natives that search binaries: `binary:match`, `matches` and `split`.

use super::binaries::bytes;
use super::{Env, Exception, PureTable, proper};
use crate::op::tuple;
use crate::term::{Term, integer};
use std::ops::Range;

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("binary", "compile_pattern", 1, compile_pattern),
    ("binary", "match", 2, find),
    ("binary", "match", 3, find),
    ("binary", "matches", 2, find_all),
    ("binary", "matches", 3, find_all),
    ("binary", "split", 2, split),
    ("binary", "split", 3, split),
];

/// A compiled pattern is `{bm, Binary}` or `{ac, Binaries}`: opaque to programs, and as good as
/// what it was compiled from.
fn compile_pattern(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    patterns(&args[0])?;
    let kind = if matches!(args[0], Term::Bits(_)) { "bm" } else { "ac" };
    Ok(Term::tuple([Term::atom(kind), args[0].clone()]))
}

/// The patterns that an argument means: a binary, a list of some, or what was compiled. None may
/// be empty.
fn patterns(arg: &Term) -> Result<Vec<Vec<u8>>, Exception> {
    let list = match (arg, arg.as_tuple()) {
        (Term::Bits(_), _) => vec![arg.clone()],
        (_, Some([kind, binary])) if kind.is_atom("bm") => vec![binary.clone()],
        (_, Some([kind, binaries])) if kind.is_atom("ac") => proper(binaries)?,
        (list, _) => proper(list)?,
    };
    let patterns: Result<Vec<_>, _> =
        list.iter().map(|pattern| bytes(pattern).map(|bytes| bytes.into_owned())).collect();
    let patterns = patterns?;
    if patterns.is_empty() || patterns.iter().any(Vec::is_empty) {
        return Err(Exception::badarg());
    }
    Ok(patterns)
}

/// The patterns to search for; in an empty binary nothing is found, whatever they are.
fn patterns_for(subject: &[u8], arg: &Term) -> Result<Vec<Vec<u8>>, Exception> {
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
    for option in arg.map_or(Ok(Vec::new()), proper)? {
        match (option.as_atom().map(|atom| atom.text()), option.as_tuple()) {
            (Some("global"), _) if splits => options.global = true,
            (Some("trim"), _) if splits => options.trim = true,
            (Some("trim_all"), _) if splits => options.trim_all = true,
            (_, Some([name, part])) if name.is_atom("scope") => {
                options.scope = scope(length, part)?
            }
            _ => return Err(Exception::badarg()),
        }
    }
    Ok(options)
}

/// `{Start, Length}` inside a binary; the length may be negative.
fn scope(length: usize, part: &Term) -> Result<Range<usize>, Exception> {
    let [start, count] = tuple(part)? else { return Err(Exception::badarg()) };
    let range = || {
        let (start, count) = (start.as_int()?, count.as_int()?);
        let end = start.checked_add(count)?;
        let range = usize::try_from(start.min(end)).ok()?..usize::try_from(start.max(end)).ok()?;
        (range.end <= length).then_some(range)
    };
    range().ok_or_else(Exception::badarg)
}

/// The first match inside a range: where several patterns match at one place, the longest.
fn first_match(subject: &[u8], patterns: &[Vec<u8>], range: Range<usize>) -> Option<Range<usize>> {
    let end = range.end;
    range.into_iter().find_map(|start| {
        let rest = &subject[start..end];
        let matching = patterns.iter().filter(|pattern| rest.starts_with(pattern));
        matching.map(Vec::len).max().map(|length| start..start + length)
    })
}

/// All matches inside a range that do not overlap, or the first one.
fn all_matches(
    subject: &[u8],
    patterns: &[Vec<u8>],
    scope: Range<usize>,
    only_first: bool,
) -> Vec<Range<usize>> {
    let mut matches: Vec<Range<usize>> = Vec::new();
    let mut start = scope.start;
    while let Some(found) = first_match(subject, patterns, start..scope.end) {
        start = found.end;
        matches.push(found);
        if only_first {
            break;
        }
    }
    matches
}

fn place(found: &Range<usize>) -> Term {
    Term::tuple([integer::from_usize(found.start), integer::from_usize(found.len())])
}

fn find(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let subject = bytes(&args[0])?;
    let scope = options(subject.len(), args.get(2), false)?.scope;
    let patterns = patterns_for(&subject, &args[1])?;
    Ok(first_match(&subject, &patterns, scope).map_or(Term::atom("nomatch"), |found| place(&found)))
}

fn find_all(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let subject = bytes(&args[0])?;
    let scope = options(subject.len(), args.get(2), false)?.scope;
    let patterns = patterns_for(&subject, &args[1])?;
    let matches = all_matches(&subject, &patterns, scope, false);
    Ok(Term::list(matches.iter().map(place).collect::<Vec<_>>()))
}

fn split(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let subject = bytes(&args[0])?;
    let options = options(subject.len(), args.get(2), true)?;
    let patterns = patterns_for(&subject, &args[1])?;
    let matches = all_matches(&subject, &patterns, options.scope, !options.global);
    let starts = std::iter::once(0).chain(matches.iter().map(|found| found.end));
    let ends = matches.iter().map(|found| found.start).chain([subject.len()]);
    let mut parts: Vec<&[u8]> = starts.zip(ends).map(|(start, end)| &subject[start..end]).collect();
    if options.trim_all {
        parts.retain(|part| !part.is_empty());
    }
    while options.trim && parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    Ok(Term::list(parts.into_iter().map(Term::binary).collect::<Vec<_>>()))
}

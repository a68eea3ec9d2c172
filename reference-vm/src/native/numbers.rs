//! Natives between numbers and text.

use super::binaries::bytes;
use super::{Env, Exception, PureTable, proper};
use crate::term::integer::Wrong;
use crate::term::{Term, float, integer};

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("erlang", "integer_to_list", 1, integer_to_list),
    ("erlang", "integer_to_list", 2, integer_to_list),
    ("erlang", "integer_to_binary", 1, integer_to_binary),
    ("erlang", "integer_to_binary", 2, integer_to_binary),
    ("erlang", "list_to_integer", 1, list_to_integer),
    ("erlang", "list_to_integer", 2, list_to_integer),
    ("erlang", "binary_to_integer", 1, binary_to_integer),
    ("erlang", "binary_to_integer", 2, binary_to_integer),
    ("erlang", "float_to_list", 1, float_to_list),
    ("erlang", "float_to_list", 2, float_to_list),
    ("erlang", "float_to_binary", 1, float_to_binary),
    ("erlang", "float_to_binary", 2, float_to_binary),
    ("erlang", "list_to_float", 1, list_to_float),
    ("erlang", "binary_to_float", 1, binary_to_float),
    ("string", "list_to_integer", 1, integer_prefix),
    ("string", "list_to_float", 1, float_prefix),
];

/// The most digits after the point.
const DECIMALS_MAX: usize = 253;
/// The most digits after the point with an exponent.
const SCIENTIFIC_MAX: usize = 249;
/// The longest text of a float.
const FLOAT_TEXT_MAX: usize = 255;

/// The base that an argument names; 10 if there is none.
fn base(arg: Option<&Term>) -> Result<u32, Exception> {
    let base = arg.map_or(Some(10), |arg| u32::try_from(arg.as_int()?).ok());
    base.filter(|base| (2..=36).contains(base)).ok_or_else(Exception::badarg)
}

fn integer_text(args: &[Term]) -> Result<String, Exception> {
    integer::to_text(&args[0], base(args.get(1))?).ok_or_else(Exception::badarg)
}

fn integer_to_list(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    integer_text(args).map(|text| Term::string(&text))
}

fn integer_to_binary(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    integer_text(args).map(Term::binary)
}

/// The bytes that the elements of a list are.
fn list_bytes(list: &Term) -> Result<Vec<u8>, Exception> {
    let byte = |term: &Term| u8::try_from(term.as_int()?).ok();
    proper(list)?.iter().map(byte).collect::<Option<_>>().ok_or_else(Exception::badarg)
}

fn parsed_integer(env: &dyn Env, text: &[u8], base: u32) -> Result<Term, Exception> {
    integer::from_text(text, base, env.integer_bits()).map_err(|wrong| match wrong {
        Wrong::Argument => Exception::badarg(),
        Wrong::Limit => Exception::system_limit(),
    })
}

fn list_to_integer(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let base = base(args.get(1))?;
    parsed_integer(env, &list_bytes(&args[0])?, base)
}

fn binary_to_integer(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let base = base(args.get(1))?;
    parsed_integer(env, &bytes(&args[0])?, base)
}

/// How a float is spelled.
enum Form {
    Scientific(usize),
    Decimals(usize),
    Short,
}

/// The text of a float in the form of the options; the last one of each kind holds.
fn float_text(args: &[Term]) -> Result<String, Exception> {
    let Term::Float(value) = args[0] else { return Err(Exception::badarg()) };
    let mut form = Form::Scientific(20);
    let mut compact = false;
    for option in args.get(1).map_or(Ok(Vec::new()), proper)? {
        match (option.as_atom().map(|atom| atom.text()), option.as_tuple()) {
            (Some("compact"), _) => compact = true,
            (Some("short"), _) => form = Form::Short,
            (_, Some([kind, count])) => {
                let count = integer::to_usize(count).ok_or_else(Exception::badarg)?;
                form = match kind.as_atom().map(|kind| kind.text()) {
                    Some("decimals") if count <= DECIMALS_MAX => Form::Decimals(count),
                    Some("scientific") if count <= SCIENTIFIC_MAX => Form::Scientific(count),
                    _ => return Err(Exception::badarg()),
                };
            }
            _ => return Err(Exception::badarg()),
        }
    }
    let text = match form {
        Form::Scientific(count) => float::to_text_scientific(value, count),
        Form::Decimals(count) if compact => float::compact(&float::to_text_decimals(value, count)),
        Form::Decimals(count) => float::to_text_decimals(value, count),
        Form::Short => float::to_text(value),
    };
    if text.len() > FLOAT_TEXT_MAX { Err(Exception::badarg()) } else { Ok(text) }
}

fn float_to_list(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    float_text(args).map(|text| Term::string(&text))
}

fn float_to_binary(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    float_text(args).map(Term::binary)
}

/// A comma is taken for a point.
fn parsed_float(text: &[u8]) -> Result<Term, Exception> {
    let comma = text.iter().position(|byte| *byte == b',');
    let mut text = text.to_vec();
    if let Some(comma) = comma {
        text[comma] = b'.';
    }
    float::from_text(&text).map(Term::Float).ok_or_else(Exception::badarg)
}

fn list_to_float(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    parsed_float(&list_bytes(&args[0])?)
}

fn binary_to_float(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    parsed_float(&bytes(&args[0])?)
}

/// The characters at the start of a list of which a number can be made, and for each the rest of
/// the list after it.
fn leading_characters(list: &Term) -> (Vec<u8>, Vec<Term>) {
    let (mut text, mut rests) = (Vec::new(), Vec::new());
    let mut rest = list;
    while let Term::Cons(cons) = rest {
        match cons.head.as_int().and_then(|code| u8::try_from(code).ok()) {
            Some(byte) if byte.is_ascii_digit() || b"+-.,eE".contains(&byte) => text.push(byte),
            _ => break,
        }
        rests.push(cons.tail.clone());
        rest = &cons.tail;
    }
    (text, rests)
}

/// How many digits some bytes begin with.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn sign(text: &[u8]) -> usize {
    usize::from(matches!(text.first(), Some(b'+' | b'-')))
}

/// `{Number, Rest}` of the first `length` characters, or `{error, Reason}`.
fn prefix(list: &Term, number: Option<Term>, rest: Option<&Term>, reason: &str) -> Term {
    let error = |reason| Term::tuple([Term::atom("error"), Term::atom(reason)]);
    match (list, number, rest) {
        (Term::Nil | Term::Cons(_), Some(number), Some(rest)) => {
            Term::tuple([number, rest.clone()])
        }
        (Term::Nil | Term::Cons(_), ..) => error(reason),
        _ => error("not_a_list"),
    }
}

/// `string:list_to_integer`: as many characters as make an integer, and the others.
fn integer_prefix(env: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let (text, rests) = leading_characters(&args[0]);
    let length = sign(&text) + digits(&text[sign(&text)..]);
    let number = integer::from_text(&text[..length], 10, env.integer_bits()).ok();
    let rest = length.checked_sub(1).and_then(|last| rests.get(last));
    Ok(prefix(&args[0], number, rest, "no_integer"))
}

/// `string:list_to_float`: as many characters as make a float, and the others. A comma is taken
/// for a point.
fn float_prefix(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let (mut text, rests) = leading_characters(&args[0]);
    let point = sign(&text) + digits(&text[sign(&text)..]);
    if text.get(point) == Some(&b',') {
        text[point] = b'.';
    }
    let mut length = (point + 1).min(text.len());
    length += digits(&text[length..]);
    if let Some(b'e' | b'E') = text.get(length) {
        let start = length + 1 + sign(&text[length + 1..]);
        let count = digits(&text[start..]);
        if count > 0 {
            length = start + count;
        }
    }
    let number = float::from_text(&text[..length]).map(Term::Float);
    let rest = length.checked_sub(1).and_then(|last| rests.get(last));
    Ok(prefix(&args[0], number, rest, "no_float"))
}

//! Natives between numbers and text.

use super::{PureTable, proper};
use crate::core::Core;
use crate::exception::Exception;
use crate::term::bits::binary_bytes;
use crate::term::integer::{self, Wrong};
use crate::term::{Term, float};

/// The natives of this theme.
pub(crate) const TABLE: PureTable = &[
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

/// What a native gives.
type Answer = Result<Term, Exception>;

/// The most digits after the point.
const DECIMALS_MAX: usize = 253;
/// The most digits after the point with an exponent.
const SCIENTIFIC_MAX: usize = 249;
/// The longest text of a float.
const FLOAT_TEXT_MAX: usize = 255;

/// The base that an argument names; 10 if there is none.
fn base(arg: Option<&Term>) -> Result<u32, Exception> {
    let base = match arg {
        Some(arg) => arg.as_small().and_then(|base| u32::try_from(base).ok()),
        None => Some(10),
    };
    base.filter(|base| (2..=36).contains(base)).ok_or_else(Exception::badarg)
}

fn integer_text(args: &[Term]) -> Result<String, Exception> {
    integer::to_text(args[0], base(args.get(1))?).ok_or_else(Exception::badarg)
}

fn integer_to_list(core: &mut Core, args: &[Term]) -> Answer {
    Ok(core.heap().string(&integer_text(args)?))
}

fn integer_to_binary(core: &mut Core, args: &[Term]) -> Answer {
    Ok(core.heap().binary(integer_text(args)?.as_bytes()))
}

/// The bytes that the elements of a list are.
fn list_bytes(list: Term) -> Result<Vec<u8>, Exception> {
    let byte = |term: Term| term.as_small().and_then(|code| u8::try_from(code).ok());
    let mut elements = list.iter();
    let bytes: Option<Vec<u8>> = elements.by_ref().map(byte).collect();
    bytes.filter(|_| elements.rest() == Term::NIL).ok_or_else(Exception::badarg)
}

fn parsed_integer(core: &mut Core, text: &[u8], base: u32) -> Answer {
    let limit = core.integer_bits();
    integer::from_text(core.heap(), text, base, limit).map_err(|wrong| match wrong {
        Wrong::Argument => Exception::badarg(),
        Wrong::Limit => Exception::system_limit(),
    })
}

fn list_to_integer(core: &mut Core, args: &[Term]) -> Answer {
    let base = base(args.get(1))?;
    parsed_integer(core, &list_bytes(args[0])?, base)
}

fn binary_to_integer(core: &mut Core, args: &[Term]) -> Answer {
    let base = base(args.get(1))?;
    parsed_integer(core, &binary_bytes(args[0]).ok_or_else(Exception::badarg)?, base)
}

/// How a float is spelled.
enum Form {
    Scientific(usize),
    Decimals(usize),
    Short,
}

/// The text of a float in the form of the options; the last one of each kind holds.
fn float_text(args: &[Term]) -> Result<String, Exception> {
    let value = args[0].as_float().ok_or_else(Exception::badarg)?;
    let mut form = Form::Scientific(20);
    let mut compact = false;
    let options = args.get(1).map_or(Ok(Vec::new()), |options| proper(*options))?;
    for option in options {
        match (option.as_atom().map(|atom| atom.text()), option.as_tuple()) {
            (Some("compact"), _) => compact = true,
            (Some("short"), _) => form = Form::Short,
            (_, Some([kind, count])) => {
                let count = integer::to_usize(*count).ok_or_else(Exception::badarg)?;
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

fn float_to_list(core: &mut Core, args: &[Term]) -> Answer {
    Ok(core.heap().string(&float_text(args)?))
}

fn float_to_binary(core: &mut Core, args: &[Term]) -> Answer {
    Ok(core.heap().binary(float_text(args)?.as_bytes()))
}

/// The first comma is taken for a point.
fn parsed_float(core: &mut Core, mut text: Vec<u8>) -> Answer {
    if let Some(comma) = text.iter_mut().find(|byte| **byte == b',') {
        *comma = b'.';
    }
    let float = float::from_text(&text).ok_or_else(Exception::badarg)?;
    Ok(core.heap().float(float))
}

fn list_to_float(core: &mut Core, args: &[Term]) -> Answer {
    let text = list_bytes(args[0])?;
    parsed_float(core, text)
}

fn binary_to_float(core: &mut Core, args: &[Term]) -> Answer {
    let text = binary_bytes(args[0]).ok_or_else(Exception::badarg)?.into_owned();
    parsed_float(core, text)
}

/// The characters at the start of a list of which a number can be made, and for each the rest of
/// the list after it.
fn leading_characters(list: Term) -> (Vec<u8>, Vec<Term>) {
    let (mut text, mut rests) = (Vec::new(), Vec::new());
    let mut elements = list.iter();
    while let Some(element) = elements.next() {
        match element.as_small().and_then(|code| u8::try_from(code).ok()) {
            Some(byte) if byte.is_ascii_digit() || b"+-.,eE".contains(&byte) => text.push(byte),
            _ => break,
        }
        rests.push(elements.rest());
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
fn prefix(
    core: &mut Core,
    list: Term,
    number: Option<Term>,
    rest: Option<&Term>,
    reason: &str,
) -> Term {
    let is_list = list == Term::NIL || list.is_cons();
    let answer = match (number, rest) {
        (Some(number), Some(rest)) if is_list => [number, *rest],
        _ => {
            let reason = if is_list { reason } else { "not_a_list" };
            [Term::atom(crate::atom::ERROR), Term::atom(crate::atom::Atom::new(reason))]
        }
    };
    core.heap().tuple(&answer)
}

/// `string:list_to_integer`: as many characters as make an integer, and the others.
fn integer_prefix(core: &mut Core, args: &[Term]) -> Answer {
    let (text, rests) = leading_characters(args[0]);
    let length = sign(&text) + digits(&text[sign(&text)..]);
    let number = parsed_integer(core, &text[..length], 10).ok();
    let rest = length.checked_sub(1).and_then(|last| rests.get(last));
    Ok(prefix(core, args[0], number, rest, "no_integer"))
}

/// `string:list_to_float`: as many characters as make a float, and the others. A comma is taken
/// for a point.
fn float_prefix(core: &mut Core, args: &[Term]) -> Answer {
    let (mut text, rests) = leading_characters(args[0]);
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
    let number = float::from_text(&text[..length]).map(|float| core.heap().float(float));
    let rest = length.checked_sub(1).and_then(|last| rests.get(last));
    Ok(prefix(core, args[0], number, rest, "no_float"))
}

//! Values as bytes, for the border to JavaScript: `lam.mjs` has the other side.
//!
//! A tag, then: `i` an integer (8 bytes), `f` a float (8), `a` an atom and `b` a binary (a length
//! and so many bytes), `l` a list, `t` a tuple and `m` a map (a count and so many values; two for
//! each pair of a map). Lengths and counts have 4 bytes; all numbers are little-endian.

use lam_fast::Value;

/// Appends a value.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    let mut head = |tag: u8, count: usize| {
        out.push(tag);
        // Memory has at most 2^32 bytes.
        out.extend_from_slice(&(count as u32).to_le_bytes());
    };
    match value {
        Value::Int(n) => {
            out.push(b'i');
            out.extend_from_slice(&n.to_le_bytes());
        }
        Value::Float(x) => {
            out.push(b'f');
            out.extend_from_slice(&x.to_le_bytes());
        }
        Value::Atom(text) => {
            head(b'a', text.len());
            out.extend_from_slice(text.as_bytes());
        }
        Value::Binary(bytes) => {
            head(b'b', bytes.len());
            out.extend_from_slice(bytes);
        }
        Value::List(values) => {
            head(b'l', values.len());
            values.iter().for_each(|value| write(value, out));
        }
        Value::Tuple(values) => {
            head(b't', values.len());
            values.iter().for_each(|value| write(value, out));
        }
        Value::Map(pairs) => {
            head(b'm', pairs.len());
            for (key, value) in pairs {
                write(key, out);
                write(value, out);
            }
        }
    }
}

/// The value that is all of these bytes; `None` if they are none, or it is nested too deep.
pub fn read(mut bytes: &[u8]) -> Option<Value> {
    let value = next(&mut bytes, Value::DEPTH)?;
    bytes.is_empty().then_some(value)
}

fn next(bytes: &mut &[u8], depth: u32) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let tag = *bytes.split_off_first()?;
    if let b'i' | b'f' = tag {
        let (number, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        return match tag {
            b'i' => Some(Value::Int(i64::from_le_bytes(*number))),
            _ => Some(f64::from_le_bytes(*number)).filter(|x| x.is_finite()).map(Value::Float),
        };
    }
    let (count, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
    // Nothing is reserved: a count need not be true.
    let mut all = || (0..count).map(|_| next(bytes, depth)).collect::<Option<Vec<Value>>>();
    Some(match tag {
        b'l' => Value::List(all()?),
        b't' => Value::Tuple(all()?),
        b'm' => {
            let pair = |_| Some((next(bytes, depth)?, next(bytes, depth)?));
            Value::Map((0..count).map(pair).collect::<Option<_>>()?)
        }
        b'a' => Value::Atom(String::from_utf8(bytes.split_off(..count)?.to_vec()).ok()?),
        b'b' => Value::Binary(bytes.split_off(..count)?.to_vec()),
        _ => return None,
    })
}

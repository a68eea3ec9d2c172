//! Floats of 16 bits.

/// The 16 bits of the nearest half-precision float, halves to even; infinity beyond all of them.
pub fn to_half(float: f64) -> u16 {
    let sign = if float.is_sign_negative() { 0x8000 } else { 0 };
    let magnitude = float.abs();
    if magnitude >= 65520.0 {
        return sign | 0x7c00;
    }
    // Halves are the multiples of `unit` of their binade; below 2^-14 the unit is that of 2^-14.
    let exponent = i32::try_from(magnitude.to_bits() >> 52).unwrap_or(0) - 1023;
    let exponent = exponent.max(-14);
    let unit = two_to(exponent - 10);
    // Exact: dividing by a power of two. The count is at most 2048 and carries into the exponent.
    let count = (magnitude / unit).round_ties_even();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 2048")]
    let count = count as u16;
    let binade = u16::try_from(exponent + 14).unwrap_or(0);
    sign | (binade * 1024 + count)
}

/// The float of a half-precision pattern; `None` for infinity and what is not a number.
pub fn from_half(bits: u16) -> Option<f64> {
    let exponent = i32::from((bits >> 10) & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    let magnitude = match exponent {
        0x1f => return None,
        0 => fraction * two_to(-24),
        _ => (1024.0 + fraction) * two_to(exponent - 25),
    };
    Some(if bits & 0x8000 == 0 { magnitude } else { -magnitude })
}

/// A power of two, from 2^-1022 to 2^1023, of which `f64::powi` promises no exact one.
fn two_to(exponent: i32) -> f64 {
    f64::from_bits(u64::try_from(exponent + 1023).unwrap_or(0) << 52)
}

//! The fuzz target of `.beam` files: translated or refused. What holds of them is in `lam_fuzz::beam`.
//! Book: *BEAM to LAM*.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lam_fuzz::beam(bytes));

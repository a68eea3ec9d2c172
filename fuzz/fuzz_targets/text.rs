//! The fuzz target of LAM text: read or refused. What holds of it is in `lam_fuzz::text`.
//! Book: *The text form*.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lam_fuzz::text(bytes));

//! The fuzz target of LAM binaries: read or refused. What holds of them is in `lam_fuzz::binary`.
//! Book: *The binary form*.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lam_fuzz::binary(bytes));

//! The fuzz target of Programs that verify: run to an end. What holds of them is in `lam_fuzz::program`.
//! Book: *Limits*.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lam_fuzz::program(bytes));

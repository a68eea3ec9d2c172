#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lam_fuzz::text(bytes));

//! Every fuzz target: a program of this source runs the target that has its name.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../tests/it/fuzz/targets/mod.rs"]
mod targets;

fuzz_target!(|data: &[u8]| {
    for target in targets::ALL.iter().filter(|target| target.name == env!("CARGO_BIN_NAME")) {
        (target.run)(data);
    }
});

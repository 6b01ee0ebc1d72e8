//! Reports panics through the log, without what they hold.
//!
//! The message of a panic may repeat data of the upstream, and with it a key: a library that fails on a line prints the line.
//! So only messages that are literals of the source are logged; of all others, the place has to be enough.

use std::io::Write as _;
use std::panic::{PanicHookInfo, set_hook};
use std::thread;

use crate::{log, task};

/// Logged in place of a message that was formatted.
const WITHHELD: &str = "message withheld, because it may contain data";

/// Replaces the hook that prints panics with their message on standard error.
pub fn install() {
    set_hook(Box::new(report));
}

/// A panic in here would end the process, so nothing in here can fail.
fn report(panic: &PanicHookInfo<'_>) {
    let task = task::current();
    task.count_panic();
    let message = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or(WITHHELD);
    let (file, line) = panic.location().map(|place| (place.file(), place.line())).unwrap_or_default();
    let (file, task) = (short(file), task.as_str());
    let current = thread::current();
    let thread = current.name().unwrap_or_default();
    if log::has_started() {
        tracing::error!(task, thread, location = %format_args!("{file}:{line}"), "panic: {message}");
    } else {
        let mut stderr = std::io::stderr();
        writeln!(stderr, "panic in task {task} at {file}:{line}: {message}").unwrap_or_default();
    }
}

/// The path of a source file below the folder that holds the sources of all crates of the machine that built it.
fn short(file: &str) -> &str {
    let below = file.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
    below.map_or(file, |(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn the_path_of_a_library_begins_with_its_name() {
        assert_eq!(short("/home/x/.cargo/registry/src/index-1949/sse-1.0/src/lib.rs"), "sse-1.0/src/lib.rs");
        assert_eq!(short("src/main.rs"), "src/main.rs");
    }
}

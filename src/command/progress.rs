//! What a terminal shows while a command that prints its result at the end is running.

use std::io::{self, IsTerminal as _};

use program::output::print_to;

/// Says on a terminal why nothing is printed yet.
pub(super) fn progress(text: &str) {
    let mut out = io::stderr();
    if out.is_terminal() {
        print_to(&mut out, text.as_bytes()).unwrap_or_default();
    }
}

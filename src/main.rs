//! The `runpod-exporter` command: reads what was typed, does it, and says by its exit code how it went.

use std::io::Write as _;
use std::process::ExitCode;

use runpod_exporter::cli::{Cli, Misuse};
use runpod_exporter::command;

/// Bad input, bad configuration, bad flags.
const MISUSE: u8 = 2;

fn main() -> ExitCode {
    let (code, told) = match Cli::read().map(command::run) {
        Ok(Ok(code)) => return code,
        Ok(Err(failure)) => (failure.code(), failure.to_string()),
        Err(Misuse::Asked(text)) => {
            // A reader that has gone away, as `head` does, is no failure.
            std::io::stdout().write_all(text.as_bytes()).unwrap_or_default();
            return ExitCode::SUCCESS;
        }
        Err(Misuse::Wrong(line)) => (MISUSE, line),
    };
    writeln!(std::io::stderr(), "runpod-exporter: {told}").unwrap_or_default();
    ExitCode::from(code)
}

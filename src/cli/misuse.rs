//! What is printed instead of running a command: the help that was requested, or one line that says what is wrong.

use clap::error::ErrorKind;

/// The command line does not start a command.
#[derive(Debug)]
pub enum Misuse {
    /// The text of `--help` or `--version`: not an error, but nothing runs either.
    Asked(String),
    /// One line that says what is wrong.
    Wrong(String),
}

impl From<clap::Error> for Misuse {
    /// Keeps clap's message and its tip, on one line, without the usage.
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            return Self::Asked(text);
        }
        let message = text.split("\nUsage:").next().unwrap_or_default();
        let message = message.split("\nFor more information").next().unwrap_or_default();
        let lines: Vec<_> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        Self::Wrong(format!("{} (see --help)", lines.join("; ").trim_start_matches("error: ")))
    }
}

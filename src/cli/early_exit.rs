//! What is printed instead of running a command: the requested help, or a usage error.

use clap::error::ErrorKind;

use super::environment::redacted;

/// The command line does not run a command.
#[derive(Debug)]
pub enum EarlyExit {
    /// The text of `--help` or `--version`.
    Help(String),
    /// A usage error, in one line.
    Usage(String),
}

impl From<clap::Error> for EarlyExit {
    /// Keeps clap's message and its tip, on one line, without the usage.
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            return Self::Help(text);
        }
        let end = text.find("\nUsage:").or_else(|| text.find("\nFor more information"));
        let message = end.and_then(|end| text.get(..end)).unwrap_or(&text);
        let lines: Vec<_> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        // What a line introduces with a colon follows it: the missing arguments.
        let line = lines.join("; ").replace(":; ", ": ");
        Self::Usage(redacted(format!("{} (see --help)", line.trim_start_matches("error: "))))
    }
}

//! What is printed instead of running a command: the requested help, or a usage error.

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Cli;
use super::environment::{redacted, variable_with};

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
        let text = with_variable(&error);
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

/// The text of an error; with the variable that the value of a flag is from, if it is from one.
fn with_variable(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let given = context(ContextKind::InvalidArg).zip(context(ContextKind::InvalidValue));
    // Without it, the flags have no names yet.
    let mut command = Cli::command();
    command.build();
    match given.and_then(|(flag, value)| Some((flag, variable_with(&command, flag, value)?))) {
        Some((flag, variable)) => text.replace(&format!("'{flag}'"), &format!("'{flag}' ({variable})")),
        None => text,
    }
}

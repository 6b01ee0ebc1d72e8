//! The errors of commands, and their exit codes.

use std::path::PathBuf;

use super::check_error::CheckError;
use crate::alerts;
use crate::app::StartError;
use crate::cli::UnknownCommand;
use crate::config::ConfigError;
use crate::docs::UnknownRunbook;
use crate::logs::{LogReaderError, LokiError, TargetError};
use crate::reload::ReloadError;
use crate::status::Verdict;
use program::exit::{FAILED, USAGE};
use program::listen::ListenError;
use program::log::InvalidFilter;
use program::output::OutputError;
use program::resources::Scarce;
use program::text::visible;
use recording::{OpenError, WriteError};

/// Printed if there is no API key.
const NO_KEY_HELP: &str = "\
no API key.

  With a key:     RUNPOD_API_KEY=… runpod-exporter
                  or --runpod.api-key-file=FILE; create one under Settings, API Keys in the Runpod console;
                  read-only access to GraphQL, REST and the endpoints is enough.
  Without a key:  runpod-exporter demo
                  a simulated account on this machine.";

/// Added for `check`, which can also read an exporter.
const NO_KEY_FOR_CHECK: &str = "
                  or, of an exporter that is running: runpod-exporter check --from=http://localhost:10736";

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{NO_KEY_HELP}")]
    NoKey,
    #[error(transparent)]
    Config(ConfigError),
    #[error(transparent)]
    Log(#[from] InvalidFilter),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error(
        "--web.systemd-socket: {0}; start the exporter by a .socket unit with ListenStream=HOST:PORT, or remove the flag"
    )]
    Inherited(std::io::Error),
    #[error("cannot set up the HTTP client for Loki; are root certificates (ca-certificates) installed?")]
    Loki(#[source] LokiError),
    #[error(
        "cannot set up the HTTP client for Alertmanager; are root certificates (ca-certificates) installed?"
    )]
    Alertmanager(#[source] alerts::SetupError),
    #[error("cannot start: {}", Scarce(_0))]
    Io(std::io::Error),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("cannot encode the metrics; please report this")]
    Encode,
    #[error("unhealthy: {0}")]
    Unhealthy(String),
    #[error("--account: use one of the configured accounts: {known}")]
    Account { known: String },
    #[error(transparent)]
    Logs(#[from] LogReaderError),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error("--replay: {0}{hint}", hint = replay_hint(.0))]
    Replay(#[from] OpenError),
    #[error(transparent)]
    Record(#[from] WriteError),
    #[error(
        "the recording has no usable answer: {0}; check the API key and the base URLs with runpod-exporter doctor"
    )]
    Unusable(String),
    #[error("cannot record: the system has no random numbers")]
    NoRandom,
    #[error(transparent)]
    Runbook(#[from] UnknownRunbook),
    #[error(transparent)]
    Command(#[from] UnknownCommand),
    #[error("cannot write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    /// `check` could not diagnose anything. Its other exit codes are verdicts.
    #[error(transparent)]
    Unknown(Box<Self>),
}

/// How to get a recording, if there is none.
const fn replay_hint(error: &OpenError) -> &'static str {
    match error {
        OpenError::NoIndex(_) => "; make one with runpod-exporter record DIR",
        _ => "",
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ReloadError> for Failure {
    fn from(error: ReloadError) -> Self {
        match error {
            ReloadError::Config(error) => error.into(),
            ReloadError::Start(error) => error.into(),
            error @ ReloadError::Task => Self::Io(std::io::Error::other(error)),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::NoKey => Self::NoKey,
            error => Self::Config(error),
        }
    }
}

impl Failure {
    /// The error as one line, or as the lines of its help. A name or an answer in it can contain any character.
    pub fn text(&self) -> String {
        match self {
            Self::NoKey => self.to_string(),
            Self::Unknown(cause) if matches!(**cause, Self::NoKey) => {
                format!("{NO_KEY_HELP}{NO_KEY_FOR_CHECK}")
            }
            Self::Unknown(cause) => cause.text(),
            error => visible(&error.to_string()).into_owned(),
        }
    }

    /// The exit code: that of a usage error for an invalid command line or configuration, 3 if `check` could not diagnose
    /// anything, otherwise 1.
    pub fn code(&self) -> u8 {
        match self {
            Self::NoKey
            | Self::Config(_)
            | Self::Log(_)
            | Self::Account { .. }
            | Self::Logs(LogReaderError::Target(
                TargetError::Unknown { .. } | TargetError::Ambiguous { .. },
            ))
            | Self::Check(CheckError::Account { .. } | CheckError::Name { .. })
            | Self::Runbook(_)
            | Self::Replay(_)
            | Self::Record(WriteError::NotEmpty(_) | WriteError::NotFolder(_))
            | Self::Command(_) => USAGE,
            Self::Unknown(cause) if cause.code() == USAGE => USAGE,
            Self::Unknown(_) => Verdict::Unknown.code(),
            Self::Logs(_)
            | Self::Check(_)
            | Self::Start(_)
            | Self::Listen(_)
            | Self::Loki(_)
            | Self::Alertmanager(_)
            | Self::Io(_)
            | Self::Output(_)
            | Self::Encode
            | Self::Write { .. }
            | Self::Record(WriteError::Io { .. })
            | Self::Unusable(_)
            | Self::NoRandom
            | Self::Inherited(_)
            | Self::Unhealthy(_) => FAILED,
        }
    }
}

//! Why a command failed, and with which exit code.

use crate::app::StartError;
use crate::command::check::error::CheckError;
use crate::command::listen::ListenError;
use crate::config::ConfigError;
use crate::logs::{LokiError, ShowError, TargetError};
use crate::reload::ReloadError;
use crate::status::Verdict;
use crate::telemetry::BadFilter;

/// Printed when there is neither a key nor a command that needs none.
const WAYS_IN: &str = "\
no API key.

  With a key:     RUNPOD_API_KEY=… runpod-exporter
                  or --runpod.api-key-file=FILE; create one under Settings, API Keys in the Runpod console;
                  read access to GraphQL and the endpoints is enough.
  Without a key:  runpod-exporter demo
                  a simulated account on this machine.";

/// The command line or the configuration has to be corrected.
const USAGE: u8 = 2;

/// Anything else that failed.
const FAILED: u8 = 1;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error that it carries")]
pub enum Failure {
    #[error("{WAYS_IN}")]
    NoKey,
    #[error(transparent)]
    Config(ConfigError),
    #[error(transparent)]
    Log(#[from] BadFilter),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error("cannot set up the HTTP client for Loki; are root certificates (ca-certificates) installed?")]
    Loki(#[source] LokiError),
    #[error("input or output failed: {0}")]
    Io(#[from] std::io::Error),
    #[error("cannot encode the metrics; please report this")]
    NoPage,
    #[error("unhealthy: {0}")]
    Unhealthy(String),
    #[error("--account: use one of the configured accounts: {known}")]
    Account { known: String },
    #[error(transparent)]
    Show(#[from] ShowError),
    #[error(transparent)]
    Check(#[from] CheckError),
    /// `check` could not diagnose anything; its other exit codes are about the endpoints.
    #[error(transparent)]
    Unknown(Box<Self>),
}

impl From<ReloadError> for Failure {
    fn from(error: ReloadError) -> Self {
        match error {
            ReloadError::Config(error) => error.into(),
            ReloadError::Start(error) => error.into(),
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
    /// The exit code: 2 for what the user can correct on the command line, 3 where `check` knows nothing, 1 for the rest.
    pub const fn code(&self) -> u8 {
        match self {
            Self::NoKey
            | Self::Config(_)
            | Self::Log(_)
            | Self::Account { .. }
            | Self::Show(ShowError::Target(TargetError::Unknown { .. } | TargetError::Ambiguous { .. })) => {
                USAGE
            }
            Self::Unknown(_) => Verdict::Unknown.code(),
            Self::Show(_)
            | Self::Check(_)
            | Self::Start(_)
            | Self::Listen(_)
            | Self::Loki(_)
            | Self::Io(_)
            | Self::NoPage
            | Self::Unhealthy(_) => FAILED,
        }
    }
}

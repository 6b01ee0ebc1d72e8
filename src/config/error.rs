//! Why a configuration cannot be used.

use super::{FileError, MAX_CONCURRENCY, PodProxyError, ReadError, UrlError, WebhookError};
use crate::settings::{Invalid, Shard};
use runpod::KeyError;

/// Why the configuration cannot be used. Each message is one line and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Neither key nor key file.
    #[error("no API key")]
    NoKey,
    /// Both key and key file.
    #[error(
        "RUNPOD_API_KEY and --runpod.api-key-file (RUNPOD_API_KEY_FILE) are both set; remove one of them"
    )]
    TwoKeys,
    /// The key file cannot be read.
    #[error("cannot read the API key file {path}: {cause}")]
    KeyFile {
        /// Its path.
        path: String,
        /// Why it cannot be read.
        cause: ReadError,
    },
    /// The path of a key file is a key. The message does not repeat it.
    #[error("{0} is set to a key instead of a path; write the key to a file and set the path of the file")]
    KeyAsPath(&'static str),
    /// The key is invalid. The message does not repeat it.
    #[error("{origin}: {cause}")]
    Key {
        /// The file or variable that contains it.
        origin: String,
        /// What is wrong with it.
        cause: KeyError,
    },
    /// A base URL is invalid.
    #[error("{flag}: {}", cause.about(flag))]
    Url {
        /// The flag.
        flag: &'static str,
        /// What is wrong with it.
        cause: UrlError,
    },
    /// The URL of the proxy in front of pods is invalid.
    #[error("--runpod.pod-proxy-url: {0}")]
    PodProxy(PodProxyError),
    /// The configuration file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The token of the webhook.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// Accounts in the file, and a key in the environment that belongs to none of them.
    #[error(
        "--config.file defines the accounts, but RUNPOD_API_KEY or --runpod.api-key-file is set too; remove one of them"
    )]
    FileAndKey,
    /// An address to listen on is invalid.
    #[error("--web.listen-address: {0}")]
    Listen(Invalid),
    /// An address to listen on for webhooks is invalid.
    #[error("--webhook.listen-address: {0}")]
    WebhookListen(Invalid),
    /// The concurrency is out of range.
    #[error("--runpod.concurrency: {0} is out of range; use 1 to {MAX_CONCURRENCY}")]
    Concurrency(usize),
    /// The share of the quota is out of range.
    #[error("--runpod.rest-quota-share: {0}")]
    Share(Invalid),
    /// Neither the file nor the flags configure an account.
    #[error(
        "{0}: no accounts configured; add accounts to the file, or set RUNPOD_API_KEY or --runpod.api-key-file"
    )]
    NoAccounts(String),
    /// There is one account, and several exporters are to share the accounts.
    #[error(
        "--config.shard={0}: only the accounts of a configuration file can be shared; add them to --config.file, or remove the flag"
    )]
    NothingToShare(Shard),
    /// A recording is one account, and a file has accounts of its own.
    #[error(
        "--replay: a recording answers for one account; remove --config.file (or RUNPOD_EXPORTER_CONFIG)"
    )]
    ReplayAndFile,
    /// A duration must not be zero.
    #[error("{flag}: must be greater than zero, for example 10s")]
    Zero {
        /// The flag.
        flag: &'static str,
    },
    /// A collector is enabled without one that it needs.
    #[error("collector \"{collector}\" needs collector \"{needed}\"; enable both or disable both")]
    Needs {
        /// The enabled collector.
        collector: &'static str,
        /// The disabled collector.
        needed: &'static str,
    },
    /// A flag for Loki is invalid.
    #[error("{flag}: {cause}")]
    Loki {
        /// The flag.
        flag: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// An error whose message repeated a key, which was removed.
    #[error("{0}")]
    Redacted(String),
    /// No collector is enabled.
    #[error("all collectors are disabled; enable at least one")]
    NothingToCollect,
}

impl ConfigError {
    /// The error without the keys that were read, and without words that look like one.
    pub(crate) fn redacted(self, redact: impl FnOnce(String) -> String) -> Self {
        let message = self.to_string();
        let redacted = redact(message.clone());
        if redacted == message { self } else { Self::Redacted(redacted) }
    }
}

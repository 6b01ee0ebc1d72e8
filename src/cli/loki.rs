//! The flags that send lines to Loki.

use std::path::PathBuf;

use clap::Args;

use crate::config::{self, ConfigError};
use crate::logs::LokiTarget;

#[derive(Debug, Args)]
pub(super) struct LokiFlags {
    /// Loki, to which the lines of the logs collector are sent, by its address, or that of its push API.
    #[arg(long = "logs.loki-url", env = "RUNPOD_LOGS_LOKI_URL", value_name = "URL")]
    url: Option<String>,
    /// The tenant, where Loki has several (X-Scope-OrgID).
    #[arg(
        long = "logs.loki-tenant",
        env = "RUNPOD_LOGS_LOKI_TENANT",
        value_name = "TENANT",
        requires = "url"
    )]
    tenant: Option<String>,
    /// File with name:password for Loki.
    #[arg(
        long = "logs.loki-basic-auth-file",
        env = "RUNPOD_LOGS_LOKI_BASIC_AUTH_FILE",
        value_name = "FILE",
        requires = "url"
    )]
    login: Option<PathBuf>,
}

impl LokiFlags {
    /// Where lines are sent, if they are.
    pub(super) fn target(&self, allow_insecure: bool) -> Result<Option<LokiTarget>, ConfigError> {
        let Some(url) = &self.url else { return Ok(None) };
        config::loki(url, self.tenant.as_deref(), self.login.as_deref(), allow_insecure).map(Some)
    }
}

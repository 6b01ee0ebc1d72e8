//! The flags that send log lines to Loki.

use std::path::PathBuf;

use clap::Args;

use super::heading;
use crate::config::{self, ConfigError};
use crate::logs::LokiTarget;

#[derive(Debug, Args)]
#[command(next_help_heading = heading::LOGS)]
pub(super) struct LokiFlags {
    /// Send the workers' log lines to Loki at this URL
    ///
    /// It is the base URL or that of the push API. Needs --collector.logs.
    #[arg(long = "logs.loki-url", env = "RUNPOD_LOGS_LOKI_URL", value_name = "URL")]
    url: Option<String>,
    /// Loki tenant (X-Scope-OrgID)
    #[arg(
        long = "logs.loki-tenant",
        env = "RUNPOD_LOGS_LOKI_TENANT",
        value_name = "TENANT",
        requires = "url"
    )]
    tenant: Option<String>,
    /// File with name:password for Loki
    #[arg(
        long = "logs.loki-basic-auth-file",
        env = "RUNPOD_LOGS_LOKI_BASIC_AUTH_FILE",
        value_name = "FILE",
        requires = "url"
    )]
    login: Option<PathBuf>,
}

impl LokiFlags {
    /// The Loki that log lines are sent to, if there is one.
    pub(super) fn target(&self, allow_insecure: bool) -> Result<Option<LokiTarget>, ConfigError> {
        let Some(url) = &self.url else { return Ok(None) };
        config::loki(url, self.tenant.as_deref(), self.login.as_deref(), allow_insecure).map(Some)
    }
}

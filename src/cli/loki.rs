//! The flags that send log lines to Loki.

use std::path::PathBuf;

use clap::Args;

use super::{heading, value};
use crate::config::{self, ConfigError, Inputs};
use crate::logs::LokiTarget;

#[derive(Debug, Args)]
#[command(next_help_heading = heading::LOGS)]
pub(super) struct LokiFlags {
    /// Send the workers' log lines to Loki at this URL
    ///
    /// It is the base URL or that of the push API. Needs --collector.logs.
    #[arg(long = "logs.loki-url", env = "RUNPOD_LOGS_LOKI_URL", value_name = "URL", value_parser = value::text)]
    url: Option<String>,
    /// Loki tenant (X-Scope-OrgID)
    #[arg(
        long = "logs.loki-tenant",
        env = "RUNPOD_LOGS_LOKI_TENANT",
        value_name = "TENANT",
        value_parser = value::text,
        requires = "url"
    )]
    tenant: Option<String>,
    /// File with name:password for Loki
    #[arg(
        long = "logs.loki-basic-auth-file",
        env = "RUNPOD_LOGS_LOKI_BASIC_AUTH_FILE",
        value_name = "FILE",
        value_parser = value::path(),
        requires = "url"
    )]
    login: Option<PathBuf>,
}

impl LokiFlags {
    /// The Loki that log lines are sent to, if there is one.
    pub(super) fn target(
        &self,
        allow_insecure: bool,
        inputs: &Inputs,
    ) -> Result<Option<LokiTarget>, ConfigError> {
        let Some(url) = &self.url else { return Ok(None) };
        let target = config::loki(inputs, url, self.tenant.as_deref(), self.login.as_deref(), allow_insecure);
        target.map(Some).map_err(|error| error.redacted(|text| inputs.redact(text)))
    }
}

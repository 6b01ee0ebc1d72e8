//! The flags of `healthcheck`.

use std::path::PathBuf;

use clap::Args;
use program::listen::own_address;

use super::{LISTEN, heading, value};
use crate::config::{ConfigError, Inputs, security};
use crate::web::Security;

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Check whether a running exporter is alive, for the health check of a container.

GET /-/healthy has to answer within three seconds, with 200, or with 401 where a login is required. With \
--web.config.file, the exporter has to present the certificate of the file. The address is that on which the exporter listens, from the same \
flag and variable; a listener on all interfaces is reached over the loopback interface.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Exit codes:
  0   Alive
  1   Not alive: no connection, no response in time, or another status
  64  Invalid argument

Examples:
  runpod-exporter healthcheck
  runpod-exporter healthcheck 127.0.0.1:9090
  runpod-exporter healthcheck --web.listen-address=:9090";

/// Flags of `healthcheck`.
#[derive(Debug, Args)]
pub struct Healthcheck {
    /// Address of the exporter, host:port, instead of where it listens
    address: Option<String>,
    /// Address on which the exporter listens, host:port
    ///
    /// Of several, the first is checked.
    #[arg(
        long = "web.listen-address",
        env = "RUNPOD_EXPORTER_LISTEN",
        value_name = "ADDRESS",
        default_value = LISTEN,
        value_delimiter = ',',
        help_heading = heading::WEB
    )]
    listen: Vec<String>,
    /// YAML file with TLS, logins and headers of the exporter
    #[arg(long = "web.config.file", env = "RUNPOD_EXPORTER_WEB_CONFIG", value_name = "FILE", value_parser = value::path(), help_heading = heading::WEB)]
    config: Option<PathBuf>,
}

impl Healthcheck {
    /// How the exporter is protected.
    pub fn security(&self, inputs: &Inputs) -> Result<Security, ConfigError> {
        let security = self.config.as_deref().map(|path| security(path, inputs)).transpose()?;
        Ok(security.unwrap_or_default())
    }

    /// The address to check.
    pub fn address(&self) -> String {
        let first = self.listen.iter().map(|address| address.trim()).find(|address| !address.is_empty());
        self.address.clone().unwrap_or_else(|| own_address(first.unwrap_or(LISTEN)))
    }
}

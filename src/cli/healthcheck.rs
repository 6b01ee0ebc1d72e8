//! The flags of `healthcheck`.

use clap::Args;
use program::listen::own_address;

use super::{LISTEN, heading};

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Check whether a running exporter is alive, for the health check of a container.

GET /-/healthy has to answer 200 within three seconds. The address is that on which the exporter listens, from the same \
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
}

impl Healthcheck {
    /// The address to check.
    pub fn address(&self) -> String {
        let first = self.listen.iter().map(|address| address.trim()).find(|address| !address.is_empty());
        self.address.clone().unwrap_or_else(|| own_address(first.unwrap_or(LISTEN)))
    }
}

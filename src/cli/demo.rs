//! The flags of `demo`.

use std::time::Duration;

use clap::Args;

use super::heading;
use super::log::Log;
use super::web::OverviewFlags;
use crate::config::{ConfigError, PodProxy, Web, listen_addresses};
use runpod_simulator::POD_PROXY_PATH;
use runpod_simulator::cli::WorldFlags;

/// Default address, which only this machine can reach.
const LISTEN: &str = "127.0.0.1:10736";

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Run the exporter on a simulated account, in one process: no API key, no network.

All collectors are enabled. The URLs of the overview, of the metrics and of the simulated API are printed at the start.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Exit codes:
  0   Stopped by SIGINT or SIGTERM
  1   Cannot start, for example because the port is in use; or a second signal
  64  Invalid flag

Examples:
  # An account with typical problems
  runpod-exporter demo

  # One problem in an otherwise healthy account
  runpod-exporter demo --scene=crash-loop

  # A large account with slow APIs
  runpod-exporter demo --endpoints=500 --pods=100 --delay=100ms

  # The GraphQL API is retired
  runpod-exporter demo --fault=graphql=gone";

/// Flags of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// What is simulated.
    #[command(flatten)]
    pub world: WorldFlags,
    /// Address to listen on, host:port; repeatable
    #[arg(
        long = "web.listen-address",
        value_name = "ADDRESS",
        default_value = LISTEN,
        help_heading = heading::WEB
    )]
    listen: Vec<String>,
    #[command(flatten)]
    overview: OverviewFlags,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

impl Demo {
    /// How scrapes are served, `timeout_offset` before Prometheus's scrape timeout.
    pub fn web(&self, timeout_offset: Duration) -> Result<Web, ConfigError> {
        let listen = listen_addresses(&self.listen).map_err(ConfigError::Listen)?;
        let (grafana, external) = (self.overview.grafana()?, self.overview.external()?);
        let alertmanager = self.overview.alertmanager()?;
        let (listen_for_jobs, lifecycle, inherits) = (Vec::new(), false, false);
        Ok(Web {
            listen,
            listen_for_jobs,
            // Prometheus may run on another machine, which reaches only the exporter.
            pod_proxy: PodProxy::own(POD_PROXY_PATH),
            lifecycle,
            shard: None,
            inherits,
            timeout_offset,
            grafana,
            alertmanager,
            external,
        })
    }
}

//! The flags of `simulate`.

use clap::Args;

use super::heading;
use super::log::Log;
use super::world::World;
use runpod_simulator::webhooks::WebhookUrl;

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Run only the simulated Runpod API, for tests, dashboards and benchmarks.

The variables that point an exporter at it are printed at the start. Scenes and faults can be changed while it runs.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Exit codes:
  0  Stopped by SIGINT or SIGTERM
  1  Cannot start or keep running, for example because the port is in use
  2  Invalid flag

Examples:
  # A large account with a small REST quota
  runpod-exporter simulate --endpoints=500 --rest-quota=60/3000/50000

  # Report finished jobs to an exporter, some of them twice
  runpod-exporter simulate --webhook-duplicates=0.05 \\
    --webhook-url='http://127.0.0.1:10736/webhooks/jobs/{endpoint_id}'";

/// Flags of `simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Address to listen on, host:port
    #[arg(long = "listen-address", value_name = "ADDRESS", default_value = "127.0.0.1:10737")]
    pub listen: String,
    /// What is simulated.
    #[command(flatten)]
    pub world: World,
    /// The only API key to accept; any key by default
    #[arg(long, env = "RUNPOD_SIMULATED_KEY", hide_env_values = true, help_heading = heading::SIMULATED_API)]
    pub key: Option<String>,
    /// URL to report finished jobs to; `{endpoint_id}` is replaced
    #[arg(long, value_name = "URL", help_heading = heading::WEBHOOKS, display_order = 0)]
    pub webhook_url: Option<WebhookUrl>,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

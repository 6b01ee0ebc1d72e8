//! The flags of a simulator in a process of its own.

use clap::Args;

use super::heading;
use super::world::WorldFlags;
use crate::options::Options;
use crate::webhooks::WebhookUrl;

/// The address without flag and variable.
const LISTEN: &str = "127.0.0.1:10737";

/// The flags of `runpod-simulator`, and of `runpod-exporter simulate`.
#[derive(Debug, Args)]
pub struct SimulateFlags {
    /// Address to listen on, host:port
    #[arg(long = "listen-address", env = "RUNPOD_SIMULATOR_LISTEN", value_name = "ADDRESS", default_value = LISTEN)]
    listen: String,
    #[command(flatten)]
    world: WorldFlags,
    /// The only API key to accept; any key by default
    #[arg(long, env = "RUNPOD_SIMULATED_KEY", hide_env_values = true, help_heading = heading::API)]
    key: Option<String>,
    /// URL to report finished jobs to; `{endpoint_id}` is replaced
    #[arg(long, value_name = "URL", help_heading = heading::WEBHOOKS, display_order = 0)]
    webhook_url: Option<WebhookUrl>,
}

impl SimulateFlags {
    /// The address to listen on. A variable that is set but blank is not set.
    pub fn listen(&self) -> &str {
        let address = self.listen.trim();
        if address.is_empty() { LISTEN } else { address }
    }

    /// The options of the simulator.
    pub fn options(self) -> Options {
        let Self { listen: _, world, key, webhook_url } = self;
        // A variable that is set but blank is not set.
        world.options(key.filter(|key| !key.trim().is_empty()), webhook_url)
    }
}

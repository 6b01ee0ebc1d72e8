//! `--config.check`: everything that `serve` does before it serves, and nothing that outlives it.

use std::sync::Arc;

use clock::Clock;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use super::failure::Failure;
use crate::alerts::Alertmanager;
use crate::app::App;
use crate::config::{Account, AlertmanagerUrls, Web};
use crate::logs::{LokiOptions, LokiTarget, to_loki};
use crate::settings::Mode;
use program::listen::{ListenError, listen};
use program::text::Visible;

/// Sets up the parts of the exporter with these settings, and drops them. Returns the message for a valid configuration.
pub(super) async fn run(
    web: &Web,
    loki: Option<LokiTarget>,
    accounts: Vec<Account>,
    clock: Arc<dyn Clock>,
) -> Result<String, Failure> {
    let names: Vec<_> = accounts.iter().map(|account| account.name.to_string()).collect();
    let app = App::new(Mode::Serve, Arc::clone(&clock), TaskTracker::new());
    app.apply(accounts)?;
    if let Some(target) = loki {
        let lines = Arc::new(app.instruments().log_lines().clone());
        let (next, options) = (Arc::clone(&lines), LokiOptions::default());
        drop(to_loki(target, options, next, lines, clock).map_err(Failure::Loki)?);
    }
    if let Some(AlertmanagerUrls { api, link }) = &web.alertmanager {
        let clock = Arc::clone(app.clock());
        drop(Alertmanager::new(api.as_str(), link.as_str(), clock).map_err(Failure::Alertmanager)?);
    }
    addresses(&web.listen).await?;
    let whose = web.shard.map(|shard| format!(" of shard {shard}")).unwrap_or_default();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Ok(format!("the configuration is valid; accounts{whose}: {}\n", Visible(&names)))
}

/// Opens each address, so that its host resolves, belongs to this machine and its port is allowed. A port in use is not an error
/// unless one of these addresses uses it: it is probably that of the running exporter, whose next configuration is checked.
async fn addresses(addresses: &[String]) -> Result<(), ListenError> {
    let mut open: Vec<TcpListener> = Vec::new();
    for address in addresses {
        match listen(address).await {
            Ok(listener) => open.push(listener),
            Err(error) if error.is_in_use() && !is_own(&open, address) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether one of the listeners has the port of an address.
fn is_own(open: &[TcpListener], address: &str) -> bool {
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    let mut ports = open.iter().filter_map(|listener| listener.local_addr().ok());
    ports.any(|own| Some(own.port()) == port)
}

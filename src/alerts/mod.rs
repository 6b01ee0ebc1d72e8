//! The alerts that Alertmanager has, for the overview page: whether one fires for an endpoint.
//!
//! They are read only while a client reads the page or the status. A failure is a text on the page and nothing else. The
//! HTTP client is not the one that has an API key.

mod alert;
mod client;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::sleep;

pub use self::alert::{Alert, AlertState};
use self::client::Client;
pub(crate) use self::client::SetupError;
use clock::Clock;

/// Minimum time between two reads.
const INTERVAL: Duration = Duration::from_secs(10);

/// Alertmanager, and what it returned last.
#[derive(Debug)]
pub struct Alertmanager {
    link: String,
    client: Client,
    clock: Arc<dyn Clock>,
    /// A client wants to see the alerts.
    wanted: Notify,
    latest: Mutex<Option<Arc<Alerts>>>,
}

/// The alerts at one time.
#[derive(Debug, Clone)]
pub struct Alerts {
    /// When they were read.
    pub read: Timestamp,
    /// The alerts, or why they could not be read.
    pub result: Result<Vec<Alert>, String>,
}

impl Alertmanager {
    /// The Alertmanager with the base URL `api`. `link` is the one under which people reach it.
    pub fn new(api: &str, link: &str, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let client = Client::new(api)?;
        Ok(Self { link: link.to_owned(), client, clock, wanted: Notify::new(), latest: Mutex::default() })
    }

    /// The base URL under which people reach it, without a trailing slash.
    pub fn link(&self) -> &str {
        &self.link
    }

    /// What was read last, `None` before the first read. Causes the next read without waiting for it.
    pub fn latest(&self) -> Option<Arc<Alerts>> {
        self.wanted.notify_one();
        self.latest.lock().clone()
    }

    /// Reads the alerts whenever they are wanted, but not more often than every ten seconds. Does not return.
    pub async fn run(&self) {
        loop {
            self.wanted.notified().await;
            let result = self.client.alerts().await;
            *self.latest.lock() = Some(Arc::new(Alerts { read: self.clock.now(), result }));
            sleep(INTERVAL).await;
        }
    }
}

//! One scrape without Prometheus. What becomes of the page belongs to each command.

use std::sync::Arc;
use std::time::Duration;

use clock::after;
use tokio::time::Instant;

use super::failure::Failure;
use crate::app::App;
use crate::scrape::{EncodeError, Page, Scope};

/// Timeout of a scrape that Prometheus did not request.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// The same for `doctor` and `record`, and of each read after it. They examine slow APIs, too.
pub(super) const PATIENT: Duration = Duration::from_mins(1);

/// Scrapes all accounts.
pub(super) async fn scrape(app: &App, timeout: Duration) -> Result<Arc<Page>, Failure> {
    let result = app.scraper().scrape(Scope::default(), after(Instant::now(), timeout)).await;
    result.map_err(|EncodeError| Failure::Encode)
}

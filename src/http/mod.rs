//! Routes and thin handlers. Nothing here knows Runpod.

mod accept;
mod assets;
mod body;
mod docs;
mod jobs;
mod metrics;
mod overview;
mod probe;
mod status;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::map_response;
use axum::routing::{get, post};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub use self::jobs::Intake;
use crate::config::PageUrl;
use crate::scrape::Scraper;
use crate::settings::Mode;
use crate::status::{Status, Wanted};
use clock::Clock;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct Context {
    /// Makes the scrapes.
    pub scraper: Arc<Scraper>,
    /// Taken off Prometheus's scrape timeout.
    pub timeout_offset: Duration,
    /// Whether the account is real.
    pub mode: Mode,
    /// Reads the configuration again.
    pub reload: Arc<dyn Reload>,
    /// Takes finished jobs.
    pub intake: Arc<Intake>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// When the process started, by [`Clock::elapsed`].
    pub started: Duration,
    /// Where Grafana is, if it is known.
    pub grafana: Option<PageUrl>,
}

impl Context {
    /// How everything was found last.
    fn status(&self) -> Status {
        let tokens = |endpoint: &str| self.scraper.jobs().tokens(endpoint);
        let running = self.clock.elapsed().saturating_sub(self.started);
        let accounts = self.scraper.latest();
        Status::new(&accounts, Wanted::default(), &tokens, self.mode, self.clock.now(), running)
    }
}

/// Reads the configuration again.
pub trait Reload: Debug + Send + Sync {
    /// What is wrong with it, if anything is; then the old one stays.
    fn reload(&self) -> Result<(), String>;
}

/// The routes.
pub fn router(context: Context) -> Router {
    let pages = Router::new()
        .route("/", get(overview::page))
        .route("/overview.css", get(assets::css))
        .route("/overview.js", get(assets::js))
        .route("/docs/", get(docs::index))
        .route("/docs/{*path}", get(docs::page))
        .route("/api/v1/status", get(status::status))
        .layer(map_response(assets::guard))
        // A fleet of 500 endpoints is a page of a megabyte, and a tenth of it like this.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    Router::new()
        .merge(pages)
        .route("/metrics", get(metrics::metrics))
        .route("/metrics/prometheus", get(metrics::metrics))
        .route("/probe", get(probe::probe))
        .route("/sd", get(probe::targets))
        .route("/health", get(status::health))
        .route("/-/healthy", get(status::health))
        .route("/ready", get(status::ready))
        .route("/-/ready", get(status::ready))
        .route("/-/reload", post(status::reload))
        .route("/webhooks/jobs/{endpoint_id}", post(jobs::webhook))
        .route("/api/v1/jobs", post(jobs::push))
        .layer(CatchPanicLayer::new())
        .with_state(context)
}

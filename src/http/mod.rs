//! Routes and thin handlers. Nothing here knows Runpod.

mod accept;
mod metrics;
mod overview;
mod probe;
mod status;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

use crate::instruments::Mode;
use crate::scrape::Scraper;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct App {
    /// Makes the scrapes.
    pub scraper: Arc<Scraper>,
    /// Taken off Prometheus's scrape timeout.
    pub timeout_offset: Duration,
    /// Whether the account is real.
    pub mode: Mode,
}

/// The routes.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(overview::page))
        .route("/metrics", get(metrics::metrics))
        .route("/metrics/prometheus", get(metrics::metrics))
        .route("/probe", get(probe::probe))
        .route("/sd", get(probe::targets))
        .route("/health", get(status::health))
        .route("/-/healthy", get(status::health))
        .route("/ready", get(status::ready))
        .route("/-/ready", get(status::ready))
        .layer(CatchPanicLayer::new())
        .with_state(app)
}

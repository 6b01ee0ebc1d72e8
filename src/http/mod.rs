//! Routes and thin handlers. Nothing here knows Runpod.

mod accept;
mod body;
mod jobs;
mod metrics;
mod overview;
mod probe;
mod status;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

pub use self::jobs::Intake;
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
    /// Reads the configuration again.
    pub reload: Arc<dyn Reload>,
    /// Takes finished jobs.
    pub intake: Arc<Intake>,
}

/// Reads the configuration again.
pub trait Reload: Debug + Send + Sync {
    /// What is wrong with it, if anything is; then the old one stays.
    fn reload(&self) -> Result<(), String>;
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
        .route("/-/reload", post(status::reload))
        .route("/webhooks/jobs/{endpoint_id}", post(jobs::webhook))
        .route("/api/v1/jobs", post(jobs::push))
        .layer(CatchPanicLayer::new())
        .with_state(app)
}

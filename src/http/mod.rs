//! The HTTP server: routes and handlers. Runpod does not belong here.

mod accept;
mod access;
mod assets;
mod body;
mod discovery;
mod docs;
mod jobs;
mod metrics;
mod overview;
mod probe;
mod server;
mod status;

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use futures_util::future::BoxFuture;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub use self::accept::chosen;
pub use self::access::Access;
pub use self::jobs::JobReceiver;
pub use self::server::{Encryption, Server, Timeouts};
use crate::alerts::Alertmanager;
use crate::config::{PageUrl, PodProxy};
use crate::scrape::Scraper;
use crate::settings::{Mode, Shard};
use crate::status::{Selection, Status};
use clock::Clock;

/// The state of the handlers.
#[derive(Debug, Clone)]
pub struct Context {
    /// The scraper.
    pub scraper: Arc<Scraper>,
    /// Subtracted from Prometheus's scrape timeout.
    pub timeout_offset: Duration,
    /// Whether the account is real or simulated.
    pub mode: Mode,
    /// Reloads the configuration.
    pub reload: Arc<dyn Reload>,
    /// Receives finished jobs.
    pub receiver: Arc<JobReceiver>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// When the process started, by [`Clock::elapsed`].
    pub started: Duration,
    /// URL of Grafana, if configured.
    pub grafana: Option<PageUrl>,
    /// Alertmanager, if configured.
    pub alertmanager: Option<Arc<Alertmanager>>,
    /// URL under which people reach the exporter, if configured.
    pub external: Option<PageUrl>,
    /// The proxy in front of pods.
    pub pod_proxy: PodProxy,
    /// Whether `POST /-/reload` is allowed.
    pub lifecycle: bool,
    /// Which share of the accounts is read, if several exporters share them.
    pub shard: Option<Shard>,
}

impl Context {
    /// The status document of the latest scrapes.
    fn status(&self) -> Status {
        let tokens = |endpoint: &str| self.scraper.jobs().tokens(endpoint);
        let running = self.clock.elapsed().saturating_sub(self.started);
        let accounts = self.scraper.latest();
        let everything = Selection::default();
        let mut status = Status::new(&accounts, everything, &tokens, self.mode, self.clock.now(), running);
        status.add_errors(self.scraper.errors());
        if let Some(alerts) = self.alertmanager.as_ref().and_then(|alertmanager| alertmanager.latest()) {
            status.add_alerts(&alerts);
        }
        status
    }
}

/// Reloads the configuration.
pub trait Reload: Debug + Send + Sync {
    /// Reloads the configuration. On an error, which the result describes, the previous one stays in effect.
    fn reload(self: Arc<Self>) -> BoxFuture<'static, Result<(), String>>;
}

/// The response of a handler that panicked. What the panic holds is neither sent nor logged: it may contain data.
fn panicked(_payload: Box<dyn Any + Send>) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "internal error; see the log, and please report it\n").into_response()
}

/// All routes, with access control.
pub fn router(context: Context, access: Access) -> Router {
    behind(access, routes().merge(jobs::routes()).with_state(context))
}

/// The routes without those of webhooks and pushes, which have a listener of their own.
pub(crate) fn router_without_jobs(context: Context, access: Access) -> Router {
    behind(access, routes().with_state(context))
}

/// The routes of webhooks and pushes alone. Nothing else can be reached there.
pub(crate) fn router_of_jobs(context: Context, access: Access) -> Router {
    let missing = || async { (StatusCode::NOT_FOUND, "not found\n") };
    behind(access, jobs::routes().fallback(missing).with_state(context))
}

fn behind(access: Access, routes: Router) -> Router {
    routes.layer(from_fn_with_state(access, access::pass)).layer(CatchPanicLayer::custom(panicked))
}

fn routes() -> Router<Context> {
    let pages = Router::new()
        .route("/", get(overview::page))
        .route("/overview.css", get(assets::css))
        .route("/overview.js", get(assets::js))
        .route("/docs", get(docs::folder))
        .route("/docs/", get(docs::index))
        .route("/docs/{*path}", get(docs::page))
        .route("/api/v1/status", get(status::status))
        .fallback(docs::route)
        .layer(map_response(assets::guard))
        // With 500 endpoints, the page has a megabyte; compressed, a tenth of that.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    Router::new()
        .merge(pages)
        .route("/metrics", get(metrics::metrics))
        .route("/metrics/prometheus", get(metrics::metrics))
        .route("/probe", get(probe::probe))
        .route("/sd", get(probe::targets))
        .route("/sd/pods", get(discovery::pods))
        .route("/health", get(status::health))
        .route("/-/healthy", get(status::health))
        .route("/ready", get(status::ready))
        .route("/-/ready", get(status::ready))
        .route("/-/reload", post(status::reload))
}

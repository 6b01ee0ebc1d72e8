//! `/health`, `/ready` and `/-/reload`: for orchestrators; `/api/v1/status`: for programs.

use axum::Json;
use axum::extract::State;
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};

use super::Context;
use crate::advice::WithAdvice;
use crate::config::PageUrl;
use crate::status::Status;
use program::text::{Visible, visible_lines};

/// The status document of the latest scrapes.
pub(super) async fn status(State(context): State<Context>, headers: HeaderMap) -> Json<Status> {
    let mut status = context.status();
    let configured = context.external.as_ref().map(|url| url.as_str().to_owned());
    if let Some(exporter) = configured.or_else(|| requested(&headers)) {
        status.link(&exporter);
    }
    Json(status)
}

/// The URL of the exporter as this client reaches it. A host that is none is ignored.
fn requested(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let url: PageUrl = format!("http://{host}").parse().ok()?;
    Some(url.as_str().to_owned())
}

/// 200 as long as the process can respond.
pub(super) async fn health() -> &'static str {
    "healthy\n"
}

/// 200 once an account has answered, else 503 with the reason.
pub(super) async fn ready(State(context): State<Context>) -> (StatusCode, String) {
    // A shard may have no account, and is then ready to receive one.
    if context.scraper.has_answered() || context.scraper.accounts().is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    let mut reason = "not ready: no account was read successfully yet".to_owned();
    for account in context.scraper.latest() {
        let errors = account.snapshot.collectors.iter().filter_map(|report| report.error.as_ref());
        reason.extend(errors.map(|error| format!("\n{}: {}", account.snapshot.name, WithAdvice(error))));
    }
    reason.push('\n');
    (StatusCode::SERVICE_UNAVAILABLE, visible_lines(&reason).into_owned())
}

/// 200 if the configuration was reloaded. 403 without `--web.enable-lifecycle`. Otherwise 500 with the error, and the previous one stays in effect.
pub(super) async fn reload(State(context): State<Context>) -> (StatusCode, String) {
    if !context.lifecycle {
        let text = "reloading over HTTP is disabled; send SIGHUP, or start with --web.enable-lifecycle\n";
        return (StatusCode::FORBIDDEN, text.to_owned());
    }
    match context.reload.reload().await {
        Ok(()) => (StatusCode::OK, "reloaded\n".to_owned()),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{}\n", Visible(&error))),
    }
}

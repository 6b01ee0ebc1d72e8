//! `/health`, `/ready` and `/-/reload`: for orchestrators; `/api/v1/status`: for programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::App;
use crate::snapshot::WithAdvice;
use crate::status::Status;

/// How everything was found last.
pub(super) async fn status(State(app): State<App>) -> Json<Status> {
    Json(app.status())
}

/// 200 while the process works: it answered.
pub(super) async fn health() -> &'static str {
    "healthy\n"
}

/// 200 once an account has answered, else 503 with the reason.
pub(super) async fn ready(State(app): State<App>) -> (StatusCode, String) {
    if app.scraper.has_answered() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    let mut reason = "not ready: no account has answered yet".to_owned();
    for account in app.scraper.latest() {
        let errors = account.collectors.iter().filter_map(|report| report.error.as_ref());
        reason.extend(errors.map(|error| format!("\n{}: {}", account.name, WithAdvice(error))));
    }
    reason.push('\n');
    (StatusCode::SERVICE_UNAVAILABLE, reason)
}

/// 200 once the configuration is read again, else 500 with the reason, and the old one stays.
pub(super) async fn reload(State(app): State<App>) -> (StatusCode, String) {
    match app.reload.reload() {
        Ok(()) => (StatusCode::OK, "reloaded\n".to_owned()),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
    }
}

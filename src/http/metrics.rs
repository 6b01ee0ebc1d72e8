//! `/metrics`: every account, in what time Prometheus allows.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use super::{Context, accept};
use crate::exposition;
use crate::scrape::Scope;

/// What Prometheus says of its patience, in seconds.
const TIMEOUT_HEADER: &str = "X-Prometheus-Scrape-Timeout-Seconds";

/// The patience of a client that says nothing: Prometheus's own default.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Nobody waits longer; a larger value is a mistake or a joke.
const MAX_TIMEOUT: Duration = Duration::from_mins(5);

pub(super) async fn metrics(State(context): State<Context>, headers: HeaderMap) -> Response {
    scrape(&context, Scope::default(), &headers).await
}

/// Scrapes and answers in what the client takes.
pub(super) async fn scrape(context: &Context, scope: Scope, headers: &HeaderMap) -> Response {
    let deadline = Instant::now() + patience(headers, context.timeout_offset);
    let page = match context.scraper.scrape(scope, deadline).await {
        Ok(page) => page,
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    };
    let plain = [
        (CONTENT_TYPE, HeaderValue::from_static(exposition::CONTENT_TYPE)),
        (VARY, HeaderValue::from_static("Accept-Encoding")),
    ];
    match accept::gzip(headers).then(|| page.gzip()).flatten() {
        Some(gzip) => (plain, [(CONTENT_ENCODING, HeaderValue::from_static("gzip"))], gzip).into_response(),
        None => (plain, page.text()).into_response(),
    }
}

/// How long a scrape may take: what the client allows, less what the way back takes, but never less than half.
fn patience(headers: &HeaderMap, offset: Duration) -> Duration {
    let said = headers.get(TIMEOUT_HEADER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let said = said.and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok());
    let timeout = said.filter(|timeout| !timeout.is_zero()).unwrap_or(DEFAULT_TIMEOUT).min(MAX_TIMEOUT);
    timeout.saturating_sub(offset).max(timeout / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFSET: Duration = Duration::from_millis(500);

    #[test]
    fn the_offset_is_taken_off_what_the_client_allows() {
        let patience = |value: &'static str| {
            let headers = HeaderMap::from_iter([(
                "x-prometheus-scrape-timeout-seconds".parse().unwrap(),
                HeaderValue::from_static(value),
            )]);
            patience(&headers, OFFSET).as_millis()
        };
        assert_eq!(patience("10"), 9500);
        assert_eq!(patience("2.5"), 2000);
        assert_eq!(patience("0.5"), 250);
        assert_eq!(patience("1e300"), 9500);
        assert_eq!(patience("100000"), 299_500);
        for nonsense in ["", "0", "-1", "NaN", "inf", "soon"] {
            assert_eq!(patience(nonsense), 9500, "{nonsense}");
        }
        assert_eq!(super::patience(&HeaderMap::new(), OFFSET).as_millis(), 9500);
    }
}

//! `/metrics`: scrapes all accounts within Prometheus's scrape timeout.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use clock::after;
use tokio::time::Instant;

use super::{Context, accept};
use crate::exposition::Encoding;
use crate::scrape::Scope;

/// The header with Prometheus's scrape timeout in seconds.
const TIMEOUT_HEADER: &str = "X-Prometheus-Scrape-Timeout-Seconds";

/// The timeout of clients that do not send the header: Prometheus's default.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Upper bound of the timeout; a larger value is a mistake.
const MAX_TIMEOUT: Duration = Duration::from_mins(5);

pub(super) async fn metrics(State(context): State<Context>, headers: HeaderMap) -> Response {
    scrape(&context, Scope::default(), &headers).await
}

/// Scrapes, and responds in the format and encoding that the client prefers.
pub(super) async fn scrape(context: &Context, scope: Scope, headers: &HeaderMap) -> Response {
    let deadline = after(Instant::now(), time_limit(headers, context.timeout_offset));
    let (representation, encoding) = (accept::representation(headers), accept::encoding(headers));
    let variant = (representation.format, encoding);
    let body = match context.scraper.metrics(scope, deadline, variant).await {
        Ok(body) => body,
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    };
    let coding = match encoding {
        Encoding::Identity => None,
        Encoding::Gzip => Some("gzip"),
        Encoding::Zstd => Some("zstd"),
    };
    let coding = coding.map(|name| (CONTENT_ENCODING, HeaderValue::from_static(name)));
    let vary = (VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    let about = [(CONTENT_TYPE, representation.content_type), vary].into_iter().chain(coding);
    (about.collect::<HeaderMap>(), body).into_response()
}

/// The time limit of a scrape: the client's timeout minus the offset, but at least half of the timeout.
fn time_limit(headers: &HeaderMap, offset: Duration) -> Duration {
    let parse = |value: &HeaderValue| {
        let seconds: f64 = value.to_str().ok()?.trim().parse().ok()?;
        Duration::try_from_secs_f64(seconds).ok().filter(|timeout| !timeout.is_zero())
    };
    let timeout = headers.get(TIMEOUT_HEADER).and_then(parse).unwrap_or(DEFAULT_TIMEOUT).min(MAX_TIMEOUT);
    timeout.saturating_sub(offset).max(timeout / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFSET: Duration = Duration::from_millis(500);

    #[test]
    fn the_offset_is_subtracted_from_the_timeout() {
        let limit = |value: &'static str| {
            let headers = HeaderMap::from_iter([(
                "x-prometheus-scrape-timeout-seconds".parse().unwrap(),
                HeaderValue::from_static(value),
            )]);
            time_limit(&headers, OFFSET).as_millis()
        };
        assert_eq!(limit("10"), 9500);
        assert_eq!(limit("2.5"), 2000);
        assert_eq!(limit("0.5"), 250);
        assert_eq!(limit("1e300"), 9500);
        assert_eq!(limit("100000"), 299_500);
        for invalid in ["", "0", "-1", "NaN", "inf", "soon"] {
            assert_eq!(limit(invalid), 9500, "{invalid}");
        }
        assert_eq!(time_limit(&HeaderMap::new(), OFFSET).as_millis(), 9500);
    }
}

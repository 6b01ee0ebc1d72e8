//! The reason of a failed request, from its status, its headers and the error of the network.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};

use crate::error::Reason;
use clock::Clock;

/// The reason of a response without 2xx.
pub(super) fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8], clock: &dyn Clock) -> Reason {
    match status {
        StatusCode::UNAUTHORIZED => Reason::Unauthorized,
        StatusCode::FORBIDDEN if is_firewall(headers, body) => Reason::Blocked,
        StatusCode::FORBIDDEN => Reason::Forbidden,
        StatusCode::NOT_FOUND => Reason::NotFound,
        StatusCode::GONE => Reason::Retired,
        StatusCode::TOO_MANY_REQUESTS => Reason::RateLimited { retry_after: retry_after(headers, clock) },
        status if status.is_server_error() => {
            Reason::Server { status: status.as_u16(), retry_after: retry_after(headers, clock) }
        }
        status => Reason::Status { status: status.as_u16() },
    }
}

/// Whether a 403 comes from the web application firewall in front of Runpod, which judges the client and not the key. It
/// returns an HTML page or the plain text "error code: 1010".
fn is_firewall(headers: &HeaderMap, body: &[u8]) -> bool {
    let html = headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    html || body.trim_ascii_start().starts_with(b"error code:")
}

/// `Retry-After`, which is a number of seconds or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap, clock: &dyn Clock) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(date.duration_since(clock.now()).try_into().unwrap_or(Duration::ZERO))
}

/// The reason of an error of the HTTP library. A connection that was lost is distinguished from one that was never made:
/// it may have been idle for too long, and is worth a retry.
pub(crate) fn network(error: reqwest::Error) -> Reason {
    let (connect, decode) = (error.is_connect(), error.is_decode());
    let cause = innermost(&error.without_url());
    match (connect, decode) {
        (true, _) => Reason::Connect { cause },
        (_, true) => Reason::Decode { cause: "invalid compressed body".into() },
        _ => Reason::Reset { cause },
    }
}

/// The innermost cause of an error: the outer ones repeat it or say only that something failed.
pub(crate) fn innermost(error: &dyn std::error::Error) -> Arc<str> {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string().into()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;
    use clock::ManualClock;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn retry_after_has_two_forms() {
        let clock = ManualClock::new("2026-10-21T07:28:00Z".parse().unwrap());
        assert_eq!(retry_after(&headers("12"), &clock), Some(Duration::from_secs(12)));
        assert_eq!(
            retry_after(&headers("Wed, 21 Oct 2026 07:28:30 GMT"), &clock),
            Some(Duration::from_secs(30))
        );
        assert_eq!(retry_after(&headers("Wed, 21 Oct 2026 07:27:00 GMT"), &clock), Some(Duration::ZERO));
        assert_eq!(retry_after(&headers("soon"), &clock), None);
    }
}

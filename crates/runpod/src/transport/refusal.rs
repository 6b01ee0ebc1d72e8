//! The reason of a failed request, from its status, its headers and the error of the network.

use std::error::Error;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};

use crate::backoff::LONGEST_PAUSE;
use crate::error::{Reason, innermost};
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

/// `Retry-After`, which is a number of seconds or a date (RFC 9110, section 10.2.3), at most a day. Any other value is as none.
fn retry_after(headers: &HeaderMap, clock: &dyn Clock) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(u64::MAX); // fails only if the number is too large
        return Some(Duration::from_secs(seconds).min(LONGEST_PAUSE));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let until = Duration::try_from(date.duration_since(clock.now())).unwrap_or(Duration::ZERO); // negative
    Some(until.min(LONGEST_PAUSE))
}

/// The reason of an error of the HTTP library. A connection that was lost is distinguished from one that was never made, and
/// from a body that arrived but cannot be decompressed: it may have been idle for too long, and is worth a retry.
pub(crate) fn network(error: reqwest::Error) -> Reason {
    let (connect, decode) = (error.is_connect(), error.is_decode());
    let is_lost = is_caused_by::<hyper::Error>(&error);
    let cause = innermost(&error.without_url());
    match (connect, decode) {
        (true, _) => Reason::Connect { cause },
        (_, true) if !is_lost => Reason::Decode { cause: "invalid compressed body".into() },
        _ => Reason::Reset { cause },
    }
}

/// Whether an error, or any of its causes, is of this type.
fn is_caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    error.is::<E>() || error.source().is_some_and(is_caused_by::<E>)
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
        for none in
            ["soon", "", "-1", "+5", "1.5", "1e3", "0x10", "NaN", "12 s", "Wed, 31 Feb 2026 07:28:30 GMT"]
        {
            assert_eq!(retry_after(&headers(none), &clock), None, "{none}");
        }
    }

    #[test]
    fn an_absurd_retry_after_is_a_day() {
        let clock = ManualClock::new("2026-10-21T07:28:00Z".parse().unwrap());
        let digits = "9".repeat(400);
        for absurd in [
            "86401",
            "9300000000000000000",
            "18446744073709551615",
            "18446744073709551616",
            &digits,
            "Thu, 30 Dec 9999 20:00:00 GMT",
        ] {
            assert_eq!(retry_after(&headers(absurd), &clock), Some(LONGEST_PAUSE), "{absurd}");
        }
        for past in ["0", "000", "Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert_eq!(retry_after(&headers(past), &clock), Some(Duration::ZERO), "{past}");
        }
    }
}

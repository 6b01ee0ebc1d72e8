//! Counts requests against a quota, and reports the state of its windows in response headers.
//!
//! The windows are aligned to the clock, as Runpod's are: they end with the minute, the hour and the day. All keys of
//! an account share one quota.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use parking_lot::Mutex;

use super::limits::Quota;
use crate::problem::Problem;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The windows and their lengths in seconds.
const WINDOWS: [(&str, u64); 3] = [("minute", 60), ("hour", 3_600), ("day", 86_400)];

/// Counts the requests of the current windows.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) quota: Quota,
    /// Whether the `RateLimit` header includes when each window ends.
    pub(crate) reset_times: bool,
    /// Whether responses have a `RateLimit-Policy` header.
    pub(crate) policy_header: bool,
    used: Mutex<[Used; 3]>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Used {
    /// The number of the window since the Unix epoch.
    window: u64,
    requests: u64,
}

/// The meter's decision about one request.
#[derive(Debug)]
pub(crate) struct Ticket {
    /// The quota headers of the response.
    headers: Vec<(HeaderName, String)>,
    /// The exhausted window and the seconds until it ends; the longest, if there are several.
    exceeded: Option<(&'static str, u64)>,
}

// === impl Meter ===

impl Meter {
    /// A meter that has not counted a request yet.
    pub(crate) fn new(quota: Quota, reset_times: bool, policy_header: bool) -> Self {
        Self { quota, reset_times, policy_header, used: Mutex::default() }
    }

    /// Counts a request. A refused request does not count.
    pub(crate) fn count(&self, now: Timestamp) -> Option<Ticket> {
        let limits = self.quota.limits()?;
        let second = u64::try_from(now.as_second()).unwrap_or_default();
        let mut used = self.used.lock();
        let mut exceeded = None;
        for ((used, limit), (name, width)) in used.iter_mut().zip(limits).zip(WINDOWS) {
            let window = second / width;
            // A clock that moves backwards does not reset a window.
            if window > used.window {
                *used = Used { window, requests: 0 };
            }
            if used.requests >= limit {
                exceeded = Some((name, width - second % width));
            }
        }
        if exceeded.is_none() {
            used.iter_mut().for_each(|used| used.requests += 1);
        }
        let mut state = Vec::new();
        let mut policy = Vec::new();
        for ((used, limit), (name, width)) in used.iter().zip(limits).zip(WINDOWS) {
            let (remaining, reset) = (limit.saturating_sub(used.requests), width - second % width);
            let reset = if self.reset_times { format!(";t={reset}") } else { String::new() };
            state.push(format!("\"{name}\";r={remaining}{reset}"));
            policy.push(format!("\"{name}\";q={limit};w={width}"));
        }
        let mut headers = vec![(RATE_LIMIT, state.join(", "))];
        if self.policy_header {
            headers.push((RATE_LIMIT_POLICY, policy.join(", ")));
        }
        Some(Ticket { headers, exceeded })
    }
}

// === impl Ticket ===

impl Ticket {
    /// The error that answers a request beyond the quota.
    pub(crate) fn refusal(&self) -> Option<Problem> {
        let (window, seconds) = self.exceeded?;
        let detail = format!("rate limit exceeded for the {window} window");
        Some(Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(seconds))
    }

    pub(crate) fn write(self, headers: &mut HeaderMap) {
        for (name, text) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// 2026-11-22T11:29:48Z: 12 seconds to the minute, 1812 to the hour, 45012 to the day.
    const RECORDED: i64 = 1_795_346_988;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn meter(quota: &str) -> Meter {
        Meter::new(quota.parse().unwrap(), true, true)
    }

    fn headers(ticket: Ticket) -> HeaderMap {
        let mut headers = HeaderMap::new();
        ticket.write(&mut headers);
        headers
    }

    #[test]
    fn headers_equal_the_recorded_ones() {
        let recorded: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/fixtures/rest_v2_429_headers.json"))
                .unwrap();
        let meter = meter("60/3000/50000");
        // As many as the recording had before this minute, in the hour and in the day.
        *meter.used.lock() = [Used { window: 0, requests: 0 }, used(3_600, 140), used(86_400, 440)];
        for _ in 0..60 {
            assert!(meter.count(at(RECORDED)).unwrap().refusal().is_none());
        }
        let ticket = meter.count(at(RECORDED)).unwrap();
        assert_eq!(
            ticket.refusal().unwrap().retry_after.map(|seconds| seconds.to_string()).as_deref(),
            recorded["headers"]["Retry-After"].as_str()
        );
        let headers = headers(ticket);
        for name in ["RateLimit", "RateLimit-Policy"] {
            assert_eq!(headers[name].to_str().ok(), recorded["headers"][name].as_str());
        }
    }

    fn used(width: i64, requests: u64) -> Used {
        Used { window: u64::try_from(RECORDED / width).unwrap(), requests }
    }

    #[test]
    fn parts_of_the_headers_can_be_left_out() {
        let bare = Meter { reset_times: false, policy_header: false, ..meter("60/3000/50000") };
        let headers = headers(bare.count(at(RECORDED)).unwrap());
        assert_eq!(headers["RateLimit"], "\"minute\";r=59, \"hour\";r=2999, \"day\";r=49999");
        assert_eq!(headers.get("RateLimit-Policy"), None);
        assert!(meter("off").count(at(RECORDED)).is_none());
    }

    #[test]
    fn a_new_minute_resets_its_count_and_the_longest_window_sets_the_wait() {
        let meter = meter("2/3/50000");
        let wait = |second| meter.count(at(RECORDED + second)).unwrap().exceeded;
        assert_eq!([wait(0), wait(0), wait(0)], [None, None, Some(("minute", 12))]);
        assert_eq!([wait(11), wait(12)], [Some(("minute", 1)), None]);
        assert_eq!(wait(13), Some(("hour", 1_799)));
        assert_eq!(wait(0), Some(("hour", 1_812)), "a clock that moves backwards");
    }

    proptest! {
        #[test]
        fn no_window_allows_more_than_its_limit(
            (minute, hour, day) in (0..8_u64, 0..30_u64, 0..60_u64),
            steps in proptest::collection::vec(prop_oneof![4 => 0..3_i64, 2 => 3..90_i64, 1 => 90..9_000_i64], 0..400),
        ) {
            let meter = meter(&format!("{minute}/{hour}/{day}"));
            let mut answered: [BTreeMap<i64, u64>; 3] = Default::default();
            let mut second = RECORDED;
            for step in steps {
                second += step;
                let ticket = meter.count(at(second)).unwrap();
                let left: Vec<bool> = answered.iter().zip([(60, minute), (3_600, hour), (86_400, day)])
                    .map(|(counts, (width, limit))| counts.get(&(second / width)).copied().unwrap_or_default() < limit)
                    .collect();
                prop_assert_eq!(ticket.exceeded.is_none(), left.iter().all(|left| *left));
                if let Some((_, wait)) = ticket.exceeded {
                    prop_assert!((1..=86_400).contains(&wait));
                } else {
                    for (counts, width) in answered.iter_mut().zip([60, 3_600, 86_400]) {
                        *counts.entry(second / width).or_default() += 1;
                    }
                }
            }
            for (counts, limit) in answered.iter().zip([minute, hour, day]) {
                prop_assert!(counts.values().all(|count| *count <= limit));
            }
        }
    }
}

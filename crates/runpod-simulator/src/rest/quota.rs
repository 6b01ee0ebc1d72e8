//! How much may be asked in a minute, an hour and a day, and how the headers of every answer tell.
//!
//! The windows lie on the clock, as Runpod's do: they end together with the minute, the hour and the day. All keys of
//! an account draw on the same quota.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;

use super::{Problem, RestOptions};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The windows with their seconds.
const WINDOWS: [(&str, u64); 3] = [("minute", 60), ("hour", 3_600), ("day", 86_400)];

/// How much may be asked. Written `MINUTE/HOUR/DAY`, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// Without end, and without headers.
    Unlimited,
    /// So many requests in each window.
    Limited {
        /// In a minute.
        minute: u64,
        /// In an hour.
        hour: u64,
        /// In a day.
        day: u64,
    },
}

/// The text is no quota.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid quota {0:?}: expected requests per minute, hour and day, for example 60/3000/50000, or off")]
pub struct QuotaError(String);

/// Counts the requests of the running windows.
#[derive(Debug, Default)]
pub(crate) struct Meter(Mutex<[Used; 3]>);

#[derive(Debug, Clone, Copy, Default)]
struct Used {
    /// Which window, counted from 1970.
    window: u64,
    requests: u64,
}

/// What the meter says about one request.
#[derive(Debug)]
pub(crate) struct Ticket {
    /// How it tells about the windows.
    headers: Vec<(HeaderName, String)>,
    /// The window that is used up, and when it ends; the longest, if there are several.
    exceeded: Option<(&'static str, u64)>,
}

// === impl Quota ===

impl Quota {
    fn limits(self) -> Option<[u64; 3]> {
        match self {
            Self::Unlimited => None,
            Self::Limited { minute, hour, day } => Some([minute, hour, day]),
        }
    }
}

impl Default for Quota {
    /// Three requests a second: nobody who does not mean to meets the end of it.
    fn default() -> Self {
        Self::Limited { minute: 180, hour: 10_000, day: 100_000 }
    }
}

impl FromStr for Quota {
    type Err = QuotaError;

    fn from_str(text: &str) -> Result<Self, QuotaError> {
        if text == "off" {
            return Ok(Self::Unlimited);
        }
        let numbers: Option<Vec<u64>> = text.split('/').map(|number| number.parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[minute, hour, day]) => Ok(Self::Limited { minute, hour, day }),
            _ => Err(QuotaError(text.to_owned())),
        }
    }
}

impl Display for Quota {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => f.write_str("off"),
            Self::Limited { minute, hour, day } => write!(f, "{minute}/{hour}/{day}"),
        }
    }
}

// === impl Meter ===

impl Meter {
    /// Counts a request. One that is refused does not count: it waits for the window like everyone.
    pub(crate) fn take(&self, options: &RestOptions, now: Timestamp) -> Option<Ticket> {
        let limits = options.quota.limits()?;
        let second = u64::try_from(now.as_second()).unwrap_or_default();
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut exceeded = None;
        for ((used, limit), (name, width)) in used.iter_mut().zip(limits).zip(WINDOWS) {
            let window = second / width;
            // A clock that goes back gives nothing back.
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
            let reset = if options.reset_times { format!(";t={reset}") } else { String::new() };
            state.push(format!("\"{name}\";r={remaining}{reset}"));
            policy.push(format!("\"{name}\";q={limit};w={width}"));
        }
        let mut headers = vec![(RATE_LIMIT, state.join(", "))];
        if options.policy_header {
            headers.push((RATE_LIMIT_POLICY, policy.join(", ")));
        }
        Some(Ticket { headers, exceeded })
    }
}

// === impl Ticket ===

impl Ticket {
    /// Why the request is not answered, if it is not.
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

    fn options(quota: &str) -> RestOptions {
        RestOptions { quota: quota.parse().unwrap(), ..RestOptions::default() }
    }

    fn headers(ticket: Ticket) -> HeaderMap {
        let mut headers = HeaderMap::new();
        ticket.write(&mut headers);
        headers
    }

    #[test]
    fn the_headers_are_those_that_were_recorded() {
        let recorded: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/fixtures/rest_v2_429_headers.json"))
                .unwrap();
        let meter = Meter::default();
        let options = options("60/3000/50000");
        // As many as the recording had before this minute, in the hour and in the day.
        *meter.0.lock().unwrap() = [Used { window: 0, requests: 0 }, used(3_600, 140), used(86_400, 440)];
        for _ in 0..60 {
            assert!(meter.take(&options, at(RECORDED)).unwrap().refusal().is_none());
        }
        let ticket = meter.take(&options, at(RECORDED)).unwrap();
        let answer = crate::answer::Answer::from(ticket.refusal().unwrap());
        assert_eq!(
            answer.retry_after.map(|seconds| seconds.to_string()).as_deref(),
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
        let unlimited = options("off");
        let options = RestOptions { reset_times: false, policy_header: false, ..options("60/3000/50000") };
        let headers = headers(Meter::default().take(&options, at(RECORDED)).unwrap());
        assert_eq!(headers["RateLimit"], "\"minute\";r=59, \"hour\";r=2999, \"day\";r=49999");
        assert_eq!(headers.get("RateLimit-Policy"), None);
        assert!(Meter::default().take(&unlimited, at(RECORDED)).is_none());
    }

    #[test]
    fn a_new_minute_gives_new_requests_and_the_longest_window_says_how_long_to_wait() {
        let (meter, options) = (Meter::default(), options("2/3/50000"));
        let wait = |second| meter.take(&options, at(RECORDED + second)).unwrap().exceeded;
        assert_eq!([wait(0), wait(0), wait(0)], [None, None, Some(("minute", 12))]);
        assert_eq!([wait(11), wait(12)], [Some(("minute", 1)), None]);
        assert_eq!(wait(13), Some(("hour", 1_799)));
        assert_eq!(wait(0), Some(("hour", 1_812)), "a clock that goes back");
    }

    #[test]
    fn quotas_are_read_and_written() {
        for text in ["60/3000/50000", "off", "180/10000/100000"] {
            assert_eq!(text.parse::<Quota>().unwrap().to_string(), text);
        }
        for text in ["", "60", "60/3000", "a/b/c", "1/2/3/4", "-1/2/3"] {
            assert_eq!(text.parse::<Quota>(), Err(QuotaError(text.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn no_window_ever_gives_more_than_it_has(
            (minute, hour, day) in (0..8_u64, 0..30_u64, 0..60_u64),
            steps in proptest::collection::vec(prop_oneof![4 => 0..3_i64, 2 => 3..90_i64, 1 => 90..9_000_i64], 0..400),
        ) {
            let (meter, options) = (Meter::default(), options(&format!("{minute}/{hour}/{day}")));
            let mut answered: [BTreeMap<i64, u64>; 3] = Default::default();
            let mut second = RECORDED;
            for step in steps {
                second += step;
                let ticket = meter.take(&options, at(second)).unwrap();
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

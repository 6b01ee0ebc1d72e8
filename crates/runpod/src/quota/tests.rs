use jiff::SignedDuration;
use proptest::prelude::*;
use reqwest::header::{HeaderName, HeaderValue};

use super::*;
use clock::ManualClock;

fn clock() -> ManualClock {
    ManualClock::new("2026-11-22T00:00:00Z".parse().unwrap())
}

fn headers(limit: &str) -> HeaderMap {
    HeaderMap::from_iter([(HeaderName::from_static("ratelimit"), HeaderValue::from_str(limit).unwrap())])
}

fn respond(quota: &Quota, status: StatusCode, headers: &HeaderMap) {
    quota.ended(Some((status, headers)), |_| false);
}

/// Sends a request whose response has this header.
fn request(quota: &Quota, limit: &str) {
    quota.sent();
    respond(quota, StatusCode::OK, &headers(limit));
}

#[test]
fn half_of_the_default_quota_until_the_server_reports_one() {
    let quota = Quota::new(0.5, Arc::new(clock()));
    assert_eq!(quota.grant(100, Urgency::CanWait), 20, "ten are reserved for requests that are needed");
    assert_eq!(quota.grant(100, Urgency::Needed), 10);
    assert_eq!(quota.windows(), [], "nothing is reported yet");
}

#[test]
fn requests_of_other_clients_leave_fewer() {
    let quota = Quota::new(0.5, Arc::new(clock()));
    request(&quota, "\"minute\";r=5;t=30");
    assert_eq!(quota.grant(100, Urgency::Needed), 2, "half of the six, minus the one that was sent");
    request(&quota, "\"minute\";r=0;t=30");
    assert_eq!(quota.grant(1, Urgency::Needed), 0);
}

#[test]
fn the_next_window_has_new_requests() {
    let clock = clock();
    let quota = Quota::new(0.5, Arc::new(clock.clone()));
    request(&quota, "\"minute\";r=0;t=30;q=60");
    clock.advance(SignedDuration::from_secs(29));
    assert_eq!(quota.grant(1, Urgency::Needed), 0);
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(quota.grant(1, Urgency::Needed), 0, "spread over the window");
    clock.advance(SignedDuration::from_secs(10));
    assert_eq!(
        quota.grant(100, Urgency::Needed),
        6,
        "thirty in the remaining fifty seconds, and ten of those have passed"
    );
}

#[test]
fn the_reported_remainder_is_exported_until_its_window_ends() {
    let clock = clock();
    let quota = Quota::new(0.5, Arc::new(clock.clone()));
    request(&quota, "\"minute\";r=41;t=30;q=60");
    let minute = |remaining| QuotaWindow { name: "minute".to_owned(), limit: Some(60.0), remaining };
    assert_eq!(quota.windows(), [minute(Some(41.0))]);
    clock.advance(SignedDuration::from_secs(30));
    assert_eq!(quota.windows(), [minute(None)]);
}

#[test]
fn responses_out_of_order_do_not_start_a_new_window() {
    for end in [";t=30", ""] {
        let quota = Quota::new(0.5, Arc::new(clock()));
        request(&quota, &format!("\"minute\";r=49{end}"));
        quota.sent();
        quota.sent();
        respond(&quota, StatusCode::OK, &headers(&format!("\"minute\";r=47{end}")));
        respond(&quota, StatusCode::OK, &headers(&format!("\"minute\";r=48{end}")));
        let granted = quota.grant(100, Urgency::Needed);
        assert_eq!(granted, 22, "half of the fifty, minus the three that were sent: {end}");
    }
}

/// A server with three windows aligned to the clock, like Runpod's. `t` and the policy may be missing.
struct Server {
    used: [(u64, u64); 3],
    limits: [u64; 3],
    reports_end: bool,
}

const WIDTHS: [(&str, u64); 3] = [("minute", 60), ("hour", 3_600), ("day", 86_400)];

impl Server {
    /// Counts a request. `None` if a window has no request left.
    fn respond(&mut self, second: u64) -> Option<HeaderMap> {
        let mut windows = Vec::new();
        for (((window, used), (name, width)), limit) in self.used.iter_mut().zip(WIDTHS).zip(self.limits) {
            if *window != second / width {
                (*window, *used) = (second / width, 0);
            }
            *used += 1;
            let left = limit.checked_sub(*used)?;
            let end = if self.reports_end { format!(";t={}", width - second % width) } else { String::new() };
            windows.push(format!("\"{name}\";r={left}{end}"));
        }
        Some(headers(&windows.join(", ")))
    }
}

/// Before the first response the quota is unknown.
fn first_request(quota: &Quota, server: &mut Server, clock: &ManualClock) {
    assert_eq!(quota.grant(1, Urgency::Needed), 1);
    quota.sent();
    respond(quota, StatusCode::OK, &server.respond(clock.elapsed().as_secs()).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn at_most_the_share_of_any_window_is_used(
        reports_end in any::<bool>(),
        // Each of them can be the tightest.
        limits in [2..60_u64, 10..900_u64, 20..5_000_u64],
        start in 0..86_400_i64,
        steps in prop::collection::vec(1..40_i64, 1_000..3_000),
    ) {
        let clock = clock();
        clock.advance(SignedDuration::from_secs(start));
        let quota = Quota::new(0.5, Arc::new(clock.clone()));
        let mut server = Server { used: [(u64::MAX, 0); 3], limits, reports_end };
        first_request(&quota, &mut server, &clock);
        for step in steps {
            clock.advance(SignedDuration::from_secs(step));
            let granted = quota.grant(1_000, Urgency::Needed);
            for _ in 0..granted {
                quota.sent();
                let response = server.respond(clock.elapsed().as_secs());
                prop_assert!(response.is_some(), "a window was used up");
                respond(&quota, StatusCode::OK, &response.unwrap());
            }
            if reports_end {
                for (((_, used), (name, _)), limit) in server.used.into_iter().zip(WIDTHS).zip(limits) {
                    prop_assert!(used <= (limit / 2).max(1), "{name}: {used} of {limit}");
                }
            }
        }
    }
}

/// Numbers that no quota has: requests continue, at the latest after a month.
#[test]
fn absurd_numbers_do_not_stop_requests_for_ever() {
    for absurd in [
        "\"minute\";r=0;t=999999999999999",
        "\"minute\";r=0;t=999999999999.999",
        "\"x\";r=0;t=999999999999999;w=999999999999999;q=999999999999999",
        "\"x\";r=0;t=0;w=0.001;q=0",
        "\"x\";r=999999999999999;t=0;w=0.001",
        "\"minute\";r=-5;t=-5;q=-5;w=-5",
    ] {
        let clock = clock();
        let quota = Quota::new(0.5, Arc::new(clock.clone()));
        request(&quota, absurd);
        request(&quota, absurd);
        let granted = quota.grant(100, Urgency::Needed);
        assert!(granted <= 100, "{absurd}");
        for _ in 0..3 {
            clock.advance(SignedDuration::from_hours(31 * 24));
            quota.grant(0, Urgency::Needed);
            quota.sent();
            quota.ended(None, |_| false);
        }
        let remaining = quota.windows().into_iter().filter_map(|window| window.remaining);
        assert!(remaining.into_iter().all(|remaining| remaining >= 0.0 && remaining.is_finite()), "{absurd}");
    }
}

#[test]
fn a_wrong_end_of_a_window_lasts_no_longer_than_the_window() {
    let clock = clock();
    let quota = Quota::new(0.5, Arc::new(clock.clone()));
    request(&quota, "\"minute\";r=0;t=999999999999999;q=60");
    assert_eq!(quota.grant(1, Urgency::Needed), 0);
    clock.advance(SignedDuration::from_secs(70));
    quota.grant(0, Urgency::Needed);
    clock.advance(SignedDuration::from_secs(10));
    assert!(quota.grant(1, Urgency::Needed) > 0, "the next minute has begun");
}

#[test]
fn a_report_without_numbers_does_not_remove_the_assumed_quota() {
    let quota = Quota::new(0.5, Arc::new(clock()));
    request(&quota, "\"x\"");
    assert!(quota.grant(1_000, Urgency::Needed) <= 30, "the assumed minute holds");
}

#[test]
fn names_that_change_each_time_do_not_add_up_and_secret_ones_are_ignored() {
    let quota = Quota::new(0.5, Arc::new(clock()));
    request(&quota, "\"minute\";r=41;t=30;q=60");
    for n in 0..100 {
        request(&quota, &format!("\"minute\";r=41;t=30;q=60, \"w{n}\";r=1;q=2;w=9"));
        let names: Vec<_> = quota.windows().into_iter().map(|window| window.name).collect();
        assert!(names.len() <= MAX_WINDOWS, "{names:?}");
        assert!(names.contains(&"minute".to_owned()) && names.contains(&format!("w{n}")), "{names:?}");
    }
    quota.sent();
    let secret = headers("\"secret\";r=1;q=2;w=9");
    quota.ended(Some((StatusCode::OK, &secret)), |name| name == "secret");
    assert!(quota.windows().iter().all(|window| window.name != "secret"));
}

/// Sends a request whose response has no quota headers.
fn request_without_report(quota: &Quota, status: StatusCode) {
    quota.sent();
    respond(quota, status, &HeaderMap::new());
}

/// Requests that are granted in this many seconds, a scrape every 15 seconds that wants as many as it can get.
fn granted_in(quota: &Quota, clock: &ManualClock, seconds: i64) -> usize {
    let mut granted = 0;
    for _ in 0..seconds / 15 {
        clock.advance(SignedDuration::from_secs(15));
        granted += quota.grant(10_000, Urgency::CanWait);
    }
    granted
}

#[test]
fn without_a_report_no_limit_applies_but_the_clients_own() {
    let clock = clock();
    let quota = Quota::new(0.5, Arc::new(clock.clone()));
    quota.grant(1, Urgency::Needed);
    request_without_report(&quota, StatusCode::OK);
    assert_eq!(quota.windows(), []);
    let granted = granted_in(&quota, &clock, 1_200);
    assert!((11_900..=12_000 + 30).contains(&granted), "ten a second: {granted}");
    clock.advance(SignedDuration::from_hours(5));
    assert_eq!(quota.grant(10_000, Urgency::Needed), 600, "at most those of a minute at once");
}

#[test]
fn the_quota_returns_with_its_headers() {
    let clock = clock();
    let quota = Quota::new(0.5, Arc::new(clock.clone()));
    request_without_report(&quota, StatusCode::OK);
    clock.advance(SignedDuration::from_mins(10));
    request(&quota, "\"minute\";r=59;t=60;q=60, \"hour\";r=2999;t=3600");
    assert_eq!(quota.windows().len(), 2);
    assert_eq!(quota.grant(1_000, Urgency::Needed), 29, "what has accumulated is no longer there");
    // A single operation that does not report it changes nothing.
    request_without_report(&quota, StatusCode::OK);
    assert_eq!(quota.windows().len(), 2);
    clock.advance(SignedDuration::from_mins(61));
    request_without_report(&quota, StatusCode::OK);
    assert_eq!(quota.windows(), [], "nothing has reported it for an hour");
}

/// A proxy can remove the headers.
#[test]
fn a_refusal_without_a_report_brings_the_assumed_quota_back() {
    let clock = clock();
    let quota = Quota::new(0.5, Arc::new(clock.clone()));
    request_without_report(&quota, StatusCode::OK);
    clock.advance(SignedDuration::from_mins(10));
    assert_eq!(quota.grant(1_000, Urgency::Needed), 600);
    request_without_report(&quota, StatusCode::TOO_MANY_REQUESTS);
    request_without_report(&quota, StatusCode::OK);
    let granted = granted_in(&quota, &clock, 3_600);
    assert!(granted <= 1_500, "half of 3,000 in an hour: {granted}");
    clock.advance(SignedDuration::from_hours(24));
    request_without_report(&quota, StatusCode::OK);
    assert!(granted_in(&quota, &clock, 600) > 5_000, "a day later, it is tried again");
}

#[test]
fn only_a_success_shows_that_there_is_no_quota() {
    for status in
        [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::BAD_GATEWAY, StatusCode::NOT_FOUND]
    {
        let clock = clock();
        let quota = Quota::new(0.5, Arc::new(clock.clone()));
        request_without_report(&quota, status);
        assert!(granted_in(&quota, &clock, 3_600) <= 1_500, "{status}");
    }
    let quota = Quota::new(0.5, Arc::new(clock()));
    request(&quota, "nonsense");
    assert!(quota.grant(1_000, Urgency::Needed) <= 30, "a header that cannot be read is a header");
}

/// A number that the server did not report is counted and not exported.
#[test]
fn a_limit_alone_says_nothing_about_other_clients() {
    let quota = Quota::new(0.5, Arc::new(clock()));
    let policy = HeaderMap::from_iter([(
        HeaderName::from_static("ratelimit-policy"),
        HeaderValue::from_static("\"minute\";q=180;w=60"),
    )]);
    for sent in 1..=90 {
        quota.sent();
        respond(&quota, StatusCode::OK, &policy);
        let window = QuotaWindow { name: "minute".into(), limit: Some(180.0), remaining: None };
        assert_eq!(quota.windows(), [window], "{sent}");
    }
    assert_eq!(quota.grant(100, Urgency::Needed), 0, "half of the limit was sent");
    request(&quota, "\"minute\";r=40;t=30");
    assert_eq!(quota.windows()[0].remaining, Some(40.0));
}

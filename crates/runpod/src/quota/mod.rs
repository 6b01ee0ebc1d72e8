//! The quota of the REST API: how many requests the server still allows, and how many of those the client may send.
//!
//! The quota belongs to the user, and other tools of the user need it too. The client uses at most a share of what is left
//! in each window and spreads that share over the window: a client that used an hour's share in its first minutes would
//! have no new data for the rest of the hour.
//!
//! Runpod exempts some users: their responses have no quota headers. For them, the client limits itself.
//!
//! What the requests are for does not belong here.

mod header;
mod window;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use self::header::MAX_WINDOWS;
use self::window::Window;
use clock::Clock;

/// Windows and their limits until the server reports its own: the example in Runpod's documentation. No account is known
/// to have a smaller quota.
const ASSUMED: [(&str, Duration, f64); 3] = [
    ("minute", Duration::from_mins(1), 60.0),
    ("hour", Duration::from_hours(1), 3_000.0),
    ("day", Duration::from_hours(24), 50_000.0),
];

/// Requests per second of a client without a quota, on average over [`ACCUMULATION`]. It is more than an account of a thousand
/// endpoints needs for a list every two minutes.
const EXEMPT_RATE: u32 = 10;

/// Time without a report after which a response without headers means that the quota no longer applies. Not every operation is
/// documented to report it.
const REPORT_EXPIRES: Duration = Duration::from_hours(1);

/// Time after a refusal for which a response without headers does not mean that there is no quota: something between the client
/// and Runpod may remove them.
const REFUSAL_EXPIRES: Duration = Duration::from_hours(24);

/// Seconds for which unused requests accumulate, so that a few that are due together need not queue.
const ACCUMULATION: f64 = 60.0;

/// Number of requests that can accumulate however small the quota is.
const MIN_ACCUMULATED: f64 = 20.0;

/// Requests that [`Urgency::CanWait`] leaves to [`Urgency::Needed`]: enough for every list when GraphQL fails. If fewer
/// than twice as many can accumulate, half of those.
const RESERVE: f64 = 10.0;

/// One window of the quota, as the server reported it last.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaWindow {
    /// `minute`, `hour`, `day`, or another name that the server uses, in lower case.
    pub name: String,
    /// Number of requests that the window allows (`RateLimit-Policy` `q`).
    pub limit: Option<f64>,
    /// Number of requests left, across all clients of the account (`RateLimit` `r`). `None` once the window has ended.
    pub remaining: Option<f64>,
}

/// How urgent a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Without this request, data would be missing.
    Needed,
    /// This request only refreshes data.
    CanWait,
}

/// The quota of one account.
#[derive(Debug)]
pub(crate) struct Quota {
    share: f64,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Empty if the user has no quota.
    windows: BTreeMap<String, Window>,
    /// When the server last reported a window, by [`Clock::elapsed`].
    reported: Option<Duration>,
    /// When the server last refused a request without reporting a window, by [`Clock::elapsed`].
    refused: Option<Duration>,
    /// Number of requests that may be sent now.
    available: f64,
    /// When `available` was computed, by [`Clock::elapsed`].
    at: Duration,
}

impl State {
    /// Adds the requests that became available since the last call. Returns the maximum that can accumulate.
    fn accumulate(&mut self, share: f64, now: Duration) -> f64 {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = now;
        let exempt_rate = if self.windows.is_empty() { f64::from(EXEMPT_RATE) } else { f64::INFINITY };
        let (mut rate, mut left) = (exempt_rate, f64::INFINITY);
        for window in self.windows.values_mut() {
            window.roll_over(now);
            rate = rate.min(window.rate(share, now));
            left = left.min(window.left(share));
        }
        let max = (rate * ACCUMULATION).max(MIN_ACCUMULATED).max(self.available).min(left);
        self.available = (self.available + rate * passed).min(max);
        max
    }
}

impl State {
    /// A response had no quota headers.
    fn not_reported(&mut self, status: StatusCode, now: Duration) {
        let is_recent = |at: Option<Duration>, time| at.is_some_and(|at| now.saturating_sub(at) < time);
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.refused = Some(now);
            if self.windows.is_empty() {
                self.windows = assumed(now);
            }
        } else if status.is_success()
            && !is_recent(self.reported, REPORT_EXPIRES)
            && !is_recent(self.refused, REFUSAL_EXPIRES)
        {
            self.windows.clear();
        }
    }
}

/// The windows until the server reports its own.
fn assumed(now: Duration) -> BTreeMap<String, Window> {
    let assumed = |(name, width, limit): (&str, _, _)| (name.to_owned(), Window::assumed(width, limit, now));
    ASSUMED.into_iter().map(assumed).collect()
}

impl Quota {
    /// A quota. The client uses at most `share` of it, from 0 to 1.
    pub(crate) fn new(share: f64, clock: Arc<dyn Clock>) -> Self {
        let now = clock.elapsed();
        let windows = assumed(now);
        let available = windows.values().map(|window| window.left(share)).fold(f64::INFINITY, f64::min);
        let state = State { windows, reported: None, refused: None, available, at: now };
        Self { share, clock, state: Mutex::new(state) }
    }

    /// Grants up to `wanted` requests. They count as sent.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "whole numbers between 0 and `wanted`"
    )]
    pub(crate) fn grant(&self, wanted: usize, urgency: Urgency) -> usize {
        let mut state = self.state.lock();
        let max = state.accumulate(self.share, self.clock.elapsed());
        let reserve = if urgency == Urgency::Needed { 0.0 } else { (max / 2.0).ceil().min(RESERVE) };
        let granted = (state.available - reserve).floor().clamp(0.0, wanted as f64);
        state.available -= granted;
        granted as usize
    }

    /// Returns granted requests that were not sent.
    #[expect(clippy::cast_precision_loss, reason = "a few requests")]
    pub(crate) fn give_back(&self, requests: usize) {
        self.state.lock().available += requests as f64;
    }

    /// Uses a request that was not granted, such as for a further page.
    pub(crate) fn take(&self) {
        self.state.lock().available -= 1.0;
    }

    /// A request was sent.
    pub(crate) fn sent(&self) {
        let now = self.clock.elapsed();
        for window in self.state.lock().windows.values_mut() {
            window.sent(now);
        }
    }

    /// A request has ended, with this status and these headers if there was a response. The names in them become label values,
    /// so that those that are secret are ignored.
    pub(crate) fn ended(&self, response: Option<(StatusCode, &HeaderMap)>, is_secret: impl Fn(&str) -> bool) {
        let now = self.clock.elapsed();
        let mut state = self.state.lock();
        for window in state.windows.values_mut() {
            window.ended();
        }
        let Some((status, headers)) = response else { return };
        if !header::is_present(headers) {
            return state.not_reported(status, now);
        }
        let mut reported = header::read(headers);
        reported.retain(|window| !is_secret(&window.name));
        if reported.is_empty() {
            return;
        }
        let mut usable = BTreeMap::new();
        for reported in reported {
            let known = state.windows.get(&reported.name).cloned();
            if let Some(window) = Window::reported(known, &reported, now) {
                usable.insert(reported.name, window);
            }
        }
        // An assumed window that the server does not report does not exist. A report without numbers reports nothing.
        if !usable.is_empty() {
            state.reported = Some(now);
            state.windows.retain(|_, window| window.is_reported());
            // A server that uses other names each time does not add up.
            let room = MAX_WINDOWS.saturating_sub(usable.len());
            let mut kept = 0;
            state.windows.retain(|name, _| {
                kept += usize::from(!usable.contains_key(name));
                kept <= room
            });
            state.windows.extend(usable);
        }
    }

    /// The windows that the server has reported.
    pub(crate) fn windows(&self) -> Vec<QuotaWindow> {
        let now = self.clock.elapsed();
        let state = self.state.lock();
        let reported = state.windows.iter().filter(|(_, window)| window.is_reported());
        let window = |(name, window): (&String, &Window)| QuotaWindow {
            name: name.clone(),
            limit: window.limit(),
            remaining: window.remaining(now),
        };
        reported.map(window).collect()
    }
}

#[cfg(test)]
mod tests;

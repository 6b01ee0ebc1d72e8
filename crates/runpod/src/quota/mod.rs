//! The quota of the REST API: what the server says is left of it, and how much of that this exporter may take.
//!
//! The quota belongs to the user, and the user's own tools live on it too. So the exporter takes at most a share of what
//! is left in each window, and spreads that over the window: whoever takes an hour's worth in its first minutes sees
//! nothing for the rest of it. What the requests are for is decided in `snapshot/`.

mod header;
mod window;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;

use self::window::Window;
use clock::Clock;

/// What is believed until the server says more: the example of Runpod's documentation, which nobody is known to be below.
const ASSUMED: [(&str, Duration, f64); 3] = [
    ("minute", Duration::from_mins(1), 60.0),
    ("hour", Duration::from_hours(1), 3_000.0),
    ("day", Duration::from_hours(24), 50_000.0),
];

/// Requests are saved up for this long, so that a few that fall due together need not queue.
const SAVED_UP: f64 = 60.0;

/// Requests that can be saved up however small the quota is.
const LEAST_SAVED: f64 = 20.0;

/// Requests that what can wait leaves to what cannot: enough for every list at once when GraphQL goes. Of a quota so small
/// that there are never that many, half.
const RESERVE: f64 = 10.0;

/// One window of the quota, as the server told it last.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaWindow {
    /// `minute`, `hour`, `day`, or whatever else the server calls it.
    pub name: String,
    /// Requests that the window allows.
    pub limit: Option<f64>,
    /// Requests that are left of them, whoever made the others.
    pub remaining: Option<f64>,
}

/// How urgent a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Series would go without it.
    Needed,
    /// There is an answer already, and it is only getting older.
    CanWait,
}

/// The quota of one account.
#[derive(Debug)]
pub(super) struct Quota {
    share: f64,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    windows: BTreeMap<String, Window>,
    /// Requests that may be made now.
    saved: f64,
    /// When that was reckoned.
    at: Duration,
}

impl Quota {
    /// A quota of which at most `share`, from nought to one, is taken.
    pub(super) fn new(share: f64, clock: Arc<dyn Clock>) -> Self {
        let now = clock.elapsed();
        let assumed =
            ASSUMED.map(|(name, width, limit)| (name.to_owned(), Window::assumed(width, limit, now)));
        let windows = BTreeMap::from(assumed);
        let saved = windows.values().map(|window| window.left(share)).fold(f64::INFINITY, f64::min);
        Self { share, clock, state: Mutex::new(State { windows, saved, at: now }) }
    }

    /// How many of so many requests may be made now. They count as made.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "whole numbers between 0 and the requested number"
    )]
    pub(super) fn grant(&self, wanted: usize, urgency: Urgency) -> usize {
        let mut state = self.state();
        let most = self.save_up(&mut state);
        let reserve = if urgency == Urgency::Needed { 0.0 } else { (most / 2.0).ceil().min(RESERVE) };
        let granted = (state.saved - reserve).floor().clamp(0.0, wanted as f64);
        state.saved -= granted;
        granted as usize
    }

    /// Gives back what was granted and not used.
    #[expect(clippy::cast_precision_loss, reason = "a few requests")]
    pub(super) fn give_back(&self, requests: usize) {
        self.state().saved += requests as f64;
    }

    /// Takes what could not be asked for: a further page.
    pub(super) fn take(&self) {
        self.state().saved -= 1.0;
    }

    /// A request is on its way.
    pub(super) fn sent(&self) {
        let now = self.clock.elapsed();
        for window in self.state().windows.values_mut() {
            window.sent(now);
        }
    }

    /// A request has ended, with these headers if it was answered.
    pub(super) fn ended(&self, headers: Option<&HeaderMap>) {
        let now = self.clock.elapsed();
        let mut state = self.state();
        for window in state.windows.values_mut() {
            window.ended();
        }
        let told = headers.map(header::read).unwrap_or_default();
        if told.is_empty() {
            return;
        }
        state.windows.retain(|name, window| window.is_told() || told.iter().any(|told| told.name == *name));
        for told in told {
            let known = state.windows.remove(&told.name);
            if let Some(window) = Window::told(known, &told, now) {
                state.windows.insert(told.name, window);
            }
        }
    }

    /// The windows that the server has told, as far as they have not ended since.
    pub(super) fn windows(&self) -> Vec<QuotaWindow> {
        let now = self.clock.elapsed();
        let state = self.state();
        let told = state.windows.iter().filter(|(_, window)| window.is_told());
        let window = |(name, window): (&String, &Window)| QuotaWindow {
            name: name.clone(),
            limit: window.limit(),
            remaining: window.remaining(now),
        };
        told.map(window).collect()
    }

    /// Adds what has become available since the last time, and says how much there could be.
    fn save_up(&self, state: &mut State) -> f64 {
        let now = self.clock.elapsed();
        let passed = now.saturating_sub(state.at).as_secs_f64();
        state.at = now;
        let (mut rate, mut left) = (f64::INFINITY, f64::INFINITY);
        for window in state.windows.values_mut() {
            window.turn(now);
            rate = rate.min(window.rate(self.share, now));
            left = left.min(window.left(self.share));
        }
        let most = (rate * SAVED_UP).max(LEAST_SAVED).max(state.saved).min(left);
        state.saved = (state.saved + rate * passed).min(most);
        most
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
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

    /// Makes a request that is answered with this header.
    fn ask(quota: &Quota, limit: &str) {
        quota.sent();
        quota.ended(Some(&headers(limit)));
    }

    #[test]
    fn half_of_the_smallest_known_quota_until_the_server_speaks() {
        let quota = Quota::new(0.5, Arc::new(clock()));
        assert_eq!(quota.grant(100, Urgency::CanWait), 20, "ten are for what cannot wait");
        assert_eq!(quota.grant(100, Urgency::Needed), 10);
        assert_eq!(quota.windows(), [], "no quota reported yet");
    }

    #[test]
    fn what_others_take_leaves_less() {
        let quota = Quota::new(0.5, Arc::new(clock()));
        ask(&quota, "\"minute\";r=5;t=30");
        assert_eq!(quota.grant(100, Urgency::Needed), 2, "half of the six, less the one that was made");
        ask(&quota, "\"minute\";r=0;t=30");
        assert_eq!(quota.grant(1, Urgency::Needed), 0);
    }

    #[test]
    fn the_next_window_has_new_requests() {
        let clock = clock();
        let quota = Quota::new(0.5, Arc::new(clock.clone()));
        ask(&quota, "\"minute\";r=0;t=30;q=60");
        clock.advance(SignedDuration::from_secs(29));
        assert_eq!(quota.grant(1, Urgency::Needed), 0);
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(quota.grant(1, Urgency::Needed), 0, "not all at once");
        clock.advance(SignedDuration::from_secs(10));
        assert_eq!(
            quota.grant(100, Urgency::Needed),
            6,
            "thirty in the fifty seconds that are left, for ten of them"
        );
    }

    #[test]
    fn what_the_server_said_is_shown_until_its_window_ends() {
        let clock = clock();
        let quota = Quota::new(0.5, Arc::new(clock.clone()));
        ask(&quota, "\"minute\";r=41;t=30;q=60");
        let minute = |remaining| QuotaWindow { name: "minute".to_owned(), limit: Some(60.0), remaining };
        assert_eq!(quota.windows(), [minute(Some(41.0))]);
        clock.advance(SignedDuration::from_secs(30));
        assert_eq!(quota.windows(), [minute(None)]);
    }

    #[test]
    fn answers_that_overtake_each_other_are_no_new_window() {
        for end in [";t=30", ""] {
            let quota = Quota::new(0.5, Arc::new(clock()));
            ask(&quota, &format!("\"minute\";r=49{end}"));
            quota.sent();
            quota.sent();
            quota.ended(Some(&headers(&format!("\"minute\";r=47{end}"))));
            quota.ended(Some(&headers(&format!("\"minute\";r=48{end}"))));
            let granted = quota.grant(100, Urgency::Needed);
            assert_eq!(granted, 22, "half of the fifty, less the three that were made: {end}");
        }
    }

    /// A server with three windows on the clock, as Runpod's; `t` and the policy may be missing.
    struct Server {
        used: [(u64, u64); 3],
        limits: [u64; 3],
        tells_end: bool,
    }

    const WIDTHS: [(&str, u64); 3] = [("minute", 60), ("hour", 3_600), ("day", 86_400)];

    impl Server {
        /// How much is left in each window after one more request.
        fn answer(&mut self, second: u64) -> Option<HeaderMap> {
            let mut told = Vec::new();
            for (((window, used), (name, width)), limit) in self.used.iter_mut().zip(WIDTHS).zip(self.limits)
            {
                if *window != second / width {
                    (*window, *used) = (second / width, 0);
                }
                *used += 1;
                let left = limit.checked_sub(*used)?;
                let end =
                    if self.tells_end { format!(";t={}", width - second % width) } else { String::new() };
                told.push(format!("\"{name}\";r={left}{end}"));
            }
            Some(headers(&told.join(", ")))
        }
    }

    /// Before the first answer nobody knows how little there is.
    fn ask_first(quota: &Quota, server: &mut Server, clock: &ManualClock) {
        assert_eq!(quota.grant(1, Urgency::Needed), 1);
        quota.sent();
        quota.ended(server.answer(clock.elapsed().as_secs()).as_ref());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn never_more_than_the_share_in_any_window(
            tells_end in any::<bool>(),
            // Each of them the tightest at times.
            limits in [2..60_u64, 10..900_u64, 20..5_000_u64],
            start in 0..86_400_i64,
            steps in prop::collection::vec(1..40_i64, 1_000..3_000),
        ) {
            let clock = clock();
            clock.advance(SignedDuration::from_secs(start));
            let quota = Quota::new(0.5, Arc::new(clock.clone()));
            let mut server = Server { used: [(u64::MAX, 0); 3], limits, tells_end };
            ask_first(&quota, &mut server, &clock);
            for step in steps {
                clock.advance(SignedDuration::from_secs(step));
                let granted = quota.grant(1_000, Urgency::Needed);
                for _ in 0..granted {
                    quota.sent();
                    let answer = server.answer(clock.elapsed().as_secs());
                    prop_assert!(answer.is_some(), "a window was used up");
                    quota.ended(answer.as_ref());
                }
                if tells_end {
                    for (((_, used), (name, _)), limit) in server.used.into_iter().zip(WIDTHS).zip(limits) {
                        prop_assert!(used <= (limit / 2).max(1), "{name}: {used} of {limit}");
                    }
                }
            }
        }
    }
}

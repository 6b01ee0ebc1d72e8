//! How many requests a server takes at the same time, learned from its responses.
//!
//! The limit is halved when the server refuses requests, fails or becomes slow, and grows while requests succeed, as the
//! congestion window of TCP does. Requests that wait for their turn do not belong here.

use std::time::Duration;

/// What the end of a request says about the load of its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// The server responded after this time.
    Answered(Duration),
    /// The server had too many requests (429, 503).
    Refused,
    /// The server failed (another 5xx), lost the connection, or did not respond for long. One endpoint may be the cause.
    Failed,
    /// Nothing, for example because the request was canceled.
    Unknown,
}

/// A server that refuses one of this many requests has too many of them. A few may have limits of their own.
const REFUSED_SHARE: usize = 20;

/// The same for a server that fails: most of it does, so that single endpoints are not the cause.
const FAILED_SHARE: usize = 2;

/// A server that fails or is slow keeps this many requests: it takes them unless it is broken.
const MIN_OF_A_SLOW_SERVER: f64 = 16.0;

/// Number of responses whose mean is a server's response time.
const MIN_RESPONSES: usize = 16;

/// A server is slow if it takes this long, and this many times as long as at its best.
const SLOW: Duration = Duration::from_secs(1);
const SLOWER: u32 = 4;

/// After a refusal, the limit stays below the number that was refused for this long.
const HOLD: Duration = Duration::from_mins(1);

/// The part of the number that was refused to which the limit returns at once.
const CEILING: f64 = 0.9;

/// Growth for each response above that number: a tenth for each round of requests.
const PROBE: f64 = 0.1;

/// A learned limit, from 1 to a maximum.
#[derive(Debug)]
pub(super) struct Adaptive {
    limit: f64,
    max: f64,
    ceiling: Option<Ceiling>,
    /// Changes when the limit is lowered: requests that were sent before say nothing about the new one.
    generation: u64,
    /// Maximum number of requests in flight since the last change of the window or the generation.
    peak: usize,
    window: Window,
    /// The lowest mean response time so far.
    fastest: Option<Duration>,
}

/// A number of requests that the server refused.
#[derive(Debug, Clone, Copy)]
struct Ceiling {
    limit: f64,
    until: Duration,
}

/// The last responses: as many as were in flight together when it began.
#[derive(Debug, Default)]
struct Window {
    size: usize,
    ended: usize,
    answered: u32,
    refused: usize,
    failed: usize,
    time: Duration,
}

impl Adaptive {
    pub(super) fn new(max: usize) -> Self {
        let max = whole(max);
        let (ceiling, window, fastest) = (None, Window::default(), None);
        Self { limit: max, max, ceiling, generation: 0, peak: 0, window, fastest }
    }

    /// The number of requests that may be in flight.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to a usize")]
    pub(super) const fn limit(&self) -> usize {
        self.limit as usize
    }

    /// Changes the maximum.
    pub(super) fn set_max(&mut self, max: usize) {
        let is_unlimited = self.limit >= self.max;
        self.max = whole(max);
        self.limit = if is_unlimited { self.max } else { self.limit.min(self.max) };
    }

    /// A request is sent, and so many are in flight with it. Returns the number to pass to [`Self::ended`].
    pub(super) fn sent(&mut self, in_flight: usize) -> u64 {
        self.peak = self.peak.max(in_flight);
        self.generation
    }

    /// A request has ended, while so many were in flight with it. `now` is a [`clock::Clock::elapsed`].
    pub(super) fn ended(&mut self, generation: u64, signal: Signal, in_flight: usize, now: Duration) {
        if generation != self.generation || signal == Signal::Unknown {
            return;
        }
        if self.window.ended == 0 {
            self.window.size = in_flight.max(MIN_RESPONSES);
        }
        self.window.ended = self.window.ended.saturating_add(1);
        let all = self.window.ended.saturating_add(in_flight);
        match signal {
            Signal::Answered(time) => {
                self.window.answered = self.window.answered.saturating_add(1);
                self.window.time = self.window.time.saturating_add(time);
                if !self.is_slow(time) {
                    self.grow(now);
                }
            }
            // Refused although it was alone: not for the number of requests at a time.
            Signal::Refused if in_flight <= 1 => {}
            Signal::Refused => {
                self.window.refused = self.window.refused.saturating_add(1);
                if self.window.refused.saturating_mul(REFUSED_SHARE) >= all {
                    let level = whole(self.peak).min(self.limit);
                    self.ceiling =
                        Some(Ceiling { limit: (level * CEILING).max(1.0), until: now.saturating_add(HOLD) });
                    self.lower(1.0);
                }
            }
            Signal::Failed => {
                self.window.failed = self.window.failed.saturating_add(1);
                if self.window.failed.saturating_mul(FAILED_SHARE) >= all {
                    self.lower(MIN_OF_A_SLOW_SERVER);
                }
            }
            Signal::Unknown => {}
        }
        if self.window.ended >= self.window.size {
            self.end_window(in_flight);
        }
    }

    /// Grows by one for each response, which doubles the limit with each round of requests; slowly above a number that the server
    /// has refused.
    fn grow(&mut self, now: Duration) {
        if whole(self.peak) * 2.0 < self.limit {
            return; // it was not needed
        }
        let Some(ceiling) = self.ceiling else {
            self.limit = (self.limit + 1.0).min(self.max);
            return;
        };
        if self.limit < ceiling.limit {
            self.limit = (self.limit + 1.0).min(ceiling.limit).min(self.max);
        } else if now >= ceiling.until {
            self.limit = (self.limit + PROBE).min(self.max);
            if self.limit >= ceiling.limit * 2.0 {
                self.ceiling = None; // the server takes more than before
            }
        }
    }

    /// Halves the number of requests in flight, which may be far below the limit.
    fn lower(&mut self, min: f64) {
        let level = whole(self.peak).min(self.limit);
        self.limit = (level / 2.0).max(min).min(self.limit);
        self.generation = self.generation.wrapping_add(1);
        self.peak = 0;
        self.window = Window::default();
    }

    /// Compares the response time with the best one.
    fn end_window(&mut self, in_flight: usize) {
        let Window { answered, time, .. } = std::mem::take(&mut self.window);
        let Some(mean) = time.checked_div(answered) else { return };
        self.fastest = Some(self.fastest.map_or(mean, |fastest| fastest.min(mean)));
        if self.is_slow(mean) {
            self.lower(MIN_OF_A_SLOW_SERVER);
        } else {
            self.peak = in_flight;
        }
    }

    /// Whether a response time is much longer than at the server's best.
    fn is_slow(&self, time: Duration) -> bool {
        self.fastest.is_some_and(|fastest| time >= SLOW.max(fastest.saturating_mul(SLOWER)))
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53 requests")]
const fn whole(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A server that takes a number of requests at a time, and a client with as many requests as it may have in flight.
    struct Server {
        adaptive: Adaptive,
        now: Duration,
    }

    impl Server {
        fn new(max: usize) -> Self {
            Self { adaptive: Adaptive::new(max), now: Duration::ZERO }
        }

        /// One round: up to `wanted` requests. The server refuses those above its capacity. Returns the number that it
        /// answered.
        fn round(&mut self, wanted: usize, capacity: usize, time: Duration) -> usize {
            let sent = wanted.min(self.adaptive.limit());
            let generations: Vec<_> = (1..=sent).map(|n| self.adaptive.sent(n)).collect();
            for (n, generation) in generations.into_iter().enumerate().rev() {
                let signal = if n < capacity { Signal::Answered(time) } else { Signal::Refused };
                self.adaptive.ended(generation, signal, n + 1, self.now);
            }
            self.now += time;
            sent.min(capacity)
        }
    }

    const FAST: Duration = Duration::from_millis(100);

    #[test]
    fn a_burst_that_is_refused_settles_below_the_capacity() {
        let mut server = Server::new(10_000);
        let mut left: usize = 1_000;
        let mut rounds = 0;
        while left > 0 {
            left -= server.round(left, 50, FAST);
            rounds += 1;
        }
        assert!(rounds < 40, "{rounds} rounds of at most 50");
        let limits: Vec<_> = (0..100)
            .map(|_| {
                server.round(1_000, 50, FAST);
                server.adaptive.limit()
            })
            .collect();
        assert!(limits.iter().all(|limit| (40..=50).contains(limit)), "{limits:?}");
    }

    #[test]
    fn the_limit_returns_when_the_server_takes_more() {
        let mut server = Server::new(5_000);
        for _ in 0..20 {
            server.round(5_000, 50, FAST);
        }
        assert!(server.adaptive.limit() <= 50);
        server.now += HOLD;
        let mut rounds = 0;
        while server.adaptive.limit() < 5_000 {
            server.round(5_000, 5_000, FAST);
            rounds += 1;
        }
        assert!(rounds < 25, "{rounds}");
    }

    #[test]
    fn single_endpoints_that_fail_do_not_slow_the_others_down() {
        for (signal, broken) in [(Signal::Failed, 400), (Signal::Refused, 40)] {
            let mut adaptive = Adaptive::new(1_000);
            for _ in 0..50 {
                let generations: Vec<_> = (1..=1_000).map(|n| adaptive.sent(n)).collect();
                for (n, generation) in generations.into_iter().enumerate().rev() {
                    let signal = if n % 1_000 < broken { signal } else { Signal::Answered(FAST) };
                    adaptive.ended(generation, signal, n + 1, Duration::ZERO);
                }
            }
            assert_eq!(adaptive.limit(), 1_000, "{signal:?}");
        }
    }

    #[test]
    fn a_server_that_becomes_slow_or_fails_keeps_a_few_requests() {
        let slow: [fn(&mut Server); 2] = [
            |server| {
                server.round(1_000, 1_000, Duration::from_secs(3));
            },
            |server| {
                let generations: Vec<_> = (1..=500).map(|n| server.adaptive.sent(n)).collect();
                for (n, generation) in generations.into_iter().enumerate().rev() {
                    server.adaptive.ended(generation, Signal::Failed, n + 1, server.now);
                }
            },
        ];
        for round in slow {
            let mut server = Server::new(1_000);
            server.round(1_000, 1_000, FAST);
            for _ in 0..20 {
                round(&mut server);
            }
            let settled = server.adaptive.limit();
            assert!((16..=33).contains(&settled), "{settled}");
            for _ in 0..8 {
                server.round(1_000, 1_000, FAST);
            }
            assert_eq!(server.adaptive.limit(), 1_000, "it doubles with each round");
        }
    }

    #[test]
    fn a_server_that_is_always_slow_is_not_overloaded() {
        let mut server = Server::new(1_000);
        for _ in 0..20 {
            server.round(1_000, 1_000, Duration::from_secs(3));
        }
        assert_eq!(server.adaptive.limit(), 1_000);
    }

    fn signal() -> impl Strategy<Value = Signal> {
        prop_oneof![
            (0..20_000_u64).prop_map(|millis| Signal::Answered(Duration::from_millis(millis))),
            Just(Signal::Refused),
            Just(Signal::Failed),
            Just(Signal::Unknown),
        ]
    }

    proptest! {
        /// Whatever the server does, the limit stays in its bounds, and only an answer raises it.
        #[test]
        fn the_limit_stays_in_its_bounds(
            max in 1..5_000_usize,
            steps in prop::collection::vec((signal(), 1..6_000_usize, 0..100_u64, 0..3_u64), 0..300),
        ) {
            let mut adaptive = Adaptive::new(max);
            let mut now = Duration::ZERO;
            for (signal, in_flight, seconds, age) in steps {
                now += Duration::from_secs(seconds);
                let generation = adaptive.sent(in_flight);
                let before = adaptive.limit();
                adaptive.ended(generation.wrapping_sub(age), signal, in_flight, now);
                prop_assert!((1..=max).contains(&adaptive.limit()));
                if !matches!(signal, Signal::Answered(_)) {
                    prop_assert!(adaptive.limit() <= before);
                }
            }
        }

        /// Every capacity is found, and no request of a burst is lost on the way.
        #[test]
        fn every_capacity_is_found(wanted in 1..5_000_usize, capacity in 1..5_000_usize) {
            let mut server = Server::new(10_000);
            let (mut left, mut rounds) = (wanted, 0);
            while left > 0 {
                left -= server.round(left, capacity, FAST);
                rounds += 1;
                prop_assert!(rounds < 14 + wanted.div_ceil(capacity) * 3, "{left} are left");
            }
            for _ in 0..20 {
                server.round(5_000, capacity, FAST);
            }
            let sent = server.adaptive.limit().min(5_000);
            prop_assert!(sent * 4 <= capacity * 5 + 4, "{sent} at a time");
        }
    }
}

//! When jobs arrive: a wave around a mean rate, with bursts, and Poisson arrivals at the resulting rate.

use std::time::Duration;

use rand::RngExt;

use super::profile::Profile;
use super::random::{self, Generator};

/// Period of the wave. With the period of a day, a dashboard over an hour would hardly show it.
const WAVE_PERIOD: Duration = Duration::from_mins(30);

/// How long a burst lasts.
const BURST: (Duration, Duration) = (Duration::from_secs(20), Duration::from_mins(1));

/// The arrival process of one endpoint.
#[derive(Debug)]
pub(super) struct Arrivals {
    /// The phase of the wave at time zero.
    phase: f64,
    burst_until: Duration,
}

impl Arrivals {
    pub(super) fn new(rng: &mut Generator) -> Self {
        Self { phase: rng.random(), burst_until: Duration::ZERO }
    }

    /// Jobs per second at a time.
    pub(super) fn rate(&mut self, profile: &Profile, at: Duration, rng: &mut Generator) -> f64 {
        let wave = 1.0 + profile.wave * (2.0 * random::swing(at, WAVE_PERIOD, self.phase) - 1.0);
        if profile.bursts > 0.0 && at >= self.burst_until && rng.random_bool(profile.bursts) {
            self.burst_until = at + random::between(rng, BURST);
        }
        let burst = if at < self.burst_until { profile.burst_factor } else { 1.0 };
        profile.rate * wave * burst
    }
}

/// The first arrival after a time.
pub(super) fn next(at: Duration, rate: f64, rng: &mut Generator) -> Duration {
    at.saturating_add(random::wait(rng, rate))
}

//! What a vLLM server in a pod has done since its start, and does now. It has no state: its counters are integrals of the waves that
//! also make its GPU busy.
//!
//! How it is reported does not belong here.

use std::f64::consts::TAU;
use std::time::Duration;

use super::pod::Pod;
use super::pod_usage::{FAST, SLOW, WAVES};

/// Requests per second when the server is busy all the time.
const PEAK: f64 = 3.0;

/// Requests that run at a time at most; more of them wait.
const SLOTS: f64 = 16.0;

/// Tokens of a request.
const PROMPT_TOKENS: f64 = 820.0;
const GENERATED_TOKENS: f64 = 240.0;

/// The state of a vLLM server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Serving {
    /// Requests that run.
    pub(crate) running: f64,
    /// Requests that wait.
    pub(crate) waiting: f64,
    /// Used share of the cache for keys and values, between 0 and 1.
    pub(crate) cache: f64,
    /// Tokens of all prompts.
    pub(crate) prompt_tokens: f64,
    /// Tokens of all answers.
    pub(crate) generated_tokens: f64,
    /// Requests that ended after a fast and after a slow answer. Under load, more of them are slow.
    pub(crate) finished: (f64, f64),
    /// Requests that ended because their answer reached the limit, of all that ended.
    pub(crate) cut: f64,
    /// Times at which a request was interrupted because the cache was full.
    pub(crate) preemptions: f64,
}

impl Pod {
    /// The state at a time on the world's axis, after the server has run for `age`.
    pub(super) fn serving(&self, at: Duration, age: Duration) -> Serving {
        let (slow, fast) = self.waves(at);
        let load = SLOW * slow + FAST * fast;
        // Requests arrive faster than they are answered while the load is high.
        let wanted = 24.0 * load;
        let (end, start) = (at.as_secs_f64(), at.as_secs_f64() - age.as_secs_f64());
        let integral = |wave: fn(f64, f64, f64) -> f64, period: Duration, phase: f64| {
            let period = period.as_secs_f64();
            (wave(end, period, phase) - wave(start, period, phase)).max(0.0)
        };
        let phases = (self.phase, self.phase * 3.0);
        let busy = SLOW * integral(swung, WAVES.0, phases.0) + FAST * integral(swung, WAVES.1, phases.1);
        let crowded = integral(squared, WAVES.0, phases.0);
        let slow_ones = (0.4 * PEAK * crowded).floor();
        let fast_ones = (0.6 * PEAK * busy).floor();
        let finished = slow_ones + fast_ones;
        Serving {
            running: wanted.min(SLOTS).floor(),
            waiting: (wanted - SLOTS).max(0.0).floor(),
            cache: (0.08 + 0.9 * load).min(1.0),
            prompt_tokens: (finished * PROMPT_TOKENS).floor(),
            generated_tokens: (finished * GENERATED_TOKENS).floor(),
            finished: (fast_ones, slow_ones),
            cut: (0.06 * finished).floor(),
            preemptions: (0.004 * slow_ones).floor(),
        }
    }
}

/// An integral of a wave between 0 and 1, in seconds.
fn swung(at: f64, period: f64, phase: f64) -> f64 {
    let turn = TAU / period;
    at / 2.0 - (turn * at + TAU * phase).cos() / (2.0 * turn)
}

/// An integral of its square, in seconds: what happens only near its top.
fn squared(at: f64, period: f64, phase: f64) -> f64 {
    let (turn, angle) = (TAU / period, TAU * at / period + TAU * phase);
    3.0 * at / 8.0 - angle.cos() / (2.0 * turn) - (2.0 * angle).sin() / (16.0 * turn)
}

#[cfg(test)]
mod tests {
    use super::super::population::Population;
    use super::super::random::swing;
    use super::*;

    const STEP: Duration = Duration::from_millis(100);

    fn numeric(wave: impl Fn(f64) -> f64, until: Duration, period: Duration, phase: f64) -> f64 {
        let steps = u32::try_from(until.as_millis() / STEP.as_millis()).unwrap();
        (0..steps).map(|step| wave(swing(STEP * step + STEP / 2, period, phase)) * STEP.as_secs_f64()).sum()
    }

    #[test]
    fn the_integrals_are_those_of_the_waves() {
        let (period, until, phase) = (WAVES.0, Duration::from_secs(1_000), 0.3);
        let exact = |wave: fn(f64, f64, f64) -> f64| {
            let period = period.as_secs_f64();
            wave(until.as_secs_f64(), period, phase) - wave(0.0, period, phase)
        };
        assert!((exact(swung) - numeric(|wave| wave, until, period, phase)).abs() < 0.01);
        assert!((exact(squared) - numeric(|wave| wave * wave, until, period, phase)).abs() < 0.01);
    }

    #[test]
    fn counters_start_at_zero_and_never_decrease() {
        let pod = Pod::new(Population::Usual, 1, 3);
        let start = Duration::from_hours(2);
        let at = |minutes: u64| {
            let age = Duration::from_mins(minutes);
            pod.serving(start + age, age)
        };
        assert!(at(0).generated_tokens == 0.0 && at(0).finished == (0.0, 0.0));
        let (mut last, mut waited) = (at(0), false);
        for minute in 1..600 {
            let next = at(minute);
            assert!(next.prompt_tokens >= last.prompt_tokens && next.preemptions >= last.preemptions);
            assert!(next.finished.0 >= last.finished.0 && next.finished.1 >= last.finished.1);
            assert!((0.0..=1.0).contains(&next.cache) && next.running <= SLOTS);
            waited |= next.waiting > 0.0;
            last = next;
        }
        assert!(waited && last.generated_tokens > 1e6, "{last:?}");
    }
}

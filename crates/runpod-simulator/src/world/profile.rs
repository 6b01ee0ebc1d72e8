//! The parameters of an endpoint: its scaling settings, how its jobs arrive, how its workers behave.
//!
//! Which values an endpoint has does not belong here.

use std::time::Duration;

use super::market;

/// The parameters of an endpoint. A scene may change them while it is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Profile {
    /// Names for endpoints of the kind, used in turn. " -fb" is the old marker of `FlashBoot`, still found in names.
    pub(crate) names: &'static [&'static str],
    pub(crate) load_balanced: bool,
    /// Position of its GPU in [`super::market::GPUS`].
    pub(crate) gpu: usize,
    pub(crate) gpu_count: u32,
    pub(crate) workers_min: u32,
    pub(crate) workers_max: u32,
    pub(crate) workers_standby: u32,
    pub(crate) idle_timeout: Duration,
    /// Seconds of queue delay, or requests per worker when load balanced.
    pub(crate) scaler_value: u32,
    pub(crate) execution_timeout: Duration,
    /// Mean number of jobs per second.
    pub(crate) rate: f64,
    /// Amplitude of the wave around the mean rate: 0 is flat, 1 goes down to zero.
    pub(crate) wave: f64,
    /// Bursts per second.
    pub(crate) bursts: f64,
    /// Factor by which the rate grows during a burst.
    pub(crate) burst_factor: f64,
    /// Median execution time of a job.
    pub(crate) execution: Duration,
    /// Length of the tail of execution times, as sigma of a log-normal distribution.
    pub(crate) spread: f64,
    /// Shortest and longest time to pull the image.
    pub(crate) initializing: (Duration, Duration),
    /// Shortest and longest time to load the model.
    pub(crate) loading: (Duration, Duration),
    /// Probability that a starting worker finds no GPU.
    pub(crate) scarcity: f64,
    /// Probability that a job fails in its handler.
    pub(crate) failure: f64,
    /// Probability that a job crashes its worker.
    pub(crate) crash: f64,
    /// Number of workers that crash on every start.
    pub(crate) broken_workers: u32,
    /// Whether hosts reclaim the GPUs of ready workers.
    pub(crate) evicting: bool,
    /// Whether ready workers take jobs.
    pub(crate) taking_jobs: bool,
    /// When new releases are made.
    pub(crate) releases: Releases,
}

/// When new releases of an endpoint are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Releases {
    /// Some minutes after the start of the world, and every few hours from then on.
    Regular,
    /// Never.
    Ended,
    /// One now, which the existing workers do not pick up.
    Stuck,
}

// === impl Profile ===

impl Profile {
    /// Dollars per hour of a worker.
    pub(super) fn worker_price(&self) -> f64 {
        market::gpu_at(self.gpu).serverless * f64::from(self.gpu_count)
    }

    /// Whether its GPU is sold out everywhere, and not just scarce.
    pub(super) fn is_sold_out(&self) -> bool {
        self.scarcity >= 1.0
    }
}

//! A worker of an endpoint and its states.
//!
//! When workers are added and removed, and how an API counts a state, does not belong here.

use std::time::Duration;

use strum::IntoStaticStr;

use super::job::Job;
use super::life::Life;

/// A container that runs one job at a time.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub(super) serial: u64,
    /// When it was created.
    pub(super) since: Duration,
    /// When its last start began; a cold start lasts from then until it is ready.
    pub(super) begun: Duration,
    pub(super) state: State,
    /// It crashes on every start, as with a bad image or driver. Runpod keeps restarting it.
    pub(super) broken: bool,
    /// Its last starts and crashes.
    pub(super) life: Life,
}

/// The state of a worker. `until` is when it moves to the next state by itself.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// Scaled down, kept by `FlashBoot`, not billed.
    Standby,
    /// Its host has no free GPU.
    Throttled { until: Duration },
    /// Pulling the image.
    Initializing { until: Duration },
    /// The container runs and loads the model; not ready for a job yet.
    Loading { until: Duration },
    /// Ready and billed, without a job.
    Idle { since: Duration },
    /// Running a job. How the job ends was drawn when it started.
    Busy { job: Job, started: Duration, until: Duration, end: End },
    /// Crashed, and waiting to be restarted.
    Unhealthy { until: Duration },
}

/// How a run of a job ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Completed,
    Failed,
    TimedOut,
    /// The worker crashes and the job goes back to the queue.
    Crashed,
}

/// Number of workers by state.
///
/// As in Runpod's health, `running` includes workers that load their model, and `idle` those on standby.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorkerCounts {
    /// Ready for a job.
    pub idle: u32,
    /// On standby; included in `idle`.
    pub standby: u32,
    /// Pulling the image.
    pub initializing: u32,
    /// Started and not idle: with a job, or loading the model.
    pub running: u32,
    /// Waiting for a GPU.
    pub throttled: u32,
    /// Crashed.
    pub unhealthy: u32,
}

/// The status of a worker in Runpod's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "UPPERCASE")]
pub enum WorkerStatus {
    /// Started and not idle.
    Running,
    /// Ready for a job, or on standby.
    Idle,
    /// Pulling the image.
    Initializing,
    /// Waiting for a GPU.
    Throttled,
    /// Crashed.
    Unhealthy,
}

/// A worker, as the APIs report it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerView {
    /// The number of the worker at its endpoint; `Configuration::worker_id` makes an id of it.
    pub serial: u64,
    /// When it was created, on the world's axis.
    pub(crate) made: Duration,
    /// When its last start began, on the world's axis.
    pub(crate) begun: Duration,
    /// Its status.
    pub status: WorkerStatus,
    /// Whether it is billed.
    pub billed: bool,
    /// Its last starts and crashes, on the world's axis.
    pub(crate) life: Life,
}

// === impl Worker ===

impl Worker {
    /// When the worker changes its state by itself.
    pub(super) fn due(&self) -> Option<Duration> {
        match self.state {
            State::Standby | State::Idle { .. } => None,
            State::Throttled { until }
            | State::Initializing { until }
            | State::Loading { until }
            | State::Busy { until, .. }
            | State::Unhealthy { until } => Some(until),
        }
    }

    /// Whether it counts towards the endpoint's maximum: every state but standby.
    pub(super) fn is_active(&self) -> bool {
        !matches!(self.state, State::Standby)
    }

    /// Whether it is billed: its container runs and has not been scaled down.
    pub(super) fn is_billed(&self) -> bool {
        matches!(self.state, State::Loading { .. } | State::Idle { .. } | State::Busy { .. })
    }

    /// Whether it is ready or will be soon.
    pub(super) fn will_serve(&self) -> bool {
        self.is_billed() || matches!(self.state, State::Initializing { .. })
    }

    pub(super) fn is_starting(&self) -> bool {
        matches!(self.state, State::Initializing { .. } | State::Loading { .. })
    }

    pub(super) fn is_throttled(&self) -> bool {
        matches!(self.state, State::Throttled { .. })
    }

    pub(super) fn view(&self, to_world: impl Fn(Duration) -> Duration) -> WorkerView {
        let status = match self.state {
            State::Standby | State::Idle { .. } => WorkerStatus::Idle,
            State::Throttled { .. } => WorkerStatus::Throttled,
            State::Initializing { .. } => WorkerStatus::Initializing,
            State::Loading { .. } | State::Busy { .. } => WorkerStatus::Running,
            State::Unhealthy { .. } => WorkerStatus::Unhealthy,
        };
        WorkerView {
            serial: self.serial,
            made: to_world(self.since),
            begun: to_world(self.begun),
            status,
            billed: self.is_billed(),
            life: self.life.to_world(to_world),
        }
    }
}

// === impl WorkerStatus ===

impl WorkerStatus {
    /// The status as Runpod writes it.
    pub(crate) fn word(self) -> &'static str {
        self.into()
    }
}

// === impl WorkerView ===

impl WorkerView {
    /// Whether it is in any other state than scaled down on standby.
    pub fn is_active(&self) -> bool {
        self.billed || self.status != WorkerStatus::Idle
    }
}

// === impl WorkerCounts ===

impl WorkerCounts {
    pub(super) fn of(workers: &[Worker]) -> Self {
        let mut counts = Self::default();
        for worker in workers {
            match worker.state {
                State::Standby => {
                    counts.standby += 1;
                    counts.idle += 1;
                }
                State::Idle { .. } => counts.idle += 1,
                State::Throttled { .. } => counts.throttled += 1,
                State::Initializing { .. } => counts.initializing += 1,
                State::Loading { .. } | State::Busy { .. } => counts.running += 1,
                State::Unhealthy { .. } => counts.unhealthy += 1,
            }
        }
        counts
    }

    /// Workers that have a GPU: all but standby, throttled and unhealthy ones.
    pub(crate) fn placed(&self) -> u32 {
        self.idle.saturating_sub(self.standby) + self.initializing + self.running
    }
}

//! One worker of an endpoint and the states it goes through.
//!
//! When workers are added and removed is decided in [`super::fleet`]; as what each API counts a state, in the APIs.

use std::time::Duration;

use super::job::Job;

/// A container that takes one job at a time.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub(super) serial: u64,
    /// When it was made.
    pub(super) since: Duration,
    /// When it last began to start; its cold start lasts from here until it is ready.
    pub(super) begun: Duration,
    pub(super) state: State,
    /// Dies whenever it has started: a bad image, a driver that does not fit. Runpod tries it again for days.
    pub(super) broken: bool,
}

/// What a worker is doing. `until` is when it goes on to the next state by itself.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// Scaled down, kept by `FlashBoot`, not billed.
    Standby,
    /// The host lacks the GPU.
    Throttled { until: Duration },
    /// Pulling the image.
    Initializing { until: Duration },
    /// The container runs, the model is being loaded: not yet ready for a job.
    Loading { until: Duration },
    /// Ready, billed, without a job.
    Idle { since: Duration },
    /// At work. What becomes of the job was drawn when it started.
    Busy { job: Job, started: Duration, until: Duration, end: End },
    /// Crashed, waits for its next try.
    Unhealthy { until: Duration },
}

/// How the work on a job will end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Completed,
    Failed,
    TimedOut,
    /// The worker dies and the job goes back to the queue.
    Crashed,
}

/// How many workers are in which state.
///
/// `running` is what Runpod's health calls so: the container has started and is not idle, be it with a job or loading
/// its model. `idle` includes the workers in standby.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorkerCounts {
    /// Ready for a job.
    pub idle: u32,
    /// Kept in standby; part of `idle`.
    pub standby: u32,
    /// Pulling the image.
    pub initializing: u32,
    /// Started and not idle.
    pub running: u32,
    /// Waiting for a GPU.
    pub throttled: u32,
    /// Crashed.
    pub unhealthy: u32,
}

/// A worker as an observer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerView {
    /// Counts the workers of the endpoint; `Configuration::worker_id` makes an id of it.
    pub serial: u64,
    /// When it was made, counted from the genesis of the world.
    pub made: Duration,
    /// When it last began to start.
    pub begun: Duration,
    /// What it does, in Runpod's words: RUNNING, IDLE, INITIALIZING, THROTTLED, UNHEALTHY.
    pub status: &'static str,
    /// Whether it costs money now.
    pub billed: bool,
}

// === impl Worker ===

impl Worker {
    /// When the worker changes its state by itself, if it will.
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

    /// Whether it counts towards the endpoint's maximum: all but standby.
    pub(super) fn is_active(&self) -> bool {
        !matches!(self.state, State::Standby)
    }

    /// Whether it costs money: its container runs and has not been scaled down.
    pub(super) fn is_billed(&self) -> bool {
        matches!(self.state, State::Loading { .. } | State::Idle { .. } | State::Busy { .. })
    }

    /// Whether jobs can be expected to reach it soon.
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
            State::Standby | State::Idle { .. } => "IDLE",
            State::Throttled { .. } => "THROTTLED",
            State::Initializing { .. } => "INITIALIZING",
            State::Loading { .. } | State::Busy { .. } => "RUNNING",
            State::Unhealthy { .. } => "UNHEALTHY",
        };
        WorkerView {
            serial: self.serial,
            made: to_world(self.since),
            begun: to_world(self.begun),
            status,
            billed: self.is_billed(),
        }
    }
}

// === impl WorkerView ===

impl WorkerView {
    /// Whether it is more than a scaled-down worker that `FlashBoot` keeps.
    pub fn is_active(&self) -> bool {
        self.billed || self.status != "IDLE"
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

    /// Workers that cost money or will soon: all but standby, throttled and unhealthy ones.
    pub fn placed(&self) -> u32 {
        self.idle.saturating_sub(self.standby) + self.initializing + self.running
    }
}

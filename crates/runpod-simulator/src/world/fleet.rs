//! The workers of one endpoint: when one is added, how it starts, when it is scaled down.
//!
//! Which jobs arrive and how they end does not belong here.

use std::mem;
use std::time::Duration;

use rand::RngExt;

use super::job::Job;
use super::life::{Crash, Event, Life};
use super::profile::Profile;
use super::random::{self, Generator};
use super::worker::{End, State, Worker};

/// How long a throttled worker waits before it looks for a GPU again.
const THROTTLE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(3));

/// How soon a throttled worker gets a GPU once the type is back in stock.
const RESTOCKED: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(20));

/// How long a crashed worker waits before it is restarted.
const CRASH_BACKOFF: (Duration, Duration) = (Duration::from_secs(90), Duration::from_mins(5));

/// How long it takes to resume a worker on standby.
const RESUME: (Duration, Duration) = (Duration::from_millis(300), Duration::from_millis(2_500));

/// Probability that a worker on standby can be resumed; otherwise it has a cold start.
const RESUME_CHANCE: f64 = 0.7;

/// Above this scarcity, workers on standby are throttled at the start of the world.
const SOLD_OUT: f64 = 0.5;

/// The workers of an endpoint.
#[derive(Debug)]
pub(super) struct Fleet {
    profile: Profile,
    workers: Vec<Worker>,
    next: u64,
    cold_starts: u32,
    cold_start_total: Duration,
}

/// The queue, as the scaler sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    pub(super) waiting: u64,
    /// How long the first queued job has waited; `None` if the queue is empty.
    pub(super) longest: Option<Duration>,
}

/// A finished run of a job.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) job: Job,
    pub(super) worker: u64,
    pub(super) started: Duration,
    pub(super) end: End,
}

impl Fleet {
    /// The workers of an endpoint that is not new.
    pub(super) fn new(profile: Profile, rng: &mut Generator) -> Self {
        let mut fleet =
            Self { profile, workers: Vec::new(), next: 0, cold_starts: 0, cold_start_total: Duration::ZERO };
        let start = Duration::ZERO;
        for _ in 0..profile.workers_min {
            fleet.push(start, State::Idle { since: start }, false);
        }
        for _ in 0..profile.broken_workers {
            fleet.push(start, unhealthy(start, rng), true);
        }
        for _ in 0..profile.workers_standby {
            let state = if profile.scarcity > SOLD_OUT { throttled(start, rng) } else { State::Standby };
            fleet.push(start, state, false);
        }
        fleet
    }

    pub(super) fn workers(&self) -> &[Worker] {
        &self.workers
    }

    /// Applies changed parameters to the workers.
    pub(super) fn set_profile(&mut self, profile: Profile, at: Duration, rng: &mut Generator) {
        self.profile = profile;
        for (worker, number) in self.workers.iter_mut().zip(0..) {
            worker.broken = number < profile.broken_workers;
            let was = mem::replace(&mut worker.state, State::Standby);
            if worker.broken && matches!(was, State::Idle { .. }) {
                worker.life.push(at, Event::Crashed(Crash::at_start(&profile)));
            }
            worker.state = match was {
                State::Idle { .. } => ready(&profile, worker.broken, at, rng),
                State::Standby if profile.evicting => throttled(at, rng),
                // A repaired worker is restarted at once, and a throttled one soon gets a GPU that is back in stock.
                State::Unhealthy { .. } if !worker.broken => State::Unhealthy { until: at },
                State::Throttled { until } if !profile.is_sold_out() => {
                    State::Throttled { until: until.min(at + random::between(rng, RESTOCKED)) }
                }
                State::Initializing { until } => {
                    State::Initializing { until: until.min(at + random::between(rng, profile.initializing)) }
                }
                state => state,
            };
        }
    }

    /// The workers that can take a job now: none while there are more than the maximum.
    pub(super) fn idle(&mut self) -> impl Iterator<Item = &mut Worker> {
        let open = self.profile.taking_jobs && self.count(Worker::is_active) <= self.profile.workers_max;
        self.workers.iter_mut().filter(move |worker| open && matches!(worker.state, State::Idle { .. }))
    }

    /// The mean duration of a cold start.
    pub(super) fn cold_start(&self) -> Option<Duration> {
        self.cold_start_total.checked_div(self.cold_starts)
    }

    /// A plain loop, as in the other functions that run in every step: tests simulate hours of them without optimization.
    pub(super) fn count(&self, which: impl Fn(&Worker) -> bool) -> u32 {
        let mut count = 0;
        for worker in &self.workers {
            count += u32::from(which(worker));
        }
        count
    }

    fn len(&self) -> u32 {
        u32::try_from(self.workers.len()).unwrap_or(u32::MAX)
    }

    /// When the next worker changes its state by itself, and which one it is.
    pub(super) fn next_due(&self) -> Option<(Duration, usize)> {
        let mut next = None;
        for (index, worker) in self.workers.iter().enumerate() {
            let Some(due) = worker.due() else { continue };
            if next.is_none_or(|(first, _)| due < first) {
                next = Some((due, index));
            }
        }
        next
    }

    /// Moves a worker to its next state. Returns the run that this finished, if any.
    pub(super) fn advance(&mut self, index: usize, at: Duration, rng: &mut Generator) -> Option<Run> {
        let worker = self.workers.get_mut(index)?;
        let mut ended = None;
        let was = mem::replace(&mut worker.state, State::Standby);
        let was_down = matches!(was, State::Throttled { .. } | State::Unhealthy { .. });
        let crash = match &was {
            State::Busy { job, end: End::Crashed, .. } => Crash::InJob { job: job.serial },
            _ => Crash::at_start(&self.profile),
        };
        worker.state = match was {
            State::Throttled { .. } | State::Unhealthy { .. } => {
                worker.begun = at;
                start(&self.profile, at, rng)
            }
            State::Initializing { .. } if worker.broken => unhealthy(at, rng),
            State::Initializing { .. } => {
                State::Loading { until: at + random::between(rng, self.profile.loading) }
            }
            State::Loading { .. } => {
                self.cold_starts += 1;
                self.cold_start_total += at.saturating_sub(worker.begun);
                ready(&self.profile, worker.broken, at, rng)
            }
            State::Busy { job, started, end, .. } => {
                ended = Some(Run { job, worker: worker.serial, started, end });
                let crashed = end == End::Crashed || worker.broken;
                ready(&self.profile, crashed, at, rng)
            }
            state @ (State::Standby | State::Idle { .. }) => state,
        };
        match worker.state {
            State::Unhealthy { .. } => worker.life.push(at, Event::Crashed(crash)),
            State::Initializing { .. } if was_down => {
                worker.life.push(at, Event::Started { broken: worker.broken });
            }
            _ => {}
        }
        ended
    }

    /// Scales down workers that exceeded the idle timeout, and up by at most one worker, as Runpod's scaler does.
    pub(super) fn scale(&mut self, at: Duration, demand: Demand, rng: &mut Generator) {
        self.shrink();
        self.retire(at);
        if self.count(Worker::is_active) >= self.profile.workers_max {
            return;
        }
        let placed = self.count(|worker| worker.will_serve() || worker.is_throttled());
        if placed < self.profile.workers_min || self.wants_more(demand) {
            self.grow(at, rng);
        }
    }

    fn wants_more(&self, demand: Demand) -> bool {
        let Some(longest) = demand.longest else { return false };
        let serving = self.count(Worker::will_serve);
        let none = serving + self.count(Worker::is_throttled) == 0;
        let limit = self.profile.scaler_value;
        let pressed = if self.profile.load_balanced {
            demand.waiting + u64::from(serving) > u64::from(serving * limit)
        } else {
            longest >= Duration::from_secs(limit.into())
        };
        // Each starting worker will take one of the queued jobs; one more worker for each remaining job is enough.
        none || (pressed && u64::from(self.count(Worker::is_starting)) < demand.waiting)
    }

    fn grow(&mut self, at: Duration, rng: &mut Generator) {
        let broken = self.count(|worker| worker.broken) < self.profile.broken_workers;
        let standby = self.workers.iter_mut().find(|worker| !worker.is_active());
        let kept = standby.is_some() && rng.random_bool(RESUME_CHANCE);
        let state = match start(&self.profile, at, rng) {
            State::Initializing { .. } if kept => State::Loading { until: at + random::between(rng, RESUME) },
            state => state,
        };
        match standby {
            Some(worker) => {
                worker.begun = at;
                if !matches!(state, State::Throttled { .. }) {
                    worker.life.push(at, Event::Started { broken: worker.broken });
                }
                worker.state = state;
            }
            None => self.push(at, state, broken),
        }
    }

    /// Removes the workers above the limits, except busy ones: those are removed once their job ends.
    fn shrink(&mut self) {
        let active = self.count(Worker::is_active);
        let mut standby = self.len().saturating_sub(active).saturating_sub(self.profile.workers_standby);
        let mut active = active.saturating_sub(self.profile.workers_max);
        if active == 0 && standby == 0 {
            return;
        }
        self.workers.retain(|worker| {
            let over = if worker.is_active() { &mut active } else { &mut standby };
            let goes = *over > 0 && !matches!(worker.state, State::Busy { .. });
            *over -= u32::from(goes);
            !goes
        });
    }

    fn retire(&mut self, at: Duration) {
        let profile = self.profile;
        let mut spare = self.count(Worker::will_serve).saturating_sub(profile.workers_min);
        if spare == 0 {
            return;
        }
        let mut standby = self.count(|worker| !worker.is_active());
        self.workers.retain_mut(|worker| {
            let State::Idle { since } = worker.state else { return true };
            if spare == 0 || at.saturating_sub(since) < profile.idle_timeout {
                return true;
            }
            spare -= 1;
            if standby >= profile.workers_standby {
                return false;
            }
            standby += 1;
            worker.state = State::Standby;
            true
        });
    }

    fn push(&mut self, at: Duration, state: State, broken: bool) {
        let mut life = Life::default();
        if !matches!(state, State::Throttled { .. } | State::Standby) {
            life.push(at, Event::Started { broken });
        }
        if matches!(state, State::Unhealthy { .. }) {
            life.push(at, Event::Crashed(Crash::at_start(&self.profile)));
        }
        self.workers.push(Worker { serial: self.next, since: at, begun: at, state, broken, life });
        self.next += 1;
    }
}

/// The state of a worker that was placed on a host, which may have no free GPU.
fn start(profile: &Profile, at: Duration, rng: &mut Generator) -> State {
    if rng.random_bool(profile.scarcity) {
        return throttled(at, rng);
    }
    State::Initializing { until: at + random::between(rng, profile.initializing) }
}

/// The state of a worker that has started or finished a job, unless it crashed or lost its GPU.
fn ready(profile: &Profile, crashed: bool, at: Duration, rng: &mut Generator) -> State {
    if crashed {
        unhealthy(at, rng)
    } else if profile.evicting {
        throttled(at, rng)
    } else {
        State::Idle { since: at }
    }
}

fn throttled(at: Duration, rng: &mut Generator) -> State {
    State::Throttled { until: at + random::between(rng, THROTTLE) }
}

fn unhealthy(at: Duration, rng: &mut Generator) -> State {
    State::Unhealthy { until: at + random::between(rng, CRASH_BACKOFF) }
}

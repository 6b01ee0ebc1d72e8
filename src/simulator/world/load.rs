//! The load of one endpoint, played out over time: jobs arrive and wait, workers are added, work, crash and go.
//!
//! Time is the endpoint's own: it starts at zero and goes on in equal steps, so that the result depends on how many
//! steps were made and on nothing else, least of all on who looked in between. Inside a step, arrivals and ends of
//! work are taken in the order of their times. What time it is outside, and what an endpoint is called, is
//! [`super::endpoint`].

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use rand::RngExt;

use super::chance::{self, Generator};
use super::character::Profile;
use super::job::{FinishedJob, Job, JobStatus, Recent, Totals};
use super::latency::Latency;
use super::worker::{End, State, Worker, WorkerCounts, WorkerView};

/// How often workers are added and removed, and the size of a step. Runpod's scaler looks about once a second.
pub(super) const STEP: Duration = Duration::from_secs(1);

/// How much is played out at most to catch up with a clock that jumped: an hour takes about a millisecond. What lies
/// further back is left out, as if the endpoint had been frozen.
const CATCH_UP: Duration = Duration::from_hours(1);

/// Period of the wave. A day would hardly move on the hour that a dashboard shows.
const WAVE_PERIOD: Duration = Duration::from_mins(30);

/// How long a burst of jobs lasts.
const BURST: (Duration, Duration) = (Duration::from_secs(20), Duration::from_mins(1));

/// How long a host has no GPU before it is asked again.
const THROTTLE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(3));

/// How long a crashed worker rests before its next try.
const CRASH_BACKOFF: (Duration, Duration) = (Duration::from_secs(90), Duration::from_mins(5));

/// Resuming a worker that `FlashBoot` kept.
const RESUME: (Duration, Duration) = (Duration::from_millis(300), Duration::from_millis(2_500));

/// How often `FlashBoot` still has the worker; otherwise it starts cold.
const RESUME_CHANCE: f64 = 0.7;

/// From the free worker to the start of the job.
const PICK_UP: (Duration, Duration) = (Duration::from_millis(15), Duration::from_millis(90));

/// Longest stay in the queue: the `ttl` that the simulated clients put on their jobs.
const TTL: Duration = Duration::from_mins(10);

/// How many clients would rather cancel than wait for the `ttl`, and when.
const IMPATIENT: f64 = 0.1;
const PATIENCE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(3));

/// How often a job may lose its worker before it fails.
const MAX_RETRIES: u32 = 2;

/// Everything that changes about an endpoint.
#[derive(Debug)]
pub(super) struct Load {
    profile: &'static Profile,
    rng: Generator,
    now: Duration,
    /// Time that was left out because the clock jumped.
    skipped: Duration,
    phase: f64,
    burst_until: Duration,
    next_job: u64,
    next_worker: u64,
    queue: VecDeque<Job>,
    workers: Vec<Worker>,
    totals: Totals,
    recent: Recent,
    billed: Duration,
    cold_starts: u32,
    cold_start_total: Duration,
}

/// An endpoint's numbers at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Jobs that wait for a worker.
    pub queued: u64,
    /// Jobs that a worker has taken.
    pub in_progress: u64,
    /// Jobs so far.
    pub totals: Totals,
    /// Workers now.
    pub workers: WorkerCounts,
    /// Worker time that was billed, summed over the workers.
    pub billed: Duration,
}

impl Load {
    /// An endpoint that has existed for `age` and has seen as many jobs as its character sees in that time.
    pub(super) fn new(profile: &'static Profile, age: Duration, mut rng: Generator) -> Self {
        let phase = rng.random();
        let seen = |rate: f64| chance::scale(age, rate).as_secs();
        let mut totals = Totals {
            arrived: 0,
            completed: seen(profile.rate).max(1),
            failed: seen(profile.rate * profile.failure),
            retried: seen(profile.rate * profile.crash),
            cancelled: seen(profile.rate * 0.000_5),
            timed_out: seen(profile.rate * 0.000_1),
        };
        totals.arrived = totals.finished();
        let mut load = Self {
            profile,
            rng,
            now: Duration::ZERO,
            skipped: Duration::ZERO,
            phase,
            burst_until: Duration::ZERO,
            next_job: totals.arrived,
            next_worker: 0,
            queue: VecDeque::new(),
            workers: Vec::new(),
            totals,
            recent: Recent::default(),
            billed: Duration::ZERO,
            cold_starts: 0,
            cold_start_total: Duration::ZERO,
        };
        load.found_fleet();
        load
    }

    /// Plays on until `to`, measured on the axis of the world.
    pub(super) fn advance(&mut self, to: Duration) {
        let target = to.saturating_sub(self.skipped);
        self.skipped += target.saturating_sub(self.now).saturating_sub(CATCH_UP);
        let target = to.saturating_sub(self.skipped);
        while self.now + STEP <= target {
            self.step();
        }
    }

    pub(super) fn counts(&self) -> Counts {
        let busy = self.workers.iter().filter(|worker| matches!(worker.state, State::Busy { .. })).count();
        Counts {
            queued: self.queue.len() as u64,
            in_progress: busy as u64,
            totals: self.totals,
            workers: WorkerCounts::of(&self.workers),
            billed: self.billed,
        }
    }

    pub(super) fn workers(&self) -> Vec<WorkerView> {
        self.workers.iter().map(|worker| worker.view(self.now)).collect()
    }

    pub(super) fn finished(&self) -> Vec<FinishedJob> {
        self.recent.iter().cloned().collect()
    }

    pub(super) fn latency(&self) -> Latency {
        let cold_start = self.cold_start_total.checked_div(self.cold_starts);
        Latency::of(&self.finished(), self.now, cold_start)
    }

    /// From a time on the endpoint's axis to the axis of the world. Exact for what happened after the last jump.
    pub(super) fn to_world(&self, at: Duration) -> Duration {
        at + self.skipped
    }

    fn found_fleet(&mut self) {
        for _ in 0..self.profile.workers_min {
            self.add_worker(State::Idle { since: Duration::ZERO }, false);
        }
        for _ in 0..self.profile.broken_workers {
            let until = chance::between(&mut self.rng, CRASH_BACKOFF);
            self.add_worker(State::Unhealthy { until }, true);
        }
        for _ in 0..self.profile.workers_standby {
            // A GPU that is mostly out of stock has nobody standing by either.
            let state =
                if self.profile.scarcity > 0.5 { self.throttled(Duration::ZERO) } else { State::Standby };
            self.add_worker(state, false);
        }
    }

    fn step(&mut self) {
        let (start, end) = (self.now, self.now + STEP);
        self.retire(start);
        self.scale(start);
        let rate = self.rate(start);
        let mut arrival = start.saturating_add(chance::wait(&mut self.rng, rate));
        let mut at = start;
        loop {
            self.dispatch(at);
            let due = self.next_due();
            at = due.map_or(arrival, |(due, _)| due.min(arrival));
            if at >= end {
                break;
            }
            match due {
                Some((due, index)) if due < arrival => self.transition(index, at),
                _ => {
                    self.arrive(at);
                    arrival = at.saturating_add(chance::wait(&mut self.rng, rate));
                }
            }
        }
        self.give_up(end);
        let billed = self.workers.iter().filter(|worker| worker.is_billed()).count();
        self.billed += STEP * u32::try_from(billed).unwrap_or(u32::MAX);
        self.now = end;
    }

    /// Jobs a second at this moment.
    fn rate(&mut self, at: Duration) -> f64 {
        let profile = self.profile;
        let wave = 1.0 + profile.wave * (2.0 * chance::swing(at, WAVE_PERIOD, self.phase) - 1.0);
        if profile.bursts > 0.0 && at >= self.burst_until && self.rng.random_bool(profile.bursts) {
            self.burst_until = at + chance::between(&mut self.rng, BURST);
        }
        let burst = if at < self.burst_until { profile.burst_factor } else { 1.0 };
        profile.rate * wave * burst
    }

    fn arrive(&mut self, at: Duration) {
        let impatient = self.rng.random_bool(IMPATIENT);
        let patience = if impatient { chance::between(&mut self.rng, PATIENCE) } else { TTL };
        self.queue.push_back(Job { serial: self.next_job, arrived: at, patience, retries: 0 });
        self.next_job += 1;
        self.totals.arrived += 1;
    }

    /// Gives waiting jobs to idle workers.
    fn dispatch(&mut self, at: Duration) {
        for worker in self.workers.iter_mut().filter(|worker| matches!(worker.state, State::Idle { .. })) {
            let Some(job) = self.queue.pop_front() else { return };
            let started = at + chance::between(&mut self.rng, PICK_UP);
            let execution = chance::log_normal(&mut self.rng, self.profile.execution, self.profile.spread);
            let luck: f64 = self.rng.random();
            let (execution, end) = if luck < self.profile.crash {
                (execution / 2, End::Crashed)
            } else if execution > self.profile.execution_timeout {
                (self.profile.execution_timeout, End::TimedOut)
            } else if luck < self.profile.crash + self.profile.failure {
                (execution / 2, End::Failed)
            } else {
                (execution, End::Completed)
            };
            worker.state = State::Busy { job, started, until: started + execution, end };
        }
    }

    fn next_due(&self) -> Option<(Duration, usize)> {
        let due = self.workers.iter().enumerate().filter_map(|(index, worker)| Some((worker.due()?, index)));
        due.min()
    }

    /// Takes a worker to its next state.
    fn transition(&mut self, index: usize, at: Duration) {
        let Some(worker) = self.workers.get_mut(index) else { return };
        let broken = worker.broken;
        let next = match mem::replace(&mut worker.state, State::Standby) {
            State::Throttled { .. } | State::Unhealthy { .. } => {
                worker.begun = at;
                self.start_cold(at)
            }
            State::Initializing { .. } if broken => self.unhealthy(at),
            State::Initializing { .. } => {
                State::Loading { until: at + chance::between(&mut self.rng, self.profile.loading) }
            }
            State::Loading { .. } => {
                self.cold_starts += 1;
                self.cold_start_total += at.saturating_sub(worker.begun);
                State::Idle { since: at }
            }
            State::Busy { job, started, end, .. } => self.finish(job, started, at, end),
            state @ (State::Standby | State::Idle { .. }) => state,
        };
        if let Some(worker) = self.workers.get_mut(index) {
            worker.state = next;
        }
    }

    /// Ends the work on a job; answers what becomes of its worker.
    fn finish(&mut self, mut job: Job, started: Duration, at: Duration, end: End) -> State {
        let status = match end {
            End::Completed => JobStatus::Completed,
            End::TimedOut => JobStatus::TimedOut,
            End::Crashed if job.retries < MAX_RETRIES => {
                job.retries += 1;
                self.totals.retried += 1;
                self.queue.push_front(job);
                return self.unhealthy(at);
            }
            End::Failed | End::Crashed => JobStatus::Failed,
        };
        self.close(&job, status, started, at);
        if end == End::Crashed { self.unhealthy(at) } else { State::Idle { since: at } }
    }

    fn close(&mut self, job: &Job, status: JobStatus, started: Duration, at: Duration) {
        self.totals.count(status);
        self.recent.push(FinishedJob {
            serial: job.serial,
            status,
            arrived: job.arrived,
            finished: at,
            delay: started.saturating_sub(job.arrived),
            execution: at.saturating_sub(started),
            retries: job.retries,
        });
    }

    /// Lets go of the jobs that have waited too long.
    fn give_up(&mut self, at: Duration) {
        if self.queue.iter().all(|job| at < job.arrived + job.patience) {
            return;
        }
        for job in mem::take(&mut self.queue) {
            if at < job.arrived + job.patience {
                self.queue.push_back(job);
            } else {
                let status = if job.patience < TTL { JobStatus::Cancelled } else { JobStatus::TimedOut };
                self.close(&job, status, at, at);
            }
        }
    }

    /// Adds at most one worker, as Runpod's scaler does.
    fn scale(&mut self, at: Duration) {
        let active = count(&self.workers, Worker::is_active);
        if active >= self.profile.workers_max {
            return;
        }
        let placed = count(&self.workers, |worker| worker.will_serve() || worker.is_throttled());
        if placed < self.profile.workers_min || self.wants_more(at) {
            self.add_active_worker(at);
        }
    }

    fn wants_more(&self, at: Duration) -> bool {
        let Some(oldest) = self.queue.front() else { return false };
        let serving = count(&self.workers, Worker::will_serve);
        let coming = count(&self.workers, Worker::is_starting);
        let nobody = serving + count(&self.workers, Worker::is_throttled) == 0;
        let pressed = if self.profile.load_balanced {
            let requests = self.queue.len() as u64 + u64::from(serving);
            requests > u64::from(serving * self.profile.scaler_value)
        } else {
            at.saturating_sub(oldest.arrived) >= STEP * self.profile.scaler_value
        };
        // Workers on their way will take their share of the queue; one more for each of the others is enough.
        nobody || (pressed && u64::from(coming) < self.queue.len() as u64)
    }

    fn add_active_worker(&mut self, at: Duration) {
        let standby = self.workers.iter().position(|worker| matches!(worker.state, State::Standby));
        let kept = standby.is_some() && self.rng.random_bool(RESUME_CHANCE);
        let scarce = self.rng.random_bool(self.profile.scarcity);
        let state = match (scarce, kept) {
            (true, _) => self.throttled(at),
            (false, true) => State::Loading { until: at + chance::between(&mut self.rng, RESUME) },
            (false, false) => self.initializing(at),
        };
        match standby.and_then(|index| self.workers.get_mut(index)) {
            Some(worker) => {
                worker.begun = at;
                worker.state = state;
            }
            None => self.add_worker(state, false),
        }
    }

    /// Scales down the workers that have been idle for too long.
    fn retire(&mut self, at: Duration) {
        let mut spare = count(&self.workers, Worker::will_serve).saturating_sub(self.profile.workers_min);
        let mut standby = count(&self.workers, |worker| !worker.is_active());
        let profile = self.profile;
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

    fn add_worker(&mut self, state: State, broken: bool) {
        let worker = Worker { serial: self.next_worker, since: self.now, begun: self.now, state, broken };
        self.workers.push(worker);
        self.next_worker += 1;
    }

    /// A worker that is placed anew: it may find no GPU.
    fn start_cold(&mut self, at: Duration) -> State {
        if self.rng.random_bool(self.profile.scarcity) { self.throttled(at) } else { self.initializing(at) }
    }

    fn initializing(&mut self, at: Duration) -> State {
        State::Initializing { until: at + chance::between(&mut self.rng, self.profile.initializing) }
    }

    fn throttled(&mut self, at: Duration) -> State {
        State::Throttled { until: at + chance::between(&mut self.rng, THROTTLE) }
    }

    fn unhealthy(&mut self, at: Duration) -> State {
        State::Unhealthy { until: at + chance::between(&mut self.rng, CRASH_BACKOFF) }
    }
}

fn count(workers: &[Worker], which: impl Fn(&Worker) -> bool) -> u32 {
    u32::try_from(workers.iter().filter(|worker| which(worker)).count()).unwrap_or(u32::MAX)
}

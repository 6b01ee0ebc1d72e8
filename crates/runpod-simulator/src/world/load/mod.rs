//! The load of one endpoint, simulated over time: jobs arrive, wait, run, and finish.
//!
//! The endpoint has its own time: it starts at zero and advances in equal steps, so that the result depends on the number
//! of steps alone, and not on when the endpoint was read. Within a step, arrivals and ends of runs are processed in the
//! order of their times. When workers are added and removed, and the names of endpoints, do not belong here.

use std::collections::VecDeque;
use std::mem;
use std::ops::Range;
use std::time::Duration;

use rand::RngExt;

use self::sent::Results;
use super::arrivals::{self, Arrivals};
use super::fleet::{Demand, Fleet, Run};
use super::job::{Ended, EndedJob, FinishedJob, Job, JobStatus, Recent, Totals};
use super::latency::Latency;
use super::outbox::Outbox;
use super::profile::Profile;
use super::random::{self, Generator};
use super::timeline::{Change, Timeline};
use super::worker::{End, State, Worker, WorkerCounts, WorkerView};
use super::worker_time::WorkerTime;

mod sent;

/// The length of a step. Workers are added and removed once per step: Runpod's scaler runs about once a second.
const STEP: Duration = Duration::from_secs(1);

/// Maximum time that is simulated to catch up with a clock that jumped; an hour takes a few milliseconds. Earlier time is
/// skipped, as if the endpoint had been frozen.
const CATCH_UP: Duration = Duration::from_hours(1);

/// From the moment that a worker is free to the start of the job.
const PICK_UP: (Duration, Duration) = (Duration::from_millis(15), Duration::from_millis(90));

/// Maximum time in the queue: the `ttl` that the simulated clients set on their jobs.
const TTL: Duration = Duration::from_mins(10);

/// The ratio of clients that cancel before the `ttl`, and when they do.
const IMPATIENT: f64 = 0.1;
const PATIENCE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(3));

/// How often a job is retried after a worker crash before it fails.
const MAX_RETRIES: u32 = 2;

/// The ratios of jobs that were canceled or timed out before the start of the world.
const PAST_CANCELLED: f64 = 0.000_5;
const PAST_TIMED_OUT: f64 = 0.000_1;

/// The state of an endpoint that develops over time.
#[derive(Debug)]
pub(super) struct Load {
    profile: Profile,
    /// How many changes of its timeline were applied.
    changes: usize,
    rng: Generator,
    now: Duration,
    /// Time that was skipped because the clock jumped.
    skipped: Duration,
    arrivals: Arrivals,
    next_job: u64,
    queue: VecDeque<Job>,
    fleet: Fleet,
    totals: Totals,
    recent: Recent,
    ended: Ended,
    outbox: Outbox,
    results: Results,
    billed: WorkerTime,
}

/// The job and worker counts of an endpoint at a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Queued jobs.
    pub queued: u64,
    /// Running jobs.
    pub in_progress: u64,
    /// Totals of jobs so far.
    pub totals: Totals,
    /// Workers by state.
    pub workers: WorkerCounts,
    /// Billed time, summed over the workers.
    pub billed: Duration,
}

impl Load {
    /// An endpoint that has existed for `age`, with the job totals of that time.
    pub(super) fn new(profile: Profile, age: Duration, offset: Duration, mut rng: Generator) -> Self {
        let seen = |share: f64| random::scale(age, profile.rate * share).as_secs();
        let mut totals = Totals {
            arrived: 0,
            completed: seen(1.0).max(1),
            failed: seen(profile.failure),
            retried: seen(profile.crash),
            cancelled: seen(PAST_CANCELLED),
            timed_out: seen(PAST_TIMED_OUT),
        };
        totals.arrived = totals.finished();
        Self {
            profile,
            changes: 0,
            arrivals: Arrivals::new(&mut rng),
            fleet: Fleet::new(profile, &mut rng),
            rng,
            now: Duration::ZERO,
            skipped: Duration::ZERO,
            next_job: totals.arrived,
            queue: VecDeque::new(),
            totals,
            recent: Recent::default(),
            ended: Ended::default(),
            outbox: Outbox::default(),
            results: Results::default(),
            billed: WorkerTime::new(offset),
        }
    }

    /// Advances to `to` on the world's axis, and applies the changes of the timeline on the way.
    pub(super) fn advance(&mut self, to: Duration, timeline: &Timeline<Profile>) {
        let changes = timeline.changes();
        let behind = to.saturating_sub(self.skipped).saturating_sub(self.now);
        self.skipped += behind.saturating_sub(CATCH_UP);
        let target = to.saturating_sub(self.skipped);
        while self.now + STEP <= target {
            self.apply(&changes);
            self.step();
        }
    }

    /// Applies the changes that are due.
    fn apply(&mut self, changes: &[Change<Profile>]) {
        let now = self.to_world(self.now);
        while let Some(change) = changes.get(self.changes).filter(|change| change.from <= now) {
            self.changes += 1;
            self.profile = change.value;
            self.fleet.set_profile(change.value, self.now, &mut self.rng);
        }
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            queued: self.queue.len() as u64,
            in_progress: self.fleet.count(|worker| matches!(worker.state, State::Busy { .. })).into(),
            totals: self.totals,
            workers: WorkerCounts::of(self.fleet.workers()),
            billed: self.billed.total(),
        }
    }

    /// Billed worker time in a range of hours, counted from the last full hour before the epoch.
    pub(super) fn billed_in(&self, hours: Range<u64>) -> Duration {
        self.billed.within(hours)
    }

    pub(super) fn workers(&self) -> Vec<WorkerView> {
        self.fleet.workers().iter().map(|worker| worker.view(|at| self.to_world(at))).collect()
    }

    /// The last finished jobs, oldest first, with their times on the endpoint's own axis.
    pub(super) fn finished(&self) -> Vec<FinishedJob> {
        self.recent.iter().cloned().collect()
    }

    /// The jobs that finished in the last minutes, oldest first, with their times on the world's axis.
    pub(super) fn ended(&self) -> Vec<EndedJob> {
        self.ended.iter().collect()
    }

    /// The queued jobs, and how long each has waited.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (u64, Duration)> {
        self.queue.iter().map(|job| (job.serial, self.now.saturating_sub(job.arrived)))
    }

    /// The finished jobs that were not taken yet.
    pub(super) fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    pub(super) fn latency(&self) -> Latency {
        Latency::of(&self.finished(), self.now, self.fleet.cold_start())
    }

    /// Converts a time on the endpoint's axis to the world's axis. Exact for times after the last jump.
    pub(super) fn to_world(&self, at: Duration) -> Duration {
        at + self.skipped
    }

    fn step(&mut self) {
        let (start, end) = (self.now, self.now + STEP);
        let longest = self.queue.front().map(|job| start.saturating_sub(job.arrived));
        let demand = Demand { waiting: self.queue.len() as u64, longest };
        self.fleet.scale(start, demand, &mut self.rng);
        let rate = self.arrivals.rate(&self.profile, start, &mut self.rng);
        let mut arrival = arrivals::next(start, rate, &mut self.rng);
        let mut at = start;
        loop {
            self.dispatch(at);
            let due = self.fleet.next_due();
            at = due.map_or(arrival, |(due, _)| due.min(arrival));
            if at >= end {
                break;
            }
            match due {
                Some((due, index)) if due < arrival => {
                    if let Some(run) = self.fleet.advance(index, at, &mut self.rng) {
                        self.settle(run, at);
                    }
                }
                _ => {
                    self.arrive(at);
                    arrival = arrivals::next(at, rate, &mut self.rng);
                }
            }
        }
        self.give_up(end);
        let billed = STEP * self.fleet.count(Worker::is_billed);
        self.billed.add(self.to_world(start), billed);
        self.now = end;
    }

    fn arrive(&mut self, at: Duration) {
        let impatient = self.rng.random_bool(IMPATIENT);
        let (patience, abandoned) = if impatient {
            (random::between(&mut self.rng, PATIENCE), JobStatus::Cancelled)
        } else {
            (TTL, JobStatus::TimedOut)
        };
        let job = Job { serial: self.next_job, arrived: at, patience, abandoned, retries: 0, request: None };
        self.queue.push_back(job);
        self.next_job += 1;
        self.totals.arrived += 1;
    }

    /// Assigns queued jobs to idle workers, and draws how each run ends.
    fn dispatch(&mut self, at: Duration) {
        if self.queue.is_empty() {
            return;
        }
        let profile = self.profile;
        for worker in self.fleet.idle() {
            let Some(job) = self.queue.pop_front() else { return };
            let started = at + random::between(&mut self.rng, PICK_UP);
            let execution = random::log_normal(&mut self.rng, profile.execution, profile.spread);
            let draw: f64 = self.rng.random();
            let timeout = job.request.as_ref().and_then(|request| request.execution_timeout);
            let timeout = timeout.unwrap_or(profile.execution_timeout);
            let (execution, end) = if draw < profile.crash {
                (execution / 2, End::Crashed)
            } else if execution > timeout {
                (timeout, End::TimedOut)
            } else if draw < profile.crash + profile.failure {
                (execution / 2, End::Failed)
            } else {
                (execution, End::Completed)
            };
            worker.state = State::Busy { job, started, until: started + execution, end };
        }
    }

    /// Finishes or retries the job of a finished run.
    fn settle(&mut self, run: Run, at: Duration) {
        let Run { mut job, worker, started, end } = run;
        let status = match end {
            End::Completed => JobStatus::Completed,
            End::TimedOut => JobStatus::TimedOut,
            End::Crashed if job.retries < MAX_RETRIES => {
                job.retries += 1;
                self.totals.retried += 1;
                self.queue.push_front(job);
                return;
            }
            End::Failed | End::Crashed => JobStatus::Failed,
        };
        self.close(&job, status, Some(worker), started, at);
    }

    /// Finishes the queued jobs that have waited for too long.
    fn give_up(&mut self, at: Duration) {
        if self.queue.iter().all(|job| at < job.arrived + job.patience) {
            return;
        }
        for job in mem::take(&mut self.queue) {
            if at < job.arrived + job.patience {
                self.queue.push_back(job);
            } else {
                self.close(&job, job.abandoned, None, at, at);
            }
        }
    }

    fn close(&mut self, job: &Job, status: JobStatus, worker: Option<u64>, started: Duration, at: Duration) {
        self.totals.count(status);
        let job = FinishedJob {
            serial: job.serial,
            worker,
            status,
            arrived: job.arrived,
            finished: at,
            delay: started.saturating_sub(job.arrived),
            execution: at.saturating_sub(started),
            retries: job.retries,
            request: job.request.clone(),
        };
        let world = self.to_world(at);
        let FinishedJob { delay, execution, retries, .. } = job;
        self.ended.push(EndedJob { finished: world, status, delay, execution, retries });
        match job.request.clone() {
            Some(request) => self.results.put(&job, &request, world),
            None => self.outbox.put(&job, world),
        }
        self.recent.push(job);
    }
}

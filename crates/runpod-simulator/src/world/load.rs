//! The load of one endpoint, played out over time: jobs arrive, wait, are worked on, and end.
//!
//! Time is the endpoint's own: it starts at zero and goes on in equal steps, so that the result depends on how many
//! steps were made and on nothing else, least of all on who looked in between. Inside a step, arrivals and ends of
//! work are taken in the order of their times. When workers come and go is [`super::fleet`]; what time it is outside,
//! and what an endpoint is called, is [`super::endpoint`].

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::ops::Range;
use std::time::Duration;

use rand::RngExt;

use super::chance::{self, Generator};
use super::character::Profile;
use super::fleet::{Demand, Fleet, Work};
use super::job::{FinishedJob, Job, JobStatus, Recent, Totals};
use super::latency::Latency;
use super::outbox::Outbox;
use super::script::{Act, Script};
use super::worker::{End, State, Worker, WorkerCounts, WorkerView};

/// The size of a step, and how often workers are added and removed: Runpod's scaler looks about once a second.
const STEP: Duration = Duration::from_secs(1);

/// How much is played out at most to catch up with a clock that jumped: an hour takes a few milliseconds. What lies
/// further back is left out, as if the endpoint had been frozen.
const CATCH_UP: Duration = Duration::from_hours(1);

/// Period of the wave. A day would hardly move on the hour that a dashboard shows.
const WAVE_PERIOD: Duration = Duration::from_mins(30);

/// How long a burst of jobs lasts.
const BURST: (Duration, Duration) = (Duration::from_secs(20), Duration::from_mins(1));

/// From the free worker to the start of the job.
const PICK_UP: (Duration, Duration) = (Duration::from_millis(15), Duration::from_millis(90));

/// Longest stay in the queue: the `ttl` that the simulated clients put on their jobs.
const TTL: Duration = Duration::from_mins(10);

/// The share of clients who would rather cancel than wait for the `ttl`, and when they do.
const IMPATIENT: f64 = 0.1;
const PATIENCE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(3));

/// How often a job may lose its worker before it fails.
const MAX_RETRIES: u32 = 2;

/// The shares of jobs that were cancelled or timed out before the world began.
const PAST_CANCELLED: f64 = 0.000_5;
const PAST_TIMED_OUT: f64 = 0.000_1;

/// Everything that changes about an endpoint.
#[derive(Debug)]
pub(super) struct Load {
    profile: Profile,
    /// How many acts of its script have begun.
    acts: usize,
    rng: Generator,
    now: Duration,
    /// Time that was left out because the clock jumped.
    skipped: Duration,
    /// Where in its wave the endpoint was at the start.
    phase: f64,
    burst_until: Duration,
    next_job: u64,
    queue: VecDeque<Job>,
    fleet: Fleet,
    totals: Totals,
    recent: Recent,
    outbox: Outbox,
    billed: Duration,
    /// The same by the hour of the world: bills are cut by the hour.
    ledger: BTreeMap<u64, Duration>,
    /// Seconds by which the axis of the world starts after a full hour.
    offset: Duration,
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
    pub(super) fn new(profile: Profile, age: Duration, offset: Duration, mut rng: Generator) -> Self {
        let seen = |share: f64| chance::scale(age, profile.rate * share).as_secs();
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
            acts: 0,
            phase: rng.random(),
            fleet: Fleet::new(profile, &mut rng),
            rng,
            now: Duration::ZERO,
            skipped: Duration::ZERO,
            burst_until: Duration::ZERO,
            next_job: totals.arrived,
            queue: VecDeque::new(),
            totals,
            recent: Recent::default(),
            outbox: Outbox::default(),
            billed: Duration::ZERO,
            ledger: BTreeMap::new(),
            offset,
        }
    }

    /// Plays on until `to`, measured on the axis of the world, as the script has it.
    pub(super) fn advance(&mut self, to: Duration, script: &Script<Profile>) {
        let acts = script.acts();
        let behind = to.saturating_sub(self.skipped).saturating_sub(self.now);
        self.skipped += behind.saturating_sub(CATCH_UP);
        let target = to.saturating_sub(self.skipped);
        while self.now + STEP <= target {
            self.turn(&acts);
            self.step();
        }
    }

    /// Begins the acts of the script whose time has come.
    fn turn(&mut self, acts: &[Act<Profile>]) {
        let now = self.to_world(self.now);
        while let Some(act) = acts.get(self.acts).filter(|act| act.from <= now) {
            self.acts += 1;
            self.profile = act.what;
            self.fleet.turn(act.what, self.now, &mut self.rng);
        }
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            queued: self.queue.len() as u64,
            in_progress: self.fleet.count(|worker| matches!(worker.state, State::Busy { .. })).into(),
            totals: self.totals,
            workers: WorkerCounts::of(self.fleet.workers()),
            billed: self.billed,
        }
    }

    /// Worker time that was billed in these hours, counted from the full hour before the axis of the world starts.
    pub(super) fn billed_in(&self, hours: Range<u64>) -> Duration {
        if hours.is_empty() {
            Duration::ZERO
        } else {
            self.ledger.range(hours).map(|(_, billed)| *billed).sum()
        }
    }

    pub(super) fn workers(&self) -> Vec<WorkerView> {
        self.fleet.workers().iter().map(|worker| worker.view(|at| self.to_world(at))).collect()
    }

    /// The jobs that ended last, oldest first, with their times on the endpoint's own axis.
    pub(super) fn finished(&self) -> Vec<FinishedJob> {
        self.recent.iter().cloned().collect()
    }

    /// The jobs that wait, and for how long they have.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (u64, Duration)> {
        self.queue.iter().map(|job| (job.serial, self.now.saturating_sub(job.arrived)))
    }

    /// The jobs that ended and are still to be told, each once.
    pub(super) fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    pub(super) fn latency(&self) -> Latency {
        Latency::of(&self.finished(), self.now, self.fleet.cold_start())
    }

    /// From a time on the endpoint's axis to the axis of the world. Exact for what happened after the last jump.
    pub(super) fn to_world(&self, at: Duration) -> Duration {
        at + self.skipped
    }

    fn step(&mut self) {
        let (start, end) = (self.now, self.now + STEP);
        let longest = self.queue.front().map(|job| start.saturating_sub(job.arrived));
        let demand = Demand { waiting: self.queue.len() as u64, longest };
        self.fleet.scale(start, demand, &mut self.rng);
        let rate = self.rate(start);
        let mut arrival = start.saturating_add(chance::wait(&mut self.rng, rate));
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
                    if let Some(work) = self.fleet.advance(index, at, &mut self.rng) {
                        self.settle(work, at);
                    }
                }
                _ => {
                    self.arrive(at);
                    arrival = at.saturating_add(chance::wait(&mut self.rng, rate));
                }
            }
        }
        self.give_up(end);
        let billed = STEP * self.fleet.count(Worker::is_billed);
        self.billed += billed;
        let hour = (self.to_world(start) + self.offset).as_secs() / 3_600;
        *self.ledger.entry(hour).or_default() += billed;
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

    /// Gives waiting jobs to idle workers, and draws how the work will go.
    fn dispatch(&mut self, at: Duration) {
        let profile = self.profile;
        for worker in self.fleet.idle() {
            let Some(job) = self.queue.pop_front() else { return };
            let started = at + chance::between(&mut self.rng, PICK_UP);
            let execution = chance::log_normal(&mut self.rng, profile.execution, profile.spread);
            let luck: f64 = self.rng.random();
            let (execution, end) = if luck < profile.crash {
                (execution / 2, End::Crashed)
            } else if execution > profile.execution_timeout {
                (profile.execution_timeout, End::TimedOut)
            } else if luck < profile.crash + profile.failure {
                (execution / 2, End::Failed)
            } else {
                (execution, End::Completed)
            };
            worker.state = State::Busy { job, started, until: started + execution, end };
        }
    }

    /// Settles what becomes of a job whose work has ended.
    fn settle(&mut self, work: Work, at: Duration) {
        let Work { mut job, worker, started, end } = work;
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
                self.close(&job, status, None, at, at);
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
        };
        self.outbox.put(&job, self.to_world(at));
        self.recent.push(job);
    }
}

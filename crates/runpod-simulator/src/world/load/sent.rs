//! Jobs that clients send: they wait, run and finish among the simulated ones, and can be canceled.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::super::job::{FinishedJob, Job, JobStatus};
use super::super::known_job::{JobState, KnownJob};
use super::super::request::{JobRequest, QueueFull, SYNC};
use super::Load;

/// A queue takes no more jobs if it has more than this number of them, and more than [`QUEUED_PER_WORKER`] for each worker
/// that the endpoint may have.
const QUEUED: usize = 50;
const QUEUED_PER_WORKER: usize = 500;

/// Maximum number of results that are kept. The oldest are removed first.
const RESULTS: usize = 10_000;

/// The results of jobs that clients sent, oldest first, and those that are still to be sent to a webhook.
#[derive(Debug, Default)]
pub(super) struct Results {
    kept: VecDeque<Kept>,
    to_send: Vec<FinishedJob>,
}

/// A result that clients can read.
#[derive(Debug)]
struct Kept {
    job: FinishedJob,
    /// Whether the chunks of its output were read.
    streamed: bool,
}

impl Results {
    /// Keeps a result. `at` is its time on the axis of the world.
    pub(super) fn put(&mut self, job: &FinishedJob, request: &JobRequest, at: Duration) {
        if request.webhook.is_some() {
            self.to_send.push(FinishedJob { finished: at, ..job.clone() });
        }
        if self.kept.len() == RESULTS {
            self.kept.pop_front();
        }
        self.kept.push_back(Kept { job: job.clone(), streamed: false });
    }

    fn forget(&mut self, now: Duration) {
        let is_kept = |job: &FinishedJob| {
            job.request.as_ref().is_some_and(|request| job.finished + request.retention() > now)
        };
        self.kept.retain(|kept| is_kept(&kept.job));
    }
}

impl Load {
    /// Adds a job to the queue. Returns its number.
    pub(in super::super) fn send(&mut self, request: JobRequest) -> Result<u64, QueueFull> {
        let most =
            QUEUED_PER_WORKER.saturating_mul(usize::try_from(self.profile.workers_max).unwrap_or(usize::MAX));
        if self.queue.len() > QUEUED && self.queue.len() > most {
            return Err(QueueFull);
        }
        Ok(self.queue_up(Arc::new(request)))
    }

    fn queue_up(&mut self, request: Arc<JobRequest>) -> u64 {
        let serial = self.next_job | if request.sync { SYNC } else { 0 };
        self.next_job += 1;
        self.totals.arrived += 1;
        self.queue.push_back(Job {
            serial,
            arrived: self.now,
            patience: request.ttl,
            abandoned: JobStatus::TimedOut,
            retries: 0,
            request: Some(request),
        });
        serial
    }

    /// The job with this number. A finished job is known for as long as its result can be read, and a simulated one as long
    /// as the endpoint remembers it.
    pub(in super::super) fn job(&mut self, is: impl Fn(u64) -> bool) -> Option<KnownJob> {
        self.results.forget(self.now);
        let known = |serial, state| Some(KnownJob { serial, state });
        if let Some(job) = self.queue.iter().find(|job| is(job.serial)) {
            return known(job.serial, JobState::Queued);
        }
        if let Some((job, worker, started)) = self.fleet.running().find(|(job, ..)| is(job.serial)) {
            let delay = started.saturating_sub(job.arrived);
            return known(job.serial, JobState::Running { worker, delay });
        }
        let simulated = self.recent.iter().rev().filter(|job| job.request.is_none());
        let sent = self.results.kept.iter().map(|kept| &kept.job);
        let job = sent.chain(simulated).find(|job| is(job.serial))?;
        known(
            job.serial,
            JobState::Finished(FinishedJob { finished: self.to_world(job.finished), ..job.clone() }),
        )
    }

    /// Cancels the job if it is queued or running.
    pub(in super::super) fn cancel(&mut self, is: impl Fn(u64) -> bool) {
        let at = self.now;
        if let Some(position) = self.queue.iter().position(|job| is(job.serial)) {
            if let Some(job) = self.queue.remove(position) {
                self.close(&job, JobStatus::Cancelled, None, at, at);
            }
        } else if let Some(run) = self.fleet.interrupt(is, at, &mut self.rng) {
            self.close(&run.job, JobStatus::Cancelled, Some(run.worker), run.started, at);
        }
    }

    /// Cancels every queued job. Returns their number.
    pub(in super::super) fn purge(&mut self) -> usize {
        let jobs = std::mem::take(&mut self.queue);
        for job in &jobs {
            self.close(job, JobStatus::Cancelled, None, self.now, self.now);
        }
        jobs.len()
    }

    /// Queues a failed job of a client again. Returns its new number and whether it has a webhook; `None` if it has not
    /// failed.
    pub(in super::super) fn retry(&mut self, is: impl Fn(u64) -> bool) -> Option<(u64, bool)> {
        let failed = [JobStatus::Failed, JobStatus::TimedOut];
        let mut kept = self.results.kept.iter().map(|kept| &kept.job);
        let position = kept.position(|job| is(job.serial) && failed.contains(&job.status))?;
        let request = self.results.kept.remove(position)?.job.request?;
        let has_webhook = request.webhook.is_some();
        Some((self.queue_up(request), has_webhook))
    }

    /// Whether the chunks of the output of a finished job are read for the first time. Only a job that a client sent has any.
    pub(in super::super) fn begin_stream(&mut self, is: impl Fn(u64) -> bool) -> bool {
        let kept = self.results.kept.iter_mut().find(|kept| is(kept.job.serial));
        kept.is_some_and(|kept| !std::mem::replace(&mut kept.streamed, true))
    }

    /// Removes and returns the results that are to be sent to webhooks.
    pub(in super::super) fn take_results(&mut self) -> Vec<FinishedJob> {
        std::mem::take(&mut self.results.to_send)
    }
}

//! Jobs that clients send to the account's endpoints.
//!
//! How such a job waits and runs does not belong here.

use std::sync::Arc;

use tokio::sync::watch;

use super::endpoint::Endpoint;
use super::job::FinishedJob;
use super::known_job::KnownJob;
use super::request::{JobRequest, QueueFull};
use super::state::{KnownEndpoint, World};

impl World {
    /// Adds a job to the queue of the endpoint. Returns its number.
    pub(crate) fn send_job(&self, endpoint: &Endpoint, request: JobRequest) -> Result<u64, QueueFull> {
        let has_webhook = request.webhook.is_some();
        let serial = endpoint.send(self.elapsed(), request)?;
        self.await_results(has_webhook);
        Ok(serial)
    }

    /// The job with this id, sent by a client or simulated.
    pub(crate) fn job(&self, endpoint: &Endpoint, id: &str) -> Option<KnownJob> {
        endpoint.job(self.elapsed(), id)
    }

    /// Cancels the job with this id, if it is queued or running.
    pub(crate) fn cancel_job(&self, endpoint: &Endpoint, id: &str) {
        endpoint.cancel(self.elapsed(), id);
    }

    /// Whether the chunks of the output of the finished job with this id are read for the first time.
    pub(crate) fn begin_stream(&self, endpoint: &Endpoint, id: &str) -> bool {
        endpoint.begin_stream(self.elapsed(), id)
    }

    /// Cancels every queued job of the endpoint. Returns their number.
    pub(crate) fn purge_queue(&self, endpoint: &Endpoint) -> usize {
        endpoint.purge(self.elapsed())
    }

    /// Queues a failed job again. Returns its new number; `None` if it has not failed.
    pub(crate) fn retry_job(&self, endpoint: &Endpoint, id: &str) -> Option<u64> {
        let (serial, has_webhook) = endpoint.retry(self.elapsed(), id)?;
        self.await_results(has_webhook);
        Some(serial)
    }

    /// Removes and returns the results of clients' jobs that are to be sent to a webhook, each with its endpoint.
    pub(crate) fn take_results(&self) -> Vec<(Arc<Endpoint>, FinishedJob)> {
        if *self.awaited().borrow() == 0 {
            return Vec::new();
        }
        let known = self.known_endpoints().into_iter();
        let jobs = known.flat_map(|KnownEndpoint { endpoint, at }| {
            let jobs = endpoint.take_results(at);
            jobs.into_iter().map(move |job| (Arc::clone(&endpoint), job))
        });
        let jobs: Vec<_> = jobs.collect();
        self.awaited().send_modify(|awaited| *awaited = awaited.saturating_sub(jobs.len() as u64));
        jobs
    }

    /// Changes with the number of jobs whose results are still to be sent to a webhook.
    pub(crate) fn awaited_results(&self) -> watch::Receiver<u64> {
        self.awaited().subscribe()
    }

    fn await_results(&self, has_webhook: bool) {
        self.awaited().send_modify(|awaited| *awaited += u64::from(has_webhook));
    }
}

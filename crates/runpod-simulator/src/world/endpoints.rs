//! The current state of an endpoint, as the APIs report it.

use std::sync::Arc;
use std::time::Duration;

use super::endpoint::{Configuration, Endpoint, Scaling};
use super::job::{EndedJob, FinishedJob};
use super::latency::Latency;
use super::load::Counts;
use super::state::World;
use super::volume::NetworkVolume;
use super::worker::WorkerView;

/// Runpod's smallest worker quota; it grows with the account.
const WORKERS_QUOTA: u64 = 30;

impl World {
    /// The scaling settings of the endpoint.
    pub(crate) fn scaling(&self, endpoint: &Configuration) -> Scaling {
        endpoint.scaling(self.elapsed())
    }

    /// The job and worker counts of the endpoint.
    pub fn counts(&self, endpoint: &Endpoint) -> Counts {
        endpoint.counts(self.elapsed())
    }

    /// The workers of the endpoint.
    pub fn workers(&self, endpoint: &Endpoint) -> Vec<WorkerView> {
        endpoint.workers(self.elapsed())
    }

    /// The latency of the endpoint over the last minutes.
    pub(crate) fn latency(&self, endpoint: &Endpoint) -> Latency {
        endpoint.latency(self.elapsed())
    }

    /// The last finished jobs of the endpoint, oldest first. Their times count from [`World::epoch`].
    pub(crate) fn finished_jobs(&self, endpoint: &Endpoint) -> Vec<FinishedJob> {
        endpoint.finished(self.elapsed())
    }

    /// The jobs of the endpoint that finished in the last minutes, oldest first.
    pub(crate) fn ended_jobs(&self, endpoint: &Endpoint) -> Vec<EndedJob> {
        endpoint.ended(self.elapsed())
    }

    /// The queued jobs of the endpoint, by serial number, and how long each has waited.
    pub(crate) fn waiting_jobs(&self, endpoint: &Endpoint) -> Vec<(u64, Duration)> {
        endpoint.waiting(self.elapsed())
    }

    /// The network volume of the endpoint's workers: the one in their data center, if there is one.
    pub(crate) fn volume_of(&self, endpoint: &Configuration) -> Option<&NetworkVolume> {
        self.volumes().iter().find(|volume| volume.data_center.id == endpoint.data_center.id)
    }

    /// How many workers the account may have.
    pub(crate) fn workers_quota(&self) -> u64 {
        let endpoints = self.endpoints();
        let max = |endpoint: &Arc<Endpoint>| u64::from(self.scaling(endpoint.configuration()).workers_max);
        WORKERS_QUOTA.max(endpoints.iter().map(max).sum())
    }
}

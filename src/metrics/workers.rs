//! Workers of an endpoint, by state. States overlap: an idle worker is ready too. So each is a family of its own, and
//! they are never summed.
//!
//! Source   `/health` `workers{}` of the job API, or the documented GraphQL `workers{}`, or the summary of the REST workers
//!          list; limits from the list of endpoints; workers one by one from the REST workers list.
//! Absent   the REST workers list is rationed: it is as old as `runpod_workers_placed_timestamp_seconds` says.

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{Endpoint, Worker, seconds};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Single::<Endpoint> {
        name: "runpod_workers_ready",
        help: "Workers that can take a job, standby workers included (/health workers.ready, or documented GraphQL).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.ready,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_running",
        help: "Workers whose container runs and that are not idle, loading a model included (/health workers.running, or documented GraphQL, or REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.running,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_idle",
        help: "Workers that wait for a job, standby workers included (/health workers.idle, or REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.idle,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_initializing",
        help: "Workers that fetch or start their image (/health workers.initializing, or documented GraphQL, or REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.initializing,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_throttled",
        help: "Workers that wait for a GPU to become free (/health workers.throttled, or documented GraphQL, or REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.throttled,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_unhealthy",
        help: "Workers that crashed and are tried again (/health workers.unhealthy, or REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.unhealthy,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_pending",
        help: "Workers that were ordered and have not begun to start (documented GraphQL workers.pending).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.pending,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_min",
        help: "Workers that are always on (GraphQL workersMin, or REST workers.min).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.workers_min,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_max",
        help: "Workers at the most; Runpod lowers it after idle days (GraphQL workersMax, or REST workers.max).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.workers_max,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_standby",
        help: "Workers kept ready though scaled down (GraphQL workersStandby); absent where GraphQL does not give it.",
        kind: Gauge,
        read: |endpoint| endpoint.facts.workers_standby,
    },
    &Labelled::<Endpoint, 3> {
        name: "runpod_workers_placed",
        help: "Active workers by where they are and how they are (REST workers list); a worker that waits for a GPU is nowhere yet, and its labels are empty.",
        kind: Gauge,
        labels: ["gpu_type_id", "data_center_id", "state"],
        read: |endpoint, points| {
            for (place, count) in endpoint.placement.iter().flat_map(|placement| &placement.placed) {
                points.put([&place.gpu_type_id, &place.data_center_id, &place.state], *count);
            }
        },
    },
    &Single::<Endpoint> {
        name: "runpod_workers_placed_timestamp_seconds",
        help: "When the active workers of the endpoint were listed, in seconds since 1970; the list is rationed, and refreshed in turn.",
        kind: Gauge,
        read: |endpoint| endpoint.placement.as_ref().map(|placement| seconds(placement.read)),
    },
    &Single::<Endpoint> {
        name: "runpod_workers_stale",
        help: "Active workers that run an older release than the newest (REST workers isStale).",
        kind: Gauge,
        read: |endpoint| endpoint.placement.as_ref().map(|placement| placement.stale),
    },
    &Labelled::<Endpoint, 1> {
        name: "runpod_endpoint_rollout_workers",
        help: "Active workers on the newest release (true) and on older ones (false) (REST releases rollout, or the workers list counted while nothing is rolled out).",
        kind: Gauge,
        labels: ["on_latest"],
        read: |endpoint, points| {
            if let Some(placement) = &endpoint.placement {
                points.put(["true"], placement.rollout.on_latest);
                points.put(["false"], placement.rollout.on_older);
            }
        },
    },
    &Labelled::<Endpoint, 6> {
        name: "runpod_worker_info",
        help: "Always 1: an active worker (REST workers list); only with --collector.workers.each.",
        kind: Gauge,
        labels: ["worker_id", "gpu_type_id", "data_center_id", "state", "version", "stale"],
        read: |endpoint, points| {
            for worker in endpoint.placement.iter().flat_map(|placement| &placement.workers) {
                let Worker { id, place, version, stale, .. } = worker;
                let version = version.map(|version| version.to_string()).unwrap_or_default();
                let stale = stale.map(|stale| stale.to_string()).unwrap_or_default();
                let labels = [id, &place.gpu_type_id, &place.data_center_id, &place.state, &version, &stale];
                points.put(labels.map(String::as_str), 1.0);
            }
        },
    },
    &Labelled::<Endpoint, 1> {
        name: "runpod_worker_uptime_seconds",
        help: "Time for which an active worker had run when it was listed (REST workers uptimeSeconds); only with --collector.workers.each.",
        kind: Gauge,
        labels: ["worker_id"],
        read: |endpoint, points| {
            for worker in endpoint.placement.iter().flat_map(|placement| &placement.workers) {
                points.put([&worker.id], worker.uptime);
            }
        },
    },
];

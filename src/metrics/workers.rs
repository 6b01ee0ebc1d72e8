//! Workers of an endpoint, by state. States overlap, because an idle worker is also ready: each is a family of its own, and
//! their sum is not the number of workers.
//!
//! Source   `/health` `workers{}` of the job API, or the documented GraphQL `workers{}`, or the summary of the REST workers
//!          list; limits from the list of endpoints; workers one by one from the REST workers list.
//! Absent   the REST workers list is rate-limited: its read time is `runpod_workers_placed_timestamp_seconds`.

use super::label::text;
use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{Count, Endpoint, Info, Place, Seconds, UnixTime, Worker};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Single::<Endpoint, Count> {
        name: "runpod_workers_ready",
        help: "Workers that can take a job, including standby workers (/health workers.ready, documented GraphQL workers.ready).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.ready,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_running",
        help: "Workers whose container runs, loading a model or executing a job (/health workers.running, documented GraphQL, REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.running,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_idle",
        help: "Workers waiting for a job, including standby workers (/health workers.idle, REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.idle,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_initializing",
        help: "Workers pulling or starting their image (/health workers.initializing, documented GraphQL, REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.initializing,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_throttled",
        help: "Workers waiting for a free GPU (/health workers.throttled, documented GraphQL, REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.throttled,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_unhealthy",
        help: "Workers that crashed and are being restarted (/health workers.unhealthy, REST workers summary).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.unhealthy,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_pending",
        help: "Workers that are requested and not initializing yet (documented GraphQL workers.pending).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.pending,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_min",
        help: "Minimum number of workers, which are always on (GraphQL workersMin, REST workers.min).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.workers_min,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_max",
        help: "Maximum number of workers; Runpod lowers it after idle days (GraphQL workersMax, REST workers.max).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.workers_max,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_standby",
        help: "Standby workers, kept warm while scaled down (GraphQL workersStandby).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.workers_standby,
    },
    &Labelled::<Endpoint, Count, 3> {
        name: "runpod_workers_placed",
        help: "Active workers by location and state; a worker waiting for a GPU has no location (REST workers list).",
        kind: Gauge,
        labels: ["gpu_type_id", "data_center_id", "state"],
        read: |endpoint, points| {
            for (place, count) in endpoint.placement.iter().flat_map(|placement| &placement.placed) {
                points.put([&place.gpu_type_id, &place.data_center_id, text(place.state.as_ref())], *count);
            }
        },
    },
    &Single::<Endpoint, UnixTime> {
        name: "runpod_workers_placed_timestamp_seconds",
        help: "Read time of the list of active workers as a Unix timestamp in seconds; endpoints are read in turn (REST workers list).",
        kind: Gauge,
        read: |endpoint| endpoint.placement.as_ref().map(|placement| placement.read.into()),
    },
    &Single::<Endpoint, Count> {
        name: "runpod_workers_stale",
        help: "Active workers on an older release than the latest (REST workers isStale).",
        kind: Gauge,
        read: |endpoint| endpoint.placement.as_ref().and_then(|placement| placement.stale),
    },
    &Labelled::<Endpoint, Count, 1> {
        name: "runpod_endpoint_rollout_workers",
        help: "Active workers by release: the latest (true) or an older one (false) (REST releases rollout, REST workers list).",
        kind: Gauge,
        labels: ["on_latest"],
        read: |endpoint, points| {
            if let Some(rollout) = endpoint.placement.as_ref().and_then(|placement| placement.rollout) {
                points.put(["true"], rollout.on_latest);
                points.put(["false"], rollout.on_older);
            }
        },
    },
    &Labelled::<Endpoint, Info, 6> {
        name: "runpod_worker_info",
        help: "Active worker, always 1; only with --collector.workers.each (REST workers list).",
        kind: Gauge,
        labels: ["worker_id", "gpu_type_id", "data_center_id", "state", "version", "stale"],
        read: |endpoint, points| {
            for worker in endpoint.placement.iter().flat_map(|placement| &placement.workers) {
                let Worker { id, place, version, stale, .. } = worker;
                let version = version.map(|version| version.to_string()).unwrap_or_default();
                let stale = stale.map(|stale| stale.to_string()).unwrap_or_default();
                let Place { gpu_type_id, data_center_id, state } = place;
                points.put([id, gpu_type_id, data_center_id, text(state.as_ref()), &version, &stale], Info);
            }
        },
    },
    &Labelled::<Endpoint, Seconds, 1> {
        name: "runpod_worker_uptime_seconds",
        help: "Uptime of an active worker when it was listed; only with --collector.workers.each (REST workers uptimeSeconds).",
        kind: Gauge,
        labels: ["worker_id"],
        read: |endpoint, points| {
            for worker in endpoint.placement.iter().flat_map(|placement| &placement.workers) {
                points.put([&worker.id], worker.uptime);
            }
        },
    },
];

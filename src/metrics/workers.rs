//! Workers of an endpoint, by state. States overlap: an idle worker is ready too. So each is a family of its own, and
//! they are never summed.
//!
//! Source   `/health` `workers{}` of the job API, or the documented GraphQL `workers{}`; limits from the list.

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Single};
use crate::snapshot::Endpoint;

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Single::<Endpoint> {
        name: "runpod_workers_ready",
        help: "Workers that can take a job, standby workers included (/health workers.ready, or documented GraphQL).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.ready,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_running",
        help: "Workers whose container runs and that are not idle, loading a model included (/health workers.running, or documented GraphQL).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.running,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_idle",
        help: "Workers that wait for a job, standby workers included (/health workers.idle).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.idle,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_initializing",
        help: "Workers that fetch or start their image (/health workers.initializing, or documented GraphQL).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.initializing,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_throttled",
        help: "Workers that wait for a GPU to become free (/health workers.throttled, or documented GraphQL).",
        kind: Gauge,
        read: |endpoint| endpoint.load.workers.throttled,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_unhealthy",
        help: "Workers that crashed and are tried again (/health workers.unhealthy).",
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
        help: "Workers that are always on (GraphQL workersMin).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.workers_min,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_max",
        help: "Workers at the most; Runpod lowers it after idle days (GraphQL workersMax).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.workers_max,
    },
    &Single::<Endpoint> {
        name: "runpod_workers_standby",
        help: "Workers kept ready though scaled down (GraphQL workersStandby).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.workers_standby,
    },
];

//! The scenes, one entry each.

use std::time::Duration;

use super::definition::Scene;
use crate::world::{PodRole, Releases};

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A scene in which nothing happens; the others override parts of it.
const NOTHING: Scene =
    Scene { name: "", story: "", found: &[], clusters: 0, after: Duration::ZERO, world: |_| (), faults: &[] };

/// The delay of a scene in which something disappears: a scrape has to observe it before. Prometheus scrapes every minute
/// by default.
const OBSERVED: Duration = Duration::from_mins(2);

/// Every scene, in the order of the documentation.
pub static SCENES: &[Scene] = &[
    Scene { name: "healthy", story: "Nothing is wrong.", ..NOTHING },
    Scene {
        name: "no-capacity",
        story: "The GPU type is sold out: ready workers lose their GPU at once and get no other.",
        found: &["queue_stuck_no_capacity", "no_workers"],
        world: |conditions| {
            conditions.endpoint.scarcity = 1.0;
            conditions.endpoint.evicting = true;
        },
        ..NOTHING
    },
    Scene {
        name: "crash-loop",
        story: "Every worker crashes after each start.",
        found: &["queue_stuck_unhealthy_workers", "workers_unhealthy"],
        world: |conditions| conditions.endpoint.broken_workers = u32::MAX,
        ..NOTHING
    },
    Scene {
        name: "idle-workers",
        story: "Workers are ready but take no jobs because their handler never starts.",
        found: &["queue_stuck_idle_workers"],
        world: |conditions| conditions.endpoint.taking_jobs = false,
        ..NOTHING
    },
    Scene {
        name: "no-workers",
        story: "The always-on workers lose their GPUs while there are no jobs.",
        found: &["no_workers"],
        world: |conditions| {
            conditions.endpoint.rate = 0.0;
            conditions.endpoint.scarcity = 1.0;
            conditions.endpoint.evicting = true;
        },
        ..NOTHING
    },
    Scene {
        name: "cold-start",
        story: "Jobs are rare, no worker is warm, and a new worker takes four minutes to load its image.",
        found: &["workers_starting"],
        world: |conditions| {
            conditions.endpoint.rate = 1.0 / 40.0;
            conditions.endpoint.scaler_value = 600; // seconds, so that no second worker is added
            conditions.endpoint.workers_min = 0;
            conditions.endpoint.workers_standby = 0;
            conditions.endpoint.idle_timeout = s(1);
            conditions.endpoint.initializing = (s(200), s(240));
        },
        ..NOTHING
    },
    Scene {
        name: "deep-queue",
        story: "Eight times the usual number of jobs arrive, more than the maximum number of workers can process.",
        found: &["queue_deep"],
        world: |conditions| conditions.endpoint.rate *= 8.0,
        ..NOTHING
    },
    Scene {
        name: "throttled",
        story: "The owner adds two always-on workers, but no GPU is available for them.",
        found: &["workers_throttled"],
        world: |conditions| {
            conditions.endpoint.workers_min += 2;
            conditions.endpoint.scarcity = 1.0;
        },
        ..NOTHING
    },
    Scene {
        name: "unhealthy-workers",
        story: "Two workers crash seconds after each start; the others work.",
        found: &["workers_unhealthy"],
        world: |conditions| {
            conditions.endpoint.broken_workers = 2;
            conditions.endpoint.initializing = (s(3), s(8));
        },
        ..NOTHING
    },
    Scene {
        name: "slow",
        story: "Jobs take three times as long as usual.",
        found: &["latency_high"],
        // With longer jobs, the workers could not handle the load.
        world: |conditions| conditions.endpoint.execution *= 3,
        ..NOTHING
    },
    Scene {
        name: "failing-handler",
        story: "Every second job fails with a handler error.",
        found: &["error_ratio_high"],
        world: |conditions| conditions.endpoint.failure = 0.5,
        ..NOTHING
    },
    Scene {
        name: "every-job-fails",
        story: "Jobs are rare, and every job fails with a handler error.",
        found: &["every_job_fails"],
        world: |conditions| {
            conditions.endpoint.rate = 1.0 / 180.0;
            conditions.endpoint.failure = 1.0;
        },
        ..NOTHING
    },
    Scene {
        name: "workers-max-zero",
        story: "The owner sets min and max workers to 0 while jobs keep arriving.",
        found: &["workers_max_zero"],
        world: |conditions| {
            conditions.endpoint.workers_min = 0;
            conditions.endpoint.workers_max = 0;
            conditions.endpoint.workers_standby = 0;
        },
        ..NOTHING
    },
    Scene {
        name: "workers-max-lowered",
        story: "After two minutes, Runpod lowers max workers to min workers.",
        found: &["workers_max_lowered"],
        after: OBSERVED,
        world: |conditions| conditions.endpoint.workers_max = conditions.endpoint.workers_min,
        ..NOTHING
    },
    Scene {
        name: "standby-without-minimum",
        story: "The owner sets min workers to 0 and keeps the standby workers.",
        found: &["standby_without_minimum"],
        world: |conditions| {
            conditions.endpoint.workers_min = 0;
            conditions.endpoint.idle_timeout = s(3_600); // so that no worker is scaled down between two jobs
        },
        ..NOTHING
    },
    Scene {
        name: "release",
        story: "A new release exists, but running workers stay on the old one.",
        found: &["workers_stale"],
        world: |conditions| conditions.endpoint.releases = Releases::Stuck,
        ..NOTHING
    },
    Scene {
        name: "idle-pod",
        story: "The pod keeps running without work; after an hour it is reported as idle.",
        found: &["pod_idle"],
        world: |conditions| conditions.pod = PodRole::Idle,
        ..NOTHING
    },
    Scene {
        name: "stopped-pod",
        story: "The owner stops the pod and keeps its volume.",
        found: &["pod_stopped_with_volume"],
        world: |conditions| conditions.pod = PodRole::Stopped,
        ..NOTHING
    },
    Scene {
        name: "incomplete-cluster",
        story: "A pod of the cluster exits and does not start again, while the others keep running.",
        found: &["cluster_incomplete"],
        clusters: 1,
        world: |conditions| conditions.member = PodRole::Stopped,
        ..NOTHING
    },
    Scene {
        name: "low-balance",
        story: "Auto-pay fails, and the remaining balance lasts three hours.",
        found: &["balance_runway_short"],
        world: |conditions| conditions.drain_balance(s(3 * 3_600)),
        ..NOTHING
    },
    Scene {
        name: "no-balance",
        story: "Auto-pay fails, the balance is used up, and Runpod stops the workers of an endpoint.",
        found: &["balance_gone"],
        world: |conditions| {
            conditions.drain_balance(Duration::ZERO);
            conditions.endpoint.scarcity = 1.0;
            conditions.endpoint.evicting = true;
        },
        ..NOTHING
    },
    Scene {
        name: "near-spend-limit",
        story: "The account's spend limit is lowered to slightly above its current spend.",
        found: &["spend_near_limit"],
        world: |conditions| conditions.wallet.spend_limit = conditions.spend() / 0.88,
        ..NOTHING
    },
    Scene {
        name: "rejected-key",
        story: "The API key is revoked: every API answers 401.",
        found: &["key_rejected"],
        faults: &["graphql=unauthorized", "rest=unauthorized", "jobs=unauthorized"],
        ..NOTHING
    },
    Scene {
        name: "metrics-forbidden",
        story: "The API key may read everything but Runpod's metrics.",
        found: &["metrics_key_rejected"],
        faults: &["latency=unauthorized", "rest.metrics=forbidden"],
        ..NOTHING
    },
    Scene {
        name: "retired-graphql",
        story: "The GraphQL API is retired and answers 410.",
        found: &["api_retired"],
        faults: &["graphql=gone"],
        ..NOTHING
    },
    Scene {
        name: "rationed",
        story: "Another client uses up the quota of the REST API, which answers 429.",
        found: &["api_rationed"],
        faults: &["rest=rate-limited(10)"],
        ..NOTHING
    },
    Scene {
        name: "unreadable-endpoint",
        story: "The job API of the endpoint answers 502.",
        found: &["endpoint_unreadable"],
        faults: &["jobs:{endpoint_id}=bad-gateway"],
        ..NOTHING
    },
    Scene {
        name: "old-data",
        story: "After two minutes, the GraphQL API answers 429; 15 minutes after the last read, the data is reported as old.",
        found: &["data_old"],
        after: OBSERVED,
        faults: &["graphql=rate-limited(10)"],
        ..NOTHING
    },
];

//! A serverless endpoint from GraphQL.

use lenient_json::{List, Name, Number, OwnId, Text, object};
use serde::Deserialize;

/// Maximum number of workers of an endpoint.
const MAX_WORKERS: usize = 2_000;

/// A serverless endpoint, with the fields of both shapes. GraphQL `Endpoint`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Endpoint {
    pub id: OwnId,
    /// Not unique. May end in " -fb" if FlashBoot is enabled.
    pub name: Name,
    /// Live: `QB` (queue) or `LB` (load balancer).
    #[serde(rename = "type")]
    pub kind: Text,
    /// Documented.
    pub status: Text,
    pub template_id: Text,
    /// Live: `GPU` or `CPU`.
    pub compute_type: Text,
    /// Live: GPU pool ids, separated by commas; `-TYPE` excludes a GPU type.
    pub gpu_ids: Text,
    /// Documented: one GPU type id.
    pub gpu_type: Text,
    /// Live: data center ids, separated by commas.
    pub locations: Text,
    /// Live.
    pub flash_boot_type: Text,
    /// Live: `QUEUE_DELAY` or `REQUEST_COUNT`.
    pub scaler_type: Text,
    /// Minimum number of workers.
    pub workers_min: Number,
    /// Maximum number of workers.
    pub workers_max: Number,
    /// Live: number of standby workers, kept warm while scaled down.
    pub workers_standby: Number,
    /// Time before an idle worker is stopped, in seconds.
    pub idle_timeout: Number,
    /// Live: maximum execution time of a job, in milliseconds.
    pub execution_timeout_ms: Number,
    /// RFC 3339.
    pub created_at: Text,
    /// Live: its workers, as pods.
    pub pods: List<WorkerPod, MAX_WORKERS>,
    #[serde(deserialize_with = "object")]
    pub workers: Option<Workers>,
    #[serde(deserialize_with = "object")]
    pub queue: Option<Queue>,
    #[serde(deserialize_with = "object")]
    pub metrics: Option<Metrics>,
}

/// A worker, as a pod. GraphQL `Endpoint.pods`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WorkerPod {
    /// `RUNNING` or `EXITED`; see [`super::Pod::desired_status`].
    pub desired_status: Text,
    /// In dollars per hour. A worker that is stopped keeps it.
    pub cost_per_hr: Number,
}

/// Number of workers by state. Documented `Endpoint.workers`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Workers {
    pub ready: Number,
    pub running: Number,
    pub idle: Number,
    pub initializing: Number,
    pub throttled: Number,
    pub unhealthy: Number,
    pub pending: Number,
}

/// Number of jobs. Documented `Endpoint.queue`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Queue {
    /// Current number of queued jobs.
    pub in_queue: Number,
    /// Current number of running jobs.
    pub in_progress: Number,
    /// Total since an unspecified time.
    pub completed: Number,
    /// Total since an unspecified time.
    pub failed: Number,
    /// Total since an unspecified time.
    pub cancelled: Number,
    /// Total since an unspecified time.
    pub retried: Number,
}

/// Statistics that Runpod computes over an unspecified window. Documented `Endpoint.metrics`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Metrics {
    /// Requests per minute.
    pub requests_per_minute: Number,
    /// In milliseconds.
    pub avg_execution_time_ms: Number,
    /// In milliseconds.
    pub p50_execution_time_ms: Number,
    /// In milliseconds.
    pub p95_execution_time_ms: Number,
    /// In milliseconds.
    pub p99_execution_time_ms: Number,
    /// In milliseconds.
    pub avg_cold_start_time_ms: Number,
    /// A share from 0 to 1 or a percentage: the documentation has both.
    pub success_rate: Number,
    /// A share from 0 to 1 or a percentage: the documentation has both.
    pub error_rate: Number,
}

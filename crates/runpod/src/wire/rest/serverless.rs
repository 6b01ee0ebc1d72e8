//! Serverless endpoints, workers and releases.

use lenient_json::{Checked, Flag, Id, List, Name, Number, Text, Texts, object};
use serde::Deserialize;

/// Maximum number of workers of an endpoint. Runpod's quota of an account is some hundreds.
const MAX_WORKERS: usize = 2_000;

/// A serverless endpoint, without its environment. REST `GET /serverless`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Endpoint {
    pub id: Id,
    /// Not unique.
    pub name: Name,
    /// `QUEUE` or `LOAD_BALANCER`.
    #[serde(rename = "type")]
    pub kind: Text,
    #[serde(deserialize_with = "object")]
    pub gpu: Option<EndpointGpu>,
    /// Present instead of `gpu` if the workers have no GPU.
    #[serde(deserialize_with = "object")]
    pub cpu: Option<EndpointCpu>,
    #[serde(deserialize_with = "object")]
    pub workers: Option<WorkerLimits>,
    #[serde(deserialize_with = "object")]
    pub scaling: Option<Scaling>,
    pub data_center_ids: Texts,
    /// Maximum execution time of a job, in milliseconds.
    pub timeout: Number,
    pub flashboot: Text,
    /// RFC 3339.
    pub created_at: Text,
}

/// The GPUs that the workers of an endpoint may have.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EndpointGpu {
    /// GPU pool ids.
    pub pools: Texts,
    /// GPU type ids.
    pub excluded_types: Texts,
}

/// The CPUs that the workers of an endpoint may have. The content is ignored.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct EndpointCpu {}

/// The limits for the number of workers.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WorkerLimits {
    /// Minimum number of workers.
    pub min: Number,
    /// Maximum number of workers.
    pub max: Number,
    /// Time before an idle worker is stopped, in seconds.
    pub idle_timeout: Number,
}

/// How the number of workers is chosen.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Scaling {
    /// `QUEUE_DELAY` or `REQUEST_COUNT`.
    #[serde(rename = "type")]
    pub kind: Text,
}

/// The active workers of an endpoint. REST `GET /serverless/{id}/workers`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Workers {
    pub workers: List<Worker, MAX_WORKERS>,
    #[serde(deserialize_with = "object")]
    pub summary: Option<Summary>,
}

/// Number of workers by state. May count more workers than are listed.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Summary {
    pub running: Number,
    pub idle: Number,
    pub initializing: Number,
    pub throttled: Number,
    pub unhealthy: Number,
}

/// A worker.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Worker {
    pub id: Id,
    /// A state, in upper case.
    pub status: Checked<Id>,
    /// Whether it runs an older configuration than the current one.
    pub is_stale: Checked<Flag>,
    /// The configuration version that it runs.
    pub version: Number,
    /// In seconds. Null until the worker runs.
    pub uptime_seconds: Number,
    pub gpu_type_id: Checked<Id>,
    pub data_center_id: Checked<Id>,
}

/// The releases of an endpoint. REST `GET /serverless/{id}/releases`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Releases {
    #[serde(deserialize_with = "object")]
    pub rollout: Option<Rollout>,
}

/// The rollout of the newest release.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Rollout {
    /// Number of workers that run the newest release.
    pub workers_on_latest: Number,
    /// Number of workers.
    pub workers_total: Number,
}

//! Serverless endpoints, workers and releases.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::wire::lenient::{Flag, List, Number, Text};

/// A serverless endpoint, without its environment. REST `GET /serverless`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Endpoint {
    pub id: Text,
    /// Not unique.
    pub name: Text,
    /// `QUEUE` or `LOAD_BALANCER`.
    #[serde(rename = "type")]
    pub kind: Text,
    pub gpu: Option<EndpointGpu>,
    /// Present instead of `gpu` if the workers have no GPU. The content is ignored.
    pub cpu: Option<IgnoredAny>,
    pub workers: Option<WorkerLimits>,
    pub scaling: Option<Scaling>,
    pub data_center_ids: List<Text>,
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
    pub pools: List<Text>,
    /// GPU type ids.
    pub excluded_types: List<Text>,
}

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
    pub workers: List<Worker>,
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
    pub id: Text,
    /// A state, in upper case.
    pub status: Text,
    /// Whether it runs an older configuration than the current one.
    pub is_stale: Flag,
    /// The configuration version that it runs.
    pub version: Number,
    pub gpu_count: Number,
    /// In seconds. Null until the worker runs.
    pub uptime_seconds: Number,
    pub gpu_type_id: Text,
    pub data_center_id: Text,
    /// RFC 3339.
    pub started_at: Text,
}

/// The releases of an endpoint. REST `GET /serverless/{id}/releases`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Releases {
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

//! `/serverless`, `/serverless/{id}/workers` and `/serverless/{id}/releases`.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::{Flag, List, Number, Text};

/// An endpoint. Its environment is among what the API gives, and is not read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Endpoint {
    pub id: Text,
    pub name: Text,
    #[serde(rename = "type")]
    pub kind: Text,
    pub gpu: Option<EndpointGpu>,
    /// Instead of GPUs; what is in it is not read.
    pub cpu: Option<IgnoredAny>,
    pub workers: Option<WorkerLimits>,
    pub scaling: Option<Scaling>,
    pub data_center_ids: List<Text>,
    pub timeout: Number,
    pub flashboot: Text,
    pub created_at: Text,
}

/// The GPUs that its workers may have.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct EndpointGpu {
    pub pools: List<Text>,
    pub excluded_types: List<Text>,
}

/// How many workers it may have.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct WorkerLimits {
    pub min: Number,
    pub max: Number,
    pub idle_timeout: Number,
}

/// What decides how many it has.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Scaling {
    #[serde(rename = "type")]
    pub kind: Text,
}

/// The active workers of an endpoint.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Workers {
    pub workers: List<Worker>,
    pub summary: Option<Summary>,
}

/// How many workers are in which state. May know of more than are listed.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Summary {
    pub running: Number,
    pub idle: Number,
    pub initializing: Number,
    pub throttled: Number,
    pub unhealthy: Number,
}

/// One worker.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Worker {
    pub id: Text,
    pub status: Text,
    pub is_stale: Flag,
    pub version: Number,
    pub gpu_count: Number,
    pub uptime_seconds: Number,
    pub gpu_type_id: Text,
    pub data_center_id: Text,
    pub started_at: Text,
}

/// How far the newest release has got.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Releases {
    pub rollout: Option<Rollout>,
}

/// Workers on the newest release, and all of them.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Rollout {
    pub workers_on_latest: Number,
    pub workers_total: Number,
}

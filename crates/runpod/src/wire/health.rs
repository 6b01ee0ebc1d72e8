//! The health of one endpoint, as recorded from the live job API.

use lenient_json::{Number, object};
use serde::Deserialize;

/// Queue, job totals and workers of one endpoint. Job API `GET /v2/{endpoint_id}/health`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Health {
    #[serde(deserialize_with = "object")]
    pub jobs: Option<HealthJobs>,
    #[serde(deserialize_with = "object")]
    pub workers: Option<HealthWorkers>,
}

/// Number of jobs. Job API `health`, `jobs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HealthJobs {
    /// Current number of queued jobs.
    pub in_queue: Number,
    /// Current number of running jobs.
    pub in_progress: Number,
    /// Total; falls back to 0 from time to time.
    pub completed: Number,
    /// Total; falls back to 0 from time to time.
    pub failed: Number,
    /// Total; falls back to 0 from time to time.
    pub retried: Number,
    /// Number of other keys, which no recording has.
    #[serde(rename = "$others")]
    pub unknown: u64,
}

/// Number of workers by state. The states overlap: an idle worker is also ready. Job API `health`, `workers`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HealthWorkers {
    pub idle: Number,
    pub initializing: Number,
    pub ready: Number,
    pub running: Number,
    pub throttled: Number,
    pub unhealthy: Number,
    /// Number of other keys, which no recording has.
    #[serde(rename = "$others")]
    pub unknown: u64,
}

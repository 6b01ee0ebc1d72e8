//! `GET /v2/{endpoint_id}/health`, as recorded from the live service.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Number;

/// Queue, job totals and workers of one endpoint.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Health {
    pub jobs: Option<HealthJobs>,
    pub workers: Option<HealthWorkers>,
}

/// `jobs{}`: two gauges and three totals.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct HealthJobs {
    pub in_queue: Number,
    pub in_progress: Number,
    pub completed: Number,
    pub failed: Number,
    pub retried: Number,
    /// Keys that no recording has.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, Number>,
}

/// `workers{}`: states that overlap, for an idle worker is ready too.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct HealthWorkers {
    pub idle: Number,
    pub initializing: Number,
    pub ready: Number,
    pub running: Number,
    pub throttled: Number,
    pub unhealthy: Number,
    /// Keys that no recording has.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, Number>,
}

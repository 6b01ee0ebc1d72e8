//! A serverless endpoint as GraphQL gives it: the live list, the documented list, and the documented single endpoint.

use serde::Deserialize;

use super::{Number, Text};

/// GraphQL `Endpoint`, both shapes together.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Endpoint {
    pub id: Text,
    pub name: Text,
    #[serde(rename = "type")]
    pub kind: Text,
    pub status: Text,
    pub template_id: Text,
    pub compute_type: Text,
    pub gpu_ids: Text,
    pub gpu_type: Text,
    pub locations: Text,
    pub flash_boot_type: Text,
    pub scaler_type: Text,
    pub workers_min: Number,
    pub workers_max: Number,
    pub workers_standby: Number,
    pub idle_timeout: Number,
    pub execution_timeout_ms: Number,
    pub created_at: Text,
    pub workers: Option<Workers>,
    pub queue: Option<Queue>,
    pub metrics: Option<Metrics>,
}

/// Documented `workers{}`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Workers {
    pub ready: Number,
    pub running: Number,
    pub idle: Number,
    pub initializing: Number,
    pub throttled: Number,
    pub unhealthy: Number,
    pub pending: Number,
}

/// Documented `queue{}`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Queue {
    pub in_queue: Number,
    pub in_progress: Number,
    pub completed: Number,
    pub failed: Number,
    pub cancelled: Number,
    pub retried: Number,
}

/// Documented `metrics{}`: what Runpod computed over a window that it does not name.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Metrics {
    pub requests_per_minute: Number,
    pub avg_execution_time_ms: Number,
    pub p50_execution_time_ms: Number,
    pub p95_execution_time_ms: Number,
    pub p99_execution_time_ms: Number,
    pub avg_cold_start_time_ms: Number,
    pub success_rate: Number,
    pub error_rate: Number,
}

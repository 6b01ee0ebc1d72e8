//! The closed sets of an endpoint. A new member is one variant, and every match on the set has to handle it.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

/// Whether clients call a queue or the workers (label `kind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum EndpointKind {
    Queue,
    LoadBalancer,
}

/// What its workers compute with (label `compute`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum Compute {
    Gpu,
    Cpu,
}

/// How cold starts are shortened (label `flashboot`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum Flashboot {
    Off,
    Flashboot,
    PriorityFlashboot,
}

/// What the number of workers is scaled by (label `scaler`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum Scaler {
    QueueDelay,
    RequestCount,
}

/// The state of an endpoint of the documented shape (label `status`). Runpod's guides name only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum EndpointState {
    Ready,
}

/// The state of a worker in the list of workers (label `state`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum WorkerState {
    Running,
    Idle,
    Initializing,
    Throttled,
    Unhealthy,
}

/// What a total of jobs counts (label `status` of `runpod_requests_total`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum JobTotal {
    /// Jobs that a client cancelled.
    Cancelled,
    /// Jobs that returned an output.
    Completed,
    /// Jobs that failed.
    Failed,
    /// Retries of jobs, which have not finished.
    Retried,
}

/// The status of a batch (label `status`). Runpod has none for a batch whose requests have ended: it stays finalized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum BatchStatus {
    /// Requests are being added.
    Draft,
    /// All requests are known, and some have not ended.
    Finalized,
    /// All requests have ended.
    Done,
    /// The batch itself failed.
    Failed,
    /// The owner cancelled it.
    Cancelled,
}

/// The state of a request of a batch (label `state`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's, but for those that wait")]
pub enum BatchState {
    Waiting,
    InProgress,
    Completed,
    Failed,
}

/// A quantile of a latency that Runpod computes (label `quantile`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray, IntoStaticStr, Serialize)]
#[serde(into = "&'static str")]
#[expect(missing_docs, reason = "the names are the percentiles")]
pub enum Quantile {
    #[strum(serialize = "0.5")]
    P50,
    #[strum(serialize = "0.7")]
    P70,
    #[strum(serialize = "0.9")]
    P90,
    #[strum(serialize = "0.95")]
    P95,
    #[strum(serialize = "0.98")]
    P98,
    #[strum(serialize = "0.99")]
    P99,
}

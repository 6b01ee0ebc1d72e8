//! The simulated APIs and their operations, by the names that fault rules, scopes and the traffic report use.
//!
//! Their routes do not belong here, nor the operations of GraphQL: a client names those itself.

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A simulated API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Api {
    /// `api.runpod.io/graphql`.
    Graphql,
    /// `api.runpod.ai/v2/{endpoint_id}`.
    Jobs,
    /// `api.runpod.io/v2`.
    Rest,
}

/// An operation of the job API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum JobsOperation {
    /// Job counts and worker states of an endpoint.
    Health,
    /// The jobs that an endpoint remembers.
    Requests,
    /// Request metrics by the hour.
    Latency,
    /// The last log lines of all workers.
    Logs,
    /// New log lines of all workers, as a WebSocket.
    LogsStream,
    /// Adds a job to the queue.
    Run,
    /// Adds a job to the queue and waits for its result.
    Runsync,
    /// The state of a job.
    Status,
    /// The state of a job, once it has finished.
    StatusSync,
    /// The new chunks of the output of a job.
    Stream,
    /// Cancels a job.
    Cancel,
    /// The batches of an endpoint, or one of them.
    Batches,
    /// Queues a failed job again.
    Retry,
    /// Cancels every queued job.
    PurgeQueue,
}

/// An operation of the REST API.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "lowercase", parse_err_ty = OperationError, parse_err_fn = OperationError::new)]
pub enum Operation {
    /// `/pods` and `/pods/{id}`.
    Pods,
    /// `/serverless` and `/serverless/{id}`.
    Endpoints,
    /// The workers of an endpoint.
    Workers,
    /// The releases of an endpoint.
    Releases,
    /// `/network-volumes` and `/network-volumes/{id}`.
    Volumes,
    /// `/billing` and its parts.
    Billing,
    /// GPU and CPU types, data centers, public templates.
    Catalog,
    /// The OpenAPI document.
    Openapi,
    /// The account's balance.
    Balance,
    /// The account's limits.
    Limits,
    /// Log lines of a pod or a worker.
    Logs,
    /// `/clusters` and below.
    Clusters,
    /// `/templates` and below.
    Templates,
    /// `/registries` and below.
    Registries,
    /// SSH keys.
    Account,
    /// The builds of an endpoint.
    Builds,
    /// The request metrics of an endpoint.
    Metrics,
}

/// The text does not name an operation of the REST API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown REST operation {name:?}: expected one of {}", Operation::names())]
pub struct OperationError {
    name: String,
}

// === impl Api ===

impl Api {
    /// The name in fault rules and labels.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }
}

// === impl JobsOperation ===

impl JobsOperation {
    /// The name in fault rules and the traffic report.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }
}

// === impl Operation ===

impl Operation {
    /// The name in fault rules, scopes and the traffic report.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// Whether the path of such a request can contain an endpoint id.
    pub(crate) fn has_endpoint(self) -> bool {
        match self {
            Self::Endpoints | Self::Workers | Self::Releases | Self::Logs | Self::Builds | Self::Metrics => {
                true
            }
            Self::Pods
            | Self::Volumes
            | Self::Billing
            | Self::Catalog
            | Self::Openapi
            | Self::Balance
            | Self::Limits
            | Self::Clusters
            | Self::Templates
            | Self::Registries
            | Self::Account => false,
        }
    }

    fn names() -> String {
        let names: Vec<&str> = Self::VARIANTS.iter().map(|operation| operation.name()).collect();
        names.join(", ")
    }
}

// === impl OperationError ===

impl OperationError {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}

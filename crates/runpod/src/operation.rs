//! The vocabulary of the client: the APIs, what is requested of them, and how a request ends.
//!
//! Why a request failed does not belong here: see [`crate::error`].

/// One of Runpod's APIs, as the `api` label names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Api {
    /// `api.runpod.io/graphql`.
    Graphql,
    /// `api.runpod.ai/v2`, the job API of each endpoint.
    Jobs,
    /// `api.runpod.io/v2`, the REST API in its second version.
    Rest,
}

impl Api {
    /// Every API, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Graphql, Self::Jobs, Self::Rest];

    /// The value of the `api` label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Graphql => "graphql",
            Self::Jobs => "jobs",
            Self::Rest => "rest",
        }
    }
}

/// One kind of request, as the `operation` label names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Balance, spend and limits.
    Account,
    /// The list of endpoints.
    Endpoints,
    /// Single endpoints, asked by id, many in one document.
    EndpointDetail,
    /// The list of pods.
    Pods,
    /// Single pods, asked by id, many in one document.
    PodDetail,
    /// Queue, job totals and workers of one endpoint.
    Health,
    /// The requests that one endpoint remembers.
    Requests,
    /// The latencies that Runpod computed for one endpoint.
    Latency,
    /// The workers of one endpoint, one by one.
    Workers,
    /// The releases of one endpoint and how far the newest has got.
    Releases,
    /// The network volumes.
    Volumes,
    /// What was spent, in one of its ledgers.
    Billing,
    /// GPU types, their prices and their stock.
    Gpus,
    /// The machines of a host and what they earn.
    Host,
    /// The prepaid credit.
    Balance,
    /// The limits of the account.
    AccountLimits,
    /// The API's description of itself.
    Openapi,
    /// What pods and workers write.
    Logs,
}

impl Operation {
    /// The value of the `operation` label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Endpoints => "endpoints",
            Self::EndpointDetail => "endpoint_detail",
            Self::Pods => "pods",
            Self::PodDetail => "pod_detail",
            Self::Health => "health",
            Self::Requests => "requests",
            Self::Latency => "latency",
            Self::Workers => "workers",
            Self::Releases => "releases",
            Self::Volumes => "volumes",
            Self::Billing => "billing",
            Self::Gpus => "gpus",
            Self::Host => "host",
            Self::Balance => "balance",
            Self::AccountLimits => "account_limits",
            Self::Openapi => "openapi",
            Self::Logs => "logs",
        }
    }
}

/// How a request ended, as the `outcome` label names it: a closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the label values of the metric contract")]
pub enum Outcome {
    Ok,
    Unauthorized,
    Forbidden,
    NotFound,
    RateLimited,
    Retired,
    ServerError,
    Timeout,
    Connect,
    Decode,
    TooLarge,
    GraphqlError,
    Schema,
}

impl Outcome {
    /// The value of the `outcome` label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Retired => "retired",
            Self::ServerError => "server_error",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Decode => "decode",
            Self::TooLarge => "too_large",
            Self::GraphqlError => "graphql_error",
            Self::Schema => "schema",
        }
    }
}

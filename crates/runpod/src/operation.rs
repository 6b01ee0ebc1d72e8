//! The APIs, the operations that the client requests of them, and the outcomes of a request.
//!
//! Each set is closed and each member is one row; its text is derived from its name. Why a request failed does not
//! belong here: see [`crate::Reason`].

use strum::{IntoStaticStr, VariantArray};

/// One of Runpod's APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Api {
    /// `api.runpod.io/graphql`.
    Graphql,
    /// `api.runpod.ai/v2`: the job API of each endpoint.
    Jobs,
    /// `api.runpod.io/v2`: version 2 of the REST API.
    Rest,
}

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Operation {
    /// Balance, spend and limits.
    Account,
    /// The list of endpoints.
    Endpoints,
    /// Endpoints by id, several in one document.
    EndpointDetail,
    /// The list of pods.
    Pods,
    /// Pods by id, several in one document.
    PodDetail,
    /// The clusters.
    Clusters,
    /// The list of pods with those of clusters.
    ClusterPods,
    /// Queue, job totals and workers of one endpoint.
    Health,
    /// The recent requests of one endpoint.
    Requests,
    /// The latencies that Runpod computes for one endpoint.
    Latency,
    /// The workers of one endpoint.
    Workers,
    /// The newest release of one endpoint and its rollout.
    Releases,
    /// The network volumes.
    Volumes,
    /// Amounts billed, from one [`crate::Ledger`].
    Billing,
    /// GPU types with prices and availability.
    Gpus,
    /// CPU types with prices and availability.
    Cpus,
    /// Data centers with what is available there.
    DataCenters,
    /// The machines of a host and their earnings.
    Host,
    /// The prepaid credit.
    Balance,
    /// The limits of the account.
    AccountLimits,
    /// The OpenAPI description of the REST API.
    Openapi,
    /// Logs of pods and workers.
    Logs,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// The response was complete and without errors.
    Ok,
    /// 401, or a GraphQL response without a user.
    Unauthorized,
    /// 403, or the GraphQL error "Unauthorized".
    Forbidden,
    /// 404.
    NotFound,
    /// 429.
    RateLimited,
    /// 410.
    Retired,
    /// 5xx.
    ServerError,
    /// No complete response in time.
    Timeout,
    /// No connection, or a connection that was lost.
    Connect,
    /// A response that cannot be read.
    Decode,
    /// A response larger than the limit.
    TooLarge,
    /// A GraphQL response with errors, with or without data.
    GraphqlError,
    /// A GraphQL document that the server rejected.
    Schema,
    /// The program panicked while it read the response.
    Panicked,
}

impl Api {
    /// Every API.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name in snake case, for labels and logs.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Operation {
    /// The name in snake case, for labels and logs.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Outcome {
    /// The name in snake case, for labels and logs.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names are label values of published metrics: renaming a variant must not change them.
    #[test]
    fn names_are_stable() {
        let apis: Vec<_> = Api::ALL.iter().map(|api| api.as_str()).collect();
        assert_eq!(apis.join(" "), "graphql jobs rest");
        let operations: Vec<_> = Operation::VARIANTS.iter().map(|operation| operation.as_str()).collect();
        assert_eq!(
            operations.join(" "),
            "account endpoints endpoint_detail pods pod_detail clusters cluster_pods health requests latency workers releases \
             volumes billing gpus cpus data_centers host balance account_limits openapi logs"
        );
        let outcomes: Vec<_> = Outcome::VARIANTS.iter().map(|outcome| outcome.as_str()).collect();
        assert_eq!(
            outcomes.join(" "),
            "ok unauthorized forbidden not_found rate_limited retired server_error timeout connect decode \
             too_large graphql_error schema panicked"
        );
    }
}

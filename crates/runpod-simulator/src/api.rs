//! The simulated APIs, as rules and labels name them. Their routes and operations do not belong here.

/// One of the APIs that are simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// `api.runpod.io/graphql`.
    Graphql,
    /// `api.runpod.ai/v2/{endpoint_id}`.
    Jobs,
    /// `api.runpod.io/v2`.
    Rest,
}

impl Api {
    /// The name of the API in rules and labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Graphql => "graphql",
            Self::Jobs => "jobs",
            Self::Rest => "rest",
        }
    }
}

//! What can be asked of the REST API, by the names that faults, scopes and the traffic report use.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// A kind of request to the REST API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// `/pods` and one of them.
    Pods,
    /// `/serverless` and one of them.
    Endpoints,
    /// The workers of an endpoint.
    Workers,
    /// The releases of an endpoint.
    Releases,
    /// `/network-volumes` and one of them.
    Volumes,
    /// `/billing` and its parts.
    Billing,
    /// GPU types and data centres.
    Catalog,
    /// The description of the API.
    Openapi,
    /// The balance.
    Balance,
    /// The limits of the account.
    Limits,
    /// What a pod or a worker writes.
    Logs,
}

/// The text names no operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown REST operation {name:?}: expected one of {}", Operation::names())]
pub struct OperationError {
    name: String,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 11] = [
        Self::Pods,
        Self::Endpoints,
        Self::Workers,
        Self::Releases,
        Self::Volumes,
        Self::Billing,
        Self::Catalog,
        Self::Openapi,
        Self::Balance,
        Self::Limits,
        Self::Logs,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::Endpoints => "endpoints",
            Self::Workers => "workers",
            Self::Releases => "releases",
            Self::Volumes => "volumes",
            Self::Billing => "billing",
            Self::Catalog => "catalog",
            Self::Openapi => "openapi",
            Self::Balance => "balance",
            Self::Limits => "limits",
            Self::Logs => "logs",
        }
    }

    /// Whether its path can say which endpoint it is about.
    pub fn has_endpoint(self) -> bool {
        matches!(self, Self::Endpoints | Self::Workers | Self::Releases | Self::Logs)
    }

    fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl FromStr for Operation {
    type Err = OperationError;

    fn from_str(text: &str) -> Result<Self, OperationError> {
        let found = Self::ALL.into_iter().find(|operation| operation.name() == text);
        found.ok_or_else(|| OperationError { name: text.to_owned() })
    }
}

impl Display for Operation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

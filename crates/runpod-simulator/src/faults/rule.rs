//! A rule: a fault and the requests that it applies to.
//!
//! How a rule is parsed does not belong here.

use std::fmt::{self, Display, Formatter};

use super::fault::Fault;
use crate::api::{Api, JobsOperation, Operation};

/// A fault and the requests that it applies to. Written `TARGET[:ENDPOINT_ID]=FAULT[(ARGUMENT)][*TIMES]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Which requests.
    pub target: Target,
    /// What goes wrong.
    pub fault: Fault,
    /// How many more requests it applies to; all, if `None`.
    pub times: Option<u32>,
}

/// The requests that a rule applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Every request of an API, or one operation.
    pub scope: Scope,
    /// Only requests about this endpoint. The path of a GraphQL request does not name an endpoint.
    pub endpoint: Option<String>,
}

/// Every request of an API, or one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of an API.
    Api(Api),
    /// A GraphQL operation, by its name in the document, or an operation of the job API.
    Operation(String),
    /// An operation of the REST API, written `rest.NAME`.
    Rest(Operation),
}

// === impl Rule ===

impl Rule {
    /// A rule without a limit for every request of an API or operation, as in `Rule::new(Scope::Api(api), fault)`.
    pub fn new(scope: Scope, fault: Fault) -> Self {
        Self { target: Target { scope, endpoint: None }, fault, times: None }
    }

    /// The same rule for one endpoint only.
    #[must_use]
    pub fn endpoint(mut self, id: &str) -> Self {
        self.target.endpoint = Some(id.to_owned());
        self
    }

    /// The same rule for a number of requests only.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }
}

impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.target, self.fault)?;
        self.times.map_or(Ok(()), |times| write!(f, "*{times}"))
    }
}

// === impl Target ===

impl Target {
    /// Whether a request is one of them.
    pub(crate) fn matches(&self, api: Api, operation: &str, endpoint: Option<&str>) -> bool {
        let scope = match &self.scope {
            Scope::Api(this) => *this == api,
            Scope::Operation(this) => api != Api::Rest && this == operation,
            Scope::Rest(this) => api == Api::Rest && this.name() == operation,
        };
        scope && self.endpoint.as_deref().is_none_or(|id| endpoint == Some(id))
    }

    /// Whether only requests of the GraphQL API match.
    pub(super) fn is_graphql(&self) -> bool {
        match &self.scope {
            Scope::Api(api) => *api == Api::Graphql,
            Scope::Operation(name) => !is_jobs_operation(name),
            Scope::Rest(_) => false,
        }
    }

    /// Whether the path of such a request can contain an endpoint id.
    pub(super) fn has_endpoint(&self) -> bool {
        match &self.scope {
            Scope::Rest(operation) => operation.has_endpoint(),
            Scope::Api(_) | Scope::Operation(_) => !self.is_graphql(),
        }
    }
}

/// Whether a rule without an API means an operation of the job API. Any other name is a GraphQL operation.
fn is_jobs_operation(name: &str) -> bool {
    name.parse::<JobsOperation>().is_ok()
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.scope)?;
        self.endpoint.as_ref().map_or(Ok(()), |id| write!(f, ":{id}"))
    }
}

// === impl Scope ===

impl Display for Scope {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(api) => f.write_str(api.name()),
            Self::Operation(name) => f.write_str(name),
            Self::Rest(operation) => write!(f, "rest.{operation}"),
        }
    }
}

//! How an endpoint is, in one word.

use serde::Serialize;

use super::finding::{Finding, Severity};
use crate::snapshot::{Endpoint, EndpointState};

/// How an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Nothing was found, and its status, where the API gives one, is ready.
    Healthy,
    /// Something was found, or its status is another.
    Degraded,
    /// It could not be read, or cannot serve.
    Unhealthy,
}

impl Health {
    /// In one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        }
    }

    /// How an endpoint is of which this was found. `None` where nothing at all is known of it.
    pub(super) fn of(endpoint: &Endpoint, findings: &[Finding]) -> Option<Self> {
        let stops = |finding: &Finding| finding.name.stops_service(finding.severity);
        let status = endpoint.facts.status.as_ref();
        if findings.iter().any(stops) {
            Some(Self::Unhealthy)
        } else if findings.iter().any(|finding| finding.severity > Severity::Info)
            || status.is_some_and(|status| *status != EndpointState::Ready)
        {
            Some(Self::Degraded)
        } else {
            (endpoint.up == Some(true) || status.is_some()).then_some(Self::Healthy)
        }
    }
}

//! The health of an endpoint.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use super::checks::Finding;
use super::severity::Severity;
use crate::snapshot::{Endpoint, EndpointState};

/// The health of an endpoint.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, VariantArray, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Health {
    /// It has no finding of severity warning or critical, and its status, if the API reports one, is ready.
    Healthy,
    /// It has such a finding, or its status is not ready.
    Degraded,
    /// It could not be read, or cannot serve.
    Unhealthy,
}

impl Health {
    /// Every state.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The state in lower case.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The health of an endpoint with these findings. `None` if nothing is known about the endpoint.
    pub(super) fn of(endpoint: &Endpoint, findings: &[Finding]) -> Option<Self> {
        let stops_service = |finding: &Finding| finding.name.stops_service(finding.severity);
        let status = endpoint.facts.status.as_ref();
        if findings.iter().any(stops_service) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_the_same_in_json_and_in_text() {
        for health in Health::ALL {
            assert_eq!(serde_json::to_value(health).unwrap(), health.as_str());
        }
    }
}

//! The health of an endpoint.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use super::checks::Finding;
use super::impact::Impact;
use super::workers::serving;
use crate::snapshot::{Endpoint, EndpointState, Load};

/// The health of an endpoint.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, VariantArray, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Health {
    /// Users get answers: the queue and the workers are known, and nothing is wrong with them. Findings about money and hygiene
    /// are notes.
    Healthy,
    /// Users get answers late, or some errors, or its status, if the API reports one, is not ready.
    Degraded,
    /// Users get no answers, or mostly errors.
    Unhealthy,
}

impl Health {
    /// Every state.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The state in lower case.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The health of an endpoint with these findings. `None` if it could not be read. Without its queue depth or its workers, it
    /// may have any problem: then it is at least as bad as its findings, and otherwise unknown.
    pub(super) fn of(endpoint: &Endpoint, findings: &[Finding]) -> Option<Self> {
        if endpoint.up == Some(false) {
            return None;
        }
        let status = endpoint.facts.status.as_ref();
        match findings.iter().map(|finding| finding.impact).max().unwrap_or_default() {
            Impact::Stops => Some(Self::Unhealthy),
            Impact::Delays => Some(Self::Degraded),
            Impact::None if status.is_some_and(|status| *status != EndpointState::Ready) => {
                Some(Self::Degraded)
            }
            Impact::None => {
                let Load { queue_depth, workers, .. } = &endpoint.load;
                queue_depth.and(serving(workers)).map(|_known| Self::Healthy)
            }
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

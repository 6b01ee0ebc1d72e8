//! What was found: a name out of a closed set, about whom, in numbers, and what to do.
//!
//! When something is found does not belong here: each check has a file of its own.

use serde::Serialize;

/// What is wrong. The names are label values, and so this project's public API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the label values")]
pub enum Name {
    EndpointUnreadable,
    NoWorkers,
    WorkersStarting,
    QueueDeep,
    QueueStuckNoCapacity,
    QueueStuckUnhealthyWorkers,
    QueueStuckIdleWorkers,
    WorkersThrottled,
    WorkersUnhealthy,
    LatencyHigh,
    ErrorRatioHigh,
    WorkersMaxZero,
    WorkersMaxLowered,
    StandbyWithoutMinimum,
    WorkersStale,
    PodIdle,
    PodStoppedWithVolume,
    BalanceRunwayShort,
    SpendNearLimit,
    KeyRejected,
    ApiRetired,
    ApiRationed,
    DataOld,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing. It takes nothing from anybody's health.
    Info,
    /// Somebody should look.
    Warning,
    /// Somebody must look now.
    Critical,
}

/// About whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// All of it.
    Account,
    /// One endpoint.
    Endpoint {
        /// Its id.
        id: String,
        /// Its name, which is not unique.
        name: String,
    },
    /// One pod.
    Pod {
        /// Its id.
        id: String,
        /// Its name, which is not unique.
        name: String,
    },
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub name: Name,
    /// How bad.
    pub severity: Severity,
    /// About whom.
    pub subject: Subject,
    /// What was seen, with numbers and units.
    #[serde(rename = "message")]
    pub facts: String,
    /// What to do, the most likely to help first; one to three.
    pub recommendations: Vec<String>,
    /// The family in which it shows.
    pub metric: &'static str,
    /// Where more is written, in the repository.
    pub runbook: String,
}

/// What a check says; about whom is known to who asked it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) name: Name,
    pub(super) severity: Severity,
    pub(super) metric: &'static str,
    pub(super) facts: String,
    pub(super) recommendations: Vec<String>,
}

impl Name {
    /// Every name, in the order of the documentation.
    pub const ALL: [Self; 23] = [
        Self::EndpointUnreadable,
        Self::NoWorkers,
        Self::WorkersStarting,
        Self::QueueDeep,
        Self::QueueStuckNoCapacity,
        Self::QueueStuckUnhealthyWorkers,
        Self::QueueStuckIdleWorkers,
        Self::WorkersThrottled,
        Self::WorkersUnhealthy,
        Self::LatencyHigh,
        Self::ErrorRatioHigh,
        Self::WorkersMaxZero,
        Self::WorkersMaxLowered,
        Self::StandbyWithoutMinimum,
        Self::WorkersStale,
        Self::PodIdle,
        Self::PodStoppedWithVolume,
        Self::BalanceRunwayShort,
        Self::SpendNearLimit,
        Self::KeyRejected,
        Self::ApiRetired,
        Self::ApiRationed,
        Self::DataOld,
    ];

    /// The value of the `finding` label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EndpointUnreadable => "endpoint_unreadable",
            Self::NoWorkers => "no_workers",
            Self::WorkersStarting => "workers_starting",
            Self::QueueDeep => "queue_deep",
            Self::QueueStuckNoCapacity => "queue_stuck_no_capacity",
            Self::QueueStuckUnhealthyWorkers => "queue_stuck_unhealthy_workers",
            Self::QueueStuckIdleWorkers => "queue_stuck_idle_workers",
            Self::WorkersThrottled => "workers_throttled",
            Self::WorkersUnhealthy => "workers_unhealthy",
            Self::LatencyHigh => "latency_high",
            Self::ErrorRatioHigh => "error_ratio_high",
            Self::WorkersMaxZero => "workers_max_zero",
            Self::WorkersMaxLowered => "workers_max_lowered",
            Self::StandbyWithoutMinimum => "standby_without_minimum",
            Self::WorkersStale => "workers_stale",
            Self::PodIdle => "pod_idle",
            Self::PodStoppedWithVolume => "pod_stopped_with_volume",
            Self::BalanceRunwayShort => "balance_runway_short",
            Self::SpendNearLimit => "spend_near_limit",
            Self::KeyRejected => "key_rejected",
            Self::ApiRetired => "api_retired",
            Self::ApiRationed => "api_rationed",
            Self::DataOld => "data_old",
        }
    }

    /// The page of the runbooks that is about it: that of the alert which tells of the same.
    const fn page(self) -> &'static str {
        match self {
            Self::EndpointUnreadable => "RunpodEndpointUnreadable",
            Self::NoWorkers | Self::WorkersStarting => "RunpodNoReadyWorkers",
            Self::QueueDeep => "RunpodQueueDeep",
            Self::QueueStuckNoCapacity | Self::QueueStuckUnhealthyWorkers | Self::QueueStuckIdleWorkers => {
                "RunpodQueueStuck"
            }
            Self::WorkersThrottled => "RunpodWorkersThrottled",
            Self::WorkersUnhealthy => "RunpodWorkersUnhealthy",
            Self::LatencyHigh => "RunpodLatencyHigh",
            Self::ErrorRatioHigh => "RunpodErrorRatioHigh",
            Self::WorkersMaxZero | Self::WorkersMaxLowered => "RunpodWorkersMaxDropped",
            Self::StandbyWithoutMinimum => "RunpodStandbyWithoutMinimum",
            Self::WorkersStale => "RunpodWorkersStale", // no alert tells of it
            Self::PodIdle => "RunpodPodIdle",
            Self::PodStoppedWithVolume => "RunpodPodStoppedWithVolume",
            Self::BalanceRunwayShort => "RunpodBalanceLow",
            Self::SpendNearLimit => "RunpodSpendNearLimit",
            Self::KeyRejected => "RunpodKeyRejected",
            Self::ApiRetired => "RunpodApiRetired",
            Self::ApiRationed => "RunpodQuotaLow",
            Self::DataOld => "RunpodDataStale",
        }
    }

    /// Whether an endpoint of which this was found cannot serve, or nobody can say whether it does.
    pub(super) const fn stops_service(self, severity: Severity) -> bool {
        match self {
            Self::EndpointUnreadable | Self::WorkersMaxZero => true,
            Self::NoWorkers
            | Self::QueueStuckNoCapacity
            | Self::QueueStuckUnhealthyWorkers
            | Self::QueueStuckIdleWorkers => matches!(severity, Severity::Critical),
            _ => false,
        }
    }
}

impl Severity {
    /// The value of the `severity` label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl Found {
    /// The finding about this subject.
    pub(super) fn about(self, subject: Subject) -> Finding {
        let Self { name, severity, metric, facts, recommendations } = self;
        let runbook = format!("docs/runbooks/{}.md", name.page());
        Finding { name, severity, subject, facts, recommendations, metric, runbook }
    }
}

/// Recommendations as a check writes them down.
pub(super) fn recommend<const N: usize>(texts: [&str; N]) -> Vec<String> {
    const { assert!(0 < N && N <= 3, "one to three recommendations") };
    texts.map(str::to_owned).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_finding_leads_to_a_page() {
        for name in Name::ALL {
            let page = format!("{}/docs/runbooks/{}.md", env!("CARGO_MANIFEST_DIR"), name.page());
            assert!(std::path::Path::new(&page).exists(), "{page}");
        }
    }

    #[test]
    fn every_name_is_there_once_and_json_says_what_the_label_says() {
        let names: BTreeSet<_> = Name::ALL.map(Name::as_str).into();
        assert_eq!(names.len(), Name::ALL.len());
        for name in Name::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
        }
        for severity in [Severity::Info, Severity::Warning, Severity::Critical] {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
        }
    }
}

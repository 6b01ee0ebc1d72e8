//! The closed set of findings, one row each, and the list of their checks, one file each.
//!
//! A new finding is a variant of [`Name`], its row, and a check in the list of its subject. When a finding applies is decided
//! by its check; its fixed limits are in `limit.rs`.

mod api_rationed;
mod api_retired;
mod balance_gone;
mod balance_runway;
mod cluster_incomplete;
mod data_old;
mod effect;
mod endpoint_unreadable;
mod error_ratio;
mod every_job_fails;
mod finding;
mod found;
mod input;
mod key_rejected;
mod latency;
mod no_workers;
mod pod_idle;
mod pod_stopped;
mod queue_deep;
mod queue_stuck;
mod row;
mod spend_limit;
mod standby;
mod workers_max;
mod workers_stale;
mod workers_throttled;
mod workers_unhealthy;

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use self::effect::Effect;
pub use self::finding::Finding;
pub(super) use self::found::Found;
use self::found::recommend;
use self::input::Obstacle;
pub(super) use self::input::{AccountInput, ClusterInput, EndpointInput, PodInput};
pub(crate) use self::row::Row;
pub use self::row::Runbook;
use self::row::{account, endpoint, pod};
use super::limit::Limit;
use super::severity::Severity;
use crate::settings::Signal;

type AccountCheck = fn(&AccountInput<'_>) -> Option<Found>;
type EndpointCheck = fn(&EndpointInput<'_>) -> Option<Found>;
type PodCheck = fn(&PodInput<'_>) -> Option<Found>;
type ClusterCheck = fn(&ClusterInput<'_>) -> Option<Found>;

/// The checks of an account, in the order in which findings are reported.
pub(super) const ACCOUNT: &[AccountCheck] = &[
    key_rejected::check,
    key_rejected::check_metrics,
    balance_gone::check,
    balance_runway::check,
    spend_limit::check,
    api_retired::check,
    api_rationed::check,
    data_old::check,
];

/// The checks of an endpoint.
pub(super) const ENDPOINT: &[EndpointCheck] = &[
    endpoint_unreadable::check,
    no_workers::check,
    queue_stuck::check,
    queue_deep::check,
    workers_throttled::check,
    workers_unhealthy::check,
    latency::check,
    every_job_fails::check,
    error_ratio::check,
    workers_max::check_zero,
    workers_max::check_lowered,
    standby::check,
    workers_stale::check,
];

/// The checks of a pod.
pub(super) const POD: &[PodCheck] = &[pod_idle::check, pod_stopped::check];

/// The checks of a cluster.
pub(super) const CLUSTER: &[ClusterCheck] = &[cluster_incomplete::check];

/// What is wrong. The names are label values, and therefore part of the public API. The order is that of the documentation.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, VariantArray, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
    EveryJobFails,
    WorkersMaxZero,
    WorkersMaxLowered,
    StandbyWithoutMinimum,
    WorkersStale,
    PodIdle,
    PodStoppedWithVolume,
    ClusterIncomplete,
    BalanceRunwayShort,
    BalanceGone,
    SpendNearLimit,
    KeyRejected,
    MetricsKeyRejected,
    ApiRetired,
    ApiRationed,
    DataOld,
}

impl Name {
    /// Every finding.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `finding` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The findings whose checks compare with this limit.
    pub fn with_limit(limit: Limit) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|name| name.row().limits.contains(&limit)).collect()
    }

    /// The one place that describes each finding.
    #[rustfmt::skip]
    pub const fn row(self) -> Row {
        use Runbook::OfAlert;
        match self {
            Self::EndpointUnreadable => endpoint(OfAlert("RunpodEndpointUnreadable"), &["runpod_endpoint_up"]),
            Self::NoWorkers => Row {
                effect: no_workers::EFFECT,
                limits: &[Limit::NoWorkers],
                ..endpoint(OfAlert("RunpodNoReadyWorkers"), &["runpod_workers_ready"])
            },
            Self::WorkersStarting => Row {
                effect: no_workers::STARTING,
                limits: &[Limit::ColdStart],
                ..endpoint(OfAlert("RunpodColdStartSlow"), &["runpod_workers_initializing"])
            },
            Self::QueueDeep => Row {
                effect: queue_deep::EFFECT,
                signals: &[Signal::QueueDepth],
                ..endpoint(OfAlert("RunpodQueueDeep"), &["runpod_queue_depth"])
            },
            Self::QueueStuckNoCapacity => Row { effect: queue_stuck::NO_CAPACITY, ..queue_stuck::ROW },
            Self::QueueStuckUnhealthyWorkers => Row { effect: queue_stuck::UNHEALTHY_WORKERS, ..queue_stuck::ROW },
            Self::QueueStuckIdleWorkers => Row { effect: queue_stuck::IDLE_WORKERS, ..queue_stuck::ROW },
            Self::WorkersThrottled => Row {
                signals: &[Signal::WorkersThrottled],
                ..endpoint(OfAlert("RunpodWorkersThrottled"), &["runpod_workers_throttled"])
            },
            Self::WorkersUnhealthy => Row {
                effect: workers_unhealthy::EFFECT,
                limits: &[Limit::ColdStart],
                signals: &[Signal::QueueDepth],
                ..endpoint(OfAlert("RunpodWorkersUnhealthy"), &["runpod_workers_unhealthy"])
            },
            Self::LatencyHigh => Row {
                effect: latency::EFFECT,
                limits: &[Limit::RecentJobs, Limit::MinimumJobs],
                signals: &[Signal::LatencyP95],
                ..endpoint(OfAlert("RunpodLatencyHigh"), &[
                    "runpod_request_latency_seconds",
                    "runpod_reported_execution_seconds",
                    "runpod_reported_delay_seconds",
                ])
            },
            Self::ErrorRatioHigh => Row {
                effect: error_ratio::EFFECT,
                limits: &[Limit::RecentJobs, Limit::MinimumJobs, Limit::MostJobsFail],
                signals: &[Signal::ErrorRatio],
                ..endpoint(OfAlert("RunpodErrorRatioHigh"), &["runpod_requests_total", "runpod_reported_error_ratio"])
            },
            Self::EveryJobFails => Row {
                effect: every_job_fails::EFFECT,
                limits: &[Limit::EveryJobFails, Limit::EveryJobFailsWithin],
                ..endpoint(OfAlert("RunpodEveryJobFails"), &["runpod_requests_total"])
            },
            Self::WorkersMaxZero => Row { effect: workers_max::ZERO, ..endpoint(OfAlert("RunpodWorkersMaxDropped"), &["runpod_workers_max"]) },
            Self::WorkersMaxLowered => Row {
                effect: workers_max::LOWERED,
                limits: &[Limit::WorkersMaxDropped],
                signals: &[Signal::QueueDepth],
                ..endpoint(OfAlert("RunpodWorkersMaxDropped"), &["runpod_workers_max"])
            },
            Self::StandbyWithoutMinimum => endpoint(OfAlert("RunpodStandbyWithoutMinimum"), &["runpod_workers_standby"]),
            Self::WorkersStale => Row {
                limits: &[Limit::Rollout],
                ..endpoint(OfAlert("RunpodRolloutStuck"), &["runpod_workers_stale", "runpod_endpoint_rollout_workers"])
            },
            Self::PodIdle => Row {
                limits: &[Limit::PodIdle, Limit::PodIdleUtilization],
                ..pod(OfAlert("RunpodPodIdle"), &["runpod_pod_gpu_utilization_ratio", "runpod_pod_cpu_utilization_ratio"])
            },
            Self::PodStoppedWithVolume => pod(OfAlert("RunpodPodStoppedWithVolume"), &["runpod_pod_volume_bytes"]),
            Self::ClusterIncomplete => cluster_incomplete::ROW,
            Self::BalanceRunwayShort => Row {
                effect: balance_runway::EFFECT,
                signals: &[Signal::BalanceRunway],
                ..account(OfAlert("RunpodBalanceLow"), &["runpod_account_balance_dollars"])
            },
            Self::BalanceGone => Row {
                effect: balance_gone::EFFECT,
                ..account(OfAlert("RunpodBalanceGone"), &["runpod_account_balance_dollars"])
            },
            Self::SpendNearLimit => Row {
                effect: spend_limit::EFFECT,
                limits: &[Limit::SpendNearLimit, Limit::SpendAtLimit],
                ..account(OfAlert("RunpodSpendNearLimit"), &["runpod_account_spend_dollars_per_hour"])
            },
            Self::KeyRejected => Row { effect: key_rejected::EFFECT, ..account(OfAlert("RunpodKeyRejected"), &["runpod_api_key_rejected"]) },
            Self::MetricsKeyRejected => account(OfAlert("RunpodMetricsKeyRejected"), &["runpod_api_key_rejected"]),
            Self::ApiRetired => Row { effect: api_retired::EFFECT, ..account(OfAlert("RunpodApiRetired"), &["runpod_api_retired"]) },
            Self::ApiRationed => Row {
                effect: api_rationed::EFFECT,
                limits: &[Limit::QuotaLow],
                ..account(OfAlert("RunpodRateLimited"), &["runpod_api_quota_remaining"])
            },
            Self::DataOld => Row {
                effect: data_old::EFFECT,
                limits: &[Limit::LiveDataOld, Limit::IntervalDataOld],
                ..account(OfAlert("RunpodDataStale"), &["runpod_collector_data_timestamp_seconds"])
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_severity_is_the_same_in_json_and_in_labels() {
        for name in Name::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
            assert!(!name.row().metrics.is_empty(), "{name:?} shows in no metric");
        }
        for severity in Severity::ALL {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
        }
    }
}

//! The closed set of findings, one row each.
//!
//! When a finding applies is decided by its check, in a file of its own.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use super::severity::Severity::{self, Critical, Info};
use super::subject::SubjectKind;
use crate::settings::Signal;

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

/// The properties of a finding that do not depend on what was measured.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What it is about.
    pub subject: SubjectKind,
    /// The page in `docs/runbooks`.
    pub runbook: Runbook,
    /// The metrics in which it shows. A check that does not choose one reports the first.
    pub metrics: &'static [&'static str],
    /// The signals whose configured thresholds its check compares with.
    pub signals: &'static [Signal],
    /// The severity from which an endpoint with this finding is unhealthy: it cannot serve, or its state is unknown.
    pub stops_service: Option<Severity>,
}

/// The page of a finding in `docs/runbooks`. Each alert has a page of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runbook {
    /// The page of this alert, which reports the same problem.
    OfAlert(&'static str),
    /// A page of its own: no alert reports the problem.
    WithoutAlert(&'static str),
}

impl Runbook {
    /// The name of the page, without its folder and extension.
    pub const fn page(self) -> &'static str {
        match self {
            Self::OfAlert(page) | Self::WithoutAlert(page) => page,
        }
    }
}

impl Name {
    /// Every finding.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `finding` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether an endpoint with this finding is unhealthy.
    pub(super) fn stops_service(self, severity: Severity) -> bool {
        self.row().stops_service.is_some_and(|from| severity >= from)
    }

    /// The one place that describes each finding.
    #[rustfmt::skip]
    pub const fn row(self) -> Row {
        use Runbook::{OfAlert, WithoutAlert};
        match self {
            Self::EndpointUnreadable => Row {
                metrics: &["runpod_endpoint_up"],
                stops_service: Some(Info),
                ..endpoint(OfAlert("RunpodEndpointUnreadable"))
            },
            Self::NoWorkers => Row {
                metrics: &["runpod_workers_ready"],
                stops_service: Some(Critical),
                ..endpoint(OfAlert("RunpodNoReadyWorkers"))
            },
            Self::WorkersStarting => Row {
                metrics: &["runpod_workers_initializing"],
                ..endpoint(OfAlert("RunpodNoReadyWorkers"))
            },
            Self::QueueDeep => Row {
                metrics: &["runpod_queue_depth"],
                signals: &[Signal::QueueDepth],
                ..endpoint(OfAlert("RunpodQueueDeep"))
            },
            Self::QueueStuckNoCapacity | Self::QueueStuckUnhealthyWorkers | Self::QueueStuckIdleWorkers => Row {
                metrics: &["runpod_queue_depth"],
                stops_service: Some(Critical),
                ..endpoint(OfAlert("RunpodQueueStuck"))
            },
            Self::WorkersThrottled => Row {
                metrics: &["runpod_workers_throttled"],
                signals: &[Signal::WorkersThrottled],
                ..endpoint(OfAlert("RunpodWorkersThrottled"))
            },
            Self::WorkersUnhealthy => Row {
                metrics: &["runpod_workers_unhealthy"],
                ..endpoint(OfAlert("RunpodWorkersUnhealthy"))
            },
            Self::LatencyHigh => Row {
                metrics: &[
                    "runpod_request_latency_seconds",
                    "runpod_reported_execution_seconds",
                    "runpod_reported_delay_seconds",
                ],
                signals: &[Signal::LatencyP95],
                ..endpoint(OfAlert("RunpodLatencyHigh"))
            },
            Self::ErrorRatioHigh => Row {
                metrics: &["runpod_requests_total", "runpod_reported_error_ratio"],
                signals: &[Signal::ErrorRatio],
                ..endpoint(OfAlert("RunpodErrorRatioHigh"))
            },
            Self::WorkersMaxZero => Row {
                metrics: &["runpod_workers_max"],
                stops_service: Some(Info),
                ..endpoint(OfAlert("RunpodWorkersMaxDropped"))
            },
            Self::WorkersMaxLowered => Row {
                metrics: &["runpod_workers_max"],
                signals: &[Signal::QueueDepth],
                ..endpoint(OfAlert("RunpodWorkersMaxDropped"))
            },
            Self::StandbyWithoutMinimum => Row {
                metrics: &["runpod_workers_standby"],
                ..endpoint(OfAlert("RunpodStandbyWithoutMinimum"))
            },
            Self::WorkersStale => Row {
                metrics: &["runpod_workers_stale"],
                ..endpoint(WithoutAlert("RunpodWorkersStale"))
            },
            Self::PodIdle => Row {
                metrics: &["runpod_pod_gpu_utilization_ratio", "runpod_pod_cpu_utilization_ratio"],
                ..pod(OfAlert("RunpodPodIdle"))
            },
            Self::PodStoppedWithVolume => Row {
                metrics: &["runpod_pod_volume_bytes"],
                ..pod(OfAlert("RunpodPodStoppedWithVolume"))
            },
            Self::BalanceRunwayShort => Row {
                metrics: &["runpod_account_balance_dollars"],
                signals: &[Signal::BalanceRunway],
                ..account(OfAlert("RunpodBalanceLow"))
            },
            Self::SpendNearLimit => Row {
                metrics: &["runpod_account_spend_dollars_per_hour"],
                ..account(OfAlert("RunpodSpendNearLimit"))
            },
            Self::KeyRejected => Row {
                metrics: &["runpod_up"],
                ..account(OfAlert("RunpodKeyRejected"))
            },
            Self::ApiRetired => Row {
                metrics: &["runpod_api_retired"],
                ..account(OfAlert("RunpodApiRetired"))
            },
            Self::ApiRationed => Row {
                metrics: &["runpod_api_quota_remaining"],
                ..account(OfAlert("RunpodQuotaLow"))
            },
            Self::DataOld => Row {
                metrics: &["runpod_collector_data_timestamp_seconds"],
                ..account(OfAlert("RunpodDataStale"))
            },
        }
    }
}

const fn endpoint(runbook: Runbook) -> Row {
    Row { subject: SubjectKind::Endpoint, runbook, metrics: &[], signals: &[], stops_service: None }
}

const fn pod(runbook: Runbook) -> Row {
    Row { subject: SubjectKind::Pod, ..endpoint(runbook) }
}

const fn account(runbook: Runbook) -> Row {
    Row { subject: SubjectKind::Account, ..endpoint(runbook) }
}

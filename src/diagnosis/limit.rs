//! The fixed limits of the findings, one row each.
//!
//! Each number is written here only. The checks read it from here, the rules of Prometheus are tested against it, and the
//! dashboards, the runbooks and the list of limits in the documentation are generated from it. Limits that users configure
//! are thresholds: see [`crate::settings::Thresholds`].

use std::time::Duration;

use strum::{IntoStaticStr, VariantArray};

use Place::{Comparison, For, Window};

/// A fixed limit. The order is that of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each is described in its row")]
pub enum Limit {
    QueueStuck,
    NoWorkers,
    ColdStart,
    RecentJobs,
    MinimumJobs,
    MostJobsFail,
    EveryJobFails,
    EveryJobFailsWithin,
    WorkersMaxDropped,
    Rollout,
    PodIdle,
    PodIdleUtilization,
    ClusterIncomplete,
    SpendNearLimit,
    SpendAtLimit,
    QuotaLow,
    LiveDataOld,
    IntervalDataOld,
}

/// The value of a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A duration.
    Time(Duration),
    /// A share of one.
    Ratio(f64),
    /// A number of jobs.
    Jobs(u32),
}

/// Where a rule of Prometheus contains a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A comparison in the expression of this rule.
    Comparison(&'static str),
    /// A range in the expression of this rule, in square brackets.
    Window(&'static str),
    /// The `for` of this alert, where the problem is defined by its duration.
    For(&'static str),
}

/// What is known about a limit.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its value.
    pub value: Value,
    /// What is limited, for documents: a noun phrase.
    pub about: &'static str,
    /// The rules that contain it.
    pub rules: &'static [Place],
}

const fn minutes(minutes: u64) -> Value {
    Value::Time(Duration::from_mins(minutes))
}

const fn hours(hours: u64) -> Value {
    Value::Time(Duration::from_hours(hours))
}

impl Limit {
    /// Every limit.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Its name in generated files.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The one place that contains each limit, with the reason for its value.
    #[rustfmt::skip]
    pub const fn row(self) -> Row {
        match self {
            // A worker with a large image and a large model can take nine minutes until it finishes its first job. With a
            // lower limit, a cold start that succeeds would be critical.
            Self::QueueStuck => Row {
                value: minutes(10),
                about: "time without progress after which a queue is stuck",
                rules: &[Window("account_endpoint:runpod_queue_stuck:jobs")],
            },
            // Runpod scales every few seconds: an endpoint that has no worker after a minute does not get one by itself.
            Self::NoWorkers => Row {
                value: minutes(1),
                about: "time without a worker, ready or starting, after which it is critical",
                rules: &[],
            },
            // The usual cold start takes two to three minutes. The alert waits longer: large models take nine.
            Self::ColdStart => Row {
                value: minutes(5),
                about: "time after which a cold start is too long",
                rules: &[],
            },
            // Long enough for the rate of an endpoint with a few jobs a minute, short enough to fall soon after a fix.
            Self::RecentJobs => Row {
                value: minutes(10),
                about: "time over which finished jobs are counted",
                rules: &[
                    Window("account_endpoint_status:runpod_requests:increase10m"),
                    Window("account_endpoint:runpod_latency_seconds:p95_10m"),
                ],
            },
            // With fewer jobs, one failure exceeds the default threshold of 5%, and the 95th percentile is the slowest job.
            Self::MinimumJobs => Row {
                value: Value::Jobs(20),
                about: "minimum number of finished jobs",
                rules: &[
                    Comparison("RunpodErrorRatioHigh"),
                    Comparison("RunpodErrorBudgetBurn"),
                    Comparison("account_endpoint:runpod_latency_seconds:p95_10m"),
                ],
            },
            // Clearly more than half: if half of the jobs fail, chance alone would change the state with every sample.
            Self::MostJobsFail => Row {
                value: Value::Ratio(0.6),
                about: "share of failed jobs from which an endpoint is unhealthy",
                rules: &[],
            },
            // One failure may be a bad request, and so may a retry of it.
            Self::EveryJobFails => Row {
                value: Value::Jobs(3),
                about: "minimum number of failed jobs without a completed one",
                rules: &[Comparison("RunpodEveryJobFails")],
            },
            // An endpoint with a job every ten minutes has three in it.
            Self::EveryJobFailsWithin => Row {
                value: minutes(30),
                about: "time over which every job has failed",
                rules: &[Window("account_endpoint_status:runpod_requests:increase30m")],
            },
            // Runpod lowers the maximum of idle endpoints at any time of the day, and nobody looks at an idle endpoint at
            // night: an hour would be over before anyone sees it.
            Self::WorkersMaxDropped => Row {
                value: hours(24),
                about: "time during which an earlier, higher maximum number of workers counts",
                rules: &[Window("RunpodWorkersMaxDropped")],
            },
            // A rollout replaces a worker when its job has ended and the next worker has started.
            Self::Rollout => Row {
                value: minutes(30),
                about: "time after which workers on an older release are a warning",
                rules: &[For("RunpodRolloutStuck")],
            },
            // Longer than a meeting, a download or a checkpoint. Half an hour would report every lunch break.
            Self::PodIdle => Row {
                value: hours(1),
                about: "time after which a pod is idle",
                rules: &[Window("RunpodPodIdle"), Comparison("RunpodPodIdle")],
            },
            // Drivers and monitoring agents stay below it.
            Self::PodIdleUtilization => Row {
                value: Value::Ratio(0.05),
                about: "utilization below which a GPU is idle, or the CPU of a pod without GPUs",
                rules: &[Comparison("RunpodPodIdle")],
            },
            // The pods of a new cluster pull a large image, and a pod that was restarted does so again.
            Self::ClusterIncomplete => Row {
                value: minutes(30),
                about: "time after which a cluster that lacks pods is a warning",
                rules: &[For("RunpodClusterIncomplete")],
            },
            // The rest of the limit is about one more pod of the usual size.
            Self::SpendNearLimit => Row {
                value: Value::Ratio(0.8),
                about: "share of the spend limit that is a warning",
                rules: &[Comparison("RunpodSpendNearLimit")],
            },
            // Hardly anything can start. The alert has no critical level.
            Self::SpendAtLimit => Row {
                value: Value::Ratio(0.95),
                about: "share of the spend limit at which the finding is critical",
                rules: &[],
            },
            // The exporter leaves half of the quota to others. If a tenth remains, others have used more than their half.
            Self::QuotaLow => Row {
                value: Value::Ratio(0.1),
                about: "remaining share of a quota",
                rules: &[Comparison("RunpodRateLimited")],
            },
            // Live data is kept only while Runpod answers 429, usually for less than a minute at a time.
            Self::LiveDataOld => Row {
                value: minutes(15),
                about: "age after which data that is read at every scrape is old",
                rules: &[Comparison("RunpodDataStale")],
            },
            // The bills are read every hour: two reads in a row have failed. On the smallest quota, the workers of an account
            // with 500 endpoints are read every half hour, so the limit of live data would be exceeded all the time.
            Self::IntervalDataOld => Row {
                value: hours(3),
                about: "age after which data that is read at intervals is old",
                rules: &[Comparison("RunpodDataStale")],
            },
        }
    }

    /// The value of a limit that is a duration.
    #[expect(clippy::panic, reason = "it is evaluated when the exporter is compiled")]
    pub(super) const fn time(self) -> Duration {
        match self.row().value {
            Value::Time(time) => time,
            Value::Ratio(_) | Value::Jobs(_) => panic!("the limit is not a duration"),
        }
    }

    /// The value of a limit that is a share of one.
    #[expect(clippy::panic, reason = "it is evaluated when the exporter is compiled")]
    pub(super) const fn ratio(self) -> f64 {
        match self.row().value {
            Value::Ratio(ratio) => ratio,
            Value::Time(_) | Value::Jobs(_) => panic!("the limit is not a ratio"),
        }
    }

    /// The value of a limit that is a number of jobs.
    #[expect(clippy::panic, reason = "it is evaluated when the exporter is compiled")]
    pub(super) const fn jobs(self) -> u32 {
        match self.row().value {
            Value::Jobs(jobs) => jobs,
            Value::Time(_) | Value::Ratio(_) => panic!("the limit is not a number of jobs"),
        }
    }
}

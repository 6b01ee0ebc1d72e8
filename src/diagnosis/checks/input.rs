//! The inputs of the checks.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::diagnosis::Moment;
use crate::diagnosis::format::count;
use crate::diagnosis::limit::Limit;
use crate::diagnosis::samples::Track;
use crate::diagnosis::severity::Severity;
use crate::diagnosis::streak::Streak;
use crate::settings::{Levels, Signal};
use crate::snapshot::{AccountSnapshot, Cluster, Count, Endpoint, JobTotal, Pod, Reported};

/// The input of a check of an account.
pub(in crate::diagnosis) struct AccountInput<'a> {
    pub(in crate::diagnosis) account: &'a AccountSnapshot,
    /// Whether its balance was above 0 earlier.
    pub(in crate::diagnosis) had_balance: bool,
    /// Whether the history is brief: what was earlier is unknown.
    pub(in crate::diagnosis) is_brief: bool,
    pub(in crate::diagnosis) moment: Moment,
}

/// The input of a check of an endpoint.
pub(in crate::diagnosis) struct EndpointInput<'a> {
    pub(in crate::diagnosis) endpoint: &'a Endpoint,
    /// Its recent history.
    pub(in crate::diagnosis) track: Option<&'a Track>,
    /// Its thresholds.
    pub(in crate::diagnosis) levels: BTreeMap<Signal, Levels>,
    /// Whether the history is brief: a state counts at once.
    pub(in crate::diagnosis) is_brief: bool,
    pub(in crate::diagnosis) moment: Moment,
}

/// What keeps workers from serving, although the endpoint may have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnosis) enum Obstacle {
    /// They crash.
    Crashes,
    /// They wait for a free GPU.
    Throttling,
    /// It is unknown whether they do.
    Unknown,
}

/// The input of a check of a pod.
pub(in crate::diagnosis) struct PodInput<'a> {
    pub(in crate::diagnosis) pod: &'a Pod,
    /// How long it has been idle.
    pub(in crate::diagnosis) idle: Option<Duration>,
}

/// The input of a check of a cluster.
pub(in crate::diagnosis) struct ClusterInput<'a> {
    pub(in crate::diagnosis) cluster: &'a Cluster,
    /// The pods of the account; its own are among them.
    pub(in crate::diagnosis) pods: &'a [Pod],
    /// How long it has lacked pods.
    pub(in crate::diagnosis) incomplete: Option<Duration>,
    /// Whether the history is brief: a state counts at once.
    pub(in crate::diagnosis) is_brief: bool,
    pub(in crate::diagnosis) moment: Moment,
}

impl EndpointInput<'_> {
    /// The severity of a value by the configured thresholds, and the threshold that it reaches.
    pub(in crate::diagnosis) fn level(&self, signal: Signal, value: f64) -> Option<(Severity, f64)> {
        let Levels { info, warning, critical } = *self.levels.get(&signal)?;
        let levels = [(Severity::Critical, critical), (Severity::Warning, warning), (Severity::Info, info)]
            .into_iter();
        let mut levels = levels.filter_map(|(severity, threshold)| Some((severity, threshold?)));
        levels.find(|(_, threshold)| value >= *threshold)
    }

    /// The number of waiting jobs, if known.
    pub(in crate::diagnosis) fn waiting(&self) -> Option<f64> {
        self.endpoint.load.queue_depth.map(|depth| depth.0)
    }

    /// Whether jobs are known to wait.
    pub(in crate::diagnosis) fn has_waiting(&self) -> bool {
        self.waiting().is_some_and(|waiting| waiting > 0.0)
    }

    /// The number of waiting jobs in words, if known.
    pub(in crate::diagnosis) fn waiting_jobs(&self) -> Option<String> {
        self.waiting().map(|waiting| format!("{} waiting", count(waiting, "job")))
    }

    /// How long a state of the endpoint has lasted; `None` if it does not hold.
    pub(in crate::diagnosis) fn lasted(&self, state: impl FnOnce(&Track) -> &Streak) -> Option<Duration> {
        state(self.track?).lasted(self.moment.elapsed)
    }

    /// How long a state has lasted, if that is at least `limit` or the history is brief.
    pub(in crate::diagnosis) fn lasted_for(
        &self,
        limit: Duration,
        state: impl FnOnce(&Track) -> &Streak,
    ) -> Option<Duration> {
        self.lasted(state).filter(|lasted| self.is_brief || *lasted >= limit)
    }

    /// What keeps workers from serving, so that a higher maximum number of them does not help.
    pub(in crate::diagnosis) fn obstacle(&self) -> Option<Obstacle> {
        let workers = &self.endpoint.load.workers;
        let any = |count: Option<Count>| count.is_some_and(|count| count > 0.0);
        if any(workers.unhealthy) || self.lasted(|track| &track.crashing).is_some() {
            Some(Obstacle::Crashes)
        } else if any(workers.throttled) {
            Some(Obstacle::Throttling)
        } else {
            workers.unhealthy.and(workers.throttled).is_none().then_some(Obstacle::Unknown)
        }
    }

    /// The statistics of Runpod. It does not report of how many jobs they are, so they count only if enough jobs have ever
    /// finished.
    pub(in crate::diagnosis) fn reported(&self) -> Option<&Reported> {
        let totals = &self.endpoint.load.totals;
        let finished = [JobTotal::Completed, JobTotal::Failed].iter().filter_map(|row| totals.get(row));
        let finished: f64 = finished.map(|total| total.0).sum();
        (finished >= f64::from(Limit::MinimumJobs.jobs())).then_some(&self.endpoint.facts.reported)
    }
}

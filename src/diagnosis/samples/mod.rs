//! The samples of an account: the last minutes of its endpoints' totals, and since when conditions hold.
//!
//! It is kept in memory, is bounded in number and time, and decides nothing. The caller passes the time. A sample with a
//! cached response is ignored: it says nothing about what happened since.

mod failing;
mod latency;
mod window;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hashbrown::HashMap;
use jiff::Timestamp;
use serde::Serialize;

use self::failing::Failing;
pub(super) use self::failing::{Failures, Jobs};
pub(crate) use self::latency::JOBS;
use self::latency::Latencies;
pub use self::latency::Latency;
use self::window::Window;
use super::limit::Limit;
use super::streak::{GAP, Streak};
use super::workers::{
    are_crashing, are_only_starting, has_completed, has_progressed, is_starved, is_working, serving,
};
use crate::jobs::Millis;
use crate::snapshot::{Account, AccountSnapshot, Count, Endpoint, JobTotal, Pod, Ratio};

/// How long an endpoint, pod or cluster is remembered after it was last listed. Runpod may leave one out of a list for a moment.
const REMEMBERED: Duration = Duration::from_hours(1);

/// How long a higher maximum number of workers is remembered.
const WORKERS_MAX_DROPPED: Duration = Limit::WorkersMaxDropped.time();

const IDLE: f64 = Limit::PodIdleUtilization.ratio();

/// The samples of an account.
#[derive(Debug, Default)]
pub(super) struct Samples {
    endpoints: HashMap<Arc<str>, Track>,
    pods: HashMap<Arc<str>, PodTrack>,
    clusters: HashMap<Arc<str>, ClusterTrack>,
    /// Whether the balance was above 0 in a sample.
    had_balance: bool,
}

/// The samples of an endpoint.
#[derive(Debug, Default)]
pub(super) struct Track {
    /// The time of the last sample.
    seen: Duration,
    /// When its load was read last.
    read: Option<Timestamp>,
    ended: Window<Totals>,
    failing: Failing,
    queue: Window<f64>,
    latencies: Latencies,
    totals: BTreeMap<JobTotal, Count>,
    /// Whether a job was in progress in the last sample.
    worked: bool,
    /// Whether a job was in progress in any sample.
    ever_worked: bool,
    /// The highest maximum number of workers, and when it was last in effect.
    highest: Option<(f64, Duration)>,
    /// Jobs are waiting, and none has ended.
    pub(super) stuck: Streak,
    /// A worker is needed, and none can take a job.
    pub(super) unserved: Streak,
    /// A worker is needed, workers are starting, and none is ready.
    pub(super) starting: Streak,
    /// Jobs are waiting, workers are throttled, and none is ready or starting.
    pub(super) starved: Streak,
    /// A worker is needed, workers crash again and again without one that serves in between, and no job completes.
    pub(super) crashing: Streak,
    /// When a worker was last unhealthy and none served.
    crashed: Option<Duration>,
    /// Workers run an older release.
    pub(super) stale: Streak,
}

#[derive(Debug, Default)]
struct PodTrack {
    seen: Duration,
    idle: Streak,
}

#[derive(Debug, Default)]
struct ClusterTrack {
    seen: Duration,
    incomplete: Streak,
}

/// Job totals, which do not decrease.
#[derive(Debug, Clone, Copy)]
struct Totals {
    completed: f64,
    failed: f64,
    retried: f64,
}

/// The jobs that ended in the last minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Ended {
    /// Jobs that returned an output.
    pub completed: f64,
    /// Jobs that failed.
    pub failed: f64,
    /// Jobs that were retried.
    pub retried: f64,
    /// The time that was observed, without gaps.
    #[serde(skip)]
    pub within: Duration,
}

/// The last ten minutes of an endpoint, as far as they were observed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recent {
    /// The queue depth, each with its age; oldest first.
    pub queue: Vec<(Duration, f64)>,
    /// The jobs that ended.
    pub ended: Ended,
    /// The latency of the jobs that were reported to the exporter; `None` if there was none.
    pub latency: Option<Latency>,
}

impl Samples {
    /// Adds a sample.
    pub(super) fn record(&mut self, account: &AccountSnapshot, now: Duration) {
        for endpoint in &account.endpoints {
            self.endpoints.entry(Arc::clone(&endpoint.id)).or_default().record(endpoint, now);
        }
        for pod in &account.pods {
            let track = self.pods.entry(Arc::clone(&pod.id)).or_default();
            track.seen = now;
            track.idle.observe(is_idle(pod), now);
        }
        for cluster in &account.clusters {
            let track = self.clusters.entry(Arc::clone(&cluster.id)).or_default();
            track.seen = now;
            track.incomplete.observe(cluster.is_incomplete(), now);
        }
        let balance = account.account.as_ref().and_then(Account::credit);
        self.had_balance |= balance.is_some_and(|balance| balance > 0.0);
        self.endpoints.retain(|_, track| now.saturating_sub(track.seen) <= REMEMBERED);
        self.pods.retain(|_, track| now.saturating_sub(track.seen) <= REMEMBERED);
        self.clusters.retain(|_, track| now.saturating_sub(track.seen) <= REMEMBERED);
    }

    /// Adds the jobs of an endpoint that were reported since the last sample.
    pub(super) fn record_jobs(&mut self, endpoint: &Arc<str>, jobs: &[Millis], now: Duration) {
        let track = self.endpoints.entry(Arc::clone(endpoint)).or_default();
        track.seen = now;
        track.latencies.record(jobs, now);
    }

    pub(super) const fn had_balance(&self) -> bool {
        self.had_balance
    }

    pub(super) fn endpoint(&self, id: &str) -> Option<&Track> {
        self.endpoints.get(id)
    }

    /// How long a pod has been idle.
    pub(super) fn idle(&self, id: &str, now: Duration) -> Option<Duration> {
        self.pods.get(id)?.idle.lasted(now)
    }

    /// How long a cluster has lacked pods.
    pub(super) fn incomplete(&self, id: &str, now: Duration) -> Option<Duration> {
        self.clusters.get(id)?.incomplete.lasted(now)
    }
}

impl Track {
    fn record(&mut self, endpoint: &Endpoint, now: Duration) {
        self.seen = now;
        if let Some(Count(max)) = endpoint.facts.workers_max {
            let keep = |(highest, at): &(f64, Duration)| {
                *highest > max && now.saturating_sub(*at) <= WORKERS_MAX_DROPPED
            };
            self.highest = self.highest.filter(keep).or(Some((max, now)));
        }
        let stale =
            endpoint.placement.as_ref().and_then(|placement| placement.stale).map(|stale| stale > 0.0);
        self.stale.observe(stale, now);
        let is_new = self.read.is_none() || endpoint.load_read != self.read;
        if endpoint.up == Some(false) || !is_new {
            return;
        }
        self.read = endpoint.load_read;
        let load = &endpoint.load;
        let has_jobs = load.queue_depth.map(|depth| depth > 0.0);
        self.watch_workers(endpoint, has_jobs, now);
        let works = is_working(load);
        if has_progressed(&self.totals, &load.totals, self.worked || works) {
            self.stuck.restart();
        }
        self.worked = works;
        self.ever_worked |= works;
        self.stuck.observe(has_jobs.filter(|_| !load.totals.is_empty()), now);
        self.totals.clone_from(&load.totals);
        self.count(endpoint, now);
    }

    fn watch_workers(&mut self, endpoint: &Endpoint, has_jobs: Option<bool>, now: Duration) {
        let (workers, totals) = (&endpoint.load.workers, &endpoint.load.totals);
        // Without jobs and with a minimum of 0, no worker is needed.
        let needed = either(has_jobs, endpoint.facts.workers_min.map(|min| min > 0.0));
        let unserved = serving(workers).map(|serving| serving <= 0.0);
        self.unserved.observe(both(unserved, needed), now);
        self.starting.observe(both(are_only_starting(workers), needed), now);
        self.starved.observe(both(is_starved(workers), has_jobs), now);
        if has_completed(&self.totals, totals) {
            self.crashing.restart();
            self.crashed = None;
        }
        if unserved == Some(true) && are_crashing(workers) == Some(true) {
            self.crashed = Some(now);
        }
        let lately = self.crashed.is_some_and(|crashed| now.saturating_sub(crashed) <= GAP);
        self.crashing.observe(both(Some(lately), needed), now);
    }

    fn count(&mut self, endpoint: &Endpoint, now: Duration) {
        if let Some(Count(depth)) = endpoint.load.queue_depth {
            self.queue.push(now, depth);
        }
        let of = |row| endpoint.requests.get(&row).map(|total| total.0);
        let (Some(completed), Some(failed)) = (of(JobTotal::Completed), of(JobTotal::Failed)) else { return };
        self.failing.count(completed, failed, now);
        self.ended
            .push(now, Totals { completed, failed, retried: of(JobTotal::Retried).unwrap_or_default() });
    }

    /// Whether a job was in progress in any sample.
    pub(super) const fn has_worked(&self) -> bool {
        self.ever_worked
    }

    /// The jobs that ended in the last minutes. A gap counts no jobs, and neither does a counter that was reset.
    pub(super) fn ended(&self, now: Duration) -> Ended {
        let mut ended = Ended::default();
        for ((earlier, before), (later, after)) in self.ended.iter(now).zip(self.ended.iter(now).skip(1)) {
            let within = later.saturating_sub(earlier);
            if within > GAP || after.completed < before.completed || after.failed < before.failed {
                continue;
            }
            ended.completed += after.completed - before.completed;
            ended.failed += after.failed - before.failed;
            ended.retried += (after.retried - before.retried).max(0.0);
            ended.within = ended.within.saturating_add(within);
        }
        ended
    }

    /// The jobs that failed since the last one completed.
    pub(super) fn failing(&self, now: Duration) -> Option<Failures> {
        self.failing.since_completed(now)
    }

    /// The latency of the jobs that were reported in the last minutes.
    pub(super) fn latency(&self) -> Option<Latency> {
        self.latencies.summary()
    }

    /// The last minutes, for display.
    pub(super) fn recent(&self, now: Duration) -> Recent {
        let queue = self.queue.iter(now).map(|(at, depth)| (now.saturating_sub(at), depth)).collect();
        Recent { queue, ended: self.ended(now), latency: self.latency() }
    }

    /// The earlier maximum number of workers, if it was higher, and how long ago it was in effect.
    pub(super) fn lowered_from(&self, max: f64, now: Duration) -> Option<(f64, Duration)> {
        let (highest, at) = self.highest?;
        (highest > max).then(|| (highest, now.saturating_sub(at)))
    }
}

/// Whether both hold; unknown if that depends on what is unknown.
const fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        (None, _) | (_, None) => None,
    }
}

/// Whether one of them holds; unknown if that depends on what is unknown.
const fn either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        (None, _) | (_, None) => None,
    }
}

/// Whether a pod runs and does nothing. Only GPUs count if it has any: a CPU may be busy with waiting for them.
fn is_idle(pod: &Pod) -> Option<bool> {
    if !pod.is_running()? {
        return Some(false);
    }
    if pod.gpus.is_empty() {
        // The utilization of GPUs that are not reported is unknown.
        let has_none = pod.gpu_count == Some(Count(0.0));
        return pod.cpu_utilization.filter(|_| has_none).map(|busy| busy < IDLE);
    }
    let busy: Option<Vec<Ratio>> = pod.gpus.iter().map(|gpu| gpu.utilization).collect();
    busy.map(|busy| busy.into_iter().all(|busy| busy < IDLE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Cluster;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn totals(track: &mut Track, completed: f64, failed: f64, at: u64) {
        let requests: BTreeMap<_, _> =
            [(JobTotal::Completed, Count(completed)), (JobTotal::Failed, Count(failed))].into();
        track.record(&Endpoint { requests, ..Endpoint::default() }, s(at));
    }

    #[test]
    fn counters_that_are_reset_and_gaps_add_no_jobs() {
        let mut track = Track::default();
        for (completed, failed, at) in [(100.0, 4.0, 0), (110.0, 5.0, 60), (3.0, 0.0, 120), (5.0, 0.0, 180)] {
            totals(&mut track, completed, failed, at);
        }
        assert_eq!(track.ended(s(180)), Ended { completed: 12.0, failed: 1.0, retried: 0.0, within: s(120) });
        totals(&mut track, 1_000.0, 900.0, 481);
        assert_eq!(track.ended(s(481)).failed.to_bits(), 1.0_f64.to_bits(), "after a gap");
    }

    #[test]
    fn what_is_no_longer_listed_is_forgotten() {
        let mut samples = Samples::default();
        let mut account = super::super::testing::account();
        account.endpoints = vec![Endpoint { id: "e".into(), ..Endpoint::default() }];
        account.pods = vec![Pod { id: "p".into(), ..Pod::default() }];
        account.clusters = vec![Cluster { id: "c".into(), ..Cluster::default() }];
        samples.record(&account, s(0));
        assert!(samples.endpoint("e").is_some() && samples.clusters.contains_key("c"));
        samples.record(&super::super::testing::account(), s(3_601));
        assert!(samples.endpoints.is_empty() && samples.pods.is_empty() && samples.clusters.is_empty());
    }
}

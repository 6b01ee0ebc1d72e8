//! What the account has spent, by resource and stretch of time, also before the world began. Since then it comes to
//! what the balance has fallen by.
//!
//! How stretches are cut out of the calendar does not belong here.

use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;

use super::account::{self, NetworkVolume};
use super::pod::Pod;
use super::{Gone, PAST, World};

/// For how long the account had its network volumes when the world began.
const VOLUME_AGE: Duration = Duration::from_hours(90 * 24);

const HOUR: i64 = 3_600;

/// What one resource has cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost<T> {
    /// The id of the resource.
    pub id: String,
    /// Dollars.
    pub dollars: T,
}

/// What a pod has cost, by component.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PodCost {
    /// Of a pod with GPUs.
    pub gpu: f64,
    /// Of a pod without.
    pub cpu: f64,
    /// Its disks.
    pub disk: f64,
}

/// A stretch of time in seconds from the birth of the world.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: f64,
    to: f64,
}

// === impl World ===

impl World {
    /// What each pod has cost between two moments.
    pub fn pod_costs(&self, time: Range<Timestamp>) -> Vec<Cost<PodCost>> {
        let stretch = self.stretch(&time);
        let cost = |pod: &Pod| Cost { id: pod.id.clone(), dollars: self.pod_cost(pod, stretch) };
        self.pods().iter().map(cost).collect()
    }

    /// What each network volume has cost between two moments.
    pub fn volume_costs(&self, time: Range<Timestamp>) -> Vec<(&NetworkVolume, f64)> {
        let stretch = self.stretch(&time).after(-VOLUME_AGE.as_secs_f64());
        self.volumes().iter().map(|volume| (volume, volume.price() * stretch.hours())).collect()
    }

    /// What each endpoint has cost between two moments, those included that were removed. Workers are billed by the
    /// hour on the clock: only full hours are told apart.
    pub fn endpoint_costs(&self, time: Range<Timestamp>) -> Vec<Cost<f64>> {
        let stretch = self.stretch(&time);
        let hours = self.hours(&time);
        let of = |Gone { endpoint, at }: &Gone| {
            let configuration = endpoint.configuration();
            // What was played out is known; what lies before that is as usual.
            let past = stretch.after(-configuration.age.as_secs_f64()).before(-PAST.as_secs_f64());
            let past = past.hours() * configuration.past_workers();
            let played = endpoint.billed_in(*at, hours.clone()).as_secs_f64() / 3_600.0;
            Cost { id: configuration.id.clone(), dollars: configuration.worker_price * (past + played) }
        };
        self.ever_endpoints().iter().map(of).collect()
    }

    /// What was ever spent.
    pub fn lifetime_spend(&self) -> f64 {
        let time = Timestamp::MIN..self.now();
        let pods: f64 = self.pod_costs(time.clone()).iter().map(|cost| cost.dollars.total()).sum();
        let volumes: f64 = self.volume_costs(time.clone()).iter().map(|(_, dollars)| dollars).sum();
        let endpoints: f64 = self.endpoint_costs(time).iter().map(|cost| cost.dollars).sum();
        pods + volumes + endpoints
    }

    /// What pods and network volumes have cost since the world began.
    pub(super) fn rent(&self) -> f64 {
        let stretch = Stretch { from: 0.0, to: self.since_birth().as_secs_f64() };
        let pods: f64 = self.pods().iter().map(|pod| self.pod_cost(pod, stretch).total()).sum();
        let volumes: f64 = self.volumes().iter().map(|volume| volume.price() * stretch.hours()).sum();
        pods + volumes
    }

    fn pod_cost(&self, pod: &Pod, stretch: Stretch) -> PodCost {
        // What it does when the world begins it has done for a while, and before that it did the other thing.
        let running = pod.errand.is_running();
        let turns = pod.turns(self.elapsed()).into_iter();
        let turns = turns.map(|(at, running)| (at.as_secs_f64() - PAST.as_secs_f64(), running));
        let first = [(-pod.age.as_secs_f64(), !running), (-pod.settled.as_secs_f64(), running)];
        let spells: Vec<(f64, bool)> = first.into_iter().chain(turns).collect();
        let ends = spells.iter().skip(1).map(|(from, _)| *from).chain([f64::INFINITY]);
        let (mut ran, mut stood) = (0.0, 0.0);
        for ((from, running), to) in spells.iter().zip(ends) {
            let hours = stretch.after(*from).before(to).hours();
            *(if *running { &mut ran } else { &mut stood }) += hours;
        }
        let disk = |running| account::disk_price(pod.container_disk_gb + pod.volume_gb, running);
        let compute = pod.price * ran;
        PodCost {
            gpu: if pod.gpu.is_some() { compute } else { 0.0 },
            cpu: if pod.gpu.is_some() { 0.0 } else { compute },
            disk: disk(true) * ran + disk(false) * stood,
        }
    }

    fn stretch(&self, time: &Range<Timestamp>) -> Stretch {
        let birth = self.before_birth(Duration::ZERO);
        let seconds = |at: Timestamp| at.min(self.now()).duration_since(birth).as_secs_f64();
        Stretch { from: seconds(time.start), to: seconds(time.end) }
    }

    /// The hours that start within `time`, counted from the full hour before the axis of the world starts.
    fn hours(&self, time: &Range<Timestamp>) -> Range<u64> {
        let first = self.genesis().as_second().div_euclid(HOUR);
        let hour = |at: Timestamp| {
            let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
            let hour = second.div_euclid(HOUR) + i64::from(second.rem_euclid(HOUR) > 0) - first;
            u64::try_from(hour).unwrap_or_default()
        };
        hour(time.start)..hour(time.end)
    }
}

// === impl PodCost ===

impl PodCost {
    /// Dollars, all together.
    pub fn total(&self) -> f64 {
        self.gpu + self.cpu + self.disk
    }
}

// === impl Stretch ===

impl Stretch {
    fn after(self, from: f64) -> Self {
        Self { from: self.from.max(from), ..self }
    }

    fn before(self, to: f64) -> Self {
        Self { to: self.to.min(to), ..self }
    }

    fn hours(self) -> f64 {
        (self.to - self.from).max(0.0) / 3_600.0
    }
}

//! The cost of each resource in a period of time, also before the start of the world. From the start on, all costs
//! together equal what was taken from the balance.
//!
//! How the calendar is divided into periods does not belong here.

use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;

use super::account;
use super::axis::WARM_UP;
use super::cluster::Cluster;
use super::pod::Pod;
use super::state::{KnownEndpoint, World};
use super::volume::NetworkVolume;

/// Age of the network volumes at the start of the world.
const VOLUME_AGE: Duration = Duration::from_hours(90 * 24);

const HOUR: i64 = 3_600;

/// The cost of one resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cost<T> {
    /// The id of the resource.
    pub(crate) id: String,
    /// Dollars.
    pub(crate) dollars: T,
}

/// The cost of a pod, by component.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct PodCost {
    /// Compute of a GPU pod.
    pub(crate) gpu: f64,
    /// Compute of a CPU pod.
    pub(crate) cpu: f64,
    /// Disks.
    pub(crate) disk: f64,
}

/// A period of time, in seconds since the start of the world.
#[derive(Debug, Clone, Copy)]
struct Period {
    from: f64,
    to: f64,
}

// === impl World ===

impl World {
    /// The cost of each pod in a period.
    pub(crate) fn pod_costs(&self, time: Range<Timestamp>) -> Vec<Cost<PodCost>> {
        let period = self.period(&time);
        let cost = |pod: &Pod| Cost { id: pod.id.clone(), dollars: self.pod_cost(pod, period) };
        self.pods().iter().map(cost).collect()
    }

    /// The cost of each cluster in a period.
    pub(crate) fn cluster_costs(&self, time: Range<Timestamp>) -> Vec<Cost<PodCost>> {
        let period = self.period(&time);
        let cost =
            |cluster: &Cluster| Cost { id: cluster.id.clone(), dollars: self.cluster_cost(cluster, period) };
        self.clusters().iter().map(cost).collect()
    }

    /// The cost of each network volume in a period.
    pub(crate) fn volume_costs(&self, time: Range<Timestamp>) -> Vec<(&NetworkVolume, f64)> {
        let period = self.period(&time).after(-VOLUME_AGE.as_secs_f64());
        self.volumes().iter().map(|volume| (volume, volume.price() * period.hours())).collect()
    }

    /// The cost of each endpoint in a period, including removed endpoints. Workers are billed by the hour of the clock,
    /// so the bounds of the period count as full hours.
    pub(crate) fn endpoint_costs(&self, time: Range<Timestamp>) -> Vec<Cost<f64>> {
        let period = self.period(&time);
        let hours = self.hours(&time);
        let of = |KnownEndpoint { endpoint, at }: &KnownEndpoint| {
            let configuration = endpoint.configuration();
            // The simulated load is exact; the time before it is estimated from the usual load.
            let past = period.after(-configuration.age.as_secs_f64()).before(-WARM_UP.as_secs_f64());
            let past = past.hours() * configuration.past_workers();
            let played = endpoint.billed_in(*at, hours.clone()).as_secs_f64() / 3_600.0;
            Cost { id: configuration.id.clone(), dollars: configuration.worker_price * (past + played) }
        };
        self.known_endpoints().iter().map(of).collect()
    }

    /// The total cost since the account was created.
    pub(crate) fn lifetime_spend(&self) -> f64 {
        let time = Timestamp::MIN..self.now();
        let pods: f64 = self.pod_costs(time.clone()).iter().map(|cost| cost.dollars.total()).sum();
        let clusters: f64 = self.cluster_costs(time.clone()).iter().map(|cost| cost.dollars.total()).sum();
        let volumes: f64 = self.volume_costs(time.clone()).iter().map(|(_, dollars)| dollars).sum();
        let endpoints: f64 = self.endpoint_costs(time).iter().map(|cost| cost.dollars).sum();
        pods + clusters + volumes + endpoints
    }

    /// The cost of pods, clusters and network volumes since the start of the world.
    pub(super) fn rent(&self) -> f64 {
        let period = Period { from: 0.0, to: self.since_start().as_secs_f64() };
        let pods: f64 = self.pods().iter().map(|pod| self.pod_cost(pod, period).total()).sum();
        let clusters = self.clusters().iter().map(|cluster| self.cluster_cost(cluster, period).total());
        let volumes: f64 = self.volumes().iter().map(|volume| volume.price() * period.hours()).sum();
        pods + clusters.sum::<f64>() + volumes
    }

    fn cluster_cost(&self, cluster: &Cluster, period: Period) -> PodCost {
        // The pods of a cluster did not exist before it.
        let period = period.after(-cluster.age.as_secs_f64());
        cluster.pods.iter().fold(PodCost::default(), |sum, pod| {
            let PodCost { gpu, cpu, disk } = self.pod_cost(pod, period);
            PodCost { gpu: sum.gpu + gpu, cpu: sum.cpu + cpu, disk: sum.disk + disk }
        })
    }

    fn pod_cost(&self, pod: &Pod, period: Period) -> PodCost {
        // Before it took its initial status, the pod had the opposite one.
        let running = pod.role.is_running();
        let changes = pod.status_changes(self.elapsed()).into_iter();
        let changes = changes.map(|(at, running)| (at.as_secs_f64() - WARM_UP.as_secs_f64(), running));
        let first = [(-pod.age.as_secs_f64(), !running), (-pod.status_age.as_secs_f64(), running)];
        let spells: Vec<(f64, bool)> = first.into_iter().chain(changes).collect();
        let ends = spells.iter().skip(1).map(|(from, _)| *from).chain([f64::INFINITY]);
        let (mut running_hours, mut stopped_hours) = (0.0, 0.0);
        for ((from, running), to) in spells.iter().zip(ends) {
            let hours = period.after(*from).before(to).hours();
            *(if *running { &mut running_hours } else { &mut stopped_hours }) += hours;
        }
        let disk = |running| account::disk_price(pod.container_disk_gb + pod.volume_gb, running);
        let compute = pod.price * running_hours;
        PodCost {
            gpu: if pod.gpu.is_some() { compute } else { 0.0 },
            cpu: if pod.gpu.is_some() { 0.0 } else { compute },
            disk: disk(true) * running_hours + disk(false) * stopped_hours,
        }
    }

    fn period(&self, time: &Range<Timestamp>) -> Period {
        let start = self.before_start(Duration::ZERO);
        let seconds = |at: Timestamp| at.min(self.now()).duration_since(start).as_secs_f64();
        Period { from: seconds(time.start), to: seconds(time.end) }
    }

    /// The hours that start within `time`, counted from the last full hour before the epoch.
    fn hours(&self, time: &Range<Timestamp>) -> Range<u64> {
        let first = self.epoch().as_second().div_euclid(HOUR);
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
    /// The sum of all components.
    pub(crate) fn total(&self) -> f64 {
        self.gpu + self.cpu + self.disk
    }
}

// === impl Period ===

impl Period {
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

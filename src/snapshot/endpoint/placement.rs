//! The workers of an endpoint one by one: their location, state and release.
//!
//! The list comes from a rate-limited API, endpoint by endpoint. It is older than the other values and has its own read time.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::super::closed::OrOther;
use super::super::convert::seconds;
use super::super::unit::{Count, Seconds};
use super::super::unknown::Unknown;
use super::sets::WorkerState;
use runpod::wire::rest as wire;

/// The list of workers of one endpoint.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placement {
    /// When it was read.
    pub read: Timestamp,
    /// Number of workers by location and state.
    pub placed: BTreeMap<Place, Count>,
    /// Number of workers on an older release than the latest.
    pub stale: Count,
    /// Progress of the latest release.
    pub rollout: Rollout,
    /// The workers by id, each once; empty unless the exporter is configured to export each worker.
    pub workers: Vec<Worker>,
}

/// Location and state of workers. A field without a value is empty: a throttled worker has no location.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The GPU type.
    pub gpu_type_id: String,
    /// The data center.
    pub data_center_id: String,
    /// The state.
    pub state: Option<OrOther<WorkerState>>,
}

/// Workers by release.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rollout {
    /// Workers on the latest release.
    pub on_latest: Count,
    /// Workers on older releases.
    pub on_older: Count,
}

/// One worker.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Worker {
    /// Its id, which is unique.
    pub id: String,
    /// Its location and state.
    pub place: Place,
    /// The number of its release. It identifies the release and measures nothing.
    pub version: Option<f64>,
    /// Whether that release is older than the latest.
    pub stale: Option<bool>,
    /// Time since it started, at the read time of the list.
    pub uptime: Option<Seconds>,
}

impl Placement {
    /// Converts the list, and the releases if they were read.
    pub(crate) fn new(
        workers: wire::Workers,
        releases: Option<wire::Releases>,
        read: Timestamp,
        unknown: &mut Vec<Unknown>,
    ) -> Self {
        let wire::Workers { workers, summary: _ } = workers;
        let mut seen = HashSet::new();
        let listed = workers.0.unwrap_or_default().into_iter();
        let workers: Vec<_> = listed
            .filter_map(|wire| Worker::from_wire(wire, unknown))
            .filter(|worker| seen.insert(worker.id.clone()))
            .collect();
        let mut placed = BTreeMap::<Place, usize>::new();
        for worker in &workers {
            *placed.entry(worker.place.clone()).or_default() += 1;
        }
        let placed = placed.into_iter().map(|(place, workers)| (place, workers.into())).collect();
        let count = |stale| Count::from(workers.iter().filter(|worker| worker.stale == Some(stale)).count());
        let counted = Rollout { on_latest: count(false), on_older: count(true) };
        let rollout = releases.and_then(Rollout::from_wire).unwrap_or(counted);
        Self { read, placed, stale: counted.on_older, rollout, workers }
    }
}

impl Rollout {
    fn from_wire(wire: wire::Releases) -> Option<Self> {
        let wire::Releases { rollout } = wire;
        let wire::Rollout { workers_on_latest, workers_total } = rollout?;
        let (on_latest, total) = (workers_on_latest.0?, workers_total.0?);
        let on_older = Count(total - on_latest);
        (on_latest <= total).then_some(Self { on_latest: Count(on_latest), on_older })
    }
}

impl Worker {
    fn from_wire(wire: wire::Worker, unknown: &mut Vec<Unknown>) -> Option<Self> {
        let wire::Worker {
            id,
            status,
            is_stale,
            version,
            gpu_count: _,
            uptime_seconds,
            gpu_type_id,
            data_center_id,
            started_at: _,
        } = wire;
        let place = Place {
            gpu_type_id: gpu_type_id.0.unwrap_or_default(),
            data_center_id: data_center_id.0.unwrap_or_default(),
            state: OrOther::read("worker.status", status.0.as_deref(), unknown),
        };
        Some(Self {
            id: id.0.filter(|id| !id.is_empty())?,
            place,
            version: version.0,
            stale: is_stale.0,
            uptime: seconds(uptime_seconds),
        })
    }
}

//! The workers of an endpoint one by one: where they are, in which state, on which release.
//!
//! The list comes from a rationed API, endpoint by endpoint, so that it is older than the rest and says how old.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::convert::seconds;
use super::super::unit::{Count, Seconds};
use super::super::unknown::{Unknown, lower};
use runpod::wire::rest as wire;

/// The workers of one endpoint as they were listed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placement {
    /// When they were listed.
    pub read: Timestamp,
    /// How many there are of a kind.
    pub placed: BTreeMap<Place, Count>,
    /// How many run an older release than the newest.
    pub stale: Count,
    /// How far the newest release has got.
    pub rollout: Rollout,
    /// Each of them, by id, once; none where nobody wants to see each.
    pub workers: Vec<Worker>,
}

/// What workers are counted by. What the API does not say is empty: a throttled worker is nowhere yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The GPU type.
    pub gpu_type_id: String,
    /// The data center.
    pub data_center_id: String,
    /// `running`, `idle`, `initializing`, `throttled`, `unhealthy`, or whatever the API says, in lower case.
    pub state: String,
}

/// Workers by release.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rollout {
    /// On the newest.
    pub on_latest: Count,
    /// On older ones.
    pub on_older: Count,
}

/// One worker.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Worker {
    /// Its id, which is unique.
    pub id: String,
    /// Where it is and how it is.
    pub place: Place,
    /// The number of its release.
    pub version: Option<f64>,
    /// Whether that is an older one than the newest.
    pub stale: Option<bool>,
    /// Time since it started, as of the read time of the list.
    pub uptime: Option<Seconds>,
}

/// The states in which a worker is known to be.
const STATES: &[&str] = &["running", "idle", "initializing", "throttled", "unhealthy"];

impl Placement {
    /// Reads the list, and the releases where they were asked for.
    pub(crate) fn new(
        workers: wire::Workers,
        releases: Option<wire::Releases>,
        read: Timestamp,
        unknown: &mut Vec<Unknown>,
    ) -> Self {
        let mut seen = std::collections::HashSet::new();
        let listed = workers.workers.0.unwrap_or_default().into_iter();
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
        let wire::Rollout { workers_on_latest, workers_total } = wire.rollout?;
        let (on_latest, total) = (workers_on_latest.0?, workers_total.0?);
        (on_latest <= total)
            .then_some(Self { on_latest: Count(on_latest), on_older: Count(total - on_latest) })
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
            state: lower("worker.status", STATES, status.0.as_deref(), unknown).unwrap_or_default(),
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

//! The workers of an endpoint one by one: their location, state and release.
//!
//! The list comes from a rate-limited API, endpoint by endpoint. It is older than the other values and has its own read time.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use runpod::wire::{Checked, Id, Unreadable, rest as wire};

use super::sets::WorkerState;
use crate::snapshot::closed::OrOther;
use crate::snapshot::convert::{count, seconds};
use crate::snapshot::unit::{Count, Seconds};
use crate::snapshot::unknown::Unknown;

/// The list of workers of one endpoint.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placement {
    /// When it was read.
    pub read: Timestamp,
    /// Number of workers by location and state; empty if not all of them could be read.
    pub placed: BTreeMap<Place, Count>,
    /// Number of workers on an older release than the latest; `None` if not all of them could be read.
    pub stale: Option<Count>,
    /// Progress of the latest release; `None` if it is unknown.
    pub rollout: Option<Rollout>,
    /// The workers by id, each once; empty unless the exporter is configured to export each worker.
    pub workers: Vec<Worker>,
}

/// Location and state of workers. A field without a value is empty: a throttled worker has no location.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The GPU type.
    pub gpu_type_id: Arc<str>,
    /// The data center.
    pub data_center_id: Arc<str>,
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
    pub id: Arc<str>,
    /// Its location and state.
    pub place: Place,
    /// The number of its release. It identifies the release and measures nothing.
    pub version: Option<f64>,
    /// Whether that release is older than the latest.
    pub stale: Option<bool>,
    /// Time since it started, at the read time of the list.
    pub uptime: Option<Seconds>,
}

/// A value that is unknown for a worker because it cannot be read, so that the number of such workers is unknown too.
type Read<T> = Result<T, Unreadable>;

impl Placement {
    /// Converts the list, and the releases if they were read. Workers are counted only if all of them can be: a number of
    /// those that could be read would be too low.
    pub(crate) fn new(
        workers: wire::Workers,
        releases: Option<wire::Releases>,
        read: Timestamp,
        unknown: &mut Vec<Unknown>,
    ) -> Self {
        let wire::Workers { workers: list, summary: _ } = workers;
        let mut is_complete = list.is_complete();
        let (mut placed, mut by_release) = (Ok(BTreeMap::<Place, usize>::new()), Ok([0_usize; 2]));
        let (mut seen, mut workers) = (HashSet::new(), Vec::new());
        for wire in list.0.unwrap_or_default() {
            let Some((worker, place, stale)) = Worker::from_wire(wire, unknown) else {
                is_complete = false;
                continue;
            };
            if seen.insert(Arc::clone(&worker.id)) {
                add(&mut placed, place, |placed, place| *placed.entry(place).or_default() += 1);
                add(&mut by_release, stale, |[on_latest, on_older], stale| match stale {
                    Some(true) => *on_older += 1,
                    Some(false) => *on_latest += 1,
                    None => {}
                });
                workers.push(worker);
            }
        }
        let placed = placed.ok().filter(|_| is_complete).unwrap_or_default();
        let placed = placed.into_iter().map(|(place, workers)| (place, workers.into())).collect();
        let counted = by_release.ok().filter(|_| is_complete);
        let counted = counted
            .map(|[on_latest, on_older]| Rollout { on_latest: on_latest.into(), on_older: on_older.into() });
        let stale = counted.map(|counted| counted.on_older);
        Self { read, placed, stale, rollout: releases.and_then(Rollout::from_wire).or(counted), workers }
    }
}

/// Counts a worker, or nothing any more if its value cannot be read.
fn add<C, T>(counts: &mut Read<C>, value: Read<T>, count: impl FnOnce(&mut C, T)) {
    match (&mut *counts, value) {
        (Ok(counts), Ok(value)) => count(counts, value),
        (counts, Err(Unreadable)) => *counts = Err(Unreadable),
        (Err(Unreadable), Ok(_)) => {}
    }
}

impl Rollout {
    fn from_wire(wire: wire::Releases) -> Option<Self> {
        let wire::Releases { rollout } = wire;
        let wire::Rollout { workers_on_latest, workers_total } = rollout?;
        let (on_latest, total) = (count(workers_on_latest)?, count(workers_total)?);
        Some(Self { on_latest, on_older: Count::checked(total.0 - on_latest.0)? })
    }
}

impl Worker {
    /// Converts a worker, and what is counted of it: where it is, and whether its release is older than the latest.
    fn from_wire(
        wire: wire::Worker,
        unknown: &mut Vec<Unknown>,
    ) -> Option<(Self, Read<Place>, Read<Option<bool>>)> {
        let wire::Worker { id, status, is_stale, version, uptime_seconds, gpu_type_id, data_center_id } =
            wire;
        let id = id.0?;
        let is_readable = status.0.is_ok() && gpu_type_id.0.is_ok() && data_center_id.0.is_ok();
        let text = |text: Checked<Id>| text.0.unwrap_or_default().0;
        let place = Place {
            gpu_type_id: text(gpu_type_id).unwrap_or_default(),
            data_center_id: text(data_center_id).unwrap_or_default(),
            state: OrOther::read("worker.status", text(status).as_deref(), unknown),
        };
        let counted_in = if is_readable { Ok(place.clone()) } else { Err(Unreadable) };
        let stale = is_stale.0.map(|stale| stale.0);
        let (version, uptime) = (count(version).map(|version| version.0), seconds(uptime_seconds));
        let worker = Self { id, place, version, stale: stale.unwrap_or_default(), uptime };
        Some((worker, counted_in, stale))
    }
}

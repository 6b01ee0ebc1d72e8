//! The releases of an endpoint and how its workers follow them. Releases have no state: those of a point in time are a
//! function of that time and of the endpoint's timeline.

use std::time::Duration;

use jiff::Timestamp;

use super::axis::WARM_UP;
use super::endpoint::Configuration;
use super::profile::Releases;
use super::state::World;
use super::timeline::Change;
use super::worker::WorkerView;

/// Releases before the start of the world: the first version and two changes.
const PAST: u32 = 3;

/// From one release to the next. Often enough that a dashboard over a day shows rollouts.
const PERIOD: Duration = Duration::from_hours(6);

/// The first release after the start of the world: early enough that a demo shows a rollout, and staggered by endpoint.
const FIRST: Duration = Duration::from_mins(4);
const APART: Duration = Duration::from_mins(13);
const TURNS: u64 = 6;

/// Workers pick up a release one group after the other.
const GROUPS: u64 = 5;
const GROUP: Duration = Duration::from_mins(1);

/// Container disk of a worker in odd and even versions: the setting that releases change.
const DISKS: [u32; 2] = [20, 30];

/// A version of an endpoint's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Release {
    /// Starts at 1.
    pub(crate) version: u32,
    /// Time since the release.
    pub(crate) age: Duration,
    /// When it was released.
    pub(crate) at: Timestamp,
    /// Time since its rollout began; `None` if it has not begun.
    rolling: Option<Duration>,
}

impl World {
    /// The releases of the endpoint so far, newest first.
    pub(crate) fn releases(&self, endpoint: &Configuration) -> impl Iterator<Item = Release> + use<> {
        releases(endpoint, self.before_start(Duration::ZERO), self.since_start())
    }

    /// The current version of the endpoint.
    pub(crate) fn version(&self, endpoint: &Configuration) -> u32 {
        self.releases(endpoint).next().map_or(1, |release| release.version)
    }

    /// The version that a worker of the endpoint runs: an older one during a rollout.
    pub(crate) fn worker_version(&self, endpoint: &Configuration, worker: &WorkerView) -> u32 {
        release_of(self.releases(endpoint), worker, self.since(worker.begun))
            .map_or(1, |release| release.version)
    }

    /// Container disk of the endpoint's workers, in gigabytes.
    pub(crate) fn container_disk_gb(&self, endpoint: &Configuration) -> u32 {
        self.releases(endpoint).next().map_or_else(Default::default, |release| release.disk_gb())
    }
}

/// The releases so far, newest first.
fn releases(
    endpoint: &Configuration,
    start: Timestamp,
    since_start: Duration,
) -> impl Iterator<Item = Release> + use<> {
    let regular = regular(endpoint, since_start).map(|made| (made, Some(made)));
    let mut live: Vec<_> = regular.chain(stuck(endpoint, since_start)).collect();
    live.sort_unstable();
    let live = (PAST + 1..).zip(live).map(move |(version, (made, rolled))| Release {
        version,
        age: since_start.saturating_sub(made),
        at: start + made,
        rolling: rolled.map(|rolled| since_start.saturating_sub(rolled)),
    });
    let live: Vec<_> = live.collect();
    let age = endpoint.age;
    let past = [(3, age / 8), (2, age / 2), (1, age)];
    let past = past.into_iter().map(move |(version, before)| Release {
        version,
        age: since_start + before,
        at: start - before,
        rolling: Some(since_start + before),
    });
    live.into_iter().rev().chain(past)
}

/// When the endpoint had its regular releases, counted from the start of the world.
fn regular(endpoint: &Configuration, since_start: Duration) -> impl Iterator<Item = Duration> + use<> {
    let first = FIRST + APART * u32::try_from(endpoint.number() % TURNS).unwrap_or_default();
    let made = since_start.checked_sub(first).map_or(0, |time| 1 + time.as_secs() / PERIOD.as_secs());
    let comes = endpoint.timeline.usual().releases == Releases::Regular;
    let made = if comes { u32::try_from(made).unwrap_or(u32::MAX) } else { 0 };
    (0..made).map(move |number| first + PERIOD * number)
}

/// When the endpoint had releases that got stuck, and when their rollout began after all.
fn stuck(
    endpoint: &Configuration,
    since_start: Duration,
) -> impl Iterator<Item = (Duration, Option<Duration>)> + use<> {
    let changes = endpoint
        .timeline
        .changes()
        .into_iter()
        .map(|change| Change { from: change.from.saturating_sub(WARM_UP), ..change });
    let changes: Vec<_> = changes.filter(|change| change.from <= since_start).collect();
    let mut releases: Vec<(Duration, Option<Duration>)> = Vec::new();
    let mut is_stuck = false;
    for Change { from, value } in changes {
        match (is_stuck, value.releases == Releases::Stuck) {
            (false, true) => releases.push((from, None)),
            (true, false) => releases.iter_mut().for_each(|(_, rolled)| *rolled = rolled.or(Some(from))),
            _ => {}
        }
        is_stuck = value.releases == Releases::Stuck;
    }
    releases.into_iter()
}

/// The release that a worker runs: the newest one that it started with or that has reached its group. `begun` is the
/// time since its last start.
fn release_of(
    mut releases: impl Iterator<Item = Release>,
    worker: &WorkerView,
    begun: Duration,
) -> Option<Release> {
    let turn = GROUP * u32::try_from(1 + worker.serial % GROUPS).unwrap_or_default();
    let has_reached = |release: &Release| release.rolling.is_some_and(|rolling| rolling >= turn);
    releases.find(|release| has_reached(release) || begun < release.age)
}

// === impl Release ===

impl Release {
    /// Container disk of a worker, in gigabytes.
    pub(crate) fn disk_gb(&self) -> u32 {
        let [odd, even] = DISKS;
        if self.version.is_multiple_of(2) { even } else { odd }
    }

    /// The same before this release.
    pub(crate) fn disk_gb_before(&self) -> u32 {
        let [odd, even] = DISKS;
        if self.version.is_multiple_of(2) { odd } else { even }
    }
}

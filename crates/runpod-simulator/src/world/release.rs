//! The releases of an endpoint and how its workers follow them. Like pods, releases need no history: what has been
//! released at a moment is a function of that moment and of the endpoint's script.

use std::time::Duration;

use jiff::Timestamp;

use super::PAST as BEFORE;
use super::character::Releases;
use super::endpoint::Configuration;
use super::script::Act;
use super::worker::WorkerView;

/// Releases before the world began: when the endpoint was made, and two changes.
const PAST: u32 = 3;

/// From one release to the next. Often enough that a dashboard of a day shows rollouts.
const PERIOD: Duration = Duration::from_hours(6);

/// The first release after the world began: so soon that a demonstration shows a rollout, and endpoints take turns.
const FIRST: Duration = Duration::from_mins(4);
const APART: Duration = Duration::from_mins(13);
const TURNS: u64 = 6;

/// Workers change over one after the other, in this many groups.
const GROUPS: u64 = 5;
const GROUP: Duration = Duration::from_mins(1);

/// Disk of a worker's container, before and after a release: what the releases change.
const DISKS: [u32; 2] = [20, 30];

/// A version of an endpoint's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// Counts from 1.
    pub version: u32,
    /// How long ago it was released.
    pub age: Duration,
    /// The moment of that.
    pub at: Timestamp,
    /// For how long it has been coming to the workers, if it has begun to.
    rolling: Option<Duration>,
}

/// The releases so far, newest first.
pub(super) fn releases(
    endpoint: &Configuration,
    birth: Timestamp,
    since_birth: Duration,
) -> impl Iterator<Item = Release> + use<> {
    let regular = regular(endpoint, since_birth).map(|made| (made, Some(made)));
    let mut live: Vec<_> = regular.chain(stuck(endpoint, since_birth)).collect();
    live.sort_unstable();
    let live = (PAST + 1..).zip(live).map(move |(version, (made, rolled))| Release {
        version,
        age: since_birth.saturating_sub(made),
        at: birth + made,
        rolling: rolled.map(|rolled| since_birth.saturating_sub(rolled)),
    });
    let live: Vec<_> = live.collect();
    let age = endpoint.age;
    let past = [(3, age / 8), (2, age / 2), (1, age)];
    let past = past.into_iter().map(move |(version, before)| Release {
        version,
        age: since_birth + before,
        at: birth - before,
        rolling: Some(since_birth + before),
    });
    live.into_iter().rev().chain(past)
}

/// When the endpoint had the releases that come by themselves, counted from the birth of the world.
fn regular(endpoint: &Configuration, since_birth: Duration) -> impl Iterator<Item = Duration> + use<> {
    let first = FIRST + APART * u32::try_from(endpoint.number() % TURNS).unwrap_or_default();
    let made = since_birth.checked_sub(first).map_or(0, |time| 1 + time.as_secs() / PERIOD.as_secs());
    let comes = endpoint.script.usual().releases == Releases::Regular;
    let made = if comes { u32::try_from(made).unwrap_or(u32::MAX) } else { 0 };
    (0..made).map(move |number| first + PERIOD * number)
}

/// When the endpoint had the releases that got stuck, and when they began to come to its workers after all.
fn stuck(
    endpoint: &Configuration,
    since_birth: Duration,
) -> impl Iterator<Item = (Duration, Option<Duration>)> + use<> {
    let acts =
        endpoint.script.acts().into_iter().map(|act| Act { from: act.from.saturating_sub(BEFORE), ..act });
    let acts: Vec<_> = acts.filter(|act| act.from <= since_birth).collect();
    let mut releases: Vec<(Duration, Option<Duration>)> = Vec::new();
    let mut is_stuck = false;
    for Act { from, what } in acts {
        match (is_stuck, what.releases == Releases::Stuck) {
            (false, true) => releases.push((from, None)),
            (true, false) => releases.iter_mut().for_each(|(_, rolled)| *rolled = rolled.or(Some(from))),
            _ => {}
        }
        is_stuck = what.releases == Releases::Stuck;
    }
    releases.into_iter()
}

/// The version that a worker runs, which began to start so long ago: the newest that it started with or that has come
/// to its group.
pub(super) fn version_of(
    mut releases: impl Iterator<Item = Release>,
    worker: &WorkerView,
    begun: Duration,
) -> Option<Release> {
    let turn = GROUP * u32::try_from(1 + worker.serial % GROUPS).unwrap_or_default();
    let has_come = |release: &Release| release.rolling.is_some_and(|rolling| rolling >= turn);
    releases.find(|release| has_come(release) || begun < release.age)
}

// === impl Release ===

impl Release {
    /// Gigabytes of the disk of a worker's container.
    pub fn disk_gb(&self) -> u32 {
        let [odd, even] = DISKS;
        if self.version.is_multiple_of(2) { even } else { odd }
    }

    /// The same before this release.
    pub fn disk_gb_before(&self) -> u32 {
        let [odd, even] = DISKS;
        if self.version.is_multiple_of(2) { odd } else { even }
    }
}

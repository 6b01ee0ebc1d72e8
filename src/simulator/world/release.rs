//! The releases of an endpoint and how its workers follow them. Like pods, releases need no history: what has been
//! released at a moment is a function of that moment.

use std::time::Duration;

use jiff::Timestamp;

use super::endpoint::Configuration;
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
}

/// The releases so far, newest first.
pub(super) fn releases(
    endpoint: &Configuration,
    birth: Timestamp,
    since_birth: Duration,
) -> impl Iterator<Item = Release> + use<> {
    let first = FIRST + APART * u32::try_from(endpoint.number() % TURNS).unwrap_or_default();
    let age = endpoint.age;
    let made = since_birth.checked_sub(first).map_or(0, |time| 1 + time.as_secs() / PERIOD.as_secs());
    let made = u32::try_from(made).unwrap_or(u32::MAX);
    let live = (0..made).rev().map(move |number| {
        let after = first + PERIOD * number;
        Release { version: PAST + 1 + number, age: since_birth.saturating_sub(after), at: birth + after }
    });
    let past = [(3, age / 8), (2, age / 2), (1, age)];
    let past = past.into_iter().map(move |(version, before)| Release {
        version,
        age: since_birth + before,
        at: birth - before,
    });
    live.chain(past)
}

/// The version that a worker runs, which began to start so long ago: the newest that it started with or that has come
/// to its group.
pub(super) fn version_of(
    mut releases: impl Iterator<Item = Release>,
    worker: &WorkerView,
    begun: Duration,
) -> Option<Release> {
    let turn = GROUP * u32::try_from(1 + worker.serial % GROUPS).unwrap_or_default();
    releases.find(|release| release.age >= turn || begun < release.age)
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

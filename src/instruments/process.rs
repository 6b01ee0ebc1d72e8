//! What is measured of the process as a whole.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Cut, Distribution, Total, Usage};
use crate::settings::Mode;
use crate::snapshot::UnixTime;

/// Upper bounds for upstream requests, in milliseconds: from a fast response to the longest timeout in use.
const REQUEST_BUCKETS: [u64; 10] = [25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/// Durations of upstream requests.
pub(crate) type RequestDurations = Distribution<{ REQUEST_BUCKETS.len() }>;

/// The process as a whole.
#[derive(Debug, Clone)]
pub struct Process {
    /// Durations of upstream requests, by API and operation.
    pub(crate) request_durations: BTreeMap<[&'static str; 2], RequestDurations>,
    /// Values that the exporter does not know, by API field.
    pub(crate) unknown_values: BTreeMap<&'static str, Total>,
    /// Webhooks and pushes that were rejected, by reason and channel.
    pub(crate) rejected_jobs: BTreeMap<[&'static str; 2], Total>,
    /// Connections to the exporter that the exporter closed, by reason.
    pub(crate) connections_cut: BTreeMap<&'static str, Total>,
    /// Panics, by task.
    pub(crate) panics: BTreeMap<&'static str, Total>,
    /// Scrapes that were answered without the result of their gathering.
    pub(crate) late_scrapes: Total,
    /// Whether the last attempt to load the configuration succeeded.
    pub(crate) reload_successful: bool,
    /// Whether the operating system reports changes of the configuration's files; `None` if there are none to watch.
    pub(crate) watch_successful: Option<bool>,
    /// The last successful load; 0 before the first.
    pub(crate) reload_time: UnixTime,
    /// What runs.
    pub build: Build,
    /// What the operating system reports.
    pub usage: Usage,
}

/// The exporter that runs.
#[derive(Debug, Clone, Copy)]
pub struct Build {
    /// Its version.
    pub version: &'static str,
    /// Its revision, or `unknown`.
    pub revision: &'static str,
    /// Whether the accounts are real.
    pub mode: Mode,
}

impl Process {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            request_durations: BTreeMap::new(),
            unknown_values: BTreeMap::new(),
            rejected_jobs: BTreeMap::new(),
            connections_cut: Cut::ALL.iter().map(|cut| (cut.as_str(), Total::default())).collect(),
            panics: BTreeMap::new(),
            late_scrapes: Total::ZERO,
            reload_successful: false,
            watch_successful: None,
            reload_time: UnixTime(0.0),
            build: Build { version: crate::version::VERSION, revision: crate::version::REVISION, mode },
            usage: Usage::default(),
        }
    }

    pub(super) fn observe_request(&mut self, labels: [&'static str; 2], duration: Duration) {
        let empty = || RequestDurations::new(&REQUEST_BUCKETS);
        self.request_durations.entry(labels).or_insert_with(empty).observe(duration);
    }

    pub(super) fn count_unknown(&mut self, field: &'static str) {
        self.unknown_values.entry(field).or_default().add(1);
    }
}

//! The result of a collector: what every section of a gathering returns.

use std::time::Duration;

use runpod::{Outcome, RequestError};
use tokio::time::Instant;

use super::cache::Entry;
use crate::settings::{Collector, Collectors};
use crate::snapshot::{Parts, Provenance, Unknown};

/// How the parts of a collector ended, and the error of the first one that failed.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) error: Option<RequestError>,
    pub(super) parts: Parts,
}

/// How a collector ran: its parts, its duration, and the source of its data.
pub(super) struct CollectorRun {
    pub(super) collector: Collector,
    pub(super) tally: Tally,
    /// Whether any of its sources answered in this scrape.
    pub(super) answered: bool,
    pub(super) duration: Duration,
    pub(super) source: Option<Provenance>,
}

/// What one gathering reads, and its time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gathering<'a> {
    /// The collectors that run.
    pub(super) on: &'a Collectors,
    pub(super) started: Instant,
    pub(super) deadline: Instant,
}

/// The data of a collector, and how it ran.
pub(super) struct Section<T> {
    pub(super) data: T,
    pub(super) unknown: Vec<Unknown>,
    pub(super) run: CollectorRun,
}

/// The runs and unknown values of all sections.
#[derive(Default)]
pub(super) struct Runs {
    pub(super) collectors: Vec<CollectorRun>,
    pub(super) unknown: Vec<Unknown>,
}

impl Tally {
    /// One part with this error, or without one.
    pub(super) fn of(error: Option<&RequestError>) -> Self {
        Self::from_iter([error])
    }

    /// Adds the parts of another tally.
    pub(super) fn merge(&mut self, other: &Self) {
        self.parts.merge(&other.parts);
        if self.error.is_none() {
            self.error.clone_from(&other.error);
        }
    }

    /// Adds a part with this error, or without one.
    pub(super) fn add(&mut self, error: Option<&RequestError>) {
        self.parts.add(error.map_or(Outcome::Ok, RequestError::outcome));
        if self.error.is_none() {
            self.error = error.cloned();
        }
    }
}

impl<'e> FromIterator<Option<&'e RequestError>> for Tally {
    fn from_iter<I: IntoIterator<Item = Option<&'e RequestError>>>(parts: I) -> Self {
        let mut tally = Self::default();
        for error in parts {
            tally.add(error);
        }
        tally
    }
}

impl CollectorRun {
    /// A run without data.
    pub(super) fn new(collector: Collector, tally: Tally, answered: bool, duration: Duration) -> Self {
        Self { collector, tally, answered, duration, source: None }
    }

    /// The run with the source of its data: of several sources, the one with the oldest data.
    pub(super) fn with_sources(self, sources: impl IntoIterator<Item = Provenance>) -> Self {
        let source = sources.into_iter().min_by_key(|source| source.read);
        Self { source, ..self }
    }
}

impl Runs {
    /// Takes the data of a section and keeps the rest.
    pub(super) fn take<T>(&mut self, section: Option<Section<T>>) -> Option<T> {
        let Section { data, unknown, run } = section?;
        self.collectors.push(run);
        self.unknown.extend(unknown);
        Some(data)
    }
}

impl<T> From<&Entry<T>> for Provenance {
    fn from(entry: &Entry<T>) -> Self {
        Self { api: entry.api, read: entry.read }
    }
}

//! What each collector and each API reported in one scrape.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use runpod::{Api, Outcome, RequestError};

use crate::settings::Collector;

/// The result of one collector in one scrape.
#[derive(Debug, Clone)]
pub struct CollectorReport {
    /// The collector.
    pub collector: Collector,
    /// The first part that failed, if any did. There may still be data, in part or from before.
    pub error: Option<RequestError>,
    /// How its parts ended.
    pub parts: Parts,
    /// Whether any of its sources answered in this scrape.
    pub answered: bool,
    /// From its first request to its last answer.
    pub duration: Duration,
    /// When it last succeeded completely.
    pub last_success: Option<Timestamp>,
    /// The source of its oldest data. `None` if it has no data.
    pub source: Option<Provenance>,
}

/// How the parts of a collector ended: the requests whose responses it consists of, each by its last attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts(BTreeMap<Outcome, usize>);

impl FromIterator<Outcome> for Parts {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        let mut parts = Self::default();
        for outcome in outcomes {
            parts.add(outcome);
        }
        parts
    }
}

impl Parts {
    /// Adds a part that ended like this.
    pub(crate) fn add(&mut self, outcome: Outcome) {
        *self.0.entry(outcome).or_default() += 1;
    }

    /// Adds the parts of another collector or section.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (outcome, parts) in &other.0 {
            *self.0.entry(*outcome).or_default() += parts;
        }
    }

    /// The number of parts by outcome. The successful ones are always there.
    pub(crate) fn by_outcome(&self) -> impl Iterator<Item = (Outcome, usize)> {
        let ok = self.0.get(&Outcome::Ok).copied().unwrap_or_default();
        let failed = self.0.iter().filter(|(outcome, _)| **outcome != Outcome::Ok);
        std::iter::once((Outcome::Ok, ok)).chain(failed.map(|(outcome, parts)| (*outcome, *parts)))
    }

    /// The number of all parts.
    pub(crate) fn total(&self) -> usize {
        self.0.values().sum()
    }

    /// Whether there are parts and none succeeded.
    pub(crate) fn all_failed(&self) -> bool {
        self.failed() > 0 && self.failed() == self.total()
    }

    /// The number of parts that failed.
    pub(crate) fn failed(&self) -> usize {
        self.by_outcome().skip(1).map(|(_, parts)| parts).sum()
    }
}

/// The source of data: an API and a read time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// The API.
    pub api: Api,
    /// When the data was read.
    pub read: Timestamp,
}

/// The state of one API.
#[derive(Debug, Clone, Copy)]
pub struct ApiReport {
    /// The API.
    pub api: Api,
    /// Whether it answered the last request with 410. `None` if it is not used.
    pub retired: Option<bool>,
    /// Whether it rejects the account's key. `None` if no response has shown it yet.
    pub key_rejected: Option<bool>,
    /// The same for the key that reads metrics; only the job API has such requests.
    pub metrics_key_rejected: Option<bool>,
    /// Number of fields that it rejected and that the exporter leaves out. `None` if it cannot reject fields.
    pub unsupported_fields: Option<usize>,
}

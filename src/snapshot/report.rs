//! What each collector and each API reported in one scrape.

use std::time::Duration;

use jiff::Timestamp;
use runpod::{Api, RequestError};

use crate::settings::Collector;

/// The result of one collector in one scrape.
#[derive(Debug, Clone)]
pub struct CollectorReport {
    /// The collector.
    pub collector: Collector,
    /// What failed, if anything did. There may still be data, in part or from before.
    pub error: Option<RequestError>,
    /// Whether any of its sources answered in this scrape.
    pub answered: bool,
    /// From its first request to its last answer.
    pub duration: Duration,
    /// When it last succeeded completely.
    pub last_success: Option<Timestamp>,
    /// The source of its oldest data. `None` if it has no data.
    pub source: Option<Provenance>,
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
    /// Number of fields that it rejected and that the exporter leaves out. `None` if it cannot reject fields.
    pub unsupported_fields: Option<usize>,
}

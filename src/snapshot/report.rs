//! What each collector and each API reported in one scrape.

use std::time::Duration;

use jiff::Timestamp;
use runpod::{Api, RequestError};

use crate::settings::Collector;

/// How one collector fared in one scrape.
#[derive(Debug, Clone)]
pub struct CollectorReport {
    /// Which.
    pub collector: Collector,
    /// What went wrong, if anything did. Data may be there all the same: a part of it.
    pub error: Option<RequestError>,
    /// Whether any of its sources answered in this scrape, and not only in one before.
    pub answered: bool,
    /// From its first request to its last answer.
    pub duration: Duration,
    /// When it last came through whole.
    pub last_success: Option<Timestamp>,
    /// Who gave what it shows, and when; the oldest part of it. `None` if it shows nothing.
    pub source: Option<Provenance>,
}

/// Who gave something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// The API.
    pub api: Api,
    /// When it was read.
    pub read: Timestamp,
}

/// What is known of one API.
#[derive(Debug, Clone, Copy)]
pub struct ApiReport {
    /// Which.
    pub api: Api,
    /// Whether it answered 410 when it was asked last. `None` if nothing is asked of it.
    pub retired: Option<bool>,
    /// How many fields it refused and the exporter leaves out. `None` where nothing can be refused.
    pub unsupported_fields: Option<usize>,
}

//! What is known of Runpod at one moment: plain values in base units, and the gathering of them under one deadline.
//!
//! Nothing here knows HTTP, JSON or Prometheus. Unknown is `None`. A section that failed is a value with its reason.

mod account;
mod advice;
mod bill;
mod collector;
mod counter;
mod endpoint;
mod failures;
mod filter;
mod gather;
mod host;
mod lookups;
mod market;
mod memory;
mod overlay;
mod pod;
mod preference;
mod slot;
mod threshold;
mod unit;
mod unknown;
mod volume;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub use account::{Account, SavingsPlan, SpendComponent};
pub use advice::{PauseLog, WithAdvice};
pub use bill::{Bill, Money};
pub use collector::{Collector, Collectors};
pub(crate) use endpoint::STATUSES as ENDPOINT_STATUSES;
pub use endpoint::{Endpoint, Facts, Load, Place, Placement, Reported, Rollout, Worker, Workers};
pub use filter::Filter;
pub use gather::{Gatherer, Reading};
pub use host::{Host, Machine};
pub use market::GpuType;
pub(crate) use pod::STATUSES as POD_STATUSES;
pub use pod::{Gpu, Pod};
pub use preference::{Refresh, sources};
pub use threshold::{Levels, Said, Signal, Thresholds};
pub(crate) use unit::seconds;
pub use unknown::Unknown;
pub use volume::Volume;

use crate::diagnosis::{Finding, Health, Recent};
use crate::jobs::Job;
use runpod::{Api, QuotaWindow, RequestError};

/// One scrape: every account as it was found.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The accounts, in the order of the configuration.
    pub accounts: Vec<Arc<AccountSnapshot>>,
    /// From the first request to the last answer.
    pub duration: Duration,
    /// Whether the deadline cut something off.
    pub truncated: bool,
}

/// One account as it was found.
#[derive(Debug, Clone)]
pub struct AccountSnapshot {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// When it was read: when the last answer was there.
    pub taken: Timestamp,
    /// The thresholds in force.
    pub thresholds: Arc<Thresholds>,
    /// How each collector that is switched on fared.
    pub collectors: Vec<CollectorReport>,
    /// What is known of each API.
    pub apis: Vec<ApiReport>,
    /// The quota of the REST API, as it was told last.
    pub quota: Vec<QuotaWindow>,
    /// Balance, spend and limits; `None` if that section failed or is switched off.
    pub account: Option<Account>,
    /// The endpoints, by id, each once.
    pub endpoints: Vec<Endpoint>,
    /// The pods, by id, each once.
    pub pods: Vec<Pod>,
    /// What was spent.
    pub bill: Bill,
    /// The network volumes, by id, each once.
    pub volumes: Vec<Volume>,
    /// GPU types, by id, each once.
    pub market: Vec<GpuType>,
    /// The account as a host; `None` if that section failed or is switched off.
    pub host: Option<Host>,
    /// The jobs that are over, of the endpoints whose lists were read in this scrape.
    pub finished: Vec<Finished>,
    /// What is wrong; empty until it was looked for.
    pub findings: Vec<Finding>,
    /// How each endpoint is, by id; without those of which nothing is known.
    pub health: BTreeMap<String, Health>,
    /// What the last minutes of each endpoint were like, by id.
    pub recent: BTreeMap<String, Recent>,
    /// Values that the code does not know, one entry for each time one was met.
    pub unknown: Vec<Unknown>,
}

impl AccountSnapshot {
    /// Whether anything at all was answered in this scrape; or nothing failed, where nothing was due to be asked.
    pub fn answered(&self) -> bool {
        self.collectors.iter().any(|report| report.answered)
            || self.collectors.iter().all(|report| report.error.is_none())
    }
}

/// The jobs of an endpoint that are over, as its list of requests has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// The endpoint.
    pub endpoint_id: String,
    /// The jobs, those among them that were there at an earlier look.
    pub jobs: Vec<Job>,
    /// Whether this is the first look since the exporter runs: then the jobs ended before, who knows when.
    pub is_first: bool,
}

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
    pub source: Option<Source>,
}

/// Who gave something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
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

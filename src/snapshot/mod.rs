//! What is known of Runpod at one moment: plain values in base units, and the gathering of them under one deadline.
//!
//! Nothing here knows HTTP, JSON or Prometheus. Unknown is `None`. A section that failed is a value with its reason.

pub(crate) mod account;
pub(crate) mod bill;
mod closed;
mod convert;
pub(crate) mod endpoint;
pub(crate) mod host;
pub(crate) mod market;
pub(crate) mod pod;
mod report;
mod unit;
mod unknown;
pub(crate) mod volume;

use std::sync::Arc;

use jiff::Timestamp;

pub use account::{Account, SavingsPlan, SpendComponent};
pub use bill::{Bill, Money};
pub use closed::{ClosedSet, OrOther};
pub use endpoint::{
    Compute, Endpoint, EndpointKind, EndpointState, Facts, Flashboot, JobTotal, Load, Place, Placement,
    Quantile, Reported, Rollout, Scaler, Worker, WorkerState, Workers,
};
pub use host::{Host, Machine, MachinePart, UptimeWindow};
pub use market::{GpuType, PriceCloud, Stock};
pub use pod::{Cloud, Gpu, Pod, PodKind, PodState};
pub use report::{ApiReport, CollectorReport, Provenance};
pub(crate) use unit::seconds;
pub use unit::{
    Bytes, Celsius, Count, Dollars, DollarsPerHour, Info, Level, Mixed, PerSecond, Ratio, Seconds, State,
    Unit, UnixTime, Watts,
};
pub use unknown::Unknown;
pub use volume::Volume;

use crate::jobs::Job;
use crate::settings::Thresholds;
use runpod::QuotaWindow;

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
    /// Values that the code does not know, one entry for each time one was met.
    pub unknown: Vec<Unknown>,
}

impl AccountSnapshot {
    /// An account of which nothing is known yet.
    pub fn empty(name: Arc<str>, taken: Timestamp) -> Self {
        Self {
            name,
            taken,
            thresholds: Arc::default(),
            collectors: Vec::new(),
            apis: Vec::new(),
            quota: Vec::new(),
            account: None,
            endpoints: Vec::new(),
            pods: Vec::new(),
            bill: Bill::default(),
            volumes: Vec::new(),
            market: Vec::new(),
            host: None,
            finished: Vec::new(),
            unknown: Vec::new(),
        }
    }

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

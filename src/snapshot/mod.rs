//! The state of a Runpod account at one time: plain values in base units, and their conversion from the APIs' types.
//!
//! HTTP, JSON and Prometheus do not belong here: requests are sent by `gather`, responses are parsed by `runpod::wire`, and series are made
//! by `metrics`. An unknown value is `None`, and a collector that failed is a value with its
//! error.

pub(crate) mod account;
pub(crate) mod bill;
mod closed;
pub(crate) mod cluster;
mod convert;
pub(crate) mod endpoint;
pub(crate) mod host;
pub(crate) mod market;
mod merge;
pub(crate) mod pod;
mod report;
#[cfg(test)]
mod tests;
mod unit;
mod unknown;
pub(crate) mod volume;

use std::sync::Arc;

use jiff::Timestamp;
use runpod::{QuotaWindow, ServerLimit};

pub use account::{Account, BillingMode, SavingsPlan, SpendComponent};
pub use bill::{Bill, Billed};
pub(crate) use closed::ClosedSet;
pub use closed::OrOther;
pub use cluster::{Cluster, ClusterKind};
pub use endpoint::{
    BatchState, BatchStatus, Batches, Compute, Endpoint, EndpointKind, EndpointState, Facts, Flashboot,
    JobTotal, Load, Place, Placement, Quantile, Reported, Rollout, Scaler, Worker, WorkerState, Workers,
};
pub use host::{Host, Machine, MachinePart, UptimeWindow};
pub use market::{DataCenter, Market, Offer, PriceCloud, Stock};
pub(crate) use merge::Merge;
pub use pod::{Cloud, ClusterRole, Gpu, Membership, Pod, PodKind, PodState, Port, PortKind};
pub use report::{ApiReport, CollectorReport, Parts, Provenance};
pub use unit::{
    Bytes, Celsius, Count, Dollars, DollarsPerHour, PerSecond, Ratio, Seconds, Unit, UnixTime, Watts,
};
pub(crate) use unit::{Info, Level, Mixed, State};
pub(crate) use unknown::Unknown;
pub use volume::Volume;

use crate::jobs::Job;
use crate::settings::{Collector, Thresholds};

/// One account.
#[derive(Debug, Clone)]
pub struct AccountSnapshot {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// When it was read: the time of the last response.
    pub taken: Timestamp,
    /// The configured thresholds.
    pub thresholds: Arc<Thresholds>,
    /// The result of each enabled collector.
    pub collectors: Vec<CollectorReport>,
    /// The state of each API.
    pub apis: Vec<ApiReport>,
    /// The quota of the REST API, as last reported.
    pub quota: Vec<QuotaWindow>,
    /// How many requests may be in flight to each server.
    pub servers: Vec<ServerLimit>,
    /// Balance, spend and limits; `None` if the collector failed or is disabled.
    pub account: Option<Account>,
    /// The endpoints, by id, each once.
    pub endpoints: Vec<Endpoint>,
    /// The pods, by id, each once.
    pub pods: Vec<Pod>,
    /// The clusters, by id, each once. Their pods are among the pods.
    pub clusters: Vec<Cluster>,
    /// What was billed.
    pub bill: Bill,
    /// The network volumes, by id, each once.
    pub volumes: Vec<Volume>,
    /// What Runpod offers; empty if the collector failed or is disabled.
    pub market: Market,
    /// The account as a host; `None` if the collector failed or is disabled.
    pub host: Option<Host>,
    /// Finished jobs of the endpoints whose lists of requests were read in this scrape.
    pub finished: Vec<Finished>,
    /// Unknown values of closed sets, one entry for each occurrence.
    pub unknown: Vec<Unknown>,
}

impl AccountSnapshot {
    /// An account without any data.
    pub fn empty(name: Arc<str>, taken: Timestamp) -> Self {
        Self {
            name,
            taken,
            thresholds: Arc::default(),
            collectors: Vec::new(),
            apis: Vec::new(),
            quota: Vec::new(),
            servers: Vec::new(),
            account: None,
            endpoints: Vec::new(),
            pods: Vec::new(),
            clusters: Vec::new(),
            bill: Bill::default(),
            volumes: Vec::new(),
            market: Market::default(),
            host: None,
            finished: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// Whether any collector got a response in this scrape, or none had to send a request and none failed. The market is public,
    /// and says nothing about the account: it counts only on its own.
    pub fn answered(&self) -> bool {
        let is_alone = self.collectors.len() == 1;
        let counts = |report: &CollectorReport| is_alone || report.collector != Collector::Market;
        self.collectors.iter().any(|report| report.answered && counts(report))
            || self.collectors.iter().all(|report| report.error.is_none())
    }

    /// Whether Runpod has rejected the key in every response about it.
    pub fn is_rejected(&self) -> bool {
        let seen = || self.apis.iter().filter_map(|report| report.key_rejected);
        seen().any(|rejected| rejected) && seen().all(|rejected| rejected)
    }
}

/// The finished jobs in the list of requests of one endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// The id of the endpoint.
    pub endpoint_id: Arc<str>,
    /// The jobs, including those that were already in an earlier list.
    pub jobs: Vec<Job>,
    /// Whether this is the first list since the exporter started. Its jobs ended before, at an unknown time.
    pub is_first: bool,
}

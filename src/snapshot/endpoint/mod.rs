//! A serverless endpoint: its configuration, its load, and the latencies that Runpod reports.

mod placement;
mod read;
mod requests;
mod rest;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

pub use placement::{Place, Placement, Rollout, Worker};
pub(crate) use read::{display_name, from_graphql, from_health};
pub(crate) use requests::{finished, reported};
pub(crate) use rest::{facts_from_rest, workers_from_rest};

use super::Money;
use super::unit::{Count, PerSecond, Ratio, Seconds, UnixTime};

/// One endpoint as it was found.
#[derive(Debug, Clone, Default)]
pub struct Endpoint {
    /// Its id, which is unique.
    pub id: String,
    /// Its name without the marker of FlashBoot, which is not unique; its id where the API gives no name.
    pub name: String,
    /// Whether its own read succeeded; `None` if it was not asked for itself.
    pub up: Option<bool>,
    /// Configuration and status; everything unknown if the list failed.
    pub facts: Facts,
    /// Queue, totals and workers.
    pub load: Load,
    /// When the load was read.
    pub load_read: Option<Timestamp>,
    /// Its workers one by one; `None` if they were not read yet, or too long ago.
    pub placement: Option<Placement>,
    /// What it has cost.
    pub billed: Money,
    /// Job totals by status, as counters that never fall.
    pub requests: BTreeMap<&'static str, Count>,
}

/// What the endpoint is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Whether the list of this scrape had the endpoint.
    pub listed: bool,
    /// `queue` or `load_balancer`.
    pub kind: Option<String>,
    /// `gpu` or `cpu`.
    pub compute: Option<String>,
    /// GPU pools or types, separated by commas, as the API gives them.
    pub gpu_types: Option<String>,
    /// Data centers, separated by commas, as the API gives them.
    pub data_centers: Option<String>,
    /// `off`, `flashboot`, …
    pub flashboot: Option<String>,
    /// `queue_delay` or `request_count`.
    pub scaler: Option<String>,
    /// The template that it was made of.
    pub template_id: Option<String>,
    /// Its status, lower case, where the API has one.
    pub status: Option<String>,
    /// Workers that are always on.
    pub workers_min: Option<Count>,
    /// Workers at the most.
    pub workers_max: Option<Count>,
    /// Workers kept ready though scaled down.
    pub workers_standby: Option<Count>,
    /// Time after which an idle worker is stopped.
    pub idle_timeout: Option<Seconds>,
    /// Maximum execution time of a job.
    pub execution_timeout: Option<Seconds>,
    /// When it was created.
    pub created: Option<UnixTime>,
    /// Latencies and rates that Runpod computed.
    pub reported: Reported,
}

/// What the endpoint has to do, and with whom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Load {
    /// Jobs that wait.
    pub queue_depth: Option<Count>,
    /// Jobs that run.
    pub in_progress: Option<Count>,
    /// Jobs that ended, by status, as the API counts them.
    pub totals: BTreeMap<&'static str, Count>,
    /// Workers by state.
    pub workers: Workers,
}

/// Workers by state. States overlap: an idle worker is ready too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names are the families'")]
pub struct Workers {
    pub ready: Option<Count>,
    pub running: Option<Count>,
    pub idle: Option<Count>,
    pub initializing: Option<Count>,
    pub throttled: Option<Count>,
    pub unhealthy: Option<Count>,
    pub pending: Option<Count>,
}

/// Latencies and rates that Runpod computed over a window that it does not specify.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the names are the families'")]
pub struct Reported {
    /// By quantile, as the label has it.
    pub execution: BTreeMap<&'static str, Seconds>,
    /// By quantile, as the label has it.
    pub delay: BTreeMap<&'static str, Seconds>,
    pub execution_avg: Option<Seconds>,
    pub cold_start_avg: Option<Seconds>,
    pub requests_per_second: Option<PerSecond>,
    pub success_ratio: Option<Ratio>,
    pub error_ratio: Option<Ratio>,
}

/// The states in which an endpoint of the documented shape is known to be.
pub(crate) const STATUSES: &[&str] = &["ready"];

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
    pub requests: BTreeMap<&'static str, f64>,
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
    pub workers_min: Option<f64>,
    /// Workers at the most.
    pub workers_max: Option<f64>,
    /// Workers kept ready though scaled down.
    pub workers_standby: Option<f64>,
    /// Seconds until an idle worker is stopped.
    pub idle_timeout: Option<f64>,
    /// Seconds that a job may run.
    pub execution_timeout: Option<f64>,
    /// Seconds since 1970.
    pub created: Option<f64>,
    /// Latencies and rates that Runpod computed.
    pub reported: Reported,
}

/// What the endpoint has to do, and with whom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Load {
    /// Jobs that wait.
    pub queue_depth: Option<f64>,
    /// Jobs that run.
    pub in_progress: Option<f64>,
    /// Jobs that ended, by status, as the API counts them.
    pub totals: BTreeMap<&'static str, f64>,
    /// Workers by state.
    pub workers: Workers,
}

/// Workers by state. States overlap: an idle worker is ready too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names are the families'")]
pub struct Workers {
    pub ready: Option<f64>,
    pub running: Option<f64>,
    pub idle: Option<f64>,
    pub initializing: Option<f64>,
    pub throttled: Option<f64>,
    pub unhealthy: Option<f64>,
    pub pending: Option<f64>,
}

/// What Runpod computed over a window that it does not name. Seconds, and shares of one.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the names are the families'")]
pub struct Reported {
    /// By quantile, as the label has it.
    pub execution: BTreeMap<&'static str, f64>,
    /// By quantile, as the label has it.
    pub delay: BTreeMap<&'static str, f64>,
    pub execution_avg: Option<f64>,
    pub cold_start_avg: Option<f64>,
    pub requests_per_second: Option<f64>,
    pub success_ratio: Option<f64>,
    pub error_ratio: Option<f64>,
}

/// The states in which an endpoint of the documented shape is known to be.
pub(crate) const STATUSES: &[&str] = &["ready"];

//! A serverless endpoint: its configuration, its load, and the latencies that Runpod reports.
//!
//! Which of its sources takes precedence does not belong here; that is in `gather/merge.rs`. Finished jobs are in `jobs`, and counters of
//! jobs in `gather/counter.rs`.

mod batches;
mod graphql;
mod health;
mod placement;
mod reported;
mod requests;
mod rest;
mod sets;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use runpod::RequestError;
use runpod::wire::Number;
use serde::Serialize;

pub use batches::Batches;
pub(crate) use batches::batches;
pub(crate) use graphql::from_graphql;
pub(crate) use health::from_health;
pub use placement::{Place, Placement, Rollout, Worker};
pub(crate) use reported::{reported, reported_by_rest};
pub(crate) use requests::finished;
pub(crate) use rest::{facts_from_rest, workers_from_rest};
pub use sets::{
    BatchState, BatchStatus, Compute, EndpointKind, EndpointState, Flashboot, JobTotal, Quantile, Scaler,
    WorkerState,
};

use super::Billed;
use super::closed::OrOther;
use super::convert::{milliseconds, name_or_id};
use super::merge::mergeable;
use super::unit::{Count, DollarsPerHour, PerSecond, Ratio, Seconds, UnixTime};

/// One endpoint.
#[derive(Debug, Clone, Default)]
pub struct Endpoint {
    /// Its id, which is unique.
    pub id: Arc<str>,
    /// Its name without the FlashBoot marker, which is not unique; its id if the API gives no name.
    pub name: Arc<str>,
    /// Whether reading the endpoint itself succeeded; `None` if it was not read.
    pub up: Option<bool>,
    /// Why reading it failed; `None` if it did not fail.
    pub error: Option<RequestError>,
    /// Configuration and status; all unknown if the list of endpoints failed.
    pub facts: Facts,
    /// Queue, job totals and workers.
    pub load: Load,
    /// When the load was read.
    pub load_read: Option<Timestamp>,
    /// Its workers one by one; `None` if they were not read yet, or too long ago.
    pub placement: Option<Placement>,
    /// Its batches; `None` if they were not read yet, or too long ago.
    pub batches: Option<Batches>,
    /// What was billed for it.
    pub billed: Billed,
    /// Job totals as counters that never fall.
    pub requests: BTreeMap<JobTotal, Count>,
}

mergeable! {
    /// Configuration and status of an endpoint.
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Facts {
        /// Whether the endpoint was in the list of this scrape.
        pub listed: bool,
        /// Whether clients call a queue or the workers.
        pub kind: Option<OrOther<EndpointKind>>,
        /// What its workers compute with.
        pub compute: Option<OrOther<Compute>>,
        /// GPU pools or types, separated by commas, as the API gives them.
        pub gpu_types: Option<Arc<str>>,
        /// Data centers, separated by commas, as the API gives them.
        pub data_centers: Option<Arc<str>>,
        /// How cold starts are shortened.
        pub flashboot: Option<OrOther<Flashboot>>,
        /// What the number of workers is scaled by.
        pub scaler: Option<OrOther<Scaler>>,
        /// The template that it was created from.
        pub template_id: Option<Arc<str>>,
        /// Its state, if the API has one.
        pub status: Option<OrOther<EndpointState>>,
        /// Minimum number of workers, which are always on.
        pub workers_min: Option<Count>,
        /// Maximum number of workers.
        pub workers_max: Option<Count>,
        /// Standby workers, kept warm while the endpoint is scaled down.
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
}

mergeable! {
    /// Queue, job totals and workers of an endpoint.
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Load {
        /// Jobs waiting for a worker.
        pub queue_depth: Option<Count>,
        /// Jobs being executed.
        pub in_progress: Option<Count>,
        /// Job totals as the API counts them.
        pub totals: BTreeMap<JobTotal, Count>,
        /// Workers by state.
        pub workers: Workers,
        /// What the running workers cost.
        pub cost: Option<DollarsPerHour>,
    }
}

impl Load {
    /// The load without a cost of 0 while workers run: one of the two sources is behind, or does not count the same workers.
    #[must_use]
    pub(crate) fn without_contradiction(self) -> Self {
        let has_running = self.workers.running.is_some_and(|running| running.0 > 0.0);
        let cost = self.cost.filter(|cost| cost.0 > 0.0 || !has_running);
        Self { cost, ..self }
    }
}

mergeable! {
    /// Workers by state. States overlap: an idle worker is also ready.
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
}

mergeable! {
    /// Latencies and rates that Runpod computed: those of the collector of latencies in one bucket of time, others over a window that
    /// Runpod does not specify.
    #[derive(Debug, Clone, Default, PartialEq)]
    #[expect(missing_docs, reason = "the names are the families'")]
    pub struct Reported {
        pub execution: BTreeMap<Quantile, Seconds>,
        pub delay: BTreeMap<Quantile, Seconds>,
        pub cold_start: BTreeMap<Quantile, Seconds>,
        pub execution_avg: Option<Seconds>,
        pub delay_avg: Option<Seconds>,
        pub cold_start_avg: Option<Seconds>,
        pub execution_max: Option<Seconds>,
        pub delay_max: Option<Seconds>,
        pub cold_start_max: Option<Seconds>,
        pub cold_starts: Option<Count>,
        pub bucket_start: Option<UnixTime>,
        pub bucket_length: Option<Seconds>,
        pub requests_per_second: Option<PerSecond>,
        pub success_ratio: Option<Ratio>,
        pub error_ratio: Option<Ratio>,
    }
}

/// The marker that Runpod appends to the name of an endpoint with FlashBoot.
const FLASHBOOT_MARKER: &str = " -fb";

/// The name of an endpoint in labels.
pub(crate) fn display_name(id: &Arc<str>, name: Option<&Arc<str>>) -> Arc<str> {
    let name =
        name.map(|name| name.strip_suffix(FLASHBOOT_MARKER).map_or_else(|| Arc::clone(name), Arc::from));
    name_or_id(name, id)
}

/// The known percentiles, from milliseconds.
fn quantiles<const N: usize>(quantiles: [(Quantile, Number); N]) -> BTreeMap<Quantile, Seconds> {
    quantiles.into_iter().filter_map(|(quantile, time)| Some((quantile, milliseconds(time)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_of_zero_is_unknown_while_workers_run() {
        let cost = |running: Option<f64>, cost: f64| {
            let workers = Workers { running: running.map(Count), ..Workers::default() };
            let load = Load { workers, cost: Some(DollarsPerHour(cost)), ..Load::default() };
            load.without_contradiction().cost.map(|cost| cost.0)
        };
        assert_eq!(cost(Some(1.0), 0.0), None);
        assert_eq!(cost(Some(0.0), 0.0), Some(0.0));
        assert_eq!(cost(None, 0.0), Some(0.0));
        assert_eq!(cost(Some(1.0), 0.5), Some(0.5));
        assert_eq!(cost(Some(0.0), 0.5), Some(0.5), "a worker that is idle or starts is paid, too");
    }

    #[test]
    fn the_flashboot_marker_is_not_part_of_the_name() {
        let shown = |name: Option<&str>| display_name(&"id".into(), name.map(Arc::from).as_ref());
        assert_eq!(&*shown(Some("sdxl -fb")), "sdxl");
        assert_eq!(&*shown(Some(" -fb")), "id");
        assert_eq!(&*shown(None), "id");
    }
}

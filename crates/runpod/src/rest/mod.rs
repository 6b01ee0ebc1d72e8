//! Version 2 of the REST API (`api.runpod.io/v2`): pods, serverless, billing, volumes, GPUs. It has a quota per user; see
//! [`crate::quota`].
//!
//! When to request something does not belong here: that is decided by the caller, within the quota that [`Rest::grant`] grants. The
//! types of the responses are in [`crate::wire`], connections, retries and pauses in `transport`.

mod discovery;
mod endpoint_metrics;
mod metrics;
mod page;
mod paths;
mod schema;
mod select;

use std::sync::Arc;

use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use self::discovery::Description;
pub use self::endpoint_metrics::DescribedMetrics;
pub use self::metrics::{
    DescribedProperty, Measure, MetricsBucket, MetricsDescription, MetricsOperation, MetricsSubject,
    ReportedStatistic, SkippedProperty, Statistic,
};
use self::page::{Clusters, Cpus, DataCenters, Endpoints, Gpus, Pods, Volumes};
pub use self::select::{Ledger, Product};
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::quota::{QuotaWindow, Urgency};
use crate::reply::{Reply, get};
use crate::transport::{Call, Transport};
use crate::urls::below;
use crate::wire::rest as wire;

/// The REST API of an account.
#[derive(Debug)]
pub struct Rest {
    transport: Arc<Transport>,
    base: Url,
    /// What the API's description says, once it has been read.
    description: Mutex<Option<Arc<Description>>>,
    /// Held while it is read, so that it is read once.
    discovering: tokio::sync::Mutex<()>,
}

impl Rest {
    pub(crate) fn new(transport: Arc<Transport>, base: Url) -> Self {
        Self { transport, base, description: Mutex::default(), discovering: tokio::sync::Mutex::default() }
    }

    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// Grants up to `wanted` requests within the quota. They count as sent: see [`Self::give_back`]. The methods of this
    /// type do not check the quota.
    pub fn grant(&self, wanted: usize, urgency: Urgency) -> usize {
        self.transport.quota().grant(wanted, urgency)
    }

    /// Returns granted requests that were not sent.
    pub fn give_back(&self, requests: usize) {
        self.transport.quota().give_back(requests);
    }

    /// The quota as the server reported it last; empty before the first report.
    pub fn quota(&self) -> Vec<QuotaWindow> {
        self.transport.quota().windows()
    }

    /// The segments of a path in the API's description, below the base URL: the description may repeat the version.
    pub fn segments<'a>(&self, path: &'a str) -> Option<Vec<&'a str>> {
        paths::segments(path, &self.base)
    }

    /// The endpoints and their configuration (`GET /serverless`).
    pub async fn endpoints(&self, deadline: Instant) -> Result<Reply<Vec<wire::Endpoint>>, RequestError> {
        self.list::<Endpoints>(Operation::Endpoints, &["serverless"], &[], deadline).await
    }

    /// The pods, without those of clusters (`GET /pods`).
    pub async fn pods(&self, deadline: Instant) -> Result<Reply<Vec<wire::Pod>>, RequestError> {
        self.list::<Pods>(Operation::Pods, &["pods"], &[], deadline).await
    }

    /// The pods, with those of clusters (`GET /pods?includeClusterPods=true`).
    pub async fn all_pods(&self, deadline: Instant) -> Result<Reply<Vec<wire::Pod>>, RequestError> {
        let query = [("includeClusterPods", "true")];
        self.list::<Pods>(Operation::ClusterPods, &["pods"], &query, deadline).await
    }

    /// The clusters (`GET /clusters`).
    pub async fn clusters(&self, deadline: Instant) -> Result<Reply<Vec<wire::Cluster>>, RequestError> {
        self.list::<Clusters>(Operation::Clusters, &["clusters"], &[], deadline).await
    }

    /// The network volumes (`GET /network-volumes`).
    pub async fn volumes(&self, deadline: Instant) -> Result<Reply<Vec<wire::Volume>>, RequestError> {
        self.list::<Volumes>(Operation::Volumes, &["network-volumes"], &[], deadline).await
    }

    /// GPU types with prices, and the availability for one product (`GET /catalog/gpus`).
    pub async fn gpus(
        &self,
        product: Product,
        deadline: Instant,
    ) -> Result<Reply<Vec<wire::GpuType>>, RequestError> {
        let query = [("include", "AVAILABILITY"), ("product", product.parameter())];
        self.list::<Gpus>(Operation::Gpus, &["catalog", "gpus"], &query, deadline).await
    }

    /// CPU types with prices, and the availability for one product (`GET /catalog/cpus`).
    pub async fn cpus(
        &self,
        product: Product,
        deadline: Instant,
    ) -> Result<Reply<Vec<wire::CpuType>>, RequestError> {
        let query = [("include", "AVAILABILITY"), ("product", product.parameter())];
        self.list::<Cpus>(Operation::Cpus, &["catalog", "cpus"], &query, deadline).await
    }

    /// Data centers, and what is available there for any product (`GET /catalog/datacenters`).
    pub async fn data_centers(
        &self,
        deadline: Instant,
    ) -> Result<Reply<Vec<wire::DataCenter>>, RequestError> {
        let query = [("include", "GPU_AVAILABILITY,CPU_AVAILABILITY")];
        let path = ["catalog", "datacenters"];
        self.list::<DataCenters>(Operation::DataCenters, &path, &query, deadline).await
    }

    /// The amounts billed, by day, since `start` (RFC 3339) (`GET /billing` and below).
    pub async fn bill(
        &self,
        ledger: Ledger,
        start: &str,
        deadline: Instant,
    ) -> Result<wire::Bill, RequestError> {
        let query = [("startTime", start), ("bucketSize", "day")];
        let call = self.call(Operation::Billing, ledger.path(), &query, deadline);
        let check = |bill: wire::Bill| {
            match &bill.records {
                records if records.0.is_none() => Err(Reason::Decode { cause: "no records".into() }),
                // Sums of the other records would be too low.
                records if !records.is_complete() => {
                    Err(Reason::Incomplete { cause: "not all records".into() })
                }
                _ => Ok(bill),
            }
        };
        get(&self.transport, &call, check).await
    }

    /// The active workers of an endpoint (`GET /serverless/{id}/workers`).
    pub async fn workers(&self, endpoint_id: &str, deadline: Instant) -> Result<wire::Workers, RequestError> {
        let call = self.call(Operation::Workers, &["serverless", endpoint_id, "workers"], &[], deadline);
        let check = |workers: wire::Workers| {
            let is_empty = workers.workers.0.is_none() && workers.summary.is_none();
            let nothing = || Reason::Decode { cause: "neither workers nor a summary".into() };
            if is_empty { Err(nothing()) } else { Ok(workers) }
        };
        get(&self.transport, &call, check).await
    }

    /// The newest release of an endpoint and its rollout (`GET /serverless/{id}/releases?limit=1`).
    pub async fn releases(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<wire::Releases, RequestError> {
        let path = ["serverless", endpoint_id, "releases"];
        self.get(Operation::Releases, &path, &[("limit", "1")], deadline).await
    }

    /// The balance, and how the account pays. `None` if the API does not have it.
    pub async fn balance(&self, deadline: Instant) -> Result<Option<wire::Balance>, RequestError> {
        self.discovered(Operation::Balance, |paths| paths.balance.as_deref(), deadline).await
    }

    /// The limits of the account. `None` if the API does not have them.
    pub async fn limits(&self, deadline: Instant) -> Result<Option<wire::Limits>, RequestError> {
        self.discovered(Operation::AccountLimits, |paths| paths.limits.as_deref(), deadline).await
    }

    async fn get<T: DeserializeOwned + Send + 'static>(
        &self,
        operation: Operation,
        path: &[&str],
        query: &[(&str, &str)],
        deadline: Instant,
    ) -> Result<T, RequestError> {
        let call = self.call(operation, path, query, deadline);
        get(&self.transport, &call, Ok).await
    }

    fn call(&self, operation: Operation, path: &[&str], query: &[(&str, &str)], deadline: Instant) -> Call {
        Call::get(Api::Rest, operation, below(&self.base, path, query), deadline).checked_path(path)
    }
}

//! Version 2 of the REST API (`api.runpod.io/v2`): pods, serverless, billing, volumes, GPUs. It has a quota per user; see
//! [`crate::quota`].
//!
//! When to request something does not belong here.

mod discovery;
mod endpoint_metrics;
mod metrics;
mod page;
mod select;

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};
use url::Url;

use self::discovery::Paths;
pub use self::endpoint_metrics::DescribedMetrics;
pub use self::metrics::{
    Fact, Measure, MetricsBucket, MetricsDescription, MetricsNote, MetricsOperation, MetricsReading,
    MetricsSubject, Statistic,
};
use self::page::{Clusters, Cpus, DataCenters, Endpoints, Gpus, Next, Page, Pods, Volumes};
pub use self::select::{Ledger, Product};
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::quota::{QuotaWindow, Urgency};
use crate::reply::{Reply, get, value};
use crate::transport::{Call, Credential, Transport};
use crate::urls::below;
use crate::wire::{MAX_OBJECTS, rest as wire};

/// Maximum number of pages of a list. A page has 1000 elements by default.
const MAX_PAGES: usize = 50;

/// Maximum size of the API's description in bytes, ten times its present size.
const OPENAPI_LIMIT: usize = 4 * 1024 * 1024;

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

/// What the API's description says about operations whose paths Runpod has not published.
#[derive(Debug)]
struct Description {
    paths: Paths,
    metrics: MetricsDescription,
    read: Instant,
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
        discovery::segments(path, &self.base)
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

    /// A GET of a path that the API's description contains.
    async fn discovered<T: DeserializeOwned + Send + 'static>(
        &self,
        operation: Operation,
        path: impl Fn(&Paths) -> Option<&[String]>,
        deadline: Instant,
    ) -> Result<Option<T>, RequestError> {
        let description = self.described(deadline).await?;
        let Some(path) = path(&description.paths) else { return Ok(None) };
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let result = self.get(operation, &path, &[], deadline).await;
        if result.as_ref().is_err_and(|error| matches!(error.reason, Reason::NotFound)) {
            *self.description.lock() = None; // it has moved: read the description again
        }
        result.map(Some)
    }

    /// What the API's description says, which is read if it is not known.
    async fn described(&self, deadline: Instant) -> Result<Arc<Description>, RequestError> {
        // At the deadline, the request fails by itself.
        let _discovering = timeout_at(deadline, self.discovering.lock()).await;
        let known = self.description.lock().clone();
        match known {
            Some(description) => Ok(description),
            None => self.discover(deadline).await,
        }
    }

    /// Reads the API's description, which is public and does not count against the quota.
    async fn discover(&self, deadline: Instant) -> Result<Arc<Description>, RequestError> {
        let url = below(&self.base, &["openapi.json"], &[]);
        let call = Call::get(Api::Rest, Operation::Openapi, url, deadline);
        let call = Call { credential: Credential::Anonymous, body_limit: OPENAPI_LIMIT, ..call };
        let document = self.transport.get(&call, value).await?;
        let paths = Paths::find(&document, &self.base);
        let metrics = MetricsDescription::find(&document, &self.base);
        for MetricsNote { operation, property, reason } in &metrics.notes {
            tracing::debug!(operation, property, reason, "not read from the metrics of endpoints");
        }
        let description = Arc::new(Description { paths, metrics, read: Instant::now() });
        *self.description.lock() = Some(Arc::clone(&description));
        Ok(description)
    }

    /// Reads every page of a list. If a page cannot be found, or there are too many elements, the reply has what was read.
    async fn list<P: Page>(
        &self,
        operation: Operation,
        path: &[&str],
        query: &[(&str, &str)],
        deadline: Instant,
    ) -> Result<Reply<Vec<P::Element>>, RequestError> {
        let (mut elements, mut cursors) = (Vec::new(), HashSet::new());
        let mut call = self.call(operation, path, query, deadline);
        let incomplete = |cause: &str| Reason::Incomplete { cause: cause.into() };
        for page in 0..MAX_PAGES {
            if page > 0 {
                self.transport.quota().take();
            }
            let (list, next) = get::<P>(&self.transport, &call, Ok).await?.split();
            // A missing list is not an empty list: all endpoints or pods would seem to be deleted.
            let is_cut = list.is_cut();
            let no_list = || call.error(Reason::Decode { cause: "no list".into() });
            elements.extend(list.0.ok_or_else(no_list)?);
            let reason = match next {
                _ if is_cut || elements.len() > MAX_OBJECTS => Reason::too_many(),
                Next::End => return Ok(Reply::complete(elements)),
                Next::Page(cursor) if !cursors.contains(&cursor) => {
                    call.url = below(&self.base, path, &[query, &[("cursor", &cursor)]].concat());
                    cursors.insert(cursor);
                    continue;
                }
                Next::Page(_) => incomplete("its pages repeat"),
                Next::Lost => incomplete("the next page has no cursor"),
            };
            elements.truncate(MAX_OBJECTS);
            return Ok(Reply { value: elements, error: Some(call.error(reason)) });
        }
        Ok(Reply { value: elements, error: Some(call.error(incomplete("it has too many pages"))) })
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

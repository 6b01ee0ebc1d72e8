//! [`Runpod`]: the client of one account, with all of its APIs.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;

use crate::backoff::Subject;
use crate::error::{Reason, RequestError, SetupError};
use crate::graphql::Graphql;
use crate::job_api::JobApi;
use crate::key::ApiKey;
use crate::limits::ServerLimit;
use crate::logs::Logs;
use crate::operation::{Api, Operation};
use crate::reply::Reply;
use crate::rest::Rest;
use crate::transport::{Credential, Transport, peer};
use crate::urls::Urls;
use crate::wire;

/// A client of one account. It has a connection pool and remembers which fields the server has, so that it should live as
/// long as the program. Built by [`Runpod::builder`].
///
/// Requests end at their `deadline` or after the timeout in the [`crate::Limits`], whichever comes first. Methods without
/// another note use GraphQL.
#[derive(Debug)]
pub struct Runpod {
    transport: Arc<Transport>,
    graphql: Graphql,
    rest: Rest,
    jobs: JobApi,
}

impl Runpod {
    pub(crate) fn new(transport: Arc<Transport>, account: &Arc<str>, urls: Urls) -> Self {
        let Urls { graphql, jobs, rest } = urls;
        let graphql = Graphql::new(Arc::clone(&transport), account, graphql);
        let rest = Rest::new(Arc::clone(&transport), rest);
        let jobs = JobApi::new(Arc::clone(&transport), jobs);
        Self { transport, graphql, rest, jobs }
    }

    /// Replaces the API key, from the next request on. Connections and negotiated fields are kept.
    ///
    /// # Errors
    /// Fails if the key cannot be sent; the previous one stays in use.
    pub fn use_key(&self, key: ApiKey) -> Result<(), SetupError> {
        Ok(self.transport.use_key(key)?)
    }

    /// Sets or replaces the metrics key, from the next request on. See [`crate::Builder::metrics_key`].
    ///
    /// # Errors
    /// Fails if the key cannot be sent; the previous one stays in use.
    pub fn use_metrics_key(&self, key: ApiKey) -> Result<(), SetupError> {
        Ok(self.transport.use_metrics_key(key)?)
    }

    /// How many requests may be in flight to each server now.
    pub fn server_limits(&self) -> Vec<ServerLimit> {
        self.transport.server_limits()
    }

    /// The proxies in use, in words, without their logins: the host, the proxy and the variable that names it.
    pub fn proxies(&self) -> Vec<String> {
        self.transport.proxies()
    }

    /// Changes the maximum number of requests in flight, from the next request on. Connections are kept.
    pub fn use_concurrency(&self, concurrency: usize) {
        self.transport.use_concurrency(concurrency);
    }

    /// Balance, spend and limits (`myself`).
    pub async fn account(&self, deadline: Instant) -> Result<Reply<wire::Account>, RequestError> {
        self.graphql.account(deadline).await
    }

    /// The list of endpoints (`myself.endpoints`).
    pub async fn endpoints(&self, deadline: Instant) -> Result<Reply<Vec<wire::Endpoint>>, RequestError> {
        self.graphql.endpoints(deadline).await
    }

    /// The endpoints with id and name alone. `None` if the fields of [`Self::endpoints`] are known: before, the list may need
    /// several requests, and this one arrives earlier.
    pub async fn endpoint_ids(
        &self,
        deadline: Instant,
    ) -> Option<Result<Reply<Vec<wire::Endpoint>>, RequestError>> {
        self.graphql.endpoint_ids(deadline).await
    }

    /// Whether [`Self::endpoint_detail`] has fields that the list does not have. False before the list was read.
    pub fn has_endpoint_detail(&self) -> bool {
        self.graphql.has_endpoint_detail()
    }

    /// Waits until the server has shown whether there are such fields, or for the deadline.
    pub async fn endpoint_detail_known(&self, deadline: Instant) {
        self.graphql.endpoint_detail_known(deadline).await;
    }

    /// Endpoints by id (`endpoint(id:)`), at most [`crate::BATCH`]. Unknown ids are left out.
    pub async fn endpoint_detail(
        &self,
        ids: &[Arc<str>],
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<Arc<str>, wire::Endpoint>>, RequestError> {
        self.graphql.endpoint_detail(ids, deadline).await
    }

    /// The list of pods (`myself.pods`), without the workers of endpoints.
    pub async fn pods(&self, deadline: Instant) -> Result<Reply<Vec<wire::Pod>>, RequestError> {
        self.graphql.pods(deadline).await
    }

    /// Whether [`Self::pod_detail`] has fields that the list does not have. False before the list was read.
    pub fn has_pod_detail(&self) -> bool {
        self.graphql.has_pod_detail()
    }

    /// Pods by id (`pod(input:)`), at most [`crate::BATCH`]. Unknown ids are left out.
    pub async fn pod_detail(
        &self,
        ids: &[Arc<str>],
        deadline: Instant,
    ) -> Result<Reply<BTreeMap<Arc<str>, wire::Pod>>, RequestError> {
        self.graphql.pod_detail(ids, deadline).await
    }

    /// Queue, job totals and workers of one endpoint, from the job API (`GET /{endpoint_id}/health`).
    pub async fn health(&self, endpoint_id: &str, deadline: Instant) -> Result<wire::Health, RequestError> {
        self.jobs.health(endpoint_id, deadline).await
    }

    /// The recent requests of one endpoint, from the job API (`GET /{endpoint_id}/requests`).
    pub async fn requests(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<wire::Requests, RequestError> {
        self.jobs.requests(endpoint_id, deadline).await
    }

    /// The latencies that Runpod computes for one endpoint, from the job API (`GET /{endpoint_id}/metrics/request_ts_v1`).
    /// Uses the metrics key if there is one.
    pub async fn latency(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<wire::RequestMetrics, RequestError> {
        self.jobs.latency(endpoint_id, deadline).await
    }

    /// The batches of one endpoint, from the job API (`GET /{endpoint_id}/batch`, beta).
    pub async fn batches(&self, endpoint_id: &str, deadline: Instant) -> Result<wire::Batches, RequestError> {
        self.jobs.batches(endpoint_id, deadline).await
    }

    /// The network volumes (`myself.networkVolumes`).
    pub async fn volumes(&self, deadline: Instant) -> Result<Reply<Vec<wire::Volume>>, RequestError> {
        self.graphql.volumes(deadline).await
    }

    /// GPU types with prices, and availability for pods (`gpuTypes`). Sent without the key: the list is public.
    pub async fn gpu_types(&self, deadline: Instant) -> Result<Reply<Vec<wire::GpuType>>, RequestError> {
        self.graphql.gpu_types(deadline).await
    }

    /// The account as a host (`myself.machines`, `myself.machineEarnings`): machines that other users rent, and their
    /// earnings.
    pub async fn host(&self, deadline: Instant) -> Result<Reply<wire::Host>, RequestError> {
        self.graphql.host(deadline).await
    }

    /// Logs of pods, workers and endpoints, from the REST API and the job API.
    pub fn logs(&self) -> Logs<'_> {
        Logs::new(&self.transport, self.rest.base(), self.jobs.base())
    }

    /// The REST API.
    pub fn rest(&self) -> &Rest {
        &self.rest
    }

    /// Host and port of an API, as in errors.
    pub fn peer(&self, api: Api) -> Arc<str> {
        match api {
            Api::Graphql => self.graphql.peer(),
            Api::Jobs => peer(self.jobs.base()),
            Api::Rest => peer(self.rest.base()),
        }
    }

    /// Whether an API rejects the account's key: it answers 401, and no other request with the key was accepted at the same
    /// time. `None` if no response has shown it yet.
    pub fn rejects_key(&self, api: Api) -> Option<bool> {
        self.transport.rejects(api, Credential::Account)
    }

    /// The same for the key that reads metrics, which is the account's key if there is no other.
    pub fn rejects_metrics_key(&self) -> Option<bool> {
        self.transport.rejects(Api::Jobs, Credential::Metrics)
    }

    /// Whether a part of the API that was requested is retired (410).
    pub fn is_retired(&self, api: Api) -> bool {
        self.transport.backoff().is_retired(api)
    }

    /// Why an operation is paused, if it is. While it is paused, its requests fail with this reason and are not sent.
    pub fn paused(&self, api: Api, operation: Operation) -> Option<Reason> {
        self.transport.backoff().pause_reason(&Subject { api, operation, endpoint: None })
    }

    /// Whether the GraphQL server rejected one of these fields in every form. The fields are those of an endpoint, a pod or
    /// the account, by operation; false for other operations.
    pub fn lacks(&self, operation: Operation, fields: &[&str]) -> bool {
        self.graphql.lacks(operation, fields)
    }

    /// The number of fields that the GraphQL server rejected in every form.
    pub fn unsupported_fields(&self) -> usize {
        self.graphql.unsupported_fields()
    }
}

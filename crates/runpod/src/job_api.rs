//! The job API of each endpoint (`api.runpod.ai/v2/{endpoint_id}`), of which only what can be read without touching a job.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation, Outcome};
use crate::reply::json;
use crate::transport::{Answer, Call, Credential, Transport};
use crate::wire::{Health, RequestMetrics, Requests};

/// An answer has a few hundred bytes. Many are in flight together: what each may hold is held as often as there are
/// endpoints, and a job API gone mad would take all the memory there is.
const HEALTH_LIMIT: usize = 64 * 1024;

/// Thousands of requests, without what they are about.
const REQUESTS_LIMIT: usize = 4 * 1024 * 1024;

/// The buckets of some days.
const METRICS_LIMIT: usize = 256 * 1024;

/// The job APIs of an account.
#[derive(Debug)]
pub(super) struct JobApi {
    transport: Arc<Transport>,
    base: Url,
}

impl JobApi {
    pub(super) fn new(transport: Arc<Transport>, base: Url) -> Self {
        Self { transport, base }
    }

    /// The base under which each endpoint has its job API.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// `GET {base}/{endpoint_id}/health`: queue, job totals and workers.
    pub(super) async fn health(&self, endpoint_id: &str, deadline: Instant) -> Result<Health, RequestError> {
        let call = self.call(Operation::Health, endpoint_id, &["health"], deadline);
        let has_something = |health: &Health| {
            let nothing = health.jobs.is_none() && health.workers.is_none();
            if nothing { Err("jobs and workers are missing") } else { Ok(()) }
        };
        self.get(Call { body_limit: HEALTH_LIMIT, ..call }, has_something).await
    }

    /// `GET {base}/{endpoint_id}/requests`: the jobs that the endpoint remembers. Runpod allows ten a ten seconds.
    pub(super) async fn requests(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<Requests, RequestError> {
        let call = self.call(Operation::Requests, endpoint_id, &["requests"], deadline);
        self.get(Call { body_limit: REQUESTS_LIMIT, ..call }, |_| Ok(())).await
    }

    /// `GET {base}/{endpoint_id}/metrics/request_ts_v1`: what Runpod computed, by the hour.
    pub(super) async fn latency(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<RequestMetrics, RequestError> {
        let mut call = self.call(Operation::Latency, endpoint_id, &["metrics", "request_ts_v1"], deadline);
        call.url.query_pairs_mut().append_pair("interval", "h");
        let has_data =
            |metrics: &RequestMetrics| metrics.data.0.as_ref().map(|_| ()).ok_or("data is missing");
        self.get(Call { credential: Credential::Metrics, body_limit: METRICS_LIMIT, ..call }, has_data).await
    }

    fn call(&self, operation: Operation, endpoint_id: &str, what: &[&str], deadline: Instant) -> Call {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(endpoint_id).extend(what);
        }
        let hash = BuildHasherDefault::<DefaultHasher>::new().hash_one(endpoint_id);
        let shard = usize::try_from(hash >> 32).unwrap_or(0); // the same endpoint keeps its connection
        let endpoint = Some(Arc::from(endpoint_id));
        Call { endpoint, shard, ..Call::get(Api::Jobs, operation, url, deadline) }
    }

    async fn get<T: DeserializeOwned>(
        &self,
        call: Call,
        check: impl Fn(&T) -> Result<(), &'static str>,
    ) -> Result<T, RequestError> {
        let read = |answer: &Answer| {
            if !answer.status.is_success() {
                self.transport.debug_body(&call, answer.status, &answer.body);
                return Err(Reason::Status { status: answer.status.as_u16() });
            }
            let value: T = json(&answer.body)?;
            check(&value).map_err(|cause| Reason::Decode { cause: cause.into() })?;
            Ok((value, Outcome::Ok))
        };
        self.transport.call(&call, read).await
    }
}

//! The job API of each endpoint (`api.runpod.ai/v2/{endpoint_id}`): only the routes that read an endpoint.
//!
//! Routes that create, read or change a single job do not belong here.

use std::sync::Arc;

use tokio::time::Instant;
use url::Url;

use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::reply::{get, value};
use crate::transport::{Call, Credential, Transport};
use crate::urls::below;
use crate::wire::{Batches, Health, NoBatches, RequestMetrics, Requests};
use lenient_json::Notes;

/// Maximum size of a response in bytes; a usual one has a few hundred. The limit is small because one request for each
/// endpoint is in flight at the same time.
const HEALTH_LIMIT: usize = 64 * 1024;

/// The same for a list of recent requests: thousands of them without input and output.
const REQUESTS_LIMIT: usize = 4 * 1024 * 1024;

/// The same for latencies: buckets of some days.
const METRICS_LIMIT: usize = 256 * 1024;

/// The same for a list of batches: thousands of them.
const BATCHES_LIMIT: usize = 1024 * 1024;

/// The job APIs of an account.
#[derive(Debug)]
pub(crate) struct JobApi {
    transport: Arc<Transport>,
    base: Url,
}

impl JobApi {
    pub(crate) fn new(transport: Arc<Transport>, base: Url) -> Self {
        Self { transport, base }
    }

    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// `GET {base}/{endpoint_id}/health`: queue, job totals and workers.
    pub(crate) async fn health(&self, endpoint_id: &str, deadline: Instant) -> Result<Health, RequestError> {
        let call = self.call(Operation::Health, &[endpoint_id, "health"], &[], deadline);
        let call = Call { body_limit: HEALTH_LIMIT, ..call.for_endpoint(endpoint_id) };
        let check = |health: Health| {
            let is_empty = health.jobs.is_none() && health.workers.is_none();
            if is_empty { Err(missing("neither jobs nor workers")) } else { Ok(health) }
        };
        get(&self.transport, &call, check).await
    }

    /// `GET {base}/{endpoint_id}/requests`: the recent requests. Runpod allows 10 calls in 10 seconds.
    pub(crate) async fn requests(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<Requests, RequestError> {
        let call = self.call(Operation::Requests, &[endpoint_id, "requests"], &[], deadline);
        let call = Call { body_limit: REQUESTS_LIMIT, ..call.for_endpoint(endpoint_id) };
        // Null is an empty list; an object with only other fields, such as an error, has none.
        let check = |requests: Requests| {
            let list = &requests.requests;
            let is_missing = list.0.is_none() && !list.is_null() && requests.others > 0;
            let is_none = list.is_unreadable() || is_missing;
            if is_none { Err(missing("no list of requests")) } else { Ok(requests) }
        };
        get(&self.transport, &call, check).await
    }

    /// `GET {base}/{endpoint_id}/metrics/request_ts_v1`: latencies by the hour. The only route that uses the metrics key.
    pub(crate) async fn latency(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<RequestMetrics, RequestError> {
        let path = [endpoint_id, "metrics", "request_ts_v1"];
        let call =
            self.call(Operation::Latency, &path, &[("interval", "h")], deadline).for_endpoint(endpoint_id);
        let call = Call { credential: Credential::Metrics, body_limit: METRICS_LIMIT, ..call };
        let check = |metrics: RequestMetrics| {
            if metrics.data.0.is_none() { Err(missing("no data")) } else { Ok(metrics) }
        };
        get(&self.transport, &call, check).await
    }

    /// `GET {base}/{endpoint_id}/batch`: the batches, newest first (beta).
    pub(crate) async fn batches(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<Batches, RequestError> {
        let call = self.call(Operation::Batches, &[endpoint_id, "batch"], &[], deadline);
        let call = Call { body_limit: BATCHES_LIMIT, ..call.for_endpoint(endpoint_id) };
        let read = |body: &[u8]| {
            Batches::read(&value(body)?).map_err(|no_batches| match no_batches {
                NoBatches::NoList => missing("not exactly one list of batches"),
                NoBatches::Incomplete => Reason::Incomplete { cause: "it does not have all batches".into() },
            })
        };
        let batches = self.transport.get(&call, read).await?;
        let mut notes = Notes::default();
        notes.unreadable = batches.unreadable;
        self.transport.damaged(&call, &notes);
        Ok(batches)
    }

    fn call(&self, operation: Operation, path: &[&str], query: &[(&str, &str)], deadline: Instant) -> Call {
        let url = below(&self.base, path, query);
        Call::get(Api::Jobs, operation, url, deadline).checked_path(path)
    }
}

fn missing(cause: &str) -> Reason {
    Reason::Decode { cause: cause.into() }
}

//! The metrics of an endpoint that Runpod computes (`GET /serverless/{id}/…`). The path and the properties of the response are
//! found in the API's description: see `metrics`.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::Instant;

use super::Rest;
use super::discovery::Description;
use super::metrics::{
    Interval, MetricsBucket, MetricsDescription, MetricsOperation, MetricsSubject, Samples, samples,
};
use super::page::Next;
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::reply::value;
use crate::transport::Call;
use crate::urls::below;

/// The number of intervals that are requested: the last one may not have been computed yet.
const INTERVALS: i64 = 3;

/// Maximum number of pages of a response.
const MAX_PAGES: usize = 4;

/// Maximum size of a page in bytes: a few buckets.
const LIMIT: usize = 256 * 1024;

/// How old a description must be to be read again when an operation is not found: the endpoint may be gone, and not the operation.
const REREAD: Duration = Duration::from_hours(1);

/// A description of the API, for its part about the metrics of endpoints.
#[derive(Debug, Clone)]
pub struct DescribedMetrics(Arc<Description>);

impl std::ops::Deref for DescribedMetrics {
    type Target = MetricsDescription;

    fn deref(&self) -> &MetricsDescription {
        &self.0.metrics
    }
}

impl Rest {
    /// What the API's description says about the metrics of endpoints. It is read if it is not known.
    pub async fn described_metrics(&self, deadline: Instant) -> Result<DescribedMetrics, RequestError> {
        self.described(deadline).await.map(DescribedMetrics)
    }

    /// The same if it is known.
    pub fn known_metrics(&self) -> Option<DescribedMetrics> {
        self.description.lock().clone().map(DescribedMetrics)
    }

    /// The last complete bucket of an endpoint's metrics. `None` if no bucket of the last three has ended. The first page does not
    /// count against the quota here: see [`Self::grant`].
    pub async fn endpoint_metrics(
        &self,
        operation: &MetricsOperation,
        endpoint_id: &str,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Option<MetricsBucket>, RequestError> {
        let result = self.buckets(operation, endpoint_id, now, deadline).await;
        if result.as_ref().is_err_and(|error| matches!(error.reason, Reason::NotFound)) {
            let mut description = self.description.lock();
            if description.as_ref().is_some_and(|description| description.read.elapsed() >= REREAD) {
                *description = None;
            }
        }
        result.map(|samples| samples.last_complete(now))
    }

    async fn buckets(
        &self,
        operation: &MetricsOperation,
        endpoint_id: &str,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Samples, RequestError> {
        let path =
            ["serverless", endpoint_id].into_iter().chain(operation.segments.iter().map(String::as_str));
        let path: Vec<&str> = path.collect();
        let Interval { name, length } = operation.interval;
        let (start, end) = period(now, length);
        let mut query = vec![("interval", name), ("startTime", start.as_str())];
        query.extend(operation.takes_end.then_some(("endTime", end.as_str())));
        let kind = match operation.subject {
            MetricsSubject::Requests => Operation::Latency,
            MetricsSubject::Workers => Operation::WorkerMetrics,
        };
        let call = Call::get(Api::Rest, kind, below(&self.base, &path, &query), deadline).checked_path(&path);
        let mut call = Call { body_limit: LIMIT, ..call };
        let mut all = Samples::default();
        for page in 0..MAX_PAGES {
            if page > 0 {
                self.transport.quota().take();
            }
            let response: Value = self.transport.get(&call, value).await?;
            if !samples(&operation.plan, &response, length, &mut all) {
                let cause = "none of the lists that the description has".into();
                return Err(call.error(Reason::Decode { cause }));
            }
            match Next::after_response(&response) {
                Next::End => return Ok(all),
                Next::Page(cursor) if operation.takes_cursor => {
                    call.url = below(&self.base, &path, &[&query[..], &[("cursor", &cursor)]].concat());
                }
                // The last complete bucket may be on the page that is lost.
                Next::Page(_) => return Err(call.error(Reason::no_cursor())),
                Next::Lost => return Err(call.error(Reason::lost_page())),
            }
        }
        Err(call.error(Reason::too_many_pages()))
    }
}

/// The start and the end of the last few intervals that have ended.
fn period(now: Timestamp, length: i64) -> (String, String) {
    let past = now.as_second().checked_rem_euclid(length).unwrap_or_default();
    let end = Timestamp::from_second(now.as_second().saturating_sub(past)).unwrap_or(now);
    let all = SignedDuration::from_secs(length.saturating_mul(INTERVALS));
    let start = end.checked_sub(all).unwrap_or(end);
    (start.to_string(), end.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_is_made_of_whole_intervals() {
        let now = "2026-11-26T12:34:56.789Z".parse().unwrap();
        let of = |length| period(now, length);
        assert_eq!(of(300), ("2026-11-26T12:15:00Z".to_owned(), "2026-11-26T12:30:00Z".to_owned()));
        assert_eq!(of(3_600), ("2026-11-26T09:00:00Z".to_owned(), "2026-11-26T12:00:00Z".to_owned()));
        assert_eq!(period(Timestamp::MIN, 300).0, period(Timestamp::MIN, 300).1);
    }
}

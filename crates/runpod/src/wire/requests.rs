//! Requests and latencies of one endpoint from the job API. Both routes are undocumented; the fields are those that
//! published clients read.

use lenient_json::{Checked, Id, List, Number, Text};
use serde::Deserialize;

/// Maximum number of recent requests of an endpoint: the job API accepts 1,000 in ten seconds, and the list is read every
/// few seconds.
const MAX_REQUESTS: usize = 10_000;

/// Maximum number of buckets: the hours of six weeks.
const MAX_BUCKETS: usize = 1_000;

/// The recent requests of an endpoint. Job API `GET /v2/{endpoint_id}/requests`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Requests {
    /// Null if there are none.
    pub requests: List<Request, MAX_REQUESTS>,
}

/// A request, without its input and output.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Request {
    pub id: Checked<Id>,
    /// A job status, for example `COMPLETED`.
    pub status: Checked<Id>,
    /// Time in the queue, in milliseconds.
    pub delay_time: Number,
    /// Time on a worker, in milliseconds.
    pub execution_time: Number,
}

/// Latencies that Runpod computes. Job API `GET /v2/{endpoint_id}/metrics/request_ts_v1`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RequestMetrics {
    /// One bucket for each hour, the newest last.
    pub data: List<RequestBucket, MAX_BUCKETS>,
}

/// The jobs of one hour. `dt_*` is the time in the queue and `et_*` the time on a worker; the unit, which is undocumented,
/// is probably milliseconds, as everywhere in the job API.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RequestBucket {
    /// Start of the hour in UTC, `YYYY-MM-DD HH:MM:SS`.
    pub time: Text,
    /// Number of completed jobs.
    pub completed_requests: Checked<Number>,
    /// Percentile 70, in milliseconds.
    pub dt_p70: Number,
    /// Percentile 90, in milliseconds.
    pub dt_p90: Number,
    /// Percentile 95, in milliseconds.
    pub dt_n95: Number,
    /// Percentile 98, in milliseconds.
    pub dt_p98: Number,
    /// Sum, in milliseconds.
    pub et_total: Number,
    /// Percentile 70, in milliseconds.
    pub et_p70: Number,
    /// Percentile 90, in milliseconds.
    pub et_p90: Number,
    /// Percentile 95, in milliseconds.
    pub et_n95: Number,
    /// Percentile 98, in milliseconds.
    pub et_p98: Number,
}

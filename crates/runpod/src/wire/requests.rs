//! `GET /v2/{endpoint_id}/requests` and `GET /v2/{endpoint_id}/metrics/request_ts_v1`, as clients in use read them: neither
//! is documented by Runpod.

use serde::Deserialize;

use super::{List, Number, Text};

/// The requests that an endpoint remembers. Null where there are none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Requests {
    pub requests: List<Request>,
}

/// One of them. Its input and its output, where they are given, are not read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Request {
    pub id: Text,
    pub status: Text,
    pub delay_time: Number,
    pub execution_time: Number,
}

/// What Runpod computed, in buckets of time, the newest last.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct RequestMetrics {
    pub data: List<RequestBucket>,
}

/// One bucket: `dt` is the time in the queue, `et` that with a worker.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct RequestBucket {
    pub time: Text,
    pub completed_requests: Number,
    pub dt_p70: Number,
    pub dt_p90: Number,
    pub dt_n95: Number,
    pub dt_p98: Number,
    pub et_total: Number,
    pub et_p70: Number,
    pub et_p90: Number,
    pub et_n95: Number,
    pub et_p98: Number,
}
